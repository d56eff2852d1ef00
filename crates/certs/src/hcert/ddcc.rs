//! Claims 3 and 4: the WHO's Digital Documentation of COVID-19 Certificates, of a vaccination and
//! of a test.
//!
//! # Shape
//!
//! The names of the core data sets, either all in one map, or with those of the event in
//! `vaccination` or `test` and those of the document in `certificate`. A code is a text, or a map
//! with `code` and `system`.
//!
//! # Source
//!
//! WHO, DDCC implementation guide 1.0.0, core data sets VS and TR; the flat form is that of the
//! first implementations.

use super::{
    cbor::{Value, text, under, whole, words},
    content::Content,
};
use crate::{
    trust::Trust,
    verdict::{Claims, Event, EventKind, Format, NotValid},
};

/// Where codes of SNOMED CT come from; those of other systems are in none of the value sets.
const SNOMED: &str = "http://snomed.info/sct";

/// Whether a payload is such a certificate with nothing around it, as the first ones were.
pub(super) fn bare(payload: &Value<'_>) -> Option<Format> {
    text(payload, "name")?;
    if under(payload, "vaccine").is_some() {
        Some(Format::DdccVaccination)
    } else {
        under(payload, "test").map(|_| Format::DdccTest)
    }
}

/// Reads one.
pub(super) fn read(
    certificate: &Value<'_>,
    format: Format,
    trust: &Trust,
    now: i64,
) -> Result<Content, NotValid> {
    let group = if format == Format::DdccTest { "test" } else { "vaccination" };
    let entry = under(certificate, group).unwrap_or(certificate);
    let document = under(certificate, "certificate").unwrap_or(certificate);
    let event = if format == Format::DdccTest { test(entry) } else { dose(entry) };
    let event = event.ok_or(NotValid::Content)?;
    let period = under(document, "period");
    let day = |flat, nested| {
        text(document, flat).or_else(|| period.and_then(|period| text(period, nested)))
    };
    let (from, until) = (day("valid_from", "start"), day("valid_until", "end"));
    let event = Event { until: until.map(str::to_owned), ..event };
    let id = under(document, "hcid").and_then(identifier);
    let held = text(certificate, "identifier").filter(|id| id.starts_with("URN:UVCI:"));
    let mut content = Content::new(Claims {
        format,
        name: Some(text(certificate, "name").ok_or(NotValid::Content)?.to_owned()),
        born: text(certificate, "birthDate").map(str::to_owned),
        events: vec![event],
        issuer: issuer(document).or_else(|| text(entry, "centre")).unwrap_or_default().to_owned(),
        id: id.or(held).map(str::to_owned),
        issued_at: None,
        expires_at: None,
    });
    content.look_up(
        trust,
        &[
            ("disease-agent-targeted", snomed(entry, "disease").or(snomed(entry, "pathogen"))),
            ("vaccine-prophylaxis", snomed(entry, "vaccine")),
        ],
    );
    content.count_from_to(from, until, now)?;
    Ok(content)
}

fn dose(entry: &Value<'_>) -> Option<Event> {
    let either = |one, other| under(entry, one).or_else(|| under(entry, other));
    let maker =
        code(entry, "manufacturer").or_else(|| either("ma_holder", "maholder").and_then(coded));
    Some(Event {
        kind: EventKind::Vaccination,
        disease: code(entry, "disease"),
        product: Some(code(entry, "brand").or_else(|| code(entry, "vaccine"))?),
        manufacturer: maker,
        lot: text(entry, "lot").map(str::to_owned),
        dose_number: under(entry, "dose").and_then(whole),
        doses_total: either("total_doses", "totalDoses").and_then(whole),
        on: Some(text(entry, "date")?.to_owned()),
        place: text(entry, "centre").map(str::to_owned),
        country: code(entry, "country"),
        ..Event::default()
    })
}

fn test(entry: &Value<'_>) -> Option<Event> {
    Some(Event {
        kind: EventKind::Test,
        disease: code(entry, "pathogen"),
        product: Some(code(entry, "type")?),
        manufacturer: code(entry, "manufacturer").or_else(|| code(entry, "brand")),
        on: Some(text(entry, "date")?.to_owned()),
        place: text(entry, "centre").map(str::to_owned),
        country: code(entry, "country"),
        result: Some(code(entry, "result")?),
        ..Event::default()
    })
}

fn issuer<'a>(document: &'a Value<'a>) -> Option<&'a str> {
    text(document, "pha").or_else(|| under(document, "issuer").and_then(identifier))
}

/// An identifier: a text, or a map that holds one as `value`, or under `identifier`.
fn identifier<'a>(value: &'a Value<'a>) -> Option<&'a str> {
    words(value)
        .or_else(|| text(value, "value"))
        .or_else(|| text(value, "identifier"))
        .or_else(|| text(under(value, "identifier")?, "value"))
}

fn code(entry: &Value<'_>, name: &str) -> Option<String> {
    under(entry, name).and_then(coded)
}

fn coded(value: &Value<'_>) -> Option<String> {
    words(value).or_else(|| text(value, "code")).map(str::to_owned)
}

fn snomed<'a>(entry: &'a Value<'a>, name: &str) -> Option<&'a str> {
    let value = under(entry, name)?;
    (text(value, "system") == Some(SNOMED)).then(|| text(value, "code")).flatten()
}

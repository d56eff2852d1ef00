//! Claim 1: the EU Digital COVID Certificate.
//!
//! # Source
//!
//! eHealth Network, EU DCC schema 1.0.0 to 1.3.3. The value sets are those of
//! `ehn-dcc-valuesets`, by the names of their files.

use super::{
    cbor::{Value, needed, only, text, under, whole},
    content::Content,
};
use crate::{
    trust::Trust,
    verdict::{Claims, Event, EventKind, Format, NotValid},
};

/// Reads what one entry of a group certifies.
type EventOf = fn(&Value<'_>) -> Result<Event, NotValid>;

/// Reads it. Of the groups `v`, `t` and `r` exactly one has exactly one entry.
pub(super) fn read(certificate: &Value<'_>, trust: &Trust, now: i64) -> Result<Content, NotValid> {
    let groups = ["v", "t", "r"].map(|group| under(certificate, group).filter(|it| holds_some(it)));
    let (group, event_of): (_, EventOf) = match groups {
        [Some(v), None, None] => (v, dose),
        [None, Some(t), None] => (t, test),
        [None, None, Some(r)] => (r, recovery),
        _ => return Err(NotValid::Content),
    };
    let entry = only(group).ok_or(NotValid::Content)?;
    let event = event_of(entry)?;
    let (kind, until) = (event.kind, event.until.is_some());
    let mut content = Content::new(claims(certificate, entry, event)?);
    content.look_up(trust, &codes(kind, entry));
    if until {
        content.count_from_to(text(entry, "df"), text(entry, "du"), now)?;
    }
    Ok(content)
}

/// Whether a group has entries. Some issuers write the groups that they do not use as null or as
/// an empty list.
fn holds_some(group: &Value<'_>) -> bool {
    group.as_array().is_none_or(|entries| !entries.is_empty())
}

fn claims(certificate: &Value<'_>, entry: &Value<'_>, event: Event) -> Result<Claims, NotValid> {
    let name = under(certificate, "nam").ok_or(NotValid::Content)?;
    under(certificate, "dob").ok_or(NotValid::Content)?;
    let written = |name: &Value<'_>, parts: [&str; 2]| {
        let words: Vec<_> = parts.into_iter().filter_map(|part| text(name, part)).collect();
        (!words.is_empty()).then(|| words.join(" "))
    };
    Ok(Claims {
        format: Format::Dcc,
        name: written(name, ["gn", "fn"]).or_else(|| written(name, ["gnt", "fnt"])),
        // An empty one is allowed: for whom nothing is known of it.
        born: text(certificate, "dob").map(str::to_owned),
        events: vec![event],
        issuer: needed(entry, "is")?,
        id: Some(needed(entry, "ci")?),
        issued_at: None,
        expires_at: None,
    })
}

fn dose(entry: &Value<'_>) -> Result<Event, NotValid> {
    let number = |name| under(entry, name).and_then(whole).ok_or(NotValid::Content);
    needed(entry, "vp")?;
    Ok(Event {
        kind: EventKind::Vaccination,
        disease: Some(needed(entry, "tg")?),
        product: Some(needed(entry, "mp")?),
        manufacturer: Some(needed(entry, "ma")?),
        dose_number: Some(number("dn")?),
        doses_total: Some(number("sd")?),
        on: Some(needed(entry, "dt")?),
        country: Some(needed(entry, "co")?),
        ..Event::default()
    })
}

fn test(entry: &Value<'_>) -> Result<Event, NotValid> {
    // The name of a laboratory's test, or the code of a rapid one, whichever is there.
    let named = text(entry, "ma").or_else(|| text(entry, "nm"));
    Ok(Event {
        kind: EventKind::Test,
        disease: Some(needed(entry, "tg")?),
        product: Some(needed(entry, "tt")?),
        manufacturer: named.map(str::to_owned),
        on: Some(needed(entry, "sc")?),
        place: text(entry, "tc").map(str::to_owned),
        country: Some(needed(entry, "co")?),
        result: Some(needed(entry, "tr")?),
        ..Event::default()
    })
}

fn recovery(entry: &Value<'_>) -> Result<Event, NotValid> {
    needed(entry, "df")?;
    Ok(Event {
        kind: EventKind::Recovery,
        disease: Some(needed(entry, "tg")?),
        on: Some(needed(entry, "fr")?),
        until: Some(needed(entry, "du")?),
        country: Some(needed(entry, "co")?),
        ..Event::default()
    })
}

/// The value sets and what of the entry has to be in them.
fn codes<'a>(kind: EventKind, entry: &'a Value<'a>) -> Vec<(&'static str, Option<&'a str>)> {
    let own: &[(&'static str, &str)] = match kind {
        EventKind::Vaccination => &[
            ("vaccine-prophylaxis", "vp"),
            ("vaccine-medicinal-product", "mp"),
            ("vaccine-mah-manf", "ma"),
        ],
        EventKind::Test => &[("test-type", "tt"), ("test-manf", "ma"), ("test-result", "tr")],
        EventKind::Recovery => &[],
    };
    let all = [("disease-agent-targeted", "tg"), ("country", "co")];
    all.iter().chain(own).map(|(set, name)| (*set, text(entry, name))).collect()
}

//! What a seal says.

use serde_json::Value;

use crate::verdict::{Claims, Event, EventKind, Format, NotValid};

/// Reads the signed part.
pub(super) fn read(data: &Value) -> Result<Claims, NotValid> {
    let (header, message) = (&data["hdr"], &data["msg"]);
    if header["v"].as_i64() != Some(1) {
        return Err(NotValid::NotACertificate);
    }
    let (events, id) = match header["t"].as_str() {
        Some("icao.vacc") => (doses(message)?, needed(message, "uvci")?),
        Some("icao.test") => (vec![test(message)?], needed(message, "utci")?),
        _ => return Err(NotValid::NotACertificate),
    };
    let person = &message["pid"];
    Ok(Claims {
        format: Format::VdsNc,
        name: Some(needed(person, "n")?),
        born: text(person, "dob"),
        events,
        issuer: needed(header, "is")?,
        id: Some(id),
        issued_at: None,
        expires_at: None,
    })
}

/// All doses: each vaccine with each time that it was given.
fn doses(message: &Value) -> Result<Vec<Event>, NotValid> {
    let list = |value| Value::as_array(value).ok_or(NotValid::Content);
    let mut events = Vec::new();
    for vaccine in list(&message["ve"])? {
        for dose in list(&vaccine["vd"])? {
            events.push(Event {
                kind: EventKind::Vaccination,
                disease: text(vaccine, "dis"),
                product: text(vaccine, "nam").or_else(|| text(vaccine, "des")),
                lot: text(dose, "lot"),
                dose_number: number(&dose["seq"]),
                on: Some(needed(dose, "dvc")?),
                place: text(dose, "adm"),
                country: text(dose, "ctr"),
                ..Event::default()
            });
        }
    }
    if events.is_empty() { Err(NotValid::Content) } else { Ok(events) }
}

fn test(message: &Value) -> Result<Event, NotValid> {
    let (place, result) = (&message["sp"], &message["tr"]);
    Ok(Event {
        kind: EventKind::Test,
        product: Some(needed(result, "tc")?),
        result: Some(needed(result, "r")?),
        on: Some(needed(&message["dat"], "sc")?),
        place: text(place, "spn"),
        country: text(place, "ctr"),
        ..Event::default()
    })
}

fn text(value: &Value, name: &str) -> Option<String> {
    value[name].as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

fn needed(value: &Value, name: &str) -> Result<String, NotValid> {
    text(value, name).ok_or(NotValid::Content)
}

/// A number, which some issuers write as a text.
fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

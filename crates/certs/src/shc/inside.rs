//! What a health card says: the person and the events of its FHIR bundle.

use serde_json::Value;

use super::{ABOUT_COVID_19, bundle::CVX, check::has_type};
use crate::{
    dcc::COVID_19,
    verdict::{Claims, Event, EventKind, Format, NotValid},
};

/// What a credential says. Who issued it and when stands outside of it.
pub(super) fn claims(credential: &Value) -> Result<Claims, NotValid> {
    let subject = &credential["credentialSubject"];
    let bundle = &subject["fhirBundle"];
    let is_r4 = subject["fhirVersion"].as_str().is_some_and(|version| version.starts_with("4."));
    if !is_r4 || bundle["resourceType"] != "Bundle" {
        return Err(NotValid::Content);
    }
    let entries = bundle["entry"].as_array().ok_or(NotValid::Content)?;
    let mut people = entries.iter().filter(|entry| entry["resource"]["resourceType"] == "Patient");
    let (Some(person), None) = (people.next(), people.next()) else {
        return Err(NotValid::Content);
    };
    let disease = has_type(credential, ABOUT_COVID_19).then(|| COVID_19.to_owned());
    let mut events = Vec::new();
    for entry in entries {
        let resource = &entry["resource"];
        let Some((whose, event)) = event(resource, disease.clone()) else { continue };
        // A card is about one person. What points to another is not theirs.
        if whose["reference"] != person["fullUrl"] {
            return Err(NotValid::Content);
        }
        events.push(event);
    }
    if events.is_empty() {
        return Err(NotValid::Content);
    }
    let person = &person["resource"];
    Ok(Claims {
        format: Format::Shc,
        name: name(&person["name"][0]),
        born: text(&person["birthDate"]),
        events,
        issuer: String::new(),
        id: None,
        issued_at: None,
        expires_at: None,
    })
}

/// A name as its holder writes it, as far as its parts tell.
fn name(name: &Value) -> Option<String> {
    if let Some(whole) = text(&name["text"]) {
        return Some(whole);
    }
    let given = name["given"].as_array().map_or(&[][..], Vec::as_slice);
    let parts: Vec<_> = given.iter().chain([&name["family"]]).filter_map(text).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// What happened, and to whom. None for what is no event, or did not happen.
fn event(resource: &Value, disease: Option<String>) -> Option<(&Value, Event)> {
    let status = resource["status"].as_str();
    let (whose, event) = match resource["resourceType"].as_str()? {
        // A dose too weak to count is recorded as given too.
        "Immunization" if status == Some("completed") && resource["isSubpotent"] != true => {
            (&resource["patient"], vaccination(resource))
        }
        "Observation" if matches!(status, Some("final" | "amended" | "corrected")) => {
            (&resource["subject"], test(resource))
        }
        _ => return None,
    };
    Some((whose, Event { disease, ..event }))
}

fn vaccination(resource: &Value) -> Event {
    let series = &resource["protocolApplied"][0];
    let maker = &resource["manufacturer"];
    Event {
        kind: EventKind::Vaccination,
        product: code(&resource["vaccineCode"], Some(CVX)),
        manufacturer: text(&maker["display"]).or_else(|| text(&maker["identifier"]["value"])),
        lot: text(&resource["lotNumber"]),
        dose_number: series["doseNumberPositiveInt"].as_i64(),
        doses_total: series["seriesDosesPositiveInt"].as_i64(),
        on: text(&resource["occurrenceDateTime"]),
        place: text(&resource["performer"][0]["actor"]["display"]),
        ..Event::default()
    }
}

fn test(resource: &Value) -> Event {
    Event {
        kind: EventKind::Test,
        product: code(&resource["code"], None),
        on: text(&resource["effectiveDateTime"]),
        place: text(&resource["performer"][0]["display"]),
        result: code(&resource["valueCodeableConcept"], None)
            .or_else(|| text(&resource["valueString"])),
        ..Event::default()
    }
}

/// The code of a concept: in a system, if it has one there; else the first that it has.
fn code(concept: &Value, system: Option<&str>) -> Option<String> {
    let codings = concept["coding"].as_array()?;
    let wanted = codings.iter().find(|coding| system.is_some_and(|it| coding["system"] == it));
    text(&wanted.or_else(|| codings.first())?["code"])
}

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

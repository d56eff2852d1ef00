//! What our credentials say, in the words of all forms.

use serde_json::Value;

use super::{has_type, issuer};
use crate::{
    linked::contexts,
    verdict::{Claims, Event, EventKind, Format, NotValid},
};

/// Reads the claims of a credential whose signature fits.
pub(super) fn read(
    document: &Value,
    from: Option<i64>,
    until: Option<i64>,
) -> Result<Claims, NotValid> {
    // Our names mean what our context says, and only beside it alone.
    if contexts::of(document)? != [contexts::CREDENTIALS_2, contexts::OURS] {
        return Err(NotValid::Content);
    }
    let subject = &document["credentialSubject"];
    let ours = has_type(document, "VaccinationCredential") && has_type(subject, "VaccinatedPerson");
    if !ours || !has_type(&subject["vaccination"], "Vaccination") {
        return Err(NotValid::Content);
    }
    let name = text(subject, "fullName").ok_or(NotValid::Content)?;
    let by = text(&document["issuer"], "name").or_else(|| issuer(document).map(str::to_owned));
    Ok(Claims {
        format: Format::Vc,
        name: Some(name),
        born: text(subject, "birthDate"),
        events: vec![event(&subject["vaccination"])],
        issuer: by.ok_or(NotValid::Content)?,
        id: text(document, "id"),
        issued_at: from,
        expires_at: until,
    })
}

fn event(dose: &Value) -> Event {
    Event {
        kind: EventKind::Vaccination,
        disease: text(dose, "disease"),
        product: text(dose, "vaccine"),
        manufacturer: text(dose, "maker"),
        lot: text(dose, "lot"),
        dose_number: dose["doseNumber"].as_i64(),
        doses_total: dose["dosesInSeries"].as_i64(),
        on: text(dose, "givenOn"),
        until: None,
        place: text(dose, "facility"),
        country: text(dose, "country"),
        result: None,
    }
}

fn text(object: &Value, name: &str) -> Option<String> {
    object[name].as_str().map(str::to_owned)
}

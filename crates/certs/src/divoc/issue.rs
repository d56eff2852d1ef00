//! Issuing in the form of Co-WIN: every field bound as far as that form allows.

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::{SAME_AS_ID, packed, proof};
use crate::{
    linked::{MOST_JSON, contexts},
    signer::key::{NotSigned, SigningKey},
    vaccination::{Born, Gender, Vaccination},
    vc::proof::instant_text,
};

/// Who issues in this form.
#[derive(Clone, Copy)]
pub struct DivocIssuer<'a> {
    /// The issuer's address, such as `https://cowin.gov.in/`: an absolute IRI.
    pub issuer: &'a str,
    /// What the key is called, such as `did:india`.
    pub verification_method: &'a str,
    /// Where people can say or learn more: an absolute address, to which the certificate's id is
    /// added.
    pub info_url: &'a str,
    /// The key: RSA or Ed25519.
    pub key: &'a dyn SigningKey,
}

/// Issues a certificate: the bytes of its QR code.
///
/// # Units
///
/// `issued_at` is seconds since 1970.
///
/// # Errors
///
/// [`NotSigned`] if the key cannot be reached or is one of a curve, if an address of the issuer is not
/// absolute, or if the certificate would be larger than verifiers read.
pub fn issue(
    issuer: &DivocIssuer<'_>,
    vaccination: &Vaccination<'_>,
    effective_until: Date,
    issued_at: i64,
) -> Result<Vec<u8>, NotSigned> {
    let document = document(issuer, vaccination, effective_until, issued_at);
    let signer = (issuer.key, issuer.verification_method);
    let text = proof::sign(document, signer, issued_at)?.to_string();
    if text.len() > MOST_JSON { Err(NotSigned) } else { Ok(packed::pack(text.as_bytes())) }
}

/// A certificate that is not signed yet.
pub(super) fn document(
    issuer: &DivocIssuer<'_>,
    vaccination: &Vaccination<'_>,
    effective_until: Date,
    issued_at: i64,
) -> Value {
    json!({
        "@context": [contexts::CREDENTIALS_1, contexts::COWIN_2],
        "type": ["VerifiableCredential", "ProofOfVaccinationCredential"],
        "credentialSubject": person(vaccination),
        "issuer": issuer.issuer,
        "issuanceDate": instant_text(issued_at),
        "evidence": [dose(issuer, vaccination, effective_until)],
        "nonTransferable": "true",
    })
}

fn person(vaccination: &Vaccination<'_>) -> Value {
    // Without an absolute id, nothing about the person would be signed.
    let id = format!("urn:uuid:{}#holder", vaccination.id);
    let mut person = Map::new();
    let mut put = |name: &str, text: &str| {
        person.insert(name.to_owned(), clean(text, name).into());
    };
    put("type", "Person");
    put("id", &id);
    put("refId", vaccination.reference);
    put("name", vaccination.name);
    match vaccination.gender {
        Gender::Female => put("gender", "Female"),
        Gender::Male => put("gender", "Male"),
        Gender::Other => put("gender", "Others"),
        Gender::Unknown => {}
    }
    match vaccination.born {
        Born::On(date) => put("dob", &date.to_string()),
        // No day is made up for who has only a year.
        Born::Year(year) => {
            put("age", &vaccination.given_on.year().saturating_sub(year).to_string());
        }
    }
    person.into()
}

fn dose(issuer: &DivocIssuer<'_>, vaccination: &Vaccination<'_>, effective_until: Date) -> Value {
    let (id, codes) = (vaccination.id.to_string(), &vaccination.codes);
    let url = format!("{}{id}", issuer.info_url);
    let mut dose = json!({
        "id": format!("urn:uuid:{id}"),
        "type": ["Vaccination"],
        "infoUrl": url,
        "feedbackUrl": format!("{url}#feedback"),
        "prophylaxis": clean(codes.prophylaxis, "prophylaxis"),
        // The three dates share an IRI: three spellings keep them three statements.
        "date": format!("{}T00:00:00.000Z", vaccination.given_on),
        "effectiveStart": vaccination.given_on.to_string(),
        "effectiveUntil": format!("{effective_until}T23:59:59.000Z"),
        // Here a number and a text, so that "2 of 2" does not melt into one statement.
        "dose": vaccination.dose_number,
        "totalDoses": vaccination.series().to_string(),
        "verifier": { "name": clean(vaccination.vaccinator, "verifier") },
        "facility": facility(vaccination),
    });
    let values = [&id, vaccination.lot, vaccination.vaccine, codes.maker, codes.icd11];
    let mut taken = Vec::new();
    for (name, value) in SAME_AS_ID.into_iter().zip(values) {
        let mut value = clean(value, name);
        // Equal values of names that share an IRI would be one statement, and one of them unsigned.
        while taken.contains(&value) {
            value = format!("{value} ({name})");
        }
        taken.push(value.clone());
        dose[name] = value.into();
    }
    dose
}

fn facility(vaccination: &Vaccination<'_>) -> Value {
    let place = &vaccination.place;
    json!({
        "name": clean(place.facility, "facility"),
        "address": {
            "district": clean(place.district, "district"),
            "addressRegion": clean(place.state, "state"),
            "addressCountry": clean(vaccination.country, "country"),
            "postalCode": format!("{:06}", place.pincode),
        },
    })
}

/// A text as this form can hold it: never empty, and without control characters, which programs of
/// that time escape differently when they check the signature.
fn clean(text: &str, name: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.trim().is_empty() { format!("({name} not recorded)") } else { text }
}

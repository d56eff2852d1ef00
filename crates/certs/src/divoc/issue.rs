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

/// Which of Co-WIN's two contexts a certificate has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// The one of 2021, that every verifier of the time has built in. It has an age for a birth date,
    /// and no codes.
    First,
    /// The one with birth date and codes, by the data set of the WHO.
    Second,
}

impl Edition {
    const fn context(self) -> &'static str {
        match self {
            Self::First => contexts::COWIN_1,
            Self::Second => contexts::COWIN_2,
        }
    }
}

/// Who issues in this form.
#[derive(Clone, Copy)]
pub struct DivocIssuer<'a> {
    /// The issuer's address, such as `https://cowin.gov.in/`: an absolute IRI.
    pub issuer: &'a str,
    /// Which context.
    pub edition: Edition,
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
        "@context": [contexts::CREDENTIALS_1, issuer.edition.context()],
        "type": ["VerifiableCredential", "ProofOfVaccinationCredential"],
        "credentialSubject": person(issuer.edition, vaccination),
        "issuer": issuer.issuer,
        "issuanceDate": instant_text(issued_at),
        "evidence": [dose(issuer, vaccination, effective_until)],
        "nonTransferable": "true",
    })
}

fn person(edition: Edition, vaccination: &Vaccination<'_>) -> Value {
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
    match (vaccination.born, edition) {
        (Born::On(date), Edition::Second) => put("dob", &date.to_string()),
        // No day is made up for who has only a year.
        (born, _) => put("age", &age(born, vaccination.given_on).to_string()),
    }
    person.into()
}

/// Whole years on a day; of who has only a year, those between the two years.
fn age(born: Born, on: Date) -> i16 {
    let years = on.year().saturating_sub(born.year());
    match born {
        Born::On(date) if (on.month(), on.day()) < (date.month(), date.day()) => years - 1,
        _ => years,
    }
}

fn dose(issuer: &DivocIssuer<'_>, vaccination: &Vaccination<'_>, effective_until: Date) -> Value {
    let (id, codes) = (vaccination.id.to_string(), &vaccination.codes);
    let url = format!("{}{id}", issuer.info_url);
    let mut dose = json!({
        "id": format!("urn:uuid:{id}"),
        "type": ["Vaccination"],
        "infoUrl": url,
        "feedbackUrl": format!("{url}#feedback"),
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
    let second = issuer.edition == Edition::Second;
    if second {
        dose["prophylaxis"] = clean(codes.prophylaxis, "prophylaxis").into();
    }
    let values = [&id, vaccination.lot, vaccination.vaccine, codes.maker, codes.icd11];
    let mut taken = Vec::new();
    let names = SAME_AS_ID.into_iter().zip(values);
    for (name, value) in names.filter(|(name, _)| second || *name != "icd11Code") {
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

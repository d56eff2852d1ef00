//! The form of Co-WIN and DIVOC: linked data, signed by a suite of 2018, in a ZIP archive in a QR
//! code.
//!
//! # Shape
//!
//! A ZIP archive with the one file `certificate.json`, as bytes: a credential of version 1.1 with the
//! context of Co-WIN, whose `credentialSubject` is the person and whose `evidence` the dose.
//!
//! # Weakness
//!
//! Several names of that context stand for one IRI (batch, vaccine, maker and the certificate's id;
//! the dates; the two numbers of doses), and the signature covers IRIs. So values can be exchanged
//! between these names: every certificate of this form has [`Caveat::WeakBinding`]. Whether it was
//! withdrawn is therefore asked for all values that may be its id.

mod issue;
mod packed;
mod proof;
#[cfg(test)]
mod tests;

use serde_json::Value;

pub(crate) use packed::is_one as is_packed;

pub use issue::{DivocIssuer, Edition, issue};

use crate::{
    linked::{self, contexts},
    status::{IdKind, uvci_hash},
    trust::{IssuerKey, Trust, Trusted, Use},
    vc::{has_type, issuer, proof::instant},
    verdict::{Caveat, Checked, Claims, Event, EventKind, Format, NotValid, in_time},
};

/// The most doses of a certificate.
const MOST_DOSES: usize = 16;
/// The names that share the IRI of the certificate's id.
const SAME_AS_ID: [&str; 5] = ["certificateId", "batch", "vaccine", "manufacturer", "icd11Code"];

/// Whether a document calls itself a credential of version 1.1.
pub(crate) fn is_one(document: &Value) -> bool {
    document["@context"][0] == contexts::CREDENTIALS_1
}

/// Checks the bytes of a QR code.
pub(crate) fn check(archive: &[u8], trust: &Trust, now: i64) -> Checked {
    check_document(&linked::read(&packed::unpack(archive)?)?, trust, now)
}

/// Checks a certificate that was read as JSON.
pub(crate) fn check_document(document: &Value, trust: &Trust, now: i64) -> Checked {
    // The person's and the dose's names mean what Co-WIN's context says, and only there.
    let contexts = contexts::of(document)?;
    if contexts.len() != 2
        || !is_one(document)
        || !contexts[1].contains("/credentials/vaccination/")
    {
        return Err(NotValid::Context);
    }
    if !linked::has_lists_only_of(document, &["@context", "type", "evidence"]) {
        return Err(NotValid::Content);
    }
    let issued_at = instant(document, "issuanceDate")?.ok_or(NotValid::Content)?;
    let expires_at = instant(document, "expirationDate")?;
    let key = signer(document, trust)?;
    in_time(Some(issued_at), expires_at, now)?;
    if !key.valid_at(issued_at) {
        return Err(NotValid::WrongSigner);
    }
    let claims = claims(document, key, (issued_at, expires_at))?;
    let mut caveats = vec![Caveat::WeakBinding];
    caveats.extend(withdrawn(document, key, issued_at, trust, now)?);
    if !key.valid_at(now) {
        caveats.push(Caveat::ExpiredSigner);
    }
    if expires_at.is_none() {
        caveats.push(Caveat::NoExpiry);
    }
    Ok((claims, caveats))
}

/// The key that signed: one of the issuer's, or of any, as countries copied each other's names. What
/// the proof calls its key is not relied on: half the world calls it `did:india`.
fn signer<'a>(document: &Value, trust: &'a Trust) -> Result<&'a Trusted, NotValid> {
    let named = issuer(document).ok_or(NotValid::Content)?;
    let mut keys: Vec<_> = trust.keys(Use::Divoc, None).collect();
    if keys.iter().any(|key| key.issuer == named) {
        keys.retain(|key| key.issuer == named);
    }
    let signed = proof::read(document)?;
    if keys.is_empty() {
        return Err(NotValid::UnknownSigner);
    }
    keys.into_iter().find(|key| signed.is_by(key.checker())).ok_or(NotValid::Signature)
}

/// Whether one of the values that may be the certificate's id was withdrawn.
fn withdrawn(
    document: &Value,
    key: &IssuerKey,
    issued_at: i64,
    trust: &Trust,
    now: i64,
) -> Result<Option<Caveat>, NotValid> {
    let ids = doses(document).iter().flat_map(|dose| SAME_AS_ID.map(|name| text(dose, name)));
    let mut caveat = Some(Caveat::NoStatusList);
    for id in ids.flatten() {
        let (lists, id) = (trust.lists(), uvci_hash(&id));
        caveat = lists.of(IdKind::CertificateId, &key.issuer, &id, Some(issued_at), now)?;
    }
    Ok(caveat)
}

fn doses(document: &Value) -> &[Value] {
    match &document["evidence"] {
        Value::Array(doses) => doses,
        Value::Null => &[],
        one => std::slice::from_ref(one),
    }
}

fn claims(
    document: &Value,
    key: &IssuerKey,
    (issued_at, expires_at): (i64, Option<i64>),
) -> Result<Claims, NotValid> {
    let person = &document["credentialSubject"];
    let doses = doses(document);
    let is_one = has_type(document, "ProofOfVaccinationCredential") && has_type(person, "Person");
    if !is_one || doses.is_empty() || !doses.iter().all(|dose| has_type(dose, "Vaccination")) {
        return Err(NotValid::Content);
    }
    if doses.len() > MOST_DOSES {
        return Err(NotValid::TooLarge);
    }
    Ok(Claims {
        format: Format::Divoc,
        name: Some(text(person, "name").ok_or(NotValid::Content)?),
        born: text(person, "dob"),
        events: doses.iter().map(event).collect(),
        issuer: key.issuer.clone(),
        id: doses.iter().find_map(|dose| text(dose, "certificateId")),
        issued_at: Some(issued_at),
        expires_at,
    })
}

fn event(dose: &Value) -> Event {
    // Both forms occur: 1 and "1".
    let number = |name: &str| {
        let number = &dose[name];
        number.as_i64().or_else(|| number.as_str()?.parse().ok())
    };
    Event {
        kind: EventKind::Vaccination,
        disease: None,
        product: text(dose, "vaccine"),
        manufacturer: text(dose, "manufacturer"),
        lot: text(dose, "batch"),
        dose_number: number("dose"),
        doses_total: number("totalDoses"),
        on: text(dose, "date"),
        until: text(dose, "effectiveUntil"),
        place: text(&dose["facility"], "name"),
        country: text(&dose["facility"]["address"], "addressCountry"),
        result: None,
    }
}

/// A text that says something.
fn text(object: &Value, name: &str) -> Option<String> {
    object[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

//! W3C Verifiable Credentials 2.0 with Data Integrity proofs.
//!
//! # Shape
//!
//! JSON with the contexts of the W3C and [`CONTEXT_URL`], signed as `eddsa-jcs-2022`:
//!
//! ```json
//! {
//!   "@context": ["https://www.w3.org/ns/credentials/v2", "https://w3id.org/teeka/v1"],
//!   "id": "urn:uuid:…",
//!   "type": ["VerifiableCredential", "VaccinationCredential"],
//!   "issuer": {"id": "did:web:example.org", "name": "Ministry of Health"},
//!   "validFrom": "2026-01-01T00:00:00Z",
//!   "validUntil": "2028-01-01T00:00:00Z",
//!   "credentialStatus": {"id": "https://example.org/status/1#7", "type": "BitstringStatusListEntry",
//!     "statusPurpose": "revocation", "statusListIndex": "7",
//!     "statusListCredential": "https://example.org/status/1"},
//!   "credentialSubject": {"type": "VaccinatedPerson", "fullName": "…", "birthDate": "1980",
//!     "vaccination": {"type": "Vaccination", "vaccine": "…", "doseNumber": 1}}
//! }
//! ```

mod claims;
mod issue;
pub(crate) mod proof;
#[cfg(test)]
mod tests;

use serde_json::Value;

pub use issue::{StatusEntry, VcIssuer, issue};

use crate::{
    linked::{contexts, has_lists_only_of},
    status::Purpose,
    trust::Trust,
    verdict::{Caveat, Checked, NotValid, in_time},
};

/// The address of our context; verifiers never fetch it.
pub const CONTEXT_URL: &str = contexts::OURS;
/// Our context document: each term has an IRI of its own. To be served as `application/ld+json`.
pub const CONTEXT_DOCUMENT: &str = contexts::OUR_DOCUMENT;

/// The most status entries of a credential.
const MOST_ENTRIES: usize = 8;

/// Whether a document calls itself a credential of version 2.
pub(crate) fn is_one(document: &Value) -> bool {
    document["@context"][0] == contexts::CREDENTIALS_2
}

/// Checks a credential that was read as JSON, by [`crate::linked::read`].
pub(crate) fn check_document(document: &Value, trust: &Trust, now: i64) -> Checked {
    let credential = open(document, trust, now)?;
    let mut caveats = credential.caveats;
    let statuses = match &document["credentialStatus"] {
        Value::Null => &[],
        Value::Array(statuses) if statuses.len() <= MOST_ENTRIES => statuses.as_slice(),
        Value::Array(_) => return Err(NotValid::TooLarge),
        one => std::slice::from_ref(one),
    };
    // Without an entry it cannot be withdrawn.
    let mut found = if statuses.is_empty() { vec![Caveat::NoStatusList] } else { Vec::new() };
    for status in statuses {
        found.extend(check_status(status, trust, now)?);
    }
    for caveat in found {
        if !caveats.contains(&caveat) {
            caveats.push(caveat);
        }
    }
    let claims = claims::read(document, credential.from, credential.until)?;
    Ok((claims, caveats))
}

/// A credential whose signature fits and whose time has come.
pub(crate) struct Opened {
    pub(crate) from: Option<i64>,
    pub(crate) until: Option<i64>,
    caveats: Vec<Caveat>,
}

/// Checks what is the same for all credentials: proof, signer and time.
pub(crate) fn open(document: &Value, trust: &Trust, now: i64) -> Result<Opened, NotValid> {
    if contexts::of(document)?.first() != Some(&contexts::CREDENTIALS_2) {
        return Err(NotValid::Content);
    }
    let lists = ["@context", "type", "credentialStatus", "proof", "previousProof"];
    if !has_type(document, "VerifiableCredential") || !has_lists_only_of(document, &lists) {
        return Err(NotValid::Content);
    }
    let issuer = issuer(document).ok_or(NotValid::Content)?;
    let proven = proof::verify(document, issuer, trust, now)?;
    let from = proof::instant(document, "validFrom")?;
    let until = proof::instant(document, "validUntil")?;
    in_time(from, until, now)?;
    let signed_at = proven.created.or(from);
    if signed_at.is_some_and(|at| !proven.key.valid_at(at)) {
        return Err(NotValid::WrongSigner);
    }
    let mut caveats = Vec::new();
    if !proven.key.valid_at(now) {
        caveats.push(Caveat::ExpiredSigner);
    }
    if until.is_none() {
        caveats.push(Caveat::NoExpiry);
    }
    Ok(Opened { from, until, caveats })
}

/// The issuer's name that keys are known by.
pub(crate) fn issuer(document: &Value) -> Option<&str> {
    let issuer = &document["issuer"];
    issuer.as_str().or_else(|| issuer["id"].as_str())
}

/// Whether an object has a type.
pub(crate) fn has_type(object: &Value, name: &str) -> bool {
    match &object["type"] {
        Value::Array(types) => types.iter().any(|one| one == name),
        one => one == name,
    }
}

fn check_status(status: &Value, trust: &Trust, now: i64) -> Result<Option<Caveat>, NotValid> {
    if !has_type(status, "BitstringStatusListEntry") {
        // A list of a kind that is not read here, so nobody can say.
        return Ok(Some(Caveat::NoStatusList));
    }
    let text = |name: &str| status[name].as_str().ok_or(NotValid::Content);
    let Some(purpose) = Purpose::from_name(text("statusPurpose")?) else {
        // Messages and the like neither withdraw nor suspend.
        return Ok(None);
    };
    let index = text("statusListIndex")?.parse().map_err(|_| NotValid::Content)?;
    trust.lists().at(text("statusListCredential")?, purpose, index, now)
}

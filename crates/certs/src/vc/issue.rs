//! Issuing credentials.

use serde_json::{Map, Value, json};

use super::proof::{self, Suite, instant_text};
use crate::{
    linked::{MOST_JSON, contexts},
    signer::key::{NotSigned, SigningKey},
    status::Purpose,
    vaccination::{Gender, Vaccination},
};

/// Who issues credentials.
#[derive(Clone, Copy)]
pub struct VcIssuer<'a> {
    /// The issuer's DID, such as `did:web:example.org`.
    pub did: &'a str,
    /// The name of the key in the issuer's DID document, such as `did:web:example.org#2026`.
    pub verification_method: &'a str,
    /// The key: Ed25519.
    pub key: &'a dyn SigningKey,
}

/// Where a status list says whether a credential is withdrawn.
#[derive(Clone, Copy, Debug)]
pub struct StatusEntry<'a> {
    /// The address of the list.
    pub list: &'a str,
    /// What a bit of the list means.
    pub purpose: Purpose,
    /// Which bit. To be drawn at random: one that counts up tells when and where one was issued.
    pub index: usize,
}

/// Issues a credential, as JSON.
///
/// # Units
///
/// `issued_at` and `expires_at` are seconds since 1970.
///
/// # Errors
///
/// [`NotSigned`] if the key cannot be reached or is not one of Ed25519, or if the credential would be
/// larger than verifiers read.
pub fn issue(
    issuer: &VcIssuer<'_>,
    vaccination: &Vaccination<'_>,
    status: Option<StatusEntry<'_>>,
    issued_at: i64,
    expires_at: i64,
) -> Result<String, NotSigned> {
    let document = document(issuer, vaccination, status, issued_at, expires_at);
    let signer = (issuer.key, issuer.verification_method);
    let text = proof::sign(document, Suite::Jcs, signer, issued_at)?.to_string();
    if text.len() > MOST_JSON { Err(NotSigned) } else { Ok(text) }
}

/// A credential that is not signed yet.
pub(super) fn document(
    issuer: &VcIssuer<'_>,
    vaccination: &Vaccination<'_>,
    status: Option<StatusEntry<'_>>,
    issued_at: i64,
    expires_at: i64,
) -> Value {
    let mut document = json!({
        "@context": [contexts::CREDENTIALS_2, contexts::OURS],
        "id": format!("urn:uuid:{}", vaccination.id),
        "type": ["VerifiableCredential", "VaccinationCredential"],
        "issuer": { "id": issuer.did, "name": vaccination.issuer },
        "validFrom": instant_text(issued_at),
        "validUntil": instant_text(expires_at),
        "credentialSubject": subject(vaccination),
    });
    if let Some(StatusEntry { list, purpose, index }) = status {
        document["credentialStatus"] = json!({
            "id": format!("{list}#{index}"),
            "type": "BitstringStatusListEntry",
            "statusPurpose": purpose.name(),
            "statusListIndex": index.to_string(),
            "statusListCredential": list,
        });
    }
    document
}

fn subject(vaccination: &Vaccination<'_>) -> Value {
    let mut subject = texts(&[
        ("type", "VaccinatedPerson"),
        ("birthDate", &vaccination.born.text()),
        ("gender", gender(vaccination.gender)),
        ("referenceNumber", vaccination.reference),
    ]);
    // There even if it is empty: a credential without a name is none.
    subject.insert("fullName".to_owned(), vaccination.name.into());
    subject.insert("vaccination".to_owned(), dose(vaccination));
    subject.into()
}

fn dose(vaccination: &Vaccination<'_>) -> Value {
    let (codes, place) = (&vaccination.codes, &vaccination.place);
    let mut dose = texts(&[
        ("type", "Vaccination"),
        ("disease", codes.disease),
        ("icd11Code", codes.icd11),
        ("prophylaxis", codes.prophylaxis),
        ("vaccine", vaccination.vaccine),
        ("product", codes.product),
        ("maker", codes.maker),
        ("makerCode", codes.manufacturer),
        ("cvxCode", codes.cvx),
        ("lot", vaccination.lot),
        ("vaccinator", vaccination.vaccinator),
        ("facility", place.facility),
        ("district", place.district),
        ("state", place.state),
        ("pinCode", &format!("{:06}", place.pincode)),
        ("givenOn", &vaccination.given_on.to_string()),
        ("country", vaccination.country),
    ]);
    dose.insert("doseNumber".to_owned(), vaccination.dose_number.into());
    dose.insert("dosesInSeries".to_owned(), vaccination.series().into());
    dose.into()
}

/// The members that have a text; what is not recorded is not written.
fn texts(members: &[(&str, &str)]) -> Map<String, Value> {
    let known = members.iter().filter(|(_, text)| !text.is_empty());
    known.map(|(name, text)| ((*name).to_owned(), (*text).into())).collect()
}

const fn gender(gender: Gender) -> &'static str {
    match gender {
        Gender::Female => "female",
        Gender::Male => "male",
        Gender::Other => "other",
        Gender::Unknown => "",
    }
}

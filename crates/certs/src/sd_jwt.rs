//! SD-JWT VC: a certificate of which its holder shows as much as they choose.
//!
//! # Shape
//!
//! A JWS, `typ` `dc+sd-jwt`, then the disclosures and at last the holder's proof, all parted by
//! `~`. The payload holds `iss`, `iat`, `exp`, `vct`, `cnf`, `status`, `vaccinated` and `disease`
//! for all to see, and the digests of the disclosures: so who gets no disclosure at all learns that
//! the holder is vaccinated against the disease, and nothing else. Every certificate issued here
//! has the same fields to disclose, so that the number of digests tells nothing:
//!
//! `name`, `birthdate`, `birth_year`, `vaccine`, `product`, `manufacturer`, `dose_number`,
//! `doses_total`, `given_on`, `lot`, `facility`, `district`, `state`, `country`, `certificate_id`.
//!
//! `status` names an entry of a W3C Bitstring Status List, as
//! `{"bitstring_status_list": {"uri": …, "idx": …}}`: one list then serves this form and the W3C
//! credential. It is not the `status_list` of the IETF, whose bits stand in another order.
//!
//! # Source
//!
//! RFC 9901, "Selective Disclosure for JWTs"; draft-ietf-oauth-sd-jwt-vc, sections 3.1 and 3.2.

mod check;
mod holder;
mod open;
mod possession;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

pub(crate) use self::check::check;
pub use self::{
    check::{Asked, verify_presented},
    holder::prove,
    open::disclosed,
    possession::{NotProven, Possession, check_possession, prove_possession},
};
use crate::{
    jws,
    signature::{PublicKey, sha256},
    signer::key::{NotSigned, SigningKey},
    vaccination::Vaccination,
};

/// The type of the certificates that are issued here.
pub const TYPE: &str = "urn:teeka:vaccination:1";
/// The names of the fields that the holder of a certificate issued here may disclose.
pub const FIELDS: [&str; 15] = [
    "name",
    "birthdate",
    "birth_year",
    "vaccine",
    "product",
    "manufacturer",
    "dose_number",
    "doses_total",
    "given_on",
    "lot",
    "facility",
    "district",
    "state",
    "country",
    "certificate_id",
];
/// What stands in the header of a certificate of this form.
const HEADER: &str = "dc+sd-jwt";
/// The same in drafts before November 2024.
const FORMER_HEADER: &str = "vc+sd-jwt";
/// What stands in the header of a holder's proof.
const PROOF_HEADER: &str = "kb+jwt";
/// What parts the pieces.
const SEPARATOR: char = '~';

/// What a certificate says beside the vaccination.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    /// The issuer's address.
    pub issuer: &'a str,
    /// The holder's key, if the certificate is for the holder of it alone.
    pub holder: Option<&'a PublicKey>,
    /// The entry of a Bitstring Status List for withdrawal: its address and index.
    ///
    /// # Privacy
    ///
    /// Everyone to whom the certificate is shown sees it, and can tell by it that two presentations
    /// are of one certificate. Who must not be followed gets a certificate for each presentation.
    pub status: Option<(&'a str, usize)>,
    /// When it is issued, seconds since 1970.
    pub issued_at: i64,
    /// When it expires, seconds since 1970.
    pub expires_at: i64,
}

/// A certificate as its holder keeps it, with all that they may disclose.
///
/// # Privacy
///
/// Tells all about a vaccination: for the person whose it is. So it has no Debug.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    jwt: String,
    disclosures: Vec<Disclosure>,
}

/// A field that may be disclosed.
#[derive(Clone, PartialEq, Eq)]
struct Disclosure {
    name: String,
    text: String,
}

impl Disclosure {
    fn new(salt: [u8; 16], name: &str, value: &Value) -> Self {
        let text = json!([URL_SAFE_NO_PAD.encode(salt), name, value]).to_string();
        Self { name: name.to_owned(), text: URL_SAFE_NO_PAD.encode(text) }
    }
}

/// Issues a certificate.
///
/// # Units
///
/// `salt` gives 128 random bits each time that it is called, never the same: who could guess one
/// could find out what a digest hides.
///
/// # Errors
///
/// [`NotSigned`] if the key cannot be reached.
pub fn issue(
    key: &dyn SigningKey,
    vaccination: &Vaccination<'_>,
    terms: &Terms<'_>,
    mut salt: impl FnMut() -> [u8; 16],
) -> Result<Certificate, NotSigned> {
    let fields = FIELDS.iter().zip(values(vaccination));
    let disclosures: Vec<_> =
        fields.map(|(name, value)| Disclosure::new(salt(), name, &value)).collect();
    let mut digests: Vec<_> =
        disclosures.iter().map(|disclosure| digest(&disclosure.text)).collect();
    // Their order would tell which is which.
    digests.sort_unstable();
    let mut payload = json!({
        "iss": terms.issuer,
        "iat": terms.issued_at,
        "exp": terms.expires_at,
        "vct": TYPE,
        "vaccinated": true,
        "disease": vaccination.codes.disease,
        "_sd": digests,
        "_sd_alg": "sha-256",
    });
    if let Some(holder) = terms.holder {
        payload["cnf"] = json!({ "jwk": holder.to_jwk() });
    }
    if let Some((uri, index)) = terms.status {
        payload["status"] = json!({ "bitstring_status_list": { "uri": uri, "idx": index } });
    }
    let header = json!({ "typ": HEADER, "kid": key.public_key().thumbprint() });
    let jwt = jws::sign(key, header, payload.to_string().as_bytes())?;
    Ok(Certificate { jwt, disclosures })
}

/// What stands under each of [`FIELDS`], in their order: empty where nothing is known.
fn values(vaccination: &Vaccination<'_>) -> [Value; FIELDS.len()] {
    let place = &vaccination.place;
    [
        vaccination.name.into(),
        vaccination.born.text().into(),
        vaccination.born.year().into(),
        vaccination.vaccine.into(),
        vaccination.codes.product.into(),
        vaccination.codes.manufacturer.into(),
        vaccination.dose_number.into(),
        vaccination.series().into(),
        vaccination.given_on.to_string().into(),
        vaccination.lot.into(),
        place.facility.into(),
        place.district.into(),
        place.state.into(),
        vaccination.country.into(),
        vaccination.uvci().into(),
    ]
}

/// Whether a text looks like an SD-JWT: a JWS and a `~`.
pub(crate) fn looks_like_one(text: &str) -> bool {
    text.starts_with("ey") && text.contains(SEPARATOR)
}

/// The digest that stands for a disclosure.
///
/// # Source
///
/// RFC 9901, section 4.2.3: of the text as it is sent, in base64url.
fn digest(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(sha256(text.as_bytes()))
}

#[cfg(test)]
#[cfg(feature = "issue")]
mod tests;

//! SMART Health Cards: what phone wallets take.
//!
//! # Shape
//!
//! A FHIR bundle in a credential, minified, raw DEFLATE, signed as compact JWS with ES256; in a QR
//! code as `shc:/` and two digits for each character of it, which are its code less 45.
//!
//! # Source
//!
//! SMART Health Cards Framework 1.4.0; what stands in the bundle by HL7 "SMART Health Cards:
//! Vaccination & Testing Implementation Guide", profile of data minimization.

mod bundle;
mod check;
mod inside;
mod withdrawn;

use std::cell::RefCell;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use flate2::{Compress, Compression, FlushCompress, Status};
use serde_json::json;
use uuid::Uuid;

pub(crate) use self::check::check;
pub use self::withdrawn::{BadList, read_revocation_list, revocation_list};
use crate::{
    dcc::COVID_19,
    jws,
    signature::{Scheme, sha256},
    signer::key::{NotSigned, SigningKey},
    vaccination::Vaccination,
};

/// What the text of a health card begins with.
pub(crate) const PREFIX: &str = "shc:/";
/// The type that every health card has.
pub(crate) const HEALTH_CARD: &str = "https://smarthealth.cards#health-card";
const IMMUNIZATION: &str = "https://smarthealth.cards#immunization";
/// The type of one about COVID-19.
pub(crate) const ABOUT_COVID_19: &str = "https://smarthealth.cards#covid19";
/// The longest JWS that is put into one QR code, in characters: one of version 22 holds it.
///
/// # Source
///
/// SMART Health Cards Framework, "Chunking Larger SHCs".
pub const MOST_JWS: usize = 1_195;
/// The smallest character of a JWS, `-`, is written as 00.
const LEAST: u8 = b'-';

/// A health card.
///
/// # Privacy
///
/// Tells a name: for the person whose it is. So it has no Debug.
#[derive(Clone, PartialEq, Eq)]
pub struct HealthCard {
    /// The signed text: what stands in a file for a wallet.
    pub jws: String,
    /// The text of the QR code: `shc:/` and digits.
    pub numeric: String,
}

impl HealthCard {
    /// The two segments of the QR code: the first in bytes, the second as digits, where each takes
    /// 3⅓ bits.
    pub fn segments(&self) -> (&str, &str) {
        self.numeric.split_at(PREFIX.len())
    }
}

/// Why there is no health card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotIssued {
    /// The key did not sign.
    #[error(transparent)]
    NotSigned(#[from] NotSigned),
    /// The key is not one that signs health cards.
    #[error("health cards are signed with a key of P-256")]
    Key,
    /// The issuer's address is not one that verifiers take.
    #[error("the issuer of health cards is an https address without a slash at its end")]
    Issuer,
    /// There is nothing to certify.
    #[error("a health card has one dose at least")]
    NoDose,
    /// It would not fit into one QR code.
    #[error("it does not fit into one QR code")]
    TooLarge,
}

/// Issues a health card of one person's doses, in order. The last of them gives the card its
/// [`rid`] and says whose it is.
///
/// A name is not taken apart: where the family name stands differs between people, so the whole is
/// written as family name, as FHIR asks for those with one name. Verifiers show it as it was
/// written.
///
/// # Units
///
/// `issued_at` is seconds since 1970.
///
/// # Errors
///
/// [`NotIssued`] if the key cannot be reached or is not one of P-256, the address is none, there is
/// no dose, or all is too long for one QR code.
pub fn issue(
    key: &dyn SigningKey,
    issuer: &str,
    doses: &[Vaccination<'_>],
    issued_at: i64,
) -> Result<HealthCard, NotIssued> {
    let last = doses.last().ok_or(NotIssued::NoDose)?;
    if key.scheme() != Scheme::Es256 {
        return Err(NotIssued::Key);
    }
    if !check::is_issuer(issuer) {
        return Err(NotIssued::Issuer);
    }
    let mut types = vec![HEALTH_CARD, IMMUNIZATION];
    if doses.iter().all(|dose| dose.codes.disease == COVID_19) {
        types.push(ABOUT_COVID_19);
    }
    let payload = json!({
        "iss": issuer,
        "nbf": issued_at,
        "vc": {
            "type": types,
            "credentialSubject": {
                "fhirVersion": "4.0.1",
                "fhirBundle": bundle::bundle(last, doses),
            },
            "rid": rid(last.id),
        },
    });
    let header = json!({ "zip": "DEF", "kid": key.public_key().thumbprint() });
    let jws = jws::sign(key, header, &deflate(payload.to_string().as_bytes()))?;
    if jws.len() > MOST_JWS {
        return Err(NotIssued::TooLarge);
    }
    let numeric = numeric(&jws);
    Ok(HealthCard { jws, numeric })
}

/// What a card is listed by when it is withdrawn. It is hashed from the certificate's id, so that
/// the list, which all may read, tells no id to who does not have it.
///
/// # Shape
///
/// 22 characters of base64url: the first 16 bytes of SHA-256 of `shc-rid:` and the id's 16 bytes.
pub fn rid(id: Uuid) -> String {
    let text = [b"shc-rid:".as_slice(), id.as_bytes()].concat();
    URL_SAFE_NO_PAD.encode(&sha256(&text)[..16])
}

/// A JWS as the text of a QR code.
fn numeric(jws: &str) -> String {
    let mut text = String::with_capacity(PREFIX.len() + 2 * jws.len());
    text += PREFIX;
    for byte in jws.bytes() {
        let value = byte - LEAST;
        text.push(char::from(b'0' + value / 10));
        text.push(char::from(b'0' + value % 10));
    }
    text
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    thread_local! {
        // Making a compressor takes longer than all the rest, so each thread keeps one. A QR code
        // has little room: the most effort.
        static DEFLATE: RefCell<Compress> = RefCell::new(Compress::new(Compression::best(), false));
    }
    // What does not compress grows, by far less than this.
    let mut packed = Vec::with_capacity(bytes.len() * 2 + 64);
    DEFLATE.with_borrow_mut(|deflate| {
        deflate.reset();
        let done = deflate.compress_vec(bytes, &mut packed, FlushCompress::Finish);
        assert!(matches!(done, Ok(Status::StreamEnd)), "there is room for what does not compress");
    });
    packed
}

#[cfg(test)]
#[cfg(feature = "issue")]
mod tests;

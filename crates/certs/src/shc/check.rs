//! Whether a health card is genuine.

use serde_json::Value;

use super::{HEALTH_CARD, LEAST, PREFIX, inside};
use crate::{
    inflate::{self, NotInflated},
    jws::{self, Jws},
    signature::Scheme,
    status::IdKind,
    trust::{Trust, Trusted, Use},
    verdict::{Caveat, Checked, Claims, NotValid, in_time},
    verify::MOST_TEXT,
};

/// The most that a card may unpack to: fifty times what the largest QR code holds.
const MOST_UNPACKED: usize = 128 * 1024;
/// Two digits of the largest character of a JWS, `z`.
const MOST_PAIR: u8 = b'z' - LEAST;

/// Checks the text of a QR code, or the bare JWS as files for wallets have it.
pub(crate) fn check(text: &str, trust: &Trust, now: i64) -> Checked {
    let text = text.trim();
    if text.len() > MOST_TEXT {
        return Err(NotValid::NotACertificate);
    }
    match text.strip_prefix(PREFIX) {
        Some(digits) => check_jws(&from_numeric(digits)?, trust, now),
        None => check_jws(text, trust, now),
    }
}

/// The JWS of pairs of digits.
pub(super) fn from_numeric(digits: &str) -> Result<String, NotValid> {
    if digits.contains('/') {
        return Err(NotValid::Part);
    }
    let (pairs, []) = digits.as_bytes().as_chunks::<2>() else { return Err(NotValid::Packing) };
    let character = |pair: &[u8; 2]| {
        let [tens, ones] = pair.map(|digit| digit.wrapping_sub(b'0'));
        let value = if tens < 10 && ones < 10 { tens * 10 + ones } else { u8::MAX };
        if value > MOST_PAIR { Err(NotValid::Packing) } else { Ok(char::from(value + LEAST)) }
    };
    pairs.iter().map(character).collect()
}

fn check_jws(text: &str, trust: &Trust, now: i64) -> Checked {
    let jws = Jws::read(text)?;
    let payload = payload_of(&jws)?;
    let issuer = payload["iss"].as_str().filter(|issuer| is_issuer(issuer));
    let issuer = issuer.ok_or(NotValid::Content)?;
    let key_id = jws.text("kid").ok_or(NotValid::UnknownSigner)?;
    let key = signer_of(&jws, trust, issuer, key_id)?;
    let instant = |name| jws::instant(&payload, name);
    let issued_at = instant("nbf")?.ok_or(NotValid::Content)?;
    let expires_at = instant("exp")?;
    let credential = &payload["vc"];
    if !has_type(credential, HEALTH_CARD) {
        return Err(NotValid::Content);
    }
    let id = rid_of(credential)?;
    let claims = Claims {
        issuer: issuer.to_owned(),
        id: id.map(str::to_owned),
        issued_at: Some(issued_at),
        expires_at,
        ..inside::claims(credential)?
    };
    if !key.valid_at(issued_at) {
        return Err(NotValid::WrongSigner);
    }
    in_time(Some(issued_at), expires_at, now)?;
    let listed = match id {
        Some(id) => {
            let list = format!("{issuer}#{key_id}");
            trust.lists().of(IdKind::Rid, &list, id, Some(issued_at), now)?
        }
        // It cannot be on any list.
        None => Some(Caveat::NoStatusList),
    };
    let mut caveats: Vec<_> = listed.into_iter().collect();
    if !key.valid_at(now) {
        caveats.push(Caveat::ExpiredSigner);
    }
    Ok((claims, caveats))
}

fn payload_of(jws: &Jws<'_>) -> Result<Value, NotValid> {
    if jws.text("zip") != Some("DEF") {
        return Err(NotValid::NotACertificate);
    }
    serde_json::from_slice(&inflate(&jws.payload)?).map_err(|_| NotValid::Packing)
}

/// What a card is listed by when it is withdrawn; cards of before version 1.2 have nothing.
fn rid_of(credential: &Value) -> Result<Option<&str>, NotValid> {
    match &credential["rid"] {
        Value::Null => Ok(None),
        id => id.as_str().filter(|id| is_rid(id)).map(Some).ok_or(NotValid::Content),
    }
}

/// The key that signed it. Keys go by their thumbprint, whatever name they are kept under.
fn signer_of<'a>(
    jws: &Jws<'_>,
    trust: &'a Trust,
    issuer: &'a str,
    key_id: &str,
) -> Result<&'a Trusted, NotValid> {
    let key = trust.keys(Use::Shc, Some(issuer)).find(|key| key.thumbprint() == key_id);
    let key = key.ok_or(NotValid::UnknownSigner)?;
    if jws.scheme()? != Scheme::Es256 {
        return Err(NotValid::Signature);
    }
    if jws.is_by(key.checker()) { Ok(key) } else { Err(NotValid::Signature) }
}

fn inflate(packed: &[u8]) -> Result<Vec<u8>, NotValid> {
    inflate::raw(packed, MOST_UNPACKED).map_err(|why| match why {
        NotInflated::Broken => NotValid::Packing,
        NotInflated::TooLarge => NotValid::TooLarge,
    })
}

/// Whether an address is one that an issuer of health cards may have: keys are found below it, so
/// there must be one way to write it.
pub(super) fn is_issuer(address: &str) -> bool {
    address.strip_prefix("https://").is_some_and(|rest| {
        !rest.is_empty() && !rest.ends_with('/') && !rest.contains(['?', '#', ' '])
    })
}

/// Whether a text may name a card in a list of withdrawn ones.
///
/// # Source
///
/// SMART Health Cards Framework, "Revocation": the base64url alphabet, 24 characters at most.
pub(super) fn is_rid(text: &str) -> bool {
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=24).contains(&text.len()) && text.bytes().all(is_base64url)
}

/// Whether a credential is of a type.
pub(super) fn has_type(credential: &Value, wanted: &str) -> bool {
    credential["type"].as_array().is_some_and(|types| types.iter().any(|held| held == wanted))
}

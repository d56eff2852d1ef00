//! Signatures that stand beside what they are of: a JWS with detached payload (RFC 7515, appendix F),
//! `HEADER..SIGNATURE`, by the key that [`Platform::trust_anchor`](crate::Platform::trust_anchor)
//! tells.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use certs::signature::{PublicKey, Scheme};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    Result,
    keys::{KeyRing, KeyUse},
};

/// Why a signature does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// It is not of this form, or of another type.
    Form,
    /// It is of something else, or by another key.
    Signature,
}

/// The signature of a payload. `typ` says what it is of, so that it counts for nothing else that the
/// key signs.
///
/// # Errors
///
/// If the key cannot be reached.
pub(crate) fn sign(ring: &KeyRing, now: Timestamp, typ: &str, payload: &[u8]) -> Result<String> {
    let anchor = ring.signing(KeyUse::Anchor, now);
    let header = json!({ "alg": "ES256", "typ": typ, "kid": anchor.id() }).to_string();
    let header = URL_SAFE_NO_PAD.encode(header);
    let signature = anchor.key().sign(signed_part(&header, payload).as_bytes())?;
    Ok(format!("{header}..{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// Says whether a signature is of this payload and by this key.
pub(crate) fn verify(
    typ: &str,
    payload: &[u8],
    signature: &str,
    anchor: &PublicKey,
) -> std::result::Result<(), Unfit> {
    let (header, bytes) = signature.split_once("..").ok_or(Unfit::Form)?;
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| Unfit::Form);
    let named: Value = serde_json::from_slice(&decode(header)?).map_err(|_| Unfit::Form)?;
    if named["typ"] != typ || named["alg"] != "ES256" {
        return Err(Unfit::Form);
    }
    let (signed, bytes) = (signed_part(header, payload), decode(bytes)?);
    anchor.verify(Scheme::Es256, signed.as_bytes(), &bytes).map_err(|_| Unfit::Signature)
}

fn signed_part(header: &str, payload: &[u8]) -> String {
    format!("{header}.{}", URL_SAFE_NO_PAD.encode(payload))
}

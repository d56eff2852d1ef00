//! JSON Web Signatures in compact form: what SMART Health Cards, SD-JWT and trust bundles are.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::{
    signature::{BadSignature, Checker, PublicKey, Scheme},
    signer::key::{NotSigned, SigningKey},
    verdict::NotValid,
};

/// A compact JWS, taken apart.
///
/// # Source
///
/// RFC 7515, sections 3.1 and 7.1.
pub(crate) struct Jws<'a> {
    /// The protected header.
    pub(crate) header: Value,
    /// The payload, as it was signed.
    pub(crate) payload: Vec<u8>,
    signed: &'a str,
    signature: Vec<u8>,
}

impl<'a> Jws<'a> {
    /// Takes one apart. Nothing is checked yet.
    pub(crate) fn read(text: &'a str) -> Result<Self, NotValid> {
        let (signed, signature) = text.rsplit_once('.').ok_or(NotValid::Packing)?;
        let (header, payload) = signed.split_once('.').ok_or(NotValid::Packing)?;
        let bytes = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| NotValid::Packing);
        let header: Value =
            serde_json::from_slice(&bytes(header)?).map_err(|_| NotValid::Packing)?;
        // Nothing critical is known here, so what says that it has something is refused.
        if !header.is_object() || header.get("crit").is_some() {
            return Err(NotValid::Content);
        }
        Ok(Self { header, payload: bytes(payload)?, signed, signature: bytes(signature)? })
    }

    /// How it says that it is signed.
    pub(crate) fn scheme(&self) -> Result<Scheme, NotValid> {
        scheme(self.header["alg"].as_str().unwrap_or_default()).ok_or(NotValid::Signature)
    }

    /// A text of the header.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.header[name].as_str()
    }

    /// Whether a key signed it.
    pub(crate) fn verify(&self, key: &PublicKey) -> Result<(), BadSignature> {
        let scheme = self.scheme().map_err(|_| BadSignature)?;
        key.verify(scheme, self.signed.as_bytes(), &self.signature)
    }

    /// Whether a key that was read once signed it.
    pub(crate) fn is_by(&self, key: &Checker) -> bool {
        let fits = |scheme| key.verify(scheme, self.signed.as_bytes(), &self.signature).is_ok();
        self.scheme().is_ok_and(fits)
    }
}

/// Whether a text looks like a compact JWS: three parts, the first of them base64url of an object.
pub(crate) fn looks_like_one(text: &str) -> bool {
    text.starts_with("ey") && text.matches('.').count() == 2 && !text.contains('~')
}

/// The scheme of a name in a header.
pub(crate) fn scheme(name: &str) -> Option<Scheme> {
    match name {
        "ES256" => Some(Scheme::Es256),
        "ES384" => Some(Scheme::Es384),
        "ES512" => Some(Scheme::Es512),
        "PS256" => Some(Scheme::Ps256),
        "EdDSA" | "Ed25519" => Some(Scheme::EdDsa),
        _ => None,
    }
}

/// The name of a scheme in a header.
pub(crate) const fn name(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Es256 => "ES256",
        Scheme::Es384 => "ES384",
        Scheme::Es512 => "ES512",
        Scheme::Ps256 => "PS256",
        Scheme::EdDsa => "EdDSA",
    }
}

/// Signs a payload; `alg` is added to the header.
pub(crate) fn sign(
    key: &dyn SigningKey,
    mut header: Value,
    payload: &[u8],
) -> Result<String, NotSigned> {
    header["alg"] = name(key.scheme()).into();
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let mut out = format!("{}.{}", text(header.to_string().as_bytes()), text(payload));
    let signature = key.sign(out.as_bytes())?;
    out.push('.');
    out += &text(&signature);
    Ok(out)
}

/// An instant of a payload in whole seconds since 1970; some issuers write fractions.
///
/// # Source
///
/// RFC 7519, section 2, `NumericDate`.
pub(crate) fn instant(payload: &Value, name: &str) -> Result<Option<i64>, NotValid> {
    let value = &payload[name];
    if value.is_null() {
        return Ok(None);
    }
    let whole = value.as_i64().or_else(|| {
        let number = value.as_f64().filter(|number| number.abs() < 9e15)?;
        #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
        Some(number.floor() as i64)
    });
    whole.map(Some).ok_or(NotValid::Content)
}

//! ICAO Visible Digital Seals for non-constrained environments (VDS-NC): proofs of vaccination and
//! of tests that travel authorities sign.
//!
//! # Shape
//!
//! JSON `{"data": {"hdr": {"t", "v", "is"}, "msg": {…}}, "sig": {"alg", "cer", "sigvl"}}`: the
//! signature covers the canonical form (RFC 8785) of `data`, and the signer's certificate comes
//! with it. So nothing needs to be known but the authority above.
//!
//! # Source
//!
//! ICAO, "Technical Report: VDS-NC Visible Digital Seal for non-constrained environments" 1.4,
//! with the profiles "proof of testing" and "proof of vaccination"; Doc 9303-13.

mod seal;
mod signer;

use base64::{
    Engine,
    alphabet::URL_SAFE,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde_json::Value;

use self::signer::SealSigner;
use crate::{
    canonical, jws,
    signature::Scheme,
    status::{IdKind, uvci_hash},
    trust::Trust,
    verdict::{Caveat, Checked, NotValid},
    verify::MOST_TEXT,
};

/// Some issuers write the padding, others do not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Whether a text may be a seal: enough to say which form's check is asked.
pub(crate) fn looks_like(text: &str) -> bool {
    text.starts_with('{') && text.len() <= MOST_TEXT && text.contains("\"sigvl\"")
}

/// Checks the text of a QR code.
pub(crate) fn check(text: &str, trust: &Trust, now: i64) -> Checked {
    if text.len() > MOST_TEXT {
        return Err(NotValid::NotACertificate);
    }
    let seal: Value = serde_json::from_str(text).map_err(|_| NotValid::NotACertificate)?;
    let parts = seal.as_object().ok_or(NotValid::NotACertificate)?;
    // The signature covers `data` only.
    if parts.keys().any(|name| name != "data" && name != "sig") {
        return Err(NotValid::Unsigned);
    }
    let (data, signature) = (&seal["data"], &seal["sig"]);
    let country = data["hdr"]["is"].as_str().ok_or(NotValid::Content)?;
    let signer = signer_of(data, signature, country, trust, now)?;
    let claims = seal::read(data)?;
    let id = claims.id.as_deref().map(uvci_hash).unwrap_or_default();
    let listed = trust.lists().of(IdKind::Uvci, country, &id, None, now)?;
    let mut caveats: Vec<_> = listed.into_iter().collect();
    // A seal says neither when it was made nor when it ends.
    caveats.push(Caveat::NoExpiry);
    if signer.not_after < now {
        caveats.push(Caveat::ExpiredSigner);
    }
    Ok((claims, caveats))
}

/// Whose certificate came with it: known, and its signature fits.
fn signer_of(
    data: &Value,
    signature: &Value,
    country: &str,
    trust: &Trust,
    now: i64,
) -> Result<SealSigner, NotValid> {
    let bytes = |name: &str| {
        let text = signature[name].as_str().ok_or(NotValid::Content)?;
        BASE64.decode(text).map_err(|_| NotValid::Packing)
    };
    let scheme = signature["alg"].as_str().and_then(jws::scheme);
    let scheme = scheme
        .filter(|scheme| matches!(scheme, Scheme::Es256 | Scheme::Es384 | Scheme::Es512))
        .ok_or(NotValid::Signature)?;
    let signer = SealSigner::read(&bytes("cer")?)?;
    if !signer.is_of(country, trust) {
        return Err(NotValid::UnknownSigner);
    }
    if !signer.seals || now < signer.not_before {
        return Err(NotValid::WrongSigner);
    }
    let message = canonical::to_vec(data)?;
    let fits = signer.key.verify(scheme, &message, &bytes("sigvl")?);
    fits.map_err(|_| NotValid::Signature)?;
    Ok(signer)
}

#[cfg(test)]
#[cfg(feature = "issue")]
mod tests;

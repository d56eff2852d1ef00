//! Whether a certificate is genuine: offline, whatever its form.

use crate::{
    divoc, hcert, jws, linked,
    read::Payload,
    sd_jwt, shc,
    trust::Trust,
    vc, vds,
    verdict::{Checked, NotValid, Verdict},
};

/// The longest text that is looked at: several times the largest QR code.
pub(crate) const MOST_TEXT: usize = 16 * 1024;

/// Says whether what a QR code or a file holds is a genuine certificate.
///
/// # Units
///
/// `now` is seconds since 1970.
pub fn verify(payload: &Payload, trust: &Trust, now: i64) -> Verdict {
    match payload {
        Payload::Text(text) => verify_text(text.trim(), trust, now),
        Payload::Bytes(bytes) if divoc::is_packed(bytes) => divoc::check(bytes, trust, now).into(),
        Payload::Bytes(_) => Verdict::NotValid(NotValid::NotACertificate),
    }
}

/// Says whether a text is a genuine certificate.
///
/// # Units
///
/// `now` is seconds since 1970.
pub fn verify_text(text: &str, trust: &Trust, now: i64) -> Verdict {
    if text.starts_with(hcert::PREFIX) {
        return hcert::check(text, trust, now).into();
    }
    if sd_jwt::looks_like_one(text) {
        return sd_jwt::check(text, trust, now).into();
    }
    if text.starts_with(shc::PREFIX) || jws::looks_like_one(text) {
        return shc::check(text, trust, now).into();
    }
    if vds::looks_like(text) {
        return vds::check(text, trust, now).into();
    }
    if text.starts_with('{') {
        return check_json(text, trust, now).into();
    }
    Verdict::NotValid(NotValid::NotACertificate)
}

/// Checks a certificate that is JSON, by what it calls itself.
fn check_json(text: &str, trust: &Trust, now: i64) -> Checked {
    let document = linked::read(text.as_bytes())?;
    if vc::is_one(&document) {
        vc::check_document(&document, trust, now)
    } else if divoc::is_one(&document) {
        divoc::check_document(&document, trust, now)
    } else {
        Err(NotValid::NotACertificate)
    }
}

#[cfg(test)]
#[cfg(feature = "issue")]
mod tests;

//! Health certificates in CBOR: unpacking, whose signature it is, and which certificate is inside.
//!
//! # Source
//!
//! WHO GDHCN "Electronic Health Certificates" (HCERT) 1.1.1; eHealth Network, "Electronic Health
//! Certificate Specification" 1.3.0.

pub(crate) mod cbor;
mod content;
pub(crate) mod cose;
mod dcc;
mod ddcc;
mod icvp;

use self::{
    cbor::{Value, at, seconds},
    content::Content,
    cose::Signed,
};
use crate::{
    inflate,
    status::{IdKind, uvci_hash},
    trust::{Known, Signs, Trust},
    verdict::{Caveat, Checked, EventKind, Format, NotValid, in_time},
    verify::MOST_TEXT,
};

/// The most that a certificate may unpack to. The largest of the EU's test set has 870 bytes; a
/// megabyte of small values takes a fifth of a second to read, which is a lot for one QR code.
const MOST_UNPACKED: usize = 64 * 1024;

/// What the text of an HCERT begins with.
pub(crate) const PREFIX: &str = "HC1:";

/// Claims of a CBOR Web Token. Source: RFC 8392, section 4; for the last, HCERT, section 3.2.
const ISSUER: i64 = 1;
const EXPIRES_AT: i64 = 4;
const ISSUED_AT: i64 = 6;
pub(crate) const TOKEN_ID: i64 = 7;
pub(crate) const HEALTH: i64 = -260;
/// The claim of an ICVP inside the health claim.
pub(crate) const ICVP: i64 = -6;

/// Checks the text of a QR code.
pub(crate) fn check(text: &str, trust: &Trust, now: i64) -> Checked {
    let unpacked = unpack(text)?;
    let signed = Signed::read(&unpacked)?;
    let known = signer_of(&signed, trust)?;
    let token = cbor::read(&signed.payload)?;
    let content = read(&token, known, trust, now)?;
    if !may_sign(known.signs, content.kind()) {
        return Err(NotValid::WrongSigner);
    }
    let Content { claims, mut caveats } = content;
    // What does not say when it was issued may be as new as now.
    if !known.valid_at(claims.issued_at.unwrap_or(now)) {
        return Err(NotValid::WrongSigner);
    }
    in_time(claims.issued_at, claims.expires_at, now)?;
    let id = withdrawn_id(claims.id.as_deref(), &signed);
    let country = known.country().unwrap_or_default();
    let listed = trust.lists().of(IdKind::Uvci, country, &id, claims.issued_at, now)?;
    caveats.splice(0..0, listed);
    if known.not_after() < now {
        caveats.push(Caveat::ExpiredSigner);
    } else if claims.expires_at.is_some_and(|expires_at| known.not_after() < expires_at) {
        caveats.push(Caveat::OutlastsSigner);
    }
    Ok((claims, caveats))
}

/// What withdrawn certificates are listed by: the identifier, or for what has none the signature.
/// The identifier's check character is for people who type it in. The signature covers it, and a
/// third of the member states compute it in their own way, so it says nothing here.
fn withdrawn_id(id: Option<&str>, signed: &Signed<'_>) -> String {
    match id {
        Some(id) => uvci_hash(id),
        None => signature_hash(&signed.signature),
    }
}

/// A signature as withdrawn certificates are listed by. Of the two numbers of an elliptic curve's
/// only the first counts: anyone can exchange the second for its negative, and it still fits.
///
/// # Source
///
/// EU DCC revocation, hash type `SIGNATURE`.
fn signature_hash(signature: &[u8]) -> String {
    let first = if signature.len() == 64 { &signature[..32] } else { signature };
    crate::status::bytes_hash(first)
}

const fn may_sign(signs: Signs, kind: EventKind) -> bool {
    match kind {
        EventKind::Vaccination => signs.vaccinations,
        EventKind::Test => signs.tests,
        EventKind::Recovery => signs.recoveries,
    }
}

/// Reads the token: the claims around, and the one certificate inside.
fn read(token: &Value<'_>, known: &Known, trust: &Trust, now: i64) -> Result<Content, NotValid> {
    let Some(health) = at(token, HEALTH) else {
        let format = ddcc::bare(token).ok_or(NotValid::Content)?;
        let mut content = ddcc::read(token, format, trust, now)?;
        name_issuer(&mut content, None, known);
        content.caveats.push(Caveat::NoExpiry);
        return Ok(content);
    };
    let instant = |claim| at(token, claim).and_then(seconds).ok_or(NotValid::Content);
    let (issued_at, expires_at) = (instant(ISSUED_AT)?, instant(EXPIRES_AT)?);
    if expires_at < issued_at {
        return Err(NotValid::Content);
    }
    let forms = [1, 3, 4, ICVP].map(|claim| at(health, claim));
    let mut content = match forms {
        [Some(dcc), None, None, None] => dcc::read(dcc, trust, now)?,
        [None, Some(vaccination), None, None] => {
            ddcc::read(vaccination, Format::DdccVaccination, trust, now)?
        }
        [None, None, Some(test), None] => ddcc::read(test, Format::DdccTest, trust, now)?,
        [None, None, None, Some(icvp)] => icvp::read(icvp, issued_at, trust, now)?,
        // A link to health data (claim 5) is no certificate, nor is what is not known here.
        [None, None, None, None] => return Err(NotValid::NotACertificate),
        _ => return Err(NotValid::Content),
    };
    let token_id = at(token, TOKEN_ID).and_then(Value::as_bytes);
    let token_id = token_id.and_then(|id| std::str::from_utf8(id).ok()).map(str::to_owned);
    content.claims.id = content.claims.id.or(token_id);
    content.claims.issued_at = Some(issued_at);
    content.claims.expires_at = Some(expires_at);
    name_issuer(&mut content, at(token, ISSUER).and_then(cbor::words), known);
    Ok(content)
}

/// Who certifies, where the certificate itself does not name them.
fn name_issuer(content: &mut Content, named: Option<&str>, known: &Known) {
    if content.claims.issuer.is_empty() {
        let name = named.or(known.country()).unwrap_or_default();
        name.clone_into(&mut content.claims.issuer);
    }
}

/// The signed message that a text packs.
pub(crate) fn unpack(text: &str) -> Result<Vec<u8>, NotValid> {
    let text = text.trim();
    if text.len() > MOST_TEXT {
        return Err(NotValid::NotACertificate);
    }
    let body = text.strip_prefix(PREFIX).ok_or(NotValid::NotACertificate)?;
    let packed = base45::decode(body).map_err(|_| NotValid::Packing)?;
    inflate::zlib(&packed, MOST_UNPACKED).map_err(|_| NotValid::Packing)
}

pub(crate) fn signer_of<'a>(signed: &Signed<'_>, trust: &'a Trust) -> Result<&'a Known, NotValid> {
    let known = trust.with_key_id(signed.key_id());
    if known.is_empty() {
        return Err(NotValid::UnknownSigner);
    }
    let scheme = signed.scheme().ok_or(NotValid::Signature)?;
    let message = signed.message();
    let fits = |known: &&Known| known.checker().verify(scheme, &message, &signed.signature).is_ok();
    known.iter().find(fits).ok_or(NotValid::Signature)
}

#[cfg(test)]
#[cfg(feature = "issue")]
pub(crate) mod tests;

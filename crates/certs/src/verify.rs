//! Whether a certificate is genuine: offline, with the public keys of a trust list.

use std::io::Read;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
use ciborium::Value;
use coset::{Algorithm, CborSerializable, CoseSign1, TaggedCborSerializable, iana, iana::EnumI64};
use flate2::read::ZlibDecoder;

use crate::trust::{Known, Signs, TrustList};

/// The longest text that is looked at: several times the largest QR code.
pub(crate) const MOST_TEXT: usize = 16 * 1024;
/// The most that a certificate may unpack to. The largest of the EU's test set has 870 bytes; a
/// megabyte of small values takes a fifth of a second to read, which is a lot for one QR code.
const MOST_UNPACKED: u64 = 64 * 1024;

/// What a certificate says.
///
/// # Privacy
///
/// Holds a name and a birth date: for whoever the holder showed it to. So it has no Debug.
#[derive(Clone, PartialEq, Eq)]
pub struct Claims {
    /// Full name.
    pub name: String,
    /// Birth date or year.
    pub born: String,
    /// Disease.
    pub disease: String,
    /// The medicinal product.
    pub product: String,
    /// Who makes it.
    pub manufacturer: String,
    /// Which dose.
    pub dose_number: i64,
    /// How many complete the series.
    pub doses_total: i64,
    /// When it was given.
    pub given_on: String,
    /// Where it was given.
    pub country: String,
    /// Who certifies.
    pub issuer: String,
    /// Unique certificate identifier.
    pub uvci: String,
    /// When it was issued, seconds since 1970.
    pub issued_at: i64,
    /// When it expires, seconds since 1970.
    pub expires_at: i64,
}

/// Why a certificate does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotValid {
    /// No `HC1:` certificate.
    #[error("it is not a certificate of the HC1 form")]
    NotACertificate,
    /// It cannot be unpacked, or is too large.
    #[error("it cannot be unpacked")]
    Packing,
    /// What is inside is not a vaccination certificate.
    #[error("it does not hold one vaccination")]
    Content,
    /// The signer is not known.
    #[error("its signer is not known")]
    UnknownSigner,
    /// The signature does not fit.
    #[error("its signature does not fit")]
    Signature,
    /// The signer may not sign vaccinations.
    #[error("its signer may not sign vaccinations")]
    WrongSigner,
    /// Too old.
    #[error("it has expired")]
    Expired,
    /// Not yet valid.
    #[error("it is dated in the future")]
    NotYet,
}

/// What weakens a valid certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Caveat {
    /// The signer's certificate has expired since.
    #[error("its signer's certificate has expired since it was issued")]
    ExpiredSigner,
    /// The certificate says that it lasts longer than its signer's certificate does.
    #[error("it is dated to outlast its signer's certificate")]
    OutlastsSigner,
    /// No list of withdrawn certificates was at hand.
    #[error("whether it was withdrawn is not known: no list of withdrawn certificates was given")]
    NoStatusList,
}

/// The answer about a certificate.
#[derive(Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Genuine and in force.
    Valid(Claims),
    /// Genuine, with something to know.
    ValidBut(Claims, Vec<Caveat>),
    /// Not to be relied on.
    NotValid(NotValid),
}

/// Says whether the text of a QR code is a genuine certificate.
///
/// # Units
///
/// `now` is seconds since 1970.
pub fn verify(text: &str, trust: &TrustList, now: i64) -> Verdict {
    match check(text, trust, now) {
        Ok((claims, caveats)) if caveats.is_empty() => Verdict::Valid(claims),
        Ok((claims, caveats)) => Verdict::ValidBut(claims, caveats),
        Err(why) => Verdict::NotValid(why),
    }
}

fn check(text: &str, trust: &TrustList, now: i64) -> Result<(Claims, Vec<Caveat>), NotValid> {
    let signed = unpack(text)?;
    let payload = signed.payload.as_deref().ok_or(NotValid::Content)?;
    let known = signer_of(&signed, trust)?;
    let claims = read_claims(payload)?;
    if known.signs == Signs::OtherThings {
        return Err(NotValid::WrongSigner);
    }
    if !known.valid_at(claims.issued_at) || claims.expires_at < claims.issued_at {
        return Err(NotValid::WrongSigner);
    }
    // A minute of difference between clocks is no forgery.
    if claims.issued_at > now + 60 {
        return Err(NotValid::NotYet);
    }
    if claims.expires_at < now {
        return Err(NotValid::Expired);
    }
    // The identifier's check character is for people who type it in. The signature covers it, and
    // a third of the member states compute it in their own way, so it says nothing here.
    let mut caveats = vec![Caveat::NoStatusList];
    if known.not_after() < now {
        caveats.push(Caveat::ExpiredSigner);
    } else if known.not_after() < claims.expires_at {
        caveats.push(Caveat::OutlastsSigner);
    }
    Ok((claims, caveats))
}

fn unpack(text: &str) -> Result<CoseSign1, NotValid> {
    let text = text.trim();
    if text.len() > MOST_TEXT {
        return Err(NotValid::NotACertificate);
    }
    let body = text.strip_prefix("HC1:").ok_or(NotValid::NotACertificate)?;
    let packed = base45::decode(body).map_err(|_| NotValid::Packing)?;
    let mut unpacked = Vec::new();
    ZlibDecoder::new(packed.as_slice())
        .take(MOST_UNPACKED + 1)
        .read_to_end(&mut unpacked)
        .map_err(|_| NotValid::Packing)?;
    if unpacked.len() as u64 > MOST_UNPACKED {
        return Err(NotValid::Packing);
    }
    // A CWT tag may stand around the COSE tag, and either may be missing.
    let untagged = unpacked.strip_prefix(&[0xd8, 0x3d]).unwrap_or(&unpacked);
    CoseSign1::from_tagged_slice(untagged)
        .or_else(|_| CoseSign1::from_slice(untagged))
        .map_err(|_| NotValid::Packing)
}

fn signer_of<'a>(signed: &CoseSign1, trust: &'a TrustList) -> Result<&'a Known, NotValid> {
    let protected = &signed.protected.header;
    let key_id = match protected.key_id.as_slice() {
        [] => signed.unprotected.key_id.as_slice(),
        key_id => key_id,
    };
    let algorithm = protected.alg.as_ref().or(signed.unprotected.alg.as_ref());
    let is = |wanted: iana::Algorithm| matches!(algorithm, Some(Algorithm::Assigned(named)) if named.to_i64() == wanted.to_i64());
    let (es256, ps256) = (is(iana::Algorithm::ES256), is(iana::Algorithm::PS256));
    let known = trust.with_key_id(key_id);
    if known.is_empty() {
        return Err(NotValid::UnknownSigner);
    }
    let fits = |known: &&Known| {
        let verify = |signature: &[u8], message: &[u8]| {
            let key = known.public_key();
            match known.is_rsa() {
                true if ps256 => UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, key)
                    .verify(message, signature),
                false if es256 => {
                    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key).verify(message, signature)
                }
                _ => Err(aws_lc_rs::error::Unspecified),
            }
        };
        signed.verify_signature(b"", verify).is_ok()
    };
    known.iter().find(fits).ok_or(NotValid::Signature)
}

fn read_claims(payload: &[u8]) -> Result<Claims, NotValid> {
    let value: Value = ciborium::de::from_reader_with_recursion_limit(payload, 16)
        .map_err(|_| NotValid::Content)?;
    let certificate = at(&value, Key::Int(-260)).and_then(|hcert| at(hcert, Key::Int(1)));
    let certificate = certificate.ok_or(NotValid::Content)?;
    let doses = at(certificate, Key::Text("v")).and_then(Value::as_array);
    let [dose] = doses.map(Vec::as_slice).ok_or(NotValid::Content)? else {
        return Err(NotValid::Content);
    };
    if ["t", "r"].iter().any(|group| holds_some(at(certificate, Key::Text(group)))) {
        return Err(NotValid::Content);
    }
    let name = at(certificate, Key::Text("nam")).ok_or(NotValid::Content)?;
    let part = |key| at(name, Key::Text(key)).and_then(Value::as_text);
    let words: Vec<_> = [part("gn"), part("fn")].into_iter().flatten().collect();
    let field = |key| {
        let field = at(dose, Key::Text(key)).and_then(Value::as_text);
        field.filter(|text| !text.is_empty()).map(str::to_owned).ok_or(NotValid::Content)
    };
    let number = |key| at(dose, Key::Text(key)).and_then(whole).ok_or(NotValid::Content);
    let instant = |key| at(&value, Key::Int(key)).and_then(seconds).ok_or(NotValid::Content);
    Ok(Claims {
        name: if words.is_empty() { part("fnt").unwrap_or("").to_owned() } else { words.join(" ") },
        born: at(certificate, Key::Text("dob"))
            .and_then(Value::as_text)
            .ok_or(NotValid::Content)?
            .to_owned(),
        disease: field("tg")?,
        product: field("mp")?,
        manufacturer: field("ma")?,
        dose_number: number("dn")?,
        doses_total: number("sd")?,
        given_on: field("dt")?,
        country: field("co")?,
        issuer: field("is")?,
        uvci: field("ci")?,
        issued_at: instant(6)?,
        expires_at: instant(4)?,
    })
}

/// Whether a group has entries. Some issuers write the groups that they do not use as null or as
/// an empty list.
fn holds_some(group: Option<&Value>) -> bool {
    match group {
        None | Some(Value::Null) => false,
        Some(Value::Array(entries)) => !entries.is_empty(),
        Some(_) => true,
    }
}

/// A key of a CBOR map.
#[derive(Clone, Copy)]
enum Key<'a> {
    Int(i64),
    Text(&'a str),
}

fn at<'a>(value: &'a Value, key: Key<'_>) -> Option<&'a Value> {
    let is_key = |held: &Value| match key {
        Key::Int(number) => held.as_integer().is_some_and(|held| i128::from(held) == number.into()),
        Key::Text(text) => held.as_text() == Some(text),
    };
    value.as_map()?.iter().find(|(held, _)| is_key(held)).map(|(_, value)| value)
}

fn whole(value: &Value) -> Option<i64> {
    i64::try_from(i128::from(value.as_integer()?)).ok()
}

/// Seconds since 1970; some issuers write instants with a fraction, or as tagged dates.
fn seconds(value: &Value) -> Option<i64> {
    match value {
        Value::Float(number) if number.abs() < 9e15 =>
        {
            #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
            Some(number.floor() as i64)
        }
        Value::Tag(1, inner) if !inner.is_tag() => seconds(inner),
        _ => whole(value),
    }
}

#[cfg(test)]
mod tests;

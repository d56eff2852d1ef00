//! Health certificates in CBOR: unpacking, whose signature it is, and which certificate is inside.
//!
//! # Source
//!
//! WHO GDHCN "Electronic Health Certificates" (HCERT) 1.1.1; eHealth Network, "Electronic Health
//! Certificate Specification" 1.3.0.

use std::io::Read;

use ciborium::Value;
use coset::{Algorithm, CborSerializable, CoseSign1, TaggedCborSerializable, iana, iana::EnumI64};
use flate2::read::ZlibDecoder;

use crate::{
    signature::Scheme,
    status::{IdKind, uvci_hash},
    trust::{Known, Trust},
    verdict::{Caveat, Checked, Claims, Event, EventKind, Format, NotValid, in_time},
    verify::MOST_TEXT,
};

/// The most that a certificate may unpack to. The largest of the EU's test set has 870 bytes; a
/// megabyte of small values takes a fifth of a second to read, which is a lot for one QR code.
const MOST_UNPACKED: u64 = 64 * 1024;

/// What the text of an HCERT begins with.
pub(crate) const PREFIX: &str = "HC1:";

/// Checks the text of a QR code.
pub(crate) fn check(text: &str, trust: &Trust, now: i64) -> Checked {
    let signed = unpack(text)?;
    let payload = signed.payload.as_deref().ok_or(NotValid::Content)?;
    let known = signer_of(&signed, trust)?;
    let claims = read_claims(payload)?;
    if !known.signs.vaccinations {
        return Err(NotValid::WrongSigner);
    }
    let instants = (claims.issued_at, claims.expires_at);
    let (Some(issued_at), Some(expires_at)) = instants else { return Err(NotValid::Content) };
    if !known.valid_at(issued_at) || expires_at < issued_at {
        return Err(NotValid::WrongSigner);
    }
    in_time(Some(issued_at), Some(expires_at), now)?;
    // The identifier's check character is for people who type it in. The signature covers it, and
    // a third of the member states compute it in their own way, so it says nothing here.
    let id = claims.id.as_deref().map(uvci_hash).unwrap_or_default();
    let country = known.country().unwrap_or_default();
    let lists = trust.lists();
    let mut caveats: Vec<_> =
        lists.of(IdKind::Uvci, country, &id, Some(issued_at), now)?.into_iter().collect();
    if known.not_after() < now {
        caveats.push(Caveat::ExpiredSigner);
    } else if known.not_after() < expires_at {
        caveats.push(Caveat::OutlastsSigner);
    }
    Ok((claims, caveats))
}

pub(crate) fn unpack(text: &str) -> Result<CoseSign1, NotValid> {
    let text = text.trim();
    if text.len() > MOST_TEXT {
        return Err(NotValid::NotACertificate);
    }
    let body = text.strip_prefix(PREFIX).ok_or(NotValid::NotACertificate)?;
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

pub(crate) fn signer_of<'a>(signed: &CoseSign1, trust: &'a Trust) -> Result<&'a Known, NotValid> {
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
    let scheme = match (es256, ps256) {
        (true, _) => Scheme::Es256,
        (_, true) => Scheme::Ps256,
        _ => return Err(NotValid::Signature),
    };
    let fits = |known: &&Known| {
        let verify =
            |signature: &[u8], message: &[u8]| known.key().verify(scheme, message, signature);
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
    let name =
        if words.is_empty() { part("fnt").map(str::to_owned) } else { Some(words.join(" ")) };
    let event = Event {
        kind: EventKind::Vaccination,
        disease: Some(field("tg")?),
        product: Some(field("mp")?),
        manufacturer: Some(field("ma")?),
        dose_number: Some(number("dn")?),
        doses_total: Some(number("sd")?),
        on: Some(field("dt")?),
        country: Some(field("co")?),
        ..Event::default()
    };
    let born = at(certificate, Key::Text("dob")).and_then(Value::as_text);
    Ok(Claims {
        format: Format::Dcc,
        name,
        born: Some(born.ok_or(NotValid::Content)?.to_owned()),
        events: vec![event],
        issuer: field("is")?,
        id: Some(field("ci")?),
        issued_at: Some(instant(6)?),
        expires_at: Some(instant(4)?),
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

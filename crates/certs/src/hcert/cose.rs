//! Signed messages of CBOR: whose they say that they are, what is signed, and with what.
//!
//! # Source
//!
//! RFC 9052, "CBOR Object Signing and Encryption", `COSE_Sign1`: sections 3, 4.2 and 4.4.

use std::borrow::Cow;

use minicbor::data::Tag;

use super::cbor::{self, Value, at, whole, written};
use crate::{
    signature::Scheme,
    signer::{Signer, key::NotSigned},
    verdict::NotValid,
};

/// Labels of header parameters.
const ALGORITHM: i64 = 1;
const CRITICAL: i64 = 2;
const KEY_ID: i64 = 4;
/// Numbers of algorithms. Source: IANA, "COSE Algorithms".
const ES256: i64 = -7;
const PS256: i64 = -37;
/// Tags that may stand around a message: of a CBOR Web Token, and of a message with one signature.
const TAGS: [u64; 2] = [61, 18];
/// The most parameters of a header. Certificates have two.
const MOST_PARAMETERS: usize = 16;

/// A message with one signature.
pub(crate) struct Signed<'a> {
    protected: Cow<'a, [u8]>,
    key_id: Vec<u8>,
    algorithm: Option<i64>,
    /// What is signed.
    pub(crate) payload: Cow<'a, [u8]>,
    /// With what.
    pub(crate) signature: Cow<'a, [u8]>,
}

impl<'a> Signed<'a> {
    /// Takes one apart. Nothing is checked yet. A CWT tag may stand around the COSE tag, and either
    /// may be missing.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, NotValid> {
        let mut message = cbor::read(bytes).map_err(|_| NotValid::Packing)?;
        for tag in TAGS {
            message = match message {
                Value::Tag(held, inner) if held == tag => *inner,
                other => other,
            };
        }
        let Value::Array(parts) = message else { return Err(NotValid::Packing) };
        let parts: [Value<'a>; 4] = parts.try_into().map_err(|_| NotValid::Packing)?;
        let [protected, unprotected, payload, signature] = parts;
        let bytes = |part: Value<'a>| part.into_bytes().ok_or(NotValid::Packing);
        let payload = if payload.is_null() { Err(NotValid::Content) } else { bytes(payload) };
        let (protected, payload, signature) = (bytes(protected)?, payload?, bytes(signature)?);
        let (key_id, algorithm) = parameters(&protected, &unprotected)?;
        Ok(Self { protected, key_id, algorithm, payload, signature })
    }

    /// The name of the key that signed it.
    pub(super) fn key_id(&self) -> &[u8] {
        &self.key_id
    }

    /// How it is signed; nothing for what no certificate is signed by.
    pub(super) const fn scheme(&self) -> Option<Scheme> {
        match self.algorithm {
            Some(ES256) => Some(Scheme::Es256),
            Some(PS256) => Some(Scheme::Ps256),
            _ => None,
        }
    }

    /// The bytes that the signature is over.
    pub(super) fn message(&self) -> Vec<u8> {
        message(&self.protected, &self.payload)
    }
}

/// Signs a payload, with ES256.
///
/// # Errors
///
/// [`NotSigned`] if the key cannot be reached.
pub(crate) fn sign(signer: &Signer, payload: &[u8]) -> Result<Vec<u8>, NotSigned> {
    let protected = written(|to| {
        to.map(2)?.i64(ALGORITHM)?.i64(ES256)?;
        to.i64(KEY_ID)?.bytes(&signer.key_id())?;
        Ok(())
    });
    let signature = signer.sign(&message(&protected, payload))?;
    Ok(written(|to| {
        to.tag(Tag::new(TAGS[1]))?.array(4)?;
        to.bytes(&protected)?.map(0)?.bytes(payload)?.bytes(&signature)?;
        Ok(())
    }))
}

/// The bytes that a signature is over.
fn message(protected: &[u8], payload: &[u8]) -> Vec<u8> {
    written(|to| {
        to.array(4)?.str("Signature1")?.bytes(protected)?.bytes(&[])?.bytes(payload)?;
        Ok(())
    })
}

/// The name of the key, and the number of the algorithm: of what the signature covers, else of what
/// it does not.
fn parameters(
    protected: &[u8],
    unprotected: &Value<'_>,
) -> Result<(Vec<u8>, Option<i64>), NotValid> {
    // No bytes are an empty header.
    let protected = match protected {
        [] => Value::Map(Vec::new()),
        bytes => cbor::read(bytes).map_err(|_| NotValid::Packing)?,
    };
    for header in [&protected, unprotected] {
        check_header(header)?;
    }
    // Nothing critical is known here, so what says that it has something is refused.
    if at(&protected, CRITICAL).is_some() {
        return Err(NotValid::Content);
    }
    let key_id = |header| match at(header, KEY_ID) {
        None => Ok(&[][..]),
        Some(key_id) => key_id.as_bytes().ok_or(NotValid::Packing),
    };
    let key_id = match key_id(&protected)? {
        [] => key_id(unprotected)?,
        key_id => key_id,
    };
    let algorithm = at(&protected, ALGORITHM).or_else(|| at(unprotected, ALGORITHM));
    Ok((key_id.to_vec(), algorithm.and_then(whole)))
}

/// Whether a header is a map that says nothing twice.
fn check_header(header: &Value<'_>) -> Result<(), NotValid> {
    let entries = header.as_map().filter(|entries| entries.len() <= MOST_PARAMETERS);
    let entries = entries.ok_or(NotValid::Packing)?;
    let same = |one: &Value<'_>, other: &Value<'_>| match (one, other) {
        (Value::Integer(one), Value::Integer(other)) => one == other,
        (Value::Text(one), Value::Text(other)) => one == other,
        _ => false,
    };
    let twice = |(place, (label, _)): (usize, &(Value<'_>, Value<'_>))| {
        entries[..place].iter().any(|(before, _)| same(before, label))
    };
    if entries.iter().enumerate().any(twice) { Err(NotValid::Packing) } else { Ok(()) }
}

#[cfg(test)]
#[cfg(feature = "issue")]
mod tests;

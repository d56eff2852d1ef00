//! Putting disclosures back into their places.

use std::collections::{HashMap, HashSet};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use super::{SEPARATOR, digest};
use crate::{jws::Jws, signature::PublicKey, verdict::NotValid, verify::MOST_TEXT};

/// How deep a certificate may be nested: disclosures inside of disclosures could go on for
/// thousands of levels, and the stack could not.
const MOST_LEVELS: usize = 32;
const DIGESTS: &str = "_sd";
const ALGORITHM: &str = "_sd_alg";
const HIDDEN: &str = "...";

/// The pieces of a presentation.
pub(super) struct Pieces<'a> {
    pub(super) jwt: &'a str,
    pub(super) disclosures: Vec<&'a str>,
    /// The holder's proof, if there is one.
    pub(super) proof: Option<&'a str>,
    /// All before the proof, which is what it is about.
    pub(super) proven: &'a str,
}

impl<'a> Pieces<'a> {
    pub(super) fn read(text: &'a str) -> Result<Self, NotValid> {
        if text.len() > MOST_TEXT {
            return Err(NotValid::TooLarge);
        }
        let last = text.rfind(SEPARATOR).ok_or(NotValid::NotACertificate)?;
        let (proven, proof) = text.split_at(last + SEPARATOR.len_utf8());
        let mut parts = proven[..last].split(SEPARATOR);
        let jwt = parts.next().ok_or(NotValid::NotACertificate)?;
        let proof = (!proof.is_empty()).then_some(proof);
        Ok(Self { jwt, disclosures: parts.collect(), proof, proven })
    }
}

/// The payload of any SD-JWT that a key signed, with all in its place that was disclosed. A
/// holder's proof is not looked at, nor any date.
///
/// # Errors
///
/// [`NotValid`] if it cannot be read, another key signed it, or a disclosure does not fit exactly
/// one place.
///
/// # Source
///
/// RFC 9901, section 7.1.
pub fn disclosed(text: &str, key: &PublicKey) -> Result<Value, NotValid> {
    let pieces = Pieces::read(text.trim())?;
    let jws = Jws::read(pieces.jwt)?;
    jws.verify(key).map_err(|_| NotValid::Signature)?;
    let payload = serde_json::from_slice(&jws.payload).map_err(|_| NotValid::Packing)?;
    open(payload, &pieces.disclosures)
}

/// A payload with all disclosures in their places: each fits exactly one.
pub(super) fn open(mut payload: Value, disclosures: &[&str]) -> Result<Value, NotValid> {
    let object = payload.as_object_mut().ok_or(NotValid::Content)?;
    if object.remove(ALGORITHM).is_some_and(|name| name != "sha-256") {
        return Err(NotValid::Content);
    }
    let mut opening = Opening::default();
    for text in disclosures {
        let disclosure = Disclosure::read(text)?;
        if opening.unplaced.insert(digest(text), disclosure).is_some() {
            return Err(NotValid::Content);
        }
    }
    let opened = opening.value(payload, 0)?;
    // What stands in no place was not signed.
    if opening.unplaced.is_empty() { Ok(opened) } else { Err(NotValid::Unsigned) }
}

/// What a disclosure discloses.
struct Disclosure {
    /// The name of a member; none for an element of a list.
    name: Option<String>,
    value: Value,
}

impl Disclosure {
    fn read(text: &str) -> Result<Self, NotValid> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| NotValid::Packing)?;
        let parts: Vec<Value> = serde_json::from_slice(&bytes).map_err(|_| NotValid::Packing)?;
        match <[Value; 3]>::try_from(parts) {
            Ok([Value::String(_), Value::String(name), value]) => {
                Ok(Self { name: Some(name), value })
            }
            Ok(_) => Err(NotValid::Content),
            Err(parts) => match <[Value; 2]>::try_from(parts) {
                Ok([Value::String(_), value]) => Ok(Self { name: None, value }),
                _ => Err(NotValid::Content),
            },
        }
    }
}

#[derive(Default)]
struct Opening {
    /// Disclosures that have no place yet, by digest.
    unplaced: HashMap<String, Disclosure>,
    /// Digests that were met.
    met: HashSet<String>,
}

impl Opening {
    fn value(&mut self, value: Value, level: usize) -> Result<Value, NotValid> {
        if level > MOST_LEVELS {
            return Err(NotValid::TooLarge);
        }
        match value {
            Value::Object(members) => self.object(members, level).map(Value::Object),
            Value::Array(elements) => self.array(elements, level).map(Value::Array),
            other => Ok(other),
        }
    }

    fn object(
        &mut self,
        mut members: Map<String, Value>,
        level: usize,
    ) -> Result<Map<String, Value>, NotValid> {
        let digests = match members.remove(DIGESTS) {
            None => Vec::new(),
            Some(Value::Array(digests)) => digests,
            Some(_) => return Err(NotValid::Content),
        };
        let mut opened = Map::new();
        for (name, value) in members {
            if name == HIDDEN {
                return Err(NotValid::Content);
            }
            opened.insert(name, self.value(value, level + 1)?);
        }
        for digest in digests {
            let Some(disclosure) = self.placed(&digest)? else { continue };
            let name = disclosure.name.ok_or(NotValid::Content)?;
            let is_reserved = [DIGESTS, HIDDEN, ALGORITHM].contains(&name.as_str())
                || level == 0 && NEVER_HIDDEN.contains(&name.as_str());
            if is_reserved || opened.contains_key(&name) {
                return Err(NotValid::Content);
            }
            opened.insert(name, self.value(disclosure.value, level + 1)?);
        }
        Ok(opened)
    }

    fn array(&mut self, elements: Vec<Value>, level: usize) -> Result<Vec<Value>, NotValid> {
        let mut opened = Vec::with_capacity(elements.len());
        for element in elements {
            let digest = match element.as_object() {
                Some(members) if members.len() == 1 => members.get(HIDDEN),
                _ => None,
            };
            let Some(digest) = digest else {
                opened.push(self.value(element, level + 1)?);
                continue;
            };
            match self.placed(digest)? {
                Some(Disclosure { name: None, value }) => {
                    opened.push(self.value(value, level + 1)?);
                }
                Some(_) => return Err(NotValid::Content),
                // The holder keeps it back.
                None => {}
            }
        }
        Ok(opened)
    }

    /// The disclosure of a digest, if the holder gave it. A digest stands in one place only.
    fn placed(&mut self, digest: &Value) -> Result<Option<Disclosure>, NotValid> {
        let digest = digest.as_str().ok_or(NotValid::Content)?;
        if !self.met.insert(digest.to_owned()) {
            return Err(NotValid::Content);
        }
        Ok(self.unplaced.remove(digest))
    }
}

/// What a certificate shows to all, so that no holder can keep it back.
///
/// # Source
///
/// draft-ietf-oauth-sd-jwt-vc, section 3.2.2.2.
const NEVER_HIDDEN: [&str; 7] = ["iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "status"];

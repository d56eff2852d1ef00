//! Linked Data Signatures of 2018: a detached JWS over the canonical form.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::{
    jws,
    linked::{Escapes, canonical, contexts},
    signature::{Checker, Scheme, sha256},
    signer::key::{NotSigned, SigningKey},
    vc::proof::instant_text,
    verdict::NotValid,
};

/// A proof taken apart, and what was signed.
pub(super) struct Signed {
    scheme: Scheme,
    message: Vec<u8>,
    signature: Vec<u8>,
}

impl Signed {
    /// Whether a key made the proof.
    pub(super) fn is_by(&self, key: &Checker) -> bool {
        key.verify(self.scheme, &self.message, &self.signature).is_ok()
    }
}

/// Takes the proof of a document apart. No key is asked yet.
///
/// # Source
///
/// W3C CCG "Linked Data Proofs 1.0" and "RSA Signature Suite 2018", as DIVOC's signer uses them:
/// RFC 7797 with `b64` false over the two hashes.
pub(super) fn read(document: &Value) -> Result<Signed, NotValid> {
    let mut document = document.clone();
    let proof = document.as_object_mut().and_then(|members| members.remove("proof"));
    let mut proof = proof.filter(Value::is_object).ok_or(NotValid::Content)?;
    let jws = proof.as_object_mut().and_then(|members| members.remove("jws"));
    let (header, signature) = jws
        .as_ref()
        .and_then(Value::as_str)
        .and_then(|jws| jws.split_once(".."))
        .ok_or(NotValid::Content)?;
    let bytes = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| NotValid::Content);
    let said: Value = serde_json::from_slice(&bytes(header)?).map_err(|_| NotValid::Content)?;
    if said["b64"] != false || said["crit"] != json!(["b64"]) {
        return Err(NotValid::Content);
    }
    let scheme = scheme_of(&proof).filter(|scheme| said["alg"] == jws::name(*scheme));
    let scheme = scheme.ok_or(NotValid::Signature)?;
    if proof["proofPurpose"] != "assertionMethod" {
        return Err(NotValid::WrongSigner);
    }
    let message = message(header, &document, proof)?;
    Ok(Signed { scheme, message, signature: bytes(signature)? })
}

/// Adds a proof to a document.
pub(super) fn sign(
    mut document: Value,
    (key, verification_method): (&dyn SigningKey, &str),
    created: i64,
) -> Result<Value, NotSigned> {
    let scheme = key.scheme();
    let mut proof = json!({
        "type": suite(scheme).ok_or(NotSigned)?,
        "created": instant_text(created),
        "verificationMethod": verification_method,
        "proofPurpose": "assertionMethod",
    });
    let header = format!(r#"{{"alg":"{}","b64":false,"crit":["b64"]}}"#, jws::name(scheme));
    let header = URL_SAFE_NO_PAD.encode(header);
    let message = message(&header, &document, proof.clone()).map_err(|_| NotSigned)?;
    let signature = URL_SAFE_NO_PAD.encode(key.sign(&message)?);
    proof["jws"] = format!("{header}..{signature}").into();
    document["proof"] = proof;
    Ok(document)
}

fn message(header: &str, document: &Value, mut options: Value) -> Result<Vec<u8>, NotValid> {
    options["@context"] = contexts::SECURITY_2.into();
    let hash = |value: &Value| canonical(value, Escapes::Few).map(|form| sha256(form.as_bytes()));
    let parts = [header.as_bytes(), b".", &hash(&options)?, &hash(document)?];
    Ok(parts.concat())
}

fn scheme_of(proof: &Value) -> Option<Scheme> {
    [Scheme::Ps256, Scheme::EdDsa]
        .into_iter()
        .find(|scheme| suite(*scheme).is_some_and(|suite| proof["type"] == suite))
}

const fn suite(scheme: Scheme) -> Option<&'static str> {
    match scheme {
        Scheme::Ps256 => Some("RsaSignature2018"),
        Scheme::EdDsa => Some("Ed25519Signature2018"),
        _ => None,
    }
}

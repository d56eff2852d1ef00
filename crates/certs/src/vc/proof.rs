//! Data Integrity proofs by Ed25519, over JSON and over linked data.

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::{
    canonical,
    linked::{self, Escapes, contexts},
    signature::{Checker, Scheme, sha256},
    signer::key::{NotSigned, SigningKey},
    trust::{IssuerKey, Trust, Trusted, Use},
    verdict::{NotValid, in_time},
};

/// The most proofs of a document: for each that names a trusted key, it is made canonical anew.
const MOST_PROOFS: usize = 4;

/// How a document is made into bytes to be signed.
///
/// # Source
///
/// W3C "Data Integrity `EdDSA` Cryptosuites" 1.0, sections 3.2 and 3.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Suite {
    /// As JSON, by RFC 8785: every byte counts.
    Jcs,
    /// As statements, by RDFC-1.0.
    Rdfc,
}

impl Suite {
    const fn name(self) -> &'static str {
        match self {
            Self::Jcs => "eddsa-jcs-2022",
            Self::Rdfc => "eddsa-rdfc-2022",
        }
    }

    fn of(proof: &Value) -> Option<Self> {
        let name = proof["cryptosuite"].as_str()?;
        [Self::Jcs, Self::Rdfc].into_iter().find(|suite| suite.name() == name)
    }

    fn bytes(self, document: &Value) -> Result<Vec<u8>, NotValid> {
        match self {
            Self::Jcs => canonical::to_vec(document),
            Self::Rdfc => linked::canonical(document, Escapes::All).map(String::into_bytes),
        }
    }
}

/// A document that an issuer's key is known to have signed.
pub(crate) struct Proven<'a> {
    /// The key.
    pub(crate) key: &'a Trusted,
    /// When the proof says that it was made, seconds since 1970.
    pub(crate) created: Option<i64>,
}

/// Adds a proof to a document.
pub(crate) fn sign(
    mut document: Value,
    suite: Suite,
    (key, verification_method): (&dyn SigningKey, &str),
    created: i64,
) -> Result<Value, NotSigned> {
    if key.scheme() != Scheme::EdDsa {
        return Err(NotSigned);
    }
    let mut proof = json!({
        "@context": document["@context"],
        "type": "DataIntegrityProof",
        "cryptosuite": suite.name(),
        "created": instant_text(created),
        "verificationMethod": verification_method,
        "proofPurpose": "assertionMethod",
    });
    let message = message(suite, &document, &proof).map_err(|_| NotSigned)?;
    let signature = key.sign(&message)?;
    proof["proofValue"] = format!("z{}", bs58::encode(signature).into_string()).into();
    document["proof"] = proof;
    Ok(document)
}

/// Finds a proof by a key of the issuer that is trusted. Other proofs of a set are not looked at:
/// whether they fit says nothing to who does not know their keys.
pub(crate) fn verify<'a>(
    document: &Value,
    issuer: &'a str,
    trust: &'a Trust,
    now: i64,
) -> Result<Proven<'a>, NotValid> {
    let mut document = document.clone();
    let proof = document.as_object_mut().and_then(|members| members.remove("proof"));
    let proofs = match proof {
        Some(Value::Array(proofs)) if proofs.len() <= MOST_PROOFS => proofs,
        Some(Value::Array(_)) => return Err(NotValid::TooLarge),
        Some(proof @ Value::Object(_)) => vec![proof],
        _ => return Err(NotValid::Content),
    };
    let mut why = NotValid::UnknownSigner;
    for proof in &proofs {
        for key in trust.keys(Use::Vc, Some(issuer)).filter(|key| is_of(key, proof)) {
            match verify_one(&document, proof, key.checker(), now) {
                Ok(created) => return Ok(Proven { key, created }),
                Err(reason) => why = reason,
            }
        }
    }
    Err(why)
}

/// Whether a proof names a key: by the whole name, or by the part after the issuer's.
fn is_of(key: &IssuerKey, proof: &Value) -> bool {
    let (Some(method), Some(id)) = (proof["verificationMethod"].as_str(), key.id.as_deref()) else {
        return false;
    };
    let part = method.strip_prefix(key.issuer.as_str()).and_then(|rest| rest.strip_prefix('#'));
    method == id || part == Some(id)
}

/// Whether a key made a proof; gives when the proof says that it was made.
pub(crate) fn verify_one(
    document: &Value,
    proof: &Value,
    key: &Checker,
    now: i64,
) -> Result<Option<i64>, NotValid> {
    contexts::of(document)?;
    let suite = Suite::of(proof).filter(|_| proof["type"] == "DataIntegrityProof");
    let suite = suite.ok_or(NotValid::Signature)?;
    // A link of a chain also covers the proofs before it; here each proof stands for itself.
    if proof["proofPurpose"] != "assertionMethod" || proof.get("previousProof").is_some() {
        return Err(NotValid::WrongSigner);
    }
    let (created, expires) = (instant(proof, "created")?, instant(proof, "expires")?);
    in_time(created, expires, now)?;
    let mut document = Cow::Borrowed(document);
    if let Some(of_proof) = proof.get("@context") {
        if !is_prefix(of_proof, &document["@context"]) {
            return Err(NotValid::Context);
        }
        if document["@context"] != *of_proof {
            document.to_mut()["@context"] = of_proof.clone();
        }
    }
    let mut options = proof.clone();
    let value = options.as_object_mut().and_then(|members| members.remove("proofValue"));
    let signature = value.as_ref().and_then(Value::as_str).and_then(unbase58);
    let signature = signature.ok_or(NotValid::Signature)?;
    if suite == Suite::Rdfc {
        options["@context"] = document["@context"].clone();
    }
    let message = message(suite, &document, &options)?;
    key.verify(Scheme::EdDsa, &message, &signature).map_err(|_| NotValid::Signature)?;
    Ok(created)
}

fn message(suite: Suite, document: &Value, options: &Value) -> Result<Vec<u8>, NotValid> {
    let options = sha256(&suite.bytes(options)?);
    Ok([options, sha256(&suite.bytes(document)?)].concat())
}

/// Whether the contexts of a proof are the first ones of its document.
fn is_prefix(of_proof: &Value, of_document: &Value) -> bool {
    match (of_proof.as_array(), of_document.as_array()) {
        (Some(first), Some(all)) => !first.is_empty() && all.starts_with(first),
        _ => of_proof == of_document,
    }
}

/// The 64 bytes of a signature in base 58, which takes time by the square of its length.
fn unbase58(text: &str) -> Option<Vec<u8>> {
    let text = text.strip_prefix('z').filter(|text| text.len() <= 90)?;
    bs58::decode(text).into_vec().ok()
}

/// An instant of a document; none if it has none.
pub(crate) fn instant(value: &Value, name: &str) -> Result<Option<i64>, NotValid> {
    match &value[name] {
        Value::Null => Ok(None),
        Value::String(text) => {
            let instant = text.parse::<jiff::Timestamp>().map_err(|_| NotValid::Content)?;
            Ok(Some(instant.as_second()))
        }
        _ => Err(NotValid::Content),
    }
}

/// An instant as a document has it; instants beyond the calendar are written as its ends.
pub(crate) fn instant_text(instant: i64) -> String {
    let ends = jiff::Timestamp::MIN.as_second()..=jiff::Timestamp::MAX.as_second();
    let clamped = instant.clamp(*ends.start(), *ends.end());
    jiff::Timestamp::from_second(clamped).map(|instant| instant.to_string()).unwrap_or_default()
}

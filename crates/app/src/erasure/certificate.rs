//! The certificate of an erasure: a small signed document for whom it is about, verified offline.

use certs::signature::PublicKey;
use serde_json::{Map, Value, json};

use super::Erasure;
use crate::{
    Ctx, Platform, Result,
    detached::{self, Unfit},
    manifest::canonical,
};

/// What the signature says that it is of.
const TYPE: &str = "teeka-erasure+jws";
/// The most bytes of a certificate.
const MOST_BYTES: usize = 16 << 10;
/// What was done, in the words of the certificate.
const DONE: &str = "the key of this record was destroyed, and with it all that was sealed under it";

/// Why something is no certificate of an erasure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadErasure {
    /// It is another document.
    #[error("this is no certificate of an erasure")]
    NotOne,
    /// The key did not sign it.
    #[error("the certificate of an erasure was changed, or another key signed it")]
    Signature,
}

impl From<Unfit> for BadErasure {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::Form => Self::NotOne,
            Unfit::Signature => Self::Signature,
        }
    }
}

impl Platform {
    /// The certificate of an erasure, signed with the key that [`Platform::trust_anchor`] tells.
    ///
    /// # Shape
    ///
    /// ```json
    /// {"erasure": {"issuer": "…", "reference": "14 digits", "done": "…", "asked_at": "…",
    ///              "erased_at": "…"},
    ///  "signature": "header..signature: a JWS (RFC 7515, appendix F) whose payload is the canonical
    ///                form (RFC 8785) of the erasure"}
    /// ```
    ///
    /// # Privacy
    ///
    /// Holds the reference number: for whom it is about.
    pub(super) fn erasure_certificate(&self, ctx: &Ctx, one: &Erasure) -> Result<String> {
        let document = json!({
            "issuer": self.settings.issuer,
            "reference": one.reference.to_string(),
            "done": DONE,
            "asked_at": one.asked_at.to_string(),
            "erased_at": one.erased_at.map(|at| at.to_string()),
        });
        let signature = detached::sign(&self.keys(), ctx.now, TYPE, &canonical(&document))?;
        Ok(json!({ "erasure": document, "signature": signature }).to_string())
    }
}

/// Whether some bytes look like a certificate of an erasure.
pub fn is_one(bytes: &[u8]) -> bool {
    bytes.len() <= MOST_BYTES
        && serde_json::from_slice::<Value>(bytes).is_ok_and(|value| value["erasure"].is_object())
}

/// What a certificate of an erasure says, if the anchor's key signed it.
///
/// # Errors
///
/// [`BadErasure`].
pub fn verify(bytes: &[u8], anchor: &PublicKey) -> std::result::Result<Value, BadErasure> {
    if bytes.len() > MOST_BYTES {
        return Err(BadErasure::NotOne);
    }
    let mut document: Map<String, Value> =
        serde_json::from_slice(bytes).map_err(|_| BadErasure::NotOne)?;
    let erasure = document.remove("erasure").filter(Value::is_object).ok_or(BadErasure::NotOne)?;
    let signature = document.get("signature").and_then(Value::as_str).ok_or(BadErasure::NotOne)?;
    detached::verify(TYPE, &canonical(&erasure), signature, anchor)?;
    Ok(erasure)
}

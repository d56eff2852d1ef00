//! What a holder does with a certificate: choosing what to show, and proving that it is theirs.

use serde_json::json;

use super::{Certificate, PROOF_HEADER, SEPARATOR, digest};
use crate::{
    jws,
    signer::key::{NotSigned, SigningKey},
};

impl Certificate {
    /// The whole certificate, as it is handed to its holder.
    pub fn text(&self) -> String {
        self.showing(|_| true)
    }

    /// The certificate with these fields disclosed and no others; a name that it does not have
    /// discloses nothing.
    pub fn present(&self, names: &[&str]) -> String {
        self.showing(|name| names.contains(&name))
    }

    /// The names of the fields that may be disclosed.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.disclosures.iter().map(|disclosure| disclosure.name.as_str())
    }

    fn showing(&self, is_shown: impl Fn(&str) -> bool) -> String {
        let mut text = format!("{}{SEPARATOR}", self.jwt);
        for disclosure in &self.disclosures {
            if is_shown(&disclosure.name) {
                text += &disclosure.text;
                text.push(SEPARATOR);
            }
        }
        text
    }
}

/// Adds a holder's proof to what they show: that they have the key it is bound to, and made this
/// for who asked, now.
///
/// # Units
///
/// `now` is seconds since 1970.
///
/// # Errors
///
/// [`NotSigned`] if the key cannot be reached.
///
/// # Source
///
/// RFC 9901, section 4.3.
pub fn prove(
    presentation: &str,
    key: &dyn SigningKey,
    audience: &str,
    nonce: &str,
    now: i64,
) -> Result<String, NotSigned> {
    let payload = json!({
        "aud": audience,
        "nonce": nonce,
        "iat": now,
        "sd_hash": digest(presentation),
    });
    let proof = jws::sign(key, json!({ "typ": PROOF_HEADER }), payload.to_string().as_bytes())?;
    Ok(format!("{presentation}{proof}"))
}

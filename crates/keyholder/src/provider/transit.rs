//! The transit engine of `HashiCorp` Vault or `OpenBao`: a key that stays there wraps.
//!
//! # Source
//!
//! `OpenBao`, "Transit secrets engine (API)": `POST /v1/:mount/encrypt/:name`, `…/decrypt/:name`; a
//! sealed server answers 503, a token without the right policy 403.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use vault::Secret;
use zeroize::Zeroizing;

use super::{Provider, ProviderError};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most bytes of an answer: one of 32 bytes wrapped has less than 1 kB.
const MOST: u64 = 64 << 10;

/// Which engine, which key, and by which token.
pub struct Transit {
    agent: ureq::Agent,
    engine: String,
    key: String,
    token: Secret<String>,
}

impl Transit {
    /// The key of a name in the engine at an address, such as `https://vault.example:8200/v1/transit`.
    /// Only a server on this machine may be asked without TLS.
    ///
    /// # Errors
    ///
    /// A sentence, if address or name cannot be used.
    pub fn new(engine: &str, key: &str, token: Secret<String>) -> Result<Self, &'static str> {
        let local = ["http://127.0.0.1:", "http://[::1]:", "http://localhost:"];
        if !engine.starts_with("https://") && !local.iter().any(|it| engine.starts_with(it)) {
            return Err("the address of a transit engine begins with https://");
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if key.is_empty() || !key.chars().all(plain) {
            return Err("the name of a transit key has letters, digits, and - _ . only");
        }
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .http_status_as_error(false);
        let engine = engine.trim_end_matches('/').to_owned();
        Ok(Self { agent: config.build().new_agent(), engine, key: key.to_owned(), token })
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value, ProviderError> {
        let away = |_| ProviderError::Away("the transit engine does not answer");
        let mut answer = self
            .agent
            .post(format!("{}/{path}", self.engine))
            .header("x-vault-token", self.token.expose())
            .header("x-vault-request", "true")
            .header("content-type", "application/json")
            .send(Zeroizing::new(body.to_string()).as_str())
            .map_err(away)?;
        let status = answer.status().as_u16();
        let read = answer.body_mut().with_config().limit(MOST).read_to_string();
        let text = Zeroizing::new(read.map_err(away)?);
        match status {
            200 => serde_json::from_str(&text)
                .map_err(|_| ProviderError::Away("the transit engine's answer is not JSON")),
            400 => Err(ProviderError::DoesNotUnwrap),
            401 | 403 => Err(ProviderError::Refused("the transit engine does not take the token")),
            404 => Err(ProviderError::Refused("there is no such transit engine or key")),
            503 => Err(ProviderError::Away("the transit engine is sealed")),
            _ => Err(ProviderError::Away("the transit engine has a fault")),
        }
    }
}

impl Provider for Transit {
    fn name(&self) -> &'static str {
        "transit"
    }

    fn wrap(&self, name: &str, key: &Secret<[u8; 32]>) -> Result<Vec<u8>, ProviderError> {
        let plain = Zeroizing::new(STANDARD.encode(key.expose()));
        let body = json!({ "plaintext": *plain, "associated_data": STANDARD.encode(name) });
        let answer = self.post(&format!("encrypt/{}", self.key), &body)?;
        ciphertext_of(&answer)
    }

    fn unwrap(&self, name: &str, wrapped: &[u8]) -> Result<Secret<[u8; 32]>, ProviderError> {
        let ciphertext = text(wrapped)?;
        let body = json!({ "ciphertext": ciphertext, "associated_data": STANDARD.encode(name) });
        let answer = self.post(&format!("decrypt/{}", self.key), &body)?;
        let plain = answer["data"]["plaintext"].as_str().ok_or(ProviderError::DoesNotUnwrap)?;
        let plain = STANDARD.decode(plain).map(Secret::new);
        plain.ok().and_then(|plain| plain.key()).ok_or(ProviderError::DoesNotUnwrap)
    }
}

fn text(wrapped: &[u8]) -> Result<&str, ProviderError> {
    std::str::from_utf8(wrapped).map_err(|_| ProviderError::DoesNotUnwrap)
}

/// `vault:v1:…`, as the engine names what it wrapped.
fn ciphertext_of(answer: &Value) -> Result<Vec<u8>, ProviderError> {
    let ciphertext = answer["data"]["ciphertext"].as_str();
    let ciphertext = ciphertext.filter(|text| text.starts_with("vault:v"));
    let none = "the transit engine gave no ciphertext";
    Ok(ciphertext.ok_or(ProviderError::Away(none))?.as_bytes().to_vec())
}

#[cfg(test)]
mod tests;

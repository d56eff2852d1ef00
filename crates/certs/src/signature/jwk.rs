//! Public keys as JSON Web Keys.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{BadKey, PublicKey, RsaNumbers, sha256};
use crate::canonical;

impl PublicKey {
    /// Reads a JSON Web Key. What it says beside the key itself (`kid`, `use`, `x5c`) is not looked
    /// at.
    ///
    /// # Errors
    ///
    /// [`BadKey`] if it is none, or of a kind that no certificate uses.
    ///
    /// # Source
    ///
    /// RFC 7518, section 6; RFC 8037, section 2.
    pub fn from_jwk(jwk: &Value) -> Result<Self, BadKey> {
        let bytes = |name: &str| {
            let text = jwk[name].as_str().ok_or(BadKey)?;
            URL_SAFE_NO_PAD.decode(text).map_err(|_| BadKey)
        };
        let point = |length: usize| {
            let (x, y) = (bytes("x")?, bytes("y")?);
            let fits = x.len() == length && y.len() == length;
            if fits { Ok([&[4][..], &x, &y].concat()) } else { Err(BadKey) }
        };
        match (jwk["kty"].as_str(), jwk["crv"].as_str()) {
            (Some("EC"), Some("P-256")) => point(32).map(Self::P256),
            (Some("EC"), Some("P-384")) => point(48).map(Self::P384),
            (Some("EC"), Some("P-521")) => point(66).map(Self::P521),
            (Some("OKP"), Some("Ed25519")) => match bytes("x")? {
                key if key.len() == 32 => Ok(Self::Ed25519(key)),
                _ => Err(BadKey),
            },
            (Some("RSA"), _) => {
                let numbers = RsaNumbers { modulus: bytes("n")?, exponent: bytes("e")? };
                numbers.write().map(Self::Rsa).ok_or(BadKey)
            }
            _ => Err(BadKey),
        }
    }

    /// The key as JSON Web Key, with no more than the key itself.
    pub fn to_jwk(&self) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let point = |curve: &str, bytes: &[u8]| {
            let (x, y) = bytes[1..].split_at(bytes.len() / 2);
            json!({ "kty": "EC", "crv": curve, "x": text(x), "y": text(y) })
        };
        match self {
            Self::P256(bytes) => point("P-256", bytes),
            Self::P384(bytes) => point("P-384", bytes),
            Self::P521(bytes) => point("P-521", bytes),
            Self::Ed25519(bytes) => json!({ "kty": "OKP", "crv": "Ed25519", "x": text(bytes) }),
            Self::Rsa(der) => {
                let empty = RsaNumbers { modulus: Vec::new(), exponent: Vec::new() };
                let numbers = RsaNumbers::read(der).unwrap_or(empty);
                let (n, e) = (text(&numbers.modulus), text(&numbers.exponent));
                json!({ "kty": "RSA", "n": n, "e": e })
            }
        }
    }

    /// The key as a Multikey, if it is one of Ed25519.
    ///
    /// # Source
    ///
    /// W3C "Controlled Identifiers" 1.0, section 2.2.2: base58 of the code `0xed01` and the key.
    pub fn multikey(&self) -> Option<String> {
        let Self::Ed25519(bytes) = self else { return None };
        let bytes = [&[0xed, 0x01][..], bytes].concat();
        Some(format!("z{}", bs58::encode(bytes).into_string()))
    }

    /// The thumbprint: base64url of the SHA-256 of the key's required members in their fixed order.
    /// SMART Health Cards name keys by it.
    ///
    /// # Source
    ///
    /// RFC 7638, section 3.
    pub fn thumbprint(&self) -> String {
        let bytes = canonical::to_vec(&self.to_jwk()).expect("texts have a canonical form");
        URL_SAFE_NO_PAD.encode(sha256(&bytes))
    }
}

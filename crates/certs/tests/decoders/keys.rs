//! Keys and certificates of signers, and whether signatures of any bytes fit them.

use base64::{Engine, engine::general_purpose::STANDARD};
use certs::{
    signature::{PublicKey, Scheme},
    signer::{
        Signer,
        key::{LocalKey, SigningKey, make_key},
    },
    trust::{IssuerKey, Known, Trust, Use},
};
use serde_json::{Value, json};

use super::ground::{ground, seed, text};

/// Reads a JSON Web Key (0), a `SubjectPublicKeyInfo` (1), a certificate (2), certificates in PEM
/// (3), a private key (4), a private key in PEM (5), a set of keys (6), or a signature (7).
pub(crate) fn decode(data: &[u8]) -> bool {
    let Some((kind, body)) = data.split_first() else { return false };
    let json = || serde_json::from_slice::<Value>(body).unwrap_or_default();
    match kind % 8 {
        0 => PublicKey::from_jwk(&json()).is_ok_and(|key| used(&key, body)),
        1 => PublicKey::from_spki(body).is_ok_and(|key| used(&key, body)),
        2 => Known::from_der(body).is_ok_and(|known| used(known.key(), body)),
        3 => Trust::from_pem_where_readable(&text(body)).0.signers() > 0,
        4 => private(&format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            STANDARD.encode(body)
        )),
        5 => private(&text(body)),
        6 => !IssuerKey::of_jwks(Use::Shc, "https://example.org", &json()).is_empty(),
        _ => used(ground().p256.public_key(), body) & used(ground().ed25519.public_key(), body),
    }
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let pem = make_key(Scheme::EdDsa).unwrap();
    let jwk = ground().p256.public_key().to_jwk();
    let mut seeds = vec![
        seed(2, ground().signer.certificate_der()),
        seed(3, ground().signer.certificate_pem()),
        seed(5, make_key(Scheme::Es256).unwrap()),
        seed(6, json!({ "keys": [jwk] }).to_string()),
        seed(7, [7; 64]),
    ];
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    seeds.push(seed(4, STANDARD.decode(body).unwrap()));
    for jwk in [jwk, ground().ed25519.public_key().to_jwk(), rsa(), curve("P-384", 48)] {
        seeds.push(seed(0, jwk.to_string()));
    }
    let spki = [&SPKI_OF_ED25519[..], ground().ed25519.public_key().bytes()].concat();
    seeds.push(seed(1, spki));
    seeds
}

/// What stands before the 32 bytes of an Ed25519 key. Source: RFC 8410, section 10.1.
const SPKI_OF_ED25519: [u8; 12] =
    [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// A key of RSA by its numbers, whoever knows the private one.
fn rsa() -> Value {
    let text = |bytes: &[u8]| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
    json!({ "kty": "RSA", "n": text(&[0xb7; 256]), "e": text(&[1, 0, 1]) })
}

/// A point that is on no curve.
fn curve(name: &str, length: usize) -> Value {
    let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(vec![7; length]);
    json!({ "kty": "EC", "crv": name, "x": text, "y": text })
}

/// Uses a key in every way. None of what is asked fits it.
fn used(key: &PublicKey, bytes: &[u8]) -> bool {
    drop(key.thumbprint());
    if let Ok(again) = PublicKey::from_jwk(&key.to_jwk()) {
        assert!(matches!(key, PublicKey::Rsa(_)) || again == *key);
    }
    for scheme in [Scheme::Es256, Scheme::Es384, Scheme::Es512, Scheme::Ps256, Scheme::EdDsa] {
        for length in [64, 96, 132, 256, bytes.len()] {
            let signature = bytes.get(..length).unwrap_or(bytes);
            let _ = key.verify(scheme, b"message", signature);
        }
    }
    true
}

/// Uses a private key, if it is one.
fn private(pem: &str) -> bool {
    drop(Signer::from_pem(pem, ground().signer.certificate_pem()));
    let Ok(key) = LocalKey::from_pem(pem) else { return false };
    let Ok(signature) = key.sign(b"message") else { return true };
    assert!(key.public_key().verify(key.scheme(), b"message", &signature).is_ok());
    true
}

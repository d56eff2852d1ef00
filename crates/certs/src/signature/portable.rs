//! With `RustCrypto`: where aws-lc-rs cannot be built.

use p256::ecdsa::signature::Verifier;
use sha2::{Digest, Sha256};

use super::{PublicKey, RsaNumbers};

/// A key as it is: one verifier in a browser checks one certificate at a time.
#[derive(Clone)]
pub(super) struct Ready(PublicKey);

impl Ready {
    pub(super) fn new(key: &PublicKey) -> Self {
        Self(key.clone())
    }

    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        verify(&self.0, message, signature)
    }
}

pub(super) fn verify(key: &PublicKey, message: &[u8], signature: &[u8]) -> bool {
    match key {
        PublicKey::P256(point) => p256(point, message, signature).is_some(),
        PublicKey::P384(point) => p384(point, message, signature).is_some(),
        PublicKey::P521(point) => p521(point, message, signature).is_some(),
        PublicKey::Rsa(der) => rsa(der, message, signature).is_some(),
        PublicKey::Ed25519(bytes) => ed25519(bytes, message, signature).is_some(),
    }
}

fn p256(point: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(point).ok()?;
    key.verify(message, &p256::ecdsa::Signature::from_slice(signature).ok()?).ok()
}

fn p384(point: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(point).ok()?;
    key.verify(message, &p384::ecdsa::Signature::from_slice(signature).ok()?).ok()
}

fn p521(point: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let key = p521::ecdsa::VerifyingKey::from_sec1_bytes(point).ok()?;
    key.verify(message, &p521::ecdsa::Signature::from_slice(signature).ok()?).ok()
}

fn rsa(der: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    use rsa::{BigUint, RsaPublicKey, pss};
    let RsaNumbers { modulus, exponent } = RsaNumbers::read(der)?;
    // As the other library has it; larger keys would only take longer.
    if !(256..=1_024).contains(&modulus.len()) || exponent.len() > 4 {
        return None;
    }
    let number = |bytes: &[u8]| BigUint::from_bytes_be(bytes);
    let key = RsaPublicKey::new(number(&modulus), number(&exponent)).ok()?;
    let key = pss::VerifyingKey::<Sha256>::new(key);
    key.verify(message, &pss::Signature::try_from(signature).ok()?).ok()
}

fn ed25519(bytes: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let key = ed25519_dalek::VerifyingKey::from_bytes(bytes.try_into().ok()?).ok()?;
    key.verify_strict(message, &ed25519_dalek::Signature::from_slice(signature).ok()?).ok()
}

pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

//! With aws-lc-rs.

use aws_lc_rs::{
    digest::{SHA256, digest},
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ED25519,
        ParsedPublicKey, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
    },
};

use super::PublicKey;

/// A key that was read; none, if it could not be.
#[derive(Clone)]
pub(super) struct Ready(Option<ParsedPublicKey>);

impl Ready {
    pub(super) fn new(key: &PublicKey) -> Self {
        Self(ParsedPublicKey::new(algorithm(key), key.bytes()).ok())
    }

    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.as_ref().is_some_and(|key| key.verify_sig(message, signature).is_ok())
    }
}

pub(super) fn verify(key: &PublicKey, message: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(algorithm(key), key.bytes()).verify(message, signature).is_ok()
}

fn algorithm(key: &PublicKey) -> &'static dyn VerificationAlgorithm {
    match key {
        PublicKey::P256(_) => &ECDSA_P256_SHA256_FIXED,
        PublicKey::P384(_) => &ECDSA_P384_SHA384_FIXED,
        PublicKey::P521(_) => &ECDSA_P521_SHA512_FIXED,
        PublicKey::Rsa(_) => &RSA_PSS_2048_8192_SHA256,
        PublicKey::Ed25519(_) => &ED25519,
    }
}

pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    digest(&SHA256, bytes).as_ref().try_into().expect("SHA-256 has 32 bytes")
}

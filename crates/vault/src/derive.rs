//! Keys out of keys: HKDF-SHA256 with a label of its own for each use.

use aws_lc_rs::{
    aead::{AES_256_GCM, LessSafeKey, UnboundKey},
    hkdf::{HKDF_SHA256, KeyType, Prk, Salt},
    hmac,
};

use crate::secret::Secret;

/// The root key, extracted once.
///
/// # Source
///
/// RFC 5869 with SHA-256 and no salt: the root key is uniformly random.
pub(crate) struct Root(Prk);

impl Root {
    pub(crate) fn new(key: &Secret<[u8; 32]>) -> Self {
        Self(Salt::new(HKDF_SHA256, &[]).extract(key.expose()))
    }

    /// The key of a label.
    pub(crate) fn derive(&self, label: &str) -> Secret<[u8; 32]> {
        expand(&self.0, label.as_bytes())
    }

    /// Many sealing keys under one label, one for each context.
    pub(crate) fn sealing_keys(&self, label: &str) -> SealingKeys {
        SealingKeys::new(&self.derive(label))
    }
}

/// A family of AES-256-GCM keys, one for each context: a person, a field, a message.
///
/// A random nonce is safe for about 2^32 values under one key (NIST SP 800-38D, section 8.3). A
/// country sends more messages than that, so no two contexts share a key.
///
/// # Source
///
/// RFC 5869, the expansion alone (section 3.3): the parent is uniformly random.
pub(crate) struct SealingKeys(Prk);

impl SealingKeys {
    pub(crate) fn new(parent: &Secret<[u8; 32]>) -> Self {
        Self(Prk::new_less_safe(HKDF_SHA256, parent.expose()))
    }

    pub(crate) fn key(&self, context: &[u8]) -> LessSafeKey {
        aead_key(&self.bytes(context))
    }

    /// The key of a context, as bytes.
    pub(crate) fn bytes(&self, context: &[u8]) -> Secret<[u8; 32]> {
        expand(&self.0, context)
    }
}

pub(crate) fn aead_key(key: &Secret<[u8; 32]>) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key.expose()).expect("32 bytes are a key"))
}

pub(crate) fn hmac_key(key: &Secret<[u8; 32]>) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, key.expose())
}

fn expand(parent: &Prk, info: &[u8]) -> Secret<[u8; 32]> {
    let mut derived = Secret::new([0; 32]);
    parent
        .expand(&[info], Bytes32)
        .and_then(|output| output.fill(derived.expose_mut()))
        .expect("HKDF gives 32 bytes");
    derived
}

/// 32 bytes of HKDF output.
struct Bytes32;

impl KeyType for Bytes32 {
    fn len(&self) -> usize {
        32
    }
}

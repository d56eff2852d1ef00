//! Encrypt and open fields, bound to person, field and key version.

use std::fmt;

use aws_lc_rs::{
    aead::{Aad, LessSafeKey, NONCE_LEN, Nonce},
    hkdf::{HKDF_SHA256, Prk},
    rand,
};

use crate::{Bytes32, KEY_VERSION, Secret, aes_key};

/// Whose data it is: 16 bytes that name the person to the vault.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PersonId(pub [u8; 16]);

/// Which field of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field(pub &'static str);

/// A sealed value does not open: it was changed, moved to another place, or the key is another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value does not open")]
pub struct OpenError;

/// A sealed value.
///
/// # Shape
///
/// Key version (1 byte), nonce (12), AES-256-GCM ciphertext, tag (16).
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// Bytes as a column holds them.
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// Bytes for a column.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} sealed bytes", self.0.len())
    }
}

/// The data key of one person.
pub struct PersonKey {
    person: PersonId,
    fields: Prk,
    wrapped: Vec<u8>,
}

impl PersonKey {
    pub(crate) fn make(wrapping: &LessSafeKey, person: PersonId) -> Self {
        let mut fresh = [0; 32];
        rand::fill(&mut fresh).expect("the operating system has randomness");
        let key = Secret::new(fresh);
        let wrapped = seal_with(wrapping, &wrap_aad(person), key.expose());
        Self { person, fields: Prk::new_less_safe(HKDF_SHA256, key.expose()), wrapped }
    }

    pub(crate) fn unwrap(
        wrapping: &LessSafeKey,
        person: PersonId,
        wrapped: &[u8],
    ) -> Result<Self, OpenError> {
        let key = Secret::new(open_with(wrapping, &wrap_aad(person), wrapped)?);
        if key.expose().len() != 32 {
            return Err(OpenError);
        }
        let fields = Prk::new_less_safe(HKDF_SHA256, key.expose());
        Ok(Self { person, fields, wrapped: wrapped.to_vec() })
    }

    /// The key, wrapped, for a column: same shape as [`Sealed`].
    pub fn wrapped(&self) -> &[u8] {
        &self.wrapped
    }

    /// Seals a field.
    pub fn seal(&self, field: Field, plain: &[u8]) -> Sealed {
        Sealed(seal_with(&self.field_key(field), &self.field_aad(field), plain))
    }

    /// Opens a field.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if the value is another person's, another field's, or was changed.
    pub fn open(&self, field: Field, sealed: &Sealed) -> Result<Secret<Vec<u8>>, OpenError> {
        open_with(&self.field_key(field), &self.field_aad(field), &sealed.0).map(Secret::new)
    }

    /// Opens a field that holds text.
    ///
    /// # Errors
    ///
    /// As [`PersonKey::open`], or if it is not UTF-8.
    pub fn open_text(&self, field: Field, sealed: &Sealed) -> Result<Secret<String>, OpenError> {
        let plain = open_with(&self.field_key(field), &self.field_aad(field), &sealed.0)?;
        String::from_utf8(plain).map(Secret::new).map_err(|_| OpenError)
    }

    fn field_key(&self, field: Field) -> LessSafeKey {
        let mut derived = [0; 32];
        let info = [field.0.as_bytes()];
        self.fields
            .expand(&info, Bytes32)
            .and_then(|output| output.fill(&mut derived))
            .expect("HKDF gives 32 bytes");
        aes_key(&Secret::new(derived))
    }

    fn field_aad(&self, field: Field) -> Vec<u8> {
        [&self.person.0, field.0.as_bytes()].concat()
    }
}

fn wrap_aad(person: PersonId) -> Vec<u8> {
    [b"person key".as_slice(), &person.0].concat()
}

/// Seals bytes; the key version is part of what is authenticated.
pub(crate) fn seal_with(key: &LessSafeKey, aad: &[u8], plain: &[u8]) -> Vec<u8> {
    let mut nonce = [0; NONCE_LEN];
    rand::fill(&mut nonce).expect("the operating system has randomness");
    let mut sealed = Vec::with_capacity(1 + NONCE_LEN + plain.len() + 16);
    sealed.push(KEY_VERSION);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plain);
    let (_, body) = sealed.split_at_mut(1 + NONCE_LEN);
    let tag = key
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), versioned(aad), body)
        .expect("a short value can be sealed");
    sealed.extend_from_slice(tag.as_ref());
    sealed
}

/// Opens what [`seal_with`] sealed.
pub(crate) fn open_with(
    key: &LessSafeKey,
    aad: &[u8],
    sealed: &[u8],
) -> Result<Vec<u8>, OpenError> {
    let Some((&[KEY_VERSION], rest)) = sealed.split_first_chunk::<1>() else {
        return Err(OpenError);
    };
    let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or(OpenError)?;
    let mut body = body.to_vec();
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let length = key.open_in_place(nonce, versioned(aad), &mut body).map_err(|_| OpenError)?.len();
    body.truncate(length);
    Ok(body)
}

fn versioned(aad: &[u8]) -> Aad<Vec<u8>> {
    Aad::from([&[KEY_VERSION], aad].concat())
}

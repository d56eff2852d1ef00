//! Encrypt and open fields, bound to person, field and key version.

use std::fmt;

use aws_lc_rs::{
    aead::{Aad, LessSafeKey, NONCE_LEN, Nonce},
    rand,
};

use crate::{derive::SealingKeys, secret::Secret};

/// The version of the keys and layouts in use, kept with everything sealed under them.
const KEY_VERSION: u8 = 1;
const TAG_LEN: usize = 16;

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
/// Key version (1 byte), nonce (12), AES-256-GCM ciphertext (as long as the value), tag (16).
/// What is authenticated beside it: key version, person (16 bytes), field.
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

/// The data key of one person. It seals; see [`PersonKey::against`] for what opens. Its memory is
/// overwritten when it goes.
pub struct PersonKey {
    person: PersonId,
    fields: SealingKeys,
    wrapped: Vec<u8>,
}

impl PersonKey {
    pub(crate) fn make(wrapping: &SealingKeys, person: PersonId) -> Self {
        let mut key = Secret::new([0; 32]);
        rand::fill(key.expose_mut()).expect("the operating system has randomness");
        let wrapped = seal_with(&wrapping.key(&person.0), &wrap_aad(person), key.expose());
        Self { person, fields: SealingKeys::new(&key), wrapped }
    }

    pub(crate) fn unwrap(
        wrapping: &SealingKeys,
        person: PersonId,
        wrapped: &[u8],
    ) -> Result<Self, OpenError> {
        let plain = open_with(&wrapping.key(&person.0), &wrap_aad(person), wrapped)?;
        let mut key = Secret::new([0; 32]);
        if plain.expose().len() != key.expose().len() {
            return Err(OpenError);
        }
        key.expose_mut().copy_from_slice(plain.expose());
        Ok(Self { person, fields: SealingKeys::new(&key), wrapped: wrapped.to_vec() })
    }

    /// The key, wrapped, for a column.
    ///
    /// # Shape
    ///
    /// Key version (1 byte), nonce (12), the key encrypted (32), tag (16).
    /// What is authenticated beside it: key version, person.
    pub fn wrapped(&self) -> &[u8] {
        &self.wrapped
    }

    /// Seals a field.
    pub fn seal(&self, field: Field, plain: &[u8]) -> Sealed {
        Sealed(seal_with(&self.field_key(field), &self.field_aad(field), plain))
    }

    /// Whose key it is.
    pub(crate) const fn person(&self) -> PersonId {
        self.person
    }

    /// Opens a field. What leads here from outside is in [`crate::access`].
    ///
    /// ```compile_fail,E0624
    /// let key = vault::Vault::from_root_key([7; 32]).make_person_key(vault::PersonId([1; 16]));
    /// let field = vault::Field("name");
    /// key.open(field, &key.seal(field, b"Anna"));
    /// ```
    pub(crate) fn open(&self, field: Field, sealed: &Sealed) -> Result<Secret<Vec<u8>>, OpenError> {
        open_with(&self.field_key(field), &self.field_aad(field), &sealed.0)
    }

    /// Opens a field that holds text.
    pub(crate) fn open_text(
        &self,
        field: Field,
        sealed: &Sealed,
    ) -> Result<Secret<String>, OpenError> {
        match String::from_utf8(self.open(field, sealed)?.into_inner()) {
            Ok(text) => Ok(Secret::new(text)),
            Err(error) => {
                drop(Secret::new(error.into_bytes()));
                Err(OpenError)
            }
        }
    }

    fn field_key(&self, field: Field) -> LessSafeKey {
        self.fields.key(field.0.as_bytes())
    }

    fn field_aad(&self, field: Field) -> Vec<u8> {
        [&[KEY_VERSION], self.person.0.as_slice(), field.0.as_bytes()].concat()
    }
}

/// Seals a message under a key of its own.
pub(crate) fn seal_message(keys: &SealingKeys, id: &[u8; 16], plain: &[u8]) -> Vec<u8> {
    seal_with(&keys.key(id), &message_aad(id), plain)
}

pub(crate) fn open_message(
    keys: &SealingKeys,
    id: &[u8; 16],
    sealed: &[u8],
) -> Result<Secret<Vec<u8>>, OpenError> {
    open_with(&keys.key(id), &message_aad(id), sealed)
}

fn wrap_aad(person: PersonId) -> [u8; 17] {
    message_aad(&person.0)
}

fn message_aad(id: &[u8; 16]) -> [u8; 17] {
    let mut aad = [KEY_VERSION; 17];
    aad[1..].copy_from_slice(id);
    aad
}

fn seal_with(key: &LessSafeKey, aad: &[u8], plain: &[u8]) -> Vec<u8> {
    let mut nonce = [0; NONCE_LEN];
    rand::fill(&mut nonce).expect("the operating system has randomness");
    let mut sealed = Vec::with_capacity(1 + NONCE_LEN + plain.len() + TAG_LEN);
    sealed.push(KEY_VERSION);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plain);
    let nonce = Nonce::assume_unique_for_key(nonce);
    let tag = key
        .seal_in_place_separate_tag(nonce, Aad::from(aad), &mut sealed[1 + NONCE_LEN..])
        .expect("a value below 64 GB can be sealed");
    sealed.extend_from_slice(tag.as_ref());
    sealed
}

fn open_with(key: &LessSafeKey, aad: &[u8], sealed: &[u8]) -> Result<Secret<Vec<u8>>, OpenError> {
    let Some((&KEY_VERSION, rest)) = sealed.split_first() else {
        return Err(OpenError);
    };
    let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or(OpenError)?;
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let mut body = Secret::new(body.to_vec());
    let length =
        key.open_in_place(nonce, Aad::from(aad), body.expose_mut()).map_err(|_| OpenError)?.len();
    body.expose_mut().truncate(length);
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_key_under_another_name_opens_nothing() {
        // Each binding by itself: here the field key is right, and the person is not.
        let key = SealingKeys::new(&Secret::new([7; 32]));
        let key = PersonKey::make(&key, PersonId([1; 16]));
        let sealed = key.seal(Field("name"), b"x");
        assert!(key.open(Field("name"), &sealed).is_ok());
        let key = PersonKey { person: PersonId([2; 16]), ..key };
        assert!(key.open(Field("name"), &sealed).is_err());
        // And here person and field key are right, and the field is not.
        let (name, year) = (Field("name"), Field("year"));
        let sealed = seal_with(&key.field_key(name), &key.field_aad(year), b"x");
        assert!(key.open(name, &Sealed(sealed)).is_err());
    }
}

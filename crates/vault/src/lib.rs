//! Keys, sealed fields and blind indexes: bytes in, bytes out. Every person has a data key of
//! their own, wrapped by the key-encryption key; every field is sealed under a key derived from
//! the data key and bound to person, field and key version. Knows nothing of HTTP or a database.

mod access;
mod blind_index;
mod derive;
mod key_file;
mod number;
pub mod pkcs11;
mod seal;
mod secret;

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

pub use access::{
    Access, AccessLog, AccessPurpose, BIRTH_YEAR, COMORBIDITY, GENDER, OpenKey, Receipt, RuleKey,
    Who,
};
pub use blind_index::{BlindIndex, Index, Purpose};
use derive::{Root, SealingKeys, hmac_key};
pub use key_file::{KeyFileError, read_private};
use number::{ListCipher, NumberCipher};
pub use seal::{Field, OpenError, PersonId, PersonKey, Sealed};
pub use secret::Secret;

/// All keys of a platform, derived from one root key.
#[derive(Clone)]
pub struct Vault(Arc<Keys>);

struct Keys {
    wrapping: SealingKeys,
    messages: SealingKeys,
    indexes: blind_index::Keys,
    routing: aws_lc_rs::hmac::Key,
    numbers: NumberCipher,
    lists: ListCipher,
    token: Secret<[u8; 32]>,
    log: Secret<[u8; 32]>,
    opened: Arc<AtomicU64>,
}

impl Vault {
    /// Makes a new root key and keeps it in a file that only its owner may read.
    ///
    /// # Errors
    ///
    /// [`KeyFileError`] if the file exists or cannot be written.
    pub fn create(path: &Path) -> Result<Self, KeyFileError> {
        Ok(Self::of(&key_file::create(path)?))
    }

    /// Reads the root key from its file.
    ///
    /// # Errors
    ///
    /// [`KeyFileError`] if it is missing, readable by others, cut short or changed.
    pub fn load(path: &Path) -> Result<Self, KeyFileError> {
        Ok(Self::of(&key_file::load(path)?))
    }

    /// Reads the root key, or makes it at the first start.
    ///
    /// # Errors
    ///
    /// As [`Vault::create`] and [`Vault::load`].
    pub fn load_or_create(path: &Path) -> Result<Self, KeyFileError> {
        if path.exists() {
            return Self::load(path);
        }
        match Self::create(path) {
            // Another process was first.
            Err(KeyFileError::Exists) => Self::load(path),
            made => made,
        }
    }

    /// The vault of a root key: for tests and measurements.
    pub fn from_root_key(root: [u8; 32]) -> Self {
        Self::of(&Secret::new(root))
    }

    fn of(root: &Secret<[u8; 32]>) -> Self {
        let root = Root::new(root);
        Self(Arc::new(Keys {
            wrapping: root.sealing_keys("teeka/v1/wrapping"),
            messages: root.sealing_keys("teeka/v1/messages"),
            indexes: blind_index::Keys::derive(|label| root.derive(label)),
            routing: hmac_key(&root.derive("teeka/v1/routing")),
            numbers: NumberCipher::new(&root.derive("teeka/v1/reference-number")),
            lists: ListCipher::new(&root.derive("teeka/v1/status-list")),
            token: root.derive("teeka/v1/token"),
            log: root.derive("teeka/v1/access-log"),
            opened: Arc::default(),
        }))
    }

    /// A fresh data key for a person.
    pub fn make_person_key(&self, person: PersonId) -> PersonKey {
        PersonKey::make(&self.0.wrapping, person)
    }

    /// The data key of a person, unwrapped.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if it was wrapped for another person, changed, or under another root key.
    pub fn unwrap_person_key(
        &self,
        person: PersonId,
        wrapped: &[u8],
    ) -> Result<PersonKey, OpenError> {
        PersonKey::unwrap(&self.0.wrapping, person, wrapped)
    }

    /// Records accesses, and gives a receipt for each, in their order: the only way to one.
    ///
    /// # Errors
    ///
    /// That of the log; then nothing can be opened.
    pub async fn record<L: AccessLog>(
        &self,
        log: &L,
        entries: Vec<L::Entry>,
    ) -> Result<Vec<Receipt>, L::Error> {
        access::record(log, entries, &self.0.opened).await
    }

    /// How often a receipt was used since this vault was loaded: no more than accesses were recorded.
    pub fn openings(&self) -> u64 {
        self.0.opened.load(Ordering::Relaxed)
    }

    /// The keyed index under which a value is found again.
    pub fn index(&self, column: Index, normalised: &str) -> BlindIndex {
        self.0.indexes.index(column, normalised)
    }

    /// A keyed digest of some parts, each led by its length, so that no two lists are alike.
    pub fn mac(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        self.0.indexes.mac(purpose, parts)
    }

    /// Whether a digest is that of the parts, in constant time.
    pub fn mac_matches(&self, purpose: Purpose, parts: &[&[u8]], expected: &[u8]) -> bool {
        let digest = self.mac(purpose, parts);
        aws_lc_rs::constant_time::verify_slices_are_equal(&digest, expected).is_ok()
    }

    /// The 14-digit number that the world sees instead of an internal one.
    ///
    /// # Panics
    ///
    /// If the internal number does not have 14 digits: there would be two for one reference.
    pub fn reference_number(&self, internal: u64) -> u64 {
        self.0.numbers.encrypt(internal)
    }

    /// The internal number behind one that the world sees; none unless it has 14 digits.
    pub fn internal_number(&self, reference: u64) -> Option<u64> {
        self.0.numbers.decrypt(reference)
    }

    /// Where a status list has the entry that is kept under one of its four million places: so that
    /// the world does not see whose entries are kept together. Each list has its own order, for good.
    ///
    /// # Panics
    ///
    /// If the list has no such place.
    pub fn status_index(&self, list: u32, place: u32) -> u32 {
        self.0.lists.encrypt(list, place)
    }

    /// How many places a status list has.
    pub const STATUS_PLACES: u32 = number::LIST_PLACES;

    /// An id of the shape of a random UUID that remembers a bucket, legible only with the key.
    ///
    /// # Shape
    ///
    /// The bucket, masked by the first two bytes of a MAC of the rest (2 bytes), then the rest of
    /// the random bytes with the version and variant of a UUID version 4 (14).
    pub fn routed_id(&self, bucket: u16, random: [u8; 16]) -> [u8; 16] {
        let mut id = random;
        id[6] = id[6] & 0x0f | 0x40;
        id[8] = id[8] & 0x3f | 0x80;
        let hidden = (bucket ^ self.route_mask(&id)).to_be_bytes();
        id[..2].copy_from_slice(&hidden);
        id
    }

    /// The bucket that a routed id remembers.
    pub fn bucket_of(&self, id: &[u8; 16]) -> u16 {
        u16::from_be_bytes([id[0], id[1]]) ^ self.route_mask(id)
    }

    fn route_mask(&self, id: &[u8; 16]) -> u16 {
        let digest = aws_lc_rs::hmac::sign(&self.0.routing, &id[2..]);
        u16::from_be_bytes([digest.as_ref()[0], digest.as_ref()[1]])
    }

    /// Seals a message of the outbox, bound to its id.
    ///
    /// # Shape
    ///
    /// As [`Sealed`], with the id in the place of person and field.
    pub fn seal_message(&self, id: &[u8; 16], plain: &[u8]) -> Vec<u8> {
        seal::seal_message(&self.0.messages, id, plain)
    }

    /// Opens a message of the outbox.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if it belongs to another id or was changed.
    pub fn open_message(&self, id: &[u8; 16], sealed: &[u8]) -> Result<Secret<Vec<u8>>, OpenError> {
        seal::open_message(&self.0.messages, id, sealed)
    }

    /// The seed of the key that signs the log of accesses, Ed25519.
    pub fn log_seed(&self) -> Secret<[u8; 32]> {
        self.0.log.clone()
    }

    /// The key that signs tokens, HS256.
    pub fn token_key(&self) -> Secret<[u8; 32]> {
        self.0.token.clone()
    }
}

#[cfg(test)]
mod tests;

//! What the leaves of our logs hold. A leaf of the log of accesses and decisions is a salted
//! commitment: it tells nothing about anybody, and salt and entry together open it to the person
//! whom it is about. A leaf of the log of releases is the release itself, for everyone to read.

pub mod chain;
pub mod entry;
mod fields;
pub mod release;

use std::fmt;

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD};

use self::entry::{Entry, EntryError};

/// The first byte of a leaf that commits to an entry.
const COMMITTED: u8 = 1;
/// The most bytes of an opening: the salt, and an entry with all its texts as long as they may be.
pub const MOST_OPENING: usize = 32 + entry::MOST_BYTES;

/// What a commitment is to: the same bytes under the same salt commit to one thing only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// An entry of the log.
    Entry,
    /// Who acted, inside an entry: opened only where the act is disputed.
    Actor,
}

impl Subject {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Entry => b"teeka/entry/v1\0",
            Self::Actor => b"teeka/actor/v1\0",
        }
    }
}

/// 32 random bytes, new for each commitment. Whoever has one can try guesses, so it has no Debug,
/// and once it is forgotten its leaf says nothing for ever.
#[derive(Clone, PartialEq, Eq)]
pub struct Salt(pub [u8; 32]);

impl Salt {
    /// Commits to bytes: hides them from who lacks the salt, and holds to them who has it.
    ///
    /// # Shape
    ///
    /// HMAC-SHA-256 under the salt of `teeka/entry/v1` or `teeka/actor/v1`, a zero byte, the bytes.
    ///
    /// # Source
    ///
    /// HMAC under a fresh random key of 32 bytes is a pseudorandom function (RFC 2104, FIPS 198-1),
    /// so it hides; all keys have one length, so two openings of one commitment would be a
    /// collision of SHA-256.
    pub fn commit(&self, subject: Subject, bytes: &[u8]) -> Commitment {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        let mut context = hmac::Context::with_key(&key);
        context.update(subject.label());
        context.update(bytes);
        let mut commitment = [0; 32];
        commitment.copy_from_slice(context.sign().as_ref());
        Commitment(commitment)
    }
}

/// 32 bytes that hold to an entry and do not tell it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Commitment(pub [u8; 32]);

impl Commitment {
    /// The leaf of the public log.
    ///
    /// # Shape
    ///
    /// A byte 0x01, the commitment (32). All leaves have one length, so that it tells nothing.
    pub fn leaf(self) -> [u8; 33] {
        let mut leaf = [COMMITTED; 33];
        leaf[1..].copy_from_slice(&self.0);
        leaf
    }

    /// The commitment of a leaf; none if the leaf is of another kind.
    pub fn of_leaf(leaf: &[u8]) -> Option<Self> {
        match leaf {
            [COMMITTED, commitment @ ..] => commitment.try_into().ok().map(Self),
            _ => None,
        }
    }
}

impl fmt::Debug for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

/// Why a leaf does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Salt and entry are not those of the leaf.
    #[error("this does not open the leaf")]
    OtherLeaf,
    /// What the leaf commits to is not an entry.
    #[error(transparent)]
    Entry(#[from] EntryError),
}

/// What opens a leaf to the person whom it is about. It has no Debug.
///
/// # Privacy
///
/// Holds who did what with whose fields. For that person, and for nobody else.
#[derive(Clone, PartialEq, Eq)]
pub struct Opening {
    salt: Salt,
    entry: Vec<u8>,
}

impl Opening {
    /// Commits to an entry under a salt that is new.
    ///
    /// # Errors
    ///
    /// [`EntryError`] if a text of the entry is too long or has control characters.
    pub fn new(salt: Salt, entry: &Entry) -> Result<Self, EntryError> {
        Ok(Self { salt, entry: entry.to_bytes()? })
    }

    /// The opening as bytes.
    ///
    /// # Shape
    ///
    /// The salt (32 bytes), the entry.
    pub fn to_bytes(&self) -> Vec<u8> {
        [&self.salt.0, self.entry.as_slice()].concat()
    }

    /// Reads an opening; none if it is too short or too long to be one.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (salt, entry) = bytes.split_first_chunk::<32>()?;
        let fits = bytes.len() <= MOST_OPENING;
        fits.then(|| Self { salt: Salt(*salt), entry: entry.to_vec() })
    }

    /// The commitment that it opens.
    pub fn commitment(&self) -> Commitment {
        self.salt.commit(Subject::Entry, &self.entry)
    }

    /// The entry, whatever leaf it belongs to.
    ///
    /// # Errors
    ///
    /// [`EntryError`] if the bytes are not an entry.
    pub fn entry(&self) -> Result<Entry, EntryError> {
        Entry::from_bytes(&self.entry)
    }

    /// Opens a leaf.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if it is another leaf's, or not an entry.
    pub fn open(&self, leaf: &[u8]) -> Result<Entry, OpenError> {
        if Commitment::of_leaf(leaf) != Some(self.commitment()) {
            return Err(OpenError::OtherLeaf);
        }
        Ok(self.entry()?)
    }
}

#[cfg(test)]
mod tests;

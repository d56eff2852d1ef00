//! A leaf of the log of releases: what the platform runs by and is held to, for everyone to read.

use super::{
    entry::EntryError,
    fields::{Reader, Writer},
};

const TAG: &str = "teeka/release/v1";

/// What was released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Released {
    /// The program.
    Binary = 1,
    /// The list of what is collected, why and for how long.
    Manifest = 2,
    /// Who may do what.
    Policy = 3,
    /// The programme's rules.
    Rules = 4,
    /// The public keys.
    Keys = 5,
    /// What the public is told.
    Notice = 6,
    /// What was done in an inquiry into an alleged leak: evidence taken in, a verdict given.
    Case = 7,
}

impl Released {
    /// Each kind.
    pub const ALL: [Self; 7] = [
        Self::Binary,
        Self::Manifest,
        Self::Policy,
        Self::Rules,
        Self::Keys,
        Self::Notice,
        Self::Case,
    ];
}

/// A release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// What kind of thing it is.
    pub released: Released,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The SHA-256 of its bytes.
    pub digest: [u8; 32],
    /// When, in seconds since 1970.
    pub at: u64,
}

impl Release {
    /// The leaf.
    ///
    /// # Shape
    ///
    /// Fields, each led by its length (2 bytes, big-endian): `teeka/release/v1`; the kind (1 byte: 1
    /// binary, 2 manifest, 3 policy, 4 rules, 5 keys, 6 notice, 7 case); name (text); version (text);
    /// SHA-256 (32); the time (8, big-endian).
    ///
    /// # Errors
    ///
    /// [`EntryError::Text`] if a text has more than 200 bytes or a control character.
    pub fn leaf(&self) -> Result<Vec<u8>, EntryError> {
        let texts = Writer::new(TAG)
            .bytes(&[self.released as u8])
            .text(&self.name)
            .and_then(|writer| writer.text(&self.version));
        let writer = texts.ok_or(EntryError::Text)?;
        Ok(writer.bytes(&self.digest).number(self.at).finish())
    }

    /// Reads a leaf.
    ///
    /// # Errors
    ///
    /// [`EntryError::Malformed`] if it is not exactly what [`Release::leaf`] writes.
    pub fn of_leaf(leaf: &[u8]) -> Result<Self, EntryError> {
        Self::read(leaf).ok_or(EntryError::Malformed)
    }

    fn read(leaf: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(leaf, TAG)?;
        let [kind] = reader.array()?;
        let released = Released::ALL.into_iter().find(|released| *released as u8 == kind)?;
        let (name, version) = (reader.text()?, reader.text()?);
        let (digest, at) = (reader.array()?, reader.number()?);
        reader.is_empty().then_some(Self { released, name, version, digest, at })
    }
}

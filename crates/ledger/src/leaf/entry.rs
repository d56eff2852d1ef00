//! An entry of the log of accesses and decisions.

use super::{
    Commitment,
    fields::{MOST_TEXT, Reader, Writer},
};

const TAG: &str = "teeka/entry/v1";
/// The most fields that one entry names.
pub const MOST_FIELDS: usize = 64;
/// The most bytes of an entry: 143 for the fields of fixed length, two texts and the names, each with
/// the two bytes of its length.
pub const MOST_BYTES: usize = 143 + (2 + MOST_FIELDS) * (MOST_TEXT + 2);

/// The entry cannot be written or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// A text has control characters or is too long, or there are too many fields.
    #[error("a text of the entry is too long or cannot be shown")]
    Text,
    /// The bytes are not those of an entry.
    #[error("this is not an entry")]
    Malformed,
}

/// What an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Act {
    /// Personal fields were opened.
    Access = 1,
    /// Something was decided: an account held, a certificate withdrawn, a session opened.
    Decision = 2,
}

/// The place of an entry among those of one person. Without Debug: it names a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    /// Whose chain it is, by the name that the vault knows them by.
    pub person: [u8; 16],
    /// The how-manyth of them it is, from 1.
    pub number: u64,
    /// What the one before is committed to by; none for the first.
    pub previous: Option<Commitment>,
}

/// Who acted, as the person concerned may know it.
#[derive(Clone, PartialEq, Eq)]
pub struct Actor {
    /// In which role.
    pub role: String,
    /// At which facility; none for who belongs to none.
    pub facility: Option<[u8; 16]>,
    /// Which account it was, under a salt of its own, so that it can be opened in a dispute and is
    /// not told before.
    pub account: Commitment,
}

/// An entry. It has no Debug.
///
/// # Privacy
///
/// Says who did what with whose fields; for that person, and for nobody else.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// An access or a decision.
    pub act: Act,
    /// Its place in the chain of the person whom it is about; none if it is about no one person.
    pub link: Option<Link>,
    /// When, in seconds since 1970.
    pub at: u64,
    /// Who acted.
    pub actor: Actor,
    /// For which purpose, or what was decided.
    pub purpose: String,
    /// Which fields were opened, or are concerned.
    pub fields: Vec<String>,
}

impl Entry {
    /// The canonical bytes, which the commitment is to.
    ///
    /// # Shape
    ///
    /// Fields, each led by its length (2 bytes, big-endian): `teeka/entry/v1`; the act (1 byte: 1
    /// access, 2 decision); person (16 or none), number (8), commitment to the previous entry (32 or
    /// none); the time (8); role (text), facility (16 or none), commitment to the account (32);
    /// purpose (text); then the name of each field (text). An entry about no one person has none
    /// for person and previous, and the number 0. Numbers are big-endian, texts UTF-8.
    ///
    /// # Errors
    ///
    /// [`EntryError::Text`] if a text has more than 200 bytes or a control character, or there are
    /// more than [`MOST_FIELDS`] fields.
    pub fn to_bytes(&self) -> Result<Vec<u8>, EntryError> {
        self.write().ok_or(EntryError::Text)
    }

    fn write(&self) -> Option<Vec<u8>> {
        if self.fields.len() > MOST_FIELDS {
            return None;
        }
        let link = self.link.as_ref();
        let previous = link.and_then(|link| link.previous);
        let mut writer = Writer::new(TAG)
            .bytes(&[self.act as u8])
            .bytes(link.map_or(&[], |link| &link.person))
            .number(link.map_or(0, |link| link.number))
            .bytes(previous.as_ref().map_or(&[], |previous| &previous.0))
            .number(self.at)
            .text(&self.actor.role)?
            .bytes(self.actor.facility.as_ref().map_or(&[], |facility| facility))
            .bytes(&self.actor.account.0)
            .text(&self.purpose)?;
        for field in &self.fields {
            writer = writer.text(field)?;
        }
        Some(writer.finish())
    }

    /// Reads canonical bytes.
    ///
    /// # Errors
    ///
    /// [`EntryError::Malformed`] if they are not exactly what [`Entry::to_bytes`] writes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EntryError> {
        Self::read(bytes).ok_or(EntryError::Malformed)
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes, TAG)?;
        let act = match reader.array()? {
            [1] => Act::Access,
            [2] => Act::Decision,
            _ => return None,
        };
        let (person, number) = (reader.maybe().ok()?, reader.number()?);
        let previous = reader.maybe().ok()?.map(Commitment);
        let link = match (person, number, previous) {
            (None, 0, None) => None,
            (Some(person), 1, None) | (Some(person), 2.., Some(_)) => {
                Some(Link { person, number, previous })
            }
            _ => return None,
        };
        let at = reader.number()?;
        let (role, facility) = (reader.text()?, reader.maybe().ok()?);
        let actor = Actor { role, facility, account: Commitment(reader.array()?) };
        let (purpose, mut fields) = (reader.text()?, Vec::new());
        while !reader.is_empty() {
            fields.push(reader.text()?);
        }
        let fits = fields.len() <= MOST_FIELDS;
        fits.then_some(Self { act, link, at, actor, purpose, fields })
    }
}

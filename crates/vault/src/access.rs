//! No showing without a record: what a person's key opens, it opens against the receipt of an access
//! that is durable already. A key by itself seals, answers the questions of [`RuleKey`], and reads the
//! person's own list of accesses; there is no other way to a field.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{
    seal::{Field, OpenError, PersonId, PersonKey, Sealed},
    secret::Secret,
};

/// A person's year of birth, two bytes, big-endian.
pub const BIRTH_YEAR: Field = Field("birth_year");
/// Whether a person has a condition that gives priority: one byte.
pub const COMORBIDITY: Field = Field("comorbidity");
/// A person's gender, as a word.
pub const GENDER: Field = Field("gender");
/// An entry of a person's own list of accesses.
const ACCESS: Field = Field("access");

/// Why personal fields are opened. The list is closed: what is not here opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessPurpose {
    /// Someone looks at the records of their own account.
    OwnRecord,
    /// Staff or a state's program meet a person who presented themselves.
    Presence,
    /// A certificate is printed or signed for who asks for it.
    Certificate,
    /// The certificate of a dose is signed, sealed and shown to nobody.
    CertificateSigning,
    /// Details are corrected, and the certificates made anew.
    Correction,
    /// Two records of one person are compared, or made one.
    Merge,
    /// Someone is told how far the person of a name is vaccinated.
    Status,
    /// A message is delivered to a mobile.
    Message,
}

impl AccessPurpose {
    /// Every purpose.
    pub const ALL: [Self; 8] = [
        Self::OwnRecord,
        Self::Presence,
        Self::Certificate,
        Self::CertificateSigning,
        Self::Correction,
        Self::Merge,
        Self::Status,
        Self::Message,
    ];

    /// The purpose as entries name it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::OwnRecord => "own-record",
            Self::Presence => "presence",
            Self::Certificate => "certificate",
            Self::CertificateSigning => "certificate-signing",
            Self::Correction => "correction",
            Self::Merge => "merge",
            Self::Status => "status",
            Self::Message => "message",
        }
    }
}

/// Who opens fields, as the person concerned may know it. The role is a word of the program's text, so
/// that nobody's name can stand there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Who {
    /// In which role.
    pub role: &'static str,
    /// At which facility; none for who belongs to none.
    pub facility: Option<i64>,
    /// Which account it was, for a commitment that only a dispute opens.
    pub account: [u8; 16],
}

/// An access: who opens which fields of whom, why and when. It has no Debug: it names a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Access {
    /// Whose fields.
    pub person: PersonId,
    /// Who opens them.
    pub who: Who,
    /// Why.
    pub purpose: AccessPurpose,
    /// Which.
    pub fields: &'static [Field],
    /// When, in seconds since 1970.
    pub at: u64,
}

/// Where accesses are made durable. The platform has one; a test counts them.
pub trait AccessLog {
    /// An access, with what the log keeps beside it.
    type Entry: AsRef<Access>;
    /// Why accesses were not recorded.
    type Error;

    /// Records accesses, and returns once every one of them is durable.
    ///
    /// # Errors
    ///
    /// If one of them is not known to be.
    fn record(
        &self,
        entries: Vec<Self::Entry>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// That an access is durable. Good for one opening: there is no copy of it, and no other way to one
/// than [`crate::Vault::record`].
///
/// ```compile_fail,E0451
/// let person = vault::PersonId([1; 16]);
/// vault::Receipt { person, fields: &[], opened: Default::default() };
/// ```
#[must_use = "an access was recorded, and nothing is opened"]
pub struct Receipt {
    person: PersonId,
    fields: &'static [Field],
    opened: Arc<AtomicU64>,
}

/// Records accesses; gives their receipts, in their order.
pub(crate) async fn record<L: AccessLog>(
    log: &L,
    entries: Vec<L::Entry>,
    opened: &Arc<AtomicU64>,
) -> Result<Vec<Receipt>, L::Error> {
    let receipt = |entry: &L::Entry| {
        let Access { person, fields, .. } = *entry.as_ref();
        Receipt { person, fields, opened: Arc::clone(opened) }
    };
    let receipts = entries.iter().map(receipt).collect();
    log.record(entries).await?;
    Ok(receipts)
}

/// A person's key, able to open the fields that a receipt names and no others.
pub struct OpenKey {
    key: Arc<PersonKey>,
    fields: &'static [Field],
}

impl OpenKey {
    /// The key, for sealing.
    pub fn key(&self) -> &PersonKey {
        &self.key
    }

    /// Opens a field.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if the receipt does not name the field, or the value is another person's, another
    /// field's, or was changed.
    ///
    /// # Privacy
    ///
    /// Gives personal data.
    pub fn open(&self, field: Field, sealed: &Sealed) -> Result<Secret<Vec<u8>>, OpenError> {
        self.may(field)?;
        self.key.open(field, sealed)
    }

    /// Opens a field that holds text.
    ///
    /// # Errors
    ///
    /// As [`OpenKey::open`], or if it is not UTF-8.
    ///
    /// # Privacy
    ///
    /// Gives personal data.
    pub fn open_text(&self, field: Field, sealed: &Sealed) -> Result<Secret<String>, OpenError> {
        self.may(field)?;
        self.key.open_text(field, sealed)
    }

    fn may(&self, field: Field) -> Result<(), OpenError> {
        if self.fields.contains(&field) { Ok(()) } else { Err(OpenError) }
    }
}

/// What rules and counts ask of a person, which is shown to nobody: a year, a yes or no, one word of
/// a list. It is not recorded, as nothing else can be had through it: no name, no number, no text.
pub struct RuleKey<'k>(&'k PersonKey);

impl RuleKey<'_> {
    /// The year of birth.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if the value is not this person's, or no year.
    pub fn birth_year(&self, sealed: &Sealed) -> Result<i16, OpenError> {
        let bytes = self.0.open(BIRTH_YEAR, sealed)?;
        let bytes = bytes.expose().as_slice().try_into();
        bytes.map(i16::from_be_bytes).map_err(|_| OpenError)
    }

    /// Whether they have a condition that gives priority.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if the value is not this person's.
    pub fn comorbidity(&self, sealed: &Sealed) -> Result<bool, OpenError> {
        Ok(self.0.open(COMORBIDITY, sealed)?.expose().first() == Some(&1))
    }

    /// Which of a few words their gender is.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if the value is not this person's, or none of the words.
    pub fn gender(&self, sealed: &Sealed, words: &[&'static str]) -> Result<usize, OpenError> {
        let word = self.0.open(GENDER, sealed)?;
        let place = words.iter().position(|known| known.as_bytes() == word.expose().as_slice());
        place.ok_or(OpenError)
    }
}

impl PersonKey {
    /// The key, able to open what the receipt is for.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if the access was to another person.
    pub fn against(self: &Arc<Self>, receipt: Receipt) -> Result<OpenKey, OpenError> {
        let Receipt { person, fields, opened } = receipt;
        if person != self.person() {
            return Err(OpenError);
        }
        opened.fetch_add(1, Ordering::Relaxed);
        Ok(OpenKey { key: Arc::clone(self), fields })
    }

    /// The key, able to answer what rules ask.
    pub const fn for_rules(&self) -> RuleKey<'_> {
        RuleKey(self)
    }

    /// Seals an entry of the person's list of accesses.
    pub fn seal_access(&self, entry: &[u8]) -> Sealed {
        self.seal(ACCESS, entry)
    }

    /// Reads an entry of the person's list of accesses, which holds none of their fields.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if it is another person's, or was changed.
    ///
    /// # Privacy
    ///
    /// Says who opened what of this person: for them, and for nobody else.
    pub fn read_access(&self, sealed: &Sealed) -> Result<Secret<Vec<u8>>, OpenError> {
        self.open(ACCESS, sealed)
    }
}

#[cfg(test)]
mod tests;

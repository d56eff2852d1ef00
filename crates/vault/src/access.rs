//! No showing without a record: the keyholder gives the keys of a person's fields against the receipt
//! of an access that is durable already. What a server has by itself answers the questions of
//! [`RuleKey`] and reads the person's own list of accesses; there is no other way to a field.

use std::{future::Future, sync::Arc};

use crate::{
    holder::Ask,
    seal::{Field, FieldKey, OpenError, PersonId, PersonKey, Sealed},
    secret::Secret,
};

/// A person's year of birth, two bytes, big-endian.
pub const BIRTH_YEAR: Field = Field("birth_year");
/// Whether a person has a condition that gives priority: one byte.
pub const COMORBIDITY: Field = Field("comorbidity");
/// A person's gender, as a word.
pub const GENDER: Field = Field("gender");
/// An entry of a person's own list of accesses.
pub(crate) const ACCESS: Field = Field("access");
/// What is sealed under the key of rules, which a server has: it opens without a receipt.
pub(crate) const RULE_FIELDS: [Field; 4] = [BIRTH_YEAR, COMORBIDITY, GENDER, ACCESS];

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
    /// Why: a word of the program's text, of its one list of purposes.
    pub purpose: &'static str,
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

    /// Records accesses, and returns once every one of them is durable: what proves it to the
    /// keyholder, salt and entry of each, in their order.
    ///
    /// # Errors
    ///
    /// If one of them is not known to be.
    fn record(
        &self,
        entries: Vec<Self::Entry>,
    ) -> impl Future<Output = Result<Vec<Vec<u8>>, Self::Error>> + Send;
}

/// That an access is durable. Good for one opening: there is no copy of it, and no other way to one
/// than [`crate::Vault::record`].
///
/// ```compile_fail,E0451
/// let person = vault::PersonId([1; 16]);
/// vault::Receipt { person, fields: &[], evidence: Vec::new() };
/// ```
#[must_use = "an access was recorded, and nothing is opened"]
pub struct Receipt {
    person: PersonId,
    fields: &'static [Field],
    evidence: Vec<u8>,
}

impl Receipt {
    /// The fields that it names.
    pub(crate) const fn fields(&self) -> &'static [Field] {
        self.fields
    }
}

/// Records accesses; gives their receipts, in their order.
pub(crate) async fn record<L: AccessLog>(
    log: &L,
    entries: Vec<L::Entry>,
) -> Result<Vec<Receipt>, L::Error> {
    let named = |entry: &L::Entry| (entry.as_ref().person, entry.as_ref().fields);
    let named: Vec<_> = entries.iter().map(named).collect();
    let evidence = log.record(entries).await?;
    let receipt = |((person, fields), evidence)| Receipt { person, fields, evidence };
    Ok(named.into_iter().zip(evidence).map(receipt).collect())
}

/// What the keyholder is asked against a receipt; none if that is for another person.
pub(crate) fn ask(key: &PersonKey, receipt: Receipt) -> Option<Ask> {
    let Receipt { person, fields, evidence } = receipt;
    let data = fields.iter().filter(|field| !RULE_FIELDS.contains(field));
    let fields = data.map(|field| field.0.to_owned()).collect();
    let wrapped = key.wrapped().to_vec();
    (person == key.person()).then_some(Ask::Open { person, wrapped, fields, evidence })
}

/// The keys of those fields of a person that a receipt names: they open and seal these and no others.
pub struct OpenKey {
    key: Arc<PersonKey>,
    fields: &'static [Field],
    keys: Vec<FieldKey>,
}

impl OpenKey {
    pub(crate) fn new(
        key: Arc<PersonKey>,
        fields: &'static [Field],
        keys: &[Secret<[u8; 32]>],
    ) -> Self {
        let data = fields.iter().filter(|field| !RULE_FIELDS.contains(field));
        let keys = data.zip(keys).map(|(field, bytes)| FieldKey::new(key.person(), *field, bytes));
        Self { fields, keys: keys.collect(), key }
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
        match self.data_key(field) {
            Some(key) => key.open(sealed),
            None => self.key.open_for_rules(field, sealed),
        }
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
        match String::from_utf8(self.open(field, sealed)?.into_inner()) {
            Ok(text) => Ok(Secret::new(text)),
            Err(error) => {
                drop(Secret::new(error.into_bytes()));
                Err(OpenError)
            }
        }
    }

    /// Seals a field.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if the receipt does not name the field.
    pub fn seal(&self, field: Field, plain: &[u8]) -> Result<Sealed, OpenError> {
        self.may(field)?;
        match self.data_key(field) {
            Some(key) => Ok(key.seal(plain)),
            None => self.key.seal_for_rules(field, plain).ok_or(OpenError),
        }
    }

    fn may(&self, field: Field) -> Result<(), OpenError> {
        if self.fields.contains(&field) { Ok(()) } else { Err(OpenError) }
    }

    fn data_key(&self, field: Field) -> Option<&FieldKey> {
        self.keys.iter().find(|key| key.field == field)
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
        let bytes = self.0.open_for_rules(BIRTH_YEAR, sealed)?;
        let bytes = bytes.expose().as_slice().try_into();
        bytes.map(i16::from_be_bytes).map_err(|_| OpenError)
    }

    /// Whether they have a condition that gives priority.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if the value is not this person's.
    pub fn comorbidity(&self, sealed: &Sealed) -> Result<bool, OpenError> {
        Ok(self.0.open_for_rules(COMORBIDITY, sealed)?.expose().first() == Some(&1))
    }

    /// Which of a few words their gender is.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if the value is not this person's, or none of the words.
    pub fn gender(&self, sealed: &Sealed, words: &[&'static str]) -> Result<usize, OpenError> {
        let word = self.0.open_for_rules(GENDER, sealed)?;
        let place = words.iter().position(|known| known.as_bytes() == word.expose().as_slice());
        place.ok_or(OpenError)
    }
}

impl PersonKey {
    /// The key, able to answer what rules ask.
    pub const fn for_rules(&self) -> RuleKey<'_> {
        RuleKey(self)
    }

    /// Seals an entry of the person's list of accesses.
    pub fn seal_access(&self, entry: &[u8]) -> Sealed {
        self.seal_for_rules(ACCESS, entry).expect("it is one of the fields of rules")
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
        self.open_for_rules(ACCESS, sealed)
    }
}

#[cfg(test)]
pub(crate) mod tests;

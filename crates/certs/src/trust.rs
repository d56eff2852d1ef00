//! Whose signatures count, and what was withdrawn: all that a verifier needs besides the
//! certificate and the time.

pub mod bundle;
mod certificate;
mod issuer;
pub mod succession;

use std::collections::HashMap;

#[cfg(test)]
use certificate::BEGIN;
use certificate::END;
pub(crate) use certificate::Signs;
pub use certificate::{BadCertificate, Known};
pub(crate) use issuer::Trusted;
pub use issuer::{IssuerKey, Use};

use crate::status::{Lists, StatusList, WithdrawnIds};

/// Whose signatures count, and what was withdrawn.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    signers: HashMap<[u8; 8], Vec<Known>>,
    issuers: Vec<Trusted>,
    lists: Lists,
    codes: HashMap<String, Vec<String>>,
}

impl Trust {
    /// Takes in all that another knows.
    pub fn extend(&mut self, other: Self) {
        for (key_id, signers) in other.signers {
            self.signers.entry(key_id).or_default().extend(signers);
        }
        self.issuers.extend(other.issuers);
        self.lists.extend(other.lists);
        self.codes.extend(other.codes);
    }

    /// Adds a document signer.
    pub fn add(&mut self, known: Known) {
        self.signers.entry(known.key_id()).or_default().push(known);
    }

    /// Adds a key of an issuer.
    pub fn add_issuer(&mut self, key: IssuerKey) {
        self.issuers.push(Trusted::new(key));
    }

    /// Adds a status list.
    pub fn add_status_list(&mut self, list: StatusList) {
        self.lists.add_bits(list);
    }

    /// Adds a list of withdrawn certificates.
    pub fn add_withdrawn(&mut self, list: WithdrawnIds) {
        self.lists.add_ids(list);
    }

    /// Adds a value set: a name such as `vaccine-prophylaxis`, and its codes.
    pub fn add_codes(&mut self, name: String, codes: Vec<String>) {
        self.codes.insert(name, codes);
    }

    /// Reads all certificates of a PEM text.
    ///
    /// # Errors
    ///
    /// [`BadCertificate`] if one cannot be read, or there is none.
    pub fn from_pem(text: &str) -> Result<Self, BadCertificate> {
        match Self::from_pem_where_readable(text) {
            (trust, 0) if trust.signers() > 0 => Ok(trust),
            _ => Err(BadCertificate),
        }
    }

    /// Reads the certificates of a PEM text that can be read, and says how many could not. For
    /// lists of other countries, where one odd certificate must not shut out all the rest.
    pub fn from_pem_where_readable(text: &str) -> (Self, usize) {
        let (mut trust, mut unread) = (Self::default(), 0);
        for part in text.split_inclusive(END).filter(|part| part.contains(END)) {
            match Known::from_pem(part) {
                Ok(known) => trust.add(known),
                Err(BadCertificate) => unread += 1,
            }
        }
        (trust, unread)
    }

    /// How many document signers are known.
    pub fn signers(&self) -> usize {
        self.signers.values().map(Vec::len).sum()
    }

    /// Whether nobody is known.
    pub fn is_empty(&self) -> bool {
        self.signers.is_empty() && self.issuers.is_empty()
    }

    /// The signers with a key id: different certificates may share one.
    pub(crate) fn with_key_id(&self, key_id: &[u8]) -> &[Known] {
        let known = <[u8; 8]>::try_from(key_id).ok().and_then(|key_id| self.signers.get(&key_id));
        known.map_or(&[], Vec::as_slice)
    }

    /// The keys of an issuer for a use; of all issuers, if no name is given.
    pub(crate) fn keys<'a>(
        &'a self,
        used_for: Use,
        issuer: Option<&'a str>,
    ) -> impl Iterator<Item = &'a Trusted> {
        let is = move |key: &&Trusted| {
            key.used_for == used_for && issuer.is_none_or(|issuer| key.issuer == issuer)
        };
        self.issuers.iter().filter(is)
    }

    /// What was withdrawn.
    pub(crate) const fn lists(&self) -> &Lists {
        &self.lists
    }

    /// Whether a code is in a value set; none, if the set is not known.
    pub(crate) fn lists_code(&self, set: &str, code: &str) -> Option<bool> {
        self.codes.get(set).map(|codes| codes.iter().any(|known| known == code))
    }
}

#[cfg(test)]
#[cfg(feature = "issue")]
mod tests;

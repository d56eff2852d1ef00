//! What was withdrawn: bitstring status lists, and lists of the ids of withdrawn certificates.

mod bits;
pub mod credential;

use std::collections::HashMap;

pub use bits::{BadBits, Bits};

use crate::{
    signature::sha256,
    verdict::{Caveat, NotValid},
};

/// What a bit of a status list means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Withdrawn for good.
    Revocation,
    /// Out of force for now.
    Suspension,
}

impl Purpose {
    /// The word of the specification.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Revocation => "revocation",
            Self::Suspension => "suspension",
        }
    }

    /// Reads the word of the specification.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Revocation, Self::Suspension].into_iter().find(|it| it.name() == name)
    }
}

/// A status list whose signature was checked by whoever put it into the trust.
#[derive(Clone, Debug)]
pub struct StatusList {
    /// The address that certificates name it by.
    pub url: String,
    /// What a bit means.
    pub purpose: Purpose,
    /// The bits.
    pub bits: Bits,
    /// When it was signed, seconds since 1970.
    pub issued_at: i64,
    /// Until when it is fresh, seconds since 1970.
    pub valid_until: i64,
}

/// Which form the ids of a list are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IdKind {
    /// EU DCC and other HCERT: [`uvci_hash`] of the certificate's identifier, by country.
    Uvci,
    /// SMART Health Cards: `rid`, by issuer and key, as `issuer#kid`.
    Rid,
    /// DIVOC: [`uvci_hash`] of `certificateId`, by issuer.
    CertificateId,
}

impl IdKind {
    /// As a bundle writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uvci => "uvci",
            Self::Rid => "rid",
            Self::CertificateId => "certificate-id",
        }
    }

    /// Reads what a bundle writes.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Uvci, Self::Rid, Self::CertificateId].into_iter().find(|it| it.name() == name)
    }
}

/// The ids of an issuer's withdrawn certificates.
#[derive(Clone, Debug)]
pub struct WithdrawnIds {
    /// Which form they are of.
    pub kind: IdKind,
    /// Whose.
    pub issuer: String,
    /// The ids. One with an instant, seconds since 1970, counts for certificates issued before it.
    pub ids: HashMap<String, Option<i64>>,
    /// When the list was made, seconds since 1970.
    pub issued_at: i64,
    /// Until when it is fresh, seconds since 1970.
    pub valid_until: i64,
}

/// An identifier as withdrawn certificates are listed by: the first 16 bytes of its SHA-256, in hex.
/// So a list tells the ids of withdrawn certificates to nobody who does not have them.
///
/// # Source
///
/// Commission Implementing Decision (EU) 2021/2014, annex: hashes of the UCI, 128 bits.
pub fn uvci_hash(uvci: &str) -> String {
    bytes_hash(uvci.as_bytes())
}

/// The same of bytes.
pub(crate) fn bytes_hash(bytes: &[u8]) -> String {
    hex::encode(&sha256(bytes)[..16])
}

/// All that is known to be withdrawn.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lists {
    bits: HashMap<(String, Purpose), StatusList>,
    ids: HashMap<(IdKind, String), WithdrawnIds>,
}

impl Lists {
    pub(crate) fn extend(&mut self, other: Self) {
        self.bits.extend(other.bits);
        self.ids.extend(other.ids);
    }

    pub(crate) fn add_bits(&mut self, list: StatusList) {
        self.bits.insert((list.url.clone(), list.purpose), list);
    }

    pub(crate) fn add_ids(&mut self, list: WithdrawnIds) {
        self.ids.insert((list.kind, list.issuer.clone()), list);
    }

    /// What a status list says of an entry: nothing, or what weakens the answer.
    pub(crate) fn at(
        &self,
        url: &str,
        purpose: Purpose,
        index: usize,
        now: i64,
    ) -> Result<Option<Caveat>, NotValid> {
        let Some(list) = self.bits.get(&(url.to_owned(), purpose)) else {
            return Ok(Some(Caveat::NoStatusList));
        };
        match (list.bits.at(index), purpose) {
            (None, _) => Err(NotValid::Content),
            (Some(true), Purpose::Revocation) => Err(NotValid::Withdrawn),
            (Some(true), Purpose::Suspension) => Err(NotValid::Suspended),
            (Some(false), _) => Ok(stale(list.issued_at, list.valid_until, now)),
        }
    }

    /// What the lists of an issuer's withdrawn certificates say of an id: nothing, or what weakens
    /// the answer.
    pub(crate) fn of(
        &self,
        kind: IdKind,
        issuer: &str,
        id: &str,
        issued_at: Option<i64>,
        now: i64,
    ) -> Result<Option<Caveat>, NotValid> {
        let Some(list) = self.ids.get(&(kind, issuer.to_owned())) else {
            return Ok(Some(Caveat::NoStatusList));
        };
        match list.ids.get(id) {
            Some(None) => Err(NotValid::Withdrawn),
            Some(Some(before)) if issued_at.is_none_or(|at| at < *before) => {
                Err(NotValid::Withdrawn)
            }
            _ => Ok(stale(list.issued_at, list.valid_until, now)),
        }
    }
}

fn stale(issued_at: i64, valid_until: i64, now: i64) -> Option<Caveat> {
    let days = now.saturating_sub(issued_at).max(0) / 86_400;
    let days = u32::try_from(days).unwrap_or(u32::MAX);
    (now > valid_until).then_some(Caveat::StaleStatusList { days })
}

#[cfg(test)]
mod tests;

//! Entries of status lists.

use domain::id::{BeneficiaryId, HomeBucket};
use jiff::Timestamp;
use uuid::Uuid;

/// How many places each home bucket has in each list.
///
/// With 65,536 buckets a list has four million entries, as one for the whole country: an address of
/// a list that only one household used would name the household.
pub const STATUS_SLOTS: u8 = 64;
/// From how many taken places on a bucket goes on in its next list: while half are free, the next
/// one cannot be guessed.
pub const STATUS_HALF: usize = 32;
/// How many entries of single use a certificate has at most.
pub const STATUS_SINGLE_USES: u16 = 32;

/// Which entry a credential has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusUse {
    /// The certificate's own, the same each time: for a form that tells the certificate's id anyway.
    Kept,
    /// One that no other credential has: for a form that is to tell as little as it can.
    Single,
}

/// A credential that is to have an entry.
#[derive(Clone, Copy, Debug)]
pub struct StatusWish {
    /// Whose.
    pub beneficiary: BeneficiaryId,
    /// The certificate that it is made of.
    pub certificate: Uuid,
    /// Which entry.
    pub of_use: StatusUse,
    /// Chooses among the free places.
    pub random: u64,
    /// When.
    pub at: Timestamp,
}

/// An entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatusEntry {
    /// The home bucket.
    pub bucket: HomeBucket,
    /// The number of the list, from 0.
    pub list: u32,
    /// Which of the bucket's places in it: less than [`STATUS_SLOTS`].
    pub slot: u8,
}

/// Why a credential has no entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAllotted {
    /// The person has no such certificate, or it is withdrawn.
    #[error("there is no such certificate")]
    NoSuchCertificate,
    /// It has as many entries as it may have.
    #[error("as many credentials were made of this certificate as may be")]
    TooMany,
}

/// How far the entries of withdrawn certificates were read: the last one that was seen. What
/// [`super::WithdrawalPlace`] says of entries that come late is true of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WithdrawnPlace {
    /// When the certificate was withdrawn.
    pub at: Timestamp,
    /// Its id; all zero stands before every certificate of the instant.
    pub certificate: Uuid,
    /// Which of its entries.
    pub nth: u16,
}

/// An entry whose certificate is withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WithdrawnEntry {
    /// The entry.
    pub entry: StatusEntry,
    /// Its place among them.
    pub place: WithdrawnPlace,
}

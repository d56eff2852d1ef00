//! Who opened which fields of whom.

use domain::id::HomeBucket;
use jiff::Timestamp;
use uuid::Uuid;

/// Whose list of accesses: a person, or the account that has a mobile. It has no Debug: it names a
/// person.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AccessOf {
    /// Their home.
    pub bucket: HomeBucket,
    /// By which the vault knows them.
    pub person: Uuid,
}

/// The last access in a person's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessHead {
    /// How many there are.
    pub number: u64,
    /// The commitment to the last one.
    pub commitment: [u8; 32],
}

/// An access. It has no Debug: it names a person.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessRow {
    /// Whose list it is in.
    pub of: AccessOf,
    /// The how-manyth it is, from 1.
    pub number: u64,
    /// The commitment to the one before; none for the first.
    pub previous: Option<[u8; 32]>,
    /// The commitment to this one.
    pub commitment: [u8; 32],
    /// Salt and entry, sealed.
    pub sealed: Vec<u8>,
    /// When.
    pub at: Timestamp,
}

/// An access as it is read back. It has no Debug: it holds who opened what.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptAccess {
    /// The how-manyth of the person it is.
    pub number: u64,
    /// Salt and entry, sealed.
    pub sealed: Vec<u8>,
    /// The number of its leaf in the log; none while it waits.
    pub leaf: Option<u64>,
}

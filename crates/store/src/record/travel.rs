//! What only a certificate for travel needs to know of a person.

use domain::id::{AccountId, BeneficiaryId};

/// A person's details for travel, each sealed under the person's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedTravel {
    /// Sealed day of birth.
    pub born_on: Vec<u8>,
    /// Sealed number of the passport.
    pub passport: Vec<u8>,
    /// Sealed nationality in the passport.
    pub nationality: Vec<u8>,
    /// Sealed name of a parent or guardian, if one was given.
    pub guardian: Option<Vec<u8>>,
}

/// Details for travel to keep, or to keep no longer.
#[derive(Clone, Debug)]
pub struct TravelChange {
    /// The account that asks.
    pub account: AccountId,
    /// Whose details.
    pub beneficiary: BeneficiaryId,
    /// How often the person's details had been changed when the day of birth was held against the
    /// year; see [`super::BeneficiaryRow::changes`].
    pub changes: i32,
    /// The details; with none, those that were kept are removed.
    pub travel: Option<SealedTravel>,
}

/// Why details for travel were not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotKept {
    /// No such person in the account.
    #[error("there is no such beneficiary")]
    NoSuchBeneficiary,
    /// No dose is on record, so there is nothing to certify.
    #[error("details for travel are kept only once a dose is on record")]
    NotVaccinated,
    /// The details changed since they were read.
    #[error("the details have changed meanwhile")]
    Changed,
}

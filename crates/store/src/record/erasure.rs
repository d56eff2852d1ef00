//! People who ask to be erased, and those who were.

use domain::id::{AccountId, BeneficiaryId};
use jiff::Timestamp;

/// Somebody who asked to be erased, or was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureRow {
    /// The account that asked.
    pub account: AccountId,
    /// Who.
    pub beneficiary: BeneficiaryId,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// Until when it can be taken back.
    pub due_at: Timestamp,
    /// When it was done.
    pub erased_at: Option<Timestamp>,
}

/// Why somebody cannot be erased yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotErasable {
    /// No such person in the account.
    #[error("there is no such beneficiary")]
    NoSuchBeneficiary,
    /// An appointment is to come.
    #[error("cancel the appointment first")]
    Booked,
    /// A certificate is still to be signed.
    #[error("the certificate of a dose is not ready yet; ask again once it is")]
    Owed,
    /// A court or authority asks that the record be held.
    #[error("this record is held by an order and can be erased once that is lifted")]
    Held,
}

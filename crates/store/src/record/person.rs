//! Accounts, the people of each, and who can be entered, changed and removed.

use domain::{
    dose::Dose,
    id::{AccountId, BeneficiaryId},
};
use jiff::Timestamp;
use uuid::Uuid;

use super::{ClaimRow, Idempotency, ListNo, Message, SealedTravel, Tally};

/// The people who share a mobile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    /// Its id and home.
    pub id: AccountId,
    /// Keyed blind index of the mobile.
    pub mobile_index: [u8; 32],
    /// The account's data key, wrapped.
    pub wrapped_key: Vec<u8>,
    /// Sealed mobile.
    pub mobile: Vec<u8>,
    /// When it was opened.
    pub opened_at: Timestamp,
}

/// A beneficiary's fields, each sealed under the beneficiary's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedDetails {
    /// Sealed name.
    pub name: Vec<u8>,
    /// Sealed year of birth.
    pub birth_year: Vec<u8>,
    /// Sealed gender.
    pub gender: Vec<u8>,
    /// Sealed kind and number of the identity document.
    pub document: Vec<u8>,
    /// Sealed statement about a condition that gives priority.
    pub comorbidity: Vec<u8>,
    /// Keyed blind index of the identity document.
    pub document_index: [u8; 32],
}

/// A beneficiary as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BeneficiaryRow {
    /// Id; carries the home bucket.
    pub id: BeneficiaryId,
    /// The account they belong to.
    pub account: Uuid,
    /// Their data key, wrapped.
    pub wrapped_key: Vec<u8>,
    /// Their fields.
    pub details: SealedDetails,
    /// What they gave for travel, if anything.
    pub travel: Option<SealedTravel>,
    /// When they were registered.
    pub registered_at: Timestamp,
    /// When their identity was checked, if it was.
    pub verified_at: Option<Timestamp>,
    /// How often the fields were changed.
    pub changes: i32,
    /// The list from which they were first registered, if it was one.
    pub list: Option<ListNo>,
}

/// One person to enrol.
#[derive(Clone, Debug)]
pub struct Enrolment {
    /// The account, opened with the first enrolment.
    pub account: AccountRow,
    /// The person.
    pub beneficiary: BeneficiaryRow,
    /// How many people the account may have.
    pub limit: u8,
    /// If the client gave a key: what makes a repeated request known.
    pub idempotency: Option<Idempotency>,
    /// What to count, if anything.
    pub tally: Option<Tally>,
    /// What to send, if anything.
    pub message: Option<Message>,
}

/// Why a person was not enrolled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotEnrolled {
    /// The account has as many people as it may.
    #[error("this mobile has as many people as it may have")]
    AccountFull,
    /// The document is registered already.
    #[error("this identity document is registered already")]
    DocumentTaken,
    /// The key was used for another request.
    #[error("the idempotency key was used for another request")]
    OtherRequest,
}

/// New fields for a beneficiary. What was given for travel goes: it was held against the old ones.
#[derive(Clone, Debug)]
pub struct Amendment {
    /// The account that asks.
    pub account: AccountId,
    /// Whose fields.
    pub beneficiary: BeneficiaryId,
    /// The fields, sealed.
    pub details: SealedDetails,
    /// When it was asked.
    pub at: Timestamp,
}

/// Why fields were not replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAmended {
    /// No such person in the account.
    #[error("there is no such beneficiary")]
    NoSuchBeneficiary,
    /// A dose is on record.
    #[error("details cannot be changed after the first dose")]
    Vaccinated,
    /// The document is registered already.
    #[error("this identity document is registered already")]
    DocumentTaken,
}

/// Why a person was not removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRemoved {
    /// No such person in the account.
    #[error("there is no such beneficiary")]
    NoSuchBeneficiary,
    /// A dose is on record.
    #[error("a beneficiary cannot be removed after the first dose")]
    Vaccinated,
    /// An appointment is live.
    #[error("cancel the appointment first")]
    Booked,
}

/// A person with everything kept about them.
#[derive(Clone, Debug)]
pub struct PersonRecord {
    /// The person.
    pub beneficiary: BeneficiaryRow,
    /// Claims, in order of dose.
    pub claims: Vec<ClaimRow>,
    /// Doses, in order of number.
    pub doses: Vec<Dose>,
}

/// Whether a list is kept or only tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// It is kept, if nothing stands in the way.
    ForGood,
    /// Nothing is kept.
    Dry,
}

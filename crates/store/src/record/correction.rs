//! Corrections of what a person told about themselves after their first dose, and the certificates
//! that are withdrawn by them and otherwise.

use domain::id::{AccountId, BeneficiaryId, DoseId};
use jiff::Timestamp;
use uuid::Uuid;

use super::{CertificateRow, Message, Tally};

/// Which details are corrected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CorrectedFields {
    /// The name.
    pub name: bool,
    /// The year of birth.
    pub birth_year: bool,
    /// The gender.
    pub gender: bool,
}

impl CorrectedFields {
    /// Their number in the store: the sum of 1 for the name, 2 for the year of birth and 4 for the
    /// gender.
    pub const fn number(self) -> i16 {
        self.name as i16 + 2 * self.birth_year as i16 + 4 * self.gender as i16
    }
}

/// A new certificate for a dose on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reissue {
    /// The dose that the certificate was signed from.
    pub dose: DoseId,
    /// The certificate, with an id of its own.
    pub certificate: CertificateRow,
}

/// Details to correct, and the certificates that say so.
#[derive(Clone, Debug)]
pub struct Correction {
    /// Its id, derived from the request, so that a repeated one is known.
    pub id: Uuid,
    /// Keyed digest of what was asked.
    pub request: [u8; 32],
    /// The account that asks.
    pub account: AccountId,
    /// Whose details.
    pub beneficiary: BeneficiaryId,
    /// Which of them change. With none, only a repeated request is told apart. With the year of
    /// birth, what was given for travel goes: its day of birth is of another year.
    pub fields: CorrectedFields,
    /// How often each detail of a person may be corrected.
    pub limit: u8,
    /// How often the details had been changed when the certificates were signed; see
    /// [`super::BeneficiaryRow::changes`].
    pub changes: i32,
    /// The name, sealed.
    pub name: Vec<u8>,
    /// The year of birth, sealed.
    pub birth_year: Vec<u8>,
    /// The gender, sealed.
    pub gender: Vec<u8>,
    /// A certificate for every dose on record, in order of the doses.
    pub reissues: Vec<Reissue>,
    /// What to count anew: a dose is counted by gender and age.
    pub tallies: Vec<Tally>,
    /// What to send.
    pub message: Option<Message>,
    /// When it was asked.
    pub at: Timestamp,
}

/// Why details were not corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotCorrected {
    /// No such person in the account.
    #[error("there is no such beneficiary")]
    NoSuchBeneficiary,
    /// The id was used for another request.
    #[error("the idempotency key was used for another request")]
    OtherRequest,
    /// No dose is on record.
    #[error("before the first dose details are changed, not corrected")]
    NotVaccinated,
    /// The details are these already.
    #[error("the details are these already")]
    SameDetails,
    /// A detail was corrected as often as it may.
    #[error("a detail was corrected as often as it may be")]
    LimitReached,
    /// The details or the doses changed since they were read.
    #[error("the details or the doses have changed meanwhile")]
    Changed,
}

/// Why a certificate was withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WithdrawalReason {
    /// Its dose was taken back.
    DoseUndone,
    /// The details on it were corrected; there is a new one.
    DetailsCorrected,
    /// Its record and another one of the same person became one; there is a new one.
    RecordsMerged,
}

impl WithdrawalReason {
    /// Its number in the store.
    pub const fn number(self) -> i16 {
        match self {
            Self::DoseUndone => 0,
            Self::DetailsCorrected => 1,
            Self::RecordsMerged => 2,
        }
    }

    /// The reason with a number.
    pub const fn from_number(number: i16) -> Self {
        match number {
            1 => Self::DetailsCorrected,
            2 => Self::RecordsMerged,
            _ => Self::DoseUndone,
        }
    }
}

/// How far a list of withdrawn certificates was read: the last one that was seen.
///
/// An instant is taken before its write goes down, so one that is a few seconds older may still
/// come. Who reads on later begins a minute before the end, and what comes twice is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WithdrawalPlace {
    /// When it was withdrawn.
    pub at: Timestamp,
    /// Its id; all zero stands before every certificate of the instant.
    pub certificate: Uuid,
}

/// A certificate that is no longer valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// Its id.
    pub certificate: Uuid,
    /// When it was withdrawn.
    pub at: Timestamp,
    /// Why.
    pub reason: WithdrawalReason,
    /// When it was issued.
    pub issued_at: Timestamp,
}

impl Withdrawal {
    /// Its place in the list.
    pub const fn place(&self) -> WithdrawalPlace {
        WithdrawalPlace { at: self.at, certificate: self.certificate }
    }
}

//! Doses, their certificates, and what takes them back.

use domain::{
    dose::Dose,
    id::{BeneficiaryId, DoseId, FacilityId, StaffId},
};
use jiff::Timestamp;
use uuid::Uuid;

use super::{Message, Tally};

/// A signed certificate, sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateRow {
    /// Its id: unguessable.
    pub id: Uuid,
    /// Whose.
    pub beneficiary: BeneficiaryId,
    /// Of which dose.
    pub dose_number: u8,
    /// The signed text, sealed under the beneficiary's key.
    pub sealed: Vec<u8>,
    /// When it was signed.
    pub issued_at: Timestamp,
}

/// A dose to put on record.
#[derive(Clone, Debug)]
pub struct DoseRecord {
    /// The dose.
    pub dose: Dose,
    /// How many doses must be on record before it.
    pub doses_before: u8,
    /// How often the person's details had been changed when the certificate was signed; see
    /// [`super::BeneficiaryRow::changes`].
    pub changes: i32,
    /// Its certificate; none if the key that signs was away. Then it is owed.
    pub certificate: Option<CertificateRow>,
    /// What to count.
    pub tally: Tally,
    /// What to send.
    pub message: Option<Message>,
}

/// Why a dose was not put on record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRecorded {
    /// There is no such person.
    #[error("there is no such beneficiary")]
    NoSuchBeneficiary,
    /// Another dose holds this place in the series.
    #[error("another dose is on record in this place of the series")]
    PlaceTaken,
    /// The dose before it is not on record.
    #[error("the dose before it is not on record")]
    OutOfOrder,
    /// The dose's id was used for another dose.
    #[error("this dose id was used for another dose")]
    OtherDose,
    /// The person's details changed since the certificate was signed.
    #[error("the details have changed meanwhile")]
    DetailsChanged,
    /// The dose was taken back: a request for it that comes late changes nothing.
    #[error("this dose was taken back")]
    Undone,
}

/// A dose to take back.
#[derive(Clone, Debug)]
pub struct UndoDose {
    /// The dose.
    pub dose: DoseId,
    /// Whose.
    pub beneficiary: BeneficiaryId,
    /// Where it was recorded.
    pub facility: FacilityId,
    /// Why, in the staff member's words; sealed under the beneficiary's key.
    pub reason: Vec<u8>,
    /// Who takes it back.
    pub by: StaffId,
    /// Doses recorded before this stay.
    pub not_before: Timestamp,
    /// When.
    pub at: Timestamp,
    /// What to count down.
    pub tally: Tally,
}

/// Why a dose was not taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotUndone {
    /// No such dose at this facility.
    #[error("there is no such dose")]
    NoSuchDose,
    /// Recorded too long ago.
    #[error("a dose can be undone only within the hour")]
    TooLate,
    /// A later dose is on record.
    #[error("a later dose is on record")]
    LaterDose,
}

/// An adverse event following immunization.
#[derive(Clone, Debug)]
pub struct AefiNote {
    /// Its id, chosen by who notes it.
    pub id: Uuid,
    /// Whose.
    pub beneficiary: BeneficiaryId,
    /// After which dose.
    pub dose_number: u8,
    /// What happened; sealed under the beneficiary's key.
    pub note: Vec<u8>,
    /// Who noted it.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
    /// What to count.
    pub tally: Tally,
}

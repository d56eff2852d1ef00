//! Certificates that are owed: their dose was recorded while the key that signs was away.

use domain::id::{BeneficiaryId, DoseId};
use jiff::Timestamp;
use uuid::Uuid;

use super::{CertificateRow, Message};

/// A dose on record whose certificate is still to be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwedCertificate {
    /// Whose.
    pub beneficiary: BeneficiaryId,
    /// Of which dose.
    pub dose: DoseId,
    /// When the dose was recorded.
    pub since: Timestamp,
}

impl OwedCertificate {
    /// Its place in the list.
    pub const fn place(&self) -> OwedPlace {
        OwedPlace { since: self.since, dose: self.dose.0 }
    }
}

/// How far the list of what is owed was read: the last one that was seen. Whoever reads it begins
/// anew after its end: what is owed later may stand before that, as clocks differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwedPlace {
    /// When its dose was recorded.
    pub since: Timestamp,
    /// Its dose; all zero stands before every dose of the instant.
    pub dose: Uuid,
}

impl OwedPlace {
    /// Before everything.
    pub const BEGIN: Self = Self { since: Timestamp::MIN, dose: Uuid::nil() };
}

/// A certificate that was owed and is signed now.
#[derive(Clone, Debug)]
pub struct LateCertificate {
    /// The dose that it was signed from.
    pub dose: DoseId,
    /// How often the person's details had been changed when it was signed; see
    /// [`super::BeneficiaryRow::changes`].
    pub changes: i32,
    /// The certificate.
    pub certificate: CertificateRow,
    /// What to send.
    pub message: Option<Message>,
}

/// Why a certificate that was signed late is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSettled {
    /// The dose was taken back or has a certificate: another was quicker.
    #[error("no certificate is owed")]
    NotOwed,
    /// The person's details changed since it was signed: it is owed still.
    #[error("the details have changed meanwhile")]
    DetailsChanged,
}

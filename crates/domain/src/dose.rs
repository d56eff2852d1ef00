//! Administered doses.

use jiff::{Timestamp, civil::Date};

use crate::id::{AppointmentId, BeneficiaryId, DoseId, FacilityId};

/// How long a recorded dose may be undone, with a reason.
///
/// # Units
///
/// Seconds: one hour.
pub const UNDO_SECONDS: i64 = 3_600;

/// One administered dose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dose {
    /// Chosen by who records it, so that a repeated request is known.
    pub id: DoseId,
    /// To whom.
    pub beneficiary: BeneficiaryId,
    /// Its place in the series, from 1.
    pub number: u8,
    /// Where.
    pub facility: FacilityId,
    /// The appointment it was given on, if there was one.
    pub appointment: Option<AppointmentId>,
    /// What, by the contract's name.
    pub vaccine: String,
    /// Maker's production lot.
    pub lot: String,
    /// Name of who gave it, as printed on the certificate.
    pub vaccinator: String,
    /// Local date.
    pub given_on: Date,
    /// When it was put on record.
    pub recorded_at: Timestamp,
}

impl Dose {
    /// Whether both describe the same event, whenever they were recorded.
    pub fn same_event(&self, other: &Self) -> bool {
        let with_time = Self { recorded_at: other.recorded_at, ..self.clone() };
        with_time == *other
    }
}

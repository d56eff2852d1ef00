//! A beneficiary's place in a session.

use crate::id::{AppointmentId, BeneficiaryId, FacilityId, SessionId};

/// What has become of an appointment, as the facility sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AppointmentState {
    /// The seat is held.
    Booked,
    /// Given back.
    Cancelled,
    /// There was no seat. Kept so that a late duplicate finds an answer.
    Full,
    /// The dose was given.
    Done,
}

impl AppointmentState {
    /// Its number in the store.
    pub const fn number(self) -> i16 {
        match self {
            Self::Booked => 0,
            Self::Cancelled => 1,
            Self::Full => 2,
            Self::Done => 3,
        }
    }

    /// The state with this number.
    pub const fn from_number(number: i16) -> Self {
        match number {
            0 => Self::Booked,
            1 => Self::Cancelled,
            2 => Self::Full,
            _ => Self::Done,
        }
    }
}

/// Which seat of which session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seat {
    /// Where.
    pub facility: FacilityId,
    /// The session.
    pub session: SessionId,
    /// The pool the seat is taken from.
    pub pool: u16,
    /// The slot it is for.
    pub slot: u8,
}

/// A beneficiary's place in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appointment {
    /// Its id.
    pub id: AppointmentId,
    /// For whom.
    pub beneficiary: BeneficiaryId,
    /// For which dose, from 1.
    pub dose_number: u8,
    /// Where it sits.
    pub seat: Seat,
}

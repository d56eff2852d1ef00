//! Sessions, claims on their seats, and what is booked, moved and cancelled.

use domain::{
    appointment::{AppointmentState, Seat},
    id::{AccountId, AppointmentId, BeneficiaryId, FacilityId, SessionId},
};
use jiff::{Timestamp, civil::Date};

use super::{Idempotency, Message};

/// A session was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    /// For the first time.
    New,
    /// It was there and has been changed.
    Changed,
}

/// Why a session was not published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotPublished {
    /// There is no such facility.
    #[error("there is no such facility")]
    NoSuchFacility,
    /// It was cancelled, moved to another day or vaccine, or would lose a pool.
    #[error("a published session keeps its day, vaccine and pools, and a cancelled one stays so")]
    NotTheSame,
    /// A capacity would fall below what is booked.
    #[error("a capacity cannot fall below what is booked")]
    BelowBooked,
}

/// How far a claim on a seat is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClaimState {
    /// The seat is being asked for.
    Pending,
    /// The seat is held.
    Confirmed,
    /// The seat is being given back.
    Cancelling,
    /// Another seat is being asked for.
    Moving,
    /// The dose was given.
    Done,
}

impl ClaimState {
    /// Its number in the store.
    pub const fn number(self) -> i16 {
        match self {
            Self::Pending => 0,
            Self::Confirmed => 1,
            Self::Cancelling => 2,
            Self::Moving => 3,
            Self::Done => 4,
        }
    }

    /// The state with this number.
    pub const fn from_number(number: i16) -> Self {
        match number {
            0 => Self::Pending,
            1 => Self::Confirmed,
            2 => Self::Cancelling,
            3 => Self::Moving,
            _ => Self::Done,
        }
    }
}

/// A person's live claim on a seat, kept with the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimRow {
    /// The appointment.
    pub appointment: AppointmentId,
    /// Which of its seats, counted up with every move.
    pub leg: i32,
    /// Whose.
    pub beneficiary: BeneficiaryId,
    /// For which dose.
    pub dose_number: u8,
    /// The seat.
    pub seat: Seat,
    /// The seat's day.
    pub on: Date,
    /// How far it is.
    pub state: ClaimState,
}

/// An appointment as kept with the facility. It holds no personal field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookingRow {
    /// The appointment.
    pub appointment: AppointmentId,
    /// Which of its seats.
    pub leg: i32,
    /// Whose account.
    pub account: AccountId,
    /// For whom.
    pub beneficiary: BeneficiaryId,
    /// For which dose.
    pub dose_number: u8,
    /// The seat.
    pub seat: Seat,
    /// What has become of it.
    pub state: AppointmentState,
}

/// That a session was published or given another state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangedSession {
    /// Where.
    pub facility: FacilityId,
    /// The session.
    pub session: SessionId,
    /// How often that happened: whoever read it with this number need not read it again.
    pub changes: i64,
}

/// How many seats of a pool are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakenSeats {
    /// The session.
    pub session: SessionId,
    /// Which of its pools, counted from 0.
    pub pool: u16,
    /// Seats taken.
    pub booked: u32,
}

/// Seats for some people of one account in one pool.
#[derive(Clone, Debug)]
pub struct Booking {
    /// The appointment's id, derived from the idempotency key.
    pub appointment: AppointmentId,
    /// Who asks.
    pub account: AccountId,
    /// For whom: 1 to 6 people of the account.
    pub beneficiaries: Vec<BeneficiaryId>,
    /// For which dose.
    pub dose_number: u8,
    /// Which seat.
    pub seat: Seat,
    /// The session's day.
    pub on: Date,
    /// If the client gave a key: what makes a repeated request known.
    pub idempotency: Option<Idempotency>,
    /// What to send when it went through.
    pub message: Option<Message>,
    /// When it was asked.
    pub at: Timestamp,
}

/// Why no seat was booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotBooked {
    /// A person of the group has an appointment or a dose for this place in the series.
    #[error("an appointment for this dose exists already")]
    Held {
        /// Who.
        beneficiary: BeneficiaryId,
    },
    /// A person of the group is not enrolled in this account.
    #[error("there is no such beneficiary")]
    NoSuchBeneficiary,
    /// Fewer seats are free than asked for, or bookings were stopped.
    #[error("no seat is free")]
    Full,
    /// The key was used for another request.
    #[error("the idempotency key was used for another request")]
    OtherRequest,
    /// It is not known yet: ask again with the same key.
    #[error("the booking is being completed")]
    InProgress,
}

/// An appointment to be moved.
#[derive(Clone, Debug)]
pub struct Move {
    /// The appointment.
    pub appointment: AppointmentId,
    /// Who asks.
    pub account: AccountId,
    /// The seat wanted.
    pub seat: Seat,
    /// That session's day.
    pub on: Date,
    /// What to send when it went through.
    pub message: Option<Message>,
    /// When it was asked.
    pub at: Timestamp,
}

/// Why an appointment was not moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotMoved {
    /// No such live appointment in the account.
    #[error("there is no such appointment")]
    NoSuchAppointment,
    /// Fewer seats are free than needed.
    #[error("no seat is free")]
    Full,
    /// It is not known yet: ask again.
    #[error("the appointment is being changed")]
    InProgress,
}

/// An appointment to be cancelled, for all of its people or some.
#[derive(Clone, Debug)]
pub struct Cancellation {
    /// The appointment.
    pub appointment: AppointmentId,
    /// Whose account.
    pub account: AccountId,
    /// For whom; empty means everybody.
    pub beneficiaries: Vec<BeneficiaryId>,
    /// What to send when it went through.
    pub message: Option<Message>,
    /// When it was asked.
    pub at: Timestamp,
}

/// Why an appointment was not cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotCancelled {
    /// No such appointment in the account, or none of these people in it.
    #[error("there is no such appointment")]
    NoSuchAppointment,
    /// The dose was given.
    #[error("the dose has been given")]
    Done,
}

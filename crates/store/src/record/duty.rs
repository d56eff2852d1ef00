//! Holds, releases by two people, and incidents.

use domain::{
    id::{BeneficiaryId, HomeBucket, StaffId},
    incident::Clocks,
};
use jiff::Timestamp;
use uuid::Uuid;

/// What was believed of the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockRow {
    /// The latest instant that was believed.
    pub seen_at: Timestamp,
    /// When the operator last said that the clock is right, if ever.
    pub confirmed_at: Option<Timestamp>,
}

/// That a record must not go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldRow {
    /// Its id.
    pub id: Uuid,
    /// Whose record.
    pub beneficiary: BeneficiaryId,
    /// Who ordered it and in which case, sealed.
    pub sealed: Vec<u8>,
    /// Since when.
    pub held_at: Timestamp,
    /// When it was lifted, if it was.
    pub lifted_at: Option<Timestamp>,
}

/// What two people let go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReleaseKind {
    /// That somebody be erased.
    Erasure,
    /// The notices of an incident.
    Notices,
}

impl ReleaseKind {
    pub(crate) const fn number(self) -> i16 {
        match self {
            Self::Erasure => 0,
            Self::Notices => 1,
        }
    }
}

/// What is let go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReleaseOf {
    /// Where it is kept.
    pub bucket: HomeBucket,
    /// What it is about.
    pub subject: Uuid,
    /// What happens.
    pub kind: ReleaseKind,
}

/// That somebody lets something go, or agrees to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreeing {
    /// What.
    pub of: ReleaseOf,
    /// Who.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
    /// What was let go before this instant was something else, and counts no more.
    pub since: Timestamp,
}

/// How far a release is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReleaseRow {
    /// Who let it go first.
    pub first: (StaffId, Timestamp),
    /// Who agreed, if somebody did.
    pub second: Option<(StaffId, Timestamp)>,
}

/// What is done about an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IncidentStep {
    /// CERT-In was told.
    Reported,
    /// The notices went to the outbox.
    Told,
    /// The Board has its file.
    Filed,
    /// It is closed.
    Closed,
}

/// An incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncidentRow {
    /// Its id, whose first 16 bits say where it is kept.
    pub id: Uuid,
    /// What happened, sealed.
    pub sealed: Vec<u8>,
    /// How many are affected.
    pub people: u64,
    /// By when who is told.
    pub times: Clocks,
    /// When CERT-In was told, if it was.
    pub reported_at: Option<Timestamp>,
    /// When the notices went to the outbox, if they did.
    pub told_at: Option<Timestamp>,
    /// When the Board had its file, if it has.
    pub filed_at: Option<Timestamp>,
    /// When it was closed, if it is.
    pub closed_at: Option<Timestamp>,
}

impl IncidentRow {
    /// Where an incident is kept: the first 16 bits of its id.
    pub const fn bucket_of(id: Uuid) -> HomeBucket {
        let bytes = id.as_bytes();
        HomeBucket(u16::from_be_bytes([bytes[0], bytes[1]]))
    }
}

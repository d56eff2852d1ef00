//! What researchers and others report.

use domain::reported::Outcome;
use jiff::Timestamp;
use uuid::Uuid;

/// A report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportRow {
    /// Its id, whose first 16 bits say where it is kept.
    pub id: Uuid,
    /// Its own key, wrapped.
    pub wrapped_key: Vec<u8>,
    /// Keyed digest of the receipt.
    pub secret: [u8; 32],
    /// What was reported, sealed.
    pub sealed: Vec<u8>,
    /// When it came.
    pub received_at: Timestamp,
    /// Until when somebody is to look at it.
    pub acknowledge_by: Timestamp,
    /// Until when it is to be closed.
    pub close_by: Timestamp,
    /// When somebody first looked at it, if somebody did.
    pub acknowledged_at: Option<Timestamp>,
    /// When it was closed and what came of it, if it was.
    pub closed: Option<(Timestamp, Outcome)>,
}

/// Where a report stands in the list of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportPlace {
    /// When it came.
    pub received_at: Timestamp,
    /// Its id.
    pub id: Uuid,
}

impl ReportPlace {
    /// Before all others.
    pub const FIRST: Self = Self { received_at: Timestamp::UNIX_EPOCH, id: Uuid::nil() };
}

impl ReportRow {
    /// Where it stands in the list of all.
    pub const fn place(&self) -> ReportPlace {
        ReportPlace { received_at: self.received_at, id: self.id }
    }
}

/// That a report is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closing {
    /// Which.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// What came of it.
    pub outcome: Outcome,
    /// Until when it is kept.
    pub kept_until: Timestamp,
}

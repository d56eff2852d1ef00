//! Accounts that are watched, alarms, records opened by two, and what sessions and doses need.

use domain::{
    dose::Dose,
    id::{BeneficiaryId, DistrictId, DoseId, FacilityId, SessionId, StaffId},
};
use jiff::Timestamp;
use uuid::Uuid;

/// Whether an account may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// As it likes.
    Free,
    /// Slowly.
    Slowed,
    /// Not at all, until another person releases it.
    Held,
}

impl Standing {
    /// As a column holds it.
    pub const fn number(self) -> i16 {
        match self {
            Self::Free => 0,
            Self::Slowed => 1,
            Self::Held => 2,
        }
    }

    /// The standing of a column's number.
    pub const fn from_number(number: i16) -> Self {
        match number {
            0 => Self::Free,
            1 => Self::Slowed,
            _ => Self::Held,
        }
    }
}

/// What an account did, to be counted.
#[derive(Clone, Debug)]
pub struct WatchStep {
    /// Whose account.
    pub who: StaffId,
    /// Where, for those of a facility.
    pub facility: Option<FacilityId>,
    /// Where, for those of a district or facility.
    pub district: Option<DistrictId>,
    /// People met.
    pub reads: u32,
    /// Of these, without an explanation.
    pub unexplained: u32,
    /// Codes and passwords tried.
    pub lookups: u32,
    /// Of these, wrong.
    pub misses: u32,
    /// What is added to the sum over reads, which never falls below nothing.
    pub read_add: i64,
    /// What is added to the sum over look-ups, which never falls below nothing.
    pub miss_add: i64,
    /// What is added to the sum over those without a dose, which never falls below nothing.
    pub undosed_add: i64,
    /// Signs it out everywhere, from this instant on.
    pub sign_out: Option<Timestamp>,
}

/// An account as it is watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// Whose account.
    pub who: StaffId,
    /// Where, for those of a facility.
    pub facility: Option<FacilityId>,
    /// Where, for those of a district or facility.
    pub district: Option<DistrictId>,
    /// People met, and of these without an explanation.
    pub reads: (u64, u64),
    /// Codes and passwords tried, and of these wrong.
    pub lookups: (u64, u64),
    /// The sum over reads.
    pub read_score: i64,
    /// The sum over look-ups.
    pub miss_score: i64,
    /// The sum over those without a dose.
    pub undosed_score: i64,
    /// Whether it may go on.
    pub standing: Standing,
    /// Sign-ins from before do not count.
    pub signed_out_at: Timestamp,
}

/// Something that an officer has to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmRow {
    /// Its id.
    pub id: Uuid,
    /// What it is about.
    pub kind: String,
    /// Whose account did it.
    pub who: StaffId,
    /// Where, if it has a place.
    pub facility: Option<FacilityId>,
    /// Where, if it has a place.
    pub district: Option<DistrictId>,
    /// When.
    pub at: Timestamp,
}

/// A record that two members of staff open together. Without Debug: it names a person.
#[derive(Clone, PartialEq, Eq)]
pub struct EmergencyRow {
    /// Its id.
    pub id: Uuid,
    /// Where both work.
    pub facility: FacilityId,
    /// Whose record.
    pub beneficiary: BeneficiaryId,
    /// Why, sealed.
    pub reason: Vec<u8>,
    /// Who asked.
    pub asked_by: StaffId,
    /// When.
    pub asked_at: Timestamp,
    /// Who agreed, and until when it opens; none while nobody did.
    pub agreed: Option<(StaffId, Timestamp)>,
}

/// A second person's agreement.
#[derive(Clone, Copy, Debug)]
pub struct Agreement {
    /// Where.
    pub facility: FacilityId,
    /// To what.
    pub id: Uuid,
    /// By whom.
    pub by: StaffId,
    /// What was asked before counts no more.
    pub asked_after: Timestamp,
    /// Until when it opens.
    pub until: Timestamp,
}

/// A session that another person than who published it has to open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProposalRow {
    /// Where.
    pub facility: FacilityId,
    /// Which.
    pub session: SessionId,
    /// Who published it.
    pub proposed_by: StaffId,
    /// Who opened it; none while nobody did.
    pub agreed_by: Option<StaffId>,
}

/// Vial-doses of a lot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockRow {
    /// Where.
    pub facility: FacilityId,
    /// What.
    pub vaccine: String,
    /// Maker's production lot.
    pub lot: String,
    /// How many were received.
    pub received: u32,
    /// How many were taken out.
    pub given: u32,
}

/// A vial-dose that a dose takes.
#[derive(Clone, Debug)]
pub struct StockUse {
    /// Where.
    pub facility: FacilityId,
    /// Which dose takes it.
    pub dose: DoseId,
    /// What.
    pub vaccine: String,
    /// Maker's production lot.
    pub lot: String,
}

impl StockUse {
    /// What a dose takes.
    pub fn of(dose: &Dose) -> Self {
        Self {
            facility: dose.facility,
            dose: dose.id,
            vaccine: dose.vaccine.to_ascii_uppercase(),
            lot: dose.lot.clone(),
        }
    }
}

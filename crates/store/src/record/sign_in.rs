//! One-time passwords, limits and staff.

use domain::id::{DistrictId, FacilityId, StaffId, StateId};
use jiff::Timestamp;
use uuid::Uuid;

use super::Message;

/// A one-time password on its way to a mobile.
#[derive(Clone, Debug)]
pub struct SignInCode {
    /// The transaction's id; carries the home bucket.
    pub id: Uuid,
    /// Where it is kept: the bucket of the mobile.
    pub bucket: u16,
    /// Keyed blind index of the mobile.
    pub mobile_index: [u8; 32],
    /// The mobile, sealed under the message key and bound to the id.
    pub mobile: Vec<u8>,
    /// Keyed digest of the password.
    pub code: [u8; 32],
    /// What it lets one do: 0 public, 1 partner, 2 portal, 3 staff, 4 status.
    pub audience: i16,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// From when on it is of no use.
    pub expires_at: Timestamp,
    /// The message that carries it.
    pub message: Message,
}

/// A try of a one-time password.
#[derive(Clone, Debug)]
pub struct CodeTry {
    /// The transaction.
    pub id: Uuid,
    /// Where it is kept.
    pub bucket: u16,
    /// Keyed blind index of the transaction's mobile.
    pub mobile_index: [u8; 32],
    /// Keyed digest of what was typed.
    pub typed: [u8; 32],
    /// When.
    pub at: Timestamp,
    /// Wrong tries after which a code is dead.
    pub max_tries: i16,
}

/// A one-time password that was sent, without the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentCode {
    /// Keyed blind index of the mobile.
    pub mobile_index: [u8; 32],
    /// The mobile, sealed under the message key and bound to the transaction's id.
    pub mobile: Vec<u8>,
    /// What it lets one do.
    pub audience: i16,
    /// From when on it is of no use.
    pub expires_at: Timestamp,
}

/// Why a one-time password did not let one in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoMatch {
    /// No such transaction.
    #[error("there is no such sign-in")]
    Unknown,
    /// Too late, used, or tried too often.
    #[error("the one-time password has expired")]
    Expired,
    /// Wrong.
    #[error("the one-time password is wrong")]
    Wrong,
}

/// An addition to a counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bump {
    /// Keyed digest of what is counted.
    pub key: [u8; 32],
    /// Begin of the span that is counted over.
    pub window: Timestamp,
    /// How much is added; 0 only reads.
    pub by: u32,
    /// From when on the counter is of no use.
    pub expires_at: Timestamp,
}

/// What a person who works here may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StaffRole {
    /// Gives vaccines at a facility.
    Vaccinator,
    /// Runs a facility.
    FacilityManager,
    /// Runs a district.
    DistrictOfficer,
    /// Looks at counts and logs.
    Auditor,
}

impl StaffRole {
    /// All roles.
    pub const ALL: [Self; 4] =
        [Self::Vaccinator, Self::FacilityManager, Self::DistrictOfficer, Self::Auditor];

    /// Its word in files and tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Vaccinator => "vaccinator",
            Self::FacilityManager => "facility_manager",
            Self::DistrictOfficer => "district_officer",
            Self::Auditor => "auditor",
        }
    }

    /// The role with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word.trim())
    }
}

/// A person who works here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffRow {
    /// Id.
    pub id: StaffId,
    /// Keyed blind index of the mobile, which is how they sign in; its first 16 bits are the
    /// bucket.
    pub mobile_index: [u8; 32],
    /// Their data key, wrapped.
    pub wrapped_key: Vec<u8>,
    /// Sealed name.
    pub name: Vec<u8>,
    /// What they are.
    pub role: StaffRole,
    /// Where, for those of a facility.
    pub facility: Option<FacilityId>,
    /// Where, for those of a district.
    pub district: Option<DistrictId>,
    /// Where, for those of a state.
    pub state: Option<StateId>,
    /// Whether they may sign in.
    pub active: bool,
}

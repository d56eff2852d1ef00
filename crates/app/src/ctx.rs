//! Who asks, and when: made once at the edge, handed to every use case.

use std::{fmt, sync::Arc};

use domain::id::{AccountId, DistrictId, FacilityId, StaffId, StateId};
use jiff::{Timestamp, civil::Date};
pub use store::StaffRole;
use uuid::{Builder, Uuid};

use crate::clock::{self, Entropy};

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Nobody in particular.
    Anyone,
    /// Someone who proved that a mobile is theirs.
    Resident {
        /// The people of that mobile.
        account: AccountId,
    },
    /// Someone who works here.
    Staff(StaffActor),
    /// A state government's program, by its key: the vaccinator API of the contract.
    StateProgram {
        /// The state, or none for the whole country.
        state: Option<StateId>,
    },
    /// The platform itself: workers and the command line of its operator.
    System,
}

/// Someone who works here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaffActor {
    /// Who.
    pub id: StaffId,
    /// What they are.
    pub role: StaffRole,
    /// Where, for those of a facility.
    pub facility: Option<FacilityId>,
    /// Where, for those of a district.
    pub district: Option<DistrictId>,
    /// Where, for those of a state.
    pub state: Option<StateId>,
}

/// One request's view of the world.
#[derive(Clone)]
pub struct Ctx {
    /// Who asks.
    pub actor: Actor,
    /// When.
    pub now: Timestamp,
    /// Where random bytes come from.
    pub entropy: Arc<dyn Entropy>,
}

impl fmt::Debug for Ctx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ctx")
            .field("actor", &self.actor)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

impl Ctx {
    /// The country's date.
    pub fn today(&self) -> Date {
        clock::date_at(self.now)
    }

    /// Who acts, as kept with what they did; the platform and state programs have a number of their
    /// own.
    pub(crate) fn staff_id(&self) -> StaffId {
        match self.actor {
            Actor::Staff(staff) => staff.id,
            Actor::StateProgram { state } => {
                StaffId(Uuid::from_u128(1 + u128::from(state.map_or(0, |s| s.0.unsigned_abs()))))
            }
            _ => StaffId(Uuid::nil()),
        }
    }

    /// Random bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes);
        bytes
    }

    /// A random id, version 4.
    pub fn random_uuid(&self) -> Uuid {
        Builder::from_random_bytes(self.random()).into_uuid()
    }

    /// A time-ordered id, version 7.
    pub fn ordered_uuid(&self) -> Uuid {
        let milliseconds = u64::try_from(self.now.as_millisecond()).unwrap_or(0);
        Builder::from_unix_timestamp_millis(milliseconds, &self.random()).into_uuid()
    }
}

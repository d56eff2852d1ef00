//! Who asks, and when: made once at the edge, handed to every use case.

use std::{fmt, sync::Arc};

use domain::id::{AccountId, DistrictId, FacilityId, StaffId, StateId};
use jiff::{Timestamp, civil::Date};
pub use store::StaffRole;
use uuid::{Builder, Uuid};

use crate::{
    access::opening::Ground,
    clock::{self, Entropy},
};

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
    /// Until when it counts that they proved who they are, by as much as the operator asks of staff;
    /// none if they did not.
    pub strong_until: Option<Timestamp>,
}

impl StaffActor {
    /// Whether they proved who they are, by as much as the operator asks of staff, and it still counts.
    pub fn is_strong(&self, now: Timestamp) -> bool {
        self.strong_until.is_some_and(|until| until > now)
    }
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
    /// On what grounds others than their own account may open somebody's fields.
    grounds: Vec<Ground>,
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
    /// The view of a request that has shown nothing yet.
    pub const fn new(actor: Actor, now: Timestamp, entropy: Arc<dyn Entropy>) -> Self {
        Self { actor, now, entropy, grounds: Vec::new() }
    }

    /// The same request, of somebody else. What was shown to one is not shown to the other.
    #[must_use]
    pub fn acting(&self, actor: Actor) -> Self {
        Self::new(actor, self.now, Arc::clone(&self.entropy))
    }

    /// The same request, on one ground more.
    pub(crate) fn on(&self, ground: Ground) -> Self {
        let mut more = self.clone();
        more.grounds.push(ground);
        more
    }

    /// On what grounds it stands.
    pub(crate) fn grounds(&self) -> &[Ground] {
        &self.grounds
    }

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

    /// Whether this member of staff acts.
    pub fn is_staff(&self, id: StaffId) -> bool {
        matches!(self.actor, Actor::Staff(staff) if staff.id == id)
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

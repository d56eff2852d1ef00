//! The part of a store that keeps how accounts behave, what officers have to look at, and what needs a
//! second person or a vial-dose.

use async_trait::async_trait;
use domain::id::{FacilityId, SessionId, StaffId};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    StoreResult,
    record::{
        Agreement, AlarmRow, EmergencyRow, ProposalRow, Standing, StockRow, StockUse, WatchStep,
        Watched,
    },
};

/// What is watched.
#[async_trait]
pub trait WatchStore {
    /// Counts what accounts did; gives what they then are.
    async fn watch(&self, steps: &[WatchStep]) -> StoreResult<Vec<Watched>>;
    /// An account as it is watched; none for one that did nothing yet.
    async fn watched(&self, who: StaffId) -> StoreResult<Option<Watched>>;
    /// Gives an account another standing, if it has the one that is named; then both sums begin
    /// anew if it is free again.
    async fn set_standing(
        &self,
        who: StaffId,
        from: Standing,
        to: Standing,
        at: Timestamp,
    ) -> StoreResult<bool>;
    /// Accounts that got another standing or were signed out at or after an instant. A scatter read
    /// for every process.
    async fn watched_since(&self, at: Timestamp) -> StoreResult<Vec<Watched>>;
    /// Keeps an alarm; false if it is there already.
    async fn raise_alarm(&self, alarm: &AlarmRow) -> StoreResult<bool>;
    /// Alarms from an instant on, the newest first, at most `limit`. A scatter read for officers.
    async fn alarms_since(&self, at: Timestamp, limit: u32) -> StoreResult<Vec<AlarmRow>>;

    /// Keeps digests of made-up people and accounts.
    async fn put_canaries(&self, digests: &[[u8; 32]], at: Timestamp) -> StoreResult<()>;
    /// The digests of those that were made at or after an instant, each with when.
    async fn canaries_since(&self, at: Timestamp) -> StoreResult<Vec<([u8; 32], Timestamp)>>;

    // What two do together.

    /// Keeps that somebody asks to open a record in an emergency.
    async fn ask_emergency(&self, asked: &EmergencyRow) -> StoreResult<()>;
    /// A second person agrees: not who asked, not twice, and not to what was asked long ago.
    async fn agree_emergency(&self, agreement: &Agreement) -> StoreResult<bool>;
    /// What was asked; none if there is no such thing at the facility.
    async fn emergency(&self, facility: FacilityId, id: Uuid) -> StoreResult<Option<EmergencyRow>>;
    /// What was asked at a facility from an instant on, the newest first.
    async fn emergencies(
        &self,
        facility: FacilityId,
        since: Timestamp,
    ) -> StoreResult<Vec<EmergencyRow>>;
    /// Keeps who published a session, which another person has to open; the first time counts.
    async fn propose_session(&self, proposal: &ProposalRow) -> StoreResult<()>;
    /// A second person agrees to open a session; false to who published it. True where nobody has
    /// to agree, or somebody did.
    async fn agree_session(
        &self,
        facility: FacilityId,
        session: SessionId,
        by: StaffId,
    ) -> StoreResult<bool>;

    // Vial-doses.

    /// Adds vial-doses that a facility received.
    async fn receive_stock(&self, received: &StockRow) -> StoreResult<()>;
    /// Takes a vial-dose out for a dose; false if none is left. Taking twice for one dose takes once.
    async fn take_stock(&self, taken: &StockUse) -> StoreResult<bool>;
    /// Gives back what was taken for a dose that was not recorded. Doing so twice is harmless.
    async fn return_stock(&self, taken: &StockUse) -> StoreResult<()>;
    /// The stock of a facility, in order of vaccine and lot.
    async fn stock(&self, facility: FacilityId) -> StoreResult<Vec<StockRow>>;
}

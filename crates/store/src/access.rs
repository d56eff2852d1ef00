//! The part of a store that keeps who opened which fields of whom.

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    StoreResult,
    record::{AccessHead, AccessOf, AccessRow, KeptAccess, LeafPlan, PlannedLeaf},
};

/// Accesses: each person has a list of their own, which only grows at its end.
#[async_trait]
pub trait AccessStore {
    /// The last access of each person; none for who has none.
    async fn access_heads(&self, people: &[AccessOf]) -> StoreResult<Vec<Option<AccessHead>>>;
    /// Keeps accesses: true once one is durable, false and nothing for one that does not follow the
    /// last of its person. Several of one person stand in their order.
    async fn put_accesses(&self, accesses: &[AccessRow]) -> StoreResult<Vec<bool>>;
    /// The accesses of a person behind a number, in order, at most `limit`.
    async fn accesses_after(
        &self,
        of: AccessOf,
        number: u64,
        limit: u32,
    ) -> StoreResult<Vec<KeptAccess>>;

    /// Accesses that have a leaf, with its number, behind the last one that was read, in an order of
    /// their own, at most `limit`. A scatter read for whoever makes anew what is beside the log.
    async fn logged_accesses(
        &self,
        after: Option<(AccessOf, u64)>,
        limit: u32,
    ) -> StoreResult<Vec<(u64, PlannedLeaf)>>;

    // The log of accesses: one process at a time appends to it, by a plan that outlives it.

    /// Accesses that have no leaf yet, the oldest first, at most `limit`. A scatter read for whoever
    /// appends to the log.
    async fn waiting_accesses(&self, limit: u32) -> StoreResult<Vec<PlannedLeaf>>;
    /// Takes the turn of appending until `until`, or keeps it; gives what was planned and not settled,
    /// with no leaves if that is nothing, and none while it is another's turn.
    async fn take_log_turn(
        &self,
        holder: Uuid,
        now: Timestamp,
        until: Timestamp,
    ) -> StoreResult<Option<LeafPlan>>;
    /// Plans what is appended next; false and nothing if it is another's turn, something else is
    /// planned, or the plan does not begin where the last one ended.
    async fn plan_leaves(&self, holder: Uuid, plan: &LeafPlan) -> StoreResult<bool>;
    /// Gives each access of a plan its leaf, then ends the plan. Doing so twice is harmless.
    async fn settle_leaves(&self, plan: &LeafPlan) -> StoreResult<()>;
}

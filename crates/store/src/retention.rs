//! The part of a store in which things go by the clock, and do not go because somebody holds them.

use async_trait::async_trait;
use domain::{id::BeneficiaryId, retention::Rule};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::{
    StoreResult,
    record::{Agreeing, ClockRow, HoldRow, ReleaseOf, ReleaseRow},
};

/// Rows that are past their time, legal holds, and what two people let go together.
#[async_trait]
pub trait RetentionStore: Send + Sync {
    /// How many rows of a table are past their time. A scatter read for the operator.
    async fn expired(&self, rule: &'static Rule, now: Timestamp) -> StoreResult<u64>;
    /// Deletes rows of a table that are past their time, about `limit` of them; gives how many. It is
    /// short: what care writes does not wait for it.
    async fn expire(&self, rule: &'static Rule, now: Timestamp, limit: u32) -> StoreResult<u64>;

    /// Keeps that a record must not go; false if this hold is there already.
    async fn put_hold(&self, hold: &HoldRow) -> StoreResult<bool>;
    /// Lifts a hold; false if there is none of this id, or it was lifted.
    async fn lift_hold(&self, of: BeneficiaryId, id: Uuid, at: Timestamp) -> StoreResult<bool>;
    /// Which of these people's records must not go.
    async fn held(&self, people: &[BeneficiaryId]) -> StoreResult<Vec<bool>>;
    /// All holds that were not lifted, in the order in which they came, at most `limit`. A scatter read
    /// for the operator.
    async fn holds(&self, limit: u32) -> StoreResult<Vec<HoldRow>>;

    /// Notes that somebody lets something go: the first of two, or the second if they are another person.
    /// Gives how far it is then; whoever comes twice changes nothing.
    async fn agree(&self, one: &Agreeing) -> StoreResult<ReleaseRow>;
    /// How far releases are; none for what nobody let go.
    async fn releases(&self, of: &[ReleaseOf]) -> StoreResult<Vec<Option<ReleaseRow>>>;

    /// What was believed of the clock; none before the first time.
    async fn believed_clock(&self) -> StoreResult<Option<ClockRow>>;
    /// Believes a later instant, unless that is further ahead of the one before than this. Whoever comes
    /// with an earlier one changes nothing.
    async fn believe_clock(&self, now: Timestamp, at_most: SignedDuration) -> StoreResult<()>;
    /// The operator says that it is now, whatever was believed before.
    async fn confirm_clock(&self, now: Timestamp) -> StoreResult<()>;
    /// What the clock of the store's own machine says; none where that is this one.
    async fn own_clock(&self) -> StoreResult<Option<Timestamp>>;
}

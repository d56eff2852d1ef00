//! Where status lists say whether a credential is withdrawn.

use async_trait::async_trait;

use crate::{
    StoreResult,
    record::{NotAllotted, StatusEntry, StatusWish, WithdrawnEntry, WithdrawnPlace},
};

/// What the platform keeps of status lists. That an entry is withdrawn is not kept: it follows from
/// its certificate, in the transaction that withdraws that one.
#[async_trait]
pub trait StatusStore: Send + Sync {
    /// Gives credentials entries of status lists, none of which another has.
    async fn allot_status(
        &self,
        wishes: &[StatusWish],
    ) -> StoreResult<Vec<Result<StatusEntry, NotAllotted>>>;
    /// Entries of withdrawn certificates behind a place in the list of them, in order, at most
    /// `limit`. A scatter read for whoever publishes the lists.
    async fn withdrawn_entries(
        &self,
        after: WithdrawnPlace,
        limit: u32,
    ) -> StoreResult<Vec<WithdrawnEntry>>;
    /// The number of the newest list that has an entry. A scatter read for the same.
    async fn newest_status_list(&self) -> StoreResult<Option<u32>>;
}

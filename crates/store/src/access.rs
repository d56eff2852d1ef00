//! The part of a store that keeps who opened which fields of whom.

use async_trait::async_trait;

use crate::{
    StoreResult,
    record::{AccessHead, AccessOf, AccessRow, KeptAccess},
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
}

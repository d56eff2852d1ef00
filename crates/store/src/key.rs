//! The part of a store that gives wrapped keys out to be wrapped anew.

use async_trait::async_trait;

use crate::{
    Store, StoreResult,
    record::{KeyChange, KeyRow, KeyTable},
};

/// Wrapped keys, read in order and replaced one by one while others go on working.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// Wrapped keys of a table behind those that were read last, at most `limit`, each once. A scatter
    /// read for whoever rotates.
    async fn wrapped_keys(
        &self,
        table: KeyTable,
        after: Option<&KeyRow>,
        limit: u32,
    ) -> StoreResult<Vec<KeyRow>>;
    /// Replaces keys by the same ones wrapped anew; false for those that are not as they were read.
    async fn replace_keys(&self, changes: &[KeyChange]) -> StoreResult<Vec<bool>>;
    /// Lets go of everybody who has no wrapped keys: in a copy that was read back, they were erased since
    /// it was made. Gives how many.
    async fn forget_keyless(&self) -> StoreResult<u64>;
    /// How many wrapped keys there are. A scatter read for the same.
    async fn key_count(&self) -> StoreResult<u64>;
}

/// How many keys are read at once.
const BATCH: u32 = 1_000;

/// Everybody's wrapped keys, a thousand at a time.
pub struct AllKeys<'a> {
    store: &'a dyn Store,
    left: std::slice::Iter<'static, KeyTable>,
    table: Option<&'static KeyTable>,
    last: Option<KeyRow>,
}

impl<'a> AllKeys<'a> {
    /// Those of a store, from the first.
    pub fn of(store: &'a dyn Store) -> Self {
        let mut left = KeyTable::ALL.iter();
        let table = left.next();
        Self { store, left, table, last: None }
    }

    /// The next of them; none once all were read.
    ///
    /// # Errors
    ///
    /// If the store is not available.
    pub async fn next(&mut self) -> StoreResult<Option<Vec<KeyRow>>> {
        while let Some(table) = self.table {
            let rows = self.store.wrapped_keys(*table, self.last.as_ref(), BATCH).await?;
            self.last = rows.last().cloned();
            if !rows.is_empty() {
                return Ok(Some(rows));
            }
            self.table = self.left.next();
        }
        Ok(None)
    }
}

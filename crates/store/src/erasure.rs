//! The part of a store that erases people.

use async_trait::async_trait;
use domain::id::{AccountId, BeneficiaryId};
use jiff::{Timestamp, civil::Date};

use crate::{
    StoreResult,
    record::{ErasureRow, NotErasable},
};

/// Erasures: asked for, taken back until they are due, and then done.
#[async_trait]
pub trait ErasureStore: Send + Sync {
    /// Keeps that an account asks for the erasure of one of its people; the first asking counts. What
    /// was missed before `today` does not stand in the way.
    async fn ask_erasure(
        &self,
        asked: &ErasureRow,
        today: Date,
    ) -> StoreResult<Result<ErasureRow, NotErasable>>;
    /// Takes back what was asked for and not done; false if there is no such thing.
    async fn withdraw_erasure(
        &self,
        account: AccountId,
        beneficiary: BeneficiaryId,
    ) -> StoreResult<bool>;
    /// What an account asked for, done or not, in order of asking.
    async fn erasures_of(&self, account: AccountId) -> StoreResult<Vec<ErasureRow>>;
    /// Since when each of these is in the register no more: erased, or merged into another record. None
    /// for who is there, and for who never was.
    async fn gone(&self, ids: &[BeneficiaryId]) -> StoreResult<Vec<Option<Timestamp>>>;
    /// What is due, behind the last one that was read, in order of the day on which it is, at most
    /// `limit`. A scatter read for the worker that does it and the officers who let it go.
    async fn due_erasures(
        &self,
        now: Timestamp,
        after: Option<&ErasureRow>,
        limit: u32,
    ) -> StoreResult<Vec<ErasureRow>>;
    /// Erases somebody: their row goes with their wrapped keys and the fingerprint of their document,
    /// those of records that went into theirs too, and the account with its last person. Doses,
    /// sealed certificates and commitments to accesses stay, which nothing opens any more. What a
    /// crash leaves half is done by asking again.
    async fn erase(
        &self,
        due: &ErasureRow,
        at: Timestamp,
        today: Date,
    ) -> StoreResult<Result<(), NotErasable>>;
}

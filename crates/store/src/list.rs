//! The part of a store that keeps where people's records came from, and where those are who may meet
//! them: what an inquiry holds a specimen against.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{
    StoreResult,
    record::{CameBy, ListNo, ListRow, NewList, StaffPlace},
};

/// What a list is and came to.
#[async_trait]
pub trait ListStore {
    /// Keeps that a list comes in and gives its number; that of a file that came before, as it was then.
    async fn put_list(&self, list: &NewList) -> StoreResult<ListRow>;
    /// Forgets a list by which nobody came; false if somebody did. A scatter write of the operator.
    async fn drop_list(&self, number: ListNo) -> StoreResult<bool>;
    /// Every list, in order of their numbers.
    async fn lists(&self) -> StoreResult<Vec<ListRow>>;
    /// How many people are registered. A scatter read for who inquires.
    async fn people_count(&self) -> StoreResult<u64>;
    /// How many people of each place came by each list, in order: of those who were registered until an
    /// instant. A scatter read for who inquires.
    async fn came_by(&self, until: Timestamp) -> StoreResult<Vec<CameBy>>;
    /// Where each account of staff is, closed ones too, in order of their ids. A scatter read for who
    /// inquires.
    async fn staff_places(&self) -> StoreResult<Vec<StaffPlace>>;
}

//! The part of a store that keeps what researchers and others report.

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    StoreResult,
    record::{Closing, ReportPlace, ReportRow},
};

/// Reports, from the day they come until a year after they are closed.
#[async_trait]
pub trait ReportStore {
    /// Keeps a report; false if one with its id is there.
    async fn put_report(&self, report: &ReportRow) -> StoreResult<bool>;
    /// A report.
    async fn report(&self, id: Uuid) -> StoreResult<Option<ReportRow>>;
    /// Reports behind a place in the list of all, in order of their coming, at most `limit`. A scatter
    /// read for the operator.
    async fn reports(&self, after: ReportPlace, limit: u32) -> StoreResult<Vec<ReportRow>>;
    /// Notes that somebody looks at a report; false if somebody did before, or there is none.
    async fn acknowledge_report(&self, id: Uuid, at: Timestamp) -> StoreResult<bool>;
    /// Closes a report, which somebody has then looked at; false if it is closed, or there is none.
    async fn close_report(&self, closing: &Closing) -> StoreResult<bool>;
}

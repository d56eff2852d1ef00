//! The part of a store that keeps incidents.

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    StoreResult,
    record::{AccessOf, IncidentRow, IncidentStep},
};

/// Incidents, their deadlines, and whom they affect.
#[async_trait]
pub trait IncidentStore: Send + Sync {
    /// Keeps an incident with the parts of the list of whom it affects; false if it is there already.
    async fn put_incident(&self, incident: &IncidentRow, parts: &[Vec<u8>]) -> StoreResult<bool>;
    /// An incident.
    async fn incident(&self, id: Uuid) -> StoreResult<Option<IncidentRow>>;
    /// All incidents, in the order in which they were confirmed, at most `limit`. A scatter read for
    /// the operator and for officers.
    async fn incidents(&self, limit: u32) -> StoreResult<Vec<IncidentRow>>;
    /// A part of the list of whom an incident affects, from 0; none behind the last.
    async fn incident_part(&self, id: Uuid, part: u32) -> StoreResult<Option<Vec<u8>>>;
    /// Notes that something was done; false if it was before, or there is no such incident.
    async fn mark_incident(&self, id: Uuid, step: IncidentStep, at: Timestamp)
    -> StoreResult<bool>;
    /// Whose lists of accesses have an entry of at or after `from` and before `until`, behind the last
    /// one that was read, in an order of their own, at most `limit`. A scatter read for the operator.
    async fn opened_between(
        &self,
        from: Timestamp,
        until: Timestamp,
        after: Option<AccessOf>,
        limit: u32,
    ) -> StoreResult<Vec<AccessOf>>;
}

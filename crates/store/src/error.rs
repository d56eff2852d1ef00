//! Why the machinery did not work, and whether asking again may help.

use std::sync::Arc;

/// Why the store gave no answer. What it says is technical and holds no value of any row.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// Busy, away or restarting: the same request may be asked again, with the same ids.
    #[error("the store is not available")]
    Unavailable(#[source] Cause),
    /// A fault: asking again will not help.
    #[error("the store refused a statement")]
    Broken(#[source] Cause),
}

/// The engine's own complaint, reduced to what cannot hold personal data.
pub(crate) type Cause = Arc<dyn std::error::Error + Send + Sync>;

/// What every store method gives.
pub type StoreResult<T> = Result<T, StoreError>;

/// A complaint as text: codes and the names of constraints, never a value.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Complaint(pub(crate) String);

impl StoreError {
    /// Unavailable, for this reason.
    pub fn unavailable(reason: impl Into<String>) -> Self {
        Self::Unavailable(Arc::new(Complaint(reason.into())))
    }

    /// Broken, for this reason.
    pub fn broken(reason: impl Into<String>) -> Self {
        Self::Broken(Arc::new(Complaint(reason.into())))
    }

    /// The store has been closed.
    pub(crate) fn stopped() -> Self {
        Self::unavailable("the store is closed")
    }
}

//! Search engines, each by the way that it documents: told of addresses that are gone, or asked
//! whether it still has them.

pub mod bing;
pub mod google;
pub mod indexnow;
pub mod inspection;

use super::http::Unreachable;

/// Why an engine does not do what it documents.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// A variable with a secret is not set.
    #[error("the variable {0} is not set")]
    NoSecret(String),
    /// It does not answer.
    #[error(transparent)]
    Away(#[from] Unreachable),
    /// It refuses.
    #[error("{0} answers {1}: {2}")]
    Refused(&'static str, u16, &'static str),
    /// What it answers is not of the documented shape.
    #[error("{0} answers something that is not of the documented shape")]
    Shape(&'static str),
}

//! What the keyholder is asked: it alone has the keys that wrap people's data keys, and those of blind
//! indexes. Who seals and opens fields asks it, across a socket or inside a test.

use async_trait::async_trait;

use crate::{BlindIndex, Index, OpenError, PersonId, Secret};

/// One thing that is asked of the keyholder.
#[derive(Clone)]
pub enum Ask {
    /// The keyed index of a value.
    Index {
        /// Of which column.
        column: Index,
        /// The value, normalised.
        text: Secret<String>,
    },
    /// New keys of a person, wrapped under the newest key-encryption key.
    Wrap {
        /// Whose.
        person: PersonId,
        /// The data key.
        data: Secret<[u8; 32]>,
        /// The key of what rules ask and of the person's list of accesses.
        rules: Secret<[u8; 32]>,
    },
    /// A value, sealed under a person's data key. It opens nothing, so it needs no receipt.
    Seal {
        /// Whose.
        person: PersonId,
        /// Their keys, wrapped.
        wrapped: Vec<u8>,
        /// Which field.
        field: String,
        /// The value.
        plain: Secret<Vec<u8>>,
    },
    /// The keys of some fields of a person, against the evidence that an access is in the ledger.
    Open {
        /// Whose.
        person: PersonId,
        /// Their keys, wrapped.
        wrapped: Vec<u8>,
        /// Which fields.
        fields: Vec<String>,
        /// Salt and entry of the access.
        evidence: Vec<u8>,
    },
    /// A person's keys, wrapped anew under the newest key-encryption key. No key leaves.
    Rewrap {
        /// Whose.
        person: PersonId,
        /// Their keys, wrapped.
        wrapped: Vec<u8>,
    },
}

/// What the keyholder answers.
#[derive(Clone)]
pub enum Told {
    /// To [`Ask::Index`].
    Index(BlindIndex),
    /// To [`Ask::Wrap`] and [`Ask::Rewrap`].
    Wrapped(Vec<u8>),
    /// To [`Ask::Seal`].
    Sealed(Vec<u8>),
    /// To [`Ask::Open`]: the keys of the fields, in their order.
    Opened(Vec<Secret<[u8; 32]>>),
    /// To any.
    Refused(Refusal),
}

/// Why the keyholder refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[repr(u8)]
pub enum Refusal {
    /// The wrapped keys are another person's, were changed, or their key-encryption key is gone.
    #[error("wrapped keys do not open")]
    DoesNotOpen = 1,
    /// The evidence is of another person, of other fields, too old, or was used.
    #[error("the access is not on record")]
    NotRecorded = 2,
    /// What was opened before is not in the public log yet.
    #[error("the ledger is behind, and nothing opens until it is not")]
    LedgerBehind = 3,
    /// The server had as many blind indexes today as it may have in a day.
    #[error("no more indexes are given today")]
    BudgetSpent = 4,
}

/// Why a key was not had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotDone {
    /// The keyholder does not answer. Asking again later may help.
    #[error("the keyholder cannot be reached")]
    Away,
    /// It refuses.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl From<OpenError> for NotDone {
    fn from(_: OpenError) -> Self {
        Self::Refused(Refusal::DoesNotOpen)
    }
}

/// The keys that a server works with by itself. None of them opens a person's name, document or
/// mobile, and none finds anybody.
pub struct ServerKeys {
    /// One for each of [`crate::SERVER_LABELS`], in their order.
    pub derived: Vec<Secret<[u8; 32]>>,
    /// For each version of the key-encryption key, what wraps the keys of rules.
    pub rules: Vec<(u32, Secret<[u8; 32]>)>,
}

/// Who holds the keys.
#[async_trait]
pub trait Holder: Send + Sync {
    /// What is answered, in the order in which it was asked.
    ///
    /// # Errors
    ///
    /// [`NotDone`] if nothing was answered at all.
    async fn ask(&self, asks: Vec<Ask>) -> Result<Vec<Told>, NotDone>;

    /// The keys that a server works with by itself.
    ///
    /// # Errors
    ///
    /// [`NotDone::Away`].
    async fn server_keys(&self) -> Result<ServerKeys, NotDone>;
}

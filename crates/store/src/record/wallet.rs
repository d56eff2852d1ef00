//! Certificates offered to wallets.

use domain::id::{AccountId, BeneficiaryId};
use jiff::Timestamp;
use uuid::Uuid;

use super::Message;

/// A certificate that is offered to whatever wallet brings the code.
#[derive(Clone, Debug)]
pub struct WalletOffer {
    /// Its id.
    pub id: Uuid,
    /// Who asked for it; their bucket is where it is kept.
    pub account: AccountId,
    /// Whose certificate.
    pub beneficiary: BeneficiaryId,
    /// Keyed digest of the code.
    pub code: [u8; 32],
    /// Keyed digest of the six digits that the message carries.
    pub transaction_code: [u8; 32],
    /// From when on the code is of no use.
    pub expires_at: Timestamp,
    /// The message that carries the six digits.
    pub message: Message,
}

/// A code and six digits, to be given for a token.
#[derive(Clone, Debug)]
pub struct OfferTry {
    /// The offer.
    pub id: Uuid,
    /// Where it is kept.
    pub bucket: u16,
    /// Keyed digest of the code.
    pub code: [u8; 32],
    /// Keyed digest of the six digits that were typed.
    pub typed: [u8; 32],
    /// When.
    pub at: Timestamp,
    /// Wrong tries after which an offer is void.
    pub max_tries: i16,
    /// Keyed digest of the token that is given for them.
    pub token: [u8; 32],
    /// From when on the token is of no use.
    pub token_expires_at: Timestamp,
}

/// Why no token is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRedeemed {
    /// No such offer, or another code.
    #[error("there is no such offer")]
    Unknown,
    /// Too late, used, or tried too often.
    #[error("the offer has expired")]
    Expired,
    /// The six digits are wrong.
    #[error("the transaction code is wrong")]
    Wrong,
}

/// A token of a wallet.
#[derive(Clone, Debug)]
pub struct WalletToken {
    /// The offer that it was given for.
    pub id: Uuid,
    /// Where that is kept.
    pub bucket: u16,
    /// Keyed digest of the token.
    pub token: [u8; 32],
    /// When it is shown.
    pub at: Timestamp,
}

/// Whose certificate a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WalletGrant {
    /// Who asked for it.
    pub account: AccountId,
    /// Whose certificate.
    pub beneficiary: BeneficiaryId,
}

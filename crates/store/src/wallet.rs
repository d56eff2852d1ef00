//! The part of a store that keeps certificates offered to wallets.

use async_trait::async_trait;

use crate::{
    StoreResult,
    record::{NotRedeemed, OfferTry, WalletGrant, WalletOffer, WalletToken},
};

/// Certificates offered to wallets, each of which is kept for minutes.
#[async_trait]
pub trait WalletOffers {
    /// Keeps offers, each with the message that carries its six digits. What was offered before for
    /// the same person and is still open is void.
    async fn put_offers(&self, offers: &[WalletOffer]) -> StoreResult<()>;
    /// Gives tokens for codes with their six digits, once for each. Wrong digits are counted against
    /// the offer.
    async fn redeem_offers(&self, tries: &[OfferTry]) -> StoreResult<Vec<Result<(), NotRedeemed>>>;
    /// Whose certificate a token is for; none for one that is not known, is too old or was used.
    async fn granted(&self, token: &WalletToken) -> StoreResult<Option<WalletGrant>>;
    /// Uses tokens up: true for the first who does.
    async fn spend_tokens(&self, tokens: &[WalletToken]) -> StoreResult<Vec<bool>>;
}

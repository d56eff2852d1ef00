//! Certificates offered to wallets.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, named_params};

use super::{
    Sqlite, each, message,
    value::{account_at, beneficiary_at},
};
use crate::{
    StoreResult, WalletOffers,
    record::{NotRedeemed, OfferTry, WalletGrant, WalletOffer, WalletToken},
    value::number,
};

#[async_trait]
impl WalletOffers for Sqlite {
    async fn put_offers(&self, offers: &[WalletOffer]) -> StoreResult<()> {
        let offers = offers.to_vec();
        self.write(move |c| offers.iter().try_for_each(|offer| put(c, offer))).await
    }

    async fn redeem_offers(&self, tries: &[OfferTry]) -> StoreResult<Vec<Result<(), NotRedeemed>>> {
        let tries = tries.to_vec();
        self.write(move |c| each(&tries, |one| redeem(c, one))).await
    }

    async fn granted(&self, token: &WalletToken) -> StoreResult<Option<WalletGrant>> {
        self.read(|c| granted(c, token))
    }

    async fn spend_tokens(&self, tokens: &[WalletToken]) -> StoreResult<Vec<bool>> {
        let tokens = tokens.to_vec();
        self.write(move |c| each(&tokens, |one| spend(c, one))).await
    }
}

/// Keeps an offer; one that was made before for the same person and is still open is void.
fn put(connection: &Connection, offer: &WalletOffer) -> rusqlite::Result<()> {
    const VOID: &str = "
        DELETE FROM wallet_offer
        WHERE beneficiary_id = :beneficiary AND account_id = :account AND offer_id <> :id
            AND token IS NULL";
    const PUT: &str = "
        INSERT INTO wallet_offer (offer_id, account_id, beneficiary_id, code, transaction_code,
            tries, expires_at)
        VALUES (:id, :account, :beneficiary, :code, :transaction_code, 0, :expires_at)
        ON CONFLICT DO NOTHING";
    connection.prepare_cached(VOID)?.execute(named_params! {
        ":beneficiary": number(offer.beneficiary),
        ":account": offer.account.uuid.as_bytes(),
        ":id": offer.id.as_bytes(),
    })?;
    connection.prepare_cached(PUT)?.execute(named_params! {
        ":id": offer.id.as_bytes(),
        ":account": offer.account.uuid.as_bytes(),
        ":beneficiary": number(offer.beneficiary),
        ":code": offer.code,
        ":transaction_code": offer.transaction_code,
        ":expires_at": offer.expires_at.as_millisecond(),
    })?;
    message::put(connection, &offer.message)
}

fn redeem(connection: &Connection, tried: &OfferTry) -> rusqlite::Result<Result<(), NotRedeemed>> {
    // All digests are keyed, so how long the comparisons take tells nothing.
    const OPEN: &str = "
        SELECT token IS NULL AND tries < :max_tries AND expires_at > :now
        FROM wallet_offer WHERE offer_id = :id AND code = :code";
    const REDEEM: &str = "
        UPDATE wallet_offer SET token = :token, expires_at = :token_expires_at
        WHERE offer_id = :id AND transaction_code = :typed";
    const COUNT: &str = "UPDATE wallet_offer SET tries = tries + 1 WHERE offer_id = ?1";
    let id = tried.id.as_bytes();
    let open: Option<bool> = connection
        .prepare_cached(OPEN)?
        .query_row(
            named_params! {
                ":id": id,
                ":code": tried.code,
                ":max_tries": tried.max_tries,
                ":now": tried.at.as_millisecond(),
            },
            |row| row.get(0),
        )
        .optional()?;
    match open {
        None => return Ok(Err(NotRedeemed::Unknown)),
        Some(false) => return Ok(Err(NotRedeemed::Expired)),
        Some(true) => {}
    }
    let redeemed = connection.prepare_cached(REDEEM)?.execute(named_params! {
        ":id": id,
        ":typed": tried.typed,
        ":token": tried.token,
        ":token_expires_at": tried.token_expires_at.as_millisecond(),
    })?;
    if redeemed == 0 {
        connection.prepare_cached(COUNT)?.execute([id])?;
        return Ok(Err(NotRedeemed::Wrong));
    }
    Ok(Ok(()))
}

fn granted(connection: &Connection, token: &WalletToken) -> rusqlite::Result<Option<WalletGrant>> {
    const GRANTED: &str = "
        SELECT account_id, beneficiary_id FROM wallet_offer
        WHERE offer_id = :id AND token = :token AND expires_at > :now";
    let mut granted = connection.prepare_cached(GRANTED)?;
    granted
        .query_row(
            named_params! {
                ":id": token.id.as_bytes(),
                ":token": token.token,
                ":now": token.at.as_millisecond(),
            },
            |row| {
                let beneficiary = beneficiary_at(row, "beneficiary_id")?;
                Ok(WalletGrant { account: account_at(row)?, beneficiary })
            },
        )
        .optional()
}

/// Uses a token up: true for the first who does.
fn spend(connection: &Connection, token: &WalletToken) -> rusqlite::Result<bool> {
    const SPEND: &str = "
        DELETE FROM wallet_offer
        WHERE offer_id = :id AND token = :token AND expires_at > :now";
    let spent = connection.prepare_cached(SPEND)?.execute(named_params! {
        ":id": token.id.as_bytes(),
        ":token": token.token,
        ":now": token.at.as_millisecond(),
    })?;
    Ok(spent == 1)
}

//! Certificates offered to wallets, at home whatever the topology.

use async_trait::async_trait;
use domain::id::{AccountId, HomeBucket};

use super::{
    Postgres,
    link::{Attempt, Db, Home, Link, Steps, Values, step},
    message,
    statement::statements,
    wave::{batch, side_by_side},
};
use crate::{
    StoreError, StoreResult, WalletOffers,
    record::{NotRedeemed, OfferTry, WalletGrant, WalletOffer, WalletToken},
    value::{beneficiary, number},
};

statements! {
    Home VOID = "
        DELETE FROM wallet_offer
        WHERE hb = $1 AND beneficiary_id = $2 AND account_id = $3 AND offer_id <> $4
            AND token IS NULL";
    Home PUT = "
        INSERT INTO wallet_offer (hb, offer_id, account_id, beneficiary_id, code, transaction_code,
            tries, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, 0, $7)
        ON CONFLICT DO NOTHING";
    /// Those who try one offer follow one another. The token is there already if the step is run
    /// again.
    Home OPEN = "
        SELECT token IS NULL AND tries < $4 AND expires_at > $5 AS open,
            coalesce(token = $6, false) AS mine
        FROM wallet_offer WHERE hb = $1 AND offer_id = $2 AND code = $3 FOR UPDATE";
    /// All digests are keyed, so how long the comparisons take tells nothing.
    Home REDEEM = "
        UPDATE wallet_offer SET token = $4, expires_at = $5
        WHERE hb = $1 AND offer_id = $2 AND transaction_code = $3";
    Home COUNT = "UPDATE wallet_offer SET tries = tries + 1 WHERE hb = $1 AND offer_id = $2";
    Home GRANTED = "
        SELECT account_id, beneficiary_id FROM wallet_offer
        WHERE hb = $1 AND offer_id = $2 AND token = $3 AND expires_at > $4";
    Home SPEND = "
        DELETE FROM wallet_offer
        WHERE hb = $1 AND offer_id = $2 AND token = $3 AND expires_at > $4";
}

#[async_trait]
impl WalletOffers for Postgres {
    async fn put_offers(&self, offers: &[WalletOffer]) -> StoreResult<()> {
        let written: StoreResult<Vec<()>> = batch!(&self.db, offers, |offer: &WalletOffer| offer.beneficiary, (steps, wave) => {
            side_by_side!(wave, one => put_one(steps, one))
        });
        written.map(drop)
    }

    async fn redeem_offers(&self, tries: &[OfferTry]) -> StoreResult<Vec<Result<(), NotRedeemed>>> {
        batch!(&self.db, tries, |tried: &OfferTry| tried.id, (steps, wave) => {
            side_by_side!(wave, one => redeem_one(steps, one))
        })
    }

    async fn granted(&self, token: &WalletToken) -> StoreResult<Option<WalletGrant>> {
        Ok(granted(&self.db, token).await?)
    }

    /// A step that is run again because nobody knows whether it was kept may say false of the first
    /// one too, whose wallet then has nothing.
    async fn spend_tokens(&self, tokens: &[WalletToken]) -> StoreResult<Vec<bool>> {
        batch!(&self.db, tokens, |token: &WalletToken| token.id, (steps, wave) => {
            side_by_side!(wave, one => spend_one(steps, one))
        })
    }
}

async fn put_one(steps: Steps<'_>, offer: &WalletOffer) -> Attempt<()> {
    let (person, account) = (number(offer.beneficiary), offer.account.uuid);
    step!(steps, Home(i32::from(offer.account.bucket.0)), home => {
        home.execute(&VOID, &[&person, &account, &offer.id]).await?;
        home.execute(&PUT, &[
            &offer.id, &account, &person, &offer.code.as_slice(),
            &offer.transaction_code.as_slice(), &offer.expires_at.as_millisecond(),
        ]).await?;
        message::put(&home, &offer.message).await?;
    });
    Ok(())
}

async fn redeem_one(steps: Steps<'_>, tried: &OfferTry) -> Attempt<Result<(), NotRedeemed>> {
    Ok(step!(steps, Home(i32::from(tried.bucket)), home => redeem_at_home(&home, tried).await?))
}

async fn redeem_at_home(home: &Home<'_>, tried: &OfferTry) -> Attempt<Result<(), NotRedeemed>> {
    let (now, token) = (tried.at.as_millisecond(), tried.token.as_slice());
    let values: Values<'_> = &[&tried.id, &tried.code.as_slice(), &tried.max_tries, &now, &token];
    let rows = home.rows(&OPEN, values).await?;
    let Some(row) = rows.first() else {
        return Ok(Err(NotRedeemed::Unknown));
    };
    if row.get("mine") {
        return Ok(Ok(()));
    }
    if !row.get::<_, bool>("open") {
        return Ok(Err(NotRedeemed::Expired));
    }
    let until = tried.token_expires_at.as_millisecond();
    let values: Values<'_> = &[&tried.id, &tried.typed.as_slice(), &token, &until];
    if home.execute(&REDEEM, values).await? == 0 {
        home.execute(&COUNT, &[&tried.id]).await?;
        return Ok(Err(NotRedeemed::Wrong));
    }
    Ok(Ok(()))
}

async fn granted(db: &Db, token: &WalletToken) -> Attempt<Option<WalletGrant>> {
    let client = db.client().await?;
    let home = Home::within(Link::Pooled(&client), i32::from(token.bucket));
    let (digest, now) = (token.token.as_slice(), token.at.as_millisecond());
    let rows = home.rows(&GRANTED, &[&token.id, &digest, &now]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let beneficiary = beneficiary(row.get("beneficiary_id"))
        .ok_or_else(|| StoreError::broken("not a number of ours"))?;
    let account = AccountId { bucket: HomeBucket(token.bucket), uuid: row.get("account_id") };
    Ok(Some(WalletGrant { account, beneficiary }))
}

async fn spend_one(steps: Steps<'_>, token: &WalletToken) -> Attempt<bool> {
    let (digest, now) = (token.token.as_slice(), token.at.as_millisecond());
    let spent = step!(steps, Home(i32::from(token.bucket)), home => {
        home.execute(&SPEND, &[&token.id, &digest, &now]).await?
    });
    Ok(spent == 1)
}

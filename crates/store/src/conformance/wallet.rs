//! Certificates offered to wallets: each step once, by whoever has what it asks for.

use std::sync::Arc;

use domain::id::BeneficiaryId;
use uuid::Uuid;

use super::fixture::{account, at, message, person};
use crate::{NotRedeemed, OfferTry, Store, WalletGrant, WalletOffer, WalletToken};

/// The digits that fit every offer here.
const DIGITS: u8 = 77;

/// An offer of the first account; its code is the digest of its id.
fn offer(id: u8, beneficiary: BeneficiaryId) -> WalletOffer {
    WalletOffer {
        id: Uuid::from_u128(id.into()),
        account: account(1),
        beneficiary,
        code: [id; 32],
        transaction_code: [DIGITS; 32],
        expires_at: at(300),
        message: message(1_000 + u128::from(id)),
    }
}

fn tried(id: u8, digits: u8, now: i64) -> OfferTry {
    OfferTry {
        id: Uuid::from_u128(id.into()),
        bucket: 1,
        code: [id; 32],
        typed: [digits; 32],
        at: at(now),
        max_tries: 3,
        token: [100 + id; 32],
        token_expires_at: at(now + 300),
    }
}

fn token(id: u8, now: i64) -> WalletToken {
    let id_of = Uuid::from_u128(id.into());
    WalletToken { id: id_of, bucket: 1, token: [100 + id; 32], at: at(now) }
}

async fn redeem(store: &Arc<dyn Store>, tried: OfferTry) -> Result<(), NotRedeemed> {
    store.redeem_offers(&[tried]).await.unwrap()[0]
}

async fn granted(store: &Arc<dyn Store>, token: WalletToken) -> Option<BeneficiaryId> {
    store.granted(&token).await.unwrap().map(|grant| grant.beneficiary)
}

pub(super) async fn an_offer_is_redeemed_once_with_its_six_digits(store: &Arc<dyn Store>) {
    store.put_offers(&[offer(1, person(1, 1)), offer(2, person(1, 2))]).await.unwrap();
    let sent = store.lease_messages(at(0), at(60), 10).await.unwrap();
    assert_eq!(sent.len(), 2, "the six digits are on their way");
    let other_code = OfferTry { code: [2; 32], ..tried(1, DIGITS, 10) };
    let other_home = OfferTry { code: [9; 32], ..tried(9, DIGITS, 10) };
    let all = [
        other_code,
        other_home,
        tried(1, 11, 10),
        tried(1, DIGITS, 10),
        OfferTry { token: [55; 32], ..tried(1, DIGITS, 11) },
        tried(2, 11, 10),
    ];
    let (unknown, wrong) = (Err(NotRedeemed::Unknown), Err(NotRedeemed::Wrong));
    let outcomes = store.redeem_offers(&all).await.unwrap();
    let used = Err(NotRedeemed::Expired);
    assert_eq!(outcomes, [unknown, unknown, wrong, Ok(()), used, wrong]);
    assert_eq!(granted(store, WalletToken { token: [55; 32], ..token(1, 20) }).await, None);
    assert_eq!(granted(store, token(1, 20)).await, Some(person(1, 1)));
}

pub(super) async fn an_offer_dies_of_age_and_of_wrong_tries(store: &Arc<dyn Store>) {
    store.put_offers(&[offer(1, person(1, 1)), offer(2, person(1, 2))]).await.unwrap();
    assert_eq!(redeem(store, tried(1, DIGITS, 300)).await, Err(NotRedeemed::Expired));
    // Whoever has another code cannot void it.
    for _ in 0..5 {
        let foreign = OfferTry { code: [1; 32], ..tried(2, 11, 10) };
        assert_eq!(redeem(store, foreign).await, Err(NotRedeemed::Unknown));
    }
    for _ in 0..3 {
        assert_eq!(redeem(store, tried(2, 11, 10)).await, Err(NotRedeemed::Wrong));
    }
    assert_eq!(redeem(store, tried(2, 11, 10)).await, Err(NotRedeemed::Expired));
    assert_eq!(redeem(store, tried(2, DIGITS, 10)).await, Err(NotRedeemed::Expired));
    assert_eq!(redeem(store, tried(1, DIGITS, 299)).await, Ok(()));
}

pub(super) async fn a_token_is_good_for_one_certificate_of_one_person(store: &Arc<dyn Store>) {
    store.put_offers(&[offer(1, person(1, 1)), offer(2, person(1, 2))]).await.unwrap();
    assert_eq!(granted(store, token(1, 10)).await, None, "not redeemed yet");
    redeem(store, tried(1, DIGITS, 10)).await.unwrap();
    redeem(store, tried(2, DIGITS, 10)).await.unwrap();
    let grant = store.granted(&token(1, 309)).await.unwrap().unwrap();
    assert_eq!(grant, WalletGrant { account: account(1), beneficiary: person(1, 1) });
    assert_eq!(granted(store, token(2, 10)).await, Some(person(1, 2)));
    let swapped = WalletToken { token: [102; 32], ..token(1, 10) };
    assert_eq!(granted(store, swapped.clone()).await, None);
    assert_eq!(granted(store, token(1, 310)).await, None, "too old");
    let tokens = [token(1, 310), swapped, token(1, 20), token(1, 20), token(2, 20)];
    let spent = store.spend_tokens(&tokens).await.unwrap();
    assert_eq!(spent, [false, false, true, false, true]);
    assert_eq!(granted(store, token(1, 20)).await, None);
    assert_eq!(redeem(store, tried(1, DIGITS, 20)).await, Err(NotRedeemed::Unknown));
}

pub(super) async fn many_at_once_redeem_an_offer_and_use_its_token_once(store: &Arc<dyn Store>) {
    store.put_offers(&[offer(1, person(1, 1))]).await.unwrap();
    let several = (0..8_u8).map(|number| {
        let store = Arc::clone(store);
        let tried = OfferTry { token: [200 + number; 32], ..tried(1, DIGITS, 10) };
        tokio::spawn(async move { (number, redeem(&store, tried).await.is_ok()) })
    });
    let mut first = Vec::new();
    for task in several.collect::<Vec<_>>() {
        first.push(task.await.unwrap());
    }
    first.retain(|(_, redeemed)| *redeemed);
    assert_eq!(first.len(), 1, "{first:?}");
    let held = WalletToken { token: [200 + first[0].0; 32], ..token(1, 20) };
    let several = (0..8).map(|_| {
        let (store, token) = (Arc::clone(store), held.clone());
        tokio::spawn(async move { store.spend_tokens(&[token]).await.unwrap()[0] })
    });
    let mut spent = 0;
    for task in several.collect::<Vec<_>>() {
        spent += u32::from(task.await.unwrap());
    }
    assert_eq!(spent, 1);
}

pub(super) async fn a_new_offer_voids_the_one_before(store: &Arc<dyn Store>) {
    store.put_offers(&[offer(1, person(1, 1)), offer(2, person(1, 2))]).await.unwrap();
    redeem(store, tried(2, DIGITS, 10)).await.unwrap();
    // A token that was given already stays good.
    store.put_offers(&[offer(3, person(1, 1)), offer(4, person(1, 2))]).await.unwrap();
    assert_eq!(redeem(store, tried(1, DIGITS, 20)).await, Err(NotRedeemed::Unknown));
    assert_eq!(granted(store, token(2, 20)).await, Some(person(1, 2)));
    // The same one again is harmless.
    store.put_offers(&[offer(3, person(1, 1))]).await.unwrap();
    assert_eq!(redeem(store, tried(3, DIGITS, 20)).await, Ok(()));
    assert_eq!(redeem(store, tried(4, DIGITS, 20)).await, Ok(()));
}

pub(super) async fn offers_are_swept(store: &Arc<dyn Store>) {
    store.put_offers(&[offer(1, person(1, 1)), offer(2, person(1, 2))]).await.unwrap();
    redeem(store, tried(1, DIGITS, 200)).await.unwrap();
    store.sweep(at(301)).await.unwrap();
    assert_eq!(redeem(store, tried(2, DIGITS, 10)).await, Err(NotRedeemed::Unknown));
    assert_eq!(granted(store, token(1, 301)).await, Some(person(1, 1)), "the token lives on");
    store.sweep(at(501)).await.unwrap();
    assert_eq!(granted(store, token(1, 301)).await, None);
}

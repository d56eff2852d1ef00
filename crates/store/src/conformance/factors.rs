//! Passkeys, apps that show codes, and how staff come to a first one.

use std::sync::Arc;

use domain::id::StaffId;
use uuid::Uuid;

use super::fixture::at;
use crate::{
    Holder, PasskeyRow, PasskeyUse, Restoration, Restored, StaffCode, StaffCodeTry, Store, TotpRow,
};

fn staff(number: u128) -> StaffId {
    StaffId(Uuid::from_u128(number << 112 | number))
}

fn passkey(of: u128, number: u8) -> PasskeyRow {
    PasskeyRow {
        id: Uuid::from_u128(number.into()),
        staff: staff(of),
        credential: vec![number; 20],
        public_key: vec![4; 77],
        name: vec![5; 40],
        sign_count: 0,
        made_at: at(number.into()),
        used_at: None,
    }
}

fn totp(holder: Holder) -> TotpRow {
    TotpRow { holder, secret: vec![7; 60], last_step: 100, made_at: at(3) }
}

pub(super) async fn a_passkey_is_kept_used_and_removed(store: &Arc<dyn Store>) {
    assert!(store.add_passkey(&passkey(1, 2), 3).await.unwrap());
    assert!(store.add_passkey(&passkey(1, 1), 3).await.unwrap());
    assert!(store.add_passkey(&passkey(2, 1), 3).await.unwrap(), "each has their own");
    let same = PasskeyRow { id: Uuid::from_u128(77), ..passkey(1, 1) };
    assert!(!store.add_passkey(&same, 3).await.unwrap(), "it is there already");
    assert!(store.add_passkey(&passkey(1, 3), 3).await.unwrap());
    assert!(!store.add_passkey(&passkey(1, 4), 3).await.unwrap(), "no more than three");
    let mine = store.passkeys(staff(1)).await.unwrap();
    assert_eq!(mine, [passkey(1, 1), passkey(1, 2), passkey(1, 3)]);

    let used = |number: u8, sign_count, second| PasskeyUse {
        staff: staff(1),
        id: Uuid::from_u128(number.into()),
        sign_count,
        at: at(second),
    };
    let mut moved = Vec::new();
    // One that never counts; one that counts, is shown again, goes back, and then no longer counts.
    for one in [used(1, 0, 50), used(1, 0, 51), used(2, 7, 52), used(2, 7, 53), used(2, 6, 54)] {
        moved.push(store.use_passkey(&one).await.unwrap());
    }
    moved.push(store.use_passkey(&used(2, 0, 55)).await.unwrap());
    moved.push(store.use_passkey(&used(2, 8, 56)).await.unwrap());
    moved.push(store.use_passkey(&used(9, 8, 56)).await.unwrap());
    assert_eq!(moved, [true, true, true, false, false, false, true, false]);
    let mine = store.passkeys(staff(1)).await.unwrap();
    let said: Vec<_> = mine.iter().map(|one| (one.sign_count, one.used_at)).collect();
    assert_eq!(said, [(0, Some(at(51))), (8, Some(at(56))), (0, None)]);

    assert!(!store.remove_passkey(staff(2), Uuid::from_u128(2)).await.unwrap(), "of another");
    assert!(store.remove_passkey(staff(1), Uuid::from_u128(2)).await.unwrap());
    assert!(!store.remove_passkey(staff(1), Uuid::from_u128(2)).await.unwrap());
    assert_eq!(store.passkeys(staff(1)).await.unwrap().len(), 2);
}

pub(super) async fn the_last_that_proves_somebody_stays(store: &Arc<dyn Store>) {
    let (who, one) = (staff(1), Uuid::from_u128(1));
    store.add_passkey(&passkey(1, 1), 9).await.unwrap();
    assert!(!store.remove_passkey(who, one).await.unwrap());
    assert!(store.add_totp(&totp(Holder::staff(who))).await.unwrap());
    assert!(store.remove_staff_totp(who).await.unwrap());
    assert!(store.add_totp(&totp(Holder::staff(who))).await.unwrap());
    assert!(store.remove_passkey(who, one).await.unwrap());
    assert!(!store.remove_staff_totp(who).await.unwrap(), "it is the last");
    assert!(store.totp(Holder::staff(who)).await.unwrap().is_some());
}

pub(super) async fn an_app_shows_each_code_once(store: &Arc<dyn Store>) {
    let holder = Holder { bucket: 5, id: Uuid::from_u128(5) };
    assert!(store.totp(holder).await.unwrap().is_none());
    assert!(!store.use_totp(holder, 101).await.unwrap());
    assert!(store.add_totp(&totp(holder)).await.unwrap());
    assert!(!store.add_totp(&TotpRow { secret: vec![8], ..totp(holder) }).await.unwrap());
    assert_eq!(store.totp(holder).await.unwrap(), Some(totp(holder)));
    let several = (0..8).map(|_| {
        let store = Arc::clone(store);
        tokio::spawn(async move { store.use_totp(holder, 105).await.unwrap() })
    });
    let mut used = 0;
    for task in several.collect::<Vec<_>>() {
        used += u32::from(task.await.unwrap());
    }
    assert_eq!(used, 1, "of many at once, one");
    assert!(!store.use_totp(holder, 104).await.unwrap(), "nor an earlier one");
    assert!(store.use_totp(holder, 106).await.unwrap());
    assert!(store.remove_totp(holder).await.unwrap());
    assert!(!store.remove_totp(holder).await.unwrap());
}

fn code(of: u128, digest: u8, until: i64) -> StaffCode {
    let mobile_index = [8; 32];
    StaffCode { staff: staff(of), mobile_index, code: [digest; 32], until: at(until) }
}

async fn fits(store: &Arc<dyn Store>, of: u128, typed: u8, now: i64) -> bool {
    let tried = StaffCodeTry { staff: staff(of), typed: [typed; 32], at: at(now), max_tries: 3 };
    store.try_staff_code(&tried).await.unwrap()
}

pub(super) async fn a_staff_code_is_single_use_and_dies_of_age_and_of_wrong_tries(
    store: &Arc<dyn Store>,
) {
    assert!(!fits(store, 1, 1, 10).await, "there is none");
    assert_eq!(store.known_staff(staff(1)).await.unwrap(), None);
    store.know_staff(staff(1), [8; 32]).await.unwrap();
    store.know_staff(staff(1), [8; 32]).await.unwrap();
    assert_eq!(store.known_staff(staff(1)).await.unwrap(), Some([8; 32]));
    assert!(!fits(store, 1, 1, 10).await, "there is no code yet");
    store.put_staff_codes(&[code(1, 1, 100), code(2, 2, 100), code(3, 3, 100)]).await.unwrap();
    assert!(!fits(store, 1, 2, 10).await, "that of another");
    assert!(fits(store, 1, 1, 99).await);
    assert!(!fits(store, 1, 1, 99).await, "it was used");
    assert!(!fits(store, 2, 2, 100).await, "too late");
    for _ in 0..3 {
        assert!(!fits(store, 3, 9, 10).await);
    }
    assert!(!fits(store, 3, 3, 10).await, "tried too often");
    store.put_staff_codes(&[code(3, 4, 200)]).await.unwrap();
    assert!(!fits(store, 3, 3, 10).await, "a new one replaces it");
    assert!(fits(store, 3, 4, 10).await);
    assert_eq!(store.known_staff(staff(3)).await.unwrap(), Some([8; 32]));
}

pub(super) async fn two_restore_access_and_one_does_not(store: &Arc<dyn Store>) {
    let who = staff(1);
    store.add_passkey(&passkey(1, 1), 9).await.unwrap();
    store.add_totp(&totp(Holder::staff(who))).await.unwrap();
    let ask = async |by: u128, second: i64, digest: u8| {
        let asked_after = at(second - 1_000);
        let code = code(1, digest, second + 500);
        let asked = Restoration { by: staff(by), at: at(second), asked_after, code };
        store.restore_access(&asked).await.unwrap()
    };
    assert_eq!(ask(5, 10, 1).await, Restored::Asked);
    assert_eq!(ask(5, 20, 2).await, Restored::Asked, "one person is not two");
    assert_eq!(ask(6, 1_020, 3).await, Restored::Asked, "too late: this one asks anew");
    assert_eq!(store.passkeys(who).await.unwrap().len(), 1);
    for digest in 1..=3 {
        assert!(!fits(store, 1, digest, 30).await, "no code counts yet");
    }
    assert_eq!(ask(5, 1_030, 4).await, Restored::Agreed);
    assert!(store.passkeys(who).await.unwrap().is_empty());
    assert!(store.totp(Holder::staff(who)).await.unwrap().is_none());
    assert!(fits(store, 1, 4, 1_100).await);
    assert_eq!(ask(6, 1_040, 5).await, Restored::Asked, "it begins again");
}

//! One-time passwords, counters and staff.

use std::sync::Arc;

use domain::id::{DistrictId, FacilityId, StaffId};
use uuid::Uuid;

use super::fixture::{at, message};
use crate::{Bump, CodeTry, NoMatch, SignInCode, StaffRole, StaffRow, Store};

fn code(id: u128, mobile: u8, digits: u8, sent: i64) -> SignInCode {
    SignInCode {
        id: Uuid::from_u128(id),
        bucket: 5,
        mobile_index: [mobile; 32],
        mobile: vec![mobile],
        code: [digits; 32],
        audience: 2,
        sent_at: at(sent),
        expires_at: at(sent + 180),
        message: message(100 + id),
    }
}

async fn try_one(
    store: &Arc<dyn Store>,
    id: u128,
    mobile: u8,
    digits: u8,
    now: i64,
) -> Result<(), NoMatch> {
    let tried = CodeTry {
        id: Uuid::from_u128(id),
        bucket: 5,
        mobile_index: [mobile; 32],
        typed: [digits; 32],
        at: at(now),
        max_tries: 3,
    };
    store.try_codes(&[tried]).await.unwrap()[0]
}

pub(super) async fn a_code_is_single_use_and_a_resend_does_not_void_it(store: &Arc<dyn Store>) {
    store.put_codes(&[code(1, 7, 11, 0), code(2, 7, 22, 30), code(3, 8, 33, 0)]).await.unwrap();
    let sent = store.sent_code(Uuid::from_u128(1), 5).await.unwrap().unwrap();
    assert_eq!((sent.mobile, sent.audience, sent.expires_at), (vec![7], 2, at(180)));
    assert!(store.sent_code(Uuid::from_u128(9), 5).await.unwrap().is_none());
    // The newer transaction, with the password of the older message.
    assert_eq!(try_one(store, 2, 7, 11, 40).await, Ok(()));
    assert_eq!(try_one(store, 2, 7, 11, 41).await, Err(NoMatch::Expired));
    assert_eq!(try_one(store, 2, 7, 22, 41).await, Err(NoMatch::Expired));
    assert_eq!(try_one(store, 1, 7, 11, 41).await, Err(NoMatch::Expired));
    // Another's transaction, or another's password.
    assert_eq!(try_one(store, 3, 7, 33, 41).await, Err(NoMatch::Unknown));
    assert_eq!(try_one(store, 3, 8, 11, 41).await, Err(NoMatch::Wrong));
    assert_eq!(try_one(store, 3, 8, 33, 41).await, Ok(()));
    assert_eq!(try_one(store, 9, 8, 33, 41).await, Err(NoMatch::Unknown));
}

pub(super) async fn a_code_dies_of_age_and_of_wrong_tries(store: &Arc<dyn Store>) {
    store.put_codes(&[code(1, 7, 11, 0), code(2, 8, 22, 0)]).await.unwrap();
    assert_eq!(try_one(store, 1, 7, 11, 180).await, Err(NoMatch::Expired));
    for _ in 0..3 {
        assert_eq!(try_one(store, 2, 8, 99, 10).await, Err(NoMatch::Wrong));
    }
    assert_eq!(try_one(store, 2, 8, 22, 10).await, Err(NoMatch::Expired));
}

pub(super) async fn counters_count_by_span(store: &Arc<dyn Store>) {
    let bump = |key: u8, window, by| Bump {
        key: [key; 32],
        window: at(window),
        by,
        expires_at: at(window + 100),
    };
    let bumps = [bump(1, 0, 1), bump(1, 0, 2), bump(2, 0, 1), bump(1, 60, 1), bump(1, 0, 0)];
    assert_eq!(store.bump(&bumps).await.unwrap(), [1, 3, 1, 1, 3]);
    assert_eq!(store.bump(&[bump(3, 0, 0)]).await.unwrap(), [0]);
}

pub(super) async fn staff_are_found_by_mobile(store: &Arc<dyn Store>) {
    let row = StaffRow {
        id: StaffId(Uuid::from_u128(1)),
        mobile_index: [3; 32],
        wrapped_key: vec![1],
        name: vec![2],
        role: StaffRole::DistrictOfficer,
        facility: Some(FacilityId(1)),
        district: Some(DistrictId(391)),
        state: None,
        active: true,
    };
    store.put_staff(std::slice::from_ref(&row)).await.unwrap();
    assert_eq!(store.staff_by_mobile([3; 32]).await.unwrap(), Some(row.clone()));
    let gone = StaffRow { active: false, ..row };
    store.put_staff(std::slice::from_ref(&gone)).await.unwrap();
    assert_eq!(store.staff_by_mobile([3; 32]).await.unwrap(), Some(gone));
    assert_eq!(store.staff_by_mobile([4; 32]).await.unwrap(), None);
}

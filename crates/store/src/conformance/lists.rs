//! Lists that came in, and who came by them.

use std::sync::Arc;

use domain::{
    dose::Dose,
    id::{DistrictId, FacilityId, StaffId},
};
use jiff::Timestamp;
use uuid::Uuid;

use super::fixture::{
    DAY, account, at, booking, country, dose, enrolment, list_of, merge, person, seat,
};
use crate::{
    CameBy, Done, ErasureRow, ListNo, ListRow, NewList, StaffPlace, StaffRole, StaffRow, Store,
};

fn file(number: u8) -> NewList {
    NewList {
        digest: [number; 32],
        rows: 60,
        facility: Some(FacilityId(i64::from(number))),
        district: None,
        came_at: at(i64::from(number)),
    }
}

pub(super) async fn a_list_is_kept_once_and_forgotten_only_while_nobody_came_by_it(
    store: &Arc<dyn Store>,
) {
    let first = store.put_list(&file(9)).await.unwrap();
    assert_eq!(first, ListRow { number: ListNo(1), list: file(9) });
    let of_district = NewList { facility: None, district: Some(DistrictId(391)), ..file(3) };
    let second = store.put_list(&of_district).await.unwrap();
    assert_eq!(second, ListRow { number: ListNo(2), list: of_district });
    // The same file again is the same list, as it was when it came.
    let again = NewList { came_at: at(500), rows: 1, ..file(9) };
    assert_eq!(store.put_list(&again).await.unwrap(), first);
    assert_eq!(store.lists().await.unwrap(), [first, second.clone()]);
    let of_account_two = [enrolment(2, 1, 1)];
    assert_eq!(store.enrol(&of_account_two).await.unwrap(), [Ok(Done::New)]);
    assert!(!store.drop_list(ListNo(2)).await.unwrap(), "somebody came by it");
    assert!(store.drop_list(ListNo(1)).await.unwrap());
    assert!(!store.drop_list(ListNo(1)).await.unwrap());
    assert_eq!(store.lists().await.unwrap(), [second]);
    assert_eq!(
        store.put_list(&file(9)).await.unwrap().number,
        ListNo(3),
        "not the number of another list"
    );
}

pub(super) async fn people_are_counted_by_place_and_list(store: &Arc<dyn Store>) {
    country(store, 5).await;
    let mut of_none = enrolment(7, 1, 77);
    of_none.beneficiary.list = None;
    of_none.beneficiary.registered_at = at(7);
    assert_eq!(store.enrol(&[of_none, enrolment(7, 2, 78)]).await.unwrap(), [Ok(Done::New); 2]);
    let before = store.came_by(Timestamp::MAX).await.unwrap();
    let people: u64 = before.iter().map(|one| one.people).sum();
    assert_eq!(people, store.people_count().await.unwrap());
    assert!(before.iter().all(|one| one.facility.is_none()));
    let came = |facility: Option<i64>, list| CameBy {
        facility: facility.map(FacilityId),
        list,
        people: 1,
    };
    assert!(before.contains(&came(None, None)), "{before:?}");
    assert!(before.contains(&came(None, Some(list_of(7)))), "{before:?}");
    // Who was registered later is not counted.
    let early = store.came_by(at(6)).await.unwrap();
    assert!(!early.contains(&came(None, None)), "{early:?}");
    assert_eq!(early.iter().map(|one| one.people).sum::<u64>(), people - 1);
    assert_eq!(store.came_by(at(7)).await.unwrap(), before);
    // Who has an appointment is where it is, and who has a dose where that was given.
    let booked = booking(1, 7, &[1], seat(1, 1, 0, 0));
    assert_eq!(store.book(&[booked]).await.unwrap(), [Ok(Done::New)]);
    let given = dose(1, person(7, 2), 1, 2);
    assert_eq!(store.record_doses(&[given]).await.unwrap(), [Ok(Done::New)]);
    let after = store.came_by(Timestamp::MAX).await.unwrap();
    assert!(after.contains(&came(Some(1), None)), "{after:?}");
    assert!(after.contains(&came(Some(2), Some(list_of(7)))), "{after:?}");
    assert_eq!(after.iter().map(|one| one.people).sum::<u64>(), people);
}

pub(super) async fn who_came_by_a_list_keeps_it_in_a_merge_and_takes_it_along_when_erased(
    store: &Arc<dyn Store>,
) {
    country(store, 5).await;
    let (goes, stays) = (person(2, 1), person(1, 1));
    for (id, of) in [(1, stays), (2, goes)] {
        assert_eq!(store.record_doses(&[dose(id, of, 1, 1)]).await.unwrap(), [Ok(Done::New)]);
    }
    let gone = store.person(goes).await.unwrap().unwrap();
    let kept = store.person(stays).await.unwrap().unwrap();
    let by_date: Vec<&Dose> = gone.doses.iter().chain(&kept.doses).collect();
    let wanted = merge(1, &gone, &kept, &by_date);
    assert_eq!(store.merge(&[wanted]).await.unwrap(), [Ok(Done::New)]);
    let kept = store.person(stays).await.unwrap().unwrap();
    assert_eq!(kept.beneficiary.list, Some(list_of(1)));
    let gone = store.merged(&[goes]).await.unwrap().pop().flatten().unwrap();
    assert_eq!(gone.beneficiary.list, Some(list_of(2)));
    let count = async |list: ListNo| {
        let all = store.came_by(Timestamp::MAX).await.unwrap();
        all.iter().filter(|one| one.list == Some(list)).map(|one| one.people).sum::<u64>()
    };
    let (before, everybody) = (count(list_of(1)).await, store.people_count().await.unwrap());
    let asked = ErasureRow {
        account: account(1),
        beneficiary: stays,
        asked_at: at(100),
        due_at: at(200),
        erased_at: None,
    };
    store.ask_erasure(&asked, DAY).await.unwrap().unwrap();
    assert_eq!(store.erase(&asked, at(300), DAY).await.unwrap(), Ok(()));
    assert_eq!(count(list_of(1)).await, before - 1);
    assert_eq!(store.people_count().await.unwrap(), everybody - 1);
    assert!(store.merged(&[goes]).await.unwrap()[0].is_none());
}

pub(super) async fn staff_are_listed_with_their_places(store: &Arc<dyn Store>) {
    let row = |number: u8, role, facility, district, active| StaffRow {
        id: StaffId(Uuid::from_u128(u128::from(number))),
        mobile_index: [number; 32],
        wrapped_key: vec![1],
        name: vec![2],
        role,
        facility,
        district,
        state: None,
        active,
    };
    let (here, district) = (Some(FacilityId(4)), Some(DistrictId(391)));
    let staff = [
        row(2, StaffRole::DistrictOfficer, None, district, true),
        row(1, StaffRole::Vaccinator, here, None, false),
    ];
    store.put_staff(&staff).await.unwrap();
    let place = |row: &StaffRow| StaffPlace {
        id: row.id,
        role: row.role,
        facility: row.facility,
        district: row.district,
    };
    assert_eq!(store.staff_places().await.unwrap(), [place(&staff[1]), place(&staff[0])]);
}

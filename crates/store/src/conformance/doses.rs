//! Doses, and what takes them back.

use std::sync::Arc;

use domain::{
    appointment::AppointmentState,
    id::{DoseId, FacilityId, StaffId},
};
use uuid::Uuid;

use super::fixture::{DAY, at, booking, country, dose, person, seat, taken};
use crate::{AefiNote, ClaimState, Done, NotRecorded, NotUndone, Store, Tally, UndoDose};

pub(super) async fn a_dose_is_recorded_once_in_its_place(store: &Arc<dyn Store>) {
    country(store, 5).await;
    store.book(&[booking(1, 1, &[1], seat(1, 1, 0, 0))]).await.unwrap();
    let first = dose(1, person(1, 1), 1, 1);
    let mut other = dose(1, person(1, 1), 1, 1);
    "LOT2".clone_into(&mut other.dose.lot);
    let outcomes = store
        .record_doses(&[
            dose(9, person(1, 1), 2, 1),
            first.clone(),
            first.clone(),
            other,
            dose(2, person(1, 1), 1, 2),
            dose(3, person(9, 1), 1, 1),
            dose(4, person(1, 1), 2, 2),
        ])
        .await
        .unwrap();
    assert_eq!(
        outcomes,
        [
            Err(NotRecorded::OutOfOrder),
            Ok(Done::New),
            Ok(Done::Again),
            Err(NotRecorded::OtherDose),
            Err(NotRecorded::PlaceTaken),
            Err(NotRecorded::NoSuchBeneficiary),
            Ok(Done::New),
        ]
    );
    let record = store.person(person(1, 1)).await.unwrap().unwrap();
    assert_eq!(record.doses, [first.dose, dose(4, person(1, 1), 2, 2).dose]);
    assert_eq!(record.claims[0].state, ClaimState::Done);
    let list = store.day_list(FacilityId(1), DAY).await.unwrap();
    assert_eq!(list[0].state, AppointmentState::Done);
    let latest = store.certificate(person(1, 1)).await.unwrap().unwrap();
    assert_eq!(Some(latest), dose(4, person(1, 1), 2, 2).certificate);
    let of_dose = async |number| store.certificate_of_dose(person(1, 1), number).await.unwrap();
    assert_eq!(of_dose(1).await, first.certificate);
    assert_eq!(of_dose(2).await, dose(4, person(1, 1), 2, 2).certificate);
    assert_eq!(of_dose(3).await, None);
    let tallies = store.tallies_since(DAY).await.unwrap();
    assert_eq!(tallies.iter().map(|tally| tally.count).sum::<i64>(), 2);
}

pub(super) async fn a_dose_elsewhere_gives_the_seat_back(store: &Arc<dyn Store>) {
    country(store, 5).await;
    store.book(&[booking(1, 1, &[1, 2], seat(1, 1, 0, 0))]).await.unwrap();
    store.record_doses(&[dose(1, person(1, 1), 1, 2)]).await.unwrap();
    assert_eq!(taken(store, 1, 1).await, 1);
    assert!(store.person(person(1, 1)).await.unwrap().unwrap().claims.is_empty());
    let list = store.day_list(FacilityId(1), DAY).await.unwrap();
    let states: Vec<_> = list.iter().map(|row| (row.beneficiary, row.state)).collect();
    assert!(states.contains(&(person(1, 1), AppointmentState::Cancelled)));
    assert!(states.contains(&(person(1, 2), AppointmentState::Booked)));
}

fn undo(id: u128, facility: i64, not_before: i64) -> UndoDose {
    UndoDose {
        dose: DoseId(Uuid::from_u128(id)),
        beneficiary: person(1, 1),
        facility: FacilityId(facility),
        reason: vec![1],
        by: StaffId(Uuid::from_u128(1)),
        not_before: at(not_before),
        at: at(200),
        tally: Tally { facility, on: DAY, measure: "dose".to_owned(), count: -1 },
    }
}

pub(super) async fn a_dose_is_undone_within_the_hour(store: &Arc<dyn Store>) {
    country(store, 5).await;
    store.book(&[booking(1, 1, &[1], seat(1, 1, 0, 0))]).await.unwrap();
    store.record_doses(&[dose(1, person(1, 1), 1, 1), dose(2, person(1, 1), 2, 1)]).await.unwrap();
    let take_back = async |undo: UndoDose| store.undo_dose(&undo).await.unwrap();
    assert_eq!(take_back(undo(1, 1, 0)).await, Err(NotUndone::LaterDose));
    assert_eq!(take_back(undo(2, 2, 0)).await, Err(NotUndone::NoSuchDose));
    assert_eq!(take_back(undo(2, 1, 101)).await, Err(NotUndone::TooLate));
    assert_eq!(take_back(undo(2, 1, 100)).await, Ok(Done::New));
    assert_eq!(take_back(undo(2, 1, 100)).await, Ok(Done::Again));
    // A request for the dose that comes late does not bring it back.
    let late = store.record_doses(&[dose(2, person(1, 1), 2, 1)]).await.unwrap();
    assert_eq!(late, [Err(NotRecorded::Undone)]);
    assert_eq!(take_back(undo(1, 1, 100)).await, Ok(Done::New));
    let record = store.person(person(1, 1)).await.unwrap().unwrap();
    assert!(record.doses.is_empty());
    assert_eq!(record.claims[0].state, ClaimState::Confirmed);
    assert!(store.certificate(person(1, 1)).await.unwrap().is_none());
    assert!(store.certificate_of_dose(person(1, 1), 1).await.unwrap().is_none());
    assert_eq!(store.tallies_since(DAY).await.unwrap()[0].count, 0);
    // And recorded again, rightly this time.
    let again = store.record_doses(&[dose(7, person(1, 1), 1, 1)]).await.unwrap();
    assert_eq!(again, [Ok(Done::New)]);
}

pub(super) async fn an_adverse_event_needs_a_dose(store: &Arc<dyn Store>) {
    country(store, 5).await;
    let note = AefiNote {
        id: Uuid::from_u128(1),
        beneficiary: person(1, 1),
        dose_number: 1,
        note: vec![1],
        by: StaffId(Uuid::from_u128(1)),
        at: at(200),
        tally: Tally { facility: 1, on: DAY, measure: "aefi".to_owned(), count: 1 },
    };
    assert!(!store.note_aefi(&note).await.unwrap());
    store.record_doses(&[dose(1, person(1, 1), 1, 1)]).await.unwrap();
    assert!(store.note_aefi(&note).await.unwrap());
    assert!(store.note_aefi(&note).await.unwrap());
    let tallies = store.tallies_since(DAY).await.unwrap();
    let aefi = tallies.iter().find(|tally| tally.measure == "aefi").unwrap();
    assert_eq!(aefi.count, 1);
}

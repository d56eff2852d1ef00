//! Booking, moving, cancelling, and what a session may become.

use std::sync::Arc;

use domain::{
    appointment::AppointmentState,
    id::{AppointmentId, FacilityId, SessionId},
    session::SessionState,
};
use uuid::Uuid;

use super::fixture::{
    DAY, account, at, booking, country, dose, enrolment, facility, message, person, seat, session,
    taken,
};
use crate::{
    Booking, Cancellation, ClaimState, Done, Idempotency, Move, NotBooked, NotCancelled, NotMoved,
    NotPublished, Published, Store, TakenSeats,
};

pub(super) async fn seats_are_given_to_all_of_a_group_or_none(store: &Arc<dyn Store>) {
    country(store, 3).await;
    let to = seat(1, 1, 0, 1);
    let outcomes = store
        .book(&[
            booking(1, 1, &[1, 2], to),
            booking(2, 2, &[1, 2], to), // two, where one is left
            booking(3, 2, &[1], to),
            booking(4, 2, &[2], to),
            booking(5, 1, &[1], seat(2, 2, 0, 0)),
            booking(6, 2, &[7], seat(2, 2, 0, 0)),
        ])
        .await
        .unwrap();
    let held = NotBooked::Held { beneficiary: person(1, 1) };
    assert_eq!(
        outcomes,
        [
            Ok(Done::New),
            Err(NotBooked::Full),
            Ok(Done::New),
            Err(NotBooked::Full),
            Err(held),
            Err(NotBooked::NoSuchBeneficiary),
        ]
    );
    assert_eq!((taken(store, 1, 1).await, taken(store, 2, 2).await), (3, 0));
    let list = store.day_list(FacilityId(1), DAY).await.unwrap();
    assert_eq!(list.len(), 3);
    assert!(list.iter().all(|row| row.state == AppointmentState::Booked && row.seat == to));
    let claims = store.person(person(1, 1)).await.unwrap().unwrap().claims;
    assert_eq!((claims[0].state, claims[0].seat, claims[0].on), (ClaimState::Confirmed, to, DAY));
    // A dose on record holds its place as an appointment does.
    store.record_doses(&[dose(1, person(2, 2), 1, 2)]).await.unwrap();
    let outcomes = store.book(&[booking(7, 2, &[2], seat(2, 2, 0, 0))]).await.unwrap();
    assert_eq!(outcomes, [Err(NotBooked::Held { beneficiary: person(2, 2) })]);
}

pub(super) async fn a_repeated_request_has_the_same_answer(store: &Arc<dyn Store>) {
    country(store, 1).await;
    let keyed = |appointment, by, people: &[u64], key: u8, request: u8| Booking {
        idempotency: Some(Idempotency { key: [key; 32], request: [request; 32] }),
        ..booking(appointment, by, people, seat(1, 1, 0, 0))
    };
    let first = keyed(1, 1, &[1], 1, 1);
    let full = keyed(2, 2, &[1], 2, 2);
    let outcomes = store.book(&[first.clone(), full.clone()]).await.unwrap();
    assert_eq!(outcomes, [Ok(Done::New), Err(NotBooked::Full)]);
    // Though the seat is free now, the same request has the same answer.
    let cancel = Cancellation {
        appointment: AppointmentId(Uuid::from_u128(1)),
        account: account(1),
        beneficiaries: vec![],
        message: None,
        at: at(20),
    };
    assert_eq!(store.cancel(&[cancel]).await.unwrap(), [Ok(Done::New)]);
    let again = store.book(&[first, full, keyed(3, 2, &[2], 2, 9)]).await.unwrap();
    assert_eq!(again, [Ok(Done::Again), Err(NotBooked::Full), Err(NotBooked::OtherRequest)]);
    let remembered = async |by, key: u8, request: u8| {
        let request = Idempotency { key: [key; 32], request: [request; 32] };
        store.remembered(account(by), &request).await.unwrap()
    };
    assert_eq!(remembered(1, 1, 1).await, Some(Ok(Done::Again)));
    assert_eq!(remembered(2, 2, 2).await, Some(Err(NotBooked::Full)));
    assert_eq!(remembered(1, 1, 9).await, Some(Err(NotBooked::OtherRequest)));
    assert_eq!(remembered(1, 3, 3).await, None);
    assert_eq!(taken(store, 1, 1).await, 0);
}

pub(super) async fn an_appointment_moves_and_its_old_seat_is_free(store: &Arc<dyn Store>) {
    country(store, 2).await;
    store.book(&[booking(1, 1, &[1, 2], seat(1, 1, 0, 0))]).await.unwrap();
    store.book(&[booking(2, 2, &[1], seat(2, 2, 0, 0))]).await.unwrap();
    let to = |appointment, by, seat| Move {
        appointment: AppointmentId(Uuid::from_u128(appointment)),
        account: account(by),
        seat,
        on: DAY,
        message: Some(message(77)),
        at: at(30),
    };
    let outcomes = store
        .reschedule(&[
            to(1, 1, seat(1, 1, 0, 1)), // another slot of the same full pool
            to(1, 1, seat(1, 1, 0, 1)),
            to(1, 1, seat(2, 2, 0, 0)), // two, where one is left
            to(1, 2, seat(2, 2, 0, 0)), // another's appointment
            to(2, 2, seat(2, 2, 0, 1)),
        ])
        .await
        .unwrap();
    assert_eq!(
        outcomes,
        [
            Ok(Done::New),
            Ok(Done::Again),
            Err(NotMoved::Full),
            Err(NotMoved::NoSuchAppointment),
            Ok(Done::New),
        ]
    );
    let cancel = Cancellation {
        appointment: AppointmentId(Uuid::from_u128(2)),
        account: account(2),
        beneficiaries: vec![person(2, 1)],
        message: None,
        at: at(40),
    };
    store.cancel(&[cancel]).await.unwrap();
    assert_eq!(store.reschedule(&[to(1, 1, seat(2, 2, 0, 0))]).await.unwrap(), [Ok(Done::New)]);
    assert_eq!((taken(store, 1, 1).await, taken(store, 2, 2).await), (0, 2));
    let claims = store.person(person(1, 2)).await.unwrap().unwrap().claims;
    assert_eq!(claims[0].seat, seat(2, 2, 0, 0));
    // And back again, where it was before.
    assert_eq!(store.reschedule(&[to(1, 1, seat(1, 1, 0, 1))]).await.unwrap(), [Ok(Done::New)]);
    assert_eq!((taken(store, 1, 1).await, taken(store, 2, 2).await), (2, 0));
}

pub(super) async fn a_cancelled_seat_is_free_and_cancelling_twice_is_harmless(
    store: &Arc<dyn Store>,
) {
    country(store, 2).await;
    store.book(&[booking(1, 1, &[1, 2], seat(1, 1, 0, 0))]).await.unwrap();
    let cancel = |by, beneficiaries| Cancellation {
        appointment: AppointmentId(Uuid::from_u128(1)),
        account: account(by),
        beneficiaries,
        message: None,
        at: at(20),
    };
    let outcomes = store
        .cancel(&[
            cancel(2, vec![]),
            cancel(1, vec![person(1, 1)]),
            cancel(1, vec![person(1, 1)]),
            cancel(1, vec![person(2, 1)]),
        ])
        .await
        .unwrap();
    let none = Err(NotCancelled::NoSuchAppointment);
    assert_eq!(outcomes, [none, Ok(Done::New), Ok(Done::Again), none]);
    assert_eq!(taken(store, 1, 1).await, 1);
    store.record_doses(&[dose(1, person(1, 2), 1, 1)]).await.unwrap();
    assert_eq!(store.cancel(&[cancel(1, vec![])]).await.unwrap(), [Err(NotCancelled::Done)]);
    assert_eq!(
        store.book(&[booking(2, 2, &[1], seat(1, 1, 0, 0))]).await.unwrap(),
        [Ok(Done::New)]
    );
}

pub(super) async fn sessions_change_within_their_bounds(store: &Arc<dyn Store>) {
    country(store, 2).await;
    store.book(&[booking(1, 1, &[1, 2], seat(1, 1, 0, 0))]).await.unwrap();
    let mut other_day = session(1, 1, 5);
    other_day.on = DAY.tomorrow().unwrap();
    let outcomes = store
        .publish_sessions(
            &[session(1, 1, 5), session(1, 1, 1), other_day, session(3, 9, 5), session(3, 2, 5)],
            at(50),
        )
        .await
        .unwrap();
    assert_eq!(
        outcomes,
        [
            Ok(Published::Changed),
            Err(NotPublished::BelowBooked),
            Err(NotPublished::NotTheSame),
            Err(NotPublished::NoSuchFacility),
            Ok(Published::New),
        ]
    );
    let held = store.session(FacilityId(1), session(1, 1, 5).id).await.unwrap().unwrap();
    assert_eq!((held.session, held.booked), (session(1, 1, 5), vec![2, 0]));
    let changed = store.changed_sessions(DAY, at(50)).await.unwrap();
    let mut changes: Vec<_> = changed.iter().map(|one| (one.session, one.changes)).collect();
    changes.sort_unstable();
    assert_eq!(changes, [(session(1, 1, 5).id, 1), (session(3, 2, 5).id, 0)]);
    let ids: Vec<_> = changed.iter().map(|one| (one.facility, one.session)).collect();
    let nowhere = (FacilityId(9), session(1, 1, 5).id);
    let held = store.sessions(&[ids.as_slice(), &[nowhere]].concat()).await.unwrap();
    assert_eq!(held.len(), 2);
    assert!(held.contains(&store.session(ids[0].0, ids[0].1).await.unwrap().unwrap()));
    let taken = TakenSeats { session: session(1, 1, 5).id, pool: 0, booked: 2 };
    assert_eq!(store.taken_since(at(10)).await.unwrap(), [taken]);
    assert_eq!(store.taken_since(at(11)).await.unwrap(), []);
    assert_eq!(store.changed_sessions(DAY.tomorrow().unwrap(), at(0)).await.unwrap(), []);
    assert_eq!(store.facility_sessions(FacilityId(2), DAY).await.unwrap().len(), 2);
    assert_eq!(store.facilities_since(at(0)).await.unwrap(), [facility(1), facility(2)]);
    assert_eq!(store.facilities_since(at(1)).await.unwrap(), []);

    let set = async |number, state| {
        let id = SessionId(Uuid::from_u128(number));
        store.set_session_state(FacilityId(1), id, state, at(60)).await.unwrap()
    };
    assert!(set(1, SessionState::Stopped).await);
    let full = store.book(&[booking(2, 2, &[1], seat(1, 1, 0, 0))]).await.unwrap();
    assert_eq!(full, [Err(NotBooked::Full)]);
    assert!(store.booked_in_cancelled_sessions(10).await.unwrap().is_empty());
    assert!(set(1, SessionState::Cancelled).await);
    assert!(!set(1, SessionState::Open).await);
    assert!(!set(9, SessionState::Open).await);
    assert_eq!(store.booked_in_cancelled_sessions(10).await.unwrap().len(), 2);
    assert_eq!(store.booked_in_cancelled_sessions(1).await.unwrap().len(), 1);
    assert_eq!(store.recover(at(0), at(0), 10).await.unwrap(), 0);
}

pub(super) async fn many_at_once_never_oversell(store: &Arc<dyn Store>) {
    const PEOPLE: u16 = 120;
    const SEATS: u32 = 50;
    country(store, SEATS).await;
    let people: Vec<_> =
        (10..10 + PEOPLE).map(|by| enrolment(by, 1, u8::try_from(by).unwrap())).collect();
    assert!(store.enrol(&people).await.unwrap().iter().all(Result::is_ok));
    let tasks: Vec<_> = (10..10 + PEOPLE)
        .map(|by| {
            let store = Arc::clone(store);
            tokio::spawn(async move {
                let wish = booking(u128::from(by), by, &[1], seat(1, 1, 0, 0));
                store.book(&[wish]).await.unwrap()[0]
            })
        })
        .collect();
    let mut sold = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => sold += 1,
            Err(why) => assert_eq!(why, NotBooked::Full),
        }
    }
    assert_eq!((sold, taken(store, 1, 1).await), (SEATS, SEATS));
}

//! Who is entered, changed and removed.

use std::sync::Arc;

use super::fixture::{account, at, booking, country, details, dose, enrolment, person, seat};
use crate::{
    Amendment, Done, DoseRecord, Enrolment, Idempotency, NotAmended, NotEnrolled, NotRemoved, Run,
    Store,
};

pub(super) async fn people_are_enrolled_within_their_limits(store: &Arc<dyn Store>) {
    let outcomes = store
        .enrol(&[
            enrolment(1, 1, 1),
            enrolment(1, 1, 1), // the same again
            enrolment(1, 2, 1), // another person with the same document
            enrolment(1, 2, 2),
            enrolment(1, 3, 3),
            enrolment(1, 4, 4), // one too many
        ])
        .await
        .unwrap();
    assert_eq!(
        outcomes,
        [
            Ok(Done::New),
            Ok(Done::Again),
            Err(NotEnrolled::DocumentTaken),
            Ok(Done::New),
            Ok(Done::New),
            Err(NotEnrolled::AccountFull),
        ]
    );
    let people = store.people(account(1)).await.unwrap();
    let ids: Vec<_> = people.iter().map(|record| record.beneficiary.id).collect();
    assert_eq!(ids, [person(1, 1), person(1, 2), person(1, 3)]);
    assert_eq!(people[0].beneficiary, enrolment(1, 1, 1).beneficiary);
    assert_eq!(store.account(account(1)).await.unwrap().unwrap(), enrolment(1, 1, 1).account);
    assert!(store.account(account(9)).await.unwrap().is_none());
    assert!(store.person(person(9, 9)).await.unwrap().is_none());
}

pub(super) async fn a_repeated_enrolment_is_known_by_its_key(store: &Arc<dyn Store>) {
    let keyed = |number, document, key: u8, request: u8| Enrolment {
        idempotency: Some(Idempotency { key: [key; 32], request: [request; 32] }),
        ..enrolment(1, number, document)
    };
    let first = keyed(1, 1, 1, 1);
    let others = [keyed(1, 1, 1, 2), keyed(1, 2, 1, 2)];
    let enrol = async |one: &Enrolment| store.enrol(std::slice::from_ref(one)).await.unwrap()[0];
    // A refusal is not remembered: it may change.
    let barred = Enrolment { limit: 0, ..first.clone() };
    assert_eq!(enrol(&barred).await, Err(NotEnrolled::AccountFull));
    assert_eq!(enrol(&first).await, Ok(Done::New));
    assert_eq!(enrol(&first).await, Ok(Done::Again));
    for other in &others {
        assert_eq!(enrol(other).await, Err(NotEnrolled::OtherRequest));
    }
    // The document of who is there stays theirs, that of who was refused is free.
    assert_eq!(enrol(&enrolment(1, 2, 1)).await, Err(NotEnrolled::DocumentTaken));
    assert_eq!(enrol(&enrolment(1, 2, 2)).await, Ok(Done::New));
    // A request that comes after the person was removed does not enter them again.
    assert_eq!(store.remove(account(1), person(1, 1)).await.unwrap(), Ok(()));
    assert_eq!(enrol(&first).await, Ok(Done::Again));
    assert!(store.person(person(1, 1)).await.unwrap().is_none());
}

pub(super) async fn all_or_none_are_enrolled(store: &Arc<dyn Store>) {
    let bad = [enrolment(1, 1, 1), enrolment(1, 2, 1), enrolment(2, 1, 2)];
    let refused = store.enrol_all(&bad, Run::ForGood).await.unwrap();
    assert_eq!(refused, Err(vec![(1, NotEnrolled::DocumentTaken)]));
    assert!(store.people(account(1)).await.unwrap().is_empty());
    let good = [enrolment(1, 1, 1), enrolment(2, 1, 2)];
    let people =
        [(Run::Dry, 0), (Run::Dry, 0), (Run::ForGood, 2), (Run::ForGood, 2), (Run::Dry, 2)];
    for (run, people) in people {
        assert_eq!(store.enrol_all(&good, run).await.unwrap(), Ok(()));
        assert_eq!(store.audit().await.unwrap().people, people);
    }
    // One who is enrolled already, and one whose document is another's.
    let mixed = [enrolment(1, 1, 1), enrolment(3, 1, 2)];
    for run in [Run::Dry, Run::ForGood] {
        let refused = store.enrol_all(&mixed, run).await.unwrap();
        assert_eq!(refused, Err(vec![(1, NotEnrolled::DocumentTaken)]));
    }
    let taken = [Err(NotEnrolled::DocumentTaken)];
    assert_eq!(store.enrol(&[enrolment(3, 1, 1)]).await.unwrap(), taken, "it is still theirs");
}

pub(super) async fn details_change_until_the_first_dose(store: &Arc<dyn Store>) {
    country(store, 5).await;
    let amend = |by, document| Amendment {
        account: account(by),
        beneficiary: person(1, 1),
        details: details(document),
        at: at(5),
    };
    let outcomes = store.amend(&[amend(1, 9), amend(1, 2), amend(2, 8)]).await.unwrap();
    let expected = [Ok(()), Err(NotAmended::DocumentTaken), Err(NotAmended::NoSuchBeneficiary)];
    assert_eq!(outcomes, expected);
    let held = store.person(person(1, 1)).await.unwrap().unwrap();
    assert_eq!(held.beneficiary.details, details(9));
    let signed = DoseRecord { changes: 1, ..dose(1, person(1, 1), 1, 1) };
    assert_eq!(store.record_doses(&[signed]).await.unwrap(), [Ok(Done::New)]);
    assert_eq!(store.amend(&[amend(1, 7)]).await.unwrap(), [Err(NotAmended::Vaccinated)]);
    let by = domain::id::StaffId(uuid::Uuid::from_u128(1));
    assert!(store.mark_verified(person(1, 1), by, at(5)).await.unwrap());
    assert!(store.mark_verified(person(1, 1), by, at(9)).await.unwrap());
    assert!(!store.mark_verified(person(9, 1), by, at(5)).await.unwrap());
    let held = store.person(person(1, 1)).await.unwrap().unwrap();
    assert_eq!(held.beneficiary.verified_at, Some(at(5)));
}

pub(super) async fn a_person_goes_when_nothing_holds_them(store: &Arc<dyn Store>) {
    country(store, 5).await;
    let booked = store.book(&[booking(1, 1, &[1], seat(1, 1, 0, 0))]).await.unwrap();
    assert_eq!(booked, [Ok(Done::New)]);
    store.record_doses(&[dose(1, person(1, 2), 1, 1)]).await.unwrap();
    let remove = async |by, id| store.remove(account(by), id).await.unwrap();
    assert_eq!(remove(1, person(1, 1)).await, Err(NotRemoved::Booked));
    assert_eq!(remove(1, person(1, 2)).await, Err(NotRemoved::Vaccinated));
    assert_eq!(remove(1, person(2, 1)).await, Err(NotRemoved::NoSuchBeneficiary));
    assert_eq!(remove(2, person(2, 1)).await, Ok(()));
    assert_eq!(remove(2, person(2, 1)).await, Err(NotRemoved::NoSuchBeneficiary));
}

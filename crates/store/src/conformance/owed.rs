//! Certificates that are owed: their dose was recorded while the key that signs was away.

use std::sync::Arc;

use domain::id::{DoseId, FacilityId, StaffId};
use uuid::Uuid;

use super::fixture::{DAY, at, correction, country, dose, message, owed, person};
use crate::{
    CorrectedFields, Done, DoseRecord, LateCertificate, NotSettled, OwedCertificate, OwedPlace,
    Store, Tally, UndoDose,
};

async fn settle(store: &Arc<dyn Store>, late: &LateCertificate) -> Result<Done, NotSettled> {
    store.settle_owed(std::slice::from_ref(late)).await.unwrap()[0]
}

async fn record(store: &Arc<dyn Store>, one: &DoseRecord) {
    assert_eq!(store.record_doses(std::slice::from_ref(one)).await.unwrap(), [Ok(Done::New)]);
}

/// What is owed, read one at a time.
async fn listed(store: &Arc<dyn Store>) -> Vec<OwedCertificate> {
    let mut place = OwedPlace::BEGIN;
    let mut all = Vec::new();
    while let Some(next) = store.owed_certificates(place, 1).await.unwrap().pop() {
        place = next.place();
        all.push(next);
    }
    assert_eq!(store.owed_certificates(OwedPlace::BEGIN, 100).await.unwrap(), all);
    let (count, audit) = (store.owed_count().await.unwrap(), store.audit().await.unwrap());
    assert_eq!((count, audit.owed), (all.len() as u64, all.len() as u64));
    assert_eq!(store.people_count().await.unwrap(), audit.people);
    assert!(audit.holds(), "{audit:?}");
    all
}

async fn owed_doses(store: &Arc<dyn Store>) -> Vec<u128> {
    listed(store).await.iter().map(|one| one.dose.0.as_u128()).collect()
}

fn undo(id: u128) -> UndoDose {
    UndoDose {
        dose: DoseId(Uuid::from_u128(id)),
        beneficiary: person(1, 1),
        facility: FacilityId(1),
        reason: vec![1],
        by: StaffId(Uuid::from_u128(1)),
        not_before: at(0),
        at: at(200),
        tally: Tally { facility: 1, on: DAY, measure: "dose".to_owned(), count: -1 },
    }
}

pub(super) async fn a_dose_is_recorded_without_its_certificate_which_is_owed(
    store: &Arc<dyn Store>,
) {
    country(store, 5).await;
    let (first, _) = owed(dose(1, person(1, 1), 1, 1));
    record(store, &first).await;
    let held = store.person(person(1, 1)).await.unwrap().unwrap();
    assert_eq!(held.doses, std::slice::from_ref(&first.dose));
    assert!(store.certificate(person(1, 1)).await.unwrap().is_none());
    let expected = OwedCertificate {
        beneficiary: person(1, 1),
        dose: first.dose.id,
        since: first.dose.recorded_at,
    };
    assert_eq!(listed(store).await, [expected]);
    // Asked again, with or without a certificate: it is the same dose, and owed once.
    let again = store.record_doses(&[first, dose(1, person(1, 1), 1, 1)]).await.unwrap();
    assert_eq!(again, [Ok(Done::Again), Ok(Done::Again)]);
    assert_eq!(owed_doses(store).await, [1]);
    assert!(store.certificate(person(1, 1)).await.unwrap().is_none());
    assert_eq!(store.tallies_since(DAY).await.unwrap()[0].count, 1);
    // The dose after it is recorded, too.
    record(store, &dose(2, person(1, 1), 2, 1)).await;
    assert_eq!(owed_doses(store).await, [1]);
}

pub(super) async fn what_is_owed_is_listed_in_order(store: &Arc<dyn Store>) {
    country(store, 5).await;
    let later = [(3, person(2, 1), 70), (2, person(1, 2), 60), (1, person(1, 1), 60)];
    for (id, of, second) in later {
        let (mut one, _) = owed(dose(id, of, 1, 1));
        one.dose.recorded_at = at(second);
        record(store, &one).await;
    }
    assert_eq!(owed_doses(store).await, [1, 2, 3]);
    let first = OwedPlace { since: at(60), dose: Uuid::from_u128(1) };
    let behind = store.owed_certificates(first, 1).await.unwrap();
    assert_eq!(behind.iter().map(|one| one.dose.0.as_u128()).collect::<Vec<_>>(), [2]);
}

pub(super) async fn a_late_certificate_is_kept_once(store: &Arc<dyn Store>) {
    country(store, 5).await;
    let (one, mut late) = owed(dose(1, person(1, 1), 1, 1));
    let (other, other_late) = owed(dose(2, person(2, 1), 1, 1));
    late.message = Some(message(77));
    record(store, &one).await;
    record(store, &other).await;
    // Two workers signed the same, and one of them asks twice.
    let mut rival = late.clone();
    rival.certificate.id = Uuid::from_u128(9);
    rival.message = Some(message(78));
    let outcomes = store
        .settle_owed(&[late.clone(), rival.clone(), other_late.clone(), late.clone()])
        .await
        .unwrap();
    let expected = [Ok(Done::New), Err(NotSettled::NotOwed), Ok(Done::New), Ok(Done::Again)];
    assert_eq!(outcomes, expected);
    assert_eq!(settle(store, &rival).await, Err(NotSettled::NotOwed));
    assert_eq!(settle(store, &late).await, Ok(Done::Again));
    let held = store.certificate(person(1, 1)).await.unwrap();
    assert_eq!(held, Some(late.certificate));
    assert_eq!(store.certificate(person(2, 1)).await.unwrap(), Some(other_late.certificate));
    assert!(listed(store).await.is_empty());
    let due = store.lease_messages(at(400), at(500), 9).await.unwrap();
    assert_eq!(due.iter().map(|one| one.id).collect::<Vec<_>>(), [message(77).id]);
}

pub(super) async fn nothing_is_kept_that_is_not_owed_or_was_signed_from_other_details(
    store: &Arc<dyn Store>,
) {
    country(store, 5).await;
    let (first, late) = owed(dose(1, person(1, 1), 1, 1));
    assert_eq!(settle(store, &late).await, Err(NotSettled::NotOwed));
    record(store, &first).await;
    // Signed from other details, as another place in the series, or for somebody else.
    let stale = LateCertificate { changes: 1, ..late.clone() };
    let mut misplaced = late.clone();
    misplaced.certificate.dose_number = 2;
    let mut foreign = late.clone();
    foreign.certificate.beneficiary = person(1, 2);
    assert_eq!(settle(store, &stale).await, Err(NotSettled::DetailsChanged));
    assert_eq!(settle(store, &misplaced).await, Err(NotSettled::DetailsChanged));
    assert_eq!(settle(store, &foreign).await, Err(NotSettled::NotOwed));
    assert_eq!(owed_doses(store).await, [1]);
    // A correction signs every dose anew, so nothing is owed any more.
    let (second, second_late) = owed(dose(2, person(1, 1), 2, 1));
    record(store, &second).await;
    let name = CorrectedFields { name: true, ..CorrectedFields::default() };
    let held = store.person(person(1, 1)).await.unwrap().unwrap();
    assert_eq!(store.correct(&[correction(3, name, &held)]).await.unwrap(), [Ok(Done::New)]);
    assert!(listed(store).await.is_empty());
    let corrected = LateCertificate { changes: 1, ..second_late };
    for one in [&late, &corrected] {
        assert_eq!(settle(store, one).await, Err(NotSettled::NotOwed));
    }
    assert_eq!(store.certificate(person(1, 1)).await.unwrap().unwrap().sealed, [3]);
    // For a dose that was taken back nothing is owed.
    let (mut third, mut third_late) = owed(dose(3, person(1, 1), 3, 1));
    (third.changes, third_late.changes) = (1, 1);
    record(store, &third).await;
    assert_eq!(owed_doses(store).await, [3]);
    assert_eq!(store.undo_dose(&undo(3)).await.unwrap(), Ok(Done::New));
    assert!(listed(store).await.is_empty());
    assert_eq!(settle(store, &third_late).await, Err(NotSettled::NotOwed));
    assert_eq!(store.certificate(person(1, 1)).await.unwrap().unwrap().dose_number, 2);
}

pub(super) async fn a_batch_with_and_without_certificates_is_recorded_at_once(
    store: &Arc<dyn Store>,
) {
    country(store, 5).await;
    let (owed_one, late) = owed(dose(2, person(1, 2), 1, 1));
    let signed = [dose(1, person(1, 1), 1, 1), dose(3, person(2, 1), 1, 1)];
    let batch = [signed[0].clone(), owed_one, signed[1].clone()];
    assert_eq!(store.record_doses(&batch).await.unwrap(), [Ok(Done::New); 3]);
    assert_eq!(owed_doses(store).await, [2]);
    for one in &signed {
        let held = store.certificate(one.dose.beneficiary).await.unwrap();
        assert_eq!(held, one.certificate);
    }
    assert_eq!(settle(store, &late).await, Ok(Done::New));
    assert!(listed(store).await.is_empty());
}

//! Corrections after the first dose, and the list of withdrawn certificates.

use std::sync::Arc;

use domain::id::{BeneficiaryId, DoseId, FacilityId, StaffId};
use uuid::Uuid;

use super::fixture::{DAY, account, at, correction, country, details, dose, message, person};
use crate::{
    Amendment, CorrectedFields, Correction, Done, DoseRecord, NotCorrected, NotRecorded,
    PersonRecord, Store, Tally, UndoDose, Withdrawal, WithdrawalPlace, WithdrawalReason,
};

const NAME: CorrectedFields = CorrectedFields { name: true, birth_year: false, gender: false };
const REST: CorrectedFields = CorrectedFields { name: false, birth_year: true, gender: true };

async fn held(store: &Arc<dyn Store>) -> PersonRecord {
    store.person(person(1, 1)).await.unwrap().unwrap()
}

async fn correct(store: &Arc<dyn Store>, one: &Correction) -> Result<Done, NotCorrected> {
    store.correct(std::slice::from_ref(one)).await.unwrap()[0]
}

/// Withdrawn certificates from the beginning on, read one at a time.
async fn withdrawn(store: &Arc<dyn Store>) -> Vec<Withdrawal> {
    let mut place = WithdrawalPlace { at: at(0), certificate: Uuid::nil() };
    let mut all = Vec::new();
    while let Some(next) = store.withdrawals(place, 1).await.unwrap().pop() {
        place = next.place();
        all.push(next);
    }
    all
}

pub(super) async fn a_correction_withdraws_and_reissues_at_once(store: &Arc<dyn Store>) {
    country(store, 5).await;
    store.record_doses(&[dose(1, person(1, 1), 1, 1), dose(2, person(1, 1), 2, 1)]).await.unwrap();
    store.record_doses(&[dose(3, person(1, 2), 1, 1)]).await.unwrap();
    let before = held(store).await;
    let first = correction(7, NAME, &before);
    assert_eq!(correct(store, &first).await, Ok(Done::New));
    let after = held(store).await;
    let (old, new) = (&before.beneficiary.details, &after.beneficiary.details);
    assert_eq!((&new.name, &new.birth_year, &new.gender), (&vec![7], &vec![7], &vec![7]));
    assert_eq!((&new.document, &new.comorbidity), (&old.document, &old.comorbidity));
    assert_eq!(new.document_index, old.document_index);
    assert_eq!((after.doses, after.beneficiary.changes), (before.doses, 1));
    let latest = store.certificate(person(1, 1)).await.unwrap().unwrap();
    assert_eq!(latest, first.reissues[1].certificate);
    let other = store.certificate(person(1, 2)).await.unwrap().unwrap();
    assert_eq!(Some(other), dose(3, person(1, 2), 1, 1).certificate);
    let expected = |number: u128| Withdrawal {
        certificate: Uuid::from_u128(5_000 + number),
        at: at(307),
        reason: WithdrawalReason::DetailsCorrected,
        issued_at: at(100),
    };
    assert_eq!(withdrawn(store).await, [expected(1), expected(2)]);
    let due = store.lease_messages(at(400), at(500), 9).await.unwrap();
    assert_eq!(due.iter().map(|one| one.id).collect::<Vec<_>>(), [message(9_007).id]);
    let tallies = store.tallies_since(DAY).await.unwrap();
    let count = |measure: &str| tallies.iter().find(|one| one.measure == measure).unwrap().count;
    assert_eq!((count("dose"), count("dose of another")), (2, 1));
}

pub(super) async fn a_correction_keeps_to_its_limits(store: &Arc<dyn Store>) {
    country(store, 5).await;
    let early = correction(1, NAME, &held(store).await);
    assert_eq!(correct(store, &early).await, Err(NotCorrected::NotVaccinated));
    store.record_doses(&[dose(1, person(1, 1), 1, 1)]).await.unwrap();
    let before = held(store).await;
    let first = correction(2, NAME, &before);
    let foreign = Correction { account: account(2), ..first.clone() };
    assert_eq!(correct(store, &foreign).await, Err(NotCorrected::NoSuchBeneficiary));
    let empty = correction(3, CorrectedFields::default(), &before);
    assert_eq!(correct(store, &empty).await, Err(NotCorrected::SameDetails));
    // Signed before the dose was recorded, or from other details.
    for stale in [
        Correction { reissues: Vec::new(), ..first.clone() },
        Correction { changes: 5, ..first.clone() },
    ] {
        assert_eq!(correct(store, &stale).await, Err(NotCorrected::Changed));
    }
    assert!(withdrawn(store).await.is_empty());
    assert_eq!(held(store).await.beneficiary, before.beneficiary);
    let outcomes = store.correct(&[first.clone(), first.clone()]).await.unwrap();
    assert_eq!(outcomes, [Ok(Done::New), Ok(Done::Again)]);
    let other = Correction { request: [9; 32], ..first.clone() };
    assert_eq!(correct(store, &other).await, Err(NotCorrected::OtherRequest));
    let again = correction(4, NAME, &held(store).await);
    assert_eq!(correct(store, &again).await, Err(NotCorrected::LimitReached));
    let twice = Correction { limit: 2, ..again };
    assert_eq!(correct(store, &twice).await, Ok(Done::New));
    assert_eq!(correct(store, &correction(5, REST, &held(store).await)).await, Ok(Done::New));
    // One that went through is known however much has happened since.
    assert_eq!(correct(store, &first).await, Ok(Done::Again));
    assert_eq!(store.certificate(person(1, 1)).await.unwrap().unwrap().sealed, [5]);
    assert_eq!(withdrawn(store).await.len(), 3);
}

pub(super) async fn two_corrections_at_once_do_not_cross(store: &Arc<dyn Store>) {
    country(store, 5).await;
    store.record_doses(&[dose(1, person(1, 1), 1, 1), dose(2, person(1, 1), 2, 1)]).await.unwrap();
    let before = held(store).await;
    let tasks: Vec<_> = (1..=8)
        .map(|id| {
            let one = Correction { limit: 20, ..correction(id, NAME, &before) };
            let store = Arc::clone(store);
            tokio::spawn(async move { (id, correct(&store, &one).await) })
        })
        .collect();
    let mut went_through = Vec::new();
    for task in tasks {
        match task.await.unwrap() {
            (id, Ok(Done::New)) => went_through.push(id),
            (_, outcome) => assert_eq!(outcome, Err(NotCorrected::Changed)),
        }
    }
    let [winner] = went_through[..] else { panic!("{went_through:?}") };
    assert_eq!(held(store).await.beneficiary.details.name, [winner]);
    assert_eq!(store.certificate(person(1, 1)).await.unwrap().unwrap().sealed, [winner]);
    assert_eq!(withdrawn(store).await.len(), 2);
}

/// No certificate is kept that was signed from details which are no longer those of the person.
pub(super) async fn a_dose_signed_from_other_details_is_refused(store: &Arc<dyn Store>) {
    country(store, 5).await;
    let amendment = Amendment {
        account: account(1),
        beneficiary: person(1, 1),
        details: details(1),
        at: at(50),
    };
    assert_eq!(store.amend(&[amendment]).await.unwrap(), [Ok(())]);
    let record = async |number: u8, changes| {
        let signed = dose(u128::from(number), person(1, 1), number, 1);
        let signed = DoseRecord { changes, ..signed };
        store.record_doses(&[signed]).await.unwrap()[0]
    };
    assert_eq!(record(1, 0).await, Err(NotRecorded::DetailsChanged));
    assert_eq!(record(1, 1).await, Ok(Done::New));
    let corrected = correct(store, &correction(3, NAME, &held(store).await)).await;
    assert_eq!(corrected, Ok(Done::New));
    assert_eq!(record(2, 1).await, Err(NotRecorded::DetailsChanged));
    // A dose on record stays known to who repeats it.
    assert_eq!(record(1, 1).await, Ok(Done::Again));
    assert_eq!(record(2, 2).await, Ok(Done::New));
}

/// The first facility takes back a dose.
pub(super) fn undo(beneficiary: BeneficiaryId, id: u128) -> UndoDose {
    UndoDose {
        dose: DoseId(Uuid::from_u128(id)),
        beneficiary,
        facility: FacilityId(1),
        reason: vec![1],
        by: StaffId(Uuid::from_u128(1)),
        not_before: at(0),
        at: at(310),
        tally: Tally { facility: 1, on: DAY, measure: "dose".to_owned(), count: -1 },
    }
}

pub(super) async fn withdrawn_certificates_are_listed_in_order(store: &Arc<dyn Store>) {
    country(store, 5).await;
    for (id, of) in [(1, person(1, 1)), (2, person(2, 1)), (3, person(2, 2))] {
        assert_eq!(store.record_doses(&[dose(id, of, 1, 1)]).await.unwrap(), [Ok(Done::New)]);
    }
    assert!(withdrawn(store).await.is_empty());
    for (id, of) in [(3, person(2, 2)), (2, person(2, 1))] {
        assert_eq!(store.undo_dose(&undo(of, id)).await.unwrap(), Ok(Done::New));
    }
    let first = correction(1, NAME, &held(store).await);
    assert_eq!(correct(store, &first).await, Ok(Done::New));
    let (corrected, undone) = (WithdrawalReason::DetailsCorrected, WithdrawalReason::DoseUndone);
    let all = withdrawn(store).await;
    let seen: Vec<_> = all.iter().map(|one| (one.certificate.as_u128(), one.reason)).collect();
    assert_eq!(seen, [(5_001, corrected), (5_002, undone), (5_003, undone)]);
    // From any place on, and together.
    let from = |place| async move { store.withdrawals(place, 9).await.unwrap() };
    assert_eq!(from(all[0].place()).await, all[1..]);
    assert_eq!(from(WithdrawalPlace { at: at(310), certificate: Uuid::nil() }).await, all[1..]);
    assert!(from(all[2].place()).await.is_empty());
}

//! Two records of one person become one: in one account, and across two.

use std::sync::Arc;

use domain::{
    dose::Dose,
    id::{BeneficiaryId, DoseId, FacilityId, StaffId},
};
use uuid::Uuid;

use super::fixture::{
    DAY, account, at, booking, correction, country, details, dose, enrolment, merge, owed, person,
    seat,
};
use crate::{
    Amendment, CorrectedFields, Done, Idempotency, Merge, NotAmended, NotBooked, NotCorrected,
    NotEnrolled, NotMerged, NotRecorded, NotRemoved, NotSettled, NotUndone, PersonRecord, Store,
    UndoDose, Withdrawal, WithdrawalPlace, WithdrawalReason,
};

/// The record that goes, and the one that stays: at home in one place, and in two.
const PAIRS: [(u16, u64); 2] = [(1, 2), (2, 1)];

fn stays() -> BeneficiaryId {
    person(1, 1)
}

fn goes((account, number): (u16, u64)) -> BeneficiaryId {
    person(account, number)
}

async fn held(store: &Arc<dyn Store>, id: BeneficiaryId) -> PersonRecord {
    store.person(id).await.unwrap().unwrap()
}

async fn try_merge(store: &Arc<dyn Store>, one: &Merge) -> Result<Done, NotMerged> {
    store.merge(std::slice::from_ref(one)).await.unwrap()[0]
}

/// The merge of a pair: the dose of the one that goes is the earlier one.
async fn earlier_goes(store: &Arc<dyn Store>, id: u8, pair: (u16, u64)) -> Merge {
    let (gone, kept) = (held(store, goes(pair)).await, held(store, stays()).await);
    let by_date: Vec<&Dose> = gone.doses.iter().chain(&kept.doses).collect();
    merge(id, &gone, &kept, &by_date)
}

async fn withdrawn(store: &Arc<dyn Store>) -> Vec<(Uuid, WithdrawalReason)> {
    let begin = WithdrawalPlace { at: at(0), certificate: Uuid::nil() };
    let all = store.withdrawals(begin, 99).await.unwrap();
    let read = |one: Withdrawal| (one.certificate, one.reason);
    all.into_iter().map(read).collect()
}

/// One dose each, and one of somebody else.
async fn vaccinate(store: &Arc<dyn Store>, pair: (u16, u64)) {
    let bystander = person(2, 2);
    for (id, of) in [(1, stays()), (2, goes(pair)), (3, bystander)] {
        assert_eq!(store.record_doses(&[dose(id, of, 1, 1)]).await.unwrap(), [Ok(Done::New)]);
    }
}

async fn one_of_two(store: &Arc<dyn Store>, id: u8, pair: (u16, u64)) {
    let (by, because) = (Some(StaffId(Uuid::from_u128(7))), Some(vec![7; 40]));
    let wanted = Merge { by, because, ..earlier_goes(store, id, pair).await };
    let before = held(store, goes(pair)).await;
    assert_eq!(try_merge(store, &wanted).await, Ok(Done::New));
    let after = held(store, stays()).await;
    assert_eq!(after.doses, wanted.series);
    let ids: Vec<_> = after.doses.iter().map(|dose| (dose.id.0.as_u128(), dose.number)).collect();
    assert_eq!(ids, [(2, 1), (1, 2)]);
    assert!(store.person(goes(pair)).await.unwrap().is_none());
    let family = store.people(account(pair.0)).await.unwrap();
    assert!(family.iter().all(|one| one.beneficiary.id != goes(pair)));
    let latest = store.certificate(stays()).await.unwrap().unwrap();
    assert_eq!(latest, wanted.certificates[1]);
    assert!(store.certificate(goes(pair)).await.unwrap().is_none());
    let because = WithdrawalReason::RecordsMerged;
    let expected = [1, 2].map(|number| (Uuid::from_u128(5_000 + number), because));
    assert_eq!(withdrawn(store).await, expected);
    let gone = store.merged(&[stays(), goes(pair)]).await.unwrap();
    let [None, Some(gone)] = &gone[..] else { panic!("{gone:?}") };
    assert_eq!((gone.into, gone.at, gone.settled), (stays(), wanted.at, true));
    assert_eq!((&gone.beneficiary, &gone.claims), (&before.beneficiary, &before.claims));
    assert_eq!((gone.by, &gone.because), (by, &wanted.because), "who did it, and why");
    let far = at(9_000);
    let due = store.lease_messages(far, far, 9).await.unwrap();
    let mut due: Vec<_> = due.iter().map(|one| one.id).collect();
    due.sort();
    let sent = wanted.message.iter().chain(&wanted.farewell).map(|one| one.id);
    assert_eq!(due, sent.collect::<Vec<_>>());
    let tallies = store.tallies_since(DAY).await.unwrap();
    let count = |measure: &str| {
        let counted = tallies.iter().filter(|one| one.measure == measure);
        counted.map(|one| one.count).sum::<i64>()
    };
    assert_eq!((count("dose"), count("dose of another number")), (2, 1));
}

pub(super) async fn two_records_become_one_with_new_numbers_and_certificates(
    store: &Arc<dyn Store>,
) {
    country(store, 5).await;
    vaccinate(store, PAIRS[1]).await;
    one_of_two(store, 1, PAIRS[1]).await;
}

pub(super) async fn two_records_of_one_account_become_one(store: &Arc<dyn Store>) {
    country(store, 5).await;
    vaccinate(store, PAIRS[0]).await;
    one_of_two(store, 1, PAIRS[0]).await;
    // What is on record of the one that stays can be worked with as ever.
    let fields = CorrectedFields { name: true, ..CorrectedFields::default() };
    let corrected = correction(3, fields, &held(store, stays()).await);
    assert_eq!(store.correct(&[corrected]).await.unwrap(), [Ok(Done::New)]);
    let undo = |id, number| UndoDose {
        dose: DoseId(Uuid::from_u128(id)),
        beneficiary: stays(),
        facility: FacilityId(1),
        reason: vec![1],
        by: StaffId(Uuid::from_u128(1)),
        not_before: at(0),
        at: at(400),
        tally: dose(1, stays(), number, 1).tally,
    };
    assert_eq!(store.undo_dose(&undo(2, 1)).await.unwrap(), Err(NotUndone::LaterDose));
    assert_eq!(store.undo_dose(&undo(1, 2)).await.unwrap(), Ok(Done::New));
    assert_eq!(store.certificate(stays()).await.unwrap().unwrap().dose_number, 1);
}

/// Certificates were owed to both: the merge has one for each dose, and nothing is owed any more.
pub(super) async fn a_merge_settles_what_was_owed(store: &Arc<dyn Store>) {
    country(store, 5).await;
    let mut late = Vec::new();
    for (id, of) in [(1, stays()), (2, goes(PAIRS[1]))] {
        let (unsigned, later) = owed(dose(id, of, 1, 1));
        assert_eq!(store.record_doses(&[unsigned]).await.unwrap(), [Ok(Done::New)]);
        late.push(later);
    }
    assert_eq!(store.owed_count().await.unwrap(), 2);
    let wanted = earlier_goes(store, 1, PAIRS[1]).await;
    assert_eq!(try_merge(store, &wanted).await, Ok(Done::New));
    assert_eq!(store.owed_count().await.unwrap(), 0);
    let kept = store.settle_owed(&late).await.unwrap();
    assert_eq!(kept, [Err(NotSettled::NotOwed), Err(NotSettled::NotOwed)]);
    let audit = store.audit().await.unwrap();
    assert_eq!((audit.doses, audit.owed, audit.owed_wrongly), (2, 0, 0));
}

pub(super) async fn a_dose_that_both_have_is_there_once(store: &Arc<dyn Store>) {
    country(store, 5).await;
    vaccinate(store, PAIRS[1]).await;
    let later = dose(4, goes(PAIRS[1]), 2, 1);
    assert_eq!(store.record_doses(&[later]).await.unwrap(), [Ok(Done::New)]);
    let (gone, kept) = (held(store, goes(PAIRS[1])).await, held(store, stays()).await);
    let wanted = merge(1, &gone, &kept, &[&kept.doses[0], &gone.doses[1]]);
    assert_eq!(try_merge(store, &wanted).await, Ok(Done::New));
    let ids = held(store, stays()).await.doses;
    let ids: Vec<_> = ids.iter().map(|dose| dose.id.0.as_u128()).collect();
    assert_eq!(ids, [1, 4]);
    assert_eq!(withdrawn(store).await.len(), 3);
    assert_eq!(store.audit().await.unwrap().doses, 3);
}

pub(super) async fn a_record_that_went_can_do_nothing_any_more(store: &Arc<dyn Store>) {
    country(store, 5).await;
    for (number, pair) in (1..).zip([PAIRS[0], PAIRS[1]]) {
        let of = goes(pair);
        let id = u128::from(number) * 10;
        store.record_doses(&[dose(id, of, 1, 1)]).await.unwrap();
        let before = held(store, of).await;
        let wanted = earlier_goes(store, number, pair).await;
        assert_eq!(try_merge(store, &wanted).await, Ok(Done::New));
        let missing = Err(NotRecorded::NoSuchBeneficiary);
        let late = store.record_doses(&[dose(id + 1, of, 2, 1)]).await.unwrap();
        assert_eq!(late, [missing]);
        let wish = booking(id, pair.0, &[pair.1], seat(1, 1, 0, 0));
        assert_eq!(store.book(&[wish]).await.unwrap(), [Err(NotBooked::NoSuchBeneficiary)]);
        let amendment =
            Amendment { account: account(pair.0), beneficiary: of, details: details(9), at: at(5) };
        let amended = store.amend(&[amendment]).await.unwrap();
        assert_eq!(amended, [Err(NotAmended::NoSuchBeneficiary)]);
        let fields = CorrectedFields { name: true, ..CorrectedFields::default() };
        let mut corrected = correction(9, fields, &before);
        corrected.account = account(pair.0);
        let corrected = store.correct(&[corrected]).await.unwrap();
        assert_eq!(corrected, [Err(NotCorrected::NoSuchBeneficiary)]);
        let removed = store.remove(account(pair.0), of).await.unwrap();
        assert_eq!(removed, Err(NotRemoved::NoSuchBeneficiary));
        assert!(!store.mark_verified(of, StaffId(Uuid::from_u128(1)), at(5)).await.unwrap());
    }
    documents_stay_taken(store).await;
}

/// Who was entered before is known and does not come back; their document is nobody else's; and their
/// place in the family is free.
async fn documents_stay_taken(store: &Arc<dyn Store>) {
    let again = [enrolment(1, 2, 2), enrolment(2, 1, 3)];
    assert_eq!(store.enrol(&again).await.unwrap(), [Ok(Done::Again), Ok(Done::Again)]);
    assert!(store.person(goes(PAIRS[0])).await.unwrap().is_none());
    let taken = [enrolment(1, 7, 2), enrolment(3, 1, 3)];
    let refused = Err(NotEnrolled::DocumentTaken);
    assert_eq!(store.enrol(&taken).await.unwrap(), [refused, refused]);
    let amendment = Amendment {
        account: account(2),
        beneficiary: person(2, 2),
        details: details(3),
        at: at(6),
    };
    assert_eq!(store.amend(&[amendment]).await.unwrap(), [Err(NotAmended::DocumentTaken)]);
    // Three places: the one who stays and two more.
    let two_more = [enrolment(1, 8, 18), enrolment(1, 9, 19), enrolment(1, 10, 20)];
    let full = Err(NotEnrolled::AccountFull);
    assert_eq!(store.enrol(&two_more).await.unwrap(), [Ok(Done::New), Ok(Done::New), full]);
}

pub(super) async fn records_in_use_or_changed_are_not_merged(store: &Arc<dyn Store>) {
    country(store, 5).await;
    vaccinate(store, PAIRS[1]).await;
    let wanted = earlier_goes(store, 1, PAIRS[1]).await;
    let mut stale = Vec::new();
    let mut other = wanted.clone();
    other.goes.changes = 5;
    stale.push(other.clone());
    other.goes = wanted.goes.clone();
    other.stays.changes = 5;
    stale.push(other.clone());
    other.stays = wanted.stays.clone();
    other.goes.doses.clear();
    stale.push(other.clone());
    other.goes = wanted.goes.clone();
    other.stays.doses.push(DoseId(Uuid::from_u128(77)));
    stale.push(other);
    for stale in stale {
        assert_eq!(try_merge(store, &stale).await, Err(NotMerged::Changed));
    }
    let foreign = Merge { account: account(2), ..wanted.clone() };
    assert_eq!(try_merge(store, &foreign).await, Err(NotMerged::NoSuchBeneficiary));
    let mut nobody = wanted.clone();
    nobody.goes.beneficiary = person(7, 7);
    assert_eq!(try_merge(store, &nobody).await, Err(NotMerged::NoSuchBeneficiary));
    for (id, by) in [(50, 1), (51, 2)] {
        let wish = crate::Booking { dose_number: 2, ..booking(id, by, &[1], seat(1, 1, 1, 0)) };
        assert_eq!(store.book(std::slice::from_ref(&wish)).await.unwrap(), [Ok(Done::New)]);
        assert_eq!(try_merge(store, &wanted).await, Err(NotMerged::Booked));
        let cancellation = crate::Cancellation {
            appointment: wish.appointment,
            account: account(by),
            beneficiaries: vec![],
            message: None,
            at: at(20),
        };
        assert_eq!(store.cancel(&[cancellation]).await.unwrap(), [Ok(Done::New)]);
    }
    assert!(withdrawn(store).await.is_empty());
    assert_eq!(try_merge(store, &wanted).await, Ok(Done::New));
}

pub(super) async fn an_appointment_that_was_missed_stands_in_the_way_of_no_merge(
    store: &Arc<dyn Store>,
) {
    country(store, 5).await;
    vaccinate(store, PAIRS[1]).await;
    let wanted = earlier_goes(store, 1, PAIRS[1]).await;
    for (id, by) in [(50, 1), (51, 2)] {
        let wish = crate::Booking { dose_number: 2, ..booking(id, by, &[1], seat(1, 1, 1, 0)) };
        assert_eq!(store.book(&[wish]).await.unwrap(), [Ok(Done::New)]);
    }
    assert_eq!(try_merge(store, &wanted).await, Err(NotMerged::Booked), "its day is not over");
    let later = Merge { today: DAY.tomorrow().unwrap(), ..wanted };
    assert_eq!(try_merge(store, &later).await, Ok(Done::New));
    let gone = store.merged(&[later.goes.beneficiary]).await.unwrap().pop().flatten();
    assert_eq!(gone.unwrap().claims.len(), 1, "it is kept with the record that went");
}

pub(super) async fn a_repeated_merge_is_known(store: &Arc<dyn Store>) {
    country(store, 5).await;
    vaccinate(store, PAIRS[1]).await;
    let keyed = |request| Some(Idempotency { key: [1; 32], request: [request; 32] });
    let wanted = earlier_goes(store, 1, PAIRS[1]).await;
    let wanted = Merge { idempotency: keyed(1), ..wanted };
    let outcomes = store.merge(&[wanted.clone(), wanted.clone()]).await.unwrap();
    assert_eq!(outcomes, [Ok(Done::New), Ok(Done::Again)]);
    let another = Merge { id: Uuid::from_u128(9), ..wanted.clone() };
    assert_eq!(try_merge(store, &another).await, Ok(Done::Again));
    let other = Merge { idempotency: keyed(2), ..wanted.clone() };
    assert_eq!(try_merge(store, &other).await, Err(NotMerged::OtherRequest));
    // Without a key it is known by the records, and they went into one only.
    let unnamed = Merge { idempotency: None, ..another };
    assert_eq!(try_merge(store, &unnamed).await, Ok(Done::Again));
    let mut elsewhere = unnamed;
    let there = held(store, person(2, 2)).await;
    elsewhere.account = account(2);
    elsewhere.stays = merge(1, &there, &there, &[]).stays;
    assert_eq!(try_merge(store, &elsewhere).await, Err(NotMerged::Gone));
    assert_eq!(withdrawn(store).await.len(), 2);
}

/// Eight at once, of both directions: one goes through, and every dose is somewhere once.
pub(super) async fn two_merges_at_once_do_not_cross(store: &Arc<dyn Store>) {
    country(store, 5).await;
    vaccinate(store, PAIRS[1]).await;
    let (one, other) = (held(store, stays()).await, held(store, goes(PAIRS[1])).await);
    let by_date = [&one.doses[0], &other.doses[0]];
    let tasks: Vec<_> = (1..=8)
        .map(|id| {
            let (gone, kept) = if id % 2 == 0 { (&one, &other) } else { (&other, &one) };
            let wanted = merge(id, gone, kept, &by_date);
            let store = Arc::clone(store);
            tokio::spawn(async move { try_merge(&store, &wanted).await })
        })
        .collect();
    let mut new = 0;
    for task in tasks {
        new += u32::from(task.await.unwrap() == Ok(Done::New));
    }
    assert!(new <= 1, "{new} went through");
    if new == 0 {
        // On shards two that take one another out give up, both.
        assert_eq!(try_merge(store, &merge(9, &other, &one, &by_date)).await, Ok(Done::New));
    }
    let people = store.persons(&[stays(), goes(PAIRS[1])]).await.unwrap();
    let left: Vec<_> = people.into_iter().flatten().collect();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].doses.len(), 2);
    assert_eq!(withdrawn(store).await.len(), 2);
    assert_eq!(store.audit().await.unwrap().doses, 3);
}

//! Entries of status lists: each credential has one of its own, and it is withdrawn with the
//! certificate, whoever withdraws that one.

use std::{collections::BTreeSet, sync::Arc};

use domain::id::BeneficiaryId;
use uuid::Uuid;

use super::{
    corrections::undo,
    fixture::{at, correction, country, dose, merge, person},
};
use crate::{
    CorrectedFields, Done, NotAllotted, STATUS_HALF, STATUS_SINGLE_USES, STATUS_SLOTS, StatusEntry,
    StatusUse, StatusWish, Store, WithdrawnPlace,
};

const BEGIN: WithdrawnPlace =
    WithdrawnPlace { at: jiff::Timestamp::UNIX_EPOCH, certificate: Uuid::nil(), nth: 0 };

/// A wish for a credential of the certificate with a number.
fn wish(
    beneficiary: BeneficiaryId,
    certificate: u128,
    of_use: StatusUse,
    random: u64,
) -> StatusWish {
    let certificate = Uuid::from_u128(certificate);
    StatusWish { beneficiary, certificate, of_use, random, at: at(110) }
}

async fn allot(store: &Arc<dyn Store>, one: StatusWish) -> Result<StatusEntry, NotAllotted> {
    store.allot_status(&[one]).await.unwrap()[0]
}

/// The entries of withdrawn certificates, read one at a time.
async fn withdrawn(store: &Arc<dyn Store>) -> Vec<StatusEntry> {
    let mut place = BEGIN;
    let mut all = Vec::new();
    while let Some(next) = store.withdrawn_entries(place, 1).await.unwrap().pop() {
        assert!(next.place > place);
        place = next.place;
        all.push(next);
    }
    assert_eq!(store.withdrawn_entries(BEGIN, 100).await.unwrap(), all);
    all.iter().map(|one| one.entry).collect()
}

async fn vaccinate(store: &Arc<dyn Store>) {
    country(store, 5).await;
    let doses = [
        dose(1, person(1, 1), 1, 1),
        dose(2, person(1, 2), 1, 1),
        dose(3, person(2, 1), 1, 1),
        dose(4, person(2, 2), 1, 1),
    ];
    assert_eq!(store.record_doses(&doses).await.unwrap(), [Ok(Done::New); 4]);
}

pub(super) async fn every_credential_has_an_entry_of_its_own(store: &Arc<dyn Store>) {
    vaccinate(store).await;
    assert_eq!(store.newest_status_list().await.unwrap(), None);
    let (one, other) = (person(1, 1), person(1, 2));
    let kept = allot(store, wish(one, 5_001, StatusUse::Kept, 7)).await.unwrap();
    assert_eq!(kept, StatusEntry { bucket: one.bucket(), list: 0, slot: 7 });
    assert_eq!(allot(store, wish(one, 5_001, StatusUse::Kept, 9)).await, Ok(kept));
    let mut seen = BTreeSet::from([kept]);
    // Asked with the same random number, in one batch and across two people of one bucket.
    for _ in 0..STATUS_SINGLE_USES {
        let both =
            [wish(one, 5_001, StatusUse::Single, 7), wish(other, 5_002, StatusUse::Single, 7)];
        for entry in store.allot_status(&both).await.unwrap() {
            assert!(seen.insert(entry.unwrap()), "{entry:?} was given before");
        }
    }
    let beyond = wish(one, 5_001, StatusUse::Single, 7);
    assert_eq!(allot(store, beyond).await, Err(NotAllotted::TooMany));
    assert_eq!(allot(store, wish(one, 5_001, StatusUse::Kept, 1)).await, Ok(kept));
    assert_eq!(seen.len(), 1 + 2 * usize::from(STATUS_SINGLE_USES));
    assert!(seen.iter().all(|entry| entry.slot < STATUS_SLOTS && entry.bucket == one.bucket()));
    let in_list = |list| seen.iter().filter(|entry| entry.list == list).count();
    assert_eq!((in_list(0), in_list(1), in_list(2)), (STATUS_HALF, STATUS_HALF, 1));
    assert_eq!(store.newest_status_list().await.unwrap(), Some(2));
    // Another bucket begins at its own beginning, in the same lists.
    let elsewhere = allot(store, wish(person(2, 1), 5_003, StatusUse::Single, 3)).await.unwrap();
    assert_eq!((elsewhere.list, elsewhere.slot), (0, 3));
    for nobodys in [
        wish(one, 77, StatusUse::Single, 1),
        wish(other, 5_001, StatusUse::Single, 1),
        wish(person(2, 1), 5_001, StatusUse::Kept, 1),
    ] {
        assert_eq!(allot(store, nobodys).await, Err(NotAllotted::NoSuchCertificate));
    }
    assert!(withdrawn(store).await.is_empty());
}

pub(super) async fn entries_are_withdrawn_with_their_certificate(store: &Arc<dyn Store>) {
    vaccinate(store).await;
    let mut corrected = Vec::new();
    for (of_use, random) in [(StatusUse::Kept, 1), (StatusUse::Single, 2), (StatusUse::Single, 3)] {
        corrected.push(allot(store, wish(person(1, 1), 5_001, of_use, random)).await.unwrap());
    }
    let undone = allot(store, wish(person(1, 2), 5_002, StatusUse::Single, 4)).await.unwrap();
    allot(store, wish(person(2, 1), 5_003, StatusUse::Single, 5)).await.unwrap();
    assert!(withdrawn(store).await.is_empty());
    assert_eq!(store.undo_dose(&undo(person(1, 2), 2)).await.unwrap(), Ok(Done::New));
    assert_eq!(withdrawn(store).await, [undone]);
    let held = store.person(person(1, 1)).await.unwrap().unwrap();
    let name = CorrectedFields { name: true, ..CorrectedFields::default() };
    let outcome = store.correct(&[correction(1, name, &held)]).await.unwrap();
    assert_eq!(outcome, [Ok(Done::New)]);
    let all: BTreeSet<_> = withdrawn(store).await.into_iter().collect();
    assert_eq!(all, corrected.iter().copied().chain([undone]).collect());
    // Nothing is made of a withdrawn certificate; the new one has entries of its own.
    let late = wish(person(1, 1), 5_001, StatusUse::Kept, 6);
    assert_eq!(allot(store, late).await, Err(NotAllotted::NoSuchCertificate));
    let latest = store.certificate(person(1, 1)).await.unwrap().unwrap();
    let fresh = wish(person(1, 1), latest.id.as_u128(), StatusUse::Kept, 6);
    assert!(!all.contains(&allot(store, fresh).await.unwrap()));
    assert_eq!(withdrawn(store).await.len(), all.len());
}

/// The record that goes and the one that stays are at home in two places, and in one.
pub(super) async fn entries_of_merged_records_are_withdrawn(store: &Arc<dyn Store>) {
    vaccinate(store).await;
    let stays = person(1, 1);
    let entry = async |of, certificate| {
        allot(store, wish(of, certificate, StatusUse::Single, 1)).await.unwrap()
    };
    let mut expected = BTreeSet::from([entry(stays, 5_001).await]);
    let mut latest = 5_001;
    for (id, goes, certificate) in [(1, person(2, 1), 5_003), (2, person(1, 2), 5_002)] {
        expected.insert(entry(goes, certificate).await);
        expected.insert(entry(stays, latest).await);
        let records = store.persons(&[goes, stays]).await.unwrap();
        let [Some(gone), Some(kept)] = &records[..] else { panic!("both are there") };
        let by_date: Vec<_> = gone.doses.iter().chain(&kept.doses).collect();
        let wanted = merge(id, gone, kept, &by_date);
        assert_eq!(store.merge(&[wanted]).await.unwrap(), [Ok(Done::New)]);
        let all: BTreeSet<_> = withdrawn(store).await.into_iter().collect();
        assert_eq!(all, expected);
        let late = wish(goes, certificate, StatusUse::Single, 1);
        assert_eq!(allot(store, late).await, Err(NotAllotted::NoSuchCertificate));
        latest = store.certificate(stays).await.unwrap().unwrap().id.as_u128();
    }
}

/// Whoever is quicker, nobody has the entry of another, and nobody more than they may.
pub(super) async fn many_at_once_never_share_an_entry(store: &Arc<dyn Store>) {
    vaccinate(store).await;
    let tasks: Vec<_> = (0..12_u64)
        .map(|task| {
            let store = Arc::clone(store);
            tokio::spawn(async move {
                let (of, certificate) =
                    if task % 2 == 0 { (person(1, 1), 5_001) } else { (person(1, 2), 5_002) };
                let mut given = Vec::new();
                for random in 0..3 {
                    let wish = wish(of, certificate, StatusUse::Single, random);
                    given.extend(store.allot_status(&[wish]).await);
                }
                given
            })
        })
        .collect();
    let (mut seen, mut count) = (BTreeSet::new(), 0);
    for task in tasks {
        for entry in task.await.unwrap().into_iter().flatten() {
            count += 1;
            assert!(seen.insert(entry.unwrap()), "{entry:?} was given before");
        }
    }
    // A busy server may turn some away; most it does not.
    assert!(count >= 18, "{count} of 36 were given");
}

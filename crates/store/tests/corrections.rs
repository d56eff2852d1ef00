//! Many corrections, while the power goes or the server is killed: of each everything is there or
//! nothing, and what was acknowledged is there.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use store::{
    CorrectedFields, Correction, Done, Store, StoreResult, WithdrawalPlace,
    conformance::fixture::{account, at, correction, dose, enrolment, message, person},
    postgres::{Postgres, Topology},
    sqlite::Sqlite,
};
use testkit::{
    chance::Chance,
    postgres::{Server, database_of},
    power::{Disk, Tear},
};
use uuid::Uuid;

const PEOPLE: u16 = 8;
/// Each person can be corrected this often.
const MOST: u8 = 250;

/// People with two doses each.
async fn prepare(store: &Arc<dyn Store>) {
    for number in 0..PEOPLE {
        let document = u8::try_from(number).unwrap();
        assert!(store.enrol(&[enrolment(number, 1, document)]).await.unwrap()[0].is_ok());
        let id = |place: u8| u128::from(number) * 10 + u128::from(place);
        let doses = [1, 2].map(|place| dose(id(place), person(number, 1), place, 1));
        assert!(store.record_doses(&doses).await.unwrap().iter().all(Result::is_ok));
    }
}

/// The correction of a person with a number: whatever it seals is the number.
async fn wanted(store: &Arc<dyn Store>, by: u16, number: u8) -> StoreResult<Correction> {
    let held = store.person(person(by, 1)).await?.unwrap();
    let fields = CorrectedFields { name: true, ..CorrectedFields::default() };
    let mut one = correction(number, fields, &held);
    let id = u128::from(by) * 1_000 + u128::from(number);
    one.account = account(by);
    one.limit = MOST;
    for reissue in &mut one.reissues {
        let place = u128::from(reissue.certificate.dose_number);
        reissue.certificate.id = Uuid::from_u128((1 << 64) + id * 10 + place);
        // As large as a sealed certificate is.
        reissue.certificate.sealed = vec![number; 1_500];
    }
    one.message = Some(message(id));
    Ok(one)
}

/// Corrects the details of everybody again and again until the store is gone; gives the last number
/// that was acknowledged to each.
async fn play(store: &Arc<dyn Store>, first: u8, acknowledged: &Arc<AtomicU32>) -> Vec<u8> {
    let correctors: Vec<_> = (0..PEOPLE)
        .map(|by| {
            let (store, acknowledged) = (Arc::clone(store), Arc::clone(acknowledged));
            tokio::spawn(async move {
                let mut told = 0;
                for number in first..first.saturating_add(60).min(MOST) {
                    let Ok(one) = wanted(&store, by, number).await else { break };
                    match store.correct(&[one]).await {
                        Ok(outcomes) => assert!(outcomes[0].is_ok(), "{outcomes:?}"),
                        Err(_) => break,
                    }
                    told = number;
                    acknowledged.fetch_add(1, Ordering::Relaxed);
                }
                told
            })
        })
        .collect();
    let mut told = Vec::new();
    for corrector in correctors {
        told.push(corrector.await.unwrap());
    }
    told
}

/// Compares what is there with itself and with what was told.
async fn compare(store: &Arc<dyn Store>, told: &[u8]) {
    assert!(store.audit().await.unwrap().holds());
    let mut changes = 0;
    for (by, told) in (0..).zip(told) {
        let held = store.person(person(by, 1)).await.unwrap().unwrap().beneficiary;
        let certificate = store.certificate(person(by, 1)).await.unwrap().unwrap();
        let number = if held.changes == 0 { 0 } else { held.details.name[0] };
        assert!(number >= *told, "{told} was acknowledged, {number} is there");
        let same = held.changes == 0 || certificate.sealed == vec![number; 1_500];
        assert!(same && (held.changes == 0 || held.details.gender == [number]));
        changes += usize::try_from(held.changes).unwrap();
    }
    let begin = WithdrawalPlace { at: at(0), certificate: Uuid::nil() };
    let withdrawn = store.withdrawals(begin, 100_000).await.unwrap();
    assert_eq!(withdrawn.len(), 2 * changes, "two doses each");
    let far = at(1_000);
    let messages = store.lease_messages(far, far, 100_000).await.unwrap();
    assert_eq!(messages.len(), changes);
    // And who did not hear asks again, with the same id.
    for (by, told) in (0..).zip(told).filter(|(_, told)| **told > 0) {
        let again = wanted(store, by, *told).await.unwrap();
        assert_eq!(store.correct(&[again]).await.unwrap(), [Ok(Done::Again)]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_power_cut_leaves_all_of_a_correction_or_nothing() {
    let mut cut_short = 0;
    for seed in 1..=12 {
        let Some(disk) = Disk::new() else { return };
        let path = disk.path().join("teeka.sqlite");
        let store: Arc<dyn Store> = Arc::new(Sqlite::open(&path).unwrap());
        prepare(&store).await;
        disk.press();
        disk.cut_after(20 + Chance::new(seed).below(2_000));
        let told = play(&store, 1, &Arc::default()).await;
        cut_short += u32::from(disk.is_off());
        store.close().await;
        drop(store);
        let disk = disk.reboot(if seed % 2 == 0 { Tear::Clean } else { Tear::Scattered(seed) });
        let store: Arc<dyn Store> =
            Arc::new(Sqlite::open(&disk.path().join("teeka.sqlite")).unwrap());
        compare(&store, &told).await;
        store.close().await;
    }
    assert!(cut_short > 6, "{cut_short} plays were cut short");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_keeps_all_of_a_correction_or_nothing() {
    for topology in [Topology::Single, Topology::Sharded] {
        let Some(server) = Server::start() else { return };
        let url = server.new_database();
        let store: Arc<dyn Store> = Arc::new(Postgres::open(&url, Some(topology)).await.unwrap());
        if topology == Topology::Sharded {
            server.hold_to_one_key(database_of(&url));
        }
        prepare(&store).await;
        let mut told = vec![0; usize::from(PEOPLE)];
        for round in 0..3_u8 {
            let acknowledged: Arc<AtomicU32> = Arc::default();
            let (playing, counter) = (Arc::clone(&store), Arc::clone(&acknowledged));
            let first = 1 + 60 * round;
            let playing = tokio::spawn(async move { play(&playing, first, &counter).await });
            while acknowledged.load(Ordering::Relaxed) < 40 + 30 * u32::from(round) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            tokio::task::block_in_place(|| server.kill_and_restart());
            for (told, new) in told.iter_mut().zip(playing.await.unwrap()) {
                *told = new.max(*told);
            }
        }
        compare(&store, &told).await;
        assert!(told.iter().any(|told| *told > 0), "{told:?}");
        store.close().await;
    }
}

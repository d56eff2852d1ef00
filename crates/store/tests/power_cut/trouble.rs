//! A disk that is full, or fails: what is refused is said to be, what was acknowledged stays, and
//! the store goes on when the disk does.

use store::{
    conformance::play::{Play, Told, Writer, prepare},
    sqlite::Synchronous,
};
use testkit::power::{Disk, Failure, Tear};

use crate::file::{compare, open};

/// What befalls a disk.
struct Trouble {
    begin: fn(&Disk),
    end: fn(&Disk),
    /// How many writes are refused before it ends.
    refused: u32,
    /// Whether no write at all is possible, so that the store says it is not ready.
    total: bool,
}

const FULL: Trouble = Trouble {
    begin: |disk| disk.leave_room(Some(100_000)),
    end: |disk| disk.leave_room(None),
    refused: 100,
    // What is there can still be written over.
    total: false,
};

const CANNOT_WRITE: Trouble = Trouble {
    begin: |disk| disk.fail(Some(Failure::Write)),
    end: |disk| disk.fail(None),
    refused: 100,
    total: true,
};

const CANNOT_PRESS: Trouble = Trouble {
    begin: |disk| disk.fail(Some(Failure::Sync)),
    end: |disk| disk.fail(None),
    refused: 100,
    total: true,
};

/// Writes on a good disk, on one in trouble and on a good one again, and cuts the power. Gives what
/// was told, and how much of it is lost.
async fn through(synchronous: Synchronous, trouble: &Trouble) -> Option<(Vec<Told>, u32)> {
    let disk = Disk::new()?;
    let path = disk.path().join("teeka.sqlite");
    let store = open(&path, synchronous).unwrap();
    prepare(&store).await.unwrap();
    disk.press();
    let play = Play::start(&store, 0, Writer::GoesOn);
    play.until(200, 0).await;
    for _ in 0..5 {
        (trouble.begin)(&disk);
        play.until(0, trouble.refused).await;
        // A program whose store cannot write says so, or nobody would know.
        assert!(!trouble.total || store.check().await.is_err());
        (trouble.end)(&disk);
        store.check().await.unwrap();
        play.until(200, 0).await;
    }
    let told = play.stop().await;
    let found = compare(&store, &path, &told).await;
    assert_eq!((found.lost, &found.wrong), (0, &vec![]), "while it runs");
    disk.cut();
    store.close().await;
    drop(store);
    let disk = disk.reboot(Tear::Clean);
    let path = disk.path().join("teeka.sqlite");
    let Ok(store) = open(&path, synchronous) else { return Some((told, u32::MAX)) };
    let found = compare(&store, &path, &told).await;
    store.close().await;
    assert!(found.wrong.is_empty() || synchronous != Synchronous::Full, "{:?}", found.wrong);
    Some((told, found.lost))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_and_loses_nothing() {
    let Some((_, lost)) = through(Synchronous::Full, &FULL).await else { return };
    assert_eq!(lost, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_fails_to_write_loses_nothing() {
    let Some((_, lost)) = through(Synchronous::Full, &CANNOT_WRITE).await else { return };
    assert_eq!(lost, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_fails_to_press_loses_nothing() {
    let Some((_, lost)) = through(Synchronous::Full, &CANNOT_PRESS).await else { return };
    assert_eq!(lost, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_never_presses_does_not_notice_and_loses() {
    let unnoticed = Trouble { refused: 0, total: false, ..CANNOT_PRESS };
    let Some((told, lost)) = through(Synchronous::Off, &unnoticed).await else { return };
    assert!(told.len() > 200 && lost > 200, "{} people, {lost} lost", told.len());
}

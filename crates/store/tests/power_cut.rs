//! The embedded store on a disk whose power goes while many write. What was acknowledged must be
//! there when it is back; with less than full synchronization the same play must lose some of it,
//! or it would show nothing.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

#[path = "power_cut/file.rs"]
mod file;
#[path = "power_cut/server.rs"]
mod server;
#[path = "power_cut/trouble.rs"]
mod trouble;

use file::{compare, open};
use store::{
    conformance::play::{Found, Play, Told, Writer, prepare},
    sqlite::Synchronous,
};
use testkit::{
    chance::Chance,
    power::{Disk, Tear},
};

/// How many power cuts a test makes.
fn cuts(least: u64) -> u64 {
    std::env::var("TEEKA_POWER_CUTS").ok().and_then(|text| text.parse().ok()).unwrap_or(least)
}

/// What tears in turn.
fn tear(seed: u64) -> Tear {
    match seed % 3 {
        0 => Tear::Clean,
        1 => Tear::Scattered(seed),
        _ => Tear::Cut(seed),
    }
}

/// What a number of power cuts did.
#[derive(Debug, Default)]
struct Sum {
    cuts: u64,
    told: u32,
    lost: u32,
    unopenable: u32,
    wrong: Vec<String>,
}

impl Sum {
    fn add(&mut self, seed: u64, told: &[Told], found: Option<Found>) {
        self.cuts += 1;
        self.told += told.iter().map(|one| one.count()).sum::<u32>();
        if let Some(found) = found {
            self.lost += found.lost;
            self.wrong.extend(found.wrong.into_iter().map(|one| format!("{seed}: {one}")));
        } else {
            self.unopenable += 1;
            self.lost += told.iter().map(|one| one.count()).sum::<u32>();
        }
    }

    #[expect(clippy::print_stdout, reason = "the figures of a long campaign are its result")]
    fn say(&self, synchronous: Synchronous) {
        println!(
            "{synchronous:?}: {} cuts, {} acknowledged, {} lost, {} unopenable, {} wrong",
            self.cuts,
            self.told,
            self.lost,
            self.unopenable,
            self.wrong.len(),
        );
    }
}

/// Writes until the power goes at a moment drawn by chance, and looks at what is left.
async fn cut(synchronous: Synchronous, seed: u64, tear: Tear, sum: &mut Sum) -> Option<()> {
    let disk = Disk::new()?;
    let path = disk.path().join("teeka.sqlite");
    let store = open(&path, synchronous).unwrap();
    prepare(&store).await.unwrap();
    disk.press();
    // Every fourth play goes on for long enough to meet checkpoints, which come every 4,000 pages.
    let longest = if seed.is_multiple_of(4) { 40_000 } else { 6_000 };
    disk.cut_after(100 + Chance::new(seed).below(longest));
    let told = Play::start(&store, 0, Writer::GivesUp).end().await;
    assert!(disk.is_off(), "the writers stop only once the power is gone");
    store.close().await;
    drop(store);
    let disk = disk.reboot(tear);
    let path = disk.path().join("teeka.sqlite");
    let found = match open(&path, synchronous) {
        Ok(store) => {
            let found = compare(&store, &path, &told).await;
            store.close().await;
            Some(found)
        }
        Err(_) => None,
    };
    sum.add(seed, &told, found);
    Some(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_outlives_a_power_cut() {
    let mut sum = Sum::default();
    for seed in 1..=cuts(18) {
        let Some(()) = cut(Synchronous::Full, seed, tear(seed), &mut sum).await else { return };
    }
    sum.say(Synchronous::Full);
    assert_eq!((sum.lost, sum.unopenable, &sum.wrong), (0, 0, &vec![]), "{sum:?}");
    assert!(sum.told > 1_000, "{sum:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_less_the_same_power_cut_loses_what_was_acknowledged() {
    for synchronous in [Synchronous::Normal, Synchronous::Off] {
        let mut sum = Sum::default();
        for seed in 1..=cuts(6) {
            let Some(()) = cut(synchronous, seed, tear(seed), &mut sum).await else { return };
        }
        sum.say(synchronous);
        assert!(sum.lost > 0, "{sum:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_power_cut_while_the_store_is_made_leaves_one_that_opens() {
    let Some(disk) = Disk::new() else { return };
    let path = disk.path().join("teeka.sqlite");
    let store = open(&path, Synchronous::Full).unwrap();
    prepare(&store).await.unwrap();
    let all = disk.requests();
    store.close().await;
    drop((store, disk));
    for requests in (0..all).step_by(5) {
        let disk = Disk::new().unwrap();
        disk.cut_after(requests);
        let path = disk.path().join("teeka.sqlite");
        if let Ok(store) = open(&path, Synchronous::Full) {
            drop(prepare(&store).await);
            store.close().await;
        }
        let disk = disk.reboot(tear(requests));
        let path = disk.path().join("teeka.sqlite");
        let store = open(&path, Synchronous::Full).unwrap();
        prepare(&store).await.unwrap();
        let found = compare(&store, &path, &[]).await;
        assert_eq!(found.wrong, Vec::<String>::new(), "after {requests} requests");
        store.close().await;
    }
}

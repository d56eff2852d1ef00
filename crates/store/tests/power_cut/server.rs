//! The same with PostgreSQL's data on the disk: one server, whose power is cut again and again.

use std::{os::unix::fs::PermissionsExt, sync::Arc};

use store::{
    Store,
    conformance::play::{Play, Told, Writer, compare_told, prepare},
    postgres::{Postgres, Topology},
};
use testkit::{
    chance::Chance,
    postgres::Server,
    power::{Disk, Tear},
};

use crate::cuts;

/// More than one play enrols.
const PEOPLE: u32 = 100_000;

struct Machine {
    disk: Disk,
    server: Server,
    store: Arc<dyn Store>,
    plays: u32,
    told: Vec<Told>,
}

async fn open(server: &Server) -> Arc<dyn Store> {
    let url = server.url("postgres");
    Arc::new(Postgres::open(&url, Some(Topology::Single)).await.unwrap())
}

impl Machine {
    async fn new() -> Option<Self> {
        let disk = Disk::new()?;
        std::fs::set_permissions(disk.path(), PermissionsExt::from_mode(0o777)).unwrap();
        let server = Server::start_on(disk.path().join("data"))?;
        let store = open(&server).await;
        prepare(&store).await.unwrap();
        server.sql("postgres", "CHECKPOINT");
        disk.press();
        Some(Self { disk, server, store, plays: 0, told: Vec::new() })
    }

    /// Writes until the power goes, and starts the machine again.
    async fn cut(self, tear: Tear) -> Self {
        let Self { disk, server, store, plays, mut told } = self;
        disk.cut_after(100 + Chance::new(u64::from(plays)).below(1_500));
        told.extend(Play::start(&store, plays * PEOPLE, Writer::GivesUp).end().await);
        assert!(disk.is_off(), "the writers stop only once the power is gone");
        server.kill();
        store.close().await;
        let disk = disk.reboot(tear);
        let server = Server::start_on(disk.path().join("data")).unwrap();
        let store = open(&server).await;
        Self { disk, server, store, plays: plays + 1, told }
    }

    async fn end(self) {
        self.store.close().await;
        self.server.kill();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_keeps_what_was_acknowledged() {
    let Some(mut machine) = Machine::new().await else { return };
    for seed in 0..cuts(4) {
        let tear = if seed % 2 == 0 { Tear::Clean } else { Tear::Cut(seed) };
        machine = machine.cut(tear).await;
        let found = compare_told(&machine.store, &machine.told).await;
        assert_eq!((found.lost, &found.wrong), (0, &vec![]), "cut {seed}");
    }
    assert!(machine.told.len() > 100, "{} people", machine.told.len());
    // The store would not open with this: it is said after it was opened.
    set(&machine.server, "SET wal_writer_delay = '10s'");
    set(&machine.server, "SET synchronous_commit = off");
    machine.disk.press();
    let told = std::mem::take(&mut machine.told).len();
    let Machine { disk, server, store, plays, .. } = machine;
    disk.cut_after(800);
    let lazy = Play::start(&store, plays * PEOPLE, Writer::GivesUp).end().await;
    server.kill();
    store.close().await;
    let disk = disk.reboot(Tear::Clean);
    let server = Server::start_on(disk.path().join("data")).unwrap();
    set(&server, "RESET synchronous_commit");
    let store = open(&server).await;
    let found = compare_told(&store, &lazy).await;
    assert!(found.lost > 0, "nothing of {} lost without synchronous commit", lazy.len());
    say(told, &lazy, found.lost);
    Machine { disk, server, store, plays, told: lazy }.end().await;
}

fn set(server: &Server, what: &str) {
    server.sql("postgres", &format!("ALTER SYSTEM {what}"));
    server.sql("postgres", "SELECT pg_reload_conf()");
}

#[expect(clippy::print_stdout, reason = "the figures of a long campaign are its result")]
fn say(kept: usize, lazy: &[Told], lost: u32) {
    let of: u32 = lazy.iter().map(|one| one.count()).sum();
    println!(
        "PostgreSQL: {kept} people, none lost; without synchronous commit {lost} of {of} lost"
    );
}

//! Accesses come into the public log, each once and none left out, whatever stops in between; each
//! person can prove theirs, and nobody else learns anything from the files.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::{collections::BTreeSet, path::Path};

use app::{Actor, Error, access_log::LogWorker, public_log::PublicLog, settings::Settings};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::id::BeneficiaryId;
use jiff::SignedDuration;
use ledger::{
    auditor::{Terms, audit},
    checkpoint::Trusted,
    directory::Directory,
    leaf::Opening,
    merkle::{Hash, Head, leaf_hash, verify_inclusion},
    note::VerifierKey,
};
use store::{LeafPlan, Store};
use testkit::world::{Engine, World};
use uuid::Uuid;

const MOBILE: &str = "7500000001";
const ENGINES: [Engine; 3] = [Engine::Embedded, Engine::Postgres, Engine::Sharded];

/// A small platform whose log is in a folder, and somebody.
struct Play {
    world: World,
    folder: tempfile::TempDir,
    person: BeneficiaryId,
}

impl Play {
    async fn on(engine: Engine) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let access_log = Some(folder.path().join("log/accesses"));
        let settings = Settings { limits: None, access_log, ..Settings::default() };
        let world = World::on(engine, 91, settings).await?;
        let person = world.enrol(MOBILE, 1).await.unwrap();
        Some(Self { world, folder, person })
    }

    fn log(&self) -> std::path::PathBuf {
        self.folder.path().join("log/accesses")
    }

    fn store(&self) -> &dyn Store {
        &**self.world.platform.store()
    }

    fn worker(&self) -> LogWorker {
        LogWorker::new(&self.world.ctx(Actor::System))
    }

    /// Somebody looks at their family so many times.
    async fn look(&self, times: usize) {
        let own = self.world.resident(MOBILE);
        for _ in 0..times {
            self.world.platform.my_people(&own).await.unwrap();
        }
    }

    async fn turn(&self, worker: &mut LogWorker) -> Result<u64, Error> {
        self.world.platform.log_accesses(&self.world.ctx(Actor::System), worker).await
    }

    /// The places of the person's accesses in the log.
    async fn leaves(&self) -> Vec<Option<u64>> {
        let own = self.world.resident(MOBILE);
        let list = self.world.platform.my_accesses(&own, self.person, 0).await.unwrap();
        list.iter().map(|one| one.leaf).collect()
    }

    /// Every access is in the log, once, and the log is what it signed.
    async fn whole(&self, accesses: u64) {
        assert_eq!(audited(&self.world, &self.log()), accesses);
        let leaves: BTreeSet<_> = self.leaves().await.into_iter().map(Option::unwrap).collect();
        assert_eq!(leaves, (0..accesses).collect());
        assert_eq!(self.store().audit().await.unwrap().accesses, accesses);
    }
}

/// How many leaves an auditor finds in a log that is what it signed.
fn audited(world: &World, log: &Path) -> u64 {
    let key: VerifierKey =
        world.platform.log_verifier(PublicLog::Accesses).unwrap().parse().unwrap();
    let trusted = Trusted::new(key.name(), [key.clone()], []).unwrap();
    let terms = Terms { trusted: &trusted, since: None, others: &[], quorum: 0, fresh: None };
    let report = audit(&Directory::new(log), &terms).unwrap();
    assert!(report.findings.is_empty(), "{:?}", report.findings);
    report.found.unwrap().size
}

#[tokio::test]
async fn each_access_gets_one_leaf_and_can_be_proven() {
    for engine in ENGINES {
        let Some(play) = Play::on(engine).await else { continue };
        let mut worker = play.worker();
        assert_eq!(play.turn(&mut worker).await.unwrap(), 0);
        play.look(3).await;
        assert_eq!(play.leaves().await, [None; 3]);
        assert_eq!(play.turn(&mut worker).await.unwrap(), 3);
        assert_eq!(play.turn(&mut worker).await.unwrap(), 0);
        play.look(300).await;
        assert_eq!(play.turn(&mut worker).await.unwrap(), 300);
        play.whole(303).await;
        let own = play.world.resident(MOBILE);
        let platform = &play.world.platform;
        let list = platform.my_accesses(&own, play.person, 0).await.unwrap();
        for access in [&list[0], &list[2], &list[302]] {
            let number = access.number;
            let proof = platform.my_access_proof(&own, play.person, number).await.unwrap();
            check_proof(&play.world, &proof, access.leaf.unwrap());
        }
        for number in [0, 304, u64::MAX] {
            let proof = platform.my_access_proof(&own, play.person, number).await;
            assert!(matches!(proof, Err(Error::NotFound)));
        }
        let other = play.world.resident("7500000002");
        assert!(platform.my_access_proof(&other, play.person, 1).await.is_err());
    }
}

/// Checks a proof as anybody can who has nothing but its text and the key.
fn check_proof(world: &World, text: &str, leaf: u64) {
    let key: VerifierKey =
        world.platform.log_verifier(PublicLog::Accesses).unwrap().parse().unwrap();
    let trusted = Trusted::new(key.name(), [key.clone()], []).unwrap();
    let (head, note) = text.split_once("\n\n").unwrap();
    let mut lines = head.lines();
    assert_eq!(lines.next(), Some("c2sp.org/tlog-proof@v1"));
    let opening = lines.next().unwrap().strip_prefix("extra ").unwrap();
    let opening = Opening::from_bytes(&STANDARD.decode(opening).unwrap()).unwrap();
    assert_eq!(lines.next().unwrap().strip_prefix("index "), Some(leaf.to_string().as_str()));
    let hashes: Vec<_> = lines.map(|line| Hash::from_base64(line).unwrap()).collect();
    let signed = trusted.open(note.as_bytes()).unwrap();
    let hash = leaf_hash(&opening.commitment().leaf());
    let Head { size, root } = signed.checkpoint().head;
    verify_inclusion(hash, leaf, size, &hashes, root).unwrap();
    let other = leaf_hash(b"another");
    assert!(verify_inclusion(other, leaf, size, &hashes, root).is_err());
}

#[tokio::test]
async fn what_stops_after_the_plan_is_appended_by_the_next() {
    for engine in ENGINES {
        let Some(play) = Play::on(engine).await else { continue };
        play.look(5).await;
        let (now, dead) = (play.world.now(), Uuid::from_u128(1));
        let until = now + SignedDuration::from_secs(10);
        play.store().take_log_turn(dead, now, until).await.unwrap().unwrap();
        let leaves = play.store().waiting_accesses(3).await.unwrap();
        let plan = LeafPlan { first: 0, leaves };
        assert!(play.store().plan_leaves(dead, &plan).await.unwrap());
        let mut worker = play.worker();
        assert_eq!(play.turn(&mut worker).await.unwrap(), 0, "it is another's turn");
        play.world.advance(SignedDuration::from_secs(10));
        assert_eq!(play.turn(&mut worker).await.unwrap(), 3);
        assert_eq!(play.turn(&mut worker).await.unwrap(), 2);
        play.whole(5).await;
    }
}

#[tokio::test]
async fn what_stops_after_the_files_is_settled_by_the_next() {
    let play = Play::on(Engine::Embedded).await.unwrap();
    play.look(5).await;
    let database = rusqlite::Connection::open(play.world.file().unwrap()).unwrap();
    let trigger = "
        CREATE TRIGGER stop BEFORE UPDATE ON access_entry BEGIN SELECT raise(ABORT, 'stop'); END";
    database.execute_batch(trigger).unwrap();
    assert!(play.turn(&mut play.worker()).await.is_err());
    assert_eq!(audited(&play.world, &play.log()), 5, "the files have them");
    assert_eq!(play.leaves().await, [None; 5]);
    database.execute_batch("DROP TRIGGER stop").unwrap();
    play.look(2).await;
    play.world.advance(SignedDuration::from_secs(10));
    let mut worker = play.worker();
    assert_eq!(play.turn(&mut worker).await.unwrap(), 5);
    assert_eq!(play.turn(&mut worker).await.unwrap(), 2);
    play.whole(7).await;
}

#[tokio::test]
async fn several_who_take_turns_append_each_access_once() {
    let play = Play::on(Engine::Embedded).await.unwrap();
    let mut workers: Vec<_> = (0..3).map(|_| play.worker()).collect();
    let mut appended = 0;
    for round in 0..12 {
        play.look(4).await;
        for worker in &mut workers {
            appended += play.turn(worker).await.unwrap();
        }
        if round % 3 == 2 {
            // Whoever had the turn is slow, and another takes it.
            play.world.advance(SignedDuration::from_secs(11));
            workers.rotate_left(1);
        }
    }
    assert_eq!(appended, 48);
    play.whole(48).await;
}

#[tokio::test]
async fn a_log_whose_files_are_lost_is_not_begun_again() {
    let play = Play::on(Engine::Embedded).await.unwrap();
    play.look(2).await;
    assert_eq!(play.turn(&mut play.worker()).await.unwrap(), 2);
    let kept = play.folder.path().join("kept");
    std::fs::rename(play.log(), &kept).unwrap();
    play.look(1).await;
    play.world.advance(SignedDuration::from_secs(11));
    let error = play.turn(&mut play.worker()).await.unwrap_err();
    assert!(matches!(error, Error::Broken(_)), "{error:?}");
    assert_eq!(play.leaves().await, [Some(0), Some(1), None]);
    // Who has the files goes on at once.
    std::fs::remove_dir_all(play.log()).unwrap();
    std::fs::rename(kept, play.log()).unwrap();
    assert_eq!(play.turn(&mut play.worker()).await.unwrap(), 1);
    play.whole(3).await;
}

#[tokio::test]
async fn files_of_the_log_are_read_by_their_paths_only() {
    let play = Play::on(Engine::Embedded).await.unwrap();
    play.look(2).await;
    play.turn(&mut play.worker()).await.unwrap();
    let platform = &play.world.platform;
    let checkpoint = platform.log_file(PublicLog::Accesses, "checkpoint").await.unwrap().unwrap();
    assert!(checkpoint.changes && checkpoint.bytes.starts_with(b"teeka.invalid/log/accesses\n2\n"));
    let tile =
        platform.log_file(PublicLog::Accesses, "tile/entries/000.p/2").await.unwrap().unwrap();
    assert_eq!((tile.changes, tile.bytes.len()), (false, 2 * (2 + 33)));
    for path in [".promised", ".lock", "../../teeka.sqlite", "tile/entries/../checkpoint", ""] {
        assert!(platform.log_file(PublicLog::Accesses, path).await.unwrap().is_none(), "{path}");
    }
    // Equal accesses have unlike leaves.
    assert_ne!(tile.bytes[2..35], tile.bytes[37..70]);
}

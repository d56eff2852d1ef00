//! The log of releases: one leaf for each thing that runs, another when it changes, none when it does
//! not; and the files are what was signed.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use app::{
    Actor, Error,
    keys::{KeyRing, KeyUse},
    public_log::PublicLog,
    release_log::Running,
    settings::Settings,
};
use ledger::{
    auditor::{Terms, audit},
    checkpoint::Trusted,
    directory::Directory,
    leaf::release::{Release, Released},
    note::VerifierKey,
    tiles::{WIDTH, reader::TileReader},
};
use testkit::world::{Engine, World};

struct Play {
    world: World,
    folder: tempfile::TempDir,
}

impl Play {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let release_log = Some(folder.path().join("log/releases"));
        let settings = Settings { limits: None, release_log, ..Settings::default() };
        Self { world: World::on(Engine::Embedded, 93, settings).await.unwrap(), folder }
    }

    async fn log(&self, running: &[Running]) -> Result<u64, Error> {
        let ctx = self.world.ctx(Actor::System);
        self.world.platform.log_releases(&ctx, running.to_vec()).await
    }

    /// Every release, from a log that is what it signed.
    fn releases(&self) -> Vec<Release> {
        let key = self.world.platform.log_verifier(PublicLog::Releases).unwrap();
        let key: VerifierKey = key.parse().unwrap();
        assert_eq!(key.name(), "teeka.invalid/log/releases");
        let trusted = Trusted::new(key.name(), [key.clone()], []).unwrap();
        let terms = Terms { trusted: &trusted, since: None, others: &[], quorum: 0, fresh: None };
        let files = Directory::new(self.folder.path().join("log/releases"));
        let report = audit(&files, &terms).unwrap();
        assert!(report.findings.is_empty(), "{:?}", report.findings);
        let head = report.found.unwrap();
        let mut reader = TileReader::open(&files, head).unwrap();
        let bundles = 0..head.size.div_ceil(WIDTH);
        let leaves = bundles.flat_map(|bundle| reader.entries(bundle).unwrap());
        leaves.map(|leaf| Release::of_leaf(&leaf).unwrap()).collect()
    }
}

fn program(bytes: &[u8]) -> Running {
    Running::new(Released::Binary, "teeka", "0.1.0", bytes)
}

#[tokio::test]
async fn what_changes_gets_one_leaf_and_what_does_not_gets_none() {
    let play = Play::new().await;
    let platform = &play.world.platform;
    platform.rules_were(app::rules::INDIA_2021_22);
    // A program, the manifest, the policy, the rules, and the keys of each use.
    let first = 4 + KeyUse::ALL.len() as u64;
    assert_eq!(play.log(&[program(b"one")]).await.unwrap(), first);
    assert_eq!(play.log(&[program(b"one")]).await.unwrap(), 0);
    assert_eq!(play.log(&[]).await.unwrap(), 0, "who does not know its program says nothing of it");

    let changed = app::rules::INDIA_2021_22.replacen("booking_days = ", "booking_days = 1", 1);
    platform.rules_were(&changed);
    assert_eq!(play.log(&[program(b"one")]).await.unwrap(), 1);
    assert_eq!(play.log(&[program(b"one")]).await.unwrap(), 0);
    assert_eq!(play.log(&[program(b"two")]).await.unwrap(), 1);
    // What was there before is a change, too.
    assert_eq!(play.log(&[program(b"one")]).await.unwrap(), 1);
    let keys = KeyRing::make(platform.settings(), jiff::civil::date(2022, 1, 1)).unwrap();
    platform.replace_keys(keys);
    assert_eq!(play.log(&[program(b"one")]).await.unwrap(), KeyUse::ALL.len() as u64);

    let releases = play.releases();
    let of = |kind: Released| releases.iter().filter(move |release| release.released == kind);
    let rules: Vec<_> = of(Released::Rules).collect();
    let expected = Running::new(Released::Rules, "rules.toml", "", changed.as_bytes()).digest;
    assert_eq!((rules.len(), rules[1].digest), (2, expected));
    assert_eq!(rules[0].version, platform.programme().version);
    let programs: Vec<_> = of(Released::Binary).map(|release| release.digest).collect();
    let [one, two] = [b"one", b"two"].map(|bytes| program(bytes).digest);
    assert_eq!(programs, [one, two, one]);
    let manifest = of(Released::Manifest).next().unwrap();
    let published = app::manifest::digest(&app::manifest::manifest());
    assert_eq!(hex::encode(manifest.digest), published, "as the signed manifest says");
    // The signing key is the version; the digest is of the list of all that are told.
    let wallet = of(Released::Keys).rfind(|release| release.name == "wallet").unwrap();
    let ids: String = platform.keys().of(KeyUse::Wallet).map(|key| key.id() + "\n").collect();
    assert_eq!(wallet.version, ids.trim());
    let listed = Running::new(Released::Keys, "wallet", "", ids.as_bytes());
    assert_eq!(wallet.digest, listed.digest);
    assert_eq!(wallet.at, u64::try_from(play.world.now().as_second()).unwrap());
}

#[tokio::test]
async fn several_who_start_at_once_say_each_thing_once() {
    let play = Play::new().await;
    let programs: Vec<_> = (0..6).map(|_| [program(b"one")]).collect();
    let logged = programs.iter().map(|running| play.log(running));
    let logged = futures_util::future::join_all(logged).await;
    let leaves: u64 = logged.into_iter().map(Result::unwrap).sum();
    let releases = play.releases();
    assert_eq!((leaves, releases.len() as u64), (3 + KeyUse::ALL.len() as u64, leaves));
}

#[tokio::test]
async fn a_log_that_was_changed_or_holds_something_else_does_not_go_on() {
    let play = Play::new().await;
    play.log(&[]).await.unwrap();
    let long = Running::new(Released::Notice, &"n".repeat(201), "1", b"");
    assert!(matches!(play.log(&[long]).await, Err(Error::Broken(_))));
    let tile = play.folder.path().join("log/releases/tile/entries/000.p/8");
    let mut bytes = std::fs::read(&tile).unwrap();
    bytes[40] ^= 1;
    std::fs::write(&tile, bytes).unwrap();
    assert!(matches!(play.log(&[program(b"one")]).await, Err(Error::Broken(_))));
    let none = World::on(Engine::Embedded, 94, Settings::default()).await.unwrap();
    let ctx = none.ctx(Actor::System);
    assert_eq!(none.platform.log_releases(&ctx, vec![program(b"one")]).await.unwrap(), 0);
    assert_eq!(none.platform.log_verifier(PublicLog::Releases), None);
}

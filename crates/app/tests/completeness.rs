//! No access is kept from whom it is about: each list ends where the map says that the log holds, and all
//! lists together are as long as the log. A judge in another language says the same.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use app::{
    Actor, Error,
    access_log::LogWorker,
    completeness::{Incomplete, Shown, verify},
    public_log::PublicLog,
    settings::Settings,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::id::BeneficiaryId;
use jiff::SignedDuration;
use ledger::{leaf::chain::ChainError, note::VerifierKey};
use serde_json::{Value, json};
use testkit::world::{Engine, World};

const MOBILES: [&str; 3] = ["7500000001", "7500000002", "7500000003"];
const ENGINES: [Engine; 3] = [Engine::Embedded, Engine::Postgres, Engine::Sharded];

struct Play {
    world: World,
    folder: tempfile::TempDir,
    people: Vec<BeneficiaryId>,
    worker: LogWorker,
}

impl Play {
    async fn on(engine: Engine) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let access_log = Some(folder.path().join("log/accesses"));
        let settings = Settings { limits: None, access_log, ..Settings::default() };
        let world = World::on(engine, 92, settings).await?;
        let mut people = Vec::new();
        for (number, mobile) in (1..).zip(MOBILES) {
            people.push(world.vaccinate(mobile, number).await);
        }
        let worker = LogWorker::new(&world.ctx(Actor::System));
        Some(Self { world, folder, people, worker })
    }

    async fn look(&self, person: usize, times: usize) {
        let own = self.world.resident(MOBILES[person]);
        for _ in 0..times {
            self.world.platform.my_people(&own).await.unwrap();
        }
    }

    /// Appends what waits; then says where all lists end, an hour later, and appends that.
    async fn say(&mut self) -> bool {
        self.log().await;
        self.world.advance(SignedDuration::from_hours(1));
        let ctx = self.world.ctx(Actor::System);
        let said = self.world.platform.publish_chain_heads(&ctx, &mut self.worker).await.unwrap();
        self.log().await;
        said
    }

    async fn log(&mut self) {
        let ctx = self.world.ctx(Actor::System);
        while self.world.platform.log_accesses(&ctx, &mut self.worker).await.unwrap() > 0 {}
    }

    fn key(&self) -> VerifierKey {
        self.world.platform.log_verifier(PublicLog::Accesses).unwrap().parse().unwrap()
    }

    async fn list(&self, person: usize) -> Value {
        let own = self.world.resident(MOBILES[person]);
        let text = self.world.platform.my_completeness(&own, self.people[person]).await.unwrap();
        serde_json::from_str(&text).unwrap()
    }

    fn verified(&self, list: &Value) -> Result<Shown, Incomplete> {
        verify(list.to_string().as_bytes(), &self.key())
    }
}

#[tokio::test]
async fn everybody_can_check_that_nothing_is_left_out() {
    for engine in ENGINES {
        let Some(mut play) = Play::on(engine).await else { continue };
        play.look(0, 3).await;
        assert!(play.say().await, "{engine:?}");
        let mut numbers = 0;
        for person in 0..3 {
            let shown = play.verified(&play.list(person).await).unwrap();
            assert_eq!((shown.first, shown.newer), (1, 0), "{engine:?}");
            numbers += shown.number;
            assert!(shown.number <= shown.size && shown.chains >= 3);
        }
        // There are the lists of mobiles and of decisions, too.
        let size = play.verified(&play.list(0).await).unwrap().size;
        assert!(numbers <= size, "{numbers} of {size}");
        // It is not said again before an hour is over, nor of itself alone.
        let ctx = play.world.ctx(Actor::System);
        assert!(!play.world.platform.publish_chain_heads(&ctx, &mut play.worker).await.unwrap());
        assert!(!play.say().await, "{engine:?}: nothing happened");
        // What comes after is newer, and then within the next one.
        play.look(0, 2).await;
        play.log().await;
        assert_eq!(play.verified(&play.list(0).await).unwrap().newer, 2);
        assert!(play.say().await);
        let shown = play.verified(&play.list(0).await).unwrap();
        assert!(shown.newer == 0 && shown.size > size);
        assert_eq!(play.verified(&play.list(1).await).unwrap().newer, 0, "who was not seen, too");
    }
}

#[tokio::test]
async fn whatever_is_left_out_or_changed_is_seen() {
    let mut play = Play::on(Engine::Embedded).await.unwrap();
    play.look(0, 4).await;
    assert!(play.say().await);
    let list = play.list(0).await;
    let number = list["number"].as_u64().unwrap();
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut other = list.clone();
        change(&mut other);
        play.verified(&other).unwrap_err()
    };
    let entries = |value: &mut Value| value["entries"].as_array_mut().unwrap().clone();
    // The last ones, one between, the first, and one of somebody else.
    let without = |place: usize| {
        changed(&move |value| {
            let mut list = entries(value);
            list.remove(place);
            value["entries"] = list.into();
        })
    };
    let last = usize::try_from(number).unwrap() - 1;
    assert_eq!(without(last), Incomplete::LeftOut);
    assert_eq!(without(1), Incomplete::Chain(ChainError::Missing(2)));
    let theirs = play.list(1).await;
    let others = changed(&|value| value["entries"][1] = theirs["entries"][1].clone());
    assert_eq!(others, Incomplete::Chain(ChainError::NotTheirs(2)));
    // A shorter list with the map's word for it: the platform cannot give that.
    let shorter = changed(&|value| {
        let list = entries(value);
        let end = STANDARD.decode(list[last - 1].as_str().unwrap()).unwrap();
        let end = ledger::leaf::Opening::from_bytes(&end).unwrap().commitment();
        value["number"] = (number - 1).into();
        value["last"] = STANDARD.encode(end.0).into();
        value["entries"] = list[..last].to_vec().into();
    });
    assert_eq!(shorter, Incomplete::NotInMap);
    for member in ["key", "last"] {
        assert_eq!(changed(&|value| value[member] = theirs[member].clone()), Incomplete::NotInMap);
    }
    assert_eq!(changed(&|value| value["path"] = theirs["path"].clone()), Incomplete::NotInMap);
    assert_eq!(changed(&|value| value["path"][0]["sum"] = 1.into()), Incomplete::NotInMap);
    // What was said is in the log as it was said.
    let said = list["said"].as_str().unwrap();
    for (from, to, why) in [
        ("index ", "index 1", Incomplete::NotSaid),
        ("\n\nteeka", "\n\nteekb", Incomplete::Checkpoint),
        ("tlog-proof@v1", "tlog-proof@v2", Incomplete::NotOne),
    ] {
        let said = said.replacen(from, to, 1);
        assert_eq!(changed(&|value| value["said"] = said.clone().into()), why, "{from}");
    }
    assert_eq!(verify(b"{}", &play.key()), Err(Incomplete::NotOne));
    assert_eq!(play.verified(&list).unwrap().number, number);
}

/// Whoever keeps an entry from its person can give it to nobody: all lists are as long as the log.
#[tokio::test]
async fn an_entry_of_nobody_stops_the_map() {
    let mut play = Play::on(Engine::Embedded).await.unwrap();
    play.look(0, 4).await;
    play.log().await;
    // What is noted of the last entry of somebody is lost: it is in the log, and of nobody.
    let whose = play.folder.path().join("log/accesses-chains/whose");
    let bytes = std::fs::read(&whose).unwrap();
    let (noted, last) = bytes.split_at(bytes.len() - 72);
    let before = noted.chunks(72).rfind(|one| one[..32] == last[..32]).unwrap();
    std::fs::write(&whose, [noted, before].concat()).unwrap();
    play.world.advance(SignedDuration::from_hours(1));
    let ctx = play.world.ctx(Actor::System);
    let said = play.world.platform.publish_chain_heads(&ctx, &mut play.worker).await;
    assert!(matches!(said, Err(Error::Broken(_))), "{said:?}");
    // Accesses go on all the same.
    play.look(1, 1).await;
    play.log().await;
}

#[tokio::test]
async fn what_is_beside_the_log_is_made_anew_from_the_store() {
    for engine in ENGINES {
        let Some(mut play) = Play::on(engine).await else { continue };
        play.look(0, 3).await;
        assert!(play.say().await);
        let number = play.verified(&play.list(0).await).unwrap().number;
        std::fs::remove_dir_all(play.folder.path().join("log/accesses-chains")).unwrap();
        play.look(0, 2).await;
        assert!(play.say().await, "{engine:?}");
        let shown = play.verified(&play.list(0).await).unwrap();
        assert_eq!((shown.number, shown.newer), (number + 2, 0), "{engine:?}");
    }
}

#[tokio::test]
async fn a_list_is_only_for_whom_it_is_about() {
    let mut play = Play::on(Engine::Embedded).await.unwrap();
    let own = play.world.resident(MOBILES[0]);
    let early = play.world.platform.my_completeness(&own, play.people[0]).await;
    assert!(matches!(early, Err(Error::NotFound)), "it was not said yet");
    assert!(play.say().await);
    let other = play.world.resident(MOBILES[1]);
    let others = play.world.platform.my_completeness(&other, play.people[0]).await;
    assert!(matches!(others, Err(Error::NotFound)));
    // Whoever has the files alone finds nobody: keys are of a key that is not there.
    let list = play.list(0).await;
    let key = STANDARD.decode(list["key"].as_str().unwrap()).unwrap();
    let digest = ledger::merkle::leaf_hash(&play.people[0].person_bytes());
    assert_ne!(key, digest.0);
}

/// Where the judge's files are.
fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/ledger")
}

fn judged(python: &Path, list: &Value, key: &VerifierKey) -> Option<Value> {
    let mut judge = Command::new(python)
        .arg(sources().join("judge.py"))
        .arg("whole")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let asked = json!({ "list": list.to_string(), "key": key.to_string() });
    judge.stdin.take().unwrap().write_all(asked.to_string().as_bytes()).unwrap();
    let output = judge.wait_with_output().unwrap();
    output.status.success().then(|| serde_json::from_slice(&output.stdout).unwrap())
}

#[tokio::test]
async fn a_judge_in_another_language_says_the_same() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ledger");
    let Some(python) = outsiders::python(&sources(), &folder) else { return };
    let mut play = Play::on(Engine::Embedded).await.unwrap();
    play.look(0, 4).await;
    assert!(play.say().await);
    play.look(0, 1).await;
    let (list, key) = (play.list(0).await, play.key());
    let shown = play.verified(&list).unwrap();
    let told = judged(&python, &list, &key).unwrap();
    assert_eq!(told, json!({ "number": shown.number, "newer": 1, "size": shown.size }));
    let theirs = play.list(1).await;
    let refused = |change: &dyn Fn(&mut Value)| {
        let mut other = list.clone();
        change(&mut other);
        assert!(play.verified(&other).is_err() && judged(&python, &other, &key).is_none());
    };
    refused(&|value| {
        value["entries"].as_array_mut().unwrap().remove(1);
    });
    refused(&|value| {
        let kept = usize::try_from(shown.number).unwrap() - 1;
        value["entries"].as_array_mut().unwrap().truncate(kept);
    });
    refused(&|value| value["path"] = theirs["path"].clone());
    refused(&|value| value["number"] = (shown.number - 1).into());
    refused(&|value| {
        value["said"] = list["said"].as_str().unwrap().replacen("index ", "index 1", 1).into();
    });
}

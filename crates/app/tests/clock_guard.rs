//! A clock that is years ahead, or behind, destroys nothing: what erases and deletes by the clock waits
//! until it is right again or the operator confirms it, on every engine, and care goes on. The twin is the
//! same play with a clock that the operator confirmed: then it does delete.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use app::{Actor, Error, access_log::LogWorker, erasure::State, settings::Settings};
use domain::{
    clock::Standing,
    id::{BeneficiaryId, HomeBucket},
    retention::Pace,
};
use jiff::{SignedDuration, ToSpan};
use store::{AccessOf, StaffRole};
use testkit::world::{Engine, World};
use uuid::Uuid;

const MOBILE: &str = "7500000001";
const ENGINES: [Engine; 3] = [Engine::Embedded, Engine::Postgres, Engine::Sharded];

struct Play {
    world: World,
    id: BeneficiaryId,
    _folder: tempfile::TempDir,
}

const fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

const fn years(number: i64) -> SignedDuration {
    hours(number * 24 * 365)
}

impl Play {
    /// Somebody with a dose, a list of accesses in the log, and an erasure asked for by somebody else of
    /// the same account; the clock was looked at.
    async fn on(engine: Engine) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let access_log = Some(folder.path().join("log/accesses"));
        let settings = Settings { limits: None, access_log, ..Settings::default() };
        let world = World::on(engine, 47, settings).await?;
        let id = world.vaccinate(MOBILE, 1).await;
        world.platform.my_people(&world.resident(MOBILE)).await.unwrap();
        world.platform.my_people(&world.resident(MOBILE)).await.unwrap();
        let other = world.enrol(MOBILE, 2).await.unwrap();
        world.platform.ask_erasure(&world.resident(MOBILE), other).await.unwrap();
        let system = world.ctx(Actor::System);
        let mut worker = LogWorker::new(&system);
        while world.platform.log_accesses(&system, &mut worker).await.unwrap() > 0 {}
        let play = Self { world, id, _folder: folder };
        play.turn().await;
        assert_eq!(play.standing().await, Standing::Believed);
        Some(play)
    }

    /// What a server does by itself within an hour. Gives how many rows went.
    async fn turn(&self) -> u64 {
        let (platform, system) = (&self.world.platform, self.world.ctx(Actor::System));
        platform.sweep(&system).await.unwrap();
        let gone = platform.expire(&system, Pace::Hour).await.unwrap();
        gone.iter().map(|past| past.rows).sum()
    }

    async fn standing(&self) -> Standing {
        self.world.platform.clock(&self.world.ctx(Actor::System)).await.unwrap().standing
    }

    /// How much would go, whoever believes the clock.
    async fn past(&self) -> u64 {
        let system = self.world.ctx(Actor::System);
        let past = self.world.platform.past_their_time(&system).await.unwrap();
        past.iter().map(|past| past.rows).sum()
    }

    async fn entries(&self) -> usize {
        let own = self.world.resident(MOBILE);
        self.world.platform.my_accesses(&own, self.id, 0).await.unwrap().len()
    }

    async fn erasure(&self) -> State {
        let own = self.world.resident(MOBILE);
        self.world.platform.my_erasures(&own).await.unwrap()[0].state
    }

    async fn confirm(&self) {
        let system = self.world.ctx(Actor::System);
        self.world.platform.confirm_clock(&system, system.today()).await.unwrap();
    }

    /// How many alarms about the clock there are.
    async fn alarms(&self) -> usize {
        let alarms = self.world.platform.alarms(&self.world.ctx(Actor::System)).await.unwrap();
        alarms.iter().filter(|alarm| alarm.kind == "clock").count()
    }
}

#[tokio::test]
async fn a_clock_that_is_years_ahead_deletes_nothing_and_care_goes_on() {
    for engine in ENGINES {
        let Some(mut play) = Play::on(engine).await else { continue };
        let before = play.entries().await;
        play.world.advance(years(10));
        for _ in 0..2 {
            assert_eq!(play.turn().await, 0, "{engine:?}");
            assert_eq!(play.standing().await, Standing::Ahead);
            assert_eq!(play.alarms().await, 1, "told once");
            assert_eq!(play.erasure().await, State::Due, "{engine:?}: and not done");
            // There is something to lose.
            assert!(play.past().await >= 2, "{engine:?}");
            play.world.advance(hours(1));
        }
        // A process that starts with such a clock is no wiser.
        play.world.crash().await;
        assert_eq!(play.turn().await, 0, "{engine:?}");
        assert_eq!(play.standing().await, Standing::Ahead);
        play.world.vaccinate("7500000009", 9).await;
        // Right again by itself: nothing was lost, and nobody needs to be asked.
        play.world.advance(-years(10) - hours(1));
        assert_eq!(play.turn().await, 0);
        assert_eq!(play.standing().await, Standing::Believed, "{engine:?}");
        assert!(play.entries().await >= before, "{engine:?}");
        assert_eq!(play.erasure().await, State::Asked);
        play.world.live_through(hours(24 * 8)).await;
        play.turn().await;
        assert_eq!(play.erasure().await, State::Done, "{engine:?}");
    }
}

/// The twin.
#[tokio::test]
async fn the_same_clock_deletes_once_the_operator_confirms_it() {
    for engine in ENGINES {
        let Some(play) = Play::on(engine).await else { continue };
        let before = play.entries().await;
        play.world.advance(years(10));
        assert_eq!(play.turn().await, 0);
        let past = play.past().await;
        play.confirm().await;
        assert_eq!(play.standing().await, Standing::Believed);
        assert!(play.turn().await >= past.min(before as u64 - 1), "{engine:?}");
        assert_eq!(
            (play.entries().await, play.past().await),
            (1, 0),
            "{engine:?}: the last one stays"
        );
        assert_eq!(play.erasure().await, State::Done);
        // And what was believed of the right one no longer is.
        play.world.advance(-years(10));
        assert_eq!(play.turn().await, 0);
        assert_eq!(play.standing().await, Standing::Back, "{engine:?}");
        play.confirm().await;
        assert_eq!(play.standing().await, Standing::Believed);
    }
}

#[tokio::test]
async fn a_weekend_is_believed_and_a_week_waits() {
    for engine in ENGINES {
        let Some(play) = Play::on(engine).await else { continue };
        for (step, stands) in [
            (hours(48), Standing::Believed),
            (hours(49), Standing::Ahead),
            (hours(-97), Standing::Back),
            (hours(48), Standing::Believed),
        ] {
            play.world.advance(step);
            play.turn().await;
            assert_eq!(play.standing().await, stands, "{engine:?}: {step}");
        }
    }
}

#[tokio::test]
async fn only_the_operator_confirms_a_clock_and_says_which_day_it_is() {
    let play = Play::on(Engine::Embedded).await.unwrap();
    let platform = &play.world.platform;
    play.world.advance(years(3));
    let system = play.world.ctx(Actor::System);
    let today = system.today();
    let officer = play.world.staff(StaffRole::DistrictOfficer, 1);
    assert!(matches!(platform.confirm_clock(&officer, today).await, Err(Error::Forbidden)));
    for day in [today.saturating_sub(1.day()), today.saturating_sub(3.years())] {
        let refused = platform.confirm_clock(&system, day).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    }
    assert_eq!(play.standing().await, Standing::Ahead);
    let list = Uuid::from_u128(0x7465_656b_6100_4c00_8000_636c_6f63_6b00);
    let of = AccessOf { bucket: HomeBucket(0x7465), person: list };
    assert_eq!(platform.store().access_heads(&[of]).await.unwrap(), [None]);
    platform.confirm_clock(&system, today).await.unwrap();
    let head = platform.store().access_heads(&[of]).await.unwrap()[0].unwrap();
    assert_eq!(head.number, 1, "it is on record");
    assert_eq!(play.standing().await, Standing::Believed);
}

#[tokio::test]
async fn witnesses_who_say_otherwise_stop_it_and_those_who_agree_spare_the_asking() {
    let play = Play::on(Engine::Embedded).await.unwrap();
    let clocks = play.world.platform.clocks();
    let says = |name: &str, away: SignedDuration| {
        clocks.witness_says(name, play.world.now() + away, play.world.now());
    };
    // One of three is wrong: it is the one.
    for (name, away) in [("w1", hours(0)), ("w2", years(5)), ("w3", SignedDuration::from_secs(2))] {
        says(name, away);
    }
    assert_eq!(play.standing().await, Standing::Believed);
    // Two are right, and this clock is an hour ahead: less than it could come by itself.
    play.world.advance(hours(1));
    says("w1", hours(-1));
    says("w3", hours(-1));
    play.turn().await;
    assert_eq!(play.standing().await, Standing::Apart);
    assert_eq!(play.alarms().await, 1);
    // The operator's word counts for a day.
    play.confirm().await;
    assert_eq!(play.standing().await, Standing::Believed);
    play.turn().await;
    play.world.advance(hours(25));
    says("w1", hours(-1));
    says("w3", hours(-1));
    assert_eq!(play.standing().await, Standing::Apart);
    // Nobody was there for a month, and witnesses say so, too.
    play.world.advance(hours(24 * 30));
    assert_eq!(play.standing().await, Standing::Ahead, "what they said is too old");
    says("w1", hours(0));
    says("w3", hours(0));
    play.turn().await;
    assert_eq!(play.standing().await, Standing::Believed);
    play.world.advance(hours(1));
    assert_eq!(play.standing().await, Standing::Believed, "it is what is held against from now on");
}

/// The machine of a database has a clock of its own; that of the tests is another.
#[tokio::test]
async fn the_clock_of_the_database_is_compared() {
    for engine in [Engine::Embedded, Engine::Postgres] {
        let Some(play) = Play::on(engine).await else { continue };
        let system = play.world.ctx(Actor::System);
        play.world.platform.compare_clocks(&system).await.unwrap();
        let clock = play.world.platform.clock(&system).await.unwrap();
        let has_one = engine == Engine::Postgres;
        assert_eq!(clock.others.database.is_some(), has_one);
        let stands = if has_one { Standing::Apart } else { Standing::Believed };
        assert_eq!(clock.standing, stands, "{engine:?}");
    }
}

//! What goes by the clock and what must not: half a year, a year and three years on, on every engine; a
//! legal hold stands in the way of everything that would take a record or its list of accesses.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use app::{
    Actor, Error,
    access_log::LogWorker,
    erasure::State,
    error_kinds::NotErasable,
    retention::{Order, Past},
    settings::Settings,
};
use domain::{id::BeneficiaryId, retention::Pace};
use jiff::SignedDuration;
use store::StaffRole;
use testkit::world::{Engine, World};

const MOBILE: &str = "7500000001";
const OTHER: &str = "7500000002";
const ENGINES: [Engine; 3] = [Engine::Embedded, Engine::Postgres, Engine::Sharded];

struct Play {
    world: World,
    _folder: tempfile::TempDir,
}

impl Play {
    async fn on(engine: Engine) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let access_log = Some(folder.path().join("log/accesses"));
        let settings = Settings { limits: None, access_log, ..Settings::default() };
        let world = World::on(engine, 31, settings).await?;
        Some(Self { world, _folder: folder })
    }

    async fn log(&self) {
        let system = self.world.ctx(Actor::System);
        let mut worker = LogWorker::new(&system);
        while self.world.platform.log_accesses(&system, &mut worker).await.unwrap() > 0 {}
        // Another one has its turn later.
        self.world.advance(SignedDuration::from_secs(11));
    }

    /// Moves the clock, and does what a server does by itself within a day.
    async fn after_days(&self, days: i64) {
        self.world.live_through(SignedDuration::from_hours(24 * days)).await;
        let system = self.world.ctx(Actor::System);
        self.world.platform.sweep(&system).await.unwrap();
        self.world.platform.expire(&system, Pace::Hour).await.unwrap();
    }

    /// The numbers of the entries of somebody's list.
    async fn entries(&self, mobile: &str, id: BeneficiaryId) -> Vec<u64> {
        let list = self.world.platform.my_accesses(&self.world.resident(mobile), id, 0).await;
        list.unwrap().iter().map(|one| one.number).collect()
    }

    async fn past(&self) -> Vec<Past> {
        let mut past =
            self.world.platform.past_their_time(&self.world.ctx(Actor::System)).await.unwrap();
        past.retain(|one| one.rows > 0);
        past
    }

    fn order() -> Order {
        Order { official: "M. Rao, grievance officer".into(), case: "WP 12/2027".into() }
    }
}

#[tokio::test]
async fn what_was_opened_is_known_for_three_years_and_no_longer_unless_it_is_held() {
    for engine in ENGINES {
        let Some(play) = Play::on(engine).await else { continue };
        let platform = &play.world.platform;
        let free = play.world.vaccinate(MOBILE, 1).await;
        let held = play.world.vaccinate(OTHER, 2).await;
        for mobile in [MOBILE, OTHER] {
            platform.my_people(&play.world.resident(mobile)).await.unwrap();
        }
        play.log().await;
        let system = play.world.ctx(Actor::System);
        let hold = platform.hold(&system, held, &Play::order()).await.unwrap();
        let before = [play.entries(MOBILE, free).await, play.entries(OTHER, held).await];
        assert!(before.iter().all(|list| list.len() > 2), "{before:?}");
        // Half a year, a year and almost three years on, everything is there.
        for days in [181, 185, 729] {
            play.after_days(days).await;
            let now = [play.entries(MOBILE, free).await, play.entries(OTHER, held).await];
            assert_eq!(now, before, "{engine:?}: {days} days more");
        }
        play.after_days(2).await;
        let last = before[0].last().copied().unwrap();
        assert_eq!(play.entries(MOBILE, free).await, [last], "{engine:?}: the last one stays");
        assert_eq!(play.entries(OTHER, held).await, before[1], "{engine:?}: it is held");
        assert_eq!(play.past().await, [], "nothing is left that is past its time");
        let system = play.world.ctx(Actor::System);
        assert_eq!(platform.holds(&system).await.unwrap()[0].order, Play::order());
        platform.lift_hold(&system, hold).await.unwrap();
        assert_eq!(play.past().await[0].table, "access_entry");
        play.after_days(1).await;
        assert_eq!(play.entries(OTHER, held).await.len(), 1, "{engine:?}");
        // The lists go on where they end.
        platform.my_people(&play.world.resident(MOBILE)).await.unwrap();
        play.log().await;
        assert_eq!(play.entries(MOBILE, free).await, [last, last + 1]);
        let audit = platform.store().audit().await.unwrap();
        assert!(audit.holds(), "{engine:?}: {audit:?}");
    }
}

#[tokio::test]
async fn nobody_takes_what_is_held() {
    let play = Play::on(Engine::Embedded).await.unwrap();
    let platform = &play.world.platform;
    let id = play.world.enrol(MOBILE, 1).await.unwrap();
    let (system, own) = (play.world.ctx(Actor::System), play.world.resident(MOBILE));
    let hold = platform.hold(&system, id, &Play::order()).await.unwrap();
    let removed = platform.remove(&own, id).await;
    assert!(matches!(removed, Err(Error::NotErasable(NotErasable::Held))), "{removed:?}");
    // Who is of another account is told nothing of it.
    let other = play.world.resident(OTHER);
    assert!(matches!(platform.remove(&other, id).await, Err(Error::NotFound)));
    let asked = platform.ask_erasure(&own, id).await.unwrap();
    assert_eq!(asked.state, State::Held);
    play.after_days(8).await;
    let own = play.world.resident(MOBILE);
    assert_eq!(platform.my_erasures(&own).await.unwrap()[0].state, State::Held);
    assert_eq!(platform.my_people(&own).await.unwrap().len(), 1);
    platform.lift_hold(&play.world.ctx(Actor::System), hold).await.unwrap();
    play.after_days(1).await;
    let own = play.world.resident(MOBILE);
    assert_eq!(platform.my_erasures(&own).await.unwrap()[0].state, State::Done);
}

#[tokio::test]
async fn only_the_operator_holds_and_with_a_name_and_a_case() {
    let play = Play::on(Engine::Embedded).await.unwrap();
    let platform = &play.world.platform;
    let id = play.world.enrol(MOBILE, 1).await.unwrap();
    let system = play.world.ctx(Actor::System);
    for ctx in [play.world.resident(MOBILE), play.world.staff(StaffRole::DistrictOfficer, 1)] {
        let held = platform.hold(&ctx, id, &Play::order()).await;
        assert!(matches!(held, Err(Error::Forbidden)));
        assert!(matches!(platform.holds(&ctx).await, Err(Error::Forbidden)));
        assert!(matches!(platform.past_their_time(&ctx).await, Err(Error::Forbidden)));
    }
    for bad in [
        Order { official: " ".into(), ..Play::order() },
        Order { case: "x\n".into(), ..Play::order() },
    ] {
        assert!(matches!(platform.hold(&system, id, &bad).await, Err(Error::Invalid(_))));
    }
    let nobody = platform.by_reference(&platform.reference(id).to_string()).unwrap();
    assert_eq!(nobody, id);
    assert!(matches!(platform.lift_hold(&system, uuid::Uuid::nil()).await, Err(Error::NotFound)));
}

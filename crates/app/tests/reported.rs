//! A report is sealed, its receipt tells how it stands and no other does, and nobody opens it without a
//! record.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use app::{
    Actor, Error,
    reported::{State, Taken},
    settings::{Limits, Settings},
};
use domain::reported::{Outcome, Reported};
use jiff::SignedDuration;
use store::StaffRole;
use testkit::world::{Engine, World};

const SEEN: &str = "a list of 300 people at files.example/lists/2021.pdf";

fn reported() -> Reported {
    Reported::new(SEEN, "https://files.example/2021.pdf", "me@mail.example", "name, mobile")
        .ok()
        .unwrap()
}

async fn report(world: &World, source: &str) -> app::Result<Taken> {
    world.platform.take_report(&world.ctx(Actor::Anyone), &reported(), source).await
}

#[tokio::test]
async fn a_report_goes_its_way_and_the_clock_is_kept() {
    for engine in [Engine::Embedded, Engine::Postgres, Engine::Sharded] {
        let Some(world) = World::on(engine, 91, Settings::default()).await else { continue };
        let platform = &world.platform;
        let taken = report(&world, "192.0.2.1").await.unwrap();
        assert_eq!(taken.standing.state(), State::Received);
        let later = world.now().saturating_add(SignedDuration::from_hours(72)).unwrap();
        assert_eq!(taken.standing.next_due(), Some(later));
        assert!(!taken.standing.is_overdue(later));
        assert!(
            taken.standing.is_overdue(later.saturating_add(SignedDuration::from_secs(1)).unwrap())
        );

        let system = world.ctx(Actor::System);
        let listed = platform.listed_reports(&system).await.unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].standing, taken.standing);
        let before = platform.accesses_recorded();
        let (opened, told) = platform.open_report(&system, listed[0].id).await.unwrap();
        assert!(told == reported());
        assert_eq!(platform.accesses_recorded(), before + 1, "it is on record");
        assert_eq!(opened.standing.state(), State::LookedAt);
        let standing = platform.report_standing(&taken.receipt).await.unwrap();
        assert_eq!(standing, opened.standing);

        world.advance(SignedDuration::from_hours(5));
        let system = world.ctx(Actor::System);
        platform.close_report(&system, listed[0].id, Outcome::Mended).await.unwrap();
        let standing = platform.report_standing(&taken.receipt).await.unwrap();
        assert_eq!(standing.state(), State::Closed);
        assert_eq!(standing.closed, Some((world.now(), Outcome::Mended)));
        let again = platform.close_report(&system, listed[0].id, Outcome::Known).await;
        assert!(matches!(again, Err(Error::Invalid(_))), "{engine:?}");

        // A year later it is gone.
        world.live_through(SignedDuration::from_hours(24 * 366)).await;
        platform.sweep(&world.ctx(Actor::System)).await.unwrap();
        let gone = platform.report_standing(&taken.receipt).await;
        assert!(matches!(gone, Err(Error::NotFound)), "{engine:?}");
    }
}

#[tokio::test]
async fn only_its_receipt_tells_and_only_the_operator_opens() {
    let world = World::new(92).await;
    let platform = &world.platform;
    let (one, other) = (report(&world, "a").await.unwrap(), report(&world, "a").await.unwrap());
    // The number of the one with the secret of the other.
    let mixed = format!("{}{}", &one.receipt[..22], &other.receipt[22..]);
    for wrong in [mixed.as_str(), "", &one.receipt[1..], &"A".repeat(43), &"é".repeat(43)] {
        assert!(matches!(platform.report_standing(wrong).await, Err(Error::NotFound)), "{wrong}");
    }
    let id = platform.listed_reports(&world.ctx(Actor::System)).await.unwrap()[0].id;
    let staff = [StaffRole::Auditor, StaffRole::FacilityManager];
    let others = staff.map(|role| world.staff(role, 1));
    for ctx in others.into_iter().chain([world.ctx(Actor::Anyone), world.resident("7500000001")]) {
        assert!(matches!(platform.open_report(&ctx, id).await, Err(Error::Forbidden)));
        assert!(matches!(platform.listed_reports(&ctx).await, Err(Error::Forbidden)));
        let closed = platform.close_report(&ctx, id, Outcome::NotOurs).await;
        assert!(matches!(closed, Err(Error::Forbidden)));
    }
    assert_eq!(platform.report_standing(&one.receipt).await.unwrap().state(), State::Received);
}

#[tokio::test]
async fn what_was_reported_is_nowhere_in_the_file() {
    let world = World::new(93).await;
    let taken = report(&world, "192.0.2.77").await.unwrap();
    let folder = world.file().unwrap().parent().unwrap();
    let mut looked = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(bytes) = std::fs::read(&path) else { continue };
        for secret in ["300 people", "files.example", "me@mail", "192.0.2.77", &taken.receipt] {
            let found = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
            assert!(!found, "{}", path.display());
        }
        looked += bytes.len();
    }
    assert!(looked > 100_000, "{looked}");
}

#[tokio::test]
async fn one_address_sends_ten_a_day() {
    let settings = Settings { limits: Some(Limits::default()), ..Settings::default() };
    let world = World::with_settings(94, settings).await;
    for _ in 0..10 {
        report(&world, "192.0.2.1").await.unwrap();
    }
    let refused = report(&world, "192.0.2.1").await.err().unwrap();
    assert!(matches!(refused, Error::TooMany { .. }), "{refused:?}");
    report(&world, "192.0.2.2").await.unwrap();
    world.advance(SignedDuration::from_hours(24));
    report(&world, "192.0.2.1").await.unwrap();
}

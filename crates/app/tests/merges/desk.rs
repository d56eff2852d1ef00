//! Staff merge two records of who stands before them and presents both.

use app::{Actor, Ctx, Error, presence::Presence};
use domain::id::{FacilityId, StaffId};
use store::{NotMerged, StaffRole};
use testkit::world::{Engine, World};
use uuid::Uuid;

use super::{
    HOUR, MOBILE, Record, Settings, certificate, is_one, is_only_looked_at, opened_last, twice,
    vaccinated,
};

const REASON: &str = "same face, both documents 😀";

async fn present(world: &World, ctx: &Ctx, record: &Record) -> app::Result<Presence> {
    let (reference, code) = (&record.reference, &record.code);
    let presented = world.platform.present_code(ctx, FacilityId(1), reference, code).await;
    presented.map(|presented| presented.presence)
}

#[tokio::test]
async fn staff_merge_what_is_presented_and_it_is_kept_who_did_it_and_why() {
    for engine in [Engine::Embedded, Engine::Postgres, Engine::Sharded] {
        let Some(world) = World::on(engine, 1, Settings::default()).await else { continue };
        let (stays, goes) = twice(&world).await;
        let old = [certificate(&world, &stays).await, certificate(&world, &goes).await];
        let (platform, staff) = (&world.platform, world.staff(StaffRole::Vaccinator, 1));
        let one = present(&world, &staff, &stays).await.unwrap();
        let other = present(&world, &staff, &goes).await.unwrap();
        let outlook = platform.look_at_presented(&staff, &one, &other).await.unwrap();
        assert_eq!((outlook.goes.id, outlook.series.len()), (goes.id, 2));
        is_only_looked_at(&world, &stays).await;
        is_only_looked_at(&world, &goes).await;
        for _ in 0..2 {
            let pair = (&one, &other);
            platform.merge_presented(&staff, pair, REASON, Some("form")).await.unwrap();
        }
        let (purpose, fields) = opened_last(&world, &stays).await;
        assert_eq!((purpose.as_str(), fields.last().unwrap().as_str()), ("merge", "certificate"));
        let gone = platform.store().merged(&[goes.id]).await.unwrap().pop().flatten().unwrap();
        assert_eq!(gone.by, Some(StaffId(Uuid::from_u128(7))));
        let because = gone.because.unwrap();
        let words = REASON.as_bytes();
        assert!(because.len() > words.len(), "there is one");
        assert!(!because.windows(4).any(|part| part == &words[..4]), "and it is sealed");

        world.advance(HOUR);
        is_one(&world, &stays, &goes, &old).await;

        // What was presented is used up.
        let third = vaccinated(&world, "9100000001", 3).await;
        world.advance(HOUR * 2);
        let staff = world.staff(StaffRole::Vaccinator, 1);
        let again = present(&world, &staff, &goes).await;
        assert!(matches!(again, Err(Error::WrongPresence)));
        let into_third = present(&world, &staff, &third).await.unwrap();
        let kept = Presence { until: into_third.until, ..other.clone() };
        let twice = platform.merge_presented(&staff, (&into_third, &kept), REASON, None).await;
        assert!(matches!(twice, Err(Error::NotMerged(NotMerged::Gone))));
    }
}

#[tokio::test]
async fn nobody_else_merges_at_a_desk_and_nothing_that_is_not_presented_there() {
    let world = World::new(1).await;
    let (stays, goes) = twice(&world).await;
    let platform = &world.platform;
    let staff = world.staff(StaffRole::FacilityManager, 1);
    let (one, other) = (
        present(&world, &staff, &stays).await.unwrap(),
        present(&world, &staff, &goes).await.unwrap(),
    );
    let merge = async |ctx: &Ctx, one: &Presence, other: &Presence, reason: &str| {
        platform.merge_presented(ctx, (one, other), reason, None).await
    };
    for role in [StaffRole::DistrictOfficer, StaffRole::Auditor] {
        let refused = merge(&world.staff(role, 1), &one, &other, REASON).await;
        assert!(matches!(refused, Err(Error::Forbidden)), "{role:?}");
    }
    let elsewhere = world.staff(StaffRole::Vaccinator, 2);
    assert!(matches!(merge(&elsewhere, &one, &other, REASON).await, Err(Error::Forbidden)));
    let program = world.ctx(Actor::StateProgram { state: None });
    assert!(matches!(merge(&program, &one, &other, REASON).await, Err(Error::Forbidden)));
    let resident = world.resident(MOBILE);
    assert!(matches!(merge(&resident, &one, &other, REASON).await, Err(Error::Forbidden)));
    let foreign = Presence { facility: FacilityId(2), ..other.clone() };
    let refused = merge(&staff, &one, &foreign, REASON).await;
    assert!(matches!(refused, Err(Error::WrongPresence)));
    let late = Presence { until: staff.now, ..other.clone() };
    assert!(matches!(merge(&staff, &one, &late, REASON).await, Err(Error::WrongPresence)));
    assert!(matches!(merge(&staff, &late, &one, REASON).await, Err(Error::WrongPresence)));
    for reason in ["", "  ", &"x".repeat(1_001), "a\u{0}b"] {
        let refused = merge(&staff, &one, &other, reason).await;
        assert!(matches!(refused, Err(Error::Invalid(_))));
    }
    let itself = merge(&staff, &one, &one, REASON).await;
    assert!(matches!(itself, Err(Error::NotMergeable(_))));
    // The code of an appointment somewhere else opens nothing here.
    let there = platform.present_code(&elsewhere, FacilityId(2), &goes.reference, &goes.code).await;
    assert!(matches!(there, Err(Error::WrongPresence)));
    assert_eq!(platform.my_people(&world.resident(&goes.mobile)).await.unwrap().len(), 1);
    merge(&staff, &one, &other, REASON).await.unwrap();
}

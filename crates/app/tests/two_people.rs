//! What one person cannot do alone: a session that staff publish is opened by another, and a dose takes
//! a vial-dose that was received.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use app::{Actor, Ctx, Error, ctx::StaffActor, settings::Settings};
use domain::{
    id::{FacilityId, StaffId},
    session::{Session, SessionState},
};
use store::StaffRole;
use testkit::world::{Engine, World, first_dose};
use uuid::Uuid;

const MOBILE: &str = "7500000001";
const HERE: FacilityId = FacilityId(1);
const ENGINES: [Engine; 3] = [Engine::Embedded, Engine::Postgres, Engine::Sharded];

fn manager(world: &World, number: u128) -> Ctx {
    world.ctx(Actor::Staff(StaffActor {
        id: StaffId(Uuid::from_u128(number)),
        role: StaffRole::FacilityManager,
        facility: Some(HERE),
        district: None,
        state: None,
        strong_until: Some(jiff::Timestamp::MAX),
    }))
}

async fn state(world: &World, session: &Session) -> SessionState {
    let held = world.platform.store().session(HERE, session.id).await.unwrap().unwrap();
    held.session.state
}

#[tokio::test]
async fn a_session_that_staff_publish_is_opened_by_another() {
    let settings = Settings { limits: None, sessions_need_two: true, ..Settings::default() };
    for engine in ENGINES {
        let Some(world) = World::on(engine, 12, settings.clone()).await else { continue };
        let today = world.ctx(Actor::System).today();
        let session = world.session(1, 1, today, [5, 5, 5]);
        let (first, second) = (manager(&world, 1), manager(&world, 2));
        let publish = world.platform.publish_sessions(&first, std::slice::from_ref(&session));
        publish.await.unwrap();
        assert_eq!(state(&world, &session).await, SessionState::Stopped, "{engine:?}");
        let open = async |ctx: &Ctx| world.platform.open_bookings(ctx, HERE, session.id).await;
        assert!(matches!(open(&first).await, Err(Error::SecondPerson)), "{engine:?}");
        // Publishing it again opens nothing.
        let again = world.platform.publish_sessions(&first, std::slice::from_ref(&session));
        again.await.unwrap();
        assert_eq!(state(&world, &session).await, SessionState::Stopped, "{engine:?}");
        open(&second).await.unwrap();
        assert_eq!(state(&world, &session).await, SessionState::Open, "{engine:?}");
        // From then on either stops it and takes bookings again.
        world.platform.stop_bookings(&second, HERE, session.id).await.unwrap();
        open(&first).await.unwrap();
        // The twin: where nobody else is needed, it is open at once.
        let alone = World::new(13).await;
        let session = alone.session(2, 1, today, [5, 5, 5]);
        let alone_manager = manager(&alone, 1);
        let publish =
            alone.platform.publish_sessions(&alone_manager, std::slice::from_ref(&session));
        publish.await.unwrap();
        assert_eq!(state(&alone, &session).await, SessionState::Open);
    }
}

/// Somebody registered, and there.
async fn arrive(world: &World, number: u64) -> (Ctx, app::presence::Presence) {
    let mobile = format!("76{number:08}");
    let id = world.enrol(&mobile, number).await.unwrap();
    let today = world.ctx(Actor::System).today();
    let session = world.publish(world.session(number.into(), 1, today, [5, 5, 5])).await;
    let wish = app::booking::Wish {
        session,
        slot: "01:00PM-05:00PM",
        dose_number: None,
        beneficiaries: &[id],
        idempotency_key: None,
    };
    let booked = world.platform.book(&world.resident(&mobile), &wish).await.unwrap();
    let (reference, code) =
        (world.platform.reference(id).to_string(), world.platform.security_code(booked));
    let staff = world.staff(StaffRole::Vaccinator, 1);
    let shown = world.platform.present_code(&staff, HERE, &reference, &code).await.unwrap();
    (staff, shown.presence)
}

#[tokio::test]
async fn no_more_doses_are_recorded_than_were_received() {
    let settings = Settings { limits: None, keeps_stock: true, ..Settings::default() };
    for engine in ENGINES {
        let Some(world) = World::on(engine, 14, settings.clone()).await else { continue };
        let platform = &world.platform;
        let mut people = Vec::new();
        for number in 1..=4 {
            people.push(arrive(&world, number).await);
        }
        let record = async |place: usize| {
            let (staff, presence) = &people[place];
            platform.record_dose(staff, presence, &first_dose(place as u128 + 1)).await
        };
        assert!(matches!(record(0).await, Err(Error::NoStock)), "{engine:?}");
        let receive = async |ctx: &Ctx, lot: &str, doses| {
            platform.receive_stock(ctx, HERE, ("covishield", lot), doses).await
        };
        let vaccinator = world.staff(StaffRole::Vaccinator, 1);
        assert!(matches!(receive(&vaccinator, "LOT1", 2).await, Err(Error::Forbidden)));
        let manager = manager(&world, 1);
        assert!(matches!(receive(&manager, " ", 2).await, Err(Error::Invalid(_))));
        assert!(matches!(receive(&manager, "LOT1", 0).await, Err(Error::Invalid(_))));
        receive(&manager, "LOT2", 9).await.unwrap();
        receive(&manager, "LOT1", 2).await.unwrap();
        let all = futures_util::future::join_all((0..4).map(record)).await;
        let given = all.iter().filter(|outcome| outcome.is_ok()).count();
        assert_eq!(given, 2, "{engine:?}");
        assert!(all.iter().all(|one| matches!(one, Ok(_) | Err(Error::NoStock))), "{engine:?}");
        // A repeated report takes none, and one that is refused gives back what it took.
        let place = all.iter().position(Result::is_ok).unwrap();
        record(place).await.unwrap();
        receive(&manager, "LOT1", 1).await.unwrap();
        let (staff, presence) = &people[place];
        let second = platform.record_dose(staff, presence, &first_dose(99)).await;
        assert!(matches!(second, Err(Error::NotEligible { .. } | Error::NotRecorded(_))));
        let stock = platform.stock(&manager, HERE).await.unwrap();
        let left: Vec<_> =
            stock.iter().map(|row| (row.lot.as_str(), row.received - row.given)).collect();
        assert_eq!(left, [("LOT1", 1), ("LOT2", 9)], "{engine:?}");
        assert!(platform.store().audit().await.unwrap().holds());
    }
}

/// The twin: where no stock is kept, a dose needs none.
#[tokio::test]
async fn without_stock_keeping_a_dose_needs_none() {
    let world = World::new(15).await;
    world.vaccinate(MOBILE, 1).await;
    assert!(world.platform.store().stock(HERE).await.unwrap().is_empty());
}

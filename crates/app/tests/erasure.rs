//! Erasure is real: who was erased is read by no way any more, neither through the platform nor from the
//! database nor from a copy of it once the key that wrapped it is gone; and it can be proven.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use app::{
    Actor, Error,
    certificates::Paper,
    erasure::certificate::{self, BadErasure},
    settings::Settings,
};
use domain::id::BeneficiaryId;
use jiff::SignedDuration;
use store::{KeyTable, StaffRole};
use testkit::world::{Engine, World, first_dose};
use vault::PersonId;

const MOBILE: &str = "7500000001";
const OTHER: &str = "7500000002";
const ENGINES: [Engine; 3] = [Engine::Embedded, Engine::Postgres, Engine::Sharded];

async fn world(engine: Engine) -> Option<World> {
    World::on(engine, 78, Settings { limits: None, ..Settings::default() }).await
}

/// Erases somebody after the days of grace.
async fn erase(world: &World, mobile: &str, id: BeneficiaryId) {
    let own = world.resident(mobile);
    world.platform.ask_erasure(&own, id).await.unwrap();
    world.live_through(SignedDuration::from_hours(24 * 7 + 1)).await;
    world.platform.sweep(&world.ctx(Actor::System)).await.unwrap();
}

async fn wrapped_keys(world: &World) -> Vec<([u8; 16], Vec<u8>)> {
    let mut keys = Vec::new();
    for table in KeyTable::ALL {
        let rows = world.platform.store().wrapped_keys(table, None, 1_000).await.unwrap();
        keys.extend(rows.into_iter().map(|row| (row.owner.person(), row.wrapped)));
    }
    keys
}

#[tokio::test]
async fn who_was_erased_is_read_by_no_way_any_more() {
    for engine in ENGINES {
        let Some(world) = world(engine).await else { continue };
        let platform = &world.platform;
        let id = world.vaccinate(MOBILE, 1).await;
        let stays = world.vaccinate(OTHER, 2).await;
        platform.my_people(&world.resident(MOBILE)).await.unwrap();
        let doses = platform.store().audit().await.unwrap().doses;
        erase(&world, MOBILE, id).await;
        let own = world.resident(MOBILE);
        assert!(platform.my_people(&own).await.unwrap().is_empty(), "{engine:?}");
        assert!(matches!(platform.my_person(&own, id).await, Err(Error::NotFound)));
        let certificate = platform.my_certificate(&own, id, Paper::default()).await;
        assert!(matches!(certificate, Err(Error::NotFound)));
        assert!(matches!(platform.my_accesses(&own, id, 0).await, Err(Error::NotFound)));
        // No key of theirs is left, nor one of the account that they were the last of.
        let account = platform.account_named(uuid_of(&own));
        let keys = wrapped_keys(&world).await;
        let gone = [id.person_bytes(), account.uuid.into_bytes()];
        assert!(keys.iter().all(|(person, _)| !gone.contains(person)), "{engine:?}");
        // Others are as they were, and doses are counted as before.
        assert_eq!(platform.my_people(&world.resident(OTHER)).await.unwrap()[0].id, stays);
        let audit = platform.store().audit().await.unwrap();
        assert!(audit.holds(), "{engine:?}: {audit:?}");
        assert_eq!(audit.doses, doses);
        // The same person may come again, with the same document.
        world.enrol(MOBILE, 1).await.unwrap();
    }
}

fn uuid_of(ctx: &app::Ctx) -> uuid::Uuid {
    match ctx.actor {
        Actor::Resident { account } => account.uuid,
        _ => panic!("a resident"),
    }
}

#[tokio::test]
async fn the_database_has_nothing_of_who_was_erased() {
    let world = world(Engine::Embedded).await.unwrap();
    let id = world.vaccinate(MOBILE, 1).await;
    world.enrol(OTHER, 2).await.unwrap();
    let person = world.platform.store().person(id).await.unwrap().unwrap().beneficiary;
    let marks = [person.wrapped_key, person.details.name, person.details.document_index.to_vec()];
    erase(&world, MOBILE, id).await;
    let file = world.file().unwrap();
    let connection = rusqlite::Connection::open(file).unwrap();
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    let bytes = std::fs::read(file).unwrap();
    for mark in marks {
        let found = bytes.windows(mark.len()).any(|window| window == mark);
        assert!(!found, "{} bytes of theirs are in the file", mark.len());
    }
}

#[tokio::test]
async fn an_erasure_can_be_taken_back_until_it_is_done() {
    let world = world(Engine::Embedded).await.unwrap();
    let platform = &world.platform;
    let id = world.vaccinate(MOBILE, 1).await;
    let own = world.resident(MOBILE);
    let asked = platform.ask_erasure(&own, id).await.unwrap();
    assert_eq!(asked.due_at, asked.asked_at + SignedDuration::from_hours(7 * 24));
    world.live_through(SignedDuration::from_hours(24 * 6)).await;
    platform.sweep(&world.ctx(Actor::System)).await.unwrap();
    assert_eq!(platform.my_people(&world.resident(MOBILE)).await.unwrap().len(), 1);
    platform.withdraw_erasure(&own, id).await.unwrap();
    assert!(matches!(platform.withdraw_erasure(&own, id).await, Err(Error::NotFound)));
    world.live_through(SignedDuration::from_hours(24 * 6)).await;
    platform.sweep(&world.ctx(Actor::System)).await.unwrap();
    assert_eq!(platform.my_people(&world.resident(MOBILE)).await.unwrap().len(), 1);
    assert!(platform.my_erasures(&own).await.unwrap().is_empty());
}

#[tokio::test]
async fn only_ones_own_people_are_erased() {
    let world = world(Engine::Embedded).await.unwrap();
    let platform = &world.platform;
    let id = world.vaccinate(MOBILE, 1).await;
    let other = world.resident(OTHER);
    assert!(matches!(platform.ask_erasure(&other, id).await, Err(Error::NotFound)));
    platform.ask_erasure(&world.resident(MOBILE), id).await.unwrap();
    assert!(matches!(platform.withdraw_erasure(&other, id).await, Err(Error::NotFound)));
    assert!(platform.my_erasures(&other).await.unwrap().is_empty());
    let certificate = platform.my_erasure_certificate(&other, id).await;
    assert!(matches!(certificate, Err(Error::NotFound)));
    for role in [StaffRole::Vaccinator, StaffRole::FacilityManager, StaffRole::DistrictOfficer] {
        let staff = world.staff(role, 1);
        assert!(matches!(platform.ask_erasure(&staff, id).await, Err(Error::Forbidden)));
        assert!(matches!(platform.withdraw_erasure(&staff, id).await, Err(Error::Forbidden)));
        assert!(matches!(platform.my_erasures(&staff).await, Err(Error::Forbidden)));
    }
}

#[tokio::test]
async fn a_certificate_of_erasure_verifies_offline() {
    let world = world(Engine::Embedded).await.unwrap();
    let platform = &world.platform;
    let id = world.vaccinate(MOBILE, 1).await;
    let own = world.resident(MOBILE);
    let before = platform.my_erasure_certificate(&own, id).await;
    assert!(matches!(before, Err(Error::NotFound)), "not before it is done");
    erase(&world, MOBILE, id).await;
    let own = world.resident(MOBILE);
    let text = platform.my_erasure_certificate(&own, id).await.unwrap();
    let anchor = platform.trust_anchor(world.now());
    assert!(certificate::is_one(text.as_bytes()));
    let told = certificate::verify(text.as_bytes(), &anchor).unwrap();
    assert_eq!(told["reference"], platform.reference(id).to_string());
    assert_eq!(told["erased_at"], world.now().to_string());
    let changed = text.replace(&platform.reference(id).to_string(), "12345678901234");
    let refused = certificate::verify(changed.as_bytes(), &anchor);
    assert_eq!(refused, Err(BadErasure::Signature));
    let other = self::world(Engine::Embedded).await.unwrap();
    let others = other.platform.trust_anchor(other.now());
    assert_eq!(certificate::verify(text.as_bytes(), &others), Err(BadErasure::Signature));
    assert_eq!(certificate::verify(b"{}", &anchor), Err(BadErasure::NotOne));
    assert!(!certificate::is_one(b"eyJ") && !certificate::is_one(b"{\"manifest\":{}}"));
}

#[tokio::test]
async fn what_is_under_way_is_met_first() {
    let world = world(Engine::Embedded).await.unwrap();
    let id = world.enrol(MOBILE, 1).await.unwrap();
    let own = world.resident(MOBILE);
    world.platform.ask_erasure(&own, id).await.unwrap();
    world.give(MOBILE, id, &first_dose(1)).await;
    // The appointment that was met is no reason to wait.
    world.advance(SignedDuration::from_hours(24 * 8));
    assert_eq!(world.platform.erase_due(&world.ctx(Actor::System)).await.unwrap(), 1);
    assert_eq!(world.platform.erase_due(&world.ctx(Actor::System)).await.unwrap(), 0);
}

/// What a copy from before holds is opened by nobody once the key that wrapped it is destroyed: the
/// wrapped keys of the copy are tried under all that is left.
#[tokio::test]
async fn a_copy_from_before_opens_nothing_once_its_key_is_gone() {
    use vault::{Ask, Safe, Secret, Told};
    let safe = Safe::new(&Secret::new([7; 32]));
    safe.add_kek(1, &safe.folder_key());
    safe.add_kek(2, &Secret::new([2; 32]));
    safe.wrap_with(2);
    let world = world(Engine::Embedded).await.unwrap();
    let id = world.vaccinate(MOBILE, 1).await;
    let copies = wrapped_keys(&world).await;
    erase(&world, MOBILE, id).await;
    let open = |(person, wrapped): &([u8; 16], Vec<u8>)| {
        let ask = Ask::Open {
            person: PersonId(*person),
            wrapped: wrapped.clone(),
            fields: vec!["name".to_owned()],
            evidence: Vec::new(),
        };
        matches!(safe.answer(&ask), Told::Opened(_))
    };
    assert!(copies.iter().all(open), "before");
    safe.forget_kek(1);
    assert!(!copies.iter().any(open), "after");
}

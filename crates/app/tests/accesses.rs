//! No showing without a record: what was opened was recorded first, each person has the whole list of
//! it and nobody else's, and while nothing can be recorded nothing opens and care goes on.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use app::{
    Error, certificates::Paper, correction::Change, my_accesses::ToldAccess, owed::OwedWorker,
    settings::Settings,
};
use domain::{
    id::{BeneficiaryId, FacilityId},
    person::Name,
    travel::{Nationality, PassportNumber, TravelDetails},
};
use ledger::leaf::{Opening, chain};
use store::{AccessOf, StaffRole};
use testkit::world::{Engine, World, first_dose};
use uuid::Uuid;

const MOBILE: &str = "7500000001";
const OTHER: &str = "7500000002";
const ENGINES: [Engine; 3] = [Engine::Embedded, Engine::Postgres, Engine::Sharded];

async fn world(engine: Engine) -> Option<World> {
    World::on(engine, 77, Settings { limits: None, ..Settings::default() }).await
}

/// What was opened is what was recorded, and what is kept.
async fn opened_is_recorded(world: &World) -> u64 {
    let (opened, recorded) =
        (world.platform.vault().openings(), world.platform.accesses_recorded());
    let audit = world.platform.store().audit().await.unwrap();
    assert!(audit.holds(), "{audit:?}");
    assert_eq!((opened, recorded), (recorded, audit.accesses), "openings, records, rows");
    opened
}

async fn list(world: &World, mobile: &str, id: BeneficiaryId) -> Vec<ToldAccess> {
    world.platform.my_accesses(&world.resident(mobile), id, 0).await.unwrap()
}

/// Who opened, and why.
async fn told(world: &World, mobile: &str, id: BeneficiaryId) -> Vec<(String, String)> {
    let list = list(world, mobile, id).await;
    list.into_iter().map(|one| (one.role, one.purpose)).collect()
}

fn pair(role: &str, purpose: &str) -> (String, String) {
    (role.to_owned(), purpose.to_owned())
}

#[tokio::test]
async fn every_opening_is_in_the_list_of_the_person() {
    for engine in ENGINES {
        let Some(world) = world(engine).await else { continue };
        let id = world.vaccinate(MOBILE, 1).await;
        let mut expected = vec![pair("vaccinator", "presence"), pair("platform", "")];
        expected[1] = pair("vaccinator", "certificate-signing");
        assert_eq!(told(&world, MOBILE, id).await, expected, "{engine:?}");
        let own = world.resident(MOBILE);
        world.platform.my_people(&own).await.unwrap();
        world.platform.my_certificate(&own, id, Paper::default()).await.unwrap();
        let name = Some(Name::parse("Asha Other").unwrap());
        let change = Change { name, ..Change::default() };
        world.platform.correct_my_details(&own, id, &change, None).await.unwrap();
        for purpose in ["own-record", "certificate", "correction"] {
            expected.push(pair("resident", purpose));
        }
        assert_eq!(told(&world, MOBILE, id).await, expected, "{engine:?}");
        assert_eq!(opened_is_recorded(&world).await, 5, "{engine:?}");
        let list = list(&world, MOBILE, id).await;
        assert_eq!(list[0].facility, Some(FacilityId(1)));
        assert_eq!(list[0].facility_name.as_deref(), Some("PHC 1"));
        assert_eq!(list[0].fields, ["name", "birth_year", "gender", "document", "comorbidity"]);
        assert!(list[3].fields.contains(&"certificate".to_owned()));
        assert_eq!(list[3].facility, None);
    }
}

#[tokio::test]
async fn a_list_is_whole_and_holds_to_its_commitments() {
    let world = world(Engine::Embedded).await.unwrap();
    let id = world.vaccinate(MOBILE, 1).await;
    let own = world.resident(MOBILE);
    // Many at once, of which none is lost and none has another's number.
    let many = (0..40).map(|_| world.platform.my_people(&own));
    futures_util::future::try_join_all(many).await.unwrap();
    let list = list(&world, MOBILE, id).await;
    assert_eq!(list.len(), 42);
    let openings: Vec<_> =
        list.iter().map(|one| Opening::from_bytes(&one.opening).unwrap()).collect();
    let head = chain::follow(id.person_bytes(), None, &openings).unwrap().unwrap();
    let of = AccessOf { bucket: id.bucket(), person: Uuid::from_bytes(id.person_bytes()) };
    let kept = world.platform.store().access_heads(&[of]).await.unwrap()[0].unwrap();
    assert_eq!((head.number, head.commitment.0), (kept.number, kept.commitment));
    assert_eq!(world.platform.my_access_count(&own, id).await.unwrap(), 42);
    let late = world.platform.my_accesses(&own, id, 40).await.unwrap();
    assert_eq!(late.iter().map(|one| one.number).collect::<Vec<_>>(), [41, 42]);
    opened_is_recorded(&world).await;
}

#[tokio::test]
async fn nobody_reads_another_accounts_list() {
    let world = world(Engine::Embedded).await.unwrap();
    let id = world.vaccinate(MOBILE, 1).await;
    let theirs = world.enrol(OTHER, 2).await.unwrap();
    let other = world.resident(OTHER);
    assert!(matches!(world.platform.my_accesses(&other, id, 0).await, Err(Error::NotFound)));
    assert!(matches!(world.platform.my_access_count(&other, id).await, Err(Error::NotFound)));
    let staff = world.staff(StaffRole::FacilityManager, 1);
    assert!(matches!(world.platform.my_accesses(&staff, id, 0).await, Err(Error::Forbidden)));
    // Reading a list is no access, and the other's is empty still.
    assert!(list(&world, OTHER, theirs).await.is_empty());
    assert_eq!(list(&world, MOBILE, id).await.len(), 2);
}

#[tokio::test]
async fn members_of_one_household_have_lists_of_their_own() {
    let world = world(Engine::Embedded).await.unwrap();
    let (anna, ravi) = (world.vaccinate(MOBILE, 1).await, world.enrol(MOBILE, 2).await.unwrap());
    assert_eq!(list(&world, MOBILE, anna).await.len(), 2);
    assert!(list(&world, MOBILE, ravi).await.is_empty());
    world.platform.my_person(&world.resident(MOBILE), ravi).await.unwrap();
    assert_eq!(list(&world, MOBILE, anna).await.len(), 2);
    assert_eq!(told(&world, MOBILE, ravi).await, [pair("resident", "own-record")]);
}

#[tokio::test]
async fn booking_and_searching_open_nothing() {
    let world = world(Engine::Embedded).await.unwrap();
    let id = world.enrol(MOBILE, 1).await.unwrap();
    let today = world.ctx(app::Actor::System).today();
    let session = world.publish(world.session(1, 1, today, [5, 5, 5])).await;
    let wish = app::booking::Wish {
        session,
        slot: "01:00PM-05:00PM",
        dose_number: None,
        beneficiaries: &[id],
        idempotency_key: None,
    };
    world.platform.book(&world.resident(MOBILE), &wish).await.unwrap();
    world.platform.for_my_people(&world.resident(MOBILE), vec![]).await.unwrap();
    assert_eq!(opened_is_recorded(&world).await, 0);
}

#[tokio::test]
async fn while_nothing_can_be_recorded_nothing_opens_and_care_goes_on() {
    let world = world(Engine::Embedded).await.unwrap();
    let first = world.vaccinate(MOBILE, 1).await;
    let id = world.enrol(MOBILE, 2).await.unwrap();
    let before = opened_is_recorded(&world).await;
    let visit = world.give(MOBILE, id, &first_dose(2)).await;
    let database = rusqlite::Connection::open(world.file().unwrap()).unwrap();
    database.execute_batch("ALTER TABLE access_entry RENAME TO away").unwrap();
    let (own, staff) = (world.resident(MOBILE), world.staff(StaffRole::Vaccinator, 1));
    let platform = &world.platform;
    assert!(platform.my_people(&own).await.is_err());
    assert!(platform.my_person(&own, id).await.is_err());
    assert!(platform.my_mobile_ends(&own).await.is_err());
    assert!(platform.my_certificate(&own, first, Paper::default()).await.is_err());
    assert!(platform.see_again(&staff, &visit.presence).await.is_err());
    // Someone is registered, books, and is vaccinated; the certificate follows.
    let third = world.enrol(OTHER, 3).await.unwrap();
    let presence = app::presence::Presence { beneficiary: third, ..visit.presence.clone() };
    platform.record_dose(&staff, &presence, &first_dose(3)).await.unwrap();
    assert_eq!(platform.store().owed_count().await.unwrap(), 1);
    assert_eq!(platform.vault().openings(), before + 2, "of the visit before it was away");
    // What waits for delivery is not given up.
    let system = world.ctx(app::Actor::System);
    assert!(platform.due_messages(&system, 100).await.unwrap().is_empty());
    assert!(platform.sign_owed(&system, &mut OwedWorker::default()).await.is_err());
    database.execute_batch("ALTER TABLE away RENAME TO access_entry").unwrap();
    assert_eq!(platform.sign_owed(&system, &mut OwedWorker::default()).await.unwrap(), 1);
    world.advance(jiff::SignedDuration::from_secs(61));
    let due = platform.due_messages(&world.ctx(app::Actor::System), 100).await.unwrap();
    assert!(due.iter().filter(|(_, outgoing)| outgoing.is_some()).count() >= 3);
    opened_is_recorded(&world).await;
}

#[tokio::test]
async fn a_certificate_for_travel_names_what_it_opens() {
    let world = world(Engine::Embedded).await.unwrap();
    let id = world.vaccinate(MOBILE, 1).await;
    let travel = TravelDetails {
        born_on: "1980-05-01".parse().unwrap(),
        passport: PassportNumber::parse("Z1234567").unwrap(),
        nationality: Nationality::parse("IND").unwrap(),
        guardian: None,
    };
    let own = world.resident(MOBILE);
    world.platform.put_travel_details(&own, id, &travel).await.unwrap();
    let paper = Paper { variant: app::certificates::Variant::International, ..Paper::default() };
    world.platform.my_certificate(&own, id, paper).await.unwrap();
    let fields = list(&world, MOBILE, id).await.pop().unwrap().fields;
    assert_eq!(fields.len(), 9);
    assert!(fields.contains(&"travel_passport".to_owned()));
    opened_is_recorded(&world).await;
}

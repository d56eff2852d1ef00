//! Two records of one person become one, and whoever has the next list and no network knows that the
//! certificates from before are withdrawn.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

#[path = "merges/desk.rs"]
mod desk;
#[path = "merges/other_mobile.rs"]
mod other_mobile;
#[path = "merges/stopped.rs"]
mod stopped;

use app::{
    Actor, Error,
    booking::Wish,
    certificates::Paper,
    error_kinds::NotMergeable,
    merge::other::Other,
    settings::{Limits, Settings},
};
use certs::{
    verdict::{NotValid, Verdict},
    verify::verify_text,
};
use domain::id::BeneficiaryId;
use jiff::SignedDuration;
use store::NotMerged;
use testkit::world::{Engine, Visit, World, first_dose};

const MOBILE: &str = "9000000001";
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// A record with one dose.
struct Record {
    mobile: String,
    id: BeneficiaryId,
    reference: String,
    code: String,
}

/// A mobile whose people are at home elsewhere.
fn mobile_elsewhere(world: &World) -> String {
    let home = |mobile: &str| {
        let Actor::Resident { account } = world.resident(mobile).actor else {
            panic!("a resident")
        };
        account.bucket
    };
    let mut mobiles = (9_000_000_002_u64..).map(|number| number.to_string());
    mobiles.find(|mobile| home(mobile) != home(MOBILE)).unwrap()
}

/// Somebody with a first dose of today.
async fn vaccinated(world: &World, mobile: &str, number: u8) -> Record {
    let id = world.enrol(mobile, number.into()).await.unwrap();
    let Visit { reference, code, .. } = world.give(mobile, id, &first_dose(number.into())).await;
    Record { mobile: mobile.to_owned(), id, reference, code }
}

/// One person's record with a dose, and another one with a dose of a hundred days later.
async fn twice(world: &World) -> (Record, Record) {
    let stays = vaccinated(world, MOBILE, 1).await;
    world.advance(HOUR * 24 * 100);
    let goes = vaccinated(world, &mobile_elsewhere(world), 2).await;
    world.advance(HOUR * 2);
    (stays, goes)
}

/// The signed text on the record's certificate.
async fn certificate(world: &World, record: &Record) -> String {
    world.certificate(&record.mobile, record.id).await
}

/// What an offline verifier says that fetches its list now.
async fn verify(world: &World, text: &str) -> Verdict {
    verify_text(text, &world.bundle().await.trust, world.now().as_second())
}

async fn merge(world: &World, stays: &Record, goes: &Record, code: &str) -> app::Result<()> {
    let other = Other::Shown { reference: &goes.reference, code };
    let resident = world.resident(&stays.mobile);
    world.platform.merge_mine(&resident, stays.id, &other, Some("once")).await
}

/// The old certificates are withdrawn, the new one is valid, and the record that went is gone.
async fn is_one(world: &World, stays: &Record, goes: &Record, old: &[String]) {
    for old in old {
        assert!(verify(world, old).await == Verdict::NotValid(NotValid::Withdrawn));
    }
    let new = certificate(world, stays).await;
    let Verdict::Valid(claims) = verify(world, &new).await else { panic!("the new one is valid") };
    assert_eq!(claims.name.as_deref(), Some("Asha Demo"));
    let people = world.platform.my_people(&world.resident(MOBILE)).await.unwrap();
    let doses: Vec<_> =
        people[0].doses.iter().map(|dose| (dose.number, dose.id.0.as_u128())).collect();
    assert_eq!(doses, [(1, 1), (2, 2)]);
    let theirs = world.resident(&goes.mobile);
    assert!(world.platform.my_people(&theirs).await.unwrap().is_empty());
    let gone = world.platform.my_certificate(&theirs, goes.id, Paper::default()).await;
    assert!(matches!(gone, Err(Error::NotFound)));
    let audit = world.platform.store().audit().await.unwrap();
    assert!(audit.holds() && audit.doses == 2, "{audit:?}");
}

/// Whoever has the record that stays, and whoever had the other one, have a message of it.
async fn both_are_told(world: &World, stays: &Record, goes: &Record, since: jiff::Timestamp) {
    let due = world.platform.due_messages(&world.ctx(Actor::System), 1_000).await.unwrap();
    let due = due.into_iter().filter(|(message, _)| message.kind == "merge" && message.at >= since);
    let mut told: Vec<_> = due
        .filter_map(|(_, outgoing)| outgoing)
        .map(|one| (one.to.expose().clone(), one.text.expose().contains("of your account")))
        .collect();
    told.sort();
    let mut expected = [(stays.mobile.clone(), false), (goes.mobile.clone(), true)];
    expected.sort();
    assert_eq!(told, expected);
}

/// What was opened last of a record, as its person is told.
async fn opened_last(world: &World, record: &Record) -> (String, Vec<String>) {
    let own = world.resident(&record.mobile);
    let list = world.platform.my_accesses(&own, record.id, 0).await.unwrap();
    list.into_iter().next_back().map(|one| (one.purpose, one.fields)).unwrap()
}

/// Only looking at a record opens no certificate, and nobody is told that it did.
async fn is_only_looked_at(world: &World, record: &Record) {
    let details = ["name", "birth_year", "gender", "document", "comorbidity"];
    let told = opened_last(world, record).await;
    assert_eq!(told, ("merge".to_owned(), details.map(str::to_owned).to_vec()));
}

/// How many doses the reports count under measures that begin so.
async fn counted(world: &World, measure: &str) -> i64 {
    let since = jiff::civil::date(2022, 1, 1);
    let tallies = world.platform.store().tallies_since(since).await.unwrap();
    let meant = tallies.iter().filter(|one| one.measure.starts_with(measure));
    meant.map(|one| one.count).sum()
}

#[tokio::test]
async fn a_record_with_an_appointment_is_not_merged_and_codes_are_tried_only_so_often() {
    // Once they came to the facility, and three tries.
    let limits = Limits { presences_per_day: 4, ..Limits::default() };
    let settings = Settings { limits: Some(limits), ..Settings::default() };
    let world = World::with_settings(1, settings).await;
    let (stays, goes) = twice(&world).await;
    let wrong = if goes.code == "0000" { "0001" } else { "0000" };
    for _ in 0..3 {
        let refused = merge(&world, &stays, &goes, wrong).await;
        assert!(matches!(refused, Err(Error::WrongPresence)));
    }
    let refused = merge(&world, &stays, &goes, &goes.code).await;
    assert!(matches!(refused, Err(Error::TooMany { .. })), "the right code comes too late");

    world.advance(HOUR * 24);
    let tomorrow = world.ctx(Actor::System).today().tomorrow().unwrap();
    let session = world.publish(world.session(99, 1, tomorrow, [0, 5, 0])).await;
    let wish = Wish {
        session,
        slot: "09:00AM-01:00PM",
        dose_number: None,
        beneficiaries: &[stays.id],
        idempotency_key: None,
    };
    let (platform, resident) = (&world.platform, world.resident(MOBILE));
    let booked = platform.book(&resident, &wish).await.unwrap();
    let other = Other::Shown { reference: &goes.reference, code: &goes.code };
    let looked = platform.look_at_mine(&resident, stays.id, &other).await;
    assert!(matches!(looked, Err(Error::NotMerged(NotMerged::Booked))));
    let merged = merge(&world, &stays, &goes, &goes.code).await;
    assert!(matches!(merged, Err(Error::NotMerged(NotMerged::Booked))));
    platform.cancel(&resident, booked, &[stays.id]).await.unwrap();
    platform.book(&resident, &wish).await.unwrap();
    let booked = merge(&world, &stays, &goes, &goes.code).await;
    assert!(matches!(booked, Err(Error::NotMerged(NotMerged::Booked))));
    // They do not come, and cannot cancel it any more.
    world.advance(HOUR * 48);
    platform.look_at_mine(&world.resident(MOBILE), stays.id, &other).await.unwrap();
    merge(&world, &stays, &goes, &goes.code).await.unwrap();
}

async fn merged_records_withdraw_the_certificates_of_both(engine: Engine) {
    let Some(world) = World::on(engine, 1, Settings::default()).await else {
        return;
    };
    let (stays, goes) = twice(&world).await;
    let old = [certificate(&world, &stays).await, certificate(&world, &goes).await];
    for old in &old {
        assert!(matches!(verify(&world, old).await, Verdict::Valid(_)), "nothing is to be said");
    }
    let wrong = if goes.code == "0000" { "0001" } else { "0000" };
    let refused = merge(&world, &stays, &goes, wrong).await;
    assert!(matches!(refused, Err(Error::WrongPresence)));
    let resident = world.resident(MOBILE);
    let foreign = world.platform.merge_mine(&resident, stays.id, &Other::Mine(goes.id), None).await;
    assert!(matches!(foreign, Err(Error::NotFound)), "of another account, without its code");
    let own = world.platform.merge_mine(&resident, stays.id, &Other::Mine(stays.id), None).await;
    assert!(matches!(own, Err(Error::NotMergeable(NotMergeable::SameRecord))));

    world.advance(jiff::SignedDuration::from_millis(2));
    let merged_at = world.now();
    merge(&world, &stays, &goes, &goes.code).await.unwrap();
    both_are_told(&world, &stays, &goes, merged_at).await;
    assert_eq!(counted(&world, "dose|COVISHIELD|1|").await, 1, "one first dose");
    assert_eq!(counted(&world, "dose|COVISHIELD|2|").await, 1, "and one second dose");
    // A new list is made once the one from before is a while old.
    world.advance(HOUR);
    is_one(&world, &stays, &goes, &old).await;
    merge(&world, &stays, &goes, &goes.code).await.expect("asked twice, merged once");
    is_one(&world, &stays, &goes, &old).await;
}

#[tokio::test]
async fn merged_records_withdraw_the_certificates_of_both_inside_the_program() {
    merged_records_withdraw_the_certificates_of_both(Engine::Embedded).await;
}

#[tokio::test]
async fn merged_records_withdraw_the_certificates_of_both_on_postgresql() {
    merged_records_withdraw_the_certificates_of_both(Engine::Postgres).await;
}

#[tokio::test]
async fn merged_records_withdraw_the_certificates_of_both_on_shards() {
    merged_records_withdraw_the_certificates_of_both(Engine::Sharded).await;
}

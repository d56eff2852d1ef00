//! Merges on shards that stop between two steps: completed later, or given back as the record was.

use std::{future::poll_fn, pin::pin, task::Poll};

use app::{Actor, Error, correction::Change, merge::other::Other};
use certs::verdict::{NotValid, Verdict};
use domain::{
    person::Name,
    travel::{Nationality, PassportNumber, TravelDetails},
};
use store::NotMerged;
use testkit::{
    postgres,
    world::{Engine, World},
};

use super::{HOUR, Record, Settings, certificate, is_one, merge, twice, vaccinated, verify};

const STOP: &str = "ALTER TABLE merge_outcome ADD CONSTRAINT stop CHECK (false) NOT VALID";
const GO_ON: &str = "ALTER TABLE merge_outcome DROP CONSTRAINT stop";

fn travel() -> TravelDetails {
    TravelDetails {
        born_on: jiff::civil::date(1980, 2, 29),
        passport: PassportNumber::parse("K1234567").unwrap_or_else(|why| panic!("{why}")),
        nationality: Nationality::parse("NPL").unwrap_or_else(|why| panic!("{why}")),
        guardian: Name::parse("Ravi Demo").ok(),
    }
}

async fn recover(world: &World) -> u32 {
    world.platform.recover(&world.ctx(Actor::System)).await.unwrap()
}

/// Corrects somebody's name, so that their records are no longer one person's.
async fn rename(world: &World, record: &Record) {
    let name = Name::parse("Usha Demo").unwrap_or_else(|why| panic!("{why}"));
    let change = Change { name: Some(name), ..Change::default() };
    let resident = world.resident(&record.mobile);
    world.platform.correct_my_details(&resident, record.id, &change, None).await.unwrap();
}

/// The database refuses the second step, which is as if whoever asked had died after the first.
#[tokio::test]
async fn a_merge_that_stopped_between_two_steps_is_completed() {
    let Some(world) = World::on(Engine::Sharded, 1, Settings::default()).await else { return };
    let (stays, goes) = twice(&world).await;
    let old = [certificate(&world, &stays).await, certificate(&world, &goes).await];
    let (server, database) = (postgres::shared().unwrap(), world.database().unwrap());
    server.sql(database, "ALTER TABLE merge_outcome ADD CONSTRAINT stop CHECK (false) NOT VALID");
    merge(&world, &stays, &goes, &goes.code).await.unwrap_err();
    let again = merge(&world, &stays, &goes, &goes.code).await;
    assert!(matches!(again, Err(Error::NotMerged(NotMerged::InProgress))));
    server.sql(database, "ALTER TABLE merge_outcome DROP CONSTRAINT stop");

    let system = |world: &World| world.ctx(Actor::System);
    assert_eq!(world.platform.recover(&system(&world)).await.unwrap(), 0, "it may be under way");
    world.advance(HOUR);
    assert_eq!(world.platform.recover(&system(&world)).await.unwrap(), 1);
    world.advance(HOUR);
    is_one(&world, &stays, &goes, &old).await;
    assert_eq!(world.platform.recover(&system(&world)).await.unwrap(), 0, "there is nothing left");
}

/// The record that stays has become somebody else's meanwhile, so the other one comes back: with its
/// dose, its certificate and what was given for travel.
#[tokio::test]
async fn a_merge_that_stopped_and_cannot_be_completed_is_given_back_whole() {
    let Some(world) = World::on(Engine::Sharded, 1, Settings::default()).await else { return };
    let (stays, goes) = twice(&world).await;
    let (platform, theirs) = (&world.platform, world.resident(&goes.mobile));
    platform.put_travel_details(&theirs, goes.id, &travel()).await.unwrap();
    let before = platform.store().person(goes.id).await.unwrap().unwrap();
    let (kept, own) = (certificate(&world, &goes).await, certificate(&world, &stays).await);
    let (server, database) = (postgres::shared().unwrap(), world.database().unwrap());
    server.sql(database, STOP);
    merge(&world, &stays, &goes, &goes.code).await.unwrap_err();
    server.sql(database, GO_ON);
    assert!(platform.my_people(&theirs).await.unwrap().is_empty(), "it is on its way");
    rename(&world, &stays).await;

    world.advance(HOUR);
    assert_eq!(recover(&world).await, 1);
    world.advance(HOUR);
    let after = platform.store().person(goes.id).await.unwrap().unwrap();
    assert_eq!(after.beneficiary, before.beneficiary);
    assert_eq!((after.claims, after.doses), (before.claims, before.doses));
    let theirs = world.resident(&goes.mobile);
    let held = platform.my_travel_details(&theirs, goes.id).await.unwrap().unwrap();
    assert_eq!(held.passport.text(), "K1234567");
    assert!(held.guardian == travel().guardian);
    assert!(matches!(verify(&world, &kept).await, Verdict::Valid(_)), "it was never withdrawn");
    assert_eq!(certificate(&world, &goes).await, kept);
    assert!(verify(&world, &own).await == Verdict::NotValid(NotValid::Withdrawn), "corrected");
    assert!(matches!(verify(&world, &certificate(&world, &stays).await).await, Verdict::Valid(_)));
    let audit = platform.store().audit().await.unwrap();
    assert!(audit.holds() && audit.in_motion == 0 && audit.doses == 2, "{audit:?}");
    let refused = merge(&world, &stays, &goes, &goes.code).await;
    assert!(matches!(refused, Err(Error::NotMergeable(_))));
    assert_eq!(recover(&world).await, 0, "there is nothing left");
}

/// What was given for travel goes with a record that went for good.
#[tokio::test]
async fn a_merge_that_is_completed_keeps_nothing_for_travel_of_the_record_that_went() {
    let Some(world) = World::on(Engine::Sharded, 1, Settings::default()).await else { return };
    let (stays, goes) = twice(&world).await;
    let theirs = world.resident(&goes.mobile);
    world.platform.put_travel_details(&theirs, goes.id, &travel()).await.unwrap();
    let (server, database) = (postgres::shared().unwrap(), world.database().unwrap());
    let kept = || {
        let held = "SELECT count(*) FROM merged_beneficiary WHERE travel_born_on IS NOT NULL
            OR travel_passport IS NOT NULL OR travel_nationality IS NOT NULL
            OR travel_guardian IS NOT NULL";
        server.sql(database, held).trim().to_owned()
    };
    server.sql(database, STOP);
    merge(&world, &stays, &goes, &goes.code).await.unwrap_err();
    server.sql(database, GO_ON);
    assert!(kept().contains('1'), "while it may come back: {}", kept());
    world.advance(HOUR);
    assert_eq!(recover(&world).await, 1);
    assert!(!kept().contains('1'), "{}", kept());
}

/// Lets a future go on so many times; none if it has not ended by then, and it never will.
async fn dies_after<F: Future>(times: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = times;
    poll_fn(|cx| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(cx).map(Some)
    })
    .await
}

/// How a merge ended, as its people see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    One,
    Two,
}

async fn end(world: &World, stays: &Record, goes: &Record) -> End {
    let store = world.platform.store();
    let held = store.persons(&[stays.id, goes.id]).await.unwrap();
    let doses = |place: usize| held[place].as_ref().map(|record| record.doses.len());
    match (doses(0), doses(1)) {
        (Some(2), None) => End::One,
        (Some(1), Some(1)) => End::Two,
        other => panic!("{other:?}"),
    }
}

/// Whoever merges dies at every point in turn; of every second pair the record that stays becomes
/// somebody else's before recovery comes.
#[tokio::test]
async fn a_merge_that_dies_anywhere_ends_as_one_record_or_as_two() {
    const PAIRS: usize = 36;
    let settings = Settings { limits: None, ..Settings::default() };
    let Some(world) = World::on(Engine::Sharded, 1, settings).await else { return };
    let mut pairs = Vec::new();
    for number in 0..PAIRS {
        let mobile = format!("91000000{number:02}");
        pairs.push(vaccinated(&world, &mobile, u8::try_from(number + 1).unwrap()).await);
    }
    world.advance(HOUR * 24 * 100);
    let mut both = Vec::new();
    for (number, stays) in pairs.into_iter().enumerate() {
        let mobile = format!("92000000{number:02}");
        let goes = vaccinated(&world, &mobile, u8::try_from(100 + number).unwrap()).await;
        both.push((stays, goes));
    }
    world.advance(HOUR * 2);
    let (mut told, mut taken) = (0, 0);
    for (number, (stays, goes)) in both.iter().enumerate() {
        let other = Other::Shown { reference: &goes.reference, code: &goes.code };
        let resident = world.resident(&stays.mobile);
        let merged = world.platform.merge_mine(&resident, stays.id, &other, Some("once"));
        let answer = dies_after(number / 2 * 3 + 4, merged).await;
        if let Some(answer) = answer {
            answer.unwrap();
            told += 1;
            assert_eq!(end(&world, stays, goes).await, End::One, "what was told is done");
        }
        let here = world.platform.store().person(goes.id).await.unwrap().is_some();
        if number % 2 == 1 && !here {
            taken += u32::from(answer_is_open(&world, stays, goes).await);
        }
        if number % 2 == 1 && answer_is_open(&world, stays, goes).await {
            rename(&world, stays).await;
        }
    }
    world.advance(HOUR);
    while recover(&world).await > 0 {}
    world.advance(HOUR);
    let mut ends = Vec::new();
    for (stays, goes) in &both {
        ends.push(end(&world, stays, goes).await);
    }
    let one = ends.iter().filter(|end| **end == End::One).count();
    assert!(told > 0 && one > told && one < PAIRS && taken > 0, "{told} {taken} {ends:?}");
    let audit = world.platform.store().audit().await.unwrap();
    assert!(audit.holds() && audit.in_motion == 0, "{audit:?}");
    assert_eq!(audit.doses, 2 * PAIRS as u64);
    // Asked again, those that can be are one.
    for (number, (stays, goes)) in both.iter().enumerate() {
        let again = merge(&world, stays, goes, &goes.code).await;
        if ends[number] == End::One || number % 2 == 0 {
            again.unwrap();
            assert_eq!(end(&world, stays, goes).await, End::One);
        }
    }
}

/// Whether a merge has taken the other record out and not yet ended.
async fn answer_is_open(world: &World, stays: &Record, goes: &Record) -> bool {
    let store = world.platform.store();
    let held = store.persons(&[stays.id, goes.id]).await.unwrap();
    held[1].is_none() && held[0].as_ref().is_some_and(|record| record.doses.len() == 1)
}

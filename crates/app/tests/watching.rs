//! Accounts of staff are watched: one that tries codes in vain or meets people whom nothing explains is
//! slowed, then held until a second person releases it; canaries tell of whoever comes upon them; a
//! record is opened in an emergency by two, and the person is told.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::collections::BTreeSet;

use app::{
    Actor, Ctx, Error,
    access_log::LogWorker,
    ctx::StaffActor,
    presence::Presence,
    settings::{Limits, Settings},
};
use domain::{
    id::{BeneficiaryId, FacilityId, StaffId},
    person::Mobile,
};
use jiff::{SignedDuration, Timestamp};
use store::{StaffRole, Standing};
use testkit::world::{DISTRICT, Engine, World, details, first_dose};
use uuid::Uuid;

const MOBILE: &str = "7500000001";
const HERE: FacilityId = FacilityId(1);
const ENGINES: [Engine; 3] = [Engine::Embedded, Engine::Postgres, Engine::Sharded];

async fn world(engine: Engine) -> Option<World> {
    World::on(engine, 99, Settings { limits: Some(Limits::default()), ..Settings::default() }).await
}

/// A member of staff of the first facility, by number.
fn staff(world: &World, number: u128) -> Ctx {
    let actor = StaffActor {
        id: StaffId(Uuid::from_u128(number)),
        role: StaffRole::Vaccinator,
        facility: Some(HERE),
        district: None,
        state: None,
        strong_until: Some(jiff::Timestamp::MAX),
    };
    world.ctx(Actor::Staff(actor))
}

fn officer(world: &World) -> Ctx {
    let actor = StaffActor {
        id: StaffId(Uuid::from_u128(500)),
        role: StaffRole::DistrictOfficer,
        facility: None,
        district: Some(DISTRICT),
        state: None,
        strong_until: Some(jiff::Timestamp::MAX),
    };
    world.ctx(Actor::Staff(actor))
}

async fn standing(world: &World, number: u128) -> Standing {
    let who = StaffId(Uuid::from_u128(number));
    world.platform.store().watched(who).await.unwrap().map_or(Standing::Free, |one| one.standing)
}

/// The kinds of all alarms, the oldest first.
async fn alarms(world: &World, ctx: &Ctx) -> Vec<String> {
    let mut all = world.platform.alarms(ctx).await.unwrap();
    all.reverse();
    all.into_iter().map(|alarm| alarm.kind).collect()
}

/// How many messages of a kind wait.
async fn sent(world: &World, kind: &str) -> usize {
    let now = world.now();
    let all = world.platform.store().lease_messages(now, now, 1_000).await.unwrap();
    all.iter().filter(|message| message.kind == kind).count()
}

#[tokio::test]
async fn who_tries_codes_in_vain_is_slowed_then_held_until_another_releases_them() {
    for engine in ENGINES {
        let Some(world) = world(engine).await else { continue };
        let id = world.enrol(MOBILE, 1).await.unwrap();
        let reference = world.platform.reference(id).to_string();
        let mut seen = Vec::new();
        for _ in 0..7 {
            // A slowed account may try once in a minute.
            world.advance(SignedDuration::from_mins(1));
            let ctx = staff(&world, 1);
            let tried = world.platform.present_code(&ctx, HERE, &reference, "0000").await;
            seen.push((matches!(tried, Err(Error::Held)), standing(&world, 1).await));
        }
        let held: Vec<_> = seen.iter().map(|one| one.0).collect();
        assert_eq!(held, [false, false, false, false, false, false, true], "{engine:?}");
        assert_eq!(seen[2].1, Standing::Free);
        assert_eq!((seen[3].1, seen[5].1), (Standing::Slowed, Standing::Held));
        assert_eq!(alarms(&world, &officer(&world)).await, ["lookups", "lookups"]);
        assert_eq!(world.platform.alarms_raised(), 2);
        // Nobody releases their own, nor one of another district.
        let who = StaffId(Uuid::from_u128(1));
        let platform = &world.platform;
        let own = platform.release_account(&staff(&world, 1), who).await;
        assert!(matches!(own, Err(Error::Forbidden)));
        platform.release_account(&officer(&world), who).await.unwrap();
        assert!(matches!(
            platform.release_account(&officer(&world), who).await,
            Err(Error::NotFound)
        ));
        assert_eq!(standing(&world, 1).await, Standing::Free);
        let tried = platform.present_code(&staff(&world, 1), HERE, &reference, "0000").await;
        assert!(matches!(tried, Err(Error::WrongPresence)));
        // Three decisions about the account are in the log: slowed, held, released.
        let of = store::AccessOf { bucket: domain::id::HomeBucket(0), person: who.0 };
        let head = platform.store().access_heads(&[of]).await.unwrap()[0].unwrap();
        assert_eq!(head.number, 3, "{engine:?}");
    }
}

#[tokio::test]
async fn while_it_is_slowed_an_account_looks_up_once_in_a_minute() {
    let world = world(Engine::Embedded).await.unwrap();
    let id = world.enrol(MOBILE, 1).await.unwrap();
    let reference = world.platform.reference(id).to_string();
    let look =
        async || world.platform.present_code(&staff(&world, 1), HERE, &reference, "0000").await;
    for _ in 0..4 {
        assert!(matches!(look().await, Err(Error::WrongPresence)));
    }
    assert!(matches!(look().await, Err(Error::WrongPresence)));
    assert!(matches!(look().await, Err(Error::TooMany { .. })));
    // Another account is not.
    let other = world.platform.present_code(&staff(&world, 2), HERE, &reference, "0000").await;
    assert!(matches!(other, Err(Error::WrongPresence)));
}

/// Somebody with a slip of another day, met at the desk.
async fn meet(world: &World, number: u64, days: i64) -> app::Result<BeneficiaryId> {
    let mobile = format!("76{number:08}");
    let id = world.enrol(&mobile, 100 + number).await?;
    let on = world.ctx(Actor::System).today().saturating_add(jiff::ToSpan::days(days));
    let session = world.publish(world.session(number.into(), 1, on, [5, 5, 5])).await;
    let wish = app::booking::Wish {
        session,
        slot: "01:00PM-05:00PM",
        dose_number: None,
        beneficiaries: &[id],
        idempotency_key: None,
    };
    let booked = world.platform.book(&world.resident(&mobile), &wish).await?;
    let reference = world.platform.reference(id).to_string();
    let code = world.platform.security_code(booked);
    world.platform.present_code(&staff(world, 1), HERE, &reference, &code).await?;
    Ok(id)
}

#[tokio::test]
async fn who_meets_people_whom_no_appointment_explains_stands_out() {
    let world = world(Engine::Embedded).await.unwrap();
    for number in 0..20 {
        meet(&world, number, 0).await.unwrap();
    }
    assert_eq!(standing(&world, 1).await, Standing::Free, "people of the day");
    for number in 20..23 {
        meet(&world, number, 1).await.unwrap();
    }
    assert_eq!(standing(&world, 1).await, Standing::Free, "three lost slips");
    meet(&world, 23, 1).await.unwrap();
    assert_eq!(standing(&world, 1).await, Standing::Held);
    assert!(matches!(meet(&world, 24, 0).await, Err(Error::Held)));
    assert_eq!(alarms(&world, &officer(&world)).await, ["reads"]);
}

/// Gives somebody who is there their first dose.
async fn dose(world: &World, number: u128, id: BeneficiaryId) {
    let until = world.now() + SignedDuration::from_mins(30);
    let presence = Presence { beneficiary: id, facility: HERE, until };
    let given = first_dose(number);
    world.platform.record_dose(&staff(world, 1), &presence, &given).await.unwrap();
}

/// Four in a day, each between twenty who have an appointment.
#[tokio::test]
async fn whoever_sells_a_few_between_many_stands_out_and_who_vaccinates_them_does_not() {
    for vaccinates in [false, true] {
        let world = world(Engine::Embedded).await.unwrap();
        for round in 0..4_u64 {
            for number in 0..20 {
                meet(&world, 100 * round + number, 0).await.unwrap();
            }
            let id = meet(&world, 100 * round + 50, 1).await.unwrap();
            if vaccinates {
                dose(&world, u128::from(round) + 1, id).await;
            }
        }
        let stands = if vaccinates { Standing::Free } else { Standing::Held };
        assert_eq!(standing(&world, 1).await, stands);
        let raised = alarms(&world, &officer(&world)).await;
        assert!(raised.iter().all(|kind| kind == "reads") && raised.is_empty() == vaccinates);
    }
}

#[tokio::test]
async fn a_dose_explains_who_came_by_themselves_and_nobody_else() {
    for engine in ENGINES {
        let Some(world) = world(engine).await else { continue };
        let who = StaffId(Uuid::from_u128(1));
        let sum =
            async || world.platform.store().watched(who).await.unwrap().unwrap().undosed_score;
        meet(&world, 1, 1).await.unwrap();
        let of_one = sum().await;
        assert!(of_one > 1_800, "{of_one}");
        // Whoever had an appointment was explained before.
        let expected = meet(&world, 2, 0).await.unwrap();
        dose(&world, 1, expected).await;
        assert!(sum().await > 1_800, "{engine:?}");
        // A seat that staff gave when they came explains nothing; the dose does.
        let walked_in = world.enrol("7600000003", 900).await.unwrap();
        let today = world.ctx(Actor::System).today();
        let session = world.publish(world.session(77, 1, today, [5, 5, 5])).await;
        let until = world.now() + SignedDuration::from_mins(30);
        let presence = Presence { beneficiary: walked_in, facility: HERE, until };
        let (ctx, slot) = (staff(&world, 1), "01:00PM-05:00PM");
        world.platform.book_walk_in(&ctx, &presence, session, slot).await.unwrap();
        assert!(sum().await > 1_800, "{engine:?}");
        dose(&world, 2, walked_in).await;
        assert_eq!(sum().await, 0, "{engine:?}");
    }
}

#[tokio::test]
async fn whoever_comes_upon_a_canary_is_told_of() {
    let world = world(Engine::Embedded).await.unwrap();
    let (platform, system) = (&world.platform, world.ctx(Actor::System));
    let mobile = Mobile::parse("7600000009").ok().unwrap();
    let people = [(mobile.clone(), details("Asha Demo", 1980, 9))];
    assert!(matches!(
        platform.make_canaries(&officer(&world), &people).await,
        Err(Error::Forbidden)
    ));
    let before = platform.store().tallies_since(system.today()).await.unwrap().len();
    platform.make_canaries(&system, &people).await.unwrap();
    let after = platform.store().tallies_since(system.today()).await.unwrap().len();
    assert_eq!(before, after, "they are in no count");
    assert_eq!(platform.alarms_raised(), 0);
    let account = platform.account_of(&mobile).await.unwrap();
    let id = platform.store().people(account).await.unwrap()[0].beneficiary.id;
    let reference = platform.reference(id).to_string();
    // By every way: their number at a desk, with a wrong code; their number in an emergency; their
    // mobile at a sign-in; their account.
    let _ = platform.present_code(&staff(&world, 1), HERE, &reference, "0000").await;
    assert_eq!(platform.alarms_raised(), 1);
    platform.ask_emergency(&staff(&world, 2), HERE, &reference, "They fell.").await.unwrap();
    assert_eq!(platform.alarms_raised(), 2);
    let audience = app::sign_in::Audience::Resident;
    platform.send_code(&world.ctx(Actor::Anyone), &mobile, audience, "x").await.unwrap();
    assert_eq!(platform.alarms_raised(), 3);
    platform.my_people(&world.resident(mobile.digits())).await.unwrap();
    assert_eq!(platform.alarms_raised(), 4);
    // Nothing is sent to them.
    world.advance(SignedDuration::from_millis(2));
    let due = platform.due_messages(&world.ctx(Actor::System), 100).await.unwrap();
    assert!(due.iter().all(|(_, outgoing)| outgoing.is_none()), "{}", due.len());
    // The twin: others raise none.
    world.enrol(MOBILE, 1).await.unwrap();
    let other = Mobile::parse(MOBILE).ok().unwrap();
    platform.send_code(&world.ctx(Actor::Anyone), &other, audience, "x").await.unwrap();
    platform.my_people(&world.resident(MOBILE)).await.unwrap();
    assert_eq!(platform.alarms_raised(), 4);
}

#[tokio::test]
async fn other_processes_know_the_canaries_and_who_was_signed_out() {
    let mut world = world(Engine::Embedded).await.unwrap();
    let people = [(Mobile::parse("7600000009").ok().unwrap(), details("Asha Demo", 1980, 9))];
    world.platform.make_canaries(&world.ctx(Actor::System), &people).await.unwrap();
    let who = StaffId(Uuid::from_u128(1));
    world.platform.sign_out_account(&staff(&world, 1), who).await.unwrap();
    let at = world.now().as_second();
    assert!(world.platform.is_signed_out(who, at) && !world.platform.is_signed_out(who, at + 1));
    world.crash().await;
    assert!(world.platform.is_signed_out(who, at) && !world.platform.is_signed_out(who, at + 1));
    assert!(!world.platform.is_signed_out(StaffId(Uuid::from_u128(2)), at));
    world.platform.my_people(&world.resident("7600000009")).await.unwrap();
    assert_eq!(world.platform.alarms_raised(), 1);
}

#[tokio::test]
async fn a_record_is_opened_in_an_emergency_by_two_for_a_quarter_of_an_hour() {
    for engine in ENGINES {
        let Some(world) = world(engine).await else { continue };
        let (platform, first) = (&world.platform, staff(&world, 1));
        let id = world.enrol(MOBILE, 1).await.unwrap();
        let reference = platform.reference(id).to_string();
        let ask =
            async |ctx: &Ctx| platform.ask_emergency(ctx, HERE, &reference, "They fell.").await;
        assert!(matches!(
            platform.ask_emergency(&first, HERE, &reference, " ").await,
            Err(Error::Invalid(_))
        ));
        let asked = ask(&first).await.unwrap();
        let open = async |ctx: &Ctx| platform.open_emergency(ctx, HERE, asked).await;
        assert!(matches!(open(&first).await, Err(Error::WrongPresence)), "nobody agreed");
        let agree = async |ctx: &Ctx| platform.agree_emergency(ctx, HERE, asked).await;
        let own = agree(&first).await.unwrap_err();
        assert!(matches!(own, Error::SecondPerson));
        assert_eq!(own.to_string(), "another person has to agree", "it says nothing of a session");
        let second = staff(&world, 2);
        agree(&second).await.unwrap();
        assert_eq!(sent(&world, "emergency").await, 1, "{engine:?}: told at once");
        assert_eq!(alarms(&world, &officer(&world)).await, ["emergency"]);
        let holder = open(&first).await.unwrap();
        assert_eq!((holder.id, holder.birth_year), (id, 1980));
        // For who asked, for that person, at that place, and not once more.
        assert!(matches!(open(&second).await, Err(Error::WrongPresence)));
        assert!(matches!(agree(&staff(&world, 3)).await, Err(Error::NotFound)));
        world.advance(SignedDuration::from_mins(15));
        assert!(matches!(open(&staff(&world, 1)).await, Err(Error::WrongPresence)), "it is over");
        // The person reads of it, and of what was opened.
        let list = platform.my_accesses(&world.resident(MOBILE), id, 0).await.unwrap();
        let told: Vec<_> =
            list.iter().map(|one| (one.purpose.as_str(), one.fields.len())).collect();
        assert_eq!(told, [("emergency", 3)], "{engine:?}");
        // What was asked long ago is agreed to by nobody, and nobody asks all day.
        let late = ask(&staff(&world, 1)).await.unwrap();
        world.advance(SignedDuration::from_mins(15));
        let agreed = platform.agree_emergency(&staff(&world, 2), HERE, late).await;
        assert!(matches!(agreed, Err(Error::NotFound)));
        for _ in 0..3 {
            ask(&staff(&world, 1)).await.unwrap();
        }
        assert!(matches!(ask(&staff(&world, 1)).await, Err(Error::TooMany { .. })), "{engine:?}");
    }
}

#[tokio::test]
async fn a_list_of_canaries_counts_once_the_public_log_has_it_and_only_if_it_is_that_list() {
    for engine in ENGINES {
        let folder = tempfile::tempdir().unwrap();
        let access_log = Some(folder.path().join("log/accesses"));
        let settings = Settings { access_log, ..Settings::default() };
        let Some(world) = World::on(engine, 98, settings).await else { continue };
        let (platform, mut worker) = (&world.platform, LogWorker::new(&world.ctx(Actor::System)));
        let person = |number: u64| {
            let mobile = Mobile::parse(&format!("76000000{number:02}")).ok().unwrap();
            (mobile, details("Asha Demo", 1980, number))
        };
        let lists = async || {
            let all = platform.inquire_canaries(&world.ctx(Actor::System)).await.unwrap();
            let told = all.lists().iter().map(|list| (list.people, list.committed));
            told.collect::<Vec<_>>()
        };
        assert!(lists().await.is_empty());
        let people: Vec<_> = (1..4).map(person).collect();
        platform.make_canaries(&world.ctx(Actor::System), &people).await.unwrap();
        // They were not all registered in one instant, which their list has, too.
        let accounts = people.iter().map(|(mobile, _)| platform.account_of(mobile));
        let accounts = futures_util::future::try_join_all(accounts).await.unwrap();
        let rows = platform.store().people_of(&accounts).await.unwrap();
        let came: BTreeSet<_> =
            rows.iter().flatten().map(|one| one.beneficiary.registered_at).collect();
        assert!(came.len() == 3 && came.iter().all(|at| *at < world.now()), "{came:?}");
        let made_at = Timestamp::from_second(world.now().as_second()).unwrap();
        assert_eq!(lists().await, [(3, None)], "no leaf yet");
        platform.log_accesses(&world.ctx(Actor::System), &mut worker).await.unwrap();
        let first = lists().await;
        assert!(matches!(first[..], [(3, Some((at, _)))] if at == made_at), "{first:?}");

        // One more on a mobile that has one is a list of its own, and leaves the first as it was.
        world.advance(SignedDuration::from_secs(60));
        let (mobile, _) = person(1);
        let more = [(mobile.clone(), details("Ravi Demo", 1970, 77))];
        platform.make_canaries(&world.ctx(Actor::System), &more).await.unwrap();
        platform.log_accesses(&world.ctx(Actor::System), &mut worker).await.unwrap();
        let both = lists().await;
        assert_eq!((both.len(), both[0], both[1].1.is_some()), (2, first[0], true), "{both:?}");

        // Somebody who is put in afterwards: into the list of then, or into one of now.
        let store = platform.store();
        store.put_canaries(&[[7; 32]], world.now()).await.unwrap();
        world.advance(SignedDuration::from_secs(60));
        store.put_canaries(&[[9; 32]], world.now()).await.unwrap();
        platform.log_accesses(&world.ctx(Actor::System), &mut worker).await.unwrap();
        let all = lists().await;
        assert_eq!((all.len(), all[0]), (3, first[0]));
        assert!(all[1].1.is_none() && all[2].1.is_none(), "{all:?}");

        let canaries = platform.inquire_canaries(&world.ctx(Actor::System)).await.unwrap();
        let ids = platform.inquire_under(&world.ctx(Actor::System), &[mobile]).await.unwrap();
        assert!(ids[0].iter().all(|id| platform.canary_list(&canaries, *id).is_some()));
        let other = world.enrol(MOBILE, 20).await.unwrap();
        assert!(platform.canary_list(&canaries, other).is_none());
        assert!(matches!(platform.inquire_canaries(&officer(&world)).await, Err(Error::Forbidden)));
    }
}

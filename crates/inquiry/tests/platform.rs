//! The register of a platform: whatever an inquiry takes, each question is of its own moment; a list by
//! which people came is told from the register, and the account that met people from its colleagues.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::{
    fmt::Write,
    ops::Range,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use app::{
    Actor, Ctx,
    access_log::LogWorker,
    booking::Wish,
    clock::SeededEntropy,
    ctx::StaffActor,
    import::{Table, records::beneficiaries},
    import_apply::ListFile,
    settings::{Limits, Settings},
};
use domain::{
    id::{BeneficiaryId, FacilityId, SessionId, StaffId},
    person::Mobile,
};
use inquiry::{
    inquire::{Finding, inquire},
    platform::PlatformRegister,
    register::{Probe, Register},
    specimen::Specimen,
};
use jiff::{SignedDuration, Timestamp};
use store::{ErasureRow, Run, StaffRole, StaffRow};
use testkit::world::{World, details, first_dose};
use tokio::runtime::Runtime;
use uuid::Uuid;
use vault::Secret;

const MOBILE: &str = "9876543210";
/// The next instant, in seconds since 1970.
static NEXT: AtomicI64 = AtomicI64::new(BEGIN);
/// 10 o'clock on 1 February 2022 in India.
const BEGIN: i64 = 1_643_689_800;
/// An hour: what a large specimen may take between two questions.
const STEP: i64 = 3_600;

/// The operator's view of the moment, which is an hour later each time.
fn view() -> Ctx {
    let now = Timestamp::from_second(NEXT.fetch_add(STEP, Ordering::SeqCst)).unwrap();
    Ctx::new(Actor::System, now, Arc::new(SeededEntropy::new(9)))
}

/// The operator's view at 10 o'clock, whenever it is asked.
fn that_morning() -> Ctx {
    let now = Timestamp::from_second(BEGIN).unwrap();
    Ctx::new(Actor::System, now, Arc::new(SeededEntropy::new(9)))
}

#[test]
fn an_access_is_of_the_moment_in_which_somebody_is_opened() {
    let runtime = Runtime::new().unwrap();
    let world = runtime.block_on(World::new(1));
    let id = runtime.block_on(world.enrol(MOBILE, 1)).unwrap();
    let platform = &world.platform;
    let register = PlatformRegister::open(platform, view, runtime.handle().clone(), 0.8).unwrap();
    assert_eq!((register.people(), register.now()), (1, BEGIN));
    let found = register.find(&[Probe::Mobile(MOBILE.to_owned())]).unwrap().concat();
    assert_eq!(found.len(), 1);
    let opened = register.open(&found).unwrap();
    assert!(opened.iter().all(Option::is_some));
    let last = NEXT.load(Ordering::SeqCst) - STEP;
    assert!(last > BEGIN);
    let list = runtime.block_on(platform.my_accesses(&world.resident(MOBILE), id, 0)).unwrap();
    assert_eq!(list.iter().map(|one| one.at.as_second()).collect::<Vec<_>>(), [last]);
    assert_eq!(register.now(), BEGIN, "what is found does not depend on how long it takes");
}

const FIRST: [&str; 10] = [
    "Asha", "Ravi", "Lakshmi", "Imran", "Gurpreet", "Anita", "Joseph", "Meena", "Vikram", "Fatima",
];
/// The same as a district's clerk writes them.
const FIRST_OF_A_LIST: [&str; 10] = [
    "Aasha", "Ravee", "Laxmi", "Emran", "Gurprit", "Aneeta", "Josef", "Mina", "Vikaram", "Phatima",
];
const LAST: [&str; 7] = ["Sharma", "Khan", "Menon", "Pillai", "Gowda", "Mishra", "Fernandes"];
const HERE: FacilityId = FacilityId(1);

/// Somebody made up: name, year of birth, and mobile.
fn somebody(number: usize, first: [&str; 10]) -> (String, i16, String) {
    let name = format!("{} {}", first[number % 10], LAST[(number / 3) % 7]);
    let year = 1940 + i16::try_from(number * 7 % 60).unwrap();
    (name, year, format!("98{:08}", 10_007 * (number + 1)))
}

/// A dump of some people with their address.
fn dump(people: impl Iterator<Item = (String, i16, String)>) -> Specimen {
    let mut text = "Name,Mobile,Age,Address\n".to_owned();
    for (name, year, mobile) in people {
        writeln!(text, "{name},{mobile},{},12 Civil Lines Ahmednagar", 2022 - year).unwrap();
    }
    Specimen::read(text.as_bytes())
}

/// Imports a list; gives its number.
async fn import(world: &World, people: Range<usize>) -> Option<i32> {
    let mut text = "name,birth_year,gender,mobile,photo_id_type,photo_id_number\n".to_owned();
    for number in people {
        let (name, year, mobile) = somebody(number, FIRST_OF_A_LIST);
        writeln!(text, "{name},{year},Female,{mobile},1,{:012}", 700_000 + number).unwrap();
    }
    let ctx = world.ctx(Actor::System);
    let parsed = beneficiaries(&Table::read(text.as_bytes()).unwrap(), ctx.today()).unwrap();
    assert!(parsed.errors.is_empty());
    let file = ListFile { facility: Some(HERE), ..ListFile::of(text.as_bytes()) };
    let done = world.platform.import_beneficiaries(&ctx, &parsed.rows, &file, Run::ForGood);
    done.await.unwrap().list.map(|list| list.0)
}

/// Registers people who come by no list.
async fn register_many(world: &World, people: Range<usize>) {
    let all = people.map(|number| {
        let (name, year, mobile) = somebody(number, FIRST);
        (Mobile::parse(&mobile).unwrap(), details(&name, year, number as u64))
    });
    let ctx = world.ctx(Actor::System);
    let done = world.platform.enrol_many(&ctx, &all.collect::<Vec<_>>()).await.unwrap();
    assert!(done.iter().all(Result::is_ok));
}

/// Registers somebody by themselves.
async fn register(world: &World, number: usize) -> BeneficiaryId {
    let (name, year, mobile) = somebody(number, FIRST);
    let told = details(&name, year, number as u64);
    let ctx = world.resident(&mobile);
    let mobile = Secret::new(mobile);
    world.platform.enrol(&ctx, &mobile, &told, None).await.unwrap()
}

/// The origin of a verdict of one.
fn origin(finding: &Finding) -> String {
    let verdict = serde_json::to_value(&finding.verdict).unwrap();
    verdict["origin"].as_str().unwrap_or_default().to_owned()
}

fn find(world: &World, runtime: &Runtime, specimen: &Specimen) -> Finding {
    let handle = runtime.handle().clone();
    let register = PlatformRegister::open(&world.platform, that_morning, handle, 0.8).unwrap();
    inquire(specimen, &register, BEGIN + STEP).unwrap()
}

#[test]
fn a_list_by_which_people_came_is_told_from_the_register() {
    const LIST: usize = 200;
    const PEOPLE: usize = 800;
    let runtime = Runtime::new().unwrap();
    let world = runtime.block_on(World::new(2));
    let number = runtime.block_on(async {
        register_many(&world, LIST..PEOPLE).await;
        import(&world, 0..LIST).await
    });
    assert_eq!(number, Some(1));
    let of_list = dump((0..LIST).map(|number| somebody(number, FIRST_OF_A_LIST)));
    let finding = find(&world, &runtime, &of_list);
    assert_eq!(origin(&finding), "feeder", "{finding:?}");
    let path = finding.path.unwrap();
    assert_eq!((path.named, path.what.as_str()), (true, "list 1 of 2022-02-01"));
    // Everybody is not that list, and neither are those who registered by themselves.
    let whole = (0..LIST).map(|number| somebody(number, FIRST_OF_A_LIST));
    let whole = dump(whole.chain((LIST..PEOPLE).map(|number| somebody(number, FIRST))));
    let others = dump((LIST..PEOPLE).map(|number| somebody(number, FIRST)));
    for specimen in [whole, others] {
        let finding = find(&world, &runtime, &specimen);
        assert_eq!(origin(&finding), "ours", "{finding:?}");
        assert!(finding.path.is_none(), "nobody is named");
    }
}

/// A vaccinator of the first facility, by number.
fn vaccinator(world: &World, number: u8) -> Ctx {
    world.ctx(Actor::Staff(StaffActor {
        id: StaffId(Uuid::from_bytes([number; 16])),
        role: StaffRole::Vaccinator,
        facility: Some(HERE),
        district: None,
        state: None,
        strong_until: Some(jiff::Timestamp::MAX),
    }))
}

async fn hire(world: &World, number: u8) {
    let row = StaffRow {
        id: StaffId(Uuid::from_bytes([number; 16])),
        mobile_index: [number; 32],
        wrapped_key: vec![1],
        name: vec![2],
        role: StaffRole::Vaccinator,
        facility: Some(HERE),
        district: None,
        state: None,
        active: true,
    };
    world.platform.store().put_staff(&[row]).await.unwrap();
}

/// Somebody registers, comes, is met by a vaccinator and gets a dose.
async fn visit(world: &World, number: usize, session: SessionId, by: u8) {
    let (platform, id) = (&world.platform, register(world, number).await);
    let wish = Wish {
        session,
        slot: "01:00PM-05:00PM",
        dose_number: Some(1),
        beneficiaries: &[id],
        idempotency_key: None,
    };
    let (_, _, mobile) = somebody(number, FIRST);
    let booked = platform.book(&world.resident(&mobile), &wish).await.unwrap();
    let (reference, code) = (platform.reference(id).to_string(), platform.security_code(booked));
    let staff = vaccinator(world, by);
    let presented = platform.present_code(&staff, HERE, &reference, &code).await.unwrap();
    let dose = first_dose(number as u128 + 1);
    platform.record_dose(&staff, &presented.presence, &dose).await.unwrap();
}

#[test]
fn the_account_that_met_people_is_told_from_its_colleagues() {
    const STAFF: [u8; 3] = [0x1a, 0x2b, 0x3c];
    for limits in [Some(Limits::default()), None] {
        let runtime = Runtime::new().unwrap();
        let settings = Settings { limits, ..Settings::default() };
        let world = runtime.block_on(World::with_settings(3, settings));
        runtime.block_on(async {
            for number in STAFF {
                hire(&world, number).await;
            }
            let today = world.ctx(Actor::System).today();
            let session = world.publish(world.session(1, HERE.0, today, [200, 0, 0])).await;
            for number in 0..90 {
                visit(&world, number, session, STAFF[number % 3]).await;
            }
        });
        let of = |account: usize| {
            let people = (0..90).filter(move |number| number % 3 == account);
            dump(people.map(|number| somebody(number, FIRST)))
        };
        let finding = find(&world, &runtime, &of(1));
        assert_eq!(origin(&finding), "ours", "{finding:?}");
        let path = finding.path.unwrap();
        assert_eq!(path.what, "vaccinator 2b2b2b2b of facility 1");
        assert!(path.ties.is_empty(), "{path:?}");
        assert_eq!(path.named, finding.counts.found >= 8, "{path:?}");
        // Where each of them met as many, none is named.
        let all = dump((0..90).map(|number| somebody(number, FIRST)));
        let finding = find(&world, &runtime, &all);
        assert!(!finding.path.is_some_and(|path| path.named), "nobody is named");
    }
}

#[test]
fn those_whose_lists_are_compared_see_it_in_their_own() {
    let runtime = Runtime::new().unwrap();
    let world = runtime.block_on(World::new(4));
    let bystander = runtime.block_on(async {
        hire(&world, 0x1a).await;
        hire(&world, 0x2b).await;
        let today = world.ctx(Actor::System).today();
        let session = world.publish(world.session(1, HERE.0, today, [200, 0, 0])).await;
        for number in 0..24 {
            visit(&world, number, session, [0x1a, 0x2b][number % 2]).await;
        }
        let (_, _, mobile) = somebody(1, FIRST);
        (world.resident(&mobile), Mobile::parse(&mobile).unwrap())
    });
    let shown = (0..24).filter(|number| number % 2 == 0);
    find(&world, &runtime, &dump(shown.map(|number| somebody(number, FIRST))));
    let (ctx, mobile) = bystander;
    let system = world.ctx(Actor::System);
    let ids = runtime.block_on(world.platform.inquire_under(&system, &[mobile])).unwrap();
    let list = runtime.block_on(world.platform.my_accesses(&ctx, ids[0][0], 0)).unwrap();
    let last = list.last().unwrap();
    assert_eq!((last.role.as_str(), last.purpose.as_str()), ("platform", "inquiry"));
    assert_eq!(last.fields, ["access"], "their name was not opened");
}

/// Made-up people of the register, by number: apart from those who are real in it.
fn canary(number: usize) -> (String, i16, String) {
    let (name, year, _) = somebody(number, FIRST);
    (name, year, format!("97{:08}", 10_007 * (number + 1)))
}

/// Somebody of whom the register knows nothing.
fn stranger(number: usize) -> (String, i16, String) {
    let (name, year, _) = somebody(number, FIRST);
    (name, year, format!("96{:08}", 10_007 * (number + 1)))
}

/// A world with people and canaries, whose list the public log has if it is to.
fn with_canaries(
    runtime: &Runtime,
    (people, made_up): (usize, usize),
    log: Option<&Path>,
) -> World {
    let settings = Settings {
        limits: Some(Limits::default()),
        access_log: log.map(Path::to_owned),
        ..Settings::default()
    };
    let world = runtime.block_on(World::with_settings(5, settings));
    runtime.block_on(async {
        register_many(&world, 0..people).await;
        let canaries = (0..made_up).map(|number| {
            let (name, year, mobile) = canary(number);
            (Mobile::parse(&mobile).unwrap(), details(&name, year, 500_000 + number as u64))
        });
        let ctx = world.ctx(Actor::System);
        world.platform.make_canaries(&ctx, &canaries.collect::<Vec<_>>()).await.unwrap();
        world.platform.log_accesses(&ctx, &mut LogWorker::new(&ctx)).await.unwrap();
    });
    world
}

fn weights(finding: &Finding, name: &str) -> [f64; 5] {
    finding.evidence.iter().find(|one| one.name == name).unwrap().weights
}

#[test]
fn canaries_that_were_stolen_with_their_neighbours_name_the_database() {
    let (runtime, folder) = (Runtime::new().unwrap(), tempfile::tempdir().unwrap());
    let world = with_canaries(&runtime, (400, 5), Some(&folder.path().join("accesses")));
    let people = (0..400).map(|number| somebody(number, FIRST));
    let copy = dump(people.chain((0..5).map(canary)));
    let finding = find(&world, &runtime, &copy);
    assert_eq!(origin(&finding), "ours", "{finding:?}");
    assert!(weights(&finding, "canaries")[0] > 1.0, "{finding:?}");
    let path = finding.path.as_ref().unwrap();
    assert!(path.named && path.what.starts_with("the database, or a copy of it"), "{path:?}");
    // The made-up are in no count, and nobody comes upon them by an inquiry.
    assert_eq!((finding.counts.canaries, finding.counts.register), (5, 400));
    assert_eq!(finding.counts.opened, 400);
    assert_eq!(world.platform.alarms_raised(), 0);
    let registry = finding.registry.unwrap();
    assert_eq!((registry.people, registry.lists.len()), (5, 1));
    // Before it was seen, nobody had committed to them: they could have been made for the occasion.
    let register =
        PlatformRegister::open(&world.platform, that_morning, runtime.handle().clone(), 0.8);
    let early = inquire(&copy, &register.unwrap().before(BEGIN - 86_400), BEGIN - 86_400).unwrap();
    assert!(early.registry.is_none() && weights(&early, "canaries")[0].abs() < 1e-9, "{early:?}");
    assert_eq!(early.counts.canaries, 0);
}

#[test]
fn canaries_without_neighbours_were_planted() {
    let (runtime, folder) = (Runtime::new().unwrap(), tempfile::tempdir().unwrap());
    let world = with_canaries(&runtime, (400, 5), Some(&folder.path().join("accesses")));
    let framed = dump((0..20).map(stranger).chain((0..5).map(canary)));
    let finding = find(&world, &runtime, &framed);
    assert!(weights(&finding, "canaries")[0] < 0.0, "{finding:?}");
    assert_eq!(finding.counts.canaries, 5);
    assert_ne!(finding.verdict.is_from_us(), Some(true), "{finding:?}");
    assert!(finding.path.is_none_or(|path| !path.named));
}

#[test]
fn canaries_of_which_the_log_knows_nothing_prove_nothing() {
    let runtime = Runtime::new().unwrap();
    let world = with_canaries(&runtime, (400, 5), None);
    let people = (0..400).map(|number| somebody(number, FIRST));
    let finding = find(&world, &runtime, &dump(people.chain((0..5).map(canary))));
    assert!(weights(&finding, "canaries")[0].abs() < 1e-9, "{finding:?}");
    assert!(finding.registry.is_none() && finding.path.is_none(), "{finding:?}");
    // Yet nobody opens them.
    assert_eq!((finding.counts.canaries, finding.counts.opened), (0, 400));
    assert_eq!(world.platform.alarms_raised(), 0);
}

#[test]
fn a_copy_is_dated_by_its_last_row_and_by_who_is_missing_from_it() {
    let runtime = Runtime::new().unwrap();
    let world = runtime.block_on(World::new(6));
    let first_came = world.now().as_second();
    runtime.block_on(register_many(&world, 0..200));
    world.advance(SignedDuration::from_mins(10));
    let others_came = world.now().as_second();
    runtime.block_on(register_many(&world, 200..300));
    let copied = |people: Range<usize>| {
        let specimen = dump(people.map(|number| somebody(number, FIRST)));
        find(&world, &runtime, &specimen).copied.unwrap()
    };
    let early = copied(0..200);
    assert_eq!((early.from, early.people, early.torn), (first_came, 200, false));
    let until = early.until.unwrap();
    // The time between is halved eight times.
    assert!(until > first_came && until <= others_came + 60, "{early:?} {others_came}");
    assert!(early.by_missing);
    let whole = copied(0..300);
    assert_eq!((whole.from, whole.until), (others_came, None), "{whole:?}");
}

#[test]
fn a_number_of_somebody_who_was_erased_dates_the_copy_that_has_it() {
    let runtime = Runtime::new().unwrap();
    let world = runtime.block_on(World::new(7));
    let platform = &world.platform;
    let mut text = "Name,Mobile,Beneficiary Reference\n".to_owned();
    let erased_at = runtime.block_on(async {
        let mut last = None;
        for number in 0..40 {
            let id = register(&world, number).await;
            let (name, _, mobile) = somebody(number, FIRST);
            writeln!(text, "{name},{mobile},{}", platform.reference(id)).unwrap();
            last = Some((id, mobile));
        }
        world.advance(SignedDuration::from_mins(10));
        let (beneficiary, mobile) = last.unwrap();
        let account = platform.account_of(&Mobile::parse(&mobile).unwrap()).await.unwrap();
        let now = world.now();
        let asked =
            ErasureRow { account, beneficiary, asked_at: now, due_at: now, erased_at: None };
        let (store, today) = (platform.store(), world.ctx(Actor::System).today());
        store.ask_erasure(&asked, today).await.unwrap().unwrap();
        store.erase(&asked, now, today).await.unwrap().unwrap();
        now.as_second()
    });
    // Numbers that were never anybody's say nothing.
    writeln!(text, "Ravi Khan,9611111111,98765432101234").unwrap();
    let finding = find(&world, &runtime, &Specimen::read(text.as_bytes()));
    let copied = finding.copied.unwrap();
    assert_eq!((copied.gone, copied.people), (1, 39), "{copied:?}");
    assert_eq!((copied.until, copied.by_missing, copied.torn), (Some(erased_at), false, false));
}

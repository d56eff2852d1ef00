//! Plays a list of operations on a small country, crash and repetition included, and checks after
//! every step what must always hold. The same seed plays the same list.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

#[path = "simulation/merging.rs"]
mod merging;

use std::collections::{BTreeMap, BTreeSet};

use app::{
    Actor, Error,
    booking::Wish,
    clock::{Entropy, SeededEntropy},
    doses::Given,
    settings::Settings,
};
use domain::id::{AppointmentId, BeneficiaryId, DoseId, FacilityId, SessionId};
use jiff::SignedDuration;
use store::{NotBooked, StaffRole};
use testkit::world::{Engine, World};
use uuid::Uuid;

/// What the outside world was told, and holds the platform to.
#[derive(Default)]
struct Told {
    people: Vec<(String, BeneficiaryId)>,
    booked: BTreeMap<BeneficiaryId, BTreeMap<u8, AppointmentId>>,
    doses: BTreeMap<BeneficiaryId, BTreeMap<u8, DoseId>>,
    /// Records that went into another one, and into which.
    gone: BTreeMap<BeneficiaryId, BeneficiaryId>,
    counts: BTreeMap<&'static str, u32>,
    trace: Vec<String>,
}

struct Play {
    world: World,
    told: Told,
    chance: SeededEntropy,
    sessions: Vec<SessionId>,
    documents: u64,
}

impl Play {
    async fn new(engine: Engine, seed: u64) -> Option<Self> {
        let settings = Settings { limits: None, ..Settings::default() };
        let world = World::on(engine, seed, settings).await?;
        let mut play = Self {
            world,
            told: Told::default(),
            chance: SeededEntropy::new(seed),
            sessions: vec![],
            documents: 0,
        };
        play.publish(0).await;
        Some(play)
    }

    fn below(&self, most: usize) -> usize {
        let mut bytes = [0; 8];
        self.chance.fill(&mut bytes);
        usize::try_from(u64::from_le_bytes(bytes) % most as u64).unwrap()
    }

    /// A few small sessions in the days to come, so that they fill up.
    async fn publish(&mut self, round: u128) {
        for number in 0..4_u8 {
            let on = self.world.ctx(Actor::System).today();
            let on = on.saturating_add(jiff::ToSpan::days(i64::from(number) + 1));
            let facility = i64::from(number % 2) + 1;
            let id = round * 100 + u128::from(number) + 1;
            let session = self.world.session(id, facility, on, [3, 2, 2]);
            self.sessions.push(self.world.publish(session).await);
        }
    }

    async fn step(&mut self, number: usize) {
        let outcome = match self.below(23) {
            0..5 => self.enrol().await,
            5..11 => self.book(number).await,
            11..13 => self.cancel().await,
            13..15 => self.reschedule().await,
            15..18 => self.record().await,
            18 => {
                // Now and then for long enough that another dose is due.
                let season = self.below(4) == 0;
                let most = if season { 24 * 100 } else { 60 };
                let hours = i64::try_from(self.below(most)).unwrap();
                self.world.advance(SignedDuration::from_hours(hours));
                if season || self.below(3) == 0 {
                    // The first round was before the first step.
                    self.publish(number as u128 + 1).await;
                }
                "advance"
            }
            19..22 => self.merge(number).await,
            _ => {
                self.world.crash().await;
                "crash"
            }
        };
        *self.told.counts.entry(outcome).or_default() += 1;
        self.told.trace.push(format!("{number} {outcome}"));
        self.check().await;
    }

    async fn enrol(&mut self) -> &'static str {
        let mobile = format!("60000000{:02}", self.below(12));
        self.documents += 1;
        // Now and then the same document again.
        let document = if self.below(8) == 0 { 1 } else { self.documents };
        match self.world.enrol(&mobile, 100_000 + document).await {
            Ok(id) => {
                self.told.people.push((mobile, id));
                "enrolled"
            }
            Err(Error::NotEnrolled(_)) => "not enrolled",
            Err(other) => panic!("{other}"),
        }
    }

    fn someone(&self) -> Option<(String, BeneficiaryId)> {
        let people = &self.told.people;
        (!people.is_empty()).then(|| people[self.below(people.len())].clone())
    }

    async fn book(&mut self, number: usize) -> &'static str {
        let Some((mobile, first)) = self.someone() else { return "nobody" };
        let mut group = vec![first];
        group.extend(
            self.told.people.iter().filter(|p| p.0 == mobile && p.1 != first).map(|p| p.1).take(1),
        );
        if self.below(2) == 0 {
            group.truncate(1);
        }
        let session = self.sessions[self.below(self.sessions.len())];
        let key = format!("key {number}");
        let ctx = self.world.resident(&mobile);
        let wish = Wish {
            session,
            slot: ["09:00AM-01:00PM", "01:00PM-05:00PM"][self.below(2)],
            dose_number: None,
            beneficiaries: &group,
            idempotency_key: Some(&key),
        };
        let first_answer = self.world.platform.book(&ctx, &wish).await;
        // The same request, several times at once: the same answer.
        let again = (0..3).map(|_| self.world.platform.book(&ctx, &wish));
        for answer in futures(again).await {
            match (&first_answer, &answer) {
                (Ok(first), Ok(again)) => assert_eq!(first, again),
                (Err(first), Err(again)) => assert_eq!(first.to_string(), again.to_string()),
                _ => panic!("a repeated request was answered otherwise"),
            }
        }
        match first_answer {
            Ok(appointment) => {
                for id in group {
                    let dose = self.told.doses.get(&id).map_or(0, BTreeMap::len) + 1;
                    let dose = u8::try_from(dose).unwrap();
                    let before = self.told.booked.entry(id).or_default().insert(dose, appointment);
                    assert_eq!(before, None, "two appointments for a dose");
                }
                "booked"
            }
            Err(Error::Full { .. }) => "full",
            Err(Error::NotEligible { .. }) => "not eligible",
            Err(Error::NotBookable | Error::NotFound) => "not bookable",
            Err(Error::AppointmentExists { .. }) => "held",
            Err(other) => panic!("{other}"),
        }
    }

    /// Someone with an appointment that is not done.
    fn booked(&self) -> Option<(String, BeneficiaryId, u8, AppointmentId)> {
        let mut live = Vec::new();
        for (mobile, id) in &self.told.people {
            for (dose, appointment) in self.told.booked.get(id).into_iter().flatten() {
                if !self.told.doses.get(id).is_some_and(|doses| doses.contains_key(dose)) {
                    live.push((mobile.clone(), *id, *dose, *appointment));
                }
            }
        }
        (!live.is_empty()).then(|| live[self.below(live.len())].clone())
    }

    async fn cancel(&mut self) -> &'static str {
        let Some((mobile, id, dose, appointment)) = self.booked() else { return "nothing" };
        let ctx = self.world.resident(&mobile);
        let platform = &self.world.platform;
        match platform.cancel(&ctx, appointment, &[id]).await {
            Ok(()) => {
                platform.cancel(&ctx, appointment, &[id]).await.unwrap();
                self.told.booked.get_mut(&id).unwrap().remove(&dose);
                "cancelled"
            }
            Err(Error::TooLate) => "too late to cancel",
            Err(other) => panic!("{other}"),
        }
    }

    async fn reschedule(&mut self) -> &'static str {
        let Some((mobile, _, _, appointment)) = self.booked() else { return "nothing" };
        let session = self.sessions[self.below(self.sessions.len())];
        let ctx = self.world.resident(&mobile);
        let moved =
            self.world.platform.reschedule(&ctx, appointment, session, "01:00PM-05:00PM").await;
        match moved {
            Ok(()) => "moved",
            Err(Error::Full { .. }) => "full",
            Err(Error::NotEligible { .. }) => "not eligible",
            Err(Error::NotBookable | Error::NotFound | Error::TooLate) => "not movable",
            Err(other) => panic!("{other}"),
        }
    }

    async fn record(&mut self) -> &'static str {
        let Some((_, id, dose, appointment)) = self.booked() else { return "nothing" };
        let record = self.world.platform.store().person(id).await.unwrap().unwrap();
        let claim = record.claims.iter().find(|claim| claim.dose_number == dose).unwrap();
        let facility = claim.seat.facility;
        let ctx = self.world.staff(StaffRole::Vaccinator, facility.0);
        let platform = &self.world.platform;
        let reference = platform.reference(id).to_string();
        let code = platform.security_code(appointment);
        let presented = platform.present_code(&ctx, facility, &reference, &code).await.unwrap();
        let given = Given {
            id: DoseId(Uuid::from_u128(u128::from(self.below(usize::MAX) as u64))),
            number: Some(dose),
            vaccine: "COVISHIELD",
            lot: "LOT1",
            vaccinator: "Meera Pillai",
            given_on: None,
        };
        let presence = &presented.presence;
        let recorded = platform.record_dose(&ctx, presence, &given).await;
        let again = platform.record_dose(&ctx, presence, &given).await;
        let dose_id = match (recorded, again) {
            (Ok(first), Ok(again)) => {
                assert_eq!(first, again);
                first.id
            }
            (Err(Error::NotEligible { .. }), Err(_)) => return "too soon",
            (first, again) => panic!("{first:?} {again:?}"),
        };
        if self.below(4) == 0 {
            platform.undo_dose(&ctx, presence, dose_id, "wrong person").await.unwrap();
            platform.undo_dose(&ctx, presence, dose_id, "wrong person").await.unwrap();
            return "undone";
        }
        let before = self.told.doses.entry(id).or_default().insert(dose, dose_id);
        assert_eq!(before, None, "a dose twice");
        "recorded"
    }

    /// What must always hold, against the store and against what was told.
    async fn check(&self) {
        let store = self.world.platform.store();
        let audit = store.audit().await.unwrap();
        assert!(audit.holds(), "{audit:?}");
        assert_eq!(self.world.openings(), audit.accesses, "what was opened was recorded");
        let doses: usize = self.told.doses.values().map(BTreeMap::len).sum();
        assert_eq!(audit.doses, doses as u64);
        assert_eq!(audit.people, self.told.people.len() as u64);
        let booked: usize = self.told.booked.values().map(BTreeMap::len).sum();
        assert_eq!(audit.booked, booked as u64);
        for (id, appointments) in &self.told.booked {
            let claims = if self.told.gone.contains_key(id) {
                store.merged(&[*id]).await.unwrap().remove(0).unwrap().claims
            } else {
                store.person(*id).await.unwrap().unwrap().claims
            };
            let held: BTreeSet<_> = claims.iter().map(|c| (c.dose_number, c.appointment)).collect();
            let told: BTreeSet<_> = appointments.iter().map(|(d, a)| (*d, *a)).collect();
            assert_eq!(held, told);
        }
        for (goes, into) in &self.told.gone {
            assert!(store.person(*goes).await.unwrap().is_none(), "it went for good");
            assert!(store.certificate(*goes).await.unwrap().is_none(), "its certificate, too");
            let gone = store.merged(&[*goes]).await.unwrap().remove(0).unwrap();
            assert_eq!((gone.into, gone.settled), (*into, true));
        }
    }
}

async fn futures<F: Future>(all: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut outputs = Vec::new();
    for one in all {
        outputs.push(one.await);
    }
    outputs
}

async fn play(engine: Engine, seed: u64, steps: usize) -> Option<Told> {
    let mut play = Play::new(engine, seed).await?;
    for number in 0..steps {
        play.step(number).await;
    }
    Some(play.told)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_seat_and_no_dose_is_lost_or_doubled_inside_the_program() {
    whatever_happens(Engine::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_seat_and_no_dose_is_lost_or_doubled_on_one_server() {
    whatever_happens(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_seat_and_no_dose_is_lost_or_doubled_in_steps() {
    whatever_happens(Engine::Sharded).await;
}

/// The first six, or `TEEKA_SEEDS`: the first so many, or those from one to another (`77..78`).
fn seeds() -> std::ops::Range<u64> {
    let Ok(text) = std::env::var("TEEKA_SEEDS") else { return 1..7 };
    let number = |text: &str| text.parse::<u64>().expect("TEEKA_SEEDS is 10000 or 77..78");
    match text.split_once("..") {
        Some((from, to)) => number(from)..number(to),
        None => 1..number(&text) + 1,
    }
}

#[expect(clippy::print_stdout, reason = "a failure tells its seed")]
fn say(seed: u64) {
    println!("seed {seed}");
}

async fn whatever_happens(engine: Engine) {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for seed in seeds() {
        say(seed);
        let Some(told) = play(engine, seed, 150).await else { return };
        for (outcome, count) in told.counts {
            *counts.entry(outcome).or_default() += count;
        }
    }
    // A simulation in which nothing happens proves nothing.
    for outcome in [
        "enrolled",
        "booked",
        "full",
        "cancelled",
        "moved",
        "recorded",
        "undone",
        "crash",
        "held",
        "merged",
        "merged, with a dose in common",
        "merge: undoable",
    ] {
        assert!(counts.get(outcome).is_some_and(|count| *count >= 2), "{outcome}: {counts:?}");
    }
}

#[tokio::test]
async fn the_same_seed_plays_the_same_list() {
    let trace = async || play(Engine::Embedded, 42, 80).await.unwrap().trace;
    assert_eq!(trace().await, trace().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stampede_sells_exactly_the_seats_inside_the_program() {
    stampede(Engine::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stampede_sells_exactly_the_seats_on_one_server() {
    stampede(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stampede_sells_exactly_the_seats_in_steps() {
    stampede(Engine::Sharded).await;
}

async fn ask(world: &World, ctx: &app::Ctx, session: SessionId, key: &str) -> Result<(), Error> {
    let person = world.platform.my_people(ctx).await?.remove(0);
    let wish = Wish {
        session,
        slot: "09:00AM-01:00PM",
        dose_number: Some(1),
        beneficiaries: &[person.id],
        idempotency_key: Some(key),
    };
    world.platform.book(ctx, &wish).await.map(drop)
}

/// Ten thousand clients on one session.
async fn stampede(engine: Engine) {
    const CLIENTS: usize = 10_000;
    const SEATS: u32 = 500;
    let settings = Settings { limits: None, ..Settings::default() };
    let Some(world) = World::on(engine, 9, settings).await else { return };
    let on = world.ctx(Actor::System).today().saturating_add(jiff::ToSpan::days(1));
    let session = world.publish(world.session(1, 1, on, [SEATS, 0, 0])).await;
    let mut people = Vec::new();
    for number in 0..CLIENTS {
        let mobile = format!("60000{number:05}");
        people.push((mobile, testkit::world::details("Asha Demo", 1980, number as u64)));
    }
    let list: Vec<_> = people
        .iter()
        .map(|(mobile, details)| {
            (domain::person::Mobile::parse(mobile).ok().unwrap(), details.clone())
        })
        .collect();
    let system = world.ctx(Actor::System);
    assert!(world.platform.enrol_many(&system, &list).await.unwrap().iter().all(Result::is_ok));
    let world = std::sync::Arc::new(world);
    let mut tasks = Vec::new();
    for (mobile, _) in people {
        let world = std::sync::Arc::clone(&world);
        tasks.push(tokio::spawn(async move {
            let ctx = world.resident(&mobile);
            // Who is told to try again later does, with the same key.
            loop {
                match ask(&world, &ctx, session, &mobile).await {
                    Ok(()) => return 1,
                    Err(Error::Full { .. }) => return 0,
                    Err(Error::Unavailable(_) | Error::NotBooked(NotBooked::InProgress)) => {
                        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
                    }
                    Err(other) => panic!("{other}"),
                }
            }
        }));
    }
    // As every server does: what a slow machine left between two steps is completed.
    let recovering = std::sync::Arc::clone(&world);
    let recovery = tokio::spawn(async move {
        let now = recovering.ctx(Actor::System).now;
        loop {
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            let stale = now + SignedDuration::from_millis(1);
            drop(recovering.platform.store().recover(stale, now, 100).await);
        }
    });
    let mut sold = 0;
    for task in tasks {
        sold += task.await.unwrap();
    }
    recovery.abort();
    drop(recovery.await);
    assert_eq!(sold, SEATS);
    let audit = world.platform.store().audit().await.unwrap();
    assert!(audit.holds() && audit.booked == u64::from(SEATS), "{audit:?}");
    let seats = world.platform.store().session(FacilityId(1), session).await.unwrap().unwrap();
    assert_eq!(seats.booked[0], SEATS);
}

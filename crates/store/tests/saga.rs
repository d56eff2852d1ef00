//! Booking in steps, while requests die between any two of them, late ones meet recovery, two
//! recoveries meet one another, and the server is killed. What was acknowledged must be there, once,
//! and no seat without its claim; and without the two fencing rules the same play must go wrong.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::{
    collections::BTreeMap,
    future::poll_fn,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
    time::Duration,
};

use domain::id::{AppointmentId, SessionId};
use jiff::Timestamp;
use store::{
    Booking, Cancellation, Done, Move, NotBooked, Store,
    conformance::fixture::{DAY, account, booking, enrolment, facility, person, seat, session},
    postgres::{Options, Postgres, Topology},
};
use testkit::postgres::{Server, database_of};
use uuid::Uuid;

const ACCOUNTS: u16 = 120;
const SESSIONS: u32 = 6;
const SEATS: u32 = 8;
const WORKERS: u16 = 12;
/// From when on recovery takes a claim: soon enough to meet those who are still at it.
const STALE: Duration = Duration::from_millis(40);

/// A small source of chance; not for anything but tests.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

#[expect(clippy::disallowed_methods, reason = "the play runs against the real clock")]
fn now() -> Timestamp {
    Timestamp::now()
}

/// What one account was told, and holds the store to.
#[derive(Default)]
struct Told {
    /// Booked for sure, and not touched since.
    sure: Option<AppointmentId>,
    /// What it may have as well.
    maybe: Option<AppointmentId>,
}

/// Runs a request that may die at any moment, or come late between any two of its steps.
async fn mortal<T>(
    chance: &mut Chance,
    request: impl Future<Output = store::StoreResult<T>>,
) -> Option<T> {
    match chance.below(3) {
        0 => {
            let lives = Duration::from_micros(chance.below(12_000));
            tokio::time::timeout(lives, request).await.ok()?.ok()
        }
        1 => late(chance, request).await.ok(),
        _ => request.await.ok(),
    }
}

/// Runs a request that now and then stands still long enough for recovery to overtake it.
async fn late<F: Future>(chance: &mut Chance, request: F) -> F::Output {
    let mut request = pin!(request);
    loop {
        let polled = poll_fn(|context| Poll::Ready(request.as_mut().poll(context))).await;
        if let Poll::Ready(output) = polled {
            return output;
        }
        let mut asked = false;
        poll_fn(
            |_| if std::mem::replace(&mut asked, true) { Poll::Ready(()) } else { Poll::Pending },
        )
        .await;
        if chance.below(8) == 0 {
            tokio::time::sleep(STALE * u32::try_from(1 + chance.below(3)).unwrap()).await;
        }
    }
}

struct Worker {
    store: Arc<dyn Store>,
    chance: Chance,
    number: u16,
    told: BTreeMap<u16, Told>,
    booked: u32,
}

impl Worker {
    async fn run(mut self, steps: u32) -> Self {
        for step in 0..steps {
            let mine = u64::from(ACCOUNTS / WORKERS);
            let account_number =
                u16::try_from(self.chance.below(mine)).unwrap() * WORKERS + self.number;
            let told = self.told.entry(account_number).or_default();
            let known = told.sure.or(told.maybe);
            match (known, self.chance.below(4)) {
                (Some(id), 0) => self.cancel(account_number, id).await,
                (Some(id), 1) => self.reschedule(account_number, id).await,
                _ => self.book(account_number, step).await,
            }
        }
        self
    }

    fn seat(&mut self) -> domain::appointment::Seat {
        let number = u128::from(self.chance.below(u64::from(SESSIONS))) + 1;
        let slot = u8::try_from(self.chance.below(2)).unwrap();
        seat(number, i64::try_from(number).unwrap(), 0, slot)
    }

    async fn book(&mut self, by: u16, step: u32) {
        let id = (u128::from(by) << 64) | (u128::from(step) + 1);
        let mut people = vec![1];
        if self.chance.below(4) == 0 {
            people.push(2);
        }
        let to = self.seat();
        let asked = Booking { message: None, at: now(), ..booking(id, by, &people, to) };
        let store = Arc::clone(&self.store);
        let answer = mortal(&mut self.chance, store.book(std::slice::from_ref(&asked))).await;
        let told = self.told.get_mut(&by).unwrap();
        match answer.map(|mut answers| answers.remove(0)) {
            Some(Ok(Done::New | Done::Again)) => {
                self.booked += 1;
                *told = Told { sure: Some(asked.appointment), maybe: None };
            }
            None | Some(Err(NotBooked::InProgress)) => told.maybe = Some(asked.appointment),
            Some(Err(_)) => {}
        }
    }

    async fn cancel(&mut self, by: u16, id: AppointmentId) {
        *self.told.get_mut(&by).unwrap() = Told { sure: None, maybe: Some(id) };
        let asked = Cancellation {
            appointment: id,
            account: account(by),
            beneficiaries: vec![],
            message: None,
            at: now(),
        };
        let store = Arc::clone(&self.store);
        mortal(&mut self.chance, store.cancel(std::slice::from_ref(&asked))).await;
    }

    async fn reschedule(&mut self, by: u16, id: AppointmentId) {
        let to = self.seat();
        let asked = Move {
            appointment: id,
            account: account(by),
            seat: to,
            on: DAY,
            message: None,
            at: now(),
        };
        let store = Arc::clone(&self.store);
        mortal(&mut self.chance, store.reschedule(std::slice::from_ref(&asked))).await;
    }
}

struct End {
    /// Invariants that do not hold, and bookings that were acknowledged and are not there.
    wrong: Vec<String>,
    booked: u32,
}

/// Plays on a fresh database of a server of its own.
async fn play(server: &Server, seed: u64, steps: u32, fenced: bool, kill: bool) -> End {
    let url = server.new_database();
    let options = Options { url, topology: Some(Topology::Sharded), fenced };
    let store: Arc<dyn Store> = Arc::new(Postgres::open_with(&options).await.unwrap());
    server.hold_to_one_key(database_of(&options.url));
    let facilities: Vec<_> = (1..=6).map(facility).collect();
    store.put_facilities(&facilities, now()).await.unwrap();
    for number in 1..=SESSIONS {
        let new = session(u128::from(number), i64::from(number), SEATS);
        assert!(store.publish_sessions(&[new], now()).await.unwrap()[0].is_ok());
    }
    for number in 0..ACCOUNTS {
        let document = u8::try_from(number).unwrap();
        let people = [enrolment(number, 1, document), enrolment(number, 2, 128 + document)];
        assert!(store.enrol(&people).await.unwrap().iter().all(Result::is_ok));
    }
    let over = Arc::new(AtomicBool::new(false));
    let recoveries: Vec<_> = (0..2)
        .map(|_| {
            let (store, over) = (Arc::clone(&store), Arc::clone(&over));
            tokio::spawn(async move {
                while !over.load(Ordering::Relaxed) {
                    drop(store.recover(now() - STALE, now(), 20).await);
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            })
        })
        .collect();
    let workers: Vec<_> = (0..WORKERS)
        .map(|number| {
            let chance = Chance(seed * 1_000 + u64::from(number) + 1);
            let worker = Worker {
                store: Arc::clone(&store),
                chance,
                number,
                told: BTreeMap::new(),
                booked: 0,
            };
            tokio::spawn(worker.run(steps))
        })
        .collect();
    if kill {
        tokio::time::sleep(Duration::from_millis(700)).await;
        tokio::task::block_in_place(|| server.kill_and_restart());
    }
    let mut booked = 0;
    let mut told = Vec::new();
    for worker in workers {
        let worker = worker.await.unwrap();
        booked += worker.booked;
        told.extend(worker.told);
    }
    over.store(true, Ordering::Relaxed);
    for recovery in recoveries {
        recovery.await.unwrap();
    }
    tokio::time::sleep(STALE).await;
    while store.recover(now(), now() + STALE, 1_000).await.unwrap() > 0 {}
    let wrong = wrongs(&store, &told).await;
    store.close().await;
    End { wrong, booked }
}

async fn wrongs(store: &Arc<dyn Store>, told: &[(u16, Told)]) -> Vec<String> {
    let mut wrong = Vec::new();
    let audit = store.audit().await.unwrap();
    if !audit.holds() || audit.in_motion > 0 {
        wrong.push(format!("{audit:?}"));
    }
    for (by, told) in told {
        let Some(sure) = told.sure else { continue };
        let held = store.person(person(*by, 1)).await.unwrap().unwrap().claims;
        if !held.iter().any(|claim| claim.appointment == sure) {
            wrong.push(format!("account {by} lost what it was told it has"));
        }
    }
    for number in 1..=SESSIONS {
        let id = SessionId(Uuid::from_u128(u128::from(number)));
        let at = domain::id::FacilityId(i64::from(number));
        let held = store.session(at, id).await.unwrap().unwrap();
        if held.booked[0] > SEATS {
            wrong.push(format!("session {number} is overbooked"));
        }
    }
    wrong
}

fn rounds() -> u64 {
    std::env::var("TEEKA_SAGAS").ok().and_then(|text| text.parse().ok()).unwrap_or(2)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_dies_between_two_steps_is_completed() {
    let Some(server) = Server::start() else { return };
    for seed in 1..=rounds() {
        let end = play(&server, seed, 60, true, seed % 2 == 0).await;
        assert!(end.wrong.is_empty(), "seed {seed}: {:#?}", end.wrong);
        // A play in which nothing is booked proves nothing.
        assert!(end.booked > 30, "seed {seed}: {} booked", end.booked);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_fencing_the_same_play_goes_wrong() {
    let Some(server) = Server::start() else { return };
    let mut seed = 0;
    loop {
        seed += 1;
        if !play(&server, seed, 60, false, false).await.wrong.is_empty() {
            break;
        }
        assert!(seed < 20, "nothing went wrong in {seed} plays");
    }
}

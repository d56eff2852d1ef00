//! Booking and cancelling on a session with two seats.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicU8, Ordering},
    },
};

use app::{Actor, Error, booking::Wish};
use domain::id::{AppointmentId, BeneficiaryId, FacilityId, SessionId};
use jiff::SignedDuration;
use store::NotBooked;
use testkit::{
    chance::Chance,
    history::{History, Model, is_linearizable},
    world::{Engine, World},
};

use crate::Played;

const SEATS: u32 = 2;
const PEOPLE: u8 = 3;
const CLIENTS: u64 = 4;
const CALLS: usize = 4;

/// Who has a seat, and what each key was answered.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
struct Seats {
    holders: BTreeMap<u8, u8>,
    remembered: BTreeMap<u8, Answer>,
}

#[derive(Clone, Copy, Debug)]
enum Call {
    /// A seat for a person, with an idempotency key.
    Book { person: u8, key: u8 },
    /// Cancels what was booked with a key.
    Cancel { person: u8, key: u8 },
    /// How many seats are taken.
    Look,
    /// Whether a person has the seat that was booked with a key.
    Mine { person: u8, key: u8 },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Answer {
    Booked,
    Full,
    Held,
    Cancelled,
    Taken(u32),
    IsMine(bool),
}

impl Model for Seats {
    type Call = Call;
    type Answer = Answer;

    fn apply(&mut self, call: &Call) -> Answer {
        match *call {
            Call::Book { person, key } => {
                if let Some(answer) = self.remembered.get(&key) {
                    return *answer;
                }
                let answer = if self.holders.contains_key(&person) {
                    Answer::Held
                } else if self.holders.len() == SEATS as usize {
                    Answer::Full
                } else {
                    self.holders.insert(person, key);
                    Answer::Booked
                };
                self.remembered.insert(key, answer);
                answer
            }
            Call::Cancel { person, key } => {
                if self.holders.get(&person) == Some(&key) {
                    self.holders.remove(&person);
                }
                Answer::Cancelled
            }
            Call::Look => Answer::Taken(u32::try_from(self.holders.len()).unwrap()),
            Call::Mine { person, key } => Answer::IsMine(self.holders.get(&person) == Some(&key)),
        }
    }
}

/// What is planted between the platform and its clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// Who looks is answered what was once true.
    StaleLook,
    /// A seat is sold that there is not.
    SoldTwice,
    /// A cancellation is acknowledged and forgotten.
    ForgottenCancel,
}

impl Fault {
    pub(crate) const PLANTED: [Self; 3] = [Self::StaleLook, Self::SoldTwice, Self::ForgottenCancel];
}

/// A history under way.
struct Play<'a> {
    world: &'a World,
    /// Whether a person's claims and a session's seats are told at one moment. In steps they are
    /// not, and nobody promises it.
    one_moment: bool,
    number: u64,
    fault: Fault,
    session: SessionId,
    people: Vec<(String, BeneficiaryId)>,
    keys: AtomicU8,
    /// Keys that were used, and the appointments that were told.
    used: Mutex<Vec<(u8, u8)>>,
    told: Mutex<Vec<(u8, u8, AppointmentId)>>,
    first_look: Mutex<Option<Answer>>,
    history: History<Seats>,
}

/// Plays a history.
pub(crate) async fn play(world: &World, engine: Engine, number: u64, fault: Fault) -> Played {
    // So that a refresh of the inventory finds only what is new.
    world.advance(SignedDuration::from_secs(10));
    let on = world.ctx(Actor::System).today().saturating_add(jiff::ToSpan::days(2));
    let new = world.session(u128::from(number) + 1, 1, on, [SEATS, 0, 0]);
    let session = world.publish(new).await;
    let mut people = Vec::new();
    for person in 0..PEOPLE {
        let mobile = format!("6{:09}", number * 10 + u64::from(person));
        let document = 200_000 + number * 10 + u64::from(person);
        people.push((mobile.clone(), world.enrol(&mobile, document).await.unwrap()));
    }
    let play = Play {
        world,
        one_moment: engine != Engine::Sharded,
        number,
        fault,
        session,
        people,
        keys: AtomicU8::new(0),
        used: Mutex::default(),
        told: Mutex::default(),
        first_look: Mutex::default(),
        history: History::default(),
    };
    at_once(&play).await;
    let entries = play.history.entries();
    let explained = is_linearizable(&Seats::default(), &entries);
    assert!(explained || fault != Fault::None, "history {number}: {entries:#?}");
    let unanswered = entries.iter().filter(|entry| entry.answer.is_none()).count();
    Played { explained, calls: entries.len(), unanswered }
}

/// Runs the clients on one task, between whose steps the store's own tasks and threads run.
async fn at_once(play: &Play<'_>) {
    let client = |client| play.client(Chance::new(play.number * CLIENTS + client));
    tokio::join!(client(0), client(1), client(2), client(3));
}

impl Play<'_> {
    async fn client(&self, mut chance: Chance) {
        for _ in 0..CALLS {
            let call = self.choose(&mut chance);
            self.history.note(call, self.ask(call)).await;
        }
    }

    fn choose(&self, chance: &mut Chance) -> Call {
        let person = u8::try_from(chance.below(u64::from(PEOPLE))).unwrap();
        let told = self.told.lock().unwrap().clone();
        let used = self.used.lock().unwrap().clone();
        let one_of =
            |most: usize, chance: &mut Chance| usize::try_from(chance.below(most as u64)).unwrap();
        match chance.below(8) {
            0 | 1 if !told.is_empty() => {
                let (person, key, _) = told[one_of(told.len(), chance)];
                Call::Cancel { person, key }
            }
            2 if !used.is_empty() => {
                let (person, key) = used[one_of(used.len(), chance)];
                Call::Book { person, key }
            }
            3 if self.one_moment && !told.is_empty() => {
                let (person, key, _) = told[one_of(told.len(), chance)];
                Call::Mine { person, key }
            }
            3 | 4 => Call::Look,
            _ => {
                let key = self.keys.fetch_add(1, Ordering::Relaxed);
                self.used.lock().unwrap().push((person, key));
                Call::Book { person, key }
            }
        }
    }

    /// The appointment that was told for a key.
    fn appointment(&self, key: u8) -> AppointmentId {
        let told = self.told.lock().unwrap();
        told.iter().find(|one| one.1 == key).unwrap().2
    }

    async fn ask(&self, call: Call) -> Option<Answer> {
        match call {
            Call::Book { person, key } => self.book(person, key).await,
            Call::Cancel { .. } if self.fault == Fault::ForgottenCancel => Some(Answer::Cancelled),
            Call::Cancel { person, key } => {
                let (mobile, id) = &self.people[usize::from(person)];
                let ctx = self.world.resident(mobile);
                match self.world.platform.cancel(&ctx, self.appointment(key), &[*id]).await {
                    Ok(()) => Some(Answer::Cancelled),
                    Err(Error::Unavailable(_)) => None,
                    Err(other) => panic!("{other}"),
                }
            }
            Call::Look => {
                let store = self.world.platform.store();
                let seats = store.session(FacilityId(1), self.session).await.unwrap().unwrap();
                let answer = Answer::Taken(seats.booked[0]);
                let first = *self.first_look.lock().unwrap().get_or_insert(answer);
                Some(if self.fault == Fault::StaleLook { first } else { answer })
            }
            Call::Mine { person, key } => {
                let (_, id) = self.people[usize::from(person)];
                let record = self.world.platform.store().person(id).await.unwrap().unwrap();
                let appointment = self.appointment(key);
                let held = record.claims.iter().any(|claim| claim.appointment == appointment);
                Some(Answer::IsMine(held))
            }
        }
    }

    async fn book(&self, person: u8, key: u8) -> Option<Answer> {
        let (mobile, id) = &self.people[usize::from(person)];
        let ctx = self.world.resident(mobile);
        let idempotency_key = format!("{} {key}", self.number);
        let wish = Wish {
            session: self.session,
            slot: "09:00AM-01:00PM",
            dose_number: Some(1),
            beneficiaries: &[*id],
            idempotency_key: Some(&idempotency_key),
        };
        match self.world.platform.book(&ctx, &wish).await {
            Ok(appointment) => {
                self.told.lock().unwrap().push((person, key, appointment));
                Some(Answer::Booked)
            }
            Err(Error::Full { .. }) if self.fault == Fault::SoldTwice => Some(Answer::Booked),
            Err(Error::Full { .. }) => Some(Answer::Full),
            Err(Error::AppointmentExists { .. }) => Some(Answer::Held),
            Err(Error::Unavailable(_) | Error::NotBooked(NotBooked::InProgress)) => None,
            Err(other) => panic!("{other}"),
        }
    }
}

//! Requests that come again: up to fifty times, late, in another order, across restarts. Each has
//! one effect and one answer; and a key that is used for something else is refused.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::collections::BTreeMap;

use app::{Actor, Error, booking::Wish, doses::Given, settings::Settings};
use domain::{
    id::{BeneficiaryId, DoseId, SessionId},
    person::Details,
};
use jiff::SignedDuration;
use store::{Audit, NotBooked, NotEnrolled, NotRecorded, StaffRole};
use testkit::{
    chance::Chance,
    world::{Engine, World, details},
};
use uuid::Uuid;
use vault::Secret;

const SLOT: &str = "09:00AM-01:00PM";

async fn world(engine: Engine) -> Option<World> {
    World::on(engine, 11, Settings { limits: None, ..Settings::default() }).await
}

/// Sessions of the next days: the first has a single seat.
async fn sessions(world: &World) -> Vec<SessionId> {
    let mut sessions = Vec::new();
    for (number, seats) in [(1, 1), (2, 50)] {
        let on = world.ctx(Actor::System).today().saturating_add(jiff::ToSpan::days(number));
        let number = u128::try_from(number).unwrap();
        sessions.push(world.publish(world.session(number, 1, on, [seats, seats, seats])).await);
    }
    sessions
}

/// A request that a client may send again. It names what it acts on by the keys of other requests.
#[derive(Clone, Copy, Debug)]
enum Request {
    Enrol { mobile: u64, key: u64 },
    Book { mobile: u64, session: usize, key: u64 },
    Cancel { mobile: u64, booking: u64 },
    Record { mobile: u64, dose: u128 },
    Undo { mobile: u64, dose: u128 },
}

struct Play {
    world: World,
    sessions: Vec<SessionId>,
    /// What was answered under a key of a booking.
    appointments: BTreeMap<u64, domain::id::AppointmentId>,
    presences: BTreeMap<u64, app::presence::Presence>,
}

fn mobile(number: u64) -> String {
    format!("6{number:09}")
}

impl Play {
    async fn person(&self, number: u64) -> BeneficiaryId {
        let ctx = self.world.resident(&mobile(number));
        self.world.platform.my_people(&ctx).await.unwrap()[0].id
    }

    /// Sends a request; gives its answer as text, which must be the same each time.
    async fn send(&mut self, request: Request) -> String {
        let platform = self.world.platform.clone();
        match request {
            Request::Enrol { mobile: number, key } => {
                let answer = enrol(&self.world, number, key, &somebody(number)).await;
                format!("{answer:?}")
            }
            Request::Book { mobile: number, session, key } => {
                let person = self.person(number).await;
                let answer = book(&self.world, number, person, self.sessions[session], key).await;
                if let Ok(id) = answer {
                    self.appointments.insert(key, id);
                }
                // Which sessions are offered instead may change.
                answer.map_or_else(|why| why.to_string(), |id| format!("{id:?}"))
            }
            Request::Cancel { mobile: number, booking } => {
                let ctx = self.world.resident(&mobile(number));
                let id = self.appointments[&booking];
                format!("{:?}", platform.cancel(&ctx, id, &[]).await)
            }
            Request::Record { mobile: number, dose } => {
                let ctx = self.world.staff(StaffRole::Vaccinator, 1);
                let presence = &self.presences[&number];
                format!("{:?}", platform.record_dose(&ctx, presence, &given(dose, "LOT1")).await)
            }
            Request::Undo { mobile: number, dose } => {
                let ctx = self.world.staff(StaffRole::Vaccinator, 1);
                let id = DoseId(Uuid::from_u128(dose));
                let undone = platform.undo_dose(&ctx, &self.presences[&number], id, "wrong").await;
                format!("{undone:?}")
            }
        }
    }

    /// Shows the vaccinator the code of a booking.
    async fn present(&mut self, number: u64, booking: u64) {
        let ctx = self.world.staff(StaffRole::Vaccinator, 1);
        let platform = &self.world.platform;
        let reference = platform.reference(self.person(number).await).to_string();
        let code = platform.security_code(self.appointments[&booking]);
        let facility = domain::id::FacilityId(1);
        let presented = platform.present_code(&ctx, facility, &reference, &code).await.unwrap();
        self.presences.insert(number, presented.presence);
    }
}

fn somebody(number: u64) -> Details {
    details("Asha Demo", 1980, 300_000 + number)
}

async fn enrol(
    world: &World,
    number: u64,
    key: u64,
    details: &Details,
) -> app::Result<BeneficiaryId> {
    let mobile = mobile(number);
    let ctx = world.resident(&mobile);
    let key = key.to_string();
    world.platform.enrol(&ctx, &Secret::new(mobile), details, Some(&key)).await
}

async fn book(
    world: &World,
    number: u64,
    person: BeneficiaryId,
    session: SessionId,
    key: u64,
) -> app::Result<domain::id::AppointmentId> {
    let key = key.to_string();
    let wish = Wish {
        session,
        slot: SLOT,
        dose_number: Some(1),
        beneficiaries: &[person],
        idempotency_key: Some(&key),
    };
    let ctx = world.resident(&mobile(number));
    // Who is told to ask again does, with the same key.
    loop {
        match world.platform.book(&ctx, &wish).await {
            Err(Error::NotBooked(NotBooked::InProgress)) => {}
            answer => return answer,
        }
    }
}

fn given(id: u128, lot: &str) -> Given<'_> {
    Given {
        id: DoseId(Uuid::from_u128(id)),
        number: Some(1),
        vaccine: "COVISHIELD",
        lot,
        vaccinator: "Meera Pillai",
        given_on: None,
    }
}

/// Everybody's requests in the order in which they are first sent.
fn script() -> Vec<Request> {
    use Request::{Book, Cancel, Enrol, Record, Undo};
    vec![
        Enrol { mobile: 1, key: 1 },
        Enrol { mobile: 2, key: 2 },
        Enrol { mobile: 3, key: 3 },
        Book { mobile: 1, session: 0, key: 11 }, // the only seat
        Book { mobile: 2, session: 0, key: 12 }, // full
        Book { mobile: 1, session: 1, key: 13 }, // held
        Book { mobile: 2, session: 1, key: 14 },
        Cancel { mobile: 1, booking: 11 },
        Book { mobile: 1, session: 1, key: 15 },
        Book { mobile: 3, session: 1, key: 16 },
        Record { mobile: 2, dose: 21 },
        Record { mobile: 3, dose: 22 },
        Undo { mobile: 3, dose: 22 },
    ]
}

async fn each_request_has_one_effect_and_one_answer(engine: Engine) {
    let Some(world) = world(engine).await else { return };
    let sessions = sessions(&world).await;
    let mut play =
        Play { world, sessions, appointments: BTreeMap::new(), presences: BTreeMap::new() };
    let mut chance = Chance::new(7);
    let mut answers: Vec<(Request, String)> = Vec::new();
    for request in script() {
        if let Request::Record { mobile, .. } = request
            && play.presences.is_empty()
        {
            // The day before, so that whoever comes late comes after the session's day.
            play.world.advance(SignedDuration::from_hours(24 * 2));
            play.present(2, 14).await;
            play.present(3, 16).await;
            assert_eq!(mobile, 2);
        }
        let answer = play.send(request).await;
        answers.push((request, answer));
        // What was sent before comes again, in another order.
        for _ in 0..chance.below(8) {
            replay(&mut play, &answers, &mut chance).await;
        }
        if chance.below(4) == 0 {
            play.world.crash().await;
        }
    }
    let told = play.world.platform.store().audit().await.unwrap();
    play.world.advance(SignedDuration::from_hours(24 * 3));
    for _ in 0..150 {
        replay(&mut play, &answers, &mut chance).await;
        if chance.below(30) == 0 {
            play.world.crash().await;
        }
    }
    let audit = play.world.platform.store().audit().await.unwrap();
    assert!(audit.holds(), "{audit:?}");
    // An answer that shows a record is an access of its own, however late it is asked for.
    assert!(audit.accesses >= told.accesses);
    let told = Audit { accesses: audit.accesses, ..told };
    assert_eq!(audit, told, "a late request had an effect");
    assert_eq!((audit.people, audit.doses, audit.booked), (3, 1, 3));
}

/// Sends one of the requests again.
async fn replay(play: &mut Play, answers: &[(Request, String)], chance: &mut Chance) {
    let which = usize::try_from(chance.below(answers.len() as u64)).unwrap();
    let (request, first) = &answers[which];
    let undone = |(later, _): &(Request, String)| match (request, later) {
        (Request::Record { dose, .. }, Request::Undo { dose: undone, .. }) => dose == undone,
        _ => false,
    };
    let times = if chance.below(10) == 0 { 50 } else { 1 };
    for _ in 0..times {
        let again = play.send(*request).await;
        if answers.iter().any(undone) {
            // The dose is not there any more, and does not come back; nor does anything open once what
            // was presented is too old.
            let undone = format!("Err(NotRecorded({:?}))", NotRecorded::Undone);
            assert!(again == undone || again == "Err(Forbidden)", "{again}");
        } else {
            assert_eq!(again, *first, "{request:?}");
        }
    }
}

async fn a_key_is_not_used_for_another_request(engine: Engine) {
    let Some(world) = world(engine).await else { return };
    let sessions = sessions(&world).await;
    let first = enrol(&world, 1, 1, &somebody(1)).await.unwrap();
    let others = [
        details("Ravi Demo", 1980, 300_001),
        details("Asha Demo", 1981, 300_001),
        details("Asha Demo", 1980, 300_009),
    ];
    for other in &others {
        let answer = enrol(&world, 1, 1, other).await;
        assert!(matches!(answer, Err(Error::NotEnrolled(NotEnrolled::OtherRequest))), "{answer:?}");
    }
    // The document of a request that was refused is free for another person.
    let second = enrol(&world, 1, 2, &others[2]).await.unwrap();
    assert_ne!(first, second);
    assert_eq!(enrol(&world, 1, 1, &somebody(1)).await.unwrap(), first);
    // Another account's key is another key.
    enrol(&world, 2, 1, &somebody(2)).await.unwrap();

    let id = book(&world, 1, first, sessions[1], 9).await.unwrap();
    for (person, session) in [(second, sessions[1]), (first, sessions[0])] {
        let answer = book(&world, 1, person, session, 9).await;
        assert!(matches!(answer, Err(Error::NotBooked(NotBooked::OtherRequest))), "{answer:?}");
    }
    assert_eq!(book(&world, 1, first, sessions[1], 9).await.unwrap(), id);
    // Nor is a dose's id.
    world.advance(SignedDuration::from_hours(24 * 2));
    let ctx = world.staff(StaffRole::Vaccinator, 1);
    let platform = &world.platform;
    let reference = platform.reference(first).to_string();
    let code = platform.security_code(id);
    let facility = domain::id::FacilityId(1);
    let presence = platform.present_code(&ctx, facility, &reference, &code).await.unwrap().presence;
    let dose = platform.record_dose(&ctx, &presence, &given(5, "LOT1")).await.unwrap();
    let answer = platform.record_dose(&ctx, &presence, &given(5, "LOT2")).await;
    assert!(matches!(answer, Err(Error::NotRecorded(NotRecorded::OtherDose))), "{answer:?}");
    world.advance(SignedDuration::from_hours(1));
    assert_eq!(platform.record_dose(&ctx, &presence, &given(5, "LOT1")).await.unwrap(), dose);
}

macro_rules! on_each_engine {
    ($($name:ident: $engine:ident),+) => { $(
        mod $name {
            use super::*;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn each_request_has_one_effect_and_one_answer() {
                super::each_request_has_one_effect_and_one_answer(Engine::$engine).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_key_is_not_used_for_another_request() {
                super::a_key_is_not_used_for_another_request(Engine::$engine).await;
            }
        }
    )+ };
}

on_each_engine!(inside_the_program: Embedded, on_one_server: Postgres, in_steps: Sharded);

//! Under a clock that jumps to and fro by years, or stands still: nothing is lost, no certificate
//! is dated in the future of the clock that it was issued under, doses are in the order of their
//! series, and once the clock is right again everything works.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use app::certificates::Paper;
use app::{Actor, Error, booking::Wish, doses::Given, presence::Presence, settings::Settings};
use certs::verdict::{NotValid, Verdict};
use domain::id::{AppointmentId, BeneficiaryId, DoseId, FacilityId, SessionId};
use jiff::{SignedDuration, Timestamp};
use store::StaffRole;
use testkit::{
    chance::Chance,
    world::{Engine, World},
};
use uuid::Uuid;

const FACILITY: FacilityId = FacilityId(1);

struct Person {
    mobile: String,
    id: BeneficiaryId,
    /// The dose that was told to be on record.
    dose: Option<DoseId>,
    /// The appointment that was told, unless the dose ended it.
    booked: Option<AppointmentId>,
}

struct Play {
    world: World,
    people: Vec<Person>,
    sessions: u128,
    doses: u128,
}

impl Play {
    async fn new(engine: Engine) -> Option<Self> {
        let settings = Settings { limits: None, ..Settings::default() };
        let world = World::on(engine, 21, settings).await?;
        Some(Self { world, people: Vec::new(), sessions: 0, doses: 0 })
    }

    /// A session of today, which the inventory must know at once.
    async fn publish(&mut self) -> SessionId {
        self.sessions += 1;
        let on = self.world.ctx(Actor::System).today();
        let session = self.world.session(self.sessions, FACILITY.0, on, [5, 5, 5]);
        let id = self.world.publish(session).await;
        assert!(self.world.platform.inventory().session(id).is_some(), "published and not seen");
        id
    }

    /// Somebody who registers and, if the programme is open, books for today.
    async fn come(&mut self, session: SessionId) {
        let number = self.people.len() as u64;
        let mobile = format!("6{number:09}");
        let id = self.world.enrol(&mobile, 400_000 + number).await.unwrap();
        let key = mobile.clone();
        let wish = Wish {
            session,
            slot: "01:00PM-05:00PM",
            dose_number: Some(1),
            beneficiaries: &[id],
            idempotency_key: Some(&key),
        };
        let ctx = self.world.resident(&mobile);
        let booked = match self.world.platform.book(&ctx, &wish).await {
            Ok(appointment) => Some(appointment),
            Err(Error::NotEligible { .. } | Error::NotBookable) => None,
            Err(other) => panic!("{other}"),
        };
        self.people.push(Person { mobile, id, dose: None, booked });
    }

    async fn present(&self, id: BeneficiaryId, appointment: AppointmentId) -> Presence {
        let ctx = self.world.staff(StaffRole::Vaccinator, FACILITY.0);
        let platform = &self.world.platform;
        let reference = platform.reference(id).to_string();
        let code = platform.security_code(appointment);
        platform.present_code(&ctx, FACILITY, &reference, &code).await.unwrap().presence
    }

    async fn record(&mut self, presence: &Presence, number: u8) -> app::Result<domain::dose::Dose> {
        self.doses += 1;
        let given = Given {
            id: DoseId(Uuid::from_u128(self.doses)),
            number: Some(number),
            vaccine: "COVISHIELD",
            lot: "LOT1",
            vaccinator: "Meera Pillai",
            given_on: None,
        };
        let ctx = self.world.staff(StaffRole::Vaccinator, FACILITY.0);
        self.world.platform.record_dose(&ctx, presence, &given).await
    }

    /// Vaccinates whoever was the last to come, if they have an appointment.
    async fn vaccinate(&mut self) {
        let last = self.people.last().unwrap();
        let (id, Some(appointment)) = (last.id, last.booked) else { return };
        let presence = self.present(id, appointment).await;
        let dose = self.record(&presence, 1).await.unwrap();
        let now = self.world.now();
        assert!(dose.recorded_at <= now && dose.given_on <= self.world.ctx(Actor::System).today());
        let last = self.people.last_mut().unwrap();
        last.dose = Some(dose.id);
        let mobile = last.mobile.clone();
        self.check_certificate(&mobile, id).await;
    }

    /// What is printed is not dated in the future of whoever printed it.
    async fn check_certificate(&self, mobile: &str, id: BeneficiaryId) {
        let platform = &self.world.platform;
        let now = self.world.now();
        let row = platform.store().certificate(id).await.unwrap().unwrap();
        assert!(row.issued_at <= now);
        let pdf = platform
            .my_certificate(&self.world.resident(mobile), id, Paper::default())
            .await
            .unwrap();
        let text = certs::read::certificates(&pdf).remove(0);
        let trust = certs::trust::Trust::from_pem(&platform.document_signers(now)).unwrap();
        let verify = |at: i64| certs::verify::verify_text(&text, &trust, at);
        let not_yet = Verdict::NotValid(NotValid::NotYet);
        assert!(verify(now.as_second()) != not_yet, "dated in the future");
        if !matches!(verify(now.as_second()), Verdict::NotValid(_)) {
            // The check sees what it looks for: the day before, it is.
            assert!(verify(now.as_second() - 86_400) == not_yet);
        }
    }

    /// Everything that was told is there.
    async fn check(&self) {
        let store = self.world.platform.store();
        let audit = store.audit().await.unwrap();
        assert!(audit.holds(), "{audit:?}");
        assert_eq!(audit.people, self.people.len() as u64);
        for person in &self.people {
            let record = store.person(person.id).await.unwrap().unwrap();
            let doses: Vec<_> = record.doses.iter().map(|dose| dose.id).collect();
            assert_eq!(doses, person.dose.into_iter().collect::<Vec<_>>());
            let claims: Vec<_> = record.claims.iter().map(|claim| claim.appointment).collect();
            assert_eq!(claims, person.booked.into_iter().collect::<Vec<_>>());
        }
    }

    fn set(&self, to: Timestamp) {
        self.world.advance(to.duration_since(self.world.now()));
    }
}

fn years(number: i64) -> SignedDuration {
    SignedDuration::from_hours(number * 8_766)
}

async fn nothing_is_lost_while_the_clock_jumps(engine: Engine) {
    let Some(mut play) = Play::new(engine).await else { return };
    let mut chance = Chance::new(3);
    let start = play.world.now();
    for round in 0..24 {
        // Up to ten years to and fro, by days, or not at all.
        let jump = match round % 4 {
            0 => SignedDuration::ZERO,
            1 => years(i64::try_from(chance.below(10)).unwrap() + 1),
            2 => SignedDuration::from_hours(24 * i64::try_from(chance.below(60)).unwrap()),
            _ => -years(i64::try_from(chance.below(10)).unwrap() + 1),
        };
        play.set(start + jump);
        let session = play.publish().await;
        play.come(session).await;
        play.vaccinate().await;
        // Taken for delivery, and then the one who took them is gone.
        let system = play.world.ctx(Actor::System);
        play.world.platform.due_messages(&system, 3).await.unwrap();
        if chance.below(4) == 0 {
            play.world.crash().await;
        }
        play.world.platform.sweep(&system).await.unwrap();
        play.world.platform.recover(&system).await.unwrap();
        play.check().await;
    }
    let vaccinated = play.people.iter().filter(|person| person.dose.is_some()).count();
    assert!(vaccinated > 8, "{vaccinated} of {}", play.people.len());
    // The clock is right again: search, booking, recording and sending work.
    play.set(start + SignedDuration::from_hours(1));
    let session = play.publish().await;
    play.come(session).await;
    play.vaccinate().await;
    assert!(play.people.last().unwrap().dose.is_some());
    play.check().await;
    let system = play.world.ctx(Actor::System);
    play.world.platform.refresh(system.now).await.unwrap();
    let seen = play.world.platform.inventory().session(session).unwrap();
    assert_eq!(seen.booked[0], 1, "a taken seat is not seen");
    let due = play.world.platform.due_messages(&system, 1_000).await.unwrap();
    // One for each appointment and each dose; nothing was settled.
    let booked = play.people.iter().filter(|person| person.booked.is_some()).count();
    assert_eq!(due.len(), booked + vaccinated + 1, "a message waits for another year");
}

async fn doses_are_in_the_order_of_their_series(engine: Engine) {
    let Some(mut play) = Play::new(engine).await else { return };
    let start = play.world.now();
    let session = play.publish().await;
    play.come(session).await;
    let person = play.people.last().unwrap();
    let (id, appointment) = (person.id, person.booked.unwrap());
    let presence = play.present(id, appointment).await;
    play.record(&presence, 1).await.unwrap();
    // By the clock the second would be years before the first.
    play.set(start - years(3));
    let early = play.record(&presence, 2).await;
    assert!(matches!(early, Err(Error::NotEligible { .. })), "{early:?}");
    let early = play.record(&presence, 1).await;
    assert!(matches!(early, Err(Error::NotEligible { .. })), "{early:?}");
    play.set(start + years(1));
    let presence = play.present(id, appointment).await;
    play.record(&presence, 2).await.unwrap();
    play.set(start - years(5));
    let record = play.world.platform.store().person(id).await.unwrap().unwrap();
    let numbers: Vec<_> = record.doses.iter().map(|dose| dose.number).collect();
    assert_eq!(numbers, [1, 2]);
    let latest = play.world.platform.store().certificate(id).await.unwrap().unwrap();
    assert_eq!(latest.dose_number, 2);
}

macro_rules! on_each_engine {
    ($($name:ident: $engine:ident),+) => { $(
        mod $name {
            use super::*;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn nothing_is_lost_while_the_clock_jumps() {
                super::nothing_is_lost_while_the_clock_jumps(Engine::$engine).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn doses_are_in_the_order_of_their_series() {
                super::doses_are_in_the_order_of_their_series(Engine::$engine).await;
            }
        }
    )+ };
}

on_each_engine!(inside_the_program: Embedded, on_one_server: Postgres, in_steps: Sharded);

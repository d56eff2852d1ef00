//! The key that signs certificates goes away and comes back: care goes on meanwhile, every dose is
//! recorded, and each has exactly one certificate in the end, whatever dies in between.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use app::{
    Actor, Error, Platform, booking::Wish, certificates::Paper, correction::Change, doses::Given,
    owed::OwedWorker, presence::Presence, settings::Settings, upkeep::Delivery,
};
use certs::verdict::{Claims, Verdict};
use domain::{
    id::{BeneficiaryId, DoseId, FacilityId, SessionId},
    person::Name,
};
use jiff::SignedDuration;
use store::{NotRecorded, OwedPlace, StaffRole, StoreResult};
use testkit::world::{Engine, World};
use uuid::Uuid;

const MOBILE: &str = "7500000001";
const SLOT: &str = "09:00AM-01:00PM";
const ENGINES: [Engine; 3] = [Engine::Embedded, Engine::Postgres, Engine::Sharded];

/// A small platform with a session of today.
struct Play {
    world: World,
    session: SessionId,
}

fn given(dose: u128) -> Given<'static> {
    Given {
        id: DoseId(Uuid::from_u128(dose)),
        number: None,
        vaccine: "COVISHIELD",
        lot: "LOT1",
        vaccinator: "Meera Pillai",
        given_on: None,
    }
}

impl Play {
    async fn on(engine: Engine) -> Option<Self> {
        let settings = Settings { limits: None, ..Settings::default() };
        let world = World::on(engine, 31, settings).await?;
        let today = world.ctx(Actor::System).today();
        let session = world.publish(world.session(1, 1, today, [200, 200, 200])).await;
        Some(Self { world, session })
    }

    fn platform(&self) -> &Platform {
        &self.world.platform
    }

    /// Somebody registers, books and stands at the first facility.
    async fn arrive(&self, mobile: &str, document: u64) -> (BeneficiaryId, Presence) {
        let person = self.world.enrol(mobile, document).await.unwrap();
        let wish = Wish {
            session: self.session,
            slot: SLOT,
            dose_number: None,
            beneficiaries: &[person],
            idempotency_key: None,
        };
        let booked = self.platform().book(&self.world.resident(mobile), &wish).await.unwrap();
        let ctx = self.world.staff(StaffRole::Vaccinator, 1);
        let reference = self.platform().reference(person).to_string();
        let code = self.platform().security_code(booked);
        let presented =
            self.platform().present_code(&ctx, FacilityId(1), &reference, &code).await.unwrap();
        (person, presented.presence)
    }

    async fn record(&self, presence: &Presence, dose: u128) -> Result<(), Error> {
        let ctx = self.world.staff(StaffRole::Vaccinator, 1);
        self.platform().record_dose(&ctx, presence, &given(dose)).await.map(drop)
    }

    /// One turn of a worker that has just started.
    async fn turn(&self) -> (u64, OwedWorker) {
        let mut worker = OwedWorker::default();
        let ctx = self.world.ctx(Actor::System);
        let signed = self.platform().sign_owed(&ctx, &mut worker).await.unwrap();
        (signed, worker)
    }

    async fn page(&self, mobile: &str, person: BeneficiaryId) -> Result<Vec<u8>, Error> {
        let ctx = self.world.resident(mobile);
        self.platform().my_certificate(&ctx, person, Paper::default()).await
    }

    /// What the latest certificate says, as anybody reads it who checks it.
    async fn says(&self, mobile: &str, person: BeneficiaryId) -> Claims {
        let page = self.page(mobile, person).await.unwrap();
        let signed = certs::read::certificates(&page).remove(0);
        let trust =
            certs::trust::Trust::from_pem(&self.platform().document_signers(self.world.now()))
                .unwrap();
        match certs::verify::verify_text(&signed, &trust, self.world.now().as_second()) {
            Verdict::Valid(claims) | Verdict::ValidBut(claims, _) => claims,
            Verdict::NotValid(why) => panic!("{why}"),
        }
    }

    /// The texts that wait for delivery, in no order; each is taken once.
    async fn texts(&self) -> Vec<String> {
        let ctx = self.world.ctx(Actor::System);
        let due = self.platform().due_messages(&ctx, 1_000).await.unwrap();
        let done: Vec<_> = due.iter().map(|(one, _)| (one.clone(), Delivery::Delivered)).collect();
        self.platform().settle_messages(&ctx, &done).await.unwrap();
        let due = due.into_iter().filter_map(|(_, outgoing)| outgoing);
        let texts = due.map(|one| one.text.expose().clone());
        texts.filter(|text| text.contains("ertificate")).collect()
    }

    async fn owed(&self) -> u64 {
        let audit = self.platform().store().audit().await.unwrap();
        assert!(audit.holds(), "{audit:?}");
        let owed = self.platform().store().owed_count().await.unwrap();
        assert_eq!(owed, audit.owed);
        owed
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dose_is_recorded_while_the_key_is_away_and_its_certificate_follows() {
    for engine in ENGINES {
        let Some(play) = Play::on(engine).await else { return };
        let (person, presence) = play.arrive(MOBILE, 1).await;
        play.world.key.take_away();
        play.record(&presence, 1).await.unwrap();
        let held = play.platform().store().person(person).await.unwrap().unwrap();
        assert_eq!(held.doses.len(), 1);
        assert_eq!(play.owed().await, 1);
        assert!(play.platform().store().certificate(person).await.unwrap().is_none());
        for refused in [
            play.page(MOBILE, person).await.map(drop),
            play.platform().my_health_card(&play.world.resident(MOBILE), person).await.map(drop),
        ] {
            assert!(matches!(refused, Err(Error::CertificateOwed { .. })), "{refused:?}");
        }
        let [text] = &play.texts().await[..] else { panic!("one message") };
        assert!(text.contains("recorded") && text.contains("later"), "{text}");
        assert!(!text.contains("is ready"), "{text}");
        // The same request again, as after a lost answer.
        play.record(&presence, 1).await.unwrap();
        assert_eq!(play.owed().await, 1);
        // Nothing is signed without the key, and nothing is lost by trying.
        let (signed, worker) = play.turn().await;
        assert_eq!((signed, worker.owed()), (0, 1));
        assert!(worker.pause() > OwedWorker::default().pause());
        play.world.key.bring_back();
        play.world.advance(SignedDuration::from_hours(2));
        let (signed, worker) = play.turn().await;
        assert_eq!((signed, worker.owed(), play.owed().await), (1, 0, 0));
        let claims = play.says(MOBILE, person).await;
        assert!(claims.name.unwrap().contains("Asha"));
        let row = play.platform().store().certificate(person).await.unwrap().unwrap();
        assert_eq!(row.issued_at, play.world.now(), "issued when it was signed");
        let [text] = &play.texts().await[..] else { panic!("one message") };
        assert!(text.contains("is ready"), "{text}");
        assert_eq!(play.turn().await.0, 0);
        assert_eq!(play.platform().store().certificate(person).await.unwrap(), Some(row));
        // And the next dose is signed at once.
        let (other, presence) = play.arrive("7500000002", 2).await;
        play.record(&presence, 2).await.unwrap();
        assert_eq!(play.owed().await, 0);
        play.says("7500000002", other).await;
    }
}

/// Before the worker, after it signed and before it kept, and after it kept.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_at_any_moment_loses_nothing_and_issues_one_certificate() {
    for engine in ENGINES {
        let Some(mut play) = Play::on(engine).await else { return };
        let mut people = Vec::new();
        play.world.key.take_away();
        for number in 1..=3_u8 {
            let mobile = format!("750000000{number}");
            let (person, presence) = play.arrive(&mobile, number.into()).await;
            play.record(&presence, number.into()).await.unwrap();
            people.push((mobile, person));
        }
        play.world.crash().await;
        assert_eq!(play.owed().await, 3);
        play.world.key.bring_back();
        // The worker dies after it signed two and kept none.
        play.world.key.let_die_after(2);
        let (platform, ctx) = (Arc::clone(&play.world.platform), play.world.ctx(Actor::System));
        let dying = tokio::spawn(async move {
            platform.sign_owed(&ctx, &mut OwedWorker::default()).await.unwrap()
        });
        assert!(dying.await.is_err(), "it died in its first turn");
        assert_eq!(play.owed().await, 3, "what was signed and not kept is owed still");
        play.world.crash().await;
        // Two workers at once, as with two processes.
        let (one, other) = tokio::join!(play.turn(), play.turn());
        assert_eq!((one.0 + other.0, play.owed().await), (3, 0));
        let mut first = Vec::new();
        for (mobile, person) in &people {
            play.says(mobile, *person).await;
            first.push(play.platform().store().certificate(*person).await.unwrap().unwrap().id);
        }
        play.world.crash().await;
        assert_eq!(play.turn().await.0, 0);
        for ((_, person), id) in people.iter().zip(first) {
            let row = play.platform().store().certificate(*person).await.unwrap().unwrap();
            assert_eq!(row.id, id);
        }
        let told = play.texts().await;
        let ready = told.iter().filter(|text| text.contains("is ready")).count();
        assert_eq!((told.len(), ready), (6, 3), "{told:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_undone_dose_is_owed_nothing_and_a_correction_waits_for_the_key() {
    for engine in ENGINES {
        let Some(play) = Play::on(engine).await else { return };
        let (person, presence) = play.arrive(MOBILE, 1).await;
        play.world.key.take_away();
        play.record(&presence, 1).await.unwrap();
        let ctx = play.world.staff(StaffRole::Vaccinator, 1);
        let dose = DoseId(Uuid::from_u128(1));
        play.platform().undo_dose(&ctx, &presence, dose, "Wrong person").await.unwrap();
        assert_eq!(play.owed().await, 0);
        let late = play.record(&presence, 1).await;
        assert!(matches!(late, Err(Error::NotRecorded(NotRecorded::Undone))));
        play.record(&presence, 2).await.unwrap();
        let change = Change {
            name: Some(Name::parse("Usha \"J\" देवी 😀").ok().unwrap()),
            ..Change::default()
        };
        let correct = async || {
            let ctx = play.world.resident(MOBILE);
            play.platform().correct_my_details(&ctx, person, &change, None).await
        };
        assert!(matches!(correct().await, Err(Error::SignerAway(_))));
        assert_eq!(play.owed().await, 1);
        play.world.key.bring_back();
        assert!(correct().await.is_ok());
        assert_eq!(play.owed().await, 0, "a correction signs every dose anew");
        let name = play.says(MOBILE, person).await.name.unwrap();
        assert!(name.contains("Usha") && name.contains("देवी"), "{name}");
        assert_eq!(play.turn().await.0, 0);
    }
}

/// Whoever corrects while the worker holds a certificate that was signed from the old details wins.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_late_certificate_has_details_that_were_corrected_meanwhile() {
    for engine in ENGINES {
        let Some(play) = Play::on(engine).await else { return };
        let (person, presence) = play.arrive(MOBILE, 1).await;
        play.world.key.take_away();
        play.record(&presence, 1).await.unwrap();
        play.world.key.bring_back();
        play.world.key.slow_down(100);
        let change = Change { birth_year: Some(1979), ..Change::default() };
        let resident = play.world.resident(MOBILE);
        let correct = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            play.world.key.slow_down(0);
            play.platform().correct_my_details(&resident, person, &change, None).await.unwrap();
        };
        let (platform, ctx) = (Arc::clone(&play.world.platform), play.world.ctx(Actor::System));
        let turn = tokio::spawn(async move {
            platform.sign_owed(&ctx, &mut OwedWorker::default()).await.unwrap()
        });
        correct.await;
        turn.await.unwrap();
        play.turn().await;
        assert_eq!(play.owed().await, 0);
        let row = play.platform().store().certificate(person).await.unwrap().unwrap();
        let withdrawn =
            store::WithdrawalPlace { at: jiff::Timestamp::UNIX_EPOCH, certificate: Uuid::nil() };
        let withdrawn = play.platform().store().withdrawals(withdrawn, 9).await.unwrap();
        assert!(withdrawn.iter().all(|one| one.certificate != row.id));
        let born = play.says(MOBILE, person).await.born;
        assert_eq!(born.as_deref(), Some("1979"));
    }
}

/// While the key was away at the last try, only the worker asks it: nobody at a desk waits for a key
/// that takes seconds to say that it is not there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_waits_for_a_key_that_was_away() {
    let play = Play::on(Engine::Embedded).await.unwrap();
    play.world.key.take_away();
    for number in 1..=5_u8 {
        let (_, presence) = play.arrive(&format!("750000000{number}"), number.into()).await;
        play.record(&presence, number.into()).await.unwrap();
    }
    assert_eq!((play.world.key.asked(), play.owed().await), (1, 5));
    // The worker asks once a turn and stops.
    play.turn().await;
    assert_eq!(play.world.key.asked(), 2);
    play.world.key.bring_back();
    assert_eq!(play.turn().await.0, 5);
    let (_, presence) = play.arrive("7500000009", 9).await;
    play.record(&presence, 9).await.unwrap();
    assert_eq!(play.owed().await, 0, "it is asked again once it has answered");
}

/// More than a worker signs in one turn, of which some people cannot be opened.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_are_signed_in_turns() {
    let play = Play::on(Engine::Embedded).await.unwrap();
    play.world.key.take_away();
    for number in 1..=150_u64 {
        let (_, presence) = play.arrive(&format!("75{number:08}"), number).await;
        play.record(&presence, number.into()).await.unwrap();
    }
    play.world.key.bring_back();
    let mut worker = OwedWorker::default();
    let ctx = play.world.ctx(Actor::System);
    let mut turns = Vec::new();
    for _ in 0..3 {
        let signed = play.platform().sign_owed(&ctx, &mut worker).await.unwrap();
        turns.push((signed, worker.owed(), worker.pause()));
    }
    let rest = OwedWorker::default().pause();
    assert_eq!(turns, [(128, 22, Duration::ZERO), (22, 0, rest), (0, 0, rest)]);
    assert_eq!(play.owed().await, 0);
    let left: StoreResult<Vec<_>> =
        play.platform().store().owed_certificates(OwedPlace::BEGIN, 9).await;
    assert!(left.unwrap().is_empty());
}

/// Among them the first that is opened, whose keys were changed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_who_does_not_open_keeps_nobody_else_from_their_certificate() {
    let play = Play::on(Engine::Embedded).await.unwrap();
    play.world.key.take_away();
    let mut people = Vec::new();
    for number in 1..=3_u8 {
        let (person, presence) = play.arrive(&format!("750000000{number}"), number.into()).await;
        play.record(&presence, number.into()).await.unwrap();
        people.push(person);
    }
    people.sort_by_key(|one| (one.bucket().0, *one));
    let kept = rusqlite::Connection::open(play.world.file().unwrap()).unwrap();
    let (read, write) = (
        "SELECT wrapped_key FROM beneficiary WHERE beneficiary_id = ?1",
        "UPDATE beneficiary SET wrapped_key = ?2 WHERE beneficiary_id = ?1",
    );
    let id = i64::try_from(people[0].number()).unwrap();
    let mut wrapped: Vec<u8> = kept.query_row(read, [id], |row| row.get(0)).unwrap();
    // A byte of the data key: what a server has by itself opens still.
    wrapped[20] ^= 1;
    assert_eq!(kept.execute(write, (id, wrapped)).unwrap(), 1);
    play.world.key.bring_back();
    assert_eq!(play.turn().await.0, 2);
    assert_eq!(play.owed().await, 1);
    for person in &people[1..] {
        assert!(play.platform().store().certificate(*person).await.unwrap().is_some());
    }
}

/// A key in hardware takes ten milliseconds and blocks who asks. Others go on meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_slow_key_does_not_hold_up_others() {
    let play = Arc::new(Play::on(Engine::Embedded).await.unwrap());
    let mut waiting = Vec::new();
    for number in 1..=40_u64 {
        waiting.push(play.arrive(&format!("75{number:08}"), number).await.1);
    }
    play.world.key.slow_down(10);
    let recording: Vec<_> = (1..)
        .zip(waiting)
        .map(|(number, presence)| {
            let play = Arc::clone(&play);
            tokio::spawn(async move { play.record(&presence, number).await.unwrap() })
        })
        .collect();
    // Somebody else, who asks for nothing but a turn.
    let other = tokio::spawn(async {
        let mut longest = Duration::ZERO;
        for _ in 0..200 {
            let begun = Instant::now();
            tokio::task::yield_now().await;
            longest = longest.max(begun.elapsed());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        longest
    });
    let begun = Instant::now();
    for one in recording {
        one.await.unwrap();
    }
    let took = begun.elapsed();
    let longest = other.await.unwrap();
    println!("40 doses in {took:?}; another task waited {longest:?} at most");
    assert_eq!(play.owed().await, 0);
    // One after the other they would take longer than that.
    assert!(took < Duration::from_millis(400), "{took:?}");
}

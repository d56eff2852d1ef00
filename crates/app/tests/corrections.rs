//! Details that are corrected after the first dose: the certificates from before are withdrawn, each
//! dose has a new one, and nobody but the person's own account can do it, and only so often.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use app::{Actor, Error, correction::Change, doses::Given, presence::Presence, settings::Settings};
use certs::verdict::{Claims, Verdict};
use domain::{
    id::{BeneficiaryId, DoseId},
    person::{Gender, Name},
};
use jiff::{SignedDuration, Timestamp};
use store::{NotCorrected, StaffRole, Withdrawal, WithdrawalPlace, WithdrawalReason};
use testkit::world::{Engine, World, first_dose};
use uuid::Uuid;

const MOBILE: &str = "7500000001";

async fn world(engine: Engine, corrections: u8) -> Option<World> {
    let settings = Settings { limits: None, corrections, ..Settings::default() };
    World::on(engine, 21, settings).await
}

fn named(name: &str) -> Change {
    Change { name: Some(Name::parse(name).ok().unwrap()), ..Change::default() }
}

/// Gives somebody their next dose at the first facility; they stand there.
async fn vaccinate(world: &World, mobile: &str, person: BeneficiaryId, dose: u128) -> Presence {
    let given = Given { number: None, ..first_dose(dose) };
    world.give(mobile, person, &given).await.presence
}

async fn withdrawn(world: &World) -> Vec<Withdrawal> {
    let begin = WithdrawalPlace { at: Timestamp::UNIX_EPOCH, certificate: Uuid::nil() };
    world.platform.store().withdrawals(begin, 100).await.unwrap()
}

/// What the latest certificate says, as anybody reads it who checks it.
async fn says(world: &World, mobile: &str, person: BeneficiaryId) -> Claims {
    let signed = world.certificate(mobile, person).await;
    let trust =
        certs::trust::Trust::from_pem(&world.platform.document_signers(world.now())).unwrap();
    match certs::verify::verify_text(&signed, &trust, world.now().as_second()) {
        Verdict::Valid(claims) | Verdict::ValidBut(claims, _) => claims,
        Verdict::NotValid(why) => panic!("{why}"),
    }
}

/// Somebody with one dose, and what became of a correction of theirs.
struct Play {
    world: World,
    person: BeneficiaryId,
    presence: Presence,
}

impl Play {
    async fn on(engine: Engine, corrections: u8) -> Option<Self> {
        let world = world(engine, corrections).await?;
        let person = world.enrol(MOBILE, 1).await.unwrap();
        let presence = vaccinate(&world, MOBILE, person, 1).await;
        Some(Self { world, person, presence })
    }

    async fn correct(&self, change: &Change, key: Option<&str>) -> Result<(), Error> {
        let ctx = self.world.resident(MOBILE);
        self.world.platform.correct_my_details(&ctx, self.person, change, key).await
    }

    async fn name(&self) -> String {
        says(&self.world, MOBILE, self.person).await.name.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_corrected_name_is_on_a_new_certificate_and_the_old_one_is_withdrawn() {
    for engine in [Engine::Embedded, Engine::Postgres, Engine::Sharded] {
        let Some(play) = Play::on(engine, 1).await else { return };
        let (world, person) = (&play.world, play.person);
        let store = world.platform.store();
        let old = store.certificate(person).await.unwrap().unwrap();
        assert!(play.name().await.contains("Asha"));
        world.advance(SignedDuration::from_mins(5));
        let right =
            Change { gender: Some(Gender::Others), ..named("Usha \"J\" देवी 😀") };
        assert!(play.correct(&right, Some("once")).await.is_ok());
        let name = play.name().await;
        assert!(name.contains("Usha") && name.contains("देवी"), "{name}");
        let new = store.certificate(person).await.unwrap().unwrap();
        assert_ne!((new.id, &new.sealed), (old.id, &old.sealed));
        let expected = Withdrawal {
            certificate: old.id,
            at: world.now(),
            reason: WithdrawalReason::DetailsCorrected,
            issued_at: old.issued_at,
        };
        assert_eq!(withdrawn(world).await, [expected]);
        let ctx = world.resident(MOBILE);
        let held = world.platform.my_person(&ctx, person).await.unwrap();
        assert!(held.details.gender == Gender::Others && held.details.birth_year == 1980);
        assert_eq!(held.details.document.masked().get(8..), Some("0001"));
        // The same request again, and the same key for another one.
        assert!(play.correct(&right, Some("once")).await.is_ok());
        let other = play.correct(&named("Somebody Else"), Some("once")).await;
        assert!(matches!(other, Err(Error::NotCorrected(NotCorrected::OtherRequest))));
        assert_eq!(withdrawn(world).await.len(), 1);
        assert!(store.audit().await.unwrap().holds());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_detail_is_corrected_as_often_as_the_operator_says() {
    let play = Play::on(Engine::Embedded, 1).await.unwrap();
    let refused = |outcome: Result<(), Error>| match outcome {
        Err(Error::NotCorrected(why)) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(play.correct(&Change::default(), None).await), NotCorrected::SameDetails);
    assert_eq!(refused(play.correct(&named("Asha Demo"), None).await), NotCorrected::SameDetails);
    assert!(play.correct(&named("Asha Right"), None).await.is_ok());
    assert_eq!(refused(play.correct(&named("Asha Wrong"), None).await), NotCorrected::LimitReached);
    // Another detail may still be; one that is right already does not count.
    let year = Change { birth_year: Some(1981), ..named("Asha Right") };
    assert!(play.correct(&year, None).await.is_ok());
    assert_eq!(play.name().await, "Asha Right");
    let never = Play::on(Engine::Embedded, 0).await.unwrap();
    assert_eq!(refused(never.correct(&named("A"), None).await), NotCorrected::LimitReached);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_persons_own_account_corrects_and_only_after_a_dose() {
    let play = Play::on(Engine::Embedded, 1).await.unwrap();
    let (world, right) = (&play.world, named("Asha Right"));
    let unvaccinated = world.enrol(MOBILE, 2).await.unwrap();
    let own = world.resident(MOBILE);
    let early = world.platform.correct_my_details(&own, unvaccinated, &right, None).await;
    assert!(matches!(early, Err(Error::NotCorrected(NotCorrected::NotVaccinated))));
    let correct =
        async |ctx| world.platform.correct_my_details(&ctx, play.person, &right, None).await;
    let another = correct(world.resident("7500000002")).await;
    assert!(matches!(another, Err(Error::NotFound)), "{another:?}");
    let nobody = correct(world.ctx(Actor::Anyone)).await;
    assert!(matches!(nobody, Err(Error::Unauthenticated)), "{nobody:?}");
    for ctx in [
        world.ctx(Actor::System),
        world.staff(StaffRole::FacilityManager, 1),
        world.ctx(Actor::StateProgram { state: None }),
    ] {
        let others = correct(ctx).await;
        assert!(matches!(others, Err(Error::Forbidden)), "{others:?}");
    }
    assert!(withdrawn(world).await.is_empty());
    assert_eq!(play.name().await, "Asha Demo");
}

/// Every dose has a certificate with the right details, and the counts follow the gender.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_dose_has_a_new_certificate_and_is_counted_anew() {
    let play = Play::on(Engine::Embedded, 1).await.unwrap();
    let world = &play.world;
    let first_day = world.ctx(Actor::System).today();
    world.advance(SignedDuration::from_hours(24 * 90));
    vaccinate(world, MOBILE, play.person, 2).await;
    let right = Change { gender: Some(Gender::Male), ..Change::default() };
    assert!(play.correct(&right, None).await.is_ok());
    assert_eq!(withdrawn(world).await.len(), 2);
    let claims = says(world, MOBILE, play.person).await;
    assert_eq!(claims.events[0].dose_number, Some(2));
    let tallies = world.platform.store().tallies_since(first_day).await.unwrap();
    let count = |gender: &str| -> i64 {
        let doses = tallies.iter().filter(|one| one.measure.starts_with("dose|"));
        doses.filter(|one| one.measure.contains(gender)).map(|one| one.count).sum()
    };
    assert_eq!((count("|Female|"), count("|Male|")), (0, 2));
    // The second dose is taken back: its new certificate is withdrawn, that of the first is left.
    let ctx = world.staff(StaffRole::Vaccinator, 1);
    let id = DoseId(Uuid::from_u128(2));
    let presence = &play.presence;
    assert!(world.platform.undo_dose(&ctx, presence, id, "wrong person").await.is_ok());
    let last = withdrawn(world).await.pop().unwrap();
    assert_eq!(last.reason, WithdrawalReason::DoseUndone);
    assert_eq!(withdrawn(world).await.len(), 3);
    assert_eq!(says(world, MOBILE, play.person).await.events[0].dose_number, Some(1));
}

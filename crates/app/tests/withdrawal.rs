//! A certificate that was withdrawn is known to be, by whoever has the next list and no network.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use app::certificates::Paper;
use app::{correction::Change, doses::Given};
use certs::{
    trust::bundle::Bundle,
    verdict::{Caveat, NotValid, Verdict},
    verify::verify_text,
};
use domain::{
    id::{BeneficiaryId, DoseId, FacilityId},
    person::Name,
};
use jiff::{SignedDuration, civil::date};
use store::StaffRole;
use testkit::world::{Engine, World};
use uuid::Uuid;

const FACILITY: FacilityId = FacilityId(1);
const MOBILE: &str = "9000000001";
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Somebody with a first dose.
async fn vaccinated(world: &World) -> BeneficiaryId {
    let id = world.enrol(MOBILE, 1).await.unwrap();
    let staff = world.staff(StaffRole::Vaccinator, FACILITY.0);
    let seats = [5, 5, 5];
    let session = world.publish(world.session(1, FACILITY.0, date(2022, 2, 1), seats)).await;
    let wish = app::booking::Wish {
        session,
        slot: "01:00PM-05:00PM",
        dose_number: Some(1),
        beneficiaries: &[id],
        idempotency_key: None,
    };
    let platform = &world.platform;
    let appointment = platform.book(&world.resident(MOBILE), &wish).await.unwrap();
    let reference = platform.reference(id).to_string();
    let code = platform.security_code(appointment);
    let presented = platform.present_code(&staff, FACILITY, &reference, &code).await.unwrap();
    let given = Given {
        id: DoseId(Uuid::from_u128(1)),
        number: Some(1),
        vaccine: "COVISHIELD",
        lot: "LOT1",
        vaccinator: "Meera Pillai",
        given_on: None,
    };
    platform.record_dose(&staff, &presented.presence, &given).await.unwrap();
    id
}

/// The signed text on the person's certificate.
async fn certificate(world: &World, id: BeneficiaryId) -> String {
    let pdf =
        world.platform.my_certificate(&world.resident(MOBILE), id, Paper::default()).await.unwrap();
    certs::read::certificates(&pdf).remove(0)
}

/// What an offline verifier knows from now on.
async fn list(world: &World) -> Bundle {
    let bundle = world.platform.trust_bundle(&world.ctx(app::Actor::Anyone)).await.unwrap();
    Bundle::read(&bundle, world.platform.trust_anchor()).unwrap()
}

async fn a_corrected_name_withdraws_the_old_certificate(engine: Engine) {
    let Some(world) = World::on(engine, 1, app::settings::Settings::default()).await else {
        return;
    };
    let id = vaccinated(&world).await;
    let old = certificate(&world, id).await;
    let before = list(&world).await;
    let verify =
        |text: &str, list: &Bundle| verify_text(text, &list.trust, world.now().as_second());
    assert!(matches!(verify(&old, &before), Verdict::Valid(_)), "nothing is to be said of it");

    world.advance(HOUR);
    let name = Name::parse("Asha \"Āśā\" O'Demo आशा").unwrap();
    let change = Change { name: Some(name), ..Change::default() };
    world.platform.correct_my_details(&world.resident(MOBILE), id, &change, None).await.unwrap();
    let new = certificate(&world, id).await;
    let after = list(&world).await;
    assert!(verify(&old, &after) == Verdict::NotValid(NotValid::Withdrawn));
    let Verdict::Valid(claims) = verify(&new, &after) else { panic!("the new one is valid") };
    assert_eq!(claims.name.as_deref(), Some("Asha \"Āśā\" O'Demo आशा"));

    // Whoever has the list of before cannot know, and says how old it is once it is too old.
    assert!(matches!(verify(&old, &before), Verdict::Valid(_)));
    world.advance(HOUR * 48);
    let Verdict::ValidBut(_, caveats) = verify(&old, &before) else { panic!("it is not known") };
    assert_eq!(caveats, [Caveat::StaleStatusList { days: 2 }]);
    assert!(verify(&old, &after) == Verdict::NotValid(NotValid::Withdrawn));
}

#[tokio::test]
async fn a_corrected_name_withdraws_the_old_certificate_inside_the_program() {
    a_corrected_name_withdraws_the_old_certificate(Engine::Embedded).await;
}

#[tokio::test]
async fn a_corrected_name_withdraws_the_old_certificate_on_postgresql() {
    a_corrected_name_withdraws_the_old_certificate(Engine::Postgres).await;
}

#[tokio::test]
async fn a_corrected_name_withdraws_the_old_certificate_on_shards() {
    a_corrected_name_withdraws_the_old_certificate(Engine::Sharded).await;
}

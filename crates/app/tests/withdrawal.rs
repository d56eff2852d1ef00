//! A certificate that was withdrawn is known to be, by whoever has the next list and no network.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use app::certificates::Paper;
use app::keys::KeyUse;
use app::{correction::Change, doses::Given};
use certs::{
    read::payloads,
    trust::bundle::Bundle,
    verdict::{Caveat, Format, NotValid, Verdict},
    verify::{verify, verify_text},
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
    Bundle::read(&bundle, &world.platform.trust_anchor(world.now())).unwrap()
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

/// The card of a wallet goes the same way as the certificate.
#[tokio::test]
async fn a_health_card_names_its_issuer_and_is_withdrawn_with_the_certificate() {
    let address = "https://vaccination.example".to_owned();
    let settings = app::settings::Settings { public_address: Some(address), ..Default::default() };
    let world = World::with_settings(1, settings).await;
    let id = vaccinated(&world).await;
    let resident = world.resident(MOBILE);
    let file = world.platform.my_health_card(&resident, id).await.unwrap();
    let [card] = &payloads(file.as_bytes())[..] else { panic!("a file with one card") };
    let at = |world: &World| world.now().as_second();
    let Verdict::Valid(claims) = verify(card, &list(&world).await.trust, at(&world)) else {
        panic!("the card is valid")
    };
    assert!(claims.format == Format::Shc && claims.name.as_deref() == Some("Asha Demo"));
    let keys = world.platform.json_web_keys(world.now());
    let signing = world.platform.keys().signing(KeyUse::Card, world.now()).id();
    assert_eq!(keys["keys"][0]["kid"], signing);

    world.advance(HOUR);
    let change = Change { name: Some(Name::parse("Āśā Demo").unwrap()), ..Change::default() };
    world.platform.correct_my_details(&resident, id, &change, None).await.unwrap();
    let after = list(&world).await;
    assert!(verify(card, &after.trust, at(&world)) == Verdict::NotValid(NotValid::Withdrawn));

    let other = world.platform.my_health_card(&world.resident("9000000002"), id).await;
    assert!(matches!(other, Err(app::Error::NotFound)), "a card is for its own account");
    let silent = World::new(2).await;
    let id = vaccinated(&silent).await;
    let none = silent.platform.my_health_card(&silent.resident(MOBILE), id).await;
    assert!(matches!(none, Err(app::Error::Invalid(_))), "without an address there is no issuer");
}

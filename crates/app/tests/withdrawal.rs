//! A certificate that was withdrawn is known to be, by whoever has the next list and no network.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use app::{Actor, correction::Change, keys::KeyUse};
use certs::{
    read::payloads,
    trust::bundle::Bundle,
    verdict::{Caveat, Format, NotValid, Verdict},
    verify::{verify, verify_text},
};
use domain::person::Name;
use jiff::SignedDuration;
use testkit::world::{Engine, World};

const MOBILE: &str = "9000000001";
const HOUR: SignedDuration = SignedDuration::from_hours(1);

async fn a_corrected_name_withdraws_the_old_certificate(engine: Engine) {
    let Some(world) = World::on(engine, 1, app::settings::Settings::default()).await else {
        return;
    };
    let id = world.vaccinate(MOBILE, 1).await;
    let old = world.certificate(MOBILE, id).await;
    let before = world.bundle().await;
    let verify =
        |text: &str, list: &Bundle| verify_text(text, &list.trust, world.now().as_second());
    assert!(matches!(verify(&old, &before), Verdict::Valid(_)), "nothing is to be said of it");

    world.advance(HOUR);
    let name = Name::parse("Asha \"Āśā\" O'Demo आशा").unwrap();
    let change = Change { name: Some(name), ..Change::default() };
    world.platform.correct_my_details(&world.resident(MOBILE), id, &change, None).await.unwrap();
    let new = world.certificate(MOBILE, id).await;
    let after = world.bundle().await;
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
    let id = world.vaccinate(MOBILE, 1).await;
    let resident = world.resident(MOBILE);
    let file = world.platform.my_health_card(&resident, id).await.unwrap();
    let [card] = &payloads(file.as_bytes())[..] else { panic!("a file with one card") };
    let at = |world: &World| world.now().as_second();
    let Verdict::Valid(claims) = verify(card, &world.bundle().await.trust, at(&world)) else {
        panic!("the card is valid")
    };
    assert!(claims.format == Format::Shc && claims.name.as_deref() == Some("Asha Demo"));
    let anyone = world.ctx(Actor::Anyone);
    let keys = world.platform.json_web_keys(&anyone).await.unwrap();
    let signing = world.platform.keys().signing(KeyUse::Card, world.now()).id();
    assert_eq!(keys["keys"][0]["kid"], signing);

    world.advance(HOUR);
    let change = Change { name: Some(Name::parse("Āśā Demo").unwrap()), ..Change::default() };
    world.platform.correct_my_details(&resident, id, &change, None).await.unwrap();
    let after = world.bundle().await;
    assert!(verify(card, &after.trust, at(&world)) == Verdict::NotValid(NotValid::Withdrawn));

    let other = world.platform.my_health_card(&world.resident("9000000002"), id).await;
    assert!(matches!(other, Err(app::Error::NotFound)), "a card is for its own account");
    let silent = World::new(2).await;
    let id = silent.vaccinate(MOBILE, 1).await;
    let none = silent.platform.my_health_card(&silent.resident(MOBILE), id).await;
    assert!(matches!(none, Err(app::Error::Invalid(_))), "without an address there is no issuer");
}

//! Forms that are made of a certificate when somebody asks go with it: a verifier without a network
//! refuses them once it has the next bundle, and one with a network once it has the next list.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::collections::BTreeSet;

use app::{
    Actor, Error, correction::Change, error_kinds::NotAllotted, merge::other::Other,
    settings::Settings,
};
use certs::{
    print::Variant,
    read::{Payload, payloads},
    shc::read_revocation_list,
    status::{Purpose, StatusList, credential},
    trust::Trust,
    verdict::{Caveat, Claims, Format, NotValid, Verdict},
    verify::verify,
};
use domain::{id::BeneficiaryId, person::Name};
use jiff::SignedDuration;
use serde_json::Value;
use testkit::world::{Engine, World, first_dose};

const MOBILE: &str = "9000000001";
const OTHER: &str = "9000000002";
const ADDRESS: &str = "https://vaccination.example";
const HOUR: SignedDuration = SignedDuration::from_hours(1);

async fn world(engine: Engine, seed: u64) -> Option<World> {
    let public_address = Some(ADDRESS.to_owned());
    let settings = Settings { limits: None, public_address, ..Settings::default() };
    World::on(engine, seed, settings).await
}

/// The forms that are made when somebody asks.
async fn forms(world: &World, mobile: &str, id: BeneficiaryId) -> [Payload; 3] {
    let (platform, ctx) = (&world.platform, world.resident(mobile));
    let credential = platform.my_credential(&ctx, id).await.unwrap();
    let card = platform.my_health_card(&ctx, id).await.unwrap();
    let cowin = platform.my_cowin(&ctx, id).await.unwrap();
    [credential.into_bytes(), card.into_bytes(), cowin].map(|file| {
        let mut held = payloads(&file);
        assert_eq!(held.len(), 1, "a file with one certificate");
        held.remove(0)
    })
}

fn claims(verdict: Verdict, caveats: &[Caveat]) -> Claims {
    match verdict {
        Verdict::Valid(claims) => {
            assert!(caveats.is_empty());
            claims
        }
        Verdict::ValidBut(claims, held) => {
            assert_eq!(held, caveats);
            claims
        }
        Verdict::NotValid(why) => panic!("not valid: {why}"),
    }
}

/// What Co-WIN's form always has: it cannot do better.
const WEAK: [Caveat; 2] = [Caveat::WeakBinding, Caveat::NoExpiry];

fn all_valid(forms: &[Payload; 3], trust: &Trust, now: i64) -> Vec<Claims> {
    let expected: [&[Caveat]; 3] = [&[], &[], &WEAK];
    forms.iter().zip(expected).map(|(form, but)| claims(verify(form, trust, now), but)).collect()
}

/// What somebody with a network reads of a list, checked with what the bundle says of our keys.
async fn fetched(world: &World, list: u32, trust: &Trust) -> StatusList {
    let text = world.platform.status_list(&world.ctx(Actor::Anyone), list).await.unwrap();
    let now = world.now().as_second();
    credential::read(&text, &format!("{ADDRESS}/status/{list}"), trust, now).unwrap()
}

async fn a_correction_withdraws_every_form(engine: Engine) {
    let Some(world) = world(engine, 1).await else { return };
    let id = world.vaccinate(MOBILE, 1).await;
    let old = forms(&world, MOBILE, id).await;
    let before = world.bundle().await;
    let now = || world.now().as_second();
    let told = all_valid(&old, &before.trust, now());
    let formats: Vec<_> = told.iter().map(|claims| claims.format).collect();
    assert_eq!(formats, [Format::Vc, Format::Shc, Format::Divoc]);
    assert!(told.iter().all(|claims| claims.name.as_deref() == Some("Asha Demo")));
    // Asked again it is the same entry: it costs nothing, and tells nothing that the id does not.
    let entry = |form: &Payload| {
        let Payload::Text(text) = form else { panic!("a credential is text") };
        let document: Value = serde_json::from_str(text).unwrap();
        document["credentialStatus"].clone()
    };
    let again = forms(&world, MOBILE, id).await;
    assert_eq!(entry(&again[0]), entry(&old[0]));
    let index: usize = entry(&old[0])["statusListIndex"].as_str().unwrap().parse().unwrap();
    let list = fetched(&world, 0, &before.trust).await;
    assert_eq!((list.bits.at(index), list.purpose), (Some(false), Purpose::Revocation));

    world.advance(HOUR);
    let name = Name::parse("Asha \"Āśā\" O'Demo आशा 💉").unwrap();
    let change = Change { name: Some(name), ..Change::default() };
    world.platform.correct_my_details(&world.resident(MOBILE), id, &change, None).await.unwrap();
    let after = world.bundle().await;
    for form in old.iter().chain(&again) {
        assert!(verify(form, &after.trust, now()) == Verdict::NotValid(NotValid::Withdrawn));
    }
    let new = forms(&world, MOBILE, id).await;
    let told = all_valid(&new, &after.trust, now());
    assert!(told.iter().all(|it| it.name.as_deref() == Some("Asha \"Āśā\" O'Demo आशा 💉")));
    let list = fetched(&world, 0, &after.trust).await;
    assert_eq!(list.bits.at(index), Some(true));
    let set = (0..1 << 22).filter(|index| list.bits.at(*index) == Some(true)).count();
    assert_eq!(set, 1, "nobody else's bit");

    // Who has the bundle of before cannot know, and says how old it is once it is too old.
    all_valid(&old, &before.trust, now());
    world.advance(HOUR * 48);
    for form in &old {
        let Verdict::ValidBut(_, caveats) = verify(form, &before.trust, now()) else {
            panic!("it is not known")
        };
        assert!(caveats.contains(&Caveat::StaleStatusList { days: 2 }), "{caveats:?}");
    }
}

#[tokio::test]
async fn a_correction_withdraws_every_form_inside_the_program() {
    a_correction_withdraws_every_form(Engine::Embedded).await;
}

#[tokio::test]
async fn a_correction_withdraws_every_form_on_postgresql() {
    a_correction_withdraws_every_form(Engine::Postgres).await;
}

#[tokio::test]
async fn a_correction_withdraws_every_form_on_shards() {
    a_correction_withdraws_every_form(Engine::Sharded).await;
}

/// Both records have forms of their own before, and one record has them after.
async fn a_merge_withdraws_the_forms_of_both(engine: Engine) {
    let Some(world) = world(engine, 2).await else { return };
    let stays = world.vaccinate(MOBILE, 1).await;
    world.advance(HOUR * 24 * 100);
    let goes = world.enrol(OTHER, 2).await.unwrap();
    let visit = world.give(OTHER, goes, &first_dose(2)).await;
    let old = [forms(&world, MOBILE, stays).await, forms(&world, OTHER, goes).await];
    // A dose can be taken back for an hour, and is not merged before.
    world.advance(HOUR * 2);
    let other = Other::Shown { reference: &visit.reference, code: &visit.code };
    world.platform.merge_mine(&world.resident(MOBILE), stays, &other, None).await.unwrap();
    world.advance(HOUR);
    let after = world.bundle().await;
    let now = world.now().as_second();
    for form in old.iter().flatten() {
        assert!(verify(form, &after.trust, now) == Verdict::NotValid(NotValid::Withdrawn));
    }
    all_valid(&forms(&world, MOBILE, stays).await, &after.trust, now);
    let gone = world.platform.my_credential(&world.resident(OTHER), goes).await;
    assert!(matches!(gone, Err(Error::NotFound)));
}

#[tokio::test]
async fn a_merge_withdraws_the_forms_of_both_inside_the_program() {
    a_merge_withdraws_the_forms_of_both(Engine::Embedded).await;
}

#[tokio::test]
async fn a_merge_withdraws_the_forms_of_both_on_shards() {
    a_merge_withdraws_the_forms_of_both(Engine::Sharded).await;
}

#[tokio::test]
async fn entries_of_single_use_are_many_but_not_endless_and_each_another() {
    let world = world(Engine::Embedded, 3).await.unwrap();
    let id = world.vaccinate(MOBILE, 1).await;
    let (platform, ctx) = (&world.platform, world.resident(MOBILE));
    let row = platform.store().certificate(id).await.unwrap().unwrap();
    let mut seen = BTreeSet::new();
    for _ in 0..32 {
        let place = platform.allot_status(&ctx, &row).await.unwrap();
        assert!(seen.insert((place.address, place.index)));
    }
    // All of one list, which is half full for this bucket now.
    let addresses: BTreeSet<_> = seen.iter().map(|(address, _)| address.as_str()).collect();
    assert_eq!(addresses.into_iter().collect::<Vec<_>>(), [format!("{ADDRESS}/status/0")]);
    let beyond = platform.allot_status(&ctx, &row).await;
    assert!(matches!(beyond, Err(Error::NotAllotted(NotAllotted::TooMany))));
    let kept = platform.kept_status(&ctx, &row).await.unwrap();
    assert_eq!(kept.address, format!("{ADDRESS}/status/1"));
    // The next list is there before the first credential names it, the one after that is not.
    let anyone = world.ctx(Actor::Anyone);
    platform.status_list(&anyone, 2).await.unwrap();
    assert!(matches!(platform.status_list(&anyone, 3).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn a_list_is_made_anew_within_a_minute() {
    let world = world(Engine::Embedded, 4).await.unwrap();
    let id = world.vaccinate(MOBILE, 1).await;
    let list = async || {
        world.platform.status_list(&world.ctx(Actor::Anyone), 0).await.unwrap().to_string()
    };
    let first = list().await;
    world.advance(SignedDuration::from_secs(54));
    assert_eq!(list().await, first, "it is given to many");
    let resident = world.resident(MOBILE);
    world.platform.my_credential(&resident, id).await.unwrap();
    let change = Change { birth_year: Some(1981), ..Change::default() };
    world.platform.correct_my_details(&resident, id, &change, None).await.unwrap();
    world.advance(SignedDuration::from_secs(6));
    let bundle = world.bundle().await;
    let now = world.now().as_second();
    let read = credential::read(&list().await, &format!("{ADDRESS}/status/0"), &bundle.trust, now);
    let bits = read.unwrap().bits;
    assert!((0..1 << 22).any(|index| bits.at(index) == Some(true)), "a minute later it is there");
}

#[tokio::test]
async fn withdrawn_health_cards_are_listed_for_each_key_with_a_version_that_grows() {
    let world = world(Engine::Embedded, 5).await.unwrap();
    let id = world.vaccinate(MOBILE, 1).await;
    let card = forms(&world, MOBILE, id).await[1].clone();
    let anyone = || world.ctx(Actor::Anyone);
    let key = async || {
        let keys = world.platform.json_web_keys(&anyone()).await.unwrap();
        assert!(keys["keys"][1].get("crlVersion").is_none(), "of wallets there is no such list");
        (keys["keys"][0]["kid"].as_str().unwrap().to_owned(), keys["keys"][0]["crlVersion"].clone())
    };
    let list = async |kid: &str| world.platform.withdrawn_cards(&anyone(), kid).await;
    let (kid, version) = key().await;
    let before: Value = serde_json::from_str(&list(&kid).await.unwrap()).unwrap();
    let empty = serde_json::json!({ "kid": kid, "method": "rid", "ctr": 1, "rids": [] });
    assert_eq!((&before, &version), (&empty, &1.into()));
    assert!(matches!(list("x").await, Err(Error::NotFound)));

    world.advance(HOUR);
    let change = Change { birth_year: Some(1981), ..Change::default() };
    world.platform.correct_my_details(&world.resident(MOBILE), id, &change, None).await.unwrap();
    let (_, version) = key().await;
    let after: Value = serde_json::from_str(&list(&kid).await.unwrap()).unwrap();
    assert_eq!((&after["ctr"], &version), (&2.into(), &2.into()));
    // A verifier that has nothing of us but the key and this list knows the card.
    let now = world.now().as_second();
    let mut trust = world.bundle().await.trust;
    trust.add_withdrawn(read_revocation_list(ADDRESS, &before, now, now + 60).unwrap());
    assert!(matches!(verify(&card, &trust, now), Verdict::Valid(_)));
    trust.add_withdrawn(read_revocation_list(ADDRESS, &after, now, now + 60).unwrap());
    assert!(verify(&card, &trust, now) == Verdict::NotValid(NotValid::Withdrawn));
}

#[tokio::test]
async fn without_an_address_there_is_no_issuer_and_no_list() {
    let world = World::new(6).await;
    let id = world.vaccinate(MOBILE, 1).await;
    let (platform, ctx) = (&world.platform, world.resident(MOBILE));
    let row = platform.store().certificate(id).await.unwrap().unwrap();
    assert!(matches!(platform.my_credential(&ctx, id).await, Err(Error::Invalid(_))));
    assert!(matches!(platform.my_cowin(&ctx, id).await, Err(Error::Invalid(_))));
    assert!(matches!(platform.my_cowin_picture(&ctx, id).await, Err(Error::Invalid(_))));
    assert!(matches!(platform.allot_status(&ctx, &row).await, Err(Error::Invalid(_))));
    let anyone = world.ctx(Actor::Anyone);
    assert!(matches!(platform.status_list(&anyone, 0).await, Err(Error::NotFound)));
    let kid = platform.json_web_keys(&anyone).await.unwrap()["keys"][0]["kid"].clone();
    let cards = platform.withdrawn_cards(&anyone, kid.as_str().unwrap()).await;
    assert!(matches!(cards, Err(Error::NotFound)));
}

#[tokio::test]
async fn forms_are_for_their_own_account_and_until_the_certificate_expires() {
    let world = world(Engine::Embedded, 7).await.unwrap();
    let id = world.vaccinate(MOBILE, 1).await;
    let platform = &world.platform;
    let unvaccinated = world.enrol(MOBILE, 2).await.unwrap();
    for (mobile, of) in [(OTHER, id), (MOBILE, unvaccinated)] {
        let ctx = world.resident(mobile);
        assert!(matches!(platform.my_credential(&ctx, of).await, Err(Error::NotFound)));
        assert!(matches!(platform.my_cowin(&ctx, of).await, Err(Error::NotFound)));
    }
    world.advance(HOUR * 24 * 731);
    let ctx = world.resident(MOBILE);
    assert!(matches!(platform.my_credential(&ctx, id).await, Err(Error::Invalid(_))));
    assert!(matches!(platform.my_cowin(&ctx, id).await, Err(Error::Invalid(_))));
}

/// The code on the page at home is read as the certificate that it is.
#[tokio::test]
async fn the_page_at_home_has_both_codes_and_the_one_for_travel_has_not() {
    let world = world(Engine::Embedded, 8).await.unwrap();
    let id = world.vaccinate(MOBILE, 1).await;
    let bundle = world.bundle().await;
    let now = world.now().as_second();
    let formats = async |variant| {
        let paper = app::certificates::Paper { variant, ..Default::default() };
        let pdf = world.platform.my_certificate(&world.resident(MOBILE), id, paper).await.unwrap();
        let told = |payload: &Payload| match verify(payload, &bundle.trust, now) {
            Verdict::Valid(claims) | Verdict::ValidBut(claims, _) => claims.format,
            Verdict::NotValid(why) => panic!("not valid: {why}"),
        };
        payloads(&pdf).iter().map(told).collect::<Vec<_>>()
    };
    assert_eq!(formats(Variant::Domestic).await, [Format::Dcc, Format::Divoc]);
    assert_eq!(formats(Variant::International).await, [Format::Dcc]);
}

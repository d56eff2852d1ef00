//! A certificate on its way into a wallet and out of it again: offered, taken up once, bound to the
//! wallet's key, shown in part; and everybody else who tries to get it.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::sync::Arc;

use app::{
    Actor, Error, Platform,
    correction::Change,
    settings::{Limits, Settings},
    wallet::Refused,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use certs::{
    sd_jwt::{Asked, prove, prove_possession, verify_presented},
    signature::Scheme,
    signer::key::{LocalKey, SigningKey, make_key},
    verdict::{Caveat, Claims, Event, NotValid, Verdict},
    verify::verify_text,
};
use domain::{id::BeneficiaryId, person::Name};
use jiff::SignedDuration;
use serde_json::Value;
use store::StaffRole;
use testkit::world::{Engine, World};

const MOBILE: &str = "7500000001";
const OTHER: &str = "7500000002";
const ISSUER: &str = "https://teeka.example";
const GATE: Asked<'_> = Asked { audience: "https://gate.example", nonce: "gate-1" };

fn settings() -> Settings {
    Settings { limits: None, public_address: Some(ISSUER.to_owned()), ..Settings::default() }
}

/// A world where somebody has a first dose.
async fn world_with(engine: Engine, settings: Settings) -> Option<(World, BeneficiaryId)> {
    let world = World::on(engine, 41, settings).await?;
    let id = world.vaccinate(MOBILE, 1).await;
    Some((world, id))
}

async fn world() -> (World, BeneficiaryId) {
    world_with(Engine::Embedded, settings()).await.unwrap()
}

fn key() -> LocalKey {
    LocalKey::from_pem(&make_key(Scheme::Es256).unwrap()).unwrap()
}

/// The code of an offer, and the six digits that were sent.
struct Taken {
    code: String,
    digits: String,
}

/// What a wallet reads of an offer.
fn read(link: &str) -> Value {
    let offer = link.strip_prefix("openid-credential-offer://?credential_offer=").unwrap();
    let offer = percent_encoding::percent_decode_str(offer).decode_utf8().unwrap();
    serde_json::from_str(&offer).unwrap()
}

fn code_of(link: &str) -> String {
    let grants = &read(link)["grants"];
    grants[app::wallet::GRANT]["pre-authorized_code"].as_str().unwrap().to_owned()
}

/// The six digits that were sent last.
async fn digits(world: &World) -> String {
    // Ids of messages are in order of time.
    world.advance(SignedDuration::from_millis(2));
    let now = world.now();
    let mut sent = world.platform.store().lease_messages(now, now, 1_000).await.unwrap();
    sent.retain(|message| message.kind == "wallet");
    sent.sort_by_key(|message| message.id);
    let opened = world
        .platform
        .open_message(&world.ctx(app::Actor::System), sent.last().unwrap())
        .await
        .unwrap()
        .unwrap();
    let (_, rest) = opened.text.expose().split_once("wallet is ").unwrap();
    rest[..6].to_owned()
}

async fn offered(world: &World, mobile: &str, id: BeneficiaryId) -> Taken {
    let offer = world.platform.offer_to_wallet(&world.resident(mobile), id).await.unwrap();
    assert_eq!(offer.seconds, 300);
    let code = code_of(&offer.link);
    Taken { code, digits: digits(world).await }
}

async fn redeem(world: &World, code: &str, digits: &str) -> Result<String, Refused> {
    let token = world.platform.redeem_offer(&world.ctx(Actor::Anyone), code, digits).await?;
    Ok(token.expose().clone())
}

async fn token(world: &World, mobile: &str, id: BeneficiaryId) -> String {
    let taken = offered(world, mobile, id).await;
    redeem(world, &taken.code, &taken.digits).await.unwrap()
}

/// A proof over a new nonce.
fn proof(world: &World, key: &LocalKey) -> String {
    let nonce = world.platform.wallet_nonce(&world.ctx(Actor::Anyone));
    proof_over(world, key, &nonce)
}

fn proof_over(world: &World, key: &LocalKey, nonce: &str) -> String {
    let asked = Asked { audience: ISSUER, nonce };
    prove_possession(key, &asked, world.now().as_second()).unwrap()
}

async fn issue(world: &World, token: &str, proof: &str) -> Result<String, Refused> {
    world.platform.issue_to_wallet(&world.ctx(Actor::Anyone), token, proof).await
}

/// What was issued with some of its fields.
fn showing(certificate: &str, names: &[&str]) -> String {
    let mut parts = certificate.trim_end_matches('~').split('~');
    let mut text = format!("{}~", parts.next().unwrap());
    for part in parts {
        let fields: Value = serde_json::from_slice(&base64_of(part)).unwrap();
        if names.contains(&fields[1].as_str().unwrap()) {
            text.extend([part, "~"]);
        }
    }
    text
}

fn held(verdict: Verdict) -> (Claims, Vec<Caveat>) {
    match verdict {
        Verdict::Valid(claims) => (claims, Vec::new()),
        Verdict::ValidBut(claims, caveats) => (claims, caveats),
        Verdict::NotValid(why) => panic!("{why:?}"),
    }
}

/// What a verifier knows who has nothing to add.
fn valid(verdict: Verdict) -> Claims {
    let (claims, caveats) = held(verdict);
    assert_eq!(caveats, []);
    claims
}

async fn into_a_wallet_and_out_of_it(engine: Engine) {
    let Some((world, id)) = world_with(engine, settings()).await else { return };
    let wallet = key();
    let token = token(&world, MOBILE, id).await;
    let certificate = issue(&world, &token, &proof(&world, &wallet)).await.unwrap();
    let (trust, now) = (world.bundle().await.trust, world.now().as_second());
    let said = |text: &str| verify_presented(text, &trust, now, &GATE);
    let shown = |names: &[&str], key: &LocalKey| {
        prove(&showing(&certificate, names), key, GATE.audience, GATE.nonce, now).unwrap()
    };
    // All of it, for whom its holder wants to tell all.
    let all = ["name", "given_on", "vaccine", "facility", "birth_year", "lot", "certificate_id"];
    let claims = valid(said(&shown(&all, &wallet)));
    assert_eq!(claims.issuer, ISSUER);
    assert_eq!(claims.events[0].on.as_deref(), Some("2022-02-01"));
    assert!(claims.name.is_some() && claims.born.is_some() && claims.id.is_some());
    assert!(claims.events[0].place.is_some() && claims.events[0].lot.is_some());
    // Vaccinated, and nothing else.
    let claims = valid(said(&shown(&[], &wallet)));
    let vaccinated = Event { disease: claims.events[0].disease.clone(), ..Event::default() };
    assert!(claims.events == [vaccinated] && claims.name.is_none() && claims.born.is_none());
    assert!(claims.id.is_none());
    let instants = [claims.issued_at, claims.expires_at].map(Option::unwrap);
    assert_eq!(instants[0] % 86_400, 0, "not when the wallet asked");
    assert_eq!(instants[1], 1_706_745_600, "the month, not the second, of the dose");
    // Another wallet cannot show it.
    assert!(said(&shown(&["name"], &key())) == Verdict::NotValid(NotValid::Holder));

    // Each has an entry of its own in a status list, and goes with the dose's own certificate, also
    // where nothing of it is shown.
    let again = self::token(&world, MOBILE, id).await;
    let second = issue(&world, &again, &proof(&world, &wallet)).await.unwrap();
    assert_ne!(entry(&certificate), entry(&second));
    world.advance(SignedDuration::from_hours(1));
    let named =
        Change { name: Some(Name::parse("आशा देवी").unwrap()), ..Change::default() };
    world.platform.correct_my_details(&world.resident(MOBILE), id, &named, None).await.unwrap();
    let (trust, now) = (world.bundle().await.trust, world.now().as_second());
    for old in [&certificate, &second] {
        let shown = prove(&showing(old, &[]), &wallet, GATE.audience, GATE.nonce, now).unwrap();
        let said = verify_presented(&shown, &trust, now, &GATE);
        assert!(said == Verdict::NotValid(NotValid::Withdrawn));
    }
}

/// Where a certificate says that its status is.
fn entry(certificate: &str) -> Value {
    let jwt = certificate.split('~').next().unwrap();
    let payload = base64_of(jwt.split('.').nth(1).unwrap());
    serde_json::from_slice::<Value>(&payload).unwrap()["status"].clone()
}

#[tokio::test]
async fn a_certificate_goes_into_a_wallet_and_out_of_it_inside_the_program() {
    into_a_wallet_and_out_of_it(Engine::Embedded).await;
}

#[tokio::test]
async fn a_certificate_goes_into_a_wallet_and_out_of_it_on_postgresql() {
    into_a_wallet_and_out_of_it(Engine::Postgres).await;
}

#[tokio::test]
async fn a_certificate_goes_into_a_wallet_and_out_of_it_on_shards() {
    into_a_wallet_and_out_of_it(Engine::Sharded).await;
}

#[tokio::test]
async fn an_offer_names_issuer_and_certificate_and_its_picture_is_the_link() {
    let (world, id) = world().await;
    let offer = world.platform.offer_to_wallet(&world.resident(MOBILE), id).await.unwrap();
    let said = read(&offer.link);
    let digits = digits(&world).await;
    assert_eq!(said["credential_issuer"], ISSUER);
    assert_eq!(said["credential_configuration_ids"], serde_json::json!(["vaccination"]));
    let asked = &said["grants"][app::wallet::GRANT]["tx_code"];
    assert_eq!((&asked["length"], digits.len()), (&6.into(), 6));
    assert!(!offer.link.contains(&digits), "they go another way");
    assert!(offer.picture.unwrap().starts_with("<svg"));
    let code = base64_of(&code_of(&offer.link));
    let again = world.platform.offer_to_wallet(&world.resident(MOBILE), id).await.unwrap();
    let other = base64_of(&code_of(&again.link));
    assert_eq!(code.len(), 32);
    assert!(code[..16] != other[..16] && code[16..] != other[16..]);
    // Nothing that is kept opens anything: the store has digests.
    let kept = world.platform.store();
    let folder = tempfile::tempdir().unwrap();
    kept.backup(folder.path()).await.unwrap();
    let copy = std::fs::read(folder.path().join("teeka.sqlite")).unwrap();
    let has = |bytes: &[u8]| copy.windows(bytes.len()).any(|part| part == bytes);
    assert!(has(&other[..16]) && !has(&other[16..]), "the id, and not the secret");
    assert!(!has(digits.as_bytes()));
}

fn base64_of(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

fn base64_text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[tokio::test]
async fn only_the_persons_own_account_is_made_an_offer_and_only_with_a_dose() {
    let (world, id) = world().await;
    let unvaccinated = world.enrol(MOBILE, 2).await.unwrap();
    let world = &world;
    let offer = |ctx: app::Ctx, id| async move {
        world.platform.offer_to_wallet(&ctx, id).await.err().map(|error| error.to_string())
    };
    for (ctx, id, refused) in [
        (world.resident(OTHER), id, "not found"),
        (world.resident(MOBILE), unvaccinated, "not found"),
        (world.ctx(Actor::Anyone), id, "sign in first"),
        (world.staff(StaffRole::FacilityManager, 1), id, "not permitted"),
        (world.ctx(Actor::System), id, "not permitted"),
    ] {
        assert_eq!(offer(ctx, id).await.as_deref(), Some(refused));
    }
    world.advance(SignedDuration::from_hours(24 * 731));
    let late = offer(world.resident(MOBILE), id).await.unwrap();
    assert!(late.contains("expired"), "{late}");
}

#[tokio::test]
async fn without_an_address_there_is_a_clear_answer() {
    let nowhere = Settings { public_address: None, ..settings() };
    let (world, id) = world_with(Engine::Embedded, nowhere).await.unwrap();
    let refused = world.platform.offer_to_wallet(&world.resident(MOBILE), id).await;
    assert!(matches!(refused, Err(Error::Invalid(text)) if text.contains("public https address")));
    let issued = issue(&world, "token", "proof").await;
    assert!(matches!(issued, Err(Refused::Other(Error::Invalid(_)))), "{issued:?}");
}

#[tokio::test]
async fn wrong_digits_do_not_open_an_offer_and_three_of_them_void_it() {
    let (world, id) = world().await;
    let taken = offered(&world, MOBILE, id).await;
    let wrong = if taken.digits == "123456" { "123457" } else { "123456" };
    for odd in [wrong, ""] {
        assert!(matches!(redeem(&world, &taken.code, odd).await, Err(Refused::Grant)));
    }
    assert!(redeem(&world, &taken.code, &taken.digits).await.is_ok(), "two were wrong");

    let taken = offered(&world, MOBILE, id).await;
    for _ in 0..3 {
        assert!(matches!(redeem(&world, &taken.code, "").await, Err(Refused::Grant)));
    }
    let right = redeem(&world, &taken.code, &taken.digits).await;
    assert!(matches!(right, Err(Refused::Grant)), "three were wrong");
    // The digits of one offer do not open another.
    let other = world.vaccinate(OTHER, 2).await;
    let (one, two) = (offered(&world, MOBILE, id).await, offered(&world, OTHER, other).await);
    if one.digits != two.digits {
        assert!(matches!(redeem(&world, &one.code, &two.digits).await, Err(Refused::Grant)));
    }
}

#[tokio::test]
async fn a_code_is_good_for_five_minutes_and_once() {
    let (world, id) = world().await;
    let late = offered(&world, MOBILE, id).await;
    world.advance(SignedDuration::from_secs(300));
    assert!(matches!(redeem(&world, &late.code, &late.digits).await, Err(Refused::Grant)));

    let taken = offered(&world, MOBILE, id).await;
    world.advance(SignedDuration::from_secs(299));
    let token = redeem(&world, &taken.code, &taken.digits).await.unwrap();
    assert!(matches!(redeem(&world, &taken.code, &taken.digits).await, Err(Refused::Grant)));
    // The one who was first has what they came for.
    assert!(issue(&world, &token, &proof(&world, &key())).await.is_ok());
    assert!(matches!(redeem(&world, &taken.code, &taken.digits).await, Err(Refused::Grant)));

    let other = offered(&world, MOBILE, id).await;
    // The right offer, and another secret.
    let mut forged = base64_of(&other.code);
    forged[31] ^= 1;
    let forged = base64_text(&forged);
    assert!(matches!(redeem(&world, &forged, &other.digits).await, Err(Refused::Grant)));
    for odd in ["", "x", &"A".repeat(43), &"é".repeat(43), &token] {
        assert!(matches!(redeem(&world, odd, &taken.digits).await, Err(Refused::Grant)), "{odd}");
    }
    let first = offered(&world, MOBILE, id).await;
    let second = offered(&world, MOBILE, id).await;
    assert!(matches!(redeem(&world, &first.code, &first.digits).await, Err(Refused::Grant)));
    assert!(redeem(&world, &second.code, &second.digits).await.is_ok(), "the last one counts");
}

#[tokio::test]
async fn a_token_is_good_for_five_minutes_once_and_for_its_own_person() {
    let (world, id) = world().await;
    let other = world.vaccinate(OTHER, 2).await;
    let (mine, theirs) = (token(&world, MOBILE, id).await, token(&world, OTHER, other).await);
    let reads = |certificate: String| {
        let shown = showing(&certificate, &["certificate_id"]);
        let world = &world;
        async move {
            let trust = world.bundle().await.trust;
            held(verify_text(&shown, &trust, world.now().as_second())).0.id.unwrap()
        }
    };
    let one = reads(issue(&world, &mine, &proof(&world, &key())).await.unwrap()).await;
    let two = reads(issue(&world, &theirs, &proof(&world, &key())).await.unwrap()).await;
    assert_ne!(one, two, "each token has its person's certificate");
    let again = issue(&world, &mine, &proof(&world, &key())).await;
    assert!(matches!(again, Err(Refused::Token)), "used");

    let (mine, theirs) = (token(&world, MOBILE, id).await, token(&world, OTHER, other).await);
    // The place of one and the secret of the other: of one offer, and kept in one bucket.
    let (mut one, two) = (base64_of(&mine), base64_of(&theirs));
    one[16..].copy_from_slice(&two[16..]);
    let mixed = base64_text(&one);
    let unredeemed = offered(&world, MOBILE, id).await;
    for odd in [&*mixed, &unredeemed.code, "", "e.y.J", &"A".repeat(43), &"A".repeat(100_000)] {
        let refused = issue(&world, odd, &proof(&world, &key())).await;
        assert!(matches!(refused, Err(Refused::Token)), "{odd}");
    }
    world.advance(SignedDuration::from_secs(300));
    let late = issue(&world, &mine, &proof(&world, &key())).await;
    assert!(matches!(late, Err(Refused::Token)));
}

#[tokio::test]
async fn a_nonce_and_a_proof_count_once_and_only_if_they_are_ours() {
    let (world, id) = world().await;
    let other = world.vaccinate(OTHER, 2).await;
    let (mine, theirs) = (token(&world, MOBILE, id).await, token(&world, OTHER, other).await);
    let wallet = key();
    let anyone = world.ctx(Actor::Anyone);
    let nonce = world.platform.wallet_nonce(&anyone);
    let proof = proof_over(&world, &wallet, &nonce);
    assert!(issue(&world, &theirs, &proof).await.is_ok());
    // Neither the proof again, nor a new one over the same nonce.
    for again in [proof, proof_over(&world, &key(), &nonce)] {
        assert!(matches!(issue(&world, &mine, &again).await, Err(Refused::Nonce)));
    }
    for odd in ["", "1", &"A".repeat(75), &"é".repeat(40)] {
        let proof = proof_over(&world, &wallet, odd);
        assert!(matches!(issue(&world, &mine, &proof).await, Err(Refused::Nonce)), "{odd}");
    }
    let late = world.platform.wallet_nonce(&anyone);
    world.advance(SignedDuration::from_secs(300));
    let mine = token(&world, MOBILE, id).await;
    let late = proof_over(&world, &wallet, &late);
    assert!(matches!(issue(&world, &mine, &late).await, Err(Refused::Nonce)), "too old");
    // All that left the token as it was.
    assert!(issue(&world, &mine, &self::proof(&world, &wallet)).await.is_ok());
}

#[tokio::test]
async fn a_proof_for_another_issuer_or_by_another_key_is_none() {
    let (world, id) = world().await;
    let token = token(&world, MOBILE, id).await;
    let (wallet, now) = (key(), world.now().as_second());
    let nonce = || world.platform.wallet_nonce(&world.ctx(Actor::Anyone));
    let (one, two, three) = (nonce(), nonce(), nonce());
    let elsewhere = Asked { audience: "https://other.example", nonce: &one };
    let mut wrong = vec![
        prove_possession(&wallet, &elsewhere, now).unwrap(),
        prove_possession(&wallet, &Asked { audience: ISSUER, nonce: &two }, now - 301).unwrap(),
        String::new(),
        "e.y.J".to_owned(),
        "A".repeat(1_000_000),
    ];
    let good = prove_possession(&wallet, &Asked { audience: ISSUER, nonce: &three }, now).unwrap();
    let (_, rest) = good.split_once('.').unwrap();
    let (payload, _) = rest.rsplit_once('.').unwrap();
    let jwk = wallet.public_key().to_jwk();
    for alg in ["none", "HS256"] {
        let header = serde_json::json!({ "typ": "openid4vci-proof+jwt", "alg": alg, "jwk": jwk })
            .to_string();
        wrong.push(format!("{}.{payload}.", base64_text(header.as_bytes())));
    }
    for proof in &wrong {
        let refused = issue(&world, &token, proof).await;
        let begin: String = proof.chars().take(200).collect();
        assert!(matches!(refused, Err(Refused::Proof)), "{begin}");
    }
    assert!(issue(&world, &token, &good).await.is_ok(), "a refused proof uses nothing up");
}

#[tokio::test]
async fn many_wallets_at_once_get_one_certificate() {
    let (world, id) = world().await;
    let world = Arc::new(world);
    let token = token(&world, MOBILE, id).await;
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let (world, token) = (Arc::clone(&world), token.clone());
            tokio::spawn(async move {
                let proof = proof(&world, &key());
                issue(&world, &token, &proof).await.is_ok()
            })
        })
        .collect();
    let mut issued = 0;
    for task in tasks {
        issued += u32::from(task.await.unwrap());
    }
    assert_eq!(issued, 1);
}

#[tokio::test]
async fn what_is_issued_is_what_is_on_record_then() {
    let (world, id) = world().await;
    let token = token(&world, MOBILE, id).await;
    let named =
        Change { name: Some(Name::parse("आशा देवी").unwrap()), ..Change::default() };
    let platform: &Platform = &world.platform;
    platform.correct_my_details(&world.resident(MOBILE), id, &named, None).await.unwrap();
    let certificate = issue(&world, &token, &proof(&world, &key())).await.unwrap();
    let trust = world.bundle().await.trust;
    let shown = showing(&certificate, &["name"]);
    let (claims, _) = held(verify_text(&shown, &trust, world.now().as_second()));
    assert_eq!(claims.name.as_deref(), Some("आशा देवी"));
}

#[tokio::test]
async fn an_account_is_sent_so_many_digits_a_day_and_failures_slow_everybody_down() {
    let limits = Limits { codes_per_mobile: 2, failures_per_minute: 2, ..Limits::default() };
    let limited = Settings { limits: Some(limits), ..settings() };
    let (world, id) = world_with(Engine::Embedded, limited).await.unwrap();
    let first = offered(&world, MOBILE, id).await;
    offered(&world, MOBILE, id).await;
    let blocked = world.platform.offer_to_wallet(&world.resident(MOBILE), id).await;
    assert!(matches!(blocked, Err(Error::CodesBlocked { .. })));
    world.advance(SignedDuration::from_hours(24));
    let taken = offered(&world, MOBILE, id).await;
    // A code that nobody knows is no failure: it tells nothing about any digits.
    for _ in 0..5 {
        assert!(matches!(redeem(&world, &first.code, "1").await, Err(Refused::Grant)));
    }
    for _ in 0..2 {
        assert!(matches!(redeem(&world, &taken.code, "1").await, Err(Refused::Grant)));
    }
    for digits in ["1", &taken.digits] {
        let slowed = redeem(&world, &taken.code, digits).await;
        assert!(matches!(slowed, Err(Refused::Grant | Refused::Other(Error::TooMany { .. }))));
    }
    let slowed = redeem(&world, &taken.code, &taken.digits).await;
    assert!(matches!(slowed, Err(Refused::Other(Error::TooMany { .. }))), "{slowed:?}");
}

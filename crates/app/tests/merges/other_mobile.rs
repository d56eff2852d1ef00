//! The other record is of another mobile, which the resident proves with a password of its own.

use app::{
    Error,
    merge::other::{Other, OtherPeople},
    settings::{Limits, Settings},
    sign_in::{Audience, sha256_hex},
};
use domain::person::Mobile;
use store::NotMerged;
use testkit::world::{Engine, World};
use uuid::Uuid;

use super::{HOUR, MOBILE, certificate, is_one, is_only_looked_at, twice, vaccinated};

const ENGINES: [Engine; 3] = [Engine::Embedded, Engine::Postgres, Engine::Sharded];

fn parsed(mobile: &str) -> Mobile {
    Mobile::parse(mobile).unwrap_or_else(|why| panic!("{why}"))
}

async fn ask(world: &World, mobile: &str) -> app::Result<Uuid> {
    // Ids of messages are in order of time.
    world.advance(jiff::SignedDuration::from_millis(2));
    let resident = world.resident(MOBILE);
    world.platform.ask_other_mobile(&resident, &parsed(mobile), "a").await
}

/// The text of the message sent last to a mobile.
async fn last_text(world: &World, mobile: &str) -> String {
    let store = world.platform.store();
    let mut due = store.lease_messages(world.now(), world.now(), 1_000).await.unwrap();
    due.sort_by_key(|message| std::cmp::Reverse(message.id));
    for message in due {
        let opened = world
            .platform
            .open_message(&world.ctx(app::Actor::System), &message)
            .await
            .unwrap()
            .unwrap();
        if opened.to.expose() == mobile {
            return opened.text.expose().clone();
        }
    }
    panic!("nothing was sent");
}

/// The password in a text.
fn digits(text: &str) -> String {
    let mut words = text.split(|c: char| !c.is_ascii_digit());
    words.find(|word| word.len() == 6).unwrap().to_owned()
}

async fn prove(world: &World, transaction: Uuid, digits: &str) -> app::Result<OtherPeople> {
    let resident = world.resident(MOBILE);
    world.platform.prove_other_mobile(&resident, transaction, &sha256_hex(digits)).await
}

#[tokio::test]
async fn whoever_proves_the_other_mobile_merges_its_record() {
    for engine in ENGINES {
        let Some(world) = World::on(engine, 1, Settings::default()).await else { continue };
        let (stays, goes) = twice(&world).await;
        let old = [certificate(&world, &stays).await, certificate(&world, &goes).await];
        let transaction = ask(&world, &goes.mobile).await.unwrap();
        let text = last_text(&world, &goes.mobile).await;
        assert!(text.contains("another mobile's account") && text.contains("Tell it to nobody"));
        let found = prove(&world, transaction, &digits(&text)).await.unwrap();
        assert_eq!(found.people.iter().map(|one| one.id).collect::<Vec<_>>(), [goes.id]);
        is_only_looked_at(&world, &goes).await;
        let again = prove(&world, transaction, &digits(&text)).await;
        assert!(matches!(again, Err(Error::CodeExpired)), "a password counts once");

        let other = Other::Proven { id: goes.id, proof: &found.proof };
        let (platform, resident) = (&world.platform, world.resident(MOBILE));
        let outlook = platform.look_at_mine(&resident, stays.id, &other).await.unwrap();
        let numbers: Vec<_> = outlook.series.iter().map(|dose| dose.number).collect();
        assert_eq!((outlook.stays.id, outlook.goes.id, numbers), (stays.id, goes.id, vec![1, 2]));
        for _ in 0..2 {
            platform.merge_mine(&resident, stays.id, &other, Some("once")).await.unwrap();
        }
        let looked = platform.look_at_mine(&resident, stays.id, &other).await;
        assert!(matches!(looked, Err(Error::NotMerged(NotMerged::Gone))));
        world.advance(HOUR);
        is_one(&world, &stays, &goes, &old).await;
    }
}

#[tokio::test]
async fn a_proof_is_of_one_account_about_one_account_for_a_quarter_of_an_hour() {
    let world = World::new(1).await;
    let (stays, goes) = twice(&world).await;
    let transaction = ask(&world, &goes.mobile).await.unwrap();
    let found = prove(&world, transaction, &digits(&last_text(&world, &goes.mobile).await)).await;
    let proof = found.unwrap().proof;
    let platform = &world.platform;
    let merge = async |mobile: &str, stays, goes, proof: &str| {
        let other = Other::Proven { id: goes, proof };
        platform.merge_mine(&world.resident(mobile), stays, &other, None).await
    };
    // Somebody else who finds the proof.
    let thief = vaccinated(&world, "9100000001", 3).await;
    let stolen = merge(&thief.mobile, thief.id, goes.id, &proof).await;
    assert!(matches!(stolen, Err(Error::CodeExpired)));
    // A record of a third account.
    let third = merge(MOBILE, stays.id, thief.id, &proof).await;
    assert!(matches!(third, Err(Error::NotFound)));
    // One letter is another, the account, the time and the digest in turn.
    for place in [0, 34, proof.len() - 1] {
        let mut forged = proof.clone().into_bytes();
        forged[place] = if forged[place] == b'1' { b'2' } else { b'1' };
        let forged = merge(MOBILE, stays.id, goes.id, &String::from_utf8(forged).unwrap()).await;
        assert!(matches!(forged, Err(Error::CodeExpired)), "at {place}");
    }
    for nonsense in ["", ".", "..", "a.b.c", "\u{1f489}.9.9"] {
        let refused = merge(MOBILE, stays.id, goes.id, nonsense).await;
        assert!(matches!(refused, Err(Error::CodeExpired)));
        let refused = platform.other_people(&world.resident(MOBILE), nonsense).await;
        assert!(matches!(refused, Err(Error::CodeExpired)));
    }
    world.advance(HOUR / 4 - jiff::SignedDuration::from_secs(1));
    assert!(platform.other_people(&world.resident(MOBILE), &proof).await.is_ok());
    world.advance(jiff::SignedDuration::from_secs(1));
    let late = merge(MOBILE, stays.id, goes.id, &proof).await;
    assert!(matches!(late, Err(Error::CodeExpired)));
    assert_eq!(platform.my_people(&world.resident(&goes.mobile)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_password_to_merge_opens_nothing_else_and_one_to_sign_in_does_not_merge() {
    let world = World::new(1).await;
    let (_, goes) = twice(&world).await;
    let platform = &world.platform;
    let transaction = ask(&world, &goes.mobile).await.unwrap();
    let hashed = sha256_hex(digits(&last_text(&world, &goes.mobile).await));
    for audience in [Audience::Public, Audience::Resident, Audience::Staff, Audience::Status] {
        let ctx = world.resident(MOBILE);
        let signed_in = platform.confirm_code(&ctx, transaction, &hashed, audience).await;
        assert!(matches!(signed_in, Err(Error::CodeExpired)), "{audience:?}");
    }
    world.advance(jiff::SignedDuration::from_millis(2));
    let (ctx, mobile) = (world.resident(MOBILE), parsed(&goes.mobile));
    let transaction = platform.send_code(&ctx, &mobile, Audience::Resident, "a").await.unwrap();
    let code = digits(&last_text(&world, &goes.mobile).await);
    assert!(matches!(prove(&world, transaction, &code).await, Err(Error::CodeExpired)));
}

#[tokio::test]
async fn nobody_learns_whether_a_mobile_is_known_and_the_limits_of_passwords_hold() {
    let limits = Limits { codes_per_mobile: 3, ..Limits::default() };
    let settings = Settings { limits: Some(limits), ..Settings::default() };
    let world = World::with_settings(1, settings).await;
    let (_, goes) = twice(&world).await;
    for mobile in [goes.mobile.as_str(), "9100000009"] {
        for _ in 0..3 {
            ask(&world, mobile).await.unwrap();
        }
        assert!(matches!(ask(&world, mobile).await, Err(Error::CodesBlocked { .. })));
    }
    let own = ask(&world, MOBILE).await;
    assert!(matches!(own, Err(Error::Invalid(text)) if text.starts_with("mobile")));
    // Who holds the unknown mobile sees that nobody is registered with it; nobody else does.
    world.advance(HOUR * 24);
    let transaction = ask(&world, "9100000009").await.unwrap();
    let code = digits(&last_text(&world, "9100000009").await);
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..4 {
        assert!(matches!(prove(&world, transaction, wrong).await, Err(Error::WrongCode)));
    }
    assert!(prove(&world, transaction, &code).await.unwrap().people.is_empty());
    let transaction = ask(&world, &goes.mobile).await.unwrap();
    let code = digits(&last_text(&world, &goes.mobile).await);
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        assert!(prove(&world, transaction, wrong).await.is_err());
    }
    assert!(matches!(prove(&world, transaction, &code).await, Err(Error::CodeExpired)));
}

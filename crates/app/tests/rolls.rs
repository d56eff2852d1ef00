//! Rolls as an operator makes them: only they may, whole or not at all, and nobody's number can be read in
//! what is left in the folder.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::{
    fs, io,
    sync::atomic::{AtomicU64, Ordering},
};

use app::{
    Actor, Error,
    rolls::{Named, RollId, Rolls, is_title},
    settings::Settings,
};
use domain::person::Mobile;
use oprf::number::Number;
use testkit::world::World;

fn named(title: &str) -> Named {
    Named { id: RollId::of_case(b"a case"), title: title.to_owned(), holds: Vec::new() }
}

fn numbers(count: u64) -> Vec<Number> {
    (0..count).map(|number| Number::mobile(&format!("98{number:08}")).unwrap()).collect()
}

async fn world(folder: &tempfile::TempDir) -> World {
    let rolls = Some(folder.path().join("rolls"));
    World::with_settings(91, Settings { limits: None, rolls, ..Settings::default() }).await
}

#[tokio::test]
async fn only_the_operator_makes_a_roll_and_it_has_a_title() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(&folder).await;
    let mobile = Mobile::parse("7500000001").unwrap();
    let account = world.platform.account_of(&mobile).await.unwrap();
    for actor in [Actor::Anyone, Actor::Resident { account }] {
        let refused = world.platform.make_roll(&world.ctx(actor), named("A"), &numbers(1), |_| {});
        assert!(matches!(refused, Err(Error::Unauthenticated | Error::Forbidden)));
    }
    let ctx = world.ctx(Actor::System);
    for title in ["", " ", "a\nb", &"a".repeat(81)] {
        assert!(!is_title(title));
        let refused = world.platform.make_roll(&ctx, named(title), &numbers(1), |_| {});
        assert!(matches!(refused, Err(Error::Invalid(_))), "{title:?}");
    }
    // Whoever is not signed in asks nothing openly, and gets no questions.
    let anyone = world.ctx(Actor::Anyone);
    let id = RollId::of_case(b"a case");
    let asked = world.platform.ask_openly(&anyone, &id, "7500000001").await;
    assert!(matches!(asked, Err(Error::Unauthenticated)));
    let asked = world.platform.confirm_questions(&anyone, &[[1; 32]]).await;
    assert!(matches!(asked, Err(Error::Unauthenticated)));
}

#[tokio::test]
async fn a_roll_tells_nobody_s_number_and_every_number_is_done_once() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(&folder).await;
    let (ctx, done) = (world.ctx(Actor::System), AtomicU64::new(0));
    let told = |more| {
        done.fetch_add(more, Ordering::Relaxed);
    };
    let (roll, buckets) =
        world.platform.make_roll(&ctx, named("A"), &numbers(1_001), told).unwrap();
    assert_eq!(done.into_inner(), 1_001);
    let rolls = world.platform.rolls_folder().unwrap();
    rolls.publish(&roll, &buckets).unwrap();
    let id = RollId::parse(&roll.id).unwrap();
    assert_eq!(rolls.roll(&id).unwrap(), Some(roll.clone()));
    assert_eq!(rolls.bucket(&id, 0).unwrap().unwrap(), buckets);
    // The same numbers under the key of another case stand elsewhere: a tag tells nothing by itself.
    let other = Named { id: RollId::of_case(b"another"), ..named("B") };
    let (other, elsewhere) =
        world.platform.make_roll(&ctx, other, &numbers(1_001), |_| {}).unwrap();
    assert_ne!(other.key, roll.key);
    let ours: Vec<_> = buckets.chunks(8).collect();
    assert!(elsewhere.chunks(8).all(|tag| !ours.contains(&tag)));
    let text = fs::read_to_string(folder.path().join("rolls").join(&roll.id).join("roll.json"));
    assert!(!text.unwrap().contains("98000"));
}

#[test]
fn a_roll_is_there_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let rolls = Rolls::new(folder.path().join("rolls"));
    let id = RollId::of_case(b"a case");
    assert_eq!((rolls.all().unwrap().len(), rolls.withdraw(&id).unwrap()), (0, false));
    let roll = app::rolls::Roll {
        id: id.as_str().to_owned(),
        title: "A".to_owned(),
        published_at: "2022-02-01T00:00:00Z".to_owned(),
        holds: vec![],
        key: "00".to_owned(),
        bits: 1,
        bucket_bytes: 8,
        sha256: String::new(),
    };
    // What a crash left behind does not stand in the way, and is not found.
    let left = folder.path().join("rolls").join(format!("{}.new", id.as_str()));
    fs::create_dir_all(&left).unwrap();
    fs::write(left.join("buckets"), b"half").unwrap();
    assert!(rolls.all().unwrap().is_empty());
    rolls.publish(&roll, &[1; 16]).unwrap();
    assert_eq!(rolls.bucket(&id, 1).unwrap(), Some(vec![1; 8]));
    assert_eq!(rolls.bucket(&id, 2).unwrap(), None);
    let again = rolls.publish(&roll, &[1; 16]).unwrap_err();
    assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
    // Of a newer one, the newest is first; a description of another name is an error.
    let newer = app::rolls::Roll {
        id: "0123456789abcdef".to_owned(),
        published_at: "2022-02-02T00:00:00Z".to_owned(),
        ..roll.clone()
    };
    rolls.publish(&newer, &[1; 16]).unwrap();
    assert_eq!(rolls.all().unwrap(), [newer, roll]);
    let file = folder.path().join("rolls").join(id.as_str()).join("roll.json");
    for bent in ["{}", "", "[1]"] {
        fs::write(&file, bent).unwrap();
        assert!(rolls.roll(&id).is_err(), "{bent}");
    }
    assert!(rolls.withdraw(&id).unwrap());
    assert_eq!(rolls.all().unwrap().len(), 1);
    for odd in
        ["", "..", "0123456789abcde", "0123456789ABCDEF", "../456789abcdef0", "é123456789abcde"]
    {
        assert_eq!(RollId::parse(odd), None);
    }
}

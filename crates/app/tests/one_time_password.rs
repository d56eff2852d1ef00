//! What a one-time password is worth to whoever did not get the message, on each engine.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::sync::Arc;

use app::{
    Actor, Error,
    settings::{Limits, Settings},
    sign_in::{Audience, SignedIn, sha256_hex},
};
use domain::{id::StateId, person::Mobile};
use jiff::SignedDuration;
use testkit::world::{Engine, World};
use uuid::Uuid;

const ENGINES: [Engine; 3] = [Engine::Embedded, Engine::Postgres, Engine::Sharded];

/// A platform with limits on each engine that is installed.
async fn worlds(seed: u64, limits: Limits) -> Vec<World> {
    let mut worlds = Vec::new();
    for engine in ENGINES {
        let settings = Settings { limits: Some(limits), ..Settings::default() };
        worlds.extend(World::on(engine, seed, settings).await);
    }
    worlds
}

async fn send(world: &World, mobile: &str, source: &str) -> app::Result<Uuid> {
    let mobile = Mobile::parse(mobile).unwrap_or_else(|why| panic!("{why}"));
    let ctx = world.ctx(Actor::Anyone);
    world.platform.send_code(&ctx, &mobile, Audience::Resident, source).await
}

async fn confirm(world: &World, transaction: Uuid, digits: &str) -> app::Result<SignedIn> {
    let ctx = world.ctx(Actor::Anyone);
    let hashed = sha256_hex(digits);
    world.platform.confirm_code(&ctx, transaction, &hashed, Audience::Resident).await
}

/// The six digits of each message that waits, in the order in which they were sent.
async fn messages(world: &World) -> Vec<String> {
    let ctx = world.ctx(Actor::System);
    let mut due = world.platform.due_messages(&ctx, 10_000).await.unwrap();
    due.sort_by_key(|(message, _)| message.id);
    let texts = due.into_iter().filter_map(|(_, outgoing)| outgoing);
    texts
        .map(|one| {
            let words =
                one.text.expose().split(' ').map(|word| word.trim_end_matches('.').to_owned());
            let mut digits =
                words.filter(|w| w.len() == 6 && w.bytes().all(|b| b.is_ascii_digit()));
            digits.next().unwrap()
        })
        .collect()
}

/// Another password than this one.
fn other(digits: &str, by: u32) -> String {
    format!("{:06}", (digits.parse::<u32>().unwrap() + by) % 1_000_000)
}

fn kind<T>(outcome: &app::Result<T>) -> &'static str {
    match outcome {
        Ok(_) => "in",
        Err(Error::WrongCode) => "wrong",
        Err(Error::CodeExpired) => "expired",
        Err(Error::CodesBlocked { .. }) => "blocked",
        Err(Error::TooMany { .. }) => "too many",
        Err(Error::WrongPresence) => "not presented",
        Err(_) => "another error",
    }
}

#[tokio::test]
async fn a_password_counts_once_for_three_minutes_and_five_tries() {
    for world in worlds(1, Limits::default()).await {
        for wrong in 0..8_u32 {
            let mobile = format!("710000000{wrong}");
            let id = send(&world, &mobile, "a").await.unwrap();
            let digits = messages(&world).await.pop().unwrap();
            for by in 1..=wrong {
                let said = kind(&confirm(&world, id, &other(&digits, by)).await);
                assert_eq!(said, if by <= 5 { "wrong" } else { "expired" });
            }
            let right = kind(&confirm(&world, id, &digits).await);
            assert_eq!(right, if wrong < 5 { "in" } else { "expired" }, "{wrong} wrong ones");
            assert_eq!(kind(&confirm(&world, id, &digits).await), "expired", "a second time");
        }
        for (seconds, said) in [(0, "in"), (179, "in"), (180, "expired"), (86_400, "expired")] {
            let id = send(&world, "7100000010", "a").await.unwrap();
            let digits = messages(&world).await.pop().unwrap();
            world.advance(SignedDuration::from_secs(seconds));
            assert_eq!(kind(&confirm(&world, id, &digits).await), said, "after {seconds} s");
        }
    }
}

#[tokio::test]
async fn a_newer_message_does_not_void_an_older_one_and_another_purpose_is_another_password() {
    for world in worlds(2, Limits::default()).await {
        let first = send(&world, "7200000001", "a").await.unwrap();
        let old = messages(&world).await.pop().unwrap();
        let second = send(&world, "7200000001", "a").await.unwrap();
        let new = messages(&world).await.pop().unwrap();
        assert_ne!(old, new);
        assert_eq!(kind(&confirm(&world, second, &old).await), "in");
        assert_eq!(kind(&confirm(&world, first, &old).await), "expired");
        // Nobody else's transaction takes it, and it opens only what it was sent for.
        let mine = send(&world, "7200000002", "a").await.unwrap();
        let digits = messages(&world).await.pop().unwrap();
        let others = send(&world, "7200000003", "a").await.unwrap();
        drop(messages(&world).await);
        assert_eq!(kind(&confirm(&world, others, &digits).await), "wrong");
        let ctx = world.ctx(Actor::Anyone);
        let hashed = sha256_hex(&digits);
        for audience in [Audience::Public, Audience::Staff, Audience::Status] {
            let tried = world.platform.confirm_code(&ctx, mine, &hashed, audience).await;
            assert_eq!(kind(&tried), "expired", "{audience:?}");
        }
        // Unhashed, the digits are wrong.
        let plain = world.platform.confirm_code(&ctx, mine, &digits, Audience::Resident).await;
        assert_eq!(kind(&plain), "wrong");
        assert_eq!(kind(&confirm(&world, mine, &digits).await), "in");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once_get_no_more_than_one_after_another() {
    for world in worlds(3, Limits::default()).await {
        let world = Arc::new(world);
        let id = send(&world, "7300000001", "a").await.unwrap();
        let digits = messages(&world).await.pop().unwrap();
        let all = |tries: Vec<String>| {
            let world = Arc::clone(&world);
            async move {
                let mut running = tokio::task::JoinSet::new();
                for digits in tries {
                    let world = Arc::clone(&world);
                    running.spawn(async move { kind(&confirm(&world, id, &digits).await) });
                }
                running.join_all().await
            }
        };
        let said = all(vec![digits.clone(); 30]).await;
        assert_eq!(said.iter().filter(|one| **one == "in").count(), 1);

        let id = send(&world, "7300000002", "a").await.unwrap();
        let digits = messages(&world).await.pop().unwrap();
        let tries: Vec<_> = (1..=30).map(|by| (id, other(&digits, by))).collect();
        let mut running = tokio::task::JoinSet::new();
        for (id, digits) in tries {
            let world = Arc::clone(&world);
            running.spawn(async move { kind(&confirm(&world, id, &digits).await) });
        }
        let said = running.join_all().await;
        assert_eq!(said.iter().filter(|one| **one == "wrong").count(), 5, "{said:?}");
        assert_eq!(kind(&confirm(&world, id, &digits).await), "expired");
    }
}

#[tokio::test]
async fn a_mobile_and_a_source_are_sent_only_so_many() {
    let limits = Limits { codes_per_mobile: 5, codes_per_address: 8, ..Limits::default() };
    for world in worlds(4, limits).await {
        let mut said = Vec::new();
        for _ in 0..7 {
            said.push(kind(&send(&world, "7400000001", "a").await));
        }
        assert_eq!(said, ["in", "in", "in", "in", "in", "blocked", "blocked"]);
        assert_eq!(kind(&send(&world, "7400000002", "a").await), "in");
        // Another mobile from the same source: refused however often, and not at its cost.
        for _ in 0..10 {
            assert_eq!(kind(&send(&world, "7400000003", "a").await), "too many");
        }
        for _ in 0..5 {
            assert_eq!(kind(&send(&world, "7400000003", "b").await), "in");
        }
        assert_eq!(kind(&send(&world, "7400000001", "b").await), "blocked", "wherever from");
        world.advance(SignedDuration::from_hours(25));
        assert_eq!(kind(&send(&world, "7400000001", "a").await), "in");
    }
}

/// Guesses at many mobiles, a few at each: how many were looked at, by minute. Each hits with a
/// chance of one in a million.
async fn spray(world: &World, mobiles: usize, minutes: usize) -> Vec<u32> {
    let mut looked_at = Vec::new();
    for minute in 0..minutes {
        let mut count = 0;
        for number in 0..mobiles {
            let mobile = format!("75{minute:02}{number:06}");
            // A source of its own for each: the attacker has many addresses.
            let id = send(world, &mobile, &mobile).await.unwrap();
            for guess in 0..5 {
                let said = confirm(world, id, &format!("{guess:06}")).await;
                count += u32::from(matches!(said, Ok(_) | Err(Error::WrongCode)));
            }
        }
        looked_at.push(count);
        world.advance(SignedDuration::from_mins(1));
    }
    looked_at
}

#[tokio::test]
async fn a_spray_over_many_mobiles_is_bounded_by_the_budget_of_the_whole_country() {
    let limits = Limits { failures_per_minute: 40, ..Limits::default() };
    for world in worlds(5, limits).await {
        let looked_at = spray(&world, 30, 3).await;
        assert!(looked_at.iter().all(|count| *count <= 40), "{looked_at:?}");
        // Whoever has the right one waits for the next minute, and is let in then.
        let id = send(&world, "7599999999", "honest").await.unwrap();
        let digits = messages(&world).await.pop().unwrap();
        assert_eq!(kind(&confirm(&world, id, &digits).await), "in");
    }
    // Without the budget, the same spray has all its guesses.
    let limits = Limits { failures_per_minute: u32::MAX, ..Limits::default() };
    for world in worlds(5, limits).await {
        assert_eq!(spray(&world, 30, 3).await, [150, 150, 150]);
    }
}

/// The four digits on a slip are fewer: what bounds them is how often a person may be shown.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_slips_code_cannot_be_guessed_by_writing_the_number_otherwise_or_all_at_once() {
    let limits = Limits { presences_per_day: 6, ..Limits::default() };
    for world in worlds(6, limits).await {
        let world = Arc::new(world);
        let person = world.enrol("7600000001", 760_000_000_001).await.unwrap();
        let reference = world.platform.reference(person).to_string();
        let writings = [
            reference.clone(),
            format!("0{reference}"),
            format!("000000{reference}"),
            format!("+{reference}"),
            format!(" {reference}\t"),
        ];
        let mut running = tokio::task::JoinSet::new();
        for (number, writing) in (0..100).zip(writings.iter().cycle()) {
            let (world, writing) = (Arc::clone(&world), writing.clone());
            running.spawn(async move {
                let ctx = world.ctx(Actor::StateProgram { state: Some(StateId(21)) });
                let code = format!("{number:04}");
                let shown = world.platform.present_to_program(&ctx, &writing, &code).await;
                (writing.trim().len() == 14, kind(&shown))
            });
        }
        let said = running.join_all().await;
        // Other writings name nobody; the one that does was looked at six times.
        let looked_at = said.iter().filter(|(names, kind)| *names && *kind == "not presented");
        assert_eq!(looked_at.count(), 6);
        assert_eq!(world.platform.by_reference(&writings[1]), None);
        assert_eq!(world.platform.by_reference(&writings[3]), None);
    }
}

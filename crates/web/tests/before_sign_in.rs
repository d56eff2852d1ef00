//! Before somebody has signed in, nothing tells whether a person is registered or vaccinated: status,
//! words and length of an answer are the same, and so is how long it takes, to whoever sorts answers by
//! that.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod common;

use std::time::Instant;

use common::{Call, KEY, Server, vaccinate};
use serde_json::{Value, json};

/// Of each kind so many are asked.
const PROBES: usize = 400;
/// How well a classifier may do: a coin has 0.5. With 400 of each, a coin is above this once in a
/// hundred times; see `MOST_TRIES`.
const MOST: f64 = 0.55;
/// A machine that does other things may make one round look odd, and not several in a row.
const MOST_TRIES: usize = 3;

/// Somebody of each kind, by mobile.
struct People {
    nobody: &'static str,
    registered: &'static str,
    vaccinated: &'static str,
}

const PEOPLE: People =
    People { nobody: "7500000001", registered: "7500000002", vaccinated: "7500000003" };

async fn server() -> Server {
    let server = Server::open().await;
    let token = server.sign_in(PEOPLE.registered).await;
    server.register(&token, 1, "1980").await;
    let token = server.sign_in(PEOPLE.vaccinated).await;
    let reference = server.register(&token, 2, "1980").await;
    vaccinate(&server, PEOPLE.vaccinated, &reference).await;
    server
}

/// Every call that takes a mobile and no sign-in.
const CALLS: [&str; 4] = [
    "/api/v2/auth/public/generateOTP",
    "/api/v2/auth/generateOTP",
    "/api/v2/auth/generateMobileOTP",
    "/api/v3/vaccination/generateOTP",
];

fn body(mobile: &str) -> Value {
    json!({ "mobile": mobile, "secret": "U2FsdGVkX1", "full_name": "Asha Demo" })
}

/// What an answer shows besides its random id.
async fn shown(server: &Server, path: &str, mobile: &str) -> (u16, usize, Vec<String>) {
    let body = Some(body(mobile));
    let answer = server.call(Call { path, body, key: Some(KEY), ..Call::default() }).await;
    let value = answer.value();
    let names = value.as_object().map(|fields| fields.keys().cloned().collect());
    (answer.status, answer.bytes.len(), names.unwrap_or_default())
}

#[tokio::test]
async fn answers_are_alike_in_status_words_and_length() {
    let server = server().await;
    for path in CALLS {
        let unknown = shown(&server, path, PEOPLE.nobody).await;
        assert_eq!(unknown.0, 200, "{path}");
        for mobile in [PEOPLE.registered, PEOPLE.vaccinated] {
            assert_eq!(shown(&server, path, mobile).await, unknown, "{path}");
        }
    }
    // A wrong password, for each of them.
    let mut wrong = Vec::new();
    for mobile in [PEOPLE.nobody, PEOPLE.registered, PEOPLE.vaccinated] {
        let path = "/api/v2/auth/generateMobileOTP";
        let sent = server.post(path, body(mobile), None).await.value()["txnId"].clone();
        let body = json!({ "otp": app::sign_in::sha256_hex("000000"), "txnId": sent });
        let answer = server.post("/api/v2/auth/validateMobileOtp", body, None).await;
        wrong.push((answer.status, answer.bytes));
    }
    assert_eq!(wrong[0].0, 400);
    assert!(wrong.iter().all(|one| *one == wrong[0]), "{wrong:?}");
    // A number that somebody has, and one that nobody has, without a sign-in and with another's.
    let own = server.world.resident(PEOPLE.vaccinated);
    let held = server.world.platform.my_references(&own).await.unwrap()[0].to_string();
    let token = server.sign_in(PEOPLE.nobody).await;
    for token in [None, Some(token.as_str())] {
        let ask = async |reference: &str| {
            let path = format!("/api/teeka/v1/beneficiaries/{reference}");
            let answer = server.get(&path, token).await;
            (answer.status, answer.bytes)
        };
        assert_eq!(ask(&held).await, ask("10000000000000").await);
    }
}

/// How likely a draw from the second list is above one from the first: what a classifier can make of
/// one number, and as good the other way round.
fn area(first: &[u128], second: &[u128]) -> f64 {
    let mut above = 0.0;
    for one in second {
        let below = first.iter().filter(|other| *other < one).count();
        let equal = first.iter().filter(|other| *other == one).count();
        above += f64::from(u32::try_from(2 * below + equal).unwrap()) / 2.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "some hundred thousand pairs")]
    let area = above / (first.len() * second.len()) as f64;
    area.max(1.0 - area)
}

/// How long answers take about those of two mobiles, in turns.
async fn times(server: &Server, path: &str, mobiles: [&str; 2]) -> [Vec<u128>; 2] {
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..2 * PROBES {
        let begun = Instant::now();
        shown(server, path, mobiles[round % 2]).await;
        times[round % 2].push(begun.elapsed().as_nanos());
    }
    times
}

#[tokio::test]
async fn nobody_sorts_answers_by_how_long_they_take() {
    let server = server().await;
    let path = "/api/v2/auth/generateMobileOTP";
    for other in [PEOPLE.registered, PEOPLE.vaccinated] {
        let mut areas = Vec::new();
        while areas.len() < MOST_TRIES && areas.last().is_none_or(|area| *area > MOST) {
            let [unknown, known] = times(&server, path, [PEOPLE.nobody, other]).await;
            areas.push(area(&unknown, &known));
            // The twin: a quarter longer for those who are registered is found out.
            let slower: Vec<_> = known.iter().map(|time| time * 5 / 4).collect();
            assert!(area(&unknown, &slower) > MOST, "{}", area(&unknown, &slower));
        }
        assert!(areas.last().is_some_and(|area| *area <= MOST), "{areas:?}");
    }
}

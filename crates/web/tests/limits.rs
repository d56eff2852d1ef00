//! The limits of the contract, section 1.8, with a clock that the test moves: who is stopped, how
//! they are told, and that nobody is thrown out on the way to an appointment.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod common;

use app::settings::{Limits, Settings};
use common::{Answer, Call, KEY, Server};
use jiff::SignedDuration;
use serde_json::{Value, json};

const FIND: &str =
    "/api/v2/appointment/sessions/public/findByDistrict?district_id=391&date=02-02-2022";
const SEARCH: &str =
    "/api/v2/appointment/sessions/calendarByDistrict?district_id=391&date=02-02-2022";

async fn server(limits: Limits) -> Server {
    Server::start(Settings { limits: Some(limits), ..Settings::default() }).await
}

/// What every answer of a limit has: a time to wait, and what a browser needs to read it.
fn says_when(answer: &Answer, status: u16, most_seconds: u32) {
    assert_eq!(answer.status, status, "{}", answer.value());
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    let wait: u32 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=most_seconds).contains(&wait), "{wait}");
}

#[tokio::test]
async fn an_address_has_its_calls_in_five_minutes_and_others_have_theirs() {
    let server = server(Limits { calls_per_address: 3, ..Limits::default() }).await;
    let from =
        |address| server.call(Call { path: FIND, address: Some(address), ..Call::default() });
    for _ in 0..3 {
        assert_eq!(from([10, 0, 0, 1]).await.status, 200);
    }
    let stopped = from([10, 0, 0, 1]).await;
    says_when(&stopped, 403, 300);
    assert_eq!(stopped.value(), json!({ "message": "Forbidden" }));
    assert_eq!(from([10, 0, 0, 2]).await.status, 200);
    // Many people stand behind a partner's key.
    let partner =
        Call { path: FIND, address: Some([10, 0, 0, 1]), key: Some(KEY), ..Call::default() };
    assert_eq!(server.call(partner).await.status, 200);
    server.world.advance(SignedDuration::from_mins(5));
    assert_eq!(from([10, 0, 0, 1]).await.status, 200);
}

#[tokio::test]
async fn whoever_is_on_the_way_to_an_appointment_is_not_stopped() {
    let server =
        server(Limits { calls_per_address: 1, searches_per_sign_in: 2, ..Limits::default() }).await;
    let session = server.session(1, 1, [5, 0, 0]).await;
    assert_eq!(server.get(FIND, None).await.status, 200);
    says_when(&server.get(FIND, None).await, 403, 300);

    // The address has had its calls. Signing in, searching, registering and booking go on.
    let token = server.sign_in("9000000001").await;
    let reference = server.register(&token, 1, "1980").await;
    for _ in 0..2 {
        assert_eq!(server.get(SEARCH, Some(&token)).await.status, 200);
    }
    let stopped = server.get(SEARCH, Some(&token)).await;
    says_when(&stopped, 429, 900);
    assert_eq!(stopped.header("x-amzn-errortype"), None, "clients would sign in anew");
    let wish = json!({
        "dose": 1, "session_id": session.0, "slot": "09:00AM-01:00PM", "beneficiaries": [reference],
    });
    let captcha = server.post("/api/v2/auth/getRecaptcha", json!({}), Some(&token)).await;
    assert_eq!(captcha.status, 200);
    for version in ["v2", "v4"] {
        let path = format!("/api/{version}/appointment/beneficiaries");
        assert_eq!(server.get(&path, Some(&token)).await.status, 200);
    }
    let booked = server.post("/api/v4/appointment/schedule", wish, Some(&token)).await;
    assert_eq!(booked.status, 200, "{}", booked.value());
    let id = booked.value()["appointment_id"].as_str().unwrap().to_owned();
    let slip = format!("/api/v2/appointment/appointmentslip/download?appointment_id={id}");
    assert_eq!(server.get(&slip, Some(&token)).await.status, 200);

    // The quarter of an hour over, searches go on, with a new token as this one is over too.
    server.world.advance(SignedDuration::from_mins(15));
    let token = server.sign_in("9000000001").await;
    assert_eq!(server.get(SEARCH, Some(&token)).await.status, 200);
}

#[tokio::test]
async fn an_account_has_its_searches_of_a_day_whatever_it_signs_in_with() {
    let server = server(Limits { searches_per_day: 3, ..Limits::default() }).await;
    for _ in 0..3 {
        let token = server.sign_in("9000000002").await;
        assert_eq!(server.get(SEARCH, Some(&token)).await.status, 200);
    }
    let token = server.sign_in("9000000002").await;
    let stopped = server.get(SEARCH, Some(&token)).await;
    says_when(&stopped, 429, 86_400);
    assert_eq!(stopped.code(), "USRAUT0030");
    assert_eq!(server.get("/api/v2/auth/public/x", Some(&token)).await.status, 404);
    let other = server.sign_in("9000000003").await;
    assert_eq!(server.get(SEARCH, Some(&other)).await.status, 200);
    server.world.advance(SignedDuration::from_hours(24));
    let token = server.sign_in("9000000002").await;
    assert_eq!(server.get(SEARCH, Some(&token)).await.status, 200);
}

#[tokio::test]
async fn one_time_passwords_are_limited_by_mobile_and_by_address() {
    let limits = Limits { codes_per_mobile: 2, codes_per_address: 4, ..Limits::default() };
    let server = server(limits).await;
    let ask = |mobile: u64, address| {
        let body = Some(json!({ "mobile": mobile }));
        let path = "/api/v2/auth/generateMobileOTP";
        server.call(Call { path, body, address: Some(address), ..Call::default() })
    };
    for _ in 0..2 {
        assert_eq!(ask(9_000_000_001, [10, 0, 0, 1]).await.status, 200);
    }
    let stopped = ask(9_000_000_001, [10, 0, 0, 2]).await;
    says_when(&stopped, 400, 86_400);
    assert_eq!(
        stopped.value(),
        json!({ "errorCode": "USRAUT0018", "error": "Generate OTP failed" })
    );
    for mobile in [9_000_000_002, 9_000_000_003] {
        assert_eq!(ask(mobile, [10, 0, 0, 1]).await.status, 200);
    }
    says_when(&ask(9_000_000_004, [10, 0, 0, 1]).await, 429, 3_600);
    assert_eq!(ask(9_000_000_004, [10, 0, 0, 3]).await.status, 200);
    server.world.advance(SignedDuration::from_hours(1));
    assert_eq!(ask(9_000_000_005, [10, 0, 0, 1]).await.status, 200);
    server.world.advance(SignedDuration::from_hours(24));
    assert_eq!(ask(9_000_000_001, [10, 0, 0, 1]).await.status, 200);
}

#[tokio::test]
async fn a_one_time_password_dies_of_wrong_tries_and_the_country_has_a_budget_of_them() {
    let limits = Limits { tries_per_code: 2, failures_per_minute: 3, ..Limits::default() };
    let server = server(limits).await;
    let asked = json!({ "mobile": "9000000001" });
    let path = "/api/v2/auth/generateMobileOTP";
    let (transaction, code) = server.ask_code(path, asked.clone()).await;
    let confirm = |transaction: &Value, digits: &str| {
        let otp = app::sign_in::sha256_hex(digits);
        let body = json!({ "otp": otp, "txnId": transaction });
        let server = &server;
        async move { server.post("/api/v2/auth/validateMobileOtp", body, None).await }
    };
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..2 {
        let answer = confirm(&transaction, wrong).await;
        assert_eq!((answer.status, answer.code()), (400, "USRAUT0014".into()));
    }
    // The right one comes too late.
    assert_eq!(confirm(&transaction, &code).await.status, 401);
    let (transaction, _) = server.ask_code(path, asked).await;
    // A wrong try counts against every password of the mobile, so the good one is another's.
    let (good, code) = server.ask_code(path, json!({ "mobile": "9000000002" })).await;
    assert_eq!(confirm(&transaction, "none").await.status, 400);
    says_when(&confirm(&transaction, "none").await, 429, 60);
    says_when(&confirm(&good, &code).await, 429, 60);
    server.world.advance(SignedDuration::from_mins(1));
    assert_eq!(confirm(&good, &code).await.status, 200);
}

#[tokio::test]
async fn a_resent_one_time_password_leaves_the_first_one_good_and_each_is_good_once() {
    let server = Server::open().await;
    let path = "/api/v2/auth/generateMobileOTP";
    let first = server.ask_code(path, json!({ "mobile": 9_000_000_001_u64 })).await;
    server.world.advance(SignedDuration::from_secs(100));
    let second = server.ask_code(path, json!({ "mobile": "9000000001" })).await;
    let confirm = |(transaction, code): &(Value, String)| {
        let body = json!({ "otp": app::sign_in::sha256_hex(code), "txnId": transaction });
        let server = &server;
        async move { server.post("/api/v2/auth/validateMobileOtp", body, None).await.status }
    };
    assert_eq!([confirm(&first).await, confirm(&first).await], [200, 401]);
    server.world.advance(SignedDuration::from_secs(179));
    assert_eq!([confirm(&second).await, confirm(&second).await], [200, 401]);
    let late = server.ask_code(path, json!({ "mobile": "9000000001" })).await;
    server.world.advance(SignedDuration::from_secs(180));
    assert_eq!(confirm(&late).await, 401);
}

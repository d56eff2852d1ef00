//! A report by the form and by the call: its receipt tells how it stands in both, in English and Hindi,
//! and repeats nothing of it.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod common;

use app::{
    Actor,
    settings::{Limits, Settings},
};
use axum::{body::Body, extract::ConnectInfo, http::Request};
use common::{Answer, Call, Server};
use domain::reported::Outcome;
use jiff::SignedDuration;
use serde_json::{Value, json};

const SEEN: &str = "A list <b>of 300 people</b>";

async fn form(server: &Server, body: String) -> Answer {
    let kind = "application/x-www-form-urlencoded";
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], 1));
    let request = Request::post("/report").extension(ConnectInfo(address));
    let request = request.header("content-type", kind);
    server.send(request.body(Body::from(body)).unwrap()).await
}

async fn page(server: &Server, path: &str) -> (u16, String) {
    let answer = server.send(Request::get(path).body(Body::empty()).unwrap()).await;
    assert_eq!(answer.header("cache-control"), Some("private, no-store"));
    (answer.status, String::from_utf8(answer.bytes).unwrap())
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

async fn closed(server: &Server, outcome: Outcome) {
    let ctx = server.world.ctx(Actor::System);
    for one in server.world.platform.listed_reports(&ctx).await.unwrap() {
        server.world.platform.close_report(&ctx, one.id, outcome).await.unwrap();
    }
}

#[tokio::test]
async fn a_form_leads_to_a_receipt_in_the_language_it_was_asked_in() {
    let server = Server::open().await;
    for (language, received, late, outcome) in [
        ("en", "<strong>Received</strong>", "(late)", "It is not of this platform"),
        ("hi", "<strong>प्राप्त</strong>", "(देर से)", "यह इस प्लेटफ़ॉर्म का नहीं है"),
    ] {
        let sent = form(&server, format!("language={language}&seen={}", encoded(SEEN))).await;
        assert_eq!((sent.status, sent.header("cache-control")), (303, Some("private, no-store")));
        let receipt = sent.header("location").unwrap().to_owned();
        assert_eq!(receipt.contains("language=hi"), language == "hi", "{receipt}");
        let (status, text) = page(&server, &receipt).await;
        assert!(status == 200 && text.contains(received), "{text}");
        assert!(!text.contains("300 people") && !text.contains(late), "{text}");
        // Nobody looked at it in time, and the page does not hide that.
        server.world.live_through(SignedDuration::from_hours(73)).await;
        assert!(page(&server, &receipt).await.1.contains(late));
        closed(&server, Outcome::NotOurs).await;
        assert!(page(&server, &receipt).await.1.contains(outcome));
        server.world.live_through(SignedDuration::from_hours(24 * 400)).await;
        server.world.platform.sweep(&server.world.ctx(Actor::System)).await.unwrap();
        let (status, text) = page(&server, &receipt).await;
        assert!(status == 404 && !text.contains(&receipt[8..40]), "{text}");
    }
}

#[tokio::test]
async fn a_form_that_cannot_be_taken_says_which_field_and_keeps_what_was_typed() {
    let server = Server::open().await;
    let sent = form(&server, format!("seen={}&reach=a%0Ab", encoded(SEEN))).await;
    let text = String::from_utf8(sent.bytes.clone()).unwrap();
    assert_eq!((sent.status, sent.header("cache-control")), (400, Some("private, no-store")));
    assert!(text.contains("<a href=\"#reach\">Say how to reach you in one line"), "{text}");
    assert!(!text.contains("<b>of") && text.contains("of 300 people"), "as text: {text}");
    let sent = form(&server, "language=hi&seen=".to_owned()).await;
    let text = String::from_utf8(sent.bytes).unwrap();
    assert!(text.contains("बताएँ कि आपने क्या देखा"), "{text}");
}

async fn call(server: &Server, path: &str, body: Option<Value>) -> (u16, Value) {
    let answer = server.call(Call { path, body, ..Call::default() }).await;
    (answer.status, answer.value())
}

const REPORTS: &str = "/api/teeka/v1/reports";

#[tokio::test]
async fn a_program_reports_and_asks() {
    let server = Server::open().await;
    let body = json!({ "seen": SEEN, "claimed": "name, mobile", "reach": null });
    let (status, taken) = call(&server, REPORTS, Some(body)).await;
    assert_eq!((status, &taken["state"]), (200, &json!("received")), "{taken}");
    let receipt = taken["receipt"].as_str().unwrap();
    let path = format!("{REPORTS}/{receipt}");
    let (status, standing) = call(&server, &path, None).await;
    assert_eq!(status, 200);
    for field in ["received_at", "acknowledge_by", "close_by", "state"] {
        assert_eq!(standing[field], taken[field], "{field}");
    }
    assert!(standing.get("receipt").is_none());
    closed(&server, Outcome::Mended).await;
    let (_, standing) = call(&server, &path, None).await;
    assert_eq!((&standing["state"], &standing["outcome"]), (&json!("closed"), &json!("mended")));
    let (status, problem) = call(&server, &format!("{REPORTS}/{}", "A".repeat(43)), None).await;
    assert_eq!((status, &problem["type"]), (404, &json!("/problems/not-found")));
}

#[tokio::test]
async fn what_cannot_be_taken_is_named_and_not_repeated() {
    let server = Server::open().await;
    for (body, field) in [
        (json!({}), "seen"),
        (json!({ "seen": ["secret"] }), "seen"),
        (json!({ "seen": "secret", "found_at": 7 }), "found_at"),
        (json!({ "seen": "secret", "reach": "secret\nsecret" }), "reach"),
        (json!({ "seen": "secret", "claimed": "s".repeat(2_001) }), "claimed"),
        (json!(["secret"]), "expected"),
    ] {
        let (status, problem) = call(&server, REPORTS, Some(body)).await;
        let detail = problem["detail"].as_str().unwrap();
        assert!(status == 400 && detail.starts_with(field), "{problem}");
        assert!(!problem.to_string().contains("secret"), "{problem}");
    }
}

#[tokio::test]
async fn the_form_and_the_call_share_one_limit() {
    let settings = Settings { limits: Some(Limits::default()), ..Settings::default() };
    let server = Server::start(settings).await;
    for _ in 0..5 {
        assert_eq!(form(&server, "seen=a".to_owned()).await.status, 303);
        assert_eq!(call(&server, REPORTS, Some(json!({ "seen": "a" }))).await.0, 200);
    }
    let refused = form(&server, "language=hi&seen=a".to_owned()).await;
    assert_eq!(refused.status, 429);
    assert!(String::from_utf8(refused.bytes).unwrap().contains("कल फिर प्रयास करें"));
    let (status, problem) = call(&server, REPORTS, Some(json!({ "seen": "a" }))).await;
    assert_eq!((status, &problem["type"]), (429, &json!("/problems/too-many")));
}

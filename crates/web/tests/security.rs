//! `security.txt` is there, names the page for reports, and never runs out.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod common;

use app::settings::Settings;
use axum::{body::Body, http::Request};
use common::Server;

async fn text(server: &Server) -> String {
    let request = Request::get("/.well-known/security.txt").body(Body::empty()).unwrap();
    let answer = server.send(request).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    String::from_utf8(answer.bytes).unwrap()
}

async fn expires(server: &Server) -> jiff::Timestamp {
    let text = text(server).await;
    assert!(text.starts_with("Contact: mailto:security@teeka.example\n"), "{text}");
    let lines: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("Expires: ")).collect();
    assert_eq!(lines.len(), 1, "{text}");
    lines[0].parse().unwrap()
}

#[tokio::test]
async fn it_never_runs_out() {
    let server = Server::open().await;
    for _ in 0..3 {
        let left = expires(&server).await.as_second() - server.world.now().as_second();
        assert!((89 * 86_400..=90 * 86_400).contains(&left), "{left}");
        server.world.advance(jiff::SignedDuration::from_hours(24 * 200));
    }
}

#[tokio::test]
async fn it_names_the_page_for_reports_where_that_has_an_address() {
    let contacts = |text: String| text.matches("Contact: ").count();
    assert_eq!(contacts(text(&Server::open().await).await), 1);
    let address = Some("https://teeka.example".to_owned());
    let settings = Settings { limits: None, public_address: address, ..Settings::default() };
    let text = text(&Server::start(settings).await).await;
    let lines: Vec<_> = text.lines().take(2).collect();
    assert_eq!(
        lines,
        ["Contact: mailto:security@teeka.example", "Contact: https://teeka.example/report"]
    );
}

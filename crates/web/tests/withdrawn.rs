//! What was withdrawn, for verifiers that are online, and the forms that say where it is told.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod common;

use app::settings::Settings;
use axum::{body::Body, http::Request};
use common::{Answer, Server, vaccinate};
use serde_json::json;

const MOBILE: &str = "7500000001";
const ADDRESS: &str = "https://teeka.example";

/// A server with a vaccinated person on a mobile: the number of the person, and the token.
async fn family(public_address: Option<&str>) -> (Server, String, String) {
    let public_address = public_address.map(str::to_owned);
    let settings = Settings { limits: None, public_address, ..Settings::default() };
    let server = Server::start(settings).await;
    let token = server.sign_in(MOBILE).await;
    let reference = server.register(&token, 1, "1980").await;
    vaccinate(&server, MOBILE, &reference).await;
    (server, token, reference)
}

async fn ask(server: &Server, path: &str, known: Option<&str>) -> Answer {
    let mut request = Request::get(path);
    if let Some(tag) = known {
        request = request.header("if-none-match", tag);
    }
    server.send(request.body(Body::empty()).unwrap()).await
}

async fn card_list(server: &Server) -> String {
    let keys = ask(server, "/.well-known/jwks.json", None).await.value();
    format!("/.well-known/crl/{}.json", keys["keys"][0]["kid"].as_str().unwrap())
}

#[tokio::test]
async fn lists_are_for_everybody_and_not_sent_again_to_who_has_them() {
    let (server, ..) = family(Some(ADDRESS)).await;
    for (path, kind) in
        [("/status/0".to_owned(), "application/vc"), (card_list(&server).await, "application/json")]
    {
        let answer = ask(&server, &path, None).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(kind)), "{path}");
        assert_eq!(answer.header("cache-control"), Some("public, max-age=60"));
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        let tag = answer.header("etag").unwrap();
        for known in [tag, &format!("W/{tag}"), &format!("\"other\", {tag}"), "*"] {
            let again = ask(&server, &path, Some(known)).await;
            assert_eq!((again.status, again.bytes.len()), (304, 0), "{path} {known}");
            assert_eq!(again.header("etag"), Some(tag));
            assert_eq!(again.header("access-control-allow-origin"), Some("*"));
        }
        let other = ask(&server, &path, Some("\"other\"")).await;
        assert_eq!((other.status, &other.bytes), (200, &answer.bytes));
    }
    let list = ask(&server, "/status/0", None).await.value();
    assert_eq!(
        (&list["id"], &list["issuer"]),
        (&json!(format!("{ADDRESS}/status/0")), &json!("did:web:teeka.example"))
    );
    assert_eq!(list["credentialSubject"]["ttl"], 60_000);
    let keys = ask(&server, "/.well-known/jwks.json", None).await;
    assert_eq!(keys.header("access-control-allow-origin"), Some("*"));
}

#[tokio::test]
async fn a_list_that_is_not_there_is_a_problem() {
    let (server, ..) = family(Some(ADDRESS)).await;
    let cards = card_list(&server).await;
    let (silent, ..) = family(None).await;
    for (server, path) in [
        (&server, "/status/1"),
        (&server, "/status/00"),
        (&server, "/status/+0"),
        (&server, "/status/-1"),
        (&server, "/status/4294967296"),
        (&server, "/status/x"),
        (&server, "/status/%FF"),
        (&server, "/.well-known/crl/x.json"),
        (&server, "/.well-known/crl/%FF.json"),
        (&server, cards.trim_end_matches(".json")),
        (&silent, "/status/0"),
        (&silent, &card_list(&silent).await),
    ] {
        let answer = ask(server, path, None).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{path}");
        assert_eq!(answer.value()["type"], "/problems/not-found", "{path}");
    }
}

#[tokio::test]
async fn calls_give_the_forms_to_their_person_and_say_why_not() {
    let (server, token, reference) = family(Some(ADDRESS)).await;
    let other = server.sign_in("7500000002").await;
    let unvaccinated = server.register(&token, 2, "1981").await;
    let (silent, silent_token, there) = family(None).await;
    let forms: [(&str, &str, &[u8]); 3] = [
        ("credential", "application/vc", b"{"),
        ("cowin", "application/zip", b"PK\x03\x04"),
        ("cowin/picture", "image/png", b"\x89PNG"),
    ];
    for (form, kind, begin) in forms {
        let path = |of: &str| format!("/api/teeka/v1/beneficiaries/{of}/{form}");
        let answer = server.get(&path(&reference), Some(&token)).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(kind)));
        assert_eq!(answer.header("cache-control"), Some("private, no-store"));
        assert_eq!(answer.header("x-robots-tag"), Some("noindex"));
        assert!(answer.header("content-disposition").unwrap().starts_with("attachment; "));
        assert!(answer.bytes.starts_with(begin), "{form}");
        for (server, path, token, status) in [
            (&server, path(&reference), None, 401),
            (&server, path(&reference), Some(&other), 404),
            (&server, path("1"), Some(&token), 404),
            (&server, path(&unvaccinated), Some(&token), 404),
            (&silent, path(&there), Some(&silent_token), 400),
        ] {
            let answer = server.get(&path, token.map(String::as_str)).await;
            assert_eq!(answer.status, status, "{path}");
            assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        }
        let why = silent.get(&path(&there), Some(&silent_token)).await.value();
        assert!(why["detail"].as_str().unwrap().contains("no public https address"), "{why}");
    }
}

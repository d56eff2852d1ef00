//! What is public and exposes somebody, for who may see it: the worst first and nothing personal, how
//! far each takedown is, and a release by a second person whose key is elsewhere.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod common;

use std::path::{Path, PathBuf};

use axum::{body::Body, http::Request};
use common::{Answer, Server, form, page, staff};
use exposure::{
    sweep::folder::Folder,
    takedown::{
        address::Query,
        case::{Case, Ordered},
        order::{Order, Release},
        world::World,
    },
};
use ledger::note::{Algorithm, LocalKey, SigningKey};
use serde_json::{Value, json};
use store::{
    StaffRole,
    exposure::{Class, Document, Fate, Found, Message, Visit},
};

/// What is in the addresses of the documents and names somebody.
const PERSONAL: &str = "asha-devi";

fn key(name: &str, seed: u8) -> LocalKey {
    LocalKey::from_seed(name, Algorithm::Ed25519, &[seed; 32]).unwrap()
}

/// A sweep that found so many documents, each with more people than the one before.
fn swept(folder: &Path, number: u8) {
    let mut folder = Folder::open(folder).unwrap();
    let now = jiff::Timestamp::UNIX_EPOCH;
    let found = |at: u8| {
        Message::Found(Found {
            key: [at; 16],
            origin: "https://files.example".to_owned(),
            class: Class::Document,
            url: format!("https://files.example/lists/2021/{PERSONAL}-{at}.pdf"),
            sources: 2,
            depth: 0,
            stamp: None,
        })
    };
    let visited = |at: u8| {
        let document = Document {
            digest: [at; 32],
            near: 0,
            bytes: 4096,
            media: "application/pdf".to_owned(),
            people: u64::from(at),
            kinds: r#"{"mobile":12,"test_result":3}"#.to_owned(),
            unread: None,
            letters: false,
        };
        Message::Visited(Visit {
            id: i64::from(at),
            fate: Fate::Read,
            status: 200,
            tries: 0,
            again_at: None,
            etag: None,
            modified: None,
            digest: Some([at; 32]),
            document: Some(document),
        })
    };
    let messages: Vec<_> = (1..=number).map(found).chain((1..=number).map(visited)).collect();
    folder.job.apply(&messages, now).unwrap();
    let scores: Vec<_> = (1..=number).map(|at| ([at; 32], f64::from(at))).collect();
    folder.job.put_scores(&scores).unwrap();
}

struct Calm;

impl World for Calm {
    fn now(&self) -> u64 {
        1_790_000_000
    }

    fn elapsed(&self) -> std::time::Duration {
        std::time::Duration::ZERO
    }

    fn sleep(&self, _time: std::time::Duration) {}

    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

/// A case that waits for a second person; gives its folder.
fn ordered(folder: &Path) -> PathBuf {
    let people = [("asha", 1), ("binoy", 2)].map(|(name, seed)| key(name, seed));
    let people = people.map(|key| key.verifier().to_string());
    let setup = format!(
        "name = \"ministry.example\"\npeople = {people:?}\n[[sites]]\nhost = \"files.example\"\n\
         origin = \"http://127.0.0.1:1\"\nnginx = {{ folder = \"rules\" }}\n"
    );
    let ordered = Ordered {
        setup: &setup,
        addresses: vec![format!("https://files.example/{PERSONAL}.pdf")],
        query: Query::Refused,
        known: Vec::new(),
        reason: "lists of <beneficiaries>".to_owned(),
    };
    let path = folder.join("case-7");
    drop(Case::order(&path, &ordered, &key("asha", 1), &Calm).unwrap());
    path
}

async fn put(server: &Server, path: &str, token: &str, body: &Value) -> Answer {
    let request = Request::put(path).header("authorization", format!("Bearer {token}"));
    server.send(request.body(Body::from(body.to_string())).unwrap()).await
}

fn text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.bytes).into_owned()
}

const OVERVIEW: &str = "/api/teeka/v1/exposure";
const RELEASE: &str = "/api/teeka/v1/exposure/cases/case-7/release";

#[tokio::test]
async fn only_who_looks_everywhere_sees_it() {
    let folder = tempfile::tempdir().unwrap();
    ordered(folder.path());
    let server = Server::start_over(folder.path()).await;
    let resident = server.sign_in("7500000001").await;
    let release = json!({ "note": "teeka release v1" });
    for (token, status) in [(None, 401), (Some(&resident), 401)] {
        assert_eq!(server.get(OVERVIEW, token.map(String::as_str)).await.status, status);
        let page = page(&server, "/desk/exposure", token.map(String::as_str)).await;
        assert_eq!((page.status, page.header("location")), (303, Some("/desk/sign-in")));
    }
    for (number, role) in [
        (1, StaffRole::Vaccinator),
        (2, StaffRole::FacilityManager),
        (3, StaffRole::DistrictOfficer),
    ] {
        let token = staff(&server, number, role).await;
        for path in
            [OVERVIEW, "/api/teeka/v1/exposure/findings", "/api/teeka/v1/exposure/cases/case-7"]
        {
            assert_eq!(server.get(path, Some(&token)).await.status, 403, "{path}");
        }
        assert_eq!(put(&server, RELEASE, &token, &release).await.status, 403);
        for path in ["/desk/exposure", "/desk/exposure/case?case=case-7"] {
            let page = page(&server, path, Some(&token)).await;
            assert_eq!(page.status, 403);
            assert!(!text(&page).contains("beneficiaries"));
        }
    }
    let token = staff(&server, 4, StaffRole::Auditor).await;
    let overview = server.get(OVERVIEW, Some(&token)).await.value();
    assert_eq!(
        (&overview["sweep"], &overview["cases"][0]["case"]),
        (&json!(null), &json!("case-7"))
    );
    for path in ["/api/teeka/v1/exposure/cases/case-8", "/api/teeka/v1/exposure/cases/..%2fcase-7"]
    {
        assert_eq!(server.get(path, Some(&token)).await.status, 404, "{path}");
    }
    // Where nothing is set up, there is nothing.
    let bare = Server::open().await;
    let token = staff(&bare, 4, StaffRole::Auditor).await;
    let nothing = json!({ "sweep": null, "cases": [], "unreadable": [] });
    assert_eq!(bare.get(OVERVIEW, Some(&token)).await.value(), nothing);
    let page = page(&bare, "/desk/exposure", Some(&token)).await;
    assert!(page.status == 200 && text(&page).contains("no sweep to be shown"));
}

#[tokio::test]
async fn the_worst_come_first_and_name_nobody() {
    let folder = tempfile::tempdir().unwrap();
    swept(&folder.path().join("sweep"), 150);
    let server = Server::start_over(folder.path()).await;
    let token = staff(&server, 4, StaffRole::Auditor).await;
    let overview = server.get(OVERVIEW, Some(&token)).await.value();
    let numbers = (&overview["sweep"]["exposed"], &overview["sweep"]["people"]);
    assert_eq!(numbers, (&json!(150), &json!(150 * 151 / 2)));
    let list = async |after: u64| {
        let path = format!("/api/teeka/v1/exposure/findings?after={after}");
        let found = server.get(&path, Some(&token)).await.value();
        found["findings"].as_array().unwrap().clone()
    };
    let (first, second) = (list(0).await, list(100).await);
    let people =
        |found: &Value| (found["place"].as_u64().unwrap(), found["people"].as_u64().unwrap());
    let all: Vec<_> = first.iter().chain(&second).map(people).collect();
    assert_eq!(all, (1..=150).map(|place| (place, 151 - place)).collect::<Vec<_>>());
    assert_eq!(first[0]["kinds"][0], json!({ "kind": "mobile", "count": 12 }));
    assert_eq!((first.len(), list(150).await.len(), list(u64::MAX >> 1).await.len()), (100, 0, 0));
    let address = first[0]["address"].as_str().unwrap();
    assert!(address.starts_with("https://files.example/lists/2021/…"), "{address}");
    let beyond = server.get("/api/teeka/v1/exposure/findings?after=x", Some(&token)).await;
    assert_eq!(beyond.status, 400);
    for path in
        ["/desk/exposure", "/desk/exposure?after=100", "/desk/exposure?after=9999999999999999999"]
    {
        let page = page(&server, path, Some(&token)).await;
        let text = text(&page);
        assert_eq!(page.status, 200);
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert!(!text.contains(PERSONAL) && !text.contains("<script"), "{text}");
    }
    let page = page(&server, "/desk/exposure?after=100", Some(&token)).await;
    let text = text(&page);
    assert!(text.contains("after=0") && !text.contains("after=200"), "{text}");
    assert!(text.contains("12 mobile, 3 test result"), "{text}");
}

#[tokio::test]
async fn a_second_person_releases_what_a_first_one_ordered() {
    let folder = tempfile::tempdir().unwrap();
    let path = ordered(folder.path());
    let server = Server::start_over(folder.path()).await;
    let token = staff(&server, 4, StaffRole::Auditor).await;
    let detail =
        async || server.get(RELEASE.trim_end_matches("/release"), Some(&token)).await.value();
    let before = detail().await;
    let asked = page(&server, "/desk/exposure/case?case=case-7", Some(&token)).await;
    let shown = text(&asked);
    assert!(shown.contains("lists of &#60;beneficiaries&#62;"), "{shown}");
    assert!(!shown.contains(PERSONAL) && !before.to_string().contains(PERSONAL));
    let order =
        Order::unverified(before["orders"][0]["signed"].as_str().unwrap().as_bytes()).unwrap();
    let signed =
        |order: &Order, key: &LocalKey| Release::of(order, 1_790_000_100).sign(key).unwrap();
    let other = Order { addresses: 2, ..order.clone() };
    let encoded = |note: &str| {
        percent_encoding::utf8_percent_encode(note, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    for (note, status, says) in [
        (signed(&order, &key("asha", 1)), 403, "Another person has to"),
        (signed(&order, &key("asha", 9)), 400, "not a signed release"),
        (signed(&other, &key("binoy", 2)), 400, "not a signed release"),
        ("Asha Devi".to_owned(), 400, "not a signed release"),
    ] {
        assert_eq!(put(&server, RELEASE, &token, &json!({ "note": note })).await.status, status);
        let body = format!("case=case-7&release={}", encoded(&note));
        let answer = form(&server, "/desk/exposure/case", Some(&token), body).await;
        let shown = text(&answer);
        assert_eq!(answer.status, 400);
        assert!(shown.contains(says) && !shown.contains("Asha Devi"), "{shown}");
    }
    assert_eq!(detail().await, before, "nothing has changed");
    let busy = Case::open(&path, &Calm).unwrap();
    let note = signed(&order, &key("binoy", 2));
    let later = put(&server, RELEASE, &token, &json!({ "note": note })).await;
    assert_eq!(later.status, 503, "somebody works on the case");
    drop(busy);
    // As a browser sends it.
    let body = format!("case=case-7&release={}", encoded(note.replace('\n', "\r\n").trim_end()));
    let answer = form(&server, "/desk/exposure/case", Some(&token), body).await;
    assert!(answer.status == 200 && text(&answer).contains("A second person has released it"));
    let after = detail().await;
    assert_eq!(
        (&after["standing"], &after["orders"][0]["released_by"]),
        (&json!("released"), &json!("binoy"))
    );
    assert!(Case::open(&path, &Calm).unwrap().standing().released().is_ok());
    let again = put(&server, RELEASE, &token, &json!({ "note": note })).await;
    assert_eq!(again.status, 400);
}

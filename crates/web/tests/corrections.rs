//! Details corrected after the first dose, by a call and with a form; and what is about people is
//! kept by nobody on the way and listed by no search engine.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod common;
#[path = "corrections/travel.rs"]
mod travel;

use app::{Actor, booking::Wish, doses::Given};
use axum::{
    body::Body,
    http::{Request, header::CONTENT_TYPE},
};
use common::{Answer, Server};
use domain::id::{DoseId, FacilityId};
use serde_json::{Value, json};
use store::StaffRole;
use uuid::Uuid;

const MOBILE: &str = "7500000001";
const CORRECTIONS: &str = "/api/teeka/v1/corrections";

/// Gives a person of the mobile their first dose.
async fn vaccinate(server: &Server, reference: &str) {
    let (world, platform) = (&server.world, &server.world.platform);
    let today = world.ctx(Actor::System).today();
    let session = world.publish(world.session(9, 1, today, [5, 5, 5])).await;
    let person = platform.by_reference(reference).unwrap();
    let wish = Wish {
        session,
        slot: "09:00AM-01:00PM",
        dose_number: None,
        beneficiaries: &[person],
        idempotency_key: None,
    };
    let appointment = platform.book(&world.resident(MOBILE), &wish).await.unwrap();
    let ctx = world.staff(StaffRole::Vaccinator, 1);
    let code = platform.security_code(appointment);
    let presented = platform.present_code(&ctx, FacilityId(1), reference, &code).await.unwrap();
    let given = Given {
        id: DoseId(Uuid::from_u128(1)),
        number: None,
        vaccine: "COVISHIELD",
        lot: "LOT1",
        vaccinator: "Meera Pillai",
        given_on: None,
    };
    platform.record_dose(&ctx, &presented.presence, &given).await.unwrap();
}

/// A server with a family: its token, and the number of the one who is vaccinated.
async fn family() -> (Server, String, String) {
    let server = Server::open().await;
    let token = server.sign_in(MOBILE).await;
    let reference = server.register(&token, 1, "1980").await;
    vaccinate(&server, &reference).await;
    (server, token, reference)
}

async fn correct(server: &Server, token: &str, key: &str, body: Value) -> Answer {
    let request = Request::post(CORRECTIONS)
        .header(CONTENT_TYPE, "application/json")
        .header("authorization", format!("Bearer {token}"))
        .header("idempotency-key", key)
        .body(Body::from(body.to_string()));
    server.send(request.unwrap()).await
}

#[tokio::test]
async fn a_call_corrects_once_for_each_key_and_says_why_it_does_not() {
    let (server, token, reference) = family().await;
    let named = |name: &str| json!({ "beneficiary_reference_id": reference, "name": name });
    let nobody = server.post(CORRECTIONS, named("Usha Demo"), None).await;
    assert_eq!(nobody.status, 401);
    let other = server.sign_in("7500000002").await;
    assert_eq!(correct(&server, &other, "1", named("Usha Demo")).await.status, 404);
    for (wrong, part) in [
        (json!({ "name": "Usha Demo" }), "beneficiary_reference_id"),
        (named("1"), "name"),
        (json!({ "beneficiary_reference_id": reference, "birth_year": "2090" }), "birth_year"),
        (json!({ "beneficiary_reference_id": reference, "gender_id": "x" }), "gender_id"),
        (json!([]), "beneficiary_reference_id"),
    ] {
        let answer = correct(&server, &token, "1", wrong).await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        assert!(answer.value()["detail"].as_str().unwrap().contains(part), "{}", answer.value());
    }
    assert_eq!(correct(&server, &token, "a b", named("Usha Demo")).await.status, 400);
    for _ in 0..2 {
        assert_eq!(correct(&server, &token, "1", named("Usha Demo")).await.status, 204);
    }
    let reused = correct(&server, &token, "1", named("Asha Demo")).await;
    assert_eq!((reused.status, &reused.value()["type"]), (422, &json!("/problems/key-reused")));
    let again = correct(&server, &token, "2", named("Asha Demo")).await;
    assert_eq!((again.status, &again.value()["type"]), (409, &json!("/problems/conflict")));
    let person = format!("/api/teeka/v1/beneficiaries/{reference}");
    let held = server.get(&person, Some(&token)).await.value();
    assert_eq!((&held["name"], &held["birth_year"]), (&json!("Usha Demo"), &json!("1980")));
}

async fn page(server: &Server, path: &str, token: Option<&str>) -> Answer {
    let mut request = Request::get(path);
    if let Some(token) = token {
        request = request.header("cookie", format!("teeka_sign_in={token}"));
    }
    server.send(request.body(Body::empty()).unwrap()).await
}

async fn send_form(server: &Server, token: &str, form: &str) -> Answer {
    let request = Request::post("/people/correct")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .header("cookie", format!("teeka_sign_in={token}"))
        .body(Body::from(form.to_owned()));
    server.send(request.unwrap()).await
}

/// What stands between two texts of a page.
fn between(page: &Answer, before: &str, after: &str) -> String {
    let text = String::from_utf8_lossy(&page.bytes).into_owned();
    let rest = text.split_once(before).unwrap_or_else(|| panic!("{before} in {text}")).1;
    rest.split_once(after).unwrap().0.to_owned()
}

#[tokio::test]
async fn a_form_without_scripts_corrects_and_says_so() {
    let (server, token, _) = family().await;
    let people = page(&server, "/people", Some(&token)).await;
    let handle = between(&people, "/people/correct?person=", "\"");
    let asks = page(&server, &format!("/people/correct?person={handle}"), Some(&token)).await;
    assert_eq!(asks.status, 200);
    let key = between(&asks, "name=\"key\" value=\"", "\"");
    assert_eq!(between(&asks, "name=\"name\" value=\"", "\""), "Asha Demo");
    let form = |name: &str, year: &str| {
        format!("key={key}&person={handle}&name={name}&birth_year={year}&gender=2")
    };
    let refused = send_form(&server, &token, &form("Asha+Demo", "19x0")).await;
    assert_eq!(refused.status, 400);
    assert!(between(&refused, "id=\"birth_year-wrong\">", "<").contains("four digits"));
    let same = send_form(&server, &token, &form("Asha+Demo", "1980")).await;
    assert!(between(&same, "role=\"alert\">", "</div>").contains("Nothing is different"));
    // Sent twice, by a double click, it happens once.
    for _ in 0..2 {
        let done = send_form(&server, &token, &form("Usha+Demo", "1980")).await;
        assert_eq!(done.header("location"), Some("/people?done=corrected"));
    }
    let said = page(&server, "/people?done=corrected", Some(&token)).await;
    assert!(between(&said, "role=\"status\">", "</div>").contains("corrected"));
    assert_eq!(between(&said, "<h2>", "</h2>"), "Usha Demo");
    // Another account does not even see whom the form names.
    let other = server.sign_in("7500000002").await;
    let foreign = send_form(&server, &other, &form("Ravi+Demo", "1980")).await;
    assert_eq!(foreign.status, 404);
}

#[tokio::test]
async fn what_is_about_people_is_private_and_not_listed() {
    let (server, token, reference) = family().await;
    let people = page(&server, "/people", Some(&token)).await;
    let handle = between(&people, "/certificate?person=", "\"");
    let certificate = format!("/certificate?person={handle}");
    let correct = format!("/people/correct?person={handle}");
    let download =
        format!("/api/v2/registration/certificate/download?beneficiary_reference_id={reference}");
    let private = |answer: &Answer| {
        answer.header("cache-control") == Some("private, no-store")
            && answer.header("x-robots-tag") == Some("noindex")
    };
    for path in [certificate.as_str(), &correct, "/people"] {
        let answer = page(&server, path, Some(&token)).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(private(&answer), "{path}: {:?}", answer.headers);
        // Without its person's sign-in there is none.
        let nobody = page(&server, path, None).await;
        assert!(private(&nobody) && !nobody.bytes.starts_with(b"%PDF"), "{path}");
        assert!(!String::from_utf8_lossy(&nobody.bytes).contains("Asha"), "{path}");
    }
    let file = server.get(&download, Some(&token)).await;
    assert!(file.bytes.starts_with(b"%PDF") && private(&file), "{:?}", file.headers);
    assert_eq!(server.get(&download, None).await.status, 401);
    let other = server.sign_in("7500000002").await;
    assert!(!server.get(&download, Some(&other)).await.bytes.starts_with(b"%PDF"));
    // Anybody may find the home page.
    assert_eq!(page(&server, "/", None).await.header("x-robots-tag"), None);
}

/// While the key that signs is away, the dose is recorded, and whoever asks for its certificate
/// reads that it will be ready later, and when to ask again.
#[tokio::test]
async fn a_certificate_that_is_owed_says_so() {
    let server = Server::open().await;
    let token = server.sign_in(MOBILE).await;
    let reference = server.register(&token, 1, "1980").await;
    server.world.key.take_away();
    vaccinate(&server, &reference).await;
    let path =
        format!("/api/v2/registration/certificate/download?beneficiary_reference_id={reference}");
    let asked = server.get(&path, Some(&token)).await;
    assert_eq!((asked.status, asked.header("retry-after")), (503, Some("300")));
    let message = asked.value()["message"].as_str().unwrap().to_owned();
    assert!(message.contains("on record") && message.contains("later"), "{message}");
    let people = page(&server, "/people", Some(&token)).await;
    let handle = between(&people, "/certificate?person=", "\"");
    let path = format!("/certificate?person={handle}");
    let asked = page(&server, &path, Some(&token)).await;
    assert_eq!((asked.status, asked.header("retry-after")), (503, Some("300")));
    let html = String::from_utf8_lossy(&asked.bytes).into_owned();
    assert!(html.contains("The dose is on record") && html.contains("later"), "{html}");
    server.world.key.bring_back();
    let mut worker = app::owed::OwedWorker::default();
    let ctx = server.world.ctx(Actor::System);
    server.world.platform.sign_owed(&ctx, &mut worker).await.unwrap();
    assert_eq!(page(&server, &path, Some(&token)).await.status, 200);
}

//! Details for travel, by a call and with a form.

use app::links::Download;
use axum::{
    body::Body,
    http::{Method, Request, header::CONTENT_TYPE},
};
use serde_json::{Value, json};

use crate::{
    MOBILE,
    common::{Answer, Server, between, link, page},
    family,
};

fn given(birth_date: &str, passport: &str, nationality: &str) -> Value {
    json!({
        "birth_date": birth_date, "passport_number": passport, "nationality": nationality,
    })
}

/// What is usable, with a guardian.
fn guarded(guardian: &str) -> Value {
    let mut given = given("1980-02-29", "k 1234567", "ind");
    given["guardian_name"] = guardian.into();
    given
}

async fn call(
    server: &Server,
    method: Method,
    reference: &str,
    token: Option<&str>,
    body: &Value,
) -> Answer {
    let path = format!("/api/teeka/v1/beneficiaries/{reference}/travel");
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let request = request.header(CONTENT_TYPE, "application/json");
    server.send(request.body(Body::from(body.to_string())).unwrap()).await
}

#[tokio::test]
async fn a_call_keeps_and_removes_details_for_travel_and_says_what_is_wrong() {
    let (server, token, reference) = family().await;
    let good = given("1980-02-29", "k 1234567", "ind");
    let put = async |token: Option<&str>, reference: &str, body: &Value| {
        call(&server, Method::PUT, reference, token, body).await
    };
    assert_eq!(put(None, &reference, &good).await.status, 401);
    let other = server.sign_in("7500000002").await;
    assert_eq!(put(Some(&other), &reference, &good).await.status, 404);
    let bearer = token;
    let token = Some(bearer.as_str());
    for (wrong, status, kind, part) in [
        (given("1980-02-30", "K1234567", "IND"), 400, "invalid", "birth_date"),
        (given("1981-02-01", "K1234567", "IND"), 409, "other-birth-year", "correct it first"),
        (given("1980-02-29", "K12345678901", "IND"), 400, "invalid", "passport_number"),
        (given("1980-02-29", "K1234567", "XXX"), 400, "invalid", "nationality"),
        (guarded("K12\u{202e}"), 400, "invalid", "guardian_name"),
        (json!({}), 400, "invalid", "birth_date"),
        (json!([]), 400, "invalid", "birth_date"),
    ] {
        let answer = put(token, &reference, &wrong).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (status, Some("application/problem+json"))
        );
        let problem = answer.value();
        assert_eq!(problem["type"], format!("/problems/{kind}"));
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(part) && !detail.contains("K12"), "{detail}");
    }
    let unvaccinated = server.register(&bearer, 2, "1980").await;
    let early = put(token, &unvaccinated, &good).await;
    assert_eq!((early.status, &early.value()["type"]), (409, &json!("/problems/conflict")));
    assert_eq!(put(token, &reference, &good).await.status, 204);
    assert_eq!(put(token, &reference, &guarded("रवि Demo")).await.status, 204);
    for _ in 0..2 {
        let gone = call(&server, Method::DELETE, &reference, token, &Value::Null).await;
        assert_eq!(gone.status, 204);
    }
    let foreign = call(&server, Method::DELETE, &reference, Some(&other), &Value::Null).await;
    assert_eq!(foreign.status, 404);
}

async fn send(server: &Server, token: &str, path: &str, form: &str) -> Answer {
    let request = Request::post(path)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .header("cookie", format!("teeka_sign_in={token}"))
        .body(Body::from(form.to_owned()));
    server.send(request.unwrap()).await
}

#[tokio::test]
async fn a_form_keeps_details_for_travel_without_showing_the_passport_and_removes_them() {
    let (server, token, reference) = family().await;
    let see = async |path: &str| page(&server, path, Some(&token)).await;
    let handle = between(&see("/people").await, "/people/travel?person=", "\"");
    let asks = see(&format!("/people/travel?person={handle}")).await;
    assert!(between(&asks, "year of birth on record is ", ".") == "1980");
    // The page shows such a link only once there is something behind it.
    let platform = &server.world.platform;
    let person = platform.by_reference(&reference).unwrap();
    let sealed = platform.make_link(&server.world.resident(MOBILE), person, Download::Icvp);
    let icvp = format!("/certificate/icvp?person={handle}&link={}", sealed.unwrap());
    let early = see(&icvp).await;
    assert_eq!(early.status, 400);
    assert!(between(&early, "role=\"alert\">", "</div>").contains("details for travel first"));
    let guarded = |day: &str, guardian: &str| {
        format!(
            "person={handle}&birth_date={day}&passport_number=k-1234567&nationality=npl\
             &guardian_name={guardian}"
        )
    };
    let form = |day: &str| guarded(day, "Ravi+%3CDemo");
    let refused = send(&server, &token, "/people/travel", &form("1981-01-01")).await;
    assert!(between(&refused, "id=\"birth_date-wrong\">", "<").contains("correct the year first"));
    assert!(between(&refused, "name=\"nationality\" value=\"", "\"") == "npl");
    let done = send(&server, &token, "/people/travel", &form("1980-12-31")).await;
    assert_eq!(done.header("location"), Some("/people?done=travel"));
    let kept = see(&format!("/people/travel?person={handle}")).await;
    assert!(between(&kept, "<dd>X", "<") == "XXXX567");
    assert!(between(&kept, "Parent or guardian</dt><dd>", "</dd>") == "Ravi &#60;Demo");
    assert!(between(&kept, "name=\"guardian_name\" value=\"", "\"") == "Ravi &#60;Demo");
    let nobody = send(&server, &token, "/people/travel", &guarded("1980-12-31", "7")).await;
    assert!(between(&nobody, "id=\"guardian_name-wrong\">", "<").contains("leave it empty"));
    for shown in [&refused, &kept, &see("/people").await] {
        let text = String::from_utf8_lossy(&shown.bytes).to_uppercase();
        assert!(!text.contains("1234567"), "no page holds the number");
    }
    let shown = link(&see("/people").await, "/certificate/icvp?");
    assert!(shown.ends_with("&as=picture") && see(&shown).await.status == 200, "{shown}");
    let text = see(&icvp).await;
    assert_eq!(text.header("content-type"), Some("text/plain"));
    assert!(text.bytes.starts_with(b"HC1:"));
    let picture = see(&format!("{icvp}&as=picture")).await;
    assert!(picture.header("content-type") == Some("image/png"));
    assert!(picture.bytes.starts_with(b"\x89PNG"));
    let of_dose = see(&format!("{icvp}&dose=1")).await;
    assert!(of_dose.bytes.starts_with(b"HC1:"));
    for none in ["2", "0", "one"] {
        let refused = see(&format!("{icvp}&dose={none}")).await;
        assert_eq!(refused.status, 404, "{none}");
    }
    for answer in [&text, &picture, &kept, &of_dose] {
        assert_eq!(answer.header("cache-control"), Some("private, no-store"));
    }
    let other = server.sign_in("7500000002").await;
    let foreign = send(&server, &other, "/people/travel", &form("1980-12-31")).await;
    assert_eq!(foreign.status, 404);
    assert!(!page(&server, &icvp, Some(&other)).await.bytes.starts_with(b"HC1:"));
    let form = format!("person={handle}");
    let removed = send(&server, &token, "/people/travel/remove", &form).await;
    assert_eq!(removed.header("location"), Some("/people?done=travel-removed"));
    assert_eq!(see(&icvp).await.status, 400);
}

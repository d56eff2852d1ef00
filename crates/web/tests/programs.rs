//! What programs that are in no registry send and read, in our own words: booking scripts, slot
//! finders and dashboards of 2021. Each test makes the calls of one kind of program, in its order,
//! and reads exactly the members that it reads, the way it reads them.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod common;

use axum::{
    body::Body,
    http::{Request, header},
};
use common::{Server, person};
use domain::id::SessionId;
use jiff::{SignedDuration, civil::Date};
use serde_json::{Value, json};

const HOST: &str = "https://cdn-api.co-vin.in";

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_else(|| panic!("{member} is a text: {value}"))
}

fn whole(value: &Value, member: &str) -> i64 {
    value[member].as_i64().unwrap_or_else(|| panic!("{member} is a whole number: {value}"))
}

fn list<'a>(value: &'a Value, member: &str) -> &'a Vec<Value> {
    value[member].as_array().unwrap_or_else(|| panic!("{member} is a list: {value}"))
}

fn day(text: &str) -> Date {
    Date::strptime("%d-%m-%Y", text).unwrap()
}

/// A terminal program's call: the whole address in the request line, as a client behind a proxy
/// writes it, the headers of the web app, `Bearer` written small or not at all.
async fn terminal(
    server: &Server,
    path: &str,
    token: Option<&str>,
    body: Option<Value>,
) -> (u16, Value) {
    let method = if body.is_some() { "POST" } else { "GET" };
    let mut request = Request::builder()
        .method(method)
        .uri(format!("{HOST}{path}"))
        .header("origin", "https://selfregistration.cowin.gov.in/")
        .header("referer", "https://selfregistration.cowin.gov.in/");
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("bearer {token}"));
    }
    // No content type: not every library sends one.
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    let answer = server.send(request.body(body).unwrap()).await;
    (answer.status, answer.value())
}

/// A booking script: signs in, lists its people, polls the calendar, books for the family, takes the
/// slip; run again it moves the appointment.
#[tokio::test]
async fn a_booking_script_books_for_a_family_and_moves_the_appointment() {
    let server = Server::open().await;
    server.session(1, 1, [5, 5, 0]).await;
    server.session(2, 2, [5, 5, 0]).await;
    let token = server.sign_in("9000000001").await;
    for (document, year) in [(1, "1980"), (2, "1985")] {
        server.register(&token, document, year).await;
    }
    let token = Some(token.as_str());
    let (status, people) =
        terminal(&server, "/api/v2/appointment/beneficiaries", token, None).await;
    assert_eq!(status, 200);
    let people = list(&people, "beneficiaries");
    let youngest =
        people.iter().map(|one| 2022 - text(one, "birth_year").parse::<i64>().unwrap()).min();
    assert!(people.iter().all(|one| text(one, "vaccination_status") == "Not Vaccinated"));
    assert!(people.iter().all(|one| text(one, "vaccine").is_empty()));
    assert!(people.iter().all(|one| list(one, "appointments").is_empty()));

    let search = "/api/v2/appointment/sessions/calendarByDistrict?district_id=391&date=02-02-2022";
    let (_, calendar) = terminal(&server, search, token, None).await;
    let mut options = Vec::new();
    for center in list(&calendar, "centers") {
        for session in list(center, "sessions") {
            let free = whole(session, "available_capacity_dose1")
                .min(whole(session, "available_capacity"));
            if free >= 2
                && whole(session, "min_age_limit") <= youngest.unwrap()
                && ["Free", "Paid"].contains(&text(center, "fee_type"))
            {
                let key = (
                    text(center, "district_name").to_lowercase(),
                    whole(center, "pincode"),
                    day(text(session, "date")),
                );
                options.push((key, whole(center, "center_id"), session.clone()));
            }
        }
    }
    options.sort_by(|a, b| a.0.cmp(&b.0));
    let (_, center, session) = &options[0];
    let wish = json!({
        "beneficiaries": people.iter().map(|one| text(one, "beneficiary_reference_id")).collect::<Vec<_>>(),
        "dose": 1, "center_id": center, "session_id": session["session_id"], "slot": session["slots"][1],
        "captcha": "aB3dE",
    });
    let (status, booked) =
        terminal(&server, "/api/v2/appointment/schedule", token, Some(wish)).await;
    assert_eq!(status, 200, "{booked}");
    let id = text(&booked, "appointment_confirmation_no");
    let slip = format!("/api/v2/appointment/appointmentslip/download?appointment_id={id}");
    assert_eq!(terminal(&server, &slip, token, None).await.0, 200);

    // Run again: more appointments than doses, so this one is moved.
    let (_, people) = terminal(&server, "/api/v2/appointment/beneficiaries", token, None).await;
    let held = &people["beneficiaries"][0]["appointments"][0];
    for member in ["name", "state_name", "date", "slot", "appointment_id"] {
        assert!(!text(held, member).is_empty(), "{member}");
    }
    assert_eq!(whole(held, "dose"), 1);
    let moved = json!({
        "appointment_id": held["appointment_id"], "session_id": options[1].2["session_id"],
        "slot": options[1].2["slots"][0],
    });
    let (status, body) =
        terminal(&server, "/api/v2/appointment/reschedule", token, Some(moved)).await;
    assert_eq!((status, body), (204, "".into()));
}

/// A script of May 2021 shows the captcha without its lines, or reads it from the paths.
#[tokio::test]
async fn a_script_finds_five_characters_and_removable_lines_in_the_captcha() {
    let server = Server::open().await;
    let token = server.sign_in("9000000001").await;
    let path = "/api/v2/auth/getRecaptcha";
    let bodiless = Request::post(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
    let answer = server.send(bodiless.body(Body::empty()).unwrap()).await.value();
    let svg = text(&answer, "captcha");
    assert!(svg.starts_with("<svg ") && svg.contains("width=\"150\" height=\"50\""));
    let glyphs: Vec<_> = svg.split("<path fill=\"#").skip(1).collect();
    let from = |glyph: &str| -> u32 {
        let digits = glyph.split('M').nth(1).unwrap();
        digits.split(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap()
    };
    let places: Vec<_> = glyphs.iter().map(|glyph| from(glyph)).collect();
    assert_eq!(places.len(), 5);
    assert!(places.is_sorted() && places.last() < Some(&150), "{places:?}");
    let lines: Vec<_> = svg.split("<path d=").skip(1).collect();
    assert!(lines.iter().all(|line| line.split('>').next().unwrap().ends_with("fill=\"none\"/")));
    assert_eq!(lines.len(), 2);
}

/// A slot finder takes the sessions of one day apart and puts centres together from them: it
/// deletes members without looking whether they are there.
#[tokio::test]
async fn a_slot_finder_rebuilds_centres_from_the_sessions_of_a_day() {
    let server = Server::open().await;
    server.session(1, 1, [5, 5, 0]).await;
    server.session(2, 3, [5, 0, 0]).await;
    let path = "/api/v2/appointment/sessions/public/findByDistrict?district_id=391&date=02-02-2022&vaccine=COVAXIN";
    let (_, found) = terminal(&server, path, None, None).await;
    let sessions = list(&found, "sessions");
    assert_eq!(sessions.len(), 2, "the public calls do not filter by vaccine");
    for session in sessions {
        let mut center = session.clone();
        let members = center.as_object_mut().unwrap();
        for member in [
            "session_id",
            "date",
            "available_capacity",
            "available_capacity_dose1",
            "available_capacity_dose2",
            "min_age_limit",
            "vaccine",
            "slots",
        ] {
            assert!(members.remove(member).is_some(), "{member}");
        }
        for member in [
            "name",
            "address",
            "state_name",
            "district_name",
            "block_name",
            "from",
            "to",
            "fee_type",
            "fee",
        ] {
            assert!(members[member].is_string(), "{member}");
        }
        for member in ["center_id", "pincode", "lat", "long"] {
            assert!(members[member].is_i64() || members[member].is_u64(), "{member}");
        }
    }
}

/// A watcher with a window reads ages and fees: the oldest age only where not all are allowed, the
/// fees only of a centre that charges. It downloads certificates with a token of the public calls.
#[tokio::test]
async fn a_watcher_reads_ages_fees_and_downloads_certificates() {
    let server = Server::open().await;
    let tomorrow = common::TODAY.tomorrow().unwrap();
    let session = server.world.session(1, 3, tomorrow, [5, 5, 0]);
    server.world.publish(domain::session::Session { max_age: Some(44), fee: 780, ..session }).await;
    server.session(2, 1, [5, 5, 0]).await;
    let path =
        "/api/v2/appointment/sessions/public/calendarByDistrict?district_id=391&date=2-2-2022";
    let (_, calendar) = terminal(&server, path, None, None).await;
    for center in list(&calendar, "centers") {
        if text(center, "fee_type") == "Paid" {
            let fee = &list(center, "vaccine_fees")[0];
            assert_eq!((text(fee, "vaccine"), text(fee, "fee")), ("COVISHIELD", "780"));
        }
        for session in list(center, "sessions") {
            if !session["allow_all_age"].as_bool().unwrap() {
                assert_eq!(whole(session, "max_age_limit"), 44);
            }
            let doses = whole(session, "available_capacity_dose1")
                + whole(session, "available_capacity_dose2");
            assert_eq!(whole(session, "available_capacity"), doses);
        }
    }

    let token = server.sign_in("9000000001").await;
    let reference = server.register(&token, 1, "1980").await;
    let asked = json!({ "mobile": "9000000001" });
    let (transaction, code) = server.ask_code("/api/v2/auth/public/generateOTP", asked).await;
    let confirm = json!({ "otp": app::sign_in::sha256_hex(&code), "txnId": transaction });
    let (status, answer) =
        terminal(&server, "/api/v2/auth/public/confirmOTP", None, Some(confirm)).await;
    assert_eq!(status, 200);
    let certificate = format!(
        "/api/v2/registration/certificate/public/download?beneficiary_reference_id={reference}"
    );
    let (status, answer) =
        terminal(&server, &certificate, Some(text(&answer, "token")), None).await;
    assert_eq!(
        (status, text(&answer, "error").is_empty()),
        (400, false),
        "no dose yet, said in JSON"
    );
}

/// Capacity shown to someone signed in is capacity that their people can book; what is shown to all
/// is what can be booked online now.
#[tokio::test]
async fn the_capacity_shown_is_that_which_can_be_booked() {
    let server = Server::open().await;
    server.session(1, 1, [5, 4, 3]).await;
    let shown = |token: Option<String>| {
        let server = &server;
        async move {
            let public = if token.is_some() { "" } else { "public/" };
            let path = format!(
                "/api/v2/appointment/sessions/{public}calendarByPin?pincode=414001&date=02-02-2022"
            );
            let (_, calendar) = terminal(server, &path, token.as_deref(), None).await;
            let session = &calendar["centers"][0]["sessions"][0];
            ["dose1", "dose2", "dose3"]
                .map(|dose| whole(session, &format!("available_capacity_{dose}")))
        }
    };
    assert_eq!(shown(None).await, [5, 4, 3]);
    let token = server.sign_in("9000000001").await;
    assert_eq!(shown(Some(token.clone())).await, [5, 4, 3], "nobody is registered yet");
    server.register(&token, 1, "2006").await;
    assert_eq!(shown(Some(token.clone())).await, [0, 0, 0], "at 16, not with this vaccine");
    server.register(&token, 2, "1950").await;
    assert_eq!(shown(Some(token)).await, [5, 0, 0], "the first dose comes first");
    // 13:30 on the day: the slot of the morning is over, the seats for any slot are not.
    server.world.advance(SignedDuration::from_mins(28 * 60 + 30));
    server.refresh().await;
    assert_eq!(shown(None).await, [5, 4, 3]);
    let path = "/api/v2/appointment/sessions/public/findByPin?pincode=414001&date=02-02-2022";
    let (_, found) = terminal(&server, path, None, None).await;
    assert_eq!(list(&found["sessions"][0], "slots"), &["01:00PM-05:00PM"]);
    let token = server.sign_in("9000000001").await;
    let people = server.get("/api/v2/appointment/beneficiaries", Some(&token)).await.value();
    let reference = text(&people["beneficiaries"][1], "beneficiary_reference_id");
    let over = json!({
        "dose": 1, "session_id": SessionId(uuid::Uuid::from_u128(1)).0, "slot": "09:00AM-01:00PM",
        "beneficiaries": [reference],
    });
    let (status, answer) =
        terminal(&server, "/api/v2/appointment/schedule", Some(&token), Some(over)).await;
    assert_eq!((status, text(&answer, "errorCode")), (400, "APPOIN0023"));
    server.world.advance(SignedDuration::from_mins(3 * 60 + 30));
    server.refresh().await;
    assert_eq!(shown(None).await, [0, 0, 0], "the day is over");
}

/// A page of another site asks first, and reads limits and ages of answers from headers.
#[tokio::test]
async fn a_page_of_another_site_may_call() {
    let server = Server::open().await;
    for path in ["/api/v2/appointment/schedule", "/api/v4/auth/public/generateOTP", "/api/v3/x"] {
        let request = Request::options(path)
            .header("origin", "https://example.org")
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type");
        let answer = server.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, 204, "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        let allowed = answer.header("access-control-allow-headers").unwrap().to_lowercase();
        assert!(allowed.contains("authorization") && allowed.contains("x-api-key"));
    }
    let path = "/api/v2/appointment/sessions/public/findByPin?pincode=414001&date=02-02-2022";
    let answer = server.get(path, None).await;
    let age: u32 = answer.header("data-age-ms").unwrap().parse().unwrap();
    assert!(age < 1_000);
    let readable = answer.header("access-control-expose-headers").unwrap().to_lowercase();
    assert!(readable.contains("data-age-ms") && readable.contains("retry-after"));
}

/// A desk program of a state registers who came without registration, twice by mistake.
#[tokio::test]
async fn a_document_is_registered_once_in_the_country() {
    let server = Server::open().await;
    let mut body = person(1, "1980");
    body["mobile_number"] = 9_000_000_001_u64.into();
    let path = "/api/v2/vaccinator/beneficiaries/new";
    let call = common::Call { path, key: Some(common::KEY), ..common::Call::default() };
    let first = server.call(common::Call { body: Some(body.clone()), ..call.clone() }).await;
    assert_eq!(first.status, 200, "{}", first.value());
    body["mobile_number"] = "9000000002".into();
    let again = server.call(common::Call { body: Some(body), ..call }).await;
    assert_eq!((again.status, again.code()), (400, "USRRES0002".into()));
}

//! The contract on the wire, call by call: the status, the type and the shape of each answer, in
//! files that a review reads. A member that is gone, a number that became a text, an error whose
//! words changed: each shows as a change of a file in `golden/`.
//!
//! To write the files anew: `INSTA_UPDATE=always cargo test -p web --test wire`.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod common;
mod shape;

use common::{Call, KEY, Server, person};
use domain::id::SessionId;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shape::Wire;

macro_rules! golden {
    ($name:literal, $wire:expr) => {
        insta::with_settings!({ snapshot_path => "golden", prepend_module_to_snapshot => false,
            omit_expression => true }, { insta::assert_snapshot!($name, $wire.text()) });
    };
}

/// Sessions of every kind for the searches: free and paid, open to all and for some ages.
async fn sessions(server: &Server) {
    server.session(1, 1, [5, 5, 5]).await;
    server.session(2, 3, [5, 0, 0]).await;
    let tomorrow = common::TODAY.tomorrow().unwrap();
    let paid = server.world.session(3, 3, tomorrow, [5, 5, 0]);
    server.world.publish(domain::session::Session { max_age: Some(44), fee: 250, ..paid }).await;
}

fn find(area: &str) -> String {
    format!("/api/v2/appointment/sessions/{area}&date=02-02-2022")
}

#[tokio::test]
async fn public_calls() {
    let server = Server::open().await;
    sessions(&server).await;
    let mut wire = Wire::new(&server);
    wire.get("P3 states", "/api/v2/admin/location/states").await;
    wire.get("P4 districts", "/api/v2/admin/location/districts/21").await;
    wire.get("P5 findByPin", &find("public/findByPin?pincode=414001")).await;
    wire.get("P6 findByDistrict", &find("public/findByDistrict?district_id=391")).await;
    wire.get("P7 calendarByPin", &find("public/calendarByPin?pincode=414002")).await;
    wire.get("P8 calendarByDistrict", &find("public/calendarByDistrict?district_id=391")).await;
    wire.get("P9 calendarByCenter", &find("public/calendarByCenter?center_id=3")).await;
    let near = "centers/public/findByLatLong?lat=19.1&long=74.7";
    wire.get("P10 findByLatLong", &format!("/api/v2/appointment/{near}")).await;
    wire.get("R3 idTypes", "/api/v2/registration/beneficiary/idTypes").await;
    wire.get("R4 genders", "/api/v2/registration/beneficiary/genders").await;
    for path in [
        "/api/v2/admin/location/districts/99",
        &find("public/findByPin?pincode=110001"),
        &find("public/findByDistrict?district_id=99999"),
        &find("public/calendarByPin?pincode=110001&vaccine=COVAXIN&unknown=1"),
        &find("public/calendarByCenter?center_id=2"),
        &find("public/calendarByCenter?center_id=99"),
    ] {
        wire.get("nothing found", path).await;
    }
    for path in [
        "/api/v2/admin/location/districts/x",
        &find("public/findByPin?pincode=12345"),
        &find("public/findByPin?x=1"),
        &find("public/findByDistrict?district_id=x"),
        "/api/v2/appointment/sessions/public/findByPin?pincode=414001&date=31-02-2022",
        "/api/v2/appointment/sessions/public/findByPin?pincode=414001",
        "/api/v2/appointment/centers/public/findByLatLong?lat=0&long=0",
    ] {
        wire.get("refused", path).await;
    }
    golden!("public", wire);
}

#[tokio::test]
async fn twins_in_the_language_that_was_asked_for() {
    let server = Server::open().await;
    sessions(&server).await;
    let mut wire = Wire::new(&server);
    for language in ["hi_IN", "ta_IN", "en_US"] {
        for path in [
            "/api/v2/admin/location/states",
            "/api/v2/admin/location/districts/9",
            "/api/v2/registration/beneficiary/genders",
        ] {
            let call = Call { path, language: Some(language), ..Call::default() };
            wire.verbatim(&format!("{language} {path}"), call).await;
        }
        let path = &find("public/calendarByCenter?center_id=1");
        let call = Call { path, language: Some(language), ..Call::default() };
        wire.call(&format!("{language} calendarByCenter"), call).await;
    }
    golden!("languages", wire);
}

#[tokio::test]
async fn sign_in_calls() {
    let server = Server::open().await;
    let mut wire = Wire::new(&server);
    let mobile = json!({ "mobile": "9000000001" });
    for (name, generate, confirm) in [
        ("P1 P2", "public/generateOTP", "public/confirmOTP"),
        ("A1 A2", "generateMobileOTP", "validateMobileOtp"),
        ("R1 R2", "generateOTP", "confirmOTP"),
    ] {
        let (generate, confirm) =
            (format!("/api/v2/auth/{generate}"), format!("/api/v2/auth/{confirm}"));
        wire.post(&format!("{name} asked"), &generate, mobile.clone(), None).await;
        if name == "P1 P2" {
            let body = server.confirmation(&generate, &mobile).await;
            wire.post("P2 nobody registered", &confirm, body, None).await;
            let token = server.sign_in("9000000001").await;
            server.register(&token, 1, "1980").await;
        }
        let body = server.confirmation(&generate, &mobile).await;
        let token = wire.post(&format!("{name} confirmed"), &confirm, body.clone(), None).await;
        wire.claims(&format!("{name} token"), token["token"].as_str().unwrap());
        wire.post("used twice", &confirm, body, None).await;
        let mut body = server.confirmation(&generate, &mobile).await;
        body["otp"] = "123456".into();
        wire.post("not hashed, so wrong", &confirm, body, None).await;
        let body = server.confirmation(&generate, &mobile).await;
        server.world.advance(SignedDuration::from_secs(180));
        wire.post("after 180 seconds", &confirm, body, None).await;
    }
    let confirm = "/api/v2/auth/validateMobileOtp";
    wire.post("no OTP", confirm, json!({ "txnId": "x" }), None).await;
    wire.post("no txnId", confirm, json!({ "otp": "x" }), None).await;
    wire.post("unknown txnId", confirm, json!({ "otp": "x", "txnId": "x" }), None).await;
    let generate = "/api/v2/auth/generateMobileOTP";
    wire.post("no body", generate, Value::Null, None).await;
    wire.post("no mobile of the country", generate, json!({ "mobile": 12 }), None).await;
    let nobody = Call { path: "/api/v2/auth/generateOTP", body: Some(mobile), ..Call::default() };
    wire.call("R1 without a key", nobody).await;
    wire.post("A4 guest", "/api/v1/auth/guest/login", json!({ "user_name": "x" }), None).await;
    wire.post("A3 nobody", "/api/v2/auth/getRecaptcha", Value::Null, None).await;
    let token = server.sign_in("9000000001").await;
    wire.post("A3 captcha", "/api/v2/auth/getRecaptcha", Value::Null, Some(&token)).await;
    golden!("sign_in", wire);
}

#[tokio::test]
async fn status_calls() {
    let server = Server::open().await;
    let token = server.sign_in("9000000001").await;
    server.register(&token, 1, "1980").await;
    let mut wire = Wire::new(&server);
    let (generate, confirm) = ("/api/v3/vaccination/generateOTP", "/api/v3/vaccination/confirmOTP");
    let named = |name| json!({ "mobile_number": "9000000001", "full_name": name });
    wire.post("P12", generate, named("asha  DEMO"), None).await;
    let body = server.confirmation(generate, &named("asha  DEMO")).await;
    let mut wrong = server.confirmation(generate, &named("Asha Demo")).await;
    wrong["otp"] = "0".into();
    wire.post("P13 wrong OTP", confirm, wrong, None).await;
    wire.post("P13 no OTP", confirm, json!({ "txnId": body["txnId"] }), None).await;
    let token = wire.post("P13", confirm, body, None).await["token"].clone();
    wire.get_as("P14", "/api/v3/vaccination/status", token.as_str().unwrap()).await;
    let other = server.confirmation(generate, &named("Somebody Else")).await;
    wire.post("P13 nobody of that name", confirm, other, None).await;
    wire.post("P12 no name", generate, json!({ "mobile_number": "9000000001" }), None).await;
    wire.get("P14 nobody", "/api/v3/vaccination/status").await;
    golden!("status", wire);
}

const SLOT: &str = "09:00AM-01:00PM";

fn wish(session: SessionId, people: &[&str], dose: f64) -> Value {
    json!({
        "session_id": session.0, "slot": SLOT, "beneficiaries": people, "dose": dose,
        "center_id": 1, "captcha": "x",
    })
}

#[tokio::test]
async fn calls_of_the_resident() {
    let server = Server::open().await;
    sessions(&server).await;
    let mut wire = Wire::new(&server);
    let token = server.sign_in("9000000001").await;
    let token = token.as_str();
    let new = "/api/v2/registration/beneficiary/new";
    let list = "/api/v2/appointment/beneficiaries";
    wire.get_as("R9 nobody yet", list, token).await;
    let made = wire.post("R7 new", new, person(1, "1980"), Some(token)).await;
    let first = made["beneficiary_reference_id"].as_str().unwrap().to_owned();
    for (name, member, value) in [
        ("no name", "name", Value::Null),
        ("no year", "birth_year", Value::Null),
        ("a year to come", "birth_year", "2100".into()),
        ("no such gender", "gender_id", 9.into()),
        ("no such document", "photo_id_type", 99.into()),
        ("no Aadhaar number", "photo_id_number", "123".into()),
        ("registered already", "photo_id_number", "000000000001".into()),
    ] {
        let mut body = person(2, "1980");
        body[member] = value;
        wire.post(&format!("R7 {name}"), new, body, Some(token)).await;
    }
    for document in 3..=7 {
        server.register(token, document, "1980").await;
    }
    wire.post("R7 the seventh", new, person(8, "1980"), Some(token)).await;
    wire.get_as("R9 beneficiaries", list, token).await;
    wire.get_as("R9 v4", "/api/v4/appointment/beneficiaries", token).await;
    for (name, path) in [
        ("R10 findByPin", "findByPin?pincode=414001&vaccine=COVISHIELD"),
        ("R10 findByDistrict", "findByDistrict?district_id=391"),
        ("R10 calendarByPin", "calendarByPin?pincode=414002"),
        ("R10 calendarByDistrict", "calendarByDistrict?district_id=391"),
        ("R10 another vaccine", "findByPin?pincode=414001&vaccine=COVAXIN"),
    ] {
        wire.get_as(name, &find(path), token).await;
    }
    let near = "/api/v2/appointment/centers/findByLatLong?lat=19.1&long=74.7";
    wire.get_as("R6 findByLatLong", near, token).await;
    let certificate = "certificate/download?beneficiary_reference_id=";
    let certificate = format!("/api/v2/registration/{certificate}{first}");
    wire.get_as("R15 no dose yet", &certificate, token).await;

    let session = SessionId(uuid::Uuid::from_u128(1));
    let schedule = "/api/v2/appointment/schedule";
    let booked = wire.post("R11", schedule, wish(session, &[&first], 1.0), Some(token)).await;
    let id = booked["appointment_id"].as_str().unwrap().to_owned();
    wire.post("R11 again", schedule, wish(session, &[&first], 1.0), Some(token)).await;
    wire.get_as("R9 with an appointment", list, token).await;
    let slip = format!("/api/v2/appointment/appointmentslip/download?appointment_id={id}");
    wire.get_as("R14 slip", &slip, token).await;
    let body = json!({ "beneficiary_reference_id": first });
    let delete = "/api/v2/registration/beneficiary/delete";
    wire.post("R8 with an appointment", delete, body.clone(), Some(token)).await;
    let moved = json!({ "appointment_id": id, "session_id": session.0, "slot": "01:00PM-05:00PM" });
    wire.post("R12", "/api/v2/appointment/reschedule", moved.clone(), Some(token)).await;
    let cancel = "/api/v2/appointment/cancel";
    let gone = json!({ "appointment_id": id, "beneficiariesToCancel": [first] });
    wire.post("R13", cancel, gone.clone(), Some(token)).await;
    wire.post("R13 again", cancel, gone, Some(token)).await;
    wire.post("R12 cancelled", "/api/v2/appointment/reschedule", moved, Some(token)).await;
    wire.get_as("R14 cancelled", &slip, token).await;
    wire.post("R8 delete", delete, body.clone(), Some(token)).await;
    wire.post("R8 again", delete, body, Some(token)).await;
    golden!("resident", wire);
}

#[tokio::test]
async fn bookings_that_are_refused() {
    let server = Server::open().await;
    sessions(&server).await;
    let small = server.session(4, 2, [1, 1, 1]).await;
    let mut wire = Wire::new(&server);
    let token = server.sign_in("9000000001").await;
    let token = token.as_str();
    let first = server.register(token, 1, "1980").await;
    let second = server.register(token, 2, "1985").await;
    let child = server.register(token, 3, "2006").await;
    let session = SessionId(uuid::Uuid::from_u128(1));
    let schedule = "/api/v2/appointment/schedule";
    let pair = wish(small, &[&first, &second], 1.0);
    let full = wire.post("two on one seat", schedule, pair, Some(token)).await;
    assert_eq!(full["next_sessions"].as_array().map_or(0, Vec::len), 3);
    server.post(schedule, wish(small, &[&first], 1.0), Some(token)).await;
    server.refresh().await;
    let full = wire.post("full", schedule, wish(small, &[&second], 1.0), Some(token)).await;
    let next = full["next_sessions"].as_array().unwrap();
    assert_eq!(next.len(), 2, "those that are for everybody of its ages");
    wire.post("dose 2 before dose 1", schedule, wish(session, &[&second], 2.0), Some(token)).await;
    wire.post("too young", schedule, wish(session, &[&child], 1.0), Some(token)).await;
    wire.post("not of the account", schedule, wish(session, &["12345678901234"], 1.0), Some(token))
        .await;
    let cases = [
        ("no such slot", "slot", "FORENOON".into()),
        ("no such session", "session_id", uuid::Uuid::nil().to_string().into()),
        ("half a dose", "dose", 1.5.into()),
        ("nobody", "beneficiaries", json!([])),
        ("no session", "session_id", Value::Null),
        ("no slot", "slot", Value::Null),
        ("no beneficiaries", "beneficiaries", Value::Null),
    ];
    for (name, member, value) in cases {
        let mut body = wish(session, &[&second], 1.0);
        body[member] = value;
        wire.post(name, schedule, body, Some(token)).await;
    }
    wire.post("no body", schedule, Value::Null, Some(token)).await;

    // The day comes, and goes.
    server.world.advance(SignedDuration::from_hours(24));
    server.refresh().await;
    let token = server.sign_in("9000000001").await;
    let token = token.as_str();
    let people = server.get("/api/v2/appointment/beneficiaries", Some(token)).await.value();
    let id = &people["beneficiaries"][0]["appointments"][0]["appointment_id"];
    let gone = json!({ "appointment_id": id });
    wire.post("cancelled on its day", "/api/v2/appointment/cancel", gone, Some(token)).await;
    server.world.advance(SignedDuration::from_hours(9));
    server.refresh().await;
    let token = server.sign_in("9000000001").await;
    let over = wish(session, &[&second], 1.0);
    wire.post("after the last slot", schedule, over, Some(&token)).await;
    let shown = wire.get("shown then", &find("public/calendarByCenter?center_id=1")).await;
    let session = &shown["centers"]["sessions"][0];
    assert_eq!(session["available_capacity"], 0, "nobody can book it any more");
    golden!("refused", wire);
}

#[tokio::test]
async fn calls_of_a_states_program() {
    let server = Server::open().await;
    let session = server.session(1, 1, [5, 5, 5]).await;
    let mut wire = Wire::new(&server);
    let mut body = person(1, "1980");
    body["mobile_number"] = "9000000001".into();
    let made = wire.post("V1 new", "/api/v2/vaccinator/beneficiaries/new", body, None).await;
    let reference = made["beneficiary_reference_id"].as_str().unwrap().to_owned();
    let by_id = format!("findByReferenceId?beneficiary_reference_id={reference}");
    let by_id = format!("/api/v2/vaccinator/beneficiaries/{by_id}");
    wire.keyed("V2 without what the person shows", &by_id).await;
    let by_mobile = "/api/v2/vaccinator/beneficiaries/findByMobile?mobile_number=9000000001";
    wire.keyed("V3 without what the person shows", by_mobile).await;
    let named = json!({ "mobile_number": "9000000001", "full_name": "Asha Demo" });
    let shown = server.confirmation("/api/v3/vaccination/generateOTP", &named).await;
    let (transaction, otp) = (shown["txnId"].as_str().unwrap(), shown["otp"].as_str().unwrap());
    let other = "/api/v2/vaccinator/beneficiaries/findByMobile?mobile_number=9000000002";
    wire.keyed("V3 of another mobile", &format!("{other}&txnId={transaction}&otp={otp}")).await;
    let shown = server.confirmation("/api/v3/vaccination/generateOTP", &named).await;
    let (transaction, otp) = (shown["txnId"].as_str().unwrap(), shown["otp"].as_str().unwrap());
    wire.keyed("V3", &format!("{by_mobile}&txnId={transaction}&otp={otp}")).await;

    let spot = "/api/v2/vaccinator/onspots/schedule";
    let booked = wire.post("V4", spot, wish(session, &[&reference], 1.0), None).await;
    let mut bad = wish(session, &[&reference], 1.0);
    bad["slot"] = "x".into();
    wire.post("V4 no such slot", spot, bad, None).await;
    let id = uuid::Uuid::try_parse(booked["appointment_id"].as_str().unwrap()).unwrap();
    let code = server.world.platform.security_code(domain::id::AppointmentId(id));
    wire.keyed("V2", &format!("{by_id}&secret_code={code}")).await;

    let vaccinate = "/api/v2/vaccinator/beneficiaries/vaccinate";
    let dose = json!({
        "beneficiary_reference_id": reference, "center_id": 1, "vaccine": "COVISHIELD",
        "vaccine_batch": "LOT1", "dose": 1.0, "dose1_date": "02-02-2022",
        "vaccinator_name": "Meera Pillai",
    });
    wire.post("V5 before the day", vaccinate, dose.clone(), None).await;
    server.world.advance(SignedDuration::from_hours(24));
    server.refresh().await;
    for (name, member, value) in [
        ("no such centre", "center_id", 99.into()),
        ("no appointment there", "center_id", 2.into()),
        ("nobody", "beneficiary_reference_id", "12345678901234".into()),
        ("no lot", "vaccine_batch", Value::Null),
        ("no date", "dose1_date", "2022-02-02".into()),
        ("another vaccine", "vaccine", "WATER".into()),
    ] {
        let mut body = dose.clone();
        body[member] = value;
        wire.post(&format!("V5 {name}"), vaccinate, body, None).await;
    }
    let elsewhere = Some("key of another state");
    let foreign =
        Call { path: vaccinate, body: Some(dose.clone()), key: elsewhere, ..Call::default() };
    wire.call("V5 from another state", foreign).await;
    wire.post("V5", vaccinate, dose.clone(), None).await;
    wire.post("V5 again", vaccinate, dose, None).await;
    let certificate = "certificate/download?beneficiary_reference_id=";
    let certificate = format!("/api/v2/vaccinator/{certificate}{reference}");
    wire.keyed("V6 without what the person shows", &certificate).await;
    wire.keyed("V6", &format!("{certificate}&secret_code={code}")).await;
    let token = server.sign_in("9000000001").await;
    let list = "/api/v2/appointment/beneficiaries";
    wire.get_as("R9 after dose 1", list, &token).await;
    let next =
        server.world.session(9, 1, common::TODAY.saturating_add(jiff::ToSpan::days(5)), [5; 3]);
    let next = server.world.publish(next).await;
    let schedule = "/api/v2/appointment/schedule";
    wire.post("dose 1 again", schedule, wish(next, &[&reference], 1.0), Some(&token)).await;
    wire.post("dose 2 too soon", schedule, wish(next, &[&reference], 2.0), Some(&token)).await;
    let own = "certificate/download?beneficiary_reference_id=";
    let own = format!("/api/v2/registration/{own}{reference}");
    wire.get_as("R15", &own, &token).await;
    let public = own.replace("download", "public/download");
    wire.get_as("P11", &public, &token).await;
    let nobody = Call { path: vaccinate, body: Some(json!({})), ..Call::default() };
    wire.call("V5 without a key", nobody).await;
    // Sessions that were called off are not shown.
    let ctx = server.world.ctx(app::Actor::System);
    let facility = domain::id::FacilityId(1);
    server.world.platform.cancel_session(&ctx, facility, next).await.unwrap();
    wire.get("called off", &find("public/calendarByCenter?center_id=1")).await;
    golden!("program", wire);
}

#[tokio::test]
async fn reports_and_what_is_no_call() {
    let server = Server::open().await;
    sessions(&server).await;
    let mut wire = Wire::new(&server);
    let reports = "/api/v1/reports/v2/getPublicReports";
    wire.get("country", &format!("{reports}?state_id=&district_id=&date=")).await;
    wire.get("state", &format!("{reports}?state_id=21&date=2022-02-01")).await;
    wire.get("district", &format!("{reports}?state_id=21&district_id=391")).await;
    wire.get("bad date", &format!("{reports}?date=01-02-2022")).await;
    wire.get("bad state", &format!("{reports}?state_id=x")).await;
    wire.get("vaccinations", "/api/v1/reports/v2/getVacPublicReports?state_id=21").await;
    wire.get("districts", "/assets/json/csvjson.json").await;
    wire.get("no such call", "/api/v2/nothing").await;
    wire.get("no such method", "/api/v2/appointment/schedule").await;
    golden!("reports", wire);
}

#[tokio::test]
async fn whoever_may_not_call_is_told_in_the_contracts_words() {
    let server = Server::open().await;
    let token = server.sign_in("9000000001").await;
    server.register(&token, 1, "1980").await;
    let mobile = json!({ "mobile": "9000000001" });
    let body = server.confirmation("/api/v2/auth/public/generateOTP", &mobile).await;
    let public = server.post("/api/v2/auth/public/confirmOTP", body, None).await.value();
    let public = public["token"].as_str().unwrap();
    let guest = server.post("/api/v1/auth/guest/login", json!({}), None).await.value();
    let mut wire = Wire::new(&server);
    let list = "/api/v2/appointment/beneficiaries";
    for (name, token) in [("public", public), ("guest", guest.as_str().unwrap()), ("no", "x.y.z")] {
        wire.get_as(&format!("{name} token"), list, token).await;
        wire.get_as(&format!("{name} token"), "/api/v3/vaccination/status", token).await;
        let search = find("findByPin?pincode=414001");
        wire.get_as(&format!("{name} token"), &search, token).await;
    }
    server.world.advance(SignedDuration::from_secs(900));
    wire.get_as("after 900 seconds", list, &token).await;
    let wrong = Call { path: "/api/v2/auth/generateOTP", key: Some("x"), ..Call::default() };
    wire.call("wrong key", Call { body: Some(mobile), ..wrong }).await;
    for path in ["findByReferenceId", "findByMobile"] {
        wire.get("no key", &format!("/api/v2/vaccinator/beneficiaries/{path}")).await;
    }
    assert_eq!(KEY.len(), 14, "the key of the other tests is another");
    golden!("unauthorized", wire);
}

//! The whole program, from outside: a resident's way, and what one resident may do with what is
//! another's.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod support;

use std::{path::Path, process::Command};

use serde_json::{Value, json};
use support::{Resident, call, session_for, small_demo, somewhere};
use testkit::program::Program;

const TEEKA: &str = env!("CARGO_BIN_EXE_teeka");

fn book(resident: &Resident<'_>, session: &Value, people: &[&str]) -> (u16, Value) {
    let body = json!({
        "dose": 1, "session_id": session["session_id"], "slot": session["slots"][0],
        "beneficiaries": people, "center_id": 1, "captcha": "abc",
    });
    resident.post("/api/v2/appointment/schedule", &body)
}

#[test]
fn a_resident_goes_the_whole_way() {
    let folder = tempfile::tempdir().unwrap();
    let program = small_demo(folder.path());
    let (date, ..) = somewhere(&program);
    let anna = Resident::sign_in(&program, folder.path(), "7100000001");
    let first = anna.register("Anna O'Brien", "1980", "700000000001");
    let second = anna.register("सीता देवी", "1975", "700000000002");
    let people = anna.people();
    assert_eq!(people[0]["name"], "Anna O'Brien");
    assert_eq!(people[0]["mobile_number"], "0001");
    assert_eq!(people[0]["photo_id_number"], "XXXXXXXX0001");
    assert_eq!((&people[0]["vaccine"], &people[0]["dose1_date"]), (&json!(""), &json!("")));

    // The same document again, and a third person who is then removed.
    let again = json!({
        "name": "Other", "birth_year": "1980", "gender_id": 1, "photo_id_type": 1,
        "photo_id_number": "700000000001", "consent_version": "1",
    });
    assert_eq!(anna.post("/api/v2/registration/beneficiary/new", &again).0, 400);
    let third = anna.register("Gone Soon", "1990", "700000000003");
    let body = json!({ "beneficiary_reference_id": third });
    assert_eq!(anna.post("/api/v2/registration/beneficiary/delete", &body).0, 204);
    assert_eq!(anna.people().as_array().unwrap().len(), 2);

    // Two at once, moved to another slot, and one of them cancelled.
    let (session, _) = session_for(&program, &date, 46);
    let (status, booked) = book(&anna, &session, &[&first, &second]);
    assert_eq!(status, 200, "{booked}");
    assert_eq!(booked["appointment_confirmation_no"], booked["appointment_id"]);
    let (status, answer) = book(&anna, &session, &[&first]);
    assert_eq!((status, &answer["errorCode"]), (400, &json!("APPOIN0022")));
    let id = booked["appointment_id"].as_str().unwrap();
    let body = json!({
        "appointment_id": id, "session_id": session["session_id"], "slot": session["slots"][1],
    });
    assert_eq!(anna.post("/api/v2/appointment/reschedule", &body).0, 204);
    let shown = &anna.people()[0]["appointments"][0];
    assert_eq!(shown["slot"], session["slots"][1]);
    assert_eq!(shown["appointment_id"], booked["appointment_id"]);
    let path = format!("/api/v2/appointment/appointmentslip/download?appointment_id={id}");
    assert!(anna.get(&path).1.as_str().unwrap().starts_with("%PDF"));
    let body = json!({ "appointment_id": id, "beneficiariesToCancel": [second] });
    assert_eq!(anna.post("/api/v2/appointment/cancel", &body).0, 204);
    assert_eq!(anna.post("/api/v2/appointment/cancel", &body).0, 204);
    assert_eq!(anna.people()[1]["appointments"], json!([]));

    // Vaccinated elsewhere: the seat of tomorrow is given back, the certificate verifies.
    let body = json!({ "appointment_id": id, "beneficiariesToCancel": [first] });
    assert_eq!(anna.post("/api/v2/appointment/cancel", &body).0, 204);
    support::vaccinate(&program, &first, &date);
    let person = &anna.people()[0];
    assert_eq!(person["vaccination_status"], "Partially Vaccinated");
    assert_eq!(person["vaccine"], "COVISHIELD");
    let path =
        format!("/api/v2/registration/certificate/download?beneficiary_reference_id={first}");
    verify_certificate(folder.path(), &anna, &path);
    let body = json!({ "beneficiary_reference_id": first });
    assert_eq!(anna.post("/api/v2/registration/beneficiary/delete", &body).0, 400);
    assert!(program.stop(), "it ends well");
}

fn verify_certificate(folder: &Path, anna: &Resident<'_>, path: &str) {
    let url = format!("{}{path}", anna.address());
    let agent = ureq::Agent::new_with_defaults();
    let mut answer =
        agent.get(url).header("authorization", format!("bearer {}", anna.token)).call().unwrap();
    assert_eq!(answer.headers()["content-type"], "application/pdf");
    let pdf = answer.body_mut().read_to_vec().unwrap();
    let file = folder.join("certificate.pdf");
    std::fs::write(&file, &pdf).unwrap();
    let verify = |data: &Path| {
        let arguments = ["verify", "--json", "--show"];
        Command::new(TEEKA).args(arguments).arg("--data").arg(data).arg(&file).output().unwrap()
    };
    let output = verify(folder);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    // A line for each of the two codes.
    let lines = said.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let told: Vec<_> = lines.map(|one| (one["verdict"].clone(), one["name"].clone())).collect();
    assert_eq!(
        told,
        [(json!("valid but"), json!("Anna O'Brien")), (json!("valid but"), json!("Anna O'Brien"))]
    );
    // Another platform's signer does not know it.
    let other = tempfile::tempdir().unwrap();
    let stranger = small_demo(other.path());
    stranger.kill();
    assert_eq!(verify(other.path()).status.code(), Some(1));
}

/// Every path where the owner gets something and another resident must get nothing.
#[test]
fn one_resident_can_do_nothing_with_what_is_anothers() {
    let folder = tempfile::tempdir().unwrap();
    let program = small_demo(folder.path());
    let (date, ..) = somewhere(&program);
    let anna = Resident::sign_in(&program, folder.path(), "7200000001");
    let ravi = Resident::sign_in(&program, folder.path(), "7200000002");
    let hers = anna.register("Anna Demo", "1980", "710000000001");
    let his = ravi.register("Ravi Demo", "1980", "710000000002");
    let (session, center) = session_for(&program, &date, 46);
    let (_, booked) = book(&anna, &session, &[&hers]);
    let id = &booked["appointment_id"];
    support::vaccinate(&program, &anna.register("Asha Demo", "1980", "710000000003"), &date);
    let vaccinated = anna.people()[1]["beneficiary_reference_id"].as_str().unwrap().to_owned();
    let reads = [
        format!(
            "/api/v2/appointment/appointmentslip/download?appointment_id={}",
            id.as_str().unwrap()
        ),
        format!("/api/v2/registration/certificate/download?beneficiary_reference_id={vaccinated}"),
        format!(
            "/api/v2/registration/certificate/public/download?beneficiary_reference_id={vaccinated}"
        ),
    ];
    for path in &reads {
        assert_eq!(anna.get(path).0, 200, "{path}");
        assert_eq!(ravi.get(path).0, 400, "{path}");
        assert_eq!(call(&program, "GET", path, None, None).0, 401, "{path}");
    }
    let slot = &session["slots"][1];
    let session = &session["session_id"];
    let writes = [
        ("schedule", json!({ "session_id": session, "slot": slot, "beneficiaries": [hers] })),
        ("schedule", json!({ "session_id": session, "slot": slot, "beneficiaries": [his, hers] })),
        ("reschedule", json!({ "appointment_id": id, "session_id": session, "slot": slot })),
        ("cancel", json!({ "appointment_id": id, "beneficiariesToCancel": [hers] })),
        ("cancel", json!({ "appointment_id": id })),
    ];
    let before = anna.people();
    for (what, body) in &writes {
        let path = format!("/api/v2/appointment/{what}");
        assert_eq!(ravi.post(&path, body).0, 400, "{what}");
        assert_eq!(call(&program, "POST", &path, None, Some(body)).0, 401, "{what}");
    }
    let body = json!({ "beneficiary_reference_id": hers });
    assert_eq!(ravi.post("/api/v2/registration/beneficiary/delete", &body).0, 400);
    assert_eq!(anna.people(), before);

    // A state's program learns nothing about who did not present themselves.
    let looks = [
        "findByMobile?mobile_number=7200000001".to_owned(),
        format!("findByReferenceId?beneficiary_reference_id={hers}"),
        format!("findByReferenceId?beneficiary_reference_id={hers}&secret_code=0000x"),
    ];
    for look in looks {
        let path = format!("/api/v2/vaccinator/beneficiaries/{look}");
        let (status, answer) = with_key(&program, &path);
        assert_eq!(status, 403, "{path} {answer}");
        assert!(!answer.to_string().contains("Anna"));
        assert_eq!(call(&program, "GET", &path, None, None).0, 403);
    }
    let body = json!({
        "beneficiary_reference_id": his, "center_id": center, "vaccine": "COVISHIELD",
        "vaccine_batch": "LOT1", "dose": 1, "vaccinator_name": "Meera Pillai",
    });
    let path = "/api/v2/vaccinator/beneficiaries/vaccinate";
    assert_eq!(call(&program, "POST", path, None, Some(&body)).0, 403);
}

fn with_key(program: &Program, path: &str) -> (u16, Value) {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let url = format!("{}{path}", program.address());
    let mut answer =
        agent.get(url).header("x-api-key", "demo-key-of-a-made-up-country").call().unwrap();
    let text = answer.body_mut().read_to_string().unwrap();
    (answer.status().as_u16(), serde_json::from_str(&text).unwrap())
}

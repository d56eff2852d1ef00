//! What the tests of the whole program share: a small demo, a resident, a vaccination.

#![allow(dead_code, clippy::allow_attributes, reason = "each test file uses a part of it")]

pub(crate) mod exposed;
pub(crate) mod marks;

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};
use testkit::program::{Program, code_of, messages_sent};

/// A demo with few facilities and people, without limits.
pub(crate) fn small_demo(folder: &Path) -> Program {
    demo_with(folder, &[])
}

/// The same with other arguments besides.
pub(crate) fn demo_with(folder: &Path, more: &[&str]) -> Program {
    let arguments = ["demo", "--people", "50", "--facilities", "400", "--limits", "off", "--quiet"];
    Program::start(env!("CARGO_BIN_EXE_teeka"), folder, &[&arguments[..], more].concat())
}

/// Tomorrow, and a district and PIN code with sessions.
pub(crate) fn somewhere(program: &Program) -> (String, String, String) {
    let (status, answer) =
        call(program, "GET", "/api/teeka/v1/sessions?district_id=391", None, None);
    assert_eq!(status, 200, "{answer}");
    let center = &answer["centers"][0];
    let sessions = center["sessions"].as_array().unwrap();
    let today = sessions[0]["date"].as_str().unwrap();
    let tomorrow = sessions.iter().filter_map(|s| s["date"].as_str()).find(|date| *date != today);
    (tomorrow.unwrap().to_owned(), "391".to_owned(), center["pincode"].to_string())
}

/// A call, its status and what it gave.
pub(crate) fn call(
    program: &Program,
    method: &str,
    path: &str,
    token: Option<&str>,
    body: Option<&Value>,
) -> (u16, Value) {
    try_call(&program.address(), method, path, token, body).unwrap()
}

/// The same, for a server that may be gone.
pub(crate) fn try_call(
    address: &str,
    method: &str,
    path: &str,
    token: Option<&str>,
    body: Option<&Value>,
) -> Option<(u16, Value)> {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let url = format!("{address}{path}");
    let answer = match (method, body) {
        ("GET", _) => {
            let mut request = agent.get(&url);
            if let Some(token) = token {
                request = request.header("authorization", format!("Bearer {token}"));
            }
            request.call()
        }
        (_, body) => {
            let mut request = agent.post(&url).header("content-type", "application/json");
            if let Some(token) = token {
                request = request.header("authorization", format!("Bearer {token}"));
            }
            request = request.header("x-api-key", "demo-key-of-a-made-up-country");
            request.send(body.map(ToString::to_string).unwrap_or_default())
        }
    };
    let mut answer = answer.ok()?;
    let status = answer.status().as_u16();
    let text = answer.body_mut().read_to_vec().ok()?;
    let value = serde_json::from_slice(&text)
        .unwrap_or_else(|_| Value::from(String::from_utf8_lossy(&text).into_owned()));
    Some((status, value))
}

/// Someone signed in.
pub(crate) struct Resident<'a> {
    program: &'a Program,
    pub(crate) mobile: String,
    pub(crate) token: String,
}

impl<'a> Resident<'a> {
    pub(crate) fn sign_in(program: &'a Program, folder: &Path, mobile: &str) -> Self {
        let calls = ["/api/v2/auth/generateMobileOTP", "/api/v2/auth/validateMobileOtp"];
        let token = token_by(program, folder, mobile, calls);
        Self { program, mobile: mobile.to_owned(), token }
    }

    pub(crate) fn address(&self) -> String {
        self.program.address()
    }

    pub(crate) fn get(&self, path: &str) -> (u16, Value) {
        call(self.program, "GET", path, Some(&self.token), None)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        call(self.program, "POST", path, Some(&self.token), Some(body))
    }

    pub(crate) fn register(&self, name: &str, year: &str, document: &str) -> String {
        let body = json!({
            "name": name, "birth_year": year, "gender_id": 2.0, "photo_id_type": 1,
            "photo_id_number": document, "comorbidity_ind": "N", "consent_version": "1",
        });
        let (status, answer) = self.post("/api/v2/registration/beneficiary/new", &body);
        assert_eq!(status, 200, "{answer}");
        answer["beneficiary_reference_id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn people(&self) -> Value {
        let (status, answer) = self.get("/api/v2/appointment/beneficiaries");
        assert_eq!(status, 200, "{answer}");
        answer["beneficiaries"].clone()
    }
}

/// A token from one of the pairs of calls that send a one-time password and take it back.
pub(crate) fn token_by(
    program: &Program,
    folder: &Path,
    mobile: &str,
    [send, confirm]: [&str; 2],
) -> String {
    let messages = folder.join("messages.jsonl");
    let before = messages_sent(&messages);
    let body = json!({ "mobile": mobile, "mobile_number": mobile, "full_name": "Anna Demo" });
    let (status, sent) = call(program, "POST", send, None, Some(&body));
    assert_eq!(status, 200, "{sent}");
    let code = code_of(&messages, mobile, before);
    let body = json!({ "otp": sha256(&code), "txnId": sent["txnId"] });
    let (status, signed) = call(program, "POST", confirm, None, Some(&body));
    assert_eq!(status, 200, "{signed}");
    signed["token"].as_str().unwrap().to_owned()
}

/// A session of a day for grown-ups: the session, and its centre's id.
pub(crate) fn session_for(program: &Program, date: &str, age: u64) -> (Value, i64) {
    let path =
        format!("/api/v2/appointment/sessions/public/findByDistrict?district_id=391&date={date}");
    let (status, answer) = call(program, "GET", &path, None, None);
    assert_eq!(status, 200, "{answer}");
    let found = answer["sessions"].as_array().unwrap().iter().find(|session| {
        session["min_age_limit"].as_u64().unwrap() <= age
            && session["max_age_limit"].as_u64().is_none_or(|max| max >= age)
            && session["available_capacity_dose1"].as_u64().unwrap() > 0
    });
    let session = found.unwrap().clone();
    let center = session["center_id"].as_i64().unwrap();
    (session, center)
}

/// A session of today for all ages, with its centre's id; `date` is tomorrow.
pub(crate) fn covishield_today(program: &Program, date: &str) -> Value {
    let tomorrow = jiff::civil::Date::strptime("%d-%m-%Y", date).unwrap();
    let today = tomorrow.yesterday().unwrap().strftime("%d-%m-%Y").to_string();
    let path = format!(
        "/api/v2/appointment/sessions/public/calendarByDistrict?district_id=391&date={today}"
    );
    let (_, answer) = call(program, "GET", &path, None, None);
    let centers = answer["centers"].as_array().unwrap();
    let center = &centers[0];
    let session = center["sessions"].as_array().unwrap().iter().find(|session| {
        session["date"] == today.as_str()
            && session["vaccine"] == "COVISHIELD"
            && session["max_age_limit"].is_null()
    });
    let mut session = session.unwrap().clone();
    session["center_id"] = center["center_id"].clone();
    session
}

/// Gives a seat of today on site and records a dose, by the program of a state.
pub(crate) fn vaccinate(program: &Program, reference: &str, date: &str) {
    let session = covishield_today(program, date);
    let (slot, today) = (&session["slots"][0], &session["date"]);
    let body = json!({
        "dose": 1, "session_id": session["session_id"], "slot": slot, "beneficiaries": [reference],
    });
    let (status, answer) =
        call(program, "POST", "/api/v2/vaccinator/onspots/schedule", None, Some(&body));
    assert_eq!(status, 200, "{answer}");
    let body = json!({
        "beneficiary_reference_id": reference, "center_id": session["center_id"],
        "vaccine": "COVISHIELD", "vaccine_batch": "LOT1", "dose": 1.0, "dose1_date": today,
        "vaccinator_name": "Meera Pillai",
    });
    for _ in 0..2 {
        let (status, answer) =
            call(program, "POST", "/api/v2/vaccinator/beneficiaries/vaccinate", None, Some(&body));
        assert_eq!(status, 200, "{answer}");
    }
}

/// Makes the doses of the second record of accounts with two a hundred days older, so that they are a series
/// with those of the first, and lets the hour pass in which a dose can be taken back. Time is moved in
/// the file, as the program has the real clock.
pub(crate) fn age_second_records(folder: &Path) {
    const AGE: &str = "
        UPDATE dose SET recorded_at = recorded_at - 7200000;
        UPDATE dose SET given_on = given_on - 100
        WHERE given_on > (SELECT max(given_on) FROM dose) - 50 AND beneficiary_id IN (
            SELECT two.beneficiary_id FROM beneficiary AS two
            JOIN beneficiary AS one ON one.account_id = two.account_id
                AND one.registered_at < two.registered_at
            GROUP BY two.account_id HAVING count(*) = 1)";
    let file = rusqlite::Connection::open(folder.join("teeka.sqlite")).unwrap();
    file.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    file.execute_batch(AGE).unwrap();
}

/// A proxy with a planted fault, which shows the first resident's people to the second.
pub(crate) struct Flawed {
    child: Child,
    pub(crate) address: String,
}

impl Flawed {
    pub(crate) fn start(program: &Program, first: &Resident<'_>, second: &Resident<'_>) -> Self {
        let address = program.address();
        let mut child = Command::new("python3")
            .arg(sources("attack").join("flawed.py"))
            .arg(address.rsplit(':').next().unwrap())
            .args([&first.token, &second.token])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, address: format!("http://127.0.0.1:{}", line.trim()) }
    }
}

impl Drop for Flawed {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A folder of `tests/`.
pub(crate) fn sources(tests: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests").join(tests)
}

/// SHA-256 in hex.
pub(crate) fn sha256(text: &str) -> String {
    app::sign_in::sha256_hex(text)
}

/// A Python with the packages of a folder of `tests/`, installed once into another.
pub(crate) fn python(folder: &Path, tests: &str) -> Option<PathBuf> {
    outsiders::python(&sources(tests), folder)
}

/// The file that lists the withdrawn health cards of the key that signs now.
pub(crate) fn card_list(program: &Program) -> String {
    let (_, keys) = call(program, "GET", "/.well-known/jwks.json", None, None);
    format!("{}.json", keys["keys"][0]["kid"].as_str().unwrap())
}

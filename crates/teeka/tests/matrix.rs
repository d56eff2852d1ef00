//! Every operation as everybody: who gets what is a file that a reviewer reads. And every route
//! without credentials, or with those of somebody else.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod support;

use std::{fmt::Write, fs, path::Path};

use serde_json::{Value, json};
use support::{Resident, call, session_for, sha256, somewhere, token_by};
use testkit::program::{Program, code_of, messages_sent};

const PARTNER: &str = "a-key-of-a-partner-app-in-a-test";
const PROGRAM: &str = "demo-key-of-a-made-up-country";

/// Name and value of a header.
type Header = (&'static str, String);

/// Sends a request and gives the status, the answer's `Allow` and where it leads.
fn send(address: &str, method: &str, path: &str, headers: &[Header], body: &str) -> (u16, String) {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .allow_non_standard_methods(true);
    let agent: ureq::Agent = config.build().into();
    let mut request = ureq::http::Request::builder()
        .method(method)
        .uri(format!("{address}{path}"))
        .header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let answer = agent.run(request.body(body.to_owned()).unwrap()).unwrap();
    let header = |name: &str| {
        answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("").to_owned()
    };
    (answer.status().as_u16(), format!("{}{}", header("allow"), header("location")))
}

/// The demo, with a partner's key besides its own.
fn start(folder: &Path) -> Program {
    let config = folder.join("teeka.toml");
    let text = format!("[[api_keys]]\nsha256 = \"{}\"\nvaccinator = false\n", sha256(PARTNER));
    fs::write(&config, text).unwrap();
    let config = config.to_str().unwrap();
    let arguments = [
        "demo",
        "--people",
        "50",
        "--facilities",
        "400",
        "--limits",
        "off",
        "--quiet",
        "--config",
        config,
    ];
    Program::start(env!("CARGO_BIN_EXE_teeka"), folder, &arguments)
}

/// The cookie of a vaccinator, from the desk's own sign-in.
fn staff_token(program: &Program, folder: &Path) -> String {
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
    let agent: ureq::Agent = config.build().into();
    let form = |path: &str, body: &str| {
        let url = format!("{}{path}", program.address());
        let kind = "application/x-www-form-urlencoded";
        agent.post(url).header("content-type", kind).send(body).unwrap()
    };
    let messages = folder.join("messages.jsonl");
    let before = messages_sent(&messages);
    let mobile = program.announced["staff"]["vaccinator"].as_str().unwrap();
    let mut page = form("/desk/sign-in", &format!("mobile={mobile}"));
    let page = page.body_mut().read_to_string().unwrap();
    let transaction = page.split_once("name=\"transaction\" value=\"").unwrap().1;
    let transaction = transaction.split_once('"').unwrap().0;
    let code = code_of(&messages, mobile, before);
    let body = format!("transaction={transaction}&otp={code}");
    let signed_in = form("/desk/sign-in/code", &body);
    let cookie = signed_in.headers()["set-cookie"].to_str().unwrap();
    cookie.split_once('=').unwrap().1.split_once(';').unwrap().0.to_owned()
}

/// An element of the group: the first of RFC 9497, A.1.2.1.
const ELEMENT: &str = "863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945";

/// What belongs to the owner, for one generation of the contract.
struct Things {
    booked: String,
    free: String,
    removable: String,
    vaccinated: String,
    appointment: String,
    session: Value,
    slot: usize,
    /// Somebody who comes to a facility today, and what is given there.
    comes: String,
    today: Value,
    date: String,
    card_list: String,
    number: u64,
}

impl Things {
    /// Path, query and body of an operation, about these things.
    fn request(&self, id: &str, path: &str, role: u64) -> (String, String) {
        let person = |name: &str, number: u64| {
            json!({
                "name": name, "birth_year": "1980", "gender_id": 2, "photo_id_type": 1,
                "photo_id_number": format!("{number:012}"), "mobile_number": "7500000009",
            })
        };
        let session = &self.session["session_id"];
        let slot = &self.session["slots"][self.slot];
        let (reference, day) = (&self.vaccinated, &self.date);
        let query = match id {
            "findByPin" | "calendarByPin" | "residentFindByPin" | "residentCalendarByPin" => {
                format!("?pincode={}&date={day}", self.session["pincode"])
            }
            "findByDistrict"
            | "calendarByDistrict"
            | "residentFindByDistrict"
            | "residentCalendarByDistrict" => format!("?district_id=391&date={day}"),
            "calendarByCenter" => {
                format!("?center_id={}&date={day}", self.session["center_id"])
            }
            "centersNear" | "partnerCentersNear" => "?lat=19.1&long=74.7".to_owned(),
            "slip" => format!("?appointment_id={}", self.appointment),
            "certificate" | "publicCertificate" | "presentedByCode" | "presentedCertificate" => {
                format!("?beneficiary_reference_id={reference}")
            }
            "presentedByMobile" => "?mobile_number=7500000001".to_owned(),
            "places" => "?name=Ahmed".to_owned(),
            "sessions" => "?district_id=391".to_owned(),
            _ => String::new(),
        };
        let body = match id {
            "sendPublicCode" | "sendPartnerCode" | "sendWebCode" | "sendStatusCode"
            | "askOtherMobile" => {
                json!({
                    "mobile": "7500000009", "mobile_number": "7500000009", "full_name": "Anna",
                })
            }
            "confirmPublicCode" | "confirmPartnerCode" | "confirmWebCode" | "confirmStatusCode"
            | "proveOtherMobile" => {
                json!({ "otp": sha256("000000"), "txnId": "3fa85f64-5717-4562-b3fc-2c963f66afa6" })
            }
            "register" => person("New Demo", 750_000_000_100 + 2 * role + self.number),
            "registerWalkIn" => person("Walk In", 750_000_000_200 + self.number),
            "amend" => person("Anna Demo", 750_000_000_300),
            "correct" => json!({
                "beneficiary_reference_id": self.vaccinated, "name": "Anna Demo Right",
            }),
            "keepTravel" => json!({
                "birth_date": "1980-02-29", "passport_number": "K1234567", "nationality": "IND",
            }),
            "merge" => json!({
                "beneficiary_reference_id": self.vaccinated, "merged_reference_id": self.booked,
            }),
            "confirmQuestions" => json!({ "blinded": [ELEMENT] }),
            "answerQuestion" => json!({ "question": "0".repeat(136), "blinded": ELEMENT }),
            "sendReport" => json!({ "seen": "A list is open to everybody.", "claimed": "name" }),
            "walletCredential" => json!({
                "credential_configuration_id": "vaccination", "proofs": { "jwt": ["e.y.J"] },
            }),
            "releaseTakedown" => json!({ "note": "teeka release v1" }),
            "remove" => json!({ "beneficiary_reference_id": self.removable }),
            "schedule" => json!({
                "session_id": session, "slot": slot, "beneficiaries": [self.free], "dose": 1,
            }),
            "scheduleOnSite" => json!({
                "session_id": self.today["session_id"], "slot": self.today["slots"][0],
                "beneficiaries": [self.comes], "dose": 1,
            }),
            "reschedule" => json!({
                "appointment_id": self.appointment, "session_id": session, "slot": slot,
            }),
            "cancel" => json!({
                "appointment_id": self.appointment, "beneficiariesToCancel": [self.booked],
            }),
            "recordDose" => json!({
                "beneficiary_reference_id": self.comes, "center_id": self.today["center_id"],
                "vaccine": "COVISHIELD", "vaccine_batch": "LOT1", "dose": 1,
                "vaccinator_name": "Meera Pillai",
            }),
            _ => Value::Null,
        };
        // Of what is made of a certificate and for one, there is something only after a dose.
        let after_dose = id.ends_with("Travel")
            || ["credential", "offerToWallet"].contains(&id)
            || id.starts_with("cowin");
        let named = if after_dose { &self.vaccinated } else { &self.booked };
        let path = path.replace("{state_id}", "21").replace("{beneficiary_reference_id}", named);
        // The one of an access that nobody had.
        let path = path.replace("{number}", "999");
        // A receipt that nobody was given, a case that is not there, a roll that is not published.
        let path = path.replace("{receipt}", &"A".repeat(43)).replace("{case}", "case-7");
        let path = path.replace("{roll}", "0123456789abcdef").replace("{bucket}", "0");
        let path = path.replace("{list}", "0").replace("{file}", &self.card_list);
        let body = if body.is_null() { String::new() } else { body.to_string() };
        (format!("{path}{query}"), body)
    }
}

/// Operations that stand on others or end what others are asked about, asked last.
const LAST: [&str; 6] =
    ["scheduleOnSite", "recordDose", "reschedule", "cancel", "remove", "register"];

#[test]
fn everybody_gets_what_the_matrix_says() {
    let folder = tempfile::tempdir().unwrap();
    let program = start(folder.path());
    let (date, ..) = somewhere(&program);
    let owner = Resident::sign_in(&program, folder.path(), "7500000001");
    let other = Resident::sign_in(&program, folder.path(), "7500000002");
    let (session, _) = session_for(&program, &date, 46);
    let today = support::covishield_today(&program, &date);
    let vaccinated = owner.register("Anna Demo", "1980", "750000000003");
    support::vaccinate(&program, &vaccinated, &date);
    let booked = owner.register("Anna Demo", "1980", "750000000004");
    let wish = json!({
        "session_id": session["session_id"], "slot": session["slots"][0], "beneficiaries": [booked],
    });
    let (status, held) = owner.post("/api/v2/appointment/schedule", &wish);
    assert_eq!(status, 200, "{held}");
    let card_list = support::card_list(&program);
    let things: Vec<_> = (0..2_u64)
        .map(|number| Things {
            booked: booked.clone(),
            free: owner.register("Free Demo", "1980", &format!("75000000001{number}")),
            removable: owner.register("Gone Demo", "1980", &format!("75000000002{number}")),
            vaccinated: vaccinated.clone(),
            appointment: held["appointment_id"].as_str().unwrap().to_owned(),
            session: session.clone(),
            slot: usize::from(number == 0),
            comes: other.register("Ravi Demo", "1980", &format!("75000000003{number}")),
            today: today.clone(),
            date: date.clone(),
            card_list: card_list.clone(),
            number,
        })
        .collect();

    let token = |calls| token_by(&program, folder.path(), "7500000001", calls);
    let bearer = |token: &str| vec![("authorization", format!("Bearer {token}"))];
    let certificates = token(["/api/v2/auth/public/generateOTP", "/api/v2/auth/public/confirmOTP"]);
    let status = token(["/api/v3/vaccination/generateOTP", "/api/v3/vaccination/confirmOTP"]);
    let staff = staff_token(&program, folder.path());
    // The owner comes last, who may really do things.
    let roles: [(&str, Vec<Header>); 8] = [
        ("nobody", Vec::new()),
        ("other", bearer(&other.token)),
        ("certs", bearer(&certificates)),
        ("status", bearer(&status)),
        ("partner", vec![("x-api-key", PARTNER.to_owned())]),
        ("staff", bearer(&staff)),
        ("program", vec![("x-api-key", PROGRAM.to_owned())]),
        ("owner", bearer(&owner.token)),
    ];

    let (_, document) = call(&program, "GET", "/api/openapi.json", None, None);
    let mut lines: Vec<_> = operations(&document)
        .iter()
        .map(|operation| row(&program.address(), operation, &things, &roles))
        .collect();
    lines.sort_by_key(|line| line.split_once(' ').map(|(_, rest)| rest.trim_start().to_owned()));
    let mut head = " ".repeat(67);
    for (name, _) in &roles {
        write!(head, "{name:>8}").unwrap();
    }
    let found = format!("{head}\n{}\n", lines.join("\n"));
    let golden = include_str!("matrix/statuses.txt");
    assert_eq!(found, golden, "found:\n{found}");

    // Behind a proxy that takes the one for the other, a row differs.
    let flawed = support::Flawed::start(&program, &owner, &other);
    let operation = Operation {
        path: "/api/teeka/v1/beneficiaries/{beneficiary_reference_id}".to_owned(),
        method: "GET".to_owned(),
        id: "readBeneficiary".to_owned(),
        generation: 0,
    };
    let planted = row(&flawed.address, &operation, &things, &roles);
    assert!(!golden.lines().any(|line| line == planted), "{planted}");
}

/// An operation of the document; its id is without the generation.
struct Operation {
    path: String,
    method: String,
    id: String,
    generation: usize,
}

/// The operations of the document, in an order in which they can be asked.
fn operations(document: &Value) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            found.push(Operation {
                path: path.clone(),
                method: method.to_uppercase(),
                id: id.trim_end_matches("V4").to_owned(),
                generation: usize::from(id.ends_with("V4")),
            });
        }
    }
    found.sort_by_key(|operation| LAST.iter().position(|last| *last == operation.id));
    found
}

/// What an operation answers to each role.
fn row(
    address: &str,
    operation: &Operation,
    things: &[Things],
    roles: &[(&str, Vec<Header>)],
) -> String {
    let Operation { path, method, id, generation } = operation;
    let mut line = format!("{:<67}", format!("{method:<4} {path}"));
    for (role, (_, headers)) in (0..).zip(roles) {
        let (target, body) = things[*generation].request(id, path, role);
        let (status, _) = send(address, method, &target, headers, &body);
        write!(line, "{status:>8}").unwrap();
    }
    line
}

/// Methods, path, and who gets something from it.
fn routes() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let list = include_str!("../../web/routes.txt");
    list.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let mut words = line.split_whitespace();
        (words.next().unwrap(), words.next().unwrap(), words.next().unwrap())
    })
}

fn filled(path: &str) -> String {
    path.replace("{state_id}", "21")
        .replace("{beneficiary_reference_id}", "21363381933156")
        .replace("{*path}", "health")
        .replace("{number}", "1")
        .replace("{receipt}", "none")
        .replace("{case}", "case-7")
        .replace("{roll}", "none")
        .replace("{bucket}", "none")
}

#[test]
fn what_is_not_for_nobody_gives_nobody_anything() {
    let folder = tempfile::tempdir().unwrap();
    let program = start(folder.path());
    let address = program.address();
    let resident = Resident::sign_in(&program, folder.path(), "7500000003");
    let staff = staff_token(&program, folder.path());
    let cookie = |token: &str| vec![("cookie", format!("teeka_sign_in={token}"))];
    let forged = format!("{}x", resident.token);
    let wrong: [(&str, Vec<Header>); 5] = [
        ("nobody", Vec::new()),
        ("forged", cookie(&forged)),
        ("unknown key", vec![("x-api-key", "not-a-key".to_owned())]),
        ("resident", cookie(&resident.token)),
        ("staff", cookie(&staff)),
    ];
    let mut asked = 0;
    for (method, path, who) in routes() {
        if ["nobody", "operator"].contains(&who) {
            continue;
        }
        for (name, headers) in &wrong {
            let own = match *name {
                "resident" => ["resident", "resident-page", "certificates"].contains(&who),
                "staff" => who == "staff-page",
                _ => false,
            };
            if own {
                continue;
            }
            let (status, leads) = send(&address, method, &filled(path), headers, "");
            let refused = match status {
                401 | 403 => true,
                303 => leads.split('?').next().is_some_and(|path| path.ends_with("/sign-in")),
                _ => false,
            };
            assert!(refused, "{method} {path} as {name}: {status} {leads}");
            asked += 1;
        }
    }
    assert!(asked > 200, "{asked}");
}

/// What the running router takes at each path is what the list says: nothing is hidden.
#[test]
fn every_path_takes_the_listed_methods_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let program = start(folder.path());
    let address = program.address();
    let mut paths: Vec<_> = routes().map(|(_, path, _)| path).collect();
    paths.dedup();
    for path in paths {
        let (status, allowed) = send(&address, "PATCH", &filled(path), &[], "");
        let mut allowed: Vec<_> =
            allowed.split(',').filter(|method| *method != "HEAD" && !method.is_empty()).collect();
        let mut listed: Vec<_> =
            routes().filter(|route| route.1 == path).map(|(method, ..)| method).collect();
        allowed.sort_unstable();
        listed.sort_unstable();
        assert_eq!((status, allowed), (405, listed), "{path}");
        if path.starts_with("/api/") {
            // Browsers ask before a call from another origin.
            assert_eq!(send(&address, "OPTIONS", &filled(path), &[], "").0, 204, "{path}");
        }
    }
}

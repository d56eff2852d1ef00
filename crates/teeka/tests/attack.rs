//! An attacker that others wrote, with the document in hand and two residents' tokens: it sends
//! what the document allows and what it forbids, and reads the one's things as the other.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};
use support::{Resident, call, session_for, small_demo, somewhere, token_by};
use testkit::program::Program;

/// The demo's key.
const KEY: &str = "demo-key-of-a-made-up-country";

/// Operations that the attacker cannot bring to a good end, as it sees no message: it knows neither
/// one-time passwords nor the codes on slips nor the six digits for a wallet.
const NEEDS_A_MESSAGE: [&str; 11] = [
    "merges/people",
    "auth/confirmOTP",
    "auth/public/confirmOTP",
    "auth/validateMobileOtp",
    "vaccination/confirmOTP",
    "openid4vci/token",
    "openid4vci/credential",
    "vaccinator/beneficiaries/findByMobile",
    "vaccinator/beneficiaries/findByReferenceId",
    "vaccinator/beneficiaries/vaccinate",
    "vaccinator/certificate/download",
];

/// Schemathesis, installed once; none if there is no Python.
fn installed() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("attack");
    Some(support::python(&folder, "attack")?.parent().unwrap().to_owned())
}

/// Two residents, each with a booked and a vaccinated person, and the files the attacker reads.
struct Prey<'a> {
    program: &'a Program,
    folder: &'a Path,
    residents: Vec<Resident<'a>>,
}

impl<'a> Prey<'a> {
    fn new(program: &'a Program, folder: &'a Path) -> Self {
        let (date, _, pincode) = somewhere(program);
        let (session, _) = session_for(program, &date, 46);
        let (mut residents, mut people, mut appointments) = (Vec::new(), Vec::new(), Vec::new());
        for (number, name) in ["Anna Demo", "Ravi Demo"].iter().enumerate() {
            let resident = Resident::sign_in(program, folder, &format!("740000000{number}"));
            let booked = resident.register(name, "1980", &format!("74000000001{number}"));
            let vaccinated = resident.register(name, "1981", &format!("74000000002{number}"));
            support::vaccinate(program, &vaccinated, &date);
            let wish = json!({
                "session_id": session["session_id"], "slot": session["slots"][0],
                "beneficiaries": [booked],
            });
            let (status, answer) = resident.post("/api/v2/appointment/schedule", &wish);
            assert_eq!(status, 200, "{answer}");
            appointments.push(answer["appointment_id"].as_str().unwrap().to_owned());
            people.extend([booked, vaccinated]);
            residents.push(resident);
        }
        let texts = |value: &Value| -> Vec<String> {
            value.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
        };
        let prey = Self { program, folder, residents };
        prey.list("people", &people);
        prey.list("appointments", &appointments);
        prey.list("sessions", &texts(&json!([session["session_id"]])));
        prey.list("slots", &texts(&session["slots"]));
        prey.list("pincodes", &[pincode]);
        prey.list("days", &[date]);
        prey.list("lists", &["0".to_owned()]);
        prey.list("card_lists", &[support::card_list(program)]);
        prey.write_identities();
        let config = "schemathesis.toml";
        fs::copy(support::sources("attack").join(config), folder.join(config)).unwrap();
        prey
    }

    fn list(&self, name: &str, values: &[String]) {
        let lines: Vec<_> = values.iter().map(|value| format!("{value:?}")).collect();
        fs::write(self.folder.join(format!("{name}.txt")), lines.join("\n")).unwrap();
    }

    fn write_identities(&self) {
        let one = |name: &str, token: &str, key: bool| {
            let bearer = format!("Bearer {token}");
            let mut headers = vec![json!({ "name": "Authorization", "value": bearer })];
            if key {
                headers.push(json!({ "name": "x-api-key", "value": KEY }));
            }
            json!({ "name": name, "fixedHeaders": headers })
        };
        let mobile = &self.residents[0].mobile;
        let token = |calls| token_by(self.program, self.folder, mobile, calls);
        let status = token(["/api/v3/vaccination/generateOTP", "/api/v3/vaccination/confirmOTP"]);
        let identities = json!({ "auth": [
            one("anna", &self.residents[0].token, true),
            one("ravi", &self.residents[1].token, true),
            one("status", &status, false),
        ]});
        fs::write(self.folder.join("identities.json"), identities.to_string()).unwrap();
    }
}

/// Runs the attacker against an address; gives its report and what it said.
fn attack(programs: &Path, folder: &Path, address: &str, arguments: &[&str]) -> (Value, String) {
    let report = folder.join("report.json");
    let output = Command::new(programs.join("st"))
        .args(["--config-file", "schemathesis.toml", "run"])
        .arg(format!("{address}/api/openapi.json"))
        .args(["--seed", "2021", "--generation-database", "none", "--no-color"])
        .arg("--report-json-path")
        .arg(&report)
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let text = fs::read_to_string(&report).unwrap_or_else(|_| panic!("no report: {said}"));
    (serde_json::from_str(&text).unwrap(), said)
}

/// Routes and statuses that the program counted.
fn answered(program: &Program) -> Vec<(String, u16)> {
    let (_, text) = call(program, "GET", "/metrics", None, None);
    let lines = text.as_str().unwrap().lines().map(str::to_owned).collect::<Vec<_>>();
    let value = |line: &str, name: &str| {
        let rest = line.split_once(&format!("{name}=\""))?.1;
        Some(rest.split_once('"')?.0.to_owned())
    };
    let one = |line: &String| {
        let rest = line.strip_prefix("teeka_answer_seconds_count")?;
        Some((value(rest, "route")?, value(rest, "status")?.parse().ok()?))
    };
    lines.iter().filter_map(one).collect()
}

#[test]
fn an_attacker_with_two_identities_finds_nothing() {
    let Some(programs) = installed() else { return };
    let folder = tempfile::tempdir().unwrap();
    let program = small_demo(folder.path());
    let prey = Prey::new(&program, folder.path());
    let document = folder.path().join("openapi.json");
    let (_, served) = call(&program, "GET", "/api/openapi.json", None, None);
    fs::write(&document, served.to_string()).unwrap();
    let validator = programs.join("openapi-spec-validator");
    assert!(Command::new(validator).arg(&document).status().unwrap().success());

    // A longer campaign has more examples: TEEKA_ATTACK=200.
    let examples = std::env::var("TEEKA_ATTACK").unwrap_or_else(|_| "4".to_owned());
    // One worker: Python 3.11 before 3.11.8 counts the depth of syntax trees for all threads
    // together (python/cpython#106905), and two of them stop each other by chance.
    let arguments = ["--checks", "all", "--workers", "1", "--max-examples", &examples];
    let (report, said) = attack(&programs, prey.folder, &program.address(), &arguments);
    assert_eq!(report["failures"], json!([]), "{said}");
    assert_eq!((&report["complete"], &report["exit_code"]), (&json!(true), &json!(0)), "{said}");
    assert_eq!(report["operations"]["tested"], report["operations"]["total"], "{said}");
    let (cases, operations) = (&report["test_cases"]["generated"], &report["operations"]["tested"]);
    assert!(cases.as_u64().unwrap() > 3_000, "{said}");
    println!("{cases} cases on {operations} operations");

    // It went everywhere it could, and nothing broke.
    let answered = answered(&program);
    let broken: Vec<_> = answered.iter().filter(|(_, status)| *status >= 500).collect();
    assert_eq!(broken, Vec::<&(String, u16)>::new());
    let reached = |path: &str| {
        answered.iter().any(|(route, status)| route == path && (200..300).contains(status))
    };
    let paths = served["paths"].as_object().unwrap().keys();
    let known = |path: &str| NEEDS_A_MESSAGE.iter().any(|end| path.ends_with(end));
    let missed: Vec<_> = paths.filter(|path| !known(path) && !reached(path)).collect();
    assert_eq!(missed, Vec::<&String>::new());
}

/// The same attack on a program that shows the one's people to the other.
#[test]
fn an_attacker_with_two_identities_finds_a_planted_flaw() {
    let Some(programs) = installed() else { return };
    let folder = tempfile::tempdir().unwrap();
    let program = small_demo(folder.path());
    let prey = Prey::new(&program, folder.path());
    let flawed = support::Flawed::start(&program, &prey.residents[0], &prey.residents[1]);
    let arguments = [
        ["--checks", "object_level_authorization"],
        ["--mode", "positive"],
        ["--phases", "stateful"],
        ["--max-examples", "20"],
        ["--include-operation-id", "register"],
        ["--include-operation-id", "readBeneficiary"],
    ]
    .concat();
    let (sound, said) = attack(&programs, prey.folder, &program.address(), &arguments);
    assert_eq!(sound["failures"], json!([]), "{said}");
    let (report, said) = attack(&programs, prey.folder, &flawed.address, &arguments);
    assert_eq!(report["failures"].as_array().map(Vec::len), Some(1), "{said}");
    assert!(said.contains("ST402 Object-level authorization bypass"), "{said}");
}

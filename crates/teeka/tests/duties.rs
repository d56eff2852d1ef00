//! Duties on the command line, beside a running server: a record is held and let go, an incident goes from
//! its file to its drafts, and a saved list of accesses is checked with nothing but the log's key.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod support;

use std::{fs, path::Path, process::Command};

use serde_json::Value;
use support::Resident;
use testkit::program::Program;

const TEEKA: &str = env!("CARGO_BIN_EXE_teeka");
const INCIDENT: &str = r#"
kind = "data-leak"
noticed_at = "2026-01-02T09:00:00+05:30"
confirmed_at = "2026-01-02T11:00:00+05:30"
what = "A list of people was open to everybody."
systems = "One server of a facility."
done = "It was taken down."
advice = "Tell nobody a one-time password."
official = "M. Rao, CISO"
contact = "ciso@health.example"
"#;

/// Runs a command on the data folder; gives its exit code and what it said.
fn teeka(folder: &Path, arguments: &[&str]) -> (i32, Value) {
    let output = Command::new(TEEKA)
        .current_dir(folder)
        .args(arguments)
        .args(["--json", "--data", "data"])
        .output()
        .unwrap();
    let said = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (output.status.code().unwrap(), said)
}

#[test]
fn a_hold_and_an_incident_go_their_way() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    assert_eq!(teeka(path, &["incident", "list"]).0, 2, "there is no platform yet");
    fs::create_dir(path.join("data")).unwrap();
    let messages = format!("file:{}", path.join("messages.jsonl").display());
    let program = Program::start(
        TEEKA,
        &path.join("data"),
        &["serve", "--limits", "off", "--messages", &messages],
    );
    let resident = Resident::sign_in(&program, path, "7500000001");
    let reference = resident.register("Anna Demo", "1980", "750000000001");

    // Held, a record is not erased.
    let hold = ["retention", "hold", &reference, "--official", "M. Rao", "--case", "WP 12/2027"];
    let (code, held) = teeka(path, &hold);
    assert_eq!(code, 0, "{held}");
    let id = held["id"].as_str().unwrap().to_owned();
    let own = format!("/api/teeka/v1/beneficiaries/{reference}/erasure");
    let asked = ask_erasure(&resident, &own);
    assert_eq!(asked["state"], "held", "{asked}");
    let (_, holds) = teeka(path, &["retention", "holds"]);
    assert_eq!(holds["holds"][0]["case"], "WP 12/2027");
    assert_eq!(teeka(path, &["retention", "lift", &id]).0, 0);
    assert_eq!(teeka(path, &["retention", "lift", &id]).0, 2, "it was lifted");
    assert_eq!(resident.get(&own).1["state"], "asked");
    let bad = ["retention", "hold", "123", "--official", "x", "--case", "y"];
    assert_eq!(teeka(path, &bad).0, 2, "this is nobody's number");
    let (code, swept) = teeka(path, &["retention", "sweep", "--dry-run"]);
    assert_eq!((code, &swept["dry_run"]), (0, &Value::from(true)));
    assert!(swept["tables"].as_array().unwrap().len() > 10);

    // An incident whose clocks have run out says so.
    fs::write(path.join("incident.toml"), INCIDENT).unwrap();
    fs::write(path.join("people.txt"), format!("{reference}\n\n")).unwrap();
    let open = ["incident", "open", "incident.toml", "--people", "people.txt"];
    let (code, incident) = teeka(path, &open);
    assert_eq!((code, &incident["people"]), (0, &Value::from(1)), "{incident}");
    let id = incident["id"].as_str().unwrap();
    let (code, listed) = teeka(path, &["incident", "list"]);
    assert_eq!((code, &listed["incidents"][0]["next"]), (1, &Value::from("cert-in")), "{listed}");
    assert_eq!(teeka(path, &["doctor"]).0, 1, "the doctor says it, too");
    let draft = ["incident", "draft", id, "--out", "drafts", "--affected"];
    assert_eq!(teeka(path, &draft).0, 0);
    assert_eq!(teeka(path, &draft).0, 2, "what is there is not written over");
    let read = |name: &str| fs::read_to_string(path.join("drafts").join(name)).unwrap();
    assert_eq!(read("affected.txt"), format!("{reference}\n"));
    for name in ["cert-in.txt", "notice.txt", "board.txt"] {
        let text = read(name);
        assert!(text.contains("A list of people was open to everybody."), "{name}: {text}");
        assert!(!text.contains(&reference) && !text.contains("Anna"), "{name}: {text}");
    }
    for what in ["cert-in", "board"] {
        assert_eq!(teeka(path, &["incident", "done", id, "--what", what]).0, 0);
    }
    assert_eq!(teeka(path, &["incident", "done", id, "--what", "notices"]).0, 2);
    assert_eq!(teeka(path, &["incident", "close", id]).0, 2, "nobody was told yet");
    let (code, shown) = teeka(path, &["incident", "show", id]);
    assert_eq!((code, &shown["official"]), (0, &Value::from("M. Rao, CISO")));
    bad_files_are_refused(path);
    assert!(program.stop());
    let log = fs::read_to_string(path.join("data/stderr.log")).unwrap();
    for secret in ["WP 12", "M. Rao", "open to everybody", &reference] {
        assert!(!log.contains(secret), "{log}");
    }
}

/// Moves what is believed of the clock, as if that had jumped the other way.
fn believe(data: &Path, years: i64) {
    let file = rusqlite::Connection::open(data.join("teeka.sqlite")).unwrap();
    let moved = file.execute("UPDATE clock SET seen_at = seen_at + ?1", [years * 31_557_600_000]);
    assert_eq!(moved.unwrap(), 1);
}

fn serve(data: &Path) -> Program {
    let messages = format!("file:{}", data.join("messages.jsonl").display());
    Program::start(TEEKA, data, &["serve", "--limits", "off", "--messages", &messages])
}

/// What the server tells of its clock, as soon as it does.
fn is_believed(program: &Program) -> bool {
    for _ in 0..500 {
        let (_, figures) = support::call(program, "GET", "/metrics", None, None);
        let figures = figures.as_str().unwrap_or_default().to_owned();
        let told = figures.lines().find_map(|line| line.strip_prefix("teeka_clock_believed "));
        if let Some(told) = told {
            return told == "1";
        }
        pause();
    }
    panic!("it tells nothing of its clock")
}

#[expect(clippy::disallowed_methods, reason = "another process is at work")]
fn pause() {
    std::thread::sleep(std::time::Duration::from_millis(20));
}

#[test]
fn a_clock_that_jumped_waits_for_the_operator_and_people_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let (path, data) = (folder.path(), folder.path().join("data"));
    fs::create_dir(&data).unwrap();
    let program = serve(&data);
    assert!(is_believed(&program));
    assert!(program.stop());
    assert_eq!(teeka(path, &["doctor"]).0, 0);
    // Years ahead of what was believed.
    believe(&data, -10);
    let (code, told) = teeka(path, &["doctor"]);
    assert_eq!((code, &told["clock"]["standing"]), (1, &Value::from("ahead")), "{told}");
    let program = serve(&data);
    assert!(!is_believed(&program));
    let resident = Resident::sign_in(&program, &data, "7500000001");
    resident.register("Anna Demo", "1980", "750000000001");
    for waits in [&["retention", "sweep"], &["retention", "clock"]] {
        let (code, told) = teeka(path, waits);
        assert_eq!((code, &told["clock"]["standing"]), (1, &Value::from("ahead")), "{told}");
    }
    let says: jiff::Timestamp = told["clock"]["says"].as_str().unwrap().parse().unwrap();
    let offset = jiff::tz::offset(5).to_datetime(says + jiff::SignedDuration::from_mins(30));
    let today = offset.date().to_string();
    let confirm = |day: &str| teeka(path, &["retention", "clock", "--confirm", day]);
    assert_eq!(confirm("2001-01-01").0, 2, "it is another day");
    assert_eq!(confirm("today").0, 2);
    let (code, told) = confirm(&today);
    assert_eq!((code, &told["clock"]["standing"]), (0, &Value::from("believed")), "{told}");
    assert_eq!(teeka(path, &["retention", "sweep"]).0, 0);
    assert_eq!(teeka(path, &["doctor"]).0, 0);
    assert!(program.stop());
    // And behind.
    believe(&data, 1);
    let (code, told) = teeka(path, &["retention", "clock"]);
    assert_eq!((code, &told["clock"]["standing"]), (1, &Value::from("back")), "{told}");
}

fn ask_erasure(resident: &Resident<'_>, path: &str) -> Value {
    let answer = ureq::put(format!("{}{path}", resident.address()))
        .header("authorization", format!("Bearer {}", resident.token))
        .send_empty();
    let text = answer.unwrap().body_mut().read_to_vec().unwrap();
    serde_json::from_slice(&text).unwrap()
}

fn bad_files_are_refused(path: &Path) {
    for bad in [
        INCIDENT.replace("data-leak", "leak"),
        INCIDENT.replace("contact", "mobile"),
        INCIDENT.replace("2026-01-02T11", "2025-01-02T11"),
    ] {
        fs::write(path.join("bad.toml"), bad).unwrap();
        let output = Command::new(TEEKA)
            .current_dir(path)
            .args(["incident", "open", "bad.toml", "--people", "people.txt", "--data", "data"])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!said.contains("ciso@") && said.lines().count() <= 2, "{said}");
    }
    fs::write(path.join("nobody.txt"), "12345678901234\n").unwrap();
    let open = ["incident", "open", "incident.toml", "--people", "nobody.txt"];
    assert_eq!(teeka(path, &open).0, 2);
}

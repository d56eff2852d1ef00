//! The keyholder of the whole program: while it is away nothing opens and doses are recorded, what it
//! gave is in the public log whatever is killed, and its key is changed while people are served.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod support;

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use support::{Resident, call, covishield_today, small_demo, somewhere, try_call, vaccinate};
use testkit::{postgres, program::Program};

const TEEKA: &str = env!("CARGO_BIN_EXE_teeka");
const PEOPLE: &str = "/api/v2/appointment/beneficiaries";

#[expect(clippy::disallowed_methods, reason = "other processes are at work")]
fn pause(milliseconds: u64) {
    std::thread::sleep(Duration::from_millis(milliseconds));
}

/// Waits until something is so.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_mins(1), "not within a minute: {what}");
        pause(20);
    }
}

/// Ends the keyholder of a data folder at once, as soon as there is one; gives its number.
fn kill_keyholder(folder: &Path) -> String {
    let mut number = String::new();
    until("there is a keyholder to kill", || {
        let held = fs::read_to_string(folder.join("keyholder/lock")).unwrap();
        held.trim().clone_into(&mut number);
        let mut kill = Command::new("kill");
        let kill = kill.args(["-9", &number]).stderr(Stdio::null());
        !number.is_empty() && kill.status().unwrap().success()
    });
    number
}

/// Sets a flag when it goes, so that whoever waits for it does not wait for ever.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A figure of the server.
fn figure(program: &Program, name: &str) -> Option<u64> {
    let (_, text) = call(program, "GET", "/metrics", None, None);
    let line = text.as_str()?.lines().find_map(|line| line.strip_prefix(&format!("{name} ")))?;
    // A gauge is written as a whole number where it is one.
    line.parse().ok()
}

/// What the keyholder gave, what the log has of that, and what the log has besides.
fn counts(program: &Program) -> Option<[u64; 3]> {
    let names = ["opened_total", "logged_total", "unopened"];
    let figures = names.map(|name| figure(program, &format!("teeka_keyholder_{name}")));
    let up = figure(program, "teeka_keyholder_up") == Some(1);
    up.then_some([figures[0]?, figures[1]?, figures[2]?])
}

/// Everything that was opened is in the log, as it was counted on both sides; gives how much that is.
/// Figures are a moment old, so that those from before `least` openings are passed over.
fn all_is_logged(program: &Program, least: u64) -> u64 {
    let key = call(program, "GET", "/log/accesses/key", None, None).1;
    let key = key.as_str().unwrap().trim().to_owned();
    let size = || {
        let log = format!("{}/log/accesses", program.address());
        let output = Command::new(TEEKA)
            .args(["ledger", "verify", &log, "--key", &key, "--json"])
            .output()
            .unwrap();
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(output.status.success(), "{told}");
        told["size"].as_u64().unwrap()
    };
    let mut found = 0;
    until("what was opened is in the log", || {
        let Some([opened, logged, unopened]) = counts(program) else { return false };
        found = opened;
        opened >= least && opened == logged && opened + unopened == size()
    });
    // Nothing comes after.
    found
}

fn resident<'a>(program: &'a Program, folder: &Path, mobile: u64) -> (Resident<'a>, Vec<String>) {
    let resident = Resident::sign_in(program, folder, &mobile.to_string());
    let people = (0..5).map(|number| {
        resident.register(
            &format!("Anna {}", ['A', 'B', 'C', 'D', 'E'][number]),
            "1980",
            &format!("{mobile}{number:02}"),
        )
    });
    let people = people.collect();
    (resident, people)
}

#[test]
fn while_the_keyholder_is_away_nothing_opens_and_doses_are_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let program = small_demo(folder.path());
    let (date, ..) = somewhere(&program);
    let (resident, people) = resident(&program, folder.path(), 7_500_000_001);
    vaccinate(&program, &people[0], &date);
    assert_eq!(resident.get(PEOPLE).0, 200);
    // Three times at the desk, then five people and a mobile.
    let before = all_is_logged(&program, 9);
    // Away for as long as it has no root key.
    let (root, aside) = (folder.path().join("root.key"), folder.path().join("aside"));
    fs::rename(&root, &aside).unwrap();
    fs::write(&root, "no key").unwrap();
    let killed = kill_keyholder(folder.path());
    until("it is noticed", || figure(&program, "teeka_keyholder_up") == Some(0));
    for _ in 0..3 {
        assert_eq!(resident.get(PEOPLE).0, 503);
    }
    for person in &people[1..] {
        vaccinate(&program, person, &date);
    }
    let (status, _) = call(&program, "GET", "/readyz", None, None);
    assert_eq!(status, 200);
    assert_eq!(figure(&program, "teeka_fields_opened_total"), Some(before), "nothing was opened");
    fs::rename(&aside, &root).unwrap();
    until("it is back", || resident.get(PEOPLE).0 == 200);
    let people = resident.people();
    let doses = people.as_array().unwrap().iter();
    assert!(doses.clone().count() == 5 && doses.clone().all(|one| one["dose1_date"] != ""));
    until("certificates are signed", || figure(&program, "teeka_certificates_owed") == Some(0));
    let now = fs::read_to_string(folder.path().join("keyholder/lock")).unwrap();
    assert_ne!(now.trim(), killed);
    all_is_logged(&program, before + 6);
}

#[test]
fn what_was_given_is_in_the_log_whatever_is_killed_when() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = small_demo(folder.path());
    let token = resident(&program, folder.path(), 7_500_000_001).0.token;
    let mut fine = 0;
    for round in 0..8_u64 {
        let (stop, answered, address) =
            (AtomicBool::new(false), AtomicU64::new(0), program.address());
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while !stop.load(Ordering::Relaxed) {
                        let answer = try_call(&address, "GET", PEOPLE, Some(&token), None);
                        match answer.map(|(status, _)| status) {
                            Some(200) => drop(answered.fetch_add(1, Ordering::Relaxed)),
                            Some(503) | None => {}
                            Some(status) => panic!("{status}"),
                        }
                    }
                });
            }
            let _stop = Stop(&stop);
            pause(150 + 37 * round);
            kill_keyholder(folder.path());
            pause(7 * round);
            if round % 3 == 2 {
                let old = std::mem::replace(&mut program, small_demo_again(folder.path()));
                old.kill();
            }
            pause(400);
        });
        fine += answered.load(Ordering::Relaxed);
    }
    until("it is back", || call(&program, "GET", PEOPLE, Some(&token), None).0 == 200);
    // Each answer opened five people and a mobile.
    all_is_logged(&program, 6 * fine);
    assert!(fine > 8, "{fine} answers");
}

/// A second server on the same folder, before the first is killed: of the same address, as that is the
/// name of the log.
fn small_demo_again(folder: &Path) -> Program {
    let program = small_demo(folder);
    until("it is ready", || call(&program, "GET", "/readyz", None, None).0 == 200);
    program
}

/// Rotates the key-encryption key, and gives what was told, or what stood on standard error.
fn rotate(folder: &Path, database: &str) -> Command {
    let mut command = Command::new(TEEKA);
    command.args(["keys", "rotate", "kek", "--json", "--data"]);
    command.arg(folder).args(["--database", database]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn rotated(folder: &Path, database: &str) -> Value {
    let output = rotate(folder, database).args(["--rest-seconds", "2"]).output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{complaint}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn key_changes_while_people_are_served(database: Option<String>) {
    let folder = tempfile::tempdir().unwrap();
    let own = format!("sqlite:{}", folder.path().join("teeka.sqlite").display());
    let database = database.unwrap_or(own);
    let arguments = [
        "demo",
        "--people",
        "300",
        "--facilities",
        "400",
        "--limits",
        "off",
        "--quiet",
        "--database",
        &database,
    ];
    let program = Program::start(TEEKA, folder.path(), &arguments);
    let (date, ..) = somewhere(&program);
    let (resident, people) = resident(&program, folder.path(), 7_500_000_001);
    vaccinate(&program, &people[0], &date);
    let keks = folder.path().join("keyholder/keks");
    let (stop, answered) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                assert_eq!(resident.get(PEOPLE).0, 200);
                answered.fetch_add(1, Ordering::Relaxed);
            }
        });
        let _stop = Stop(&stop);
        // Killed before anything is wrapped anew, and killed while it is or once everything is.
        for moment in [0, 1_500] {
            let mut child = rotate(folder.path(), &database).spawn().unwrap();
            until("there is a new version", || keks.join("kek-2").exists());
            pause(moment);
            child.kill().unwrap();
            child.wait().unwrap();
        }
        assert!(keks.join("kek-1").exists() && keks.join("kek-2").exists());
        let told = rotated(folder.path(), &database);
        let first = told["destroyed"].as_array().unwrap().iter().map(|one| one.as_u64().unwrap());
        assert_eq!(first.min(), Some(1), "{told}");
    });
    assert!(answered.load(Ordering::Relaxed) > 10);
    assert!(!keks.join("kek-1").exists());
    // Everybody's keys are wrapped by the one that is left, and all goes on.
    assert_eq!(fs::read_dir(&keks).unwrap().count(), 1);
    vaccinate(&program, &people[1], &date);
    assert_eq!(resident.people().as_array().unwrap().len(), 5);
    let session = covishield_today(&program, &date);
    assert!(session["session_id"].is_string());
    // Once more, with a new start in between.
    drop(program);
    let told = rotated(folder.path(), &database);
    assert!(told["wrapped"].as_u64().unwrap() >= 300, "{told}");
    assert_eq!(told["goes_on"], json!(false));
}

#[test]
fn the_key_changes_while_people_are_served() {
    key_changes_while_people_are_served(None);
}

#[test]
fn the_key_changes_while_people_are_served_from_a_server() {
    if let Some(url) = postgres::new_database() {
        key_changes_while_people_are_served(Some(url));
    }
}

#[test]
fn a_server_names_what_its_keyholder_lacks() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("root.key"), "no key").unwrap();
    let output = Command::new(TEEKA)
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("the key file"), "{told}");
    let absent = folder.path().join("nobody");
    let output = Command::new(TEEKA)
        .args(["keys", "rotate", "kek", "document", "--data"])
        .arg(folder.path())
        .arg("--keyholder")
        .arg(&absent)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("kek is rotated by itself"));
}

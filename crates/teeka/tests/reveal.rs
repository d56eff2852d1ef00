//! `teeka scan --reveal`: no value is shown before it is durable who sees it.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod support;

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;
use support::call;
use testkit::{
    program::Program,
    softhsm::{CONFIGURATION, SoftHsm},
};

const TEEKA: &str = env!("CARGO_BIN_EXE_teeka");
const LETTER: &str = "Name: Asha Devi\nMobile: 9829011223\n";
const WHO: [&str; 8] = [
    "--reveal",
    "--purpose",
    "notify",
    "--official",
    "Meena Patel, district officer",
    "--case",
    "F.12(3)/2021",
    "letter.txt",
];

fn teeka(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(TEEKA).current_dir(folder).args(arguments).output().unwrap()
}

fn reveal(folder: &Path, more: &[&str]) -> Output {
    teeka(folder, &[&["scan", "--json", "--data", "data"], more].concat())
}

fn said(output: &Output) -> String {
    [&output.stdout[..], &output.stderr[..]].map(String::from_utf8_lossy).concat()
}

/// Asserts that nothing is shown.
#[track_caller]
fn assert_refused(output: &Output) {
    assert_eq!(output.status.code(), Some(2), "{}", said(output));
    assert!(!said(output).contains("9829011223") && !said(output).contains("Asha"));
    assert!(!said(output).contains("mobile"), "not even that there is something");
}

fn serve(folder: &Path) -> Program {
    ready(Program::start(TEEKA, &folder.join("data"), &["serve", "--limits", "off"]))
}

/// The same, once it is ready.
fn ready(program: Program) -> Program {
    let begun = Instant::now();
    while call(&program, "GET", "/readyz", None, None).0 != 200 {
        assert!(begun.elapsed() < Duration::from_secs(30), "it is never ready");
        std::thread::yield_now();
    }
    program
}

/// How many leaves `teeka ledger verify` finds in the log of the folder, once there are so many.
fn verified(folder: &Path, key: &str, wanted: u64) -> u64 {
    let begun = Instant::now();
    loop {
        let output =
            teeka(folder, &["ledger", "verify", "data/log/accesses", "--key", key, "--json"]);
        let told: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let size = told["size"].as_u64().unwrap_or(0);
        if size >= wanted || begun.elapsed() > Duration::from_secs(20) {
            assert!(output.status.success(), "{told}");
            return size;
        }
        std::thread::yield_now();
    }
}

#[test]
fn values_are_shown_once_it_is_durable_who_sees_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("letter.txt"), LETTER).unwrap();
    assert_refused(&reveal(path, &WHO));
    assert!(!path.join("data").exists(), "a ledger is not made for this");

    fs::create_dir(path.join("data")).unwrap();
    let program = serve(path);
    let key = call(&program, "GET", "/log/accesses/key", None, None).1;
    let key = key.as_str().unwrap().trim().to_owned();
    let shown = reveal(path, &WHO);
    assert_eq!(shown.status.code(), Some(1), "{}", said(&shown));
    let first: Value =
        serde_json::from_slice(shown.stdout.split(|b| *b == b'\n').next().unwrap()).unwrap();
    assert_eq!(first["value"], "Asha Devi");
    assert_eq!(verified(path, &key, 1), 1, "a server gives the entry its leaf");
    assert!(program.stop());

    let reason = ["--reveal", "--purpose", "confirm", "--official", "A", "--reason", "why"];
    assert_eq!(reveal(path, &[&reason[..], &["letter.txt"]].concat()).status.code(), Some(1));
    let program = serve(path);
    assert_eq!(verified(path, &key, 2), 2, "also to one from before it was started");
    assert!(program.stop());
    let list = teeka(path, &["ledger", "reveals", "--data", "data", "--json"]);
    let list: Vec<Value> =
        said(&list).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(list.len(), 2, "{list:?}");
    assert_eq!(list[0]["official"], "Meena Patel, district officer");
    assert_eq!(list[0]["case"], "F.12(3)/2021");
    assert_eq!(list[0]["purpose"], "reveal-notify");
    assert_eq!(list[0]["paths"], Value::from(vec!["letter.txt"]));
    assert_eq!((&list[0]["leaf"], &list[1]["leaf"]), (&Value::from(0), &Value::from(1)));
    assert!(list[0]["operator"].as_str().unwrap().contains("uid "));

    // Without a whole account of who and why nothing is recorded, and nothing shown.
    for missing in [
        &["--reveal", "letter.txt"][..],
        &["--reveal", "--purpose", "notify", "--case", "1", "letter.txt"],
        &["--reveal", "--purpose", "notify", "--official", "A", "letter.txt"],
        &["--reveal", "--purpose", "sale", "--official", "A", "--case", "1", "letter.txt"],
        &["--reveal", "--purpose", "notify", "--official", " ", "--case", "1", "letter.txt"],
    ] {
        assert_refused(&reveal(path, missing));
    }
    // Somebody else holds the ledger: it cannot be written.
    let held = rusqlite::Connection::open(path.join("data/teeka.sqlite")).unwrap();
    held.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE").unwrap();
    assert_refused(&reveal(path, &WHO));
    drop(held);
    fs::remove_file(path.join("data/teeka.sqlite")).unwrap();
    fs::create_dir(path.join("data/teeka.sqlite")).unwrap();
    assert_refused(&reveal(path, &WHO));
    assert_eq!(verified(path, &key, 2), 2);
    let masked = reveal(path, &["letter.txt"]);
    assert!(!said(&masked).contains("9829011223") && said(&masked).contains("mobile"));
}

/// A keyholder that runs by itself, until this goes.
struct Keyholder(Child);

impl Keyholder {
    /// One with this configuration, once it listens.
    fn start(config: &Path) -> Self {
        let mut command = Command::new(TEEKA);
        command.arg("keyholder").arg("--config").arg(config).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("Keeping keys at"), "{line}");
        Self(child)
    }
}

impl Drop for Keyholder {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// A letter, a data folder in which nothing was served yet, and a configuration file beside it.
fn folder_with(config: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("letter.txt"), LETTER).unwrap();
    fs::create_dir(folder.path().join("data")).unwrap();
    fs::write(folder.path().join("teeka.toml"), config).unwrap();
    folder
}

/// Only once something was served from a folder without `root.key`, it has a ledger.
fn ledger_is_found_without_a_root_key(folder: &Path, environment: &[(&str, &str)]) {
    let run = |arguments: &[&str]| {
        let mut command = Command::new(TEEKA);
        let command = command.current_dir(folder).args(arguments).envs(environment.iter().copied());
        command.args(["--json", "--data", "data", "--config", "teeka.toml"]).output().unwrap()
    };
    let reveal = || run(&[&["scan"], &WHO[..]].concat());
    assert_refused(&reveal());
    assert_eq!(fs::read_dir(folder.join("data")).unwrap().count(), 0, "none is made for this");
    let config = folder.join("teeka.toml");
    let serve = ["serve", "--limits", "off", "--config", config.to_str().unwrap()];
    let program = Program::start_in(TEEKA, &folder.join("data"), &serve, environment);
    assert!(ready(program).stop());
    assert!(!folder.join("data/root.key").exists());
    let shown = reveal();
    assert_eq!(shown.status.code(), Some(1), "{}", said(&shown));
    let list = run(&["ledger", "reveals"]);
    assert!(said(&list).contains("F.12(3)/2021"), "{}", said(&list));
}

#[test]
fn a_ledger_is_found_whose_keys_are_elsewhere() {
    let keys = tempfile::tempdir().unwrap();
    let socket = keys.path().join("socket");
    let folder = folder_with(&format!("[keyholder]\nsocket = '{}'\n", socket.display()));
    let config = keys.path().join("keyholder.toml");
    let text = format!(
        "data = '{}'\n[keyholder]\nsocket = '{}'\nlog = '{}'\n",
        keys.path().display(),
        socket.display(),
        folder.path().join("data/log/accesses").display()
    );
    fs::write(&config, text).unwrap();
    let _keyholder = Keyholder::start(&config);
    ledger_is_found_without_a_root_key(folder.path(), &[]);
}

#[test]
fn a_ledger_is_found_whose_keys_a_token_wraps() {
    let Some(hsm) = SoftHsm::start() else { return };
    let token = hsm.make_token("keys", "481516");
    let folder = folder_with(&format!(
        "[keyholder.pkcs11]\nmodule = '{}'\ntoken = 'keys'\npin_file = '{}'\n",
        hsm.module().display(),
        token.pin_file.display()
    ));
    let configuration = hsm.configuration();
    let environment = [(CONFIGURATION, configuration.to_str().unwrap())];
    ledger_is_found_without_a_root_key(folder.path(), &environment);
}

//! What a server runs by is in the log of releases from its start: nothing is added by a start in which
//! nothing changed, and one leaf by a changed rules file.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod support;

use std::{
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use serde_json::Value;
use support::call;
use testkit::program::Program;

const TEEKA: &str = env!("CARGO_BIN_EXE_teeka");
/// Program, manifest, policy, rules, six uses of keys, three notices.
const ALL: usize = 13;

fn serve(folder: &Path, rules: &str) -> Program {
    let path = folder.join("rules.toml");
    fs::write(&path, rules).unwrap();
    let config = folder.join("teeka.toml");
    fs::write(&config, format!("rules = '{}'\n", path.display())).unwrap();
    let arguments = ["serve", "--config", config.to_str().unwrap(), "--messages", "file:/dev/null"];
    Program::start(TEEKA, folder, &arguments)
}

/// What `teeka ledger releases` lists, once there are as many, and a little later.
#[expect(clippy::disallowed_methods, reason = "another process is at work")]
fn releases(program: &Program, count: usize) -> Vec<Value> {
    let log = format!("{}/log/releases", program.address());
    let key = call(program, "GET", "/log/releases/key", None, None).1;
    let key = key.as_str().unwrap().trim().to_owned();
    let begun = Instant::now();
    loop {
        let command = Command::new(TEEKA)
            .args(["ledger", "releases", &log, "--key", &key, "--json"])
            .output()
            .unwrap();
        let told: Value = serde_json::from_slice(&command.stdout).unwrap();
        let list = told["releases"].as_array().cloned().unwrap_or_default();
        if list.len() >= count {
            let verified = Command::new(TEEKA)
                .args(["ledger", "verify", &log, "--key", &key])
                .output()
                .unwrap();
            assert!(verified.status.success(), "{verified:?}");
            return list;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "{told}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Starts, and stops once the log of releases is looked after: the first look is at the start.
fn started(folder: &Path, rules: &str, count: usize) -> Vec<Value> {
    let program = serve(folder, rules);
    let list = releases(&program, count);
    assert!(program.stop());
    list
}

#[test]
fn a_changed_rules_file_is_one_leaf_and_an_unchanged_start_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let rules = app::rules::INDIA_2021_22;
    let first = started(folder.path(), rules, ALL);
    assert_eq!(first.len(), ALL);
    let of = |list: &[Value], kind: &str| {
        let of = list.iter().filter(|release| release["kind"] == kind);
        of.map(|release| release["sha256"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let sum = Command::new("sha256sum").arg(TEEKA).output().unwrap();
    let sum = String::from_utf8(sum.stdout).unwrap();
    assert_eq!(of(&first, "binary"), [sum.split(' ').next().unwrap()]);
    assert_eq!(of(&first, "rules"), [support::sha256(rules)]);
    assert_eq!((of(&first, "keys").len(), of(&first, "notice").len()), (6, 3));

    // A start in which nothing changed, and after it one with other rules: of both one leaf.
    let program = serve(folder.path(), rules);
    releases(&program, ALL);
    assert!(program.stop());
    let other = format!("# Another year.\n{rules}");
    let list = started(folder.path(), &other, ALL + 1);
    assert_eq!(list.len(), ALL + 1);
    assert_eq!(list[..ALL], first[..], "what was there stays");
    assert_eq!(of(&list, "rules"), [support::sha256(rules), support::sha256(&other)]);

    // A leaf that is changed is seen by whoever lists them.
    let tile = folder.path().join(format!("log/releases/tile/entries/000.p/{}", ALL + 1));
    let mut bytes = fs::read(&tile).unwrap();
    bytes[60] ^= 1;
    fs::write(&tile, bytes).unwrap();
    let program = serve(folder.path(), &other);
    let key = call(&program, "GET", "/log/releases/key", None, None).1;
    let log = folder.path().join("log/releases").display().to_string();
    let listed = Command::new(TEEKA)
        .args(["ledger", "releases", &log, "--key", key.as_str().unwrap().trim()])
        .output()
        .unwrap();
    let said = String::from_utf8(listed.stdout).unwrap();
    assert!(listed.status.code() == Some(1) && said.contains("altered"), "{said}");
}

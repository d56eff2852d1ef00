//! `teeka expose` as people use it: two of them, a set-up, and a process that is killed again and
//! again on the way.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
    sync::Arc,
    time::Duration,
};

use app::{Actor, Ctx, clock::SystemEntropy};
use exposure::console::Console;
use serde_json::Value;
use testkit::cdn::{Cdn, HOST, text};
use web::{Clock, SystemClock};

fn teeka(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_teeka"));
    command.args(arguments).current_dir(folder).output().unwrap()
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let output = teeka(folder, &[arguments, &["--json"]].concat());
    serde_json::from_slice(&output.stdout).unwrap()
}

fn person(folder: &Path, name: &str) -> String {
    let made = json(folder, &["expose", "person", name, "--out", &format!("{name}.person")]);
    made["verifier"].as_str().unwrap().to_owned()
}

struct Ground {
    cdn: Cdn,
    folder: tempfile::TempDir,
}

fn ground(number: usize) -> Option<Ground> {
    let cdn = Cdn::start("", 32)?;
    let www = cdn.nginx.www();
    let folder = tempfile::tempdir().unwrap();
    let mut urls = String::new();
    for at in 0..number {
        fs::write(www.join(format!("asha-devi-{at}.pdf")), "a list").unwrap();
        urls += &["http://", HOST, "/asha-devi-", &at.to_string(), ".pdf\n"].concat();
    }
    fs::write(www.join("sitemap.txt"), &urls).unwrap();
    fs::write(folder.path().join("urls.txt"), urls).unwrap();
    let (asha, binoy) = (person(folder.path(), "asha"), person(folder.path(), "binoy"));
    let site = format!("sitemaps = [{:?}]", text(&www.join("sitemap.txt")));
    fs::write(folder.path().join("setup.toml"), cdn.setup([&asha, &binoy], &site)).unwrap();
    Some(Ground { cdn, folder })
}

const ORDER: [&str; 11] = [
    "expose",
    "order",
    "case-7",
    "--setup",
    "setup.toml",
    "--urls",
    "urls.txt",
    "--reason",
    "lists of beneficiaries",
    "--key",
    "asha.person",
];

#[test]
fn a_takedown_goes_on_wherever_it_was_killed() {
    let Some(ground) = ground(300) else { return };
    let folder = ground.folder.path();
    assert_eq!(json(folder, &ORDER)["standing"], "ordered");
    let early = teeka(folder, &["expose", "takedown", "case-7", "--until", "unlist"]);
    assert_eq!(early.status.code(), Some(2));
    let text = String::from_utf8(early.stderr).unwrap();
    assert_eq!(text, "error: the case is not released yet\n");
    let same = teeka(folder, &["expose", "release", "case-7", "--key", "asha.person"]);
    assert_eq!(same.status.code(), Some(2));
    let released = json(folder, &["expose", "release", "case-7", "--key", "binoy.person"]);
    assert_eq!(released["standing"], "released");

    let mut kills = 0;
    // Each time it comes a little further.
    for milliseconds in std::iter::successors(Some(5), |last| Some(last + last / 2)) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_teeka"))
            .args(["expose", "takedown", "case-7", "--until", "unlist", "--quiet"])
            .current_dir(folder)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        #[expect(clippy::disallowed_methods, reason = "another process is killed meanwhile")]
        std::thread::sleep(Duration::from_millis(milliseconds));
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success());
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
    }
    assert!(kills >= 3, "{kills}");
    let case = json(folder, &["expose", "show", "case-7"]);
    let steps: Vec<_> = case["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["what"].as_str().unwrap())
        .collect();
    assert_eq!(steps, ["ordered", "released", "contained", "purged", "probed", "unlisted"]);
    let key = fs::read_to_string(folder.join("case-7/log.vkey")).unwrap();
    let verified = teeka(folder, &["ledger", "verify", "case-7/log", "--key", &key]);
    assert_eq!(verified.status.code(), Some(0));
    assert_eq!(fs::read_to_string(ground.cdn.nginx.www().join("sitemap.txt")).unwrap(), "");
    drop(ground.cdn);
}

/// What people see: no address, no path, nothing that does not fit into a terminal.
#[test]
fn nothing_that_is_shown_repeats_an_address() {
    let Some(ground) = ground(3) else { return };
    let folder = ground.folder.path();
    let mut shown = Vec::new();
    let mut run = |arguments: &[&str], code: i32| {
        let output = teeka(folder, arguments);
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.lines().all(|line| line.chars().count() <= 80), "{said}");
        let text = said + &String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{text}");
        shown.push(text);
    };
    fs::write(folder.join("bad.txt"), "http://files.example/asha-devi?x=1\n").unwrap();
    let bad = ORDER.map(|word| if word == "urls.txt" { "bad.txt" } else { word });
    run(&bad, 2);
    run(&ORDER, 0);
    run(&ORDER, 2);
    run(&["expose", "release", "case-7", "--key", "binoy.person"], 0);
    run(&["expose", "takedown", "case-7", "--until", "unlist"], 0);
    run(&["expose", "verify", "case-7"], 2);
    let digest = "0".repeat(64);
    let line = |near: &str| {
        format!(
            "{{\"url\":\"http://{HOST}/asha-devi-1.pdf\",\"digest\":\"{digest}\",\"near\":\"{near}\"}}\n"
        )
    };
    fs::write(folder.join("later.jsonl"), line(&"0".repeat(16))).unwrap();
    run(&["expose", "watch", "case-7", "--found", "later.jsonl"], 1);
    fs::write(folder.join("later.jsonl"), line("unreadable")).unwrap();
    run(&["expose", "watch", "case-7", "--found", "later.jsonl"], 2);
    fs::write(folder.join("later.jsonl"), "{\"url\":\"asha-devi\"}\n").unwrap();
    run(&["expose", "watch", "case-7", "--found", "later.jsonl"], 2);
    run(&["expose", "withdraw", "case-7", "--reason", "blank forms", "--key", "asha.person"], 0);
    run(&["expose", "release", "case-7", "--key", "binoy.person"], 0);
    run(&["expose", "show", "case-7"], 0);
    for text in &shown {
        assert!(!text.contains("asha-devi"), "{text}");
    }
    assert!(shown[0].contains("line 1 of the addresses: it has a query"), "{}", shown[0]);
    assert!(shown.last().unwrap().contains("case-7: withdrawn, 3 addresses"));
    drop(ground.cdn);
}

/// Signs in a folder that holds nothing but the order and the key, and hands in what that prints.
fn signed_elsewhere(folder: &Path, order: &str) {
    let elsewhere = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(folder.join("case-7").join(order)).unwrap();
    // As it comes out of a browser.
    fs::write(elsewhere.path().join("order.txt"), text.replace('\n', "\r\n").trim_end()).unwrap();
    fs::copy(folder.join("binoy.person"), elsewhere.path().join("binoy.person")).unwrap();
    let sign = ["expose", "sign", "order.txt", "--key", "binoy.person"];
    let printed = teeka(elsewhere.path(), &sign);
    let note = String::from_utf8(printed.stdout).unwrap();
    assert!(note.starts_with("teeka release v1\n"), "{note}");
    let told = json(elsewhere.path(), &[&sign[..], &["--out", "release.txt"]].concat());
    assert_eq!((&told["case"], &told["addresses"]), (&Value::from("case-7"), &Value::from(3)));
    let note = fs::read_to_string(elsewhere.path().join("release.txt")).unwrap();
    assert_eq!(told["release"], note);
    let ctx = Ctx::new(Actor::System, SystemClock.now(), Arc::new(SystemEntropy::default()));
    Console::new(None, Some(folder.to_owned())).release(&ctx, "case-7", &note).unwrap();
}

#[test]
fn what_a_second_person_signs_elsewhere_takes_down_and_brings_back() {
    let Some(ground) = ground(3) else { return };
    let folder = ground.folder.path();
    let nothing = teeka(folder, &["expose", "sign", "urls.txt", "--key", "binoy.person"]);
    assert_eq!(nothing.status.code(), Some(2));
    let said = String::from_utf8(nothing.stderr).unwrap();
    assert!(said.contains("no order is in") && !said.contains("asha-devi"), "{said}");
    json(folder, &ORDER);
    signed_elsewhere(folder, "order");
    let done = json(folder, &["expose", "takedown", "case-7", "--until", "unlist"]);
    assert_eq!(done["standing"], "unlisted");
    let origin = ground.cdn.nginx.authority();
    let status = || {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build();
        let agent: ureq::Agent = agent.into();
        let url = format!("http://{origin}/asha-devi-1.pdf");
        agent.get(url).header("host", HOST).call().unwrap().status().as_u16()
    };
    assert_eq!(status(), 410);
    let back = ["expose", "withdraw", "case-7", "--reason", "blank forms", "--key", "asha.person"];
    json(folder, &back);
    let early = teeka(folder, &["expose", "takedown", "case-7"]);
    assert_eq!(early.status.code(), Some(2), "nobody released that");
    assert_eq!(status(), 410);
    signed_elsewhere(folder, "withdrawal");
    assert_eq!(json(folder, &["expose", "takedown", "case-7"])["standing"], "withdrawn");
    while status() == 410 {}
    assert_eq!(status(), 200);
}

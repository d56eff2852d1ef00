//! `teeka expose` against a real nginx: a sweep, its reports, a kill.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use testkit::nginx::Nginx;

const SERVER: &str = "server {
    listen 127.0.0.1:@PORT@;
    root @FOLDER@/www;
    autoindex on;
    access_log @FOLDER@/asked.log;
}";

fn teeka(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_teeka"));
    command.current_dir(folder).arg("expose").args(arguments).arg("--json").stdin(Stdio::null());
    command
}

/// Runs it, and holds it to saying nothing personal.
fn run(folder: &Path, arguments: &[&str]) -> (i32, Value) {
    let output = teeka(folder, arguments).output().unwrap();
    silent(&output.stdout);
    silent(&output.stderr);
    (output.status.code().unwrap(), json(&output))
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

fn silent(said: &[u8]) {
    let said = String::from_utf8_lossy(said).to_lowercase();
    for personal in ["asha", "ravi", "98290"] {
        assert!(!said.contains(personal), "it repeats what it found: {said}");
    }
}

fn scope(server: &Nginx, folder: &Path, rate: u32) {
    let port = server.authority().rsplit(':').next().unwrap().to_owned();
    let text = format!("[[host]]\nname = '127.0.0.1'\nports = [{port}]\nrate = {rate}.0\n");
    fs::write(folder.join("scope.toml"), text).unwrap();
}

const SWEEP: [&str; 7] = ["sweep", "--scope", "scope.toml", "--job", "job", "--ocr", "none"];

#[test]
fn an_open_folder_is_found_ranked_and_told_without_telling_it() {
    let Some(server) = Nginx::start(SERVER) else { return };
    let folder = tempfile::tempdir().unwrap();
    scope(&server, folder.path(), 0);
    let uploads = server.www().join("uploads/ravi-kumar");
    fs::create_dir_all(&uploads).unwrap();
    let list = "Name,Mobile\nAsha Devi,9829011223\nRavi Kumar,9829011224\n";
    fs::write(uploads.join("list.csv"), list).unwrap();
    fs::write(uploads.join("copy-of-list.csv"), list).unwrap();
    fs::write(uploads.join("asha-9829011225.txt"), "Name: Asha Devi\nMobile: 9829011225\n")
        .unwrap();
    fs::write(uploads.join("notice.txt"), "The camp is closed on Sunday.\n").unwrap();
    fs::write(server.www().join("uploads/film.mp4"), b"\0\0\0\x18ftypmp42").unwrap();
    let map = "<urlset><url><loc>/uploads/ravi-kumar/list.csv</loc></url></urlset>";
    fs::write(server.www().join("sitemap.xml"), map).unwrap();

    let (status, told) = run(folder.path(), &SWEEP);
    assert_eq!(status, 1, "somebody is exposed");
    assert_eq!((&told["exposed"], &told["people"]), (&Value::from(2), &Value::from(3)), "{told}");
    assert_eq!(told["outcomes"]["passed_over"], 1, "{told}");
    assert_eq!(told["waiting"], 0);

    let list = fs::read_to_string(folder.path().join("job/exposed.jsonl")).unwrap();
    let lines: Vec<Value> = list.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines[0]["url"].as_str().unwrap().ends_with("/list.csv"), "the worst first");
    assert_eq!(lines[0]["also_at"].as_array().unwrap().len(), 1);
    assert!(!list.contains("9829011223"), "a value that was found");

    let (status, told) = run(folder.path(), &["status", "--job", "job"]);
    assert_eq!((status, &told["complete"]), (1, &Value::from(true)));
    assert_eq!(told["kinds"]["mobile"]["findings"], 3);
    assert_eq!(told["sources"]["sitemap"], 1);
    let (status, _) = run(folder.path(), &["report", "--job", "job", "--pdf", "report.pdf"]);
    assert_eq!(status, 0);
    let pdf = fs::read(folder.path().join("report.pdf")).unwrap();
    assert!(pdf.starts_with(b"%PDF-"));
    silent(&pdf);

    let (_, told) = run(folder.path(), &SWEEP);
    let unchanged = told["outcomes"]["unchanged"].as_u64().unwrap();
    assert_eq!(unchanged, 6, "four documents, a sitemap and what is not read: {told}");
}

/// Orders a takedown by two people with names that no report may tell.
fn ordered(folder: &Path) {
    let person = |name: &str| {
        let (_, told) = run(folder, &["person", name, "--out", &format!("{name}.person")]);
        told["verifier"].as_str().unwrap().to_owned()
    };
    let (first, second) = (person("meera"), person("binoy"));
    let setup = format!(
        "name = 'ministry.example'\npeople = ['{first}', '{second}']\n[[sites]]\n\
         host = 'files.example'\norigin = 'http://127.0.0.1:1'\nnginx = {{ folder = 'rules' }}\n"
    );
    fs::write(folder.join("setup.toml"), setup).unwrap();
    fs::write(folder.join("urls.txt"), "http://files.example/asha-9829011225.pdf\n").unwrap();
    let order = ["order", "case-7", "--setup", "setup.toml", "--urls", "urls.txt", "--key"];
    let why = ["meera.person", "--reason", "wanted by the collector"];
    assert_eq!(run(folder, &[&order[..], &why].concat()).0, 0);
    assert_eq!(run(folder, &["release", "case-7", "--key", "binoy.person"]).0, 0);
}

#[test]
fn a_report_tells_takedowns_without_names_addresses_and_reasons() {
    let Some(server) = Nginx::start(SERVER) else { return };
    let folder = tempfile::tempdir().unwrap();
    scope(&server, folder.path(), 0);
    fs::write(server.www().join("notice.txt"), "The camp is closed on Sunday.\n").unwrap();
    assert_eq!(run(folder.path(), &SWEEP).0, 0);
    ordered(folder.path());
    let report = ["report", "--job", "job", "--case", "case-7", "--html", "r.html"];
    let files = ["--to", "r.json", "--pdf", "r.pdf"];
    assert_eq!(run(folder.path(), &[&report[..], &files].concat()).0, 0);
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    let (html, json) = (String::from_utf8(read("r.html")).unwrap(), read("r.json"));
    let told: Value = serde_json::from_slice(&json).unwrap();
    let case = &told["takedowns"][0];
    assert_eq!((&case["standing"], &case["reached"]), (&"released".into(), &2.into()), "{case}");
    let verifier = case["log"]["verifier"].as_str().unwrap();
    assert!(html.contains("Step 2 of 8") && html.contains(verifier), "{html}");
    for text in [html, String::from_utf8(json).unwrap()] {
        silent(text.as_bytes());
        for hidden in ["meera", "binoy", "collector", "pdf"] {
            assert!(!text.contains(hidden), "{hidden}: {text}");
        }
    }
    let other = ["report", "--job", "job", "--case", "job"];
    let (status, told) = run(folder.path(), &other);
    assert!(status == 2 && told["error"].is_string(), "{told}");
}

#[test]
fn a_sweep_that_is_killed_goes_on_where_it_was() {
    const COUNT: usize = 150;
    let Some(server) = Nginx::start(SERVER) else { return };
    let folder = tempfile::tempdir().unwrap();
    scope(&server, folder.path(), 100);
    for number in 0..COUNT {
        let text = format!("Name: Asha Devi\nMobile: 98290{:05}\n", 11_000 + number);
        fs::write(server.www().join(format!("{number}.txt")), text).unwrap();
    }
    let mut sweep = teeka(folder.path(), &SWEEP).stdout(Stdio::null()).spawn().unwrap();
    let asked = || {
        let log = fs::read_to_string(server.folder().join("asked.log")).unwrap_or_default();
        log.lines().filter(|line| line.contains(".txt HTTP") && !line.contains("robots")).count()
    };
    while asked() < COUNT / 3 {
        assert!(sweep.try_wait().unwrap().is_none(), "it ended before it could be killed");
        #[expect(clippy::disallowed_methods, reason = "another process works")]
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    sweep.kill().unwrap();
    sweep.wait().unwrap();
    let before = asked();
    let (status, told) = run(folder.path(), &["status", "--job", "job"]);
    assert_eq!((status, &told["complete"]), (1, &Value::from(false)), "{told}");

    let (status, told) = run(folder.path(), &SWEEP);
    assert_eq!((status, &told["exposed"]), (1, &Value::from(COUNT)), "{told}");
    // What was under way when it was killed is asked for again, and nothing else.
    let twice = asked() - COUNT;
    assert!(before >= COUNT / 3 && twice < 40, "{before} before the kill, {twice} twice");
}

#[test]
fn what_cannot_be_done_is_said_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("scope.toml"), "[[host]]\nname = 'asha@files.example'\n").unwrap();
    for arguments in [&SWEEP[..], &["status", "--job", "none"], &["report", "--job", "none"]] {
        let (status, told) = run(folder.path(), arguments);
        assert_eq!(status, 2);
        assert!(told["error"].is_string(), "{told}");
    }
    assert!(!folder.path().join("none").exists());
    // The list is read before anybody is asked.
    let scope = "[[host]]\nname = '127.0.0.1'\nports = [1]\nrate = 0.0\n[limits]\nseconds = 1\n";
    fs::write(folder.path().join("scope.toml"), scope).unwrap();
    fs::write(folder.path().join("list.csv"), "no address").unwrap();
    let (status, told) = run(folder.path(), &[&SWEEP[..], &["--indexed", "list.csv"]].concat());
    assert_eq!((status, told["error"].as_str()), (2, Some("there is no address in list.csv")));
}

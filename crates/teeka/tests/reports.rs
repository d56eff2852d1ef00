//! A report from the page to its end: the operator lists it unopened, sees it once that is on record,
//! hands its claim to an inquiry and closes it, and whoever has the receipt follows.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod support;

use std::{fs, path::Path, process::Command};

use serde_json::Value;
use support::call;
use testkit::program::Program;

const TEEKA: &str = env!("CARGO_BIN_EXE_teeka");
const SEEN: &str = "A list of 300 people is open to everybody";
const CLAIMED: &str = "150 million people: name, mobile, Aadhaar";

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

/// Sends the form; gives the page of the receipt.
fn sent(program: &Program) -> String {
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
    let agent: ureq::Agent = config.build().into();
    let plus = |text: &str| text.replace(' ', "+").replace(':', "%3A").replace(',', "%2C");
    let body = format!("seen={}&claimed={}&reach=me%40mail.example", plus(SEEN), plus(CLAIMED));
    let answer = agent
        .post(format!("{}/report", program.address()))
        .header("content-type", "application/x-www-form-urlencoded")
        .send(body)
        .unwrap();
    assert_eq!(answer.status(), 303);
    answer.headers()["location"].to_str().unwrap().to_owned()
}

fn page(program: &Program, path: &str) -> String {
    let (status, page) = call(program, "GET", path, None, None);
    assert_eq!(status, 200);
    page.as_str().unwrap().to_owned()
}

#[test]
fn a_report_goes_from_the_page_to_an_inquiry_and_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    assert_eq!(teeka(path, &["reports", "list"]).0, 2, "there is no platform yet");
    fs::create_dir(path.join("data")).unwrap();
    let program = Program::start(TEEKA, &path.join("data"), &["serve", "--limits", "off"]);
    let receipt = sent(&program);
    assert!(page(&program, &receipt).contains("<strong>Received</strong>"));

    let (code, listed) = teeka(path, &["reports", "list"]);
    assert_eq!((code, &listed["late"]), (0, &Value::from(0)), "{listed}");
    assert_eq!(listed["reports"][0]["state"], "received");
    assert!(!listed.to_string().contains("300"), "unopened: {listed}");
    let id = listed["reports"][0]["id"].as_str().unwrap();

    // Not without a name, and not what is not there.
    assert_eq!(teeka(path, &["reports", "show", id]).0, 2);
    assert_eq!(teeka(path, &["reports", "show", id, "--official", " "]).0, 2);
    let other = "3fa85f64-5717-4562-b3fc-2c963f66afa6";
    assert_eq!(teeka(path, &["reports", "show", other, "--official", "M. Rao"]).0, 2);
    assert!(page(&program, &receipt).contains("<strong>Received</strong>"), "nobody looked at it");

    let (code, shown) = teeka(path, &["reports", "show", id, "--official", "M. Rao, CISO"]);
    assert_eq!((code, &shown["seen"]), (0, &Value::from(SEEN)), "{shown}");
    assert_eq!((&shown["claimed"], &shown["reach"]), (&CLAIMED.into(), &"me@mail.example".into()));
    assert!(page(&program, &receipt).contains("<strong>Being looked at</strong>"));
    let (_, reveal) = teeka(path, &["ledger", "reveals"]);
    assert_eq!(reveal["official"], "M. Rao, CISO", "{reveal}");
    assert_eq!(reveal["case"], format!("report {id}"));

    let claim = ["reports", "claim", id, "--out", "claim.txt", "--official", "M. Rao, CISO"];
    assert_eq!(teeka(path, &claim).0, 0);
    assert_eq!(teeka(path, &claim).0, 2, "what is there is not written over");
    let (code, verdict) = teeka(path, &["inquire", "--claim", "claim.txt", "--out", "case"]);
    assert_eq!(code, 2, "a claim alone tells nothing: {verdict}");
    let case = fs::read_to_string(path.join("case/case.json")).unwrap();
    assert!(case.contains("150000000"), "the number that was claimed: {case}");
    let verdict = fs::read_to_string(path.join("case/verdict.md")).unwrap();
    assert!(verdict.contains("a sample would tell"), "{verdict}");

    assert_eq!(teeka(path, &["reports", "close", id, "--outcome", "lost"]).0, 2);
    assert_eq!(teeka(path, &["reports", "close", id, "--outcome", "inquired"]).0, 0);
    assert_eq!(teeka(path, &["reports", "close", id, "--outcome", "mended"]).0, 2, "it is closed");
    let end = page(&program, &receipt);
    assert!(
        end.contains("<strong>Closed</strong>") && end.contains("An inquiry was made"),
        "{end}"
    );
    assert_eq!(teeka(path, &["reports", "list"]).1["reports"], Value::Array(Vec::new()));
    let (_, all) = teeka(path, &["reports", "list", "--all"]);
    assert_eq!(all["reports"][0]["outcome"], "inquired");
    assert!(program.stop());
    let log = fs::read_to_string(path.join("data/stderr.log")).unwrap();
    for secret in [SEEN, "150 million", "me@mail", &receipt[8..]] {
        assert!(!log.contains(secret), "{log}");
    }
}

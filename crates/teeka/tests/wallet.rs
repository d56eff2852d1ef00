//! A wallet that others wrote, unmodified, against the built server: it takes up an offer, and what it
//! then has is shown and verified by the reference implementation of SD-JWT.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod support;

use std::{
    collections::BTreeSet,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::{Value, json};
use support::{Resident, call, somewhere};

const MOBILE: &str = "7500000001";

/// Where packages are installed: kept between runs.
fn installed() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wallet");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// The six digits that were sent to a mobile, waiting for them a little.
fn digits(messages: &Path) -> String {
    for _ in 0..200 {
        let text = std::fs::read_to_string(messages).unwrap_or_default();
        let mut sent = text.lines().filter_map(|line| {
            let message: Value = serde_json::from_str(line).ok()?;
            let fits = message["to"].as_str()?.ends_with(MOBILE) && message["kind"] == "wallet";
            let (_, rest) = message["text"].as_str()?.split_once("wallet is ")?;
            fits.then(|| rest[..6].to_owned())
        });
        if let Some(digits) = sent.next_back() {
            return digits;
        }
        #[expect(clippy::disallowed_methods, reason = "another process writes the file")]
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("no digits came");
}

/// What the wallet said of each of its steps.
fn wallet(packages: &Path, about: [&str; 4]) -> Vec<Value> {
    let output = Command::new("node")
        .arg(support::sources("wallet").join("wallet.mjs"))
        .arg(packages)
        .args(about)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}{errors}");
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What a verifier knows after some fields were shown.
fn shown(python: &Path, credential: &Value, holder: &Value, keys: &Value, shown: &[&str]) -> Value {
    let question =
        json!({ "credential": credential, "holder": holder, "keys": keys, "shown": shown });
    let mut judge = Command::new(python)
        .arg(support::sources("wallet").join("show.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    judge.stdin.take().unwrap().write_all(question.to_string().as_bytes()).unwrap();
    let output = judge.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_wallet_of_others_gets_a_certificate_and_shows_that_its_holder_is_vaccinated() {
    let npm = outsiders::node(&support::sources("wallet"), &installed().join("npm"));
    let python = support::python(&installed(), "wallet");
    let (Some(packages), Some(python)) = (npm, python) else { return };
    let folder = tempfile::tempdir().unwrap();
    let program = support::small_demo(folder.path());
    let (date, ..) = somewhere(&program);
    let resident = Resident::sign_in(&program, folder.path(), MOBILE);
    let reference = resident.register("आशा \"Demo\" 💉", "1980", "750000000001");
    support::vaccinate(&program, &reference, &date);
    let offers = format!("/api/teeka/v1/beneficiaries/{reference}/wallet-offers");
    let (status, offer) = resident.post(&offers, &Value::Null);
    assert_eq!(status, 200, "{offer}");
    let digits = digits(&folder.path().join("messages.jsonl"));
    let (status, keys) = call(&program, "GET", "/.well-known/jwt-vc-issuer", None, None);
    assert_eq!(status, 200, "{keys}");
    let issuer = keys["issuer"].as_str().unwrap();

    let link = offer["link"].as_str().unwrap();
    let steps = wallet(&packages, [issuer, &program.address(), link, &digits]);
    let said = |call: &str| {
        let step = steps.iter().find(|step| step["call"] == call);
        step.unwrap_or_else(|| panic!("{call} is missing"))["value"].clone()
    };
    assert_eq!(said("version"), "V1");
    assert_eq!(said("known")["vaccination"]["format"], "dc+sd-jwt");
    assert_eq!(said("wrong digits"), "invalid_grant");
    let token = json!({ "access_token": 43, "token_type": "Bearer", "expires_in": 300 });
    assert_eq!(said("token"), token);
    assert_eq!(said("code again"), "invalid_grant");
    assert_eq!(said("nonce of nobody"), "invalid_nonce");
    assert_eq!(said("token again"), "invalid_token");
    let credentials = said("credentials");
    assert_eq!(credentials.as_array().unwrap().len(), 1);

    let (credential, holder) = (&credentials[0]["credential"], said("key"));
    let known = |fields: &[&str]| shown(&python, credential, &holder, &keys, fields);
    let nothing = known(&[]);
    let names: BTreeSet<_> = nothing.as_object().unwrap().keys().map(String::as_str).collect();
    let always = ["cnf", "disease", "exp", "iat", "iss", "status", "vaccinated", "vct"];
    assert_eq!(names, always.into(), "vaccinated, and nothing else");
    assert_eq!(nothing["vaccinated"], true);
    for part in ["x", "y"] {
        assert_eq!(nothing["cnf"]["jwk"][part], holder[part], "bound to the wallet's key");
    }
    let named = known(&["name", "dose_number"]);
    assert_eq!((&named["name"], &named["dose_number"]), (&"आशा \"Demo\" 💉".into(), &1.into()));
    assert_eq!(named.as_object().unwrap().len(), always.len() + 2);
}

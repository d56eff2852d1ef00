//! Digital Bazaar's verifier reads what this crate issues. It comes from npm, as locked; where npm is
//! missing the test says so, and where `CI` is set it fails.

#![cfg(feature = "issue")]
#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod common;

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use certs::{
    signature::Scheme,
    signer::key::{LocalKey, SigningKey, make_key},
    status::{Bits, Purpose, StatusList, credential},
    vc::{CONTEXT_DOCUMENT, CONTEXT_URL, StatusEntry, VcIssuer, issue},
};
use common::vaccination;
use serde_json::{Value, json};

const ISSUED: i64 = 1_767_225_600;
const DID: &str = "did:web:example.org";
const METHOD: &str = "did:web:example.org#2026";
const NAMES: [&str; 5] =
    ["Anna", "O'Brien \"Bob\"", "सीता देवी", "🙂 Kumar", "a\tb\u{7f}\\\u{fffe}"];
const LIST: &str = "https://example.org/status/1";

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/digital_bazaar")
}

/// The packages.
fn packages() -> Option<PathBuf> {
    outsiders::node(&sources(), &Path::new(env!("CARGO_TARGET_TMPDIR")).join("digital_bazaar"))
}

/// The key as the program's DID document has it.
fn multikey(key: &LocalKey) -> Value {
    let bytes = [&[0xed, 1], key.public_key().bytes()].concat();
    json!({
        "@context": "https://w3id.org/security/multikey/v1",
        "id": METHOD,
        "type": "Multikey",
        "controller": DID,
        "publicKeyMultibase": format!("z{}", bs58::encode(bytes).into_string()),
    })
}

fn ask(packages: &Path, input: &Value) -> Value {
    let mut program = Command::new("node")
        .arg(sources().join("verify.js"))
        .arg(packages)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    program.stdin.take().unwrap().write_all(input.to_string().as_bytes()).unwrap();
    let output = program.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What is issued, and two changes of it.
fn credentials(issuer: &VcIssuer<'_>) -> Value {
    let status = Some(StatusEntry { list: LIST, purpose: Purpose::Revocation, index: 77 });
    let list = StatusList {
        url: LIST.to_owned(),
        purpose: Purpose::Revocation,
        bits: Bits::empty(0),
        issued_at: ISSUED,
        valid_until: ISSUED + 86_400,
    };
    let list: Value = serde_json::from_str(&credential::issue(issuer, &list).unwrap()).unwrap();
    let mut credentials = json!({ "list": list });
    for name in NAMES {
        let text = issue(issuer, &vaccination(name), status, ISSUED, ISSUED + 86_400).unwrap();
        credentials[name] = serde_json::from_str(&text).unwrap();
    }
    let mut changed = credentials["Anna"].clone();
    changed["credentialSubject"]["fullName"] = "Another".into();
    credentials["changed"] = changed;
    let mut exchanged = credentials["Anna"].clone();
    exchanged["credentialSubject"]["vaccination"]["vaccine"] = "4121Z008".into();
    exchanged["credentialSubject"]["vaccination"]["lot"] = "COVISHIELD".into();
    credentials["exchanged"] = exchanged;
    credentials
}

#[test]
fn another_verifier_reads_what_is_issued_and_notices_each_change() {
    let Some(packages) = packages() else { return };
    let key = LocalKey::from_pem(&make_key(Scheme::EdDsa).unwrap()).unwrap();
    let issuer = VcIssuer { did: DID, verification_method: METHOD, key: &key };
    let credentials = credentials(&issuer);
    let input = json!({
        "contextUrl": CONTEXT_URL,
        "context": serde_json::from_str::<Value>(CONTEXT_DOCUMENT).unwrap(),
        "did": {
            "@context": "https://www.w3.org/ns/did/v1",
            "id": DID,
            "assertionMethod": [METHOD],
        },
        "key": multikey(&key),
        "lists": { LIST: credentials["list"] },
        "credentials": credentials,
        "now": "2026-01-01T12:00:00Z",
    });
    let answers = ask(&packages, &input);
    for name in NAMES.into_iter().chain(["list"]) {
        assert_eq!(answers[name]["verified"], true, "{name}: {}", answers[name]);
    }
    for name in ["changed", "exchanged"] {
        assert_eq!(answers[name]["verified"], false, "{name}");
    }
}

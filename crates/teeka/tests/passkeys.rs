//! A sign-in that cannot be phished: a real browser with a passkey, at the server's own address and
//! through relays that stand in front of it.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod support;

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/pages")
}

/// The browser, wherever the system keeps it.
fn chromium() -> Option<&'static str> {
    ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
        .into_iter()
        .find(|path| Path::new(path).exists())
}

#[test]
fn a_passkey_signs_in_at_the_own_address_and_through_no_relay() {
    let Some(chromium) = chromium() else { return testkit::missing("chromium") };
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    let Some(packages) = outsiders::node(&sources(), &kept) else { return };
    let folder = tempfile::tempdir().unwrap();
    let program = support::small_demo(folder.path());
    let mobile = program.announced["staff"]["facility_manager"].as_str().unwrap();
    let mut walk = Command::new("node");
    walk.arg(sources().join("passkey.js"))
        .arg(packages)
        .args([chromium, &program.address()])
        .arg(folder.path().join("messages.jsonl"))
        .arg(mobile)
        .args(std::env::var("TEEKA_PICTURES").ok());
    let output = walk.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let lines = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let step = |name: &str| lines.iter().find(|line| line["step"] == name).unwrap();

    let made = step("made");
    assert_eq!((&made["party"], &made["resident"]), (&json!("localhost"), &json!(true)));
    assert_eq!(made["violations"], json!([]));
    for name in ["own", "own again"] {
        let own = step(name);
        assert_eq!((&own["outcome"], &own["cookies"]), (&json!("answered"), &json!(1)), "{own}");
        assert_ne!(own["heading"], "Facility desk: sign in", "{own}");
    }
    assert_eq!(step("own again")["refused"], json!([]), "the pages keep to their policy");

    // The browser signs for the relay's port, as that is not told apart by it: the server refuses.
    let relay = step("relay");
    assert_eq!(
        (&relay["outcome"], &relay["signed"]),
        (&json!("answered"), &json!(true)),
        "{relay}"
    );
    assert_eq!(
        (&relay["obtained"], &relay["heading"]),
        (&json!(0), &json!("Facility desk: sign in"))
    );
    assert!(relay["requests"].as_u64().unwrap() >= 3, "{relay}");
    let code = step("relayed code");
    assert_eq!(code["obtained"], 0, "{code}");
    assert!(code["text"].as_str().unwrap().contains("signs in with its passkey"), "{code}");
    // For another host it does not even sign.
    let other = step("other host");
    assert_eq!(other["outcome"], "refused by the browser", "{other}");
    assert_eq!((&other["obtained"], &other["cookies"]), (&json!(0), &json!(0)), "{other}");
}

//! `teeka keys`, beside a server that goes on working.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;
use testkit::{
    program::Program,
    softhsm::{CONFIGURATION, SoftHsm, SoftToken},
};

const TEEKA: &str = env!("CARGO_BIN_EXE_teeka");

/// What `teeka keys` says, and how it ends.
fn keys(data: &Path, arguments: &[&str]) -> (Option<i32>, Value) {
    let mut command = Command::new(TEEKA);
    command.args(["--json", "keys"]).args(arguments).arg("--data").arg(data);
    let output = command.output().unwrap();
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap())
}

/// The state of each key of a use, from the newest to the oldest.
fn states(data: &Path, used_for: &str) -> Vec<(String, String)> {
    let (code, listed) = keys(data, &["list"]);
    assert_eq!(code, Some(0));
    let listed = listed["keys"].as_array().unwrap().iter().filter(|key| key["use"] == used_for);
    let text = |key: &Value, name: &str| key[name].as_str().unwrap().to_owned();
    listed.map(|key| (text(key, "state"), text(key, "id"))).collect()
}

/// How many document signers a server tells of, once it is as many as expected.
fn told(program: &Program, expected: usize) -> usize {
    let url = format!("{}/.well-known/document-signers.pem", program.address());
    let mut told = 0;
    for _ in 0..200 {
        let pem = ureq::get(&url).call().unwrap().body_mut().read_to_string().unwrap();
        told = pem.matches("BEGIN CERTIFICATE").count();
        if told == expected {
            break;
        }
        #[expect(clippy::disallowed_methods, reason = "the server looks at its folder by itself")]
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    told
}

#[test]
fn keys_are_rotated_withdrawn_and_destroyed_beside_a_running_server() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let program = Program::start(TEEKA, data, &["serve", "--limits", "off"]);
    let states_are = |expected: &[&str]| {
        let states = states(data, "document");
        let names: Vec<_> = states.iter().map(|(state, _)| state.as_str()).collect();
        assert_eq!(names, expected);
        states.into_iter().map(|(_, id)| id).collect::<Vec<_>>()
    };
    let first = states_are(&["signs"]).remove(0);
    assert_eq!(told(&program, 1), 1);

    // The key that signs cannot be destroyed, nor lose trust while no other can sign.
    assert_eq!(keys(data, &["destroy", &first]).0, Some(2));
    assert_eq!(keys(data, &["withdraw", &first]).0, Some(2));

    assert_eq!(keys(data, &["rotate", "document"]).0, Some(0));
    states_are(&["announced", "signs"]);
    assert_eq!(told(&program, 2), 2, "a new key is known before it signs");
    assert_eq!(keys(data, &["rotate", "document", "--in-hours", "0"]).0, Some(0));
    let ids = states_are(&["announced", "signs", "replaced"]);
    assert_eq!(ids[2], first);

    assert_eq!(keys(data, &["destroy", &first]).0, Some(0));
    states_are(&["announced", "signs", "destroyed"]);
    assert_eq!(told(&program, 3), 3, "what it signed stays valid");
    assert_eq!(keys(data, &["withdraw", &first[..12]]).0, Some(0));
    states_are(&["announced", "signs", "withdrawn"]);
    assert_eq!(told(&program, 2), 2);
    assert_eq!(states(data, "authority").len(), 1, "all signers are under one authority");

    assert_eq!(keys(data, &["rotate", "documents"]).0, Some(2));
    assert_eq!(keys(data, &["withdraw", "nobody"]).0, Some(2));
    assert!(program.stop());
    let program = Program::start(TEEKA, data, &["serve", "--limits", "off"]);
    assert_eq!(told(&program, 2), 2, "the same after a new start");
}

/// A platform whose keys are in a token, and its configuration file.
fn with_token(hsm: &SoftHsm, data: &Path) -> (SoftToken, PathBuf) {
    let token = hsm.make_token("teeka", "481516");
    let config = data.join("teeka.toml");
    let text = format!(
        "[pkcs11]\nmodule = '{}'\ntoken = 'teeka'\npin_file = '{}'\n",
        hsm.module().display(),
        token.pin_file.display()
    );
    std::fs::write(&config, text).unwrap();
    (token, config)
}

#[test]
fn keys_are_made_in_a_token_and_a_token_that_is_away_does_not_hold_up_a_start() {
    let Some(hsm) = SoftHsm::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let (token, config) = with_token(&hsm, data);
    let (config, softhsm) = (config.to_str().unwrap(), hsm.configuration());
    let environment = [(CONFIGURATION, softhsm.to_str().unwrap()), ("TEEKA_CONFIG", config)];
    let start = || {
        let arguments = ["serve", "--limits", "off"];
        Program::start_in(TEEKA, data, &arguments, &environment)
    };
    let bundle = |program: &Program| {
        let url = format!("{}/.well-known/trust-bundle", program.address());
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).build().into();
        agent.get(url).call().unwrap().status().as_u16()
    };
    let program = start();
    assert_eq!(told(&program, 1), 1);
    assert_eq!(bundle(&program), 200, "the anchor in the token signs");
    let secrets = std::fs::read_dir(data.join("keys")).unwrap();
    assert!(secrets.map(|it| it.unwrap().path()).all(|key| !key.join("key.pem").exists()));
    assert!(program.stop());

    token.take_away();
    let program = start();
    assert_eq!(told(&program, 1), 1, "public halves are at hand");
    assert_eq!(bundle(&program), 503);
    token.bring_back();
    assert_eq!(bundle(&program), 200);

    let rotate = ["keys", "rotate", "document", "--in-hours", "0", "--data"];
    let mut rotate = Command::new(TEEKA).args(rotate).arg(data).envs(environment).spawn().unwrap();
    assert!(rotate.wait().unwrap().success());
    assert_eq!(told(&program, 2), 2, "the authority in the token certifies the next signer");
}

#[cfg(unix)]
#[test]
fn a_secret_that_others_may_read_is_refused_and_no_folder_is_made_for_a_mistyped_one() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    drop(Program::start(TEEKA, data, &["serve", "--limits", "off"]));
    let secrets = std::fs::read_dir(data.join("keys")).unwrap();
    // The authority's is not read to serve.
    let mut secrets = secrets.map(|it| it.unwrap().path().join("key.pem"));
    let secret =
        secrets.find(|path| !path.to_str().is_some_and(|text| text.contains("authority"))).unwrap();
    assert_eq!(secret.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::set_permissions(&secret, PermissionsExt::from_mode(0o640)).unwrap();
    let output = Command::new(TEEKA).arg("serve").arg("--data").arg(data).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("set its mode to 0600"));

    let (code, said) = keys(&data.join("other"), &["list"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(!data.join("other").exists());
}

//! `teeka keys`, beside a server that goes on working.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod support;

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use certs::{
    signature::PublicKey,
    signer::{
        key::{LocalKey, SigningKey},
        make_signer,
    },
    trust::bundle::Bundle,
    verdict::Verdict,
    verify::verify_text,
};
use serde_json::Value;
use support::Resident;
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

#[test]
fn who_holds_a_former_anchor_goes_on_with_it_until_trust_is_taken_from_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let program = Program::start(TEEKA, data, &["serve", "--limits", "off"]);
    let reads = |anchor: &PublicKey| Bundle::read(&published(&program, "trust-bundle"), anchor);
    let waits = |done: &dyn Fn() -> bool| {
        let mut tries = 0..200;
        while !done() && tries.next().is_some() {
            #[expect(
                clippy::disallowed_methods,
                reason = "the server looks at its folder by itself"
            )]
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        assert!(done());
    };
    let held = anchor(&program);
    for _ in 0..2 {
        let before = anchor(&program);
        assert_eq!(keys(data, &["rotate", "anchor", "--in-hours", "0"]).0, Some(0));
        waits(&|| anchor(&program) != before);
        assert_eq!(reads(&held).unwrap().trust.signers(), 1, "it was never brought another one");
    }
    let stranger = make_signer("IN", "Ministry", a_month_ago()).unwrap();
    let stranger = LocalKey::from_pem(&stranger.key_pem).unwrap();
    assert!(reads(stranger.public_key()).is_err());
    assert_eq!(keys(data, &["withdraw", &held.thumbprint()]).0, Some(0));
    waits(&|| reads(&held).is_err());
    assert!(reads(&anchor(&program)).is_ok());
}

/// Makes of a data folder what the version before the folder of keys left: one signer, in two files.
fn as_before_the_folder_of_keys(data: &Path, (secret, certificate): (&str, &str)) {
    drop(std::fs::remove_dir_all(data.join("keys")));
    write_secret(&data.join("signer.key.pem"), secret);
    std::fs::write(data.join("signer.pem"), certificate).unwrap();
}

/// Writes a file that only its owner may use.
fn write_secret(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
}

/// The text of the certificate of somebody who is vaccinated there now.
fn certified(program: &Program, folder: &Path) -> String {
    let (date, ..) = support::somewhere(program);
    let resident = Resident::sign_in(program, folder, "7600000001");
    let reference = resident.register("Asha Demo", "1980", "760000000001");
    support::vaccinate(program, &reference, &date);
    let path = "/api/v2/registration/certificate/download?beneficiary_reference_id=";
    let url = format!("{}{path}{reference}", program.address());
    let bearer = format!("Bearer {}", resident.token);
    let pdf = ureq::get(&url).header("authorization", bearer).call().unwrap();
    let pdf = pdf.into_body().read_to_vec().unwrap();
    certs::read::certificates(&pdf).remove(0)
}

/// What a server publishes.
fn published(program: &Program, name: &str) -> String {
    let url = format!("{}/.well-known/{name}", program.address());
    ureq::get(&url).call().unwrap().body_mut().read_to_string().unwrap()
}

fn anchor(program: &Program) -> PublicKey {
    let jwk: Value = serde_json::from_str(&published(program, "trust-anchor.json")).unwrap();
    PublicKey::from_jwk(&jwk).unwrap()
}

/// What an offline verifier says of a certificate that has the server's bundle of now.
fn verdict(program: &Program, text: &str) -> Verdict {
    let bundle = published(program, "trust-bundle");
    let bundle = Bundle::read(&bundle, &anchor(program)).unwrap();
    verify_text(text, &bundle.trust, now().as_second())
}

#[expect(clippy::disallowed_methods, reason = "the server has the real clock")]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

fn a_month_ago() -> jiff::civil::Date {
    let now = now() - jiff::SignedDuration::from_hours(24 * 30);
    jiff::tz::TimeZone::UTC.to_datetime(now).date()
}

#[test]
fn a_data_folder_from_before_the_folder_of_keys_is_taken_over_and_its_certificates_stay_valid() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let old = make_signer("IN", "Ministry", a_month_ago()).unwrap();
    let files = (old.key_pem.as_str(), old.certificate_pem.as_str());
    as_before_the_folder_of_keys(data, files);
    let program = support::small_demo(data);
    let text = certified(&program, data);
    assert!(matches!(verdict(&program, &text), Verdict::Valid(_)));
    assert!(program.stop());

    // The same data, as that version left it: nothing but the signer.
    as_before_the_folder_of_keys(data, files);
    let program = support::small_demo(data);
    assert!(matches!(verdict(&program, &text), Verdict::Valid(_)), "signed before");
    let signers = states(data, "document");
    let old = LocalKey::from_pem(&old.key_pem).unwrap().public_key().thumbprint();
    assert_eq!(signers, [("signs".to_owned(), old.clone())], "and it goes on signing");
    assert!(!data.join("signer.key.pem").exists(), "the secret is in one place");
    assert_eq!(told(&program, 1), 1);
    assert!(program.stop());

    // It had died before the file was removed.
    write_secret(&data.join("signer.key.pem"), files.0);
    let program = support::small_demo(data);
    assert_eq!(states(data, "document").len(), 1);
    assert!(!data.join("signer.key.pem").exists());

    // A new key takes over; what the old one signed stays valid, until trust is taken from it.
    assert_eq!(keys(data, &["rotate", "document", "--in-hours", "0"]).0, Some(0));
    assert_eq!(told(&program, 2), 2);
    assert!(matches!(verdict(&program, &text), Verdict::Valid(_)));
    assert_eq!(keys(data, &["withdraw", &old]).0, Some(0));
    assert_eq!(told(&program, 1), 1);
    assert!(matches!(verdict(&program, &text), Verdict::NotValid(_)));
}

#[cfg(unix)]
#[test]
fn an_old_signer_that_others_may_read_is_not_taken_over() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let old = make_signer("IN", "Ministry", a_month_ago()).unwrap();
    as_before_the_folder_of_keys(folder.path(), (&old.key_pem, &old.certificate_pem));
    let secret = folder.path().join("signer.key.pem");
    std::fs::set_permissions(&secret, PermissionsExt::from_mode(0o644)).unwrap();
    let output =
        Command::new(TEEKA).arg("serve").arg("--data").arg(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("set its mode to 0600"));
    assert!(secret.exists(), "it is left where it was");
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

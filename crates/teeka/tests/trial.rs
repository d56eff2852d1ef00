//! `teeka doctor --trial` on both engines, and on one that could lose what it acknowledged.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::process::Command;

use serde_json::Value;

/// Tries a database; gives the exit status, the answer, and how many parts hold.
fn trial(database: &str) -> (Option<i32>, Value, usize) {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_teeka"))
        .args(["doctor", "--trial", "--json", "--database", database, "--data"])
        .arg(folder.path().join("data"))
        .env("TMPDIR", folder.path())
        .output()
        .unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "it leaves nothing behind");
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    let parts = said["parts"].as_array().unwrap();
    assert!(parts.len() > 20, "{said}");
    let held = parts.iter().filter(|part| part["holds"] == true).count();
    assert_eq!(said["holds"], held == parts.len());
    (output.status.code(), said, held)
}

#[test]
fn the_embedded_store_does_what_a_store_must_do() {
    let (status, said, _) = trial("sqlite:nowhere");
    assert_eq!((status, &said["holds"]), (Some(0), &Value::from(true)), "{said}");
}

#[test]
fn so_does_postgresql_and_one_that_loses_writes_is_found() {
    let Some(url) = testkit::postgres::new_database() else { return };
    let (status, said, _) = trial(&url);
    assert_eq!((status, &said["holds"]), (Some(0), &Value::from(true)), "{said}");
    let (status, said, held) = trial(&format!("{url}?options=-c%20synchronous_commit%3Doff"));
    assert_eq!((status, held), (Some(1), 0), "{said}");
    let why = said["parts"][0]["why"].as_str().unwrap();
    assert!(why.contains("synchronous_commit is off"), "{why}");
    let schemas = "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'teeka%'";
    let server = testkit::postgres::shared().unwrap();
    assert_eq!(server.sql(testkit::postgres::database_of(&url), schemas).trim(), "0");
}

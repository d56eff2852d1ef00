//! Rules of the repository, as tests.

use std::{collections::BTreeSet, path::Path, process::Command};

use serde_json::Value;

/// Which of our crates each of our crates may use. Development dependencies are free.
const MAY_USE: &[(&str, &[&str])] = &[
    ("app", &["certs", "domain", "ledger", "oprf", "store", "vault"]),
    ("asker", &["oprf"]),
    ("certs", &["domain"]),
    ("corpus", &[]),
    ("domain", &[]),
    ("exposure", &["app", "certs", "domain", "ledger", "scan", "store", "vault"]),
    ("inquiry", &["app", "certs", "domain", "ledger", "oprf", "scan", "store", "vault"]),
    ("keyholder", &["ledger", "vault"]),
    ("ledger", &[]),
    ("oprf", &[]),
    ("outsiders", &[]),
    ("scan", &[]),
    ("store", &["domain", "vault"]),
    (
        "teeka",
        &[
            "app",
            "certs",
            "domain",
            "exposure",
            "inquiry",
            "keyholder",
            "ledger",
            "oprf",
            "scan",
            "store",
            "vault",
            "web",
        ],
    ),
    ("testkit", &["app", "certs", "domain", "outsiders", "store", "vault"]),
    ("vault", &[]),
    ("verifier", &["certs"]),
    ("web", &["app", "domain", "exposure", "inquiry", "oprf"]),
];

fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version=1"])
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    metadata["packages"].as_array().expect("a list").clone()
}

#[test]
fn dependencies_point_inwards() {
    let packages = packages();
    let ours: BTreeSet<_> = packages.iter().map(|package| package["name"].as_str()).collect();
    let mut edges = Vec::new();
    for package in &packages {
        for dependency in package["dependencies"].as_array().unwrap() {
            if dependency["kind"].is_null() && ours.contains(&dependency["name"].as_str()) {
                edges.push((
                    package["name"].as_str().unwrap(),
                    dependency["name"].as_str().unwrap(),
                ));
            }
        }
    }
    assert!(edges.len() > 10, "the crates use one another");
    let forbidden = |(from, to): &(&str, &str)| {
        !MAY_USE.iter().any(|(crate_name, may)| crate_name == from && may.contains(to))
    };
    assert_eq!(edges.into_iter().filter(forbidden).collect::<Vec<_>>(), []);
}

/// Files with a suffix under the crates.
fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() && !path.ends_with("target") {
            sources(&path, found);
        } else if path.extension().is_some_and(|suffix| suffix == "rs") {
            let text = std::fs::read_to_string(&path).expect("text");
            found.push((path.display().to_string(), text));
        }
    }
}

#[test]
fn a_file_can_be_held_in_the_head() {
    let mut found = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."), &mut found);
    let long: Vec<_> = found
        .iter()
        .map(|(path, text)| (path.rsplit("crates/").next().unwrap_or(path), text.lines().count()))
        .filter(|(_, lines)| *lines > 500)
        .collect();
    assert_eq!(long, []);
}

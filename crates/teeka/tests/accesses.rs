//! The log of accesses of the whole program: whoever reads it from outside believes it, each access is
//! in it within moments, and kill -9 loses none and doubles none.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod support;

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use serde_json::Value;
use support::{Resident, call};
use testkit::program::Program;

const TEEKA: &str = env!("CARGO_BIN_EXE_teeka");
/// How often the program is killed.
const ROUNDS: u64 = 6;

fn serve(folder: &Path) -> Program {
    let messages = format!("file:{}", folder.join("messages.jsonl").display());
    let arguments = ["serve", "--messages", &messages, "--limits", "off"];
    let program = Program::start(TEEKA, folder, &arguments);
    let begun = Instant::now();
    while call(&program, "GET", "/readyz", None, None).0 != 200 {
        assert!(begun.elapsed() < Duration::from_secs(30), "it is never ready");
        pause(20);
    }
    program
}

#[expect(clippy::disallowed_methods, reason = "another process is at work")]
fn pause(milliseconds: u64) {
    std::thread::sleep(Duration::from_millis(milliseconds));
}

/// Looks at the family: two accesses, one to the person and one to the account's mobile.
fn look((program, token): (&Program, &str)) {
    let (status, answer) =
        call(program, "GET", "/api/v2/appointment/beneficiaries", Some(token), None);
    assert_eq!(status, 200, "{answer}");
}

/// The accesses to a person, as their account reads them.
fn accesses((program, token): (&Program, &str), person: &str) -> Vec<Value> {
    let mut all = Vec::new();
    loop {
        let path = format!("/api/teeka/v1/beneficiaries/{person}/accesses?after={}", all.len());
        let (status, answer) = call(program, "GET", &path, Some(token), None);
        assert_eq!(status, 200, "{answer}");
        let more = answer["accesses"].as_array().unwrap();
        all.extend(more.iter().cloned());
        if more.len() < 500 {
            return all;
        }
    }
}

/// The accesses, once all of them are in the log, and how long that took.
fn logged(resident: (&Program, &str), person: &str) -> (Vec<Value>, Duration) {
    let begun = Instant::now();
    loop {
        let all = accesses(resident, person);
        if all.iter().all(|one| one["leaf"].is_u64()) {
            return (all, begun.elapsed());
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "they do not come into the log");
        pause(5);
    }
}

/// How many leaves `teeka ledger verify` finds on the server.
fn verified(program: &Program) -> u64 {
    let log = format!("{}/log/accesses", program.address());
    let key = call(program, "GET", "/log/accesses/key", None, None).1;
    let key = key.as_str().unwrap();
    let output = Command::new(TEEKA)
        .args(["ledger", "verify", &log, "--key", key.trim(), "--json"])
        .output()
        .unwrap();
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(output.status.success(), "{told}");
    told["size"].as_u64().unwrap()
}

/// The family's page leads to the list of a person, and that to the proofs.
fn pages_tell_it((program, token): (&Program, &str)) {
    let page = |path: &str| {
        let (status, text) = call(program, "GET", path, Some(token), None);
        assert_eq!(status, 200, "{path}");
        text.as_str().unwrap().to_owned()
    };
    let link = |text: &str, start: &str| {
        let (_, rest) = text.split_once(&format!("href=\"{start}")).unwrap();
        format!("{start}{}", rest.split('"').next().unwrap()).replace("&amp;", "&")
    };
    let list = page(&link(&page("/people"), "/people/accesses?"));
    assert!(
        list.contains("You, or who holds your mobile, to show you your own records."),
        "{list}"
    );
    let older = page(&link(&list, "/people/accesses?"));
    assert!(older.contains("<h2>1. ") && !older.contains("Older ones"), "{older}");
    let proof = page(&link(&older, "/people/accesses/proof?"));
    assert!(proof.starts_with("c2sp.org/tlog-proof@v1\nextra "), "{proof}");
}

#[test]
fn what_was_opened_is_in_the_log_whatever_kills_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = serve(folder.path());
    let (token, person) = {
        let resident = Resident::sign_in(&program, folder.path(), "7500000001");
        let person = resident.register("Anna Demo", "1980", "750000000001");
        (resident.token, person)
    };
    let mut answered = 0;
    for round in 0..ROUNDS {
        for _ in 0..(10 + 7 * round) {
            look((&program, &token));
            answered += 1;
        }
        // Somewhere between the record and the checkpoint.
        pause(round * 9);
        program.kill();
        program = serve(folder.path());
    }
    let resident = (&program, token.as_str());
    let (all, _) = logged(resident, &person);
    assert_eq!(all.len(), answered, "what was answered was recorded, and nothing else");
    let numbers: Vec<_> = all.iter().map(|one| one["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=answered as u64).collect::<Vec<_>>());
    let mut leaves: Vec<_> = all.iter().map(|one| one["leaf"].as_u64().unwrap()).collect();
    leaves.sort_unstable();
    leaves.dedup();
    assert_eq!(leaves.len(), answered, "each has a leaf of its own");
    // The account's mobile was opened beside each list of the family.
    assert_eq!(verified(&program), 2 * answered as u64);
    pages_tell_it(resident);
    let mut times: Vec<_> = (0..40)
        .map(|_| {
            look(resident);
            logged(resident, &person).1
        })
        .collect();
    times.sort_unstable();
    eprintln!("an access is in a signed checkpoint after {:?} at most, of 40", times[39]);
    assert!(times[39] < Duration::from_secs(3), "{times:?}");
}

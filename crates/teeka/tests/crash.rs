//! What a crash of the whole program leaves, and one of the machine: what was acknowledged is there,
//! and the program is ready again at once, with nobody's help.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

#[path = "crash/merges.rs"]
mod merges;
mod support;

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use support::{Resident, call, session_for, small_demo, somewhere};
use testkit::program::Program;

const TEEKA: &str = env!("CARGO_BIN_EXE_teeka");
/// How soon after a crash the program is ready.
const READY: Duration = Duration::from_secs(5);

/// What somebody was told before the crash.
#[derive(Default)]
struct Told {
    mobile: String,
    /// The booking that was acknowledged last, if nothing was under way after it.
    stands: Option<String>,
}

fn rounds(of: &str, least: u64) -> u64 {
    std::env::var(of).ok().and_then(|text| text.parse().ok()).unwrap_or(least)
}

/// Starts the program on a folder, as its operator does, and says how long it took until it was
/// ready.
fn ready_after(folder: &Path) -> Duration {
    let messages = format!("file:{}", folder.join("messages.jsonl").display());
    let begun = Instant::now();
    let program = Program::start(TEEKA, folder, &["serve", "--messages", &messages]);
    while call(&program, "GET", "/readyz", None, None).0 != 200 {
        assert!(begun.elapsed() < 6 * READY, "it is never ready");
        pause(Duration::from_millis(20));
    }
    let took = begun.elapsed();
    program.kill();
    took
}

#[expect(clippy::disallowed_methods, reason = "another process is at work")]
fn pause(time: Duration) {
    std::thread::sleep(time);
}

/// Lets six residents book and cancel until `crash` has been called; gives what they were told.
fn play(program: Program, folder: &Path, round: u64, crash: impl FnOnce(Program)) -> Vec<Told> {
    let (date, ..) = somewhere(&program);
    let (session, _) = session_for(&program, &date, 46);
    let residents: Vec<_> = (0..6_u64)
        .map(|number| {
            let mobile = format!("73{round:02}00{number:04}");
            let resident = Resident::sign_in(&program, folder, &mobile);
            let document = format!("72{round:02}{number:08}");
            let reference = resident.register("Asha Demo", "1975", &document);
            (mobile, resident.token.clone(), reference, number)
        })
        .collect();
    let address = program.address();
    std::thread::scope(|scope| {
        let running: Vec<_> = residents
            .into_iter()
            .map(|(mobile, token, reference, number)| {
                let (session, address) = (&session, &address);
                // Every second one stops by itself; the others are cut off.
                let most = if number % 2 == 0 { 2 + number } else { u64::MAX };
                scope.spawn(move || {
                    let stands = book_until(address, &token, &reference, session, most);
                    Told { mobile, stands }
                })
            })
            .collect();
        crash(program);
        running.into_iter().map(|one| one.join().unwrap()).collect()
    })
}

/// Everything that was told is there, and the platform's own check finds nothing.
fn check(program: Program, folder: &Path, told: &[Told]) {
    assert!(told.iter().filter(|one| one.stands.is_some()).count() >= 3, "too little was told");
    for one in told {
        let people = Resident::sign_in(&program, folder, &one.mobile).people();
        let held: Vec<_> = people[0]["appointments"].as_array().unwrap().clone();
        let ids: Vec<_> = held.iter().filter_map(|a| a["appointment_id"].as_str()).collect();
        match &one.stands {
            Some(id) => assert_eq!(ids, [id.as_str()]),
            None => assert!(ids.len() <= 1),
        }
    }
    assert!(program.stop());
    let doctor = Command::new(TEEKA).args(["doctor", "--data"]).arg(folder).output().unwrap();
    assert!(doctor.status.success(), "{}", String::from_utf8_lossy(&doctor.stdout));
}

#[test]
fn what_was_acknowledged_outlives_kill_nine() {
    let mut left = rounds("TEEKA_KILLS", 4);
    while left > 0 {
        // In one demo the seats run out sooner or later.
        let here = left.min(10);
        outlive_kills(here);
        left -= here;
    }
}

fn outlive_kills(rounds: u64) {
    let folder = tempfile::tempdir().unwrap();
    let mut told = Vec::new();
    let mut starts = Vec::new();
    for round in 0..rounds {
        let program = small_demo(folder.path());
        told.extend(play(program, folder.path(), round, |program| {
            pause(Duration::from_millis(250 + 70 * round));
            program.kill();
        }));
        starts.push(ready_after(folder.path()));
    }
    say(&starts);
    // The quickest: a slow program is slow each time, a busy machine is not.
    assert!(starts.iter().any(|took| *took <= READY), "ready after {starts:?}");
    check(small_demo(folder.path()), folder.path(), &told);
}

#[expect(clippy::print_stdout, reason = "the figures of a long campaign are its result")]
fn say(starts: &[Duration]) {
    println!("ready again after {starts:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn what_was_acknowledged_outlives_a_power_cut() {
    use testkit::power::{Disk, Tear};

    let Some(mut disk) = Disk::new() else { return };
    let mut told = Vec::new();
    // Nothing is pressed to disk here but by the program: its keys and its signer, too.
    for round in 0..rounds("TEEKA_POWER_CUTS", 2) {
        let program = small_demo(&disk.path());
        told.extend(play(program, &disk.path(), round, |program| {
            disk.cut_after(2_000 + 300 * (round % 10));
            while !disk.is_off() {
                pause(Duration::from_millis(1));
            }
            program.kill();
        }));
        disk = disk.reboot(if round % 2 == 0 { Tear::Clean } else { Tear::Scattered(round) });
    }
    check(small_demo(&disk.path()), &disk.path(), &told);
}

/// Books and cancels again and again, at most so often; gives the booking that was acknowledged
/// last, if it ended there by itself.
fn book_until(
    address: &str,
    token: &str,
    reference: &str,
    session: &Value,
    most: u64,
) -> Option<String> {
    let post = |path: &str, body: &Value| {
        support::try_call(address, "POST", path, Some(token), Some(body))
    };
    let wish = json!({
        "session_id": session["session_id"], "slot": session["slots"][0],
        "beneficiaries": [reference],
    });
    let mut booked = 0;
    loop {
        let (200, answer) = post("/api/v2/appointment/schedule", &wish)? else { return None };
        let id = answer["appointment_id"].as_str()?.to_owned();
        booked += 1;
        if booked == most {
            return Some(id);
        }
        post("/api/v2/appointment/cancel", &json!({ "appointment_id": id }))?;
    }
}

//! People who are registered twice merge their records while the program is killed, or the machine
//! loses its power: a merge that was acknowledged is done, any other is done or was never begun.

use std::{
    path::Path,
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

use serde_json::{Value, json};
use testkit::program::Program;

use super::{TEEKA, pause, ready_after, rounds, support};
use support::{Resident, call, small_demo, somewhere, try_call};

/// How many people merge at once.
const AT_ONCE: u64 = 8;
/// Seats on site that one session of the demo has for first doses.
const SEATS: usize = 16;

/// Somebody with two records, and what they were told.
#[derive(Clone)]
struct Twice {
    mobile: String,
    token: String,
    stays: String,
    goes: String,
    merged: bool,
}

/// Sessions of COVISHIELD of today, each at a centre of its own, in as many districts as it takes for
/// so many seats.
fn sessions_today(program: &Program, seats: usize) -> Vec<Value> {
    let (date, ..) = somewhere(program);
    let tomorrow = jiff::civil::Date::strptime("%d-%m-%Y", &date).unwrap();
    let today = tomorrow.yesterday().unwrap().strftime("%d-%m-%Y").to_string();
    let mut found = Vec::new();
    for district in 1..800 {
        if found.len() * SEATS >= seats {
            break;
        }
        let path = format!("/api/teeka/v1/sessions?district_id={district}");
        let (_, answer) = call(program, "GET", &path, None, None);
        for center in answer["centers"].as_array().unwrap() {
            let session = center["sessions"].as_array().unwrap().iter().find(|session| {
                session["date"] == today.as_str()
                    && session["vaccine"] == "COVISHIELD"
                    && session["max_age_limit"].is_null()
            });
            found.extend(session.map(|session| {
                let mut session = session.clone();
                session["center_id"] = center["center_id"].clone();
                session
            }));
        }
    }
    found
}

fn vaccinate(program: &Program, reference: &str, session: &Value) {
    let seat = json!({
        "dose": 1, "session_id": session["session_id"], "slot": session["slots"][0],
        "beneficiaries": [reference],
    });
    let dose = json!({
        "beneficiary_reference_id": reference, "center_id": session["center_id"],
        "vaccine": "COVISHIELD", "vaccine_batch": "LOT1", "dose": 1.0,
        "dose1_date": session["date"], "vaccinator_name": "Meera Pillai",
    });
    for (path, body) in [
        ("/api/v2/vaccinator/onspots/schedule", seat),
        ("/api/v2/vaccinator/beneficiaries/vaccinate", dose),
    ] {
        let (status, answer) = call(program, "POST", path, None, Some(&body));
        assert_eq!(status, 200, "{answer}");
    }
}

/// People with two records of one dose each, which are a series.
fn registered_twice(program: &Program, folder: &Path, round: u64) -> Vec<Twice> {
    let needed = usize::try_from(2 * AT_ONCE * (round + 1)).unwrap();
    let sessions = sessions_today(program, needed);
    let seats = sessions.iter().flat_map(|session| std::iter::repeat_n(session, SEATS));
    let taken = usize::try_from(2 * AT_ONCE * round).unwrap();
    let mut seats = seats.skip(taken);
    let people: Vec<_> = (0..AT_ONCE)
        .map(|number| {
            let mobile = format!("74{round:02}00{number:04}");
            let resident = Resident::sign_in(program, folder, &mobile);
            let [stays, goes] = [1, 2].map(|record| {
                let document = format!("74{record}{round:02}{number:07}");
                let reference = resident.register("Asha Demo", "1975", &document);
                vaccinate(program, &reference, seats.next().unwrap());
                reference
            });
            Twice { token: resident.token.clone(), mobile, stays, goes, merged: false }
        })
        .collect();
    support::age_second_records(folder);
    people
}

/// Asks for the merge, with one key however often; none if nobody answers.
fn ask(address: &str, one: &Twice) -> Option<u16> {
    let body = json!({
        "beneficiary_reference_id": one.stays, "merged_reference_id": one.goes,
    });
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let request = agent
        .post(format!("{address}/api/teeka/v1/merges"))
        .header("authorization", format!("Bearer {}", one.token))
        .header("content-type", "application/json")
        .header("idempotency-key", "once");
    Some(request.send(body.to_string()).ok()?.status().as_u16())
}

/// Lets everybody merge at once until `crash` is done; it sees how many were told.
fn merge_all(program: Program, people: &mut [Twice], crash: impl FnOnce(Program, &AtomicU32)) {
    let (address, told) = (program.address(), AtomicU32::new(0));
    std::thread::scope(|scope| {
        let asking: Vec<_> = people
            .iter_mut()
            .map(|one| {
                let (address, told) = (&address, &told);
                scope.spawn(move || match ask(address, one) {
                    Some(204) => {
                        one.merged = true;
                        told.fetch_add(1, Ordering::SeqCst);
                    }
                    // The program cannot write any more, or is gone.
                    Some(500 | 503) | None => {}
                    Some(other) => panic!("{other}"),
                })
            })
            .collect();
        crash(program, &told);
        for one in asking {
            one.join().unwrap();
        }
    });
}

/// What somebody sees of their records: the dates of the doses of each.
fn seen(program: &Program, one: &Twice) -> Vec<Vec<String>> {
    let path = "/api/v2/appointment/beneficiaries";
    let (status, answer) =
        try_call(&program.address(), "GET", path, Some(&one.token), None).unwrap();
    assert_eq!(status, 200, "{answer}");
    let dates = |person: &Value| {
        let date = |name: &str| person[name].as_str().unwrap().to_owned();
        let dates = ["dose1_date", "dose2_date", "precaution_dose_one_date"].map(date);
        dates.into_iter().filter(|date| !date.is_empty()).collect()
    };
    answer["beneficiaries"].as_array().unwrap().iter().map(dates).collect()
}

/// What was told is done; what was not is done or not begun; and asked again, everything is done.
fn check(program: Program, folder: &Path, people: &[Twice]) {
    for one in people {
        // The token of a long campaign is too old.
        let token = Resident::sign_in(&program, folder, &one.mobile).token;
        let one = &Twice { token, ..one.clone() };
        let counts: Vec<_> = seen(&program, one).iter().map(Vec::len).collect();
        let done = counts == [2];
        assert!(done || (!one.merged && counts == [1, 1]), "{}: {counts:?}", one.mobile);
        assert_eq!(ask(&program.address(), one), Some(204), "asked again");
        let seen = seen(&program, one);
        assert!(seen.len() == 1 && seen[0].len() == 2 && seen[0][0] != seen[0][1], "{seen:?}");
    }
    assert!(program.stop());
    // No certificate is astray, and no dose lacks one.
    let doctor = Command::new(TEEKA).args(["doctor", "--data"]).arg(folder).output().unwrap();
    assert!(doctor.status.success(), "{}", String::from_utf8_lossy(&doctor.stdout));
}

#[test]
fn a_merge_that_was_acknowledged_outlives_kill_nine() {
    let folder = tempfile::tempdir().unwrap();
    let mut people = Vec::new();
    let (mut told, mut cut_off) = (0, 0);
    for round in 0..rounds("TEEKA_KILLS", 4) {
        let program = small_demo(folder.path());
        let mut now = registered_twice(&program, folder.path(), round);
        merge_all(program, &mut now, |program, told| {
            // As soon as so many are told that they are one; the others are under way.
            let enough = u32::try_from(round % 4).unwrap();
            while told.load(Ordering::SeqCst) < enough {
                pause(std::time::Duration::from_micros(200));
            }
            program.kill();
        });
        told += now.iter().filter(|one| one.merged).count();
        cut_off += now.iter().filter(|one| !one.merged).count();
        people.extend(now);
        ready_after(folder.path());
    }
    assert!(told > 0 && cut_off > 0, "{told} told, {cut_off} cut off");
    check(small_demo(folder.path()), folder.path(), &people);
}

#[cfg(target_os = "linux")]
#[test]
fn a_merge_that_was_acknowledged_outlives_a_power_cut() {
    use testkit::power::{Disk, Tear};

    let Some(mut disk) = Disk::new() else { return };
    let mut people = Vec::new();
    for round in 0..rounds("TEEKA_POWER_CUTS", 2) {
        let program = small_demo(&disk.path());
        let mut now = registered_twice(&program, &disk.path(), round);
        disk.press();
        merge_all(program, &mut now, |program, told| {
            // Before the first is told, or after most are: the logs write on the same disk.
            disk.cut_after([110, 300, 160, 220][usize::try_from(round % 4).unwrap()]);
            let all = u32::try_from(AT_ONCE).unwrap();
            while !disk.is_off() && told.load(Ordering::SeqCst) < all {
                pause(std::time::Duration::from_micros(200));
            }
            program.kill();
        });
        people.extend(now);
        disk = disk.reboot(if round % 2 == 0 { Tear::Clean } else { Tear::Scattered(round) });
    }
    let told = people.iter().filter(|one| one.merged).count();
    assert!(told > 0 && told < people.len(), "{told} of {} told", people.len());
    check(small_demo(&disk.path()), &disk.path(), &people);
}

//! `teeka inquire`: a copy of the register is told from a list of others and from a list that was
//! imported, the case is signed and derives again bit for bit, what was changed in it is named, and each
//! opening is on record.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::{
    fmt::Write,
    fs,
    ops::Range,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// How many people are registered.
const PEOPLE: usize = 240;
/// By how many lists they came.
const LISTS: usize = 4;

fn teeka(arguments: &[&str], paths: &[&Path]) -> (i32, Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_teeka"))
        .args(arguments)
        .arg("--json")
        .args(paths)
        .output()
        .unwrap();
    let said = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (output.status.code().unwrap(), said)
}

/// Somebody made up: name, year of birth, gender, mobile and document.
fn person(number: usize, seed: usize) -> (String, usize, &'static str, usize, usize) {
    const FIRST: [&str; 12] = [
        "Asha", "Ravi", "Lakshmi", "Imran", "Gurpreet", "Anita", "Joseph", "Meena", "Vikram",
        "Fatima", "Kiran", "Savitri",
    ];
    const LAST: [&str; 11] = [
        "Sharma",
        "Khan",
        "Menon",
        "Choudhary",
        "Pillai",
        "Gowda",
        "Mishra",
        "Das",
        "Patil",
        "Fernandes",
        "Yadav",
    ];
    let mixed = number * 7 + seed * 13;
    let name = format!("{} {}", FIRST[mixed % 12], LAST[(mixed / 3) % 11]);
    let gender = if number.is_multiple_of(2) { "Female" } else { "Male" };
    let mobile = 7_000_000_000 + seed * 100_000_000 + number * 9_173;
    (name, 1940 + mixed % 65, gender, mobile, 600_000_000_000 + seed * 1_000_000 + number)
}

/// A data folder in which people are registered.
fn registered(folder: &Path) -> PathBuf {
    from_lists(folder, PEOPLE / LISTS)
}

/// A data folder in which people are registered from lists, as many from each.
fn from_lists(folder: &Path, each: usize) -> PathBuf {
    let data = folder.join("data");
    fs::create_dir(&data).unwrap();
    for list in 0..LISTS {
        let mut text = "name,birth_year,gender,mobile,photo_id_type,photo_id_number\n".to_owned();
        for number in list * each..(list + 1) * each {
            let (name, year, gender, mobile, document) = person(number, 1);
            writeln!(text, "{name},{year},{gender},{mobile},1,{document}").unwrap();
        }
        let file = folder.join("people.csv");
        fs::write(&file, text).unwrap();
        let named = [&file, Path::new("--data"), &data];
        let (status, said) = teeka(&["import", "beneficiaries"], &named);
        assert_eq!((status, &said["list"]), (0, &Value::from(list + 1)), "{said}");
    }
    data
}

fn dump(folder: &Path, name: &str, seed: usize) -> PathBuf {
    dump_of(folder, name, seed, 0..PEOPLE)
}

fn dump_of(folder: &Path, name: &str, seed: usize, people: Range<usize>) -> PathBuf {
    let mut text = "Name;Mobile No;DOB;Sex;Address;RT-PCR Result\n".to_owned();
    for number in people {
        let (name, year, gender, mobile, _) = person(number, seed);
        writeln!(text, "{name};+91{mobile};01/01/{year};{gender};12 Civil Lines;Negative").unwrap();
    }
    let file = folder.join(name);
    fs::write(&file, text).unwrap();
    file
}

fn inquire(data: &Path, specimen: &Path, out: &Path) -> (i32, Value) {
    teeka(&["inquire"], &[specimen, Path::new("--out"), out, Path::new("--data"), data])
}

#[test]
fn a_copy_of_the_register_is_ours_though_columns_were_joined_on() {
    let folder = tempfile::tempdir().unwrap();
    let data = registered(folder.path());
    let (copy, case) = (dump(folder.path(), "copy.csv", 1), folder.path().join("case"));
    let (status, said) = inquire(&data, &copy, &case);
    assert_eq!(
        (status, &said["finding"]["verdict"]["origin"]),
        (0, &Value::from("ours")),
        "{said}"
    );

    // The public statement tells nothing about anybody.
    let statement = fs::read_to_string(case.join("statement.md")).unwrap();
    let (name, _, _, mobile, _) = person(0, 1);
    assert!(statement.contains("from our register"), "{statement}");
    assert!(!statement.contains(&name) && !statement.contains(&mobile.to_string()));

    let check = |case: &Path| teeka(&["inquire", "check"], &[case, Path::new("--data"), &data]);
    let (status, said) = check(&case);
    assert_eq!(status, 0, "{said}");
    assert!(said["said"].as_str().unwrap().contains("said on the public log"), "{said}");

    // Each paper is there in three forms; what leaves the house is checked by itself.
    for name in ["verdict", "report", "statement"] {
        let pdf = fs::read(case.join(format!("{name}.pdf"))).unwrap();
        assert!(pdf.starts_with(b"%PDF-1.7"), "{name}");
        assert!(fs::read_to_string(case.join(format!("{name}.html"))).unwrap().contains("<html"));
    }
    for form in ["md", "html", "pdf"] {
        let file = case.join(format!("statement.{form}"));
        assert_eq!(check(&file).0, 0, "{form}");
        let signature = case.join(format!("statement.{form}.jws"));
        let (there, other) = (fs::read(&signature).unwrap(), case.join("statement.other.jws"));
        fs::write(&other, there).unwrap();
        fs::write(case.join("statement.other"), b"The records are another's.").unwrap();
        assert_eq!(check(&case.join("statement.other")).0, 1, "{form}");
    }
    let finding = case.join("finding.json");
    let text = fs::read_to_string(&finding).unwrap();
    fs::write(&finding, text.replace("\"ours\"", "\"unrelated\"")).unwrap();
    let (status, said) = check(&case);
    assert_eq!(status, 1);
    assert!(said["said"].as_str().unwrap().contains("finding.json was changed"), "{said}");
}

#[test]
fn a_list_that_was_imported_is_said_to_be_the_feeder_and_is_named() {
    const EACH: usize = 200;
    let folder = tempfile::tempdir().unwrap();
    let data = from_lists(folder.path(), EACH);
    let second = dump_of(folder.path(), "second.csv", 1, EACH..2 * EACH);
    let case = folder.path().join("case");
    let (status, said) = inquire(&data, &second, &case);
    let verdict = &said["finding"]["verdict"]["origin"];
    assert_eq!((status, verdict), (1, &Value::from("feeder")), "{said}");
    let what = said["finding"]["path"]["what"].as_str().unwrap();
    assert!(what.starts_with("list 2 of 20"), "{what}");
    // What leaves the house names no list and nobody.
    let statement = fs::read_to_string(case.join("statement.md")).unwrap();
    let (name, _, _, mobile, _) = person(EACH, 1);
    for inside in [what, &name, &mobile.to_string()] {
        assert!(!statement.contains(inside), "{statement}");
    }
    let named = [&case, Path::new("--data"), &data];
    let (status, said) = teeka(&["inquire", "check"], &named);
    assert_eq!(status, 0, "{said}");
}

#[test]
fn people_whom_we_do_not_have_are_not_said_to_be_ours() {
    let folder = tempfile::tempdir().unwrap();
    let data = registered(folder.path());
    let (others, case) = (dump(folder.path(), "others.csv", 5), folder.path().join("case"));
    let (status, said) = inquire(&data, &others, &case);
    assert!(status == 1 || status == 2, "{said}");
    let verdict = said["finding"]["verdict"].to_string();
    assert!(!verdict.contains("ours") && !verdict.contains("downstream"), "{verdict}");
    assert_eq!(said["finding"]["counts"]["opened"], 0);

    // Beside a file that cannot be read they clear nobody: it may be the one that is ours.
    let (locked, case) = (folder.path().join("locked.zip"), folder.path().join("both"));
    fs::write(&locked, b"PK\x03\x04 and no more").unwrap();
    let named = [&others, &locked, Path::new("--out"), &case, Path::new("--data"), &data];
    let (status, said) = teeka(&["inquire"], &named);
    assert_eq!(status, 2, "{said}");
    assert_eq!(said["finding"]["counts"]["unread"], 1);
    let statement = fs::read_to_string(case.join("statement.md")).unwrap();
    assert!(statement.contains("Parts that were not read: 1"), "{statement}");
}

#[test]
fn a_claim_without_data_is_answered_and_never_clears() {
    let folder = tempfile::tempdir().unwrap();
    let data = registered(folder.path());
    let (claim, case) = (folder.path().join("post.txt"), folder.path().join("case"));
    fs::write(&claim, "150 million people: name, mobile, GPS, address. $800").unwrap();
    let claimed =
        [Path::new("--claim"), &claim, Path::new("--out"), &case, Path::new("--data"), &data];
    let (status, said) = teeka(&["inquire"], &claimed);
    assert_eq!(
        (status, &said["finding"]["verdict"]["is"]),
        (2, &Value::from("undetermined")),
        "{said}"
    );
    let verdict = fs::read_to_string(case.join("verdict.md")).unwrap();
    assert!(verdict.contains("a sample would tell"), "{verdict}");
    // The claim is a part of what was signed.
    let kept = case.join("claim.txt");
    assert_eq!(fs::read(&kept).unwrap(), fs::read(&claim).unwrap());
    fs::remove_file(&kept).unwrap();
    fs::write(&kept, "15 people: name. $8").unwrap();
    let (status, said) = teeka(&["inquire", "check"], &[&case, Path::new("--data"), &data]);
    assert_eq!(status, 1);
    assert!(said["said"].as_str().unwrap().contains("claim.txt was changed"), "{said}");
    // The folder of a case is not written over.
    let (status, said) = teeka(&["inquire"], &claimed);
    assert_eq!(status, 2);
    assert!(said["error"].as_str().unwrap().contains("is there already"), "{said}");
}

/// What `teeka ledger releases` lists of cases, and that the log holds.
fn on_log(data: &Path, key: &str) -> Vec<(String, String)> {
    let log = data.join("log/releases");
    let named = [log.as_path(), Path::new("--key"), Path::new(key)];
    assert_eq!(teeka(&["ledger", "verify"], &named).0, 0);
    let (status, said) = teeka(&["ledger", "releases"], &named);
    assert_eq!(status, 0, "{said}");
    let all = said["releases"].as_array().unwrap().iter();
    let cases = all.filter(|one| one["kind"] == "case");
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    cases.map(|one| (text(one, "name"), text(one, "version"))).collect()
}

#[test]
fn a_case_is_on_the_public_log_before_it_is_opened_and_when_it_is_decided() {
    let folder = tempfile::tempdir().unwrap();
    let data = registered(folder.path());
    let (copy, case) = (dump(folder.path(), "copy.csv", 1), folder.path().join("case"));
    assert_eq!(inquire(&data, &copy, &case).0, 0);
    let kept: Value = serde_json::from_slice(&fs::read(case.join("case.json")).unwrap()).unwrap();
    let name = format!("case.{}", kept["name"].as_str().unwrap());
    let key = kept["log"].as_str().unwrap();
    let said = on_log(&data, key);
    let expected = ["received", "verdict"].map(|what| (name.clone(), what.to_owned()));
    assert_eq!(said, expected);
    let acts: Vec<_> = kept["custody"].as_array().unwrap().iter().map(|one| &one["act"]).collect();
    let order = ["taken in", "said on the public log", "compared with the register", "sealed"];
    assert_eq!(acts, order);

    // Whoever has a copy of the log checks by that.
    let log = data.join("log/releases");
    let named = [
        &case,
        Path::new("--log"),
        &log,
        Path::new("--key"),
        Path::new(key),
        Path::new("--data"),
        &data,
    ];
    let (status, said) = teeka(&["inquire", "check"], &named);
    assert_eq!(status, 0, "{said}");

    // A case that the log does not have, though everything is signed: its log was begun again.
    fs::remove_dir_all(data.join("log/releases")).unwrap();
    let other = folder.path().join("other");
    assert_eq!(inquire(&data, &copy, &other).0, 0);
    let check = |case: &Path| teeka(&["inquire", "check"], &[case, Path::new("--data"), &data]);
    assert_eq!(check(&other).0, 0);
    let (status, said) = check(&case);
    assert_eq!(status, 1);
    let told = said["said"].as_str().unwrap();
    assert!(told.contains("the public log does not say that it was received"), "{said}");
}

#[test]
fn a_file_that_harms_its_reader_is_a_part_that_was_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let data = registered(folder.path());
    let copy = dump(folder.path(), "copy.csv", 1);
    // A cell with a text, as far out as it can be: laid out in full it would be 170 GB.
    let mut far = include_bytes!("../../scan/tests/extract/list.xls").to_vec();
    let cell = far.windows(4).rposition(|head| head == [0xfd, 0, 10, 0]).unwrap();
    far[cell + 4..cell + 8].fill(0xff);
    let hostile = folder.path().join("far.xls");
    fs::write(&hostile, far).unwrap();
    let case = folder.path().join("case");
    let named = [&hostile, &copy, Path::new("--out"), &case, Path::new("--data"), &data];
    let (status, said) = teeka(&["inquire"], &named);
    assert_eq!(status, 0, "{said}");
    assert_eq!(said["finding"]["not_read"], serde_json::json!(["too large"]), "{said}");
    assert_eq!(said["finding"]["counts"]["rows"], PEOPLE, "the other one was read");
    let report = fs::read_to_string(case.join("report.md")).unwrap();
    assert!(report.contains("Parts that were not read: 1 (too large)"), "{report}");
    let (status, said) = teeka(&["inquire", "check"], &[&case, Path::new("--data"), &data]);
    assert_eq!(status, 0, "{said}");
}

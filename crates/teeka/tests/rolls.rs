//! "Was I in it?", from a dump to an answer in a browser: a case is published, a resident asks blind, and
//! nothing that is sent has the number in it. And what the commands say of what cannot be published.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

mod support;

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

/// In the dump, and not.
const HELD: &str = "9829011223";
const OTHER: &str = "9829011224";
const FIRST: [&str; 6] = ["Asha", "Ravi", "Lakshmi", "Imran", "Joseph", "Meena"];
const LAST: [&str; 7] = ["Sharma", "Khan", "Menon", "Pillai", "Gowda", "Mishra", "Das"];

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

/// A case about a dump.
fn case(folder: &Path, data: &Path) -> PathBuf {
    let mut text = "name,mobile,address,result\n".to_owned();
    for number in 0..60_usize {
        let mobile = if number == 7 { HELD.to_owned() } else { format!("70000{number:05}") };
        let (first, last) = (FIRST[number % 6], LAST[number % 7]);
        writeln!(text, "{first} {last},{mobile},Street {number} Rampur,Negative").unwrap();
    }
    let (dump, case) = (folder.join("dump.csv"), folder.join("case"));
    fs::write(&dump, text).unwrap();
    let named = [&dump, Path::new("--out"), &case, Path::new("--data"), data];
    let (status, said) = teeka(&["inquire"], &named);
    assert!(case.join("case.json").exists(), "{status} {said}");
    case
}

fn publish(case: &Path, data: &Path) -> (i32, Value) {
    let named = [case, Path::new("--data"), data];
    teeka(&["inquire", "publish", "--title", "A list of January 2022"], &named)
}

#[test]
fn a_case_is_published_once_and_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let case = case(folder.path(), &data);
    let (status, roll) = publish(&case, &data);
    assert_eq!((status, &roll["title"]), (0, &"A list of January 2022".into()), "{roll}");
    assert_eq!(roll["holds"], json!(["address", "mobile", "name", "test result"]));
    let id = roll["id"].as_str().unwrap();
    let kept = data.join("rolls").join(id);
    let bytes = fs::read(kept.join("buckets")).unwrap();
    assert_eq!(bytes.len() as u64, roll["bucket_bytes"].as_u64().unwrap());
    assert!(!fs::read_to_string(kept.join("roll.json")).unwrap().contains(HELD));

    let (status, said) = publish(&case, &data);
    assert_eq!(status, 2);
    assert!(said["error"].as_str().unwrap().contains("published already"), "{said}");
    // A copy of the platform has it, and a platform that is made of the copy.
    let (copy, other) = (folder.path().join("copy"), folder.path().join("other"));
    let (status, said) = teeka(&["backup"], &[&copy, Path::new("--data"), &data]);
    assert_eq!((status, &said["rolls"]), (0, &1.into()), "{said}");
    let (status, said) = teeka(&["restore"], &[&copy, Path::new("--data"), &other]);
    assert_eq!((status, &said["rolls"]), (0, &1.into()), "{said}");
    assert_eq!(fs::read(other.join("rolls").join(id).join("buckets")).unwrap(), bytes);

    let place = [Path::new("--data"), &data];
    assert_eq!(teeka(&["inquire", "withdraw", id], &place).0, 0);
    assert!(!kept.exists());
    let (status, said) = teeka(&["inquire", "withdraw", id], &place);
    assert_eq!((status, &said["error"]), (2, &"there is no such roll".into()));
    let (status, _) = teeka(&["inquire", "withdraw", "../etc"], &place);
    assert_eq!(status, 2);

    // What was changed since it was signed is not published.
    let evidence = case.join("evidence/001");
    let text = fs::read_to_string(&evidence).unwrap().replace(HELD, OTHER);
    fs::remove_file(&evidence).unwrap();
    fs::write(&evidence, text).unwrap();
    let (status, said) = publish(&case, &data);
    let said = said["error"].as_str().unwrap().to_owned();
    assert!(status == 2 && said.contains("evidence/001 was changed"), "{said}");
    assert!(!said.contains(OTHER));
}

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/pages")
}

/// What the walk through the page wrote.
fn walk(chromium: &str, packages: &Path, folder: &Path) -> Value {
    let program = support::small_demo(folder);
    let output = Command::new("node")
        .arg(sources().join("ask.js"))
        .arg(packages)
        .args([chromium, &program.address()])
        .arg(folder.join("messages.jsonl"))
        .args([HELD, OTHER])
        .output()
        .unwrap();
    let why = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{why}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_resident_asks_in_a_browser_and_nothing_that_is_sent_tells_about_whom() {
    let chromium = Path::new("/usr/bin/chromium");
    if !chromium.exists() {
        return testkit::missing("chromium");
    }
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    let Some(packages) = outsiders::node(&sources(), &kept) else { return };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let case = case(folder.path(), &data);
    assert_eq!(publish(&case, &data).0, 0);
    let seen = walk(chromium.to_str().unwrap(), &packages, &data);

    assert_eq!(seen["answers"], json!(["yes", "no", "no", "yes"]), "{}", seen["state"]);
    assert_eq!(seen["state"]["before"], true, "nothing is asked without a question");
    assert_eq!(seen["state"]["got"], "4 questions are left.");
    let sent = seen["sent"].as_array().unwrap();
    let asked = sent.iter().filter(|one| one["address"].as_str().unwrap().ends_with("/answers"));
    assert!(asked.clone().count() >= 5, "{sent:?}");
    for one in asked {
        assert_eq!(one["cookie"], false, "{one}");
        let body: Value = serde_json::from_str(one["body"].as_str().unwrap()).unwrap();
        let lengths = ["question", "blinded"].map(|name| body[name].as_str().unwrap().len());
        assert_eq!((body.as_object().unwrap().len(), lengths), (2, [136, 64]));
    }
    for one in sent {
        let bucket = one["address"].as_str().unwrap().contains("/buckets/");
        assert!(!bucket || one["cookie"] == false, "{one}");
        for number in [HELD, OTHER] {
            // As digits, and in hex.
            for form in [number.to_owned(), hex::encode(number)] {
                assert!(!one.to_string().contains(&form), "{one}");
            }
        }
    }
    assert_eq!(seen["imports"], 0, "it can reach nothing");
    assert_eq!(seen["width"], 360);
    for what in ["refused", "violations"] {
        assert_eq!(seen[what], json!([]), "{what}");
    }
}

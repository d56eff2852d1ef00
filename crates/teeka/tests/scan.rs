//! `teeka scan` as a whole command: what it finds, how it ends, and that it never repeats it.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

/// What stands in the files of people who do not exist, and must not be in any output.
const SECRETS: &[&str] =
    &["9829011223", "98290 11223", "234123412346", "2341 2341 2346", "ABCPD1234E", "Asha", "Devi"];

/// What the command says of these paths.
fn scan(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_teeka"));
    let output = command.current_dir(folder).arg("scan").args(arguments).output().unwrap();
    for secret in SECRETS {
        for said in [&output.stdout, &output.stderr] {
            let said = String::from_utf8_lossy(said);
            assert!(!said.contains(secret), "{arguments:?} repeats what it found");
        }
    }
    output
}

/// The lines of `--json`.
fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The text of each finding of a kind, with the record that it is of.
fn found<'a>(text: &'a str, path: &str, kind: &str, lines: &[Value]) -> Vec<(u64, &'a str)> {
    let at = |line: &Value, key: &str| usize::try_from(line[key].as_u64().unwrap()).unwrap();
    let ours = lines.iter().filter(|line| line["path"] == path && line["type"] == kind);
    ours.map(|line| (line["record"].as_u64().unwrap(), &text[at(line, "start")..at(line, "end")]))
        .collect()
}

const LETTER: &str = "Name: Asha Devi\nMobile: 98290 11223\nPAN: ABCPD1234E\n";
const TABLE: &str = "name,mobile,aadhaar\nAsha Devi,9829011223,2341 2341 2346\n\
    Ravi Kumar,9829011334,\nMeena Patel,9829011445,\n";
const NOTICE: &str = "Tender No. 9829011223 for chairs, due 12/03/2021, Rs 234123412346\n";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("in")).unwrap();
    for (name, bytes) in [
        ("in/letter.txt", LETTER.as_bytes()),
        ("in/table.csv", TABLE.as_bytes()),
        ("in/scanned.pdf", b"%PDF-1.7\n\0 Asha 9829011223"),
        ("notice.txt", NOTICE.as_bytes()),
    ] {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    fs::write(folder.path().join("secret"), [7; 32]).unwrap();
    folder
}

#[test]
fn findings_are_told_by_kind_and_place_and_joined_into_records() {
    let folder = folder();
    let output = scan(folder.path(), &["in", "--json", "--key", "secret"]);
    assert_eq!(output.status.code(), Some(1));
    let lines = lines(&output);
    assert_eq!(found(LETTER, "in/letter.txt", "mobile", &lines), [(0, "98290 11223")]);
    assert_eq!(found(LETTER, "in/letter.txt", "pan", &lines), [(0, "ABCPD1234E")]);
    assert_eq!(found(LETTER, "in/letter.txt", "name", &lines), [(0, "Asha Devi")]);
    let mobiles = found(TABLE, "in/table.csv", "mobile", &lines);
    assert_eq!(mobiles, [(0, "9829011223"), (1, "9829011334"), (2, "9829011445")]);
    assert_eq!(found(TABLE, "in/table.csv", "aadhaar", &lines), [(0, "2341 2341 2346")]);

    let tokens: Vec<_> =
        lines.iter().filter(|line| line["type"] == "mobile").map(|line| &line["token"]).collect();
    assert!(tokens[0].is_string() && tokens[0] == tokens[1], "one number has one token");
    assert_ne!(tokens[1], tokens[2]);
    let unread: Vec<_> = lines.iter().filter(|line| !line["not_read"].is_null()).collect();
    assert_eq!(unread.len(), 1);
    assert_eq!(unread[0]["path"], "in/scanned.pdf");
}

#[test]
fn the_end_says_whether_something_was_found_or_could_not_be_read() {
    let folder = folder();
    let code = |arguments: &[&str]| scan(folder.path(), arguments).status.code();
    assert_eq!(code(&["in/letter.txt"]), Some(1));
    assert_eq!(code(&["in/letter.txt", "in/scanned.pdf"]), Some(1));
    assert_eq!(code(&["in/scanned.pdf"]), Some(2), "what was not read is not clean");
    assert_eq!(code(&["in/nothing-there.txt"]), Some(2));
    assert_eq!(code(&["in/letter.txt", "--least", "100"]), Some(0));
    assert_eq!(code(&["in/letter.txt", "--key", "notice-there"]), Some(2));
    let output = scan(folder.path(), &["notice.txt"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said, "files: 1, not read: 0, findings: 0, persons exposed: 0\n");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn text_for_people_counts_persons_and_masks_values() {
    let folder = folder();
    let output = scan(folder.path(), &["in"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.ends_with("persons exposed: 4\n"), "{said}");
    assert!(said.contains("in/letter.txt:24-35: mobile, "), "{said}");
    assert!(said.contains("••••• •••23"), "{said}");
}

#[test]
fn offsets_are_those_of_the_file_where_the_file_is_text() {
    let folder = folder();
    let dump = "CREATE TABLE a (name text, mobile text);\n\
        INSERT INTO a VALUES ('Asha Devi', '9829011223'), ('Ravi Kumar', '9829011334');\n\
        INSERT INTO b (name, mobile) VALUES ('Meena Patel', '9829011445');\n";
    let json = r#"{"name": "Asha Devi", "mobile": "98290\u002011223"}"#;
    let wide: Vec<u8> =
        "\u{feff}".encode_utf16().chain(LETTER.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    fs::write(folder.path().join("in/dump.sql"), dump).unwrap();
    fs::write(folder.path().join("in/a.json"), json).unwrap();
    fs::write(folder.path().join("in/wide.txt"), wide).unwrap();
    let lines = lines(&scan(folder.path(), &["in", "--json"]));
    let mobiles = found(dump, "in/dump.sql", "mobile", &lines);
    assert_eq!(mobiles, [(0, "9829011223"), (1, "9829011334"), (2, "9829011445")]);
    assert_eq!(found(json, "in/a.json", "mobile", &lines), [(0, "98290\\u002011223")]);
    assert_eq!(found(LETTER, "in/wide.txt", "mobile", &lines), [(0, "98290 11223")]);
    let of = |path: &str| lines.iter().find(|line| line["path"] == path).unwrap();
    assert_eq!(
        (&of("in/a.json")["offsets"], of("in/a.json")["encoding"].is_null()),
        (&Value::from("file"), true)
    );
    assert_eq!(of("in/wide.txt")["offsets"], "decoded");
    assert_eq!(of("in/wide.txt")["encoding"], "UTF-16LE");
}

//! `teeka import`: a preview writes nothing, each row that cannot be used is named with its column,
//! nothing is half-imported, and the exit status says which it was.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::{path::Path, process::Command};

use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};

const DISTRICTS: &str = "state_id,district id,district name,state_name\n\
    21,391,Ahmednagar,Maharashtra\n21,363,Pune,Maharashtra\n";
const FACILITIES: &str = "center_id,name,district_id,pincode,lat,long\n\
    100001,PHC Rampur,391,414001,19.1,74.7\n100002,PHC Navgaon,363,411001,,\n";

/// Exit status and what was said.
fn import(data: &Path, kind: &str, file: &str, arguments: &[&str]) -> (i32, Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_teeka"))
        .args(["import", kind, file, "--json", "--data"])
        .arg(data)
        .args(arguments)
        .output()
        .unwrap();
    let said = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (output.status.code().unwrap(), said)
}

/// The same for text, kept in a file.
fn import_text(data: &Path, kind: &str, text: &str, arguments: &[&str]) -> (i32, Value) {
    let file = data.join(format!("{kind}.csv"));
    std::fs::write(&file, text).unwrap();
    import(data, kind, file.to_str().unwrap(), arguments)
}

/// Rows and columns of the errors.
fn errors(said: &Value) -> Vec<(u64, &str)> {
    let errors = said["errors"].as_array().unwrap().iter();
    errors.map(|e| (e["row"].as_u64().unwrap(), e["column"].as_str().unwrap())).collect()
}

#[test]
fn a_preview_writes_nothing_and_what_it_needs_is_missing_until_it_is_imported() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let (status, said) = import_text(data, "places", DISTRICTS, &["--dry-run"]);
    assert_eq!((status, &said["rows"], &said["imported"]), (0, &json!(2), &json!(false)));
    let (status, said) = import_text(data, "facilities", FACILITIES, &[]);
    assert_eq!((status, errors(&said)), (1, vec![(2, "district_id"), (3, "district_id")]));

    assert_eq!(import_text(data, "places", DISTRICTS, &[]).0, 0);
    assert_eq!(import_text(data, "facilities", FACILITIES, &["--dry-run"]).0, 0);
    let sessions = "center_id,date,vaccine,min_age_limit,slots,online_dose1,onsite_dose1\n\
        100001,2099-05-01,COVISHIELD,18,09:00-11:00|11:00-13:00,50,10\n";
    let (status, said) = import_text(data, "sessions", sessions, &[]);
    assert_eq!((status, errors(&said)), (1, vec![(2, "center_id")]), "only a check was made");
    assert_eq!(import_text(data, "facilities", FACILITIES, &[]).0, 0);
    let (status, said) = import_text(data, "sessions", sessions, &[]);
    assert_eq!((status, &said["imported"]), (0, &json!(true)), "{said}");
}

#[test]
fn every_row_that_cannot_be_used_is_named_and_then_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    assert_eq!(import_text(data, "places", DISTRICTS, &[]).0, 0);
    assert_eq!(import_text(data, "facilities", FACILITIES, &[]).0, 0);

    let sessions = "center_id,date,vaccine,min_age_limit,max_age_limit,slots,online_dose1\n\
        100001,2099-05-01,COVISHIELD,18,,09:00-11:00,50\n\
        999999,2099-05-01,COVISHIELD,18,,09:00-11:00,50\n\
        \n\
        100001,2001-05-01,COVISHIELD,18,,09:00-11:00,50\n\
        100001,2099-05-01,WATER,18,,09:00-11:00,50\n\
        100001,2099-05-02,COVISHIELD,45,18,09:00-11:00,50\n\
        100001,2099-05-03,COVISHIELD,18,,11:00-09:00,50\n\
        100001,2099-05-04,COVISHIELD,18,,09:00-11:00,many\n\
        100001,2099-05-01,COVISHIELD,18,,09:00-11:00,50\n";
    let (status, said) = import_text(data, "sessions", sessions, &[]);
    let expected = vec![
        (3, "center_id"),
        (5, "date"),
        (6, "vaccine"),
        (7, "max_age_limit"),
        (8, "slots"),
        (9, "online_dose1"),
        (10, "min_age_limit"),
    ];
    assert_eq!((status, errors(&said)), (1, expected), "{said}");

    let staff = "name,mobile,role,center_id\nMeera,6900000001,vaccinator,100001\n\
        Arjun,6900000002,facility_manager,\nLatha,6900000003,vaccinator,5\n\
        Imran,12,vaccinator,100001\nRavi,6900000001,vaccinator,100002\nAsha,6900000005,chief,1\n";
    let (status, said) = import_text(data, "staff", staff, &[]);
    let expected =
        vec![(3, "center_id"), (4, "center_id"), (5, "mobile"), (6, "mobile"), (7, "role")];
    assert_eq!((status, errors(&said)), (1, expected), "{said}");

    // A file that is no table of its kind, and one that is not there: it could not tell.
    assert_eq!(import_text(data, "staff", "a,b\n1,2\n", &[]).0, 2);
    assert_eq!(import(data, "staff", "no-such-file.csv", &[]).0, 2);
}

#[test]
fn a_workbook_of_people_is_enrolled_whole_or_not_at_all_without_what_is_not_collected() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let header = ["Name", "Birth year", "Gender", "Mobile", "Photo ID type", "Photo ID number"];
    let write = |name: &str, people: &[(&str, f64, &str, &str)]| {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        // A title row above the header is empty, as in many lists.
        for (column, word) in (0_u16..).zip(header.iter().chain(&["Address", "RT-PCR result"])) {
            sheet.write(1, column, *word).unwrap();
        }
        for (row, (name, year, mobile, document)) in (2_u32..).zip(people) {
            sheet.write(row, 0, *name).unwrap();
            sheet.write(row, 1, *year).unwrap();
            sheet.write(row, 2, "Female").unwrap();
            sheet.write(row, 3, *mobile).unwrap();
            sheet.write(row, 4, 1.0).unwrap();
            sheet.write(row, 5, *document).unwrap();
            sheet.write(row, 6, "12 Some Street").unwrap();
            sheet.write(row, 7, "positive").unwrap();
        }
        let file = data.join(name);
        book.save(&file).unwrap();
        file.to_str().unwrap().to_owned()
    };
    let asha = ("Asha Demo", 1980.0, "6000000001", "900000000001");
    let sita = ("सीता देवी", 1975.0, "6000000001", "900000000002");
    let bad = ("Ravi Demo", 80.0, "6000000003", "900000000003");
    let twice = ("Imran Demo", 1990.0, "6000000004", "900000000001");

    let file = write("bad.xlsx", &[asha, sita, bad, twice]);
    let (status, said) = import(data, "beneficiaries", &file, &[]);
    let expected = vec![(5, "birth_year"), (6, "photo_id_number")];
    assert_eq!((status, errors(&said)), (1, expected), "{said}");
    assert_eq!(said["dropped_columns"], json!(["address", "rt_pcr_result"]));
    assert!(!said.to_string().contains("Street") && !said.to_string().contains("Ravi"));

    // Nobody of the refused file is there: the same people come in, all of them, and once.
    let file = write("good.xlsx", &[asha, sita]);
    let (status, said) = import(data, "beneficiaries", &file, &["--dry-run"]);
    assert_eq!((status, &said["rows"], &said["imported"]), (0, &json!(2), &json!(false)));
    assert_eq!(said["list"], Value::Null, "a preview is no list, and nor was the refused file");
    for _ in 0..2 {
        let (status, said) = import(data, "beneficiaries", &file, &[]);
        assert_eq!((status, &said["rows"], &said["imported"]), (0, &json!(2), &json!(true)));
        assert_eq!(said["list"], json!(1), "the same file is the same list");
    }
    for (option, number) in [("--facility", "999999"), ("--district", "9999")] {
        let (status, _) = import(data, "beneficiaries", &file, &[option, number]);
        assert_eq!(status, 2, "{option} of nowhere");
        assert_eq!(import(data, "staff", &file, &[option, number]).0, 2, "{option} of staff");
    }
    // Someone else with a document that is registered: the row that stands in the way is named,
    // and the good row beside it is not written either.
    let other = ("Meera Demo", 1991.0, "6000000005", "900000000005");
    let file = write("taken.xlsx", &[other, ("Imran Demo", 1990.0, "6000000004", "900000000001")]);
    for options in [&["--dry-run"][..], &[]] {
        let (status, said) = import(data, "beneficiaries", &file, options);
        assert_eq!((status, errors(&said)), (1, vec![(4, "photo_id_number")]), "{said}");
    }
    // With other mistakes in the file it is named as well.
    let document = ("Imran Demo", 1990.0, "6000000004", "900000000001");
    let file = write("both.xlsx", &[bad, document]);
    let (status, said) = import(data, "beneficiaries", &file, &[]);
    let expected = vec![(3, "birth_year"), (4, "photo_id_number")];
    assert_eq!((status, errors(&said)), (1, expected), "{said}");
    let elsewhere = ("Meera Demo", 1991.0, "6000000006", "900000000005");
    let file = write("free.xlsx", &[elsewhere]);
    assert_eq!(import(data, "beneficiaries", &file, &[]).0, 0, "her document is still free");
}

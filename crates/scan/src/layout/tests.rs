use crate::{Kind, Options, text};

fn kinds(document: &str) -> Vec<(Kind, &str)> {
    let found = text(document, &Options::default());
    found.findings.iter().map(|one| (one.kind, &document[one.start..one.end])).collect()
}

#[test]
fn a_row_is_a_person() {
    let document = "Name,Mobile,Aadhaar\nAsha Devi,9829011223,234123412346\nOm Lal,9829011224,\n";
    let found = text(document, &Options::default());
    assert_eq!(found.persons, 2, "{:?}", kinds(document));
    assert!(kinds(document).contains(&(Kind::Name, "Om Lal")));
    assert!(kinds(document).contains(&(Kind::Aadhaar, "234123412346")));
}

#[test]
fn a_block_of_labels_is_a_person() {
    let document = "Name: Asha Devi\nAge: 45\nMobile: 98290 11223\n\nName: Om Lal\nAge: 50\n";
    assert_eq!(text(document, &Options::default()).persons, 2, "{:?}", kinds(document));
}

#[test]
fn an_officers_telephone_is_not_a_persons() {
    for document in [
        "Name,Designation,Mobile\nAsha Devi,Executive Engineer,9829011223\nOm Lal,Clerk,9829011224\n",
        "For queries contact the Executive Engineer, mobile 9829011223.",
        "UTR No 234123412346 dated 12/03/2021",
    ] {
        assert_eq!(kinds(document), [], "{document}");
    }
}

#[test]
fn letters_of_a_number_say_nothing() {
    let document = "Name: Mohan Sahoo, Mobile: 98290 11223, Vehicle: AS07MP5056";
    assert!(kinds(document).contains(&(Kind::Mobile, "98290 11223")), "{:?}", kinds(document));
    assert!(kinds(document).contains(&(Kind::Vehicle, "AS07MP5056")), "{:?}", kinds(document));
}

#[test]
fn a_word_in_a_cell_weighs_more_than_the_column() {
    let rows = (0..9).map(|at| format!("Laptop, serial no. 982901122{at}, page {at}, new\n"));
    let document: String = rows.collect();
    assert_eq!(kinds(&document), []);
}

#[test]
fn a_state_code_behind_a_slash_is_no_end() {
    for document in ["12/RJ 14", "1/RJ", "98290 11223/RJ-05", "9/RJ-05-010-011-001/123"] {
        text(document, &Options::default());
    }
}

proptest::proptest! {
    #[test]
    fn no_text_is_too_strange(document in "(\\PC|[0-9@:,|\"{}\\n\\t*X]|[०-९]|नाम|Name|\u{200b}){0,200}") {
        let found = text(&document, &Options::default());
        for one in &found.findings {
            assert!(document.get(one.start..one.end).is_some_and(|part| !part.is_empty()));
        }
    }
}

#[test]
fn an_object_over_many_lines_is_a_person_with_the_objects_in_it() {
    let person = |name: &str, mobile: u64| {
        format!(
            "    {{\n      \"fullName\": \"{name}\",\n      \"age\": 45,\n      \"contact\": {{\n        \
             \"mobileNumber\": \"{mobile}\",\n        \"others\": [\n          \"98290 11228\"\n        \
             ],\n        \"email\": \"who.ever@gmail.com\"\n      }},\n      \"ids\": {{\"aadhaarNo\": \
             \"234123412346\"}}\n    }}"
        )
    };
    let (one, two) = (person("Asha Devi", 9_829_011_223), person("Om Lal", 9_829_011_224));
    let list = format!("{{\n  \"patients\": [\n{one},\n{two}\n  ],\n  \"page\": 1\n}}\n");
    let found = text(&list, &Options::default());
    assert_eq!(found.persons, 2, "{:?}", kinds(&list));
    let of = |record: usize| found.findings.iter().filter(move |one| one.record == record).count();
    assert_eq!((of(0), of(1), of(2)), (6, 6, 0), "{:?}", kinds(&list));
    // One below another, each under its own key.
    let named = format!("{{\n  \"17\": {},\n  \"18\": {}\n}}\n", one.trim(), two.trim());
    assert_eq!(text(&named, &Options::default()).persons, 2, "{:?}", kinds(&named));
}

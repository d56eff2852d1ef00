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

proptest::proptest! {
    #[test]
    fn no_text_is_too_strange(document in "(\\PC|[0-9@:,|\"{}\\n\\t*X]|[०-९]|नाम|Name|\u{200b}){0,200}") {
        let found = text(&document, &Options::default());
        for one in &found.findings {
            assert!(document.get(one.start..one.end).is_some_and(|part| !part.is_empty()));
        }
    }
}

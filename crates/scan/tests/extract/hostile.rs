//! Documents that are broken, or made to harm.

use std::time::{Duration, Instant};

use scan::extract::{Limits, Unread, document};

use crate::{
    archives::{gzip, tar, zip},
    office, pdf,
    support::Parts,
    texts,
};

/// One document of each format.
fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let letter = b"Name: Asha Devi\nMobile: 9829011223\n";
    let inner = zip(&[("a.txt", letter), ("b.json", br#"{"name": "Asha Devi", "x": [1, [2]]}"#)]);
    vec![
        ("workbook", office::workbook()),
        ("old workbook", office::OLD_WORKBOOK.to_vec()),
        ("letter", office::letter()),
        ("sheet", office::sheet()),
        ("mail", office::mail()),
        ("drawn page", pdf::drawn_sample()),
        ("written page", pdf::written_sample()),
        ("archives", gzip(&tar(&[("inner.zip", &inner)]))),
        ("old document", office::old_document()),
        ("dump", texts::DUMP.as_bytes().to_vec()),
        ("page", texts::PAGE.as_bytes().to_vec()),
        ("wide text", texts::utf16("नाम: आशा देवी, \"a\"", u16::to_le_bytes)),
    ]
}

fn read(bytes: &[u8]) -> Parts {
    let mut parts = Parts::default();
    let limits = Limits { text: 1 << 20, member: 1 << 22, unpacked: 1 << 24, parts: 500, depth: 4 };
    document(bytes, limits, &mut parts);
    parts
}

#[test]
fn a_document_may_break_off_anywhere() {
    std::thread::scope(|scope| {
        for (name, sample) in samples() {
            scope.spawn(move || {
                assert!(!read(&sample).texts.is_empty(), "{name} is a sample");
                for end in 0..sample.len() {
                    let _ = read(&sample[..end]);
                }
            });
        }
    });
}

/// Numbers that are the same in every run.
fn numbers(seed: u32) -> impl FnMut() -> u32 {
    let mut state = seed | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state
    }
}

#[test]
fn a_document_may_have_any_byte_wrong() {
    // The reader of old workbooks lays out whatever its file claims: its memory has to be limited
    // from outside, and is in the tests of the program.
    for (name, sample) in samples().into_iter().filter(|(name, _)| *name != "old workbook") {
        let mut next = numbers(u32::try_from(name.len()).unwrap());
        for _ in 0..150 {
            let mut sample = sample.clone();
            for _ in 0..=next() % 4 {
                let at = next() as usize % sample.len();
                sample[at] = u8::try_from(next() & 0xff).unwrap();
            }
            let _ = read(&sample);
        }
    }
}

#[track_caller]
fn assert_quick(name: &str, bytes: &[u8]) -> Parts {
    let start = Instant::now();
    let parts = read(bytes);
    // Whoever goes through it again and again needs minutes.
    assert!(start.elapsed() < Duration::from_secs(10), "{name} took {:?}", start.elapsed());
    parts
}

#[test]
fn what_is_made_to_be_slow_is_not() {
    let many = |piece: &str| piece.repeat((1 << 20) / piece.len());
    for (name, text) in [
        ("open tags", format!("<?xml version='1.0'?>{}", many("<a>"))),
        ("open elements of a page", format!("<html>{}", many("<table><tr><td>"))),
        ("attributes", format!("<html><p {}>", many("a=b "))),
        ("brackets of JSON", many("[")),
        ("objects of JSON", many("{\"a\":")),
        ("comments of a dump", format!("INSERT INTO a VALUES (1);\n{}", many("/* \n"))),
        ("brackets of a dump", format!("INSERT INTO a VALUES {}", many("("))),
        ("open quotes of a dump", format!("INSERT INTO a VALUES {}", many("'\n"))),
        ("words of a dump", format!("INSERT INTO a VALUES (1);\n{}", many("a.b "))),
        ("quotes of a table", many("\"a,b,\"\n")),
        ("fields of a message", format!("From: a\nTo: b\nSubject: c\n{}", many("X: y\n"))),
        (
            "parts of a message",
            format!(
                "From: a\nMIME-Version: 1.0\nSubject: c\nContent-Type: multipart/mixed; boundary=b\n\n{}",
                many("--b\nContent-Type: multipart/mixed; boundary=b\n\n"),
            ),
        ),
        (
            "messages of a box",
            format!("From a\nFrom: a\nTo: b\nSubject: c\n\n{}", many("\n\nFrom ")),
        ),
        ("a legacy font", many("uke irk firk dk ffffZZZZfZ ")),
        ("names of a legacy font", format!("uke irk firk dk ds {}", many("Z"))),
        (
            "objects of a file",
            format!("%PDF-1.7\n{}", many("1 0 obj<</Type/Page/Parent 1 0 R>>endobj ")),
        ),
        (
            "a list of pages that is its own",
            format!(
                "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 1 0 R/Kids[1 0 R 1 0 R]>>endobj\ntrailer<</Root 1 0 R>>{}",
                many(" ")
            ),
        ),
        ("text of an old document", format!("\u{1}{}", many("a\0"))),
    ] {
        assert_quick(name, text.as_bytes());
    }
}

#[test]
fn a_cell_far_out_costs_nothing() {
    let sheet = "<worksheet><sheetData><row r='1048576'><c r='ALL1048576' t='inlineStr'><is>\
        <t>far</t></is></c></row></sheetData></worksheet>";
    let book = "<workbook xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'>\
        <sheets><sheet name='a' sheetId='1' r:id='rId1'/></sheets></workbook>";
    let links = "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>\
        <Relationship Id='rId1' Type='http://schemas.openxmlformats.org/officeDocument/2006/\
        relationships/worksheet' Target='worksheets/sheet1.xml'/></Relationships>";
    let place = "<Relationships><Relationship Id='rId1' Target='xl/workbook.xml' Type='http://schemas.\
        openxmlformats.org/officeDocument/2006/relationships/officeDocument'/></Relationships>";
    let file = zip(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", place.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", links.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ]);
    let parts = assert_quick("a cell far out", &file);
    let found = parts.texts.iter().any(|(path, text)| path == "!/a" && text.trim() == "far");
    assert!(found, "{:?} {:?}", parts.texts, parts.unread);
}

#[test]
fn a_workbook_that_unpacks_to_too_much_is_told() {
    let big = vec![b' '; 8 << 20];
    let file = zip(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", &big)]);
    let parts = assert_quick("a large workbook", &file);
    assert!(parts.unread.contains(&(String::new(), Unread::TooLarge)), "{:?}", parts.unread);
}

//! Files that an import is given and that nobody in their right mind made: each gets an answer,
//! none a panic, and none costs more than its size.

#![expect(clippy::unwrap_used, reason = "a test file with helpers")]

use std::io::{Cursor, Write};

use app::{
    geography::Geography,
    import::{Table, places, records},
};
use jiff::civil::date;
use proptest::prelude::*;
use zip::{ZipWriter, write::SimpleFileOptions};

/// A workbook of one sheet, whose rows are this XML.
fn workbook(rows: &str, strings: &str) -> Vec<u8> {
    let parts = [
        (
            "[Content_Types].xml",
            r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#
                .to_owned(),
        ),
        (
            "_rels/.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
                .to_owned(),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
                .to_owned(),
        ),
        (
            "xl/workbook.xml",
            r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>"#
                .to_owned(),
        ),
        (
            "xl/sharedStrings.xml",
            format!(
                r#"<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{strings}</sst>"#
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(
                r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#
            ),
        ),
    ];
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn cell(place: &str, text: &str) -> String {
    format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

fn said(bytes: &[u8]) -> String {
    Table::read(bytes).err().map_or_else(|| "a table".to_owned(), |why| why.to_string())
}

#[test]
fn a_workbook_is_read_wherever_its_table_begins() {
    let rows = format!(
        r#"<row r="3">{}{}</row><row r="4">{}<c r="C4"><v>391</v></c></row><row r="6">{}</row>"#,
        cell("B3", "Name"),
        cell("C3", "District ID"),
        cell("B4", "Asha"),
        cell("B6", "Ravi"),
    );
    let table = Table::read(&workbook(&rows, "")).unwrap_or_else(|why| panic!("{why}"));
    assert!(table.has(&["name", "district_id"]));
    let held: Vec<_> = table
        .rows(domain::manifest::IMPORTS.shape("staff").unwrap())
        .map(|row| {
            (row.number, row.cell(&["name"]).to_owned(), row.cell(&["district_id"]).to_owned())
        })
        .collect();
    let expected = [(4, "Asha", "391"), (6, "Ravi", "")]
        .map(|(number, name, id)| (number, name.to_owned(), id.to_owned()));
    assert_eq!(held, expected);
}

/// Two cells far apart: as a rectangle they would be 17,000,000,000.
#[test]
fn cells_far_apart_cost_nothing() {
    let near = cell("A1", "name");
    for far in ["XFD1048576", "XFD2", "ZZZZZZ99999999999", "A4294967295", "A0", "", "1"] {
        let rows = format!(r#"<row r="1">{near}</row><row r="1048576">{}</row>"#, cell(far, "x"));
        drop(said(&workbook(&rows, "")));
    }
    let rows = format!(r#"<row r="1">{near}</row><row r="9">{}</row>"#, cell("XFD9", "x"));
    assert_eq!(said(&workbook(&rows, "")), "the file is too large; split it");
}

#[test]
fn a_small_file_that_unpacks_to_more_than_a_gigabyte_is_refused() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("xl/sharedStrings.xml", SimpleFileOptions::default()).unwrap();
    let nothing = vec![b' '; 1 << 20];
    for _ in 0..1_025 {
        zip.write_all(&nothing).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    assert!(bytes.len() < 2 << 20, "{}", bytes.len());
    assert_eq!(said(&bytes), "the file is too large; split it");
}

/// Every reader of a table.
fn read_as_everything(bytes: &[u8]) {
    let Ok(table) = Table::read(bytes) else { return };
    let geography = Geography::default();
    drop(places::read(&table, &geography));
    drop(records::facilities(&table, &geography));
    drop(records::sessions(&table));
    drop(records::staff(&table, &geography));
    drop(records::beneficiaries(&table, date(2022, 2, 1)));
}

const HEADERS: [&str; 4] = [
    "name,birth_year,gender,mobile,photo_id_type,photo_id_number,comorbidity_ind",
    "center_id,name,district_id,pincode,address,block_name,lat,long,from,to,fee_type",
    "center_id,date,vaccine,min_age_limit,slots,online_dose1,onsite_dose1,max_age_limit,fee",
    "name,mobile,role,center_id,district_id,state_id",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_get_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        read_as_everything(&bytes);
    }

    #[test]
    fn any_cells_under_a_known_header_get_an_answer(
        header in 0_usize..4,
        cells in proptest::collection::vec("[^,\"\r\n]{0,30}|-?[0-9]{1,20}|[0-9:.-]{1,12}", 0..40),
    ) {
        let columns = HEADERS[header].split(',').count();
        let mut text = HEADERS[header].to_owned();
        for row in cells.chunks_exact(columns) {
            text.push('\n');
            text.push_str(&row.join(","));
        }
        read_as_everything(text.as_bytes());
    }

    #[test]
    fn a_workbook_with_any_byte_changed_gets_an_answer(
        place in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>(),
    ) {
        let rows = format!(r#"<row r="1">{}</row>"#, cell("A1", "name"));
        let mut bytes = workbook(&rows, "<si><t>x</t></si>");
        let place = place.index(bytes.len());
        bytes[place] = byte;
        read_as_everything(&bytes);
        read_as_everything(&bytes[..cut.index(bytes.len())]);
    }

    #[test]
    fn a_workbook_with_any_xml_inside_gets_an_answer(
        rows in r#"(<row( r="[0-9]{1,12}")?>|</row>|<c( r="[A-Z]{0,4}[0-9]{0,12}")?( t="[a-z]{1,9}")?( s="[0-9]{1,9}")?>|</c>|<v>[^<]{0,12}</v>|&[a-z]{0,4};|<is><t>x</t></is>){0,12}"#,
    ) {
        read_as_everything(&workbook(&rows, ""));
    }
}

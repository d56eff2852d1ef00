//! Text of every kind and encoding.

use std::fmt::Write;

use scan::extract::{Unread, is_plain};

use crate::support::{ASHA, ASHA_HINDI, assert_person, assert_person_in, found, parts};

const LETTER: &str = "Name: Asha Devi\nMobile: 9829011223\n";
const LETTER_HINDI: &str = "नाम: आशा देवी\nमोबाइल: 9829011223\n";

pub(crate) fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

fn utf32(text: &str, bytes: fn(u32) -> [u8; 4]) -> Vec<u8> {
    text.chars().flat_map(|c| bytes(u32::from(c))).collect()
}

#[test]
fn text_is_read_in_any_encoding_of_unicode_with_and_without_its_mark() {
    for (text, name) in [(LETTER, ASHA), (LETTER_HINDI, ASHA_HINDI)] {
        let marked = format!("\u{feff}{text}");
        for text in [text, &marked] {
            for bytes in [
                text.as_bytes().to_vec(),
                utf16(text, u16::to_le_bytes),
                utf16(text, u16::to_be_bytes),
                utf32(text, u32::to_le_bytes),
                utf32(text, u32::to_be_bytes),
            ] {
                assert_person(&bytes, "", name);
            }
        }
    }
}

#[test]
fn offsets_are_those_of_the_text_behind_the_mark() {
    let parts = parts(&utf16(&format!("\u{feff}{LETTER}"), u16::to_le_bytes));
    assert_eq!(parts.texts, [(String::new(), LETTER.to_owned())]);
}

#[test]
fn text_of_one_byte_a_character_is_read() {
    // Windows-1252: an accent, a dash, a pair of quotes.
    let bytes = b"Name: Asha Devi \x96 \x93caf\xe9\x94\r\nMobile: 9829011223\r\n";
    let parts = parts(bytes);
    assert_eq!(parts.texts[0].1, "Name: Asha Devi – “café”\r\nMobile: 9829011223\r\n");
}

#[test]
fn an_encoding_that_is_named_is_believed_unless_it_is_wrong() {
    let cyrillic = b"<?xml version='1.0' encoding='windows-1251'?><a>\xcf\xf0\xe8\xe2\xe5\xf2</a>";
    assert_eq!(parts(cyrillic).texts[0].1, "a: Привет\n");
    let wrong = b"<?xml version='1.0' encoding='utf-8'?><a>caf\xe9</a>";
    assert_eq!(parts(wrong).texts[0].1, "a: café\n");
}

#[test]
fn one_fault_does_not_make_utf_8_another_encoding() {
    let mut bytes = LETTER_HINDI.repeat(3).into_bytes();
    bytes.push(0xe0);
    assert_person(&bytes, "", ASHA_HINDI);
}

#[test]
fn what_is_no_text_is_not_taken_for_text() {
    let bytes: Vec<u8> =
        (0..4096_u32).map(|at| at.wrapping_mul(2_654_435_761).to_be_bytes()[1]).collect();
    let parts = parts(&bytes);
    assert_eq!(parts.unread, [(String::new(), Unread::Unknown)]);
    assert!(parts.texts.is_empty());
}

#[test]
fn plain_text_is_given_as_it_is() {
    for text in [LETTER, LETTER_HINDI, "a,b\n1,2\n", "inches: 5\" x 3\"\nmore, of it\n"] {
        assert!(is_plain(text.as_bytes()), "{text}");
        assert_eq!(parts(text.as_bytes()).texts, [(String::new(), text.to_owned())]);
    }
    for text in ["{\"a\": 1}", "<html><p>x", "\u{1}a\u{1}b\n\u{1}c\u{1}d\n", "a\0b"] {
        assert!(!is_plain(text.as_bytes()), "{text}");
    }
}

const ROWS: [[&str; 3]; 3] = [
    ["Name", "Mobile", "Remarks"],
    ["Asha Devi", "9829011223", "none"],
    ["Ravi Kumar", "9829011334", "none"],
];

#[test]
fn tables_are_read_whatever_parts_their_cells() {
    for separator in [",", ";", "\t", "|", "^", "~", "\u{1}", "\u{1f}"] {
        let rows = ROWS.map(|row| row.join(separator));
        assert_person(rows.join("\n").as_bytes(), "", ASHA);
        assert_person(rows.join("\r\n").replace("Name", "नाम").as_bytes(), "", ASHA);
    }
}

#[test]
fn a_cell_may_go_over_lines_and_stand_in_quotes_of_either_kind() {
    let lines = "Name,Mobile,Remarks\n\"Asha Devi\",\"9829011223\",\"one\ntwo, \"\"three\"\"\"\n";
    assert_eq!(
        parts(lines.as_bytes()).texts[0].1,
        "Name\tMobile\tRemarks\nAsha Devi\t9829011223\tone two, 'three'\n"
    );
    let single = "'Name','Mobile','Remarks'\n'Asha Devi','9829011223','a, b'\n'R','','c'\n";
    assert_eq!(
        parts(single.as_bytes()).texts[0].1,
        "Name\tMobile\tRemarks\nAsha Devi\t9829011223\ta, b\nR\t\tc\n"
    );
}

#[test]
fn objects_of_json_are_records() {
    let one = r#"{"total": 2, "beneficiaries": [
        {"name": "Asha Devi", "address": {"district": "Ajmer"}, "mobile_no": 9829011223},
        {"name": "Ravi Kumar", "address": {"district": "Ajmer"}, "mobile_no": 9829011334}]}"#;
    assert_person(one.as_bytes(), "", ASHA);
    let records: Vec<_> = found(&parts(one.as_bytes()), "").into_iter().map(|one| one.0).collect();
    assert_eq!(records.iter().max(), Some(&1), "two objects are two records");
    let escaped =
        r#"{"name": "\u0906\u0936\u093e \u0926\u0947\u0935\u0940", "mobile": "9829011223"}"#;
    assert_person(escaped.as_bytes(), "", ASHA_HINDI);
    let lines = "{\"name\":\"Asha Devi\",\"mobile\":\"9829011223\"}\n{\"name\":\"Ravi\"}\n";
    assert_person(lines.as_bytes(), "", ASHA);
    let rows =
        r#"{"data":[["name","mobile"],["Asha Devi","9829011223"],["Ravi Kumar","9829011334"]]}"#;
    assert_person(rows.as_bytes(), "", ASHA);
}

#[test]
fn json_that_breaks_off_is_read_as_far_as_it_goes_and_then_as_it_is() {
    let torn = r#"[{"name": "Asha Devi", "mobile": "9829011223"}, {"name": "Ravi Ku"#;
    let parts = parts(torn.as_bytes());
    assert_person_in(&parts, "", ASHA);
    let text = &parts.texts[0].1;
    assert_eq!(text.matches("Asha").count(), 1, "{text}");
}

#[test]
fn elements_of_xml_are_labels_and_come_again_as_records() {
    let xml = "<?xml version='1.0'?><list year='2021'>\
        <person><name>Asha Devi</name><place><district>Ajmer</district></place>\
        <mobile><![CDATA[9829011223]]></mobile></person>\
        <person><name>R&#x61;vi &amp; Kumar</name><mobile>9829011334</mobile></person></list>";
    assert_person(xml.as_bytes(), "", ASHA);
    let text = &parts(xml.as_bytes()).texts[0].1;
    let people = [
        "name: Asha Devi\ndistrict: Ajmer\nmobile: 9829011223\n",
        "name: Ravi & Kumar\nmobile: 9829011334\n",
    ];
    assert_eq!(*text, format!("year: 2021\n{}\n{}\n", people[0], people[1]));
    let other = "<?xml version='1.0'?><l><p a='1'><b>x</b></p><p c='2'><b>y</b></p></l>";
    assert_eq!(parts(other.as_bytes()).texts[0].1, "a: 1\nb: x\n\nc: 2\nb: y\n\n");
    let attributes = "<list><p name='आशा देवी' mobile='9829011223'/><p name='x'/></list>";
    assert_person(attributes.as_bytes(), "", ASHA_HINDI);
}

#[test]
fn an_entity_of_the_document_itself_is_not_followed() {
    let mut bomb = "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY e0 'ha'>".to_owned();
    for at in 1..30 {
        write!(bomb, "<!ENTITY e{at} '&e{0};&e{0};'>", at - 1).unwrap();
    }
    bomb.push_str("]><a><name>Asha Devi</name><mobile>9829011223</mobile><x>&e29;</x></a>");
    assert_person(bomb.as_bytes(), "", ASHA);
}

#[test]
fn xml_that_is_not_well_formed_is_read_as_a_page_is() {
    let torn = "<?xml version='1.0'?><a><name>Asha Devi</name><mobile>9829011223</mobile><x y='";
    assert!(parts(torn.as_bytes()).texts[0].1.contains("9829011223"));
}

pub(crate) const PAGE: &str = "<!DOCTYPE html><html><head><title>List</title></head><body>\
    <table><tr><td><table><tr><th>Name<th>Mobile</tr>\
    <tr><td>Asha&nbsp;Devi</td><td>98290<b>11223</b></td></tr>\
    <tr><td>Ravi Kumar</td><td>9829011334</td></tr></table></td></tr></table></body></html>";

#[test]
fn tables_of_pages_are_tables_also_inside_others() {
    assert_person(PAGE.as_bytes(), "", ASHA);
    assert_person(PAGE.replace("Asha&nbsp;Devi", ASHA_HINDI).as_bytes(), "", ASHA_HINDI);
}

#[test]
fn a_page_is_read_where_nobody_looks() {
    let page = "<html><!-- Name: Asha Devi, Mobile: 9829011223 --><body>\
        <input name=\"aadhaar_no\" value='2341 2341 2346'>\
        <a href='mailto:asha.devi@gmail.example'>write</a>\
        <script>var rows = [{\"mobile\": \"9829011334\"}];</script>\
        <img alt='Mobile 9829011445'></body>";
    let text = &parts(page.as_bytes()).texts[0].1;
    for one in [
        "Mobile: 9829011223",
        "aadhaar no: 2341 2341 2346",
        "asha.devi@gmail.example",
        "9829011334",
        "Mobile 9829011445",
    ] {
        assert!(text.contains(one), "{one} in {text}");
    }
}

#[test]
fn a_table_of_labels_beside_values_is_a_form() {
    let page = "<html><table><tr><td>Name</td><td>Asha Devi</td></tr>\
        <tr><td>Mobile</td><td>9829011223</td></tr><tr><td>District</td><td>Ajmer</td></tr></table>";
    assert_eq!(
        parts(page.as_bytes()).texts[0].1.trim(),
        "Name: Asha Devi\nMobile: 9829011223\nDistrict: Ajmer"
    );
}

#[test]
fn a_spreadsheet_that_is_a_page_or_xml_is_read_as_what_it_is() {
    let sheet = "<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?>\
        <Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"><Worksheet><Table>\
        <Row><Cell><Data>Name</Data></Cell><Cell><Data>Mobile</Data></Cell></Row>\
        <Row><Cell><Data>Asha Devi</Data></Cell><Cell><Data>9829011223</Data></Cell></Row>\
        <Row><Cell><Data>Ravi Kumar</Data></Cell><Cell><Data>9829011334</Data></Cell></Row>\
        </Table></Worksheet></Workbook>";
    assert_person(sheet.as_bytes(), "", ASHA);
}

pub(crate) const DUMP: &str = "-- a dump\nCREATE TABLE `people` (\n  `id` int(11) NOT NULL,\n  `name` varchar(50),\n\
          `mobile` decimal(12,0) DEFAULT NULL,\n  PRIMARY KEY (`id`)\n);\n\
        INSERT INTO `people` VALUES (1,'Asha Devi',9829011223),(2,'O\\'Neil, (x)',NULL);\n\
        INSERT INTO public.visits (name, mobile_no) VALUES (N'आशा देवी', '9829011223');\n\
        UPDATE people SET note = 'Name: Ravi Kumar, Mobile: 9829011334' WHERE id = 2;\n";

#[test]
fn rows_of_dumps_are_tables_of_their_own() {
    let parts = parts(DUMP.as_bytes());
    assert_eq!(parts.unread, []);
    assert_person_in(&parts, "!/people", ASHA);
    assert_person_in(&parts, "!/visits", ASHA_HINDI);
    let of = |path: &str| &parts.texts.iter().find(|(other, _)| other == path).unwrap().1;
    assert_eq!(of("!/people"), "id\tname\tmobile\n1\tAsha Devi\t9829011223\n2\tO'Neil, (x)\t\n");
    assert!(of("").contains("9829011334"));
    let copy = "COPY public.people (id, name, mobile) FROM stdin;\n\
        1\tAsha Devi\t9829011223\n2\tRavi\\tKumar\t\\N\n\\.\n\nSELECT 1;\n";
    assert_person(copy.as_bytes(), "!/people", ASHA);
}

#[test]
fn text_of_a_legacy_hindi_font_is_read_as_hindi() {
    let text = "uke % vk'kk nsoh\neksckby % 9829011223\nirk % xzke jkeiqj] ftyk vtesj\n\
        firk dk uke % Jh jke dqekj 'kekZ\ntUe frfFk % 12&05&1990\nfLFkfr % deZpkjh\n";
    let parts = parts(text.as_bytes());
    let text = &parts.texts[0].1;
    assert!(text.contains("आशा देवी"), "{text}");
    assert!(text.contains("श्री राम कुमार शर्मा"), "{text}");
    assert!(
        text.contains("12-05-1990") && text.contains("स्थिति") && text.contains("कर्मचारी"),
        "{text}"
    );
    assert_eq!(found(&parts, "").iter().filter(|one| one.2 == "9829011223").count(), 1);
    let table = "uke\teksckby\tftyk\nvk'kk nsoh\t9829011223\tvtesj\njke dqekj\t9829011334\tvtesj\n";
    assert_person(table.as_bytes(), "", ASHA_HINDI);
}

#[test]
fn english_is_not_taken_for_a_legacy_font() {
    let text = "The name of the district is Ajmer and ds dk ls are no words.\n".repeat(3);
    assert!(is_plain(text.as_bytes()));
}

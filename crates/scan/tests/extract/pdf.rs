//! PDF files: drawn by an independent library, and written by hand where it has no words for it.

use std::fmt::Write;

use krilla::{
    Document,
    embed::{AssociationKind, EmbeddedFile, MimeType},
    geom::Point,
    metadata::Metadata,
    page::PageSettings,
    text::{Font, TextDirection},
};
use scan::extract::{Limits, Unread, document};

use crate::{
    archives::zip,
    support::{ASHA, ASHA_HINDI, Parts, assert_person, assert_person_in, parts},
};

fn font(script: &str) -> Font {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../certs/fonts");
    let bytes = std::fs::read(format!("{folder}/NotoSans{script}-Regular.ttf")).unwrap();
    Font::new(bytes.into(), 0).unwrap()
}

/// A file whose pages have text at these places, from above.
fn drawn(pages: &[&[(f32, f32, &str)]], change: impl FnOnce(&mut Document)) -> Vec<u8> {
    let mut file = Document::new();
    let (latin, hindi) = (font(""), font("Devanagari"));
    for lines in pages {
        let mut page = file.start_page_with(PageSettings::from_wh(595.0, 842.0).unwrap());
        let mut surface = page.surface();
        for (x, y, text) in *lines {
            let font = if text.is_ascii() { &latin } else { &hindi };
            let direction = TextDirection::Auto;
            surface.draw_text(Point::from_xy(*x, *y), font.clone(), 11.0, text, false, direction);
        }
        surface.finish();
        page.finish();
    }
    change(&mut file);
    file.finish().unwrap()
}

pub(crate) fn drawn_sample() -> Vec<u8> {
    drawn(&[&[(50.0, 100.0, "Name: Asha Devi"), (50.0, 120.0, "सूची")]], |_| {})
}

pub(crate) fn written_sample() -> Vec<u8> {
    let inner = stream("BT /F 10 Tf 50 700 Td (Name: Asha Devi) Tj ET", "/Subtype /Form");
    page("BT /F 10 Tf (a) Tj [(b) 3] TJ ET /X Do", "", "/AcroForm << /Fields [] >>", &[&inner])
}

#[test]
fn a_page_is_read_line_by_line_in_whatever_order_it_was_drawn() {
    let lines: &[_] = &[
        (50.0, 120.0, "Mobile: 9829011223"),
        (50.0, 100.0, "Name:"),
        (90.0, 100.5, "Asha"),
        (119.0, 100.0, "Devi"),
    ];
    let file = drawn(&[&[(50.0, 100.0, "nothing")], lines], |_| {});
    assert_person(&file, "!/page 2", ASHA);
    let text = parts(&file).texts.iter().find(|(path, _)| path == "!/page 2").unwrap().1.clone();
    assert_eq!(text, "Name: Asha Devi\nMobile: 9829011223\n");
}

#[test]
fn hindi_is_read_as_it_is_spoken() {
    // The font has no colon.
    let lines: &[_] = &[
        (50.0, 100.0, "नाम"),
        (68.0, 100.0, ": "),
        (73.0, 100.0, "आशा देवी"),
        (50.0, 120.0, "मोबाइल"),
        (84.0, 120.0, ": 9829011223"),
        (50.0, 140.0, "जिला विजयनगर राज्य स्थिति"),
    ];
    let file = drawn(&[lines], |_| {});
    assert_person(&file, "!/page 1", ASHA_HINDI);
    let text = &parts(&file).texts[0].1;
    assert!(text.contains("जिला विजयनगर राज्य स्थिति"), "{text}");
}

#[test]
fn a_table_keeps_its_columns_where_cells_are_empty() {
    let lines: &[_] = &[
        (50.0, 100.0, "Name"),
        (200.0, 100.0, "Father"),
        (350.0, 100.0, "Mobile"),
        (50.0, 120.0, "Asha Devi"),
        (350.0, 120.0, "9829011223"),
        (50.0, 140.0, "Ravi Kumar"),
        (200.0, 140.0, "Mohan Lal"),
        (350.0, 140.0, "9829011334"),
    ];
    let file = drawn(&[lines], |_| {});
    assert_person(&file, "!/page 1", ASHA);
    let text = &parts(&file).texts[0].1;
    assert!(text.contains("Asha Devi\t\t9829011223\n"), "{text}");
}

#[test]
fn narrow_gaps_part_columns_where_they_go_on_through_all_rows() {
    // A gap of six points, less than a line is high, and none of it in the line of words.
    let lines: &[_] = &[
        (50.0, 100.0, "Name"),
        (120.0, 100.0, "Mobile"),
        (190.0, 100.0, "Age"),
        (50.0, 120.0, "Asha Devi"),
        (120.0, 120.0, "9829011223"),
        (190.0, 120.0, "45"),
        (50.0, 140.0, "Ravi Kumar"),
        (120.0, 140.0, "9829011334"),
        (190.0, 140.0, "33"),
        (50.0, 160.0, "These are"),
        (106.0, 160.0, "all of them"),
        (300.0, 400.0, "far"),
    ];
    let text = parts(&drawn(&[lines], |_| {})).texts[0].1.clone();
    let table = "Name\tMobile\tAge\nAsha Devi\t9829011223\t45\nRavi Kumar\t9829011334\t33\n";
    assert_eq!(text, format!("{table}These are all of them\nfar\n"));
}

#[test]
fn what_is_attached_and_who_wrote_it_is_read() {
    let letter = "Name: Asha Devi\nMobile: 9829011223\n";
    let file = drawn(&[&[(50.0, 100.0, "nothing")]], |file| {
        file.set_metadata(Metadata::new().title("सूची".to_owned()).authors(vec![ASHA.to_owned()]));
        let whole = file.embed_file(EmbeddedFile {
            path: "list.zip".to_owned(),
            mime_type: MimeType::new("application/zip"),
            description: None,
            association_kind: AssociationKind::Unspecified,
            data: zip(&[("a.txt", letter.as_bytes())]).into(),
            modification_date: None,
            compress: None,
            location: None,
        });
        assert!(whole.is_some());
    });
    assert_person(&file, "!/list.zip!/a.txt", ASHA);
    let parts = parts(&file);
    let properties = &parts.texts.iter().find(|(path, _)| path == "!/properties").unwrap().1;
    assert!(properties.contains("Title: सूची\nAuthor: Asha Devi\n"), "{properties}");
}

/// A file of these objects, the first of which is its catalogue.
fn written(objects: &[&str], trailer: &str) -> Vec<u8> {
    let mut file = "%PDF-1.7\n".to_owned();
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(file.len());
        write!(file, "{} 0 obj\n{object}\nendobj\n", at + 1).unwrap();
    }
    let start = file.len();
    write!(file, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).unwrap();
    for place in places {
        writeln!(file, "{place:010} 00000 n ").unwrap();
    }
    let size = objects.len() + 1;
    write!(file, "trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF")
        .unwrap();
    file.into_bytes()
}

fn stream(content: &str, entries: &str) -> String {
    format!("<< /Length {} {entries} >>\nstream\n{content}\nendstream", content.len())
}

const PAGES: &str = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>";

/// A page with this content in a plain font, and with what stands in its dictionary.
fn page(content: &str, entries: &str, catalogue: &str, others: &[&str]) -> Vec<u8> {
    let page = format!(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R {entries} \
         /Resources << /Font << /F 5 0 R >> /XObject << /X 6 0 R >> >> >>"
    );
    let catalogue = format!("<< /Type /Catalog /Pages 2 0 R {catalogue} >>");
    let content = stream(content, "");
    let font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << \
        /Differences [1 /A /s /h /a /space /D /e /v /i] >> >>";
    let mut objects = vec![catalogue.as_str(), PAGES, &page, &content, font];
    objects.extend(others);
    written(&objects, "")
}

#[test]
fn letters_are_told_by_their_names_and_words_by_their_gaps() {
    let content = "BT /F 10 Tf 50 700 Td (Name: ) Tj <010203040506070809> Tj 0 -14 TD \
        [(Mobile:) -300 (982) 20 (9011) -10 (223)] TJ ET";
    let none = stream("", "/Subtype /Form");
    assert_person(&page(content, "", "", &[&none]), "!/page 1", ASHA);
}

#[test]
fn fields_notes_links_and_drawings_in_drawings_are_read() {
    let inner = stream(
        "BT /F 10 Tf 50 700 Td (Name: Asha Devi, Mobile: 9829011223) Tj ET",
        "/Subtype /Form /Resources << /Font << /F 5 0 R >> >>",
    );
    let form = "/AcroForm << /Fields [ << /T (name) /V <FEFF0906093600930020> /FT /Tx >> \
        << /T (applicant) /Kids [ << /T (Name) /V (Asha Devi) >> << /T (mobile_no) /V (9829011223) >> ] >> ] >>";
    let notes = "/Annots [ << /Subtype /Text /Contents (Name: Ravi Kumar, Mobile: 9829011334) >> \
        << /Subtype /Link /A << /S /URI /URI (mailto:asha.devi@gmail.com) >> >> ]";
    let file = page("/X Do", notes, form, &[&inner]);
    assert_person(&file, "!/page 1", ASHA);
    assert_person(&file, "!/form", ASHA);
    let text = &parts(&file).texts[0].1;
    assert!(text.contains("9829011334") && text.contains("asha.devi@gmail.com"), "{text}");
}

#[test]
fn a_drawing_that_holds_itself_ends() {
    let endless = stream(
        "BT /F 9 Tf (Name: Asha Devi, Mobile: 9829011223) Tj ET /X Do /X Do",
        "/Subtype /Form /Resources << /Font << /F 5 0 R >> /XObject << /X 6 0 R >> >>",
    );
    let parts = parts(&page("/X Do", "", "", &[&endless]));
    assert!(parts.texts[0].1.contains("9829011223"));
}

#[test]
fn text_that_stands_upright_on_a_turned_page_is_lines() {
    let content = "BT /F 10 Tf 0 1 -1 0 100 50 Tm (Name: Asha Devi) Tj ET \
        BT /F 10 Tf 0 1 -1 0 114 50 Tm (Mobile: 9829011223) Tj ET";
    let none = stream("", "/Subtype /Form");
    assert_person(&page(content, "", "", &[&none]), "!/page 1", ASHA);
}

#[test]
fn a_page_that_is_a_picture_is_given_to_who_reads_pictures() {
    let image = stream("x", "/Subtype /Image /Width 1 /Height 1");
    let file = page("/X Do", "", "", &[&image]);
    assert_eq!(parts(&file).unread, [("!/page 1".to_owned(), Unread::NeedsOcr)]);
    let seen = Some("Name: Asha Devi\nMobile: 9829011223\n");
    let mut parts = Parts { seen, ..Parts::default() };
    document(&file, Limits::default(), &mut parts);
    assert_eq!(parts.unread, []);
    assert_person_in(&parts, "!/page 1", ASHA);
}

#[test]
fn a_file_with_a_password_is_told() {
    let zero = "00".repeat(32);
    let objects = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>"];
    let trailer = format!(
        "/ID [<00> <00>] /Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <{zero}> /U <{zero}> >>"
    );
    assert_eq!(parts(&written(&objects, &trailer)).unread, [(String::new(), Unread::Encrypted)]);
}

#[test]
fn what_only_says_that_it_is_a_file_of_this_kind_is_told() {
    assert_eq!(parts(b"%PDF-1.7\n\0\x01 nothing").unread, [(String::new(), Unread::Malformed)]);
    let text = "About %PDF- files. Name: Asha Devi, Mobile: 9829011223\n";
    assert_person(text.as_bytes(), "", ASHA);
}

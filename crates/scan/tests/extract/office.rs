//! Office documents and mail. Their parts are written here by hand, as their programs write them.

use rust_xlsxwriter::{Note, Workbook};
use scan::extract::Unread;

use crate::{
    archives::zip,
    support::{ASHA, ASHA_HINDI, Parts, assert_person, assert_person_in, parts},
};

const TYPES: (&str, &[u8]) = ("[Content_Types].xml", b"<Types/>");
const WORD: &str = "xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'";

/// A DOCX with this body.
fn docx(body: &str, others: &[(&str, &str)]) -> Vec<u8> {
    let body =
        format!("<?xml version='1.0'?><w:document {WORD}><w:body>{body}</w:body></w:document>");
    let mut members = vec![TYPES, ("word/document.xml", body.as_bytes())];
    members.extend(others.iter().map(|(name, text)| (*name, text.as_bytes())));
    zip(&members)
}

/// A paragraph of runs.
fn paragraph(runs: &[&str]) -> String {
    let runs = runs.join("</w:t></w:r><w:r><w:t>");
    format!("<w:p><w:r><w:t>{runs}</w:t></w:r></w:p>")
}

pub(crate) fn letter() -> Vec<u8> {
    let body = [paragraph(&["Name: As", "ha ", "Devi"]), paragraph(&["Mobile: 98290", "11223"])];
    docx(&body.concat(), &[])
}

#[test]
fn a_letter_is_read_across_its_runs() {
    assert_person(&letter(), "!/word/document.xml", ASHA);
    let body = [paragraph(&["नाम: आशा देवी"]), paragraph(&["मोबाइल: 9829011223"])];
    assert_person(&docx(&body.concat(), &[]), "!/word/document.xml", ASHA_HINDI);
}

#[test]
fn a_table_of_a_letter_is_a_table_or_a_form() {
    let row = |cells: &[&str]| {
        let cells: Vec<_> = cells.iter().map(|cell| paragraph(&[cell])).collect();
        let cells = format!("<w:tc>{}</w:tc>", cells.join("</w:tc><w:tc>"));
        format!("<w:tr>{cells}</w:tr>")
    };
    let table = [row(&["Name", "Mobile"]), row(&["Asha Devi", "9829011223"]), row(&["Ravi", ""])];
    let file = docx(&format!("<w:tbl>{}</w:tbl>", table.concat()), &[]);
    assert_person(&file, "!/word/document.xml", ASHA);
    let form = [row(&["Name", "Asha Devi"]), row(&["Mobile", "9829011223"])];
    let file = docx(&format!("<w:tbl>{}</w:tbl>", form.concat()), &[]);
    assert_eq!(parts(&file).texts[0].1.trim(), "Name: Asha Devi\nMobile: 9829011223");
}

#[test]
fn what_a_letter_does_not_show_is_read_too() {
    let deleted = "<w:p><w:del w:author='Clerk'><w:r><w:delText>Name: Asha Devi, \
        Mobile: 9829011223</w:delText></w:r></w:del></w:p>";
    let other = |tag: &str| {
        let text = paragraph(&["Name: Asha Devi, Mobile: 9829011223"]);
        format!("<?xml version='1.0'?><w:{tag} {WORD}>{text}</w:{tag}>")
    };
    let links = "<Relationships><Relationship Id='1' TargetMode='External' \
        Target='mailto:asha.devi@gmail.com'/></Relationships>";
    let properties = "<cp:coreProperties xmlns:dc='http://purl.org/dc/elements/1.1/'>\
        <dc:creator>Ravi Kumar</dc:creator></cp:coreProperties>";
    let file = docx(
        deleted,
        &[
            ("word/header1.xml", &other("hdr")),
            ("word/footer1.xml", &other("ftr")),
            ("word/comments.xml", &other("comments")),
            ("word/footnotes.xml", &other("footnotes")),
            ("word/_rels/document.xml.rels", links),
            ("docProps/core.xml", properties),
            ("word/styles.xml", &other("styles")),
        ],
    );
    for path in ["document", "header1", "footer1", "comments", "footnotes"] {
        assert_person(&file, &format!("!/word/{path}.xml"), ASHA);
    }
    let parts = parts(&file);
    let text = |path: &str| &parts.texts.iter().find(|(other, _)| other == path).unwrap().1;
    assert_eq!(text("!/word/_rels/document.xml.rels"), "asha.devi@gmail.com\n");
    assert_eq!(text("!/docProps/core.xml"), "creator: Ravi Kumar\n");
    assert!(!parts.texts.iter().any(|(path, _)| path.contains("styles")));
}

#[test]
fn a_workbook_in_a_letter_is_read() {
    let body = paragraph(&["see below"]);
    let body = format!("<?xml version='1.0'?><w:document {WORD}>{body}</w:document>");
    let members =
        [TYPES, ("word/document.xml", body.as_bytes()), ("word/embeddings/a.xlsx", &workbook())];
    assert_person(&zip(&members), "!/word/embeddings/a.xlsx!/सूची", ASHA_HINDI);
}

pub(crate) fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("List").unwrap();
    for (row, (name, mobile)) in
        [(ASHA, 9_829_011_223.0), ("Ravi Kumar", 9_829_011_334.0)].into_iter().enumerate()
    {
        let row = u32::try_from(row).unwrap() + 4;
        sheet.write_string(row, 1, name).unwrap();
        sheet.write_number(row, 2, mobile).unwrap();
    }
    sheet.write_string(3, 1, "Name").unwrap();
    sheet.write_string(3, 2, "Mobile").unwrap();
    let note = Note::new("Name: Asha Devi, Mobile: 9829011223");
    sheet.insert_note(3, 1, &note).unwrap();
    let hidden = book.add_worksheet().set_name("सूची").unwrap();
    for (row, cells) in [["नाम", "मोबाइल"], [ASHA_HINDI, "9829011223"]].iter().enumerate()
    {
        hidden.write_row(u32::try_from(row).unwrap(), 0, *cells).unwrap();
    }
    hidden.set_hidden(true);
    book.save_to_buffer().unwrap()
}

#[test]
fn sheets_of_a_workbook_are_parts_hidden_ones_and_notes_too() {
    let file = workbook();
    assert_person(&file, "!/List", ASHA);
    assert_person(&file, "!/सूची", ASHA_HINDI);
    assert_person(&file, "!/xl/comments1.xml", ASHA);
    let parts = parts(&file);
    let list = &parts.texts.iter().find(|(path, _)| path == "!/List").unwrap().1;
    assert!(list.contains("Asha Devi\t9829011223\n"), "{list}");
}

/// Made for this test by xlwt, an independent writer: a sheet in Latin letters, one in Hindi.
pub(crate) const OLD_WORKBOOK: &[u8] = include_bytes!("list.xls");

#[test]
fn sheets_of_an_old_workbook_are_parts() {
    assert_person(OLD_WORKBOOK, "!/List", ASHA);
    assert_person(OLD_WORKBOOK, "!/सूची", ASHA_HINDI);
}

#[test]
fn slides_are_read_with_their_notes() {
    let slide = |tag: &str, lines: [&str; 2]| {
        let lines = lines.map(|line| format!("<a:p><a:r><a:t>{line}</a:t></a:r></a:p>")).concat();
        format!(
            "<?xml version='1.0'?><p:{tag} xmlns:a='http://schemas.openxmlformats.org/drawingml\
             /2006/main'><a:txBody>{lines}</a:txBody></p:{tag}>"
        )
    };
    let (one, two) = (
        slide("sld", ["Name: Asha Devi", "Mobile: 9829011223"]),
        slide("notes", ["नाम: आशा देवी", "मोबाइल: 9829011223"]),
    );
    let file = zip(&[
        TYPES,
        ("ppt/slides/slide1.xml", one.as_bytes()),
        ("ppt/notesSlides/notesSlide1.xml", two.as_bytes()),
    ]);
    assert_person(&file, "!/ppt/slides/slide1.xml", ASHA);
    assert_person(&file, "!/ppt/notesSlides/notesSlide1.xml", ASHA_HINDI);
}

fn open_document(kind: &str, body: &str) -> Vec<u8> {
    let kind = format!("application/vnd.oasis.opendocument.{kind}");
    let content = format!(
        "<?xml version='1.0'?><office:document-content><office:body>{body}</office:body>\
         </office:document-content>"
    );
    let styles = "<office:document-styles><style:header><text:p>Name: Asha Devi, \
        Mobile: 9829011223</text:p></style:header></office:document-styles>";
    zip(&[
        ("mimetype", kind.as_bytes()),
        ("content.xml", content.as_bytes()),
        ("styles.xml", styles.as_bytes()),
        ("meta.xml", b"<office:meta><dc:creator>Ravi Kumar</dc:creator></office:meta>"),
    ])
}

#[test]
fn open_document_texts_are_read_with_headers_and_what_was_deleted() {
    let body = "<office:text><text:tracked-changes><text:deletion><text:p>नाम: आशा देवी</text:p>\
        <text:p>मोबाइल: <text:span>98290</text:span>11223</text:p></text:deletion>\
        </text:tracked-changes><text:p>Nothing</text:p></office:text>";
    let file = open_document("text", body);
    assert_person(&file, "!/content.xml", ASHA_HINDI);
    assert_person(&file, "!/styles.xml", ASHA);
}

pub(crate) fn sheet() -> Vec<u8> {
    let cell = |text: &str| format!("<table:table-cell><text:p>{text}</text:p></table:table-cell>");
    let number = "<table:table-cell office:value-type='float' office:value='9829011223'>\
        <text:p>9.83E+09</text:p></table:table-cell>";
    let empty = "<table:table-cell table:number-columns-repeated='2'/>";
    let end = "<table:table-cell table:number-columns-repeated='16000'/>";
    let body = format!(
        "<office:spreadsheet><table:table table:name='List'>\
         <table:table-row>{}{empty}{}{end}</table:table-row>\
         <table:table-row>{}{empty}{number}{end}</table:table-row></table:table>\
         <table:table table:name='Other'><table:table-row>{}</table:table-row></table:table>\
         </office:spreadsheet>",
        cell("Name"),
        cell("Mobile"),
        cell("Asha Devi"),
        cell("nothing"),
    );
    open_document("spreadsheet", &body)
}

#[test]
fn open_document_sheets_are_read_by_value() {
    let file = sheet();
    assert_person(&file, "!/List", ASHA);
    let parts = parts(&file);
    let list = &parts.texts.iter().find(|(path, _)| path == "!/List").unwrap().1;
    assert_eq!(list.trim(), "Name\t\t\tMobile\nAsha Devi\t\t\t9829011223");
}

pub(crate) fn old_document() -> Vec<u8> {
    let mut file = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    file.resize(512, 0);
    file.extend(b"Name: Asha Devi\rMobile: 9829011223\r\0\0\x01\x02");
    file.resize(1024, 0);
    let hindi = "नाम: आशा देवी\rमोबाइल: 9829011334\r";
    file.extend(hindi.encode_utf16().flat_map(u16::to_le_bytes));
    file.resize(2048, 0);
    file
}

#[test]
fn an_old_document_is_read_by_its_runs_of_text() {
    let file = old_document();
    assert_person(&file, "", ASHA);
    assert!(parts(&file).texts[0].1.contains("नाम: आशा देवी\nमोबाइल: 9829011334"));
}

#[test]
fn a_document_with_a_password_is_told() {
    let mut file = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    file.resize(512, 0);
    file.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    file.resize(1024, 0);
    assert_eq!(parts(&file).unread, [(String::new(), Unread::Encrypted)]);
}

const MAIL: &str = "Return-Path: <clerk@office.example>\r\n\
    From: =?utf-8?B?4KSG4KS24KS+IOCkpuClh+CkteClgA==?= <asha.devi@gmail.com>\r\n\
    To: clerk@office.example\r\nSubject: list\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n\
    --b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
    Name: Asha=20Devi\r\nMobile: 98290=\r\n11223\r\n\
    --b\r\nContent-Type: text/html\r\n\r\n<p>Name: Asha Devi, Mobile: <b>98290</b>11223</p>\r\n\
    --b\r\nContent-Type: application/octet-stream\r\n\
    Content-Disposition: attachment; filename=\"list.bin\"\r\nContent-Transfer-Encoding: base64\r\n\r\n\
    ATTACHED\r\n\
    --b\r\nContent-Type: message/rfc822\r\n\r\n\
    From: a@b.example\r\nTo: c@d.example\r\nSubject: inner\r\n\r\n\
    Name: Asha Devi\r\nMobile: 9829011223\r\n--b--\r\n";

pub(crate) fn mail() -> Vec<u8> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let letter = zip(&[("letter.txt", "नाम: आशा देवी\nमोबाइल: 9829011223\n".as_bytes())]);
    let attached = STANDARD.encode(letter);
    let lines: Vec<_> =
        attached.as_bytes().chunks(76).map(|line| str::from_utf8(line).unwrap()).collect();
    MAIL.replace("ATTACHED", &lines.join("\r\n")).into_bytes()
}

fn assert_mail(parts: &Parts, at: &str) {
    assert_eq!(parts.unread, []);
    assert_person_in(parts, at, ASHA);
    assert_person_in(parts, &format!("{at}!/part 2"), ASHA);
    assert_person_in(parts, &format!("{at}!/list.bin!/letter.txt"), ASHA_HINDI);
    assert_person_in(parts, &format!("{at}!/part 4"), ASHA);
    let text = &parts.texts.iter().find(|(path, _)| path == at).unwrap().1;
    assert!(text.contains("From: आशा देवी <asha.devi@gmail.com>\n"), "{text}");
}

#[test]
fn mail_is_read_with_its_head_its_pages_and_what_is_attached() {
    assert_mail(&parts(&mail()), "");
}

#[test]
fn a_box_of_mail_is_read_message_by_message() {
    let mail = String::from_utf8(mail()).unwrap().replace("\r\n", "\n");
    let of = "From clerk@office.example Thu Mar 11 10:00:00 2021\n";
    let parts = parts(format!("{of}{mail}\n{of}{mail}").as_bytes());
    assert_mail(&parts, "!/1");
    assert_mail(&parts, "!/2");
}

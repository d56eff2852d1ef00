//! Documents of any bytes: the bodies of the fuzz targets of everything that takes text out of files.
//! The first byte says how the others are wrapped, so that they come to what is to be tried.

use std::io::{Cursor, Write};

use scan::{
    Options,
    extract::{Limits, Source, Take, Unread, document},
};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{
    archive::{archive, archive_seeds},
    packed::LETTER,
};

/// What is tried.
pub(crate) struct Target {
    pub(crate) name: &'static str,
    /// Reads bytes of any kind. Says whether there was somebody in them.
    pub(crate) decode: fn(&[u8]) -> bool,
    /// What it reads to its end.
    pub(crate) seeds: fn() -> Vec<Vec<u8>>,
}

/// Every target.
pub(crate) const TARGETS: &[Target] = &[
    Target { name: "pdf", decode: |data| packed(data, pdf), seeds: pdf_seeds },
    Target { name: "sheet", decode: |data| packed(data, sheet), seeds: sheet_seeds },
    Target { name: "office", decode: |data| packed(data, office), seeds: office_seeds },
    Target { name: "html", decode: |data| text(data, html), seeds: html_seeds },
    Target { name: "xml", decode: |data| text(data, xml), seeds: xml_seeds },
    Target { name: "mail", decode: |data| text(data, mail), seeds: mail_seeds },
    Target { name: "archive", decode: |data| packed(data, archive), seeds: archive_seeds },
    Target { name: "sql", decode: |data| text(data, sql), seeds: sql_seeds },
    Target { name: "json", decode: |data| text(data, json), seeds: json_seeds },
    Target { name: "csv", decode: |data| text(data, csv), seeds: csv_seeds },
    Target { name: "encoding", decode: |data| text(data, encoding), seeds: encoding_seeds },
];

/// Small enough that the largest thing that may be claimed is done in a moment.
const LIMITS: Limits =
    Limits { text: 1 << 16, member: 1 << 18, unpacked: 1 << 20, parts: 64, depth: 3 };

/// What makes a document of bytes.
type Wrap = fn(u8, &[u8]) -> Vec<u8>;

/// Has a document read, and personal data looked for in what was in it.
fn text(data: &[u8], wrap: Wrap) -> bool {
    let Some((kind, body)) = data.split_first() else { return false };
    let bytes = wrap(*kind, body);
    read(&bytes, str::from_utf8(&bytes).ok())
}

/// The same of a document whose text is packed, and has no places.
fn packed(data: &[u8], wrap: Wrap) -> bool {
    let Some((kind, body)) = data.split_first() else { return false };
    read(&wrap(*kind, body), None)
}

fn read(bytes: &[u8], text: Option<&str>) -> bool {
    let mut seen = Seen { text, found: false, unread: 0 };
    document(bytes, LIMITS, &mut seen);
    assert!(seen.unread <= 3 * LIMITS.parts, "what is not read is told once or twice");
    seen.found
}

/// Looks at what is handed over.
struct Seen<'b> {
    /// The document, if it is a text in UTF-8.
    text: Option<&'b str>,
    found: bool,
    unread: usize,
}

impl Take for Seen<'_> {
    fn part(&mut self, path: &str, text: &str) {
        assert!(path.is_empty() || path.starts_with("!/"));
        // A word of the old font may become three times as long.
        assert!(text.len() <= 4 * LIMITS.text);
        scan::each(text, &Options::default(), &mut |_, record| {
            self.found |= !record.is_empty();
            assert!(record.iter().all(|one| text.get(one.start..one.end).is_some()));
        });
    }

    fn traced(&mut self, path: &str, text: &str, source: &Source<'_>) {
        self.part(path, text);
        assert!(path.starts_with(source.file()));
        let whole = self.text.filter(|_| source.file().is_empty() && source.encoding().is_none());
        for (at, letter) in text.char_indices() {
            let Some((start, end)) = source.place(at, at + letter.len_utf8()) else { continue };
            let inside = |whole: &str| whole.get(start..end).is_some();
            assert!(start < end && whole.is_none_or(inside), "{start}-{end} is no place");
        }
    }

    fn unread(&mut self, path: &str, _: Unread) {
        assert!(path.is_empty() || path.starts_with("!/"));
        self.unread += 1;
    }
}

/// A seed: how it is wrapped, and what.
pub(super) fn seed(kind: u8, body: impl AsRef<[u8]>) -> Vec<u8> {
    [&[kind], body.as_ref()].concat()
}

/// A ZIP file of members that are not packed, so that a change of them is one of what is in them.
pub(super) fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in members {
        archive.start_file(*name, options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A file (0), what is drawn on its page (1), or what its font says of its letters (2).
fn pdf(kind: u8, body: &[u8]) -> Vec<u8> {
    let drawn: &[u8] = b"BT /F 10 Tf 50 700 Td (Mobile: 982901) Tj <31323233> Tj ET";
    match kind % 3 {
        0 => [b"%PDF-1.7\n", body].concat(),
        1 => page(body, b""),
        _ => page(drawn, body),
    }
}

/// A file of one page. Its list of objects is left out: readers look for them then.
fn page(content: &[u8], letters: &[u8]) -> Vec<u8> {
    let stream = |number: usize, bytes: &[u8]| {
        let head = format!("{number} 0 obj\n<< /Length {} >>\nstream\n", bytes.len());
        [head.as_bytes(), bytes, b"\nendstream\nendobj\n"].concat()
    };
    let head = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n\
        2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n\
        3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R \
        /Resources << /Font << /F 4 0 R >> /XObject << /X 5 0 R >> >> >>\nendobj\n\
        4 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>\nendobj\n";
    let tail = b"trailer\n<< /Root 1 0 R /Size 7 >>\n%%EOF\n";
    [&head[..], &stream(5, content), &stream(6, letters), tail].concat()
}

fn pdf_seeds() -> Vec<Vec<u8>> {
    let drawn = "BT /F 10 Tf 50 700 Td (Name: Asha Devi) Tj 0 -20 Td [(Mobile: 98290) -20 (11223)] TJ \
        1 0 0 1 50 600 Tm (b) ' ET q 1 0 0 1 0 0 cm Q";
    let whole = page(drawn.as_bytes(), b"");
    let letters = "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> \
        endcodespacerange 1 beginbfrange <20> <7e> <0020> endbfrange 1 beginbfchar <41> <0041> \
        endbfchar endcmap";
    let form = "1 0 obj<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[7 0 R]>>>>endobj \
        2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj \
        3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Annots[8 0 R]>>endobj \
        7 0 obj<</T(Mobile)/V(9829011223)>>endobj 8 0 obj<</Subtype/Text/Contents(Mobile 9829011223)>>\
        endobj trailer<</Root 1 0 R/Info<</Author(Asha Devi)>>>>";
    vec![seed(0, &whole[9..]), seed(0, form), seed(1, drawn), seed(2, letters)]
}

/// The list of types, where the workbook is, and the list of its sheets, of which there is one.
const TYPES: (&str, &[u8]) = ("[Content_Types].xml", b"<Types/>");
const PLACE: &[u8] =
    b"<Relationships><Relationship Id='rId1' Target='xl/workbook.xml' Type='http://\
    schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument'/></Relationships>";
const BOOK: &[u8] = b"<workbook xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/\
    relationships'><sheets><sheet name='a' sheetId='1' r:id='rId1'/></sheets></workbook>";
const LINKS: &[u8] = b"<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/\
    relationships'><Relationship Id='rId1' Type='http://schemas.openxmlformats.org/officeDocument/\
    2006/relationships/worksheet' Target='worksheets/sheet1.xml'/></Relationships>";
const SHEET: &[u8] =
    b"<worksheet><sheetData><row r='1'><c r='A1' t='inlineStr'><is><t>Mobile</t></is>\
    </c><c r='B1' t='s'><v>0</v></c></row><row r='2'><c r='A2'><v>9829011223</v></c>\
    <c r='B2' s='1'><v>44197</v></c></row></sheetData></worksheet>";
const STRINGS: &[u8] =
    b"<sst><si><t>Name</t></si><si><r><t>Asha </t></r><r><t>Devi</t></r></si></sst>";
const OPEN_SHEET: &[u8] = b"<office:document-content><office:body><office:spreadsheet>\
    <table:table table:name='a'><table:table-row><table:table-cell office:value='9829011223'>\
    <text:p>9.8E9</text:p></table:table-cell><table:table-cell table:number-columns-repeated='9'/>\
    </table:table-row></table:table></office:spreadsheet></office:body></office:document-content>";

fn workbook(sheet: &[u8], strings: &[u8]) -> Vec<u8> {
    zip(&[
        TYPES,
        ("_rels/.rels", PLACE),
        ("xl/workbook.xml", BOOK),
        ("xl/_rels/workbook.xml.rels", LINKS),
        ("xl/worksheets/sheet1.xml", sheet),
        ("xl/sharedStrings.xml", strings),
    ])
}

fn open_document(kind: &str, content: &[u8]) -> Vec<u8> {
    let kind = format!("application/vnd.oasis.opendocument.{kind}");
    zip(&[("mimetype", kind.as_bytes()), ("content.xml", content), ("meta.xml", b"<meta/>")])
}

/// A sheet (0), texts of its cells (1), a sheet of the open standard (2), a sheet of the binary kind
/// (3), a whole package (4), or a workbook of the old kind (5).
fn sheet(kind: u8, body: &[u8]) -> Vec<u8> {
    match kind % 6 {
        0 => workbook(body, STRINGS),
        1 => workbook(SHEET, body),
        2 => open_document("spreadsheet", body),
        3 => zip(&[TYPES, ("xl/workbook.bin", body), ("xl/worksheets/sheet1.bin", body)]),
        4 => [b"PK\x03\x04", body].concat(),
        _ if is_far_out(body) => Vec::new(),
        _ => [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", body].concat(),
    }
}

/// Whether an old workbook has a cell far out. Its reader lays out whatever lies between, which the
/// memory of a worker ends, and would end this as well.
fn is_far_out(body: &[u8]) -> bool {
    let begins = body.windows(2).enumerate().filter(|(_, kind)| *kind == [9, 8]);
    begins.take(16).any(|(at, _)| has_far_cell(&body[at..]))
}

/// Whether one of the records from here on is of such a cell.
fn has_far_cell(mut records: &[u8]) -> bool {
    const CELLS: [u16; 9] = [0x06, 0xbd, 0xd6, 0xfd, 0x203, 0x204, 0x205, 0x207, 0x27e];
    while let [kind, set, length, more, rest @ ..] = records {
        let kind = u16::from_le_bytes([*kind, *set]);
        if let [_, row, column, high, ..] = rest
            && CELLS.contains(&kind)
            && (*row > 1 || *high > 0 || *column > 64)
        {
            return true;
        }
        let length = usize::from(u16::from_le_bytes([*length, *more]));
        records = rest.get(length..).unwrap_or_default();
    }
    false
}

fn sheet_seeds() -> Vec<Vec<u8>> {
    let whole = workbook(SHEET, STRINGS);
    let old = include_bytes!("../extract/list.xls");
    vec![
        seed(0, SHEET),
        seed(1, STRINGS),
        seed(2, OPEN_SHEET),
        seed(4, &whole[4..]),
        seed(5, &old[8..]),
    ]
}

const WORDS: &str = "<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'>\
    <w:body><w:p><w:r><w:t>Name: As</w:t></w:r><w:r><w:t>ha Devi</w:t></w:r></w:p><w:tbl><w:tr><w:tc>\
    <w:p><w:r><w:t>Mobile</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>9829011223</w:t></w:r></w:p>\
    </w:tc></w:tr></w:tbl><w:del w:author='x'><w:r><w:delText>a</w:delText></w:r></w:del></w:body>\
    </w:document>";
const SLIDE: &str = "<p:sld xmlns:p='http://schemas.openxmlformats.org/presentationml/2006/main'>\
    <a:p><a:r><a:t>Mobile: 9829011223</a:t></a:r></a:p></p:sld>";
const OPEN_TEXT: &str = "<office:document-content><text:h>Name: Asha Devi</text:h><text:p>Mobile:<text:s/>\
    9829011223<text:line-break/></text:p><office:annotation><dc:creator>x</dc:creator>\
    </office:annotation></office:document-content>";
const OUTSIDE: &str = "<Relationships><Relationship Id='1' TargetMode='External' \
    Target='mailto:asha.devi@gmail.com'/></Relationships>";
const ABOUT: &str = "<cp:coreProperties><dc:creator>Asha Devi</dc:creator><mobile>9829011223</mobile>\
    </cp:coreProperties>";

/// A letter (0), a slide (1), a letter of the open standard (2), links (3), properties (4), a whole
/// package (5), or a document of before there were packages (6).
fn office(kind: u8, body: &[u8]) -> Vec<u8> {
    match kind % 7 {
        0 => zip(&[TYPES, ("word/document.xml", body)]),
        1 => zip(&[TYPES, ("ppt/slides/slide1.xml", body)]),
        2 => open_document("text", body),
        3 => zip(&[TYPES, ("word/_rels/document.xml.rels", body)]),
        4 => zip(&[TYPES, ("docProps/core.xml", body)]),
        5 => [b"PK\x03\x04", body].concat(),
        _ => {
            let name = b"W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0\0\0";
            [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", &[0; 120][..], name, body].concat()
        }
    }
}

fn office_seeds() -> Vec<Vec<u8>> {
    let whole = zip(&[TYPES, ("word/document.xml", WORDS.as_bytes()), ("word/media/a", LETTER)]);
    let old: Vec<_> =
        "Name: आशा देवी\rMobile: 9829011223\r".encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        seed(0, WORDS),
        seed(1, SLIDE),
        seed(2, OPEN_TEXT),
        seed(3, OUTSIDE),
        seed(4, ABOUT),
        seed(5, &whole[4..]),
        seed(6, old),
    ]
}

fn html(_: u8, body: &[u8]) -> Vec<u8> {
    [b"<!DOCTYPE html>", body].concat()
}

fn html_seeds() -> Vec<Vec<u8>> {
    vec![
        seed(
            0,
            "<table><tr><th>Name<th>Mobile<tr><td>Asha&nbsp;Devi<td>98290&#x31;<b>1223</b></table>",
        ),
        seed(
            0,
            "<input name=mobile value='9829011223'><!-- Mobile: 9829011223 --><br>\r\n<p data-x='&amp;'>",
        ),
        seed(
            0,
            "<a href='tel:9829011223?a=b&c=d'>x</a><script>a = '9829011223';</script><textarea>&lt",
        ),
    ]
}

fn xml(kind: u8, body: &[u8]) -> Vec<u8> {
    if kind.is_multiple_of(2) { [b"<?xml version='1.0'?>", body].concat() } else { body.to_vec() }
}

fn xml_seeds() -> Vec<Vec<u8>> {
    let people = "<l><p name='Asha&#x20;Devi &amp;'><mobile>9829011223</mobile></p><p><name>R&#97;vi</name>\
        <mobile><![CDATA[9829011334]]></mobile></p><!-- x --></l>";
    let sheet = "<Workbook><Table><Row><Cell><Data>Mobile</Data></Cell></Row><Row><Cell><Data>9829011223\
        </Data></Cell></Row></Table></Workbook>";
    let own = "<!DOCTYPE a [<!ENTITY e 'ha'>]><a><mobile>9829011223</mobile>&e;</a>";
    vec![seed(0, people), seed(0, sheet), seed(0, own), seed(1, people)]
}

/// What is behind the head of a message (0), a whole one (1), or a box of them (2).
fn mail(kind: u8, body: &[u8]) -> Vec<u8> {
    match kind % 3 {
        0 => [b"From: a@b.example\nTo: c\nSubject: d\nMIME-Version: 1.0\n", body].concat(),
        1 => body.to_vec(),
        _ => [b"From a\nFrom: a\nTo: b\nSubject: c\n", body].concat(),
    }
}

fn mail_seeds() -> Vec<Vec<u8>> {
    let parts = "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\
        Content-Transfer-Encoding: quoted-printable\n\nMobile: 98290=\n11223 =E0=A4=86\n--b\n\
        Content-Type: text/html\n\n<p>Mobile: 9829011223\n--b\nContent-Type: application/json\n\
        Content-Disposition: attachment; filename=a.json\nContent-Transfer-Encoding: base64\n\n\
        eyJtb2JpbGUiOiA5ODI5MDExMjIzfQ==\n--b\nContent-Type: message/rfc822\n\nFrom: a\n\
        Subject: =?UTF-8?Q?a=20b?=\n\nMobile: 9829011223\n--b--\n";
    let whole = "Received: x\nFrom: Asha <a@b.example>, =?UTF-8?B?4KSG?= <c@d.example>\n\n\
        Name: Asha Devi\nMobile: 9829011223\n";
    let list =
        "\nMobile: 9829011223\n\n\nFrom b\nFrom: b\nTo: c\nSubject: d\n\nMobile: 9829011334\n";
    vec![seed(0, parts), seed(1, whole), seed(2, list)]
}

/// A dump (0), or rows that are copied (1).
fn sql(kind: u8, body: &[u8]) -> Vec<u8> {
    if kind.is_multiple_of(2) {
        [b"INSERT INTO a VALUES (1);\n", body].concat()
    } else {
        [b"COPY public.a (name, mobile) FROM stdin;\n", body].concat()
    }
}

fn sql_seeds() -> Vec<Vec<u8>> {
    let dump = "CREATE TABLE IF NOT EXISTS `p` (`name` varchar(9), mobile int(9), PRIMARY KEY (a));\n\
        /* x */ INSERT INTO p VALUES ('Asha D''S', 9829011223), (N'O\\'N', NULL), ((1), [a]);\n\
        -- Mobile: 9829011334\nUPDATE p SET a = 'b';\n";
    vec![seed(0, dump), seed(1, "Asha Devi\t9829011223\nRavi\\tKumar\t\\N\n\\.\nSELECT 1;\n")]
}

/// Values behind one (0), or a whole text (1).
fn json(kind: u8, body: &[u8]) -> Vec<u8> {
    if kind.is_multiple_of(2) { [b"{\"a\": 1}\n", body].concat() } else { [b"{\"", body].concat() }
}

fn json_seeds() -> Vec<Vec<u8>> {
    let people = r#"[{"name": "\u0041sha Devi", "mobile": 9829011223, "x": [1.50, -2e3, true, null]},
        {"a": {"mobile_no": "98290\n11334"}}, [["name", "mobile"], ["R", 9829011445.0]]]"#;
    vec![
        seed(0, people),
        seed(1, "name\": \"Asha Devi\", \"mobile\": \"9829011223\"} {\"b\": \"\\ud83d"),
    ]
}

/// A table with other signs between its cells, by the first byte.
fn csv(kind: u8, body: &[u8]) -> Vec<u8> {
    let heads =
        ["a^b\nc^d\n", "a~b\nc~d\n", "\"a\",\"b\nc\"\nd,e\nf,g\n", "'a','b'\n'c','d'\n", ""];
    [heads[usize::from(kind) % heads.len()].as_bytes(), body].concat()
}

fn csv_seeds() -> Vec<Vec<u8>> {
    vec![
        seed(0, "Name^Mobile\nAsha Devi^9829011223\nRavi^9829011334\n"),
        seed(1, "Name~Mobile\n\"Asha \"\"D\"\"\"~9829011223\nRavi~9829011334\n"),
        seed(2, "Name,Mobile\r\n\"Asha\r\nDevi\",\"9829011223\" x\r\nRavi,9829011334\r\n"),
        seed(3, "'Name','Mobile'\n'Asha D''S','9829011223'\n'Ravi','9829011334'\n"),
        seed(4, "Name\u{1}Mobile\nAsha Devi\u{1}9829011223\nRavi\u{1}9829011334\n"),
    ]
}

/// Bytes as they are (0), behind the mark of an encoding (1 to 5), or beside words of an old font (6).
fn encoding(kind: u8, body: &[u8]) -> Vec<u8> {
    let marks: [&[u8]; 7] = [
        b"",
        b"\xff\xfe",
        b"\xfe\xff",
        b"\xff\xfe\0\0",
        b"\0\0\xfe\xff",
        b"\xef\xbb\xbf",
        b"uke % vk'kk nsoh\neksckby % 9829011223\nirk % xzke jkeiqj] ftyk vtesj\nfirk dk uke % ",
    ];
    [marks[usize::from(kind % 7)], body].concat()
}

fn encoding_seeds() -> Vec<Vec<u8>> {
    let text = "Name: Asha Devi – नाम\nMobile: 9829011223\n";
    let wide = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<_>>();
    let wider =
        |bytes: fn(u32) -> [u8; 4]| text.chars().map(u32::from).flat_map(bytes).collect::<Vec<_>>();
    vec![
        seed(0, b"Name: Asha Devi \x96 caf\xe9\nMobile: 9829011223\n"),
        seed(0, wide(u16::to_le_bytes)),
        seed(1, wide(u16::to_le_bytes)),
        seed(2, wide(u16::to_be_bytes)),
        seed(3, wider(u32::to_le_bytes)),
        seed(4, wider(u32::to_be_bytes)),
        seed(5, text),
        seed(6, "Jh jke dqekj 'kekZ\n"),
    ]
}

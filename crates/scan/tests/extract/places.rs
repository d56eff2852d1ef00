//! Where what was found stands in the file that it was found in.

use proptest::prelude::*;
use scan::{
    Finding, Kind, Options,
    extract::{Limits, Source, Take, Unread, document},
};

use crate::texts::{DUMP, PAGE, utf16};

/// What is found in a document: its kind, its text, and its place with the encoding that was undone.
#[derive(Default)]
struct Places(Vec<Place>);

struct Place {
    kind: Kind,
    text: String,
    file: String,
    at: Option<(usize, usize)>,
    encoding: Option<&'static str>,
}

impl Take for Places {
    fn part(&mut self, path: &str, text: &str) {
        let found = scan::text(text, &Options::default()).findings;
        self.0.extend(found.iter().map(|one| Place {
            kind: one.kind,
            text: text[one.start..one.end].to_owned(),
            file: path.to_owned(),
            at: None,
            encoding: None,
        }));
    }

    fn traced(&mut self, _: &str, text: &str, source: &Source<'_>) {
        let found = scan::text(text, &Options::default()).findings;
        self.0.extend(found.iter().map(|one: &Finding| Place {
            kind: one.kind,
            text: text[one.start..one.end].to_owned(),
            file: source.file().to_owned(),
            at: source.place(one.start, one.end),
            encoding: source.encoding(),
        }));
    }

    fn unread(&mut self, path: &str, why: Unread) {
        panic!("{path}: {why}");
    }
}

fn places(bytes: &[u8]) -> Vec<Place> {
    let mut places = Places::default();
    document(bytes, Limits::default(), &mut places);
    places.0
}

/// Asserts that something of a kind is found, and is written like this where it is said to be.
#[track_caller]
fn assert_written(file: &str, kind: Kind, text: &str, written: &str) {
    let all = places(file.as_bytes());
    let found = all.iter().find(|one| one.kind == kind && one.text == text);
    let Some(found) = found else {
        panic!("no {kind} {text:?} among {:?}", all.iter().map(|one| &one.text).collect::<Vec<_>>())
    };
    assert_eq!((found.file.as_str(), found.encoding), ("", None));
    let (start, end) = found.at.expect("it stands in the file");
    assert_eq!(&file[start..end], written);
}

#[test]
fn values_of_json_stand_between_their_quotes() {
    let file = r#"{"people": [{"name": "Asha Devi", "mobile": 9829011223, "x": [1, 2]},
        {"name": "\u0906\u0936\u093e \u0926\u0947\u0935\u0940", "mobile": "98290\u002011334"}]}"#;
    assert_written(file, Kind::Name, "Asha Devi", "Asha Devi");
    assert_written(file, Kind::Mobile, "9829011223", "9829011223");
    assert_written(file, Kind::Mobile, "98290 11334", "98290\\u002011334");
    let name = "\\u0906\\u0936\\u093e \\u0926\\u0947\\u0935\\u0940";
    assert_written(file, Kind::Name, "आशा देवी", name);
}

#[test]
fn what_follows_json_that_breaks_off_stands_where_it_is() {
    let torn =
        r#"[{"name": "Asha Devi", "mobile": "9829011223"}, {"mobile": "9829011334", "b": "x"#;
    assert_written(torn, Kind::Mobile, "9829011223", "9829011223");
    assert_written(torn, Kind::Mobile, "9829011334", "9829011334");
    let torn = r#"{"a": "x"} mobile: 9829011334 "#;
    assert_written(torn, Kind::Mobile, "9829011334", "9829011334");
}

#[test]
fn rows_of_dumps_stand_in_the_dump() {
    assert_written(DUMP, Kind::Mobile, "9829011223", "9829011223");
    assert_written(DUMP, Kind::Name, "Asha Devi", "Asha Devi");
    assert_written(DUMP, Kind::Mobile, "9829011334", "9829011334");
    let quoted = "INSERT INTO people (name, mobile) VALUES ('Asha D''Souza', '9829011223'),\n\
        ('Ravi D\\'Souza', '98290\\t11334');\n";
    assert_written(quoted, Kind::Name, "Asha D'Souza", "Asha D''Souza");
    assert_written(quoted, Kind::Name, "Ravi D'Souza", "Ravi D\\'Souza");
    assert_written(quoted, Kind::Mobile, "98290 11334", "98290\\t11334");
    let copy = "COPY public.people (id, name, mobile) FROM stdin;\n\
        1\tAsha Devi\t9829011223\n2\tRavi\\tKumar\t9829011334\n\\.\n";
    assert_written(copy, Kind::Name, "Ravi Kumar", "Ravi\\tKumar");
    assert_written(copy, Kind::Mobile, "9829011334", "9829011334");
}

#[test]
fn text_of_pages_and_of_xml_stands_between_its_tags() {
    assert_written(PAGE, Kind::Name, "Asha Devi", "Asha&nbsp;Devi");
    assert_written(PAGE, Kind::Mobile, "9829011223", "98290<b>11223");
    assert_written(PAGE, Kind::Mobile, "9829011334", "9829011334");
    let form = "<html><body><p>x</p><input name=\"mobile_no\" value='98290&#32;11223'>\
        <!-- Name: Ravi Kumar, Mobile: 9829011334 --><a href='tel:9829011445'>call</a></body></html>";
    assert_written(form, Kind::Mobile, "98290 11223", "98290&#32;11223");
    assert_written(form, Kind::Name, "Ravi Kumar", "Ravi Kumar");
    assert_written(form, Kind::Mobile, "9829011334", "9829011334");
    let xml = "<?xml version='1.0'?><list><p name='Asha&#x20;Devi'><mobile>9829011223</mobile></p>\
        <p><name>R&#x61;vi Kumar</name><mobile><![CDATA[9829011334]]></mobile></p></list>";
    assert_written(xml, Kind::Name, "Asha Devi", "Asha&#x20;Devi");
    assert_written(xml, Kind::Mobile, "9829011223", "9829011223");
    assert_written(xml, Kind::Name, "Ravi Kumar", "R&#x61;vi Kumar");
    assert_written(xml, Kind::Mobile, "9829011334", "9829011334");
}

#[test]
fn cells_of_tables_that_are_written_anew_stand_in_the_old_one() {
    let lines = "Name,Mobile,Remarks\r\n\"Asha \"\"D\"\" Devi\",\"9829011223\",\"one\r\ntwo\"\r\n\
        Ravi Kumar,9829011334,\"a, b\"\r\n";
    assert_written(lines, Kind::Mobile, "9829011223", "9829011223");
    assert_written(lines, Kind::Mobile, "9829011334", "9829011334");
    assert_written(lines, Kind::Name, "Asha 'D' Devi", "Asha \"\"D\"\" Devi");
    assert_written(lines, Kind::Name, "Ravi Kumar", "Ravi Kumar");
    let carets = "Name^Mobile\nAsha Devi^9829011223\nRavi Kumar^9829011334\n";
    assert_written(carets, Kind::Mobile, "9829011334", "9829011334");
}

#[test]
fn messages_are_told_by_their_places_where_they_are_written_as_they_read() {
    let mail = "From: Asha Devi <asha.devi@gmail.example>\r\nTo: b@c.example\r\n\
        Subject: =?UTF-8?Q?Mobile_9829011445?=\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=b\r\n\r\n\
        --b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nName: Asha Devi\r\nMobile: 9829011223\r\n\
        --b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\
        \r\n\r\nName: Ravi Kumar\r\nMobile: 98290=\r\n11334\r\n\
        --b\r\nContent-Type: text/html\r\n\r\n<p>Mobile: 9829011556</p>\r\n--b--\r\n";
    assert_written(mail, Kind::Email, "asha.devi@gmail.example", "asha.devi@gmail.example");
    assert_written(mail, Kind::Mobile, "9829011223", "9829011223");
    assert_written(mail, Kind::Mobile, "9829011334", "98290=\r\n11334");
    assert_written(mail, Kind::Mobile, "9829011556", "9829011556");
    assert_written(mail, Kind::Mobile, "9829011445", "=?UTF-8?Q?Mobile_9829011445?=");
    let packed = mail.replace("Mobile: 9829011223", "TW9iaWxlOiA5ODI5MDExMjIz");
    let packed = packed.replacen(
        "utf-8\r\n\r\nName: Asha Devi\r\n",
        "utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n",
        1,
    );
    let found = places(packed.as_bytes());
    let found = found.iter().find(|one| one.text == "9829011223").expect("it is found");
    assert_eq!(found.at, None, "it is not written there");
    let boxed =
        format!("From a\n{mail}\n\nFrom b\nFrom: b\nTo: c\nSubject: d\n\nMobile: 9829011667\n");
    assert_written(&boxed, Kind::Mobile, "9829011667", "9829011667");
    assert_written(&boxed, Kind::Mobile, "9829011556", "9829011556");
}

#[test]
fn offsets_count_the_mark_of_a_file_and_else_its_letters_in_utf_8() {
    let text = "\u{feff}नाम: आशा देवी\nमोबाइल: 9829011223\n";
    assert_written(text, Kind::Mobile, "9829011223", "9829011223");
    let bare = text.trim_start_matches('\u{feff}');
    for (bytes, name) in [
        (utf16(text, u16::to_le_bytes), "UTF-16LE"),
        (utf16(bare, u16::to_be_bytes), "UTF-16BE"),
        ([bare.repeat(3).as_bytes(), b"\xe0"].concat(), "UTF-8"),
    ] {
        let found = places(&bytes);
        let mobile = found.iter().find(|one| one.kind == Kind::Mobile).expect("it is found");
        let (start, end) = mobile.at.expect("it stands in the file");
        assert_eq!((&bare[start..end], mobile.encoding), ("9829011223", Some(name)));
    }
    let latin = b"Name: Asha Devi \x96 caf\xe9\nMobile: 9829011223\n";
    let found = places(latin);
    let mobile = found.iter().find(|one| one.kind == Kind::Mobile).expect("it is found");
    assert_eq!(mobile.encoding, Some("windows-1252"));
}

#[test]
fn words_of_a_legacy_font_stand_where_they_are_drawn() {
    let text = "uke % vk'kk nsoh\neksckby % 9829011223\nirk % xzke jkeiqj] ftyk vtesj\n\
        firk dk uke % Jh jke dqekj 'kekZ\n";
    assert_written(text, Kind::Name, "आशा देवी", "vk'kk nsoh");
    assert_written(text, Kind::Mobile, "9829011223", "9829011223");
}

/// A value as JSON may have it: some of its letters escaped.
fn escaped(value: &str, which: &[bool]) -> String {
    let letters = value.chars().zip(which.iter().cycle());
    letters
        .map(
            |(letter, escape)| {
                if *escape { format!("\\u{:04x}", u32::from(letter)) } else { letter.into() }
            },
        )
        .collect()
}

proptest! {
    /// Whatever is escaped, what stands at the place of a finding reads as what was found.
    #[test]
    fn what_stands_there_is_what_was_found(
        which in proptest::collection::vec(any::<bool>(), 1..12),
        number in 6_000_000_000_u64..9_999_999_999,
        before in "[a-z \u{e0}-\u{ff}\u{915}-\u{939}]{0,9}",
    ) {
        let (name, mobile) = ("Asha D'Souza", number.to_string());
        let json = format!(
            r#"{{"note": "{before}", "name": "{}", "mobile": "{}"}}"#,
            escaped(name, &which), escaped(&mobile, &which),
        );
        for one in places(json.as_bytes()) {
            let (start, end) = one.at.expect("it stands in the file");
            let written = format!("\"{}\"", &json[start..end]);
            prop_assert_eq!(serde_json::from_str::<String>(&written).ok(), Some(one.text));
        }
        let dump = format!(
            "INSERT INTO t (note, name, mobile) VALUES ('{before}', '{}', '{mobile}');\n",
            name.replace('\'', "''"),
        );
        for one in places(dump.as_bytes()) {
            let (start, end) = one.at.expect("it stands in the file");
            prop_assert_eq!(dump[start..end].replace("''", "'"), one.text);
        }
        let page = format!("<html><p>{before}<p>Name: Asha &amp; Devi&nbsp;<p>Mobile: {mobile}");
        for one in places(page.as_bytes()) {
            let (start, end) = one.at.expect("it stands in the file");
            prop_assert_eq!(page[start..end].replace("&amp;", "&"), one.text);
        }
    }
}

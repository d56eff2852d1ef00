//! What is in a PDF file beside its pages: fields of forms, notes, properties, attached files.

use hayro_syntax::{
    Pdf,
    object::{Array, Dict, Object, Stream, String as Text},
    page::Page,
};

use super::{
    super::{Unread, Work, encoding, grid, xml},
    page::annotations,
    string,
};

/// Fields, names and files that are looked at.
const MOST: usize = 50_000;
/// Steps down a tree of them.
const DEEPEST: usize = 32;

/// Reads all of it.
pub(super) fn read(work: &mut Work<'_>, pdf: &Pdf) {
    let xref = pdf.xref();
    let root: Dict<'_> = xref.get(xref.root_id()).unwrap_or_default();
    properties(work, pdf, &root);
    if let Some(form) = root.get::<Dict<'_>>("AcroForm") {
        fields(work, &form);
    }
    let files = root.get::<Dict<'_>>("Names").and_then(|names| names.get("EmbeddedFiles"));
    let mut left = MOST;
    if let Some(tree) = files {
        attached(work, &tree, 0, &mut left);
    }
    for page in pdf.pages().iter() {
        for note in annotations(page) {
            if let Some(file) = note.get::<Dict<'_>>("FS") {
                attach(work, &file);
            }
        }
    }
}

fn properties(work: &mut Work<'_>, pdf: &Pdf, root: &Dict<'_>) {
    let mut page = grid::Page::new(work.limits.text);
    let said = pdf.metadata();
    for (label, value) in [
        ("Title", &said.title),
        ("Author", &said.author),
        ("Subject", &said.subject),
        ("Keywords", &said.keywords),
        ("Creator", &said.creator),
    ] {
        page.pair(label, &value.as_deref().map(string).unwrap_or_default());
    }
    if let Some(packet) = root.get::<Stream<'_>>("Metadata")
        && let Ok(packet) = packet.decoded_data()
        && let Some(packet) = encoding::decode(&packet)
    {
        let (more, _) = xml::records(&packet, work.limits.text);
        page.record();
        page.push(more.text());
    }
    work.within("properties", |work| work.finish(&page));
}

fn fields(work: &mut Work<'_>, form: &Dict<'_>) {
    let mut page = grid::Page::new(work.limits.text);
    let mut ahead: Vec<(Dict<'_>, String, usize)> = Vec::new();
    let list = form.get::<Array<'_>>("Fields");
    ahead.extend(list.iter().flat_map(Array::iter::<Dict<'_>>).map(|d| (d, String::new(), 0)));
    ahead.truncate(MOST);
    ahead.reverse();
    let mut left = MOST;
    while let Some((field, above, depth)) = ahead.pop() {
        if left == 0 {
            break;
        }
        left -= 1;
        let own = field.get::<Text<'_>>("T").map(|name| string(name.as_bytes()));
        let label = own.unwrap_or(above);
        if let Some(value) = field.get::<Object<'_>>("V") {
            page.pair(&label, &said(value));
        }
        if depth < DEEPEST
            && let Some(kids) = field.get::<Array<'_>>("Kids")
        {
            let kids: Vec<_> = kids.iter::<Dict<'_>>().take(left).collect();
            ahead.extend(kids.into_iter().rev().map(|kid| (kid, label.clone(), depth + 1)));
        }
    }
    packets(form, &mut page);
    work.within("form", |work| work.finish(&page));
}

/// A form that is written in XML beside.
fn packets(form: &Dict<'_>, page: &mut grid::Page) {
    let streams = match form.get::<Object<'_>>("XFA") {
        Some(Object::Stream(stream)) => vec![stream],
        Some(Object::Array(list)) => {
            list.iter::<Object<'_>>().filter_map(Object::into_stream).collect()
        }
        _ => Vec::new(),
    };
    let packets = streams.iter().filter_map(|stream| stream.decoded_data().ok());
    let packets: Vec<u8> = packets.flat_map(std::borrow::Cow::into_owned).collect();
    if let Some(text) = encoding::decode(&packets).filter(|_| !packets.is_empty()) {
        let (more, _) = xml::records(&text, page.limit());
        page.record();
        page.push(more.text());
    }
}

/// What a field is filled with.
fn said(value: Object<'_>) -> String {
    match value {
        Object::String(text) => string(text.as_bytes()),
        Object::Name(name) => name.as_str().to_owned(),
        Object::Stream(stream) => {
            stream.decoded_data().map(|text| string(&text)).unwrap_or_default()
        }
        Object::Array(list) => {
            let texts = list.iter::<Text<'_>>().map(|text| string(text.as_bytes()));
            texts.collect::<Vec<_>>().join(", ")
        }
        _ => String::new(),
    }
}

/// What notes on a page say, and where its links lead.
pub(super) fn notes(page: &Page<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    for note in annotations(page) {
        for key in ["Contents", "T"] {
            let is_field = note.contains_key("FT") || note.contains_key("Parent");
            if let Some(text) = note.get::<Text<'_>>(key).filter(|_| !is_field) {
                notes.push(string(text.as_bytes()));
            }
        }
        let link = note.get::<Dict<'_>>("A").and_then(|action| action.get::<Text<'_>>("URI"));
        if let Some(link) = link {
            notes.push(string(link.as_bytes()).trim_start_matches("mailto:").to_owned());
        }
    }
    notes
}

/// Reads the files in a tree of names.
fn attached(work: &mut Work<'_>, tree: &Dict<'_>, depth: usize, left: &mut usize) {
    if let Some(names) = tree.get::<Array<'_>>("Names") {
        for file in names.iter::<Object<'_>>().filter_map(Object::into_dict) {
            if *left == 0 {
                return;
            }
            *left -= 1;
            attach(work, &file);
        }
    }
    if let Some(kids) = tree.get::<Array<'_>>("Kids").filter(|_| depth < DEEPEST) {
        for kid in kids.iter::<Dict<'_>>() {
            if *left == 0 {
                return;
            }
            *left -= 1;
            attached(work, &kid, depth + 1, left);
        }
    }
}

fn attach(work: &mut Work<'_>, file: &Dict<'_>) {
    let name = file.get::<Text<'_>>("UF").or_else(|| file.get::<Text<'_>>("F"));
    let name = name.map_or_else(|| "attachment".to_owned(), |name| string(name.as_bytes()));
    let stream = file
        .get::<Dict<'_>>("EF")
        .and_then(|of| of.get::<Stream<'_>>("UF").or_else(|| of.get::<Stream<'_>>("F")));
    let Some(stream) = stream else { return };
    if let Ok(bytes) = stream.decoded_data() {
        work.unpack_inside(&name, &bytes[..]);
    } else {
        work.within(&name, |work| work.unread(Unread::Malformed));
    }
}

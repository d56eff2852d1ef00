//! Office documents that are ZIP files: DOCX, PPTX, XLSX, XLSB, ODT, ODS, ODP.
//!
//! Read are text, tables, headers, footers, notes, comments, what was deleted with its changes
//! tracked, properties, links, and what is embedded. Fonts, styles, programs and previews are not.

mod writer;

use std::io::{Cursor, Read, sink};

use zip::{ZipArchive, read::ZipFile};

use super::{Unread, Work, encoding, flow::Flow, name_of, workbook, xml};
use writer::Writer;

type Package<'b> = ZipArchive<Cursor<&'b [u8]>>;

/// What a package holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Of Microsoft's kind.
    Open { sheets: Option<workbook::Kind> },
    /// Of the open standard's.
    Document { sheets: bool },
}

/// What a ZIP file is, if it is an office document.
pub(super) fn kind(package: &mut Package<'_>) -> Option<Kind> {
    let mut said = String::new();
    if let Ok(name) = package.by_name("mimetype") {
        let _ = name.take(128).read_to_string(&mut said);
    }
    if let Some(kind) = said.strip_prefix("application/vnd.oasis.opendocument.") {
        return Some(Kind::Document { sheets: kind.starts_with("spreadsheet") });
    }
    package.index_for_name("[Content_Types].xml")?;
    let has = |name: &str| package.index_for_name(name).is_some();
    let sheets = match () {
        () if has("xl/workbook.bin") => Some(workbook::Kind::Xlsb),
        () if has("xl/workbook.xml") => Some(workbook::Kind::Xlsx),
        () => None,
    };
    Some(Kind::Open { sheets })
}

/// Reads an office document.
pub(super) fn read(work: &mut Work<'_>, bytes: &[u8], package: &mut Package<'_>, kind: Kind) {
    if let Kind::Open { sheets: Some(sheets) } = kind {
        if is_bounded(work, package) {
            workbook::read(work, bytes, sheets);
        } else {
            work.unread(Unread::TooLarge);
        }
    }
    for place in 0..package.len() {
        let Ok(part) = package.by_index(place) else {
            work.unread(Unread::Malformed);
            continue;
        };
        if !member(work, part, kind) {
            return;
        }
    }
}

/// Whether a workbook, which is unpacked as a whole, unpacks to what may be held.
fn is_bounded(work: &Work<'_>, package: &mut Package<'_>) -> bool {
    let mut left = work.limits.member.min(work.limits.unpacked - work.unpacked);
    for place in 0..package.len() {
        let Ok(part) = package.by_index(place) else { continue };
        let size = std::io::copy(&mut part.take(left + 1), &mut sink()).unwrap_or(0);
        match left.checked_sub(size) {
            Some(rest) => left = rest,
            None => return false,
        }
    }
    true
}

/// What is done with a part.
enum Use {
    Text,
    Records,
    Links,
    Inside,
    Nothing,
}

fn member(work: &mut Work<'_>, part: ZipFile<'_, Cursor<&[u8]>>, kind: Kind) -> bool {
    let name = name_of(part.name_raw()).into_owned();
    let what = match kind {
        Kind::Open { .. } => of_open(&name),
        Kind::Document { .. } => of_document(&name),
    };
    if part.is_dir() || matches!(what, Use::Nothing) {
        return true;
    }
    if matches!(what, Use::Inside) {
        return work.unpack_inside(&name, part);
    }
    let (bytes, broken) = work.unpack(part);
    let text = encoding::decode(&bytes).unwrap_or_default();
    let split = matches!(kind, Kind::Document { sheets: true }) && name == "content.xml";
    let sealed = name == "META-INF/manifest.xml" && text.contains("encryption-data");
    if sealed {
        work.unread(Unread::Encrypted);
    }
    let more = match what {
        Use::Text if split => sheets(work, &text),
        Use::Text => work.within(&name, |work| flowing(work, &text)),
        Use::Links => work.within(&name, |work| links(work, &text)),
        Use::Records => work.within(&name, |work| {
            let (page, _) = xml::records(&text, work.limits.text);
            work.finish(&page);
        }),
        Use::Inside | Use::Nothing => true,
    };
    if let Some(why) = broken {
        work.within(&name, |work| work.unread(why));
    }
    more
}

fn of_open(name: &str) -> Use {
    let file = name.rsplit('/').next().unwrap_or(name);
    let kind = file.rsplit('.').next().unwrap_or_default();
    let stem = file.trim_end_matches(".xml").trim_end_matches(|c: char| c.is_ascii_digit());
    let shapes = [
        "styles",
        "theme",
        "settings",
        "webSettings",
        "fontTable",
        "numbering",
        "sheet",
        "sharedStrings",
        "calcChain",
        "presProps",
        "viewProps",
        "tableStyles",
        "metadata",
        "[Content_Types]",
        "stylesWithEffects",
        "printerSettings",
    ];
    match () {
        () if kind == "rels" => Use::Links,
        () if name.starts_with("xl/worksheets/sheet") || shapes.contains(&stem) => Use::Nothing,
        () if name.starts_with("docProps/thumbnail") => Use::Nothing,
        () if name.contains("/media/") || name.contains("/embeddings/") => Use::Inside,
        () if name.contains("slideMasters") || name.contains("slideLayouts") => Use::Nothing,
        () if name.starts_with("docProps/") || name.starts_with("customXml/") => Use::Records,
        () if name.contains("pivotCache") && kind == "xml" => Use::Records,
        () if kind == "xml" || kind == "vml" => Use::Text,
        () => Use::Nothing,
    }
}

fn of_document(name: &str) -> Use {
    match name {
        "content.xml" | "styles.xml" => Use::Text,
        "meta.xml" | "META-INF/manifest.xml" => Use::Records,
        _ if name.starts_with("Pictures/") => Use::Inside,
        _ if name.ends_with("/content.xml") => Use::Text,
        _ => Use::Nothing,
    }
}

/// Links that lead out of the document.
fn links(work: &mut Work<'_>, text: &str) {
    let mut flow = Flow::new(work.limits.text);
    xml::walk(text, |token| {
        let xml::Token::Open(_, attributes) = token else { return };
        let value = |name: &str| attributes.iter().find(|(other, _)| other == name);
        let outside = value("TargetMode").is_some_and(|(_, mode)| **mode == *"External");
        if let Some((_, target)) = value("Target").filter(|_| outside) {
            flow.pair("", target.trim_start_matches("mailto:"));
        }
    });
    let page = flow.end();
    work.finish(&page);
}

/// Text that flows, with its tables.
fn flowing(work: &mut Work<'_>, text: &str) {
    let mut writer = Writer::new(work.limits.text);
    let whole = xml::walk(text, |token| writer.take(&token));
    let page = writer.flow.end();
    work.finish(&page);
    if !whole {
        work.unread(Unread::Malformed);
    }
}

/// The sheets of a spreadsheet of the open standard, each a part.
fn sheets(work: &mut Work<'_>, text: &str) -> bool {
    let limit = work.limits.text;
    let (mut writer, mut name, mut depth, mut more) = (Writer::new(limit), None, 0_usize, true);
    let mut finish = |work: &mut Work<'_>, name: &Option<String>, writer: Writer| {
        let page = writer.flow.end();
        more = more && work.within(name.as_deref().unwrap_or("content.xml"), |w| w.finish(&page));
    };
    let whole = xml::walk(text, |token| {
        if let xml::Token::Open("table", attributes) = &token {
            if depth == 0 {
                finish(work, &name, std::mem::replace(&mut writer, Writer::new(limit)));
                name =
                    attributes.iter().find(|(name, _)| name == "name").map(|(_, v)| v.to_string());
            }
            depth += 1;
        }
        writer.take(&token);
        if let xml::Token::Close("table") = token {
            depth = depth.saturating_sub(1);
        }
    });
    finish(work, &name, writer);
    if !whole {
        work.unread(Unread::Malformed);
    }
    more
}

//! Documents of Microsoft's programs before 2007, which are small file systems: XLS by its cells,
//! all others (DOC, PPT, MSG) by the runs of text that lie in them.

use encoding_rs::WINDOWS_1252;

use super::{Unread, Work, grid::Page, workbook};

/// Fewest characters in a run that is read.
const SHORTEST: usize = 4;

/// Reads a document of the old kind.
pub(super) fn read(work: &mut Work<'_>, bytes: &[u8]) {
    if has_stream(bytes, "EncryptedPackage") {
        return work.unread(Unread::Encrypted);
    }
    let is_workbook = has_stream(bytes, "Workbook") || has_stream(bytes, "Book");
    if is_workbook && !has_stream(bytes, "WordDocument") && workbook::xls(work, bytes) {
        return;
    }
    let mut page = Page::new(work.limits.text);
    runs(bytes, &mut page);
    work.finish(&page);
    if is_workbook {
        work.unread(Unread::Malformed);
    }
}

/// Whether the folder of such a file has an entry of this name.
fn has_stream(bytes: &[u8], name: &str) -> bool {
    let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    entry.extend([0, 0]);
    // Entries lie at multiples of their length, which is 128.
    let mut found = memchr::memmem::find_iter(bytes, &entry).take(1000);
    found.any(|at| at % 128 == 0)
}

/// Writes each run of text: of two bytes a character where half of them are those of a script of
/// India or of Latin, else of one.
fn runs(bytes: &[u8], page: &mut Page) {
    let mut at = 0;
    while at < bytes.len() && !page.is_full() {
        let (wide, length) = wide(&bytes[at..]);
        if wide.chars().count() >= SHORTEST {
            push(&wide, page);
            at += length;
            continue;
        }
        let end = bytes[at..].iter().position(|byte| !is_narrow(*byte)).unwrap_or(bytes.len() - at);
        if end >= SHORTEST {
            push(&WINDOWS_1252.decode_without_bom_handling(&bytes[at..at + end]).0, page);
        }
        at += end.max(1);
    }
}

fn push(run: &str, page: &mut Page) {
    page.line();
    // Paragraphs end with a return, cells of a table with a bell.
    page.push(&run.replace(['\r', '\u{b}', '\u{c}'], "\n").replace('\u{7}', "\t"));
}

/// The run of two bytes a character from here on, and its length in bytes.
fn wide(bytes: &[u8]) -> (String, usize) {
    let (units, _) = bytes.as_chunks::<2>();
    let units = units.iter().map(|unit| u16::from_le_bytes(*unit));
    let run = units.take_while(|unit| {
        matches!(unit, 7 | 9..=13 | 0x20..=0x7e | 0xa0..=0xff | 0x900..=0xdff | 0x2010..=0x2026)
    });
    let text: String = run.filter_map(|unit| char::from_u32(u32::from(unit))).collect();
    let length = text.chars().count() * 2;
    (text, length)
}

fn is_narrow(byte: u8) -> bool {
    matches!(byte, 7 | 9..=13 | 0x20..=0x7e | 0x91..=0x97 | 0xa0..=0xff)
}

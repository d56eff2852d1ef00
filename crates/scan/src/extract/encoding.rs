//! Bytes as text, whatever their encoding.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// How much of a text is asked what its encoding is.
const HEAD: usize = 1 << 16;

/// A text whose encoding was undone.
pub(super) struct Undone<'b> {
    pub(super) text: Cow<'b, str>,
    /// What it was, if it is not these bytes as they are.
    pub(super) encoding: Option<&'static str>,
    /// How many of these bytes stand before it, if it is.
    pub(super) mark: usize,
}

/// The text, or nothing if these bytes are none.
pub(super) fn decode(bytes: &[u8]) -> Option<Cow<'_, str>> {
    undo(bytes).map(|undone| undone.text)
}

/// The text with its encoding, or nothing if these bytes are none.
pub(super) fn undo(bytes: &[u8]) -> Option<Undone<'_>> {
    let (mark, (text, encoding)) = match marked(bytes) {
        Some((mark, text)) => (mark, text),
        None => (0, unmarked(bytes)?),
    };
    Some(match text {
        Cow::Borrowed(_) => Undone { text, encoding: None, mark },
        Cow::Owned(_) => Undone { text, encoding: Some(encoding), mark: 0 },
    })
}

type Named<'b> = (Cow<'b, str>, &'static str);

fn unmarked(bytes: &[u8]) -> Option<Named<'_>> {
    let head = &bytes[..bytes.len().min(HEAD)];
    if head.contains(&0)
        && let Some(text) = wide(bytes)
    {
        return Some(text);
    }
    if is_binary(head) {
        return None;
    }
    Some(match str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), UTF_8.name()),
        Err(_) => narrow(bytes),
    })
}

/// A text that begins with a mark of its encoding, and the length of the mark.
fn marked(bytes: &[u8]) -> Option<(usize, Named<'_>)> {
    Some(match bytes {
        [0xff, 0xfe, 0, 0, rest @ ..] => (4, (utf32(rest, u32::from_le_bytes).into(), "UTF-32LE")),
        [0, 0, 0xfe, 0xff, rest @ ..] => (4, (utf32(rest, u32::from_be_bytes).into(), "UTF-32BE")),
        [0xff, 0xfe, rest @ ..] => (2, undone(UTF_16LE, rest)),
        [0xfe, 0xff, rest @ ..] => (2, undone(UTF_16BE, rest)),
        [0xef, 0xbb, 0xbf, rest @ ..] => (3, (String::from_utf8_lossy(rest), UTF_8.name())),
        _ => return None,
    })
}

fn undone<'b>(encoding: &'static Encoding, bytes: &'b [u8]) -> Named<'b> {
    (encoding.decode_without_bom_handling(bytes).0, encoding.name())
}

fn utf32(bytes: &[u8], number: fn([u8; 4]) -> u32) -> String {
    let (units, rest) = bytes.as_chunks::<4>();
    let broken = (!rest.is_empty()).then_some(char::REPLACEMENT_CHARACTER);
    let of = |unit: &[u8; 4]| char::from_u32(number(*unit)).unwrap_or(char::REPLACEMENT_CHARACTER);
    units.iter().map(of).chain(broken).collect()
}

/// A text of two or four bytes a character that does not say so: the order in which what it says is
/// words and not anything.
fn wide(bytes: &[u8]) -> Option<Named<'_>> {
    let head = &bytes[..bytes.len().min(HEAD) & !3];
    let little: fn([u8; 4]) -> u32 = u32::from_le_bytes;
    for (number, name) in [(little, "UTF-32LE"), (u32::from_be_bytes, "UTF-32BE")] {
        if is_text(&utf32(head, number)) {
            return Some((utf32(bytes, number).into(), name));
        }
    }
    for encoding in [UTF_16LE, UTF_16BE] {
        if is_text(&encoding.decode_without_bom_handling(head).0) {
            return Some(undone(encoding, bytes));
        }
    }
    None
}

/// Whether nearly all of it are characters that texts of India are written in.
fn is_text(text: &str) -> bool {
    let common = |c: &char| {
        matches!(*c, '\t' | '\n' | '\r' | ' '..='~' | '\u{a0}'..='\u{ff}')
            || matches!(*c, '\u{900}'..='\u{dff}' | '\u{2000}'..='\u{20ff}' | '\u{feff}')
            || matches!(*c, '\u{600}'..='\u{6ff}' | '\u{1c50}'..='\u{1c7f}' | '\u{abc0}'..='\u{abff}')
    };
    let all = text.chars().count();
    let good = text.chars().filter(common).count();
    all > 0 && good * 20 >= all * 19
}

/// Whether there is more that no text has than an odd character here and there. Some tables are
/// parted by control characters.
fn is_binary(head: &[u8]) -> bool {
    let strange = |byte: &&u8| matches!(**byte, 0 | 2..=8 | 11 | 14..=25 | 127);
    head.iter().filter(strange).count() * 200 > head.len()
}

/// A text of one byte a character, or of UTF-8 with faults.
fn narrow(bytes: &[u8]) -> Named<'_> {
    let head = &bytes[..bytes.len().min(HEAD)];
    let (mut broken, mut good) = (0, 0);
    for chunk in head.utf8_chunks() {
        broken += usize::from(!chunk.invalid().is_empty());
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
    }
    // The last character of the head may be cut.
    if good >= 10 * broken.saturating_sub(1) && good > 0 {
        return (String::from_utf8_lossy(bytes), UTF_8.name());
    }
    let encoding = declared(head).unwrap_or_else(|| guess(bytes));
    undone(encoding, bytes)
}

/// How much is asked for a guess: characters beyond ASCII may come late.
const GUESSED: usize = 1 << 20;

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let from = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(0);
    let part = &bytes[from..bytes.len().min(from + GUESSED)];
    detector.feed(part, true);
    detector.guess(Some(b"in"), Utf8Detection::Deny)
}

/// The encoding that the head of a page or of an XML file names.
fn declared(head: &[u8]) -> Option<&'static Encoding> {
    let head = &head[..head.len().min(1024)];
    let words: &[&[u8]] = &[b"charset=", b"encoding="];
    let at =
        words.iter().find_map(|word| memchr::memmem::find(head, word).map(|at| at + word.len()))?;
    let rest = head[at..].trim_ascii_start();
    let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
    let end = rest.iter().position(|byte| !byte.is_ascii_alphanumeric() && !b"-_".contains(byte));
    let encoding = Encoding::for_label(&rest[..end.unwrap_or(rest.len())])?;
    // What says UTF-8 and is not, does not know; two bytes a character would have shown.
    (encoding.is_single_byte() || encoding.is_ascii_compatible())
        .then_some(encoding)
        .filter(|encoding| *encoding != UTF_8)
}

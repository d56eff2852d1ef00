//! Bytes as text, whatever their encoding.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

/// How much of a text is asked what its encoding is.
const HEAD: usize = 1 << 16;

/// The text, or nothing if these bytes are none.
pub(super) fn decode(bytes: &[u8]) -> Option<Cow<'_, str>> {
    if let Some(text) = marked(bytes) {
        return Some(text);
    }
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
        Ok(text) => Cow::Borrowed(text),
        Err(_) => narrow(bytes),
    })
}

/// A text that begins with a mark of its encoding.
fn marked(bytes: &[u8]) -> Option<Cow<'_, str>> {
    Some(match bytes {
        [0xff, 0xfe, 0, 0, rest @ ..] => Cow::Owned(utf32(rest, u32::from_le_bytes)),
        [0, 0, 0xfe, 0xff, rest @ ..] => Cow::Owned(utf32(rest, u32::from_be_bytes)),
        [0xff, 0xfe, rest @ ..] => UTF_16LE.decode_without_bom_handling(rest).0,
        [0xfe, 0xff, rest @ ..] => UTF_16BE.decode_without_bom_handling(rest).0,
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest),
        _ => return None,
    })
}

fn utf32(bytes: &[u8], number: fn([u8; 4]) -> u32) -> String {
    let (units, rest) = bytes.as_chunks::<4>();
    let broken = (!rest.is_empty()).then_some(char::REPLACEMENT_CHARACTER);
    let of = |unit: &[u8; 4]| char::from_u32(number(*unit)).unwrap_or(char::REPLACEMENT_CHARACTER);
    units.iter().map(of).chain(broken).collect()
}

/// A text of two or four bytes a character that does not say so: the order in which what it says is
/// words and not anything.
fn wide(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let head = &bytes[..bytes.len().min(HEAD) & !3];
    for number in [u32::from_le_bytes, u32::from_be_bytes] {
        if is_text(&utf32(head, number)) {
            return Some(Cow::Owned(utf32(bytes, number)));
        }
    }
    for encoding in [UTF_16LE, UTF_16BE] {
        if is_text(&encoding.decode_without_bom_handling(head).0) {
            return Some(encoding.decode_without_bom_handling(bytes).0);
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
fn narrow(bytes: &[u8]) -> Cow<'_, str> {
    let head = &bytes[..bytes.len().min(HEAD)];
    let (mut broken, mut good) = (0, 0);
    for chunk in head.utf8_chunks() {
        broken += usize::from(!chunk.invalid().is_empty());
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
    }
    // The last character of the head may be cut.
    if good >= 10 * broken.saturating_sub(1) && good > 0 {
        return String::from_utf8_lossy(bytes);
    }
    let encoding = declared(head).unwrap_or_else(|| guess(bytes));
    encoding.decode_without_bom_handling(bytes).0
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
        .filter(|encoding| *encoding != encoding_rs::UTF_8)
}

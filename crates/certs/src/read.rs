//! Signed texts out of files: a text file, a PDF that this crate printed, or a picture of the QR
//! code. Pictures inside a PDF of others are not looked for.

mod image;

use crate::verify::MOST_TEXT;

/// Files beyond this size are not looked at.
///
/// # Units
///
/// Bytes: 32 MiB.
pub const MOST_BYTES: usize = 32 << 20;
/// The most certificates that are taken from one file: a family's, many times over.
const MOST_FOUND: usize = 100;
/// What a certificate begins with.
const BEGIN: &[u8] = b"HC1:";

/// What a QR code or a file holds.
///
/// # Privacy
///
/// A certificate tells a name: for whoever the holder showed it to. So it has no Debug.
#[derive(Clone, PartialEq, Eq)]
pub enum Payload {
    /// A text.
    Text(String),
    /// Bytes that are no text.
    Bytes(Vec<u8>),
}

/// The certificates in a file, each once, in order.
///
/// # Shape
///
/// Texts that begin with `HC1:` and go on with characters of base45; in a PNG or JPEG picture of up
/// to 24 megapixels, those of its QR codes.
pub fn certificates(bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = &bytes[..bytes.len().min(MOST_BYTES)];
    while found.len() < MOST_FOUND
        && let Some(place) = rest.windows(BEGIN.len()).position(|window| window == BEGIN)
    {
        let text = text_at(&rest[place..]);
        // Going on after the text, not inside it, keeps the work linear in the file.
        rest = &rest[place + text.len()..];
        keep(&mut found, text);
    }
    for text in image::texts(&bytes[..bytes.len().min(MOST_BYTES)]) {
        if text.as_bytes().starts_with(BEGIN) {
            keep(&mut found, text_at(text.as_bytes()));
        }
    }
    found
}

/// Keeps a text that is long enough to be a certificate and is not there yet.
fn keep(found: &mut Vec<String>, text: &[u8]) {
    let text = str::from_utf8(text).unwrap_or_default().trim_end();
    if text.len() > 20 && !found.iter().any(|known| known == text) {
        found.push(text.to_owned());
    }
}

/// The beginning mark and the characters of base45 that follow. Another such mark does not end
/// the text: one certificate in some thousands has those four characters inside.
fn text_at(bytes: &[u8]) -> &[u8] {
    let bytes = &bytes[..bytes.len().min(MOST_TEXT)];
    let end = bytes.iter().position(|byte| !is_base45(*byte));
    &bytes[..end.unwrap_or(bytes.len())]
}

const fn is_base45(byte: u8) -> bool {
    byte.is_ascii_uppercase()
        || byte.is_ascii_digit()
        || matches!(byte, b' ' | b'$' | b'%' | b'*' | b'+' | b'-' | b'.' | b'/' | b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "6BFOXN*TS0BI$ZD4N9:9S6R";

    #[test]
    fn texts_are_found_among_other_things() {
        let file = format!("noise HC1: short\nHC1:{BODY}\nagain HC1:{BODY} \n");
        assert_eq!(certificates(file.as_bytes()), [format!("HC1:{BODY}")]);
        assert!(certificates(b"").is_empty());
        assert!(certificates(b"HC1").is_empty());
    }

    #[test]
    fn a_certificate_that_looks_like_two_stays_whole() {
        let text = format!("HC1:{BODY}HC1:{BODY}");
        assert_eq!(certificates(text.as_bytes()), [text.as_str()]);
    }

    #[test]
    fn a_file_of_nothing_but_beginnings_takes_no_longer_than_its_size() {
        // Four MiB: quadratic work on it would take hours, and no clock is needed to see that.
        assert!(certificates(&BEGIN.repeat(1 << 20)).len() <= MOST_FOUND);
        assert!(certificates(&vec![b'A'; 4 << 20]).is_empty());
    }
}

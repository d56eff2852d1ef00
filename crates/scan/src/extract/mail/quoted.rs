//! Bodies of messages in which signs beyond ASCII are written as `=C3=A9` and long lines broken.

use super::super::trace::{Piece, Traced};

/// The text, in UTF-8, of what is written from an offset of the message on.
pub(super) fn undone(written: &[u8], from: usize) -> Option<Traced> {
    let (mut bytes, mut places) = (Vec::new(), Vec::new());
    let mut at = 0;
    while let Some(byte) = written.get(at) {
        let (value, length) = match (byte, &written[at + 1..]) {
            (b'=', [b'\n', ..]) => (None, 2),
            (b'=', [b'\r', b'\n', ..]) => (None, 3),
            (b'=', [high, low, ..]) => (Some((number(*high)? << 4) | number(*low)?), 3),
            (byte, _) => (Some(*byte), 1),
        };
        if let Some(value) = value {
            bytes.push(value);
            places.push((at, length));
        }
        at += length;
    }
    let text = String::from_utf8(bytes).ok()?;
    let mut traced = Traced::default();
    for (start, letter) in text.char_indices() {
        let shown = &text[start..start + letter.len_utf8()];
        let (first, length) = places[start];
        let (last, behind) = places[start + shown.len() - 1];
        if length == 1 && letter.is_ascii() {
            traced.push(Piece::at(shown, from + first));
        } else {
            traced.push_for(shown, from + first..from + last + behind);
        }
    }
    Some(traced)
}

fn number(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_undone_is_what_was_meant() {
        let undone = |written: &[u8]| undone(written, 10).map(|text| text.to_string());
        assert_eq!(undone(b"caf=C3=A9 9829=\n011223").as_deref(), Some("café 9829011223"));
        assert_eq!(undone(b"a=3D=\r\nb").as_deref(), Some("a=b"));
        assert_eq!(undone(b"=E9"), None);
        assert_eq!(undone(b"=XY"), None);
    }
}

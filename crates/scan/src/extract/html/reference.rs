//! Text of a page, held against what is written for it: `&nbsp;` is a letter, and a line's end one
//! sign where two are written.

use std::ops::Range;

use super::super::trace::{Piece, Traced};

/// What a reader made of a place of the page, with where each letter of it is written.
pub(super) fn undone(page: &str, place: Range<usize>, text: &str) -> Traced {
    let written = page.get(place.clone()).unwrap_or_default();
    let mut traced = Traced::default();
    if written == text {
        traced.push(Piece::at(written, place.start));
        return traced;
    }
    let (mut at, mut told) = (0, 0);
    while told < text.len() {
        let plain = same(&written[at..], &text[told..]);
        traced.push(Piece::at(&written[at..at + plain], place.start + at));
        (at, told) = (at + plain, told + plain);
        let Some((signs, letters)) = reference(&written[at..], &text[told..]) else {
            // The reader did what is not understood here: the rest stands for the rest.
            traced.push_for(&text[told..], place.start + at..place.end.max(place.start + at));
            break;
        };
        traced.push_for(&text[told..told + letters], place.start + at..place.start + at + signs);
        (at, told) = (at + signs, told + letters);
    }
    traced
}

/// The text of a comment, which is a part of its place.
pub(super) fn comment(page: &str, place: Range<usize>, text: &str) -> Traced {
    let written = page.get(place.clone()).unwrap_or_default();
    match written.find(text) {
        Some(at) => undone(page, place.start + at..place.start + at + text.len(), text),
        None => undone(page, place, text),
    }
}

/// How long both are the same, up to where something else may be meant than is written.
fn same(written: &str, text: &str) -> usize {
    let pairs = written.bytes().zip(text.bytes());
    let length = pairs.take_while(|(one, other)| one == other && *one != b'&').count();
    crate::weak::floor(written, crate::weak::floor(text, length))
}

/// Longest reference, in bytes: `&CounterClockwiseContourIntegral;` is 33.
const LONGEST: usize = 40;

/// How many bytes of what is written stand for how many of the text, where they part.
fn reference(written: &str, text: &str) -> Option<(usize, usize)> {
    if written.starts_with("\r\n") && text.starts_with('\n') {
        return Some((2, 1));
    }
    let first = written.chars().next()?;
    let letter = text.chars().next()?;
    if first != '&' {
        return Some((first.len_utf8(), letter.len_utf8()));
    }
    let length = written[1..].bytes().take(LONGEST).take_while(|byte| is_part(*byte)).count();
    let closed = written[1 + length..].starts_with(';');
    let whole = 1 + length + usize::from(closed);
    // An old name needs no semicolon, and then ends where what follows fits. Few mean two letters.
    let ends = || (1..=whole).rev().filter(|end| *end > 2 || *end == 1);
    let letters = text.char_indices().skip(1).map(|(at, _)| at).chain([text.len()]).take(2);
    letters
        .flat_map(|letters| ends().map(move |end| (end, letters)))
        .find(|(end, letters)| goes_on(&written[*end..], &text[*letters..]))
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'#'
}

/// Whether what follows is the same for a little, or up to where something else may be meant.
fn goes_on(written: &str, text: &str) -> bool {
    if written.is_empty() {
        return text.is_empty();
    }
    let mut near = written.bytes().take_while(|byte| !matches!(byte, b'&' | b'\r')).take(8);
    let mut text = text.bytes();
    near.all(|byte| text.next() == Some(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_stands_where_its_reference_is_written() {
        for (written, text, part, place) in [
            ("Asha&nbsp;Devi", "Asha\u{a0}Devi", "Devi", 10..14),
            ("A&amp;B 98290&#49;1223", "A&B 9829011223", "9829011223", 8..22),
            ("Asha\r\nDevi", "Asha\nDevi", "Devi", 6..10),
            ("x&ampAsha", "x&Asha", "Asha", 5..9),
            ("x & Asha &y", "x & Asha &y", "Asha", 4..8),
            ("&nvlt;Asha", "<\u{20d2}Asha", "Asha", 6..10),
            ("&#x906;&#2358;&#x93e; x", "आशा x", "आशा", 0..21),
        ] {
            let page = format!("<p>{written}</p>");
            let traced = undone(&page, 3..3 + written.len(), text);
            assert_eq!(&*traced, text, "{written}");
            let start = text.find(part).unwrap();
            let piece = Piece::from(&traced).slice(start..start + part.len());
            let mut alone = Traced::default();
            alone.push_as("!", piece);
            let mut expected = Traced::default();
            expected.push_for("!", place.start + 3..place.end + 3);
            assert_eq!(format!("{alone:?}"), format!("{expected:?}"), "{written}");
        }
    }
}

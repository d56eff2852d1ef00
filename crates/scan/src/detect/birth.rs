//! Dates of birth.

use super::{run::Run, value};
use crate::{Kind, context::Shape, word::Word};

/// A date. One without a label is taken, too, so that its digits are not something else's, but not
/// reported.
///
/// # Source
///
/// BIS, *IS 7900* (ISO 8601) for `YYYY-MM-DD`; the usual day, month, year of government forms.
pub(super) fn find(run: &Run<'_>) -> Option<Shape> {
    if run.count() < 3 {
        return None;
    }
    // A column of recent dates is more often one of visits.
    let bare = if date(run.words(3))? < RECENT { 34 } else { 20 };
    Some(Shape::new(Kind::BirthDate, 3, bare, 94))
}

/// A year, or a date without anything between, beside a label.
pub(super) fn whole(run: &Run<'_>) -> Option<Shape> {
    let text = run.first().text();
    let year = text.len() == 4 && matches!(text, [b'1', b'9', ..] | [b'2', b'0', ..]);
    let packed = text.len() == 8 && packed(text);
    (year || packed).then_some(Shape::new(Kind::BirthDate, 1, 1, 88))
}

/// From this year on a date without a label is none of birth.
const RECENT: u16 = 2007;

/// The year of `12/03/1980`, `1980-03-12`, `12-Mar-80`, `12 March 1980`.
fn date(words: &[Word]) -> Option<u16> {
    let joint = words[1].joint;
    let named = words[1].digits == 0;
    let even = words[2].joint == joint && matches!(joint, b'-' | b'/' | b'.' | b' ');
    if !even || (joint == b' ' && !named) {
        return None;
    }
    let lengths = (words[0].digits, words[2].digits);
    if !matches!(lengths, (4, 1 | 2) | (1 | 2, 2 | 4)) {
        return None;
    }
    let month = if named { month(words[1].text())? } else { value(words[1].text())? };
    let (first, last) = (value(words[0].text())?, value(words[2].text())?);
    let (year, right) = match lengths {
        (4, 1 | 2) => (first, is_date(last, month, first)),
        (1 | 2, 4) => (last, is_date(first, month, last) || is_date(month, first, last)),
        (1 | 2, 2) => (1900 + last, is_date(first, month, 1900 + last)),
        _ => return None,
    };
    right.then_some(year)
}

fn packed(text: &[u8]) -> bool {
    let date = |day: &[u8], month: &[u8], year: &[u8]| -> Option<bool> {
        Some(is_date(value(day)?, value(month)?, value(year)?))
    };
    date(&text[..2], &text[2..4], &text[4..]) == Some(true)
        || date(&text[6..], &text[4..6], &text[..4]) == Some(true)
}

fn is_date(day: u16, month: u16, year: u16) -> bool {
    (1..=31).contains(&day) && (1..=12).contains(&month) && (1900..=2099).contains(&year)
}

fn month(text: &[u8]) -> Option<u16> {
    const MONTHS: &[&[u8; 3]] = &[
        b"JAN", b"FEB", b"MAR", b"APR", b"MAY", b"JUN", b"JUL", b"AUG", b"SEP", b"OCT", b"NOV",
        b"DEC",
    ];
    let place = MONTHS.iter().position(|known| text.starts_with(known.as_slice()))?;
    u16::try_from(place + 1).ok()
}

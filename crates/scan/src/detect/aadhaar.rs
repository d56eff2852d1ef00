//! Aadhaar numbers.

use super::{
    is_filler,
    run::{Bond, Run},
};
use crate::{Kind, context::Shape, verhoeff, word::Word};

/// Twelve digits, the first from 2 to 9, the last a check digit, in groups of four or not.
///
/// # Source
///
/// UIDAI, *A UID Numbering Scheme*, 2010, sections 3 and 4 (eleven digits and a Verhoeff check
/// digit; none begins with 0 or 1).
pub(super) fn find(run: &Run<'_>) -> Option<Shape> {
    run.counts(3, 12..=12, Bond::Hyphens)
        .find_map(|count| masked(run, count).or_else(|| full(run, count)))
}

fn full(run: &Run<'_>, count: usize) -> Option<Shape> {
    let digits = run.digits(count)?;
    let text = digits.text();
    let grouped = run.lengths(count).eq([4, 4, 4]);
    let right = matches!(text[0], b'2'..=b'9') && (grouped || count == 1);
    if !right || !verhoeff::holds(text) || is_filler(text) {
        return None;
    }
    // A fourth group of four makes it a card, or an id of sixteen digits.
    let fourth = |word: &Word| {
        let alike = run.word(1).is_some_and(|second| second.joint == word.joint);
        alike && word.digits == 4 && word.is_number()
    };
    if grouped && run.word(count).is_some_and(fourth) {
        return None;
    }
    // One mobile in ten with its prefix has a check digit that holds; hardly a number begins so.
    let prefixed = matches!(text, [b'9', b'1', b'6'..=b'9', ..]);
    let bare = match () {
        () if grouped => 86,
        () if prefixed => 52,
        () => 56,
    };
    let shape = Shape::new(Kind::Aadhaar, count, bare, 98).less(digits.doubt);
    Some(if run.goes_on(count) { shape.less(30) } else { shape })
}

fn masked(run: &Run<'_>, count: usize) -> Option<Shape> {
    if run.first().masks == 0 {
        return None;
    }
    let text = run.text(count);
    let (masks, digits) = text.split_first_chunk::<8>()?;
    let right = masks.iter().all(|byte| *byte == b'*') && digits.iter().all(u8::is_ascii_digit);
    right.then_some(Shape::new(Kind::Aadhaar, count, 75, 95).masked())
}

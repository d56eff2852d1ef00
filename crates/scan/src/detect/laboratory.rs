//! Ids under which a laboratory reports a test.

use super::joined;
use crate::{Kind, context::Shape, word::Word};

/// Thirteen digits, the first two of which are the state's; only with a label.
///
/// The form of the id is as seen in line lists; we know of no publication that gives it.
pub(super) fn srf(words: &[Word], at: usize) -> Option<Shape> {
    let digits = joined(words, at, 1, b"", 11..=14)?;
    let length = digits.text().len();
    (11..=14).contains(&length).then(|| {
        let sure = if length == 13 { 95 } else { 80 };
        Shape::new(Kind::SrfId, 1, if length == 13 { 30 } else { 0 }, sure)
    })
}

/// Six to fourteen digits, sometimes behind letters; only with a label.
///
/// The form is as the column "ICMR ID" of line lists has it; we know of no publication that gives it.
pub(super) fn icmr(words: &[Word], at: usize) -> Option<Shape> {
    let word = &words[at];
    let letters = word.text().len() - usize::from(word.digits);
    ((6..=14).contains(&word.digits) && letters <= 6 && word.masks == 0).then_some(Shape::new(
        Kind::IcmrId,
        1,
        0,
        90,
    ))
}

//! Ids under which a laboratory reports a test.

use super::run::Run;
use crate::{Kind, context::Shape};

/// Thirteen digits, the first two of which are the state's; only with a label.
///
/// The form of the id is as seen in line lists; we know of no publication that gives it.
pub(super) fn srf(run: &Run<'_>) -> Option<Shape> {
    let length = run.digits(1)?.text().len();
    (11..=14).contains(&length).then(|| {
        let sure = if length == 13 { 95 } else { 80 };
        Shape::new(Kind::SrfId, 1, if length == 13 { 30 } else { 0 }, sure)
    })
}

/// Six to fourteen digits, sometimes behind letters; only with a label.
///
/// The form is as the column "ICMR ID" of line lists has it; we know of no publication that gives it.
pub(super) fn icmr(run: &Run<'_>) -> Option<Shape> {
    let word = run.first();
    let letters = word.text().len() - usize::from(word.digits);
    ((6..=14).contains(&word.digits) && letters <= 6 && word.masks == 0).then_some(Shape::new(
        Kind::IcmrId,
        1,
        0,
        90,
    ))
}

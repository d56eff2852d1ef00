//! Bank accounts.

use super::run::{Bond, Run};
use crate::{Kind, context::Shape};

/// Nine to eighteen digits beside a label or, in one record, beside the code of a bank's branch.
///
/// Banks have no check digit in common.
pub(super) fn find(run: &Run<'_>) -> Option<Shape> {
    run.counts(4, 9..=18, Bond::Hyphens).find_map(|count| {
        let digits = run.digits(count)?;
        let length = digits.text().len();
        let number = !digits.text().starts_with(b"1800");
        let sure = if count == 1 { 92 } else { 85 };
        // Not reported by itself; the code of a branch in the same record raises it.
        let bare = if count == 1 && digits.mended == 0 && length > 10 { 12 } else { 4 };
        number.then_some(Shape::new(Kind::BankAccount, count, bare, sure))
    })
}

/// `XXXXXXXX1234`, with a label only.
pub(super) fn masked(run: &Run<'_>) -> Option<Shape> {
    let word = run.first();
    let length = word.text().len();
    let right = word.masks >= 4 && (3..=6).contains(&word.digits) && (6..=18).contains(&length);
    right.then_some(Shape::new(Kind::BankAccount, 1, 5, 90).masked())
}

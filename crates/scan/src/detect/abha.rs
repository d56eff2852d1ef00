//! Health account numbers.

use super::run::{Bond, Run};
use crate::{Kind, context::Shape, verhoeff};

/// Fourteen digits in groups of two, four, four and four.
///
/// That the last is a Verhoeff check digit is written in no publication that we know; so it raises
/// confidence and is not asked for.
pub(super) fn find(run: &Run<'_>) -> Option<Shape> {
    run.counts(4, 14..=14, Bond::Hyphens).find_map(|count| {
        let digits = run.digits(count)?;
        let grouped = run.lengths(count).eq([2, 4, 4, 4]);
        if !(grouped || count == 1) || run.first().text()[0] == b'0' {
            return None;
        }
        let bare = match (grouped, verhoeff::holds(digits.text())) {
            (true, true) => 84,
            (true, false) => 58,
            (false, true) => 36,
            (false, false) => 10,
        };
        Some(Shape::new(Kind::AbhaNumber, count, bare, 95))
    })
}

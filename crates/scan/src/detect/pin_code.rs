//! PIN codes.

use super::run::{Bond, Run};
use crate::{Kind, context::Shape, place};

/// Six digits, whole or in two groups of three, of a zone that is in use.
pub(super) fn find(run: &Run<'_>) -> Option<Shape> {
    run.counts(2, 6..=6, Bond::Spaces).find_map(|count| {
        let digits = run.digits(count)?;
        let text = digits.text();
        let grouped = count == 1 || run.total(1) == 3;
        if !grouped || digits.mended > 0 || run.goes_on(count) {
            return None;
        }
        let zone = (text[0] - b'0') * 10 + (text[1] - b'0');
        place::is_zone(zone).then_some(Shape::new(Kind::PinCode, count, 40, 93))
    })
}

//! Shapes that are surely nothing of ours: told, so that no part of them is taken for something.

use super::run::{Bond, Run};
use crate::{context::Shape, word::Word};

/// `1234567890.55`: a quantity.
pub(super) fn decimal(run: &Run<'_>) -> Option<Shape> {
    let (first, next) = (run.first(), run.word(1)?);
    let parted = next.joint == b'.' && next.is_number() && first.digits >= 7;
    (parted && next.digits <= 6 && first.digits != 8).then_some(Shape::nothing(2, 75))
}

/// `2020-2021`, `2021-22`.
pub(super) fn period(run: &Run<'_>) -> Option<Shape> {
    let year = |word: &Word| matches!(word.text(), [b'1', b'9', ..] | [b'2', b'0', ..]);
    let (first, next) = (run.first(), run.word(1)?);
    let lengths = (first.digits == 4) && matches!(next.digits, 2 | 4);
    let both = lengths && next.is_number() && year(first);
    let ends = run.word(2).is_none_or(|word| word.joint == 0);
    (both && matches!(next.joint, b'-' | b'/') && ends).then_some(Shape::nothing(2, 60))
}

/// `1800 180 1551`, `011-23061234`, `0141-2222222`.
///
/// # Source
///
/// Department of Telecommunications, *National Numbering Plan*, 2003: trunk code
/// `0`, area code and number have eleven digits, and a number begins with 2 to 7. Toll-free numbers
/// begin with 1800.
pub(super) fn office(run: &Run<'_>) -> Option<Shape> {
    run.counts(4, 10..=11, Bond::Hyphens).find_map(|count| {
        let digits = run.digits(count)?;
        let text = digits.text();
        let free = text.starts_with(b"1800") && matches!(text.len(), 10 | 11) && count > 1;
        let area = run.first().text();
        let number = text.get(area.len()).copied().unwrap_or(b'0');
        let parted = count == 2 && (3..=5).contains(&area.len());
        let fixed = parted && area[0] == b'0' && text.len() == 11 && matches!(number, b'2'..=b'7');
        (free || fixed).then_some(Shape::nothing(count, 75))
    })
}

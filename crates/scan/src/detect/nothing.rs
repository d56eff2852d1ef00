//! Shapes that are surely nothing of ours: told, so that no part of them is taken for something.

use super::{joined, run};
use crate::{context::Shape, word::Word};

/// Card numbers in four groups of four, numbers with decimals, periods of years, telephones of
/// offices and helplines.
pub(super) fn find(words: &[Word], at: usize) -> Option<Shape> {
    decimal(words, at).or_else(|| period(words, at)).or_else(|| office(words, at))
}

/// `1234567890.55`: a quantity.
fn decimal(words: &[Word], at: usize) -> Option<Shape> {
    let next = words.get(at + 1)?;
    let parted = next.joint == b'.' && next.is_number() && words[at].digits >= 7;
    (parted && next.digits <= 6 && words[at].digits != 8).then_some(Shape::nothing(2, 75))
}

/// `2020-2021`, `2021-22`.
fn period(words: &[Word], at: usize) -> Option<Shape> {
    let year = |word: &Word| matches!(word.text(), [b'1', b'9', ..] | [b'2', b'0', ..]);
    let next = words.get(at + 1)?;
    let lengths = (words[at].digits == 4) && matches!(next.digits, 2 | 4);
    let both = lengths && next.is_number() && year(&words[at]);
    (both && matches!(next.joint, b'-' | b'/') && run(words, at, 3) == 2)
        .then_some(Shape::nothing(2, 60))
}

/// `1800 180 1551`, `011-23061234`, `0141-2222222`.
///
/// # Source
///
/// Department of Telecommunications, *National Numbering Plan*, 2003: trunk code
/// `0`, area code and number have eleven digits, and a number begins with 2 to 7. Toll-free numbers
/// begin with 1800.
fn office(words: &[Word], at: usize) -> Option<Shape> {
    let count = run(words, at, 4);
    (1..=count).rev().find_map(|count| {
        let digits = joined(words, at, count, b" -", 10..=11)?;
        let text = digits.text();
        let free = text.starts_with(b"1800") && matches!(text.len(), 10 | 11) && count > 1;
        let area = words[at].text();
        let number = text.get(area.len()).copied().unwrap_or(b'0');
        let parted = count == 2 && (3..=5).contains(&area.len());
        let fixed = parted && area[0] == b'0' && text.len() == 11 && matches!(number, b'2'..=b'7');
        (free || fixed).then_some(Shape::nothing(count, 75))
    })
}

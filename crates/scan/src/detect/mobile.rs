//! Mobile numbers.

use super::{
    is_filler,
    run::{Bond, Digits, Run},
};
use crate::{Kind, context::Shape, word::Word};

/// Most groups of digits that a number is written in, with its prefix.
const LONGEST: usize = 6;

/// Ten digits from 6, 7, 8 or 9 on, in groups or not, with `+91`, `91`, `0091` or `0` before.
///
/// # Source
///
/// Department of Telecommunications, *National Numbering Plan*, 2003, and the allotment
/// of levels 6 to 8 to mobile services since. International prefix 91: ITU-T E.164.
pub(super) fn find(run: &Run<'_>) -> Option<Shape> {
    if run.words(2).iter().any(|word| word.masks > 0) {
        return masked(run);
    }
    run.counts(LONGEST, 10..=14, Bond::Dots).find_map(|count| {
        let digits = run.digits(count)?;
        let bare = confidence(run, count, &digits)?;
        let shape = Shape::new(Kind::Mobile, count, bare, 96).less(digits.doubt);
        let fills = is_filler(&digits.text()[digits.text().len() - 10..]);
        let shape = if fills { shape.less(45) } else { shape };
        Some(if run.goes_on(count) { shape.less(30) } else { shape })
    })
}

/// The confidence without a label, by prefix and grouping.
fn confidence(run: &Run<'_>, count: usize, digits: &Digits) -> Option<u8> {
    let text = digits.text();
    let prefix = text.len().checked_sub(10)?;
    if !matches!(text[prefix], b'6'..=b'9') {
        return None;
    }
    let mut sizes = [0; LONGEST];
    let sizes = sizes.get_mut(..count)?;
    for (size, length) in sizes.iter_mut().zip(run.lengths(count)) {
        *size = length;
    }
    let (own, apart) = grouping(sizes, prefix)?;
    let groups = match own {
        [5, 5] => 72,
        [10] | [3, 3, 4] | [4, 3, 3] => 62,
        [4, 6] | [6, 4] | [3, 7] | [2, 8] | [5, 3, 2] | [5, 2, 3] | [3, 4, 3] => 55,
        [4, 2, 4] | [2, 4, 4] | [2, 3, 3, 2] | [2, 2, 2, 2, 2] | [2, 5, 3] => 40,
        _ => return None,
    };
    match &text[..prefix] {
        b"" => Some(groups),
        b"91" if run.first().plus => Some(90),
        b"0091" => Some(80),
        b"91" if apart => Some(75),
        b"91" => Some(54),
        b"0" => Some(70),
        _ => None,
    }
}

/// The groups of the ten digits, and whether the prefix stands apart from them.
fn grouping(sizes: &[usize], prefix: usize) -> Option<(&[usize], bool)> {
    if prefix == 0 {
        return Some((sizes, false));
    }
    let (first, rest) = sizes.split_first()?;
    match first.checked_sub(prefix)? {
        0 => Some((rest, true)),
        10 => Some((&[10], false)),
        5 if rest == [5] => Some((&[5, 5], false)),
        _ => None,
    }
}

/// `98XXXXXX10`, `XXXXXX3210`, `98765*****`.
fn masked(run: &Run<'_>) -> Option<Shape> {
    (1..=run.count().min(3)).rev().find_map(|count| {
        let words = run.words(count);
        let sum = |part: fn(&Word) -> u8| words.iter().map(|word| usize::from(part(word))).sum();
        let (digits, masks): (usize, usize) = (sum(|word| word.digits), sum(|word| word.masks));
        let pure =
            words.iter().all(|word| usize::from(word.digits + word.masks) == word.text().len());
        let ten = digits + masks == 10 && digits > 0 && masks >= 4;
        let first = words[0].text()[0];
        (pure && ten && matches!(first, b'6'..=b'9' | b'*'))
            .then_some(Shape::new(Kind::Mobile, count, 55, 92).masked())
    })
}

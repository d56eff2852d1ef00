//! Passports.

use super::{joined, run};
use crate::{Kind, context::Shape, word::Word};

/// A letter and seven digits, neither the first nor the last of which is 0; sometimes with a space
/// after the second digit.
///
/// That Q, X and Z are not in use, and that no number
/// begins with 0, is common practice of those who check them and written in no rule that we know.
pub(super) fn find(words: &[Word], at: usize) -> Option<Shape> {
    let text = words[at].text();
    let (series, rest) = text.split_first()?;
    if !series.is_ascii_uppercase() || matches!(series, b'Q' | b'X' | b'Z') {
        return None;
    }
    let right = |digits: &[u8]| {
        digits.len() == 7
            && digits.iter().all(u8::is_ascii_digit)
            && digits[0] != b'0'
            && digits[6] != b'0'
    };
    if right(rest) {
        return Some(Shape::new(Kind::Passport, 1, 42, 95));
    }
    // `M 1234567`, `M12 34567`.
    (run(words, at, 2) == 2 && words[at + 1].joint == b' ').then_some(())?;
    let next = words[at + 1].text();
    let whole = [rest, next].concat();
    let grouped = rest.is_empty() || rest.len() == 2;
    let alone = joined(words, at + 1, 1, b" ").is_some();
    (grouped && alone && right(&whole)).then_some(Shape::new(Kind::Passport, 2, 30, 93))
}

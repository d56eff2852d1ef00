//! Passports.

use super::{joined, run};
use crate::{Kind, context::Shape, word::Word};

/// A letter and seven digits, the first of which is not 0; sometimes with a space after the second
/// digit.
///
/// That Q and X are not in use, that Z is rare, and that hardly a number ends in 0 is common practice of those who check
/// them and written in no rule that we know: such a number wants a label.
pub(super) fn find(words: &[Word], at: usize) -> Option<Shape> {
    let text = words[at].text();
    let (series, rest) = text.split_first()?;
    if !series.is_ascii_uppercase() || matches!(series, b'Q' | b'X') {
        return None;
    }
    let rare = *series == b'Z';
    let right = |digits: &[u8]| {
        digits.len() == 7 && digits.iter().all(u8::is_ascii_digit) && digits[0] != b'0'
    };
    if right(rest) {
        let shape = Shape::new(Kind::Passport, 1, 42, 95);
        return Some(if rare || rest[6] == b'0' { shape.less(25) } else { shape });
    }
    // `M 1234567`, `M12 34567`.
    (run(words, at, 2) == 2 && words[at + 1].joint == b' ').then_some(())?;
    let next = words[at + 1].text();
    let whole = [rest, next].concat();
    let grouped = rest.is_empty() || rest.len() == 2;
    let alone = joined(words, at + 1, 1, b" ", 5..=7).is_some();
    let shape = Shape::new(Kind::Passport, 2, 30, 93);
    let less = rare || whole.last() == Some(&b'0');
    (grouped && alone && right(&whole)).then_some(if less { shape.less(25) } else { shape })
}

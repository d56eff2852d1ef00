//! Passports.

use super::run::Run;
use crate::{Kind, context::Shape};

/// A letter and seven digits, the first of which is not 0; sometimes with a space after the second
/// digit.
///
/// That Q and X are not in use, that Z is rare, and that hardly a number ends in 0 is common practice of those who check
/// them and written in no rule that we know: such a number wants a label.
pub(super) fn find(run: &Run<'_>) -> Option<Shape> {
    let text = run.first().text();
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
    let apart = run.word(1)?.joint == b' ';
    if !(apart && run.count() > 1 && matches!(rest.len(), 0 | 2) && run.total(2) == 8) {
        return None;
    }
    let whole = &run.text(2)[1..];
    let shape = Shape::new(Kind::Passport, 2, 30, 93);
    let less = rare || whole.last() == Some(&b'0');
    right(whole).then_some(if less { shape.less(25) } else { shape })
}

//! Ages.

use super::{run::Run, value};
use crate::{Kind, context::Shape};

/// A number up to 120 beside a label, or with `Y` or `yrs` behind it.
///
/// As line lists have it: `45`, `45Y`.
pub(super) fn find(run: &Run<'_>) -> Option<Shape> {
    let text = run.first().text();
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let value = value(text.get(..digits)?)?;
    if digits > 3 || value > 120 {
        return None;
    }
    let bare = match &text[digits..] {
        b"" => 1,
        b"Y" | b"YRS" | b"YR" | b"YEARS" => 55,
        b"M" | b"F" if value >= 10 => 25,
        _ => return None,
    };
    Some(Shape::new(Kind::Age, 1, bare, 88))
}

/// A number up to 120 with a slash and a gender behind it, as `45/M`.
pub(super) fn with_gender(run: &Run<'_>) -> Option<Shape> {
    let next = run.word(1).filter(|word| word.joint == b'/')?;
    let right = run.total(1) <= 3 && matches!(next.text(), b"M" | b"F" | b"MALE");
    (right && value(run.first().text())? <= 120).then_some(Shape::new(Kind::Age, 1, 60, 88))
}

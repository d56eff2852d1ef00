//! Ages.

use crate::{Kind, context::Shape, word::Word};

/// A number up to 120 beside a label, with `Y` or `yrs` behind it, or with a slash and a gender
/// behind it.
///
/// As line lists have it: `45`, `45Y`, `45 yrs`, `45/M`.
pub(super) fn find(words: &[Word], at: usize) -> Option<Shape> {
    let text = words[at].text();
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let value: u16 = std::str::from_utf8(text.get(..digits)?).ok()?.parse().ok()?;
    if digits > 3 || value > 120 {
        return None;
    }
    let with_gender = words
        .get(at + 1)
        .is_some_and(|word| word.joint == b'/' && matches!(word.text(), b"M" | b"F" | b"MALE"));
    let bare = match &text[digits..] {
        b"" if with_gender => 60,
        b"" => 1,
        b"Y" | b"YRS" | b"YR" | b"YEARS" => 55,
        b"M" | b"F" if value >= 10 => 25,
        _ => return None,
    };
    Some(Shape::new(Kind::Age, 1, bare, 88))
}

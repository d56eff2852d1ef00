//! Health account numbers.

use super::{joined, lengths, run};
use crate::{Kind, context::Shape, verhoeff, word::Word};

/// Fourteen digits in groups of two, four, four and four.
///
/// That the last is a Verhoeff check digit is written in no publication that we know; so it raises
/// confidence and is not asked for.
pub(super) fn find(words: &[Word], at: usize) -> Option<Shape> {
    let longest = run(words, at, 5);
    [1, 4].into_iter().filter(|count| *count <= longest).find_map(|count| {
        let digits = joined(words, at, count, b" -", 14..=14)?;
        let grouped = lengths(words, at, count).eq([2, 4, 4, 4]);
        if digits.text().len() != 14 || !(grouped || count == 1) || words[at].text()[0] == b'0' {
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

//! PIN codes.

use super::{goes_on, joined, lengths, run};
use crate::{Kind, context::Shape, place, word::Word};

/// Six digits, whole or in two groups of three, of a zone that is in use.
pub(super) fn find(words: &[Word], at: usize) -> Option<Shape> {
    let longest = run(words, at, 2);
    [1, 2].into_iter().filter(|count| *count <= longest).find_map(|count| {
        let digits = joined(words, at, count, b" ", 6..=6)?;
        let text = digits.text();
        let grouped = count == 1 || lengths(words, at, count).eq([3, 3]);
        if text.len() != 6 || !grouped || digits.mended > 0 || goes_on(words, at, count) {
            return None;
        }
        let zone = (text[0] - b'0') * 10 + (text[1] - b'0');
        place::is_zone(zone).then_some(Shape::new(Kind::PinCode, count, 40, 93))
    })
}

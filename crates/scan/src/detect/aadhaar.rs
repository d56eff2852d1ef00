//! Aadhaar numbers.

use super::{goes_on, is_filler, joined, lengths, run};
use crate::{Kind, context::Shape, verhoeff, word::Word};

/// Twelve digits, the first from 2 to 9, the last a check digit, in groups of four or not.
///
/// # Source
///
/// UIDAI, *A UID Numbering Scheme*, 2010, sections 3 and 4 (eleven digits and a Verhoeff check
/// digit; none begins with 0 or 1).
pub(super) fn find(words: &[Word], at: usize) -> Option<Shape> {
    [1, 3, 2].into_iter().find_map(|count| {
        (count <= run(words, at, 4)).then_some(())?;
        masked(words, at, count).or_else(|| full(words, at, count))
    })
}

fn full(words: &[Word], at: usize, count: usize) -> Option<Shape> {
    let digits = joined(words, at, count, b" -", 12..=12)?;
    let text = digits.text();
    let grouped = lengths(words, at, count).eq([4, 4, 4]);
    let right = text.len() == 12 && matches!(text[0], b'2'..=b'9') && (grouped || count == 1);
    if !right || !verhoeff::holds(text) || is_filler(text) {
        return None;
    }
    // A fourth group of four makes it a card, or an id of sixteen digits.
    let fourth = words.get(at + count).is_some_and(|word| word.joint != 0 && word.digits == 4);
    if grouped
        && fourth
        && words[at + count].is_number()
        && words[at + 1].joint == words[at + 3].joint
    {
        return None;
    }
    let bare = if grouped { 86 } else { 56 };
    let shape = Shape::new(Kind::Aadhaar, count, bare, 98).less(digits.doubt);
    Some(if goes_on(words, at, count) { shape.less(30) } else { shape })
}

fn masked(words: &[Word], at: usize, count: usize) -> Option<Shape> {
    if words[at].masks == 0 {
        return None;
    }
    let words = words.get(at..at + count)?;
    let joints = words[1..].iter().all(|word| matches!(word.joint, b' ' | b'-'));
    let text = || words.iter().flat_map(Word::text);
    let masks = text().take_while(|byte| **byte == b'*').count();
    let digits = text().skip(masks).filter(|byte| byte.is_ascii_digit()).count();
    let all = text().count();
    (joints && masks == 8 && digits == 4 && all == 12)
        .then_some(Shape::new(Kind::Aadhaar, count, 75, 95).masked())
}

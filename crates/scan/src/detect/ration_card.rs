//! Ration cards.

use super::run;
use crate::{Kind, context::Shape, word::Word};

/// Eight to seventeen digits, in some states with letters before. Every state numbers by itself, so
/// only a label tells one.
pub(super) fn find(words: &[Word], at: usize) -> Option<Shape> {
    let longest = run(words, at, 4);
    (1..=longest).rev().find_map(|count| {
        let parts = words.get(at..at + count)?;
        let tight = parts[1..].iter().all(|word| matches!(word.joint, b'-' | b'/' | b' '));
        let digits: usize = parts.iter().map(|word| usize::from(word.digits)).sum();
        let length: usize = parts.iter().map(|word| word.text().len()).sum();
        let masked = parts.iter().any(|word| word.masks > 0);
        let whole = (8..=17).contains(&digits) && length - digits <= 5;
        (tight && whole && !masked).then_some(Shape::new(Kind::RationCard, count, 0, 88))
    })
}

//! Ration cards.

use super::run::{Bond, Run};
use crate::{Kind, context::Shape};

/// Eight to seventeen digits, in some states with letters before. Every state numbers by itself, so
/// only a label tells one.
pub(super) fn find(run: &Run<'_>) -> Option<Shape> {
    run.counts(4, 8..=22, Bond::Any).find_map(|count| {
        let parts = run.words(count);
        let tight = parts[1..].iter().all(|word| matches!(word.joint, b'-' | b'/' | b' '));
        let digits: usize = parts.iter().map(|word| usize::from(word.digits)).sum();
        let masked = parts.iter().any(|word| word.masks > 0);
        let whole = (8..=17).contains(&digits) && run.total(count) - digits <= 5;
        (tight && whole && !masked).then_some(Shape::new(Kind::RationCard, count, 0, 88))
    })
}

//! MNREGA job cards.

use super::run;
use crate::{Kind, context::Shape, place, word::Word};

/// Two letters of the state, numbers of district, block, panchayat and village joined by hyphens, a
/// slash, the family.
///
/// # Shape
///
/// `RJ-05-010-011-001/123`; some states append a letter to the family's number.
///
/// The form is as the public lists of the Ministry of Rural Development write it; we know of no rule
/// that gives it.
pub(super) fn find(words: &[Word], at: usize) -> Option<Shape> {
    if !place::is_state_code(words[at].text()) {
        return None;
    }
    let count = run(words, at, 7);
    let parts = &words[at..at + count];
    let slash = parts.iter().position(|word| word.joint == b'/')?;
    let (places, family) = (&parts[1..slash], &parts[slash]);
    let right = (3..=4).contains(&places.len())
        && places.iter().all(|word| word.joint == b'-' && word.is_number())
        && places.iter().all(|word| (2..=3).contains(&word.digits))
        && (1..=6).contains(&family.digits);
    right.then_some(Shape::new(Kind::JobCard, slash + 1, 88, 97))
}

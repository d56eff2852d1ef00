//! MNREGA job cards.

use super::run::Run;
use crate::{Kind, context::Shape, place};

/// Two letters of the state, numbers of district, block, panchayat and village joined by hyphens, a
/// slash, the family.
///
/// # Shape
///
/// `RJ-05-010-011-001/123`; some states append a letter to the family's number.
///
/// The form is as the public lists of the Ministry of Rural Development write it; we know of no rule
/// that gives it.
pub(super) fn find(run: &Run<'_>) -> Option<Shape> {
    if !place::is_state_code(run.first().text()) {
        return None;
    }
    let parts = run.words(run.count());
    // What joins the first word to one before it is no part of this.
    let slash = 1 + parts[1..].iter().position(|word| word.joint == b'/')?;
    let (places, family) = (&parts[1..slash], &parts[slash]);
    let right = (3..=4).contains(&places.len())
        && places.iter().all(|word| word.joint == b'-' && word.is_number())
        && places.iter().all(|word| (2..=3).contains(&word.digits))
        && (1..=6).contains(&family.digits);
    right.then_some(Shape::new(Kind::JobCard, slash + 1, 88, 97))
}

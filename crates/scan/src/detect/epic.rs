//! Electors' photo identity cards.

use super::run::Run;
use crate::{Kind, context::Shape};

/// Three letters and seven digits.
///
/// The last is said to be a check digit; no publication that we know
/// gives its rule, so it is not asked for.
pub(super) fn find(run: &Run<'_>) -> Option<Shape> {
    let text: &[u8; 10] = run.first().text().try_into().ok()?;
    let (letters, digits) = text.split_at(3);
    let right = letters.iter().all(u8::is_ascii_uppercase) && digits.iter().all(u8::is_ascii_digit);
    let filler = digits.iter().all(|digit| *digit == digits[0]);
    (right && !filler).then_some(Shape::new(Kind::Epic, 1, 58, 96))
}

//! Virtual ids.

use super::run::{Bond, Run};
use crate::{Kind, context::Shape, verhoeff};

/// Sixteen digits, the last a check digit. Without a label it may as well be a payment card.
///
/// # Source
///
/// UIDAI, *Circular 1 of 2018* (K-11020/217/2018), annexure: sixteen digits, Verhoeff as Aadhaar.
pub(super) fn find(run: &Run<'_>) -> Option<Shape> {
    run.counts(4, 16..=16, Bond::Hyphens).find_map(|count| {
        let digits = run.digits(count)?;
        let grouped = count == 1 || run.lengths(count).eq([4, 4, 4, 4]);
        let right = grouped && matches!(digits.text()[0], b'2'..=b'9');
        (right && verhoeff::holds(digits.text())).then_some(Shape::new(
            Kind::VirtualId,
            count,
            35,
            95,
        ))
    })
}

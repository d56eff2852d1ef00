//! Reference ids of beneficiaries.

use super::run::{Bond, Run};
use crate::{Kind, context::Shape};

/// Fourteen digits, whole or in groups: `beneficiary_reference_id` of the Co-WIN contract.
pub(super) fn find(run: &Run<'_>) -> Option<Shape> {
    run.counts(5, 14..=14, Bond::Hyphens).find_map(|count| {
        let digits = run.digits(count)?;
        let grouped = count == 1 || run.lengths(count).all(|length| length >= 2);
        let bare = if count == 1 { 38 } else { 0 };
        (grouped && digits.text()[0] != b'0').then_some(Shape::new(
            Kind::BeneficiaryId,
            count,
            bare,
            95,
        ))
    })
}

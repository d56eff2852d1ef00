//! Reference ids of beneficiaries.

use super::{joined, lengths, run};
use crate::{Kind, context::Shape, word::Word};

/// Fourteen digits, whole or in groups: `beneficiary_reference_id` of the Co-WIN contract.
pub(super) fn find(words: &[Word], at: usize) -> Option<Shape> {
    let longest = run(words, at, 5);
    (1..=longest).rev().find_map(|count| {
        let digits = joined(words, at, count, b" -", 14..=14)?;
        let grouped = count == 1 || lengths(words, at, count).all(|length| length >= 2);
        let bare = if count == 1 { 38 } else { 0 };
        (digits.text().len() == 14 && grouped && digits.text()[0] != b'0').then_some(Shape::new(
            Kind::BeneficiaryId,
            count,
            bare,
            95,
        ))
    })
}

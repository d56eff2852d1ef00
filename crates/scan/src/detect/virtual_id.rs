//! Virtual ids.

use super::{joined, lengths, run};
use crate::{Kind, context::Shape, verhoeff, word::Word};

/// Sixteen digits, the last a check digit. Without a label it may as well be a payment card.
///
/// # Source
///
/// UIDAI, *Circular 1 of 2018* (K-11020/217/2018), annexure: sixteen digits, Verhoeff as Aadhaar.
pub(super) fn find(words: &[Word], at: usize) -> Option<Shape> {
    let longest = run(words, at, 5);
    [1, 4].into_iter().filter(|count| *count <= longest).find_map(|count| {
        let digits = joined(words, at, count, b" -", 16..=16)?;
        let grouped = count == 1 || lengths(words, at, count).eq([4, 4, 4, 4]);
        let right = digits.text().len() == 16 && grouped && matches!(digits.text()[0], b'2'..=b'9');
        (right && verhoeff::holds(digits.text())).then_some(Shape::new(
            Kind::VirtualId,
            count,
            35,
            95,
        ))
    })
}

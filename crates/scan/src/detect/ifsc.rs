//! Codes of bank branches.

use super::run::Run;
use crate::context::{Shape, What};

/// Four letters of the bank, a zero, six letters or digits of the branch.
///
/// # Source
///
/// Reserve Bank of India, *Indian Financial System Code*: eleven characters, the fifth 0.
pub(super) fn find(run: &Run<'_>) -> Option<Shape> {
    let text: &[u8; 11] = run.first().text().try_into().ok()?;
    let bank = text[..4].iter().all(u8::is_ascii_uppercase);
    let zero = matches!(text[4], b'0' | b'O');
    let branch = text[5..].iter().filter(|byte| byte.is_ascii_digit()).count() >= 2;
    (bank && zero && branch).then_some(Shape {
        what: What::Ifsc,
        words: 1,
        bare: 85,
        labelled: 85,
        masked: false,
    })
}

//! What certificates say, in each form: the path of every value in what is signed.

use super::shape::Shape;

/// The forms.
pub(super) static CERTIFICATES: &[Shape] = &[];

//! Logarithms and sums of probabilities, the same on every machine: a second party must come to the
//! same verdict bit for bit, and the mathematics of a system's own library differ in the last place.

/// The natural logarithm, by `libm`.
pub(crate) fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// The exponential, by `libm`.
pub(crate) fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// The logarithm of a sum of exponentials; minus infinity of nothing.
pub(crate) fn ln_sum(terms: impl IntoIterator<Item = f64>) -> f64 {
    let terms: Vec<f64> = terms.into_iter().collect();
    let most = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if most == f64::NEG_INFINITY {
        return most;
    }
    most + ln(terms.iter().map(|term| exp(term - most)).sum())
}

/// A count as a number to calculate with: exact up to 2^53, which no count of rows reaches.
#[expect(clippy::cast_precision_loss, reason = "counts of rows and people are below 2^53")]
pub(crate) const fn real(count: u64) -> f64 {
    count as f64
}

/// The share of one count in another; zero of nothing.
pub(crate) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { real(part) / real(whole) }
}

/// A number as reports tell it: four places behind the point.
pub(crate) fn told(x: f64) -> f64 {
    libm::round(x * 10_000.0) / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_of_small_probabilities_does_not_vanish() {
        let sum = ln_sum([-1_000.0, -1_000.0]);
        assert!((sum - (-1_000.0 + core::f64::consts::LN_2)).abs() < 1e-12);
        assert!(ln_sum([]).is_infinite());
        assert!((share(1, 4) - 0.25).abs() < 1e-12 && share(1, 0).abs() < 1e-12);
    }
}

//! How many of the records that were shown are from us, where a story has a share of them so: a story of
//! one in ten among forty records of whom nobody is found has none, whatever its share is.

use crate::number::{exp, ln, real};

/// Up to so many are counted one by one; more are as good as normal.
const COUNTED: usize = 48;
/// A mean below which they are counted one by one.
const FEW: f64 = 14.0;

/// Records of one part: how many look alike, and how likely one of them is of the part.
pub(super) type Alike = (f64, f64);

/// How many records are of a part: a sum of chances that differ.
pub(super) struct Realized {
    mean: f64,
    spread: f64,
    skew: f64,
    /// How likely each count is, from none on, while they are few.
    counted: Vec<f64>,
}

impl Realized {
    pub(super) fn of(records: &[Alike]) -> Self {
        let sum = |each: fn(f64) -> f64| -> f64 {
            records.iter().map(|(count, p)| count * each(*p)).sum()
        };
        let mean: f64 = sum(|p| p);
        let spread: f64 = sum(|p| p * (1.0 - p));
        let third: f64 = sum(|p| p * (1.0 - p) * (1.0 - 2.0 * p));
        let skew = if spread > 1e-9 { third / (spread * libm::sqrt(spread)) } else { 0.0 };
        let counted = if mean < FEW { one_by_one(records) } else { Vec::new() };
        Self { mean, spread, skew, counted }
    }

    /// How likely there are at least so many.
    pub(super) fn at_least(&self, count: u64) -> f64 {
        if count == 0 {
            return 1.0;
        }
        if !self.counted.is_empty() {
            let below = usize::try_from(count).unwrap_or(usize::MAX).min(self.counted.len());
            let sum: f64 = self.counted[..below].iter().sum();
            return (1.0 - sum).max(0.0);
        }
        // A normal one, with what a skewed one is off.
        let x = (real(count) - 0.5 - self.mean) / libm::sqrt(self.spread.max(1e-9));
        let bell = exp(-0.5 * x * x) / libm::sqrt(2.0 * core::f64::consts::PI);
        let below = 0.5 * libm::erfc(-x / core::f64::consts::SQRT_2);
        (1.0 - below - self.skew * (1.0 - x * x) * bell / 6.0).clamp(0.0, 1.0)
    }
}

fn one_by_one(records: &[Alike]) -> Vec<f64> {
    let mut counted = vec![0.0; COUNTED];
    counted[0] = 1.0;
    // Of the very unlikely ones only the sum matters.
    let (mut unlikely, mut most) = (0.0, 1);
    for (count, p) in records {
        if *p < 1e-4 {
            unlikely += count * p;
            continue;
        }
        for _ in 0..whole(*count) {
            most = (most + 1).min(COUNTED);
            for place in (0..most).rev() {
                let before = if place == 0 { 0.0 } else { counted[place - 1] };
                counted[place] = counted[place] * (1.0 - p) + before * p;
            }
        }
    }
    if unlikely > 1e-9 {
        let poisson: Vec<f64> = (0_u64..8)
            .scan(0.0, |factorial, k| {
                *factorial += if k == 0 { 0.0 } else { ln(real(k)) };
                Some(exp(real(k) * ln(unlikely) - unlikely - *factorial))
            })
            .collect();
        let both = |place: usize| {
            (0..=place.min(7)).map(|more| counted[place - more] * poisson[more]).sum::<f64>()
        };
        counted = (0..COUNTED).map(both).collect();
    }
    counted
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of records")]
fn whole(count: f64) -> u64 {
    libm::round(count) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_are_of_a_part_that_no_record_looks_like() {
        let realized = Realized::of(&[(40.0, 1e-6), (20.0, 1e-5)]);
        assert!(realized.at_least(1) < 1e-3 && realized.at_least(2) < 1e-6);
        assert!((realized.at_least(0) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn few_are_counted_and_many_are_as_good_as_counted() {
        // Of a hundred, each one in ten: at least fifteen are 0.0726.
        let few = Realized::of(&[(60.0, 0.1), (40.0, 0.1)]);
        assert!((few.at_least(15) - 0.072_6).abs() < 5e-4, "{}", few.at_least(15));
        // Of a thousand, each one in twenty: at least seventy are 0.0034.
        let many = Realized::of(&[(1_000.0, 0.05)]);
        assert!((many.at_least(70) - 0.003_4).abs() < 4e-4, "{}", many.at_least(70));
    }
}

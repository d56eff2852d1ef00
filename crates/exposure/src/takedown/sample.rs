//! Samples, and what they show: the most that can be left when so many of a sample are.

/// Of `total` things, `most` at most, chosen by a seed that nobody could choose: the root of the
/// case's log. In order, without repetition.
pub fn pick(total: usize, most: usize, seed: &[u8; 32]) -> Vec<usize> {
    if total <= most {
        return (0..total).collect();
    }
    // The sequence of SplitMix64: it only has to be spread, and the same for who checks.
    let mut state = u64::from_be_bytes(*seed.first_chunk().expect("a seed has 32 bytes"));
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    let mut picked = std::collections::BTreeSet::new();
    while picked.len() < most {
        let place = (u128::from(next()) * total as u128) >> 64;
        picked.insert(usize::try_from(place).expect("it is less than the total"));
    }
    picked.into_iter().collect()
}

/// The share that is at most left, at 95 %, if `found` of a sample of `asked` are.
///
/// With a larger share, a sample would show so few only once in 20 times.
///
/// # Source
///
/// The exact bound of Clopper and Pearson, one-sided: the share at which the probability of at most
/// `found` is 5 %. Of a finite number of things the truth is a little smaller.
pub fn at_most(found: usize, asked: usize) -> f64 {
    if found >= asked {
        return 1.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if at_most_found(found, asked, middle) > 0.05 {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// The probability of at most `found` in a sample, at a share.
#[expect(clippy::cast_precision_loss, reason = "samples are far below 2^52")]
fn at_most_found(found: usize, asked: usize, share: f64) -> f64 {
    // Each term from the one before it, in logarithms: the first may be far below the least f64.
    let mut log = asked as f64 * (-share).ln_1p();
    let mut sum = log.exp();
    for number in 1..=found {
        let (number, asked) = (number as f64, asked as f64);
        log += ((asked - number + 1.0) / number).ln() + share.ln() - (-share).ln_1p();
        sum += log.exp();
    }
    sum
}

/// The sentence that goes with a sample.
pub fn sentence(found: usize, asked: usize, what: &str) -> String {
    // Rounded up: "at most" stays true.
    let percent = (at_most(found, asked) * 10_000.0).ceil() / 100.0;
    format!("{found} of {asked} {what}: at most {percent} % at 95 %")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_is_the_exact_one() {
        // With none found it has a closed form; the others are from tables of Clopper and Pearson.
        for asked in [1, 59, 300, 2000] {
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let closed = 1.0 - 0.05_f64.powf(1.0 / asked as f64);
            assert!((at_most(0, asked) - closed).abs() < 1e-9, "{asked}");
        }
        for (found, asked, bound) in [(1, 10, 0.3942), (2, 20, 0.2826), (5, 100, 0.1023)] {
            assert!((at_most(found, asked) - bound).abs() < 1e-4, "{found} of {asked}");
        }
        assert!((at_most(10, 10) - 1.0).abs() < f64::EPSILON);
        assert_eq!(
            sentence(0, 2000, "still indexed"),
            "0 of 2000 still indexed: at most 0.15 % at 95 %"
        );
    }

    #[test]
    fn a_sample_is_spread_and_the_same_for_everyone() {
        let picked = pick(900_000, 2000, &[7; 32]);
        assert_eq!(picked.len(), 2000);
        assert_eq!(picked, pick(900_000, 2000, &[7; 32]));
        assert_ne!(picked, pick(900_000, 2000, &[8; 32]));
        assert!(picked.is_sorted_by(|one, other| one < other));
        for tenth in 0..10 {
            let range = tenth * 90_000..(tenth + 1) * 90_000;
            let inside = picked.iter().filter(|place| range.contains(*place)).count();
            assert!((140..260).contains(&inside), "{inside} in tenth {tenth}");
        }
        assert_eq!(pick(3, 5, &[0; 32]), [0, 1, 2]);
    }
}

//! How many of the people found can be copied from us, whatever is assumed of others: who copies us
//! repeats our rare spellings, so that no larger share is copied than repeats them.

use crate::{
    normal::name::Likeness,
    number::{exp, ln, real},
    observe::Seen,
};

/// How likely a larger share would have shown.
const LEVEL: f64 = 0.95;

/// The most of the records that can be copied from us, by names of ours that hardly anybody else spells so;
/// zero where there is no such name.
pub(crate) fn most_copied(seen: &[Seen]) -> f64 {
    let named = || seen.iter().filter(|one| one.pattern.name.is_some());
    let rare = || named().filter(|one| one.pattern.rare);
    let all = rare().count() as u64;
    if all == 0 {
        return 0.0;
    }
    let same = rare().filter(|one| one.pattern.name == Some(Likeness::Same)).count() as u64;
    most(same, all) * real(named().count() as u64) / real(seen.len().max(1) as u64)
}

/// The largest share of which so few of all, or fewer, are seen once in twenty (Clopper and Pearson).
fn most(few: u64, all: u64) -> f64 {
    if few >= all {
        return 1.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..40 {
        let middle = f64::midpoint(low, high);
        if at_most(few, all, middle) > 1.0 - LEVEL {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// How likely at most so many of all are seen of a share.
fn at_most(few: u64, all: u64, share: f64) -> f64 {
    let mut ways = 0.0;
    let mut sum = 0.0;
    for count in 0..=few {
        if count > 0 {
            ways += ln(real(all - count + 1)) - ln(real(count));
        }
        sum += exp(ways + real(count) * ln(share) + real(all - count) * ln(1.0 - share));
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_is_that_of_clopper_and_pearson() {
        for (few, all, expected) in [(0, 10, 0.258_9), (1, 20, 0.216_1), (17, 57, 0.413_5)] {
            assert!((most(few, all) - expected).abs() < 2e-3, "{few} {all} {}", most(few, all));
        }
        assert!((most(5, 5) - 1.0).abs() < 1e-9);
    }
}

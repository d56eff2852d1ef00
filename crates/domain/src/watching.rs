//! When an account of staff stands out: a sequential test over what it does, one by one. Each thing is
//! as an honest account does it, or not; a sum of how much more either is like one who sells or guesses
//! says when it is enough.

/// Thousandths: sums are whole numbers, so that a database adds them.
const SCALE: f64 = 1_000.0;

/// A sequential test.
///
/// # Source
///
/// E. S. Page, "Continuous Inspection Schemes", Biometrika 41 (1954): the cumulative sum of
/// log-likelihood ratios, which begins anew at nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Test {
    /// How many of a thousand things are odd with an honest account.
    pub honest: u32,
    /// How many are, with one that is not.
    pub crooked: u32,
    /// From which sum on the account is slowed, in thousandths.
    pub slow_at: i64,
    /// From which sum on it is held, in thousandths.
    pub hold_at: i64,
}

/// People who were met without an appointment there that day: lost slips, wrong days, walk-ins who
/// are registered already. Four in a row hold an account. `teeka bench watching` prints how often an
/// honest one is.
pub const READS: Test = Test { honest: 20, crooked: 200, slow_at: 7_500, hold_at: 9_200 };

/// Of these, who was not given a dose, either: with an honest account few, so that one who sells a little
/// each day stands out. It counts when they are met, and no longer once there is a dose.
pub const UNDOSED: Test = Test { honest: 3, crooked: 20, slow_at: 6_000, hold_at: 6_500 };

/// Codes and passwords that were wrong: one in twenty is mistyped. Six wrong ones in a row hold an
/// account.
pub const LOOKUPS: Test = Test { honest: 50, crooked: 500, slow_at: 9_200, hold_at: 13_800 };

/// What a sum says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// Nothing.
    Usual,
    /// The account is to be slowed.
    Slow,
    /// The account is to be held.
    Hold,
}

impl Test {
    /// What is added for a thing that is odd, or is not.
    ///
    /// # Units
    ///
    /// Thousandths of the natural logarithm of the ratio.
    pub fn weight(self, odd: bool) -> i64 {
        let share = |of_a_thousand: u32| f64::from(of_a_thousand) / SCALE;
        let (honest, crooked) = (share(self.honest), share(self.crooked));
        let ratio = if odd { crooked / honest } else { (1.0 - crooked) / (1.0 - honest) };
        #[expect(clippy::cast_possible_truncation, reason = "a logarithm of a ratio of shares")]
        let added = (ratio.ln() * SCALE).round() as i64;
        added
    }

    /// The sum after a thing more.
    pub fn next(self, sum: i64, odd: bool) -> i64 {
        (sum + self.weight(odd)).max(0)
    }

    /// What a sum says.
    pub const fn finding(self, sum: i64) -> Finding {
        if sum >= self.hold_at {
            Finding::Hold
        } else if sum >= self.slow_at {
            Finding::Slow
        } else {
            Finding::Usual
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn in_a_row(test: Test, finding: Finding) -> usize {
        let sums = std::iter::successors(Some(0), |sum| Some(test.next(*sum, true)));
        sums.take_while(|sum| test.finding(*sum) < finding).count()
    }

    #[test]
    fn a_few_odd_things_in_a_row_are_enough_and_usual_ones_never_are() {
        assert_eq!((in_a_row(READS, Finding::Slow), in_a_row(READS, Finding::Hold)), (4, 4));
        assert_eq!((in_a_row(UNDOSED, Finding::Slow), in_a_row(UNDOSED, Finding::Hold)), (4, 4));
        assert_eq!((in_a_row(LOOKUPS, Finding::Slow), in_a_row(LOOKUPS, Finding::Hold)), (4, 6));
        let honest = (0..10_000).fold(0, |sum, _| READS.next(sum, false));
        assert_eq!(honest, 0);
    }

    #[test]
    fn whoever_sells_one_or_two_a_day_is_found_in_time_and_an_honest_account_is_not() {
        // Days of a hundred people each until it is held; of an honest account, one in four days meets
        // somebody who goes without a dose.
        let days = |a_day: u32, honest: bool| {
            let mut sum = 0;
            for day in 1..=100 {
                for met in 0..100 {
                    let sold = met * a_day / 100 < (met + 1) * a_day / 100;
                    sum = UNDOSED.next(sum, sold || honest && day % 4 == 0 && met == 50);
                    if UNDOSED.finding(sum) == Finding::Hold {
                        return Some(day);
                    }
                }
            }
            None
        };
        assert_eq!([days(5, true), days(2, true)], [Some(1), Some(3)]);
        assert!(days(1, true).is_some_and(|day| day <= 20));
        assert_eq!(days(0, true), None);
    }

    proptest! {
        /// An odd thing in the place of a usual one never makes an account look better.
        #[test]
        fn odder_is_never_better(things in prop::collection::vec(any::<bool>(), 1..200), at in 0..200_usize) {
            let sum = |things: &[bool]| things.iter().fold(0, |sum, odd| READS.next(sum, *odd));
            let mut odder = things.clone();
            let at = at % things.len();
            odder[at] = true;
            prop_assert!(sum(&odder) >= sum(&things));
        }
    }
}

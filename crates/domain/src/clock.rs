//! Whether what a clock says can be believed: held against the latest instant that was believed before,
//! and against the clocks of others. What destroys by the clock waits for one that can.

use jiff::{SignedDuration, Timestamp};

/// How far a clock may be ahead of the latest instant that was believed: for so long everything may have
/// stood still, over a weekend, and nobody is asked.
pub const AHEAD: SignedDuration = SignedDuration::from_hours(48);
/// How far it may be behind that instant, or away from another's clock: servers differ by a little, and
/// answers take a while.
pub const APART: SignedDuration = SignedDuration::from_mins(10);

/// What a clock is found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// What it says follows what was believed before.
    Believed,
    /// It is further ahead than it was likely to come by itself.
    Ahead,
    /// It says less than it did.
    Back,
    /// Another's clock says something else.
    Apart,
}

impl Standing {
    /// Its word in answers and metrics.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Believed => "believed",
            Self::Ahead => "ahead",
            Self::Back => "back",
            Self::Apart => "apart",
        }
    }
}

/// How far clocks of others are from this one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Others {
    /// That of the machine of the database, which may be wrong in the same way as this one.
    pub database: Option<SignedDuration>,
    /// Those of the witnesses, in their midst: they are other people's, and sign what they say.
    pub witnesses: Option<SignedDuration>,
}

/// How a clock that says `now` stands to the latest instant that was believed, if there is one, and to
/// others.
pub fn standing(now: Timestamp, believed: Option<Timestamp>, others: Others) -> Standing {
    let since = believed.map_or(SignedDuration::ZERO, |believed| now.duration_since(believed));
    let is_apart = |away: SignedDuration| away.abs() > APART;
    if [others.database, others.witnesses].into_iter().flatten().any(is_apart) {
        Standing::Apart
    } else if since < -APART {
        Standing::Back
    } else if since > AHEAD && others.witnesses.is_none() {
        // Witnesses who say the same know that so much time went by.
        Standing::Ahead
    } else {
        Standing::Believed
    }
}

/// The one in the midst of how far some are away, so that a single one that is wrong says nothing; none
/// of nobody.
pub fn midst(mut away: Vec<SignedDuration>) -> Option<SignedDuration> {
    away.sort_unstable();
    // Of an even number, the one that is nearer.
    let upper = away.get(away.len() / 2)?;
    let lower = away.get(away.len().saturating_sub(1) / 2)?;
    Some(if lower.abs() < upper.abs() { *lower } else { *upper })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOON: i64 = 1_800_000_000;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(NOON + seconds).unwrap()
    }

    fn stands(seconds: i64) -> Standing {
        standing(at(seconds), Some(at(0)), Others::default())
    }

    #[test]
    fn a_clock_is_believed_within_its_bounds_and_not_beyond() {
        for (seconds, expected) in [
            (0, Standing::Believed),
            (60, Standing::Believed),
            (48 * 3_600, Standing::Believed),
            (48 * 3_600 + 1, Standing::Ahead),
            (10 * 366 * 86_400, Standing::Ahead),
            (-600, Standing::Believed),
            (-601, Standing::Back),
            (-10 * 366 * 86_400, Standing::Back),
        ] {
            assert_eq!(stands(seconds), expected, "{seconds}");
        }
        assert_eq!(
            standing(at(1 << 32), None, Others::default()),
            Standing::Believed,
            "the first says nothing"
        );
    }

    #[test]
    fn another_s_clock_says_that_one_of_the_two_is_wrong() {
        for of_witnesses in [false, true] {
            let with = |away: i64| {
                let away = Some(SignedDuration::from_secs(away));
                let others = if of_witnesses {
                    Others { witnesses: away, ..Others::default() }
                } else {
                    Others { database: away, ..Others::default() }
                };
                standing(at(0), Some(at(0)), others)
            };
            assert_eq!([with(600), with(-600)], [Standing::Believed; 2]);
            assert_eq!([with(601), with(-601)], [Standing::Apart; 2]);
        }
    }

    #[test]
    fn witnesses_know_that_time_went_by_and_the_own_database_does_not() {
        let near = Some(SignedDuration::from_secs(1));
        let month = at(30 * 86_400);
        let stands = |others| standing(month, Some(at(0)), others);
        assert_eq!(stands(Others { database: near, witnesses: None }), Standing::Ahead);
        assert_eq!(stands(Others { database: None, witnesses: near }), Standing::Believed);
        // What was believed and lies ahead is nobody's to explain but the operator's.
        let back = standing(at(0), Some(month), Others { database: near, witnesses: near });
        assert_eq!(back, Standing::Back);
    }

    #[test]
    fn one_of_three_who_is_wrong_says_nothing() {
        let of = |away: &[i64]| {
            midst(away.iter().map(|away| SignedDuration::from_secs(*away)).collect())
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[1 << 30, 2, -1]), Some(SignedDuration::from_secs(2)));
        assert_eq!(of(&[1 << 30, 2]), Some(SignedDuration::from_secs(2)));
        assert_eq!(of(&[1 << 30]), Some(SignedDuration::from_secs(1 << 30)));
    }

    proptest! {
        /// A clock that is believed each time never comes further in a step than it may.
        #[test]
        fn no_step_is_longer_than_the_bound(steps in prop::collection::vec(-400_000_i64..400_000, 1..60)) {
            let mut believed = at(0);
            for step in steps {
                let now = believed + SignedDuration::from_secs(step);
                if standing(now, Some(believed), Others::default()) == Standing::Believed {
                    prop_assert!(now.duration_since(believed) <= AHEAD);
                    believed = believed.max(now);
                }
            }
        }
    }
}

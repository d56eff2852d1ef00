//! The order of steps. Each is allowed only after the one that makes it safe: a cache that is purged
//! before its origin says 410 fetches the document again.
//!
//! What a step needs is a value that only the record of the step before can give, so that a program
//! that purges before it contains does not compile:
//!
//! ```compile_fail
//! use exposure::takedown::stage::Contained;
//! let not_contained = Contained(());
//! ```
//!
//! ```compile_fail
//! use exposure::takedown::stage::{Standing, Step};
//! let not_contained = Standing::default().then(Step::Contained);
//! ```

use std::fmt;

/// A step of a takedown, as it is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A first person ordered it.
    Ordered,
    /// A second person released it for action.
    Released,
    /// Origin and edges answer 410.
    Contained,
    /// The caches forgot it.
    Purged,
    /// Every edge was asked, and it is gone.
    Probed,
    /// No sitemap lists it, but the one of what was removed.
    Unlisted,
    /// Search engines were told.
    Submitted,
    /// A sample of the indexes was looked at.
    Verified,
    /// What was found since was compared with it.
    Watched,
    /// A first person wants it back: it was no exposure.
    WithdrawalOrdered,
    /// A second person agreed, and the rules are taken back.
    Withdrawn,
}

impl Step {
    /// All steps, in their order.
    pub const ALL: [Self; 11] = [
        Self::Ordered,
        Self::Released,
        Self::Contained,
        Self::Purged,
        Self::Probed,
        Self::Unlisted,
        Self::Submitted,
        Self::Verified,
        Self::Watched,
        Self::WithdrawalOrdered,
        Self::Withdrawn,
    ];

    /// Its name in records.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ordered => "ordered",
            Self::Released => "released",
            Self::Contained => "contained",
            Self::Purged => "purged",
            Self::Probed => "probed",
            Self::Unlisted => "unlisted",
            Self::Submitted => "submitted",
            Self::Verified => "verified",
            Self::Watched => "watched",
            Self::WithdrawalOrdered => "withdrawal ordered",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The step of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.name() == name)
    }

    /// The step that has to be reached before.
    const fn after(self) -> Option<Self> {
        match self {
            Self::Ordered => None,
            Self::Released | Self::WithdrawalOrdered => Some(Self::Ordered),
            Self::Contained => Some(Self::Released),
            Self::Purged | Self::Watched => Some(Self::Contained),
            Self::Probed => Some(Self::Purged),
            Self::Unlisted => Some(Self::Probed),
            Self::Submitted => Some(Self::Unlisted),
            Self::Verified => Some(Self::Submitted),
            Self::Withdrawn => Some(Self::WithdrawalOrdered),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A step is not allowed yet, or no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutOfOrder {
    /// Another step comes before it.
    #[error("the case is not {0} yet")]
    NotYet(Step),
    /// It was done, and is done once.
    #[error("the case is {0} already")]
    Already(Step),
}

/// How far a case is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    reached: Option<Step>,
    withdrawal: Option<Step>,
}

/// A second person released the case.
#[derive(Clone, Copy, Debug)]
pub struct Released(());
/// Origin and edges were seen to answer 410.
#[derive(Clone, Copy, Debug)]
pub struct Contained(());
/// The caches forgot it, after that.
#[derive(Clone, Copy, Debug)]
pub struct Purged(());
/// Every edge was asked, after that.
#[derive(Clone, Copy, Debug)]
pub struct Probed(());
/// The sitemaps no longer list it.
#[derive(Clone, Copy, Debug)]
pub struct Unlisted(());
/// Search engines were told.
#[derive(Clone, Copy, Debug)]
pub struct Submitted(());
/// Two people want it back.
#[derive(Clone, Copy, Debug)]
pub struct WithdrawalOrdered(());

impl Standing {
    /// The last step on the way to gone; none if nothing was recorded.
    pub const fn reached(self) -> Option<Step> {
        self.reached
    }

    /// Whether and how far it is on the way back.
    pub const fn withdrawal(self) -> Option<Step> {
        self.withdrawal
    }

    /// How far it is after a step. A step may be done again, and what follows it then has to be done
    /// again, too.
    ///
    /// # Errors
    ///
    /// [`OutOfOrder`] if the step is not allowed here.
    pub(super) fn then(self, step: Step) -> Result<Self, OutOfOrder> {
        if self.withdrawal == Some(Step::Withdrawn) {
            return Err(OutOfOrder::Already(Step::Withdrawn));
        }
        if let Some(before) = step.after() {
            let there = if step == Step::Withdrawn { self.withdrawal } else { self.reached };
            if there.is_none_or(|there| there < before) {
                return Err(OutOfOrder::NotYet(before));
            }
        }
        match step {
            Step::Ordered | Step::Released if self.reached >= Some(step) => {
                Err(OutOfOrder::Already(step))
            }
            Step::WithdrawalOrdered if self.withdrawal.is_some() => Err(OutOfOrder::Already(step)),
            Step::WithdrawalOrdered | Step::Withdrawn => {
                Ok(Self { withdrawal: Some(step), ..self })
            }
            Step::Watched => Ok(self),
            _ => Ok(Self { reached: Some(step), ..self }),
        }
    }

    fn at(self, step: Step) -> Result<(), OutOfOrder> {
        match (self.reached, self.withdrawal) {
            (_, Some(Step::Withdrawn)) => Err(OutOfOrder::Already(Step::Withdrawn)),
            (Some(reached), _) if reached >= step => Ok(()),
            _ => Err(OutOfOrder::NotYet(step)),
        }
    }

    /// What containing needs.
    ///
    /// # Errors
    ///
    /// [`OutOfOrder`] if nobody released it, or it was withdrawn.
    pub fn released(self) -> Result<Released, OutOfOrder> {
        self.at(Step::Released).map(Released)
    }

    /// What purging needs.
    ///
    /// # Errors
    ///
    /// [`OutOfOrder`] if it is not contained, or it was withdrawn.
    pub fn contained(self) -> Result<Contained, OutOfOrder> {
        self.at(Step::Contained).map(Contained)
    }

    /// What probing needs.
    ///
    /// # Errors
    ///
    /// [`OutOfOrder`] if it is not purged, or it was withdrawn.
    pub fn purged(self) -> Result<Purged, OutOfOrder> {
        self.at(Step::Purged).map(Purged)
    }

    /// What taking it out of sitemaps needs.
    ///
    /// # Errors
    ///
    /// [`OutOfOrder`] if it was not probed, or it was withdrawn.
    pub fn probed(self) -> Result<Probed, OutOfOrder> {
        self.at(Step::Probed).map(Probed)
    }

    /// What telling search engines needs.
    ///
    /// # Errors
    ///
    /// [`OutOfOrder`] if it is still listed, or it was withdrawn.
    pub fn unlisted(self) -> Result<Unlisted, OutOfOrder> {
        self.at(Step::Unlisted).map(Unlisted)
    }

    /// What verifying needs.
    ///
    /// # Errors
    ///
    /// [`OutOfOrder`] if search engines were not told, or it was withdrawn.
    pub fn submitted(self) -> Result<Submitted, OutOfOrder> {
        self.at(Step::Submitted).map(Submitted)
    }

    /// What taking the rules back needs.
    ///
    /// # Errors
    ///
    /// [`OutOfOrder`] if nobody ordered that, or it is done.
    pub fn withdrawal_ordered(self) -> Result<WithdrawalOrdered, OutOfOrder> {
        match self.withdrawal {
            Some(Step::WithdrawalOrdered) => Ok(WithdrawalOrdered(())),
            Some(done) => Err(OutOfOrder::Already(done)),
            None => Err(OutOfOrder::NotYet(Step::WithdrawalOrdered)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A change of the order shows up in review as a change of this table.
    #[test]
    fn after_each_step_these_are_allowed() {
        let way = &Step::ALL[..8];
        let mut lines = Vec::new();
        for done in 0..=way.len() {
            let standing =
                way[..done].iter().try_fold(Standing::default(), |s, step| s.then(*step));
            let standing = standing.unwrap();
            let allowed = Step::ALL.into_iter().filter(|step| standing.then(*step).is_ok());
            let allowed: Vec<_> = allowed.map(Step::name).collect();
            let reached = standing.reached().map_or("nothing", Step::name);
            lines.push(format!("{reached}: {}", allowed.join(", ")));
        }
        insta::assert_snapshot!(lines.join("\n"), @r"
        nothing: ordered
        ordered: released, withdrawal ordered
        released: contained, withdrawal ordered
        contained: contained, purged, watched, withdrawal ordered
        purged: contained, purged, probed, watched, withdrawal ordered
        probed: contained, purged, probed, unlisted, watched, withdrawal ordered
        unlisted: contained, purged, probed, unlisted, submitted, watched, withdrawal ordered
        submitted: contained, purged, probed, unlisted, submitted, verified, watched, withdrawal ordered
        verified: contained, purged, probed, unlisted, submitted, verified, watched, withdrawal ordered
        ");
    }

    #[test]
    fn a_step_that_is_done_again_has_the_next_ones_done_again() {
        let all = Step::ALL[..8].iter().try_fold(Standing::default(), |s, step| s.then(*step));
        let again = all.unwrap().then(Step::Contained).unwrap();
        assert!(again.contained().is_ok());
        assert_eq!(again.purged().unwrap_err(), OutOfOrder::NotYet(Step::Purged));
        assert_eq!(again.then(Step::Probed), Err(OutOfOrder::NotYet(Step::Purged)));
    }

    #[test]
    fn what_was_withdrawn_is_touched_no_more() {
        let way = [Step::Ordered, Step::Released, Step::Contained, Step::WithdrawalOrdered];
        let asked = way.iter().try_fold(Standing::default(), |s, step| s.then(*step)).unwrap();
        // Until a second person agrees, it stays gone.
        assert!(asked.contained().is_ok() && asked.withdrawal_ordered().is_ok());
        let done = asked.then(Step::Withdrawn).unwrap();
        for step in Step::ALL {
            assert_eq!(done.then(step), Err(OutOfOrder::Already(Step::Withdrawn)), "{step}");
        }
        assert_eq!(done.contained().unwrap_err(), OutOfOrder::Already(Step::Withdrawn));
        assert!(done.withdrawal_ordered().is_err());
    }
}

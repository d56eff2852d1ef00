//! From weights to a verdict: whose records they are, how sure that is, why it is not said, and what would
//! decide then.

pub(crate) mod copied;
pub(crate) mod decide;

use serde::{Deserialize, Serialize};

use crate::{model::Origin, number::told};

/// Whose records they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "is")]
pub enum Verdict {
    /// Of one origin.
    One {
        /// Which.
        origin: Origin,
    },
    /// Of several. Where another system and made-up records both stand beside a third, the rest is of
    /// one of them, and it cannot be told of which.
    Mixture {
        /// Which, in order.
        origins: Vec<Origin>,
    },
    /// It cannot be told.
    Undetermined {
        /// The origins between which it cannot be told.
        between: Vec<Origin>,
    },
}

impl Verdict {
    /// Whether nothing of it went through anybody's hands whom we know.
    pub(crate) fn is_of_strangers(&self) -> bool {
        let all = match self {
            Self::One { origin } => std::slice::from_ref(origin),
            Self::Mixture { origins: all } | Self::Undetermined { between: all } => all,
        };
        all.iter().all(|one| matches!(one, Origin::Unrelated | Origin::Fabricated))
    }

    /// Whether the records are from us: our register, or a list that we gave to somebody; none if that
    /// cannot be told.
    pub fn is_from_us(&self) -> Option<bool> {
        let not_ours = |origin: &Origin| matches!(origin, Origin::Unrelated | Origin::Fabricated);
        match self {
            Self::One { origin } => Some(origin.is_from_us()),
            Self::Mixture { origins } => Some(origins.iter().any(|origin| origin.is_from_us())),
            Self::Undetermined { between } if between.iter().all(not_ours) => Some(false),
            Self::Undetermined { between } if between.iter().all(|one| one.is_from_us()) => {
                Some(true)
            }
            Self::Undetermined { .. } => None,
        }
    }
}

/// How sure something is, in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// 99 in 100 and more.
    AlmostCertain,
    /// 95 in 100 and more.
    VeryLikely,
    /// Four in five and more.
    Likely,
    /// Less.
    Open,
}

impl Scale {
    /// The words for a probability.
    pub fn of(probability: f64) -> Self {
        match probability {
            p if p >= 0.99 => Self::AlmostCertain,
            p if p >= 0.95 => Self::VeryLikely,
            p if p >= 0.80 => Self::Likely,
            _ => Self::Open,
        }
    }

    /// In words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AlmostCertain => "almost certain",
            Self::VeryLikely => "very likely",
            Self::Likely => "likely",
            Self::Open => "open",
        }
    }
}

/// Why a verdict was not given that the weights alone would give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Held {
    /// No story is likely enough.
    NotSure,
    /// It does not hold under every stretch of the assumptions.
    NotRobust,
    /// That none of the records are from us is too likely to be left out.
    NotProven,
    /// Too few records can be looked up.
    TooFew,
    /// That some of the records are from us is too likely to be left out.
    NotCleared,
    /// A part of what was shown was not read, and may be from us.
    NotAllRead,
    /// That they went out by a list that we gave to somebody is too likely to be left out.
    TwoWays,
    /// It would rest on who is found, and most of a country is.
    OverlapAlone,
    /// It would rest on what the columns are.
    SchemaAlone,
    /// Nothing but that nobody is found says that records were made up.
    NotProvenMadeUp,
    /// No list that came in or went out explains the records better than the register does.
    NoList,
}

impl Held {
    /// In words, with what would decide.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSure => {
                "no explanation is likely enough; more records, or columns with values that only we hold, would decide"
            }
            Self::NotRobust => {
                "the answer turns if the assumptions are stretched; a list of an independent system of the same district, to measure how often it agrees with us, would decide"
            }
            Self::NotProven => {
                "that none of the records are from us cannot be left out yet; more records, or values that only we hold, would decide"
            }
            Self::TooFew => {
                "too few records can be looked up; a sample of at least thirty with mobiles or reference numbers would decide"
            }
            Self::NotCleared => {
                "that a part of the records is from us cannot be left out yet; more records would decide"
            }
            Self::NotAllRead => {
                "a part of what was shown could not be read, and what is in it may be from us; the same part without a password, whole, or as text would decide"
            }
            Self::TwoWays => {
                "the records left our hands, and a list that we gave to somebody explains them nearly as well as the register itself; more records, or the marks of the list, would decide"
            }
            Self::OverlapAlone => {
                "the people are ours, but so are most people of the country; values that only we hold, such as reference numbers, would decide"
            }
            Self::SchemaAlone => {
                "it would rest on what the columns are, and columns can be joined on or left out; records that can be looked up would decide"
            }
            Self::NotProvenMadeUp => {
                "nobody is found for some records, and nothing else says whether they are made up or of people elsewhere; numbers with check digits, or another register, would decide"
            }
            Self::NoList => {
                "no list that came in or went out explains the records better than the register itself; the marks or the made-up people of a list would decide"
            }
        }
    }
}

/// A number as reports have it.
pub(crate) fn rounded(probability: f64) -> f64 {
    told(probability.min(0.9999))
}

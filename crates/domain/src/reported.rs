//! What researchers and others report: personal data that is public, a weakness, an alleged leak. Within
//! which bounds, by when somebody looks at it and by when it is closed, and what can come of it.

use jiff::{SignedDuration, Timestamp};

use crate::manifest::words::closed;

/// How long it takes at most until somebody looks at a report.
///
/// # Units
///
/// Hours.
pub const ACKNOWLEDGE_HOURS: i64 = 72;
/// How long it takes at most until a report is closed.
///
/// # Units
///
/// Days.
pub const CLOSE_DAYS: i64 = 90;
/// How long a report is kept once it is closed.
///
/// # Units
///
/// Days.
pub const KEPT_DAYS: i64 = 365;

/// Characters of each part at most.
const MOST_SEEN: usize = 4_000;
const MOST_FOUND_AT: usize = 1_000;
const MOST_REACH: usize = 200;
const MOST_CLAIMED: usize = 2_000;

closed! {
    /// What came of a report.
    Outcome {
        /// It was so, and is so no longer.
        Mended "mended" "It was so, and it is mended" "बात सही थी, और ठीक कर दी गई है"
        /// It was known before.
        Known "known" "It was known to us already" "यह हमें पहले से पता था"
        /// It is of somebody else's.
        NotOurs "not-ours" "It is not of this platform" "यह इस प्लेटफ़ॉर्म का नहीं है"
        /// Nothing of the kind was found.
        NotFound "not-found" "We did not find what was reported" "जो बताया गया, वह हमें नहीं मिला"
        /// An inquiry was made of it.
        Inquired "inquired" "An inquiry was made; its public statement says what came of it" "एक जाँच की गई; उसका सार्वजनिक कथन बताता है कि क्या निकला"
    }
}

impl Outcome {
    /// The outcome with a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|one| one.name() == name).copied()
    }
}

/// What somebody reports.
///
/// # Privacy
///
/// May hold personal data of anybody, so it has no Debug: it is sealed at once and opened on record.
#[derive(Clone, PartialEq, Eq)]
pub struct Reported {
    /// What was seen.
    pub seen: String,
    /// Where, if that is said.
    pub found_at: Option<String>,
    /// How to reach who reports, if they want that.
    pub reach: Option<String>,
    /// What is claimed of an alleged leak, if it is about one: columns, number of people, price.
    pub claimed: Option<String>,
}

/// Why a report cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadReport {
    /// Nothing is said, or too much.
    #[error("seen must be 1 to 4000 characters of text")]
    Seen,
    /// Not one line.
    #[error("found_at must be one line of at most 1000 characters")]
    FoundAt,
    /// Not one line.
    #[error("reach must be one line of at most 200 characters")]
    Reach,
    /// Too much.
    #[error("claimed must be at most 2000 characters of text")]
    Claimed,
}

impl Reported {
    /// A report, if each part is within its bounds; a part that is empty is none.
    ///
    /// # Errors
    ///
    /// [`BadReport`] names the part. Control characters but ends of lines and tabs are in none.
    pub fn new(seen: &str, found_at: &str, reach: &str, claimed: &str) -> Result<Self, BadReport> {
        let part = |text: &str, most, wrong| match within(text, most) {
            Some(text) if text.is_empty() => Ok(None),
            Some(text) => Ok(Some(text)),
            None => Err(wrong),
        };
        let line = |text: &str, most, wrong| {
            let one = !text.trim().contains(char::is_control);
            if one { part(text, most, wrong) } else { Err(wrong) }
        };
        Ok(Self {
            seen: part(seen, MOST_SEEN, BadReport::Seen)?.ok_or(BadReport::Seen)?,
            found_at: line(found_at, MOST_FOUND_AT, BadReport::FoundAt)?,
            reach: line(reach, MOST_REACH, BadReport::Reach)?,
            claimed: part(claimed, MOST_CLAIMED, BadReport::Claimed)?,
        })
    }
}

/// The text without what surrounds it, with ends of lines as one character each.
fn within(text: &str, most: usize) -> Option<String> {
    let text = text.trim().replace("\r\n", "\n");
    let shown = |c: char| !c.is_control() || c == '\n' || c == '\t';
    (text.chars().count() <= most && text.chars().all(shown)).then_some(text)
}

/// By when somebody looks at a report, and by when it is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// Somebody has looked at it by then.
    pub acknowledge_by: Timestamp,
    /// It is closed by then.
    pub close_by: Timestamp,
}

impl Due {
    /// What is promised for a report that comes at an instant.
    pub fn of(received_at: Timestamp) -> Self {
        let after = |span| received_at.saturating_add(span).unwrap_or(Timestamp::MAX);
        Self {
            acknowledge_by: after(SignedDuration::from_hours(ACKNOWLEDGE_HOURS)),
            close_by: after(SignedDuration::from_hours(24 * CLOSE_DAYS)),
        }
    }
}

/// Until when a report is kept that is closed at an instant.
pub fn kept_until(closed_at: Timestamp) -> Timestamp {
    let span = SignedDuration::from_hours(24 * KEPT_DAYS);
    closed_at.saturating_add(span).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_has_its_bounds_and_an_empty_one_is_none() {
        let most = |count| "अ".repeat(count);
        let report = Reported::new(" a list\r\nof people ", "", " ", "name, mobile").ok().unwrap();
        assert_eq!(report.seen, "a list\nof people");
        assert_eq!((report.found_at, report.reach), (None, None));
        assert_eq!(report.claimed.as_deref(), Some("name, mobile"));
        assert!(Reported::new(&most(4_000), &most(1_000), &most(200), &most(2_000)).is_ok());
        for (parts, wrong) in [
            (["", "", "", ""], BadReport::Seen),
            ([" \n ", "", "", ""], BadReport::Seen),
            ([&most(4_001), "", "", ""], BadReport::Seen),
            (["a\u{1b}[2J", "", "", ""], BadReport::Seen),
            (["a", &most(1_001), "", ""], BadReport::FoundAt),
            (["a", "one\ntwo", "", ""], BadReport::FoundAt),
            (["a", "", &most(201), ""], BadReport::Reach),
            (["a", "", "a\tb", ""], BadReport::Reach),
            (["a", "", "", &most(2_001)], BadReport::Claimed),
        ] {
            let [seen, found_at, reach, claimed] = parts;
            assert_eq!(Reported::new(seen, found_at, reach, claimed).err(), Some(wrong));
        }
    }

    #[test]
    fn three_days_to_look_ninety_to_close_and_a_year_to_keep() {
        let day = |days: i64| Timestamp::from_second(1_643_700_000 + days * 86_400).unwrap();
        let due = Due::of(day(0));
        assert_eq!((due.acknowledge_by, due.close_by), (day(3), day(90)));
        assert_eq!(kept_until(day(90)), day(455));
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::from_name(outcome.name()), Some(*outcome));
        }
        assert_eq!(Outcome::from_name("lost"), None);
    }
}

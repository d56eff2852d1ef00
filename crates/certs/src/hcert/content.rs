//! What is found inside, whichever the form; and what holds for all forms.

use jiff::civil::Date;

use crate::{
    trust::Trust,
    verdict::{Caveat, Claims, EventKind, NotValid},
};

/// What a certificate says, and what weakens it.
pub(super) struct Content {
    pub(super) claims: Claims,
    pub(super) caveats: Vec<Caveat>,
}

impl Content {
    pub(super) const fn new(claims: Claims) -> Self {
        Self { claims, caveats: Vec::new() }
    }

    /// What its signer has to be allowed to sign.
    pub(super) fn kind(&self) -> EventKind {
        self.claims.events.first().map(|event| event.kind).unwrap_or_default()
    }

    /// Notes codes that the trust's value sets do not list. A set that is not at hand says nothing.
    pub(super) fn look_up(&mut self, trust: &Trust, codes: &[(&str, Option<&str>)]) {
        let unlisted = |(set, code): &(&str, Option<&str>)| {
            code.is_some_and(|code| trust.lists_code(set, code) == Some(false))
        };
        if codes.iter().any(unlisted) {
            self.caveats.push(Caveat::UnknownCode);
        }
    }

    /// Notes that the days that it counts for are over or have not begun.
    pub(super) fn count_from_to(
        &mut self,
        from: Option<&str>,
        until: Option<&str>,
        now: i64,
    ) -> Result<(), NotValid> {
        let from = from.map(|day| begins(day).ok_or(NotValid::Content)).transpose()?;
        let until = until.map(|day| ends(day).ok_or(NotValid::Content)).transpose()?;
        if from.is_some_and(|from| now < from) || until.is_some_and(|until| now >= until) {
            self.caveats.push(Caveat::OutOfTime);
        }
        Ok(())
    }
}

/// The first second of a day anywhere: the earliest time zone is 14 hours ahead of UTC. Days on
/// certificates have no zone, so one counts as long as it is that day somewhere.
pub(super) fn begins(day: &str) -> Option<i64> {
    Some(midnight(day)? - 14 * 3_600)
}

/// The second after a day everywhere: the latest time zone is 12 hours behind UTC.
pub(super) fn ends(day: &str) -> Option<i64> {
    Some(midnight(day)? + (24 + 12) * 3_600)
}

/// The beginning of a day in UTC. A time of day may follow.
fn midnight(day: &str) -> Option<i64> {
    let day: Date = match (day.get(..10)?, day.get(10..)?) {
        (day, "") => day.parse().ok()?,
        (day, time) if time.starts_with(['T', ' ']) => day.parse().ok()?,
        _ => return None,
    };
    Some(jiff::tz::Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok()?.as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_counts_as_long_as_it_is_that_day_somewhere() {
        assert_eq!(begins("1970-01-02"), Some(86_400 - 14 * 3_600));
        assert_eq!(ends("1970-01-02"), Some(2 * 86_400 + 12 * 3_600));
        assert_eq!(begins("1970-01-02T23:59:00Z"), begins("1970-01-02"));
        for odd in ["", "1970", "1970-01", "1970-13-01", "1970-01-023", "1970-01-0é", "-9999-01-01"]
        {
            assert_eq!(begins(odd), None, "{odd}");
        }
    }
}

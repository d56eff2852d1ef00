//! When the values of a specimen were ours: the register is held beside it as it was at each instant at
//! which it changed, and the interval that fits best dates the copy.

use crate::{
    number::{ln, real},
    observe::{Seen, Span},
};

/// How likely a record of a copy holds what was held then.
const FITS: f64 = 0.97;
/// How likely somebody independent has of what we changed what we have last.
const LAST_OF_OTHERS: f64 = 0.8;
/// How much worse than the best an instant may fit and still be told, in units of ln.
const LEEWAY: f64 = 3.0;
/// Instants that are tried at most.
const MOST_INSTANTS: usize = 256;

/// When a copy was made, as far as values tell.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Dating {
    /// Not before this instant, in seconds since 1970.
    pub from: i64,
    /// Before this one; none if it may be of now.
    pub until: Option<i64>,
    /// Records that tell the time: those of people of whom something else was held at another time.
    pub telling: u64,
    /// Of them, those that fit.
    pub fitting: u64,
    /// The instant that fits best.
    pub best: i64,
}

impl Dating {
    /// What the choice among so many instants costs a hypothesis.
    pub(crate) fn cost(&self) -> f64 {
        ln(real(self.telling + 1)).min(4.0)
    }
}

/// The logarithm of how much likelier a copy of an instant makes the time of a record's values than
/// somebody independent does: details are put right, so that others have mostly what we have last.
pub(crate) fn weight_at(span: &Span, at: i64) -> f64 {
    let others = match (span.telling, span.until) {
        // Who was not registered yet cannot have been copied.
        (false, _) if span.holds(at) => return 0.0,
        (false, _) => return ln(1.0 - FITS),
        (true, None) => LAST_OF_OTHERS,
        (true, Some(_)) => 1.0 - LAST_OF_OTHERS,
    };
    ln(if span.holds(at) { FITS } else { 1.0 - FITS } / others)
}

/// The interval in which the values of records were held together; none if nobody was found.
pub(crate) fn date(seen: &[Seen], now: i64) -> Option<Dating> {
    let spans: Vec<Span> = seen.iter().filter_map(|one| Some(one.person.as_ref()?.span)).collect();
    if spans.is_empty() {
        return None;
    }
    let mut instants: Vec<i64> = spans.iter().map(|span| span.from).collect();
    instants.extend(spans.iter().filter_map(|span| span.until));
    instants.push(now);
    instants.retain(|at| *at <= now);
    instants.sort_unstable();
    instants.dedup();
    let step = instants.len().div_ceil(MOST_INSTANTS).max(1);
    let last = instants.len() - 1;
    let tried: Vec<i64> = (0..=last)
        .filter(|place| place % step == 0 || *place == last)
        .map(|at| instants[at])
        .collect();
    let weight = |at: i64| -> f64 {
        let one = |span: &Span| ln(if span.holds(at) { FITS } else { 1.0 - FITS });
        spans.iter().map(one).sum()
    };
    let weights: Vec<f64> = tried.iter().map(|at| weight(*at)).collect();
    let most = weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let good: Vec<usize> = (0..tried.len()).filter(|at| weights[*at] >= most - LEEWAY).collect();
    let (first, behind) = (good[0], good[good.len() - 1] + 1);
    let best = (0..tried.len()).rev().find(|at| weights[*at] >= most).unwrap_or(first);
    let best = tried[best];
    let telling = spans.iter().filter(|span| span.telling);
    Some(Dating {
        from: tried[first],
        until: tried.get(behind).copied(),
        telling: telling.clone().count() as u64,
        fitting: telling.filter(|span| span.holds(best)).count() as u64,
        best,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::{Link, Matched, Pattern};
    use crate::register::{PersonNo, Shows};

    fn seen(from: i64, until: Option<i64>, telling: bool) -> Seen {
        let pattern = Pattern {
            link: Link::Found,
            name: None,
            rare: false,
            year: None,
            gender: None,
            number: None,
            document: None,
            dose: None,
        };
        let span = Span { from, until, telling, registered_at: from };
        let (strata, passages, visits) = ([0; 3], vec![], vec![from]);
        let person =
            Matched { person: PersonNo(1), strata, passages, span, visits, has: Shows::ALL };
        Seen { pattern, person: Some(person), sum: None, bit: None }
    }

    fn weight(all: &[Seen], at: i64) -> f64 {
        all.iter().filter_map(|one| one.person.as_ref()).map(|one| weight_at(&one.span, at)).sum()
    }

    #[test]
    fn the_interval_is_where_old_and_new_values_were_held_together() {
        let mut all: Vec<_> = (0..20).map(|at| seen(at, None, false)).collect();
        all.extend((0..5).map(|_| seen(0, Some(60), true)));
        all.extend((0..5).map(|_| seen(40, None, true)));
        let dating = date(&all, 100).unwrap();
        assert_eq!((dating.from, dating.until), (40, Some(60)));
        assert_eq!((dating.telling, dating.fitting), (10, 10));
        assert!(weight(&all, dating.best) > 0.0);
        assert!(date(&[], 100).is_none());
    }

    #[test]
    fn values_of_no_one_time_do_not_look_like_a_copy() {
        let mut all: Vec<_> = (0..10).map(|_| seen(0, Some(50), true)).collect();
        all.extend((0..10).map(|_| seen(50, None, true)));
        assert!(weight(&all, date(&all, 100).unwrap().best) < 0.0);
    }

    #[test]
    fn what_we_have_last_is_what_others_have_too() {
        let all = |until| (0..10).map(|_| seen(50, until, true)).collect::<Vec<_>>();
        assert!(weight(&all(None), 100) < 2.0);
        assert!(weight(&all(Some(60)), 55) > 10.0);
    }
}

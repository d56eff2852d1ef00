//! Another system beside a companion, fitted for each share: what of the records is left to it says how it
//! behaves. In a few steps of a grid it would explain less than it does alone, where it is tried in many,
//! and a companion would be missed for that.

use std::collections::BTreeMap;

use super::{Case, Component, SHARES, STRAYS, Scale, Start, climbed::moved, peak};
use crate::{
    model::{Other, Setting, Stretch},
    normal::name::Likeness,
    observe::{Link, Year},
};

/// Rounds in which it is fitted anew to what is left to it.
const ROUNDS: usize = 6;
/// How much farther than it is led it goes in each: the records that both may have written hold it back.
const FARTHER: f64 = 1.6;
/// How many other spellings of those found under a key are found by sound, too.
const BY_SOUND: f64 = 0.45;

/// A companion of another system in a share, with how that behaves there.
pub(super) struct Fitted {
    pub(super) weight: f64,
    /// The companion's place among the parts.
    pub(super) place: usize,
    /// Its share.
    pub(super) share: f64,
    pub(super) other: Other,
}

impl Case {
    /// Every companion in every share, each with the other system that fits best beside it.
    pub(super) fn fitted(
        &self,
        parts: &[Component],
        start: Other,
        scale: &Scale<'_>,
    ) -> (Vec<Fitted>, BTreeMap<usize, Start>) {
        let mut all: Vec<Fitted> = Vec::new();
        let mut best: BTreeMap<usize, Start> = BTreeMap::new();
        for (place, companion) in parts.iter().enumerate() {
            for (doses, _) in Stretch::doses_known(self.has_doses) {
                let mut other = Other { doses: *doses, ..start };
                for share in SHARES {
                    other = self.led(companion, share, other, scale);
                    let weight = self.about(companion, share, other, scale);
                    all.push(Fitted { weight, place, share, other });
                    let known = best.entry(place).or_insert((weight, share, other));
                    if weight > known.0 {
                        *known = (weight, share, other);
                    }
                }
            }
        }
        (all, best)
    }

    /// Another system as a component of a mixture.
    pub(super) fn beside_others(&self, other: Other, scale: &Scale<'_>) -> Component {
        let prior = Stretch::doses_prior(self.has_doses, other.doses);
        self.component(Setting::Other(other), prior, scale.uses)
    }

    /// How likely a companion and another system make all in a share, summed over the behaviours about the
    /// best.
    fn about(&self, companion: &Component, share: f64, other: Other, scale: &Scale<'_>) -> f64 {
        let at = [other.found, other.spelling, other.years, other.rarely];
        peak::about(at, scale.stretch.ends(), |at| {
            self.of_pair(companion, &self.beside_others(moved(other, at), scale), share, scale)
        })
    }

    /// The same as of two, in the order in which origins of a pair stand.
    pub(super) fn of_pair(
        &self,
        companion: &Component,
        other: &Component,
        share: f64,
        scale: &Scale<'_>,
    ) -> f64 {
        if companion.origin > other.origin {
            self.of_two(other, companion, 1.0 - share, scale)
        } else {
            self.of_two(companion, other, share, scale)
        }
    }

    /// How another system behaves by the records that a companion of a share leaves to it.
    fn led(&self, companion: &Component, share: f64, from: Other, scale: &Scale<'_>) -> Other {
        let mut other = from;
        for _ in 0..ROUNDS {
            let likely = self.beside_others(other, scale).likely;
            let mut left = Left::default();
            for (place, group) in self.groups.iter().enumerate() {
                let (a, b) = (share * companion.likely[place], (1.0 - share) * likely[place]);
                let all = (1.0 - STRAYS) * (a + b) + STRAYS * scale.strays[place];
                left.add(group.count * (1.0 - STRAYS) * b / all, group.pattern);
            }
            other = left.lead(other, self.chances.keys, scale.stretch.ends());
        }
        other
    }
}

/// What is left to another system, counted by parts of records.
#[derive(Default)]
struct Left {
    /// Of those that could be looked up: all, and found.
    keyed: (f64, f64),
    /// Of those with a year: all, and the same.
    years: (f64, f64),
    /// Of usual names, and of rare ones: all, and the same; under a key.
    names: [(f64, f64); 2],
    /// Found by sound.
    by_sound: [(f64, f64); 2],
}

impl Left {
    fn add(&mut self, part: f64, pattern: crate::observe::Pattern) {
        let add = |sum: &mut (f64, f64), is: bool| {
            sum.0 += part;
            sum.1 += if is { part } else { 0.0 };
        };
        let by_sound = matches!(pattern.link, Link::Named | Link::Lone);
        if !matches!(pattern.link, Link::Open | Link::Lone) {
            add(&mut self.keyed, pattern.link == Link::Found);
        }
        if !pattern.link.is_somebody() {
            return;
        }
        if let Some(year) = pattern.year.filter(|_| !by_sound) {
            add(&mut self.years, year == Year::Same);
        }
        if let Some(name) = pattern.name {
            let of = if by_sound { &mut self.by_sound } else { &mut self.names };
            add(&mut of[usize::from(pattern.rare)], name == Likeness::Same);
        }
    }

    /// Farther towards what is counted, between ends.
    fn lead(&self, from: Other, keys: bool, ends: [(f64, f64); 4]) -> Other {
        let [of_found, of_spelling, of_years, of_rare] = ends;
        let toward = |from: f64, to: Option<f64>, (low, high): (f64, f64)| {
            to.map_or(from, |to| FARTHER.mul_add(to - from, from).clamp(low, high))
        };
        let part = |(all, same): (f64, f64)| (all > 0.5).then(|| same / all);
        // Of those found by sound, others' spellings are there in part only.
        let same = |rare: usize| {
            let (all, same) = self.names[rare];
            let (by_sound, same_sound) = self.by_sound[rare];
            let missed = (by_sound - same_sound) / BY_SOUND;
            part((all + same_sound + missed, same + same_sound))
        };
        let found = if keys { part(self.keyed) } else { None };
        let spelling = toward(from.spelling, same(0), of_spelling);
        let rarely = same(1).map(|rare| rare / spelling.max(0.03));
        Other {
            found: toward(from.found, found, of_found),
            spelling,
            years: toward(from.years, part(self.years), of_years),
            rarely: toward(from.rarely, rarely, of_rare),
            ..from
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::Pattern;

    #[test]
    fn it_is_led_to_what_is_counted() {
        let pattern = Pattern {
            link: Link::Found,
            name: Some(Likeness::Same),
            rare: false,
            year: Some(Year::Same),
            gender: None,
            number: None,
            document: None,
            dose: None,
        };
        let mut left = Left::default();
        left.add(60.0, pattern);
        left.add(20.0, Pattern { name: Some(Likeness::Variant), ..pattern });
        left.add(1.0, Pattern { rare: true, ..pattern });
        left.add(9.0, Pattern { rare: true, name: Some(Likeness::Slip), ..pattern });
        left.add(30.0, Pattern { link: Link::Nobody, name: None, year: None, ..pattern });
        let mut other = Other { found: 0.3, spelling: 0.4, years: 0.7, doses: 0.02, rarely: 0.5 };
        for _ in 0..20 {
            other = left.lead(other, true, Stretch::Usual.ends());
        }
        assert!((other.found - 0.75).abs() < 0.01 && (other.spelling - 0.75).abs() < 0.01);
        assert!((other.rarely - 0.133).abs() < 0.01 && (other.years - 0.95).abs() < 0.01);
    }
}

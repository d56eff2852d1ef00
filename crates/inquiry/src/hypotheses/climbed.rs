//! Stories with another system in them, weighed where they fit best.

use std::collections::BTreeMap;

use super::{
    Case, Component, SHARES, Scale, Start, peak,
    story::{Story, alone_of},
};
use crate::{
    model::{Origin, Other, Setting, Stretch},
    number::real,
};

/// Companions of another system of which the best share is sought between the steps, of each origin.
const CLIMBED: usize = 2;

impl Case {
    /// Another system alone, where it fits best.
    pub(super) fn climbed_alone(
        &self,
        parts: &[(f64, Component)],
        scale: &Scale<'_>,
    ) -> Option<Story> {
        let others = parts.iter().filter(|(_, one)| one.origin == Origin::Unrelated);
        let (_, best) = others.max_by(|a, b| a.0.total_cmp(&b.0))?;
        let Setting::Other(start) = best.setting else { return None };
        let prior = Stretch::doses_prior(self.has_doses, start.doses);
        let from = [start.found, start.spelling, start.years, start.rarely];
        let peak = peak::climb(from, scale.stretch.ends(), |at| {
            let one = self.component(Setting::Other(moved(start, at)), prior, scale.uses);
            self.of_one(&one, scale.strays, scale.with_columns)
        });
        let [found, spelling, years, rarely] = peak.at;
        let there = Setting::Other(moved(start, [found, spelling, years, rarely]));
        Some(alone_of(&self.component(there, prior, scale.uses), peak.weight))
    }

    /// Mixtures with another system, where they fit best: of each origin the likeliest companions.
    pub(super) fn climbed(
        &self,
        parts: &[Component],
        best: BTreeMap<usize, Start>,
        scale: &Scale<'_>,
    ) -> Vec<Story> {
        let mut starts: Vec<_> = best.into_iter().collect();
        starts.sort_by(|(_, a), (_, b)| b.0.total_cmp(&a.0));
        let mut taken = [0; 5];
        starts.retain(|(place, _)| {
            let count = &mut taken[parts[*place].origin as usize];
            *count += 1;
            *count <= CLIMBED
        });
        let each = starts.into_iter();
        each.map(|(place, (_, share, start))| self.climbed_with(&parts[place], share, start, scale))
            .collect()
    }

    fn climbed_with(
        &self,
        companion: &Component,
        share: f64,
        start: Other,
        scale: &Scale<'_>,
    ) -> Story {
        let prior = Stretch::doses_prior(self.has_doses, start.doses) * real(SHARES.len() as u64);
        let [of_found, of_spelling, of_years, of_rare] = scale.stretch.ends();
        let ends = [(SHARES[0], 1.0 - SHARES[0]), of_found, of_spelling, of_years, of_rare];
        let other = |[_, found, spelling, years, rarely]: [f64; 5]| {
            let there = moved(start, [found, spelling, years, rarely]);
            self.component(Setting::Other(there), prior, scale.uses)
        };
        let from = [share, start.found, start.spelling, start.years, start.rarely];
        let peak = peak::climb(from, ends, |at| self.of_pair(companion, &other(at), at[0], scale));
        self.mixed_pair(companion, &other(peak.at), peak.at[0], peak.weight, scale.strays)
    }

    /// A companion and another system, in the order in which origins of a pair stand.
    pub(super) fn mixed_pair(
        &self,
        companion: &Component,
        other: &Component,
        share: f64,
        weight: f64,
        strays: &[f64],
    ) -> Story {
        if companion.origin > other.origin {
            self.mixed(other, companion, 1.0 - share, weight, strays)
        } else {
            self.mixed(companion, other, share, weight, strays)
        }
    }
}

/// Another system that knows as many doses, and else is elsewhere.
pub(super) const fn moved(start: Other, [found, spelling, years, rarely]: [f64; 4]) -> Other {
    Other { found, spelling, years, rarely, ..start }
}

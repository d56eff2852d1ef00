//! Made-up people in families, one for each path, committed to before use: where one turns up, that
//! path was open. Those that somebody planted to frame us are told from those that were stolen with
//! their neighbours.

use std::collections::BTreeMap;

use crate::{
    number::{ln, ln_sum, real},
    register::{Canary, Family, PersonNo, Register, SourceNo},
};

/// How likely somebody plants a canary who stole nothing: nobody outside knows which ones they are.
const PLANTED: f64 = 1e-3;
/// How likely the register was left by each path that is no list, before anything is seen: at rest,
/// replica, backup, an account that looks people up one by one and meets no canary.
const PATHS: [(Option<Family>, f64); 4] = [
    (Some(Family::AtRest), 0.3),
    (Some(Family::Replica), 0.15),
    (Some(Family::Backup), 0.15),
    (None, 0.4),
];

/// Canaries that were hit, by family, with the share of canaries on each path.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hits {
    families: BTreeMap<Family, u64>,
    rates: BTreeMap<Family, f64>,
    /// Whether any canaries are kept: without them there is nothing to miss.
    kept: bool,
}

impl Hits {
    /// Counts hits. A canary counts only if its registry was committed before the specimen was seen.
    pub(crate) fn count(people: &[PersonNo], register: &dyn Register, seen_at: i64) -> Self {
        let mut hits: BTreeMap<Family, u64> = BTreeMap::new();
        for Canary { family, committed_at } in people.iter().filter_map(|who| register.canary(*who))
        {
            if committed_at < seen_at {
                *hits.entry(family).or_default() += 1;
            }
        }
        let sources = (0_u32..).map(SourceNo).zip(register.sources());
        let mut rates: BTreeMap<Family, f64> =
            sources.map(|(number, source)| (Family::Source(number), source.canaries)).collect();
        for family in [Family::AtRest, Family::Replica, Family::Backup] {
            rates.insert(family, register.canaries(family));
        }
        let kept = rates.values().any(|rate| *rate > 0.0);
        Self { families: hits, rates, kept }
    }

    /// Hits of each family.
    pub(crate) const fn families(&self) -> &BTreeMap<Family, u64> {
        &self.families
    }

    fn total(&self) -> u64 {
        self.families.values().sum()
    }

    /// The logarithm of how likely the hits are, if so many records came from each of these: lists, or
    /// none for the register itself.
    pub(crate) fn weight(&self, from_us: &[(Option<SourceNo>, f64)]) -> f64 {
        if !self.kept {
            return 0.0;
        }
        if from_us.is_empty() {
            return if self.total() == 0 { 0.0 } else { ln(PLANTED) };
        }
        let each = from_us.iter().map(|(list, records)| match list {
            Some(list) => self.on_path(Some(Family::Source(*list)), *records),
            None => ln_sum(PATHS.map(|(path, prior)| ln(prior) + self.on_path(path, *records))),
        });
        each.fold(f64::NEG_INFINITY, f64::max)
    }

    /// The same for one path.
    fn on_path(&self, path: Option<Family>, records: f64) -> f64 {
        let expected =
            path.map_or(0.0, |path| self.rates.get(&path).copied().unwrap_or(0.0) * records);
        let own = path.map_or(0, |path| self.families.get(&path).copied().unwrap_or(0));
        let stray = if self.total() > own { ln(PLANTED) } else { 0.0 };
        stray + poisson(own, expected)
    }

    /// How likely the register was left by each path, given that it was: by family, or by an account.
    pub(crate) fn paths(&self, records: f64) -> Vec<(Option<Family>, f64)> {
        let each = PATHS.map(|(path, prior)| (path, ln(prior) + self.on_path(path, records)));
        let all = ln_sum(each.map(|(_, weight)| weight));
        each.into_iter().map(|(path, weight)| (path, crate::number::exp(weight - all))).collect()
    }
}

/// The logarithm of how likely so many are where so many are expected. Nothing is expected with a little
/// doubt.
fn poisson(count: u64, expected: f64) -> f64 {
    let expected = expected.max(1e-6);
    let factorial: f64 = (1..=count).map(|one| ln(real(one))).sum();
    real(count) * ln(expected) - expected - factorial
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(at_rest: u64) -> Hits {
        let hits =
            if at_rest > 0 { BTreeMap::from([(Family::AtRest, at_rest)]) } else { BTreeMap::new() };
        Hits {
            families: hits,
            rates: BTreeMap::from([(Family::AtRest, 1e-3), (Family::Replica, 1e-3)]),
            kept: true,
        }
    }

    #[test]
    fn a_canary_among_its_neighbours_names_the_path() {
        let paths = hits(5).paths(5_000.0);
        assert!(paths[0].0 == Some(Family::AtRest) && paths[0].1 > 0.98);
        // None in so many: it was not taken there.
        assert!(hits(0).paths(20_000.0)[0].1 < 1e-6);
    }

    #[test]
    fn canaries_without_neighbours_are_planted() {
        // Thirty in a hundred records are no theft of a register in which one in a thousand is one.
        let framed = hits(30);
        assert!(framed.weight(&[]) > framed.weight(&[(None, 100.0)]));
        let stolen = hits(1);
        assert!(stolen.weight(&[(None, 1_000.0)]) > stolen.weight(&[]));
    }
}

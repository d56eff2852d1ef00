//! Marks in lists that we gave to somebody: each copy carries a code in what has no meaning, the last
//! bit of the fraction of a second, so that a copy, or several mixed, are told by it.
//!
//! # Source
//!
//! G. Tardos, *Optimal probabilistic fingerprint codes*, 2003; the symmetric score of B. Škorić,
//! S. Katzenbeisser and M. U. Celik, *Symmetric Tardos fingerprinting codes for arbitrary alphabet
//! sizes*, 2008.

use std::collections::BTreeMap;

use crate::{
    number::{ln, real},
    observe::Seen,
    paths::FALSE_ACCUSATIONS,
    register::{Register, SourceKind, SourceNo},
};

/// How likely a bit comes through as it was.
const KEPT: f64 = 0.97;
/// Places below this tell nothing about anybody.
const LEAST_PLACES: u64 = 16;

/// How a list's code stands to the bits of a specimen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Score {
    pub(crate) source: SourceNo,
    /// Places of the code that were seen.
    pub(crate) places: u64,
    /// The symmetric score in standard deviations: an innocent list's has mean 0 and variance 1.
    pub(crate) deviations: f64,
    /// The logarithm of how much likelier the bits are, if they are a copy of this list alone.
    pub(crate) weight: f64,
}

impl Score {
    /// Whether so high a score is rarer than the accepted rate, among so many innocent lists.
    pub(crate) fn is_named(&self, among: u64) -> bool {
        // The tail of a normal distribution beyond z is below exp(-z²/2).
        let bound = libm::sqrt(2.0 * ln(real(among.max(1)) / FALSE_ACCUSATIONS));
        self.places >= LEAST_PLACES && self.deviations >= bound
    }
}

/// The score of every list that is marked, the highest first.
pub(crate) fn scores(seen: &[Seen], register: &dyn Register) -> Vec<Score> {
    let rows: Vec<_> =
        seen.iter().filter_map(|one| Some((one.person.as_ref()?.person, one.bit?))).collect();
    let exports = (0_u32..).map(SourceNo).zip(register.sources());
    let exports = exports.filter(|(_, source)| source.kind == SourceKind::Export);
    let mut scores: Vec<_> =
        exports.filter_map(|(source, _)| score(source, &rows, register)).collect();
    scores.sort_by(|a, b| b.deviations.total_cmp(&a.deviations).then(a.source.cmp(&b.source)));
    scores
}

fn score(
    source: SourceNo,
    rows: &[(crate::register::PersonNo, bool)],
    register: &dyn Register,
) -> Option<Score> {
    // For each place of the code: what the list has there, how likely a one is, and the bits seen.
    let mut places: BTreeMap<u32, (bool, f64, i64)> = BTreeMap::new();
    for (person, bit) in rows {
        if let Some(mark) = register.mark(source, *person) {
            let place = places.entry(mark.place).or_insert((mark.bit, mark.bias, 0));
            place.2 += if *bit { 1 } else { -1 };
        }
    }
    places.retain(|_, (_, _, votes)| *votes != 0);
    if places.is_empty() {
        return None;
    }
    let (mut sum, mut weight) = (0.0, 0.0);
    for (code, bias, votes) in places.values() {
        let seen = *votes > 0;
        let likely = if seen { *bias } else { 1.0 - bias };
        // A rare bit in common says much, a usual one little.
        let gain = libm::sqrt((1.0 - likely) / likely);
        sum += if seen == *code { gain } else { -1.0 / gain };
        weight += ln(if seen == *code { KEPT } else { 1.0 - KEPT } / likely);
    }
    let count = places.len() as u64;
    Some(Score { source, places: count, deviations: sum / libm::sqrt(real(count)), weight })
}

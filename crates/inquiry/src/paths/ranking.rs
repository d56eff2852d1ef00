//! The accounts and lists that could have produced some records, in order. It is where to look first, and
//! accuses nobody: whoever stands in it may be there by chance, and a copy of the database went through
//! none of them.

use serde::{Deserialize, Serialize};

use super::Trace;
use crate::{
    number::{exp, ln, ln_sum, told},
    register::Register,
};

/// How many are told at most.
const MOST: usize = 10;
/// Who is less likely than this is not told.
const LEAST: f64 = 0.01;
/// How likely a kind is at least.
const UNLIKELY: f64 = 1e-4;
/// Who is so much less likely than another, at most, has the same rank.
const TIED: f64 = 1.05;

/// Somebody through whose hands the records could have gone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The place in the ranking; those who cannot be told apart have the same.
    pub rank: u32,
    /// What it is, as the register names it.
    pub what: String,
    /// Its place among the sources of the register.
    pub source: u32,
    /// How likely it is, if it was any account or list at all.
    pub probability: f64,
    /// People found whose records went through it as the specimen has them.
    pub through: u64,
}

/// Those who could have produced the records, the likeliest first. `kinds` has the traces of each kind with
/// how likely the records, or some of them, are of that kind.
pub(crate) fn ranking(kinds: [(&[Trace], f64); 3], register: &dyn Register) -> Vec<Candidate> {
    let sources = register.sources();
    let mut all: Vec<(f64, &Trace)> = Vec::new();
    for (traces, likely) in kinds {
        let within = ln_sum(traces.iter().map(|trace| trace.weight));
        let prior = ln(likely.max(UNLIKELY)) - within;
        all.extend(traces.iter().map(|trace| (trace.weight + prior, trace)));
    }
    all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.source.cmp(&b.1.source)));
    let whole = ln_sum(all.iter().map(|(weight, _)| *weight));
    let (mut rank, mut above) = (0, f64::INFINITY);
    let mut told_of = Vec::new();
    for (place, (weight, trace)) in (1..).zip(all.into_iter().take(MOST)) {
        let probability = exp(weight - whole);
        if probability < LEAST && place > 1 {
            break;
        }
        // Held against the first of its rank, so that a long row of small steps is no tie.
        if above - weight > ln(TIED) {
            (rank, above) = (place, weight);
        }
        told_of.push(Candidate {
            rank,
            what: sources[trace.source.0 as usize].label.clone(),
            source: trace.source.0,
            probability: told(probability),
            through: trace.through,
        });
    }
    told_of
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        index::IndexKey,
        memory::{Memory, Parts},
        register::{Source, SourceKind, SourceNo},
    };

    /// A register of nobody, with a dozen accounts.
    fn of_accounts() -> Memory {
        let account = |number: u32| Source {
            kind: SourceKind::Account,
            label: format!("account {number}"),
            at: None,
            canaries: 0.0,
        };
        Memory::new(Parts {
            people: Vec::new(),
            canaries: BTreeMap::new(),
            sources: (0..12).map(account).collect(),
            rates: BTreeMap::new(),
            coverage: 0.8,
            now: 0,
            key: IndexKey::new(&[1; 32]),
            mark_key: [1; 32],
            mark_places: 0,
        })
    }

    fn trace(source: u32, weight: f64) -> Trace {
        Trace { source: SourceNo(source), through: 8, weight, evidence: 0.0 }
    }

    #[test]
    fn those_who_cannot_be_told_apart_share_a_rank() {
        let accounts = [trace(9, 20.0), trace(8, 20.0), trace(10, 18.0), trace(11, 2.0)];
        let kinds = [(&accounts[..], 0.9), (&[][..], 0.05), (&[][..], 0.05)];
        let told = ranking(kinds, &of_accounts());
        let ranks: Vec<_> = told.iter().map(|one| (one.rank, one.source)).collect();
        assert_eq!(ranks, [(1, 8), (1, 9), (3, 10)]);
        assert!(told.iter().map(|one| one.probability).sum::<f64>() <= 1.0);
    }
}

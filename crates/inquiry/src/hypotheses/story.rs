//! Stories with their weights, and what all of them make likely together.

use std::collections::BTreeMap;

use super::{Case, Component, Label};
use crate::{
    model::{Origin, Setting, Stretch, Uses},
    number::{exp, ln_sum},
    register::SourceNo,
};

/// Shares of records from us of which it is told how likely there are as many.
pub(crate) const LEAST_SHARES: [f64; 6] = [0.03, 0.05, 0.1, 0.2, 0.3, 0.5];

/// How likely each label is, once all is weighed.
#[derive(Clone, Debug)]
pub(crate) struct Posterior {
    pub(crate) labels: BTreeMap<Label, f64>,
    /// Expected share of each origin, in the order of [`Origin::ALL`].
    pub(crate) shares: [f64; 5],
    /// How likely at least each of [`LEAST_SHARES`] is from us.
    pub(crate) from_us: [f64; 6],
    /// How likely each list is the one, where a list explains.
    pub(crate) lists: BTreeMap<SourceNo, f64>,
}

impl Posterior {
    pub(crate) fn of(&self, label: Label) -> f64 {
        self.labels.get(&label).copied().unwrap_or(0.0)
    }

    pub(crate) fn sum(&self, wanted: impl Fn(Label) -> bool) -> f64 {
        self.labels.iter().filter(|(label, _)| wanted(**label)).map(|(_, part)| part).sum()
    }

    pub(crate) fn best(&self) -> (Label, f64) {
        let mut best = (Label::One(Origin::Unrelated), 0.0);
        for (label, part) in &self.labels {
            if *part > best.1 {
                best = (*label, *part);
            }
        }
        best
    }
}

/// A story.
pub(super) struct Story {
    /// What it is called, how likely it is that, and what it is called else.
    pub(super) label: (Label, f64, Label),
    /// The logarithm of its likelihood.
    pub(super) weight: f64,
    pub(super) shares: [f64; 5],
    pub(super) list: Option<SourceNo>,
    /// How likely at least each of [`LEAST_SHARES`] of the records is from us.
    pub(super) from_us: [f64; 6],
    pub(super) settings: [Option<Setting>; 2],
}

pub(super) fn alone_of(one: &Component, weight: f64) -> Story {
    let label = Label::One(one.origin);
    let mut shares = [0.0; 5];
    shares[one.origin as usize] = 1.0;
    let from_us = [if one.origin.is_from_us() { 1.0 } else { 0.0 }; 6];
    Story {
        label: (label, 1.0, label),
        weight,
        shares,
        list: one.list,
        from_us,
        settings: [Some(one.setting), None],
    }
}

pub(super) fn posterior(stories: &[Story]) -> Posterior {
    let all = ln_sum(stories.iter().map(|story| story.weight));
    let mut posterior = Posterior {
        labels: BTreeMap::new(),
        shares: [0.0; 5],
        from_us: [0.0; 6],
        lists: BTreeMap::new(),
    };
    for story in stories {
        let part = exp(story.weight - all);
        let (label, likely, else_called) = story.label;
        *posterior.labels.entry(label).or_default() += part * likely;
        if likely < 1.0 {
            *posterior.labels.entry(else_called).or_default() += part * (1.0 - likely);
        }
        for (sum, share) in posterior.shares.iter_mut().zip(story.shares) {
            *sum += part * share;
        }
        for (sum, likely) in posterior.from_us.iter_mut().zip(story.from_us) {
            *sum += part * likely;
        }
        if let Some(list) = story.list {
            *posterior.lists.entry(list).or_default() += part;
        }
    }
    posterior
}

impl Case {
    /// The likeliest stories in words, for who looks why a world was told wrongly.
    pub(crate) fn told(&self, most: usize) -> String {
        use std::fmt::Write;
        let mut stories = self.stories(Stretch::Usual, Uses::ALL, true);
        stories.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        let mut text = String::new();
        let mut known: BTreeMap<Label, usize> = BTreeMap::new();
        for story in &stories {
            let count = known.entry(story.label.0).or_default();
            *count += 1;
            if *count <= most {
                let _ = writeln!(
                    text,
                    "{:9.2} {:?} {:.2?} list {:?} at least 5 %: {:.4} {:.3?}",
                    story.weight,
                    story.label,
                    story.shares,
                    story.list.map(|list| list.0),
                    story.from_us[1],
                    story.settings
                );
            }
        }
        text
    }
}

//! What mixtures are made of: not everything with everything.

use std::collections::BTreeMap;

use super::{Case, Component, Scale};
use crate::{model::Origin, register::SourceNo};

/// Settings of a list that are tried in mixtures.
const SETTINGS_OF_A_LIST: usize = 2;
/// Shares by which it is seen which settings those are.
const TRIED: [f64; 4] = [0.1, 0.3, 0.5, 0.75];

impl Case {
    /// Of each list the two settings that explain best alone or beside the likeliest of others.
    pub(super) fn parts(&self, all: Vec<(f64, Component)>, scale: &Scale<'_>) -> Vec<Component> {
        let (others, copies): (Vec<_>, Vec<_>) = all
            .into_iter()
            .partition(|(_, one)| matches!(one.origin, Origin::Unrelated | Origin::Fabricated));
        let of = |origin: Origin| {
            let each = others.iter().filter(|(_, one)| one.origin == origin);
            each.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, one)| one)
        };
        let beside = [of(Origin::Unrelated), of(Origin::Fabricated)];
        let (listed, mut parts): (Vec<_>, Vec<_>) =
            copies.into_iter().partition(|(_, one)| one.list.is_some());
        let mut listed: Vec<_> = listed
            .into_iter()
            .map(|(alone, one)| {
                let mixed = beside
                    .into_iter()
                    .flatten()
                    .flat_map(|other| TRIED.map(|share| self.of_two(&one, other, share, scale)));
                (mixed.fold(alone, f64::max), one)
            })
            .collect();
        listed.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut taken: BTreeMap<SourceNo, usize> = BTreeMap::new();
        listed.retain(|(_, one)| {
            one.list.is_none_or(|list| {
                let count = taken.entry(list).or_default();
                *count += 1;
                *count <= SETTINGS_OF_A_LIST
            })
        });
        parts.extend(listed);
        let mut parts: Vec<Component> = parts.into_iter().map(|(_, one)| one).collect();
        let made_up = others.into_iter().map(|(_, one)| one);
        parts.extend(made_up.filter(|one| one.origin == Origin::Fabricated));
        parts.sort_by_key(|one| (one.origin, one.list));
        parts
    }
}

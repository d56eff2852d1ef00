//! What each origin alone makes of the records: what reports tell of single pieces of evidence.

use super::{Case, Component, STRAYS};
use crate::{
    model::{Origin, Stretch, Uses},
    number::ln,
};

impl Case {
    /// How likely each origin alone makes the records, by some of what is seen only, under its best
    /// setting: the logarithms. Zero for one of which there is no list.
    pub(crate) fn alone(&self, uses: Uses) -> [f64; 5] {
        let mut best: [Option<(f64, f64)>; 5] = [None; 5];
        let whole = self.components(Stretch::Usual, Uses::ALL);
        let strays = self.strays(Uses::ALL);
        let part = self.components(Stretch::Usual, uses);
        let part_strays = self.strays(uses);
        for (one, of_part) in whole.iter().zip(&part) {
            let all = self.of_records(one, &strays);
            let best = &mut best[one.origin as usize];
            if best.is_none_or(|(known, _)| all > known) {
                *best = Some((all, self.of_records(of_part, &part_strays)));
            }
        }
        let other = best[Origin::Unrelated as usize].map_or(0.0, |(_, weight)| weight);
        best.map(|one| one.map_or(other, |(_, weight)| weight))
    }

    pub(super) fn of_records(&self, one: &Component, strays: &[f64]) -> f64 {
        let records = self.groups.iter().zip(&one.likely).zip(strays);
        let each = records.map(|((group, likely), stray)| {
            group.count * ln((1.0 - STRAYS) * likely + STRAYS * stray)
        });
        each.sum()
    }
}

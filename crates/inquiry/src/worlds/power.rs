//! How much is in a specimen for who knows everything: not how others write on average, but how this one
//! did. What stays undetermined there is undetermined by nobody's fault.

use std::collections::BTreeMap;

use super::{
    Staged,
    leak::{self, Plot},
};
use crate::{
    number::{ln, real, share},
    observe::{Pattern, observe},
    paths::FALSE_ACCUSATIONS,
    register::{Register, SourceKind, SourceNo},
    specimen::Specimen,
};

/// Records by which it is seen how somebody writes.
const KNOWN: usize = 1_500;
/// The part of ours that is held against what is there.
const PART: f64 = 0.05;

/// The logarithm by which records such as those of a world are likelier, on average, as they are than with
/// a part of ours in them, for who knows how often each thing is seen of either.
pub(super) fn against_a_part(staged: &Staged) -> f64 {
    let others = seen_of(staged, &staged.plots);
    let ours = seen_of(staged, &[(Plot::Stored, 1.0)]);
    let (all_others, all_ours) = (sum(&others), sum(&ours));
    let compared = staged.specimen.rows().min(KNOWN) as u64;
    let each = others.iter().map(|(pattern, count)| {
        let other = real(*count) / all_others;
        let our = real(ours.get(pattern).copied().unwrap_or(0)) / all_ours;
        -other * ln(1.0 - PART + PART * our / other)
    });
    real(compared) * each.sum::<f64>()
}

/// Whether a list would not be named though everybody found had come by it: it has most of the people of
/// their places, so that chance has as many.
pub(super) fn is_list_of_most(staged: &Staged, source: SourceNo) -> bool {
    let register = &staged.country.register;
    let sources = register.sources();
    let kind = sources[source.0 as usize].kind;
    let Ok(sight) = observe(&staged.specimen, register) else { return false };
    let at_best = |level: usize| {
        let people = sight.seen.iter().filter_map(|one| one.person.as_ref());
        let each = people.map(|matched| {
            let reach = register.reach(source, level, matched.strata[level], None);
            -ln(share(reach.part, reach.whole).clamp(1e-6, 1.0))
        });
        each.sum::<f64>()
    };
    let among = sources.iter().filter(|one| one.kind == kind).count() as u64;
    let needed = ln(real(among.max(1)) / FALSE_ACCUSATIONS);
    kind != SourceKind::Account && at_best(0).min(at_best(1)) < needed
}

fn sum(seen: &BTreeMap<Pattern, u64>) -> f64 {
    real(seen.values().sum::<u64>().max(1))
}

/// What is seen of many records that came about as these did, and were put into the same file.
fn seen_of(staged: &Staged, plots: &[(Plot, f64)]) -> BTreeMap<Pattern, u64> {
    let mut dice = staged.before.again();
    let (lines, _) = leak::leak(&staged.country, &mut dice, plots, KNOWN);
    let specimen = Specimen::read(staged.form.write(&lines, &mut dice).as_bytes());
    let mut patterns = BTreeMap::new();
    if let Ok(sight) = observe(&specimen, &staged.country.register) {
        for seen in sight.seen {
            *patterns.entry(seen.pattern).or_default() += 1;
        }
    }
    patterns
}

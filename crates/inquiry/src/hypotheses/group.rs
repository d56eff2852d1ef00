//! Records of which the same is seen weigh the same, and are weighed once.

use std::collections::BTreeMap;

use crate::{
    dating::{Dating, weight_at},
    model::Origin,
    observe::{Pattern, Seen},
    paths::{weights_in_list, went_through},
    register::{Register, SourceNo},
};

/// Records of which the same is seen.
pub(super) struct Group {
    pub(super) pattern: Pattern,
    pub(super) count: f64,
    /// Weight of the time of their values, were they copied from us at the best instant.
    pub(super) time: f64,
    /// For each list considered: the weight of being in it with the time of the values, and of not being
    /// in it.
    pub(super) lists: Vec<(f64, f64)>,
}

/// Records of which the same is seen, counted.
pub(super) fn grouped(
    seen: &[Seen],
    lists: &[(SourceNo, Origin)],
    dating: Option<&Dating>,
    register: &dyn Register,
) -> Vec<Group> {
    // Records are put together by weights to a quarter, and weigh what theirs are on average: many small
    // weights in favour of a list are a large one.
    let mut groups: BTreeMap<(Pattern, Vec<i64>), Group> = BTreeMap::new();
    for one in seen {
        let person = one.person.as_ref();
        let time = match (person, dating) {
            (Some(person), Some(dating)) => weight_at(&person.span, dating.best),
            _ => 0.0,
        };
        let weights = lists.iter().map(|(source, origin)| {
            let Some(person) = person else { return (0.0, 0.0) };
            let at = match origin {
                // What an account had is of the time at which it had it.
                Origin::Ours if went_through(person, *source, register) => person.span.from,
                Origin::Ours => dating.map_or(i64::MAX, |dating| dating.best),
                // What a feeder wrote is what was registered.
                Origin::Feeder => person.span.registered_at,
                _ => register.sources()[source.0 as usize].at.unwrap_or(i64::MAX),
            };
            let time = if person.span.telling { weight_at(&person.span, at) } else { 0.0 };
            let (through, beside) = weights_in_list(person, *source, register);
            (through + time, beside)
        });
        let weights: Vec<(f64, f64)> = weights.collect();
        #[expect(clippy::cast_possible_truncation, reason = "weights are small")]
        let whole = |weight: f64| libm::round(weight * 4.0) as i64;
        let mut key = vec![whole(time)];
        key.extend(weights.iter().flat_map(|(through, beside)| [whole(*through), whole(*beside)]));
        let group = groups.entry((one.pattern, key)).or_insert_with(|| Group {
            pattern: one.pattern,
            count: 0.0,
            time,
            lists: vec![(0.0, 0.0); lists.len()],
        });
        group.count += 1.0;
        for (sum, weight) in group.lists.iter_mut().zip(weights) {
            *sum = (sum.0 + weight.0, sum.1 + weight.1);
        }
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    for group in &mut groups {
        for sum in &mut group.lists {
            *sum = (sum.0 / group.count, sum.1 / group.count);
        }
    }
    groups
}

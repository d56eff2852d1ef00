//! Through whose hands records went: which sources could have produced them, held against chance, so
//! that nobody is named because they are one of many.

pub mod ranking;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    normal::name::Likeness,
    number::{exp, ln, ln_sum, real, share},
    observe::{Matched, Number, Seen},
    register::{LEVELS, Passage, Register, Source, SourceKind, SourceNo},
};

/// The rate of false accusations that is accepted over all sources of a kind together.
pub(crate) const FALSE_ACCUSATIONS: f64 = 1e-3;
/// Shares of a specimen that a source may have produced.
const SHARES: [f64; 10] = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 0.9, 0.98];
/// How likely a list has a record that it is said to have produced: lists are not perfect.
const ON_LIST: f64 = 0.985;
/// How likely an opening that an account is said to have sold is on record with the values that it
/// showed: a record that was typed again may have another person's, or those of another time.
const ON_RECORD: f64 = 0.96;
/// Where a source has hardly anybody, and what of each bet is staked there: that somebody else's record
/// from elsewhere is not its says next to nothing of the rest.
const ELSEWHERE: f64 = 0.02;
const STAKE_ELSEWHERE: f64 = 0.05;
/// Who puts something on record knows it before it is there, and who is met is met within the day.
const A_DAY: i64 = 86_400;
/// Openings without a visit that lie so close together are one theft, if they are any.
const BURST: i64 = 3 * A_DAY;
/// How likely an account that sells records looked them up for that, and did not keep what its work
/// showed it.
const LOOKED_UP: f64 = 0.3;

/// A source beside the records of a specimen.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Trace {
    pub(crate) source: SourceNo,
    /// People found whose records went through it in time.
    pub(crate) through: u64,
    /// The logarithm of how much likelier the records are, if some of them are of the people who went
    /// through it, than if they are of anybody at the places seen.
    pub(crate) weight: f64,
    /// The logarithm of the evidence against chance, the smallest over all groups that a thief could have
    /// chosen by: were the source innocent, one in so many would have as much.
    pub(crate) evidence: f64,
}

impl Trace {
    /// Whether the evidence is enough to name it, among so many.
    pub(crate) fn is_named(&self, among: u64) -> bool {
        self.evidence >= ln(real(among.max(1)) / FALSE_ACCUSATIONS)
    }
}

/// Whether who went through some of so many sources is more than chance would have, though too little to
/// name any: one in twenty inquiries has as much if all are innocent.
pub(crate) fn is_likely(traces: &[Trace], among: u64) -> bool {
    let enough = ln(real(among.max(1)) * 20.0);
    traces.iter().any(|trace| trace.evidence >= enough)
}

/// How much likelier the likeliest of so many sources makes the records than anybody of the places seen
/// does, were one of them as likely as another.
pub(crate) fn best_of(traces: &[Trace], among: u64) -> f64 {
    traces.first().map_or(f64::NEG_INFINITY, |trace| trace.weight - ln(real(among.max(1))))
}

/// Every source of a kind that anybody found went through, the likeliest first.
pub(crate) fn traces(
    seen: &[Seen],
    register: &dyn Register,
    kind: SourceKind,
    until: Option<i64>,
) -> Vec<Trace> {
    let people = distinct(seen, kind);
    let sources = register.sources();
    let mut through: BTreeMap<SourceNo, Through> = BTreeMap::new();
    for (place, matched) in people.iter().enumerate() {
        for passage in &matched.passages {
            let of_kind = sources[passage.source.0 as usize].kind == kind;
            if of_kind && can_be(matched, *passage, until, register) {
                let one = through.entry(passage.source).or_insert_with(|| Through::of(&people));
                one.people[place] = true;
                if !is_visit(matched, passage.at) {
                    one.looked_up.push((passage.at, place));
                }
            }
        }
    }
    let mut traces: Vec<Trace> = through
        .into_iter()
        .map(|(source, through)| trace(source, &people, &through, register))
        .collect();
    traces.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.source.cmp(&b.source)));
    traces
}

/// Who of those found went through a source.
struct Through {
    people: Vec<bool>,
    /// Openings to which nobody came, with whom they were of.
    looked_up: Vec<(i64, usize)>,
}

impl Through {
    fn of(people: &[&Matched]) -> Self {
        Self { people: vec![false; people.len()], looked_up: Vec::new() }
    }

    fn count(&self) -> u64 {
        self.people.iter().filter(|through| **through).count() as u64
    }
}

/// Whether a record can be what a passage showed: before the copy was made, with values that were held
/// then, and with nothing that was not shown.
fn can_be(
    matched: &Matched,
    passage: Passage,
    until: Option<i64>,
    register: &dyn Register,
) -> bool {
    let in_time = until.is_none_or(|until| passage.at < until);
    if register.sources()[passage.source.0 as usize].kind != SourceKind::Account {
        return in_time;
    }
    let since = matched.span.from <= passage.at.saturating_add(A_DAY);
    let still = matched.span.until.is_none_or(|until| passage.at < until);
    in_time && since && still && register.shown(matched.person, passage).covers(matched.has)
}

/// Whether somebody came at about an instant.
fn is_visit(matched: &Matched, at: i64) -> bool {
    matched.visits.iter().any(|visit| visit.abs_diff(at) <= A_DAY.unsigned_abs())
}

/// Everybody found, once.
fn distinct(seen: &[Seen], kind: SourceKind) -> Vec<&Matched> {
    // Names that are only partly alike are too many strangers. Where records have numbers of ours, those
    // without are another part, and through whose hands that went says nothing of these; who prepared a
    // list had none.
    let others =
        |one: &Seen| one.pattern.number == Some(Number::Blank) && kind != SourceKind::Feeder;
    let sure = |one: &&Seen| one.pattern.name != Some(Likeness::Partly) && !others(one);
    let all = seen.iter().filter(sure).filter_map(|one| one.person.as_ref());
    let by_person: BTreeMap<_, _> = all.map(|matched| (matched.person, matched)).collect();
    by_person.into_values().collect()
}

const fn has(kind: SourceKind) -> f64 {
    match kind {
        SourceKind::Account => ON_RECORD,
        SourceKind::Export | SourceKind::Feeder => ON_LIST,
    }
}

fn trace(
    source: SourceNo,
    people: &[&Matched],
    through: &Through,
    register: &dyn Register,
) -> Trace {
    let of = &register.sources()[source.0 as usize];
    let (until, late) = known_until(of, people);
    let mut known: BTreeMap<(usize, u64), f64> = BTreeMap::new();
    let mut reach = |level: usize, stratum: u64| {
        *known.entry((level, stratum)).or_insert_with(|| {
            let reach = register.reach(source, level, stratum, until);
            share(reach.part, reach.whole).clamp(1e-6, 1.0 - 1e-6)
        })
    };
    let mut evidence = f64::INFINITY;
    // Who meets people at a desk is held against others who came in the same week; a list is not made so.
    let levels = if of.kind == SourceKind::Account { LEVELS } else { LEVELS - 1 };
    for level in 0..levels {
        let ratios = people.iter().zip(&through.people).map(|(matched, through)| {
            if until.is_none_or(|until| matched.span.registered_at <= until) {
                bet(*through, reach(level, matched.strata[level]), has(of.kind))
            } else {
                late
            }
        });
        evidence = evidence.min(averaged(&ratios.collect::<Vec<_>>()));
    }
    let weight = weight_of(source, people, through, register);
    Trace { source, through: through.count(), weight, evidence }
}

/// The average over the shares: a bet that an innocent source wins no more than it staked.
fn averaged(ratios: &[f64]) -> f64 {
    let each =
        SHARES.map(|share| ratios.iter().map(|ratio| ln(1.0 - share + share * ratio)).sum::<f64>());
    ln_sum(each) - ln(real(SHARES.len() as u64))
}

/// What a bet on a source wins at one record, that of an innocent one on average no more than one.
fn bet(through: bool, reach: f64, has: f64) -> f64 {
    let won = ratio(through, reach, has);
    if reach <= ELSEWHERE { 1.0 + STAKE_ELSEWHERE * (won - 1.0) } else { won }
}

/// How much likelier all records are, if some were drawn from those who went through the source.
fn weight_of(
    source: SourceNo,
    people: &[&Matched],
    through: &Through,
    register: &dyn Register,
) -> f64 {
    let of = &register.sources()[source.0 as usize];
    let places: BTreeSet<u64> = people.iter().map(|matched| matched.strata[1]).collect();
    let (mut part, mut whole) = (0, 0);
    for place in places {
        let reach = register.reach(source, 1, place, None);
        (part, whole) = (part + reach.part, whole + reach.whole);
    }
    let reach = share(part.max(through.count()), whole).clamp(1e-6, 1.0 - 1e-6);
    let (count, all) = (through.count(), people.len() as u64);
    let kept = of_some(count, all, reach, has(of.kind));
    if of.kind != SourceKind::Account {
        return kept;
    }
    let Some((most, from)) = closest(&through.looked_up) else { return kept };
    let until = from.saturating_add(BURST);
    let Some(opened) = register.opened_between(source, from, until) else { return kept };
    // A theft could have been in any such days since the first came.
    let began = people.iter().map(|matched| matched.span.registered_at).min().unwrap_or(0);
    let days = register.now().saturating_sub(began).max(BURST).unsigned_abs();
    let reach_then = share(opened.max(most), whole).clamp(1e-6, 1.0 - 1e-6);
    let burst =
        of_some(most, all, reach_then, ON_RECORD) - ln(real(days) / real(BURST.unsigned_abs()));
    ln_sum([kept + ln(1.0 - LOOKED_UP), burst + ln(LOOKED_UP)])
}

/// The same for so many of all, where one in so many of anybody went through the source.
fn of_some(count: u64, all: u64, reach: f64, has: f64) -> f64 {
    let (within, without) = (ratio(true, reach, has), ratio(false, reach, has));
    let each = SHARES.map(|share| {
        let of = |count: u64, ratio: f64| real(count) * ln(1.0 - share + share * ratio);
        of(count, within) + of(all - count, without)
    });
    ln_sum(each) - ln(real(SHARES.len() as u64))
}

/// How many people were looked up within the closest burst, and when it began.
fn closest(looked_up: &[(i64, usize)]) -> Option<(u64, i64)> {
    let mut all = looked_up.to_vec();
    all.sort_unstable();
    let mut most = None;
    let mut first = 0;
    for (last, (at, _)) in all.iter().enumerate() {
        while all[first].0.saturating_add(BURST) < *at {
            first += 1;
        }
        let people: BTreeSet<usize> = all[first..=last].iter().map(|(_, who)| *who).collect();
        let count = people.len() as u64;
        if most.is_none_or(|(known, _)| count > known) {
            most = Some((count, all[first].0));
        }
    }
    most
}

/// Until when people count as those among whom chance chose, with the ratio of who came later.
///
/// A copy of the register from before has more of an early list than the register has now, so that it
/// would look like the list. Nobody can be on a list that went out who was registered later. A list that
/// came in names people, too, who were registered from it never, or long after: there the latest of who
/// is found says how late a copy could be.
fn known_until(source: &Source, people: &[&Matched]) -> (Option<i64>, f64) {
    match source.kind {
        SourceKind::Account => (None, 1.0),
        SourceKind::Export => (source.at, 1.0 - ON_LIST),
        SourceKind::Feeder => {
            let mut registered: Vec<i64> =
                people.iter().map(|matched| matched.span.registered_at).collect();
            registered.sort_unstable();
            let late = registered.len() * 19 / 20;
            (registered.get(late).or(registered.last()).copied(), 1.0)
        }
    }
}

/// How much likelier a record is, if the source produced it, than if anybody of its group was as likely.
fn ratio(through: bool, reach: f64, has: f64) -> f64 {
    if through { has / reach } else { (1.0 - has) / (1.0 - reach) }
}

/// The logarithms of how much likelier one record is, if a list produced it from what is on it, and if
/// it is a record of the same place that is not.
pub(crate) fn weights_in_list(
    matched: &Matched,
    source: SourceNo,
    register: &dyn Register,
) -> (f64, f64) {
    let kind = register.sources()[source.0 as usize].kind;
    let through = went_through(matched, source, register);
    let reach = register.reach(source, 1, matched.strata[1], None);
    let reach = share(reach.part, reach.whole).clamp(1e-6, 1.0 - 1e-6);
    (ln(ratio(through, reach, has(kind))), ln(ratio(!through, 1.0 - reach, has(kind))))
}

/// Whether a record can be what a source had of somebody.
pub(crate) fn went_through(matched: &Matched, source: SourceNo, register: &dyn Register) -> bool {
    let mut passages = matched.passages.iter().filter(|passage| passage.source == source);
    passages.any(|passage| can_be(matched, *passage, None, register))
}

/// How sure it is that the first of some traces is the source, were it one of them.
pub(crate) fn lead(traces: &[Trace]) -> f64 {
    let Some(first) = traces.first() else { return 0.0 };
    exp(first.weight - ln_sum(traces.iter().map(|trace| trace.weight)))
}

//! The stories that could explain a specimen, each weighed on every record: one origin, or two in some
//! share, with the settings under which each may have happened.

mod alone;
mod climbed;
mod group;
mod parts;
mod peak;

use std::collections::BTreeMap;

use group::{Group, grouped};

use crate::{
    canaries::Hits,
    columns,
    dating::Dating,
    marks::Score,
    model::{Grain, Origin, Other, Setting, Stretch, Uses, Wear, chances::Chances},
    number::{exp, ln, ln_sum, real},
    observe::Sight,
    paths::Trace,
    register::{Register, SourceNo},
    verdict::decide::LEAST_TO_NAME,
};

/// Lists of each kind that are considered: those through which most of the people found went.
const LISTS: usize = 3;
/// How much of a list that somebody prepared for us was registered from it.
const TAKEN: &[f64] = &[0.6, 0.75, 0.88, 0.97];
/// How likely a copy is worn unevenly, beside one that is worn evenly.
const UNEVEN: f64 = 0.3;
/// How likely records of ours went out through an account that is considered, were they ours, before
/// anything is seen.
const THROUGH_AN_ACCOUNT: f64 = 0.4;
/// Share of records that are of no origin considered.
const STRAYS: f64 = 0.015;
/// Shares of the first origin in a mixture.
const SHARES: [f64; 13] = [0.03, 0.06, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.94, 0.97];
/// A part of another system or of made-up records that is smaller than this is dirt, not a mixture.
const DIRT: f64 = 0.08;
/// A part of ours that is smaller than this is dirt, too, while it is fewer people than it takes to name
/// anybody: a handful that somebody strewed in says nothing about where the rest is from.
const DIRT_OF_OURS: f64 = 0.05;
/// A part of another system beside a list that came to us: below this it is those people of the list
/// who were not registered from it.
const REST_OF_A_LIST: f64 = 0.35;
/// How likely each single origin is before anything is seen, and each pair.
const PRIOR: [f64; 5] = [0.17, 0.13, 0.13, 0.22, 0.15];
const PAIR_PRIOR: f64 = 0.02;
/// The same of what left our hands beside another system: what is sold is often stretched so.
const STRETCHED_PRIOR: f64 = 0.06;

/// Shares of records from us of which it is told how likely there are as many.
pub(crate) const LEAST_SHARES: [f64; 6] = [0.03, 0.06, 0.1, 0.2, 0.3, 0.5];

/// What a story is called: its origins in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Label {
    One(Origin),
    Two(Origin, Origin),
}

impl Label {
    pub(crate) fn origins(self) -> Vec<Origin> {
        match self {
            Self::One(one) => vec![one],
            Self::Two(one, other) => vec![one, other],
        }
    }

    pub(crate) fn is_from_us(self) -> bool {
        self.origins().into_iter().any(Origin::is_from_us)
    }

    pub(crate) fn has(self, origin: Origin) -> bool {
        self.origins().contains(&origin)
    }
}

/// What is weighed.
pub(crate) struct Case {
    groups: Vec<Group>,
    lists: Vec<(SourceNo, Origin)>,
    chances: Chances,
    columns: [f64; 5],
    fabrication: f64,
    canaries: Hits,
    marks: BTreeMap<SourceNo, f64>,
    dating_cost: f64,
    rows: f64,
    /// Those under whose mobile or number a made-up person would be met.
    keyed: f64,
    has_doses: bool,
    /// How many sources of each origin there are.
    among: [f64; 3],
}

/// One origin with its setting, weighed on each group.
struct Component {
    origin: Origin,
    setting: Setting,
    list: Option<SourceNo>,
    /// Likelihood of each group beside its largest one.
    likely: Vec<f64>,
    prior: f64,
}

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

/// What evidence a case stands on beside the records themselves.
pub(crate) struct Beside<'a> {
    pub(crate) columns: [f64; 5],
    pub(crate) fabrication: f64,
    pub(crate) canaries: Hits,
    pub(crate) marks: &'a [Score],
    pub(crate) feeders: &'a [Trace],
    pub(crate) exports: &'a [Trace],
    pub(crate) accounts: &'a [Trace],
    pub(crate) dating: Option<&'a Dating>,
    /// How many accounts, feeders and exports there are.
    pub(crate) among: [u64; 3],
}

impl Case {
    pub(crate) fn new(
        sight: &Sight,
        chances: Chances,
        beside: Beside<'_>,
        register: &dyn Register,
    ) -> Self {
        let first = |traces: &[Trace], origin: Origin| {
            traces.iter().take(LISTS).map(|one| (one.source, origin)).collect::<Vec<_>>()
        };
        let mut lists = first(beside.feeders, Origin::Feeder);
        lists.extend(first(beside.exports, Origin::Downstream));
        lists.extend(first(beside.accounts, Origin::Ours));
        for score in beside.marks.iter().take(1) {
            let known = lists.iter().any(|(source, _)| *source == score.source);
            lists.extend((!known).then_some((score.source, Origin::Downstream)));
        }
        Self {
            groups: grouped(&sight.seen, &lists, beside.dating, register),
            lists,
            chances,
            columns: beside.columns,
            fabrication: beside.fabrication,
            canaries: beside.canaries,
            marks: beside.marks.iter().map(|score| (score.source, score.weight)).collect(),
            dating_cost: beside.dating.map_or(0.0, Dating::cost),
            rows: real(sight.rows),
            keyed: real(sight.keyed),
            has_doses: sight.seen.iter().any(|one| one.pattern.dose.is_some()),
            among: beside.among.map(|count| real(count.max(1))),
        }
    }

    /// Weighs every story.
    pub(crate) fn weigh(&self, stretch: Stretch, uses: Uses, with_columns: bool) -> Posterior {
        let strays = self.strays(uses);
        let scale = Scale { stretch, uses, with_columns, strays: &strays };
        let mut stories: Vec<Story> = Vec::new();
        let mut parts: Vec<(f64, Component)> = Vec::new();
        for one in self.components(stretch, uses, Grain::Fine) {
            let weight = self.of_one(&one, &strays, with_columns);
            let mut shares = [0.0; 5];
            shares[one.origin as usize] = 1.0;
            stories.push((Label::One(one.origin), weight, shares, one.list));
            parts.push((weight, one));
        }
        stories.extend(self.climbed_alone(&parts, &scale));
        let parts = self.parts(parts, &scale);
        let mut best: BTreeMap<usize, Start> = BTreeMap::new();
        for (place, one) in parts.iter().enumerate() {
            for (with, other) in parts.iter().enumerate().skip(place + 1) {
                if !mixes(one, other) {
                    continue;
                }
                for share in SHARES {
                    let weight = self.of_two(one, other, share, &scale);
                    stories.push(self.mixed(one, other, share, weight));
                    // Beside another system: the companion's place, with its share.
                    let start = match (one.setting, other.setting) {
                        (_, Setting::Other(other)) => Some((place, share, other)),
                        (Setting::Other(one), _) => Some((with, 1.0 - share, one)),
                        _ => None,
                    };
                    if let Some((companion, share, setting)) = start {
                        let known = best.entry(companion).or_insert((weight, share, setting));
                        if weight > known.0 {
                            *known = (weight, share, setting);
                        }
                    }
                }
            }
        }
        stories.extend(self.climbed(&parts, best, &scale));
        posterior(&stories)
    }

    fn mixed(&self, one: &Component, other: &Component, share: f64, weight: f64) -> Story {
        let mut shares = [0.0; 5];
        shares[one.origin as usize] += share;
        shares[other.origin as usize] += 1.0 - share;
        let label = label_of((one.origin, share), (other.origin, 1.0 - share), self.rows);
        (label, weight, shares, one.list.or(other.list))
    }

    fn components(&self, stretch: Stretch, uses: Uses, grain: Grain) -> Vec<Component> {
        let mut all = Vec::new();
        let wears = stretch.wears();
        let each = real(wears.len() as u64);
        let accounts = self.lists.iter().any(|(_, origin)| *origin == Origin::Ours);
        let stored = if accounts { 1.0 - THROUGH_AN_ACCOUNT } else { 1.0 };
        for wear in wears {
            let setting = Setting::Copy { origin: Origin::Ours, wear: *wear };
            all.push(self.component(setting, stored / each, uses));
        }
        for (place, (source, origin)) in self.lists.iter().enumerate() {
            let taken = if *origin == Origin::Feeder { TAKEN } else { &[1.0] };
            let part = if *origin == Origin::Ours { THROUGH_AN_ACCOUNT } else { 1.0 };
            let among = self.among[*origin as usize];
            let prior = part / (each * real(taken.len() as u64) * among);
            for wear in wears {
                let setting = Setting::Copy { origin: *origin, wear: *wear };
                let list = taken
                    .iter()
                    .map(|taken| self.of_list(setting, (place, *source), *taken, prior, uses));
                all.extend(list);
            }
        }
        for (setting, prior) in stretch.others(self.has_doses, grain) {
            all.push(self.component(setting, prior, uses));
        }
        all.push(self.component(Setting::MadeUp, 1.0, uses));
        all
    }

    fn component(&self, setting: Setting, prior: f64, uses: Uses) -> Component {
        let origin = setting.origin();
        let table = setting.table(&self.chances, uses);
        let weight = |group: &Group| {
            let time = if origin == Origin::Ours { group.time } else { 0.0 };
            exp(table.weigh(group.pattern) + time)
        };
        let likely = self.groups.iter().map(weight).collect();
        Component { origin, setting, list: None, likely, prior }
    }

    /// A list of which so much was taken into the register. Who else is on it is known to the register
    /// as people of any other list are, or not at all.
    fn of_list(
        &self,
        setting: Setting,
        (place, source): (usize, SourceNo),
        taken: f64,
        prior: f64,
        uses: Uses,
    ) -> Component {
        let found = (self.chances.coverage * 0.9).min(0.95);
        let other =
            Setting::Other(Other { found, spelling: 0.6, years: 0.88, doses: 0.02, rarely: 0.3 });
        let [copy, other] = [setting, other].map(|one| one.table(&self.chances, uses));
        let weight = |group: &Group| {
            let (through, beside) = group.lists[place];
            let copied = exp(copy.weigh(group.pattern) + through);
            let known = exp(other.weigh(group.pattern) + beside);
            taken * copied + (1.0 - taken) * known
        };
        let likely = self.groups.iter().map(weight).collect();
        Component { origin: setting.origin(), setting, list: Some(source), likely, prior }
    }

    /// What records of no origin considered look like: of all of them a little.
    fn strays(&self, uses: Uses) -> Vec<f64> {
        let settings = [
            Setting::Copy { origin: Origin::Ours, wear: Wear::Retyped },
            Setting::Other(Other {
                found: 0.4,
                spelling: 0.5,
                years: 0.75,
                doses: 0.2,
                rarely: 0.3,
            }),
            Setting::MadeUp,
        ];
        let tables = settings.map(|one| one.table(&self.chances, uses));
        let one = |group: &Group| {
            tables.iter().map(|table| exp(table.weigh(group.pattern))).sum::<f64>() / 3.0
        };
        self.groups.iter().map(one).collect()
    }

    fn of_one(&self, one: &Component, strays: &[f64], with_columns: bool) -> f64 {
        let sum = self.of_records(one, strays);
        let columns = if with_columns { self.columns[one.origin as usize] } else { 0.0 };
        sum + columns + self.beside(&[(one, 1.0)]) + ln(one.prior * PRIOR[one.origin as usize])
    }

    fn of_two(&self, one: &Component, other: &Component, share: f64, scale: &Scale<'_>) -> f64 {
        let records = self.groups.iter().enumerate();
        let sum: f64 = records
            .map(|(at, group)| {
                let likely = share * one.likely[at] + (1.0 - share) * other.likely[at];
                group.count * ln((1.0 - STRAYS) * likely + STRAYS * scale.strays[at])
            })
            .sum();
        let columns = if scale.with_columns {
            columns::of_two(&self.columns, one.origin, other.origin)
        } else {
            0.0
        };
        let beside = if one.origin == other.origin {
            self.beside(&[(one, 1.0)])
        } else {
            self.beside(&[(one, share), (other, 1.0 - share)])
        };
        let pair = match (one.origin, other.origin) {
            (one, other) if one == other => PRIOR[one as usize] * UNEVEN,
            (one, Origin::Unrelated) if one.is_from_us() => STRETCHED_PRIOR,
            _ => PAIR_PRIOR,
        };
        let prior = pair / real(SHARES.len() as u64) * one.prior * other.prior;
        sum + columns + beside + ln(prior)
    }

    /// What a story says of evidence that is no record's.
    fn beside(&self, parts: &[(&Component, f64)]) -> f64 {
        let mut sum = 0.0;
        let mut from_us = Vec::new();
        for (part, share) in parts {
            match part.origin {
                // An account needs no date of a copy.
                Origin::Ours if part.list.is_none() => sum -= self.dating_cost,
                Origin::Fabricated => sum += self.fabrication,
                _ => {}
            }
            if part.origin.is_from_us() {
                from_us.push((part.list, share * self.keyed));
            }
            if let Some(marks) = part.list.and_then(|list| self.marks.get(&list)) {
                sum += marks;
            }
        }
        sum + self.canaries.weight(&from_us)
    }
}

/// Whether two origins are considered together, or two copies of one that are worn in different ways.
fn mixes(one: &Component, other: &Component) -> bool {
    use Origin::{Downstream, Fabricated, Feeder, Ours, Unrelated};
    let copies = matches!(one.setting, Setting::Copy { .. });
    (copies && one.origin == other.origin && one.list == other.list)
        || matches!(
            (one.origin, other.origin),
            (Ours | Feeder | Downstream, Unrelated | Fabricated)
                | (Ours, Feeder | Downstream)
                | (Unrelated, Fabricated)
        )
}

fn label_of(one: (Origin, f64), other: (Origin, f64), rows: f64) -> Label {
    let of_a_list = one.0 == Origin::Feeder;
    let is_dirt = |(origin, share): (Origin, f64)| match origin {
        Origin::Ours | Origin::Downstream => {
            share < DIRT_OF_OURS && share * rows < real(LEAST_TO_NAME)
        }
        Origin::Unrelated if of_a_list => share < REST_OF_A_LIST,
        _ => share < DIRT,
    };
    match () {
        () if one.0 == other.0 || is_dirt(one) => Label::One(other.0),
        () if is_dirt(other) => Label::One(one.0),
        () => Label::Two(one.0, other.0),
    }
}

/// How stories are weighed.
struct Scale<'a> {
    stretch: Stretch,
    uses: Uses,
    with_columns: bool,
    /// What records of no origin considered look like.
    strays: &'a [f64],
}

/// Where a climb begins: the weight there, the companion's share, and another system's setting.
type Start = (f64, f64, Other);

/// A story: what it is called, the logarithm of its likelihood, the shares, and the list in it.
type Story = (Label, f64, [f64; 5], Option<SourceNo>);

fn posterior(stories: &[Story]) -> Posterior {
    let all = ln_sum(stories.iter().map(|story| story.1));
    let mut posterior = Posterior {
        labels: BTreeMap::new(),
        shares: [0.0; 5],
        from_us: [0.0; 6],
        lists: BTreeMap::new(),
    };
    for (label, weight, shares, list) in stories {
        let part = exp(weight - all);
        *posterior.labels.entry(*label).or_default() += part;
        for (sum, share) in posterior.shares.iter_mut().zip(shares) {
            *sum += part * share;
        }
        let from_us = shares[Origin::Ours as usize] + shares[Origin::Downstream as usize];
        for (sum, least) in posterior.from_us.iter_mut().zip(LEAST_SHARES) {
            *sum += if from_us > least - 1e-9 { part } else { 0.0 };
        }
        if let Some(list) = list {
            *posterior.lists.entry(*list).or_default() += part;
        }
    }
    posterior
}

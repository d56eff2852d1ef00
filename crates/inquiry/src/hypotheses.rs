//! The stories that could explain a specimen, each weighed on every record: one origin, or two in some
//! share, with the settings under which each may have happened.

mod alone;
mod climbed;
mod fitted;
mod grid;
mod group;
mod parts;
mod peak;
mod realized;
mod story;

use std::collections::BTreeMap;

use grid::UNTOLD;
use group::{Group, grouped};
pub(crate) use story::{LEAST_SHARES, Posterior};
use story::{Story, alone_of, posterior};

use crate::{
    canaries::Hits,
    columns,
    dating::Dating,
    marks::Score,
    model::{Origin, Other, Setting, Stretch, Uses, Wear, chances::Chances},
    number::{exp, ln, real},
    observe::Sight,
    paths::Trace,
    register::{Register, SourceNo},
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
    /// Whether it is a copy of one instant, which its values tell.
    timed: bool,
    /// Likelihood of each group beside its largest one.
    likely: Vec<f64>,
    prior: f64,
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
        posterior(&self.stories(stretch, uses, with_columns))
    }

    fn stories(&self, stretch: Stretch, uses: Uses, with_columns: bool) -> Vec<Story> {
        let strays = self.strays(uses);
        let scale = Scale { stretch, uses, with_columns, strays: &strays };
        let mut stories: Vec<Story> = Vec::new();
        let mut parts: Vec<(f64, Component)> = Vec::new();
        for one in self.components(stretch, uses) {
            let weight = self.of_one(&one, &strays, with_columns);
            stories.push(alone_of(&one, weight));
            parts.push((weight, one));
        }
        let alone = self.climbed_alone(&parts, &scale);
        // Without another system alone there is no stretch under which one is thought of.
        let start = match alone.as_ref().and_then(|story| story.settings[0]) {
            Some(Setting::Other(other)) => other,
            _ => Other { found: 0.5, spelling: 0.6, years: 0.85, doses: 0.02, rarely: 0.3 },
        };
        stories.extend(alone);
        let parts = self.parts(parts, &scale);
        let least = stories.iter().map(|story| story.weight).fold(f64::NEG_INFINITY, f64::max);
        let tried = self.grid(&parts, least, &scale);
        let (fitted, best) = self.fitted(&parts, start, &scale);
        stories.extend(self.climbed(&parts, best, &scale));
        let most = stories.iter().map(|story| story.weight).fold(f64::NEG_INFINITY, f64::max);
        let most = tried.iter().map(|(weight, ..)| *weight).fold(most, f64::max);
        let fitted = fitted.iter().filter(|one| one.weight > most - UNTOLD);
        stories.extend(fitted.map(|one| {
            let other = self.beside_others(one.other, &scale);
            self.mixed_pair(&parts[one.place], &other, one.share, one.weight, &strays)
        }));
        let told = tried.into_iter().filter(|(weight, ..)| *weight > most - UNTOLD);
        stories.extend(told.map(|(weight, place, with, share)| {
            self.mixed(&parts[place], &parts[with], share, weight, &strays)
        }));
        stories
    }

    fn components(&self, stretch: Stretch, uses: Uses) -> Vec<Component> {
        let mut all = Vec::new();
        let wears = stretch.wears();
        let each = real(wears.len() as u64);
        let accounts = self.lists.iter().any(|(_, origin)| *origin == Origin::Ours);
        let stored = if accounts { 1.0 - THROUGH_AN_ACCOUNT } else { 1.0 };
        // Beside others, a copy of ours has too little of the values to date it by all of them: what was
        // held when others wrote would count against it.
        let untimed = self.groups.iter().any(|group| group.time < 0.0);
        for wear in wears {
            let setting = Setting::Copy { origin: Origin::Ours, wear: *wear };
            let prior = stored / each / if untimed { 2.0 } else { 1.0 };
            all.push(self.component(setting, prior, uses));
            all.extend(untimed.then(|| self.untimed(setting, prior, uses)));
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
        for (setting, prior) in stretch.others(self.has_doses) {
            all.push(self.component(setting, prior, uses));
        }
        all.push(self.component(Setting::MadeUp, 1.0, uses));
        all
    }

    fn component(&self, setting: Setting, prior: f64, uses: Uses) -> Component {
        let origin = setting.origin();
        let timed = origin == Origin::Ours;
        let table = setting.table(&self.chances, uses);
        let weight =
            |group: &Group| exp(table.weigh(group.pattern) + if timed { group.time } else { 0.0 });
        let likely = self.groups.iter().map(weight).collect();
        Component { origin, setting, list: None, timed, likely, prior }
    }

    /// A copy of an instant that is not asked for.
    fn untimed(&self, setting: Setting, prior: f64, uses: Uses) -> Component {
        let table = setting.table(&self.chances, uses);
        let likely = self.groups.iter().map(|group| exp(table.weigh(group.pattern))).collect();
        Component { origin: setting.origin(), setting, list: None, timed: false, likely, prior }
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
        let origin = setting.origin();
        Component { origin, setting, list: Some(source), timed: false, likely, prior }
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
                _ if part.timed => sum -= self.dating_cost,
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

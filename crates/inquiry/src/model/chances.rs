//! What holds of a whole specimen: chances that are measured on it and on the register, and the manner of
//! whoever else could have made it.

use crate::{
    normal::name::Likeness,
    number::{ln, real},
    observe::{Link, Pattern, Sight},
};

/// Mobiles that can be: ten digits, the first of them one of four.
const MOBILES: f64 = 4e9;
/// How many people whom another system has under a mobile that leads to nobody here are here under
/// another one.
const MOVED: [f64; 5] = [0.0, 0.05, 0.15, 0.35, 0.6];
/// How many of the rest have a mobile under which somebody else is here, such as one of their family.
const STRANGE: [f64; 5] = [0.02, 0.06, 0.15, 0.30, 0.50];
/// How another system's names differ from ours, where they do: shorter, by sound, by a slip, partly; and
/// how many records it takes to think otherwise.
const MANNER: [f64; 4] = [0.36, 0.46, 0.10, 0.08];
const DOUBT: f64 = 20.0;
/// The most that are shorter: who left out more would cut all names, and so does a copy that is cut.
const MOST_SHORTER: f64 = 0.6;
/// The same where our spelling is a rare one: mostly others have the usual one, which sounds alike. Of
/// whole names, of some that were cut, and of many.
const OF_RARE: [[f64; 4]; 3] =
    [[0.06, 0.82, 0.09, 0.03], [0.16, 0.66, 0.12, 0.06], [0.38, 0.46, 0.09, 0.07]];

/// What holds of a whole specimen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chances {
    /// That a mobile which nobody thought of is one of ours.
    pub(crate) dense: f64,
    /// That a stranger fits somebody under a key.
    pub(crate) found: f64,
    /// That a stranger is somebody by name and year of birth.
    pub(crate) named: f64,
    /// Share of the country in the register, at most.
    pub(crate) coverage: f64,
    /// Whether records have mobiles or numbers at all.
    pub(crate) keys: bool,
    /// That somebody of another system who is not found under their mobile is here under another one.
    pub(crate) moved: f64,
    /// That of the rest somebody else is here under their mobile.
    pub(crate) strange: f64,
    /// That who was found by name and year has the document of the record.
    pub(crate) same_documents: f64,
    manner: [f64; 4],
    of_rare: [f64; 4],
}

impl Chances {
    pub(crate) fn of(sight: &Sight, people: u64, coverage: f64) -> Self {
        let named = sight.chance_named.clamp(1e-4, 0.9);
        let count = |wanted: &dyn Fn(&Pattern) -> bool| {
            sight.seen.iter().filter(|one| wanted(&one.pattern)).count() as u64
        };
        let of = |link: Link| count(&|one| one.link == link);
        let (moved, strange, nobody) = (of(Link::Named), of(Link::Strange), of(Link::Nobody));
        let known = |rate: f64| (rate + named).min(0.9);
        let differ = |rare: bool| {
            [Likeness::Shorter, Likeness::Variant, Likeness::Slip, Likeness::Partly].map(|like| {
                let of = |one: &Pattern| one.name == Some(like) && one.rare == rare;
                real(count(&|one| one.link == Link::Found && of(one)))
            })
        };
        let of_rare = differ(true);
        let documents = |same: bool| {
            let by_name = |one: &Pattern| matches!(one.link, Link::Named | Link::Lone);
            real(count(&|one| by_name(one) && one.document == Some(same)))
        };
        let (same, other) = (documents(true), documents(false));
        Self {
            dense: (real(people) / MOBILES).max(1e-6),
            found: sight.chance_found.clamp(1e-4, 0.5),
            named,
            coverage,
            keys: sight.has_keys,
            moved: if sight.has_keys {
                likeliest(MOVED, |rate| of_two(known(rate), moved, strange + nobody))
            } else {
                0.0
            },
            strange: likeliest(STRANGE, |rate| of_two(rate, strange, nobody)),
            same_documents: (same + 0.5) / (same + other + 1.0),
            manner: manner_of(differ(false)),
            of_rare: likeliest(OF_RARE, |each| {
                of_rare.iter().zip(each).map(|(count, part)| count * ln(part)).sum()
            }),
        }
    }

    /// How another system's names differ from ours, where they do.
    pub(crate) const fn manner(&self, rare: bool) -> [f64; 4] {
        if rare { self.of_rare } else { self.manner }
    }
}

/// How names differ, from how many do so.
fn manner_of(differ: [f64; 4]) -> [f64; 4] {
    let all: f64 = differ.iter().sum();
    let mut manner: [f64; 4] =
        core::array::from_fn(|place| (differ[place] + DOUBT * MANNER[place]) / (all + DOUBT));
    let more = manner[0] - MOST_SHORTER;
    if more > 0.0 {
        let rest = 1.0 - manner[0];
        manner = manner.map(|part| part * (rest + more) / rest);
        manner[0] = MOST_SHORTER;
    }
    manner
}

/// The one of some under which what was counted is likeliest; the first of equals.
fn likeliest<T: Copy, const N: usize>(all: [T; N], weight: impl Fn(T) -> f64) -> T {
    let mut best = (all[0], weight(all[0]));
    for one in all {
        let here = weight(one);
        if here > best.1 {
            best = (one, here);
        }
    }
    best.0
}

/// The logarithm of how likely so many are of one kind and so many of the other.
fn of_two(rate: f64, one: u64, other: u64) -> f64 {
    real(one) * ln(rate.max(1e-6)) + real(other) * ln(1.0 - rate)
}

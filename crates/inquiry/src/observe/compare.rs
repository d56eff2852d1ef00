//! One record beside one person, and the person whom it fits best.

use rustc_hash::FxHashMap;

use super::{
    Link, Matched, Number, Pattern, Seen, Span, Year,
    fields::{Born, Fields},
};
use crate::{
    normal::name::{Likeness, likeness, words},
    register::{Held, PersonNo, Register, Shows, Version},
};

/// A spelling that is less than this share of those that sound alike is nobody's by chance.
const RARE: f64 = 0.12;
/// And that not more than so many have, or one in so many: else it is another name that sounds alike.
const FEW: u64 = 8;
const ONE_IN: u64 = 50_000;

/// How years compare.
pub(super) const fn years(ours: i16, theirs: i16) -> Year {
    match ours.abs_diff(theirs) {
        0 => Year::Same,
        1 => Year::Near,
        _ => Year::Other,
    }
}

/// A record beside a person.
pub(super) struct Compared {
    name: Option<Likeness>,
    year: Option<Year>,
    sum: Option<i16>,
    gender: Option<bool>,
    number: Option<Number>,
    document: Option<bool>,
    dose: Option<bool>,
    mobile: bool,
    span: Span,
}

impl Compared {
    pub(super) fn of(record: &Fields, held: &Held) -> Self {
        let mut span = Span {
            from: held.registered_at,
            until: None,
            telling: false,
            registered_at: held.registered_at,
        };
        let name = record
            .name
            .as_ref()
            .and_then(|theirs| best(&held.names, &mut span, |ours| likeness(&words(ours), theirs)));
        let (year, sum) = match record.born {
            Born::Year(theirs) => {
                (best(&held.birth_years, &mut span, |ours| years(*ours, theirs)), None)
            }
            Born::Age(age) => {
                let sum = held.birth_years.last().map(|ours| ours.value + age);
                (sum.map(|sum| years(sum, 2021)), sum)
            }
            Born::Unsaid => (None, None),
        };
        let gender = record.gender.and_then(|theirs| {
            best(&held.genders, &mut span, |ours| u8::from(*ours != theirs)).map(|off| off == 0)
        });
        let dose = dose_of(record, held, &mut span);
        Self {
            name,
            year,
            sum,
            gender,
            number: record
                .reference
                .as_ref()
                .map(|theirs| if *theirs == held.reference { Number::Own } else { Number::Others }),
            document: record.document.as_ref().zip(held.document.as_ref()).map(|(a, b)| a == b),
            dose,
            mobile: record.whole_mobile() == Some(&held.mobile),
            span,
        }
    }

    /// Whether somebody who is found under a mobile or number is whom the record is about.
    pub(super) fn fits_under_key(&self) -> bool {
        use Likeness as L;
        let not_other = self.gender != Some(false) && self.year != Some(Year::Other);
        match self.name {
            _ if self.number == Some(Number::Own) => self.name != Some(L::Other) || not_other,
            Some(L::Same | L::Shorter | L::Variant | L::Slip) => {
                self.gender != Some(false) || self.year == Some(Year::Same)
            }
            Some(L::Partly) => not_other && self.year.is_some(),
            Some(L::Other) => false,
            // Without a name: year and gender speak.
            None => not_other,
        }
    }

    /// Whether a name and a year make this person of the record.
    fn fits_by_name(&self) -> bool {
        use Likeness as L;
        let named = matches!(self.name, Some(L::Same | L::Shorter | L::Variant | L::Slip));
        named && self.gender != Some(false) && matches!(self.year, Some(Year::Same | Year::Near))
    }

    fn weight(&self) -> i32 {
        use Likeness as L;
        let name = match self.name {
            Some(L::Same) => 60,
            Some(L::Shorter | L::Variant) => 42,
            Some(L::Slip) => 40,
            Some(L::Partly) => 10,
            Some(L::Other) => -60,
            None => 0,
        };
        let year = self.year.map_or(0, |year| match year {
            Year::Same => 20,
            Year::Near => 8,
            Year::Other => -20,
        });
        let gender = self.gender.map_or(0, |same| if same { 5 } else { -25 });
        let number = self.number.map_or(0, |number| if number == Number::Own { 90 } else { -5 });
        let other = |same: Option<bool>| same.map_or(0, |same| if same { 30 } else { -3 });
        name + year
            + gender
            + number
            + other(self.document)
            + other(self.dose)
            + if self.mobile { 40 } else { 0 }
    }
}

/// How a value compares with the version that is most like it; narrows down when that was held.
fn best<T, L: Ord + Copy>(
    versions: &[Version<T>],
    span: &mut Span,
    compare: impl Fn(&T) -> L,
) -> Option<L> {
    let each: Vec<_> = versions.iter().map(|version| (compare(&version.value), version)).collect();
    let best = each.iter().map(|(like, _)| *like).min()?;
    if each.iter().any(|(like, _)| *like != best) {
        span.telling = true;
        let fits = || each.iter().filter(|(like, _)| *like == best).map(|(_, version)| version);
        let from = fits().map(|version| version.from).min().unwrap_or(span.from);
        span.from = span.from.max(from);
        let open = fits().any(|version| version.until.is_none());
        let last = if open { None } else { fits().filter_map(|version| version.until).max() };
        span.until = match (span.until, last) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
    Some(best)
}

/// Whether the day of a dose is one of theirs. A place by itself says little: people go where they live,
/// whoever writes it down.
fn dose_of(record: &Fields, held: &Held, span: &mut Span) -> Option<bool> {
    let day = record.dose?;
    let at_place = |facility: &str| {
        record.facility.as_ref().is_none_or(|theirs| facility.to_uppercase() == *theirs)
    };
    let same = held.doses.iter().find(|dose| {
        (dose.given_on == day.date || Some(dose.given_on) == day.swapped)
            && (record.dose_is_said || at_place(&dose.facility))
    });
    if let Some(dose) = same {
        span.from = span.from.max(dose.recorded_at);
    }
    // A day of who knows what says nothing if it is another one.
    if same.is_some() || record.dose_is_said { Some(same.is_some()) } else { None }
}

/// When somebody came.
fn visits(held: &Held) -> Vec<i64> {
    let doses = held.doses.iter().map(|dose| dose.recorded_at);
    std::iter::once(held.registered_at).chain(doses).collect()
}

/// Whom a record fits best.
pub(super) struct Best {
    link: Link,
    pub(super) person: Option<PersonNo>,
    compared: Option<Compared>,
    rare: bool,
    number: Option<Number>,
}

/// The person under a record's keys whom it fits best.
pub(super) fn best_of(
    record: &Fields,
    found: &[PersonNo],
    people: &FxHashMap<PersonNo, Held>,
    register: &dyn Register,
) -> Best {
    let compared =
        found.iter().filter_map(|who| Some((*who, Compared::of(record, people.get(who)?))));
    let best = compared.max_by_key(|(who, compared)| (compared.weight(), std::cmp::Reverse(*who)));
    let nobodys = record.reference.as_ref().map(|_| Number::Nobodys);
    match best {
        Some((who, compared)) if compared.fits_under_key() => {
            let rare = is_rare(people.get(&who), register);
            let number = compared.number;
            Best { link: Link::Found, person: Some(who), compared: Some(compared), rare, number }
        }
        Some(_) => {
            let number = record.reference.as_ref().map(|_| Number::Others);
            Best { link: Link::Strange, person: None, compared: None, rare: false, number }
        }
        None => {
            let link = if record.has_key() { Link::Nobody } else { Link::Open };
            Best { link, person: None, compared: None, rare: false, number: nobodys }
        }
    }
}

/// Whether a person's name has a word in a spelling that hardly anybody else has.
fn is_rare(held: Option<&Held>, register: &dyn Register) -> bool {
    let Some(name) = held.and_then(|held| held.names.last()) else { return false };
    words(&name.value).0.iter().filter(|word| word.len() > 2).any(|word| {
        register.spelling(word).is_some_and(|spelling| {
            let few = spelling.so <= FEW.max(register.people() / ONE_IN);
            few && spelling.any > 1 && crate::number::share(spelling.so, spelling.any) <= RARE
        })
    })
}

impl Best {
    pub(super) const fn is_found(&self) -> bool {
        matches!(self.link, Link::Found)
    }

    /// The same, or whom the record fits by name.
    pub(super) fn or_named(
        &self,
        record: &Fields,
        found: &[PersonNo],
        people: &FxHashMap<PersonNo, Held>,
        register: &dyn Register,
        others_have_keys: bool,
    ) -> Self {
        // Nothing is missed under a key that the record never had.
        let by_name_only = others_have_keys && !record.has_key();
        let each =
            found.iter().filter_map(|who| Some((*who, Compared::of(record, people.get(who)?))));
        let mut each: Vec<_> = each.filter(|(_, compared)| compared.fits_by_name()).collect();
        each.sort_by_key(|(who, compared)| (std::cmp::Reverse(compared.weight()), *who));
        let ambiguous = each.len() > 1 && each[0].1.weight() == each[1].1.weight();
        let same = Self {
            link: self.link,
            person: None,
            compared: None,
            rare: false,
            number: self.number,
        };
        // Several people of one name and year: it could be any of them.
        if ambiguous || each.len() > 3 {
            return if self.link == Link::Open { same } else { Self { link: Link::Open, ..same } };
        }
        let Some((who, compared)) = each.into_iter().next() else {
            let asked = !record.names().is_empty() && !by_name_only;
            let link = if self.link == Link::Open && asked { Link::Nobody } else { self.link };
            return Self { link, ..same };
        };
        let rare = is_rare(people.get(&who), register);
        let link = if by_name_only { Link::Lone } else { Link::Named };
        Self { link, person: Some(who), compared: Some(compared), rare, ..same }
    }

    /// As evidence needs it.
    pub(super) fn told(self, record: &Fields, people: &FxHashMap<PersonNo, Held>) -> Seen {
        let held = self.person.and_then(|who| people.get(&who));
        let compared = self.compared.as_ref();
        let pattern = Pattern {
            link: self.link,
            name: compared.and_then(|one| one.name),
            rare: self.rare,
            year: compared.and_then(|one| one.year),
            gender: compared.and_then(|one| one.gender),
            number: self.number.or(record.number_is_blank.then_some(Number::Blank)),
            document: compared.and_then(|one| one.document),
            dose: compared.and_then(|one| one.dose),
        };
        let matched = held.zip(compared).map(|(held, compared)| Matched {
            person: held.person,
            strata: held.strata,
            passages: held.passages.clone(),
            span: compared.span,
            visits: visits(held),
            has: Shows { mobile: compared.mobile, document: compared.document == Some(true) },
        });
        Seen { pattern, person: matched, sum: compared.and_then(|one| one.sum), bit: record.bit }
    }
}

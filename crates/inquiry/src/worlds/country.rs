//! A register with its history: how people came into it, who looked at whom, which lists came in and went
//! out, what was corrected when, and the made-up people that are hidden in it.

mod staff;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{
    dice::Dice,
    people::{Hand, Person, person, population},
};
use crate::{
    index::IndexKey,
    memory::{Memory, Parts},
    register::{
        Canary, Family, Held, HeldDose, Passage, PersonNo, Shows, Source, SourceKind, SourceNo,
        Version,
    },
};

/// The first instant of the programme, in seconds since 1970: 1 March 2021.
pub(super) const BEGIN: i64 = 1_614_556_800;
/// A day.
pub(super) const DAY: i64 = 86_400;
/// How many days of the programme have passed.
pub(super) const DAYS: usize = 330;

/// A list that somebody prepared for us.
pub(super) struct FeederList {
    pub(super) source: SourceNo,
    /// Who is on it, by their place among the people, with name and year of birth as it has them.
    pub(super) rows: Vec<(usize, String, i16)>,
}

/// A made-up country with its register.
pub(super) struct Country {
    pub(super) people: Vec<Person>,
    pub(super) register: Memory,
    /// Who is held, by their place among the people.
    pub(super) held: BTreeMap<usize, PersonNo>,
    pub(super) feeders: Vec<FeederList>,
    /// Canaries of each family.
    pub(super) canaries: BTreeMap<Family, Vec<PersonNo>>,
    pub(super) places: Vec<String>,
    /// Whom accounts looked up in a row, for a theft or for a reason of their own.
    pub(super) looked_up: Vec<LookedUp>,
}

/// People whom an account looked up in a row, though nobody came.
pub(super) struct LookedUp {
    pub(super) source: SourceNo,
    /// When the last of them was.
    pub(super) until: i64,
    pub(super) people: Vec<PersonNo>,
}

/// What is drawn for a country before anything else.
pub(super) struct Size {
    pub(super) people: usize,
    pub(super) districts: u64,
    pub(super) facilities: u64,
    pub(super) staff: usize,
    pub(super) feeders: usize,
    pub(super) exports: usize,
}

/// The country being made.
struct Making<'d> {
    dice: &'d mut Dice,
    people: Vec<Person>,
    held: Vec<Held>,
    /// By place among the people: place among those held.
    place_of: BTreeMap<usize, usize>,
    accounts: BTreeMap<String, u64>,
    sources: Vec<Source>,
    places: Vec<String>,
    hand: Hand,
    numbers: BTreeSet<u64>,
    /// Passages that did not show everything.
    shown: BTreeMap<(PersonNo, SourceNo, i64), Shows>,
}

impl Country {
    pub(super) fn make(dice: &mut Dice, size: &Size, marks: bool) -> Self {
        let people = population(dice, size.people, size.districts, size.facilities);
        let hand = Hand {
            variants: dice.between(0.06, 0.22),
            short: dice.between(0.02, 0.10),
            slips: dice.between(0.005, 0.03),
            years: dice.between(0.02, 0.10),
        };
        let places = (0..size.facilities).map(place_name).collect();
        let mut making = Making {
            dice,
            people,
            held: Vec::new(),
            place_of: BTreeMap::new(),
            accounts: BTreeMap::new(),
            sources: Vec::new(),
            places,
            hand,
            numbers: BTreeSet::new(),
            shown: BTreeMap::new(),
        };
        let feeders = (0..size.feeders).map(|number| making.feeder(size, number as u64)).collect();
        let coverage = making.dice.between(0.35, 0.93);
        making.register_others(coverage);
        making.vaccinate();
        making.correct();
        let looked_up = making.staff(size);
        making.export(size);
        let (canaries, registry) = making.canaries();
        let made = making.finish(coverage, canaries, registry, feeders, marks);
        Self { looked_up, ..made }
    }
}

fn place_name(number: u64) -> String {
    const KINDS: [&str; 4] = [
        "Primary Health Centre",
        "Community Health Centre",
        "District Hospital",
        "Urban Health Post",
    ];
    const WORDS: [&str; 10] = [
        "Rampur",
        "Shantipur",
        "Navgaon",
        "Lakeview",
        "Greenfield",
        "Old Town",
        "Riverside",
        "Kamala Nagar",
        "Gandhi Chowk",
        "Station Road",
    ];
    let of = |list: &[&'static str], number: u64| {
        list[usize::try_from(number).unwrap_or(0) % list.len()]
    };
    format!("{} {} {}", of(&KINDS, number), of(&WORDS, number / 4), number + 1)
}

impl Making<'_> {
    fn day(&mut self, from: usize, to: usize) -> i64 {
        let day = from + self.dice.below((to - from).max(1));
        let second = self.dice.below(36_000);
        BEGIN + i64::try_from(day).unwrap_or(0) * DAY + i64::try_from(second).unwrap_or(0)
    }

    /// Enters somebody as they are written down.
    fn enter(&mut self, place: usize, name: String, year: i16, at: i64) -> usize {
        let next = self.accounts.len() as u64;
        let one = &self.people[place];
        let account = *self.accounts.entry(one.mobile.clone()).or_insert(next);
        let reference = loop {
            let number = 10_000_000_000_000 + self.dice.number() % 89_999_999_999_999;
            if self.numbers.insert(number) {
                break number;
            }
        };
        let held = Held {
            person: PersonNo(reference),
            account,
            mobile: one.mobile.clone(),
            reference: reference.to_string(),
            names: vec![Version { from: at, until: None, value: name }],
            birth_years: vec![Version { from: at, until: None, value: year }],
            genders: vec![Version { from: at, until: None, value: one.gender }],
            document: Some(one.aadhaar.clone()),
            doses: Vec::new(),
            registered_at: at,
            strata: [one.district, one.facility, u64::MAX],
            passages: Vec::new(),
        };
        self.held.push(held);
        self.place_of.insert(place, self.held.len() - 1);
        self.held.len() - 1
    }

    /// A list of people of some facilities, most of whom are then registered from it.
    fn feeder(&mut self, size: &Size, number: u64) -> FeederList {
        let source = SourceNo(u32::try_from(self.sources.len()).unwrap_or(0));
        let at = self.day(5, 120);
        self.sources.push(Source {
            kind: SourceKind::Feeder,
            label: format!("feeder list {}", source.0),
            at: Some(at),
            canaries: 0.0,
        });
        // Each has an area of its own.
        let area = size.facilities / size.feeders as u64;
        let (from, count) = (number * area, 1 + self.dice.number() % area);
        let listed = self.dice.between(0.35, 0.8);
        let taken = self.dice.between(0.72, 0.97);
        let hand = Hand { variants: 0.15, short: 0.08, slips: 0.02, years: 0.06 };
        let mut rows = Vec::new();
        for place in 0..self.people.len() {
            let facility = self.people[place].facility;
            let on_it = (facility + size.facilities - from) % size.facilities < count;
            if !on_it || !self.dice.chance(listed) {
                continue;
            }
            let name = hand.name(&self.people[place], self.dice);
            let year = hand.year(&self.people[place], self.dice);
            rows.push((place, name.clone(), year));
            if self.dice.chance(taken) && !self.place_of.contains_key(&place) {
                let later = i64::try_from(self.dice.below(3 * 86_400)).unwrap_or(0);
                let held = self.enter(place, name, year, at + later);
                self.held[held].passages.push(Passage { source, at });
            }
        }
        FeederList { source, rows }
    }

    /// Everybody else who registers, by themselves or at a desk.
    fn register_others(&mut self, coverage: f64) {
        for place in 0..self.people.len() {
            if self.place_of.contains_key(&place) || !self.dice.chance(coverage) {
                continue;
            }
            let hand = self.hand;
            let name = hand.name(&self.people[place], self.dice);
            let year = hand.year(&self.people[place], self.dice);
            let at = self.day(0, 260);
            self.enter(place, name, year, at);
        }
    }

    fn vaccinate(&mut self) {
        let places: Vec<_> = self.place_of.iter().map(|(person, held)| (*person, *held)).collect();
        for (person, held) in places {
            let facility = self.people[person].facility;
            let doses = self.dice.pick(&[0, 1, 1, 2, 2, 2]);
            let mut at = self.held[held].registered_at + DAY;
            for _ in 0..doses {
                at += i64::try_from(self.dice.below(60)).unwrap_or(0) * DAY;
                if at > BEGIN + i64::try_from(DAYS).unwrap_or(0) * DAY {
                    break;
                }
                let dose = HeldDose {
                    given_on: date_at(at),
                    facility: self.places[usize::try_from(facility).unwrap_or(0)].clone(),
                    recorded_at: at,
                };
                self.held[held].doses.push(dose);
                at += 30 * DAY;
            }
            if let Some(dose) = self.held[held].doses.first() {
                let day = u64::try_from(dose.recorded_at / DAY).unwrap_or(0);
                self.held[held].strata[2] = facility * 100_000 + day / 7;
            } else {
                self.held[held].strata[2] = facility * 100_000;
            }
        }
    }

    /// Some details are put right, mostly to what they truly are.
    fn correct(&mut self) {
        let rate = self.dice.between(0.03, 0.15);
        let places: Vec<_> = self.place_of.iter().map(|(person, held)| (*person, *held)).collect();
        for (person, held) in places {
            let truth = self.people[person].name();
            let wrong = self.held[held].names[0].value != truth;
            let year_off =
                self.held[held].birth_years[0].value != self.people[person].born_on.year();
            if !(wrong || year_off) || !self.dice.chance(rate * 2.0) {
                continue;
            }
            let at = self.held[held].registered_at + DAY;
            let end = BEGIN + i64::try_from(DAYS).unwrap_or(0) * DAY;
            let span = usize::try_from(((end - at) / DAY).max(1)).unwrap_or(1);
            let at = at + i64::try_from(self.dice.below(span)).unwrap_or(0) * DAY;
            if wrong {
                let last = self.held[held].names.last_mut().expect("everybody has a name");
                last.until = Some(at);
                self.held[held].names.push(Version { from: at, until: None, value: truth });
            }
            if year_off {
                let year = self.people[person].born_on.year();
                let last = self.held[held].birth_years.last_mut().expect("everybody has a year");
                last.until = Some(at);
                self.held[held].birth_years.push(Version { from: at, until: None, value: year });
            }
        }
    }

    fn pass(&mut self, held: usize, source: usize, at: i64, shows: Shows) {
        let source = SourceNo(u32::try_from(source).unwrap_or(0));
        self.held[held].passages.push(Passage { source, at });
        if shows != Shows::ALL {
            self.shown.insert((self.held[held].person, source, at), shows);
        }
    }

    /// Lists that partners are given: of a district or two, as of a day, thinned by what they asked for.
    fn export(&mut self, size: &Size) {
        for number in 0..size.exports {
            let source = self.sources.len();
            let at = self.day(150, DAYS);
            let districts = 1 + self.dice.number() % 3;
            let from = self.dice.number() % size.districts;
            let thinned = self.dice.between(0.3, 0.9);
            self.sources.push(Source {
                kind: SourceKind::Export,
                label: format!("list for partner {number}"),
                at: Some(at),
                canaries: 0.01,
            });
            for held in 0..self.held.len() {
                let near = (self.held[held].strata[0] + size.districts - from) % size.districts
                    < districts;
                if near && self.held[held].registered_at < at && self.dice.chance(thinned) {
                    self.pass(held, source, at, Shows::ALL);
                }
            }
        }
    }

    /// Made-up people, in each family as many as its rate asks for.
    fn canaries(&mut self) -> (BTreeMap<Family, Vec<PersonNo>>, BTreeMap<PersonNo, Canary>) {
        let mut families: BTreeMap<Family, usize> = BTreeMap::new();
        let stored = (self.held.len() / 250).max(4);
        for family in [Family::AtRest, Family::Replica, Family::Backup] {
            families.insert(family, stored);
        }
        for (number, source) in (0_u32..).zip(&self.sources) {
            if source.kind == SourceKind::Export {
                let through = |held: &&Held| {
                    held.passages.iter().any(|passage| passage.source == SourceNo(number))
                };
                let count = self.held.iter().filter(through).count() / 100;
                families.insert(Family::Source(SourceNo(number)), count.max(3));
            }
        }
        let mut made = BTreeMap::new();
        let mut registry = BTreeMap::new();
        for (family, count) in families {
            for _ in 0..count {
                self.people.push(person(self.dice));
                let place = self.people.len() - 1;
                let near = self.dice.below(place);
                let (district, facility) = (self.people[near].district, self.people[near].facility);
                (self.people[place].district, self.people[place].facility) = (district, facility);
                let (name, year) = (self.people[place].name(), self.people[place].born_on.year());
                let held = self.enter(place, name, year, BEGIN + DAY);
                self.place_of.remove(&place);
                let number = self.held[held].person;
                made.entry(family).or_insert_with(Vec::new).push(number);
                registry.insert(number, Canary { family, committed_at: BEGIN });
            }
        }
        (made, registry)
    }

    fn finish(
        self,
        coverage: f64,
        canaries: BTreeMap<Family, Vec<PersonNo>>,
        registry: BTreeMap<PersonNo, Canary>,
        feeders: Vec<FeederList>,
        marks: bool,
    ) -> Country {
        let people = self.held.len() - registry.len();
        let rate = |family: &Family| {
            crate::number::share(canaries.get(family).map_or(0, Vec::len) as u64, people as u64)
        };
        let families = [Family::AtRest, Family::Replica, Family::Backup];
        let rates = families.iter().map(|family| (*family, rate(family))).collect();
        let held = self.place_of.iter().map(|(person, held)| (*person, self.held[*held].person));
        let held = held.collect();
        let mut sources = self.sources;
        for (number, source) in (0_u32..).zip(&mut sources) {
            if source.kind == SourceKind::Export {
                let family = Family::Source(SourceNo(number));
                let own = canaries.get(&family).map_or(0, Vec::len) as u64;
                let through = |held: &&Held| {
                    held.passages.iter().any(|passage| passage.source == SourceNo(number))
                };
                let all = self.held.iter().filter(through).count() as u64;
                source.canaries = crate::number::share(own, all.max(1));
            }
        }
        let key = IndexKey::new(&self.dice.bytes());
        let mark_key = self.dice.bytes();
        let register = Memory::new(Parts {
            people: self.held,
            canaries: registry,
            sources,
            rates,
            // It is known about as well as a census is.
            coverage: (coverage * self.dice.between(0.93, 1.07)).min(0.98),
            now: BEGIN + i64::try_from(DAYS).unwrap_or(0) * DAY,
            key,
            mark_key,
            mark_places: if marks { 512 } else { 0 },
        })
        .with_shown(self.shown);
        let (people, places, looked_up) = (self.people, self.places, Vec::new());
        Country { people, register, held, feeders, canaries, places, looked_up }
    }
}

/// The day of an instant.
pub(super) fn date_at(at: i64) -> Date {
    let first = jiff::civil::date(1970, 1, 1);
    let days = jiff::Span::new().days(at / DAY);
    first.checked_add(days).unwrap_or(first)
}

//! A register in memory, with its keyed index: for worlds, measurements and replays.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
};

use aws_lc_rs::hmac;
use rustc_hash::FxHashMap;

use crate::{
    index::{Index, IndexKey, first},
    normal::name::{skeleton, sound, words},
    register::{
        Canary, Family, Held, LEVELS, Mark, NotAsked, Passage, PersonNo, Probe, Reach, Register,
        Shows, Source, SourceNo, Spelling,
    },
};

/// What a register is made of.
pub struct Parts {
    /// Everybody in it, made-up people of ours too.
    pub people: Vec<Held>,
    /// The made-up ones.
    pub canaries: BTreeMap<PersonNo, Canary>,
    /// The ways out and in.
    pub sources: Vec<Source>,
    /// Share of made-up people on each path that is no source.
    pub rates: BTreeMap<Family, f64>,
    /// How large a share of the country is in it.
    pub coverage: f64,
    /// Until when it is known, in seconds since 1970.
    pub now: i64,
    /// The key of its index.
    pub key: IndexKey,
    /// The key of the marks of its lists.
    pub mark_key: [u8; 32],
    /// Places of the code of marks; zero if lists are not marked.
    pub mark_places: u32,
}

/// A register in memory.
pub struct Memory {
    parts: Parts,
    index: Index,
    places: FxHashMap<PersonNo, u32>,
    reach: FxHashMap<(SourceNo, u8, u64), u64>,

    /// When the people of each group were registered, in order.
    sizes: FxHashMap<(u8, u64), Vec<i64>>,
    spellings: FxHashMap<String, u64>,
    sounds: FxHashMap<String, u64>,
    genders: FxHashMap<String, (u64, u64)>,
    marks: Marks,
    /// When each source had people, in order.
    passed: FxHashMap<SourceNo, Vec<i64>>,
    /// Passages that did not show everything.
    shown: BTreeMap<(PersonNo, SourceNo, i64), Shows>,
    opened: AtomicU64,
}

/// The code of marks: what each list's copy carries where.
pub(crate) struct Marks {
    key: hmac::Key,
    places: u32,
}

impl Marks {
    /// A code of so many places under a key.
    pub(crate) fn new(key: &[u8; 32], places: u32) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, key), places }
    }

    fn number(&self, parts: &[u64]) -> u64 {
        let bytes: Vec<u8> = parts.iter().flat_map(|part| part.to_be_bytes()).collect();
        first(&hmac::sign(&self.key, &bytes))
    }

    /// A number from zero to one.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are kept")]
    fn part(&self, parts: &[u64]) -> f64 {
        (self.number(parts) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// What a list's copy of a person's record carries, and at which place of the code.
    ///
    /// The chance of a one at a place is drawn from the arcsine law between the cut-offs, as Tardos has
    /// it: it makes what any coalition does look the same.
    pub(crate) fn of(&self, source: SourceNo, person: PersonNo) -> Option<Mark> {
        if self.places == 0 {
            return None;
        }
        let place = u32::try_from(self.number(&[1, person.0]) % u64::from(self.places)).ok()?;
        let angle = 0.15 + self.part(&[2, u64::from(place)]) * (core::f64::consts::FRAC_PI_2 - 0.3);
        let bias = libm::sin(angle) * libm::sin(angle);
        let bit = self.part(&[3, u64::from(source.0), u64::from(place)]) < bias;
        Some(Mark { place, bit, bias })
    }
}

impl Memory {
    /// Puts a register together.
    pub fn new(parts: Parts) -> Self {
        let mut register = Self {
            index: Index::default(),
            places: FxHashMap::default(),
            reach: FxHashMap::default(),
            sizes: FxHashMap::default(),
            spellings: FxHashMap::default(),
            sounds: FxHashMap::default(),
            genders: FxHashMap::default(),
            marks: Marks::new(&parts.mark_key, parts.mark_places),
            passed: FxHashMap::default(),
            shown: BTreeMap::new(),
            opened: AtomicU64::new(0),
            parts,
        };
        register.enter();
        register
    }

    /// The same, in which these passages did not show everything.
    #[must_use]
    pub fn with_shown(self, shown: BTreeMap<(PersonNo, SourceNo, i64), Shows>) -> Self {
        Self { shown, ..self }
    }

    fn enter(&mut self) {
        let mut entries = Vec::with_capacity(self.parts.people.len() * 3);
        for (place, held) in (0_u32..).zip(&self.parts.people) {
            let key = &self.parts.key;
            entries.push((key.digest(&Probe::Mobile(held.mobile.clone())), place));
            entries.push((key.digest(&Probe::Reference(held.reference.clone())), place));
            for name in &held.names {
                let skeleton = skeleton(&words(&name.value));
                for year in &held.birth_years {
                    let probe = Probe::NameYear(skeleton.clone(), year.value);
                    entries.push((key.digest(&probe), place));
                }
            }
            self.places.insert(held.person, place);
            if !self.parts.canaries.contains_key(&held.person) {
                count(held, &mut self.reach, &mut self.sizes);
                for passage in &held.passages {
                    self.passed.entry(passage.source).or_default().push(passage.at);
                }
            }
        }
        for instants in self.sizes.values_mut().chain(self.passed.values_mut()) {
            instants.sort_unstable();
        }
        self.index = Index::new(entries);
        for place in 0..self.parts.people.len() {
            if !self.parts.canaries.contains_key(&self.parts.people[place].person) {
                self.spellings_of(place);
            }
        }
    }

    fn spellings_of(&mut self, place: usize) {
        let held = &self.parts.people[place];
        let Some(name) = held.names.last().map(|name| words(&name.value)) else { return };
        let gender = held.genders.last().map(|gender| gender.value);
        for word in &name.0 {
            *self.sounds.entry(sound(word)).or_default() += 1;
            *self.spellings.entry(word.clone()).or_default() += 1;
        }
        if let (Some(first), Some(gender @ (1 | 2))) = (name.0.into_iter().next(), gender) {
            let count = self.genders.entry(first).or_default();
            *(if gender == 1 { &mut count.0 } else { &mut count.1 }) += 1;
        }
    }

    /// How many people's records were opened.
    pub fn opened(&self) -> u64 {
        self.opened.load(Ordering::Relaxed)
    }

    /// Everybody in it.
    pub(crate) fn everybody(&self) -> &[Held] {
        &self.parts.people
    }
}

fn count(
    held: &Held,
    reach: &mut FxHashMap<(SourceNo, u8, u64), u64>,
    sizes: &mut FxHashMap<(u8, u64), Vec<i64>>,
) {
    let mut sources: Vec<_> = held.passages.iter().map(|passage| passage.source).collect();
    sources.sort_unstable();
    sources.dedup();
    for level in 0..LEVELS {
        let number = u8::try_from(level).expect("a few levels");
        let stratum = held.strata[level];
        sizes.entry((number, stratum)).or_default().push(held.registered_at);
        for source in &sources {
            *reach.entry((*source, number, stratum)).or_default() += 1;
        }
    }
}

impl Register for Memory {
    fn find(&self, probes: &[Probe]) -> Result<Vec<Vec<PersonNo>>, NotAsked> {
        let person = |place: u32| self.parts.people[place as usize].person;
        Ok(self.index.find_all(&self.parts.key, probes, person))
    }

    fn open(&self, people: &[PersonNo]) -> Result<Vec<Option<Held>>, NotAsked> {
        self.opened.fetch_add(people.len() as u64, Ordering::Relaxed);
        let held = |person: &PersonNo| {
            let place = self.places.get(person)?;
            self.parts.people.get(*place as usize).cloned()
        };
        Ok(people.iter().map(held).collect())
    }

    fn finds_names(&self) -> bool {
        true
    }

    fn sources(&self) -> &[Source] {
        &self.parts.sources
    }

    fn reach(&self, source: SourceNo, level: usize, stratum: u64, until: Option<i64>) -> Reach {
        let level = u8::try_from(level).expect("a few levels");
        let part = self.reach.get(&(source, level, stratum)).copied().unwrap_or(0);
        let registered = self.sizes.get(&(level, stratum)).map_or(&[][..], Vec::as_slice);
        let whole =
            until.map_or(registered.len(), |until| registered.partition_point(|at| *at <= until));
        Reach { part: part.min(whole as u64), whole: whole as u64 }
    }

    fn opened_between(&self, account: SourceNo, from: i64, until: i64) -> Option<u64> {
        let passed = self.passed.get(&account).map_or(&[][..], Vec::as_slice);
        let before = passed.partition_point(|at| *at < from);
        Some((passed.partition_point(|at| *at <= until) - before) as u64)
    }

    fn shown(&self, person: PersonNo, passage: Passage) -> Shows {
        let shown = self.shown.get(&(person, passage.source, passage.at));
        shown.copied().unwrap_or(Shows::ALL)
    }

    fn people(&self) -> u64 {
        (self.parts.people.len() - self.parts.canaries.len()) as u64
    }

    fn coverage(&self) -> f64 {
        self.parts.coverage
    }

    fn spelling(&self, word: &str) -> Option<Spelling> {
        let any = self.sounds.get(&sound(word)).copied().unwrap_or(0);
        Some(Spelling { so: self.spellings.get(word).copied().unwrap_or(0), any })
    }

    fn genders_of(&self, word: &str) -> Option<(u64, u64)> {
        self.genders.get(word).copied()
    }

    fn canary(&self, person: PersonNo) -> Option<Canary> {
        self.parts.canaries.get(&person).copied()
    }

    fn canaries(&self, family: Family) -> f64 {
        self.parts.rates.get(&family).copied().unwrap_or(0.0)
    }

    fn mark(&self, source: SourceNo, person: PersonNo) -> Option<Mark> {
        self.marks.of(source, person)
    }

    fn now(&self) -> i64 {
        self.parts.now
    }
}

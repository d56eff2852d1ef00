//! Records of a specimen beside those of the register: who each of them could be, and how what it says
//! compares with what is and was held.

mod compare;
mod fields;

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::{
    normal::name::{Likeness, skeleton},
    register::{Held, LEVELS, NotAsked, Passage, PersonNo, Probe, Register, Shows},
    specimen::{Specimen, Table, column::Kind},
};
use compare::{Compared, best_of};
use fields::Fields;
pub(crate) use fields::exact;

/// How many records are opened and compared: enough for every verdict, and no more people opened than
/// that takes.
const SAMPLE: u64 = 1_500;
/// From so many records of one district, gender and decade on, chance is measured among them.
const LEAST_OF_A_KIND: usize = 4;
/// How likely somebody else is found by a name and a year, where it cannot be tried.
const NAMESAKES: f64 = 0.05;
/// How many records are asked for at once.
const BATCH: usize = 8_192;

/// How a record stands to the people of the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Link {
    /// It has a mobile or a number of ours, and somebody there fits.
    Found,
    /// It is somebody by name and year of birth, and nobody under what else it has.
    Named,
    /// It is somebody by name and year of birth, and has no mobile or number that could be looked up,
    /// though other records do.
    Lone,
    /// Its mobile is somebody else's.
    Strange,
    /// Nobody is found under what it has.
    Nobody,
    /// It has nothing to look under, or it could be several people.
    Open,
}

impl Link {
    /// Whether it is taken for somebody.
    pub(crate) const fn is_somebody(self) -> bool {
        matches!(self, Self::Found | Self::Named | Self::Lone)
    }
}

/// How two years compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Year {
    /// They are the same.
    Same,
    /// One year off.
    Near,
    /// More.
    Other,
}

/// How a number of ours in a record compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Number {
    /// It is the person's own.
    Own,
    /// It is somebody else's.
    Others,
    /// It is nobody's.
    Nobodys,
    /// There is none, where other records have their own.
    Blank,
}

/// What is seen of one record; records of which the same is seen weigh the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Pattern {
    pub(crate) link: Link,
    pub(crate) name: Option<Likeness>,
    /// Whether our spelling of the name is one that hardly anybody else has.
    pub(crate) rare: bool,
    pub(crate) year: Option<Year>,
    pub(crate) gender: Option<bool>,
    pub(crate) number: Option<Number>,
    pub(crate) document: Option<bool>,
    pub(crate) dose: Option<bool>,
}

/// When the values of a record were held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: i64,
    pub(crate) until: Option<i64>,
    /// Whether other values were held at another time, so that these say when.
    pub(crate) telling: bool,
    pub(crate) registered_at: i64,
}

impl Span {
    pub(crate) fn holds(&self, at: i64) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

/// A record that was compared.
pub(crate) struct Seen {
    pub(crate) pattern: Pattern,
    /// Whom it was taken for.
    pub(crate) person: Option<Matched>,
    /// An age with the year of birth that we hold, added.
    pub(crate) sum: Option<i16>,
    /// The last bit of an instant in it, where marks are.
    pub(crate) bit: Option<bool>,
}

/// A person of the register, as evidence needs them.
pub(crate) struct Matched {
    pub(crate) person: PersonNo,
    pub(crate) strata: [u64; LEVELS],
    pub(crate) passages: Vec<Passage>,
    pub(crate) span: Span,
    /// When they came: to be registered, and for each dose.
    pub(crate) visits: Vec<i64>,
    /// What the record has of them that not every opening shows.
    pub(crate) has: Shows,
}

/// Everything that was seen.
#[derive(Default)]
pub(crate) struct Sight {
    /// Records of the specimen.
    pub(crate) rows: u64,
    /// Of them, those with a mobile or number of ours to look under.
    pub(crate) keyed: u64,
    /// Of those, those under which somebody is found; nothing is compared here.
    pub(crate) hits: u64,
    /// Records that were compared.
    pub(crate) seen: Vec<Seen>,
    /// How many people's records were opened.
    pub(crate) opened: u64,
    /// Canaries that were hit, each once.
    pub(crate) canaries: Vec<PersonNo>,
    /// Share of records that fit somebody once their names are exchanged with one another's: what
    /// chance does.
    pub(crate) chance_found: f64,
    /// The same of finding by name and year of birth.
    pub(crate) chance_named: f64,
    /// Whether records have mobiles or numbers at all.
    pub(crate) has_keys: bool,
    /// How many mobiles stand with several people, and at how many of those all are of one account.
    pub(crate) families: (u64, u64),
}

/// Looks at every record, and compares some.
pub(crate) fn observe(specimen: &Specimen, register: &dyn Register) -> Result<Sight, NotAsked> {
    let mut sight = Sight::default();
    let total = specimen.rows() as u64;
    sight.has_keys = specimen
        .tables
        .iter()
        .any(|table| table.column(Kind::Mobile).or(table.column(Kind::Reference)).is_some());
    for table in &specimen.tables {
        let rows: Vec<usize> = (0..table.len()).collect();
        for batch in rows.chunks(BATCH) {
            look(table, batch, register, &mut sight)?;
        }
        let chosen: Vec<usize> = rows.into_iter().filter(|row| is_chosen(*row, total)).collect();
        compare_all(table, &chosen, register, &mut sight)?;
    }
    sight.canaries.sort_unstable();
    sight.canaries.dedup();
    // A column that is blank for all says nothing: it can be wiped.
    if !sight.seen.iter().any(|one| one.pattern.number == Some(Number::Own)) {
        for one in &mut sight.seen {
            one.pattern.number = one.pattern.number.filter(|number| *number != Number::Blank);
        }
    }
    set_years(&mut sight);
    Ok(sight)
}

/// Whether a record is one of those that are compared: by a hash of its place, so that no order of
/// records decides it.
pub(crate) fn is_chosen(row: usize, total: u64) -> bool {
    let mut z = (row as u64).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) % total.max(1) < SAMPLE
}

/// Looks records up by mobile and number, opening nobody.
fn look(
    table: &Table,
    rows: &[usize],
    register: &dyn Register,
    sight: &mut Sight,
) -> Result<(), NotAsked> {
    let probes: Vec<Probe> = rows.iter().filter_map(|row| fields::exact(table, *row)).collect();
    let found = register.find(&probes)?;
    sight.rows += rows.len() as u64;
    sight.keyed += probes.len() as u64;
    sight.hits += found.iter().filter(|people| !people.is_empty()).count() as u64;
    let all = found.iter().flatten().copied();
    sight.canaries.extend(all.filter(|person| register.canary(*person).is_some()));
    Ok(())
}

/// Finds whom chosen records could be, opens those, and compares.
fn compare_all(
    table: &Table,
    rows: &[usize],
    register: &dyn Register,
    sight: &mut Sight,
) -> Result<(), NotAsked> {
    let fields: Vec<_> = rows.iter().map(|row| Fields::read(table, *row)).collect();
    let wanted: Vec<Vec<Probe>> = fields.iter().map(Fields::keys).collect();
    let mut found = found_under(&wanted, register)?;
    let mut people = FxHashMap::default();
    open(&found, register, &mut people, sight)?;
    let mut seen: Vec<_> = fields
        .iter()
        .zip(&found)
        .map(|(one, them)| best_of(one, them, &people, register))
        .collect();
    let strangers = strangers(&fields, &found, &people);
    sight.chance_found = chance(&fields, &found, &people, &strangers);
    // Those of whom nobody was found under a key are looked up by name.
    let named: Vec<usize> = (0..fields.len())
        .filter(|place| register.finds_names() && !seen[*place].is_found())
        .collect();
    let wanted: Vec<Vec<Probe>> = named.iter().map(|place| fields[*place].names()).collect();
    let by_name = found_under(&wanted, register)?;
    open(&by_name, register, &mut people, sight)?;
    for (place, them) in named.iter().zip(by_name) {
        seen[*place] =
            seen[*place].or_named(&fields[*place], &them, &people, register, sight.has_keys);
        found[*place].extend(them);
    }
    sight.chance_named = chance_named(&fields, register, &strangers)?;
    count_families(&fields, &seen, &people, sight);
    let compared = fields.iter().zip(seen).map(|(one, seen)| seen.told(one, &people));
    sight.seen.extend(compared);
    Ok(())
}

/// Who is found under each list of probes.
fn found_under(
    wanted: &[Vec<Probe>],
    register: &dyn Register,
) -> Result<Vec<Vec<PersonNo>>, NotAsked> {
    let flat: Vec<Probe> = wanted.iter().flatten().cloned().collect();
    let mut found = register.find(&flat)?.into_iter();
    let each = wanted.iter().map(|probes| {
        let mut people: Vec<_> = found.by_ref().take(probes.len()).flatten().collect();
        people.sort_unstable();
        people.dedup();
        people
    });
    Ok(each.collect())
}

fn open(
    found: &[Vec<PersonNo>],
    register: &dyn Register,
    people: &mut FxHashMap<PersonNo, Held>,
    sight: &mut Sight,
) -> Result<(), NotAsked> {
    let mut all: Vec<_> = found.iter().flatten().copied().collect();
    all.sort_unstable();
    all.dedup();
    // The made-up are in no count.
    all.retain(|person| !people.contains_key(person) && register.canary(*person).is_none());
    for batch in all.chunks(BATCH) {
        let held = register.open(batch)?;
        sight.opened += batch.len() as u64;
        people.extend(batch.iter().copied().zip(held).filter_map(|(who, held)| Some((who, held?))));
    }
    Ok(())
}

/// For each record a stranger's: one of the same district, gender and ten years of birth, where there are
/// a few, as names and years of those are what chance has to choose from.
fn strangers(
    fields: &[Fields],
    found: &[Vec<PersonNo>],
    people: &FxHashMap<PersonNo, Held>,
) -> Vec<usize> {
    let district = |place: usize| {
        let them = found[place].first().and_then(|who| people.get(who));
        them.map(|held| held.strata[0])
    };
    let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (place, one) in fields.iter().enumerate() {
        let key = (district(place), one.gender, one.about_year().map(|year| year.div_euclid(10)));
        groups.entry(key).or_default().push(place);
    }
    // Not the next one, which may be of the same family.
    let count = fields.len();
    let mut strangers: Vec<usize> =
        (0..count).map(|place| (place + count / 2 + 1) % count).collect();
    for group in groups.into_values().filter(|group| group.len() >= LEAST_OF_A_KIND) {
        for (at, place) in group.iter().enumerate() {
            strangers[*place] = group[(at + group.len() / 2) % group.len()];
        }
    }
    strangers
}

/// Share of records that would fit somebody under their key with the name of a stranger's.
fn chance(
    fields: &[Fields],
    found: &[Vec<PersonNo>],
    people: &FxHashMap<PersonNo, Held>,
    strangers: &[usize],
) -> f64 {
    let (mut fits, mut tried) = (0_u64, 0_u64);
    for (place, them) in found.iter().enumerate().filter(|(_, them)| !them.is_empty()) {
        let other = &fields[strangers[place]];
        tried += 1;
        fits += u64::from(them.iter().filter_map(|who| people.get(who)).any(|held| {
            other.mobile != fields[place].mobile && Compared::of(other, held).fits_under_key()
        }));
    }
    (crate::number::real(fits) + 0.5) / (crate::number::real(tried) + 1.0)
}

/// Share of names with strangers' years under which one person is found.
fn chance_named(
    fields: &[Fields],
    register: &dyn Register,
    strangers: &[usize],
) -> Result<f64, NotAsked> {
    if !register.finds_names() || fields.is_empty() {
        return Ok(0.0);
    }
    let wanted = (0..fields.len()).filter_map(|place| {
        let name = fields[place].name.as_ref().filter(|name| name.0.len() > 1)?;
        let skeleton = skeleton(name);
        let years = fields[strangers[place]].years();
        let probes = years.map(|year| Probe::NameYear(skeleton.clone(), year));
        Some(probes.collect::<Vec<_>>()).filter(|probes| !probes.is_empty())
    });
    let wanted: Vec<Vec<Probe>> = wanted.take(500).collect();
    if wanted.is_empty() {
        return Ok(NAMESAKES);
    }
    // As a record is found by name: one person, or the one whom it fits best of a few.
    let found = found_under(&wanted, register)?;
    let hits = found.iter().filter(|people| (1..=2).contains(&people.len())).count() as u64;
    Ok((crate::number::real(hits) + NAMESAKES) / (crate::number::real(wanted.len() as u64) + 1.0))
}

/// Whether people whom the specimen has under one mobile are of one account here.
fn count_families(
    fields: &[Fields],
    seen: &[compare::Best],
    people: &FxHashMap<PersonNo, Held>,
    sight: &mut Sight,
) {
    let mut families: BTreeMap<&str, Vec<Option<u64>>> = BTreeMap::new();
    for (one, seen) in fields.iter().zip(seen) {
        if let Some(mobile) = one.whole_mobile() {
            let account = seen.person.and_then(|who| people.get(&who)).map(|held| held.account);
            families.entry(mobile).or_default().push(account);
        }
    }
    for accounts in families.into_values().filter(|accounts| accounts.len() > 1) {
        sight.families.0 += 1;
        let together = accounts[0].is_some() && accounts.iter().all(|one| *one == accounts[0]);
        sight.families.1 += u64::from(together);
    }
}

/// Says of ages which year they mean: all of one list were reckoned in the same one.
fn set_years(sight: &mut Sight) {
    let mut sums: BTreeMap<i16, u64> = BTreeMap::new();
    for seen in &sight.seen {
        if let Some(sum) = seen.sum.filter(|_| seen.pattern.link.is_somebody()) {
            *sums.entry(sum).or_default() += 1;
        }
    }
    let Some((year, _)) = sums.iter().max_by_key(|(_, count)| **count) else { return };
    for seen in &mut sight.seen {
        if let Some(sum) = seen.sum {
            seen.pattern.year = Some(compare::years(*year, sum));
        }
    }
}

//! A register of as many made-up people as wanted, of which only the index is kept: each is made anew from
//! their number when they are opened. And dumps of it, dirtied as people and spreadsheets do. For
//! measurements; worlds, in which the truth is weighed, are in [`crate::worlds`].

use std::fmt::Write;

use crate::{
    index::{Index, IndexKey, spread},
    normal::name::{skeleton, words},
    register::{
        Held, HeldDose, LEVELS, NotAsked, Passage, PersonNo, Probe, Reach, Register, Source,
        SourceKind, SourceNo, Version,
    },
};

/// How many facilities there are, each with one account that meets its people.
const FACILITIES: u64 = 500;
/// In how many districts.
const DISTRICTS: u64 = 50;
/// 1 March 2021, in seconds since 1970.
const BEGIN: i64 = 1_614_556_800;
/// A day, in seconds.
const DAY: i64 = 86_400;
/// How many people are entered at once.
const BATCH: u64 = 1 << 16;
const SYLLABLES: [&str; 24] = [
    "A", "SHA", "RA", "VI", "MEE", "NA", "KI", "RAN", "LA", "TA", "SU", "NI", "DE", "VA", "JA",
    "YA", "GO", "PA", "RI", "TU", "BHA", "MO", "HAN", "DI",
];
const FAMILIES: [&str; 16] = [
    "SHARMA",
    "KHAN",
    "MENON",
    "PILLAI",
    "GOWDA",
    "MISHRA",
    "DAS",
    "PATIL",
    "FERNANDES",
    "YADAV",
    "CHOUDHARY",
    "REDDY",
    "NAIR",
    "KAUR",
    "IYER",
    "SINGH",
];

/// A number that another one leads to and that tells nothing of it.
const fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// One of a list, by a number.
fn one_of(list: &[&'static str], number: u64) -> &'static str {
    list[usize::try_from(number % list.len() as u64).expect("less than its length")]
}

/// Somebody made up.
struct Person {
    number: u64,
    drawn: u64,
}

impl Person {
    const fn new(number: u64) -> Self {
        Self { number, drawn: mixed(number) }
    }

    /// Two to four syllables and a family's name.
    fn name(&self) -> String {
        let mut name = String::new();
        for place in 0..2 + self.drawn % 3 {
            name.push_str(one_of(&SYLLABLES, self.drawn >> (8 + 5 * place)));
        }
        name.push(' ');
        name.push_str(one_of(&FAMILIES, self.drawn >> 40));
        name
    }

    /// Each has a mobile of their own: the numbers are multiplied by one that has no divisor in common.
    fn mobile(&self) -> String {
        (6_000_000_000 + self.number.wrapping_mul(2_654_435_761) % 3_999_999_979).to_string()
    }

    fn reference(&self) -> String {
        (10_000_000_000_000 + mixed(self.number ^ 0xffff) % 89_999_999_999_999).to_string()
    }

    fn birth_year(&self) -> i16 {
        1940 + i16::try_from((self.drawn >> 48) % 65).expect("below 65")
    }

    const fn is_woman(&self) -> bool {
        self.drawn & 1 == 1
    }

    const fn facility(&self) -> u64 {
        mixed(self.drawn) % FACILITIES
    }

    /// When they came, and the first dose with them.
    fn registered_at(&self) -> i64 {
        BEGIN + i64::try_from(self.drawn % 300).expect("below 300") * DAY
    }
}

/// A register of made-up people.
pub struct Made {
    people: u64,
    key: IndexKey,
    index: Index,
    sources: Vec<Source>,
}

impl Made {
    /// A register of so many people. `told` hears how many more are entered.
    ///
    /// # Panics
    ///
    /// If there are more than four billion.
    pub fn new(people: u32, key: IndexKey, mut told: impl FnMut(u64)) -> Self {
        let people = u64::from(people);
        let mut entries = Vec::with_capacity(usize::try_from(people * 3).expect("it is in memory"));
        for begin in (0..people).step_by(usize::try_from(BATCH).expect("a small number")) {
            let numbers: Vec<u64> = (begin..people.min(begin + BATCH)).collect();
            let each = |numbers: &[u64]| {
                numbers.iter().flat_map(|number| entered(*number, &key)).collect::<Vec<_>>()
            };
            entries.extend(spread(&numbers, each));
            told(numbers.len() as u64);
        }
        let account = |number: u64| Source {
            kind: SourceKind::Account,
            label: format!("account {number}"),
            at: None,
            canaries: 0.0,
        };
        let sources = (0..FACILITIES).map(account).collect();
        Self { people, index: Index::new(entries), key, sources }
    }

    /// How many bytes the index takes.
    pub fn index_bytes(&self) -> u64 {
        self.index.bytes()
    }

    /// A dump of so many records as text, three in ten of them of people who are not registered. Dirty
    /// ones have mobiles in many spellings, cut or rounded, and names in small letters or with spaces;
    /// the others have clean mobiles and reference numbers. `told` hears how many more are written.
    pub fn dump(&self, rows: u64, is_dirty: bool, mut told: impl FnMut(u64)) -> String {
        let head = "name,mobile,year of birth,gender,address,result";
        let mut text = if is_dirty { head.to_owned() } else { format!("ref_id,{head}") };
        text.push('\n');
        for row in 0..rows {
            let drawn = mixed(row ^ 0x5a5a_0000);
            let registered = !(drawn >> 8).is_multiple_of(10) && drawn % 10 < 8 && self.people > 0;
            // The others are the people behind the last one.
            let number = if registered { mixed(drawn) % self.people } else { self.people + row };
            let person = Person::new(number);
            if is_dirty {
                write_dirty(&mut text, &person, drawn >> 20);
            } else {
                let (reference, mobile) = (person.reference(), person.mobile());
                write_line(&mut text, &format!("{reference},{}", person.name()), &mobile, &person);
            }
            told(1);
        }
        text
    }
}

/// What somebody is found under.
fn entered(number: u64, key: &IndexKey) -> [(u64, u32); 3] {
    let (person, place) = (Person::new(number), u32::try_from(number).expect("below four billion"));
    let name = Probe::NameYear(skeleton(&words(&person.name())), person.birth_year());
    [Probe::Mobile(person.mobile()), Probe::Reference(person.reference()), name]
        .map(|probe| (key.digest(&probe), place))
}

fn write_line(text: &mut String, name: &str, mobile: &str, person: &Person) {
    let gender = if person.is_woman() { "F" } else { "M" };
    let result = if person.drawn.is_multiple_of(9) { "Positive" } else { "Negative" };
    let (year, house) = (person.birth_year(), person.drawn % 400);
    writeln!(text, "{name},{mobile},{year},{gender},House {house} Ward {},{result}", house % 30)
        .expect("memory takes what is written");
}

/// As somebody typed it, or a spreadsheet kept it.
fn write_dirty(text: &mut String, person: &Person, drawn: u64) {
    let mobile = person.mobile();
    let mobile = match drawn % 20 {
        0 => format!("{}E+09", &format!("{}.{}", &mobile[..1], &mobile[1..6])),
        1 => mobile[..9].to_owned(),
        2..=5 => format!("+91 {} {}", &mobile[..5], &mobile[5..]),
        6..=8 => format!("0{}-{}", &mobile[..5], &mobile[5..]),
        9 => format!("{mobile}.0"),
        _ => mobile,
    };
    let name = person.name();
    // What copying does to a name. One that is spelled by its sound would be of another hand.
    let name = match (drawn >> 8) % 8 {
        0 | 1 => name.to_lowercase(),
        2 => name.replacen(' ', "  ", 1),
        3 => format!(" {name} "),
        _ => name,
    };
    write_line(text, &name, &mobile, person);
}

/// A value of which nothing older is kept.
const fn since<T>(from: i64, value: T) -> Version<T> {
    Version { from, until: None, value }
}

impl Register for Made {
    fn find(&self, probes: &[Probe]) -> Result<Vec<Vec<PersonNo>>, NotAsked> {
        Ok(self.index.find_all(&self.key, probes, |place| PersonNo(u64::from(place))))
    }

    fn open(&self, people: &[PersonNo]) -> Result<Vec<Option<Held>>, NotAsked> {
        let held = |who: &PersonNo| {
            let (person, at) = (Person::new(who.0), Person::new(who.0).registered_at());
            let facility = person.facility();
            let week = u64::try_from(at / (7 * DAY)).expect("after 1970");
            let account = SourceNo(u32::try_from(facility).expect("a few hundred"));
            let given_on = jiff::Timestamp::from_second(at).ok()?;
            (who.0 < self.people).then(|| Held {
                person: *who,
                account: who.0,
                mobile: person.mobile(),
                reference: person.reference(),
                names: vec![since(at, person.name())],
                birth_years: vec![since(at, person.birth_year())],
                genders: vec![since(at, if person.is_woman() { 2 } else { 1 })],
                document: None,
                doses: vec![HeldDose {
                    given_on: jiff::tz::Offset::UTC.to_datetime(given_on).date(),
                    facility: format!("Health Centre {facility}"),
                    recorded_at: at,
                }],
                registered_at: at,
                strata: [facility % DISTRICTS, facility, facility * 100_000 + week],
                passages: vec![Passage { source: account, at }],
            })
        };
        Ok(people.iter().map(held).collect())
    }

    fn finds_names(&self) -> bool {
        true
    }

    fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// An account met all of its facility, and nobody of others.
    fn reach(&self, source: SourceNo, level: usize, stratum: u64, _: Option<i64>) -> Reach {
        let own = u64::from(source.0);
        let each = self.people / FACILITIES;
        let part = |is_own| if is_own { each } else { 0 };
        match level {
            0 => Reach { part: part(own % DISTRICTS == stratum), whole: self.people / DISTRICTS },
            1 => Reach { part: part(own == stratum), whole: each },
            _ => {
                let week = each / 43;
                Reach { part: if own == stratum / 100_000 { week } else { 0 }, whole: week }
            }
        }
    }

    fn people(&self) -> u64 {
        self.people
    }

    fn coverage(&self) -> f64 {
        0.8
    }

    fn now(&self) -> i64 {
        BEGIN + 330 * DAY
    }
}

/// Every level of a stratum is told above.
const _: () = assert!(LEVELS == 3);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{inquire::inquire, specimen::Specimen};

    #[test]
    fn everybody_is_found_under_what_they_have_and_opens_as_they_were_entered() {
        let register = Made::new(5_000, IndexKey::new(&[7; 32]), |_| {});
        let probes: Vec<_> = (0..5_000)
            .map(|number| Probe::Mobile(Person::new(number).mobile()))
            .chain((0..5_000).map(|number| Probe::Reference(Person::new(number).reference())))
            .collect();
        let found = register.find(&probes).unwrap();
        for (number, found) in (0..5_000).chain(0..5_000).zip(&found) {
            assert_eq!(found.iter().map(|who| who.0).collect::<Vec<_>>(), [number]);
        }
        let strangers: Vec<_> =
            (5_000..9_000).map(|number| Probe::Mobile(Person::new(number).mobile())).collect();
        assert!(register.find(&strangers).unwrap().iter().all(Vec::is_empty));
        let held = register.open(&[PersonNo(7), PersonNo(5_000)]).unwrap();
        assert!(held[0].as_ref().unwrap().mobile == Person::new(7).mobile() && held[1].is_none());
        assert!(register.index_bytes() / 5_000 < 100);
    }

    #[test]
    fn a_dirty_dump_of_it_is_read_and_said_to_be_ours_beside_others() {
        let register = Made::new(20_000, IndexKey::new(&[7; 32]), |_| {});
        for is_dirty in [true, false] {
            let specimen = Specimen::read(register.dump(3_000, is_dirty, |_| {}).as_bytes());
            let finding = inquire(&specimen, &register, register.now()).unwrap();
            assert_eq!(finding.counts.rows, 3_000);
            let share = finding.counts.hits * 10 / finding.counts.keyed;
            assert!((5..=8).contains(&share), "{:?}", finding.counts);
            assert_ne!(finding.verdict.is_from_us(), Some(false), "{:?}", finding.verdict);
        }
    }
}

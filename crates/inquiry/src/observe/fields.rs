//! What one record says, read.

use crate::{
    normal::{
        self, Day, Mobile,
        name::{Words, skeleton, words},
    },
    register::Probe,
    specimen::{Table, column::Kind},
};

/// The year in which ages are mostly reckoned.
const RECKONED: i16 = 2021;
/// Most ages are of people born in one of three years.
const AGE_SLACK: i16 = 1;

/// What a record says.
pub(super) struct Fields {
    pub(super) mobile: Mobile,
    pub(super) reference: Option<String>,
    /// Whether there is a place for a number of ours, and nothing in it.
    pub(super) number_is_blank: bool,
    pub(super) document: Option<String>,
    pub(super) name: Option<Words>,
    pub(super) born: Born,
    pub(super) gender: Option<u8>,
    pub(super) dose: Option<Day>,
    /// Whether the day surely is that of a dose, so that another one counts against.
    pub(super) dose_is_said: bool,
    pub(super) facility: Option<String>,
    pub(super) bit: Option<bool>,
}

/// When somebody was born, as a record says it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Born {
    Year(i16),
    Age(i16),
    Unsaid,
}

impl Fields {
    pub(super) fn read(table: &Table, row: usize) -> Self {
        let cell = |kind| table.column(kind).map(|column| table.cell(row, column));
        let day = |kind| cell(kind).and_then(normal::day);
        let year = || cell(Kind::BirthYear).and_then(normal::birth_year);
        let age = || cell(Kind::Age).and_then(normal::age);
        let born = day(Kind::BirthDate).map(|day| day.date.year()).or_else(year);
        let dose = day(Kind::DoseDate);
        let reference = cell(Kind::Reference).and_then(|text| normal::number(text, 14));
        let document = cell(Kind::Document).and_then(|text| normal::number(text, 12));
        let document = document.or_else(|| cell(Kind::Pan).or(cell(Kind::Epic)).map(capitals));
        Self {
            mobile: cell(Kind::Mobile).map_or(Mobile::None, normal::mobile),
            reference,
            number_is_blank: cell(Kind::Reference).is_some_and(|text| text.trim().is_empty()),
            document: document.filter(|text| !text.is_empty()),
            name: cell(Kind::Name).map(words).filter(|name| !name.0.is_empty()),
            born: born.map_or_else(|| age().map_or(Born::Unsaid, Born::Age), Born::Year),
            gender: cell(Kind::Gender).and_then(normal::gender),
            dose: dose.or_else(|| day(Kind::EventDate)),
            dose_is_said: dose.is_some(),
            facility: cell(Kind::Facility).map(capitals).filter(|text| !text.is_empty()),
            bit: cell(Kind::ChangedAt).and_then(last_bit),
        }
    }

    /// The year of birth, or about that of an age.
    pub(super) const fn about_year(&self) -> Option<i16> {
        match self.born {
            Born::Year(year) => Some(year),
            Born::Age(age) => Some(RECKONED - age),
            Born::Unsaid => None,
        }
    }

    /// The mobile, if it is whole.
    pub(super) fn whole_mobile(&self) -> Option<&str> {
        match &self.mobile {
            Mobile::Whole(digits) => Some(digits),
            _ => None,
        }
    }

    /// Everything it is looked up under, with a lost digit put back.
    pub(super) fn keys(&self) -> Vec<Probe> {
        let mut probes: Vec<_> = self.reference.clone().map(Probe::Reference).into_iter().collect();
        match &self.mobile {
            Mobile::Whole(digits) => probes.push(Probe::Mobile(digits.clone())),
            Mobile::Short(digits) => {
                probes.extend(normal::restored(digits).into_iter().map(Probe::Mobile));
            }
            Mobile::Rounded(_) | Mobile::None => {}
        }
        probes
    }

    /// The name with the years of birth that it may have.
    pub(super) fn names(&self) -> Vec<Probe> {
        let Some(name) = self.name.as_ref().filter(|name| name.0.len() > 1) else {
            return Vec::new();
        };
        let skeleton = skeleton(name);
        self.years().map(|year| Probe::NameYear(skeleton.clone(), year)).collect()
    }

    /// The years in which who it is about may have been born. An age is of some year of the programme.
    pub(super) fn years(&self) -> impl Iterator<Item = i16> + use<> {
        let (from, to) = match self.born {
            Born::Year(year) => (year, year),
            Born::Age(age) => (RECKONED - age - AGE_SLACK, RECKONED - age + AGE_SLACK),
            Born::Unsaid => (1, 0),
        };
        from..=to
    }

    /// Whether there is anything to look under.
    pub(super) fn has_key(&self) -> bool {
        self.reference.is_some() || matches!(self.mobile, Mobile::Whole(_) | Mobile::Short(_))
    }
}

/// What a record is looked up under as it is: its number of ours, else its mobile.
pub(crate) fn exact(table: &Table, row: usize) -> Option<Probe> {
    let cell = |kind| table.column(kind).map(|column| table.cell(row, column));
    let reference = cell(Kind::Reference).and_then(|text| normal::number(text, 14));
    if let Some(reference) = reference {
        return Some(Probe::Reference(reference));
    }
    match cell(Kind::Mobile).map_or(Mobile::None, normal::mobile) {
        Mobile::Whole(digits) => Some(Probe::Mobile(digits)),
        _ => None,
    }
}

fn capitals(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase()
}

/// The last bit of the fraction of a second of an instant; none if it has no fraction.
fn last_bit(cell: &str) -> Option<bool> {
    let (_, fraction) = cell.trim().trim_end_matches('Z').rsplit_once('.')?;
    let last = fraction.chars().take_while(char::is_ascii_digit).last()?;
    last.to_digit(10).map(|digit| digit % 2 == 1)
}

//! What a column holds, by its values first and by its name where values could be either.

use crate::normal::{self, Mobile};

/// How many cells of a column are looked at.
const SAMPLE: usize = 200;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// What a column holds.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize,
        )]
        pub enum Kind {
            $($(#[$doc])* $name,)*
        }

        impl Kind {
            /// Its name in reports.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

kinds! {
    /// Mobiles.
    Mobile = "mobile",
    /// Names of people.
    Name = "name",
    /// Days of birth.
    BirthDate = "date of birth",
    /// Years of birth.
    BirthYear = "year of birth",
    /// Ages.
    Age = "age",
    /// Genders.
    Gender = "gender",
    /// Numbers of 14 digits, as our reference numbers have.
    Reference = "reference number",
    /// Numbers of 12 digits, as Aadhaar numbers have.
    Document = "identity document",
    /// Tax numbers.
    Pan = "tax number",
    /// Numbers of electors' cards.
    Epic = "elector's card",
    /// Postal addresses.
    Address = "address",
    /// PIN codes.
    PinCode = "PIN code",
    /// Names of districts.
    District = "district",
    /// Days of a dose.
    DoseDate = "day of a dose",
    /// Days of something else, or of nothing that is said.
    EventDate = "day of an event",
    /// Places where something was done.
    Facility = "facility",
    /// Names of vaccines.
    Vaccine = "vaccine",
    /// Results of tests.
    Result = "test result",
    /// Addresses of mail.
    Email = "e-mail",
    /// Instants with fractions of a second.
    ChangedAt = "instant",
    /// Something else.
    Other = "other",
}

/// A column.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Column {
    /// What it is called, if there is a head.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// Of days of birth: the share that is a first of January.
    pub new_year: f64,
}

/// Words in names of columns, and what they say. Longer ones come first.
const WORDS: &[(&str, Kind)] = &[
    ("beneficiary_ref", Kind::Reference),
    ("beneficiary ref", Kind::Reference),
    ("reference", Kind::Reference),
    ("ref_id", Kind::Reference),
    ("ref id", Kind::Reference),
    ("vaccinated at", Kind::Facility),
    ("vaccination date", Kind::DoseDate),
    ("vaccination_date", Kind::DoseDate),
    ("date of vacc", Kind::DoseDate),
    ("dose", Kind::DoseDate),
    ("vaccine", Kind::Vaccine),
    ("mobile", Kind::Mobile),
    ("phone", Kind::Mobile),
    ("contact", Kind::Mobile),
    ("मोबाइल", Kind::Mobile),
    ("aadhaar", Kind::Document),
    ("aadhar", Kind::Document),
    ("photo_id", Kind::Document),
    ("photo id", Kind::Document),
    ("father", Kind::Other),
    ("husband", Kind::Other),
    ("guardian", Kind::Other),
    ("mother", Kind::Other),
    ("vaccinator", Kind::Other),
    ("district", Kind::District),
    ("जिला", Kind::District),
    ("centre", Kind::Facility),
    ("center", Kind::Facility),
    ("facility", Kind::Facility),
    ("hospital", Kind::Facility),
    ("address", Kind::Address),
    ("पता", Kind::Address),
    ("birth year", Kind::BirthYear),
    ("birth_year", Kind::BirthYear),
    ("year of birth", Kind::BirthYear),
    ("yob", Kind::BirthYear),
    ("dob", Kind::BirthDate),
    ("birth", Kind::BirthDate),
    ("जन्म", Kind::BirthDate),
    ("gender", Kind::Gender),
    ("sex", Kind::Gender),
    ("लिंग", Kind::Gender),
    ("result", Kind::Result),
    ("updated", Kind::ChangedAt),
    ("modified", Kind::ChangedAt),
    ("pincode", Kind::PinCode),
    ("pin code", Kind::PinCode),
    ("email", Kind::Email),
    ("name", Kind::Name),
    ("नाम", Kind::Name),
    ("pan", Kind::Pan),
    ("age", Kind::Age),
    ("आयु", Kind::Age),
    ("उम्र", Kind::Age),
    ("date", Kind::EventDate),
];

/// What the name of a column says that it holds.
pub(crate) fn named(name: &str) -> Option<Kind> {
    let name = name.trim().to_lowercase();
    if name.is_empty() || name.chars().count() > 40 {
        return None;
    }
    WORDS.iter().find(|(word, _)| name.contains(word)).map(|(_, kind)| *kind)
}

impl Column {
    /// Reads a column of so many rows.
    pub(super) fn read<'t>(name: &str, rows: usize, cell: impl Fn(usize) -> &'t str) -> Self {
        let step = rows.div_ceil(SAMPLE).max(1);
        let cells: Vec<&str> =
            (0..rows).step_by(step).map(cell).filter(|cell| !cell.trim().is_empty()).collect();
        let kind = typed(named(name), &cells);
        let first = |cell: &&&str| {
            normal::day(cell).is_some_and(|day| day.date.month() == 1 && day.date.day() == 1)
        };
        let new_year =
            if kind == Kind::BirthDate { part(&cells, |cell| first(&cell)) } else { 0.0 };
        Self { name: name.to_owned(), kind, new_year }
    }
}

fn part(cells: &[&str], fits: impl Fn(&&str) -> bool) -> f64 {
    let count = cells.iter().filter(|cell| fits(cell)).count();
    crate::number::share(count as u64, cells.len() as u64)
}

/// What cells hold, with what their column is called.
fn typed(named: Option<Kind>, cells: &[&str]) -> Kind {
    if cells.is_empty() {
        return named.unwrap_or(Kind::Other);
    }
    let strong = STRONG.iter().find(|(_, fits)| part(cells, |cell| fits(cell)) >= 0.7);
    // A name says what numbers of equal length are, and which of two days is meant.
    match (strong.map(|(kind, _)| *kind), named) {
        (Some(Kind::EventDate), named) => day_kind(named, cells),
        (Some(Kind::Age), Some(other)) => other,
        (Some(Kind::Document), Some(Kind::Mobile)) => Kind::Mobile,
        (Some(found), _) => found,
        (None, Some(Kind::Mobile)) if part(cells, is_mobile) >= 0.3 => Kind::Mobile,
        (None, Some(kind @ (Kind::Facility | Kind::Address | Kind::District | Kind::Other))) => {
            kind
        }
        (None, _) => worded(named, cells),
    }
}

type Fits = fn(&str) -> bool;

/// Kinds whose values alone say what they are, the surest first.
const STRONG: &[(Kind, Fits)] = &[
    (Kind::ChangedAt, is_instant),
    (Kind::Reference, |cell| normal::number(cell, 14).is_some()),
    (Kind::Mobile, |cell| is_mobile(&cell)),
    (Kind::Document, |cell| normal::number(cell, 12).is_some()),
    (Kind::Pan, |cell| shaped(cell, "AAAAA9999A")),
    (Kind::Epic, |cell| shaped(cell, "AAA9999999")),
    (Kind::Email, |cell| cell.contains('@') && cell.contains('.')),
    (Kind::EventDate, |cell| normal::day(cell).is_some()),
    (Kind::BirthYear, |cell| normal::birth_year(cell).is_some()),
    (Kind::PinCode, |cell| normal::number(cell, 6).is_some_and(|pin| !pin.starts_with('0'))),
    (Kind::Gender, |cell| normal::gender(cell).is_some()),
    (Kind::Age, |cell| normal::age(cell).is_some()),
    (Kind::Vaccine, is_vaccine),
    (Kind::Result, is_result),
];

fn is_mobile(cell: &&str) -> bool {
    normal::mobile(cell) != Mobile::None && cell.chars().filter(|c| c.is_alphabetic()).count() <= 1
}

fn is_instant(cell: &str) -> bool {
    cell.len() >= 19 && cell.matches(':').count() >= 2 && normal::day(cell).is_some()
}

/// Whether a text has letters and digits where a pattern has.
fn shaped(cell: &str, pattern: &str) -> bool {
    let cell = cell.trim();
    cell.len() == pattern.len()
        && cell.bytes().zip(pattern.bytes()).all(|(byte, as_in)| match as_in {
            b'9' => byte.is_ascii_digit(),
            _ => byte.is_ascii_alphabetic(),
        })
}

fn is_vaccine(cell: &str) -> bool {
    let cell = cell.to_ascii_uppercase();
    ["COVISHIELD", "COVAXIN", "CORBEVAX", "SPUTNIK", "COVOVAX"].iter().any(|one| cell.contains(one))
}

fn is_result(cell: &str) -> bool {
    let cell = cell.to_ascii_lowercase();
    ["positive", "negative", "inconclusive", "पॉजिटिव", "नेगेटिव", "detected"]
        .iter()
        .any(|one| cell.contains(one))
}

/// Whether days are those of births, of doses, or of nothing that is known.
fn day_kind(named: Option<Kind>, cells: &[&str]) -> Kind {
    match named {
        Some(Kind::DoseDate | Kind::Vaccine) => return Kind::DoseDate,
        Some(Kind::BirthDate) => return Kind::BirthDate,
        _ => {}
    }
    let years = cells.iter().filter_map(|cell| normal::day(cell)).map(|day| day.date.year());
    let mut years: Vec<_> = years.collect();
    years.sort_unstable();
    let spread = years[years.len() * 9 / 10] - years[years.len() / 10];
    if spread > 12 { Kind::BirthDate } else { Kind::EventDate }
}

/// What a column of words holds.
fn worded(named: Option<Kind>, cells: &[&str]) -> Kind {
    let lettered = |cell: &&str| {
        let letters = cell.chars().filter(|c| c.is_alphabetic()).count();
        letters >= 2 && !cell.chars().any(char::is_numeric) && cell.split_whitespace().count() <= 5
    };
    let places = ["phc", "chc", "hospital", "health", "centre", "center", "school", "clinic"];
    let place = |cell: &&str| {
        let cell = cell.to_lowercase();
        places.iter().any(|one| cell.contains(one))
    };
    if part(cells, place) >= 0.5 {
        return Kind::Facility;
    }
    let fit = part(cells, lettered);
    let mut distinct: Vec<_> = cells.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    // Names of places come again and again; names of people hardly do.
    let varied = distinct.len() * 4 >= cells.len() || named == Some(Kind::Name);
    match named {
        Some(Kind::Name) if fit >= 0.5 => Kind::Name,
        None if fit >= 0.8 && varied => Kind::Name,
        None if cells.iter().filter(|cell| cell.len() >= 15).count() * 2 > cells.len() => {
            Kind::Address
        }
        Some(kind @ (Kind::BirthDate | Kind::BirthYear | Kind::Gender | Kind::Result)) => kind,
        _ => Kind::Other,
    }
}

/// Of several columns that could be the names, the first is; the others are of relatives and places.
pub(super) fn settled(mut columns: Vec<Column>) -> Vec<Column> {
    let said = columns
        .iter()
        .position(|one| one.kind == Kind::Name && named(&one.name) == Some(Kind::Name));
    let first = said.or_else(|| columns.iter().position(|one| one.kind == Kind::Name));
    for (place, column) in columns.iter_mut().enumerate() {
        if column.kind == Kind::Name && Some(place) != first {
            column.kind = Kind::Other;
        }
    }
    columns
}

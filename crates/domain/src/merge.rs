//! One person registered twice: whether two records are of the same person, and the one series that
//! their doses make.

use jiff::{Timestamp, ToSpan, civil::Date};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::{
    dose::{Dose, UNDO_SECONDS},
    id::BeneficiaryId,
    person::{Details, Name},
    programme::Programme,
    schedule::{NotEligible, Standing, check_dose},
};

/// Why two records are not made one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotMergeable {
    /// A record goes into another one.
    #[error("a record cannot be merged into itself")]
    SameRecord,
    /// Year of birth, gender or name differ.
    #[error(
        "name, year of birth and gender of both records must agree: correct what is wrong first"
    )]
    OtherPerson,
    /// The record that goes has no dose.
    #[error("the other record has no dose: remove it instead")]
    NoDose,
    /// A dose can still be taken back and recorded where it belongs.
    #[error("a dose of these records can still be taken back, until {until}")]
    Undoable {
        /// From when on it cannot.
        until: Timestamp,
    },
    /// Two doses of one day that are not the same dose twice.
    #[error("both records have a dose of {on}, and not the same one")]
    SameDay {
        /// The day.
        on: Date,
    },
    /// The doses of both, by date, are no series.
    #[error("together the doses are no series: dose {number}: {rule}")]
    NotASeries {
        /// Which dose is wrong, counted over both records.
        number: u8,
        /// Why it is.
        rule: NotEligible,
    },
}

/// Says whether two records name the same person: the year of birth and the gender are the same, and
/// the names agree.
///
/// The identity document does not tell: it is one record's only, in the whole country.
///
/// # Errors
///
/// [`NotMergeable::OtherPerson`].
pub fn check_same_person(one: &Details, other: &Details) -> Result<(), NotMergeable> {
    let same = one.birth_year == other.birth_year
        && one.gender == other.gender
        && names_agree(&one.name, &other.name);
    if same { Ok(()) } else { Err(NotMergeable::OtherPerson) }
}

/// Says whether two ways to write a name are the same name.
///
/// Case, accents, apostrophes and the order of the words do not count, and other punctuation is a
/// space. A single letter stands for one word that begins with it, as long as another word is written
/// out in both. A word more or less is another name.
pub fn names_agree(one: &Name, other: &Name) -> bool {
    let (mut one, mut other) = (words(one.text()), words(other.text()));
    if one.len() != other.len() {
        return false;
    }
    let written_out = take_out(&mut one, &mut other, |a, b| a == b);
    let initials = take_out(&mut one, &mut other, |a, b| {
        is_initial(a) && b.starts_with(a) || is_initial(b) && a.starts_with(b)
    });
    one.is_empty() && (initials == 0 || written_out > 0)
}

/// The words of a name in a form that can be compared.
fn words(name: &str) -> Vec<String> {
    // Accents of Latin, Greek and Cyrillic letters; the marks of other scripts are vowels.
    let accent = |c: &char| matches!(c, '\u{300}'..='\u{36f}');
    // Joiners shape a letter, apostrophes part a word that is also written in one.
    let inside = |c: &char| matches!(c, '\u{200c}' | '\u{200d}' | '\'' | '’' | '‘' | 'ʼ' | '`');
    let plain: String =
        name.nfkd().filter(|c| !accent(c) && !inside(c)).flat_map(char::to_lowercase).collect();
    // Folding may leave what normalises once more: "İ" has an accent of its own in lower case.
    let plain: String = plain.nfkd().filter(|c| !accent(c)).collect();
    let words = plain.split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c));
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn is_initial(word: &str) -> bool {
    word.chars().filter(|c| !is_combining_mark(*c)).count() == 1
}

/// Takes words out of both that belong together; says how many pairs.
fn take_out(
    one: &mut Vec<String>,
    other: &mut Vec<String>,
    together: impl Fn(&str, &str) -> bool,
) -> usize {
    let before = one.len();
    one.retain(|word| match other.iter().position(|theirs| together(word, theirs)) {
        Some(place) => {
            other.swap_remove(place);
            false
        }
        None => true,
    });
    before - one.len()
}

/// The series that the doses of two records make, numbered by date, all of the record `into` which
/// `stays` describes. A dose that both have is one dose, that of the record that stays.
///
/// # Errors
///
/// [`NotMergeable`], the first reason in the order of its variants from [`NotMergeable::NoDose`] on.
pub fn one_series(
    programme: &Programme,
    goes: &[Dose],
    stays: &Standing<'_>,
    into: BeneficiaryId,
    now: Timestamp,
) -> Result<Vec<Dose>, NotMergeable> {
    if goes.is_empty() {
        return Err(NotMergeable::NoDose);
    }
    let mut together = stays.doses.to_vec();
    let new = |dose: &&Dose| !stays.doses.iter().any(|held| is_same_dose(held, dose));
    together.extend(goes.iter().filter(new).cloned());
    let last_recorded = goes.iter().chain(stays.doses).map(|dose| dose.recorded_at).max();
    if let Some(until) = last_recorded.and_then(|at| at.checked_add(UNDO_SECONDS.seconds()).ok())
        && until > now
    {
        return Err(NotMergeable::Undoable { until });
    }
    together.sort_by_key(|dose| dose.given_on);
    if let Some(pair) = together.windows(2).find(|pair| pair[0].given_on == pair[1].given_on) {
        return Err(NotMergeable::SameDay { on: pair[0].given_on });
    }
    let mut series: Vec<Dose> = Vec::with_capacity(together.len());
    for dose in together {
        let before = Standing { doses: &series, ..stays.clone() };
        let number = before.next_dose();
        check_dose(programme, &before, &dose.vaccine, number, dose.given_on)
            .map_err(|rule| NotMergeable::NotASeries { number, rule })?;
        series.push(Dose { beneficiary: into, number, ..dose });
    }
    Ok(series)
}

/// Whether two entries tell of one dose: nobody has two of a vaccine on one day, and it is of the
/// same place and lot. With another place or lot one of the entries is wrong, and which of them
/// nobody can tell here.
fn is_same_dose(one: &Dose, other: &Dose) -> bool {
    one.given_on == other.given_on
        && one.facility == other.facility
        && one.vaccine.eq_ignore_ascii_case(&other.vaccine)
        && one.lot.trim().eq_ignore_ascii_case(other.lot.trim())
}

#[cfg(test)]
mod tests;

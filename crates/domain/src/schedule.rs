//! Whether a person may have a dose: the rules of the programme, applied.

use jiff::{Timestamp, ToSpan, civil::Date};

use crate::{
    dose::Dose,
    programme::{Programme, Vaccine},
    session::Session,
};

/// What is known of a person when a rule is applied.
#[derive(Clone, Debug)]
pub struct Standing<'a> {
    /// Year of birth.
    pub birth_year: i16,
    /// Whether they have a condition that gives priority.
    pub comorbidity: bool,
    /// Their doses on record, in order of their numbers.
    pub doses: &'a [Dose],
}

/// Why a person may not have a dose of a vaccine on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotEligible {
    /// The programme does not have the vaccine.
    #[error("this vaccine is not part of the programme")]
    NoSuchVaccine,
    /// The dose is on record.
    #[error("this dose has been given already")]
    AlreadyGiven,
    /// Every dose of the programme is on record.
    #[error("all doses have been given")]
    Complete,
    /// The dose before is not on record.
    #[error("dose {needs} must be given first")]
    DoseBeforeMissing {
        /// The dose that must come first.
        needs: u8,
    },
    /// The dose before was of another vaccine.
    #[error("the dose before was of another vaccine")]
    OtherVaccine,
    /// Too soon after the dose before.
    #[error("too soon after the dose before, valid from {valid_from}")]
    TooSoon {
        /// First day on which the dose would be in time.
        valid_from: Date,
    },
    /// The session is for other ages.
    #[error("the session is for ages from {min_age}")]
    OtherAge {
        /// The session's youngest age.
        min_age: u8,
    },
    /// No phase of the programme that is open covers the person.
    #[error("the programme is not open to this age group for this vaccine and dose")]
    NotOpen,
}

impl Standing<'_> {
    /// Age on a day, by year of birth alone.
    ///
    /// # Units
    ///
    /// Years. Source: the programme counts whoever attains the age in that calendar year.
    pub fn age_on(&self, day: Date) -> i16 {
        day.year() - self.birth_year
    }

    /// The number of the next dose due.
    pub fn next_dose(&self) -> u8 {
        u8::try_from(self.doses.len() + 1).unwrap_or(u8::MAX)
    }
}

/// Says whether a person may have dose `number` of a vaccine on a day.
///
/// # Errors
///
/// [`NotEligible`], the first reason in the order of its variants.
pub fn check_dose<'a>(
    programme: &'a Programme,
    standing: &Standing<'_>,
    vaccine_name: &str,
    number: u8,
    on: Date,
) -> Result<&'a Vaccine, NotEligible> {
    let vaccine = programme.vaccine(vaccine_name).ok_or(NotEligible::NoSuchVaccine)?;
    let last_number = programme.vaccines.iter().flat_map(|v| &v.doses).map(|d| d.number).max();
    if standing.next_dose() > last_number.unwrap_or(0) {
        return Err(NotEligible::Complete);
    }
    if number < standing.next_dose() {
        return Err(NotEligible::AlreadyGiven);
    }
    let rule = vaccine.dose(number).ok_or(NotEligible::Complete)?;
    if number > standing.next_dose() {
        return Err(NotEligible::DoseBeforeMissing { needs: standing.next_dose() });
    }
    let Some(before) = standing.doses.last() else {
        return Ok(vaccine);
    };
    if !rule.after_any_vaccine && !before.vaccine.eq_ignore_ascii_case(&vaccine.name) {
        return Err(NotEligible::OtherVaccine);
    }
    let interval = rule.interval_on(on).ok_or(NotEligible::NotOpen)?;
    let valid_from = before.given_on.saturating_add(i64::from(interval.min_days).days());
    if on < valid_from { Err(NotEligible::TooSoon { valid_from }) } else { Ok(vaccine) }
}

/// Says whether a person may book a dose in a session now.
///
/// # Errors
///
/// [`NotEligible`]: what [`check_dose`] says, the session's ages, then the phases.
pub fn check_session(
    programme: &Programme,
    standing: &Standing<'_>,
    session: &Session,
    number: u8,
    now: Timestamp,
) -> Result<(), NotEligible> {
    let vaccine = check_dose(programme, standing, &session.vaccine, number, session.on)?;
    let age = standing.age_on(session.on);
    if !session.admits_age(age) {
        return Err(NotEligible::OtherAge { min_age: session.min_age });
    }
    let covers = |phase: &&crate::programme::Phase| {
        phase.opens_at <= now
            && age >= i16::from(phase.min_age)
            && phase.max_age.is_none_or(|max| age <= i16::from(max))
            && (!phase.comorbidity_only || standing.comorbidity)
            && (phase.vaccines.is_empty() || phase.vaccines.contains(&vaccine.name))
            && (phase.doses.contains(&number)
                || phase.doses.is_empty() && number <= vaccine.series_doses)
    };
    if programme.phases.iter().any(|phase| covers(&phase)) {
        Ok(())
    } else {
        Err(NotEligible::NotOpen)
    }
}

#[cfg(test)]
mod tests;

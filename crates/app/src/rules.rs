//! Reads a rules file into a programme. The file is TOML; its shapes live here, so that the
//! domain knows nothing of files.

use domain::programme::{AccountLimit, DoseRule, Interval, Phase, Programme, Vaccine};
use jiff::{Timestamp, civil::Date};
use serde::Deserialize;

/// The Indian COVID-19 programme of 2021 and 2022: the example that ships with the platform.
pub const INDIA_2021_22: &str = include_str!("../rules/india-2021-22.toml");

/// Why a rules file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadRules {
    /// It is not TOML of this shape. The text says where.
    #[error("the rules file is not of the documented shape: {0}")]
    Shape(#[from] toml::de::Error),
    /// A rule contradicts another.
    #[error("the rules file says of {what}: {why}")]
    Sense {
        /// Which part.
        what: String,
        /// What is wrong.
        why: &'static str,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    version: String,
    disease_code: String,
    booking_days: u16,
    account_limits: Vec<FileLimit>,
    vaccines: Vec<FileVaccine>,
    phases: Vec<FilePhase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileLimit {
    from: Date,
    people: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileVaccine {
    name: String,
    maker: String,
    series_doses: u8,
    doses: Vec<FileDose>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileDose {
    number: u8,
    #[serde(default)]
    after_any_vaccine: bool,
    #[serde(default)]
    intervals: Vec<FileInterval>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileInterval {
    from: Date,
    min_days: u16,
    max_days: Option<u16>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FilePhase {
    name: String,
    opens_at: Timestamp,
    min_age: u8,
    max_age: Option<u8>,
    #[serde(default)]
    comorbidity_only: bool,
    #[serde(default)]
    vaccines: Vec<String>,
    #[serde(default)]
    doses: Vec<u8>,
}

/// Reads a rules file.
///
/// # Errors
///
/// [`BadRules`], with where and why.
pub fn read(text: &str) -> Result<Programme, BadRules> {
    let file: File = toml::from_str(text)?;
    let programme = Programme {
        name: file.name,
        version: file.version,
        disease_code: file.disease_code,
        booking_days: file.booking_days,
        account_limits: file
            .account_limits
            .iter()
            .map(|limit| AccountLimit { from: limit.from, people: limit.people })
            .collect(),
        vaccines: file.vaccines.into_iter().map(vaccine).collect(),
        phases: file.phases.into_iter().map(phase).collect(),
    };
    check(&programme)?;
    Ok(programme)
}

fn vaccine(file: FileVaccine) -> Vaccine {
    let dose = |dose: FileDose| DoseRule {
        number: dose.number,
        after_any_vaccine: dose.after_any_vaccine,
        intervals: dose
            .intervals
            .iter()
            .map(|i| Interval { from: i.from, min_days: i.min_days, max_days: i.max_days })
            .collect(),
    };
    Vaccine {
        name: file.name,
        maker: file.maker,
        series_doses: file.series_doses,
        doses: file.doses.into_iter().map(dose).collect(),
    }
}

fn phase(file: FilePhase) -> Phase {
    Phase {
        name: file.name,
        opens_at: file.opens_at,
        min_age: file.min_age,
        max_age: file.max_age,
        comorbidity_only: file.comorbidity_only,
        vaccines: file.vaccines,
        doses: file.doses,
    }
}

fn check(programme: &Programme) -> Result<(), BadRules> {
    let wrong = |what: &str, why| Err(BadRules::Sense { what: what.to_owned(), why });
    if programme.account_limits.is_empty() {
        return wrong("account_limits", "there must be one at least");
    }
    if !programme.account_limits.is_sorted_by_key(|limit| limit.from) {
        return wrong("account_limits", "they must be in order of their first day");
    }
    for vaccine in &programme.vaccines {
        let numbers = vaccine.doses.iter().map(|dose| dose.number);
        if !numbers.eq(1..=u8::try_from(vaccine.doses.len()).unwrap_or(0)) {
            return wrong(&vaccine.name, "its doses must be numbered 1, 2, 3 in order");
        }
        for dose in &vaccine.doses {
            if dose.number > 1 && dose.intervals.is_empty() {
                return wrong(&vaccine.name, "every dose after the first needs an interval");
            }
            if !dose.intervals.is_sorted_by_key(|interval| interval.from) {
                return wrong(&vaccine.name, "intervals must be in order of their first day");
            }
        }
    }
    for phase in &programme.phases {
        let unknown = phase.vaccines.iter().any(|name| programme.vaccine(name).is_none());
        if unknown {
            return wrong(&phase.name, "it names a vaccine that the programme does not have");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_history_is_read_and_says_what_the_sources_say() {
        let programme = read(INDIA_2021_22).unwrap();
        let day = |text: &str| text.parse::<Date>().unwrap();
        let covishield = programme.vaccine("covishield").unwrap();
        let second = |on| covishield.dose(2).unwrap().interval_on(day(on)).unwrap().min_days;
        assert_eq!(
            [second("2021-03-01"), second("2021-05-15"), second("2021-05-16")],
            [28, 28, 84]
        );
        let third = |on| covishield.dose(3).unwrap().interval_on(day(on)).map(|i| i.min_days);
        assert_eq!(
            [third("2021-12-31"), third("2022-01-10"), third("2022-07-08")],
            [None, Some(273), Some(182)]
        );
        assert_eq!(programme.people_per_account(day("2022-01-20")), 4);
        assert_eq!(programme.people_per_account(day("2026-01-01")), 6);
    }

    #[test]
    fn a_file_without_sense_is_refused_with_the_place() {
        let spoilt =
            INDIA_2021_22.replacen("vaccines = [\"COVAXIN\"]", "vaccines = [\"WATER\"]", 1);
        assert!(read(&spoilt).unwrap_err().to_string().contains("does not have"));
        let spoilt = INDIA_2021_22.replacen("booking_days", "bookingdays", 1);
        assert!(read(&spoilt).unwrap_err().to_string().contains("bookingdays"));
    }
}

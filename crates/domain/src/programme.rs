//! A vaccination programme: what may be given to whom, from when, and how often.
//!
//! A programme is data, a versioned rules file; this module holds its shape once read.

use jiff::{Timestamp, civil::Date};

/// One interval between doses, in force from a day on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// First day on which it is in force.
    pub from: Date,
    /// Days that must have passed since the dose before.
    pub min_days: u16,
    /// Last advised day, if there is one. Later is late but allowed.
    pub max_days: Option<u16>,
}

/// One dose of a vaccine's series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoseRule {
    /// Its place in the series, from 1.
    pub number: u8,
    /// Intervals since the dose before, in order of their first day. Empty for the first dose.
    pub intervals: Vec<Interval>,
    /// Whether the dose before may have been of another vaccine.
    pub after_any_vaccine: bool,
}

impl DoseRule {
    /// The interval in force on a day, if the dose was in the programme then.
    pub fn interval_on(&self, day: Date) -> Option<Interval> {
        self.intervals.iter().rev().find(|interval| interval.from <= day).copied()
    }
}

/// A vaccine of the programme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vaccine {
    /// The contract's name: `COVISHIELD`.
    pub name: String,
    /// Who makes it, as printed.
    pub maker: String,
    /// How many doses complete the primary series.
    pub series_doses: u8,
    /// Its doses, in order.
    pub doses: Vec<DoseRule>,
}

impl Vaccine {
    /// The rule for a dose of this vaccine.
    pub fn dose(&self, number: u8) -> Option<&DoseRule> {
        self.doses.iter().find(|dose| dose.number == number)
    }
}

/// From when a group of people may be vaccinated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phase {
    /// What it is called, for people.
    pub name: String,
    /// From when bookings are taken.
    pub opens_at: Timestamp,
    /// Youngest age, in years by year of birth.
    pub min_age: u8,
    /// Oldest age, if there is one.
    pub max_age: Option<u8>,
    /// Whether only people with a condition that gives priority are meant.
    pub comorbidity_only: bool,
    /// The vaccines given in this phase; empty means all.
    pub vaccines: Vec<String>,
    /// The doses given in this phase; empty means those of the primary series.
    pub doses: Vec<u8>,
}

/// How many people may share a mobile, from a day on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountLimit {
    /// First day on which it is in force.
    pub from: Date,
    /// How many.
    pub people: u8,
}

/// A programme, as its rules file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Programme {
    /// What it is called.
    pub name: String,
    /// The version of the rules file.
    pub version: String,
    /// ICD-11 or SNOMED code of the disease, for certificates.
    pub disease_code: String,
    /// Vaccines.
    pub vaccines: Vec<Vaccine>,
    /// Phases, in the order of their opening.
    pub phases: Vec<Phase>,
    /// Limits on accounts, in order of their first day.
    pub account_limits: Vec<AccountLimit>,
    /// How many days ahead sessions may be booked.
    pub booking_days: u16,
}

impl Programme {
    /// The vaccine of this name, whatever its case.
    pub fn vaccine(&self, name: &str) -> Option<&Vaccine> {
        self.vaccines.iter().find(|vaccine| vaccine.name.eq_ignore_ascii_case(name.trim()))
    }

    /// How many doses complete the series of a vaccine; of one that is not in the programme, two.
    pub fn series_doses(&self, vaccine: &str) -> u8 {
        self.vaccine(vaccine).map_or(2, |vaccine| vaccine.series_doses)
    }

    /// How many people may share a mobile on a day.
    pub fn people_per_account(&self, day: Date) -> u8 {
        let in_force = self.account_limits.iter().rev().find(|limit| limit.from <= day);
        in_force.map_or(1, |limit| limit.people)
    }
}

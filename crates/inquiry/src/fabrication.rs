//! Signs that records were made up: check digits that fail, mobiles of series that nobody has, genders
//! that do not go with names, records that come again. Asked only of records of whom nobody is found.

use std::collections::BTreeSet;

use scan::verhoeff;

use crate::{
    normal::{self, Mobile, name::words},
    number::{ln, real, share},
    observe::exact,
    register::{NotAsked, Probe, Register},
    specimen::{Specimen, Table, column::Kind},
};

/// How many records are looked at.
const SAMPLE: usize = 600;
/// The most that each sign says for forgery: a list may be badly kept.
const MOST: f64 = 3.0;
/// And the most that its absence says against it: one in three or four forgers knows of it.
const CAREFUL: f64 = 1.2;

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Signs {
    /// Records that were looked at.
    pub records: u64,
    /// Numbers of twelve digits, and those whose check digit holds.
    pub checked: (u64, u64),
    /// Mobiles that begin with 6, 7, 8 and 9.
    pub series: [u64; 4],
    /// First names of whom the register knows the gender, and those that go with it.
    pub genders: (u64, u64),
    /// Records, and those that are there once.
    pub single: (u64, u64),
    /// Pairs of neighbours, and those whose mobiles are a step apart.
    pub steps: (u64, u64),
}

/// Counts the signs.
pub(crate) fn signs(specimen: &Specimen, register: &dyn Register) -> Result<Signs, NotAsked> {
    let mut signs = Signs::default();
    for table in &specimen.tables {
        count(table, &nobodys(table, register)?, register, &mut signs);
    }
    Ok(signs)
}

/// Records under whose mobile or number nobody is found; all, where they have neither.
fn nobodys(table: &Table, register: &dyn Register) -> Result<Vec<usize>, NotAsked> {
    let step = table.len().div_ceil(SAMPLE).max(1);
    let rows = (0..table.len()).step_by(step);
    let (keyed, others): (Vec<_>, Vec<_>) =
        rows.map(|row| (row, exact(table, row))).partition(|(_, probe)| probe.is_some());
    let probes: Vec<Probe> = keyed.iter().filter_map(|(_, probe)| probe.clone()).collect();
    let found = register.find(&probes)?;
    let strangers = keyed.iter().zip(found).filter(|(_, people)| people.is_empty());
    let mut all: Vec<usize> = strangers.map(|((row, _), _)| *row).collect();
    all.extend(others.iter().map(|(row, _)| *row));
    all.sort_unstable();
    Ok(all)
}

fn count(table: &Table, rows: &[usize], register: &dyn Register, signs: &mut Signs) {
    let step = table.len().div_ceil(SAMPLE).max(1);
    let mut known = BTreeSet::new();
    let mut last: Option<u64> = None;
    for row in rows.iter().copied() {
        signs.records += 1;
        let cell = |kind| table.column(kind).map(|column| table.cell(row, column));
        if let Some(number) = cell(Kind::Document).and_then(|text| normal::number(text, 12)) {
            signs.checked.0 += 1;
            signs.checked.1 += u64::from(verhoeff::holds(number.as_bytes()));
        }
        let whole: Vec<&str> =
            (0..table.columns.len()).map(|column| table.cell(row, column)).collect();
        signs.single.0 += 1;
        signs.single.1 += u64::from(known.insert(whole));
        let mobile = cell(Kind::Mobile).map_or(Mobile::None, normal::mobile);
        if let Mobile::Whole(digits) = mobile {
            signs.series[usize::from(digits.as_bytes()[0] - b'6').min(3)] += 1;
            let number: u64 = digits.parse().unwrap_or(0);
            if let Some(last) = last.filter(|_| step == 1) {
                signs.steps.0 += 1;
                signs.steps.1 += u64::from(last.abs_diff(number) <= 3 && last != number);
            }
            last = Some(number);
        }
        let first = cell(Kind::Name).map(words).and_then(|name| name.0.first().cloned());
        let gender = cell(Kind::Gender).and_then(normal::gender);
        if let (Some(first), Some(gender @ (1 | 2))) = (first, gender)
            && let Some((male, female)) = register.genders_of(&first)
            && male.max(female) >= 5
            && male.min(female) * 8 <= male.max(female)
        {
            signs.genders.0 += 1;
            signs.genders.1 += u64::from((gender == 1) == (male > female));
        }
    }
}

impl Signs {
    /// The logarithm of how much likelier the signs are of made-up records than of real people's.
    pub(crate) fn weight(&self) -> f64 {
        let sign = |(all, good): (u64, u64), real_rate: f64, made_rate: f64| {
            let one = real(good) * ln(made_rate / real_rate)
                + real(all - good) * ln((1.0 - made_rate) / (1.0 - real_rate));
            one.clamp(-CAREFUL, MOST)
        };
        // Of made-up numbers one in ten has the right check digit by chance.
        let checks = sign(self.checked, 0.96, 0.11);
        let genders = sign(self.genders, 0.97, 0.60);
        let steps = sign(self.steps, 0.01, 0.20).max(-0.5);
        // Series were opened from nine downwards, and as many numbers are in use; a forger who draws the
        // first digit draws each as often.
        const IN_USE: [f64; 4] = [0.14, 0.22, 0.26, 0.38];
        let series = self.series.iter().zip(IN_USE);
        let series: f64 = series.map(|(count, part)| real(*count) * ln(0.25 / part)).sum();
        let series = series.clamp(-CAREFUL, MOST);
        let copied = self.single.0 > 0 && share(self.single.1, self.single.0) < 0.9;
        let copies = if copied { 0.7 } else { 0.0 };
        checks + genders + steps + series + copies
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failing_check_digits_and_wrong_genders_speak_for_forgery() {
        let real = Signs { records: 50, checked: (50, 49), genders: (50, 49), ..Signs::default() };
        let made = Signs { records: 50, checked: (50, 5), genders: (50, 26), ..Signs::default() };
        assert!(real.weight() < -2.0 && made.weight() > 3.0);
        assert!(Signs::default().weight().abs() < 1e-9);
    }
}

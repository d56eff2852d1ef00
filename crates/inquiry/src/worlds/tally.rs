//! Many worlds, counted: what is said of each truth, how often it is right, how sure it said that it was,
//! with how much power, and how well ways out are traced.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Outcome;
use crate::{
    model::Origin,
    number::{real, share, told},
    verdict::Verdict,
};

/// Sizes of specimens that are told apart: up to so many records.
const SIZES: [usize; 5] = [20, 60, 200, 600, usize::MAX];
/// People found that are told apart.
const FOUND: [u64; 3] = [7, 29, 99];
/// Probabilities that are told apart: from so much on.
const SURENESS: [f64; 5] = [0.0, 0.5, 0.8, 0.95, 0.99];

/// A share in percent, to a quarter.
fn quarter(part: f64) -> f64 {
    libm::ceil(part * 4.0) * 25.0
}

/// What came of many worlds.
#[derive(Debug, Default, Serialize)]
pub struct Tally {
    /// How many worlds.
    pub worlds: u64,
    /// In how many the verdict was the truth.
    pub right: u64,
    /// In how many it was not told.
    pub undetermined: u64,
    /// Of those, in how many rightly: too few records could be looked up, or a twentieth of ours among
    /// them would not have shown to who knows exactly how both are written.
    pub rightly_open: u64,
    /// In how many records that left our hands were said not to be from us.
    pub wrong_clearances: u64,
    /// In how many somebody was accused who is not to blame.
    pub wrong_accusations: u64,
    /// What was said of each truth.
    pub confusion: BTreeMap<String, BTreeMap<String, u64>>,
    /// By probability: how many verdicts, and how many of them right. Undetermined ones count by their
    /// likeliest explanation nowhere.
    pub calibration: Vec<(f64, u64, u64)>,
    /// By size of the specimen: how many worlds, and in how many the truth was told.
    pub power: Vec<(usize, u64, u64)>,
    /// Ways out that can be told: in how many worlds one was given, and in how many it was the true one.
    pub traced: (u64, u64),
    /// The same of the ranking: worlds in which the way out can be told, and the sum of the shares that
    /// the true one has of the first rank.
    pub ranked: (u64, f64),
    /// Of worlds that were undetermined, those in which it was told at least that records are from us, or
    /// that none are.
    pub half_told: u64,
    /// What stayed open in the undetermined ones: by truth, and by how many records and people found.
    pub open: BTreeMap<String, BTreeMap<String, u64>>,
    /// Seeds of worlds in which the verdict was wrong.
    pub wrong: Vec<u64>,
}

impl Tally {
    /// An empty one.
    pub fn new() -> Self {
        Self {
            calibration: SURENESS.map(|from| (from, 0, 0)).to_vec(),
            power: SIZES.map(|most| (most, 0, 0)).to_vec(),
            ..Self::default()
        }
    }

    /// Counts a world.
    pub fn add(&mut self, seed: u64, outcome: &Outcome) {
        let right = outcome.is_right();
        let said = outcome.said_origins();
        self.worlds += 1;
        self.right += u64::from(right);
        self.undetermined += u64::from(said.is_none());
        self.rightly_open += u64::from(outcome.is_rightly_open());
        self.wrong_clearances += u64::from(outcome.clears_wrongly());
        self.wrong_accusations += u64::from(outcome.accuses_wrongly());
        let words = |origins: Vec<Origin>| {
            origins.into_iter().map(Origin::as_str).collect::<Vec<_>>().join(" and ")
        };
        let truth = words(outcome.true_origins());
        let told = said.clone().map_or_else(|| "undetermined".to_owned(), words);
        *self.confusion.entry(truth).or_default().entry(told).or_default() += 1;
        if said.is_some() {
            let probability = outcome.finding.probability;
            let place = SURENESS.iter().rposition(|from| probability >= *from).unwrap_or(0);
            self.calibration[place].1 += 1;
            self.calibration[place].2 += u64::from(right);
            self.wrong.extend((!right).then_some(seed));
        }
        let place = SIZES.iter().position(|most| outcome.rows <= *most).unwrap_or(SIZES.len() - 1);
        self.power[place].1 += 1;
        self.power[place].2 += u64::from(right);
        self.add_open(outcome);
        if let Some(top) = outcome.top {
            self.ranked = (self.ranked.0 + 1, self.ranked.1 + top);
        }
        if let Some(traced) = outcome.traced {
            self.traced.0 += 1;
            self.traced.1 += u64::from(traced);
        }
    }

    fn add_open(&mut self, outcome: &Outcome) {
        let Verdict::Undetermined { between } = &outcome.finding.verdict else { return };
        self.half_told += u64::from(outcome.finding.verdict.is_from_us().is_some());
        let words = |origins: &[Origin]| {
            origins.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(", ")
        };
        let size = SIZES.iter().find(|most| outcome.rows <= **most).copied().unwrap_or(usize::MAX);
        let size = if size == usize::MAX { "more".to_owned() } else { format!("up to {size}") };
        let found = outcome.finding.counts.found;
        let found = FOUND
            .iter()
            .find(|most| found <= **most)
            .map_or_else(|| "more found".to_owned(), |most| format!("up to {most} found"));
        let part: f64 =
            outcome.truth.iter().filter(|(one, _)| one.is_from_us()).map(|(_, part)| part).sum();
        let truth = words(&outcome.true_origins());
        let key = format!("{truth} ({:.0} % from us), {size} records, {found}", quarter(part));
        let why = outcome.finding.held.iter().map(|why| format!("{why:?}"));
        let open = if outcome.is_rightly_open() { ", no power" } else { "" };
        let said = format!("{} [{}]{open}", words(between), why.collect::<Vec<_>>().join(" "));
        *self.open.entry(key).or_default().entry(said).or_default() += 1;
    }

    /// What stayed open, in words and columns.
    pub fn open_table(&self) -> String {
        use std::fmt::Write;
        let mut text = String::new();
        for (case, said) in &self.open {
            for (between, count) in said {
                let _ = writeln!(text, "{count:>4}  {case}: {between}");
            }
        }
        text
    }

    /// How often the true way out stood first, a tie counted by its share.
    pub fn top(&self) -> f64 {
        if self.ranked.0 == 0 { 0.0 } else { told(self.ranked.1 / real(self.ranked.0)) }
    }

    /// How often a verdict that was given was right.
    pub fn precision(&self) -> f64 {
        told(share(self.right, self.worlds - self.undetermined))
    }

    /// The same in words and columns.
    pub fn table(&self) -> String {
        use std::fmt::Write;
        let mut text = format!(
            "worlds {}, right {}, undetermined {} ({} of them rightly), wrongly cleared {}, wrongly accused {}\n\
             verdicts that were given: {:.2} % right\n\n\
             truth, and what was said of it\n",
            self.worlds,
            self.right,
            self.undetermined,
            self.rightly_open,
            self.wrong_clearances,
            self.wrong_accusations,
            self.precision() * 100.0,
        );
        for (truth, said) in &self.confusion {
            let each: Vec<_> = said.iter().map(|(told, count)| format!("{told} {count}")).collect();
            let _ = writeln!(text, "  {truth:<26} {}", each.join(", "));
        }
        text.push_str("\nsaid to be likely by at least, verdicts, right\n");
        for (from, verdicts, right) in &self.calibration {
            let _ = writeln!(text, "  {from:<6} {verdicts:>6} {right:>6}");
        }
        text.push_str("\nrecords up to, worlds, told rightly\n");
        for (most, worlds, right) in &self.power {
            let most = if *most == usize::MAX { "more".to_owned() } else { most.to_string() };
            let _ = writeln!(text, "  {most:<6} {worlds:>6} {right:>6}");
        }
        let _ = write!(
            text,
            "\nways out: {} given, {} of them true; of {} that can be told the true one stood first in {:.1} %\n\
             undetermined, and yet told whether any are from us: {}",
            self.traced.0,
            self.traced.1,
            self.ranked.0,
            self.top() * 100.0,
            self.half_told
        );
        text
    }
}

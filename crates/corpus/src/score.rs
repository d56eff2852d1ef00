//! What a detector found, held against what is there.

use std::collections::BTreeMap;

use crate::document::{EITHER, Label};

/// A place that a detector reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it takes it for.
    pub kind: String,
    /// Offset of the first byte.
    pub start: usize,
    /// Offset behind the last byte.
    pub end: usize,
}

/// How often a detector was right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Places that it found.
    pub found: u64,
    /// Places that it did not find.
    pub missed: u64,
    /// What it reported and is not there.
    pub wrong: u64,
}

impl Counts {
    /// The share of its reports that are right; one, if it reported nothing.
    pub fn precision(&self) -> f64 {
        share(self.found, self.found + self.wrong)
    }

    /// The share of what is there that it found; one, if nothing is there.
    pub fn recall(&self) -> f64 {
        share(self.found, self.found + self.missed)
    }

    /// The harmonic mean of both.
    pub fn f1(&self) -> f64 {
        share(2 * self.found, 2 * self.found + self.wrong + self.missed)
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below the limit of a float")]
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// The counts of a run over documents.
#[derive(Clone, Debug, Default)]
pub struct Score {
    /// By kind of data.
    pub kinds: BTreeMap<String, Counts>,
    /// By sort of document.
    pub sorts: BTreeMap<String, Counts>,
    /// By whole documents: whether anything was reported where people are, and where none are.
    pub documents: Counts,
}

impl Score {
    /// Adds a document. A report is right if it overlaps a place of its kind; several on one place
    /// count once, and what touches a place that counts neither way does not count.
    pub fn add(&mut self, sort: &str, labels: &[Label], found: &[Found]) {
        let overlap = |label: &Label, one: &Found| label.start < one.end && one.start < label.end;
        let mut all = Counts::default();
        for label in labels.iter().filter(|label| label.kind != EITHER) {
            let hit = found.iter().any(|one| one.kind == label.kind && overlap(label, one));
            let counts = self.kinds.entry(label.kind.clone().into_owned()).or_default();
            for counts in [counts, &mut all] {
                *if hit { &mut counts.found } else { &mut counts.missed } += 1;
            }
        }
        let mut reported = false;
        for one in found {
            let mut touched = labels.iter().filter(|label| overlap(label, one)).peekable();
            let free = touched.peek().is_some_and(|label| label.kind == EITHER);
            reported |= !free;
            if !free && !touched.any(|label| label.kind == one.kind) {
                self.kinds.entry(one.kind.clone()).or_default().wrong += 1;
                all.wrong += 1;
            }
        }
        let counts = self.sorts.entry(sort.to_owned()).or_default();
        *counts = sum(*counts, all);
        match (labels.iter().any(|label| label.kind != EITHER), reported) {
            (true, true) => self.documents.found += 1,
            (true, false) => self.documents.missed += 1,
            (false, true) => self.documents.wrong += 1,
            (false, false) => {}
        }
    }

    /// All kinds together.
    pub fn all(&self) -> Counts {
        self.kinds.values().copied().fold(Counts::default(), sum)
    }

    /// The same over some kinds only.
    #[must_use]
    pub fn of(&self, kinds: &[&str]) -> Counts {
        let named = |(kind, _): &(&String, &Counts)| kinds.contains(&kind.as_str());
        self.kinds.iter().filter(named).map(|(_, counts)| *counts).fold(Counts::default(), sum)
    }
}

fn sum(one: Counts, other: Counts) -> Counts {
    Counts {
        found: one.found + other.found,
        missed: one.missed + other.missed,
        wrong: one.wrong + other.wrong,
    }
}

/// The score as a table of a terminal: by kind, by sort, and over all.
#[must_use]
pub fn table(score: &Score) -> String {
    let line = |name: &str, of: &Counts| {
        let (found, missed, wrong) = (of.found, of.missed, of.wrong);
        let (precision, recall, f1) = (of.precision(), of.recall(), of.f1());
        format!("{name:<28}{precision:>7.3}{recall:>7.3}{f1:>7.3}{found:>9}{missed:>8}{wrong:>8}\n")
    };
    let mut text = format!(
        "{:<28}{:>7}{:>7}{:>7}{:>9}{:>8}{:>8}\n",
        "", "prec", "recall", "F1", "found", "missed", "wrong"
    );
    text.extend(score.kinds.iter().map(|(name, of)| line(name, of)));
    text.push('\n');
    text.extend(score.sorts.iter().map(|(name, of)| line(name, of)));
    text.push('\n');
    text.push_str(&line("all", &score.all()));
    text.push_str(&line("documents", &score.documents));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(kind: &'static str, start: usize, end: usize) -> Label {
        Label { kind: kind.into(), start, end, person: 0, masked: false }
    }

    fn found(kind: &str, start: usize, end: usize) -> Found {
        Found { kind: kind.to_owned(), start, end }
    }

    #[test]
    fn a_report_is_right_if_it_overlaps_a_place_of_its_kind() {
        let labels = [label("mobile", 10, 20), label("name", 0, 5), label(EITHER, 30, 40)];
        let mut score = Score::default();
        let reports = [
            found("mobile", 12, 25),
            found("mobile", 18, 20),
            found("pan", 0, 5),
            found("name", 31, 33),
        ];
        score.add("letter", &labels, &reports);
        assert_eq!(score.kinds["mobile"], Counts { found: 1, missed: 0, wrong: 0 });
        assert_eq!(score.kinds["name"], Counts { found: 0, missed: 1, wrong: 0 });
        assert_eq!(score.kinds["pan"], Counts { found: 0, missed: 0, wrong: 1 });
        assert_eq!(score.all(), Counts { found: 1, missed: 1, wrong: 1 });
        assert_eq!(score.of(&["mobile"]), score.kinds["mobile"]);
        assert_eq!(score.sorts["letter"], score.all());
        assert_eq!(score.documents, Counts { found: 1, missed: 0, wrong: 0 });
    }

    #[test]
    fn a_document_without_people_counts_as_wrong_only_if_something_was_reported() {
        let mut score = Score::default();
        score.add("order", &[label(EITHER, 0, 4)], &[found("name", 0, 4)]);
        assert_eq!(score.documents, Counts::default());
        score.add("order", &[], &[found("name", 0, 4)]);
        assert_eq!(score.documents.wrong, 1);
    }

    #[test]
    fn nothing_reported_of_nothing_is_right() {
        let none = Counts::default();
        assert!((none.precision() + none.recall() + none.f1() - 3.0).abs() < 1e-9);
        let half = Counts { found: 1, missed: 1, wrong: 0 };
        assert!((half.f1() - 2.0 / 3.0).abs() < 1e-9);
    }
}

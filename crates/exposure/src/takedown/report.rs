//! A takedown as the public is told: how far it is, which step was recorded when, and where its proof is.

use jiff::Timestamp;
use ledger::merkle::Head;
use serde::Serialize;

use super::{
    case::Case,
    decisions::Decision,
    stage::{Standing, Step},
    world::instant,
};

/// How far a takedown is, and by what that is proven.
///
/// # Privacy
///
/// Counts, names of edges and engines, and roles. No address, no reason in somebody's words and nobody's
/// name is in it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CaseReport {
    /// What it is called.
    pub case: String,
    /// The last step on the way to gone, or on the way back.
    pub standing: &'static str,
    /// How many of the eight steps to gone are done.
    pub reached: usize,
    /// Addresses that are to go.
    pub addresses: usize,
    /// What was recorded, in order.
    pub steps: Vec<StepReport>,
    /// The log of it.
    pub log: LogReport,
}

/// A step that was recorded.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepReport {
    /// The number of its leaf in the log.
    pub leaf: usize,
    /// When.
    pub at: Timestamp,
    /// What: the name of the step.
    pub what: String,
    /// Who, by role.
    pub by: &'static str,
    /// What was seen.
    pub facts: Vec<String>,
}

/// What the log is checked by.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LogReport {
    /// How many leaves it has.
    pub size: u64,
    /// Its root, in base64.
    pub root: String,
    /// The key that `teeka ledger verify` takes.
    pub verifier: String,
}

impl CaseReport {
    /// The steps to gone, in order.
    pub const STEPS: [Step; 8] = [
        Step::Ordered,
        Step::Released,
        Step::Contained,
        Step::Purged,
        Step::Probed,
        Step::Unlisted,
        Step::Submitted,
        Step::Verified,
    ];

    /// What a case is now.
    pub fn of(case: &Case) -> Self {
        let (head, verifier) = (case.decisions().head(), case.decisions().verifier());
        let addresses = case.addresses().len();
        Self::made(case.name(), case.standing(), addresses, case.told(), (head, verifier))
    }

    pub(super) fn made(
        name: &str,
        standing: Standing,
        addresses: usize,
        told: &[Decision],
        (head, verifier): (Head, &str),
    ) -> Self {
        Self {
            case: name.to_owned(),
            standing: self::name(standing),
            reached: Self::STEPS.iter().filter(|step| Some(**step) <= standing.reached()).count(),
            addresses,
            steps: told.iter().enumerate().map(step).collect(),
            log: LogReport {
                size: head.size,
                root: head.root.to_base64(),
                verifier: verifier.to_owned(),
            },
        }
    }
}

/// What is true after a step, in words for everybody.
pub fn words(step: &str) -> &'static str {
    match Step::from_name(step) {
        Some(Step::Ordered) => "Ordered, signed by one person",
        Some(Step::Released) => "Released, signed by another person",
        Some(Step::Contained) => "Its servers serve it no more",
        Some(Step::Purged) => "Caches forgot it",
        Some(Step::Probed) => "Every server of every edge was asked: gone",
        Some(Step::Unlisted) => "Out of the sitemaps",
        Some(Step::Submitted) => "Search engines were told",
        Some(Step::Verified) => "A sample of the index was asked for",
        Some(Step::Watched) => "Looked for whether it came back",
        Some(Step::WithdrawalOrdered) => "To be taken back: ordered by one person",
        Some(Step::Withdrawn) => "Taken back by two people: it was no exposure",
        None => "Not begun",
    }
}

fn name(standing: Standing) -> &'static str {
    match (standing.withdrawal(), standing.reached()) {
        (Some(step), _) | (None, Some(step)) => step.name(),
        (None, None) => "empty",
    }
}

fn step((leaf, told): (usize, &Decision)) -> StepReport {
    let by = match Step::from_name(&told.what) {
        Some(Step::Ordered | Step::WithdrawalOrdered) => "first person",
        Some(Step::Released) => "second person",
        _ => "program",
    };
    // A reason is in somebody's own words.
    let facts = told.facts.iter().filter(|fact| !fact.starts_with("reason: "));
    StepReport {
        leaf,
        at: instant(told.at),
        what: told.what.clone(),
        by,
        facts: facts.cloned().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::takedown::fixture::{Played, case_until};

    #[test]
    fn it_says_how_far_it_is_and_names_nobody_and_no_address() {
        let (folder, world) = (tempfile::tempdir().unwrap(), Played::default());
        let setup = "[[sites]]\nhost = \"files.example\"\norigin = \"http://127.0.0.1:1\"\n\
                     nginx = { folder = \"rules\" }\n";
        let case = case_until(Step::Purged, &folder.path().join("case-7"), setup, 3, &world);
        let report = CaseReport::of(&case);
        assert_eq!((report.standing, report.reached, report.addresses), ("purged", 4, 3));
        let steps: Vec<_> = report.steps.iter().map(|step| (step.leaf, step.by)).collect();
        let program = "program";
        assert_eq!(steps, [(0, "first person"), (1, "second person"), (2, program), (3, program)]);
        assert_eq!(report.log.size, 4);
        let json = serde_json::to_string(&report).unwrap();
        let actors = case.told().iter().map(|told| told.actor.as_str());
        let people: Vec<_> = actors.filter(|actor| *actor != "program").collect();
        assert_eq!(people.len(), 2);
        let url = case.addresses()[0].url(case.sites());
        let reason = case.told()[0].fact("reason").unwrap();
        for hidden in people.iter().copied().chain([url.as_str(), reason]) {
            assert!(!json.contains(&format!("\"{hidden}")), "{hidden} in {json}");
            assert!(!json.contains(&format!(": {hidden}")), "{hidden} in {json}");
        }
    }
}

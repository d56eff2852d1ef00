//! Looks whether an index still has what is gone, by a sample, and says what that shows.

use std::{
    fs::OpenOptions,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
};

use serde::{Deserialize, Serialize};

use super::{
    budget::Budget,
    case::{Case, CaseError},
    contain::Secrets,
    engine::{
        EngineError,
        inspection::{DAILY, Inspection, MINUTELY},
    },
    sample::{at_most, pick, sentence},
    setup::EngineSetup,
    stage::{OutOfOrder, Step, Submitted},
    world::Work,
};
use crate::files;

/// Why nothing can be said.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The case does not allow it, or cannot be written.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// No engine of the set-up can be asked.
    #[error("the set-up names no engine of kind \"inspection\" to ask")]
    NoEngine,
    /// The engine refuses.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl From<OutOfOrder> for VerifyError {
    fn from(error: OutOfOrder) -> Self {
        Self::Case(error.into())
    }
}

/// What a sample showed.
#[derive(Clone, Debug, PartialEq)]
pub struct Sampled {
    /// How many of the sample are still indexed.
    pub found: usize,
    /// How many were asked for.
    pub asked: usize,
    /// The share that is at most left, at 95 %.
    pub at_most: f64,
    /// The same as a sentence.
    pub sentence: String,
}

#[derive(Deserialize, Serialize)]
struct Line {
    leaf: u64,
    place: usize,
    indexed: bool,
}

/// Asks for a sample and records what it showed, whatever that is. Who asked is where the sample
/// comes from: the root of the log, which nobody chose. What a stop interrupted goes on.
///
/// # Errors
///
/// [`VerifyError`] if no engine can be asked, or it refuses.
pub fn verify(
    case: &mut Case,
    submitted: Submitted,
    secrets: Secrets<'_>,
    work: Work<'_>,
) -> Result<Sampled, VerifyError> {
    let (engine, sample) = open(case, secrets)?;
    let head = case.decisions().head();
    let picked = pick(case.addresses().len(), sample, &head.root.0);
    let found = ask_all(case, &engine, &picked, submitted, work)?;
    let asked = picked.len();
    let sentence = sentence(found, asked, "still indexed");
    case.did(Step::Verified, vec![sentence.clone()], work.world)?;
    Ok(Sampled { found, asked, at_most: at_most(found, asked), sentence })
}

/// The engine of the set-up that can be asked, and for how many.
fn open(case: &Case, secrets: Secrets<'_>) -> Result<(Inspection, usize), VerifyError> {
    let engine = case.setup().engines.iter().find_map(|engine| match engine {
        EngineSetup::Inspection { endpoint, token_env, property, sample } => {
            Some((endpoint, token_env, property, *sample))
        }
        _ => None,
    });
    let (endpoint, token_env, property, sample) = engine.ok_or(VerifyError::NoEngine)?;
    let token = secrets(token_env).ok_or_else(|| EngineError::NoSecret(token_env.clone()))?;
    Ok((Inspection::new(endpoint, token, property), sample))
}

/// Asks for all that were picked, but for those of which the answer is kept from before a stop, and
/// gives how many are indexed.
fn ask_all(
    case: &Case,
    engine: &Inspection,
    picked: &[usize],
    submitted: Submitted,
    work: Work<'_>,
) -> Result<usize, VerifyError> {
    let (path, leaf) = (case.folder().join("inspected.jsonl"), case.decisions().head().size);
    let lines = files::lines(&path).map_err(CaseError::Io)?;
    let known = lines.iter().filter_map(|line| serde_json::from_slice::<Line>(line).ok());
    let known: Vec<_> = known.filter(|line| line.leaf == leaf).collect();
    let mut found = known.iter().filter(|line| line.indexed).count();
    let budgets = [DAILY, MINUTELY].map(|quota| Budget::new(quota, work.world));
    let mut options = OpenOptions::new();
    let file = options.append(true).create(true).mode(0o600).open(path);
    let mut file = file.map_err(CaseError::Io)?;
    for (done, place) in picked.iter().enumerate().skip(known.len()) {
        for budget in &budgets {
            budget.take(1, work.world);
        }
        let url = case.addresses()[*place].url(case.sites());
        let indexed = engine.is_indexed(&url, submitted, work.world)?;
        found += usize::from(indexed);
        let line = Line { leaf, place: *place, indexed };
        let line = serde_json::to_string(&line).map_err(io::Error::from).map_err(CaseError::Io)?;
        // One write a line, led by an end: what a kill cut short spoils no line but its own.
        file.write_all(["\n", &line, "\n"].concat().as_bytes()).map_err(CaseError::Io)?;
        work.told("inspecting", done + 1, picked.len());
    }
    Ok(found)
}

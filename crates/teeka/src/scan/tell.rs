//! What is printed: a line for each finding and each part that was not read, and a last line.

use ::scan::Kind;
use app::reveals::Receipt;
use serde_json::{Value, json};

use super::{
    Tally,
    files::{File, shown},
    sarif,
    worker::{Answer, Found},
};
use crate::output::Output;

/// Prints answers.
pub(super) struct Teller {
    output: Output,
    sarif: Option<sarif::Log>,
    /// That it is recorded who sees what is found. Without it nothing is shown but previews.
    receipt: Option<Receipt>,
}

impl Teller {
    /// For people, as lines of JSON, or as one SARIF document.
    pub(super) fn new(
        output: Output,
        sarif: bool,
        receipt: Option<Receipt>,
    ) -> anyhow::Result<Self> {
        let sarif = sarif.then(sarif::Log::begin).transpose()?;
        Ok(Self { output, sarif, receipt })
    }

    /// Prints one answer about a file.
    pub(super) fn tell(&mut self, file: &File, answer: &Answer) -> anyhow::Result<()> {
        match (answer, &mut self.sarif) {
            (Answer::Persons(_) | Answer::Done, _) => Ok(()),
            (Answer::Found(found), Some(log)) => log.found(file, found),
            (Answer::Unread { part, why }, Some(log)) => log.unread(file, part, why),
            (Answer::Found(found), None) => self.found(file, found),
            (Answer::Unread { part, why }, None) => self.unread(file, part, why),
        }
    }

    /// Prints what all files come to.
    pub(super) fn end(self, files: usize, total: Tally) -> anyhow::Result<()> {
        let Tally { findings, persons, unread } = total;
        match self.sarif {
            Some(log) => log.end(),
            None if self.output.json => Ok(()),
            None => {
                let text = format!(
                    "files: {files}, not read: {unread}, findings: {findings}, \
                     persons exposed: {persons}"
                );
                self.output.result(&Value::Null, &text)
            }
        }
    }

    fn found(&self, file: &File, found: &Found) -> anyhow::Result<()> {
        let Found { part, kind, start, end, confidence, preview, .. } = found;
        let value = found.value.as_ref().filter(|_| self.receipt.is_some());
        let mut json = json!({
            "path": path(file, part),
            "type": kind,
            "start": start,
            "end": end,
            "offsets": found.offsets.as_str(),
            "encoding": found.encoding,
            "confidence": f64::from(*confidence) / 100.0,
            "record": found.record,
            "masked": found.masked,
            "preview": preview,
            "token": found.token,
        });
        if let Some(value) = value {
            json["value"] = value.as_str().into();
        }
        let name = shown(&path(file, part));
        let seen = value.map_or_else(|| preview.clone(), |value| shown(value));
        let text = format!("{name}:{start}-{end}: {kind}, {confidence} %: {seen}");
        self.output.result(&json, &text)
    }

    fn unread(&self, file: &File, part: &str, why: &str) -> anyhow::Result<()> {
        let json = json!({ "path": path(file, part), "not_read": why });
        self.output.result(&json, &format!("{}: not read: {why}", shown(&path(file, part))))
    }
}

/// The path of a part of a file.
pub(super) fn path(file: &File, part: &str) -> String {
    format!("{}{part}", file.path.display())
}

/// Every kind that may be told.
pub(super) fn kinds() -> impl Iterator<Item = &'static str> {
    Kind::ALL.iter().filter(|kind| kind.is_personal()).map(|kind| kind.as_str())
}

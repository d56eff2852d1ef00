//! Where results and errors go: results to standard output, everything else to standard error.

use std::io::{Write, stderr, stdout};

use serde_json::{Value, json};

/// How results are shown.
#[derive(Clone, Copy)]
pub(crate) struct Output {
    pub(crate) json: bool,
    pub(crate) quiet: bool,
}

impl Output {
    /// A result: JSON where that is asked, else text for people.
    pub(crate) fn result(self, json: &Value, text: &str) -> anyhow::Result<()> {
        if self.json {
            writeln!(stdout(), "{json}")?;
        } else {
            writeln!(stdout(), "{text}")?;
        }
        stdout().flush()?;
        Ok(())
    }

    /// One sentence about what went wrong.
    pub(crate) fn error(self, error: &anyhow::Error) {
        if self.json {
            drop(writeln!(stdout(), "{}", json!({ "error": format!("{error:#}") })));
        } else {
            drop(writeln!(stderr(), "error: {error:#}"));
        }
    }
}

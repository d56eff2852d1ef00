//! Messages as lines of JSON, in a file or on standard output: for demos and tests, and for a
//! sender of one's own that reads the file.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    path::Path,
    sync::Mutex,
};

use anyhow::Context;
use jiff::Timestamp;
use serde::Serialize;

use super::{Outgoing, Undelivered};

/// A file to which lines are added. It is made for its owner only.
///
/// # Shape
///
/// A JSON object a line: `{"to":"+916000000001","text":"…","kind":"otp","at":"2021-05-03T04:30:00Z"}`.
pub(super) struct Lines(Mutex<File>);

#[derive(Serialize)]
struct Line<'a> {
    to: &'a str,
    text: &'a str,
    kind: &'a str,
    at: Timestamp,
}

impl Lines {
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let file =
            options.open(path).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self(Mutex::new(file)))
    }

    pub(super) fn deliver(&self, message: &Outgoing) -> Result<(), Undelivered> {
        let mut file = self.0.lock().map_err(|_| Undelivered::later("the file is poisoned"))?;
        write(&mut *file, message)
    }
}

/// Prints a message.
pub(super) fn print(message: &Outgoing) -> Result<(), Undelivered> {
    write(&mut io::stdout(), message)
}

fn write(to: &mut impl Write, message: &Outgoing) -> Result<(), Undelivered> {
    let line = Line {
        to: message.to.expose(),
        text: message.text.expose(),
        kind: &message.kind,
        at: message.at,
    };
    let mut line = serde_json::to_vec(&line).expect("four texts are JSON");
    line.push(b'\n');
    // One write, so that two servers on one file do not mix their lines.
    to.write_all(&line)
        .and_then(|()| to.flush())
        .map_err(|error| Undelivered::later(format!("cannot write: {}", error.kind())))
}

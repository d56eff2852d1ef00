//! Which files are done, kept so that a scan that was killed goes on where it was.

use std::{
    collections::HashMap,
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use ::scan::{Finding, Key, Kind};
use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use super::{Tally, files::File, worker::Order};

/// The first line: what decides of the answers. Files done otherwise would have others.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Begun {
    least: u8,
    /// What tells keys apart.
    key: Option<String>,
    ocr: Option<String>,
}

impl Begun {
    fn new(order: &Order) -> Self {
        // A token of nobody's: whoever has the file cannot test a value with it.
        let word = "which key this is";
        let all = Finding {
            kind: Kind::Address,
            start: 0,
            end: word.len(),
            confidence: 0,
            record: 0,
            masked: false,
        };
        let key = order.secret.as_deref().map(|secret| Key::new(secret).token(word, &all));
        Self { least: order.least, key, ocr: order.ocr.clone() }
    }
}

/// Every other line: a file, and what became of it.
#[derive(Serialize, Deserialize)]
struct Line {
    /// Bytes of the path, as hexadecimal digits: not every path is text.
    path: String,
    bytes: u64,
    changed: i128,
    tally: Tally,
}

/// The files that are done.
pub(super) struct Done {
    tallies: HashMap<File, Tally>,
    file: fs::File,
}

impl Done {
    /// Reads what is done, and goes on writing it. A last line that was not written to its end is
    /// as if it were not there.
    pub(super) fn open(path: &Path, order: &Order) -> anyhow::Result<Self> {
        let name = path.display();
        let mut options = OpenOptions::new();
        // Paths may name people: nobody else reads them here.
        options.read(true).append(true).create(true).mode(0o600);
        let mut file = options.open(path).with_context(|| format!("cannot open {name}"))?;
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {name}"))?;
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        file.set_len(whole as u64).with_context(|| format!("cannot write {name}"))?;
        let mut lines = text[..whole].lines();
        let begun = Begun::new(order);
        match lines.next().map(serde_json::from_str::<Begun>) {
            None => writeln!(file, "{}", serde_json::to_string(&begun)?)?,
            Some(Ok(other)) if other == begun => {}
            Some(Ok(_)) => bail!("{name} is of a scan with another --least, --key or --ocr"),
            Some(Err(_)) => bail!("{name} is not a file that a scan was begun with"),
        }
        let tallies = lines.filter_map(entry).collect();
        Ok(Self { tallies, file })
    }

    /// What became of a file, if it is done and has not changed since.
    pub(super) fn tally(&self, file: &File) -> Option<&Tally> {
        self.tallies.get(file)
    }

    /// Notes that a file is done. Its answers have been printed.
    pub(super) fn add(&mut self, file: &File, tally: Tally) -> anyhow::Result<()> {
        let path = hex::encode(file.path.as_os_str().as_encoded_bytes());
        let line = Line { path, bytes: file.bytes, changed: file.changed, tally };
        // One write: what is killed in it leaves no half line before a whole one.
        let line = format!("{}\n", serde_json::to_string(&line)?);
        self.file.write_all(line.as_bytes()).context("cannot write which files are done")
    }
}

fn entry(line: &str) -> Option<(File, Tally)> {
    use std::os::unix::ffi::OsStringExt;
    let line: Line = serde_json::from_str(line).ok()?;
    let path = std::ffi::OsString::from_vec(hex::decode(line.path).ok()?).into();
    Some((File { path, bytes: line.bytes, changed: line.changed }, line.tally))
}

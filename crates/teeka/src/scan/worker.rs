//! The process that opens documents: the program itself, begun again. It may be killed at any time
//! without harm, and has limits that no document gets over.

use std::{
    ffi::OsString,
    fs,
    io::{BufRead, BufWriter, ErrorKind, Read, Write, stdin, stdout},
    os::unix::ffi::OsStringExt,
    path::Path,
    process::ExitCode,
};

use ::scan::{
    self as scanner, Key, Options,
    extract::{self, Limits, Picture, Take, Unread},
};
use anyhow::Context;
use rustix::{
    process::{Resource, Rlimit, Signal, getrlimit, set_parent_process_death_signal, setrlimit},
    time::{ClockId, clock_gettime},
};
use serde::{Deserialize, Serialize};

use super::letters::Letters;

/// Largest file that is read, in bytes: it is held in memory whole.
pub(super) const MOST_BYTES: u64 = 1 << 29;
/// Memory of the process: the file, what is unpacked of it, and the text of both.
const MOST_MEMORY: u64 = 3 << 30;

/// How to look: the first line that a worker is told. The others are paths.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) least: u8,
    pub(super) secret: Option<Vec<u8>>,
    /// Seconds of work on one file.
    pub(super) patience: u32,
    /// Languages of letters in pictures.
    pub(super) ocr: Option<String>,
}

/// What a worker says of the file that it was told last, a line each.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Answer {
    Found(Found),
    /// So many persons more.
    Persons(u64),
    Unread {
        part: String,
        why: String,
    },
    /// There is no more to say of it.
    Done,
}

/// A finding, as it is told.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Found {
    pub(super) part: String,
    pub(super) kind: String,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) confidence: u8,
    pub(super) record: usize,
    pub(super) masked: bool,
    pub(super) preview: String,
    pub(super) token: Option<String>,
}

/// Reads paths from standard input until it ends, and says what is in the files.
pub(crate) fn run() -> anyhow::Result<ExitCode> {
    confine()?;
    // A panic repeats what it fell over, which may be somebody's name.
    std::panic::set_hook(Box::new(|_| std::process::exit(BROKEN.into())));
    let mut lines = stdin().lock().split(b'\n');
    let first = lines.next().context("there is no order")??;
    let order: Order = serde_json::from_slice(&first)?;
    let mut worker = Worker {
        options: Options { least_confidence: order.least, ..Options::default() },
        key: order.secret.as_deref().map(Key::new),
        letters: order.ocr.as_deref().and_then(Letters::find),
        out: BufWriter::new(stdout()),
    };
    for line in lines {
        let path = OsString::from_vec(hex::decode(line?)?);
        limit_time(order.patience)?;
        worker.read(Path::new(&path));
        worker.say(&Answer::Done);
        worker.out.flush()?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The exit status of a worker that a document broke.
pub(super) const BROKEN: u8 = 70;

/// Takes away what no document needs, for good. Core files would hold documents.
fn confine() -> anyhow::Result<()> {
    // Whoever began it may be killed as well.
    set_parent_process_death_signal(Some(Signal::KILL))?;
    let limits = [
        (Resource::As, MOST_MEMORY),
        (Resource::Fsize, MOST_BYTES),
        (Resource::Core, 0),
        (Resource::Nofile, 64),
    ];
    for (resource, limit) in limits {
        // Somebody may have set a lower one for all of us.
        let limit = Some(getrlimit(resource).maximum.map_or(limit, |set| set.min(limit)));
        setrlimit(resource, Rlimit { current: limit, maximum: limit })?;
    }
    Ok(())
}

/// Allows so many seconds of a processor from now on.
fn limit_time(seconds: u32) -> anyhow::Result<()> {
    let used = clock_gettime(ClockId::ProcessCPUTime).tv_sec.unsigned_abs();
    let limit = used + u64::from(seconds) + 1;
    setrlimit(Resource::Cpu, Rlimit { current: Some(limit), maximum: None })?;
    Ok(())
}

struct Worker {
    options: Options,
    key: Option<Key>,
    letters: Option<Letters>,
    out: BufWriter<std::io::Stdout>,
}

impl Worker {
    fn read(&mut self, path: &Path) {
        match bytes(path) {
            Ok(bytes) if extract::is_plain(&bytes) => {
                self.part("", str::from_utf8(&bytes).unwrap_or_default());
            }
            Ok(bytes) => extract::document(&bytes, Limits::default(), self),
            Err(why) => self.unread("", why),
        }
    }

    fn say(&mut self, answer: &Answer) {
        let written = serde_json::to_writer(&mut self.out, answer).is_ok();
        if !written || self.out.write_all(b"\n").is_err() {
            // Nobody listens.
            std::process::exit(BROKEN.into());
        }
    }
}

impl Take for Worker {
    fn part(&mut self, path: &str, text: &str) {
        let options = self.options;
        scanner::each(text, &options, &mut |persons, record| {
            for one in record {
                let found = Found {
                    part: path.to_owned(),
                    kind: one.kind.to_string(),
                    start: one.start,
                    end: one.end,
                    confidence: one.confidence,
                    record: one.record,
                    masked: one.masked,
                    preview: scanner::preview(text, one),
                    token: self.key.as_ref().map(|key| key.token(text, one)),
                };
                self.say(&Answer::Found(found));
            }
            if persons > 0 {
                self.say(&Answer::Persons(persons as u64));
            }
        });
    }

    fn unread(&mut self, path: &str, why: Unread) {
        self.say(&Answer::Unread { part: path.to_owned(), why: why.to_string() });
    }

    fn picture(&mut self, picture: Picture<'_>) -> Result<String, Unread> {
        self.letters.as_mut().ok_or(Unread::NeedsOcr)?.read(picture)
    }
}

/// All of a file, or why there is nothing.
fn bytes(path: &Path) -> Result<Vec<u8>, Unread> {
    // Asked before it is opened: to open a pipe waits for a writer.
    let about = fs::metadata(path).map_err(|_| Unread::Closed)?;
    if !about.is_file() {
        return Err(Unread::Closed);
    }
    let mut bytes = Vec::new();
    let open = fs::File::open(path).map_err(|_| Unread::Closed)?;
    open.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(|error| match error.kind() {
        ErrorKind::OutOfMemory => Unread::TooLarge,
        _ => Unread::Closed,
    })?;
    if bytes.len() as u64 > MOST_BYTES { Err(Unread::TooLarge) } else { Ok(bytes) }
}

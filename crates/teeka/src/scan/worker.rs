//! The process that opens documents: the program itself, begun again. It may be killed at any time
//! without harm, and has limits that no document gets over.

use std::{
    collections::HashMap,
    ffi::OsString,
    fs,
    io::{BufRead, BufWriter, ErrorKind, Read, Write, stdin, stdout},
    os::unix::ffi::OsStringExt,
    path::Path,
    process::ExitCode,
};

use ::scan::{
    self as scanner, Finding, Key, Options,
    extract::{self, Limits, Picture, Source, Take, Unread},
};
use anyhow::Context;
use rustix::{
    process::{Resource, Rlimit, setrlimit},
    time::{ClockId, clock_gettime},
};
use serde::{Deserialize, Serialize};

use super::{confine, letters::Letters};

/// Largest file that is read, in bytes: it is held in memory whole.
pub(crate) const MOST_BYTES: u64 = 1 << 29;
/// Memory of the process: the file, what is unpacked of it, and the text of both.
pub(crate) const MOST_MEMORY: u64 = 3 << 30;

/// How to look: the first line that a worker is told. The others are paths.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) least: u8,
    pub(super) secret: Option<Vec<u8>>,
    /// Seconds of work on one file.
    pub(super) patience: u32,
    /// Languages of letters in pictures.
    pub(super) ocr: Option<String>,
    /// Whether what is found is said as well.
    pub(super) reveal: bool,
}

/// What a worker says of the file that it was told last, a line each.
#[derive(Serialize, Deserialize)]
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

/// What the offsets of a finding are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Offsets {
    /// The file itself.
    File,
    /// The file in UTF-8, which it is not.
    Decoded,
    /// The text that was taken out of the part.
    Text,
}

impl Offsets {
    /// The word for it in results.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Decoded => "decoded",
            Self::Text => "text",
        }
    }
}

/// A finding, as it is told. It has no Debug: it may say what was found.
#[derive(Serialize, Deserialize)]
pub(super) struct Found {
    pub(super) part: String,
    pub(super) kind: String,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) offsets: Offsets,
    /// The encoding that was undone.
    pub(super) encoding: Option<String>,
    pub(super) confidence: u8,
    pub(super) record: usize,
    pub(super) masked: bool,
    pub(super) preview: String,
    pub(super) token: Option<String>,
    /// What was found, if it is revealed.
    pub(super) value: Option<String>,
}

/// Reads paths from standard input until it ends, and says what is in the files.
pub(crate) fn run() -> anyhow::Result<ExitCode> {
    confine::limit(MOST_MEMORY, MOST_BYTES)?;
    // A panic repeats what it fell over, which may be somebody's name.
    std::panic::set_hook(Box::new(|_| std::process::exit(BROKEN.into())));
    let mut lines = stdin().lock().split(b'\n');
    let first = lines.next().context("there is no order")??;
    let order: Order = serde_json::from_slice(&first)?;
    let mut worker = Worker {
        options: Options { least_confidence: order.least, ..Options::default() },
        key: order.secret.as_deref().map(Key::new),
        letters: order.ocr.as_deref().and_then(Letters::find),
        reveal: order.reveal,
        records: HashMap::new(),
        out: BufWriter::new(stdout()),
    };
    // Programs for letters were looked for by now, and may be begun later.
    confine::seal(worker.letters.is_some())?;
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
pub(crate) const BROKEN: u8 = 70;

/// Allows so many seconds of a processor from now on.
pub(crate) fn limit_time(seconds: u32) -> anyhow::Result<()> {
    let used = clock_gettime(ClockId::ProcessCPUTime).tv_sec.unsigned_abs();
    let limit = used + u64::from(seconds) + 1;
    setrlimit(Resource::Cpu, Rlimit { current: Some(limit), maximum: None })?;
    Ok(())
}

struct Worker {
    options: Options,
    key: Option<Key>,
    letters: Option<Letters>,
    reveal: bool,
    /// How many records were told of a path, if any were.
    records: HashMap<String, usize>,
    out: BufWriter<std::io::Stdout>,
}

impl Worker {
    fn read(&mut self, path: &Path) {
        self.records.clear();
        match bytes(path) {
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

impl Worker {
    /// Says what is in the text of a part, by its place in the file if it has one there.
    fn look(&mut self, path: &str, text: &str, source: Option<&Source<'_>>) {
        let options = self.options;
        let file = source.map_or(path, Source::file);
        // Parts of one file are told under one path: their records go on counting.
        let first = self.records.get(file).copied().unwrap_or(0);
        let mut records = first;
        scanner::each(text, &options, &mut |persons, record| {
            for one in record {
                records = first + one.record + 1;
                let found = self.found((path, text), source, one, first);
                self.say(&Answer::Found(found));
            }
            if persons > 0 {
                self.say(&Answer::Persons(persons as u64));
            }
        });
        if records > first {
            self.records.insert(file.to_owned(), records);
        }
    }

    fn found(
        &self,
        (path, text): (&str, &str),
        source: Option<&Source<'_>>,
        one: &Finding,
        first: usize,
    ) -> Found {
        let placed = source.and_then(|source| Some((source, source.place(one.start, one.end)?)));
        let encoding = placed.and_then(|(source, _)| source.encoding());
        let (part, (start, end), offsets) = match placed {
            Some((source, place)) if encoding.is_none() => (source.file(), place, Offsets::File),
            Some((source, place)) => (source.file(), place, Offsets::Decoded),
            None => (path, (one.start, one.end), Offsets::Text),
        };
        Found {
            part: part.to_owned(),
            kind: one.kind.to_string(),
            start,
            end,
            offsets,
            encoding: encoding.map(str::to_owned),
            confidence: one.confidence,
            record: first + one.record,
            masked: one.masked,
            preview: scanner::preview(text, one),
            token: self.key.as_ref().map(|key| key.token(text, one)),
            value: self.reveal.then(|| text[one.start..one.end].to_owned()),
        }
    }
}

impl Take for Worker {
    fn part(&mut self, path: &str, text: &str) {
        self.look(path, text, None);
    }

    fn traced(&mut self, path: &str, text: &str, source: &Source<'_>) {
        self.look(path, text, Some(source));
    }

    fn unread(&mut self, path: &str, why: Unread) {
        self.say(&Answer::Unread { part: path.to_owned(), why: why.to_string() });
    }

    fn picture(&mut self, picture: Picture<'_>) -> Result<String, Unread> {
        self.letters.as_mut().ok_or(Unread::NeedsOcr)?.read(picture)
    }
}

/// All of a file, or why there is nothing.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, Unread> {
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

//! Files of strangers are opened in a process of their own, with limits that no file gets over: one that
//! harms its reader is a part that was not read, and the inquiry goes on.

use std::{
    ffi::OsString,
    io::{BufRead, BufWriter, Write, stdin, stdout},
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::mpsc::RecvTimeoutError,
    time::{Duration, Instant},
};

use ::scan::extract::Unread;
use anyhow::Context;
use app::sign_in::sha256_hex;
use inquiry::specimen::{
    Specimen,
    told::{Hearing, Piece, tell},
};
use serde::{Deserialize, Serialize};

use crate::{
    part::{Part, reason},
    scan::{
        confine,
        worker::{BROKEN, MOST_BYTES, MOST_MEMORY, bytes, limit_time},
    },
};

/// Seconds of work on one file: one of half a gigabyte takes a minute.
const PATIENCE: u32 = 600;
/// The most pieces of one file.
const MOST_PIECES: usize = 20_000_000;

/// How to read: the first line that a worker is told. The others are paths.
#[derive(Serialize, Deserialize)]
struct Order {
    /// Seconds of work on one file.
    patience: u32,
}

/// What a worker says of the file that it was told last, a line each.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Piece(Piece),
    /// There is no more to say of it. What was read has this digest; none if it could not be.
    Done(String),
}

/// Reads paths from standard input until it ends, and tells what is in the files.
pub(crate) fn run() -> anyhow::Result<ExitCode> {
    confine::limit(MOST_MEMORY, MOST_BYTES)?;
    // A panic repeats what it fell over, which may be somebody's name.
    std::panic::set_hook(Box::new(|_| std::process::exit(BROKEN.into())));
    let mut lines = stdin().lock().split(b'\n');
    let first = lines.next().context("there is no order")??;
    let order: Order = serde_json::from_slice(&first)?;
    confine::seal(false)?;
    let mut out = BufWriter::new(stdout());
    for line in lines {
        let path = PathBuf::from(OsString::from_vec(hex::decode(line?)?));
        limit_time(order.patience)?;
        let digest = match bytes(&path) {
            Ok(bytes) => {
                tell(&bytes, &mut |piece| say(&mut out, &Answer::Piece(piece)));
                sha256_hex(&bytes)
            }
            Err(why) => {
                let why = Piece::Unread(why.as_str().to_owned());
                say(&mut out, &Answer::Piece(why));
                String::new()
            }
        };
        say(&mut out, &Answer::Done(digest));
        out.flush()?;
    }
    Ok(ExitCode::SUCCESS)
}

fn say(out: &mut BufWriter<std::io::Stdout>, answer: &Answer) {
    let written = serde_json::to_writer(&mut *out, answer).is_ok();
    if !written || out.write_all(b"\n").is_err() {
        // Nobody listens.
        std::process::exit(BROKEN.into());
    }
}

/// What is in files, each of which has this digest. What a file does to its reader is told of it.
pub(crate) fn read(files: &[(PathBuf, String)]) -> Specimen {
    let mut all = Specimen::default();
    let mut worker = None;
    for (path, sha256) in files {
        let mut hearing = Hearing::default();
        if let Err(why) = hear(&mut worker, path, sha256, &mut hearing) {
            hearing.unread(why);
        }
        all.add(hearing.end());
    }
    all
}

fn hear(
    worker: &mut Option<Part<Answer>>,
    path: &Path,
    sha256: &str,
    hearing: &mut Hearing,
) -> Result<(), Unread> {
    let running = match worker.take() {
        Some(running) => running,
        None => Part::begin("inquire-part", &Order { patience: PATIENCE })
            .map_err(|_| Unread::Closed)?,
    };
    let (running, heard) = hear_one(running, path, hearing);
    match heard {
        Ok(digest) => {
            *worker = Some(running);
            // What is compared is what was sealed, and nothing that took its place.
            let same = digest.is_empty() || digest == sha256;
            if same { Ok(()) } else { Err(Unread::Malformed) }
        }
        Err(why) => {
            let ended = running.end();
            Err(why.unwrap_or_else(|| reason(ended)))
        }
    }
}

/// Has a process read one file; gives its digest. An error is the reason why it did not come to its end,
/// if it is known.
fn hear_one(
    mut part: Part<Answer>,
    path: &Path,
    hearing: &mut Hearing,
) -> (Part<Answer>, Result<String, Option<Unread>>) {
    let line = hex::encode(path.as_os_str().as_bytes());
    if writeln!(part.input, "{line}").is_err() {
        return (part, Err(None));
    }
    let begun = Instant::now();
    for _ in 0..MOST_PIECES {
        let left = Duration::from_secs(PATIENCE.into()).saturating_sub(begun.elapsed());
        match part.lines.recv_timeout(left) {
            Ok(Answer::Done(digest)) => return (part, Ok(digest)),
            Ok(Answer::Piece(piece)) => hearing.hear(piece),
            Err(RecvTimeoutError::Disconnected) => return (part, Err(None)),
            Err(RecvTimeoutError::Timeout) => return (part, Err(Some(Unread::TooSlow))),
        }
    }
    (part, Err(Some(Unread::TooLarge)))
}

//! The process that reads documents of a sweep: they come on its standard input, and never lie on a
//! disk.

use std::{
    io::{BufRead, Read, Write, stdin, stdout},
    process::ExitCode,
};

use ::scan::extract::Unread;
use anyhow::Context;
use exposure::sweep::reading;
use serde::{Deserialize, Serialize};

use crate::scan::{
    confine,
    letters::Letters,
    worker::{BROKEN, MOST_BYTES, MOST_MEMORY, limit_time},
};

/// How to read: the first line that the process is told.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Order {
    /// Seconds of work on one document.
    pub(super) patience: u32,
    /// Languages of letters in pictures.
    pub(super) ocr: Option<String>,
}

/// Reads documents from standard input until it ends, and says what is in each. Before each stands
/// a line: how many bytes it has, and whether letters in pictures are to be read.
pub(crate) fn run() -> anyhow::Result<ExitCode> {
    confine::limit(MOST_MEMORY, MOST_BYTES)?;
    // A panic repeats what it fell over, which may be somebody's name.
    std::panic::set_hook(Box::new(|_| std::process::exit(BROKEN.into())));
    let mut input = stdin().lock();
    let mut line = String::new();
    input.read_line(&mut line)?;
    let order: Order = serde_json::from_str(&line).context("there is no order")?;
    let mut letters = order.ocr.as_deref().and_then(Letters::find);
    // Programs for letters were looked for by now, and may be begun later.
    confine::seal(letters.is_some())?;
    loop {
        line.clear();
        if input.read_line(&mut line)? == 0 {
            return Ok(ExitCode::SUCCESS);
        }
        let (length, wanted) = line.trim().split_once(' ').context("a document has two numbers")?;
        let mut bytes = vec![0; length.parse()?];
        input.read_exact(&mut bytes)?;
        limit_time(order.patience)?;
        let reading = reading::read(&bytes, &mut |picture| match &mut letters {
            Some(letters) if wanted == "1" => letters.read(picture),
            _ => Err(Unread::NeedsOcr),
        });
        let mut answer = serde_json::to_vec(&reading)?;
        answer.push(b'\n');
        let mut out = stdout().lock();
        out.write_all(&answer)?;
        out.flush()?;
    }
}

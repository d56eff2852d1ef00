//! Parts of the work that are done in processes of this program, each of which can be killed at any
//! time without harm.

use std::{
    io::{BufRead, BufReader, Read, Write},
    os::unix::process::{CommandExt, ExitStatusExt},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, sync_channel},
    thread,
};

use ::scan::extract::Unread;
use anyhow::Context;
use rustix::process::{Pid, Signal, kill_process_group};
use serde::{Serialize, de::DeserializeOwned};

use crate::scan::worker::BROKEN;

/// Answers that wait to be taken.
const WAITING: usize = 1024;
/// Longest line that a process may say, in bytes: a path within a document, and a preview.
const LONGEST: u64 = 1 << 20;

/// A process of this program that answers in lines of JSON.
pub(crate) struct Part<A> {
    process: Child,
    /// Where it is told what to do.
    pub(crate) input: ChildStdin,
    /// What it says.
    pub(crate) lines: Receiver<A>,
}

impl<A: DeserializeOwned + Send + 'static> Part<A> {
    /// Begins one, by the name of its hidden subcommand, with an order on its first line.
    pub(crate) fn begin(subcommand: &str, order: &impl Serialize) -> anyhow::Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg(subcommand)
            // A group of its own, to which what it begins belongs as well.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut input = process.stdin.take().context("standard input was asked for")?;
        let output = process.stdout.take().context("standard output was asked for")?;
        writeln!(input, "{}", serde_json::to_string(order)?)?;
        let (send, lines) = sync_channel(WAITING);
        thread::spawn(move || {
            let mut output = BufReader::new(output);
            let mut line = Vec::new();
            loop {
                line.clear();
                let read = (&mut output).take(LONGEST).read_until(b'\n', &mut line);
                let answer = serde_json::from_slice(&line);
                let (Ok(1..), Ok(answer)) = (read, answer) else { return };
                if send.send(answer).is_err() {
                    return;
                }
            }
        });
        Ok(Self { process, input, lines })
    }

    /// Ends the process and all that it began, and says how it ended: by itself, if it did.
    pub(crate) fn end(mut self) -> Option<ExitStatus> {
        self.kill();
        self.process.wait().ok()
    }
}

impl<A> Part<A> {
    fn kill(&self) {
        let group = i32::try_from(self.process.id()).ok().and_then(Pid::from_raw);
        if let Some(group) = group {
            // It is gone if it has ended.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl<A> Drop for Part<A> {
    fn drop(&mut self) {
        self.kill();
        let _ = self.process.wait();
    }
}

/// Why a process ended in the middle of a document.
pub(crate) fn reason(status: Option<ExitStatus>) -> Unread {
    const OUT_OF_TIME: i32 = Signal::XCPU.as_raw();
    const OUT_OF_MEMORY: [i32; 2] = [Signal::ABORT.as_raw(), Signal::KILL.as_raw()];
    match status.map(|status| (status.code(), status.signal())) {
        Some((_, Some(OUT_OF_TIME))) => Unread::TooSlow,
        Some((_, Some(signal))) if OUT_OF_MEMORY.contains(&signal) => Unread::TooLarge,
        Some((Some(code), _)) if code != i32::from(BROKEN) => Unread::Closed,
        _ => Unread::Malformed,
    }
}

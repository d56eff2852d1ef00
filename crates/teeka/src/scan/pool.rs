//! Workers: each is a process that reads one file at a time, and is killed if it takes too long.

use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Write},
    os::unix::{ffi::OsStrExt, process::CommandExt, process::ExitStatusExt},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use ::scan::extract::Unread;
use anyhow::Context;
use rustix::process::{Pid, Signal, kill_process_group};

use super::{
    files::File,
    worker::{Answer, BROKEN, Order},
};

/// Files that are read ahead of the one whose answers are told.
const AHEAD: usize = 64;
/// Answers of one file that wait to be told.
const WAITING: usize = 1024;
/// Longest line that a worker may say, in bytes: a path within a document, and a preview.
const LONGEST: usize = 1 << 20;
/// Most answers of one file. A table of a million people has so many.
const MOST_ANSWERS: usize = 20_000_000;

/// What is told of a file, one after the other.
pub(super) type Answers = std::sync::mpsc::IntoIter<Answer>;

/// Reads files with so many workers, and tells what is in them in their order.
pub(super) fn each(
    files: &[File],
    order: &Order,
    jobs: usize,
    tell: &mut dyn FnMut(&File, Answers) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let (give, take) = sync_channel::<(&File, SyncSender<Answer>)>(AHEAD);
    let take = Mutex::new(take);
    let stopped = AtomicBool::new(false);
    thread::scope(|scope| {
        let stop = StopOnDrop(&stopped);
        for _ in 0..jobs {
            scope.spawn(|| {
                let mut worker = None;
                while let Ok(Ok((file, answers))) = take.lock().map(|take| take.recv()) {
                    read(&mut worker, &Job { order, file, answers, stopped: &stopped });
                }
            });
        }
        let mut waiting = VecDeque::new();
        let mut files = files.iter();
        loop {
            while waiting.len() < AHEAD
                && let Some(file) = files.next()
            {
                let (answers, told) = sync_channel(WAITING);
                let sent = give.send((file, answers)).is_ok();
                anyhow::ensure!(sent, "the readers have ended");
                waiting.push_back((file, told));
            }
            let Some((file, told)) = waiting.pop_front() else { break };
            tell(file, told.into_iter())?;
        }
        // Without this the readers wait for more. All is told; they have nothing to stop.
        drop(give);
        std::mem::forget(stop);
        Ok(())
    })
}

/// Tells the readers to stop if nobody will tell any more what they read.
struct StopOnDrop<'s>(&'s AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A file that is to be read.
struct Job<'j> {
    order: &'j Order,
    file: &'j File,
    answers: SyncSender<Answer>,
    stopped: &'j AtomicBool,
}

impl Job<'_> {
    fn unread(&self, why: Unread) {
        // If nobody listens any more, there is nobody to tell that either.
        let _ = self.answers.send(Answer::Unread { part: String::new(), why: why.to_string() });
    }
}

/// Has a worker read a file; begins one, if there is none.
fn read(worker: &mut Option<Worker>, job: &Job<'_>) {
    if worker.is_none() {
        *worker = Worker::begin(job.order).ok();
    }
    let Some(running) = worker.as_mut() else { return job.unread(Unread::Closed) };
    if let Err(why) = running.read(job) {
        // What the process said before it ended has been told.
        let ended = worker.take().and_then(Worker::end);
        job.unread(why.unwrap_or_else(|| reason(ended)));
    }
}

/// Why a process ended in the middle of a file.
fn reason(status: Option<ExitStatus>) -> Unread {
    const OUT_OF_TIME: i32 = Signal::XCPU.as_raw();
    const OUT_OF_MEMORY: [i32; 2] = [Signal::ABORT.as_raw(), Signal::KILL.as_raw()];
    match status.map(|status| (status.code(), status.signal())) {
        Some((_, Some(OUT_OF_TIME))) => Unread::TooSlow,
        Some((_, Some(signal))) if OUT_OF_MEMORY.contains(&signal) => Unread::TooLarge,
        Some((Some(code), _)) if code != i32::from(BROKEN) => Unread::Closed,
        _ => Unread::Malformed,
    }
}

/// A process that reads files.
struct Worker {
    process: Child,
    input: ChildStdin,
    lines: Receiver<Answer>,
}

impl Worker {
    fn begin(order: &Order) -> anyhow::Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg("scan-part")
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
                let read =
                    std::io::Read::take(&mut output, LONGEST as u64).read_until(b'\n', &mut line);
                let answer = serde_json::from_slice(&line);
                let (Ok(1..), Ok(answer)) = (read, answer) else { return };
                if send.send(answer).is_err() {
                    return;
                }
            }
        });
        Ok(Self { process, input, lines })
    }

    /// Reads one file. An error is the reason why it did not come to its end, if it is known.
    fn read(&mut self, job: &Job<'_>) -> Result<(), Option<Unread>> {
        let path = hex::encode(job.file.path.as_os_str().as_bytes());
        writeln!(self.input, "{path}").map_err(|_| None)?;
        // What is waited for is the process; answers may wait for those of other files.
        let mut left = Duration::from_secs(job.order.patience.into());
        let mut told = 0;
        while told < MOST_ANSWERS {
            let start = Instant::now();
            let answer = self.lines.recv_timeout(Duration::from_millis(500));
            left = left.saturating_sub(start.elapsed());
            match answer {
                Ok(Answer::Done) => return Ok(()),
                Ok(answer) => {
                    told += 1;
                    // Whoever listened has ended; so will this.
                    job.answers.send(answer).map_err(|_| None)?;
                }
                Err(RecvTimeoutError::Disconnected) => return Err(None),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if left.is_zero() || job.stopped.load(Ordering::Relaxed) {
                return Err(Some(Unread::TooSlow));
            }
        }
        Err(Some(Unread::TooLarge))
    }

    /// Ends the process and all that it began, and says how it ended: by itself, if it did.
    fn end(mut self) -> Option<ExitStatus> {
        self.kill();
        self.process.wait().ok()
    }

    fn kill(&self) {
        let group = i32::try_from(self.process.id()).ok().and_then(Pid::from_raw);
        if let Some(group) = group {
            // It is gone if it has ended.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.kill();
        let _ = self.process.wait();
    }
}

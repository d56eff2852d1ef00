//! Workers: each is a process that reads one file at a time, and is killed if it takes too long.

use std::{
    collections::VecDeque,
    io::Write,
    os::unix::ffi::OsStrExt,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc::{RecvTimeoutError, SyncSender, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use ::scan::extract::Unread;

use super::{
    files::File,
    worker::{Answer, Order},
};
use crate::part::{Part, reason};

/// Files that are read ahead of the one whose answers are told.
const AHEAD: usize = 64;
/// Answers of one file that wait to be told.
const WAITING: usize = 1024;
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
fn read(worker: &mut Option<Part<Answer>>, job: &Job<'_>) {
    if worker.is_none() {
        *worker = Part::begin("scan-part", job.order).ok();
    }
    let Some(running) = worker.as_mut() else { return job.unread(Unread::Closed) };
    if let Err(why) = hear(running, job) {
        // What the process said before it ended has been told.
        let ended = worker.take().and_then(Part::end);
        job.unread(why.unwrap_or_else(|| reason(ended)));
    }
}

/// Has a process read one file. An error is the reason why it did not come to its end, if it is
/// known.
fn hear(part: &mut Part<Answer>, job: &Job<'_>) -> Result<(), Option<Unread>> {
    let path = hex::encode(job.file.path.as_os_str().as_bytes());
    writeln!(part.input, "{path}").map_err(|_| None)?;
    // What is waited for is the process; answers may wait for those of other files.
    let mut left = Duration::from_secs(job.order.patience.into());
    let mut told = 0;
    while told < MOST_ANSWERS {
        let start = Instant::now();
        let answer = part.lines.recv_timeout(Duration::from_millis(500));
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

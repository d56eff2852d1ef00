//! What a takedown needs from outside: time, patience and randomness, so that a test plays months in
//! milliseconds.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use jiff::Timestamp;

/// The world of a takedown.
pub trait World: Send + Sync {
    /// Now, in seconds since 1970.
    fn now(&self) -> u64;

    /// Time that never goes back, from any beginning.
    fn elapsed(&self) -> Duration;

    /// Waits.
    fn sleep(&self, time: Duration);

    /// Fills bytes with randomness fit for keys.
    fn fill(&self, bytes: &mut [u8]);
}

/// An instant in seconds since 1970; one that is out of range is the first one.
pub fn instant(seconds: u64) -> Timestamp {
    let seconds = i64::try_from(seconds).ok();
    seconds.and_then(|at| Timestamp::from_second(at).ok()).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// How far a step is, for who watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// What is being done.
    pub what: &'static str,
    /// How many are done.
    pub done: u64,
    /// Of how many.
    pub total: u64,
}

/// What every step is given.
#[derive(Clone, Copy)]
pub struct Work<'a> {
    /// Time and randomness.
    pub world: &'a dyn World,
    /// Who is told how far it is.
    pub tell: &'a (dyn Fn(Told) + Sync),
    /// How many requests are under way at once.
    pub threads: usize,
}

impl Work<'_> {
    /// Does something with each of some things, several at once, and tells how far it is.
    pub(super) fn each<T: Sync>(&self, what: &'static str, things: &[T], act: impl Fn(&T) + Sync) {
        /// How many a thread takes at once.
        const CHUNK: usize = 32;
        let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let one = || {
            loop {
                let from = next.fetch_add(CHUNK, Ordering::Relaxed);
                let Some(rest) = things.get(from..).filter(|rest| !rest.is_empty()) else { break };
                let chunk = &rest[..rest.len().min(CHUNK)];
                chunk.iter().for_each(&act);
                let done = done.fetch_add(chunk.len(), Ordering::Relaxed) + chunk.len();
                self.told(what, done, things.len());
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..self.threads.max(1) {
                scope.spawn(one);
            }
            one();
        });
    }

    pub(super) fn told(&self, what: &'static str, done: usize, total: usize) {
        (self.tell)(Told { what, done: done as u64, total: total as u64 });
    }
}

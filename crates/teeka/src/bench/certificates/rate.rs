//! How often a second something is done, on one core and on all. Seconds are those that threads were
//! on a core: what neighbours take of a shared machine's time does not count, what they do to its
//! caches does.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

/// How long a turn takes, and how many there are of each.
const TURN: Duration = Duration::from_millis(150);
const TURNS: usize = 4;
/// How often something is done between two looks at the clock, which take a third of a microsecond.
const AT_ONCE: usize = 8;

/// Something to do again and again; the number is another one each time.
pub(in crate::bench) type Work<'a> = &'a (dyn Fn(u64) -> anyhow::Result<()> + Sync);

/// Times a second.
#[derive(Clone, Copy)]
pub(in crate::bench) struct Rate {
    pub(in crate::bench) one_core: f64,
    pub(in crate::bench) all_cores: f64,
}

impl Rate {
    pub(in crate::bench) fn json(self) -> Value {
        json!({ "one_core": self.one_core.round(), "all_cores": self.all_cores.round() })
    }

    /// Which part of another it is.
    pub(in crate::bench) fn ratio(self, bare: Self) -> Self {
        Self { one_core: self.one_core / bare.one_core, all_cores: self.all_cores / bare.all_cores }
    }
}

/// How many threads the machine runs at once.
pub(in crate::bench) fn cores() -> u32 {
    let cores = std::thread::available_parallelism().map_or(1, Into::into);
    u32::try_from(cores).unwrap_or(u32::MAX)
}

/// Does each work in turns with the others, so that neighbours move all alike, and gives the rate of
/// each.
pub(in crate::bench) fn rates<const N: usize>(works: [Work<'_>; N]) -> anyhow::Result<[Rate; N]> {
    for work in works {
        work(u64::MAX)?;
    }
    let mut tallies = [(Tally::default(), Tally::default()); N];
    for _ in 0..TURNS {
        for ((one, all), work) in tallies.iter_mut().zip(works) {
            one.turn(1, work)?;
            all.turn(cores(), work)?;
        }
    }
    Ok(tallies.map(|(one, all)| Rate { one_core: one.rate(), all_cores: all.rate() }))
}

#[derive(Clone, Copy, Default)]
struct Tally {
    times: u64,
    /// Of each thread.
    took: Duration,
}

impl Tally {
    /// Does some work on so many threads for one turn.
    fn turn(&mut self, threads: u32, work: Work<'_>) -> anyhow::Result<()> {
        let spans = std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..threads).map(|thread| scope.spawn(move || on_one(thread, work))).collect();
            let joined = threads.into_iter().map(|thread| {
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            });
            joined.collect::<anyhow::Result<Vec<_>>>()
        })?;
        for (times, took) in spans {
            self.times += times;
            self.took += took / threads;
        }
        Ok(())
    }

    fn rate(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let times = self.times as f64;
        times / self.took.as_secs_f64()
    }
}

/// Does some work on this thread for one turn; gives how many times, and how long it took.
fn on_one(thread: u32, work: Work<'_>) -> anyhow::Result<(u64, Duration)> {
    let begun = on_core();
    let mut times = 0;
    loop {
        for _ in 0..AT_ONCE {
            work(u64::from(thread) << 32 | times)?;
            times += 1;
        }
        let took = on_core().saturating_sub(begun);
        if took >= TURN {
            return Ok((times, took));
        }
    }
}

/// How long this thread has been on a core.
fn on_core() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn time_that_a_thread_waits_does_not_count() {
        let slow = |_| {
            let until = on_core() + Duration::from_millis(1);
            while on_core() < until {}
            std::thread::park_timeout(Duration::from_millis(3));
            Ok(())
        };
        let mut tally = Tally::default();
        let begun = Instant::now();
        tally.turn(2, &slow).unwrap();
        assert!(begun.elapsed() >= 3 * TURN);
        // Two threads a thousand times each, and some for what a look at the clock or a sleep takes.
        assert!((1_000.0..=2_000.0).contains(&tally.rate()), "{}", tally.rate());
    }

    #[test]
    fn what_fails_ends_the_turn() {
        assert!(Tally::default().turn(2, &|_| anyhow::bail!("no")).is_err());
    }
}

//! How often a second something is done, on one core and on all.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long a turn takes, and how many there are of each.
const TURN: Duration = Duration::from_millis(150);
const TURNS: usize = 4;

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
pub(in crate::bench) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, Into::into)
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
    took: Duration,
}

impl Tally {
    /// Does some work on so many threads for one turn.
    fn turn(&mut self, threads: usize, work: Work<'_>) -> anyhow::Result<()> {
        let begun = Instant::now();
        let on_one = |thread: usize| {
            let mut times = 0;
            while begun.elapsed() < TURN {
                work((thread as u64) << 32 | times)?;
                times += 1;
            }
            anyhow::Ok(times)
        };
        self.times += std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..threads).map(|thread| scope.spawn(move || on_one(thread))).collect();
            let joined = threads.into_iter().map(|thread| {
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            });
            joined.sum::<anyhow::Result<u64>>()
        })?;
        self.took += begun.elapsed();
        Ok(())
    }

    fn rate(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let times = self.times as f64;
        times / self.took.as_secs_f64()
    }
}

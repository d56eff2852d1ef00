//! Plays worlds and tells what came of them: `cargo run --release -p inquiry --example worlds 1000 0`. A
//! third number is how many records an account leaks, half of which are of others; zero strews a few of
//! ours among those of others. `TELL=1` tells each that was not told rightly, `OPEN=1` what stayed open,
//! `SHOW=1` each finding, `WHY=1` what was weighed.

use std::{
    io::Write,
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use inquiry::worlds::{Drawn, Outcome, explained, tally::Tally, world};

fn main() -> std::io::Result<()> {
    let mut given = std::env::args().skip(1).map(|one| one.parse::<u64>().unwrap_or(0));
    let (count, first) = (given.next().unwrap_or(100), given.next().unwrap_or(0));
    let rows = given.next().and_then(|rows| usize::try_from(rows).ok());
    let drawn = match rows {
        None => Drawn::Anything,
        Some(0) => Drawn::Slight,
        Some(rows) => Drawn::HalfForeign(rows),
    };
    let began = Instant::now();
    let mut tally = Tally::new();
    let mut out = std::io::stdout();
    let asked = |name: &str| std::env::var_os(name).is_some();
    for (seed, outcome) in played(first, first + count, drawn) {
        tally.add(seed, &outcome);
        if asked("SHOW") {
            writeln!(out, "{seed} {:#?}", outcome.finding)?;
        }
        let told = outcome.is_right() && outcome.top.is_none_or(|top| top > 0.99);
        if asked("TELL") && !told {
            tell(&mut out, seed, &outcome)?;
        }
        if asked("WHY") {
            writeln!(out, "{}", explained(seed, drawn))?;
        }
    }
    if asked("OPEN") {
        writeln!(out, "{}", tally.open_table())?;
    }
    writeln!(out, "{}\n{:?}", tally.table(), began.elapsed())
}

/// Two worlds at a time.
fn played(first: u64, end: u64, drawn: Drawn) -> Vec<(u64, Outcome)> {
    let next = AtomicU64::new(first);
    let one = || {
        let mut played = Vec::new();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= end {
                return played;
            }
            played.push((seed, world(seed, drawn)));
        }
    };
    let mut all: Vec<_> = std::thread::scope(|scope| {
        let threads = [scope.spawn(one), scope.spawn(one)];
        threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
    });
    all.sort_by_key(|(seed, _)| *seed);
    all
}

fn tell(out: &mut impl Write, seed: u64, outcome: &Outcome) -> std::io::Result<()> {
    let finding = &outcome.finding;
    writeln!(
        out,
        "{seed} {} rows {} truth {:.2?} said {:?} held {:?} p {} shares {:?} excluded {:?} found {}/{} path {:?} top {:?} power {:.1?} sens {:?}",
        outcome.plot,
        outcome.rows,
        outcome.truth,
        finding.verdict,
        finding.held,
        finding.probability,
        finding.shares,
        finding.excluded,
        finding.counts.found,
        finding.counts.compared,
        finding.path.as_ref().map(|path| (&path.what, path.named)),
        outcome.top,
        outcome.power,
        finding.sensitivity.iter().map(|(_, same)| *same).collect::<Vec<_>>(),
    )
}

//! Plays worlds and tells what came of them: `cargo run --release -p inquiry --example worlds 1000 0`. A
//! third number is how many records an account leaks, half of which are of others; zero strews a few of
//! ours among those of others. `TELL=1` tells each that was not told rightly, `OPEN=1` what stayed open, `SHOW=1` each finding.

use std::{io::Write, time::Instant};

use inquiry::worlds::{Drawn, tally::Tally, world};

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
    for seed in first..first + count {
        let outcome = world(seed, drawn);
        tally.add(seed, &outcome);
        if std::env::var_os("SHOW").is_some() {
            writeln!(out, "{seed} {:#?}", outcome.finding)?;
        }
        let told = outcome.is_right() && outcome.top.is_none_or(|top| top > 0.99);
        if std::env::var_os("TELL").is_some() && !told {
            writeln!(
                out,
                "{seed} {} rows {} truth {:?} said {:?} held {:?} p {} shares {:?} found {}/{} path {:?} top {:?}",
                outcome.plot,
                outcome.rows,
                outcome.truth,
                outcome.finding.verdict,
                outcome.finding.held,
                outcome.finding.probability,
                outcome.finding.shares,
                outcome.finding.counts.found,
                outcome.finding.counts.compared,
                outcome.finding.path.as_ref().map(|path| (&path.what, path.named)),
                outcome.top,
            )?;
        }
    }
    if std::env::var_os("OPEN").is_some() {
        writeln!(out, "{}", tally.open_table())?;
    }
    writeln!(out, "{}\n{:?}", tally.table(), began.elapsed())
}

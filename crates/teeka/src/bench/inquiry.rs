//! `teeka bench inquiry`: a dump of as many records as wanted, attributed against a register of ten million
//! made-up people in memory; and look-ups by exact columns, beside bare digests and reads of memory.

use std::{
    fmt::Write,
    hint::black_box,
    process::ExitCode,
    time::{Duration, Instant},
};

use aws_lc_rs::hmac;
use inquiry::{
    index::IndexKey,
    inquire::inquire,
    made::Made,
    numbered::numbers,
    register::{Probe, Register},
    specimen::Specimen,
};
use serde_json::json;

use super::certificates::rate::cores;
use crate::{output::Output, progress};

/// How many people are registered, if it is not said.
pub(super) const PEOPLE: usize = 10_000_000;
/// How many records a dump has.
const ROWS: u64 = 1_000_000;
/// How long a bare operation is measured.
const SPAN: Duration = Duration::from_secs(2);
/// How many look-ups are asked for at once, as an inquiry does.
const BATCH: usize = 8_192;

/// What was measured.
struct Measured {
    people: u32,
    index_bytes: u64,
    built: Duration,
    /// Look-ups a second by a column that is exact.
    looked_up: f64,
    /// Bare digests and reads a second, on as many processors.
    bare: f64,
    dirty: Attributed,
    clean: Attributed,
    /// The most memory that was held.
    peak_bytes: Option<u64>,
}

/// One dump, read and attributed.
struct Attributed {
    read: Duration,
    inquired: Duration,
    hits: u64,
    from_us: Option<bool>,
}

pub(super) fn run(people: usize, output: Output) -> anyhow::Result<ExitCode> {
    let people = u32::try_from(people)?;
    let begun = Instant::now();
    let bar = progress::things(people.into(), "people", output.quiet);
    let register = Made::new(people, IndexKey::new(&[7; 32]), |more| bar.inc(more));
    bar.finish_and_clear();
    let built = begun.elapsed();
    let measured = Measured {
        people,
        index_bytes: register.index_bytes(),
        built,
        dirty: attributed(&register, true, output)?,
        clean: attributed(&register, false, output)?,
        looked_up: looked_up(&register)?,
        bare: bare(),
        peak_bytes: peak_bytes(),
    };
    output.result(&measured.json(), &measured.text())?;
    Ok(ExitCode::SUCCESS)
}

fn attributed(register: &Made, is_dirty: bool, output: Output) -> anyhow::Result<Attributed> {
    let bar = progress::things(ROWS, "records", output.quiet);
    let text = register.dump(ROWS, is_dirty, |more| bar.inc(more));
    bar.finish_and_clear();
    let begun = Instant::now();
    let specimen = Specimen::read(text.as_bytes());
    let read = begun.elapsed();
    drop(text);
    let begun = Instant::now();
    let finding = inquire(&specimen, register, register.now())?;
    let inquired = begun.elapsed();
    let from_us = finding.verdict.is_from_us();
    Ok(Attributed { read, inquired, hits: finding.counts.hits, from_us })
}

/// Look-ups a second, of numbers that are read already.
fn looked_up(register: &Made) -> anyhow::Result<f64> {
    let text = register.dump(ROWS / 4, false, |_| {});
    let all = numbers(&Specimen::read(text.as_bytes()));
    let digits = |input: Vec<u8>| {
        let text = String::from_utf8(input).ok()?;
        text.strip_prefix("reference:").map(|digits| Probe::Reference(digits.to_owned()))
    };
    let probes: Vec<Probe> = all.iter().filter_map(|number| digits(number.input())).collect();
    let (begun, mut done) = (Instant::now(), 0.0);
    while begun.elapsed() < SPAN {
        for batch in probes.chunks(BATCH) {
            black_box(register.find(batch)?);
        }
        done += as_number(probes.len() as u64);
    }
    Ok(done / begun.elapsed().as_secs_f64())
}

/// What a look-up cannot do without: a digest, and two reads of memory that nothing has near. As many
/// threads as processors do it.
fn bare() -> f64 {
    let table = vec![1_u64; 1 << 26];
    let one = || {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &[7; 32]);
        let (begun, mut done, mut sum) = (Instant::now(), 0_u64, 0_u64);
        while begun.elapsed() < SPAN {
            for number in done..done + 1_024 {
                let tag = hmac::sign(&key, black_box(&number.to_be_bytes()));
                let mut first = [0; 8];
                first.copy_from_slice(&tag.as_ref()[..8]);
                let place = u64::from_be_bytes(first);
                let at = |place: u64| usize::try_from(place >> 38).unwrap_or(0);
                sum = sum
                    .wrapping_add(table[at(place)])
                    .wrapping_add(table[at(place.rotate_left(32))]);
            }
            done += 1_024;
        }
        black_box(sum);
        as_number(done) / begun.elapsed().as_secs_f64()
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores()).map(|_| scope.spawn(one)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or(0.0)).sum()
    })
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
const fn as_number(count: u64) -> f64 {
    count as f64
}

/// The most memory that this process held, as Linux tells it.
fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1_024)
}

impl Attributed {
    fn json(&self) -> serde_json::Value {
        json!({
            "rows": ROWS,
            "read_seconds": self.read.as_secs_f64(),
            "inquired_seconds": self.inquired.as_secs_f64(),
            "rows_per_second": as_number(ROWS) / (self.read + self.inquired).as_secs_f64(),
            "hits": self.hits,
            "from_us": self.from_us,
        })
    }

    fn line(&self, name: &str) -> String {
        format!(
            "{name:<22}{:>9.1} s read, {:.1} s inquired into, {} found, from us: {}\n",
            self.read.as_secs_f64(),
            self.inquired.as_secs_f64(),
            self.hits,
            match self.from_us {
                Some(true) => "yes",
                Some(false) => "no",
                None => "not told",
            }
        )
    }
}

impl Measured {
    fn json(&self) -> serde_json::Value {
        json!({
            "cores": cores(),
            "people": self.people,
            "index_bytes": self.index_bytes,
            "built_seconds": self.built.as_secs_f64(),
            "dirty": self.dirty.json(),
            "clean": self.clean.json(),
            "looked_up_per_second": self.looked_up.round(),
            "bare_per_second": self.bare.round(),
            "ratio": self.looked_up / self.bare,
            "peak_bytes": self.peak_bytes,
        })
    }

    fn text(&self) -> String {
        let mib = |bytes: u64| bytes >> 20;
        let mut text = format!(
            "register              {} people in {:.1} s, index of {} MiB\n",
            self.people,
            self.built.as_secs_f64(),
            mib(self.index_bytes)
        );
        text.push_str(&self.dirty.line("1,000,000 dirty"));
        text.push_str(&self.clean.line("1,000,000 exact"));
        let _ = writeln!(
            text,
            "look-ups              {:.0} a second, {:.2} of {:.0} digests and reads",
            self.looked_up,
            self.looked_up / self.bare,
            self.bare
        );
        if let Some(peak) = self.peak_bytes {
            let _ = writeln!(text, "memory                {} MiB at most", mib(peak));
        }
        text.trim_end().to_owned()
    }
}

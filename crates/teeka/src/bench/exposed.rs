//! `teeka bench exposure`: a sweep of small documents, and a takedown of their addresses by every
//! spelling, beside bare requests to the same server in the same run.
//!
//! The server is one of the measurement's own: what is measured is what this program adds to asking. How
//! long a takedown takes with a real nginx and a real Varnish, the example `takedown_at_scale` measures.

mod server;

use std::{fmt::Write, process::ExitCode, sync::Arc, thread, time::Instant};

use anyhow::{Context, ensure};
use exposure::{
    sweep::{Sweep, folder, scope::Scope},
    takedown::{
        address::{Address, Query, Site},
        case::{Case, Ordered},
        contain::contain,
        purge::purge,
        variant,
        world::{Told, Work},
    },
};
use ledger::note::{Algorithm, LocalKey, SigningKey};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use web::{Clock, SystemClock};

use self::server::Server;
use super::client::{self, ask};
use crate::{
    expose::{reader::Readers, takedown::Real},
    output::Output,
    platform::{self, Folder},
    progress,
};

/// Of so many documents, one is taken down: each has some twenty spellings.
const TAKEN_DOWN: usize = 10;
/// The most requests at once, of a sweep, of a takedown and of the bare ones: as many as a sweep may
/// have under way at one host.
const AT_ONCE: usize = 64;
/// The host of the documents that are taken down.
const HOST: &str = "files.example";

/// One line of the table.
struct Line {
    name: &'static str,
    count: usize,
    seconds: f64,
    raw: &'static str,
    raw_per_second: f64,
    remark: String,
}

pub(super) fn run(documents: usize, at_once: usize, output: Output) -> anyhow::Result<ExitCode> {
    ensure!(documents >= TAKEN_DOWN, "there are at least {TAKEN_DOWN} documents");
    let runtime = platform::runtime()?;
    let server = runtime.block_on(async { Server::start(documents) })?;
    let ground = Ground { runtime, server, place: Folder::new("bench")?, documents, at_once };
    let bar = progress::things(4, "measured", output.quiet);
    let mut lines = Vec::new();
    let gets = ground.bare("GET", (0..documents).map(server::path))?;
    bar.inc(1);
    lines.push(ground.sweep(gets)?);
    bar.inc(1);
    let purges = ground.bare("PURGE", ground.spellings()?.into_iter())?;
    bar.inc(1);
    lines.extend(ground.takedown(purges)?);
    bar.finish_and_clear();
    let json: Value = lines.iter().map(Line::json).collect();
    output.result(&json, &table(&lines))?;
    Ok(ExitCode::SUCCESS)
}

struct Ground {
    runtime: Runtime,
    server: Server,
    place: Folder,
    documents: usize,
    at_once: usize,
}

impl Ground {
    fn at_once(&self) -> usize {
        self.at_once.clamp(1, AT_ONCE)
    }

    /// How many bare requests are answered in a second.
    fn bare(&self, method: &str, paths: impl Iterator<Item = String>) -> anyhow::Result<f64> {
        let requests = paths.map(|path| client::request(method, &path)).collect();
        let asked = ask(self.server.address, self.at_once(), requests, &[]);
        let measured = self.runtime.block_on(asked)?;
        ensure!(measured.failed == 0, "{} bare requests failed", measured.failed);
        Ok(measured.per_second())
    }

    fn sweep(&self, raw_per_second: f64) -> anyhow::Result<Line> {
        let scope = format!(
            "[[host]]\nname = \"127.0.0.1\"\nports = [{}]\nrate = 0.0\nconnections = {}\n",
            self.server.address.port(),
            self.at_once(),
        );
        let scope = Arc::new(Scope::read(&scope).context("the scope of the measurement")?);
        let jobs = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let readers = Readers::new(jobs, 60, None);
        let now = || SystemClock.now();
        let sweep = Sweep { scope, reader: &readers, now: &now };
        let mut folder = folder::Folder::open(&self.place.0.join("sweep"))?;
        let begun = Instant::now();
        sweep.run(&mut folder.job, &[], &mut |_| {})?;
        let seconds = begun.elapsed().as_secs_f64();
        let totals = folder.job.totals()?;
        let (documents, exposed) = (totals.documents, totals.exposed);
        ensure!(documents == self.documents as u64, "{documents} documents were read");
        ensure!(exposed == self.documents.div_ceil(10) as u64, "{exposed} documents were found");
        Ok(Line {
            name: "sweep",
            count: self.documents,
            seconds,
            raw: "bare GETs of the same documents",
            raw_per_second,
            remark: format!("read by {jobs} processes, written down; {exposed} expose somebody"),
        })
    }

    fn taken_down(&self) -> Vec<String> {
        let some = 0..self.documents / TAKEN_DOWN;
        some.map(|number| format!("http://{HOST}{}", server::path(number))).collect()
    }

    /// What a takedown purges, as a client asks for it.
    fn spellings(&self) -> anyhow::Result<Vec<String>> {
        let site = Site { host: HOST.to_owned(), aliases: Vec::new() };
        let mut targets = Vec::new();
        for url in self.taken_down() {
            let address = Address::parse(&url, std::slice::from_ref(&site), Query::Refused)?;
            let variants = variant::addresses(&address, &site);
            targets.extend(variants.into_iter().map(|variant| variant.target));
        }
        Ok(targets)
    }

    fn takedown(&self, raw_per_second: f64) -> anyhow::Result<[Line; 2]> {
        let world = Real::begin();
        let work = Work { world: &world, tell: &|_: Told| {}, threads: self.at_once() };
        let mut case = self.released(&world)?;
        // Its rules are written and read; that the server follows them is played.
        self.server.contain();
        let none = |_: &str| None;
        let begun = Instant::now();
        let released = case.standing().released()?;
        let contained = contain(&mut case, released, &none, work)?;
        let rules = begun.elapsed().as_secs_f64();
        purge(&mut case, contained, &none, work)?;
        let whole = begun.elapsed().as_secs_f64();
        let (addresses, purged) = (case.addresses().len(), self.server.purged());
        let line = |name, count, seconds, remark: String| Line {
            name,
            count,
            seconds,
            raw: "bare PURGEs of the same spellings",
            raw_per_second,
            remark,
        };
        Ok([
            line("purge", purged, whole - rules, "each spelling for itself".to_owned()),
            line(
                "takedown",
                addresses,
                whole,
                format!("addresses: rules written and asked for in {rules:.1} s, then purged"),
            ),
        ])
    }

    /// A case that two people want.
    fn released(&self, world: &Real) -> anyhow::Result<Case> {
        let key = |name, seed| LocalKey::from_seed(name, Algorithm::Ed25519, &[seed; 32]);
        let (first, second) = (key("first", 1)?, key("second", 2)?);
        let ordered = Ordered {
            setup: &self.setup([&first, &second]),
            addresses: self.taken_down(),
            query: Query::Refused,
            known: Vec::new(),
            reason: "a measurement".to_owned(),
        };
        let mut case = Case::order(&self.place.0.join("case"), &ordered, &first, world)?;
        case.release(&second, world)?;
        Ok(case)
    }

    fn setup(&self, people: [&LocalKey; 2]) -> String {
        let people = people.map(|key| key.verifier().to_string());
        let rules = self.place.0.join("rules").display().to_string();
        let at = self.server.address;
        format!(
            "name = \"bench\"\npeople = {people:?}\n[[sites]]\nhost = \"{HOST}\"\n\
             origin = \"http://{at}\"\n\
             nginx = {{ folder = {rules:?}, test = [\"true\"], reload = [\"true\"] }}\n\
             [[edges]]\nname = \"cache\"\nkind = \"nginx\"\nhttp = [\"{at}\"]\n"
        )
    }
}

impl Line {
    fn per_second(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let count = self.count as f64;
        count / self.seconds
    }

    fn json(&self) -> Value {
        json!({
            "name": self.name,
            "count": self.count,
            "seconds": self.seconds,
            "per_second": self.per_second().round(),
            "raw": self.raw,
            "raw_per_second": self.raw_per_second.round(),
            "ratio": self.per_second() / self.raw_per_second,
            "remark": self.remark,
        })
    }
}

fn table(lines: &[Line]) -> String {
    let mut text = "what            per second    count   ratio to the raw operation\n".to_owned();
    for line in lines {
        let rate = line.per_second();
        let _ = writeln!(
            text,
            "{:<14} {rate:>11.0} {:>8}   {:.2} of {:.0} {}\n{:15}{}",
            line.name,
            line.count,
            rate / line.raw_per_second,
            line.raw_per_second,
            line.raw,
            "",
            line.remark,
        );
    }
    text.trim_end().to_owned()
}

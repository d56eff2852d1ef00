//! `teeka expose sweep`.

use std::{
    fmt::Write,
    fs,
    num::NonZero,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    thread,
};

use anyhow::Context;
use exposure::{
    exposed::Source,
    sweep::{Ended, List, Sweep, exports, scope::Scope},
};
use serde_json::json;
use web::{Clock, SystemClock};

use super::{folder, reader::Readers};
use crate::{
    output::Output,
    progress,
    scan::{languages, letters::INSTALLED},
};

#[derive(clap::Args)]
pub(super) struct Args {
    /// File that says which hosts may be contacted, and how fast
    #[arg(long, value_name = "FILE")]
    scope: PathBuf,
    /// Folder of this sweep: made if it is not there, gone on with if it is
    #[arg(long, value_name = "FOLDER")]
    job: PathBuf,
    /// Lists of indexed pages, as search consoles export them (CSV)
    #[arg(long, value_name = "FILE")]
    indexed: Vec<PathBuf>,
    /// Lists of cached addresses, as CDNs give them (an address a line, or CSV)
    #[arg(long, value_name = "FILE")]
    cached: Vec<PathBuf>,
    /// Documents that are read at the same time (default: one for each processor)
    #[arg(long, value_name = "NUMBER")]
    jobs: Option<NonZero<usize>>,
    /// Longest time for one document, in seconds
    #[arg(long, default_value_t = 300, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=86_400))]
    patience: u32,
    /// Languages of letters in pictures, as Tesseract calls them: those of India that are installed,
    /// or some by name, or `none` to leave pictures out
    #[arg(long, default_value = INSTALLED, value_name = "LANGUAGES", value_parser = languages)]
    ocr: String,
}

pub(super) fn run(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    let scope = read_scope(&args.scope)?;
    let mut lists = Vec::new();
    for (source, files) in [(Source::Csv, &args.indexed), (Source::Cdn, &args.cached)] {
        for file in files {
            lists.push(list(source, file)?);
        }
    }
    let mut folder = folder(&args.job)?;
    let jobs = args.jobs.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZero::get);
    let ocr = (args.ocr != "none").then(|| args.ocr.clone());
    let readers = Readers::new(jobs, args.patience, ocr);
    let now = || SystemClock.now();
    let sweep = Sweep { scope: Arc::new(scope), reader: &readers, now: &now };
    let bar = progress::sweep(output.quiet);
    let ended = sweep.run(&mut folder.job, &lists, &mut |progress| bar.show(progress))?;
    bar.clear();
    let exposed = folder.write_list()?;
    let totals = folder.job.totals()?;
    tell(output, &ended, &totals, &folder.list())?;
    Ok(ExitCode::from(match (ended.away.is_empty() && !ended.full, exposed) {
        (_, 1..) => 1,
        (false, 0) => 2,
        (true, 0) => 0,
    }))
}

fn read_scope(path: &Path) -> anyhow::Result<Scope> {
    let name = || format!("cannot read {}", path.display());
    let text = fs::read_to_string(path).with_context(name)?;
    Scope::read(&text).with_context(name)
}

fn list(source: Source, path: &Path) -> anyhow::Result<List> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let addresses = exports::addresses(&bytes);
    anyhow::ensure!(!addresses.is_empty(), "there is no address in {}", path.display());
    Ok(List { source, addresses })
}

fn tell(
    output: Output,
    ended: &Ended,
    totals: &store::exposure::Totals,
    list: &Path,
) -> anyhow::Result<()> {
    let json = json!({
        "addresses": totals.addresses,
        "waiting": totals.waiting,
        "outcomes": totals.fates,
        "documents": totals.documents,
        "pictures_unread": totals.letters,
        "unread": totals.unread,
        "exposed": totals.exposed,
        "people": totals.people,
        "outside_the_scope": ended.outside,
        "hosts_away": ended.away,
        "more_addresses_than_allowed": ended.full,
        "list": list,
    });
    let mut text = format!(
        "addresses: {}, different documents: {}, exposing somebody: {}, people exposed: {}\n",
        totals.addresses, totals.documents, totals.exposed, totals.people
    );
    if ended.outside > 0 {
        let _ = writeln!(text, "not contacted, because outside the scope: {}", ended.outside);
    }
    if totals.letters > 0 {
        let _ = writeln!(text, "pictures whose letters were not read: {}", totals.letters);
    }
    for (why, count) in &totals.unread {
        let _ = writeln!(text, "not read, or not to the end, because {why}: {count}");
    }
    for host in &ended.away {
        let _ = writeln!(text, "no answer from {host}: begin the same sweep again to go on");
    }
    if ended.full {
        text += "there are more addresses than the scope allows\n";
    }
    let _ = write!(text, "the list, the worst first: {}", list.display());
    output.result(&json, &text)
}

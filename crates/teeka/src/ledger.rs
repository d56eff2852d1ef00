//! `teeka ledger`: transparency logs, from outside.

mod accesses;
mod http;
pub(crate) mod releases;
mod reveals;

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, ensure};
use ledger::{
    auditor::{Fresh, Report, Terms, audit},
    checkpoint::Trusted,
    directory::Directory,
    note::{MOST_BYTES, VerifierKey},
    source::Source,
};
use serde_json::{Value, json};

use self::http::Server;
use crate::{files, output::Output, platform::system};

pub(crate) const EXAMPLE: &str = "\
Example: teeka ledger verify copy-of-log --since kept.checkpoint \\
    --key example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Say whether a log is what it signed, and continues what it signed before
    ///
    /// Exit status: 0 it does, 1 something is wrong and named, 2 could not tell.
    ///
    /// Whoever holds all keys of a log can rewrite it. Only a checkpoint kept from before, one that
    /// others were shown, or witnesses show that.
    #[command(after_help = EXAMPLE)]
    Verify(Verify),
    /// Say whether a saved list of accesses is whole: nothing left out, changed or added
    ///
    /// Exit status: 0 it is, 1 something is left out or wrong, 2 could not tell.
    #[command(after_help = "Example: teeka ledger accesses accesses.json \\\n    \
        --key example.org/log/accesses+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    Accesses(accesses::Args),
    /// List what a platform said that it runs by: program, manifest, policy, rules, keys, notices
    #[command(
        after_help = "Example: teeka ledger releases https://example.org/log/releases \\\n    \
        --key example.org/log/releases+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    )]
    Releases(releases::Args),
    /// List who was shown values that a scan found in files, and why
    #[command(after_help = "Example: teeka ledger reveals --data teeka-data")]
    Reveals(reveals::Args),
}

#[derive(clap::Args)]
struct Verify {
    /// The log: a folder with its files, or the URL above them
    log: String,
    /// The log's verifier key; several while one follows another
    #[arg(long, required = true, value_name = "NAME+ID+KEY")]
    key: Vec<VerifierKey>,
    /// The log's origin (default: the name of its first key)
    #[arg(long, value_name = "NAME")]
    origin: Option<String>,
    /// A checkpoint kept from before; what came before it is not read again
    #[arg(long, value_name = "CHECKPOINT")]
    since: Option<PathBuf>,
    /// A checkpoint that someone else was shown
    #[arg(long, value_name = "CHECKPOINT")]
    other: Vec<PathBuf>,
    /// The verifier key of a witness
    #[arg(long, value_name = "NAME+ID+KEY")]
    witness: Vec<VerifierKey>,
    /// How many witnesses must have cosigned (default: all that are named)
    #[arg(long, value_name = "N")]
    quorum: Option<usize>,
    /// How old their cosignatures may be
    #[arg(long, value_name = "MINUTES", requires = "witness")]
    max_age_minutes: Option<u64>,
    /// Keep the checkpoint in this file for the next time, if nothing is wrong
    #[arg(long, value_name = "FILE")]
    keep: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    match &args.command {
        Command::Verify(args) => verify(args, output),
        Command::Accesses(args) => accesses::run(args, output),
        Command::Releases(args) => releases::run(args, output),
        Command::Reveals(args) => reveals::run(args, output),
    }
}

fn verify(args: &Verify, output: Output) -> anyhow::Result<ExitCode> {
    let origin = args.origin.as_deref().unwrap_or_else(|| args.key[0].name());
    let trusted = Trusted::new(origin, args.key.iter().cloned(), args.witness.iter().cloned())?;
    let quorum = args.quorum.unwrap_or(args.witness.len());
    ensure!(quorum <= args.witness.len(), "the quorum is larger than the number of witnesses");
    let since = args.since.as_deref().map(read_checkpoint).transpose()?;
    let others = args.other.iter().map(|file| read_checkpoint(file));
    let others = others.collect::<anyhow::Result<Vec<_>>>()?;
    let now = u64::try_from(system().now.as_second()).context("the clock is not set")?;
    let fresh = args.max_age_minutes.map(|age| Fresh { now, most_age: age.saturating_mul(60) });
    let terms =
        Terms { trusted: &trusted, since: since.as_deref(), others: &others, quorum, fresh };
    let source = source_of(&args.log)?;
    let report = audit(&*source, &terms).with_context(|| format!("cannot check {}", args.log))?;
    let believed = report.findings.is_empty();
    if let (Some(file), true, Some(checkpoint)) = (&args.keep, believed, &report.checkpoint) {
        files::write(file, checkpoint, 0o644)?;
    }
    output.result(&in_json(origin, &report), &in_words(origin, &report))?;
    Ok(if believed { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// The files of a log, in a folder or on a web server.
fn source_of(log: &str) -> anyhow::Result<Box<dyn Source>> {
    Ok(if Server::is_url(log) {
        Box::new(Server::new(log)?)
    } else {
        Box::new(Directory::new(log))
    })
}

/// A checkpoint from a file, of which no more is read than a checkpoint can have.
fn read_checkpoint(file: &Path) -> anyhow::Result<Vec<u8>> {
    let name = || format!("cannot read {}", file.display());
    let size = fs::metadata(file).with_context(name)?.len();
    ensure!(size <= MOST_BYTES as u64, "{} is too large for a checkpoint", file.display());
    fs::read(file).with_context(name)
}

fn in_json(origin: &str, report: &Report) -> Value {
    let findings = report.findings.iter();
    json!({
        "origin": origin,
        "believed": report.findings.is_empty(),
        "size": report.found.map(|head| head.size),
        "root": report.found.map(|head| head.root.to_base64()),
        "since": report.since.map(|head| head.size),
        "leaves_read": report.leaves,
        "cosigned": report.cosigned,
        "findings": findings
            .map(|finding| json!({ "name": finding.name(), "text": finding.to_string() }))
            .collect::<Value>(),
    })
}

fn in_words(origin: &str, report: &Report) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        let _ = writeln!(text, "{origin}: {}: {finding}", finding.name());
    }
    if let (Some(found), true) = (report.found, report.findings.is_empty()) {
        let _ = write!(text, "{origin}: as signed, {} leaves", found.size);
        if let Some(since) = report.since {
            let _ = write!(text, ", and continues the kept checkpoint of {}", since.size);
        }
        let _ = write!(text, "; {} read, {} witnesses", report.leaves, report.cosigned);
    }
    text.trim_end().to_owned()
}

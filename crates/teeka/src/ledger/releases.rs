//! `teeka ledger releases`: what a platform said that it runs by.

use std::{fmt::Write, process::ExitCode};

use anyhow::Context;
use jiff::Timestamp;
use ledger::{
    auditor::{Terms, audit},
    checkpoint::Trusted,
    leaf::release::{Release, Released},
    merkle::Head,
    note::VerifierKey,
    source::Source,
    tiles::{WIDTH, reader::TileReader},
};
use serde_json::{Value, json};

use super::{in_words, source_of};
use crate::output::Output;

#[derive(clap::Args)]
pub(super) struct Args {
    /// The log: a folder with its files, or the URL above them
    log: String,
    /// The log's verifier key
    #[arg(long, value_name = "NAME+ID+KEY")]
    key: VerifierKey,
}

pub(super) fn run(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    let origin = args.key.name();
    let trusted = Trusted::new(origin, [args.key.clone()], [])?;
    let terms = Terms { trusted: &trusted, since: None, others: &[], quorum: 0, fresh: None };
    let source = source_of(&args.log)?;
    let report = audit(&*source, &terms).with_context(|| format!("cannot check {}", args.log))?;
    let Some(head) = report.found.filter(|_| report.findings.is_empty()) else {
        output.result(&super::in_json(origin, &report), &in_words(origin, &report))?;
        return Ok(ExitCode::from(1));
    };
    let releases = read(&*source, head).with_context(|| format!("cannot read {}", args.log))?;
    let json: Value = releases.iter().map(in_json).collect();
    let text: String = releases.iter().map(line).collect();
    output.result(&json!({ "origin": origin, "releases": json }), text.trim_end())?;
    Ok(ExitCode::SUCCESS)
}

/// What a log says, if it is what it signed.
pub(crate) fn checked(log: &str, key: &VerifierKey) -> anyhow::Result<Vec<Release>> {
    let trusted = Trusted::new(key.name(), [key.clone()], [])?;
    let terms = Terms { trusted: &trusted, since: None, others: &[], quorum: 0, fresh: None };
    let source = source_of(log)?;
    let report = audit(&*source, &terms).with_context(|| format!("cannot check {log}"))?;
    let sound = report.found.filter(|_| report.findings.is_empty());
    let head = sound.with_context(|| format!("{log} is not what it signed"))?;
    read(&*source, head).with_context(|| format!("cannot read {log}"))
}

fn read(source: &dyn Source, head: Head) -> anyhow::Result<Vec<Release>> {
    let mut reader = TileReader::open(source, head)?;
    let mut releases = Vec::new();
    for bundle in 0..head.size.div_ceil(WIDTH) {
        for leaf in reader.entries(bundle)? {
            releases.push(Release::of_leaf(&leaf).context("a leaf is not a release")?);
        }
    }
    Ok(releases)
}

const fn kind(released: Released) -> &'static str {
    match released {
        Released::Binary => "binary",
        Released::Manifest => "manifest",
        Released::Policy => "policy",
        Released::Rules => "rules",
        Released::Keys => "keys",
        Released::Notice => "notice",
        Released::Case => "case",
    }
}

fn at(release: &Release) -> Option<Timestamp> {
    i64::try_from(release.at).ok().and_then(|at| Timestamp::from_second(at).ok())
}

fn in_json(release: &Release) -> Value {
    json!({
        "kind": kind(release.released),
        "name": release.name,
        "version": release.version,
        "sha256": hex::encode(release.digest),
        "at": at(release).map(|at| at.to_string()),
    })
}

fn line(release: &Release) -> String {
    let mut line = String::new();
    let at = at(release).map_or_else(String::new, |at| at.to_string());
    let (kind, digest) = (kind(release.released), hex::encode(release.digest));
    let _ = writeln!(line, "{at} {kind:<8} {digest} {} {}", release.name, release.version);
    line
}

//! `teeka scan`: personal data in files, told without telling it.

pub(crate) mod confine;
mod done;
mod files;
pub(crate) mod letters;
mod pool;
pub(crate) mod reveal;
mod sarif;
mod tell;
pub(crate) mod worker;

use std::{
    num::NonZero,
    path::{Path, PathBuf},
    process::ExitCode,
    thread,
};

use anyhow::Context;

use crate::{output::Output, progress};
use done::Done;
use files::File;
use tell::Teller;
use worker::{Answer, Order};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Files, and folders with all that is in them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Least confidence that is reported, in percent
    #[arg(long, default_value_t = 50, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    least: u8,
    /// File with the secret that tokens are made with: equal values have equal tokens under one
    /// secret (default: no tokens)
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Files that are read at the same time (default: one for each processor)
    #[arg(long, value_name = "NUMBER")]
    jobs: Option<NonZero<usize>>,
    /// File that remembers which files are done: begun again with it, only the others are read
    #[arg(long, value_name = "FILE")]
    resume: Option<PathBuf>,
    /// Print one SARIF document
    #[arg(long, conflicts_with = "resume")]
    sarif: bool,
    /// Longest time for one file, in seconds
    #[arg(long, default_value_t = 300, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=86_400))]
    patience: u32,
    /// Languages of letters in pictures, as Tesseract calls them: those of India that are installed,
    /// or some by name, or `none` to leave pictures out
    #[arg(long, default_value = letters::INSTALLED, value_name = "LANGUAGES", value_parser = languages)]
    ocr: String,
    #[command(flatten)]
    reveal: reveal::RevealArgs,
}

/// Names of languages, joined by plus signs.
pub(crate) fn languages(text: &str) -> Result<String, &'static str> {
    let fit = |c: char| c.is_ascii_alphanumeric() || "+_".contains(c);
    if text.is_empty() || !text.chars().all(fit) {
        return Err("names of languages are joined by plus signs");
    }
    Ok(text.to_owned())
}

/// What became of the files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct Tally {
    findings: u64,
    persons: u64,
    unread: u64,
}

impl Tally {
    const fn add(&mut self, other: Self) {
        self.findings += other.findings;
        self.persons += other.persons;
        self.unread += other.unread;
    }
}

pub(crate) fn run(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(
        !(args.sarif && output.json),
        "SARIF is JSON of its own: leave one of both out"
    );
    let mut files = files(args)?;
    let receipt = reveal::record(&args.reveal, &args.paths)?;
    let order = Order {
        least: args.least,
        secret: args.key.as_deref().map(secret).transpose()?,
        patience: args.patience,
        ocr: (args.ocr != "none").then(|| args.ocr.clone()),
        reveal: receipt.is_some(),
    };
    let all = files.len();
    let mut done = args.resume.as_deref().map(|file| Done::open(file, &order)).transpose()?;
    let mut total = Tally::default();
    if let Some(done) = &done {
        files.retain(|file| done.tally(file).inspect(|tally| total.add(**tally)).is_none());
    }
    let jobs = args.jobs.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZero::get);
    let bar = progress::weighed(files.iter().map(File::weight).sum(), "scanning", output.quiet);
    let mut teller = Teller::new(output, args.sarif, receipt)?;
    pool::each(&files, &order, jobs.min(files.len()), &mut |file, answers| {
        let mut tally = Tally::default();
        for answer in answers {
            tally.add(answer.tally());
            bar.suspend(|| teller.tell(file, &answer))?;
        }
        if let Some(done) = &mut done {
            done.add(file, tally)?;
        }
        total.add(tally);
        bar.inc(file.weight());
        Ok(())
    })?;
    bar.finish_and_clear();
    teller.end(all, total)?;
    Ok(ExitCode::from(match total {
        Tally { findings: 1.., .. } => 1,
        Tally { unread: 1.., .. } => 2,
        Tally { .. } => 0,
    }))
}

/// Every file that is to be read.
fn files(args: &Args) -> anyhow::Result<Vec<File>> {
    let mut files = Vec::new();
    for path in &args.paths {
        files::collect(path, &mut files)?;
    }
    if let Some(own) = args.resume.as_deref().and_then(|file| file.canonicalize().ok()) {
        // It may lie in a folder that is looked through.
        files.retain(|file| file.path.canonicalize().ok().as_ref() != Some(&own));
    }
    Ok(files)
}

impl Answer {
    /// What it adds to what became of its file.
    const fn tally(&self) -> Tally {
        let (findings, persons, unread) = match self {
            Self::Found(_) => (1, 0, 0),
            Self::Persons(number) => (0, *number, 0),
            Self::Unread { .. } => (0, 0, 1),
            Self::Done => (0, 0, 0),
        };
        Tally { findings, persons, unread }
    }
}

fn secret(file: &Path) -> anyhow::Result<Vec<u8>> {
    let secret = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    anyhow::ensure!(secret.len() >= 16, "{} is too short for a secret", file.display());
    Ok(secret)
}

//! `teeka scan`: personal data in files, told without telling it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use ::scan::{self as scanner, Findings, Key, Options};
use anyhow::Context;
use serde_json::{Value, json};

use crate::{output::Output, progress};

/// Largest file that is read, in bytes: it is held in memory whole.
const MOST_BYTES: u64 = 1 << 29;

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
}

/// What became of the files.
#[derive(Default)]
struct Tally {
    findings: usize,
    persons: usize,
    unread: usize,
}

pub(crate) fn run(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    let options = Options { least_confidence: args.least, ..Options::default() };
    let key = args.key.as_deref().map(key).transpose()?;
    let mut files = Vec::new();
    for path in &args.paths {
        collect(path, &mut files)?;
    }
    let bar = progress::things(files.len() as u64, "scanning", output.quiet);
    let mut tally = Tally::default();
    for file in &files {
        match text(file) {
            Ok(text) => {
                let found = scanner::text(&text, &options);
                tally.findings += found.findings.len();
                tally.persons += found.persons;
                bar.suspend(|| tell(file, &text, &found, key.as_ref(), output))?;
            }
            Err(why) => {
                tally.unread += 1;
                let name = file.display().to_string();
                let json = json!({ "path": name, "not_read": why });
                bar.suspend(|| output.result(&json, &format!("{name}: not read: {why}")))?;
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(ExitCode::from(match tally {
        Tally { findings: 1.., .. } => 1,
        Tally { unread: 1.., .. } => 2,
        Tally { .. } => 0,
    }))
}

fn key(file: &Path) -> anyhow::Result<Key> {
    let secret = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    anyhow::ensure!(secret.len() >= 16, "{} is too short for a secret", file.display());
    Ok(Key::new(&secret))
}

/// Every file at or under a path, in order. Links are not followed.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let mut ahead = vec![path.to_path_buf()];
    while let Some(path) = ahead.pop() {
        let what = || format!("cannot read {}", path.display());
        let kind = fs::symlink_metadata(&path).with_context(what)?;
        if kind.is_dir() {
            let entries = fs::read_dir(&path).with_context(what)?;
            let mut inside: Vec<_> =
                entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
            inside.sort_unstable_by(|one, other| other.cmp(one));
            ahead.append(&mut inside);
        } else if kind.is_file() {
            files.push(path);
        }
    }
    Ok(())
}

/// The text of a file, or why there is none.
fn text(file: &Path) -> Result<String, &'static str> {
    let size = fs::metadata(file).map_err(|_| "it cannot be opened")?.len();
    if size > MOST_BYTES {
        return Err("it is larger than 512 MiB");
    }
    let bytes = fs::read(file).map_err(|_| "it cannot be opened")?;
    if bytes.contains(&0) {
        return Err("it is not text, and other formats are not read yet");
    }
    String::from_utf8(bytes).map_err(|_| "it is not in UTF-8, and other encodings are not read yet")
}

fn tell(
    file: &Path,
    text: &str,
    found: &Findings,
    key: Option<&Key>,
    output: Output,
) -> anyhow::Result<()> {
    let name = file.display().to_string();
    for one in &found.findings {
        let preview = scanner::preview(text, one);
        let json = json!({
            "path": name,
            "type": one.kind.as_str(),
            "start": one.start,
            "end": one.end,
            "confidence": f64::from(one.confidence) / 100.0,
            "record": one.record,
            "masked": one.masked,
            "preview": preview,
            "token": key.map_or(Value::Null, |key| Value::from(key.token(text, one))),
        });
        let (kind, start, end, sure) = (one.kind, one.start, one.end, one.confidence);
        output.result(&json, &format!("{name}:{start}-{end}: {kind}, {sure} %: {preview}"))?;
    }
    Ok(())
}

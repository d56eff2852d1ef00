//! `teeka scan`: personal data in files, told without telling it.

use std::{
    fs::{self, File},
    io::Read,
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
    files: usize,
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
    let mut tally = Tally { files: files.len(), ..Tally::default() };
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
                let json = json!({ "path": file.display().to_string(), "not_read": why });
                let text = format!("{}: not read: {why}", shown(file));
                bar.suspend(|| output.result(&json, &text))?;
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    let Tally { files, findings, persons, unread } = tally;
    if !output.json {
        let text = format!(
            "files: {files}, not read: {unread}, findings: {findings}, persons exposed: {persons}"
        );
        output.result(&Value::Null, &text)?;
    }
    Ok(ExitCode::from(match tally {
        Tally { findings: 1.., .. } => 1,
        Tally { unread: 1.., .. } => 2,
        Tally { .. } => 0,
    }))
}

/// A path for people: a name with control characters cannot draw on their terminal.
fn shown(file: &Path) -> String {
    file.display().to_string().replace(char::is_control, "\u{fffd}")
}

fn key(file: &Path) -> anyhow::Result<Key> {
    let secret = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    anyhow::ensure!(secret.len() >= 16, "{} is too short for a secret", file.display());
    Ok(Key::new(&secret))
}

/// Every file at or under a path, in order. A link is followed if it was named, not if it lies in
/// a folder. What cannot be looked into counts as a file, which then cannot be read.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let kind = fs::metadata(path).with_context(|| format!("cannot read {}", shown(path)))?;
    if !kind.is_dir() {
        files.push(path.to_path_buf());
        return Ok(());
    }
    let mut ahead = vec![path.to_path_buf()];
    while let Some(folder) = ahead.pop() {
        match inside(&folder) {
            Err(_) => files.push(folder),
            Ok(entries) => {
                for (is_folder, path) in entries {
                    if is_folder { &mut ahead } else { &mut *files }.push(path);
                }
            }
        }
    }
    files.sort_unstable();
    Ok(())
}

/// The folders and files in a folder, without links.
fn inside(folder: &Path) -> std::io::Result<Vec<(bool, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if !kind.is_symlink() {
            found.push((kind.is_dir(), entry.path()));
        }
    }
    Ok(found)
}

/// The text of a file, or why there is none.
fn text(file: &Path) -> Result<String, &'static str> {
    const CLOSED: &str = "it cannot be opened";
    // Asked before it is opened: to open a pipe waits for a writer.
    if !fs::metadata(file).map_err(|_| CLOSED)?.is_file() {
        return Err("it is not a file that can be opened");
    }
    let mut bytes = Vec::new();
    let mut open = File::open(file).map_err(|_| CLOSED)?.take(MOST_BYTES + 1);
    open.read_to_end(&mut bytes).map_err(|_| CLOSED)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err("it is larger than 512 MiB");
    }
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
    let (path, name) = (file.display().to_string(), shown(file));
    for one in &found.findings {
        let preview = scanner::preview(text, one);
        let json = json!({
            "path": path,
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

//! Makes the corpus, and says how well a detector did on it.

use std::{
    collections::HashMap,
    fs,
    io::{self, BufRead, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use corpus::{
    Label,
    score::{self, Counts, Found, Score},
};
use serde_json::{Value, json};

/// Made-up documents, and how well detectors of personal data do on them.
#[derive(Parser)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write documents and what is to be found in them.
    ///
    /// The documents go into DIR/documents, and DIR/labels.jsonl has a line for each: `path`,
    /// `sort`, `persons` and `labels`, each with `type`, `start`, `end` (bytes), `person`, `masked`.
    ///
    /// Example: corpus make --seed 7 --documents 2000 made-up
    Make {
        /// The folder to make; it must not be there yet
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// How many documents
        #[arg(long, default_value_t = 2_000)]
        documents: usize,
        /// Which corpus: the same seed gives the same bytes
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Hold what a detector found against what is there.
    ///
    /// FOUND has a JSON object a line with `path`, `type`, `start` and `end`; a path counts from
    /// where `documents/` begins in it. What has no `type` is passed over.
    ///
    /// Example: teeka scan --json made-up/documents | corpus score made-up -
    Score {
        /// The folder that `corpus make` made
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// The file with what was found, or `-` for standard input
        #[arg(value_name = "FOUND")]
        found: PathBuf,
        /// These kinds of data only, as for a detector that knows no others
        #[arg(long, value_delimiter = ',', value_name = "TYPE,…")]
        types: Vec<String>,
        /// A JSON object instead of a table
        #[arg(long)]
        json: bool,
    },
}

fn main() -> ExitCode {
    let done = match Args::parse().command {
        Command::Make { folder, documents, seed } => make(&folder, documents, seed),
        Command::Score { folder, found, types, json } => held(&folder, &found, &types, json),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "corpus: {error}");
            ExitCode::from(2)
        }
    }
}

fn make(folder: &Path, count: usize, seed: u64) -> io::Result<()> {
    fs::create_dir(folder)?;
    let documents = folder.join("documents");
    fs::create_dir(&documents)?;
    let mut labels = io::BufWriter::new(fs::File::create(folder.join("labels.jsonl"))?);
    for (at, document) in corpus::documents(seed).take(count).enumerate() {
        let name = format!("{at:06}.{}", document.suffix);
        fs::write(documents.join(&name), &document.text)?;
        let line = json!({
            "path": format!("documents/{name}"),
            "sort": document.sort,
            "persons": document.persons,
            "labels": document.labels,
        });
        writeln!(labels, "{line}")?;
    }
    labels.flush()
}

fn held(folder: &Path, found: &Path, types: &[String], as_json: bool) -> io::Result<()> {
    let wanted = |kind: &str| types.is_empty() || types.iter().any(|one| one == kind);
    let mut reports: HashMap<String, Vec<Found>> = HashMap::new();
    let reader: Box<dyn BufRead> = if found == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(io::BufReader::new(fs::File::open(found)?))
    };
    for line in reader.lines() {
        if let Some((path, one)) = report(&line?).filter(|(_, one)| wanted(&one.kind)) {
            reports.entry(path).or_default().push(one);
        }
    }
    let mut score = Score::default();
    for line in io::BufReader::new(fs::File::open(folder.join("labels.jsonl"))?).lines() {
        let line: Value = serde_json::from_str(&line?)?;
        let text = |field: &str| line[field].as_str().unwrap_or_default().to_owned();
        let labels: Vec<Label> = serde_json::from_value(line["labels"].clone())?;
        let labels: Vec<_> = labels
            .into_iter()
            .filter(|label| label.kind == corpus::EITHER || wanted(&label.kind))
            .collect();
        let found = reports.remove(&text("path")).unwrap_or_default();
        score.add(&text("sort"), &labels, &found);
    }
    let mut out = io::stdout().lock();
    if as_json {
        writeln!(out, "{}", told(&score))
    } else {
        write!(out, "{}", score::table(&score))
    }
}

/// The path below the corpus and the place, of a line of a detector.
fn report(line: &str) -> Option<(String, Found)> {
    let line: Value = serde_json::from_str(line).ok()?;
    let path = line["path"].as_str()?;
    let path = &path[path.rfind("documents/")?..];
    let place = |field: &str| usize::try_from(line[field].as_u64()?).ok();
    let kind = line["type"].as_str()?.to_owned();
    Some((path.to_owned(), Found { kind, start: place("start")?, end: place("end")? }))
}

fn counts(counts: &Counts) -> Value {
    json!({
        "found": counts.found, "missed": counts.missed, "wrong": counts.wrong,
        "precision": counts.precision(), "recall": counts.recall(), "f1": counts.f1(),
    })
}

fn told(score: &Score) -> Value {
    let each = |of: &std::collections::BTreeMap<String, Counts>| -> Value {
        of.iter().map(|(name, one)| (name.clone(), counts(one))).collect()
    };
    json!({
        "all": counts(&score.all()),
        "documents": counts(&score.documents),
        "types": each(&score.kinds),
        "sorts": each(&score.sorts),
    })
}

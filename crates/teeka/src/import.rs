//! `teeka import`: files into the platform, with a preview, and nothing half-imported.

use std::{collections::HashSet, fmt::Write, fs, path::PathBuf, process::ExitCode};

use anyhow::Context;
use app::{
    Platform,
    import::{Parsed, RowError, Table, places, places::Places, records},
};
use serde_json::{Value, json};
use store::Run;

use crate::{
    config::{Common, Config},
    output::Output,
    platform::{self, system},
};

/// How many errors are shown to people; JSON has all.
const SHOWN: usize = 20;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    common: Common,
    /// What the file holds
    what: What,
    /// CSV or XLSX file
    file: PathBuf,
    /// Read and check only; write nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum What {
    /// LGD, Co-WIN or PIN code directory, in its published form
    Places,
    /// Facilities
    Facilities,
    /// Sessions with slots and capacities
    Sessions,
    /// People who work here
    Staff,
    /// People to be vaccinated
    Beneficiaries,
}

/// What is said about a file.
struct Report {
    kind: &'static str,
    rows: usize,
    errors: Vec<RowError>,
    dropped: Vec<String>,
    notes: Vec<String>,
}

impl Report {
    fn of<T>(parsed: &Parsed<T>) -> Self {
        Self {
            kind: parsed.kind,
            rows: parsed.rows.len(),
            errors: parsed.errors.clone(),
            dropped: parsed.dropped.clone(),
            notes: parsed.notes.clone(),
        }
    }
}

pub(crate) fn run(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    let bytes =
        fs::read(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
    let table = Table::read(&bytes)?;
    let config = Config::read(&args.common, None)?;
    platform::runtime()?.block_on(async {
        let platform = platform::open(&config).await?;
        let mut report = import(&platform, args, &table).await?;
        let imported = report.errors.is_empty() && !args.dry_run;
        report.errors.sort_by_key(|error| error.row);
        output.result(&json_of(&report, imported), &text_of(&report, imported))?;
        platform.store().close().await;
        Ok(if report.errors.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
    })
}

async fn import(platform: &Platform, args: &Args, table: &Table) -> anyhow::Result<Report> {
    let ctx = system();
    let geography = platform.geography();
    let write = |errors: &[RowError]| errors.is_empty() && !args.dry_run;
    Ok(match args.what {
        What::Places => {
            let places = places::read(table, &geography)?;
            let report = match &places {
                Places::Districts(parsed) => Report::of(parsed),
                Places::LgdDistricts(parsed) => Report::of(parsed),
                Places::LgdStates(parsed) => Report::of(parsed),
                Places::PostalPlaces(parsed) => Report::of(parsed),
            };
            if write(&report.errors) {
                platform.import_places(&ctx, &places).await?;
            }
            report
        }
        What::Facilities => {
            let parsed = records::facilities(table, &geography)?;
            if write(&parsed.errors) {
                platform.import_facilities(&ctx, &parsed.rows).await?;
            }
            Report::of(&parsed)
        }
        What::Sessions => {
            let mut parsed = records::sessions(table)?;
            platform.check_import_of_sessions(&ctx, &mut parsed);
            if write(&parsed.errors) {
                platform.import_sessions(&ctx, &parsed.rows).await?;
            }
            Report::of(&parsed)
        }
        What::Staff => {
            let mut parsed = records::staff(table, &geography)?;
            platform.check_import_of_staff(&mut parsed);
            if write(&parsed.errors) {
                platform.import_staff(&ctx, &parsed.rows).await?;
            }
            Report::of(&parsed)
        }
        What::Beneficiaries => {
            let parsed = records::beneficiaries(table, ctx.today())?;
            let mut report = Report::of(&parsed);
            let wrong: HashSet<_> = parsed.errors.iter().map(|error| error.row).collect();
            let run = if write(&parsed.errors) { Run::ForGood } else { Run::Dry };
            for (place, why) in platform.import_beneficiaries(&ctx, &parsed.rows, run).await? {
                let row = parsed.numbers.get(place).copied().unwrap_or(0);
                if wrong.contains(&row) {
                    continue;
                }
                report.errors.push(RowError {
                    row,
                    column: "photo_id_number".to_owned(),
                    expected: why.to_string(),
                });
            }
            report
        }
    })
}

fn json_of(report: &Report, imported: bool) -> Value {
    let errors = report.errors.iter().map(
        |error| json!({ "row": error.row, "column": error.column, "expected": error.expected }),
    );
    json!({
        "kind": report.kind,
        "rows": report.rows,
        "imported": imported,
        "errors": errors.collect::<Value>(),
        "dropped_columns": report.dropped,
        "notes": report.notes,
    })
}

fn text_of(report: &Report, imported: bool) -> String {
    let mut text =
        format!("{}: {} good rows, {} with errors", report.kind, report.rows, report.errors.len());
    for error in report.errors.iter().take(SHOWN) {
        let _ =
            write!(text, "\n  row {}, {}: expected {}", error.row, error.column, error.expected);
    }
    if report.errors.len() > SHOWN {
        let _ = write!(text, "\n  and {} more; --json has all", report.errors.len() - SHOWN);
    }
    for column in &report.dropped {
        let _ = write!(text, "\n  not collected, dropped: {column}");
    }
    for note in report.notes.iter().take(SHOWN) {
        let _ = write!(text, "\n  {note}");
    }
    if report.notes.len() > SHOWN {
        let _ = write!(text, "\n  and {} more notes; --json has all", report.notes.len() - SHOWN);
    }
    let end = match (imported, report.errors.is_empty()) {
        (true, _) => "Imported.",
        (false, true) => "Nothing was written: this was a check only.",
        (false, false) => "Nothing was written: correct these rows and import again.",
    };
    text + "\n" + end
}

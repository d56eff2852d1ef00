//! `teeka import`: files into the platform, with a preview, and nothing half-imported.

use std::{
    collections::HashSet,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, ensure};
use app::{
    Ctx, Platform,
    access_log::LogWorker,
    import::{
        Parsed, RowError, Table, places,
        places::Places,
        records::{self, BeneficiaryLine, StaffLine},
    },
    import_apply::ListFile,
};
use domain::id::{DistrictId, FacilityId};
use serde_json::{Value, json};
use store::Run;

use crate::{
    config::{Common, Config},
    files,
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
    /// Whose people a list of beneficiaries is: the number of a facility
    #[arg(long, value_name = "CENTER_ID", conflicts_with = "district")]
    facility: Option<i64>,
    /// Whose people a list of beneficiaries is: the number of a district
    #[arg(long, value_name = "DISTRICT_ID")]
    district: Option<i32>,
    /// Write a code for each of the staff who has no passkey yet to a new file, by the row of the list:
    /// to be handed to them, who make a passkey with it
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    codes: Option<PathBuf>,
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
    /// Made-up people whom nobody has a reason to look for, on mobiles of the operator; the columns
    /// are those of beneficiaries
    Canaries,
}

/// What is said about a file.
struct Report {
    kind: &'static str,
    rows: usize,
    errors: Vec<RowError>,
    dropped: Vec<String>,
    notes: Vec<String>,
    /// The number of the list that the people came by.
    list: Option<i32>,
}

impl Report {
    fn of<T>(parsed: &Parsed<T>) -> Self {
        Self {
            kind: parsed.kind,
            rows: parsed.rows.len(),
            errors: parsed.errors.clone(),
            dropped: parsed.dropped.clone(),
            notes: parsed.notes.clone(),
            list: None,
        }
    }
}

pub(crate) fn run(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    let bytes =
        fs::read(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
    let of_people = args.what == What::Beneficiaries;
    ensure!(
        of_people || (args.facility.is_none() && args.district.is_none()),
        "--facility and --district say whose people a list of beneficiaries is"
    );
    ensure!(args.codes.is_none() || args.what == What::Staff, "--codes is for a list of staff");
    let there = args.codes.as_ref().is_some_and(|codes| codes.exists());
    ensure!(!there, "the file of --codes is there already");
    let table = Table::read(&bytes)?;
    let file = ListFile {
        facility: args.facility.map(FacilityId),
        district: args.district.map(DistrictId),
        ..ListFile::of(&bytes)
    };
    let config = Config::read(&args.common, None)?;
    platform::runtime()?.block_on(async {
        let platform = platform::open(&config).await?;
        let mut report = import(&platform, args, &table, &file).await?;
        let imported = report.errors.is_empty() && !args.dry_run;
        report.errors.sort_by_key(|error| error.row);
        output.result(&json_of(&report, imported), &text_of(&report, imported))?;
        platform.store().close().await;
        Ok(if report.errors.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
    })
}

async fn import(
    platform: &Platform,
    args: &Args,
    table: &Table,
    file: &ListFile,
) -> anyhow::Result<Report> {
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
            let mut report = Report::of(&parsed);
            if let (Some(codes), true) = (&args.codes, write(&parsed.errors)) {
                report.notes.push(write_codes(platform, &ctx, &parsed, codes).await?);
            }
            report
        }
        What::Beneficiaries => {
            let parsed = records::beneficiaries(table, ctx.today())?;
            let run = if write(&parsed.errors) { Run::ForGood } else { Run::Dry };
            import_list(platform, &ctx, &parsed, file, run).await?
        }
        What::Canaries => {
            let parsed = records::beneficiaries(table, ctx.today())?;
            if write(&parsed.errors) {
                let people =
                    parsed.rows.iter().map(|row| (row.mobile.clone(), row.details.clone()));
                platform.make_canaries(&ctx, &people.collect::<Vec<_>>()).await?;
                // A server puts their list into the public log; without one, nobody else does.
                drop(platform.log_accesses(&ctx, &mut LogWorker::new(&ctx)).await);
            }
            Report::of(&parsed)
        }
    })
}

/// Makes codes for staff who have no passkey yet, in a file that only its owner may read; says how many.
async fn write_codes(
    platform: &Platform,
    ctx: &Ctx,
    parsed: &Parsed<StaffLine>,
    path: &Path,
) -> anyhow::Result<String> {
    let codes = platform.make_staff_codes(ctx, &parsed.rows).await?;
    let mut text = "row,code\n".to_owned();
    let mut made = 0;
    for (row, code) in parsed.numbers.iter().zip(&codes) {
        if let Some(code) = code {
            made += 1;
            let _ = writeln!(text, "{row},{}", code.expose());
        }
    }
    files::write(path, &text, 0o600)?;
    Ok(format!("codes for a first passkey: {made}, which count for 14 days"))
}

/// Enrols the people of a list; says by which they came, or which rows stand in the way.
async fn import_list(
    platform: &Platform,
    ctx: &Ctx,
    parsed: &Parsed<BeneficiaryLine>,
    file: &ListFile,
    run: Run,
) -> anyhow::Result<Report> {
    let mut report = Report::of(parsed);
    let wrong: HashSet<_> = parsed.errors.iter().map(|error| error.row).collect();
    let done = platform.import_beneficiaries(ctx, &parsed.rows, file, run).await?;
    report.list = done.list.map(|list| list.0);
    for (place, why) in done.refused {
        let row = parsed.numbers.get(place).copied().unwrap_or(0);
        if !wrong.contains(&row) {
            report.errors.push(RowError {
                row,
                column: "photo_id_number".to_owned(),
                expected: why.to_string(),
            });
        }
    }
    Ok(report)
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
        "list": report.list,
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
    if let Some(list) = report.list {
        let _ = write!(text, "\n  on record as list {list}");
    }
    let end = match (imported, report.errors.is_empty()) {
        (true, _) => "Imported.",
        (false, true) => "Nothing was written: this was a check only.",
        (false, false) => "Nothing was written: correct these rows and import again.",
    };
    text + "\n" + end
}

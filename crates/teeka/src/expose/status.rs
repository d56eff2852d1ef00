//! `teeka expose status`.

use std::{path::PathBuf, process::ExitCode};

use exposure::sweep::report::Report;
use web::{Clock, SystemClock};

use super::old_folder;
use crate::output::Output;

#[derive(clap::Args)]
pub(super) struct Args {
    /// Folder of the sweep
    #[arg(long, value_name = "FOLDER")]
    job: PathBuf,
}

pub(super) fn run(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    let report = Report::of(&old_folder(&args.job)?, SystemClock.now())?;
    output.result(&serde_json::to_value(&report)?, &text(&report))?;
    Ok(ExitCode::from(match report {
        Report { exposed: 1.., .. } => 1,
        Report { complete: false, .. } => 2,
        Report { .. } => 0,
    }))
}

fn text(report: &Report) -> String {
    let state = if report.complete { "over" } else { "under way, or killed" };
    let mut lines = vec![
        format!("turn {}: {state}", report.turn),
        format!("{:<34}{:>10}", "addresses", report.addresses),
        format!("{:<34}{:>10}", "still to be asked", report.waiting),
        format!("{:<34}{:>10}", "different documents", report.documents),
        format!("{:<34}{:>10}", "documents that expose somebody", report.exposed),
        format!("{:<34}{:>10}", "people in them", report.people),
        format!("{:<34}{:>10}", "pictures still to be read", report.pictures_unread),
    ];
    for (why, count) in &report.unread {
        lines.push(format!("{:<34}{count:>10}", format!("not read: {why}")));
    }
    for (kind, count) in &report.kinds {
        let name = format!("  {}", kind.replace('_', " "));
        lines.push(format!("{name:<34}{:>10} in {} documents", count.findings, count.documents));
    }
    lines.join("\n")
}

//! `teeka expose report`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use exposure::{sweep::report::Report, takedown::report::CaseReport};
use serde_json::json;
use web::{Clock, SystemClock};

use super::{
    old_folder,
    takedown::{self, Real},
};
use crate::output::Output;

#[derive(clap::Args)]
pub(super) struct Args {
    /// Folder of the sweep
    #[arg(long, value_name = "FOLDER")]
    job: PathBuf,
    /// Folder of a takedown whose state and proof are told, too; may be given more than once
    #[arg(long, value_name = "FOLDER")]
    case: Vec<PathBuf>,
    /// File to write the report to as PDF, on one page
    #[arg(long, value_name = "FILE")]
    pdf: Option<PathBuf>,
    /// File to write the report to as a page for a browser, with charts and without scripts
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// File to write the report to as JSON (default: print it)
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

pub(super) fn run(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    let mut report = Report::of(&old_folder(&args.job)?, SystemClock.now())?;
    let world = Real::begin();
    for folder in &args.case {
        let case = takedown::open(folder, &world, output.quiet)
            .with_context(|| format!("cannot read the case in {}", folder.display()))?;
        report.takedowns.push(CaseReport::of(&case));
    }
    let json = serde_json::to_string_pretty(&report)?;
    let write = |path: &Path, bytes: &[u8]| {
        fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
    };
    if let Some(path) = &args.pdf {
        write(path, &report.pdf())?;
    }
    if let Some(path) = &args.html {
        write(path, report.html().as_bytes())?;
    }
    if let Some(path) = &args.to {
        write(path, json.as_bytes())?;
    }
    let files: Vec<_> = [&args.pdf, &args.html, &args.to].into_iter().flatten().collect();
    if files.is_empty() {
        output.result(&serde_json::to_value(&report)?, &json)?;
    } else {
        let names: Vec<_> = files.iter().map(|path| path.display().to_string()).collect();
        output.result(&json!({ "written": files }), &format!("written: {}", names.join(", ")))?;
    }
    Ok(ExitCode::SUCCESS)
}

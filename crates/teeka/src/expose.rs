//! `teeka expose`: personal data in what hosts serve to everybody, found and made gone.

pub(crate) mod case;
mod person;
pub(crate) mod reader;
mod report;
mod show;
mod sign;
mod status;
mod sweep;
pub(crate) mod takedown;
pub(crate) mod worker;

use std::{path::Path, process::ExitCode};

use anyhow::Context;
use exposure::sweep::folder::Folder;

use crate::output::Output;

pub(crate) const EXAMPLE: &str = "Example: teeka expose sweep --scope scope.toml --job january";

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Go over the hosts of a scope and find personal data in public documents
    ///
    /// Nothing outside the scope is contacted. Begun again, a sweep that was killed goes on, and one
    /// that was over asks only for what has changed. Exits with 1 if somebody is exposed, and with 2
    /// if a host did not answer.
    #[command(after_help = "Example: teeka expose sweep --scope scope.toml --job january")]
    Sweep(sweep::Args),
    /// Say how far a sweep is, and what it has found so far
    #[command(after_help = "Example: teeka expose status --job january --json")]
    Status(status::Args),
    /// Write a report for the public, without personal data
    #[command(after_help = "Example: teeka expose report --job january --pdf report.pdf")]
    Report(report::Args),
    #[command(flatten)]
    Case(case::Command),
}

pub(crate) fn run(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    match &args.command {
        Command::Sweep(args) => sweep::run(args, output),
        Command::Status(args) => status::run(args, output),
        Command::Report(args) => report::run(args, output),
        Command::Case(command) => case::run(command, output),
    }
}

fn folder(path: &Path) -> anyhow::Result<Folder> {
    Folder::open(path).with_context(|| format!("cannot work in {}", path.display()))
}

/// A folder that a sweep has worked in before.
fn old_folder(path: &Path) -> anyhow::Result<Folder> {
    anyhow::ensure!(path.join("sweep.db").is_file(), "there is no sweep in {}", path.display());
    Folder::read(path).with_context(|| format!("cannot read the sweep in {}", path.display()))
}

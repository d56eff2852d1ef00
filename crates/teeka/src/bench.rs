//! `teeka bench`.
use std::process::ExitCode;

use crate::output::Output;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Which measurement
    name: String,
}

pub(crate) fn run(_args: &Args, _output: Output) -> anyhow::Result<ExitCode> {
    anyhow::bail!("no such measurement")
}

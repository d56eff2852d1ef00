//! `teeka ledger accesses`: whether a list of accesses that somebody saved is whole.

use std::{path::PathBuf, process::ExitCode};

use app::completeness::{Incomplete, verify};
use ledger::note::VerifierKey;
use serde_json::json;

use crate::{files, output::Output};

/// The most bytes of a list.
const MOST_BYTES: u64 = 64 << 20;

#[derive(clap::Args)]
pub(super) struct Args {
    /// The list with its proof, as the page of accesses saves it
    file: PathBuf,
    /// The verifier key of the log of accesses
    #[arg(long, value_name = "NAME+ID+KEY")]
    key: VerifierKey,
}

pub(super) fn run(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    let bytes = files::read(&args.file, MOST_BYTES, "a list of accesses")?;
    match verify(&bytes, &args.key) {
        Ok(shown) => {
            let json = json!({
                "whole": true,
                "number": shown.number,
                "first": shown.first,
                "newer": shown.newer,
                "size": shown.size,
                "lists": shown.chains,
            });
            let text = format!(
                "whole: entries {} to {}, and {} newer ones, of a log of {} entries in {} lists",
                shown.first, shown.number, shown.newer, shown.size, shown.chains
            );
            output.result(&json, &text)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(Incomplete::NotOne) => Err(Incomplete::NotOne.into()),
        Err(why) => {
            let json = json!({ "whole": false, "why": why.to_string() });
            output.result(&json, &format!("not whole: {why}"))?;
            Ok(ExitCode::from(1))
        }
    }
}

//! `teeka doctor`: whether everything in the store agrees, and whether an engine can be used.

pub(crate) mod trial;

use std::{fmt::Write, process::ExitCode};

use serde_json::json;

use crate::{
    config::{Common, Config},
    output::Output,
    platform,
};

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    common: Common,
    /// Try everything that a store must do on this engine instead, on empty stores of its own: new
    /// schemas in the database, or files in a temporary folder
    #[arg(long)]
    trial: bool,
}

pub(crate) fn run(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    let config = Config::read(&args.common, None)?;
    if args.trial {
        return trial::run(&config.database, output);
    }
    platform::runtime()?.block_on(async {
        let platform = platform::open(&config).await?;
        let audit = platform.store().audit().await?;
        let counts = [
            ("people", audit.people),
            ("doses", audit.doses),
            ("seats held", audit.booked),
            ("claims between two steps", audit.in_motion),
            ("certificates owed", audit.owed),
        ];
        let wrong = [
            ("pools whose count is off", audit.pools_off),
            ("pools overbooked", audit.overbooked),
            ("seats without a claim", audit.seats_without_claim),
            ("claims without a seat", audit.claims_without_seat),
            ("doses without a certificate", audit.doses_without_certificate),
            ("certificates owed wrongly", audit.owed_wrongly),
            ("certificates astray", audit.certificates_astray),
        ];
        let mut text = String::new();
        for (what, count) in counts.iter().chain(&wrong) {
            let _ = writeln!(text, "{count:>12}  {what}");
        }
        let risks = platform.store().risks().await?;
        for risk in &risks {
            let _ = writeln!(text, "        risk  {risk}");
        }
        let holds = audit.holds() && risks.is_empty();
        text += if holds { "Everything agrees." } else { "Something does not agree." };
        let counts: serde_json::Map<_, _> = counts
            .iter()
            .chain(&wrong)
            .map(|(what, count)| (what.replace(' ', "_"), json!(count)))
            .collect();
        output.result(&json!({ "holds": holds, "counts": counts, "risks": risks }), &text)?;
        platform.store().close().await;
        Ok(if holds { ExitCode::SUCCESS } else { ExitCode::from(1) })
    })
}

//! `teeka doctor`: whether everything in the store agrees, and whether an engine can be used.

pub(crate) mod trial;
mod witnesses;

use std::{fmt::Write, process::ExitCode};

use app::Platform;
use domain::clock::Standing;
use serde_json::{Value, json};

use crate::{
    config::{Common, Config},
    output::Output,
    platform,
    retention::{clock_json, clock_words},
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
        let stand = witnesses::stand(&platform, &config.witnesses).await?;
        text += &stand.words();
        let (words, due) = incidents(&platform).await?;
        text += &words;
        let (words, clock) = clock(&platform).await?;
        text += &words;
        let holds = audit.holds()
            && risks.is_empty()
            && stand.holds()
            && due["late"] == 0
            && clock["standing"] == Standing::Believed.word();
        text += if holds { "Everything agrees." } else { "Something does not agree." };
        let counts: serde_json::Map<_, _> = counts
            .iter()
            .chain(&wrong)
            .map(|(what, count)| (what.replace(' ', "_"), json!(count)))
            .collect();
        let logs = stand.json();
        let told = json!({ "holds": holds, "clock": clock, "incidents": due, "counts": counts, "risks": risks, "logs": logs });
        output.result(&told, &text)?;
        platform.store().close().await;
        Ok(if holds { ExitCode::SUCCESS } else { ExitCode::from(1) })
    })
}

/// Whether the clock is believed, in words if it is not, and as JSON.
async fn clock(platform: &Platform) -> anyhow::Result<(String, Value)> {
    let ctx = platform::system();
    platform.compare_clocks(&ctx).await?;
    let stand = platform.clock(&ctx).await?;
    let words = match stand.standing {
        Standing::Believed => String::new(),
        _ => format!("       clock  {}\n", clock_words(&stand)),
    };
    Ok((words, clock_json(&stand)))
}

/// What is still to be done about incidents, in words and as JSON.
async fn incidents(platform: &Platform) -> anyhow::Result<(String, Value)> {
    let ctx = platform::system();
    let mut open = platform.listed_incidents(&ctx).await?;
    open.retain(|one| one.next.is_some());
    let late = open.iter().filter(|one| one.is_late(ctx.now)).count();
    let mut words = String::new();
    for one in &open {
        let Some((duty, by)) = one.next else { continue };
        let stand = if one.is_late(ctx.now) { "late" } else { "due" };
        let _ = writeln!(words, "{stand:>12}  {} of incident {} by {by}", duty.word(), one.id);
    }
    Ok((words, json!({ "open": open.len(), "late": late })))
}

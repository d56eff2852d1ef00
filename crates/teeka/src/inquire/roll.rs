//! `teeka inquire publish` and `withdraw`: a case's roll, which residents can ask whether they are in it.

use std::{collections::BTreeSet, path::PathBuf, process::ExitCode};

use anyhow::{Context, bail, ensure};
use app::rolls::{Named, RollId, Rolls, is_title};
use inquiry::{inquire::Finding, numbered::numbers};
use serde_json::json;

use super::folder;
use crate::{
    config::{Common, Config},
    output::Output,
    platform::{self, system},
    progress,
};

#[derive(clap::Args)]
pub(super) struct Publish {
    /// The folder of the case
    case: PathBuf,
    /// What residents read that it is: "The list offered in January 2022"
    #[arg(long, value_name = "TEXT", value_parser = title)]
    title: String,
    #[command(flatten)]
    common: Common,
}

#[derive(clap::Args)]
pub(super) struct Withdraw {
    /// The name of the roll: 16 hex digits, as `publish` printed it
    #[arg(value_parser = roll)]
    roll: RollId,
    #[command(flatten)]
    common: Common,
}

fn title(text: &str) -> Result<String, &'static str> {
    if is_title(text) { Ok(text.to_owned()) } else { Err("a title has 1 to 80 characters") }
}

fn roll(text: &str) -> Result<RollId, &'static str> {
    RollId::parse(text).ok_or("a roll's name has 16 hex digits")
}

/// What the dump has of each person, of columns of which it is known.
fn holds(finding: &Finding) -> Vec<String> {
    let known = finding.columns.iter().map(|column| column.holds.as_str());
    let known: BTreeSet<_> = known.filter(|holds| *holds != "other").collect();
    known.into_iter().map(str::to_owned).collect()
}

fn rolls(config: &Config) -> anyhow::Result<Rolls> {
    config.settings.rolls.clone().map(Rolls::new).context("there is no folder of rolls")
}

pub(super) fn publish(args: &Publish, output: Output) -> anyhow::Result<ExitCode> {
    let kept = folder::read(&args.case)?;
    let config = Config::read(&args.common, None)?;
    let runtime = platform::runtime()?;
    let platform = runtime.block_on(platform::open(&config))?;
    let ctx = system();
    let wrong = kept.wrong(&platform.trust_anchor(ctx.now));
    ensure!(wrong.is_empty(), "the case is not as it was signed: {}", wrong.join("; "));
    let specimen = super::part::read(&kept.evidence());
    let numbers = numbers(&specimen);
    ensure!(!numbers.is_empty(), "the case has neither mobiles nor reference numbers");
    let id = RollId::of_case(&kept.text);
    let rolls = rolls(&config)?;
    ensure!(rolls.roll(&id)?.is_none(), "the case is published already, as {}", id.as_str());
    let named = Named { id, title: args.title.clone(), holds: holds(&kept.finding()?) };
    let bar = progress::things(numbers.len() as u64, "numbers", output.quiet);
    let (roll, buckets) = platform.make_roll(&ctx, named, &numbers, |more| bar.inc(more))?;
    bar.finish_and_clear();
    rolls.publish(&roll, &buckets).context("cannot write the roll")?;
    let text =
        format!("published as {}: residents can ask at /rolls whether they are in it", roll.id);
    output.result(&serde_json::to_value(&roll)?, &text)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn withdraw(args: &Withdraw, output: Output) -> anyhow::Result<ExitCode> {
    let config = Config::read(&args.common, None)?;
    if !rolls(&config)?.withdraw(&args.roll).context("cannot remove the roll")? {
        bail!("there is no such roll");
    }
    let id = args.roll.as_str();
    output.result(&json!({ "withdrawn": id }), &format!("{id} is withdrawn"))?;
    Ok(ExitCode::SUCCESS)
}

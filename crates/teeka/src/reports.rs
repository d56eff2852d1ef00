//! `teeka reports`: what researchers and others reported, listed unopened, shown on record, handed to an
//! inquiry, and closed.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, ensure};
use app::{
    Error, Platform,
    reported::{Listed, State},
    reveals::{Reveal, RevealPurpose},
};
use domain::reported::{Outcome, Reported};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    config::{Common, Config},
    files,
    output::Output,
    platform::{self, system},
    scan::reveal::operator,
};

pub(crate) const EXAMPLE: &str = "\
Example: teeka reports list --data teeka-data";

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// List reports that are not closed, unopened, with what is due by when
    ///
    /// Exit status: 0 nothing is late, 1 something is, 2 could not tell.
    #[command(after_help = "Example: teeka reports list --all --json")]
    List(List),
    /// Show what was reported, once it is on record who sees it
    #[command(after_help = "Example: teeka reports show ID --official \"Meera Rao, CISO\"")]
    Show(Show),
    /// Write what was claimed to a file for `teeka inquire --claim`, once it is on record who does
    #[command(
        after_help = "Example: teeka reports claim ID --out claim.txt --official \"Meera Rao\""
    )]
    Claim(Claim),
    /// Close a report; whoever has its receipt reads what came of it
    #[command(after_help = "Example: teeka reports close ID --outcome mended")]
    Close(Close),
}

#[derive(clap::Args)]
struct List {
    /// Closed ones, too
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(clap::Args)]
struct Show {
    #[command(flatten)]
    opened: Opened,
    #[command(flatten)]
    common: Common,
}

#[derive(clap::Args)]
struct Claim {
    #[command(flatten)]
    opened: Opened,
    /// File to write, which must not be there yet; only its owner may read it
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    common: Common,
}

/// Which report is opened, and on whose word.
#[derive(clap::Args)]
struct Opened {
    /// The report, as `teeka reports list` names it
    id: Uuid,
    /// The official who answers for it, by name and office
    #[arg(long, value_name = "NAME")]
    official: String,
}

#[derive(clap::Args)]
struct Close {
    /// The report, as `teeka reports list` names it
    id: Uuid,
    /// What came of it: mended, known, not-ours, not-found or inquired
    #[arg(long, value_name = "WORD", value_parser = outcome)]
    outcome: Outcome,
    #[command(flatten)]
    common: Common,
}

fn outcome(word: &str) -> Result<Outcome, &'static str> {
    let wrong = "an outcome is mended, known, not-ours, not-found or inquired";
    Outcome::from_name(word).ok_or(wrong)
}

pub(crate) fn run(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    let (Command::List(List { common, .. })
    | Command::Show(Show { common, .. })
    | Command::Claim(Claim { common, .. })
    | Command::Close(Close { common, .. })) = &args.command;
    let config = Config::read(common, None)?;
    let has_ledger = config.data.join("root.key").is_file();
    ensure!(has_ledger, "there is no platform in {}", config.data.display());
    platform::runtime()?.block_on(async {
        let platform = platform::open(&config).await?;
        let done = match &args.command {
            Command::List(args) => list(&platform, args.all, output).await,
            Command::Show(args) => show(&platform, &args.opened, output).await,
            Command::Claim(args) => claim(&platform, args, output).await,
            Command::Close(args) => close(&platform, args, output).await,
        };
        platform.store().close().await;
        done
    })
}

async fn list(platform: &Platform, all: bool, output: Output) -> anyhow::Result<ExitCode> {
    let ctx = system();
    let mut reports = platform.listed_reports(&ctx).await?;
    reports.retain(|one| all || one.standing.state() != State::Closed);
    let late = reports.iter().filter(|one| one.standing.is_overdue(ctx.now)).count();
    let line = |one: &Listed| {
        let standing = &one.standing;
        let due = standing.next_due().map(|due| format!(", due {due}")).unwrap_or_default();
        let late = if standing.is_overdue(ctx.now) { ", LATE" } else { "" };
        let came = standing.received_at;
        format!("{}  {:<9}  came {came}{due}{late}", one.id, standing.state().word())
    };
    let mut lines: Vec<_> = reports.iter().map(line).collect();
    lines.push(format!("reports: {}, late: {late}", reports.len()));
    let told: Value = reports.iter().map(|one| told(one, ctx.now)).collect();
    output.result(&json!({ "reports": told, "late": late }), &lines.join("\n"))?;
    Ok(ExitCode::from(u8::from(late > 0)))
}

fn told(one: &Listed, now: jiff::Timestamp) -> Value {
    let standing = &one.standing;
    json!({
        "id": one.id,
        "state": standing.state().word(),
        "received_at": standing.received_at,
        "acknowledge_by": standing.due.acknowledge_by,
        "acknowledged_at": standing.acknowledged_at,
        "close_by": standing.due.close_by,
        "closed_at": standing.closed.map(|(at, _)| at),
        "outcome": standing.closed.map(|(_, outcome)| outcome.name()),
        "late": standing.is_overdue(now),
    })
}

/// Opens a report, once two entries are durable: who of the operator's sees it, in the list of what was
/// shown, and that it was opened, in the report's own.
async fn open(platform: &Platform, opened: &Opened) -> anyhow::Result<(Listed, Reported)> {
    let ctx = system();
    let listed = platform.listed_reports(&ctx).await?;
    ensure!(listed.iter().any(|one| one.id == opened.id), "there is no report of this id");
    let reveal = Reveal {
        operator: operator(),
        official: opened.official.clone(),
        case: Some(format!("report {}", opened.id)),
        reason: None,
        paths: Vec::new(),
    };
    platform
        .record_reveal(&ctx, RevealPurpose::Confirm, &["report"], &reveal)
        .await
        .context("it cannot be recorded who sees this: nothing is shown")?;
    let report = platform.open_report(&ctx, opened.id).await;
    report.context("the report cannot be opened on record: nothing is shown")
}

async fn show(platform: &Platform, opened: &Opened, output: Output) -> anyhow::Result<ExitCode> {
    let (listed, reported) = open(platform, opened).await?;
    let mut json = told(&listed, system().now);
    let Reported { seen, found_at, reach, claimed } = &reported;
    for (name, part) in [("found_at", found_at), ("reach", reach), ("claimed", claimed)] {
        json[name] = json!(part);
    }
    json["seen"] = json!(seen);
    let part = |name: &str, part: &Option<String>| {
        part.as_ref().map(|text| format!("\n{name}: {text}")).unwrap_or_default()
    };
    let text = format!(
        "{seen}{}{}{}",
        part("where", found_at),
        part("claimed", claimed),
        part("how to reach who reports", reach)
    );
    output.result(&json, &text)?;
    Ok(ExitCode::SUCCESS)
}

async fn claim(platform: &Platform, args: &Claim, output: Output) -> anyhow::Result<ExitCode> {
    let out = &args.out;
    ensure!(!out.exists(), "{} is there already", out.display());
    let (_, reported) = open(platform, &args.opened).await?;
    let claimed = reported.claimed.map(|text| format!("{text}\n\n")).unwrap_or_default();
    files::write(out, &format!("{claimed}{}\n", reported.seen), 0o600)?;
    let text = format!("teeka inquire --claim {} --out CASE", out.display());
    output.result(&json!({ "claim": out }), &text)?;
    Ok(ExitCode::SUCCESS)
}

async fn close(platform: &Platform, args: &Close, output: Output) -> anyhow::Result<ExitCode> {
    match platform.close_report(&system(), args.id, args.outcome).await {
        Err(Error::NotFound) => anyhow::bail!("there is no report of this id"),
        done => done?,
    }
    let json = json!({ "id": args.id, "outcome": args.outcome.name() });
    output.result(&json, &format!("closed: {}", args.outcome.words().english))?;
    Ok(ExitCode::SUCCESS)
}

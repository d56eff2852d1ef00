//! `teeka incident`: from a confirmed incident to who is affected, what is drafted for whom, and what is
//! due by when.

mod opened;
mod tell;

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, bail, ensure};
use app::{Error, Platform, incident::Duty};
use serde_json::json;
use uuid::Uuid;

use crate::{
    config::{Common, Config},
    files,
    output::Output,
    platform::{self, system},
};

pub(crate) const EXAMPLE: &str = "\
Example: teeka incident list --data teeka-data";

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Open an incident that is confirmed: who is affected is found out, and the clocks start
    #[command(
        after_help = "Example: teeka incident open incident.toml --opened-by ACCOUNT \\\n    \
        --from 2027-03-01T00:00:00+05:30 --until 2027-03-02T00:00:00+05:30"
    )]
    Open(opened::Open),
    /// List incidents, unopened, with what is due by when
    ///
    /// Exit status: 0 nothing is late, 1 something is, 2 could not tell.
    #[command(after_help = EXAMPLE)]
    List(List),
    /// Show what is said of an incident, and how it stands
    #[command(after_help = "Example: teeka incident show ID --json")]
    Show(One),
    /// Write the drafts: CERT-In's form, the notice to those affected, the Board's file
    #[command(after_help = "Example: teeka incident draft ID --out drafts")]
    Draft(Draft),
    /// Note that CERT-In was told, or that the Board has its file
    #[command(after_help = "Example: teeka incident done ID --what cert-in")]
    Done(Done),
    /// Close an incident of which everything is done
    #[command(after_help = "Example: teeka incident close ID")]
    Close(One),
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
struct One {
    /// The incident, as `teeka incident list` names it
    id: Uuid,
    #[command(flatten)]
    common: Common,
}

#[derive(clap::Args)]
struct Draft {
    /// The incident, as `teeka incident list` names it
    id: Uuid,
    /// Folder to make, which must not be there yet; only its owner may read it
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Write the numbers of those affected, too: it is on record that they were written
    #[arg(long)]
    affected: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(clap::Args)]
struct Done {
    /// The incident, as `teeka incident list` names it
    id: Uuid,
    /// What was done: cert-in or board
    #[arg(long, value_name = "WORD", value_parser = duty)]
    what: Duty,
    #[command(flatten)]
    common: Common,
}

fn duty(word: &str) -> Result<Duty, &'static str> {
    match word {
        "cert-in" => Ok(Duty::Report),
        "board" => Ok(Duty::File),
        _ => Err("what was done is cert-in or board; notices are let go by two officers"),
    }
}

impl Command {
    const fn common(&self) -> &Common {
        match self {
            Self::Open(args) => &args.common,
            Self::List(args) => &args.common,
            Self::Show(args) | Self::Close(args) => &args.common,
            Self::Draft(args) => &args.common,
            Self::Done(args) => &args.common,
        }
    }
}

pub(crate) fn run(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    let config = Config::read(args.command.common(), None)?;
    let there = config.data.join("root.key").is_file();
    ensure!(there, "there is no platform in {}", config.data.display());
    platform::runtime()?.block_on(async {
        let platform = platform::open(&config).await?;
        let done = match &args.command {
            Command::Open(args) => opened::open(&platform, args, output).await,
            Command::List(args) => tell::list(&platform, args.all, output).await,
            Command::Show(args) => tell::show(&platform, args.id, output).await,
            Command::Draft(args) => draft(&platform, args, output).await,
            Command::Done(args) => mark(&platform, args, output).await,
            Command::Close(args) => close(&platform, args.id, output).await,
        };
        platform.store().close().await;
        done
    })
}

/// What a use case gives, where there may be no such incident.
fn found<T>(outcome: app::Result<T>) -> anyhow::Result<T> {
    match outcome {
        Err(Error::NotFound) => bail!("there is no such incident, or that was done before"),
        outcome => Ok(outcome?),
    }
}

async fn draft(platform: &Platform, args: &Draft, output: Output) -> anyhow::Result<ExitCode> {
    let out = &args.out;
    ensure!(!out.exists(), "{} is there already", out.display());
    let drafts = found(platform.incident_drafts(&system(), args.id).await)?;
    let affected = if args.affected {
        Some(found(platform.affected_references(&system(), args.id).await)?)
    } else {
        None
    };
    make_folder(out)?;
    let mut names = Vec::new();
    for one in &drafts {
        files::write(&out.join(one.name), &one.text, 0o600)?;
        names.push(one.name);
    }
    if let Some(numbers) = affected {
        let mut lines = String::new();
        for number in numbers {
            let _ = writeln!(lines, "{number}");
        }
        files::write(&out.join("affected.txt"), &lines, 0o600)?;
        names.push("affected.txt");
    }
    let text = format!("in {}: {}", out.display(), names.join(", "));
    output.result(&json!({ "folder": out, "files": names }), &text)?;
    Ok(ExitCode::SUCCESS)
}

fn make_folder(folder: &Path) -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        let made = fs::DirBuilder::new().mode(0o700).create(folder);
        made.with_context(|| format!("cannot make {}", folder.display()))
    }
    #[cfg(not(unix))]
    fs::create_dir(folder).with_context(|| format!("cannot make {}", folder.display()))
}

async fn mark(platform: &Platform, args: &Done, output: Output) -> anyhow::Result<ExitCode> {
    found(platform.mark_incident(&system(), args.id, args.what).await)?;
    let word = args.what.word();
    output.result(&json!({ "id": args.id, "done": word }), &format!("noted: {word}"))?;
    Ok(ExitCode::SUCCESS)
}

async fn close(platform: &Platform, id: Uuid, output: Output) -> anyhow::Result<ExitCode> {
    found(platform.close_incident(&system(), id).await)?;
    output.result(&json!({ "id": id, "closed": true }), "closed")?;
    Ok(ExitCode::SUCCESS)
}

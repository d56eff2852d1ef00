//! `teeka incident open`.

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::{Context, bail, ensure};
use app::{Platform, incident::affected::Affects};
use domain::{
    id::{BeneficiaryId, StaffId},
    incident::{Kind, Said},
};
use jiff::Timestamp;
use serde::Deserialize;
use uuid::Uuid;

use super::tell;
use crate::{config::Common, output::Output, platform::system};

/// The most bytes of a file that says what happened, and of one with numbers.
const MOST_BYTES: u64 = 64 << 20;

#[derive(clap::Args)]
pub(super) struct Open {
    /// File that says what happened, in TOML: `kind`, `noticed_at`, `confirmed_at`, `what`,
    /// `systems`, `done`, `advice`, `official`, `contact`
    file: PathBuf,
    /// File with the numbers of those affected, one a line
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "opened_by",
        required_unless_present = "opened_by"
    )]
    people: Option<PathBuf>,
    /// Account of staff: whose fields it opened is affected
    #[arg(long, value_name = "ACCOUNT", requires = "from", requires = "until")]
    opened_by: Option<Uuid>,
    /// From when on that account opened fields
    #[arg(long, value_name = "INSTANT", requires = "opened_by")]
    from: Option<Timestamp>,
    /// Until before when
    #[arg(long, value_name = "INSTANT", requires = "opened_by")]
    until: Option<Timestamp>,
    /// Folder of the inquiry that found it out; its digest goes into the incident
    #[arg(long, value_name = "DIR")]
    case: Option<PathBuf>,
    #[command(flatten)]
    pub(super) common: Common,
}

/// What is said in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    kind: String,
    noticed_at: Timestamp,
    confirmed_at: Timestamp,
    what: String,
    systems: String,
    done: String,
    advice: String,
    official: String,
    contact: String,
}

fn read(path: &PathBuf) -> anyhow::Result<String> {
    let name = || format!("cannot read {}", path.display());
    let size = fs::metadata(path).with_context(name)?.len();
    ensure!(size <= MOST_BYTES, "{} is too large", path.display());
    fs::read_to_string(path).with_context(name)
}

pub(super) async fn open(
    platform: &Platform,
    args: &Open,
    output: Output,
) -> anyhow::Result<ExitCode> {
    // What toml says of a fault repeats the line, which may name somebody.
    let file: File = toml::from_str(&read(&args.file)?).map_err(|_| {
        anyhow::anyhow!("{} is not of the shape that --help tells", args.file.display())
    })?;
    let names: Vec<_> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    let kind = Kind::from_name(&file.kind);
    let kind = kind.with_context(|| format!("kind is one of {}", names.join(", ")))?;
    let mut what = file.what;
    if let Some(case) = &args.case {
        what = format!("{what} (inquiry {})", digest_of(case)?);
    }
    let said = Said {
        kind,
        what,
        systems: file.systems,
        done: file.done,
        advice: file.advice,
        official: file.official,
        contact: file.contact,
    };
    let affects = affects(platform, args)?;
    let times = (file.noticed_at, file.confirmed_at);
    let incident = platform.open_incident(&system(), times, &said, &affects).await?;
    let text = format!(
        "{}\npeople affected: {}\nCERT-In by {}\nnotices by {}\nBoard by {}",
        incident.id,
        incident.people,
        incident.clocks.report_by,
        incident.clocks.tell_by,
        incident.clocks.file_by
    );
    output.result(&tell::in_json(&incident), &text)?;
    Ok(ExitCode::SUCCESS)
}

/// The digest of an inquiry's case: what it can be told by in sixteen digits.
fn digest_of(case: &std::path::Path) -> anyhow::Result<String> {
    let path = case.join("case.json");
    let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes);
    Ok(hex::encode(&digest.as_ref()[..8]))
}

fn affects(platform: &Platform, args: &Open) -> anyhow::Result<Affects> {
    if let (Some(account), Some(from), Some(until)) = (args.opened_by, args.from, args.until) {
        ensure!(from < until, "--from is before --until");
        return Ok(Affects::OpenedBy { account: StaffId(account), from, until });
    }
    let Some(file) = &args.people else { bail!("name --people or --opened-by") };
    let text = read(file)?;
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let ids = lines.map(|(number, line)| {
        let id = platform.by_reference(line);
        id.with_context(|| format!("line {number} of {} is no number", file.display()))
    });
    let ids = ids.collect::<anyhow::Result<Vec<BeneficiaryId>>>()?;
    Ok(Affects::People { ids, by: "by a list of numbers" })
}

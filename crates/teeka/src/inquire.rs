//! `teeka inquire`: from an alleged dump to a signed verdict.

pub(crate) mod folder;
pub(crate) mod part;
mod roll;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use ::ledger::note::VerifierKey;
use anyhow::{Context, bail, ensure};
use app::{Platform, public_log::PublicLog, sign_in::sha256_hex};
use inquiry::{
    claim::Claim,
    inquire::{Finding, inquire_in_full},
    platform::PlatformRegister,
    report::{Head, sentence},
    verdict::Verdict,
    worlds::{Drawn, tally::Tally, world},
};
use jiff::Timestamp;
use serde_json::json;

use crate::{
    config::{Common, Config},
    files,
    ledger::releases,
    output::Output,
    platform::{self, system},
    progress,
    scan::worker::MOST_BYTES,
    verify::anchor_of,
};
use folder::Folder;

pub(crate) const EXAMPLE: &str = "\
Example: teeka inquire dump.csv --claim post.txt --out case";

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    /// What was shown: files of any kind that `teeka scan` reads
    #[arg(value_name = "SPECIMEN")]
    specimens: Vec<PathBuf>,
    /// What is claimed: a text file with columns, number of people, price
    #[arg(long, value_name = "FILE")]
    claim: Option<PathBuf>,
    /// Folder that the case is left in; it must not be there yet
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Share of the country that is registered, in percent, as far as is known
    #[arg(long, default_value_t = 80, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(1..=100))]
    coverage: u8,
    #[command(flatten)]
    common: Common,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Derive a case's finding and papers again, and say whether they are the same bit for bit
    ///
    /// A file of the public statement is held to its signature alone, which needs no register.
    /// Exit status: 0 it is, and as it was signed, 1 it is not, 2 could not tell.
    #[command(after_help = "Example: teeka inquire check case --anchor trust-anchor.json")]
    Check(Check),
    /// Publish who is in a case's dump so that residents can ask whether they are, and nobody can read it
    ///
    /// Exit status: 0 it is published, 2 it cannot be.
    #[command(
        after_help = "Example: teeka inquire publish case --title \"A list of January 2022\""
    )]
    Publish(roll::Publish),
    /// Take back what was published of a case
    ///
    /// Exit status: 0 it is taken back, 2 there is none, or it cannot be.
    #[command(after_help = "Example: teeka inquire withdraw 0123456789abcdef")]
    Withdraw(roll::Withdraw),
    /// Inquire into made-up leaks of which the truth is known, and count what is right
    ///
    /// Exit status: 0 nobody was wrongly cleared or accused, 1 somebody was.
    #[command(after_help = "Example: teeka inquire worlds 1000 --from 0")]
    Worlds(Worlds),
}

#[derive(clap::Args)]
struct Check {
    /// The folder of the case, or a file of its statement with its signature beside it
    case: PathBuf,
    /// The key that it is signed with, as a server gives it at /.well-known/trust-anchor.json
    /// (default: that of the data folder)
    #[arg(long, value_name = "FILE")]
    anchor: Option<PathBuf>,
    /// The log of releases that has the case: a folder with its files, or the URL above them
    /// (default: that of the data folder)
    #[arg(long, value_name = "LOG", requires = "key")]
    log: Option<String>,
    /// That log's verifier key
    #[arg(long, value_name = "NAME+ID+KEY", requires = "log")]
    key: Option<VerifierKey>,
    #[command(flatten)]
    common: Common,
}

#[derive(clap::Args)]
struct Worlds {
    /// How many
    count: u64,
    /// The seed of the first; the others follow
    #[arg(long, default_value_t = 0, value_name = "SEED")]
    from: u64,
    /// Only accounts that leak, with as many records, half of them of others
    #[arg(long, value_name = "ROWS")]
    half_foreign: Option<usize>,
}

pub(crate) fn run(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    match &args.command {
        Some(Command::Check(check)) => check_case(check, output),
        Some(Command::Publish(publish)) => roll::publish(publish, output),
        Some(Command::Withdraw(withdraw)) => roll::withdraw(withdraw, output),
        Some(Command::Worlds(worlds)) => play(worlds, output),
        None => open_case(args, output),
    }
}

/// What was shown, as it was shown.
pub(crate) struct Shown {
    bytes: Vec<u8>,
    /// SHA-256, in hex.
    sha256: String,
}

impl Shown {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self { sha256: sha256_hex(&bytes), bytes }
    }
}

/// The digest of what was shown: of one file its own, of several that of their digests in hex.
pub(crate) fn digest_of(shown: &[Shown]) -> String {
    match shown {
        [one] => one.sha256.clone(),
        several => sha256_hex(several.iter().map(|one| one.sha256.as_str()).collect::<String>()),
    }
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    files::read(path, MOST_BYTES, "a specimen")
}

fn open_case(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    ensure!(
        !args.specimens.is_empty() || args.claim.is_some(),
        "name a specimen, or a claim with --claim"
    );
    let out = args.out.as_deref().context("name the folder of the case with --out")?;
    let shown = args.specimens.iter().map(|path| Ok(Shown::new(read(path)?)));
    let shown: Vec<Shown> = shown.collect::<anyhow::Result<_>>()?;
    let claim = args.claim.as_deref().map(read).transpose()?;
    let config = Config::read(&args.common, None)?;
    let mut folder = Folder::make(out)?;
    let runtime = platform::runtime()?;
    let platform = Arc::new(runtime.block_on(platform::open(&config))?);
    let ctx = system();
    folder.take_in(&ctx, &shown, claim.as_deref())?;
    if let (Some(received), Some(log)) =
        (folder.received(), platform.log_verifier(PublicLog::Releases))
    {
        runtime.block_on(platform.log_running(&ctx, &[received]))?;
        folder.note_logged(&system(), log);
    }
    let coverage = f64::from(args.coverage) / 100.0;
    let told = claim.as_ref().map(|bytes| Claim::read(&String::from_utf8_lossy(bytes)));
    let head = Head {
        evidence: digest_of(&shown),
        seen_at: Timestamp::from_second(ctx.now.as_second())?,
        issuer: platform.settings().issuer.clone(),
    };
    let finding = find(&platform, &runtime, &folder.evidence(), coverage, head.seen_at)?;
    let papers = folder::Papers { head: &head, finding: &finding, claim: told, coverage };
    let verdict = folder.leave(&platform.keys(), &system(), &papers)?;
    let logged = runtime.block_on(platform.log_running(&system(), &[verdict]));
    logged.context("the case is there, and its verdict is not on the public log")?;
    tell(&finding, out, output)
}

/// Inquires into what was shown, of which each file has this digest.
fn find(
    platform: &Platform,
    runtime: &tokio::runtime::Runtime,
    shown: &[(PathBuf, String)],
    coverage: f64,
    seen_at: Timestamp,
) -> anyhow::Result<Finding> {
    let specimen = part::read(shown);
    let seen_at = seen_at.as_second();
    let register = PlatformRegister::open(platform, system, runtime.handle().clone(), coverage)?;
    Ok(inquire_in_full(&specimen, &register.before(seen_at), seen_at)?)
}

fn tell(finding: &Finding, out: &Path, output: Output) -> anyhow::Result<ExitCode> {
    let said = sentence(&finding.verdict);
    let name = out.display().to_string();
    let json = json!({ "case": name, "said": said, "finding": finding });
    let text = format!(
        "{said}\nProbability {:.4}, {}.\nThe case is in {name}: verdict, report and statement, each as .pdf, .html and .md; case.json with its signature.",
        finding.probability,
        finding.scale.as_str()
    );
    output.result(&json, &text)?;
    Ok(status(&finding.verdict))
}

/// Are they from us: yes, no, could not tell.
pub(crate) fn status(verdict: &Verdict) -> ExitCode {
    ExitCode::from(match verdict.is_from_us() {
        Some(true) => 0,
        Some(false) => 1,
        None => 2,
    })
}

fn check_case(args: &Check, output: Output) -> anyhow::Result<ExitCode> {
    if args.case.is_file() {
        return check_statement(args, output);
    }
    let kept = folder::read(&args.case)?;
    let config = Config::read(&args.common, None)?;
    let runtime = platform::runtime()?;
    let platform = runtime.block_on(platform::open(&config))?;
    let ctx = system();
    let anchor = match &args.anchor {
        Some(file) => anchor_of(file)?,
        None => platform.trust_anchor(ctx.now),
    };
    let mut wrong = kept.wrong(&anchor);
    let releases = match (&args.log, &args.key) {
        (Some(log), Some(key)) => Some(releases::checked(log, key)?),
        _ => runtime.block_on(platform.releases_logged())?,
    };
    wrong.extend(releases.iter().flat_map(|releases| kept.wrong_on_log(releases)));
    if wrong.is_empty() {
        let seen_at = Timestamp::from_second(kept.case.seen_at)?;
        let finding = find(&platform, &runtime, &kept.evidence(), kept.case.coverage, seen_at)?;
        let evidence = digest_of(&kept.shown);
        let head = Head { evidence, seen_at, issuer: kept.case.issuer.clone() };
        let unlike = kept.unlike(&finding, &head);
        if !unlike.is_empty() {
            wrong.push(format!("what is derived now is another {}", unlike.join(", ")));
        }
    }
    let said = match (&wrong[..], &releases) {
        ([], Some(_)) => {
            "as it was signed and said on the public log, and finding and papers are the same bit for bit".to_owned()
        }
        ([], None) => {
            "as it was signed, and finding and papers are the same bit for bit; there is no public log here to ask".to_owned()
        }
        (wrong, _) => wrong.join("; "),
    };
    checked(args, wrong.is_empty(), &said, output)
}

/// Holds a file of the statement to its signature.
fn check_statement(args: &Check, output: Output) -> anyhow::Result<ExitCode> {
    let anchor = if let Some(file) = &args.anchor {
        anchor_of(file)?
    } else {
        let config = Config::read(&args.common, None)?;
        let platform = platform::runtime()?.block_on(platform::open(&config))?;
        platform.trust_anchor(system().now)
    };
    let signature = folder::signature_of(&args.case.display().to_string());
    let signature = files::read(Path::new(&signature), 1 << 16, "a signature")?;
    let signature = String::from_utf8(signature).context("the signature is not text")?;
    let same = app::inquiry::is_signed(&read(&args.case)?, &signature, &anchor);
    let said = if same { "as it was signed" } else { "the signature does not fit the anchor" };
    checked(args, same, said, output)
}

fn checked(args: &Check, same: bool, said: &str, output: Output) -> anyhow::Result<ExitCode> {
    let name = args.case.display().to_string();
    output.result(
        &json!({ "case": name, "holds": same, "said": said }),
        &format!("{name}: {said}"),
    )?;
    Ok(if same { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn play(args: &Worlds, output: Output) -> anyhow::Result<ExitCode> {
    let Some(end) = args.from.checked_add(args.count) else { bail!("there are no such seeds") };
    let drawn = args.half_foreign.map_or(Drawn::Anything, Drawn::HalfForeign);
    let bar = progress::things(args.count, "worlds", output.quiet);
    let mut tally = Tally::new();
    for seed in args.from..end {
        tally.add(seed, &world(seed, drawn));
        bar.inc(1);
    }
    bar.finish_and_clear();
    output.result(&serde_json::to_value(&tally)?, &tally.table())?;
    let fine = tally.wrong_clearances == 0 && tally.wrong_accusations == 0;
    Ok(if fine { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

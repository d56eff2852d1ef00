//! `--reveal`: what was found is shown, once it is recorded who sees it and why.

use std::{fs, path::PathBuf};

use ::scan::Kind;
use anyhow::{Context, ensure};
use app::reveals::{Receipt, Reveal, RevealPurpose};
use rustix::process::getuid;

use crate::{
    config::{Common, Config},
    keyholder, platform,
};

#[derive(clap::Args)]
#[command(next_help_heading = "Showing what was found")]
pub(super) struct RevealArgs {
    /// Show values, after it was recorded in the ledger of the data folder who sees them and why
    #[arg(long, requires = "purpose", requires = "official", conflicts_with = "sarif")]
    reveal: bool,
    /// Why they are shown: confirm, notify, takedown or inquiry
    #[arg(long, requires = "reveal", value_name = "WORD", value_parser = purpose)]
    purpose: Option<RevealPurpose>,
    /// The official who answers for it, by name and office
    #[arg(long, requires = "reveal", value_name = "NAME")]
    official: Option<String>,
    /// The file in which it was decided
    #[arg(long, requires = "reveal", value_name = "NUMBER")]
    case: Option<String>,
    /// Why, in words; a case or a reason is needed
    #[arg(long, requires = "reveal", value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    common: Common,
}

fn purpose(word: &str) -> Result<RevealPurpose, &'static str> {
    let known = RevealPurpose::ALL.into_iter().find(|purpose| purpose.word() == word);
    known.ok_or("a purpose is confirm, notify, takedown or inquiry")
}

/// Records that what is found in these files is about to be shown, if that is asked.
///
/// # Errors
///
/// If it is not known to be durable. Then nothing may be shown.
pub(super) fn record(args: &RevealArgs, paths: &[PathBuf]) -> anyhow::Result<Option<Receipt>> {
    let (true, Some(purpose), Some(official)) = (args.reveal, args.purpose, &args.official) else {
        return Ok(None);
    };
    ensure!(args.case.is_some() || args.reason.is_some(), "--reveal needs a --case or a --reason");
    let config = Config::read(&args.common, None)?;
    // A ledger that is made for this is nobody's.
    ensure!(
        keyholder::has_ledger(&config),
        "there is no ledger in {}: nothing is shown",
        config.data.display()
    );
    let reveal = Reveal {
        operator: operator(),
        official: official.clone(),
        case: args.case.clone(),
        reason: args.reason.clone(),
        paths: paths.iter().map(|path| path.display().to_string()).collect(),
    };
    let kinds: Vec<_> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
    let receipt = platform::runtime()?.block_on(async {
        let platform = platform::open(&config).await?;
        let ctx = platform::system();
        // It gets its leaf in the public log from a server on this folder.
        let recorded = platform.record_reveal(&ctx, purpose, &kinds, &reveal).await;
        platform.store().close().await;
        recorded.context("it cannot be recorded who sees this: nothing is shown")
    })?;
    Ok(Some(receipt))
}

/// The user of the system, and if that is another one, who signed in to it.
pub(crate) fn operator() -> String {
    let own = getuid().as_raw();
    // Kept by the kernel over `su` and `sudo`, if it keeps it.
    let signed_in = fs::read_to_string("/proc/self/loginuid").ok();
    let signed_in = signed_in.and_then(|text| text.trim().parse::<u32>().ok());
    match signed_in.filter(|id| *id != own && *id != u32::MAX) {
        Some(other) => format!("{}, signed in as {}", named(own), named(other)),
        None => named(own),
    }
}

/// A user by name and number.
fn named(id: u32) -> String {
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(id)).then(|| name.to_owned())
    });
    name.map_or_else(|| format!("uid {id}"), |name| format!("{name} (uid {id})"))
}

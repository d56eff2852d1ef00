//! `teeka keys`: the keys that certificates are signed with, and the one that wraps people's keys.

mod folder;
mod kek;
mod secret;

use std::{fmt::Write, path::Path, process::ExitCode, time::Duration};

use anyhow::{Context, bail, ensure};
use app::keys::KeyUse;
use certs::trust::{IssuerKey, Trust, Use};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use self::folder::{Entry, Kind, Place};
pub(crate) use self::{
    folder::{Keys, Stamp},
    secret::{Keeper, TokenAt},
};
use crate::{
    config::{Common, Config},
    output::Output,
    platform::{open_keys, open_ring, system},
};

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// List the keys
    #[command(after_help = "Example: teeka keys list --data teeka-data")]
    List(List),
    /// Make new keys, which are published at once and sign later
    #[command(after_help = "Example: teeka keys rotate document card --in-hours 48")]
    Rotate(Rotate),
    /// Take trust from a key: whatever it signed is no longer valid
    #[command(
        after_help = "Example: teeka keys withdraw kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    )]
    Withdraw(One),
    /// Destroy the secret of a key that no longer signs; what it signed stays valid
    #[command(
        after_help = "Example: teeka keys destroy kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    )]
    Destroy(One),
}

#[derive(clap::Args)]
struct List {
    #[command(flatten)]
    common: Common,
}

#[derive(clap::Args)]
struct Rotate {
    #[command(flatten)]
    common: Common,
    /// What the new keys sign: document, card, credential, wallet, cowin, anchor, or all; or kek, the
    /// key that people's keys are wrapped by
    #[arg(required = true, value_name = "USE")]
    uses: Vec<String>,
    /// When they begin to sign: by then every verifier has had a new list of keys
    #[arg(long, value_name = "HOURS", default_value_t = 48)]
    in_hours: u16,
    /// With kek: how long the old version stays after nothing is wrapped by it
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    rest_seconds: u64,
    /// With kek: do not destroy the old version
    #[arg(long)]
    keep_old: bool,
}

#[derive(clap::Args)]
struct One {
    #[command(flatten)]
    common: Common,
    /// The key's id, or its first letters
    id: String,
}

pub(crate) fn run(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    match &args.command {
        Command::List(args) => list(&args.common, output),
        Command::Rotate(args) => rotate(args, output),
        Command::Withdraw(args) => withdraw(args, output),
        Command::Destroy(args) => destroy(args, output),
    }
}

/// Those keys in a data folder whose signatures count whatever address the platform has: of document
/// signers, and of Co-WIN's form, so that both codes of a page can be checked.
pub(crate) fn trusted(data: &Path) -> anyhow::Result<Trust> {
    ensure!(data.join("keys").exists(), "{} holds no keys", data.display());
    let keys = Keys::open(data, Keeper::Files)?;
    let text = keys.certificates()?;
    ensure!(!text.is_empty(), "{} holds no document signer", data.display());
    let mut trust = Trust::from_pem(&text)?;
    let cowin =
        |entry: &Entry| entry.kind == Kind::Of(KeyUse::Cowin) && entry.withdrawn_at.is_none();
    for entry in keys.entries()?.into_iter().filter(cowin) {
        trust.add_issuer(IssuerKey {
            used_for: Use::Divoc,
            // By which address it issues is not known here: told is where the key was found.
            issuer: data.display().to_string(),
            id: None,
            key: entry.public,
            not_before: None,
            not_after: None,
        });
    }
    Ok(trust)
}

fn list(common: &Common, output: Output) -> anyhow::Result<ExitCode> {
    let config = existing(common)?;
    let entries = open_keys(&config)?.entries()?;
    let now = system().now;
    let (mut rows, mut text) = (Vec::new(), String::new());
    for entry in &entries {
        let state = state(entry, &entries, now);
        writeln!(
            text,
            "{:10}  {:10}  {}  {}",
            entry.kind.name(),
            state,
            entry.signs_from.strftime("%Y-%m-%d"),
            entry.id()
        )?;
        rows.push(row(entry, state));
    }
    let text = format!("{:10}  {:10}  {:10}  id\n{text}", "use", "state", "signs from");
    output.result(&json!({ "keys": rows }), text.trim_end())?;
    Ok(ExitCode::SUCCESS)
}

fn row(entry: &Entry, state: &str) -> Value {
    json!({
        "id": entry.id(),
        "use": entry.kind.name(),
        "state": state,
        "signs_from": entry.signs_from.to_string(),
        "withdrawn_at": entry.withdrawn_at.map(|at| at.to_string()),
        "secret": entry.secret,
    })
}

/// What a key does at an instant.
fn state(entry: &Entry, entries: &[Entry], now: Timestamp) -> &'static str {
    if entry.withdrawn_at.is_some() {
        return "withdrawn";
    }
    let signing = entries.iter().find(|it| is_usable(it, entry.kind) && it.signs_from <= now);
    match (entry.secret, signing) {
        (Place::Destroyed, _) => "destroyed",
        (_, Some(signing)) if signing.public == entry.public => "signs",
        _ if entry.signs_from > now => "announced",
        _ => "replaced",
    }
}

fn is_usable(entry: &Entry, kind: Kind) -> bool {
    entry.kind == kind && entry.withdrawn_at.is_none() && entry.secret != Place::Destroyed
}

fn rotate(args: &Rotate, output: Output) -> anyhow::Result<ExitCode> {
    if args.uses.iter().any(|name| name == "kek") {
        ensure!(args.uses.len() == 1, "kek is rotated by itself");
        let rest = Duration::from_secs(args.rest_seconds);
        let how = kek::Rotation { rest, keeps_old: args.keep_old };
        return kek::rotate(&args.common, &how, output);
    }
    let uses = uses(&args.uses)?;
    let config = existing(&args.common)?;
    let keys = open_keys(&config)?;
    // What is missing altogether is made first, and signs at once.
    open_ring(&config, &keys)?;
    let ctx = system();
    let from = ctx.now + SignedDuration::from_hours(args.in_hours.into());
    let make = |used_for| keys.make(used_for, config.names(), from, ctx.today());
    let made: Vec<_> = uses.into_iter().map(make).collect::<anyhow::Result<_>>()?;
    let (entries, now) = (keys.entries()?, system().now);
    let (mut rows, mut text) = (Vec::new(), String::new());
    for entry in &made {
        writeln!(text, "{:10}  signs from {from:.0}  {}", entry.kind.name(), entry.id())?;
        rows.push(row(entry, state(entry, &entries, now)));
    }
    text += "Servers on this data folder publish the new keys within seconds.";
    output.result(&json!({ "keys": rows }), &text)?;
    Ok(ExitCode::SUCCESS)
}

fn uses(names: &[String]) -> anyhow::Result<Vec<KeyUse>> {
    let mut uses = Vec::new();
    for name in names {
        match name.as_str() {
            "all" => uses.extend(KeyUse::ALL),
            name => uses.push(KeyUse::from_name(name).with_context(|| {
                let known = KeyUse::ALL.map(KeyUse::name).join(", ");
                format!("a use is one of {known}, or all; or kek")
            })?),
        }
    }
    uses.sort_unstable();
    uses.dedup();
    Ok(uses)
}

fn withdraw(args: &One, output: Output) -> anyhow::Result<ExitCode> {
    let config = existing(&args.common)?;
    let keys = open_keys(&config)?;
    let entries = keys.entries()?;
    let (entry, now) = (find(&entries, &args.id)?, system().now);
    if entry.kind != Kind::Authority && state(entry, &entries, now) == "signs" {
        let others = entries.iter().filter(|it| it.public != entry.public);
        let mut others = others.filter(|it| is_usable(it, entry.kind) && it.signs_from <= now);
        if others.next().is_none() {
            bail!(
                "the key signs now; first make one that does: teeka keys rotate {} --in-hours 0",
                entry.kind.name()
            );
        }
    }
    entry.withdraw(now)?;
    let text = "Withdrawn. What it signed is not valid for verifiers with the next list of keys.";
    output.result(&json!({ "id": entry.id(), "withdrawn_at": now.to_string() }), text)?;
    Ok(ExitCode::SUCCESS)
}

fn destroy(args: &One, output: Output) -> anyhow::Result<ExitCode> {
    let config = existing(&args.common)?;
    let keys = open_keys(&config)?;
    let entries = keys.entries()?;
    let entry = find(&entries, &args.id)?;
    let state = state(entry, &entries, system().now);
    ensure!(
        entry.kind == Kind::Authority || matches!(state, "replaced" | "withdrawn" | "destroyed"),
        "the key signs now or will; its secret is needed"
    );
    keys.destroy(entry)?;
    output.result(&json!({ "id": entry.id() }), "Destroyed. What it signed stays valid.")?;
    Ok(ExitCode::SUCCESS)
}

/// The key of an id, or of the first letters of one.
fn find<'a>(entries: &'a [Entry], id: &str) -> anyhow::Result<&'a Entry> {
    let mut found = entries.iter().filter(|entry| entry.id().starts_with(id));
    match (found.next(), found.next()) {
        (Some(entry), None) => Ok(entry),
        (None, _) => bail!("there is no key of this id; see teeka keys list"),
        (Some(_), Some(_)) => bail!("several keys begin so; give more of the id"),
    }
}

/// The configuration of a platform that exists: a mistyped folder gets no keys of its own.
fn existing(common: &Common) -> anyhow::Result<Config> {
    let config = Config::read(common, None)?;
    ensure!(config.data.exists(), "there is no data folder {}", config.data.display());
    Ok(config)
}

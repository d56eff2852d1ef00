//! The keys of people who decide.
//!
//! # Shape
//!
//! A file of mode 0600 with one line: `teeka-person`, the name, the seed in hexadecimal digits.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, ensure};
use exposure::takedown::world::World;
use ledger::note::{Algorithm, LocalKey, SigningKey};
use serde_json::json;

use super::takedown::Real;
use crate::{files, output::Output};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// What the person is called in records; no spaces and no plus
    name: String,
    /// The file for the key, which only that person may read
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn run(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    ensure!(!args.out.exists(), "{} is there already", args.out.display());
    let mut seed = [0; 32];
    Real::begin().fill(&mut seed);
    let key = LocalKey::from_seed(&args.name, Algorithm::Ed25519, &seed)
        .context("the name has spaces or a plus, or is too long")?;
    files::write(&args.out, &format!("teeka-person {} {}\n", args.name, hex::encode(seed)), 0o600)?;
    let verifier = key.verifier().to_string();
    let json = json!({ "name": args.name, "verifier": verifier });
    output.result(&json, &format!("For `people` in the set-up:\n{verifier}"))?;
    Ok(ExitCode::SUCCESS)
}

/// Reads the key of a person.
pub(super) fn read(path: &Path) -> anyhow::Result<LocalKey> {
    let text = files::read_secret(path)?;
    let mut words = text.expose().split_whitespace();
    let seed = match (words.next(), words.next(), words.next(), words.next()) {
        (Some("teeka-person"), Some(name), Some(seed), None) => {
            hex::decode(seed).ok().and_then(|seed| seed.try_into().ok()).map(|seed| (name, seed))
        }
        _ => None,
    };
    let (name, seed): (_, [u8; 32]) =
        seed.with_context(|| format!("{} is not the key of a person", path.display()))?;
    LocalKey::from_seed(name, Algorithm::Ed25519, &seed)
        .with_context(|| format!("{} is not the key of a person", path.display()))
}

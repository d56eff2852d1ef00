//! `teeka replay`: a day of the past, played again with made-up people.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context;
use app::{keys::KeyRing, settings::Settings};
use inquiry::{
    report::{Head, statement_text},
    worlds::replay::Replay,
};
use serde_json::json;

use crate::{
    inquire::{
        Shown, digest_of,
        folder::{Folder, Papers},
    },
    output::Output,
    platform::system,
};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Which day
    day: Day,
    /// Folder that the case is left in; it must not be there yet (default: none is left)
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Day {
    /// 20,000 people offered on a forum, with addresses and test results
    #[value(name = "2022-01")]
    January2022,
}

pub(crate) fn run(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    let Day::January2022 = args.day;
    let replay = Replay::build();
    let finding = replay.inquire();
    // Keys of this day only: nothing made up is signed with keys that somebody trusts.
    let settings = Settings::default();
    let mut ctx = system();
    let ring = KeyRing::make(&settings, ctx.today()).context("cannot make keys")?;
    ctx.now = jiff::Timestamp::from_second(replay.seen_at())?;
    let coverage = replay.coverage();
    let shown = [Shown::new(replay.offered.into_bytes())];
    let head = Head { evidence: digest_of(&shown), seen_at: ctx.now, issuer: settings.issuer };
    let text = statement_text(&head, &finding);
    let signature = app::inquiry::sign(&ring, &ctx, text.as_bytes())?;
    if let Some(out) = &args.out {
        let papers = Papers { head: &head, finding: &finding, claim: None, coverage };
        let mut folder = Folder::make(out)?;
        folder.take_in(&ctx, &shown, None)?;
        folder.leave(&ring, &ctx, &papers)?;
    }
    let json = json!({ "statement": text, "signature": signature, "finding": finding });
    output.result(&json, &format!("{text}\nSigned: {signature}"))?;
    Ok(crate::inquire::status(&finding.verdict))
}

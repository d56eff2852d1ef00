//! `teeka expose sign`: a release that is signed where the key is, for a case that is elsewhere.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use exposure::takedown::{
    order::{Order, Release},
    world::{World, instant},
};
use serde_json::json;

use super::{person, takedown::Real};
use crate::{files, output::Output};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The order as it was signed, saved from the desk
    order: PathBuf,
    /// The key of who releases: somebody else than who ordered
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// File for the signed release (default: print it)
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    let order = read(&args.order)?;
    let key = person::read(&args.key)?;
    let note = Release::of(&order, Real::begin().now()).sign(&key)?;
    let told = json!({
        "kind": order.kind.name(),
        "case": order.case,
        "addresses": order.addresses,
        "reason": order.reason,
        "ordered_at": instant(order.at).to_string(),
        "release": note,
        "out": args.out,
    });
    if let Some(out) = &args.out {
        files::write(out, &note, 0o644)?;
        let (kind, case, addresses) = (order.kind.name(), &order.case, order.addresses);
        let text =
            format!("Released: {kind} of {addresses} addresses, {case}, in {}", out.display());
        output.result(&told, &text)?;
    } else {
        output.result(&told, note.trim_end())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads an order. A browser may have saved it without its last end of a line, or with others.
fn read(path: &Path) -> anyhow::Result<Order> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let text = text.replace("\r\n", "\n").trim().to_owned() + "\n";
    Order::unverified(text.as_bytes()).with_context(|| format!("no order is in {}", path.display()))
}

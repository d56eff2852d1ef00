//! `teeka manifest`: what is held of whom, and whether a published manifest is as it was signed.

use std::{fmt::Write, path::PathBuf, process::ExitCode};

use app::manifest::{MOST_BYTES, digest, manifest, verify};
use domain::manifest::{REVISION, datum::Datum, kept, tables};
use serde_json::json;

use crate::{files, output::Output, verify::anchor_of};

pub(crate) const EXAMPLE: &str = "\
Example: teeka manifest verify data-manifest.json --anchor trust-anchor.json";

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Say whether a published manifest is as it was signed, and is of this program
    ///
    /// Exit status: 0 it is both, 1 it is not, and what differs is named, 2 could not tell.
    #[command(after_help = EXAMPLE)]
    Verify(Verify),
}

#[derive(clap::Args)]
struct Verify {
    /// What a server gives at /.well-known/data-manifest.json
    file: PathBuf,
    /// The key it is signed with, as a server gives it at /.well-known/trust-anchor.json
    #[arg(long, value_name = "FILE")]
    anchor: PathBuf,
}

pub(crate) fn run(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    match &args.command {
        Some(Command::Verify(args)) => check(args, output),
        None => {
            let manifest = manifest();
            let digest = digest(&manifest);
            let json = json!({ "manifest": manifest, "digest": digest });
            output.result(&json, &text(&digest))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn check(args: &Verify, output: Output) -> anyhow::Result<ExitCode> {
    let name = args.file.display().to_string();
    let text = files::read(&args.file, MOST_BYTES as u64, "a manifest")?;
    let (good, said) = match verify(&text, &anchor_of(&args.anchor)?) {
        Err(why) => (false, why.to_string()),
        Ok(found) if found == manifest() => {
            (true, "signed by the anchor, and the manifest of this program".to_owned())
        }
        Ok(found) => {
            let part = |name: &str| found[name].to_string();
            let said = format!(
                "signed by the anchor, but of revision {} of release {}, which is not this program's",
                part("revision"),
                part("released"),
            );
            (false, said)
        }
    };
    output.result(
        &json!({ "file": name, "holds": good, "said": said }),
        &format!("{name}: {said}"),
    )?;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// What is held about people, in words.
fn text(digest: &str) -> String {
    let mut text = format!(
        "Data manifest: revision {REVISION} of release {}\nSHA-256 {digest}",
        env!("CARGO_PKG_VERSION")
    );
    for datum in Datum::ALL.iter().filter(|datum| datum.is_personal()) {
        let held = kept(*datum);
        let _ = write!(text, "\n\n{}", datum.words().english);
        let mut line = |name: &str, words: Vec<&str>| {
            if !words.is_empty() {
                let _ = write!(text, "\n  {name:<7} {}", words.join("; "));
            }
        };
        line("why", datum.purposes().into_iter().map(|why| why.words().english).collect());
        line("basis", vec![datum.basis().words().english]);
        line("kept", held.forms.into_iter().map(|form| form.words().english).collect());
        line("until", held.lives.into_iter().map(|life| life.words().english).collect());
        let mut who: Vec<_> = datum.openings().iter().map(|(who, _)| who.words().english).collect();
        who.dedup();
        line("opened", who);
        let columns = tables::all().flat_map(|table| {
            let of = table.columns.iter().filter(|column| column.datum == *datum);
            of.map(|column| format!("{}.{}", table.name, column.name))
        });
        let columns: Vec<_> = columns.collect();
        line("columns", columns.iter().map(String::as_str).collect());
    }
    text
}

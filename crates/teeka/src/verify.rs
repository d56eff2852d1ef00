//! `teeka verify`: certificates, offline.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, bail};
use app::erasure::certificate;
use certs::{
    read,
    signature::PublicKey,
    trust::{Trust, bundle::Bundle},
    verdict::{Verdict, told},
    verify,
};
use serde_json::{Value, json};

use crate::{files, keys, output::Output, platform::system};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// PDF or text files with certificates, or pictures of their QR codes (PNG, JPEG)
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Certificates of trusted signers, PEM, or a trust bundle (default: the signers in the
    /// data folder)
    #[arg(long, value_name = "FILE")]
    trust: Vec<PathBuf>,
    /// The key that a trust bundle or a certificate of an erasure is signed with, as a server gives it at
    /// /.well-known/trust-anchor.json
    #[arg(long, value_name = "FILE")]
    anchor: Option<PathBuf>,
    /// Data folder whose signers are trusted
    #[arg(long, env = "TEEKA_DATA", value_name = "DIR", default_value = "teeka-data")]
    data: PathBuf,
    /// Show what the certificates say
    #[arg(long)]
    show: bool,
}

pub(crate) fn run(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    let trust = trust(args)?;
    let now = system().now.as_second();
    let mut all_valid = true;
    for file in &args.files {
        let bytes = files::read(file, read::MOST_BYTES as u64, "a certificate")?;
        if certificate::is_one(&bytes) {
            all_valid &= erased(args, &file.display().to_string(), &bytes, output)?;
            continue;
        }
        let payloads = read::payloads(&bytes);
        if payloads.is_empty() {
            bail!("{} holds no certificate that this program reads", file.display());
        }
        for payload in payloads {
            let verdict = verify::verify(&payload, &trust, now);
            all_valid &= !matches!(verdict, Verdict::NotValid(_));
            let (json, words) = (told::json(&verdict, args.show), told::words(&verdict, args.show));
            let name = file.display().to_string();
            let mut json = json;
            json["file"] = Value::from(name.clone());
            output.result(&json, &format!("{name}: {words}"))?;
        }
    }
    Ok(if all_valid { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Tells whether a certificate of an erasure is genuine.
fn erased(args: &Args, name: &str, bytes: &[u8], output: Output) -> anyhow::Result<bool> {
    let anchor = args.anchor.as_deref();
    let anchor = anchor_of(anchor.context("a certificate of an erasure needs --anchor FILE")?)?;
    let told = certificate::verify(bytes, &anchor);
    let mut json = json!({ "file": name, "kind": "erasure", "valid": told.is_ok() });
    let words = match &told {
        Ok(erasure) => {
            let at = erasure["erased_at"].as_str().unwrap_or_default();
            if args.show {
                json["erasure"] = erasure.clone();
                let reference = erasure["reference"].as_str().unwrap_or_default();
                format!("genuine: the record {reference} was erased at {at}")
            } else {
                format!("genuine: a record was erased at {at}")
            }
        }
        Err(why) => format!("not valid: {why}"),
    };
    output.result(&json, &format!("{name}: {words}"))?;
    Ok(told.is_ok())
}

/// All that is trusted, from each file that was named.
fn trust(args: &Args) -> anyhow::Result<Trust> {
    if args.trust.is_empty() {
        return keys::trusted(&args.data).context("name what is trusted with --trust");
    }
    let mut trust = Trust::default();
    for file in &args.trust {
        let text = fs::read_to_string(file)
            .with_context(|| format!("cannot read the trusted signers in {}", file.display()))?;
        let more = if text.starts_with("eyJ") {
            let anchor = args.anchor.as_deref().context("a trust bundle needs --anchor FILE")?;
            Bundle::read(&text, &anchor_of(anchor)?)
                .with_context(|| format!("cannot use {}", file.display()))?
                .trust
        } else {
            Trust::from_pem(&text)?
        };
        trust.extend(more);
    }
    Ok(trust)
}

/// The key that a trust bundle or a manifest is signed with: a JSON Web Key.
pub(crate) fn anchor_of(file: &Path) -> anyhow::Result<PublicKey> {
    let text =
        fs::read(file).with_context(|| format!("cannot read the anchor in {}", file.display()))?;
    let jwk: Value = serde_json::from_slice(&text)
        .with_context(|| format!("{} is not a JSON Web Key", file.display()))?;
    PublicKey::from_jwk(&jwk)
        .with_context(|| format!("cannot use the anchor in {}", file.display()))
}

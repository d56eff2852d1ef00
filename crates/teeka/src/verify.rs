//! `teeka verify`: certificates, offline.

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::{Context, bail};
use certs::{
    read,
    trust::Trust,
    verdict::{Verdict, told},
    verify,
};
use serde_json::Value;

use crate::{output::Output, platform::system};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// PDF or text files with certificates, or pictures of their QR codes (PNG, JPEG)
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Certificates of trusted signers, PEM (default: the signer in the data folder)
    #[arg(long, value_name = "FILE")]
    trust: Vec<PathBuf>,
    /// Data folder whose signer is trusted
    #[arg(long, env = "TEEKA_DATA", value_name = "DIR", default_value = "teeka-data")]
    data: PathBuf,
    /// Show what the certificates say
    #[arg(long)]
    show: bool,
}

pub(crate) fn run(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    let own = [args.data.join("signer.pem")];
    let files = if args.trust.is_empty() { &own[..] } else { &args.trust };
    let mut pem = String::new();
    for file in files {
        pem += &fs::read_to_string(file)
            .with_context(|| format!("cannot read the trusted signers in {}", file.display()))?;
        pem.push('\n');
    }
    let trust = Trust::from_pem(&pem)?;
    let now = system().now.as_second();
    let mut all_valid = true;
    for file in &args.files {
        let size = fs::metadata(file).with_context(|| format!("cannot read {}", file.display()))?;
        if size.len() > read::MOST_BYTES as u64 {
            bail!("{} is too large for a certificate", file.display());
        }
        let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        let texts = read::certificates(&bytes);
        if texts.is_empty() {
            bail!("{} holds no certificate that this program reads", file.display());
        }
        for text in texts {
            let verdict = verify::verify_text(&text, &trust, now);
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

//! `teeka verify`: certificates, offline.

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::{Context, bail};
use certs::{
    read,
    trust::Trust,
    verdict::{Claims, Event, EventKind, Verdict},
    verify,
};
use serde_json::{Value, json};

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
            let (json, words) = told(&verdict, args.show);
            let name = file.display().to_string();
            let mut json = json;
            json["file"] = Value::from(name.clone());
            output.result(&json, &format!("{name}: {words}"))?;
        }
    }
    Ok(if all_valid { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn told(verdict: &Verdict, show: bool) -> (Value, String) {
    match verdict {
        Verdict::NotValid(why) => {
            (json!({ "verdict": "not valid", "why": why.to_string() }), format!("not valid: {why}"))
        }
        Verdict::Valid(claims) => {
            let (mut json, words) = shown(claims, show);
            json["verdict"] = "valid".into();
            json["format"] = claims.format.name().into();
            (json, format!("valid{words}"))
        }
        Verdict::ValidBut(claims, caveats) => {
            let caveats: Vec<_> = caveats.iter().map(ToString::to_string).collect();
            let (mut json, words) = shown(claims, show);
            json["verdict"] = "valid but".into();
            json["format"] = claims.format.name().into();
            json["caveats"] = caveats.clone().into();
            (json, format!("valid, but {}{words}", caveats.join("; ")))
        }
    }
}

/// What a certificate says, for who asks to see it.
fn shown(claims: &Claims, show: bool) -> (Value, String) {
    if !show {
        return (json!({}), String::new());
    }

    let events: Vec<_> = claims.events.iter().map(event_json).collect();
    let json = json!({
        "name": claims.name,
        "born": claims.born,
        "events": events,
        "issuer": claims.issuer,
        "id": claims.id,
        "issued_at": claims.issued_at,
        "expires_at": claims.expires_at,
    });
    let mut words = format!("\n  {}, born {}", or_dash(&claims.name), or_dash(&claims.born));
    for event in &claims.events {
        words += &event_words(event);
    }
    words += &format!("\n  {}\n  {}", claims.issuer, or_dash(&claims.id));
    (json, words)
}

fn or_dash(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or("–")
}

const fn kind(event: &Event) -> &'static str {
    match event.kind {
        EventKind::Vaccination => "vaccination",
        EventKind::Test => "test",
        EventKind::Recovery => "recovery",
    }
}

fn event_json(event: &Event) -> Value {
    json!({
        "kind": kind(event),
        "disease": event.disease,
        "product": event.product,
        "manufacturer": event.manufacturer,
        "lot": event.lot,
        "dose_number": event.dose_number,
        "doses_total": event.doses_total,
        "on": event.on,
        "until": event.until,
        "place": event.place,
        "country": event.country,
        "result": event.result,
    })
}

/// An event in one line, as far as the certificate says.
fn event_words(event: &Event) -> String {
    let dose = event.dose_number.map(|number| match event.doses_total {
        Some(total) => format!("dose {number} of {total}"),
        None => format!("dose {number}"),
    });
    let parts = [&event.product, &dose, &event.result, &event.on, &event.place, &event.country];
    let parts: Vec<_> = parts.into_iter().flatten().map(String::as_str).collect();
    format!("\n  {}: {}", kind(event), parts.join(", "))
}

//! Where messages leave the platform. A sink says whether it took one; the outbox decides when to
//! try again. No sink logs an address or a text.

mod gateway;

use std::{fs::OpenOptions, io::Write, path::PathBuf, sync::Mutex};

use anyhow::{Context, bail};
use app::{Platform, messages::Outgoing, upkeep::Delivery};
use gateway::Gateway;
use serde_json::json;

use crate::platform::system;

/// How many messages are taken at once.
const AT_ONCE: u32 = 200;

/// Where messages go.
pub(crate) enum Sink {
    /// Standard output, a line each: for the demo.
    Stdout,
    /// A file, a JSON object a line.
    File(Mutex<std::fs::File>),
    /// A gateway that is called over HTTP.
    Gateway(Box<Gateway>),
}

/// Reads a sink's name.
///
/// # Errors
///
/// If it is not a known sink, or its file cannot be used.
pub(crate) fn parse(name: &str) -> anyhow::Result<Sink> {
    if name == "stdout" {
        return Ok(Sink::Stdout);
    }
    if let Some(path) = name.strip_prefix("file:") {
        let path = PathBuf::from(path);
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let file =
            options.open(&path).with_context(|| format!("cannot write {}", path.display()))?;
        return Ok(Sink::File(Mutex::new(file)));
    }
    if let Some(path) = name.strip_prefix("http:") {
        return Ok(Sink::Gateway(Box::new(Gateway::read(&PathBuf::from(path))?)));
    }
    if name.starts_with("smpp:") || name.starts_with("smtp:") {
        bail!("this build has no SMPP or SMTP sink yet; use stdout, file:PATH or http:FILE");
    }
    bail!("a sink is stdout, file:PATH or http:FILE");
}

impl Sink {
    async fn deliver(&self, kind: &str, at: jiff::Timestamp, message: &Outgoing) -> Delivery {
        let line = || {
            json!({
                "to": format!("+91{}", message.to.expose()),
                "text": message.text.expose(),
                "kind": kind,
                "at": at.to_string(),
            })
        };
        let written = match self {
            Self::Stdout => writeln!(std::io::stdout(), "{}", line()).is_ok(),
            Self::File(file) => file.lock().is_ok_and(|mut file| {
                // One write, so that two servers on one file do not mix their lines.
                file.write_all(format!("{}\n", line()).as_bytes()).is_ok()
            }),
            Self::Gateway(gateway) => return gateway.deliver(kind, message).await,
        };
        if written { Delivery::Delivered } else { Delivery::Later }
    }
}

/// Delivers what is due, until nothing is.
///
/// # Errors
///
/// If the store is not available; then delivery goes on later.
pub(crate) async fn deliver_due(platform: &Platform, sink: &Sink) -> app::Result<()> {
    loop {
        let ctx = system();
        let due = platform.due_messages(&ctx, AT_ONCE).await?;
        if due.is_empty() {
            return Ok(());
        }
        let mut outcomes = Vec::with_capacity(due.len());
        for (message, outgoing) in due {
            let delivery = match &outgoing {
                Some(outgoing) => sink.deliver(&message.kind, message.at, outgoing).await,
                None => Delivery::Never,
            };
            if delivery != Delivery::Delivered {
                tracing::warn!(
                    kind = message.kind,
                    ?delivery,
                    tries = message.tries,
                    "not delivered"
                );
            }
            outcomes.push((message, delivery));
        }
        platform.settle_messages(&system(), &outcomes).await?;
    }
}

//! How witnesses stand, as metrics, and as a line of the log when that changes.

use std::{mem::discriminant, time::Instant};

use super::peer::Reply;

/// What was told of the witnesses of a log.
pub(super) struct Told {
    log: &'static str,
    names: Vec<String>,
    last: Vec<Option<Reply>>,
    /// Since when too few have cosigned.
    alone_since: Option<Instant>,
}

impl Told {
    pub(super) fn new(log: &'static str, names: impl Iterator<Item = String>) -> Self {
        let names: Vec<_> = names.collect();
        for name in &names {
            gauge("teeka_witness_up", log, name, false);
            gauge("teeka_witness_refuses", log, name, false);
        }
        Self { log, last: vec![None; names.len()], names, alone_since: None }
    }

    /// A witness answered.
    pub(super) fn replied(&mut self, number: usize, reply: &Reply) {
        let name = &self.names[number];
        let up = matches!(reply, Reply::Cosigned(_) | Reply::Overtaken);
        gauge("teeka_witness_up", self.log, name, up);
        gauge("teeka_witness_refuses", self.log, name, reply.contradicts());
        let last = self.last[number].replace(reply.clone());
        if last.is_none_or(|last| discriminant(&last) != discriminant(reply)) {
            let (what, witness, reason) = (self.log, name.as_str(), reply.words());
            if up {
                tracing::info!(what, witness, reason, "a witness answered");
            } else {
                tracing::warn!(what, witness, reason, "a witness does not cosign");
            }
        }
    }

    /// The last checkpoint has so many signatures, and needs as many.
    pub(super) fn stands(&mut self, signatures: usize, quorum: usize) {
        let now = Instant::now();
        let since = if signatures < quorum { Some(self.alone_since.unwrap_or(now)) } else { None };
        self.alone_since = since;
        let alone = since.map_or(0.0, |since| (now - since).as_secs_f64());
        metrics::gauge!("teeka_log_uncosigned_seconds", "log" => self.log).set(alone);
        #[expect(clippy::cast_precision_loss, reason = "at most 63")]
        metrics::gauge!("teeka_log_cosignatures", "log" => self.log).set(signatures as f64);
    }
}

fn gauge(name: &'static str, log: &'static str, witness: &str, holds: bool) {
    let labels = [("log", log.to_owned()), ("witness", witness.to_owned())];
    metrics::gauge!(name, &labels).set(f64::from(u8::from(holds)));
}

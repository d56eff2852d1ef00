//! What the witnesses of the logs say when they are asked now.

use std::fmt::Write;

use anyhow::Context;
use app::Platform;
use ledger::{note::KeyRing, witnessed::Promised};
use serde_json::{Value, json};

use crate::{
    config::Witnesses,
    cosign::{
        self, Log,
        peer::{self, Peer, Reply},
    },
};

/// How often a witness is asked that cosigned a later checkpoint meanwhile, for a server.
const TRIES: usize = 3;

/// How each log stands with each witness.
#[derive(Default)]
pub(super) struct Stand(Vec<OfLog>);

struct OfLog {
    log: &'static str,
    /// How many of the witnesses signed the checkpoint that is published.
    published: usize,
    quorum: usize,
    replies: Vec<(String, Reply)>,
}

/// Asks each witness to cosign what each log promised last.
pub(super) async fn stand(platform: &Platform, witnesses: &Witnesses) -> anyhow::Result<Stand> {
    if witnesses.peers.is_empty() {
        return Ok(Stand::default());
    }
    let (logs, quorum) = (cosign::logs_of(platform), witnesses.quorum);
    let peers = peer::all(&witnesses.peers)?;
    let ring = KeyRing::new(witnesses.peers.iter().map(|peer| peer.key.0.clone()))?;
    let ask = move || {
        let stands = logs.iter().filter_map(|log| of_log(log, &peers, &ring, quorum).transpose());
        stands.collect::<anyhow::Result<Vec<_>>>()
    };
    Ok(Stand(tokio::task::spawn_blocking(ask).await??))
}

/// How a log stands; none if it has not begun.
fn of_log(
    log: &Log,
    peers: &[Peer],
    ring: &KeyRing,
    quorum: usize,
) -> anyhow::Result<Option<OfLog>> {
    let context = || format!("the log of {} cannot be read", log.name);
    let Some(promised) = log.files.promised().with_context(context)? else { return Ok(None) };
    let mut replies = Vec::new();
    for peer in peers {
        let reply = reply(log, peer, promised.clone()).with_context(context)?;
        replies.push((peer.name().to_owned(), reply));
    }
    let published = log.files.published(ring).with_context(context)?;
    let cosigned = |key| published.as_ref().is_some_and(|it| it.note().by(key).next().is_some());
    let published = ring.keys().iter().filter(|key| cosigned(key)).count();
    Ok(Some(OfLog { log: log.name, published, quorum, replies }))
}

fn reply(log: &Log, peer: &Peer, mut promised: Promised) -> Result<Reply, ledger::log::LogError> {
    let mut old = 0;
    for _ in 0..TRIES {
        let reply = peer.ask(&log.files, &promised, &mut old)?;
        if reply != Reply::Overtaken {
            return Ok(reply);
        }
        promised = log.files.promised()?.unwrap_or(promised);
    }
    Ok(Reply::Overtaken)
}

impl OfLog {
    /// Enough witnesses sign, and none says that there is another history.
    fn holds(&self) -> bool {
        let signs = |reply: &Reply| matches!(reply, Reply::Cosigned(_) | Reply::Overtaken);
        let signing = self.replies.iter().filter(|(_, reply)| signs(reply)).count();
        signing >= self.quorum && !self.replies.iter().any(|(_, reply)| reply.contradicts())
    }
}

impl Stand {
    pub(super) fn holds(&self) -> bool {
        self.0.iter().all(OfLog::holds)
    }

    pub(super) fn words(&self) -> String {
        let mut text = String::new();
        for OfLog { log, published, quorum, replies } in &self.0 {
            let _ = writeln!(text, "{published:>12}  cosignatures published of {log}, of {quorum}");
            for (name, reply) in replies {
                let _ = writeln!(text, "     witness  {name}, for {log}: {}", reply.words());
            }
        }
        text
    }

    pub(super) fn json(&self) -> Value {
        let one = |it: &OfLog| {
            let replies = it.replies.iter().map(|(name, reply)| {
                let contradicts = reply.contradicts();
                json!({ "name": name, "says": reply.words(), "contradicts": contradicts })
            });
            json!({
                "log": it.log,
                "holds": it.holds(),
                "cosignatures": it.published,
                "quorum": it.quorum,
                "witnesses": replies.collect::<Value>(),
            })
        };
        self.0.iter().map(one).collect()
    }
}

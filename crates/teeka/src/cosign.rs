//! Has the checkpoints of a log cosigned by witnesses, and publishes them with what they signed. A
//! checkpoint waits until enough have signed; if too many are away or refuse, it is published with
//! what there is, and that is told.

pub(crate) mod peer;
mod tell;

use std::{
    fs::File,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context;
use app::{Platform, clock::guard::Clocks, public_log::PublicLog};
use jiff::Timestamp;
use ledger::{
    log::LogError,
    note::{LocalKey, Signature},
    witnessed::{Promised, Witnessed},
};
use tokio::{sync::watch, task::JoinSet, time::timeout_at};

use self::{
    peer::{PATIENCE, Peer, Reply},
    tell::Told,
};
use crate::{config::Witnesses, platform::system};

/// How often it is looked whether the log has promised more.
const LOOK: Duration = Duration::from_millis(20);
/// Between two checkpoints that witnesses are asked to sign.
const ROUND: Duration = Duration::from_millis(100);
/// Whoever has signed the last checkpoint is asked to sign it again after this, so that the time on
/// its signature shows that it is still there, and that it knows nothing else.
const REFRESH: Duration = Duration::from_mins(1);
/// The first pause of a witness that did not sign; each is twice the one before.
const FIRST_REST: Duration = Duration::from_secs(1);
/// The longest.
const LONGEST_REST: Duration = Duration::from_mins(1);

/// A log that is cosigned, and the name of its metrics.
pub(crate) struct Log {
    pub(crate) name: &'static str,
    pub(crate) files: Witnessed<LocalKey>,
    pub(crate) folder: PathBuf,
}

/// The logs of a platform.
pub(crate) fn logs_of(platform: &Platform) -> Vec<Log> {
    let log = |log: PublicLog| {
        let folder = platform.log_folder(log)?.clone();
        Some(Log { name: log.name(), files: platform.witnessed(log)?, folder })
    };
    PublicLog::ALL.into_iter().filter_map(log).collect()
}

/// What is known of a witness.
struct Known {
    peer: Arc<Peer>,
    /// The size that it cosigned last.
    old: u64,
    /// Its signature of the current checkpoint, and when it came.
    signed: Option<(Signature, Instant)>,
    asked: bool,
    rests_until: Option<Instant>,
    rest: Duration,
}

impl Known {
    fn may_be_asked(&self, now: Instant) -> bool {
        let rested = self.rests_until.is_none_or(|until| until <= now);
        let fresh = self.signed.as_ref().is_some_and(|(_, at)| now - *at < REFRESH);
        !self.asked && rested && !fresh
    }
}

/// An answer: whose, to which checkpoint, and the size that the witness stands at.
type Answered = (usize, Arc<Promised>, Result<Reply, LogError>, u64);

/// The checkpoint that witnesses are asked to sign.
struct Current {
    promised: Arc<Promised>,
    begun: Instant,
    /// How many signatures are below it where it is published.
    published: Option<usize>,
}

/// Has one log cosigned.
struct Cosigning {
    log: Arc<Log>,
    quorum: usize,
    known: Vec<Known>,
    asked: JoinSet<Answered>,
    current: Option<Current>,
    told: Told,
    /// Takes what time the witnesses say that it is.
    clocks: Arc<Clocks>,
    /// One process at a time asks for a log.
    turn: Option<File>,
}

/// Has a log cosigned until the end.
pub(crate) fn start(
    log: Log,
    clocks: &Arc<Clocks>,
    witnesses: &Witnesses,
    stopped: &watch::Receiver<bool>,
) -> anyhow::Result<tokio::task::JoinHandle<()>> {
    let peers = peer::all(&witnesses.peers)?.into_iter().map(Arc::new);
    let known = peers.map(|peer| Known {
        peer,
        old: 0,
        signed: None,
        asked: false,
        rests_until: None,
        rest: FIRST_REST,
    });
    let known: Vec<_> = known.collect();
    let told = Told::new(log.name, known.iter().map(|known| known.peer.name().to_owned()));
    let mut cosigning = Cosigning {
        log: Arc::new(log),
        quorum: witnesses.quorum,
        known,
        asked: JoinSet::new(),
        current: None,
        told,
        clocks: Arc::clone(clocks),
        turn: None,
    };
    let mut stopped = stopped.clone();
    Ok(tokio::spawn(async move {
        loop {
            if let Err(error) = cosigning.go_on().await {
                tracing::warn!(what = "cosign", error = format!("{error:#}"), "a worker failed");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                _ = stopped.wait_for(|stop| *stop) => break,
            }
        }
    }))
}

impl Cosigning {
    /// Asks for the newest checkpoint, waits for enough signatures, and publishes.
    async fn go_on(&mut self) -> anyhow::Result<()> {
        while let Some(answer) = self.asked.try_join_next() {
            self.take(answer?)?;
        }
        let log = Arc::clone(&self.log);
        let promised = blocking(move || log.files.promised()).await??;
        let Some(promised) = promised else { return Ok(()) };
        if !self.has_turn()? {
            return Ok(());
        }
        let now = Instant::now();
        if self.current.as_ref().is_none_or(|current| *current.promised != promised) {
            if self.current.as_ref().is_some_and(|current| now - current.begun < ROUND) {
                return Ok(());
            }
            self.begin(promised, now);
        }
        self.ask(now);
        self.wait().await?;
        self.publish().await
    }

    fn has_turn(&mut self) -> anyhow::Result<bool> {
        if self.turn.is_none() {
            let file = File::create(self.log.folder.join(".cosigning"));
            let file = file.context("the folder of the log cannot be written")?;
            self.turn = file.try_lock().is_ok().then_some(file);
        }
        Ok(self.turn.is_some())
    }

    fn begin(&mut self, promised: Promised, now: Instant) {
        for known in &mut self.known {
            known.signed = None;
        }
        let promised = Arc::new(promised);
        self.current = Some(Current { promised, begun: now, published: None });
    }

    fn ask(&mut self, now: Instant) {
        let Some(current) = &self.current else { return };
        for (number, known) in self.known.iter_mut().enumerate() {
            if known.may_be_asked(now) {
                known.asked = true;
                let (peer, log) = (Arc::clone(&known.peer), Arc::clone(&self.log));
                let (promised, mut old) = (Arc::clone(&current.promised), known.old);
                self.asked.spawn_blocking(move || {
                    let reply = peer.ask(&log.files, &promised, &mut old);
                    (number, promised, reply, old)
                });
            }
        }
    }

    /// Waits for enough signatures, if the checkpoint is not published yet, and nobody for longer than
    /// those who may still give one.
    async fn wait(&mut self) -> anyhow::Result<()> {
        let Some(current) = self.current.as_ref().filter(|current| current.published.is_none())
        else {
            return Ok(());
        };
        let until = tokio::time::Instant::from_std(current.begun + PATIENCE);
        while self.signatures().count() < self.quorum && self.known.iter().any(|known| known.asked)
        {
            match timeout_at(until, self.asked.join_next()).await {
                Ok(Some(answer)) => self.take(answer?)?,
                Ok(None) | Err(_) => break,
            }
        }
        Ok(())
    }

    fn signatures(&self) -> impl Iterator<Item = &Signature> {
        self.known.iter().filter_map(|known| Some(&known.signed.as_ref()?.0))
    }

    /// Takes an answer; what it signs counts if it is the checkpoint that is asked for now.
    fn take(&mut self, (number, promised, reply, old): Answered) -> anyhow::Result<()> {
        let known = &mut self.known[number];
        (known.asked, known.old) = (false, old);
        let reply = match reply {
            Ok(reply) => reply,
            Err(error) => {
                known.rests_until = Some(Instant::now() + FIRST_REST);
                return Err(error).context("the files of the log");
            }
        };
        self.told.replied(number, &reply);
        let rest = match reply {
            Reply::Cosigned(signature) => {
                known.rest = FIRST_REST;
                if let Some(says) = signed_at(&signature) {
                    self.clocks.witness_says(known.peer.name(), says, system().now);
                }
                if let Some(current) = &mut self.current
                    && current.promised == promised
                {
                    known.signed = Some((signature, Instant::now()));
                    // A signature that is new is published, also in the place of an older one.
                    current.published = current.published.map(|_| 0);
                }
                return Ok(());
            }
            Reply::Overtaken => ROUND,
            _ => known.rest,
        };
        known.rests_until = Some(Instant::now() + rest);
        known.rest = LONGEST_REST.min(known.rest * 2);
        // It takes back what it signed before: there are two histories.
        if reply.contradicts() {
            known.signed = None;
        }
        Ok(())
    }

    async fn publish(&mut self) -> anyhow::Result<()> {
        let signatures: Vec<_> = self.signatures().cloned().collect();
        let Some(current) = &mut self.current else { return Ok(()) };
        self.told.stands(signatures.len(), self.quorum);
        if current.published == Some(signatures.len()) {
            return Ok(());
        }
        current.published = Some(signatures.len());
        let (log, promised) = (Arc::clone(&self.log), Arc::clone(&current.promised));
        blocking(move || log.files.publish(&promised, &signatures)).await??;
        Ok(())
    }
}

/// When a witness says that it signed.
///
/// # Source
///
/// C2SP tlog-cosignature, "Format": the signature begins with the time, 8 bytes, big-endian, in seconds.
fn signed_at(signature: &Signature) -> Option<Timestamp> {
    let (seconds, _) = signature.bytes.split_first_chunk::<8>()?;
    Timestamp::from_second(i64::from_be_bytes(*seconds)).ok()
}

async fn blocking<T: Send + 'static>(
    act: impl FnOnce() -> T + Send + 'static,
) -> anyhow::Result<T> {
    tokio::task::spawn_blocking(act).await.context("the program is ending")
}

//! A witness as a log sees it: its address, its key, and what it answers to a checkpoint.

use std::time::Duration;

use anyhow::{Context, ensure};
use ledger::{
    log::LogError,
    note::{Algorithm, KeyRing, LocalKey, Signature, VerifierKey},
    witness::{cosignatures, size_of_conflict},
    witnessed::{Promised, Witnessed},
};
use serde::Deserialize;
use ureq::http::{StatusCode, Uri, header};

/// How long a witness may take: who is slower is away.
pub(super) const PATIENCE: Duration = Duration::from_secs(3);
/// The most bytes of an answer: some signature lines.
const MOST_ANSWER: u64 = 64 << 10;
/// How often it is asked again with the size that it says: others may have its log cosigned, too.
const TRIES: usize = 4;

/// The verifier key of a witness, as configured.
#[derive(Clone, Debug)]
pub(crate) struct PeerKey(pub(crate) VerifierKey);

impl TryFrom<String> for PeerKey {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let key: VerifierKey = text.parse().map_err(|_| "a verifier key is NAME+ID+KEY")?;
        let fits = key.algorithm() == Algorithm::CosignatureV1;
        fits.then_some(Self(key)).ok_or("the key is not a witness's, of cosignature/v1")
    }
}

impl<'de> Deserialize<'de> for PeerKey {
    fn deserialize<D: serde::Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        String::deserialize(reader)?.try_into().map_err(serde::de::Error::custom)
    }
}

/// The address of a witness: what stands before `/add-checkpoint`.
#[derive(Clone, Debug)]
pub(crate) struct PeerUrl(String);

impl<'de> Deserialize<'de> for PeerUrl {
    fn deserialize<D: serde::Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let text = String::deserialize(reader)?;
        let uri: Option<Uri> = text.parse().ok();
        let fits = uri.is_some_and(|uri| {
            matches!(uri.scheme_str(), Some("http" | "https"))
                && uri.host().is_some()
                && uri.query().is_none()
        });
        let wrong = "the url of a witness is http or https, and has no query";
        fits.then(|| Self(text.trim_end_matches('/').to_owned()))
            .ok_or_else(|| serde::de::Error::custom(wrong))
    }
}

/// A witness, as configured.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PeerAt {
    /// Where it is.
    pub(crate) url: PeerUrl,
    /// What it signs with.
    pub(crate) key: PeerKey,
}

/// What a witness answers to a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// Its signature.
    Cosigned(Signature),
    /// It cosigned a larger log: ours was rolled back, or there are two.
    KnowsMore(u64),
    /// It cosigned another history of the log than ours.
    KnowsOther,
    /// The log went on while it was asked.
    Overtaken,
    /// It does not know the log or its key.
    Unknown,
    /// It could not be asked, or what it says is no answer.
    Away(String),
}

impl Reply {
    /// In words, without anything of what the witness sent.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Cosigned(_) => "cosigned".to_owned(),
            Self::KnowsMore(size) => {
                format!("refuses: it cosigned {size} leaves, more than there are")
            }
            Self::KnowsOther => "refuses: it cosigned another history of this log".to_owned(),
            Self::Overtaken => "cosigned a later checkpoint".to_owned(),
            Self::Unknown => "refuses: it does not know this log and its key".to_owned(),
            Self::Away(why) => format!("is away: {why}"),
        }
    }

    /// Whether it says that there is another history than ours.
    pub(crate) const fn contradicts(&self) -> bool {
        matches!(self, Self::KnowsMore(_) | Self::KnowsOther)
    }
}

/// A witness that can be asked.
pub(crate) struct Peer {
    url: String,
    ring: KeyRing,
    agent: ureq::Agent,
}

impl Peer {
    /// The witness of a configuration.
    pub(crate) fn new(at: &PeerAt) -> anyhow::Result<Self> {
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent("teeka")
            .tls_config(exposure::client::tls())
            .build()
            .new_agent();
        let ring = KeyRing::new([at.key.0.clone()]).context("the key of a witness")?;
        Ok(Self { url: format!("{}/add-checkpoint", at.url.0), ring, agent })
    }

    /// The name of its key.
    pub(crate) fn name(&self) -> &str {
        self.ring.keys().first().map_or("", VerifierKey::name)
    }

    /// Asks it to cosign what a log promised; `old` is the size that it cosigned last, as far as we
    /// know, and as it says afterwards.
    ///
    /// # Errors
    ///
    /// [`LogError`] if the files of the log do not lead to what it promised.
    pub(crate) fn ask(
        &self,
        log: &Witnessed<LocalKey>,
        promised: &Promised,
        old: &mut u64,
    ) -> Result<Reply, LogError> {
        let size = promised.head().size;
        for _ in 0..TRIES {
            if *old > size {
                let now = log.promised()?.map_or(0, |promised| promised.head().size);
                let more = Reply::KnowsMore(*old);
                return Ok(if now >= *old { Reply::Overtaken } else { more });
            }
            let answer = self.post(&log.request(promised, *old)?);
            let (status, body) = match answer {
                Ok(answer) => answer,
                Err(error) => return Ok(Reply::Away(cause(&error))),
            };
            match (status, size_of_conflict(&body)) {
                (StatusCode::OK, _) => return Ok(self.signature(&body, promised, old)),
                (StatusCode::CONFLICT, Some(known)) if known != *old => *old = known,
                // The same size with another root.
                (StatusCode::CONFLICT, _) if *old == size => return Ok(Reply::KnowsOther),
                (StatusCode::UNPROCESSABLE_ENTITY, _) => return Ok(Reply::KnowsOther),
                (StatusCode::FORBIDDEN | StatusCode::NOT_FOUND, _) => return Ok(Reply::Unknown),
                (status, _) => return Ok(Reply::Away(format!("it answers {}", status.as_u16()))),
            }
        }
        Ok(Reply::Overtaken)
    }

    fn post(&self, body: &[u8]) -> Result<(StatusCode, Vec<u8>), ureq::Error> {
        let asked = self.agent.post(&self.url).header(header::CONTENT_TYPE, "text/plain");
        let mut answer = asked.send(body)?;
        let bytes = answer.body_mut().with_config().limit(MOST_ANSWER).read_to_vec()?;
        Ok((answer.status(), bytes))
    }

    fn signature(&self, body: &[u8], promised: &Promised, old: &mut u64) -> Reply {
        match cosignatures(body, &promised.checkpoint, &self.ring) {
            Ok(mut signatures) => {
                *old = promised.head().size;
                let wrong = || Reply::Away("its answer has no signature".to_owned());
                signatures.pop().map_or_else(wrong, Reply::Cosigned)
            }
            Err(error) => Reply::Away(format!("its answer is not a cosignature: {error}")),
        }
    }
}

/// Why a witness could not be asked, without its address.
fn cause(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Timeout(_) => "it took too long".to_owned(),
        ureq::Error::HostNotFound => "there is no such host".to_owned(),
        ureq::Error::Io(error) => format!("it cannot be reached: {}", error.kind()),
        ureq::Error::BodyExceedsLimit(_) => "its answer is too long".to_owned(),
        _ => "it cannot be reached".to_owned(),
    }
}

/// Every witness of a configuration.
pub(crate) fn all(peers: &[PeerAt]) -> anyhow::Result<Vec<Peer>> {
    ensure!(peers.len() < ledger::note::MOST_SIGNATURES, "there are too many witnesses");
    peers.iter().map(Peer::new).collect()
}

#[cfg(test)]
mod tests;

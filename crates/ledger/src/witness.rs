//! A witness: cosigns a log's checkpoint only if it begins with the last one that it cosigned, so
//! that a log cannot show two histories. Bodies and statuses of the protocol as functions; the
//! clock and what is kept come in as arguments.

mod request;

use std::fmt::Write;

use crate::{
    checkpoint::{Checkpoint, CheckpointError, Signed, Trusted, decimal},
    merkle::{Head, sha256, verify_consistency},
    note::{Algorithm, KeyError, KeyRing, Note, NoteError, Signature, SigningError, SigningKey},
};

pub use self::request::{MOST_BODY, Request};

/// What a witness last cosigned of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Latest {
    /// The size and root.
    pub head: Head,
    /// The checkpoint with the signatures of the log and of the witness.
    pub note: String,
}

/// What is kept cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("what the witness keeps cannot be reached")]
pub struct MemoryError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Where a witness keeps what it last cosigned.
pub trait Memory {
    /// What was cosigned last of a log; none if nothing.
    ///
    /// # Errors
    ///
    /// [`MemoryError`] if it cannot be read.
    fn latest(&self, origin: &str) -> Result<Option<Latest>, MemoryError>;

    /// Replaces it, and returns once that is durable; false and nothing if it is not `last`.
    /// Comparing and replacing is one step, whoever else tries it at the same time.
    ///
    /// # Errors
    ///
    /// [`MemoryError`] if it is not known to be durable.
    fn replace(
        &self,
        origin: &str,
        last: Option<&Latest>,
        next: &Latest,
    ) -> Result<bool, MemoryError>;
}

/// What a witness answers.
///
/// # Source
///
/// C2SP tlog-witness, "add-checkpoint".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The signature lines of the witness.
    Cosigned(String),
    /// The request has not the form of one, or the checkpoint is smaller than the old size.
    Malformed,
    /// The log is not one that this witness watches.
    UnknownLog,
    /// The log did not sign the checkpoint.
    NotByLog,
    /// The last checkpoint cosigned has another size than the request says: this one.
    OtherSize(u64),
    /// The last checkpoint cosigned has this same size, and another root.
    OtherRoot(u64),
    /// The checkpoint does not begin with the last one cosigned.
    Inconsistent,
}

impl Answer {
    /// The status of HTTP.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Cosigned(_) => 200,
            Self::Malformed => 400,
            Self::NotByLog => 403,
            Self::UnknownLog => 404,
            Self::OtherSize(_) | Self::OtherRoot(_) => 409,
            Self::Inconsistent => 422,
        }
    }

    /// The type of the body.
    pub const fn content_type(&self) -> &'static str {
        match self {
            Self::OtherSize(_) | Self::OtherRoot(_) => "text/x.tlog.size",
            _ => "text/plain; charset=utf-8",
        }
    }

    /// The body.
    ///
    /// # Shape
    ///
    /// Signature lines; or the size in decimal and a newline; or nothing.
    pub fn body(&self) -> String {
        match self {
            Self::Cosigned(lines) => lines.clone(),
            Self::OtherSize(size) | Self::OtherRoot(size) => format!("{size}\n"),
            _ => String::new(),
        }
    }
}

/// Why a witness cannot answer now.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    /// What it keeps cannot be reached.
    #[error(transparent)]
    Memory(#[from] MemoryError),
    /// Its key cannot be reached.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// The time is 0, which a cosignature must not say.
    #[error("the clock of the witness is not set")]
    Clock,
}

/// A witness of some logs.
pub struct Witness<M, K> {
    memory: M,
    key: K,
    logs: Vec<Trusted>,
}

impl<M: Memory, K: SigningKey> Witness<M, K> {
    /// A witness of logs, each with its origin and keys.
    ///
    /// # Errors
    ///
    /// [`KeyError::OtherKind`] if the key does not say when it signs.
    pub fn new(memory: M, key: K, logs: Vec<Trusted>) -> Result<Self, KeyError> {
        match key.verifier().algorithm() {
            Algorithm::CosignatureV1 => Ok(Self { memory, key, logs }),
            Algorithm::Ed25519 => Err(KeyError::OtherKind),
        }
    }

    /// Answers a request to cosign; `at` is the time in seconds since 1970.
    ///
    /// # Errors
    ///
    /// [`WitnessError`] if it cannot tell; whatever the request says is an [`Answer`].
    pub fn add_checkpoint(&self, body: &[u8], at: u64) -> Result<Answer, WitnessError> {
        if at == 0 {
            return Err(WitnessError::Clock);
        }
        let Some(request) = Request::parse(body) else { return Ok(Answer::Malformed) };
        let signed = match self.open(&request.checkpoint) {
            Ok(signed) => signed,
            Err(refused) => return Ok(refused),
        };
        let (origin, new) = (&signed.checkpoint().origin, signed.head());
        let latest = self.memory.latest(origin)?;
        let old = latest.as_ref().map_or(Head::empty(), |latest| latest.head);
        if request.old > new.size {
            return Ok(Answer::Malformed);
        }
        if request.old != old.size {
            return Ok(Answer::OtherSize(old.size));
        }
        if old.size == new.size && old.root != new.root {
            return Ok(Answer::OtherRoot(old.size));
        }
        if verify_consistency(old, new, &request.proof).is_err() {
            return Ok(Answer::Inconsistent);
        }
        let line = self.key.sign_note(signed.note().text(), at)?.line();
        let next = Latest { head: new, note: signed.note().to_note() + &line };
        // What is not kept is not told: the signature is dropped if another request was faster.
        if self.memory.replace(origin, latest.as_ref(), &next)? {
            return Ok(Answer::Cosigned(line));
        }
        let size = self.memory.latest(origin)?.map_or(0, |latest| latest.head.size);
        Ok(Answer::OtherSize(size))
    }

    /// The last checkpoint cosigned of a log, for who monitors it; none if there is none.
    ///
    /// # Shape
    ///
    /// The log is named by the SHA-256 of its origin in lowercase hexadecimal digits.
    ///
    /// # Errors
    ///
    /// [`WitnessError::Memory`] if it cannot be read.
    pub fn checkpoint(&self, origin_hash: &str) -> Result<Option<String>, WitnessError> {
        let log = self.logs.iter().find(|log| hash_of(log.origin()) == origin_hash);
        let Some(log) = log else { return Ok(None) };
        Ok(self.memory.latest(log.origin())?.map(|latest| latest.note))
    }

    fn open(&self, checkpoint: &[u8]) -> Result<Signed, Answer> {
        let note = Note::parse(checkpoint).map_err(|_| Answer::Malformed)?;
        let origin = Checkpoint::parse(note.unverified_text()).map_err(|_| Answer::Malformed)?;
        let log = self.logs.iter().find(|log| log.origin() == origin.origin);
        log.ok_or(Answer::UnknownLog)?.open(checkpoint).map_err(|error| match error {
            CheckpointError::Note(NoteError::Malformed | NoteError::TooLarge)
            | CheckpointError::Malformed => Answer::Malformed,
            CheckpointError::OtherLog => Answer::UnknownLog,
            CheckpointError::Note(_) | CheckpointError::NotByLog => Answer::NotByLog,
        })
    }
}

fn hash_of(origin: &str) -> String {
    let mut hex = String::with_capacity(64);
    for byte in sha256(origin.as_bytes()).0 {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// The cosignatures of known witnesses in an answer to a log.
///
/// # Errors
///
/// [`NoteError`] if the body is no list of signature lines, one of a known witness is wrong or says
/// no time, or no known witness signed.
pub fn cosignatures(
    body: &[u8],
    checkpoint: &Checkpoint,
    witnesses: &KeyRing,
) -> Result<Vec<Signature>, NoteError> {
    let note = [checkpoint.text().as_bytes(), b"\n", body].concat();
    let verified = Note::parse(&note)?.verify(witnesses)?;
    if verified.text() != checkpoint.text() {
        return Err(NoteError::Malformed);
    }
    if verified.signed().iter().any(|signed| signed.at == Some(0)) {
        return Err(NoteError::WrongSignature);
    }
    Ok(verified.signed().iter().map(|signed| signed.signature.clone()).collect())
}

/// The size that a witness says in an answer of status 409; none if it is not one.
pub fn size_of_conflict(body: &[u8]) -> Option<u64> {
    decimal(str::from_utf8(body).ok()?.strip_suffix('\n')?)
}

#[cfg(test)]
mod tests;

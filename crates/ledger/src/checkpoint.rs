//! Checkpoints: the size and the root of a log's tree, as the text of a signed note.

use crate::{
    merkle::{Hash, Head, MOST_LEAVES},
    note::{KeyError, KeyRing, Note, NoteError, Verified, VerifierKey},
};

/// The most extension lines; ours have none, and nobody audits them.
const MOST_EXTENSIONS: usize = 16;

/// Why a checkpoint is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// It is not a note that known keys signed.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The text of the note is not a checkpoint.
    #[error("this is not a checkpoint")]
    Malformed,
    /// It is of another log.
    #[error("the checkpoint is of another log")]
    OtherLog,
    /// The log itself did not sign it, only others.
    #[error("the log did not sign the checkpoint")]
    NotByLog,
}

/// What a checkpoint says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log it is of.
    pub origin: String,
    /// The size and root of its tree.
    pub head: Head,
    /// Further lines, which say nothing that anyone checks.
    pub extensions: Vec<String>,
}

impl Checkpoint {
    /// The head of a log, without extensions.
    pub fn new(origin: &str, head: Head) -> Self {
        Self { origin: origin.to_owned(), head, extensions: Vec::new() }
    }

    /// The text that is signed.
    ///
    /// # Shape
    ///
    /// Lines: origin, size in decimal, root in base64, then each extension.
    ///
    /// # Source
    ///
    /// C2SP tlog-checkpoint, "Note text".
    pub fn text(&self) -> String {
        let mut text =
            format!("{}\n{}\n{}\n", self.origin, self.head.size, self.head.root.to_base64());
        for line in &self.extensions {
            text.extend([line, "\n"]);
        }
        text
    }

    /// Reads the text of a checkpoint in its only spelling.
    ///
    /// # Errors
    ///
    /// [`CheckpointError::Malformed`] if it has fewer than three lines, one of them is empty, a
    /// number has a leading zero or is above [`MOST_LEAVES`], or the root is not 32 bytes.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        Self::read(text).ok_or(CheckpointError::Malformed)
    }

    fn read(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let mut line = || lines.next().filter(|line| !line.is_empty());
        let (origin, size, root) = (line()?.to_owned(), decimal(line()?)?, line()?);
        let head = Head { size, root: Hash::from_base64(root)? };
        let extensions: Vec<_> = lines.map(str::to_owned).collect();
        let fits = extensions.len() <= MOST_EXTENSIONS
            && extensions.iter().all(|line| !line.is_empty())
            && size <= MOST_LEAVES;
        fits.then_some(Self { origin, head, extensions })
    }
}

/// A number in its only decimal spelling.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let shortest = text == "0" || !text.starts_with('0');
    (plain && shortest).then(|| text.parse().ok())?
}

/// Whose checkpoints are believed: a log, its keys, and the witnesses that cosign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trusted {
    origin: String,
    log: KeyRing,
    witnesses: KeyRing,
    all: KeyRing,
}

impl Trusted {
    /// A log by its origin and the keys that it signs with, of which there may be several while one
    /// follows another, and its witnesses.
    ///
    /// # Errors
    ///
    /// [`KeyError::Ambiguous`] if two keys cannot be told apart on a line, also if a key of the log
    /// is named as a witness: the log's own word is no witness's.
    pub fn new(
        origin: &str,
        log: impl IntoIterator<Item = VerifierKey>,
        witnesses: impl IntoIterator<Item = VerifierKey>,
    ) -> Result<Self, KeyError> {
        let (log, witnesses) = (KeyRing::new(log)?, KeyRing::new(witnesses)?);
        let both = witnesses.keys().iter().any(|key| log.find(key.name(), key.id()).is_some());
        if both {
            return Err(KeyError::Ambiguous);
        }
        let all = KeyRing::new(log.keys().iter().chain(witnesses.keys()).cloned())?;
        Ok(Self { origin: origin.to_owned(), log, witnesses, all })
    }

    /// The log's origin.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The keys of the witnesses.
    pub fn witnesses(&self) -> &KeyRing {
        &self.witnesses
    }

    /// Opens a checkpoint of this log.
    ///
    /// # Errors
    ///
    /// [`CheckpointError`]: it is malformed, of another log, or not signed by this one.
    pub fn open(&self, bytes: &[u8]) -> Result<Signed, CheckpointError> {
        let note = Note::parse(bytes)?;
        let checkpoint = Checkpoint::parse(note.unverified_text())?;
        let other = checkpoint.origin != self.origin;
        let note = match note.verify(&self.all) {
            // Of another log is the better answer then.
            Err(NoteError::UnknownKeys) | Ok(_) if other => return Err(CheckpointError::OtherLog),
            verified => verified?,
        };
        if !self.log.keys().iter().any(|key| note.by(key).next().is_some()) {
            return Err(CheckpointError::NotByLog);
        }
        Ok(Signed { checkpoint, note })
    }
}

/// A checkpoint that its log signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    checkpoint: Checkpoint,
    note: Verified,
}

impl Signed {
    /// The size and root of the tree.
    pub const fn head(&self) -> Head {
        self.checkpoint.head
    }

    /// All that it says.
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note with the signatures of known keys.
    pub const fn note(&self) -> &Verified {
        &self.note
    }

    /// Which witnesses cosigned it, each with its latest time.
    pub fn cosigned(&self, trusted: &Trusted) -> Vec<(VerifierKey, u64)> {
        let latest =
            |key: &VerifierKey| self.note.by(key).map(|signed| signed.at.unwrap_or_default()).max();
        let keys = trusted.witnesses.keys().iter();
        keys.filter_map(|key| Some((key.clone(), latest(key)?))).collect()
    }
}

#[cfg(test)]
mod tests;

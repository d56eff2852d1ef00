//! The log itself: appends leaves in batches, writes the tiles, then the checkpoint. Whatever is cut
//! short on the way, the next start finds a log that adds up, and the same batch may be given again.

mod growth;

use self::growth::Growth;
use crate::{
    checkpoint::{Checkpoint, CheckpointError, Trusted},
    merkle::{Hash, Head, MOST_LEAVES, range::CompactRange},
    note::{Algorithm, MOST_BYTES, Signature, SigningError, SigningKey, note},
    source::{Source, SourceError},
    tiles::{
        CHECKPOINT, MOST_ENTRY, TilePath, WIDTH, push_entry,
        reader::{ReadError, TileReader},
    },
};

/// Where a log keeps its files and what it last promised to sign.
pub trait Storage: Source {
    /// The text of the checkpoint that was promised last; none if the log is new.
    ///
    /// # Errors
    ///
    /// [`SourceError::Away`] if it cannot be read.
    fn promised(&self) -> Result<Option<String>, SourceError>;

    /// Writes files, then replaces the promise `last` by `next`, and returns once both are durable;
    /// false and nothing if the promise is another one. It is one step, whoever else tries it at the
    /// same time. A crash may leave files without the promise, and never the promise without one of
    /// its files.
    ///
    /// # Errors
    ///
    /// [`SourceError::Away`] if it is not known to be durable.
    fn commit(
        &self,
        last: Option<&str>,
        next: &str,
        files: &[(TilePath, Vec<u8>)],
    ) -> Result<bool, SourceError>;

    /// Writes the signed checkpoint, whole or not at all; false and nothing if it is not that of the
    /// promise, because someone else has promised more.
    ///
    /// # Errors
    ///
    /// [`SourceError::Away`] if it is not known to be durable.
    fn publish(&self, promised: &str, checkpoint: &str) -> Result<bool, SourceError>;
}

/// Why a log does not go on. After any of these the log is as it was, or the batch is in it and
/// giving it again publishes it.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The files cannot be read or written.
    #[error(transparent)]
    Storage(#[from] SourceError),
    /// The files do not add up to what the log last promised.
    #[error("the files of the log are not those that it promised: {0}")]
    Damaged(#[source] ReadError),
    /// What the log last promised is not a checkpoint of it.
    #[error("what the log last promised cannot be used: {0}")]
    Promise(#[source] CheckpointError),
    /// Another process appends to the same log.
    #[error("another process appends to this log")]
    Overtaken,
    /// The key that signs cannot be reached.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// The key is of a kind that a log does not sign with.
    #[error("a log signs with an Ed25519 key")]
    OtherKey,
    /// The batch does not begin where the log ends.
    #[error("the next leaf of the log is number {0}")]
    Gap(u64),
    /// A leaf that is given again is not the one that is there.
    #[error("leaf number {0} is another one in the log")]
    OtherLeaf(u64),
    /// A leaf is longer than a bundle can tell, or the log is full.
    #[error("the leaf is too long")]
    TooLong,
    /// The new tree does not begin with the old one. Such a checkpoint is never signed.
    #[error("the new tree does not begin with the old one")]
    Inconsistent,
}

/// A log that is open. One process has it at a time; a second one is refused when it appends.
pub struct Log<S, K> {
    storage: S,
    key: K,
    promised: Checkpoint,
    range: CompactRange,
    /// The hashes of the partial tile of each level.
    edge: Vec<Vec<Hash>>,
    /// The bytes of the partial bundle.
    bundle: Vec<u8>,
    /// The signed checkpoint; none if it is not published yet.
    published: Option<String>,
}

impl<S: Storage, K: SigningKey> Log<S, K> {
    /// Opens a log, or begins one; its origin is the name of its key. What was promised and not
    /// published is published.
    ///
    /// # Errors
    ///
    /// [`LogError`] if the files do not add up to what was promised, or cannot be reached.
    pub fn open(storage: S, key: K) -> Result<Self, LogError> {
        if key.verifier().algorithm() != Algorithm::Ed25519 {
            return Err(LogError::OtherKey);
        }
        let origin = key.verifier().name();
        let promised = match storage.promised()? {
            Some(text) => Checkpoint::parse(&text).map_err(LogError::Promise)?,
            None => begin(&storage, origin)?,
        };
        if promised.origin != origin {
            return Err(LogError::Promise(CheckpointError::OtherLog));
        }
        let mut reader = TileReader::open(&storage, promised.head).map_err(LogError::Damaged)?;
        let mut bundle = Vec::new();
        if promised.head.size % WIDTH > 0 {
            let last = promised.head.size / WIDTH;
            for entry in reader.entries(last).map_err(LogError::Damaged)? {
                push_entry(&mut bundle, &entry);
            }
        }
        let (range, edge) = reader.growing();
        let published = published(&storage, &key, &promised)?;
        let mut log = Self { storage, key, promised, range, edge, bundle, published };
        log.publish()?;
        Ok(log)
    }

    /// The size and root of the log.
    pub const fn head(&self) -> Head {
        self.promised.head
    }

    /// The checkpoint as it is published; none if publishing failed and is to be tried again.
    pub fn checkpoint(&self) -> Option<&str> {
        self.published.as_deref()
    }

    /// Where the files are.
    pub const fn storage(&self) -> &S {
        &self.storage
    }

    /// Appends a batch whose first leaf is number `first`, and publishes the checkpoint: from then
    /// on every leaf can be proven.
    ///
    /// A batch may be given again, whole or in part: what is there is compared and left.
    ///
    /// # Errors
    ///
    /// [`LogError::Gap`] or [`LogError::OtherLeaf`] if it is not what comes next; others if the log
    /// cannot go on now.
    pub fn append<L: AsRef<[u8]>>(&mut self, first: u64, leaves: &[L]) -> Result<Head, LogError> {
        let size = self.promised.head.size;
        let there = size.checked_sub(first).ok_or(LogError::Gap(size))?;
        let there = usize::try_from(there).unwrap_or(usize::MAX).min(leaves.len());
        let (known, new) = leaves.split_at(there);
        self.compare(first, known)?;
        if !new.is_empty() {
            self.grow(new)?;
        }
        self.publish()?;
        Ok(self.promised.head)
    }

    /// Publishes the checkpoint if that is still to be done.
    ///
    /// # Errors
    ///
    /// [`LogError`] if it cannot be signed or written.
    pub fn publish(&mut self) -> Result<(), LogError> {
        if self.published.is_some() { Ok(()) } else { self.publish_with(&[]) }
    }

    /// Publishes the checkpoint again with what witnesses signed below it; a caller verifies that
    /// with [`crate::witness::cosignatures`].
    ///
    /// # Errors
    ///
    /// [`LogError`] if it cannot be signed or written.
    pub fn publish_with(&mut self, cosignatures: &[Signature]) -> Result<(), LogError> {
        let text = self.promised.text();
        let own = self.key.sign_note(&text, 0)?;
        let signed = note(&text, [&own].into_iter().chain(cosignatures));
        if !self.storage.publish(&text, &signed)? {
            return Err(LogError::Overtaken);
        }
        self.published = Some(signed);
        Ok(())
    }

    /// Compares leaves that are given again with those that are there.
    fn compare<L: AsRef<[u8]>>(&self, first: u64, leaves: &[L]) -> Result<(), LogError> {
        if leaves.is_empty() {
            return Ok(());
        }
        let reader = TileReader::open(&self.storage, self.promised.head);
        let mut reader = reader.map_err(LogError::Damaged)?;
        let (mut bundle, mut entries) = (u64::MAX, Vec::new());
        for (number, leaf) in (first..).zip(leaves) {
            if number / WIDTH != bundle {
                bundle = number / WIDTH;
                entries = reader.entries(bundle).map_err(LogError::Damaged)?;
            }
            let place = usize::try_from(number % WIDTH).expect("at most 255");
            if entries[place] != leaf.as_ref() {
                return Err(LogError::OtherLeaf(number));
            }
        }
        Ok(())
    }

    /// Tiles and the promise, then the signature: no checkpoint is signed before all that it vouches
    /// for is durable, nor a second one for what was promised.
    fn grow<L: AsRef<[u8]>>(&mut self, leaves: &[L]) -> Result<(), LogError> {
        let fits = leaves.iter().all(|leaf| leaf.as_ref().len() <= MOST_ENTRY)
            && self.promised.head.size + (leaves.len() as u64) <= MOST_LEAVES;
        if !fits {
            return Err(LogError::TooLong);
        }
        let growth = Growth::of(&self.range, leaves);
        let next = Checkpoint { head: growth.head(), ..self.promised.clone() };
        // Whatever went wrong above or in memory: what does not begin with the last promise is not
        // signed.
        if !growth.continues(self.promised.head) {
            return Err(LogError::Inconsistent);
        }
        let (bundle, mut files) = growth.bundles(&self.bundle, leaves);
        let (edge, tiles) = growth.tiles(&self.edge);
        files.extend(tiles);
        if !self.storage.commit(Some(&self.promised.text()), &next.text(), &files)? {
            return Err(LogError::Overtaken);
        }
        (self.range, self.edge, self.bundle) = (growth.into_range(), edge, bundle);
        (self.promised, self.published) = (next, None);
        Ok(())
    }
}

/// Promises the empty log.
fn begin<S: Storage>(storage: &S, origin: &str) -> Result<Checkpoint, LogError> {
    let empty = Checkpoint::new(origin, Head::empty());
    if storage.commit(None, &empty.text(), &[])? { Ok(empty) } else { Err(LogError::Overtaken) }
}

/// The checkpoint that was published before the last stop, with what witnesses signed below it; none
/// if it is not the promised one.
fn published<S: Storage, K: SigningKey>(
    storage: &S,
    key: &K,
    promised: &Checkpoint,
) -> Result<Option<String>, LogError> {
    let Some(file) = storage.read(CHECKPOINT, MOST_BYTES)? else { return Ok(None) };
    let own = Trusted::new(&promised.origin, [key.verifier().clone()], []);
    let signed = own.ok().and_then(|own| own.open(&file).ok());
    let current = signed.is_some_and(|signed| signed.checkpoint() == promised);
    Ok(current.then(|| String::from_utf8(file).ok()).flatten())
}

#[cfg(test)]
mod tests;

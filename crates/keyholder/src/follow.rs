//! Reads the public log of accesses as an outsider does, from where it was read before: only what its
//! key signed, what continues what was read, and leaves that lead to the root.

use std::path::PathBuf;

use ledger::{
    checkpoint::{Checkpoint, Trusted},
    directory::Directory,
    leaf::Commitment,
    merkle::Head,
    note::{Algorithm, LocalKey, MOST_BYTES, Note, SigningKey},
    source::Source,
    tiles::{CHECKPOINT, WIDTH, reader::TileReader},
};
use vault::Secret;

/// How many leaves are read in one turn at most.
const TURN: u64 = 64 * WIDTH;
/// How many of those read before are read again at the start.
const AGAIN: u64 = 512 * WIDTH;

/// Why the log is not believed, or not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Distrust {
    /// It cannot be read now.
    #[error("the public log cannot be read")]
    Away,
    /// It is not what was read before, or not signed.
    #[error("the public log does not continue what was read of it")]
    Changed,
}

/// The log of a folder.
pub struct Follower {
    folder: PathBuf,
    seed: Secret<[u8; 32]>,
}

impl Follower {
    /// The log in a folder, whose key follows from this seed.
    pub const fn new(folder: PathBuf, seed: Secret<[u8; 32]>) -> Self {
        Self { folder, seed }
    }

    /// The leaves behind a position, some thousand at most, and the position then; none if nothing is
    /// new.
    ///
    /// # Errors
    ///
    /// [`Distrust`].
    pub fn next(&self, position: Head) -> Result<Option<(Vec<Commitment>, Head)>, Distrust> {
        let folder = Directory::new(&self.folder);
        let Some(head) = self.head(&folder)? else {
            return if position.size == 0 { Ok(None) } else { Err(Distrust::Away) };
        };
        if head == position {
            return Ok(None);
        }
        if head.size <= position.size {
            return Err(Distrust::Changed);
        }
        let mut reader = TileReader::open(&folder, head).map_err(|_| Distrust::Away)?;
        let before = reader.earlier(position.size).map_err(|_| Distrust::Away)?;
        if before != position {
            return Err(Distrust::Changed);
        }
        let end = head.size.min(position.size + TURN);
        let leaves = leaves(&mut reader, position.size, end)?;
        let there = reader.earlier(end).map_err(|_| Distrust::Away)?;
        Ok(Some((leaves, there)))
    }

    /// The last leaves before a position, as they were read before.
    pub fn last(&self, position: Head) -> Result<Vec<Commitment>, Distrust> {
        let folder = Directory::new(&self.folder);
        let Some(head) = self.head(&folder)?.filter(|head| head.size >= position.size) else {
            return Ok(Vec::new());
        };
        let mut reader = TileReader::open(&folder, head).map_err(|_| Distrust::Away)?;
        leaves(&mut reader, position.size.saturating_sub(AGAIN), position.size)
    }

    /// What the log's key signed last.
    fn head(&self, folder: &Directory) -> Result<Option<Head>, Distrust> {
        let read = folder.read(CHECKPOINT, MOST_BYTES).map_err(|_| Distrust::Away)?;
        let Some(bytes) = read else { return Ok(None) };
        self.signed(&bytes).map(Some).ok_or(Distrust::Changed)
    }

    fn signed(&self, bytes: &[u8]) -> Option<Head> {
        let note = Note::parse(bytes).ok()?;
        let origin = Checkpoint::parse(note.unverified_text()).ok()?.origin;
        let key = LocalKey::from_seed(&origin, Algorithm::Ed25519, self.seed.expose()).ok()?;
        let trusted = Trusted::new(&origin, [key.verifier().clone()], []).ok()?;
        Some(trusted.open(bytes).ok()?.head())
    }
}

fn leaves(
    reader: &mut TileReader<'_, Directory>,
    from: u64,
    end: u64,
) -> Result<Vec<Commitment>, Distrust> {
    let mut leaves = Vec::new();
    let mut at = from;
    while at < end {
        let bundle = reader.entries(at / WIDTH).map_err(|_| Distrust::Away)?;
        let skip = usize::try_from(at % WIDTH).expect("at most 255");
        let take = usize::try_from(end - at).unwrap_or(usize::MAX);
        for leaf in bundle.iter().skip(skip).take(take) {
            leaves.push(Commitment::of_leaf(leaf).ok_or(Distrust::Changed)?);
            at += 1;
        }
    }
    Ok(leaves)
}

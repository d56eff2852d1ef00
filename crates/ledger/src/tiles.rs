//! Tiles and entry bundles: where they are, what is in them, and the reader that believes nothing
//! of them that a checkpoint does not vouch for.

pub mod reader;

use std::{fmt, str::FromStr};

use crate::merkle::{Hash, MOST_LEAVES};

/// How many hashes or entries a full tile or bundle has.
pub const WIDTH: u64 = 256;
/// The highest level of a tile: above it, no tree of [`MOST_LEAVES`] has a hash.
pub const MOST_LEVEL: u8 = 7;
/// The most bytes of a hash tile.
pub const MOST_TILE: usize = 256 * 32;
/// The most bytes of an entry, as its length is told in two.
pub const MOST_ENTRY: usize = u16::MAX as usize;
/// The most bytes of a bundle.
pub const MOST_BUNDLE: usize = 256 * (2 + MOST_ENTRY);
/// Where the checkpoint is.
pub const CHECKPOINT: &str = "checkpoint";

/// What a tile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The hashes of a level; those of level 0 are of leaves.
    Hashes(u8),
    /// The entries themselves.
    Entries,
}

impl Kind {
    const fn level(self) -> u8 {
        match self {
            Self::Hashes(level) => level,
            Self::Entries => 0,
        }
    }

    /// How many hashes or entries of this kind a tree has.
    const fn count(self, size: u64) -> u64 {
        match size.checked_shr(8 * self.level() as u32) {
            Some(count) => count,
            None => 0,
        }
    }
}

const fn size_fits(size: u64) -> bool {
    size <= MOST_LEAVES
}

/// The place of a tile or of a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TilePath {
    kind: Kind,
    index: u64,
    width: u16,
}

impl TilePath {
    /// The tile of an index in a tree of so many leaves; none if the tree has nothing there.
    ///
    /// # Source
    ///
    /// C2SP tlog-tiles, "Partial Tiles".
    pub fn in_tree(kind: Kind, index: u64, size: u64) -> Option<Self> {
        if kind.level() > MOST_LEVEL || !size_fits(size) {
            return None;
        }
        let before = index.checked_mul(WIDTH)?;
        let width = kind.count(size).checked_sub(before)?.min(WIDTH);
        let width = u16::try_from(width).expect("at most 256");
        (width > 0).then_some(Self { kind, index, width })
    }

    /// What it holds.
    pub const fn kind(self) -> Kind {
        self.kind
    }

    /// Which one of its kind it is, from the left.
    pub const fn index(self) -> u64 {
        self.index
    }

    /// How many hashes or entries are in it.
    pub const fn width(self) -> usize {
        self.width as usize
    }

    /// Whether nothing can be added to it.
    pub const fn is_full(self) -> bool {
        self.width as u64 == WIDTH
    }

    /// The full tile in its place, which holds the same first entries.
    #[must_use]
    pub const fn filled(self) -> Self {
        Self { width: 256, ..self }
    }

    /// The most bytes that may be there.
    pub const fn most_bytes(self) -> usize {
        match self.kind {
            Kind::Hashes(_) => MOST_TILE,
            Kind::Entries => MOST_BUNDLE,
        }
    }

    /// The tiles of a kind that a tree has and an older one did not have in this width, from the
    /// left.
    pub fn new_between(kind: Kind, old: u64, new: u64) -> impl Iterator<Item = Self> {
        let exists = kind.level() <= MOST_LEVEL && size_fits(new);
        let grew = exists && kind.count(new) > kind.count(old);
        let first = kind.count(old) / WIDTH;
        let end = if grew { kind.count(new).div_ceil(WIDTH) } else { first };
        (first..end).filter_map(move |index| Self::in_tree(kind, index, new))
    }
}

impl fmt::Display for TilePath {
    /// Writes the path below the log's prefix.
    ///
    /// # Shape
    ///
    /// `tile/`, the level or `entries`, `/`, the index in groups of three digits of which all but
    /// the last begin with `x`; for a partial tile `.p/` and its width: `tile/0/x001/234.p/17`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Hashes(level) => write!(f, "tile/{level}")?,
            Kind::Entries => write!(f, "tile/entries")?,
        }
        let (mut rest, mut groups) = (self.index, vec![self.index % 1000]);
        while rest >= 1000 {
            rest /= 1000;
            groups.push(rest % 1000);
        }
        let last = groups.remove(0);
        for group in groups.iter().rev() {
            write!(f, "/x{group:03}")?;
        }
        write!(f, "/{last:03}")?;
        if self.is_full() { Ok(()) } else { write!(f, ".p/{}", self.width) }
    }
}

/// The text is not the path of a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not the path of a tile")]
pub struct ParsePathError;

impl FromStr for TilePath {
    type Err = ParsePathError;

    /// Reads a path in its only spelling.
    fn from_str(text: &str) -> Result<Self, ParsePathError> {
        let path = read_path(text).ok_or(ParsePathError)?;
        // One spelling for each path: no leading zeroes, no empty group before the first.
        if path.to_string() == text { Ok(path) } else { Err(ParsePathError) }
    }
}

fn read_path(text: &str) -> Option<TilePath> {
    let (kind, rest) = text.strip_prefix("tile/")?.split_once('/')?;
    let kind = match kind {
        "entries" => Kind::Entries,
        level => Kind::Hashes(level.parse().ok().filter(|level| *level <= MOST_LEVEL)?),
    };
    let (groups, width) = match rest.split_once(".p/") {
        Some((groups, width)) => (groups, width.parse().ok().filter(|w| (1..256).contains(w))?),
        None => (rest, 256),
    };
    let mut index = 0_u64;
    for group in groups.split('/') {
        let digits = group.strip_prefix('x').unwrap_or(group);
        let number: u64 = digits.parse().ok().filter(|_| digits.len() == 3)?;
        index = index.checked_mul(1000)?.checked_add(number)?;
    }
    Some(TilePath { kind, index, width })
}

/// The bytes of a hash tile.
///
/// # Shape
///
/// The hashes, 32 bytes each, from the left.
pub fn encode_hashes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// The hashes of a tile; none if the length is not a multiple of 32.
pub fn decode_hashes(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    rest.is_empty().then(|| hashes.iter().copied().map(Hash).collect())
}

/// Adds an entry to the bytes of a bundle.
///
/// # Shape
///
/// Its length (2 bytes, big-endian) and its bytes.
///
/// # Panics
///
/// If the entry is longer than [`MOST_ENTRY`].
pub fn push_entry(bundle: &mut Vec<u8>, entry: &[u8]) {
    let length = u16::try_from(entry.len()).expect("an entry is not longer than a bundle can tell");
    bundle.extend(length.to_be_bytes());
    bundle.extend(entry);
}

/// The entries of a bundle; none if the lengths do not add up.
pub fn decode_bundle(mut bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut entries = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<2>() {
        let (entry, rest) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
        entries.push(entry);
        bytes = rest;
    }
    bytes.is_empty().then_some(entries)
}

#[cfg(test)]
mod tests;

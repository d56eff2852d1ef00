//! Reads tiles and bundles and believes none of them that does not lead to the checkpoint's root.

use std::collections::HashMap;

use super::{Kind, TilePath, WIDTH, decode_bundle, decode_hashes};
use crate::{
    merkle::{
        Hash, Head, leaf_hash,
        prove::{self, Nodes},
        range::CompactRange,
        subtree_hash,
    },
    source::{Source, SourceError},
};

/// The most full tiles kept in memory: 8 kB each, 32 MB.
const MOST_KEPT: usize = 4096;

/// Why a log's files cannot be believed or read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// A tile that the checkpoint says must exist is not there.
    #[error("{0} is missing")]
    Missing(TilePath),
    /// A tile is not the one that the checkpoint vouches for.
    #[error("{0} is not what the checkpoint says")]
    Altered(TilePath),
    /// The tiles at the right edge do not lead to the checkpoint's root.
    #[error("the tiles do not lead to the root of the checkpoint")]
    OtherRoot,
    /// The tree has nothing in that place.
    #[error("the log of the checkpoint has nothing there")]
    Outside,
    /// The files cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
}

/// A log as its checkpoint says it is.
pub struct TileReader<'a, S: ?Sized> {
    source: &'a S,
    head: Head,
    /// The partial tile of each level; empty where the level ends with a full one.
    edge: Vec<Vec<Hash>>,
    full: HashMap<(u8, u64), Vec<Hash>>,
}

impl<'a, S: Source + ?Sized> TileReader<'a, S> {
    /// Reads the tiles at the right edge and holds them to the root.
    ///
    /// # Errors
    ///
    /// [`ReadError`]; of the edge all tiles are wrong together, as one root vouches for them.
    pub fn open(source: &'a S, head: Head) -> Result<Self, ReadError> {
        let edge = edge(source, head.size)?;
        Self::of_edge(source, head, edge).ok_or(ReadError::OtherRoot)
    }

    /// The same with the tiles at the right edge, of the widths that the size says; none if they do
    /// not lead to the root.
    pub(crate) fn of_edge(source: &'a S, head: Head, edge: Vec<Vec<Hash>>) -> Option<Self> {
        let root = edge_range(&edge, head.size).root();
        (root == head.root).then(|| Self { source, head, edge, full: HashMap::new() })
    }

    /// Takes a full tile from elsewhere, if it leads to the root.
    pub(crate) fn believe(&mut self, path: TilePath, hashes: &[Hash]) -> bool {
        let Kind::Hashes(level) = path.kind() else { return false };
        let fits = path.is_full() && hashes.len() == path.width();
        let right = fits && self.above(path).is_ok_and(|above| above == subtree_hash(hashes));
        if right {
            self.full.insert((level, path.index()), hashes.to_vec());
        }
        right
    }

    /// The size and root that everything is held to.
    pub const fn head(&self) -> Head {
        self.head
    }

    /// The tree as it grows further, and the tiles that are not full yet, from level 0 upwards.
    pub(crate) fn growing(self) -> (CompactRange, Vec<Vec<Hash>>) {
        (edge_range(&self.edge, self.head.size), self.edge)
    }

    /// The hashes of a tile.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the tree has no such tile, or one on the way to the root is missing or not
    /// what it should be.
    pub fn hashes(&mut self, level: u8, index: u64) -> Result<&[Hash], ReadError> {
        let path = TilePath::in_tree(Kind::Hashes(level), index, self.head.size);
        let path = path.ok_or(ReadError::Outside)?;
        if !path.is_full() {
            return Ok(&self.edge[usize::from(level)]);
        }
        if !self.full.contains_key(&(level, index)) {
            let hashes = fetch_hashes(self.source, path)?;
            if subtree_hash(&hashes) != self.above(path)? {
                return Err(ReadError::Altered(path));
            }
            if self.full.len() >= MOST_KEPT {
                self.full.clear();
            }
            self.full.insert((level, index), hashes);
        }
        Ok(&self.full[&(level, index)])
    }

    /// The hash that the tile above has for a full one.
    pub(crate) fn above(&mut self, path: TilePath) -> Result<Hash, ReadError> {
        let (index, place) = (path.index() / WIDTH, path.index() % WIDTH);
        let above = self.hashes(path.kind().level() + 1, index)?;
        Ok(above[usize::try_from(place).expect("at most 255")])
    }

    /// The entries of a bundle.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the tree has no such bundle, it is missing, or an entry is not the one whose
    /// hash is in the tree.
    pub fn entries(&mut self, index: u64) -> Result<Vec<Vec<u8>>, ReadError> {
        let path = TilePath::in_tree(Kind::Entries, index, self.head.size);
        let path = path.ok_or(ReadError::Outside)?;
        let entries = fetch_entries(self.source, path)?;
        let hashes = self.hashes(0, index)?;
        let found = entries.iter().map(|entry| leaf_hash(entry));
        if found.eq(hashes.iter().copied()) { Ok(entries) } else { Err(ReadError::Altered(path)) }
    }

    /// The entry of an index.
    ///
    /// # Errors
    ///
    /// As [`TileReader::entries`].
    pub fn entry(&mut self, index: u64) -> Result<Vec<u8>, ReadError> {
        if index >= self.head.size {
            return Err(ReadError::Outside);
        }
        let mut entries = self.entries(index / WIDTH)?;
        Ok(entries.swap_remove(usize::try_from(index % WIDTH).expect("at most 255")))
    }

    /// The proof that a leaf is in the tree.
    ///
    /// # Errors
    ///
    /// [`ReadError`], also if the tree has no such leaf.
    pub fn inclusion(&mut self, index: u64) -> Result<Vec<Hash>, ReadError> {
        let size = self.head.size;
        if index < size { prove::inclusion(self, index, size) } else { Err(ReadError::Outside) }
    }

    /// The proof that the tree begins with that of its first leaves.
    ///
    /// # Errors
    ///
    /// [`ReadError`], also if the tree has fewer leaves.
    pub fn consistency(&mut self, old: u64) -> Result<Vec<Hash>, ReadError> {
        let size = self.head.size;
        if old <= size { prove::consistency(self, old, size) } else { Err(ReadError::Outside) }
    }

    /// The head of the tree's first leaves.
    ///
    /// # Errors
    ///
    /// [`ReadError`], also if the tree has fewer leaves.
    pub fn earlier(&mut self, size: u64) -> Result<Head, ReadError> {
        match size {
            0 => Ok(Head::empty()),
            size if size > self.head.size => Err(ReadError::Outside),
            size => Ok(Head { size, root: prove::root(self, size)? }),
        }
    }
}

impl<S: Source + ?Sized> Nodes for TileReader<'_, S> {
    type Error = ReadError;

    fn node(&mut self, level: u32, index: u64) -> Result<Hash, ReadError> {
        let tile_level = u8::try_from(level / 8).map_err(|_| ReadError::Outside)?;
        let from = index.checked_shl(level % 8).ok_or(ReadError::Outside)?;
        let hashes = self.hashes(tile_level, from / WIDTH)?;
        let from = usize::try_from(from % WIDTH).expect("at most 255");
        let row = hashes.get(from..from + (1 << (level % 8))).ok_or(ReadError::Outside)?;
        Ok(subtree_hash(row))
    }
}

/// The partial tile of each level, not yet held to anything.
pub(crate) fn edge<S: Source + ?Sized>(source: &S, size: u64) -> Result<Vec<Vec<Hash>>, ReadError> {
    edge_paths(size).map(|path| path.map_or(Ok(Vec::new()), |p| fetch_hashes(source, p))).collect()
}

/// For each level that a tree has, where its partial tile is; none if the level ends with a full
/// one.
pub(crate) fn edge_paths(size: u64) -> impl Iterator<Item = Option<TilePath>> {
    let levels = (0..=super::MOST_LEVEL).map(Kind::Hashes);
    levels
        .take_while(move |kind| kind.count(size) > 0)
        .map(move |kind| TilePath::in_tree(kind, kind.count(size) / WIDTH, size))
}

/// The full subtrees that the partial tiles are made of, the largest first.
pub(crate) fn edge_range(edge: &[Vec<Hash>], size: u64) -> CompactRange {
    let mut roots = Vec::new();
    for hashes in edge.iter().rev() {
        let mut rest = hashes.as_slice();
        while !rest.is_empty() {
            let (row, others) = rest.split_at(1 << rest.len().ilog2());
            roots.push(subtree_hash(row));
            rest = others;
        }
    }
    CompactRange::of(size, roots).expect("the tiles have the widths that the size says")
}

/// The hashes of a tile, as many as its path says, not yet held to anything.
pub(crate) fn fetch_hashes<S: Source + ?Sized>(
    source: &S,
    path: TilePath,
) -> Result<Vec<Hash>, ReadError> {
    let (bytes, at) = fetch(source, path)?;
    let mut hashes = decode_hashes(&bytes).ok_or(ReadError::Altered(path))?;
    if hashes.len() != at.width() {
        return Err(ReadError::Altered(path));
    }
    hashes.truncate(path.width());
    Ok(hashes)
}

/// The entries of a bundle, as many as its path says, not yet held to anything.
pub(crate) fn fetch_entries<S: Source + ?Sized>(
    source: &S,
    path: TilePath,
) -> Result<Vec<Vec<u8>>, ReadError> {
    let (bytes, at) = fetch(source, path)?;
    let entries = decode_bundle(&bytes).ok_or(ReadError::Altered(path))?;
    if entries.len() != at.width() {
        return Err(ReadError::Altered(path));
    }
    Ok(entries.into_iter().take(path.width()).map(<[u8]>::to_vec).collect())
}

/// The bytes of a tile and where they were: a partial tile may be gone once the full one is there.
pub(crate) fn fetch<S: Source + ?Sized>(
    source: &S,
    path: TilePath,
) -> Result<(Vec<u8>, TilePath), ReadError> {
    for at in [path, path.filled()] {
        match source.read(&at.to_string(), at.most_bytes()) {
            Ok(Some(bytes)) => return Ok((bytes, at)),
            Ok(None) => {}
            Err(SourceError::TooLarge) => return Err(ReadError::Altered(path)),
            Err(away) => return Err(away.into()),
        }
    }
    Err(ReadError::Missing(path))
}

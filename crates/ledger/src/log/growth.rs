//! What a batch adds to a tree: nodes, tiles and bundles, and the proof that it only adds.

use std::convert::Infallible;

use crate::{
    merkle::{
        Hash, Head, leaf_hash,
        prove::{self, Nodes},
        range::CompactRange,
        verify_consistency,
    },
    tiles::{Kind, TilePath, WIDTH, encode_hashes, push_entry},
};

/// Files to write.
type Files = Vec<(TilePath, Vec<u8>)>;

/// A tree before and after a batch.
pub(super) struct Growth<'a> {
    old: &'a CompactRange,
    new: CompactRange,
    /// For each level above the leaves the nodes that became full, which follow those of the old
    /// tree.
    nodes: Vec<Vec<Hash>>,
}

impl<'a> Growth<'a> {
    pub(super) fn of<L: AsRef<[u8]>>(old: &'a CompactRange, leaves: &[L]) -> Self {
        let (mut new, mut nodes) = (old.clone(), vec![Vec::with_capacity(leaves.len())]);
        for leaf in leaves {
            new.push(leaf_hash(leaf.as_ref()), |level, hash| {
                let level = level as usize;
                if level == nodes.len() {
                    nodes.push(Vec::new());
                }
                nodes[level].push(hash);
            });
        }
        Self { old, new, nodes }
    }

    pub(super) fn head(&self) -> Head {
        self.new.head()
    }

    pub(super) fn into_range(self) -> CompactRange {
        self.new
    }

    /// Whether the new tree begins with one of this head: proven, as an outsider would.
    pub(super) fn continues(&self, old: Head) -> bool {
        let mut nodes = self;
        let Ok(proof) = prove::consistency(&mut nodes, self.old.size(), self.new.size());
        old.size == self.old.size() && verify_consistency(old, self.head(), &proof).is_ok()
    }

    /// The partial tile of each level, and the files of those that changed.
    pub(super) fn tiles(&self, edge: &[Vec<Hash>]) -> (Vec<Vec<Hash>>, Files) {
        let (mut edge, mut files) = (edge.to_vec(), Vec::new());
        let (old, new) = (self.old.size(), self.new.size());
        for (level, added) in (0..).zip(self.nodes.iter().step_by(8)) {
            if edge.len() == usize::from(level) {
                edge.push(Vec::new());
            }
            let hashes = &mut edge[usize::from(level)];
            hashes.extend(added);
            for path in TilePath::new_between(Kind::Hashes(level), old, new) {
                files.push((path, encode_hashes(&hashes[..path.width()])));
                if path.is_full() {
                    hashes.drain(..path.width());
                }
            }
        }
        (edge, files)
    }

    /// The partial bundle, and the files of those that changed.
    pub(super) fn bundles<L: AsRef<[u8]>>(&self, bundle: &[u8], leaves: &[L]) -> (Vec<u8>, Files) {
        let (mut bundle, mut files, mut rest) = (bundle.to_vec(), Vec::new(), leaves);
        let mut there = usize::try_from(self.old.size() % WIDTH).expect("at most 255");
        for path in TilePath::new_between(Kind::Entries, self.old.size(), self.new.size()) {
            let (these, others) = rest.split_at(path.width() - there);
            for leaf in these {
                push_entry(&mut bundle, leaf.as_ref());
            }
            if path.is_full() {
                files.push((path, std::mem::take(&mut bundle)));
            } else {
                files.push((path, bundle.clone()));
            }
            (rest, there) = (others, 0);
        }
        (bundle, files)
    }
}

impl Nodes for &Growth<'_> {
    type Error = Infallible;

    /// A node that became full with the batch, or one of the full subtrees that the old tree is made
    /// of: no other is needed to prove that one follows the other.
    fn node(&mut self, level: u32, index: u64) -> Result<Hash, Infallible> {
        let before = self.old.size() >> level;
        let place = index.checked_sub(before).and_then(|place| usize::try_from(place).ok());
        let new = self.nodes.get(level as usize).zip(place).and_then(|(row, place)| row.get(place));
        let old = || {
            let larger = (self.old.size() >> level >> 1).count_ones() as usize;
            self.old.roots()[larger]
        };
        Ok(new.copied().unwrap_or_else(old))
    }
}

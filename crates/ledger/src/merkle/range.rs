//! A tree that grows: the roots of the full subtrees that it is made of, at most 63 hashes.

use super::{Hash, Head, MOST_LEAVES, empty_root, node_hash};

/// The full subtrees of a tree, the largest first: enough to append to it and to know its root.
///
/// # Source
///
/// The Merkle mountain range that RFC 6962's tree of any size is made of: one subtree for each bit
/// of the size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompactRange {
    size: u64,
    roots: Vec<Hash>,
}

impl CompactRange {
    /// A tree without leaves.
    pub const fn empty() -> Self {
        Self { size: 0, roots: Vec::new() }
    }

    /// A tree of its subtrees, the largest first; none if there are not as many as the size says.
    pub fn of(size: u64, roots: Vec<Hash>) -> Option<Self> {
        let fits = size <= MOST_LEAVES && roots.len() == size.count_ones() as usize;
        fits.then_some(Self { size, roots })
    }

    /// How many leaves it has.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The roots of its full subtrees, the largest first.
    pub fn roots(&self) -> &[Hash] {
        &self.roots
    }

    /// Appends the hash of a leaf and tells each node that is full now, with its level above the
    /// leaves, from the leaf upwards.
    ///
    /// # Panics
    ///
    /// Past [`MOST_LEAVES`], which no log reaches.
    pub fn push(&mut self, leaf: Hash, mut full: impl FnMut(u32, Hash)) {
        assert!(self.size < MOST_LEAVES, "a tree has fewer leaves than a clock has nanoseconds");
        let mut node = leaf;
        full(0, node);
        for level in 1..=self.size.trailing_ones() {
            let left = self.roots.pop().expect("one subtree for each bit of the size");
            node = node_hash(left, node);
            full(level, node);
        }
        self.roots.push(node);
        self.size += 1;
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        let mut roots = self.roots.iter().rev().copied();
        let Some(last) = roots.next() else { return empty_root() };
        roots.fold(last, |right, left| node_hash(left, right))
    }

    /// Its size and root.
    pub fn head(&self) -> Head {
        Head { size: self.size, root: self.root() }
    }
}

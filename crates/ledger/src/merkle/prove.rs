//! How proofs are made, from any place that knows the nodes of the full subtrees.

use super::{Hash, node_hash};

/// Where the nodes of a tree are.
pub trait Nodes {
    /// Why a node cannot be had.
    type Error;

    /// The hash over the leaves `index << level` to `(index + 1) << level`, all of which exist.
    ///
    /// # Errors
    ///
    /// Where the nodes are kept may be away or damaged.
    fn node(&mut self, level: u32, index: u64) -> Result<Hash, Self::Error>;
}

/// The proof that a leaf is in the tree of the first `size` leaves, the nearest sibling first.
///
/// # Errors
///
/// Those of the nodes.
///
/// # Panics
///
/// If the leaf is not in the tree.
///
/// # Source
///
/// RFC 6962, section 2.1.1.
pub fn inclusion<N: Nodes>(nodes: &mut N, index: u64, size: u64) -> Result<Vec<Hash>, N::Error> {
    assert!(index < size, "the leaf is in the tree");
    let (mut from, mut to, mut siblings) = (0, size, Vec::new());
    while to - from > 1 {
        let middle = from + split(to - from);
        if index < middle {
            siblings.push((middle, to));
            to = middle;
        } else {
            siblings.push((from, middle));
            from = middle;
        }
    }
    hashes(nodes, &siblings)
}

/// The proof that the tree of the first `new` leaves begins with that of the first `old`.
///
/// # Errors
///
/// Those of the nodes.
///
/// # Panics
///
/// If the old tree is larger.
///
/// # Source
///
/// RFC 6962, section 2.1.2; for the empty tree, and for a tree and itself, the proof is empty.
pub fn consistency<N: Nodes>(nodes: &mut N, old: u64, new: u64) -> Result<Vec<Hash>, N::Error> {
    assert!(old <= new, "a tree does not shrink");
    if old == 0 {
        return Ok(Vec::new());
    }
    let (mut from, mut to, mut siblings) = (0, new, Vec::new());
    while to != old {
        let middle = from + split(to - from);
        if old <= middle {
            siblings.push((middle, to));
            to = middle;
        } else {
            siblings.push((from, middle));
            from = middle;
        }
    }
    if from > 0 {
        siblings.push((from, to));
    }
    hashes(nodes, &siblings)
}

/// The root of the tree of the first `size` leaves, of which there is at least one.
///
/// # Errors
///
/// Those of the nodes.
pub fn root<N: Nodes>(nodes: &mut N, size: u64) -> Result<Hash, N::Error> {
    range_hash(nodes, 0, size)
}

/// The largest power of two below a number above one.
const fn split(leaves: u64) -> u64 {
    1 << (u64::BITS - 1 - (leaves - 1).leading_zeros())
}

/// The siblings were found from the root downwards; a proof is told from the leaf upwards.
fn hashes<N: Nodes>(nodes: &mut N, siblings: &[(u64, u64)]) -> Result<Vec<Hash>, N::Error> {
    siblings.iter().rev().map(|(from, to)| range_hash(nodes, *from, *to)).collect()
}

/// The hash over a part of a tree that is one of its nodes, full or at its right edge.
fn range_hash<N: Nodes>(nodes: &mut N, mut from: u64, to: u64) -> Result<Hash, N::Error> {
    let mut full = Vec::new();
    while from < to {
        // As `from` is a multiple of every full subtree that still fits, the largest is next.
        let level = (to - from).ilog2();
        full.push(nodes.node(level, from >> level)?);
        from += 1 << level;
    }
    let mut full = full.into_iter().rev();
    let last = full.next().expect("the part has a leaf");
    Ok(full.fold(last, |right, left| node_hash(left, right)))
}

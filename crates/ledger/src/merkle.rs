//! The Merkle tree of RFC 6962 with SHA-256: hashes of leaves and nodes, and what proofs prove.
//! How proofs are made is in [`prove`], how a tree grows in [`range`](mod@range).

pub mod prove;
pub mod range;

use std::fmt;

use aws_lc_rs::digest::{self, SHA256};
use base64::{Engine, engine::general_purpose::STANDARD};

/// The most leaves of a tree: what a signed 64-bit column holds.
pub const MOST_LEAVES: u64 = i64::MAX as u64;
/// The most hashes of a proof: a tree has at most 63 levels above its leaves.
pub const MOST_PROOF: usize = 63;

/// A SHA-256 hash: of a leaf, of a node or of a whole tree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The hash as text.
    ///
    /// # Shape
    ///
    /// 44 letters: standard base64 with padding.
    pub fn to_base64(self) -> String {
        STANDARD.encode(self.0)
    }

    /// Reads a hash from its only spelling in base64; none if it is anything else.
    pub fn from_base64(text: &str) -> Option<Self> {
        if text.len() != 44 {
            return None;
        }
        STANDARD.decode(text).ok()?.try_into().ok().map(Self)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_base64())
    }
}

/// Why a proof proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// No such proof can exist: the leaf is not in a tree of this size, or the tree shrinks.
    #[error("the sizes do not fit together")]
    Sizes,
    /// It has too few or too many hashes.
    #[error("the proof has the wrong length")]
    Length,
    /// It leads to another root.
    #[error("the proof leads to another root")]
    Root,
}

pub(crate) fn sha256(bytes: &[u8]) -> Hash {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&SHA256, bytes).as_ref());
    Hash(hash)
}

/// The root of a tree without leaves.
///
/// # Source
///
/// RFC 6962, section 2.1: the hash of an empty string.
pub fn empty_root() -> Hash {
    sha256(&[])
}

/// The hash of a leaf.
///
/// # Source
///
/// RFC 6962, section 2.1: SHA-256(0x00 || leaf).
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    /// Ours are shorter; in one call the hash of a short leaf takes half the time.
    const SHORT: usize = 128;
    if leaf.len() < SHORT {
        let mut bytes = [0; SHORT];
        bytes[1..=leaf.len()].copy_from_slice(leaf);
        return sha256(&bytes[..=leaf.len()]);
    }
    let mut context = digest::Context::new(&SHA256);
    context.update(&[0]);
    context.update(leaf);
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    Hash(hash)
}

/// The hash of a node above two others.
///
/// # Source
///
/// RFC 6962, section 2.1: SHA-256(0x01 || left || right).
pub fn node_hash(left: Hash, right: Hash) -> Hash {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(&left.0);
    bytes[33..].copy_from_slice(&right.0);
    sha256(&bytes)
}

/// The hash of a full subtree, from the hashes of its lowest row; their number is a power of two.
pub(crate) fn subtree_hash(row: &[Hash]) -> Hash {
    debug_assert!(row.len().is_power_of_two());
    let mut row = row.to_vec();
    while row.len() > 1 {
        row = row.chunks_exact(2).map(|pair| node_hash(pair[0], pair[1])).collect();
    }
    row[0]
}

/// Checks that a leaf is in a tree.
///
/// # Errors
///
/// [`ProofError`] if the proof does not show it.
///
/// # Source
///
/// RFC 6962, section 2.1.1; the algorithm is that of RFC 9162, section 2.1.3.2.
pub fn verify_inclusion(
    leaf: Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::Sizes);
    }
    let (mut at, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in proof {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if at & 1 == 1 || at == last {
            hash = node_hash(*sibling, hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(hash, *sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    match (last, hash == root) {
        (0, true) => Ok(()),
        (0, false) => Err(ProofError::Root),
        _ => Err(ProofError::Length),
    }
}

/// The size and the root of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many leaves it has.
    pub size: u64,
    /// The hash over all of them.
    pub root: Hash,
}

impl Head {
    /// The head of a tree without leaves.
    pub fn empty() -> Self {
        Self { size: 0, root: empty_root() }
    }
}

/// Checks that a tree begins with all leaves of an older one, in their order.
///
/// Every tree begins with the empty one, so of that no proof is needed or taken.
///
/// # Errors
///
/// [`ProofError`] if the proof does not show it.
///
/// # Source
///
/// RFC 6962, section 2.1.2; the algorithm is that of RFC 9162, section 2.1.4.2.
pub fn verify_consistency(old: Head, new: Head, proof: &[Hash]) -> Result<(), ProofError> {
    if old.size > new.size {
        return Err(ProofError::Sizes);
    }
    if old.size == 0 || old.size == new.size {
        let same = (old.size > 0 || old.root == empty_root())
            && (old.size < new.size || old.root == new.root);
        return match (proof.is_empty(), same) {
            (false, _) => Err(ProofError::Length),
            (true, false) => Err(ProofError::Root),
            (true, true) => Ok(()),
        };
    }
    let (mut at, mut last) = (old.size - 1, new.size - 1);
    let skipped = at.trailing_ones();
    at >>= skipped;
    last >>= skipped;
    // A full subtree is its own beginning, and a proof does not repeat it.
    let (first, rest) = if at == 0 {
        (old.root, proof)
    } else {
        let (first, rest) = proof.split_first().ok_or(ProofError::Length)?;
        (*first, rest)
    };
    let (mut was, mut is) = (first, first);
    for sibling in rest {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if at & 1 == 1 || at == last {
            was = node_hash(*sibling, was);
            is = node_hash(*sibling, is);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            is = node_hash(is, *sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    match (last, was == old.root && is == new.root) {
        (0, true) => Ok(()),
        (0, false) => Err(ProofError::Root),
        _ => Err(ProofError::Length),
    }
}

#[cfg(test)]
mod tests;

//! The heads of all chains of a log, as a map that is signed with the log: for each chain, known by a
//! keyed digest, how many entries it has and which is its last. Its nodes carry sums, so the root says
//! how many entries all chains have together; that is how many leaves the log has, or some are left out.
//!
//! The map is a binary tree over the bits of the digests, from the first. A chain stands at the highest
//! node below which there is no other, so each has one place; a place can be proven by the nodes beside
//! the way to it.

use super::{
    leaf::{
        Commitment,
        entry::{Act, Entry},
    },
    merkle::{Hash, sha256},
};

/// The purpose by which an entry of the log says what the heads were.
pub const PURPOSE: &str = "chain-heads";
/// How many bits the digests have, and how long a way is at most.
pub const MOST_PATH: usize = 256;
/// By how many bits the map is cut into parts, each of which is kept by itself.
const PART_BITS: usize = 12;
/// How many parts there are.
pub const PARTS: usize = 1 << PART_BITS;

/// The end of a chain. It has no Debug: who knows whose digest it is knows how often they were seen.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The keyed digest by which the chain is known.
    pub key: [u8; 32],
    /// How many entries it has.
    pub number: u64,
    /// The commitment to the last one.
    pub last: Commitment,
}

impl Head {
    /// The part in which it is.
    pub fn part(&self) -> usize {
        usize::from(u16::from_be_bytes([self.key[0], self.key[1]])) >> (16 - PART_BITS)
    }

    /// Its node.
    ///
    /// # Shape
    ///
    /// SHA-256 of: 0x00, the key (32 bytes), the number (8, big-endian), the commitment (32).
    fn node(&self) -> Node {
        let mut bytes = [0; 73];
        bytes[1..33].copy_from_slice(&self.key);
        bytes[33..41].copy_from_slice(&self.number.to_be_bytes());
        bytes[41..].copy_from_slice(&self.last.0);
        Node { hash: sha256(&bytes), sum: self.number, chains: 1 }
    }
}

/// A node of the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its hash.
    pub hash: Hash,
    /// How many entries the chains below it have.
    pub sum: u64,
    /// How many chains there are below it.
    pub chains: u64,
}

/// A node beside the way to a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beside {
    /// Its hash.
    pub hash: Hash,
    /// How many entries the chains below it have.
    pub sum: u64,
}

impl Node {
    /// That of no chain.
    pub const EMPTY: Self = Self { hash: Hash([0; 32]), sum: 0, chains: 0 };

    /// The node above two others; none if the sums are beyond all bounds.
    fn above(left: Self, right: Self) -> Option<Self> {
        let chains = left.chains.checked_add(right.chains)?;
        // A chain that is alone stands as high as it can.
        match (left.chains, right.chains) {
            (0, 0 | 1) => return Some(right),
            (1, 0) => return Some(left),
            _ => {}
        }
        let (hash, sum) = above(left.beside(), right.beside())?;
        Some(Self { hash, sum, chains })
    }

    const fn beside(self) -> Beside {
        Beside { hash: self.hash, sum: self.sum }
    }
}

/// # Shape
///
/// SHA-256 of: 0x01, then of the left and of the right node the hash (32 bytes) and the sum (8,
/// big-endian).
fn above(left: Beside, right: Beside) -> Option<(Hash, u64)> {
    let mut bytes = [1; 81];
    bytes[1..33].copy_from_slice(&left.hash.0);
    bytes[33..41].copy_from_slice(&left.sum.to_be_bytes());
    bytes[41..73].copy_from_slice(&right.hash.0);
    bytes[73..].copy_from_slice(&right.sum.to_be_bytes());
    Some((sha256(&bytes), left.sum.checked_add(right.sum)?))
}

const fn bit(key: &[u8; 32], depth: usize) -> bool {
    key[depth / 8] & (0x80 >> (depth % 8)) != 0
}

/// The node of a part, from its chains in the order of their keys; none if the sums are beyond all
/// bounds, or two have one key.
pub fn part(heads: &[Head]) -> Option<Node> {
    subtree(heads, PART_BITS)
}

fn subtree(heads: &[Head], depth: usize) -> Option<Node> {
    match heads {
        [] => Some(Node::EMPTY),
        [one] => Some(one.node()),
        _ if depth == MOST_PATH => None,
        some => {
            let (left, right) = halves(some, depth);
            Node::above(subtree(left, depth + 1)?, subtree(right, depth + 1)?)
        }
    }
}

fn halves(heads: &[Head], depth: usize) -> (&[Head], &[Head]) {
    heads.split_at(heads.partition_point(|head| !bit(&head.key, depth)))
}

/// The root over the nodes of all parts; none if the sums are beyond all bounds.
pub fn root(parts: &[Node]) -> Option<Node> {
    match parts {
        [] => Some(Node::EMPTY),
        [one] => Some(*one),
        some => {
            let (left, right) = some.split_at(some.len() / 2);
            Node::above(root(left)?, root(right)?)
        }
    }
}

/// The nodes beside the way to a chain, from the root; none if the map does not have it, or the parts
/// are not [`PARTS`]. `heads` are the chains of its part.
pub fn path(parts: &[Node], heads: &[Head], key: &[u8; 32]) -> Option<Vec<Beside>> {
    let (mut parts, mut way) = (parts, Vec::new());
    if parts.len() != PARTS {
        return None;
    }
    for depth in 0..PART_BITS {
        let (left, right) = parts.split_at(parts.len() / 2);
        let (mine, other) = if bit(key, depth) { (right, left) } else { (left, right) };
        let other = root(other)?;
        if root(parts)?.chains > 1 {
            way.push(other.beside());
        }
        parts = mine;
    }
    let (mut heads, mut depth) = (heads, PART_BITS);
    while heads.len() > 1 && depth < MOST_PATH {
        let (left, right) = halves(heads, depth);
        let (mine, other) = if bit(key, depth) { (right, left) } else { (left, right) };
        way.push(subtree(other, depth + 1)?.beside());
        (heads, depth) = (mine, depth + 1);
    }
    matches!(heads, [one] if one.key == *key).then_some(way)
}

/// The root that a chain and the nodes beside its way lead to, with the sum over all chains; none if the
/// way is too long or the sums are beyond all bounds.
pub fn leads_to(head: &Head, path: &[Beside]) -> Option<(Hash, u64)> {
    if path.len() > MOST_PATH {
        return None;
    }
    let own = head.node();
    let mut at = (own.hash, own.sum);
    for (depth, other) in path.iter().enumerate().rev() {
        let mine = Beside { hash: at.0, sum: at.1 };
        at = if bit(&head.key, depth) { above(*other, mine)? } else { above(mine, *other)? };
    }
    Some(at)
}

/// What the log says of the heads of all chains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// Of so many leaves from the first on.
    pub size: u64,
    /// How many chains they are of.
    pub chains: u64,
    /// The root of the map.
    pub root: Hash,
}

impl Said {
    /// As an entry's fields say it.
    pub fn fields(&self) -> Vec<String> {
        let Self { size, chains, root } = self;
        vec![
            format!("size {size}"),
            format!("chains {chains}"),
            format!("root {}", root.to_base64()),
        ]
    }

    /// What an entry says; none if it is about something else.
    pub fn of(entry: &Entry) -> Option<Self> {
        let [size, chains, root] = entry.fields.as_slice() else { return None };
        if entry.act != Act::Decision || entry.purpose != PURPOSE {
            return None;
        }
        Some(Self {
            size: size.strip_prefix("size ")?.parse().ok()?,
            chains: chains.strip_prefix("chains ")?.parse().ok()?,
            root: Hash::from_base64(root.strip_prefix("root ")?)?,
        })
    }
}

#[cfg(test)]
mod tests;

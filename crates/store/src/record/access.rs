//! Who opened which fields of whom.

use domain::id::HomeBucket;
use jiff::Timestamp;
use uuid::Uuid;

/// Whose list of accesses: a person, or the account that has a mobile. It has no Debug: it names a
/// person.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AccessOf {
    /// Their home.
    pub bucket: HomeBucket,
    /// By which the vault knows them.
    pub person: Uuid,
}

/// The last access in a person's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessHead {
    /// How many there are.
    pub number: u64,
    /// The commitment to the last one.
    pub commitment: [u8; 32],
}

/// An access. It has no Debug: it names a person.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessRow {
    /// Whose list it is in.
    pub of: AccessOf,
    /// The how-manyth it is, from 1.
    pub number: u64,
    /// The commitment to the one before; none for the first.
    pub previous: Option<[u8; 32]>,
    /// The commitment to this one.
    pub commitment: [u8; 32],
    /// Salt and entry, sealed.
    pub sealed: Vec<u8>,
    /// When.
    pub at: Timestamp,
}

/// An access as it is read back. It has no Debug: it holds who opened what.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptAccess {
    /// The how-manyth of the person it is.
    pub number: u64,
    /// Salt and entry, sealed.
    pub sealed: Vec<u8>,
    /// The number of its leaf in the log; none while it waits.
    pub leaf: Option<u64>,
}

/// The most accesses that one plan has.
pub const MOST_PLANNED: u32 = 8_192;

/// The bytes of one planned leaf: bucket, person, number, commitment.
const PLANNED_BYTES: usize = 2 + 16 + 8 + 32;

/// An access that has, or is to have, a leaf in the log. It has no Debug: it names a person.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PlannedLeaf {
    /// Whose list the access is in.
    pub of: AccessOf,
    /// The how-manyth there it is.
    pub number: u64,
    /// The commitment to it.
    pub commitment: [u8; 32],
}

/// What is about to be appended to the log of accesses.
#[derive(Clone, PartialEq, Eq)]
pub struct LeafPlan {
    /// The number of its first leaf.
    pub first: u64,
    /// The accesses, in the order of their leaves; none if nothing is planned.
    pub leaves: Vec<PlannedLeaf>,
}

impl LeafPlan {
    /// The leaves as a column holds them.
    ///
    /// # Shape
    ///
    /// For each leaf: the bucket (2 bytes), the person (16), the number (8), the commitment (32).
    /// Numbers are big-endian.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.leaves.len() * PLANNED_BYTES);
        for leaf in &self.leaves {
            bytes.extend_from_slice(&leaf.of.bucket.0.to_be_bytes());
            bytes.extend_from_slice(leaf.of.person.as_bytes());
            bytes.extend_from_slice(&leaf.number.to_be_bytes());
            bytes.extend_from_slice(&leaf.commitment);
        }
        bytes
    }

    /// Reads what [`LeafPlan::to_bytes`] wrote; none if it is cut short.
    pub(crate) fn from_bytes(first: u64, bytes: &[u8]) -> Option<Self> {
        let (leaves, rest) = bytes.as_chunks::<PLANNED_BYTES>();
        rest.is_empty().then(|| Self { first, leaves: leaves.iter().map(planned).collect() })
    }

    /// Each leaf with its number in the log.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (u64, &PlannedLeaf)> {
        (self.first..).zip(&self.leaves)
    }

    /// The number of the first leaf behind it.
    pub fn end(&self) -> u64 {
        self.first + self.leaves.len() as u64
    }
}

fn planned(bytes: &[u8; PLANNED_BYTES]) -> PlannedLeaf {
    fn part<const N: usize>(bytes: &[u8], from: usize) -> [u8; N] {
        let mut part = [0; N];
        part.copy_from_slice(&bytes[from..from + N]);
        part
    }
    PlannedLeaf {
        of: AccessOf {
            bucket: HomeBucket(u16::from_be_bytes(part(bytes, 0))),
            person: Uuid::from_bytes(part(bytes, 2)),
        },
        number: u64::from_be_bytes(part(bytes, 18)),
        commitment: part(bytes, 26),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_read_as_it_was_written() {
        let leaf = |number: u64| PlannedLeaf {
            of: AccessOf {
                bucket: HomeBucket(u16::MAX - 7),
                person: Uuid::from_u128(u128::from(number) << 70),
            },
            number: number << 33,
            commitment: [u8::try_from(number).unwrap(); 32],
        };
        let plan = LeafPlan { first: 40, leaves: (1..20).map(leaf).collect() };
        let bytes = plan.to_bytes();
        assert!(LeafPlan::from_bytes(40, &bytes).unwrap() == plan);
        assert_eq!(plan.end(), 59);
        assert!(LeafPlan::from_bytes(40, &bytes[1..]).is_none());
    }
}

//! What was done to a list of hashes, from how it differs from what it should be.

use std::collections::BTreeMap;

use super::Finding;
use crate::merkle::Hash;

/// Names how a list differs from the one that was signed; none if it does not. `first` is the number
/// of its first leaf, and `span` how many leaves each hash stands for.
pub(super) fn edit(
    path: String,
    (first, span): (u64, u64),
    expected: &[Hash],
    found: &[Hash],
) -> Option<Finding> {
    if expected == found {
        return None;
    }
    let same = expected.iter().zip(found).take_while(|(one, other)| one == other).count();
    let leaf = first + same as u64 * span;
    let (expected, found) = (&expected[same..], &found[same..]);
    Some(if is_part(found, expected) {
        Finding::Deleted { path, leaf }
    } else if is_part(expected, found) {
        Finding::Inserted { path, leaf }
    } else if counted(expected) == counted(found) {
        Finding::Reordered { path, leaf }
    } else if shifted(expected, found) {
        // Taken out, and the next bundle's entries moved up.
        Finding::Deleted { path, leaf }
    } else if shifted(found, expected) {
        // Put in, and the last entries pushed out.
        Finding::Inserted { path, leaf }
    } else {
        Finding::Altered { path, leaf: Some(leaf) }
    })
}

/// Whether a list is what is left of a longer one after some were taken out.
fn is_part(part: &[Hash], whole: &[Hash]) -> bool {
    let mut rest = whole.iter();
    part.len() < whole.len() && part.iter().all(|hash| rest.any(|other| other == hash))
}

/// Whether a list of the same length goes on with what stood one place further in the other.
fn shifted(before: &[Hash], after: &[Hash]) -> bool {
    before.len() == after.len() && before.len() > 1 && before[1..] == after[..after.len() - 1]
}

fn counted(hashes: &[Hash]) -> BTreeMap<&Hash, usize> {
    let mut counted = BTreeMap::new();
    for hash in hashes {
        *counted.entry(hash).or_default() += 1;
    }
    counted
}

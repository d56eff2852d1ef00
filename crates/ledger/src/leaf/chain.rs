//! The chain of one person's entries: each has its number and the commitment to the one before, so
//! that an entry that is kept back shows as soon as a later one is told.

use super::{Commitment, Opening, entry::Link};

/// The last entry of a person that is known: what the next one must follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainHead {
    /// How many entries the person has.
    pub number: u64,
    /// What the last one is committed to by.
    pub commitment: Commitment,
}

impl ChainHead {
    /// The link of the next entry of a person; of the first if there is none yet.
    pub fn next(person: [u8; 16], last: Option<Self>) -> Link {
        Link {
            person,
            number: last.map_or(1, |last| last.number + 1),
            previous: last.map(|last| last.commitment),
        }
    }
}

/// Why entries are not the whole chain of a person; the number is that of the entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// It is not an entry of this person's chain.
    #[error("an entry that should be number {0} is not one of this person")]
    NotTheirs(u64),
    /// An entry is not told.
    #[error("entry number {0} is missing")]
    Missing(u64),
    /// An entry is told twice, or after later ones.
    #[error("entry number {0} is out of its order")]
    OutOfOrder(u64),
    /// An entry follows another one than that which is told before it.
    #[error("entry number {0} follows another entry than the one before it")]
    OtherPrevious(u64),
}

/// Checks that entries are all that a person has after those known before, in their order.
///
/// Entries after the last one told cannot show here: their number is what the keyholder counts, and
/// a head kept from an earlier answer shows whether any was taken back.
///
/// # Errors
///
/// [`ChainError`] for the first entry that does not follow.
pub fn follow(
    person: [u8; 16],
    known: Option<ChainHead>,
    openings: &[Opening],
) -> Result<Option<ChainHead>, ChainError> {
    let mut last = known;
    for opening in openings {
        let expected = ChainHead::next(person, last);
        let link = opening.entry().ok().and_then(|entry| entry.link);
        let link = link.filter(|link| link.person == person);
        let link = link.ok_or(ChainError::NotTheirs(expected.number))?;
        if link.number > expected.number {
            return Err(ChainError::Missing(expected.number));
        }
        if link.number < expected.number {
            return Err(ChainError::OutOfOrder(link.number));
        }
        if link.previous != expected.previous {
            return Err(ChainError::OtherPrevious(link.number));
        }
        last = Some(ChainHead { number: link.number, commitment: opening.commitment() });
    }
    Ok(last)
}

//! Made-up documents of the kinds that offices in India publish, some with people in them and some
//! without, and what is to be found in each: what the scanner and its peers are measured on.
//!
//! Nobody in them exists. It knows nothing of the scanner, and the scanner nothing of it.

mod dice;
mod document;
mod identity;
mod kinds;
mod people;
pub mod score;

pub use document::{Document, EITHER, Kind, Label};

use crate::dice::Dice;

/// Documents without end, by turns of every sort. The same seed gives the same documents.
///
/// # Shape
///
/// The sorts with people and those without follow one another in one order, so that a number
/// of documents that is a multiple of theirs has as many of each.
pub fn documents(seed: u64) -> impl Iterator<Item = Document> {
    (0_u64..).map(move |at| document(seed, at))
}

fn document(seed: u64, at: u64) -> Document {
    let mut dice = Dice::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ at);
    let sorts = kinds::SORTS;
    let which = usize::try_from(at % sorts.len() as u64).expect("below the number of sorts");
    let (sort, suffix, write) = sorts[which];
    write(&mut dice).done(sort, suffix)
}

/// How many sorts of documents there are.
pub const fn sorts() -> usize {
    kinds::SORTS.len()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_seed_gives_the_same_documents_and_another_seed_others() {
        let texts =
            |seed| documents(seed).take(2 * sorts()).map(|one| one.text).collect::<Vec<_>>();
        assert_eq!(texts(1), texts(1));
        assert_ne!(texts(1), texts(2));
    }

    #[test]
    fn every_label_holds_a_value_and_none_overlap() {
        for document in documents(3).take(10 * sorts()) {
            let mut last = 0;
            for label in &document.labels {
                assert!(label.start >= last && label.start < label.end, "{}", document.sort);
                let value = &document.text[label.start..label.end];
                assert_eq!(value, value.trim(), "{}", document.sort);
                assert!(
                    label.kind == EITHER || label.person < document.persons,
                    "{}",
                    document.sort
                );
                last = label.end;
            }
        }
    }

    #[test]
    fn half_of_the_sorts_have_people_in_them() {
        let with: BTreeSet<_> = documents(4)
            .take(3 * sorts())
            .filter(|document| document.persons > 0)
            .map(|document| document.sort)
            .collect();
        assert!(with.len() * 5 >= sorts() * 2 && with.len() * 5 <= sorts() * 3, "{with:?}");
    }
}

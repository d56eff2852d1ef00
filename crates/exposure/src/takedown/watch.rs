//! Looks for what is gone under another name: the same bytes, or nearly the same text.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use super::{
    address::{Address, Query},
    case::{Case, CaseError},
    stage::Step,
    world::Work,
};
use crate::exposed::{Digest, Near};

/// A document that a sweep found; what else its line says is not looked at.
#[derive(Clone, Debug, Deserialize)]
pub struct Found {
    /// Its address.
    pub url: String,
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// Its simhash.
    pub near: Near,
    /// Other addresses of the same bytes.
    #[serde(default)]
    pub also_at: Vec<String>,
}

/// How a document was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// It has the same bytes.
    Same,
    /// Its text is nearly the same.
    Near,
    /// It is one of the addresses itself, which answers again.
    Address,
}

/// A document that is back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Back {
    /// Where.
    pub url: String,
    /// How it was recognised.
    pub likeness: Likeness,
}

/// Compares what a sweep found with what is gone, and records how many are back.
///
/// # Errors
///
/// [`CaseError`] if the case is not contained yet, or cannot be written.
pub fn watch(case: &mut Case, found: &[Found], work: Work<'_>) -> Result<Vec<Back>, CaseError> {
    case.standing().contained()?;
    let known = case.known()?;
    let digests: HashSet<_> = known.iter().map(|known| known.digest).collect();
    let near = Blocks::new(known.iter().map(|known| known.near));
    let mut back = Vec::new();
    for (done, document) in found.iter().enumerate() {
        let likeness = if digests.contains(&document.digest) {
            Some(Likeness::Same)
        } else {
            near.has(document.near).then_some(Likeness::Near)
        };
        for url in std::iter::once(&document.url).chain(&document.also_at) {
            let likeness = likeness.or_else(|| is_ours(case, url).then_some(Likeness::Address));
            back.extend(likeness.map(|likeness| Back { url: url.clone(), likeness }));
        }
        if done % 1000 == 999 {
            work.told("comparing", done + 1, found.len());
        }
    }
    let of = |likeness| back.iter().filter(|back| back.likeness == likeness).count();
    let facts = vec![
        format!("documents looked at: {}", found.len()),
        format!("same bytes: {}", of(Likeness::Same)),
        format!("nearly the same: {}", of(Likeness::Near)),
        format!("served again: {}", of(Likeness::Address)),
    ];
    case.did(Step::Watched, facts, work.world)?;
    Ok(back)
}

fn is_ours(case: &Case, url: &str) -> bool {
    let Ok(address) = Address::parse(url, case.sites(), Query::Dropped) else { return false };
    let key = address.key();
    let of_site = case.of_site(address.site);
    of_site.binary_search_by(|one| one.key().cmp(&key)).is_ok()
}

/// Simhashes by their quarters. Documents without text have none.
struct Blocks(HashMap<(u8, u16), Vec<Near>>);

impl Blocks {
    fn new(all: impl Iterator<Item = Near>) -> Self {
        let mut blocks = HashMap::<_, Vec<_>>::new();
        for near in all.filter(|near| *near != Near(0)) {
            for quarter in near.quarters() {
                blocks.entry(quarter).or_default().push(near);
            }
        }
        Self(blocks)
    }

    fn has(&self, near: Near) -> bool {
        let alike = near.quarters().into_iter().filter_map(|quarter| self.0.get(&quarter));
        alike.flatten().any(|one| one.is_near(near))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_bits_are_near_and_four_are_not() {
        let hash = 0x0123_4567_89ab_cdef_u64;
        let blocks = Blocks::new([hash, 0xffff_0000_ffff_0000].into_iter().map(Near));
        let has = |hash| blocks.has(Near(hash));
        for one in 0..64 {
            let two = (one + 17) % 64;
            let three = (one + 34) % 64;
            assert!(has(hash ^ 1 << one ^ 1 << two ^ 1 << three), "{one}");
            assert!(!has(hash ^ 1 << one ^ 1 << two ^ 1 << three ^ 1 << ((one + 50) % 64)));
        }
        assert!(!has(7));
    }
}

//! Groups of documents that are nearly the same.

use std::collections::HashMap;

use crate::exposed::Near;

/// Groups, each around the first document of it.
#[derive(Default)]
pub(super) struct Families {
    /// The first of each group, and how many there are.
    groups: Vec<(Near, u64)>,
    /// Groups by a quarter of the bits of their first.
    quarters: HashMap<(u8, u16), Vec<usize>>,
    without_text: u64,
}

/// Groups with a quarter in common that are looked through: with more, a document may begin a group
/// of its own that could have been in another. So the time stays linear.
const MOST: usize = 256;

impl Families {
    pub(super) fn add(&mut self, near: Near) {
        if near == Near(0) {
            self.without_text += 1;
            return;
        }
        let quarters = near.quarters();
        for key in quarters {
            let some = self.quarters.get(&key).map_or(&[][..], Vec::as_slice);
            let own = some.iter().take(MOST).find(|group| self.groups[**group].0.is_near(near));
            if let Some(group) = own {
                self.groups[*group].1 += 1;
                return;
            }
        }
        for key in quarters {
            self.quarters.entry(key).or_default().push(self.groups.len());
        }
        self.groups.push((near, 1));
    }

    /// How many groups there are, and how many documents the largest has. Each document without
    /// text is a group of its own.
    pub(super) fn end(self) -> (u64, u64) {
        let largest = self.groups.iter().map(|(_, count)| *count).max().unwrap_or(0);
        let alone = u64::from(self.without_text > 0);
        (self.groups.len() as u64 + self.without_text, largest.max(alone))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_nearly_the_same_is_one_family() {
        let mut families = Families::default();
        let first = 0x0123_4567_89ab_cdef;
        // One bit in each of three quarters, four bits, and all of them.
        for near in [first, first ^ (1 << 50 | 1 << 40 | 1 << 3), first ^ 0b1111, !first, 0, 0] {
            families.add(Near(near));
        }
        assert_eq!(families.end(), (5, 2));
    }
}

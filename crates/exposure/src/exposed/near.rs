//! Nearly the same: a number of 64 bits that differs in few of them for texts that differ in little.

use super::Near;

/// Bits in which texts that are nearly the same may differ.
const NEAR: u32 = 3;

impl Near {
    /// That of a text.
    pub fn of(text: &str) -> Self {
        let mut shingles = Shingles::default();
        shingles.add(text);
        shingles.near()
    }

    /// Bits in which both differ.
    pub const fn distance(self, other: Self) -> u32 {
        (self.0 ^ other.0).count_ones()
    }

    /// Whether both are of texts that are nearly the same. Nothing is near to no text.
    pub const fn is_near(self, other: Self) -> bool {
        self.0 != 0 && other.0 != 0 && self.distance(other) <= NEAR
    }

    /// Its quarters, each with its place: two that are near have at least one of four in common,
    /// because they differ in at most three bits.
    pub(crate) fn quarters(self) -> [(u8, u16); 4] {
        let bytes = self.0.to_be_bytes();
        [0, 1, 2, 3].map(|place: u8| {
            let at = usize::from(place) * 2;
            (place, u16::from_be_bytes([bytes[at], bytes[at + 1]]))
        })
    }
}

/// The shingles of a text that comes in parts.
#[derive(Clone, Debug)]
pub struct Shingles {
    votes: [i32; 64],
    words: [u64; 3],
    seen: usize,
}

impl Default for Shingles {
    fn default() -> Self {
        Self { votes: [0; 64], words: [0; 3], seen: 0 }
    }
}

/// Shingles that vote: those of a long text are like one another, and each costs 64 additions.
const MOST: usize = 20_000;

impl Shingles {
    /// Adds a part.
    pub fn add(&mut self, text: &str) {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        for word in words.take(MOST.saturating_sub(self.seen)) {
            self.words.rotate_left(1);
            self.words[2] = hash(word);
            self.seen += 1;
            let [first, second, third] = self.words;
            let shingle = mix(first.rotate_left(21) ^ second.rotate_left(42) ^ third);
            for (bit, vote) in self.votes.iter_mut().enumerate() {
                *vote += if shingle >> bit & 1 == 1 { 1 } else { -1 };
            }
        }
    }

    /// What they come to.
    pub fn near(&self) -> Near {
        if self.seen == 0 {
            return Near(0);
        }
        let bits = self.votes.iter().enumerate().filter(|(_, vote)| **vote > 0);
        Near(bits.fold(0, |near, (bit, _)| near | 1 << bit).max(1))
    }
}

/// FNV-1a of a word without regard to case: the same on every machine and in every version, which
/// what is kept in a file has to be.
fn hash(word: &str) -> u64 {
    let letters = word.chars().flat_map(char::to_lowercase);
    letters.fold(0xcbf2_9ce4_8422_2325, |hash, letter| {
        (hash ^ u64::from(u32::from(letter))).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Spreads a number over all of its bits (the last steps of `MurmurHash` 3).
const fn mix(number: u64) -> u64 {
    let number = (number ^ number >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let number = (number ^ number >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    number ^ number >> 33
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text of a made-up report, the numbered words in it replaced.
    fn report(changed: &[usize]) -> String {
        let words = (0..400).map(|place| {
            let other = changed.contains(&place);
            if other { format!("other{place} ") } else { format!("word{} ", place * 7919 % 613) }
        });
        words.collect()
    }

    #[test]
    fn what_differs_in_little_is_near_and_what_differs_is_not() {
        let near = Near::of(&report(&[]));
        assert!(near.is_near(Near::of(&report(&[200]))), "one word of 400");
        assert!(near.is_near(Near::of(&report(&[]).replace(' ', "\n").to_uppercase())));
        let all: Vec<_> = (0..400).collect();
        assert!(near.distance(Near::of(&report(&all))) > 10);
        assert!(!Near(0).is_near(Near(0)), "no text is near to nothing");
        assert_eq!(Near::of(" \n "), Near(0));
    }

    #[test]
    fn parts_come_to_the_same_as_the_whole() {
        let text = report(&[]);
        let (first, second) = text.split_at(text[..900].rfind(' ').unwrap());
        let mut shingles = Shingles::default();
        shingles.add(first);
        shingles.add(second);
        assert_eq!(shingles.near(), Near::of(&text));
    }
}

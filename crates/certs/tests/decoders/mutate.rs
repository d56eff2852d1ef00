//! Changes of seeds, the same ones each time.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Bytes and texts that decoders take for something.
const WORDS: [&[u8]; 24] = [
    b"\0",
    b"\xff",
    b"\x7f",
    b"\x80",
    b"\"",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b".",
    b"~",
    b"null",
    b"-1",
    b"9223372036854775807",
    b"-9223372036854775808",
    b"1e400",
    b"\"\"",
    b"{}",
    b"[]",
    b"\xc3\x28",
    b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\xf0\x9f\x99\x82",
];

/// Numbers that look like chance (`SplitMix64`).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end.max(1)).unwrap();
        usize::try_from(self.next() % end).unwrap()
    }
}

/// Has each seed read, which must succeed, and then so many changes of them, which must come to an
/// end. The first byte, which says how the others are wrapped, stays.
pub(crate) fn run(decode: fn(&[u8]) -> bool, seeds: &[Vec<u8>], changes: u64) {
    for (index, seed) in seeds.iter().enumerate() {
        assert!(decode(seed), "seed {index} of kind {} is not read", seed[0]);
    }
    for number in 0..changes {
        let mut chance = Chance(number);
        let mut bytes = seeds[chance.below(seeds.len())].clone();
        for _ in 0..=chance.below(3) {
            change(&mut bytes, &mut chance, seeds);
        }
        let answer = catch_unwind(AssertUnwindSafe(|| decode(&bytes)));
        assert!(answer.is_ok(), "change {number}: {}", bytes.escape_ascii());
    }
}

fn change(bytes: &mut Vec<u8>, chance: &mut Chance, seeds: &[Vec<u8>]) {
    // Lengths and kinds stand at the beginning of what is packed.
    let reach = if chance.below(3) == 0 { 64.min(bytes.len() - 1) } else { bytes.len() - 1 };
    let place = 1 + chance.below(reach);
    let end = (place + 1 + chance.below(16)).min(bytes.len());
    match chance.below(6) {
        0 if place < bytes.len() => bytes[place] ^= 1 << chance.below(8),
        1 if place < end => drop(bytes.drain(place..end)),
        2 if place < end => {
            let again = bytes[place..end].repeat(1 + chance.below(40));
            bytes.splice(place..place, again);
        }
        3 => bytes.truncate(place.max(2)),
        4 => {
            let other = &seeds[chance.below(seeds.len())];
            let from = chance.below(other.len());
            bytes.splice(place..end.max(place), other[from..].iter().copied());
        }
        _ => {
            let word = WORDS[chance.below(WORDS.len())];
            bytes.splice(place..end.max(place), word.iter().copied());
        }
    }
}

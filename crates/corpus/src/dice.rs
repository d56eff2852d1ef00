//! Chance that can be repeated.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};

/// A stream of choices: the same seed gives the same choices on every machine.
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A number below `end`, which is above zero and small: the bias of the remainder is no matter.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).expect("a small number");
        usize::try_from(self.0.next_u64() % end).expect("below a small number")
    }

    /// A number of `first..=last`.
    pub(crate) fn between(&mut self, first: usize, last: usize) -> usize {
        first + self.below(last - first + 1)
    }

    /// One of `choices`.
    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// True in so many of a hundred.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// So many decimal digits, the first of them one of `first`.
    pub(crate) fn number(&mut self, first: &str, length: usize) -> String {
        let first = self.letter(first);
        let rest = (1..length).map(|_| self.letter("0123456789"));
        std::iter::once(first).chain(rest.collect::<Vec<_>>()).collect()
    }

    /// So many decimal digits.
    pub(crate) fn digits(&mut self, length: usize) -> String {
        self.number("0123456789", length)
    }

    /// So many capital letters.
    pub(crate) fn letters(&mut self, length: usize) -> String {
        (0..length).map(|_| self.letter("ABCDEFGHIJKLMNOPQRSTUVWXYZ")).collect()
    }

    /// One character of an ASCII text.
    pub(crate) fn letter(&mut self, of: &str) -> char {
        char::from(self.pick(of.as_bytes()))
    }
}

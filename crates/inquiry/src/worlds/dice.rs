//! Chance that can be repeated.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};

/// A stream of choices: the same seed gives the same choices on every machine.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// Another stream that begins here, so that what is drawn from it changes nothing that is drawn from
    /// this one.
    pub(super) fn fork(&self, stream: u64) -> Self {
        let mut other = self.0.clone();
        other.set_stream(stream + 1);
        Self(other)
    }

    /// The same choices once more.
    pub(super) fn again(&self) -> Self {
        Self(self.0.clone())
    }

    /// A number below `end`, which is above zero; the bias of the remainder is no matter.
    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.0.next_u64() % end.max(1) as u64).expect("below a small number")
    }

    /// A number from one to another, without the second.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are kept")]
    pub(super) fn between(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * ((self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64)
    }

    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.between(0.0, 1.0) < probability
    }

    pub(super) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    pub(super) fn number(&mut self) -> u64 {
        self.0.next_u64()
    }

    pub(super) fn bytes(&mut self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.0.fill_bytes(&mut bytes);
        bytes
    }

    /// So many decimal digits, the first of them one of `first`.
    pub(super) fn digits(&mut self, first: &[u8], length: usize) -> String {
        let first = char::from(self.pick(first));
        let rest = (1..length).map(|_| char::from(self.pick(b"0123456789")));
        std::iter::once(first).chain(rest.collect::<Vec<_>>()).collect()
    }

    /// Puts things in an order of chance.
    pub(super) fn shuffle<T>(&mut self, things: &mut [T]) {
        for place in (1..things.len()).rev() {
            things.swap(place, self.below(place + 1));
        }
    }
}

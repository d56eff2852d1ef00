//! A small source of chance for tests: the same seed gives the same draws.

/// Draws numbers. Good enough to vary a play; nothing for keys.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// A source with this seed; neighbouring seeds give unlike draws.
    pub const fn new(seed: u64) -> Self {
        // Never zero, where xorshift would stay.
        Self(seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `most`, which must not be zero.
    pub const fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        // The high bits are the better ones.
        (self.0 >> 16) % most
    }

    /// Yes or no.
    pub const fn coin(&mut self) -> bool {
        self.below(2) == 0
    }
}

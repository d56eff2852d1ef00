//! Random bytes that were given, where a library draws them.

use rand_core::{CryptoRng, Error, RngCore};

/// Gives what it was given, once.
pub(crate) struct Given<'a>(pub(crate) &'a [u8]);

impl RngCore for Given<'_> {
    fn next_u32(&mut self) -> u32 {
        rand_core::impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        rand_core::impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, to: &mut [u8]) {
        let (now, later) = self.0.split_at_checked(to.len()).expect("a scalar is drawn once");
        to.copy_from_slice(now);
        self.0 = later;
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(to);
        Ok(())
    }
}

/// As far as what it was given was.
impl CryptoRng for Given<'_> {}

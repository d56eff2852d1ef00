//! Eight bytes at a time, in a number: what is asked of one is asked of all.
//!
//! Every mask here has the top bit of each byte of which something is true.

const EACH: u64 = 0x0101_0101_0101_0101;
/// The top bit of each byte.
pub(crate) const TOP: u64 = 0x80 * EACH;

/// Eight bytes, the first of them the lowest.
#[derive(Clone, Copy)]
pub(crate) struct Eight(pub(crate) u64);

impl Eight {
    /// The bytes from `at` on, with zeros for those that are not there.
    pub(crate) fn at(bytes: &[u8], at: usize) -> Self {
        let rest = &bytes[at..];
        if let Some(whole) = rest.first_chunk() {
            return Self(u64::from_le_bytes(*whole));
        }
        // The last eight, without those before.
        if let Some(last) = bytes.last_chunk()
            && !rest.is_empty()
        {
            return Self(u64::from_le_bytes(*last) >> (64 - 8 * rest.len()));
        }
        let mut some = [0; 8];
        some[..rest.len()].copy_from_slice(rest);
        Self(u64::from_le_bytes(some))
    }

    /// One of them.
    pub(crate) const fn byte(self, place: usize) -> u8 {
        self.0.to_le_bytes()[place]
    }

    /// Which are letters of ASCII.
    pub(crate) const fn letters(self) -> u64 {
        Self(self.small()).between(b'a', b'z') & !self.0
    }

    /// Which are digits of ASCII.
    pub(crate) const fn digits(self) -> u64 {
        self.between(b'0', b'9') & !self.0
    }

    /// Which are this one.
    pub(crate) const fn equal(self, byte: u8) -> u64 {
        let other = self.0 ^ (byte as u64 * EACH);
        !(((other & !TOP) + !TOP) | other) & TOP
    }

    /// Which are the letter that is also written for a mask.
    pub(crate) const fn crosses(self) -> u64 {
        Self(self.small()).equal(b'x')
    }

    /// With the bit that makes a letter small, in every byte.
    pub(crate) const fn small(self) -> u64 {
        self.0 | (0x20 * EACH)
    }

    /// Which have that bit.
    pub(crate) const fn smalls(self) -> u64 {
        self.0 << 2 & TOP
    }

    /// Which lie between two bytes of ASCII. Not to be asked of what has top bits.
    const fn between(self, from: u8, to: u8) -> u64 {
        let low = self.0 & !TOP;
        let reach = low + (0x80 - from as u64) * EACH;
        let pass = low + (0x7F - to as u64) * EACH;
        reach & !pass & TOP
    }
}

/// How many bytes from the first on have their bit in a mask.
pub(crate) const fn run(mask: u64) -> usize {
    (!mask & TOP).trailing_zeros() as usize / 8
}

/// Whether there is a letter, of ASCII or of another script, among these.
pub(crate) fn has_letter(bytes: &[u8]) -> bool {
    bytes.len() > 8 || bytes.iter().any(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii())
}

/// How many letters of ASCII stand at `at` and behind it.
pub(crate) fn letters(bytes: &[u8], at: usize) -> usize {
    let mut count = 0;
    loop {
        let more = run(Eight::at(bytes, at + count).letters());
        count += more;
        if more < 8 {
            return count;
        }
    }
}

/// All bits of the first so many bytes, fewer than eight.
pub(crate) const fn first(count: usize) -> u64 {
    (1 << (8 * count)) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_told_in_every_place() {
        let bits = |mask: u64, place: usize| mask >> (8 * place) & 0xFF;
        for byte in 0..=u8::MAX {
            for place in 0..8 {
                for other in [0, b'0', b'm', 0x7F, 0xFF] {
                    let mut bytes = [other; 8];
                    bytes[place] = byte;
                    let eight = Eight::at(&bytes, 0);
                    let top = |is: bool| if is { 0x80 } else { 0 };
                    assert_eq!(bits(eight.letters(), place), top(byte.is_ascii_alphabetic()));
                    assert_eq!(bits(eight.digits(), place), top(byte.is_ascii_digit()));
                    for wanted in [b',', b'"', 0, 0xFF] {
                        assert_eq!(bits(eight.equal(wanted), place), top(byte == wanted));
                    }
                }
            }
        }
    }

    #[test]
    fn bytes_that_are_not_there_are_zero() {
        assert_eq!(Eight::at(b"ab", 1).0, u64::from(b'b'));
        let bytes = b"abcdefghijk";
        for at in 0..=bytes.len() {
            let mut rest = bytes[at..].to_vec();
            rest.resize(8.max(rest.len()), 0);
            assert_eq!(Eight::at(bytes, at).0.to_le_bytes(), rest[..8], "{at}");
        }
        assert_eq!((run(TOP), run(0), run(0x8080)), (8, 0, 2));
    }
}

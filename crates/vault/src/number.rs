//! A keyed permutation of the 14-digit numbers, so that reference numbers tell nothing about
//! where or next to whom a person is kept.

use fpe::ff1::{FF1, NumeralString, NumeralStringError, Operations};

use crate::secret::Secret;

const FIRST: u64 = 10_000_000_000_000;
const PAST: u64 = 100_000_000_000_000;

/// FF1 with AES-256, radix 10, 14 numerals, no tweak.
///
/// Numbers with a leading zero are walked past until one without comes, which keeps the
/// permutation within 14-digit numbers: one step in ten is repeated.
///
/// # Source
///
/// NIST SP 800-38G, algorithms 7 and 8.
pub(crate) struct NumberCipher(FF1<aes::Aes256>);

impl NumberCipher {
    pub(crate) fn new(key: &Secret<[u8; 32]>) -> Self {
        Self(FF1::new(key.expose(), 10).expect("10 is a radix"))
    }

    pub(crate) fn encrypt(&self, number: u64) -> u64 {
        assert!((FIRST..PAST).contains(&number), "an internal number has 14 digits");
        walk(number, |numerals| self.0.encrypt(&[], numerals))
    }

    pub(crate) fn decrypt(&self, number: u64) -> Option<u64> {
        (FIRST..PAST)
            .contains(&number)
            .then(|| walk(number, |numerals| self.0.decrypt(&[], numerals)))
    }
}

fn walk(mut number: u64, step: impl Fn(&Decimal) -> Result<Decimal, NumeralStringError>) -> u64 {
    loop {
        let numerals = Decimal { number, count: 14 };
        number = step(&numerals).expect("14 decimal numerals are a numeral string").number;
        if number >= FIRST {
            return number;
        }
    }
}

/// Decimal numerals, most significant first, as the number that they write. The crate's own strings
/// of numerals calculate with big integers, in ten times the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Decimal {
    number: u64,
    count: u32,
}

impl NumeralString for Decimal {
    type Ops = Self;

    fn is_valid(&self, radix: u32) -> bool {
        radix == 10 && self.number < power(self.count)
    }

    fn numeral_count(&self) -> usize {
        self.count as usize
    }

    fn split(&self) -> (Self, Self) {
        let (first, last) = (self.count / 2, self.count - self.count / 2);
        (
            Self { number: self.number / power(last), count: first },
            Self { number: self.number % power(last), count: last },
        )
    }

    fn concat(first: Self, last: Self) -> Self {
        let number = first.number * power(last.count) + last.number;
        Self { number, count: first.count + last.count }
    }
}

impl Operations for Decimal {
    type Bytes = Vec<u8>;

    fn numeral_count(&self) -> usize {
        self.count as usize
    }

    fn to_be_bytes(&self, _: u32, b: usize) -> Vec<u8> {
        let bytes = self.number.to_be_bytes();
        bytes[bytes.len() - b..].to_vec()
    }

    fn add_mod_exp(self, other: impl Iterator<Item = u8>, _: u32, m: usize) -> Self {
        let count = u32::try_from(m).expect("at most 14 numerals");
        Self { number: (self.number + read(other) % power(count)) % power(count), count }
    }

    fn sub_mod_exp(self, other: impl Iterator<Item = u8>, _: u32, m: usize) -> Self {
        let count = u32::try_from(m).expect("at most 14 numerals");
        let left = self.number % power(count) + power(count) - read(other) % power(count);
        Self { number: left % power(count), count }
    }
}

const fn power(count: u32) -> u64 {
    10_u64.pow(count)
}

/// The number that some bytes write: eight of them, for 14 numerals (SP 800-38G, step 4 of
/// algorithm 7: d is 8).
fn read(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0, |number, byte| number << 8 | u64::from(byte))
}

#[cfg(test)]
mod tests {
    use fpe::ff1::FlexibleNumeralString;

    use super::*;

    #[test]
    fn the_cipher_is_that_of_the_standard() {
        // NIST, "FF1 samples", sample 7: AES-256, radix 10, no tweak.
        let key = "2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94";
        let mut bytes = [0; 32];
        hex::decode_to_slice(key, &mut bytes).unwrap();
        let cipher = NumberCipher::new(&Secret::new(bytes));
        let plain = Decimal { number: 123_456_789, count: 10 };
        let sealed = Decimal { number: 6_657_667_009, count: 10 };
        assert_eq!(cipher.0.encrypt(&[], &plain).unwrap(), sealed);
        assert_eq!(cipher.0.decrypt(&[], &sealed).unwrap(), plain);
    }

    #[test]
    fn it_agrees_with_the_crates_own_arithmetic() {
        let cipher = NumberCipher::new(&Secret::new([7; 32]));
        let numerals = |number: u64| -> Vec<u16> {
            let digit = |place| u16::try_from(number / power(place) % 10).unwrap();
            (0..14).rev().map(digit).collect()
        };
        let number = |numerals: FlexibleNumeralString| {
            let numerals = Vec::<u16>::from(numerals);
            numerals.into_iter().fold(0, |number, digit| number * 10 + u64::from(digit))
        };
        let spread = (0..2_000).map(|place| place * 49_999_999_999 + place);
        for plain in spread.chain([0, 1, 9_999_999, 10_000_000, power(14) - 1]) {
            let own = Decimal { number: plain, count: 14 };
            let other = FlexibleNumeralString::from(numerals(plain));
            let sealed = cipher.0.encrypt(&[], &own).unwrap();
            assert_eq!(sealed.number, number(cipher.0.encrypt(&[], &other).unwrap()), "{plain}");
            let opened = cipher.0.decrypt(&[], &own).unwrap();
            assert_eq!(opened.number, number(cipher.0.decrypt(&[], &other).unwrap()), "{plain}");
        }
    }
}

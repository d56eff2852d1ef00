//! Keyed permutations: of the 14-digit numbers, so that reference numbers tell nothing about where
//! or next to whom a person is kept, and of the places in a status list, for the same reason.

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

/// How many places a status list has: a power of two below ten million.
pub(crate) const LIST_PLACES: u32 = 1 << 22;

/// FF1 with AES-256, radix 10, 7 numerals; the number of the list, in four bytes, is the tweak, so
/// that each list has an order of its own.
///
/// Numbers beyond the list are walked past until one comes that is not: more than half are repeated.
///
/// # Source
///
/// NIST SP 800-38G, algorithm 7; revision 1 asks for a million numbers at least, and these are ten.
pub(crate) struct ListCipher(FF1<aes::Aes256>);

impl ListCipher {
    pub(crate) fn new(key: &Secret<[u8; 32]>) -> Self {
        Self(FF1::new(key.expose(), 10).expect("10 is a radix"))
    }

    pub(crate) fn encrypt(&self, list: u32, place: u32) -> u32 {
        assert!(place < LIST_PLACES, "a list has four million places");
        let (tweak, mut number) = (list.to_be_bytes(), u64::from(place));
        loop {
            let numerals = Decimal { number, count: 7 };
            let next = self.0.encrypt(&tweak, &numerals);
            number = next.expect("7 decimal numerals are a numeral string").number;
            match u32::try_from(number) {
                Ok(index) if index < LIST_PLACES => return index,
                _ => {}
            }
        }
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

/// The number that some bytes write: eight of them, for 14 numerals and for 7 (SP 800-38G, step 4 of
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
    fn the_cipher_of_lists_is_that_of_the_standard() {
        // NIST, "FF1 samples", sample 8: AES-256, radix 10, with a tweak.
        let key = "2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94";
        let mut bytes = [0; 32];
        hex::decode_to_slice(key, &mut bytes).unwrap();
        let cipher = ListCipher::new(&Secret::new(bytes));
        let plain = Decimal { number: 123_456_789, count: 10 };
        let tweak = [0x39, 0x38, 0x37, 0x36, 0x35, 0x34, 0x33, 0x32, 0x31, 0x30];
        assert_eq!(cipher.0.encrypt(&tweak, &plain).unwrap().number, 1_001_623_463);
        // The crate's own arithmetic, at the length that lists have.
        let numerals = |number: u64| -> Vec<u16> {
            (0..7).rev().map(|place| u16::try_from(number / power(place) % 10).unwrap()).collect()
        };
        for number in (0..500).map(|place| place * 19_997) {
            let own = cipher.0.encrypt(&[0, 0, 1, 2], &Decimal { number, count: 7 }).unwrap();
            let other = FlexibleNumeralString::from(numerals(number));
            let other = Vec::<u16>::from(cipher.0.encrypt(&[0, 0, 1, 2], &other).unwrap());
            assert_eq!(numerals(own.number), other, "{number}");
        }
    }

    #[test]
    fn places_of_a_list_are_shuffled_each_to_one_of_its_own() {
        let cipher = ListCipher::new(&Secret::new([7; 32]));
        let last = LIST_PLACES - 1;
        let spread = || (0..4_000).map(|place| place * 1_048).chain([1, last]);
        let of_list = |list| spread().map(|place| cipher.encrypt(list, place)).collect::<Vec<_>>();
        let (first, second) = (of_list(0), of_list(1));
        let distinct: std::collections::HashSet<_> = first.iter().collect();
        assert_eq!(distinct.len(), 4_002);
        assert!(first.iter().all(|index| *index < LIST_PLACES));
        let same = first.iter().zip(&second).filter(|(one, other)| one == other).count();
        assert!(same < 5, "{same} places are the same in both lists");
        // Neighbours do not stay neighbours.
        let near = (0..1_000).filter(|place| {
            let step = cipher.encrypt(0, place + 1).abs_diff(cipher.encrypt(0, *place));
            step < 1_000
        });
        assert!(near.count() < 10);
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

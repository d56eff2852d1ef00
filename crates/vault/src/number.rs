//! A keyed permutation of the 14-digit numbers, so that reference numbers tell nothing about
//! where or next to whom a person is kept.

use fpe::ff1::{FF1, FlexibleNumeralString};

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

fn walk(
    mut number: u64,
    step: impl Fn(&FlexibleNumeralString) -> Result<FlexibleNumeralString, fpe::ff1::NumeralStringError>,
) -> u64 {
    loop {
        let stepped = step(&FlexibleNumeralString::from(digits(number)))
            .expect("14 decimal numerals are a numeral string");
        number = Vec::<u16>::from(stepped)
            .into_iter()
            .fold(0, |number, digit| number * 10 + u64::from(digit));
        if number >= FIRST {
            return number;
        }
    }
}

fn digits(number: u64) -> Vec<u16> {
    let digit = |place: u32| {
        u16::try_from(number / 10_u64.pow(place) % 10).expect("a decimal digit is below 10")
    };
    (0..14).rev().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cipher_is_that_of_the_standard() {
        // NIST, "FF1 samples", sample 7: AES-256, radix 10, no tweak.
        let key = "2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94";
        let mut bytes = [0; 32];
        hex::decode_to_slice(key, &mut bytes).unwrap();
        let cipher = NumberCipher::new(&Secret::new(bytes));
        let plain = FlexibleNumeralString::from((0..10).collect::<Vec<u16>>());
        let sealed: Vec<u16> = cipher.0.encrypt(&[], &plain).unwrap().into();
        assert_eq!(sealed, [6, 6, 5, 7, 6, 6, 7, 0, 0, 9]);
    }
}

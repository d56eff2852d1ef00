//! A keyed permutation of the 14-digit numbers, so that reference numbers tell nothing about
//! where or next to whom a person is kept.

use fpe::ff1::{FF1, FlexibleNumeralString};

use crate::Secret;

const FIRST: u64 = 10_000_000_000_000;
const PAST: u64 = 100_000_000_000_000;

/// FF1 with AES-256, radix 10, 14 numerals. Source: NIST SP 800-38G. Numbers with a leading zero
/// are walked past until one without comes, which keeps the permutation within 14-digit numbers.
pub(crate) struct NumberCipher(FF1<aes::Aes256>);

impl NumberCipher {
    pub(crate) fn new(key: &Secret<[u8; 32]>) -> Self {
        Self(FF1::new(key.expose(), 10).expect("10 is a radix"))
    }

    pub(crate) fn encrypt(&self, number: u64) -> u64 {
        self.walk(number, |numerals| self.0.encrypt(&[], numerals))
    }

    pub(crate) fn decrypt(&self, number: u64) -> Option<u64> {
        (FIRST..PAST)
            .contains(&number)
            .then(|| self.walk(number, |numerals| self.0.decrypt(&[], numerals)))
    }

    fn walk(
        &self,
        number: u64,
        step: impl Fn(
            &FlexibleNumeralString,
        ) -> Result<FlexibleNumeralString, fpe::ff1::NumeralStringError>,
    ) -> u64 {
        let mut number = number % PAST;
        loop {
            let numerals: Vec<u16> = number_digits(number);
            let stepped = step(&FlexibleNumeralString::from(numerals))
                .expect("14 decimal numerals are a numeral string");
            number = Vec::<u16>::from(stepped)
                .into_iter()
                .fold(0, |number, digit| number * 10 + u64::from(digit));
            if number >= FIRST {
                return number;
            }
        }
    }
}

fn number_digits(number: u64) -> Vec<u16> {
    let digit = |place: u32| {
        u16::try_from(number / 10_u64.pow(place) % 10).expect("a decimal digit is below 10")
    };
    (0..14).rev().map(digit).collect()
}

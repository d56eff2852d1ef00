//! Driving licences.

use super::run;
use crate::{Kind, context::Shape, place, word::Word};

/// Two letters of the state, two digits of the office, four of the year, seven of the licence, with
/// hyphens, spaces or slashes between.
///
/// # Source
///
/// Ministry of Road Transport and Highways, *Sarathi* numbering (`SS-RR-YYYY-NNNNNNN`); Central
/// Motor Vehicles Rules 1989, form 7.
pub(super) fn find(words: &[Word], at: usize) -> Option<Shape> {
    let longest = run(words, at, 5);
    (1..=longest).rev().find_map(|count| {
        let parts = words.get(at..at + count)?;
        let length: usize = parts.iter().map(|word| word.text().len()).sum();
        if length != 15 && length != 16 {
            return None;
        }
        let mut all = [0_u8; 16];
        for (place, byte) in parts.iter().flat_map(Word::text).enumerate() {
            all[place] = *byte;
        }
        is_licence(&all[..length]).then_some(Shape::new(Kind::DrivingLicence, count, 78, 97))
    })
}

/// Old cards of a few states have a letter behind the office.
fn is_licence(text: &[u8]) -> bool {
    let (code, rest) = text.split_at(2);
    let number = if text.len() == 16 {
        let letter = rest.get(2).is_some_and(u8::is_ascii_uppercase);
        if !letter {
            return false;
        }
        [&rest[..2], &rest[3..]].concat()
    } else {
        rest.to_vec()
    };
    let year = number.get(2..6).and_then(|year| std::str::from_utf8(year).ok()?.parse().ok());
    place::is_state_code(code)
        && number.len() == 13
        && number.iter().all(u8::is_ascii_digit)
        && year.is_some_and(|year: u16| (1950..=2035).contains(&year))
}

//! Registrations of vehicles.

use super::run;
use crate::{Kind, context::Shape, place, word::Word};

/// Two letters of the state, one or two digits of the office, up to three letters, up to four
/// digits; or the Bharat series `22 BH 1234 AA`.
///
/// # Source
///
/// Motor Vehicles Act 1988, section 41(6); Central Motor Vehicles Rules 1989, rules 47 and 50. BH
/// series: notification G.S.R. 594(E) of 26 August 2021.
pub(super) fn find(words: &[Word], at: usize) -> Option<Shape> {
    let longest = run(words, at, 4);
    (1..=longest).rev().find_map(|count| {
        let parts = words.get(at..at + count)?;
        let joints = parts[1..].iter().all(|word| matches!(word.joint, b' ' | b'-' | b'.'));
        let length: usize = parts.iter().map(|word| word.text().len()).sum();
        if !joints || !(7..=11).contains(&length) {
            return None;
        }
        let mut all = [0_u8; 11];
        for (place, byte) in parts.iter().flat_map(Word::text).enumerate() {
            all[place] = *byte;
        }
        let bare = if is_plate(&all[..length]) { 56 } else { 62 };
        (is_plate(&all[..length]) || is_bharat(&all[..length])).then_some(Shape::new(
            Kind::Vehicle,
            count,
            bare,
            95,
        ))
    })
}

fn is_plate(text: &[u8]) -> bool {
    let (code, rest) = text.split_at(2);
    let office = rest.iter().take(2).take_while(|byte| byte.is_ascii_digit()).count();
    let rest = &rest[office..];
    let letters = rest.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    let number = &rest[letters..];
    place::is_state_code(code)
        && office > 0
        && (1..=3).contains(&letters)
        && number.len() == 4
        && number.iter().all(u8::is_ascii_digit)
        && number != b"0000"
}

fn is_bharat(text: &[u8]) -> bool {
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    let letters = |part: &[u8]| part.iter().all(u8::is_ascii_uppercase);
    matches!(text.len(), 9 | 10)
        && matches!(text[0], b'2' | b'3')
        && digits(&text[..2])
        && &text[2..4] == b"BH"
        && digits(&text[4..8])
        && letters(&text[8..])
}

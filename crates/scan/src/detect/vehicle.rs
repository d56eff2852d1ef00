//! Registrations of vehicles.

use super::run::{Bond, Run};
use crate::{Kind, context::Shape, place};

/// Two letters of the state, one or two digits of the office, up to three letters, up to four
/// digits; or the Bharat series `22 BH 1234 AA`.
///
/// # Source
///
/// Motor Vehicles Act 1988, section 41(6); Central Motor Vehicles Rules 1989, rules 47 and 50. BH
/// series: notification G.S.R. 594(E) of 26 August 2021.
pub(super) fn find(run: &Run<'_>) -> Option<Shape> {
    // What most words that come here do not begin with.
    if !run.begins(begins) {
        return None;
    }
    run.counts(4, 7..=11, Bond::Any).find_map(|count| {
        let joints = run.words(count)[1..].iter().map(|word| word.joint);
        if !{ joints }.all(|joint| matches!(joint, b' ' | b'-' | b'.')) {
            return None;
        }
        let text = &*run.text(count);
        let bare = if is_plate(text) { 56 } else { 62 };
        (is_plate(text) || is_bharat(text)).then_some(Shape::new(Kind::Vehicle, count, bare, 95))
    })
}

/// Whether a plate may begin with these: the letters of a state, or the year of the Bharat series.
fn begins(first: u8, second: u8) -> bool {
    matches!((first, second), (b'2' | b'3', b'0'..=b'9')) || place::is_state_code(&[first, second])
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

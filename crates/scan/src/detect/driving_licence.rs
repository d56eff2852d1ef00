//! Driving licences.

use super::{
    run::{Bond, Run},
    value,
};
use crate::{Kind, context::Shape, place};

/// Two letters of the state, two digits of the office, four of the year, seven of the licence, with
/// hyphens, spaces or slashes between.
///
/// # Source
///
/// Ministry of Road Transport and Highways, *Sarathi* numbering (`SS-RR-YYYY-NNNNNNN`); Central
/// Motor Vehicles Rules 1989, form 7.
pub(super) fn find(run: &Run<'_>) -> Option<Shape> {
    // What most words that come here do not begin with.
    if !run.begins(|first, second| place::is_state_code(&[first, second])) {
        return None;
    }
    run.counts(5, 15..=16, Bond::Any)
        .find(|count| is_licence(&run.text(*count)))
        .map(|count| Shape::new(Kind::DrivingLicence, count, 78, 97))
}

/// Old cards of a few states have a letter behind the office.
fn is_licence(text: &[u8]) -> bool {
    let (code, rest) = text.split_at(2);
    let (office, rest) = rest.split_at(2);
    let number = match rest {
        [letter, number @ ..] if text.len() == 16 && letter.is_ascii_uppercase() => number,
        number => number,
    };
    let year = number.get(..4).and_then(value);
    number.len() == 11
        && office.iter().chain(number).all(u8::is_ascii_digit)
        && place::is_state_code(code)
        && year.is_some_and(|year: u16| (1950..=2035).contains(&year))
}

//! Goods and services tax numbers.

use super::run::Run;
use crate::{Kind, context::Shape};

/// Two digits of the state, the holder's permanent account number, a digit, `Z`, a check character.
/// It is public by law, and so is the account number in it.
///
/// # Source
///
/// Central Goods and Services Tax Rules 2017, rule 10(1) and form GST REG-06; check character: base
/// 36, weights 1 and 2 by turns.
pub(super) fn find(run: &Run<'_>) -> Option<Shape> {
    let text: &[u8; 15] = run.first().text().try_into().ok()?;
    let state =
        text[0].wrapping_sub(b'0').checked_mul(10)?.checked_add(text[1].wrapping_sub(b'0'))?;
    let right = text[..2].iter().all(u8::is_ascii_digit)
        && matches!(state, 1..=38 | 97 | 99)
        && text[2..7].iter().all(u8::is_ascii_uppercase)
        && text[7..11].iter().all(u8::is_ascii_digit)
        && text[11].is_ascii_uppercase();
    if !right {
        return None;
    }
    let sure = if check(&text[..14]) == Some(text[14]) { 96 } else { 75 };
    Some(Shape::new(Kind::Gstin, 1, sure, 98))
}

/// The check character of the other fourteen.
fn check(text: &[u8]) -> Option<u8> {
    let value = |byte: u8| char::from(byte).to_digit(36);
    let sum: Option<u32> = text
        .iter()
        .enumerate()
        .map(|(place, byte)| {
            let product = value(*byte)? * if place % 2 == 0 { 1 } else { 2 };
            Some(product / 36 + product % 36)
        })
        .sum();
    let last = (36 - sum? % 36) % 36;
    let c = char::from_digit(last, 36)?;
    u8::try_from(c.to_ascii_uppercase()).ok()
}

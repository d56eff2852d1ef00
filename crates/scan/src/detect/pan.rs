//! Permanent account numbers.

use super::run::Run;
use crate::{Kind, context::Shape};

/// Five letters, four digits, a letter. The fourth letter says who has it: `P` is a person, `H` a
/// family. The others are firms and bodies and nobody's personal data.
///
/// # Source
///
/// Income Tax Department, *PAN: structure*, under section 139A of the Income-tax Act 1961: the
/// fourth letter is one of `A B C F G H J L P T`, the fifth the first letter of the surname.
pub(super) fn find(run: &Run<'_>) -> Option<Shape> {
    let text: &[u8; 10] = run.first().text().try_into().ok()?;
    let letters = [0, 1, 2, 3, 4, 9].iter().map(|place| mended_letter(text[*place]));
    // A digit at the end is another code more often than a letter misread.
    if !text[9].is_ascii_uppercase() {
        return None;
    }
    let digits = (5..9).map(|place| mended_digit(text[place]));
    let mended = letters.chain(digits).try_fold(0, |sum, one| one.map(|mended| sum + mended))?;
    if mended > 2 {
        return None;
    }
    let bare = match text[3] {
        b'P' => 80,
        b'H' => 60,
        _ => return Some(Shape::nothing(1, 70)).filter(|_| is_class(text[3]) && mended == 0),
    };
    Some(Shape::new(Kind::Pan, 1, bare, 98).less(mended * 12))
}

const fn is_class(letter: u8) -> bool {
    matches!(letter, b'A' | b'B' | b'C' | b'F' | b'G' | b'J' | b'L' | b'T')
}

/// How much mending makes a letter of it: none, or one for a digit that recognition takes for one.
const fn mended_letter(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(0),
        b'0' | b'1' | b'5' | b'8' => Some(1),
        _ => None,
    }
}

const fn mended_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(0),
        b'O' | b'I' | b'L' | b'S' | b'B' => Some(1),
        _ => None,
    }
}

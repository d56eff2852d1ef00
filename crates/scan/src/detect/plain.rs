//! Values of a column in the commonest way of writing them: most cells of a list.
//!
//! What is said here of a cell is what the detector of its kind says, at a small part of the cost;
//! what is written in another way is left to that.

use super::{is_filler, value};
use crate::{Kind, place, verhoeff};

/// The confidence with which a cell holds this kind, whose column's label asks for it; nothing if it
/// is not written plainly.
pub(crate) fn percent(kind: Kind, cell: &[u8]) -> Option<u8> {
    match kind {
        Kind::Mobile => {
            // Where the prefix stands apart, or there is none, there may be three groups.
            let apart = |own: &[u8]| digits(own, 5).or_else(|| in_three(own));
            let digits = apart(cell).or_else(|| match cell {
                [b'+', b'9', b'1', b' ' | b'-', own @ ..] => apart(own),
                [b'+', b'9', b'1', own @ ..] | [b'9', b'1', own @ ..] | [b'0', own @ ..] => {
                    digits(own, 5)
                }
                _ => None,
            })?;
            (digits[0] >= b'6' && !is_filler(&digits)).then_some(96)
        }
        Kind::Aadhaar => {
            let digits = digits::<12>(cell, 4)?;
            (digits[0] >= b'2' && verhoeff::holds(&digits) && !is_filler(&digits)).then_some(98)
        }
        Kind::Pan => (outline(cell)? == *b"AAAAA0000A" && cell[3] == b'P').then_some(98),
        Kind::Epic => {
            let filler = cell.len() == 10 && cell[4..].iter().all(|digit| *digit == cell[3]);
            (outline(cell)? == *b"AAA0000000" && !filler).then_some(96)
        }
        _ => {
            let number = cell.iter().all(u8::is_ascii_digit);
            if number { of_digits(kind, cell) } else { date(kind, cell) }
        }
    }
}

/// Ten digits as `982 901 1223`.
fn in_three(cell: &[u8]) -> Option<[u8; 10]> {
    let cell: &[u8; 12] = cell.try_into().ok()?;
    let parted = matches!((cell[3], cell[7]), (b' ', b' ') | (b'-', b'-'));
    let mut digits = [0; 10];
    digits[..3].copy_from_slice(&cell[..3]);
    digits[3..6].copy_from_slice(&cell[4..7]);
    digits[6..].copy_from_slice(&cell[8..]);
    (parted && digits.iter().all(u8::is_ascii_digit)).then_some(digits)
}

/// The same of a cell of digits.
fn of_digits(kind: Kind, cell: &[u8]) -> Option<u8> {
    let (right, percent) = match (kind, cell.len()) {
        (Kind::BankAccount, 9..=18) => (!cell.starts_with(b"1800"), 92),
        (Kind::BeneficiaryId, 14) => (cell[0] != b'0', 95),
        (Kind::SrfId, 13) => (true, 95),
        (Kind::IcmrId, 6..=14) => (true, 90),
        (Kind::RationCard, 8..=17) => (true, 88),
        (Kind::Age, 1..=3) => (value(cell).is_some_and(|age| age <= 120), 88),
        (Kind::BirthDate, 4) => (matches!(&cell[..2], b"19" | b"20"), 88),
        (Kind::PinCode, 6) => {
            let zone = (cell[0] - b'0') * 10 + (cell[1] - b'0');
            (place::is_zone(zone), 93)
        }
        _ => return None,
    };
    right.then_some(percent)
}

/// `12/03/1980`, `12-03-1980`, `1980-03-12`.
fn date(kind: Kind, cell: &[u8]) -> Option<u8> {
    if kind != Kind::BirthDate {
        return None;
    }
    let two = |at: usize| (cell[at] - b'0') * 10 + (cell[at + 1] - b'0');
    let (century, month, day) = match &outline(cell)? {
        b"00/00/0000" | b"00-00-0000" | b"00.00.0000" => (two(6), two(3), two(0)),
        b"0000-00-00" | b"0000/00/00" => (two(0), two(5), two(8)),
        _ => return None,
    };
    let right = matches!(century, 19 | 20) && (1..=12).contains(&month) && (1..=31).contains(&day);
    right.then_some(94)
}

/// `N` digits, together or in groups of `size` with a space or a hyphen between.
fn digits<const N: usize>(cell: &[u8], size: usize) -> Option<[u8; N]> {
    let mut digits = [0; N];
    if cell.len() == N {
        digits.copy_from_slice(cell);
    } else if cell.len() == N + N / size - 1 {
        for (group, part) in digits.chunks_exact_mut(size).zip(cell.chunks(size + 1)) {
            group.copy_from_slice(&part[..size]);
            if !matches!(part.get(size), None | Some(b' ' | b'-')) {
                return None;
            }
        }
    } else {
        return None;
    }
    digits.iter().all(u8::is_ascii_digit).then_some(digits)
}

/// Ten characters with `0` for each digit and `A` for each capital letter.
fn outline(cell: &[u8]) -> Option<[u8; 10]> {
    let mut outline: [u8; 10] = cell.try_into().ok()?;
    for byte in &mut outline {
        *byte = match *byte {
            b'0'..=b'9' => b'0',
            b'A'..=b'Z' => b'A',
            other => other,
        };
    }
    Some(outline)
}

//! The check digit of Aadhaar numbers, virtual ids and health account numbers.

/// Products in the dihedral group of order ten, with room for what four bits can say.
const TIMES: [[u8; 16]; 16] = wider(&[
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
    [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
    [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
    [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
    [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
    [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
    [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
    [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
]);

/// What a place does to a digit; it repeats after eight places.
const MOVES: [[u8; 16]; 8] = wider(&[
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
    [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
    [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
    [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
    [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
    [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
    [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
]);

/// The same with zeros around it.
const fn wider<const FROM: usize, const TO: usize>(table: &[[u8; 10]; FROM]) -> [[u8; 16]; TO] {
    let mut wide = [[0; 16]; TO];
    let mut place = 0;
    while place < FROM * 10 {
        wide[place / 10][place % 10] = table[place / 10][place % 10];
        place += 1;
    }
    wide
}

/// Whether the last of these ASCII digits is the check digit of the others.
///
/// # Source
///
/// J. Verhoeff, *Error Detecting Decimal Codes*, Mathematical Centre Tracts 29, 1969. That Aadhaar
/// uses it: UIDAI, *A UID Numbering Scheme*, 2010, section 4.
pub fn holds(digits: &[u8]) -> bool {
    let sum = digits.iter().rev().enumerate().fold(0, |sum, (place, digit)| {
        let moved = MOVES[place % 8][usize::from(digit & 0xF)];
        TIMES[usize::from(sum & 0xF)][usize::from(moved & 0xF)]
    });
    sum == 0 && digits.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_holds() {
        // 236 has the check digit 3 in every description of the scheme.
        assert!(holds(b"2363"));
        assert!(!holds(b"2364"));
        assert!(!holds(b"236x"));
    }

    #[test]
    fn one_wrong_digit_and_one_swap_are_seen() {
        let good = *b"234123412346";
        assert!(holds(&good));
        for place in 0..good.len() {
            for digit in b'0'..=b'9' {
                let mut other = good;
                other[place] = digit;
                assert_eq!(holds(&other), digit == good[place], "place {place}");
            }
            let mut swapped = good;
            swapped.swap(place, (place + 1) % good.len());
            if place + 1 < good.len() && swapped != good {
                assert!(!holds(&swapped), "swap at {place}");
            }
        }
    }
}

//! Numbers of people, as their issuers make them.

use crate::dice::Dice;

/// The letters of states and, beside each, its number in specimen forms and a PIN code prefix.
const STATES: &[(&str, &str, &str)] = &[
    ("RJ", "08", "30"),
    ("MH", "27", "41"),
    ("UP", "09", "22"),
    ("TN", "33", "60"),
    ("KA", "29", "56"),
    ("GJ", "24", "38"),
    ("BR", "10", "80"),
    ("WB", "19", "70"),
    ("KL", "32", "68"),
    ("PB", "03", "14"),
    ("OD", "21", "75"),
    ("AS", "18", "78"),
];

/// A state: its letters, its number, the start of its PIN codes.
pub(crate) fn state(dice: &mut Dice) -> (&'static str, &'static str, &'static str) {
    dice.pick(STATES)
}

/// The digit that makes the others hold, after Verhoeff: counted by walking the dihedral group
/// rather than by the usual tables.
fn check_digit(digits: &str) -> char {
    // An element of the group of the pentagon: a turn, and whether it is then flipped.
    type Move = (u8, bool);
    const FIRST: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let element = |digit: u8| -> Move { (digit % 5, digit >= 5) };
    let number = |(turn, flip): Move| turn + if flip { 5 } else { 0 };
    let times = |(a, flipped): Move, (b, flip): Move| -> Move {
        let turn = if flipped { (a + 5 - b) % 5 } else { (a + b) % 5 };
        (turn, flipped != flip)
    };
    let moved =
        |digit: u8, place: usize| (0..place % 8).fold(digit, |at, _| FIRST[usize::from(at)]);
    let sum = digits
        .bytes()
        .rev()
        .enumerate()
        .fold((0, false), |sum, (at, digit)| times(sum, element(moved(digit - b'0', at + 1))));
    let closes = |digit: &u8| number(times(sum, element(*digit))) == 0;
    char::from(b'0' + (0..10).find(closes).expect("a group has inverses"))
}

/// A number that ends in its check digit.
fn checked(dice: &mut Dice, first: &str, length: usize) -> String {
    let mut digits = dice.number(first, length - 1);
    digits.push(check_digit(&digits));
    digits
}

/// Digits in groups.
fn grouped(digits: &str, groups: &[usize], between: &str) -> String {
    let mut rest = digits;
    let mut parts = Vec::new();
    for length in groups {
        let (part, more) = rest.split_at(*length);
        parts.push(part);
        rest = more;
    }
    parts.push(rest);
    parts.retain(|part| !part.is_empty());
    parts.join(between)
}

/// The number of a mobile, ten digits.
pub(crate) fn mobile(dice: &mut Dice) -> String {
    // A run of one digit is nobody's number.
    dice.number("6789", 1) + &dice.number("123456789", 5) + &dice.digits(4)
}

/// A mobile as people write it.
pub(crate) fn mobile_written(dice: &mut Dice) -> String {
    let number = mobile(dice);
    match dice.below(9) {
        0 => grouped(&number, &[5], " "),
        1 => grouped(&number, &[5], "-"),
        2 => format!("+91 {}", grouped(&number, &[5], " ")),
        3 => format!("+91-{number}"),
        4 => format!("0{number}"),
        5 => format!("91{number}"),
        6 => grouped(&number, &[3, 3], " "),
        _ => number,
    }
}

/// An Aadhaar number, twelve digits.
pub(crate) fn aadhaar(dice: &mut Dice) -> String {
    checked(dice, "23456789", 12)
}

/// An Aadhaar number as people write it.
pub(crate) fn aadhaar_written(dice: &mut Dice) -> String {
    let number = aadhaar(dice);
    match dice.below(4) {
        0 => number,
        1 => grouped(&number, &[4, 4], "-"),
        _ => grouped(&number, &[4, 4], " "),
    }
}

/// An Aadhaar number of which four digits are left.
pub(crate) fn aadhaar_masked(dice: &mut Dice) -> String {
    let last = dice.digits(4);
    match dice.below(3) {
        0 => format!("XXXX XXXX {last}"),
        1 => format!("XXXXXXXX{last}"),
        _ => format!("XXXX-XXXX-{last}"),
    }
}

/// A virtual id.
pub(crate) fn virtual_id(dice: &mut Dice) -> String {
    grouped(&checked(dice, "23456789", 16), &[4, 4, 4], " ")
}

/// A PAN of a person with this surname, or of one with any.
pub(crate) fn pan(dice: &mut Dice, surname: &str) -> String {
    let initial = surname.chars().next().filter(char::is_ascii_alphabetic);
    let initial = initial.unwrap_or('K').to_ascii_uppercase();
    format!("{}P{initial}{}{}", dice.letters(3), dice.number("123456789", 4), dice.letters(1))
}

/// The number of a passport.
pub(crate) fn passport(dice: &mut Dice) -> String {
    let letter = dice.letter("ABCDEFGHJKLMNPRSTUVWZ");
    let number = dice.number("123456789", 7);
    if dice.chance(20) { format!("{letter} {number}") } else { format!("{letter}{number}") }
}

/// The number of an elector's card.
pub(crate) fn epic(dice: &mut Dice) -> String {
    dice.letters(3) + &dice.digits(7)
}

/// The number of a driving licence.
pub(crate) fn driving_licence(dice: &mut Dice) -> String {
    let (state, ..) = state(dice);
    let (office, year) = (dice.between(1, 52), dice.between(1985, 2021));
    let serial = dice.digits(7);
    match dice.below(3) {
        0 => format!("{state}{office:02} {year}{serial}"),
        1 => format!("{state}-{office:02}{year}{serial}"),
        _ => format!("{state}{office:02}{year}{serial}"),
    }
}

/// The number of a ration card.
pub(crate) fn ration_card(dice: &mut Dice) -> String {
    dice.number("123456789", 12)
}

/// The number of a job card.
pub(crate) fn job_card(dice: &mut Dice) -> String {
    let (state, ..) = state(dice);
    let part = dice.between(1, 30);
    let (block, village, family) = (dice.below(20) + 1, dice.below(300) + 1, dice.below(900) + 1);
    format!("{state}-{part:02}-{block:03}-{village:03}-001/{family}")
}

/// A health account number.
pub(crate) fn abha_number(dice: &mut Dice) -> String {
    grouped(&checked(dice, "12345679", 14), &[2, 4, 4], "-")
}

/// A bank account and the code of its branch.
pub(crate) fn account(dice: &mut Dice) -> (String, String) {
    let bank = dice.pick(&["SBIN", "PUNB", "BARB", "UCBA", "IBKL", "CNRB", "HDFC", "ICIC"]);
    let length = dice.pick(&[11, 12, 14, 15, 16]);
    (dice.number("123456789", length), format!("{bank}0{}", dice.digits(6)))
}

/// A vehicle's registration.
pub(crate) fn vehicle(dice: &mut Dice) -> String {
    let (state, ..) = state(dice);
    let (office, series) = (dice.between(1, 50), dice.letters(2));
    let number = dice.number("123456789", 4);
    match dice.below(5) {
        0 => format!("{state} {office:02} {series} {number}"),
        1 => format!("{state}-{office:02}-{series}-{number}"),
        2 => format!("2{}BH{number}{series}", dice.between(1, 4)),
        _ => format!("{state}{office:02}{series}{number}"),
    }
}

/// The id of a specimen's referral form.
pub(crate) fn srf_id(dice: &mut Dice) -> String {
    let (_, number, _) = state(dice);
    format!("{number}{}", dice.digits(11))
}

/// An id of the council of medical research.
pub(crate) fn icmr_id(dice: &mut Dice) -> String {
    let length = dice.between(8, 10);
    dice.number("123456789", length)
}

/// The reference id of a beneficiary.
pub(crate) fn beneficiary_id(dice: &mut Dice) -> String {
    dice.number("123456789", 14)
}

/// A PIN code.
pub(crate) fn pin_code(dice: &mut Dice, prefix: &str) -> String {
    format!("{prefix}{}", dice.number("123456789", 4))
}

/// A tax number of a firm.
pub(crate) fn gstin(dice: &mut Dice) -> String {
    const ALPHABET: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let (_, state, _) = state(dice);
    let kind = dice.letter("CFT");
    let body = format!(
        "{state}{}{kind}{}{}{}1Z",
        dice.letters(3),
        dice.letters(1),
        dice.number("123456789", 4),
        dice.letters(1)
    );
    let sum: usize = body
        .chars()
        .enumerate()
        .map(|(at, one)| {
            let times = ALPHABET.find(one).expect("of the alphabet") * (1 + at % 2);
            times / 36 + times % 36
        })
        .sum();
    let check = ALPHABET.as_bytes()[(36 - sum % 36) % 36];
    format!("{body}{}", char::from(check))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_are_those_of_the_published_examples() {
        // Verhoeff's 236, and a tax number as its office prints it as an example.
        assert_eq!(check_digit("236"), '3');
        assert_eq!(check_digit("23412341234"), '6');
    }

    #[test]
    fn numbers_are_as_long_as_their_issuers_make_them() {
        let dice = &mut Dice::new(1);
        for _ in 0..200 {
            assert_eq!(mobile(dice).len(), 10);
            assert_eq!(aadhaar(dice).len(), 12);
            assert_eq!(pan(dice, "Meena").len(), 10);
            assert_eq!(gstin(dice).len(), 15);
            assert_eq!(srf_id(dice).len(), 13);
            assert_eq!(beneficiary_id(dice).len(), 14);
            assert_eq!(abha_number(dice).len(), 17);
        }
    }
}

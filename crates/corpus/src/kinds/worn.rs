//! Documents that have suffered: scanned, or masked.

use super::lists::Table;
use crate::{dice::Dice, document::Page, identity, people::Person};

/// What a reader of pictures makes of a number: a letter for a digit here and there.
fn misread(dice: &mut Dice, number: &str) -> String {
    let mut left = 2;
    let one = |at: char| {
        let letter = match at {
            '0' => 'O',
            '1' => 'I',
            '5' => 'S',
            '8' => 'B',
            _ => return at,
        };
        if left > 0 && dice.chance(30) {
            left -= 1;
            letter
        } else {
            at
        }
    };
    number.chars().map(one).collect()
}

/// What stands between the groups of a number in text that was copied from a page.
fn spaced(dice: &mut Dice, number: &str) -> String {
    let between = dice.pick(&["\u{a0}", "\u{2009}", "\u{200b}", "  ", " "]);
    number.replace(' ', between)
}

pub(super) fn scan(dice: &mut Dice) -> Page {
    let person = Person::new(dice);
    let mut page = Page::default();
    page.line("Govt. of Rajasthan").line("IDENTITY  VERlFlCATlON  SLIP").line("");
    page.person().say("Name  : ").tell("name", &person.name).line("");
    let mobile = identity::mobile(dice);
    let mobile = misread(dice, &mobile);
    page.say("Mobile No : ").tell("mobile", &mobile).line("");
    let aadhaar = identity::aadhaar_written(dice);
    let aadhaar = if dice.chance(50) { misread(dice, &aadhaar) } else { spaced(dice, &aadhaar) };
    page.say("Aadhaar No : ").tell("aadhaar", &aadhaar).line("");
    if dice.chance(60) {
        let (letters, digits) = person.pan.split_at(5);
        let (number, check) = digits.split_at(4);
        let pan = format!("{letters}{}{check}", misread(dice, number));
        page.say("PAN : ").tell("pan", &pan).line("");
    }
    page.say("Date of Birth : ").tell("birth_date", &person.born_written(0)).line("");
    page.say("Address : ").tell("address", &person.address()).line("").line("");
    page.line(&format!("Token {} | Counter {} | l5:2O hrs", dice.digits(4), dice.between(1, 9)));
    page
}

pub(super) fn masked(dice: &mut Dice) -> Page {
    let mut table =
        Table::new(dice, &["Sr No", "Name of Student", "Aadhaar No", "Account No", "Amount"]);
    for at in 1..=dice.between(5, 30) {
        let person = Person::new(dice);
        let aadhaar = identity::aadhaar_masked(dice);
        let account = format!("XXXXXXX{}", dice.digits(4));
        let amount = dice.between(500, 9_000).to_string();
        table
            .person()
            .plain(&at.to_string())
            .value("name", &person.name)
            .masked("aadhaar", &aadhaar)
            .masked("bank_account", &account)
            .plain(&amount)
            .end();
    }
    table.page
}

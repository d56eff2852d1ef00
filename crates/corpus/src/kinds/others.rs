//! What does not look like the rest: numbers and nothing else, records in records, registers in
//! words of their own, and lists of numbers that are nobody's.

use super::{health::day, lists::Table};
use crate::{
    dice::Dice,
    document::{Kind, Page},
    identity,
    people::Person,
};

/// One kind of number, one a line, without a word on the page.
pub(super) fn numbers(dice: &mut Dice) -> Page {
    let kind: Kind = dice.pick(&["mobile", "aadhaar", "pan", "epic", "driving_licence"]);
    let mut page = Page::default();
    for _ in 0..dice.between(4, 40) {
        let person = Person::new(dice);
        let number = match kind {
            "mobile" => person.mobile,
            "aadhaar" => person.aadhaar,
            "pan" => person.pan,
            "epic" => identity::epic(dice),
            _ => identity::driving_licence(dice),
        };
        page.person().tell(kind, &number).line("");
    }
    page
}

/// Records in records, as programs give them.
pub(super) fn nested(dice: &mut Dice) -> Page {
    let mut page = Page::default();
    page.line("{").line("  \"patients\": [");
    let count = dice.between(2, 12);
    for at in 1..=count {
        let person = Person::new(dice);
        page.person().line("    {").say("      \"fullName\": \"").tell("name", &person.name);
        page.line("\",").say("      \"age\": ").tell("age", &person.age.to_string()).line(",");
        page.line("      \"contact\": {").say("        \"mobileNumber\": \"");
        page.tell("mobile", &person.mobile).line("\",").say("        \"email\": \"");
        page.tell("email", &person.email).line("\"").line("      },");
        page.say("      \"ids\": {\"aadhaarNo\": \"").tell("aadhaar", &person.aadhaar);
        page.say("\", \"panNumber\": \"").tell("pan", &person.pan).line("\"},");
        page.line(&format!("      \"ward\": {}, \"bedNo\": {}", dice.below(40), dice.below(900)));
        page.line(if at == count { "    }" } else { "    }," });
    }
    page.line("  ]").line("}");
    page
}

/// A register that is filled in line by line.
pub(super) fn visitors(dice: &mut Dice) -> Page {
    let mut page = Page::default();
    page.line("VISITORS' REGISTER").line(&format!("Gate 2, {}", day(dice))).line("");
    for at in 1..=dice.between(3, 20) {
        let person = Person::new(dice);
        page.person().say(&format!("{at}. Name: ")).tell("name", &person.name);
        page.say(", Cell: ").tell("mobile", &person.mobile).say(", ");
        match dice.below(4) {
            0 => page.say("Voter ID: ").tell("epic", &identity::epic(dice)),
            1 => page.say("DL No. ").tell("driving_licence", &identity::driving_licence(dice)),
            2 => page.say("Vehicle: ").tell("vehicle", &identity::vehicle(dice)),
            _ => page.say("Passport: ").tell("passport", &identity::passport(dice)),
        };
        page.line(&format!(", in {:02}:{:02}", dice.below(24), dice.below(60)));
    }
    page
}

/// Marks by roll number.
pub(super) fn marks(dice: &mut Dice) -> Page {
    let mut table =
        Table::new(dice, &["Roll Number", "Centre Code", "Paper I", "Paper II", "Total", "Rank"]);
    for at in 1..=dice.between(10, 60) {
        let (roll, centre) = (dice.number("6789", 10), dice.digits(6));
        let (one, two) = (dice.between(10, 100), dice.between(10, 100));
        table.plain(&roll).plain(&centre).plain(&one.to_string()).plain(&two.to_string());
        table.plain(&(one + two).to_string()).plain(&at.to_string()).end();
    }
    table.page
}

/// Payments by their references.
pub(super) fn payments(dice: &mut Dice) -> Page {
    let mut table = Table::new(
        dice,
        &["Value Date", "UTR No", "Transaction ID", "Challan No", "Amount (Rs.)", "Status"],
    );
    for _ in 0..dice.between(10, 60) {
        let (on, reference) = (day(dice), dice.number("23456789", 12));
        let (transaction, challan) = (dice.number("6789", 10), dice.digits(14));
        let amount = dice.between(100, 900_000).to_string();
        table.plain(&on).plain(&reference).plain(&transaction).plain(&challan).plain(&amount);
        table.plain("SUCCESS").end();
    }
    table.page
}

/// What a store has.
pub(super) fn stock(dice: &mut Dice) -> Page {
    let mut page = Page::default();
    page.line("STOCK REGISTER, CENTRAL STORE").line("");
    for at in 1..=dice.between(5, 30) {
        let item = dice.pick(&["Oxygen concentrator", "Steel almirah", "Laptop", "Syringe pump"]);
        page.line(&format!(
            "{at}. {item}, serial no. {}, asset code {}, page {}, IMEI {}",
            dice.number("6789", 10),
            dice.letters(3) + &dice.digits(7),
            dice.between(1, 200),
            dice.number("3", 15)
        ));
    }
    page
}

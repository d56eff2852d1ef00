//! Documents in the scripts of India.

use super::lists::Table;
use crate::{
    dice::Dice,
    document::Page,
    identity,
    people::{SCRIPTS, Script, in_digits_of},
};

struct Neighbour {
    name: String,
    woman: bool,
    age: String,
    mobile: String,
    aadhaar: String,
    address: String,
}

fn neighbour(dice: &mut Dice, script: &Script, own_digits: bool) -> Neighbour {
    let woman = dice.chance(50);
    let first = dice.pick(if woman { script.women } else { script.men });
    let written = |number: String| {
        if own_digits { in_digits_of(script.zero, &number) } else { number }
    };
    let house = dice.between(1, 200).to_string();
    Neighbour {
        name: format!("{first} {}", dice.pick(script.surnames)),
        woman,
        age: written(dice.between(18, 90).to_string()),
        mobile: written(identity::mobile(dice)),
        aadhaar: written(identity::aadhaar_written(dice)),
        address: format!("{}, {}", written(house), dice.pick(script.towns)),
    }
}

fn script(dice: &mut Dice) -> &'static Script {
    &SCRIPTS[dice.below(SCRIPTS.len())]
}

pub(super) fn list(dice: &mut Dice) -> Page {
    let script = script(dice);
    let own_digits = dice.chance(50);
    let mut table = Table::new(
        dice,
        &["#", script.name, script.age, script.gender, script.mobile, script.aadhaar],
    );
    for at in 1..=dice.between(5, 30) {
        let one = neighbour(dice, script, own_digits);
        table
            .person()
            .plain(&at.to_string())
            .value("name", &one.name)
            .value("age", &one.age)
            .value("gender", if one.woman { script.woman } else { script.man })
            .value("mobile", &one.mobile)
            .value("aadhaar", &one.aadhaar)
            .end();
    }
    table.page
}

pub(super) fn form(dice: &mut Dice) -> Page {
    let script = script(dice);
    let own_digits = dice.chance(40);
    let mut page = Page::default();
    for _ in 0..dice.between(1, 6) {
        let one = neighbour(dice, script, own_digits);
        page.person().say(script.name).say(": ").tell("name", &one.name).line("");
        page.say(script.age).say(": ").tell("age", &one.age).line("");
        page.say(script.gender).say(": ");
        page.tell("gender", if one.woman { script.woman } else { script.man }).line("");
        page.say(script.address).say(": ").tell("address", &one.address).line("");
        page.say(script.mobile).say(": ").tell("mobile", &one.mobile).line("");
        page.say(script.aadhaar).say(": ").tell("aadhaar", &one.aadhaar).line("").line("");
    }
    page
}

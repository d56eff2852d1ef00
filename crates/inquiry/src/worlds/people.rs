//! The people of a made-up country, and how different hands write them down.

use jiff::civil::{Date, date};
use scan::verhoeff;

use super::dice::Dice;

/// A person as they are, before anybody writes them down.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) first: &'static str,
    pub(super) middle: Option<&'static str>,
    pub(super) last: &'static str,
    pub(super) gender: u8,
    pub(super) born_on: Date,
    pub(super) mobile: String,
    /// Another mobile that they use, which other systems may have.
    pub(super) second: String,
    pub(super) aadhaar: String,
    pub(super) address: String,
    pub(super) district: u64,
    pub(super) facility: u64,
}

const WOMEN: &[&str] = &[
    "Asha", "Sunita", "Meena", "Kavita", "Rekha", "Lakshmi", "Fatima", "Ayesha", "Harpreet",
    "Anjali", "Geeta", "Savitri", "Pooja", "Neha", "Shabnam", "Mary", "Kamla", "Parvati", "Bhavna",
    "Nirmala", "Rukmini", "Deepa", "Sarita", "Jyoti", "Manju", "Usha", "Revathi", "Gurpreet",
    "Zainab", "Rosamma", "Vaishali", "Priyanka", "Shanti", "Sushila", "Radhika", "Archana",
    "Vandana", "Chhaya", "Nasreen", "Poonam",
];
const MEN: &[&str] = &[
    "Ramesh",
    "Suresh",
    "Mahesh",
    "Abdul",
    "Imran",
    "Gurmeet",
    "Rajesh",
    "Vijay",
    "Anil",
    "Sunil",
    "Mohan",
    "Kishan",
    "Arjun",
    "Prakash",
    "Dinesh",
    "Joseph",
    "Salim",
    "Balwinder",
    "Karthik",
    "Murugan",
    "Debashis",
    "Subrata",
    "Bhaskar",
    "Narayan",
    "Hemant",
    "Yusuf",
    "Ganesh",
    "Lokesh",
    "Thomas",
    "Vikram",
    "Santosh",
    "Mukesh",
    "Jitendra",
    "Shyam",
    "Krishna",
    "Rakesh",
    "Pankaj",
    "Deepak",
    "Wasim",
    "Dharmendra",
];
const MIDDLES: &[&str] = &["Kumar", "Kumari", "Lal", "Prasad", "Chandra", "Bai", "Ram", "Nath"];
const LASTS: &[&str] = &[
    "Sharma",
    "Verma",
    "Yadav",
    "Khan",
    "Ansari",
    "Singh",
    "Kaur",
    "Patel",
    "Shah",
    "Nair",
    "Menon",
    "Reddy",
    "Rao",
    "Das",
    "Ghosh",
    "Banerjee",
    "Mahato",
    "Bora",
    "Kalita",
    "Patil",
    "Jadhav",
    "Kulkarni",
    "Gowda",
    "Hegde",
    "Pillai",
    "Mathew",
    "Fernandes",
    "Choudhary",
    "Gurjar",
    "Saini",
    "Mishra",
    "Tiwari",
    "Jena",
    "Sahoo",
    "Kumawat",
    "Bairwa",
    "Quraishi",
    "Gill",
    "Dhillon",
    "Devi",
    "Thakur",
    "Pandey",
    "Joshi",
    "Mandal",
    "Biswas",
    "Sheikh",
    "Chavan",
    "Shinde",
    "Naidu",
    "Iyer",
];
const STREETS: &[&str] = &[
    "Station Road",
    "Gandhi Nagar",
    "Nehru Colony",
    "Shastri Marg",
    "Ward No. 12",
    "Sadar Bazar",
    "Civil Lines",
    "Old Bus Stand",
    "Ambedkar Nagar",
    "Temple Street",
];

/// The people of a country, in families that share a mobile.
pub(super) fn population(
    dice: &mut Dice,
    count: usize,
    districts: u64,
    facilities: u64,
) -> Vec<Person> {
    let mut people = Vec::with_capacity(count);
    while people.len() < count {
        let mobile = mobile(dice);
        let facility = dice.number() % facilities;
        let last = dice.pick(LASTS);
        let street = dice.pick(STREETS);
        let address = format!("H No {}, {street}", dice.below(400) + 1);
        for _ in 0..=dice.below(4) {
            let mut one = person(dice);
            one.mobile.clone_from(&mobile);
            one.facility = facility;
            one.district = facility % districts;
            one.address.clone_from(&address);
            if dice.chance(0.8) {
                one.last = last;
            }
            people.push(one);
        }
    }
    people.truncate(count);
    people
}

/// Somebody of no family.
pub(super) fn person(dice: &mut Dice) -> Person {
    let gender = 1 + u8::try_from(dice.below(2)).unwrap_or(0);
    let year = 1935 + i16::try_from(dice.below(72)).unwrap_or(0);
    let (month, day) = (1 + dice.below(12), 1 + dice.below(28));
    // One in six does not know the day: papers say the first of January.
    let born_on = if dice.chance(0.16) {
        date(year, 1, 1)
    } else {
        date(year, i8::try_from(month).unwrap_or(1), i8::try_from(day).unwrap_or(1))
    };
    let middle = if dice.chance(0.35) { Some(dice.pick(MIDDLES)) } else { None };
    Person {
        first: dice.pick(if gender == 2 { WOMEN } else { MEN }),
        middle,
        last: dice.pick(LASTS),
        gender,
        born_on,
        mobile: mobile(dice),
        second: mobile(dice),
        aadhaar: aadhaar(dice),
        address: format!("H No {}, {}", dice.below(400) + 1, dice.pick(STREETS)),
        district: 0,
        facility: 0,
    }
}

/// A mobile as they are given out: of some series more than of others.
fn mobile(dice: &mut Dice) -> String {
    dice.digits(b"9999988877766", 10)
}

/// A number of twelve digits with its check digit.
pub(super) fn aadhaar(dice: &mut Dice) -> String {
    let body = dice.digits(b"23456789", 11);
    let digit = ('0'..='9').find(|digit| verhoeff::holds(format!("{body}{digit}").as_bytes()));
    format!("{body}{}", digit.unwrap_or('0'))
}

impl Person {
    /// The name in full.
    pub(super) fn name(&self) -> String {
        match self.middle {
            Some(middle) => format!("{} {middle} {}", self.first, self.last),
            None => format!("{} {}", self.first, self.last),
        }
    }
}

/// How a hand writes names and numbers down.
#[derive(Clone, Copy)]
pub(super) struct Hand {
    /// How often a word is spelled another way that sounds alike.
    pub(super) variants: f64,
    /// How often a name is left short.
    pub(super) short: f64,
    /// How often a letter slips.
    pub(super) slips: f64,
    /// How often a year of birth is off.
    pub(super) years: f64,
}

impl Hand {
    /// The name of somebody, in this hand.
    pub(super) fn name(&self, person: &Person, dice: &mut Dice) -> String {
        let mut words: Vec<String> = person.name().split(' ').map(str::to_owned).collect();
        if words.len() > 2 && dice.chance(self.short * 2.0) {
            words.remove(1);
        } else if dice.chance(self.short) {
            let place = dice.below(words.len());
            words[place].truncate(1);
        }
        for word in &mut words {
            if dice.chance(self.variants) {
                *word = variant(word, dice);
            }
            if dice.chance(self.slips) {
                *word = slip(word, dice);
            }
        }
        words.join(" ")
    }

    /// The year of birth of somebody, in this hand.
    pub(super) fn year(&self, person: &Person, dice: &mut Dice) -> i16 {
        if dice.chance(self.years) {
            let off = [-1, 1, -1, 1, -2, 2, 5, -10];
            return person.born_on.year() + dice.pick(&off);
        }
        person.born_on.year()
    }
}

/// The word in another spelling that sounds alike, if it has one.
pub(super) fn variant(word: &str, dice: &mut Dice) -> String {
    const WAYS: &[(&str, &str)] = &[
        ("sh", "s"),
        ("ee", "i"),
        ("v", "w"),
        ("w", "v"),
        ("au", "ou"),
        ("ou", "au"),
        ("ksh", "x"),
        ("th", "t"),
        ("bh", "b"),
        ("dh", "d"),
        ("oo", "u"),
        ("i", "ee"),
        ("a", "aa"),
        ("u", "oo"),
        ("z", "j"),
        ("ph", "f"),
        ("ya", "ia"),
        ("q", "k"),
        ("n", "nn"),
        ("t", "tt"),
    ];
    let from = dice.below(WAYS.len());
    let ways = (0..WAYS.len()).map(|step| WAYS[(from + step) % WAYS.len()]);
    let lower = word.to_lowercase();
    for (one, other) in ways {
        // The first letter stays, so that the word still sounds alike.
        if let Some(place) = lower.get(1..).and_then(|rest| rest.find(one)).map(|place| place + 1) {
            let mut text = word.to_owned();
            text.replace_range(place..place + one.len(), other);
            return text;
        }
    }
    word.to_owned()
}

/// The word with one letter off.
pub(super) fn slip(word: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    if letters.len() < 4 {
        return word.to_owned();
    }
    let place = 1 + dice.below(letters.len() - 2);
    match dice.below(3) {
        0 => letters.swap(place, place + 1),
        1 => drop(letters.remove(place)),
        _ => letters[place] = char::from(dice.pick(b"bcdfgklmnprst")),
    }
    letters.into_iter().collect()
}

//! People who do not exist.

mod script;

pub(crate) use script::{SCRIPTS, Script, in_digits_of};

use crate::{dice::Dice, identity};

const WOMEN: &[&str] = &[
    "Asha", "Sunita", "Meena", "Kavita", "Rekha", "Lakshmi", "Fatima", "Ayesha", "Harpreet",
    "Anjali", "Geeta", "Savitri", "Pooja", "Neha", "Shabnam", "Mary", "Kamla", "Parvati", "Bhavna",
    "Nirmala", "Rukmini", "Deepa", "Sarita", "Jyoti", "Manju", "Usha", "Revathi", "Gurpreet",
    "Zainab", "Rosamma",
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
    "Om Prakash",
    "Thomas",
];
const SURNAMES: &[&str] = &[
    "Sharma",
    "Meena",
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
    "Mission Compound",
    "Lal Kothi",
    "MG Road",
    "Subhash Chowk",
    "Railway Colony",
    "Model Town",
    "Indira Colony",
    "Kachhi Basti",
];
const TOWNS: &[(&str, &str)] = &[
    ("Jaipur", "30"),
    ("Ajmer", "30"),
    ("Kota", "32"),
    ("Pune", "41"),
    ("Nagpur", "44"),
    ("Lucknow", "22"),
    ("Kanpur", "20"),
    ("Chennai", "60"),
    ("Madurai", "62"),
    ("Mysuru", "57"),
    ("Ahmedabad", "38"),
    ("Patna", "80"),
    ("Gaya", "82"),
    ("Kolkata", "70"),
    ("Kochi", "68"),
    ("Ludhiana", "14"),
    ("Cuttack", "75"),
    ("Guwahati", "78"),
    ("Bikaner", "33"),
    ("Udaipur", "31"),
];
const MAIL: &[&str] = &["gmail.com", "yahoo.co.in", "rediffmail.com", "outlook.com", "hotmail.com"];
const HANDLES: &[&str] = &["oksbi", "ybl", "paytm", "okaxis", "upi", "ibl", "okhdfcbank"];
pub(crate) const VACCINES: &[&str] =
    &["COVISHIELD", "COVAXIN", "SPUTNIK V", "Covishield", "Covaxin", "CORBEVAX"];

/// Somebody, with all that documents tell of people.
pub(crate) struct Person {
    pub(crate) first: &'static str,
    pub(crate) surname: &'static str,
    /// As it is written of them: mostly first name and surname.
    pub(crate) name: String,
    pub(crate) father: String,
    pub(crate) woman: bool,
    pub(crate) age: usize,
    /// Year, month, day.
    pub(crate) born: (usize, usize, usize),
    pub(crate) mobile: String,
    pub(crate) aadhaar: String,
    pub(crate) pan: String,
    pub(crate) street: String,
    pub(crate) town: &'static str,
    pub(crate) pin_code: String,
    pub(crate) email: String,
    pub(crate) upi: String,
}

impl Person {
    pub(crate) fn new(dice: &mut Dice) -> Self {
        let woman = dice.chance(50);
        let first = dice.pick(if woman { WOMEN } else { MEN });
        let surname = dice.pick(SURNAMES);
        let age = dice.between(18, 92);
        let (town, prefix) = dice.pick(TOWNS);
        let house = dice.between(1, 320);
        let street = dice.pick(STREETS);
        let street = match dice.below(4) {
            0 => format!("H.No. {house}, {street}"),
            1 => format!("Plot {house}, {street}"),
            2 => format!("{house}/{}, {street}", dice.between(1, 40)),
            _ => format!("Near {street}"),
        };
        let handle = format!("{}.{}", first.replace(' ', ""), surname).to_lowercase();
        let number = dice.digits(2);
        let mobile = identity::mobile_written(dice);
        Self {
            first,
            surname,
            name: name(dice, first, surname),
            father: format!("{} {surname}", dice.pick(MEN)),
            woman,
            age,
            born: (2021 - age, dice.between(1, 12), dice.between(1, 28)),
            aadhaar: identity::aadhaar_written(dice),
            pan: identity::pan(dice, surname),
            street,
            town,
            pin_code: identity::pin_code(dice, prefix),
            email: format!("{handle}{number}@{}", dice.pick(MAIL)),
            upi: if dice.chance(40) {
                format!("{}@{}", identity::mobile(dice), dice.pick(HANDLES))
            } else {
                format!("{handle}{number}@{}", dice.pick(HANDLES))
            },
            mobile,
        }
    }

    /// The day of birth, as one of several offices writes it.
    pub(crate) fn born_written(&self, style: usize) -> String {
        const MONTHS: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let (year, month, day) = self.born;
        let word = MONTHS[month - 1];
        match style % 6 {
            0 => format!("{day:02}/{month:02}/{year}"),
            1 => format!("{day:02}-{month:02}-{year}"),
            2 => format!("{year}-{month:02}-{day:02}"),
            3 => format!("{day:02}-{}-{year}", &word[..3]),
            4 => format!("{day} {word} {year}"),
            _ => format!("{day:02}.{month:02}.{year}"),
        }
    }

    pub(crate) const fn gender(&self, style: usize) -> &'static str {
        match (style % 3, self.woman) {
            (0, true) => "Female",
            (0, false) => "Male",
            (1, true) => "F",
            (1, false) => "M",
            (_, true) => "FEMALE",
            (_, false) => "MALE",
        }
    }

    /// Street and town, as one value.
    pub(crate) fn address(&self) -> String {
        format!("{}, {}", self.street, self.town)
    }
}

fn name(dice: &mut Dice, first: &str, surname: &str) -> String {
    let initial = dice.letters(1);
    match dice.below(14) {
        0 => first.to_owned(),
        1 => format!("{initial}. {first}"),
        2 => format!("{first} {initial} {surname}"),
        3 | 4 => format!("{first} {surname}").to_uppercase(),
        5 => format!("{first} Kumar {surname}"),
        _ => format!("{first} {surname}"),
    }
}

/// An officer: their name stands in public documents by law.
pub(crate) fn officer(dice: &mut Dice) -> String {
    let title = dice.pick(&["Dr. ", "Shri ", "Smt. ", ""]);
    format!("{title}{} {}", dice.pick(MEN), dice.pick(SURNAMES))
}

/// A town and the start of its PIN codes.
pub(crate) fn town(dice: &mut Dice) -> (&'static str, &'static str) {
    dice.pick(TOWNS)
}

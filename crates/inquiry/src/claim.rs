//! A claim without data: a list of columns, a number of rows, a price, a picture's text. It can be
//! compatible with what we hold or not, and it is never enough to say that nothing is ours.

use serde::{Deserialize, Serialize};

use crate::{
    columns::{self, Provenance},
    specimen::column::{Kind, named},
};

/// Numbers above this are no number of people of one country.
const MOST_PEOPLE: u64 = 3_000_000_000;

/// What a claim comes to by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Every column that it names is one that we hold: a sample is needed.
    SampleNeeded,
    /// It names columns that we never held. They may have been joined to what is ours: a sample is needed
    /// all the same.
    NotAllOurs,
    /// It names no columns: there is nothing to test.
    NotTestable,
}

impl Standing {
    /// In words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SampleNeeded => {
                "every column that it names is one that we hold; whose records they are, a sample would tell"
            }
            Self::NotAllOurs => {
                "it names columns that we do not hold; they may have been joined to records of ours, or the records may be those of others: a sample would tell"
            }
            Self::NotTestable => "it says nothing that can be tested; a sample would tell",
        }
    }
}

/// What a claim says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// What it comes to.
    pub standing: Standing,
    /// Kinds of columns that it names, once each.
    pub columns: Vec<String>,
    /// Of them, those that we do not hold.
    pub not_ours: Vec<String>,
    /// How many people it speaks of at most, if it does.
    pub people: Option<u64>,
}

/// Words of claims that name what we do not hold and no column is called by.
const OTHER_WORDS: &[(&str, &str)] = &[
    ("gps", "position"),
    ("geo-location", "position"),
    ("geolocation", "position"),
    ("bank", "bank account"),
    ("passbook", "bank account"),
    ("photo of", "photograph"),
    ("state", "state"),
];

impl Claim {
    /// Reads a claim.
    ///
    /// # Privacy
    ///
    /// Keeps kinds of columns and a number, and nothing else of the text.
    pub fn read(text: &str) -> Self {
        let mut columns = Vec::new();
        let mut not_ours = Vec::new();
        let mut note = |name: &str, foreign: bool| {
            if !columns.iter().any(|known| known == name) {
                columns.push(name.to_owned());
                not_ours.extend(foreign.then(|| name.to_owned()));
            }
        };
        for part in text.split([',', ';', '\n', '/', '|', '+', ':']) {
            let part = part.trim();
            if let Some(kind) = named(part).filter(|kind| *kind != Kind::Other) {
                note(kind.as_str(), columns::of(kind).0 == Provenance::NeverOurs);
            }
            let lower = part.to_lowercase();
            for (word, name) in OTHER_WORDS {
                if lower.contains(word) {
                    note(name, true);
                }
            }
        }
        let standing = match (columns.is_empty(), not_ours.is_empty()) {
            (true, _) => Standing::NotTestable,
            (false, true) => Standing::SampleNeeded,
            (false, false) => Standing::NotAllOurs,
        };
        Self { standing, columns, not_ours, people: people_in(text) }
    }
}

/// The largest number of people that a text speaks of: `150 million`, `81.5 crore`, `20,000`.
fn people_in(text: &str) -> Option<u64> {
    let lower = text.to_lowercase();
    let mut words = lower.split(|c: char| c.is_whitespace() || c == ';').peekable();
    let mut most = None;
    while let Some(word) = words.next() {
        let plain = word.trim_matches(|c: char| !c.is_ascii_alphanumeric()).replace(',', "");
        // A price is no number of people, nor is a mobile.
        if word.contains(['$', '₹', '€']) || plain.len() > 9 {
            continue;
        }
        let (number, unit) = plain
            .find(|c: char| c.is_ascii_alphabetic())
            .map_or((plain.as_str(), words.peek().copied().unwrap_or("")), |at| plain.split_at(at));
        let Ok(number) = number.parse::<f64>() else { continue };
        let times = match unit.trim_matches(|c: char| !c.is_ascii_alphabetic()) {
            "k" | "thousand" => 1e3,
            "lakh" | "lac" | "lakhs" | "lacs" => 1e5,
            "m" | "mn" | "million" => 1e6,
            "crore" | "crores" | "cr" => 1e7,
            "b" | "bn" | "billion" => 1e9,
            _ => 1.0,
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "bounded below"
        )]
        let people = (number * times).clamp(0.0, 1e15) as u64;
        if (100..=MOST_PEOPLE).contains(&people) {
            most = most.max(Some(people));
        }
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_never_enough_to_clear_us() {
        let claim = Claim::read("150 million vaccinated: name, mobile, Aadhaar, GPS, state. $800");
        assert_eq!(claim.standing, Standing::NotAllOurs);
        assert_eq!(claim.not_ours, ["position", "state"]);
        assert_eq!(claim.people, Some(150_000_000));
        assert!(claim.standing.as_str().contains("may have been joined"));
    }

    #[test]
    fn columns_of_ours_ask_for_a_sample() {
        let claim = Claim::read("name, age, gender, mobile");
        assert_eq!(claim.standing, Standing::SampleNeeded);
        assert_eq!(claim.columns, ["name", "age", "gender", "mobile"]);
        assert_eq!(Claim::read("all of India for sale").standing, Standing::NotTestable);
        assert_eq!(Claim::read("81.5 crore records").people, Some(815_000_000));
    }
}

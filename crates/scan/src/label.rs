//! Words that say what stands beside them, in English and in eleven Indian languages.
//!
//! English is looked for in the text as it is. The others are looked for in its *skeleton*, the
//! consonants alone: files of Hindi text made by common programs lose vowel signs and conjuncts
//! when their text is taken out, and keep the letters.

mod english;
mod indic;
mod skeleton;

use std::{collections::HashMap, sync::LazyLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

pub(crate) use skeleton::Skeleton;

/// What a word says of the value beside it, or is itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Label {
    Mobile,
    /// Telephone or contact: of a person or of an office.
    Phone,
    Aadhaar,
    VirtualId,
    Pan,
    Passport,
    Epic,
    Licence,
    Ration,
    JobCard,
    Abha,
    Account,
    Ifsc,
    Upi,
    Vehicle,
    Gstin,
    Email,
    Name,
    /// Father, mother, husband, guardian.
    Relative,
    Address,
    Pin,
    Birth,
    Age,
    Gender,
    Result,
    /// A laboratory test by name.
    Test,
    Srf,
    Icmr,
    Beneficiary,
    Vaccine,
    /// Patient, resident, applicant: a private person.
    Person,
    /// State, district.
    Place,
    /// Purchase order, government order.
    Order,
    /// UTR, RRN, cheque.
    Transaction,
    Tender,
    File,
    Invoice,
    /// An office, its help line and its fax.
    Office,
    Amount,
    /// Part, model, serial, ISBN.
    Article,
    /// Accession, specimen, coordinate.
    Science,
    /// Roll, survey, meter, application number: of a person or not, none of ours.
    Other,
    Designation,
    /// A firm, a school, a hospital.
    Organisation,
    /// Date, of anything but birth.
    Date,
    // What is a value by itself.
    GenderValue,
    ResultValue,
    VaccineValue,
    Honorific,
    /// Years, as in "45 years".
    Years,
    /// Part of many people's names.
    NamePart,
}

/// A set of labels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Labels(u64);

impl Labels {
    /// None.
    pub(crate) const NONE: Self = Self(0);

    /// These.
    pub(crate) const fn of(labels: &[Label]) -> Self {
        let mut bits = 0;
        let mut place = 0;
        while place < labels.len() {
            bits |= 1 << labels[place] as u8;
            place += 1;
        }
        Self(bits)
    }

    /// Both together.
    pub(crate) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in this and not in the other.
    pub(crate) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether any of the other is in this.
    pub(crate) const fn any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether this one is in it.
    pub(crate) const fn has(self, label: Label) -> bool {
        self.0 & (1 << label as u8) != 0
    }

    /// Puts one in.
    pub(crate) const fn add(&mut self, label: Label) {
        self.0 |= 1 << label as u8;
    }

    /// Whether there is none.
    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// A label, where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) label: Label,
}

/// The words of a language, and what each says.
struct Lexicon {
    automaton: AhoCorasick,
    labels: Vec<Label>,
}

impl Lexicon {
    fn new(words: impl Iterator<Item = (Label, String)>) -> Self {
        let (labels, words): (Vec<_>, Vec<_>) = words.unzip();
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&words)
            .expect("a few hundred short words fit into an automaton");
        Self { automaton, labels }
    }
}

/// The words of a list, each with what it says.
fn listed(lists: &[(Label, &'static str)]) -> Vec<(Label, &'static str)> {
    lists.iter().flat_map(|(label, words)| words.split(", ").map(|word| (*label, word))).collect()
}

static ENGLISH: LazyLock<Lexicon> = LazyLock::new(|| {
    let words = listed(english::WORDS);
    Lexicon::new(words.into_iter().map(|(label, word)| (label, word.to_owned())))
});

static INDIC: LazyLock<Lexicon> = LazyLock::new(|| {
    let words = listed(indic::WORDS);
    Lexicon::new(words.into_iter().map(|(label, word)| (label, Skeleton::of(word))))
});

/// What a word says as it is written: *pitā* (father) and *patā* (address) have one skeleton.
static SPELLED: LazyLock<HashMap<&'static str, Label>> =
    LazyLock::new(|| listed(indic::WORDS).into_iter().map(|(label, word)| (word, label)).collect());

/// Puts the labels of `text[start..end]` into `marks`, in order.
pub(crate) fn find(
    text: &str,
    (start, end): (usize, usize),
    skeleton: &mut Skeleton,
    marks: &mut Vec<Mark>,
) {
    marks.clear();
    let bytes = &text.as_bytes()[start..end];
    for found in ENGLISH.automaton.find_iter(bytes) {
        if stands_alone(bytes, found.start(), found.end()) {
            let label = ENGLISH.labels[found.pattern().as_usize()];
            marks.push(Mark { start: start + found.start(), end: start + found.end(), label });
        }
    }
    if !bytes.is_ascii() {
        find_indic(&text[start..end], start, skeleton, marks);
    }
}

fn find_indic(text: &str, start: usize, skeleton: &mut Skeleton, marks: &mut Vec<Mark>) {
    skeleton.fill(text);
    let english = marks.len();
    for found in INDIC.automaton.find_iter(skeleton.bytes()) {
        if skeleton.stands_alone(found.start(), found.end()) {
            let (from, to) = skeleton.place(found.start(), found.end());
            let likely = INDIC.labels[found.pattern().as_usize()];
            let label = SPELLED.get(&text[from..to]).copied().unwrap_or(likely);
            marks.push(Mark { start: start + from, end: start + to, label });
        }
    }
    if english > 0 && marks.len() > english {
        marks.sort_by_key(|mark| mark.start);
    }
}

/// Whether no letter runs on at either end. `patientName` is two words.
fn stands_alone(bytes: &[u8], start: usize, end: usize) -> bool {
    let (first, last) = (bytes[start], bytes[end - 1]);
    let before = start.checked_sub(1).map_or(b' ', |at| bytes[at]);
    let after = bytes.get(end).copied().unwrap_or(b' ');
    let parted = !before.is_ascii_alphabetic()
        || !first.is_ascii_alphabetic()
        || (before.is_ascii_lowercase() && first.is_ascii_uppercase());
    let ends = !after.is_ascii_alphabetic()
        || !last.is_ascii_alphabetic()
        || (last.is_ascii_lowercase() && after.is_ascii_uppercase());
    parted && ends
}

/// Every label in a short text, as a set.
pub(crate) fn set(text: &str) -> Labels {
    let mut marks = Vec::new();
    find(text, (0, text.len()), &mut Skeleton::default(), &mut marks);
    let mut labels = Labels::NONE;
    for mark in marks {
        labels.add(mark.label);
    }
    labels
}

#[cfg(test)]
mod tests;

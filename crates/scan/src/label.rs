//! Words that say what stands beside them, in English and in eleven Indian languages.
//!
//! English is looked for in the text as it is. The others are looked for in its *skeleton*, the
//! consonants alone: files of Hindi text made by common programs lose vowel signs and conjuncts
//! when their text is taken out, and keep the letters.

mod english;
mod indic;
pub(crate) mod lexicon;
mod skeleton;

use std::{collections::HashMap, sync::LazyLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use lexicon::Lexicon;
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

/// What a person's name does not have in it.
pub(crate) const NO_NAME: Labels = Labels::of(&[
    Label::Organisation,
    Label::Designation,
    Label::Office,
    Label::Tender,
    Label::Place,
    Label::Order,
    Label::Vaccine,
    Label::VaccineValue,
    Label::Amount,
    Label::Article,
]);

/// The words of a list, each with what it says.
fn listed(lists: &[(Label, &'static str)]) -> Vec<(Label, &'static str)> {
    lists.iter().flat_map(|(label, words)| words.split(", ").map(|word| (*label, word))).collect()
}

static ENGLISH: LazyLock<Lexicon<Label>> =
    LazyLock::new(|| Lexicon::new(listed(english::WORDS).into_iter()));

/// The words of [`NO_NAME`].
static NOBODYS: LazyLock<Lexicon<Label>> = LazyLock::new(|| {
    let words = listed(english::WORDS).into_iter();
    Lexicon::new(words.filter(|(label, _)| NO_NAME.has(*label)))
});

/// The skeletons of words, and what each says.
struct Skeletons {
    automaton: AhoCorasick,
    labels: Vec<Label>,
    /// For each, the most vowel signs that a word of ours with this skeleton has.
    signs: Vec<usize>,
}

static INDIC: LazyLock<Skeletons> = LazyLock::new(|| {
    let words = listed(indic::WORDS).into_iter();
    let (labels, words): (Vec<_>, Vec<_>) =
        words.map(|(label, word)| (label, Skeleton::of(word))).unzip();
    let automaton = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .kind(Some(AhoCorasickKind::DFA))
        .build(&words)
        .expect("a few hundred short words fit into an automaton");
    let mut signs: HashMap<String, usize> = HashMap::new();
    for (_, word) in listed(indic::WORDS) {
        let most = signs.entry(Skeleton::of(word)).or_default();
        *most = skeleton::signs(word).max(*most);
    }
    let signs = words.iter().map(|word| signs.get(word).copied().unwrap_or(0)).collect();
    Skeletons { automaton, labels, signs }
});

/// What a word says as it is written, where another has the same skeleton: *pitā* (father) and
/// *patā* (address).
static SPELLED: LazyLock<HashMap<&'static str, Label>> = LazyLock::new(|| {
    let words = listed(indic::WORDS);
    let mut alike: HashMap<String, usize> = HashMap::new();
    for (_, word) in &words {
        *alike.entry(Skeleton::of(word)).or_default() += 1;
    }
    let several = |word: &str| alike.get(&Skeleton::of(word)).is_some_and(|count| *count > 1);
    words.into_iter().filter(|(_, word)| several(word)).map(|(label, word)| (word, label)).collect()
});

/// Puts the labels of `text[start..end]` into `marks`, in order.
pub(crate) fn find(
    text: &str,
    (start, end): (usize, usize),
    skeleton: &mut Skeleton,
    marks: &mut Vec<Mark>,
) {
    marks.clear();
    let part = &text[start..end];
    find_english(&text.as_bytes()[..end], start, |mark| marks.push(mark));
    let english = marks.len();
    find_indic(part, start, skeleton, |mark| marks.push(mark));
    if english > 0 && marks.len() > english {
        marks.sort_by_key(|mark| mark.start);
    }
}

/// Every label in a short text, as a set.
pub(crate) fn set(text: &str) -> Labels {
    let mut labels = Labels::NONE;
    find_english(text.as_bytes(), 0, |mark| labels.add(mark.label));
    find_indic(text, 0, &mut Skeleton::default(), |mark| labels.add(mark.label));
    labels
}

/// The sign of the rupee, which is among the words.
const RUPEE: &[u8] = "₹".as_bytes();

/// What a text says that is one English word of letters, if it is one of ours.
pub(crate) fn word(text: &[u8]) -> Option<Label> {
    ENGLISH.word(text)
}

/// Whether a text of ASCII letters and signs surely has no label of [`NO_NAME`].
pub(crate) fn is_free_of_nobodys(text: &[u8]) -> bool {
    text.is_ascii() && !NOBODYS.may_have(text)
}

fn find_english(bytes: &[u8], start: usize, mut take: impl FnMut(Mark)) {
    ENGLISH.find(bytes, start, |start, end, label| take(Mark { start, end, label }));
}

fn find_indic(text: &str, start: usize, skeleton: &mut Skeleton, mut take: impl FnMut(Mark)) {
    // Every letter of India begins with this byte, and the sign of the rupee is no letter.
    let bytes = text.as_bytes();
    if bytes.is_ascii()
        || (memchr::memchr(0xE0, bytes).is_none() && memchr::memmem::find(bytes, RUPEE).is_none())
    {
        return;
    }
    skeleton.fill(text);
    for found in INDIC.automaton.find_iter(skeleton.bytes()) {
        let (from, to) = skeleton.place(found.start(), found.end());
        let pattern = found.pattern().as_usize();
        // Signs are lost and change places, and do not come by themselves: `सातारा` is no `स्त्री`.
        let likely = || skeleton::signs(&text[from..to]) <= INDIC.signs[pattern];
        if skeleton.stands_alone(found.start(), found.end()) && likely() {
            let likely = INDIC.labels[pattern];
            let label = SPELLED.get(&text[from..to]).copied().unwrap_or(likely);
            take(Mark { start: start + from, end: start + to, label });
        }
    }
}

/// What marks say, together.
pub(crate) fn of(marks: &[Mark]) -> Labels {
    let mut labels = Labels::NONE;
    for mark in marks {
        labels.add(mark.label);
    }
    labels
}

#[cfg(test)]
mod tests;

//! Words that are joined to one another, added up once for all detectors.

use std::ops::{Deref, RangeInclusive};

use crate::word::{LONGEST, Word};

/// Most words of one shape.
pub(super) const WORDS: usize = 7;
/// Most characters that words have together, and are looked at.
pub(super) const MOST: usize = 32;

/// What stands between words, the closest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Bond {
    /// Spaces alone.
    #[default]
    Spaces,
    /// Spaces and hyphens.
    Hyphens,
    /// Spaces, hyphens and dots.
    Dots,
    /// Anything, and words that are not digits.
    Any,
}

impl Bond {
    const fn of(joint: u8) -> Self {
        match joint {
            b' ' => Self::Spaces,
            b'-' => Self::Hyphens,
            b'.' => Self::Dots,
            _ => Self::Any,
        }
    }
}

/// A word with those that are joined to it.
pub(super) struct Run<'w> {
    /// All words of the span.
    all: &'w [Word],
    /// Where among them this one is.
    at: usize,
    /// How many are joined.
    count: usize,
    /// How many of them, from the first on, are digits and nothing else.
    numbers: usize,
    /// How many characters the first one, two, … of them have together.
    totals: [u8; WORDS + 1],
    /// What binds them.
    bonds: [Bond; WORDS + 1],
}

impl<'w> Run<'w> {
    /// Of the word at `at`.
    pub(super) fn new(all: &'w [Word], at: usize) -> Self {
        let mut run = Self {
            all,
            at,
            count: 0,
            numbers: 0,
            totals: [0; WORDS + 1],
            bonds: [Bond::Spaces; WORDS + 1],
        };
        let (mut total, mut bond) = (0, Bond::Spaces);
        for (place, word) in all[at..].iter().take(WORDS).enumerate() {
            total += word.text().len();
            if place > 0 && (word.joint == 0 || total > MOST) {
                break;
            }
            bond = match place {
                _ if !word.is_nearly_digits() => Bond::Any,
                0 => Bond::Spaces,
                _ => bond.max(Bond::of(word.joint)),
            };
            run.numbers += usize::from(run.numbers == place && word.is_number());
            run.count = place + 1;
            run.totals[place + 1] = u8::try_from(total).unwrap_or(u8::MAX);
            run.bonds[place + 1] = bond;
        }
        run
    }

    /// How many words are joined.
    pub(super) const fn count(&self) -> usize {
        self.count
    }

    /// The first word.
    pub(super) fn first(&self) -> &'w Word {
        &self.all[self.at]
    }

    /// The word that stands so many words behind the first, joined or not.
    pub(super) fn word(&self, place: usize) -> Option<&'w Word> {
        self.all.get(self.at + place)
    }

    /// The first so many words.
    pub(super) fn words(&self, count: usize) -> &'w [Word] {
        &self.all[self.at..self.at + count.min(self.count)]
    }

    /// How many characters the first so many words have.
    pub(super) fn total(&self, count: usize) -> usize {
        usize::from(self.totals[count])
    }

    /// What binds the first so many words.
    pub(super) const fn bond(&self, count: usize) -> Bond {
        self.bonds[count]
    }

    /// The characters of the first so many words.
    pub(super) fn text(&self, count: usize) -> Text {
        let mut bytes = [0; MOST + LONGEST];
        let mut length = 0;
        for word in self.words(count) {
            bytes[length..length + LONGEST].copy_from_slice(word.padded());
            length += word.text().len();
        }
        Text { bytes, length }
    }

    /// Whether the first two characters are such.
    pub(super) fn begins(&self, such: impl FnOnce(u8, u8) -> bool) -> bool {
        match (self.first().text(), self.words(2)) {
            ([first, second, ..], _) => such(*first, *second),
            ([first], [_, next]) => next.text().first().is_some_and(|second| such(*first, *second)),
            _ => false,
        }
    }

    /// The lengths of the first so many words.
    pub(super) fn lengths(&self, count: usize) -> impl Iterator<Item = usize> {
        (0..count).map(|place| self.total(place + 1) - self.total(place))
    }

    /// How many words, the most first, have as many characters together as `wanted` and are bound so
    /// closely.
    pub(super) fn counts(
        &self,
        most: usize,
        wanted: RangeInclusive<usize>,
        bond: Bond,
    ) -> impl Iterator<Item = usize> {
        let right =
            move |count: &usize| self.bonds[*count] <= bond && wanted.contains(&self.total(*count));
        (1..=most.min(self.count)).rev().filter(right)
    }

    /// Whether a longer number goes on at either end of the first so many words: joined by a hyphen,
    /// a slash or a dot to more digits.
    pub(super) fn goes_on(&self, count: usize) -> bool {
        let more = |word: &Word| {
            let digits = usize::from(word.digits);
            digits > 0 && digits >= word.text().len().div_ceil(2)
        };
        let tight = |joint: u8| matches!(joint, b'-' | b'/' | b'.');
        let before = self.at > 0 && tight(self.first().joint) && more(&self.all[self.at - 1]);
        let after = self.word(count).is_some_and(|word| tight(word.joint) && more(word));
        before || after
    }

    /// The digits of the first so many words, where recognition may have read `O` for 0 and `I` or
    /// `l` for 1. Nothing if there is another letter, or if there are as many letters as digits.
    pub(super) fn digits(&self, count: usize) -> Option<Digits> {
        let digits = Digits { text: self.text(count), mended: 0, doubt: 0 };
        if count <= self.numbers { Some(digits) } else { digits.mended() }
    }
}

/// The characters of consecutive words.
pub(super) struct Text {
    /// Them, and room for as many more.
    bytes: [u8; MOST + LONGEST],
    length: usize,
}

impl Deref for Text {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// Digits out of consecutive words.
pub(super) struct Digits {
    text: Text,
    /// How many letters stood for digits.
    pub(super) mended: u8,
    /// How much that takes from the confidence, in percent.
    pub(super) doubt: u8,
}

impl Digits {
    /// The digits, as ASCII.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    fn mended(mut self) -> Option<Self> {
        for byte in &mut self.text.bytes[..self.text.length] {
            let (digit, doubt) = match byte {
                b'0'..=b'9' => continue,
                b'O' => (b'0', 6),
                b'I' | b'L' => (b'1', 6),
                b'S' => (b'5', 14),
                b'B' => (b'8', 14),
                _ => return None,
            };
            *byte = digit;
            self.mended += 1;
            self.doubt = self.doubt.saturating_add(doubt);
        }
        (self.mended <= 2 && usize::from(self.mended) * 3 < self.text.length).then_some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::word;

    fn run<T>(text: &str, read: impl FnOnce(&Run) -> T) -> T {
        let mut words = Vec::new();
        word::find(text, 0, text.len(), &mut words);
        read(&Run::new(&words, 0))
    }

    #[test]
    fn letters_that_stand_for_digits_are_mended_within_reason() {
        let mended = |text: &str| {
            run(text, |run| {
                let digits = run.digits(run.count())?;
                Some(String::from_utf8(digits.text().to_vec()).unwrap())
            })
        };
        assert_eq!(mended("982901I2O3").as_deref(), Some("9829011203"));
        assert_eq!(mended("98290 l1223").as_deref(), Some("9829011223"));
        assert_eq!(mended("98290 11223").as_deref(), Some("9829011223"));
        assert_eq!(mended("OIL 12"), None);
        assert_eq!(mended("98290A1223"), None);
    }

    #[test]
    fn words_are_added_up_as_far_as_they_are_joined() {
        let (count, total) = run("98290 11223, 5", |run| (run.count(), run.total(2)));
        assert_eq!((count, total), (2, 10));
        let bonds = run("98 29-01.12/23", |run| run.bonds[1..=5].to_vec());
        assert_eq!(bonds, [Bond::Spaces, Bond::Spaces, Bond::Hyphens, Bond::Dots, Bond::Any]);
        assert_eq!(run("98290 ABC", |run| run.bonds[2]), Bond::Any);
        assert_eq!(run("98290 11223", |run| run.text(2).to_vec()), b"9829011223");
        let counts = |text: &str, bond| run(text, |run| run.counts(6, 10..=12, bond).collect());
        let counted: Vec<usize> = counts("98290 11223 12", Bond::Spaces);
        assert_eq!(counted, [3, 2]);
        let counted: Vec<usize> = counts("98290 11223-12", Bond::Spaces);
        assert_eq!(counted, [2]);
    }

    #[test]
    fn more_than_any_shape_has_is_not_looked_at() {
        let long = "1234567890 ".repeat(9);
        assert_eq!(run(&long, |run| (run.count(), run.total(3))), (3, 30));
        assert_eq!(run("1 2 3 4 5 6 7 8 9", |run| (run.count(), run.total(7))), (7, 7));
    }
}

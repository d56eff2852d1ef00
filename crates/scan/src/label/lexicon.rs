//! English words and phrases, looked up by their first word.
//!
//! An automaton over all of them takes a step that waits for memory for every byte. Here a word is
//! read eight bytes at a time into a number that is looked up, and nearly all words end there.

use crate::eight::{self, Eight};

/// Places in the table of first words, a power of two: seven in eight are empty.
const SLOTS: usize = 1 << SLOT_BITS;
const SLOT_BITS: u32 = 13;
/// What an empty place holds.
const EMPTY: u16 = u16::MAX;

/// Phrases with what they say.
pub(crate) struct Lexicon<T> {
    /// Whether there is a first word at each place: small, so that it stays near.
    taken: Vec<bool>,
    /// Where in `heads` it is.
    slots: Vec<u16>,
    heads: Vec<Head<T>>,
    /// Those whose first letter is their second character: `+ve`, `1st dose`.
    signs: Vec<(Vec<u8>, T)>,
    /// A bit for each of these letters.
    signed: u32,
}

/// A first word, and what may follow it.
struct Head<T> {
    word: Key,
    text: Vec<u8>,
    /// What follows, the longest first, and what the whole says.
    tails: Vec<(Vec<u8>, T)>,
}

/// A word in numbers: two words of at most sixteen letters are the same if these are.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key {
    /// The first eight letters, small.
    first: u64,
    /// The last eight, if there are more than eight.
    last: u64,
    length: usize,
}

impl<T: Copy> Lexicon<T> {
    /// Of phrases in small letters.
    pub(crate) fn new(phrases: impl Iterator<Item = (T, &'static str)>) -> Self {
        let (taken, slots) = (vec![false; SLOTS], vec![EMPTY; SLOTS]);
        let mut lexicon = Self { taken, slots, heads: Vec::new(), signs: Vec::new(), signed: 0 };
        for (label, phrase) in phrases {
            let bytes = phrase.as_bytes();
            let (word, _) = read(bytes, 0);
            if word.length == 0 {
                debug_assert!(is_sign(bytes[0]), "{phrase}");
                debug_assert!(bytes[1].is_ascii_alphabetic(), "{phrase}");
                lexicon.signed |= letter(bytes[1]);
                lexicon.signs.push((bytes.to_vec(), label));
                continue;
            }
            let (text, tail) = bytes.split_at(word.length);
            let place = lexicon.place(word, text);
            if let Some(head) = lexicon.heads.get_mut(usize::from(lexicon.slots[place])) {
                head.tails.push((tail.to_vec(), label));
                continue;
            }
            lexicon.taken[place] = true;
            lexicon.slots[place] = u16::try_from(lexicon.heads.len()).expect("some hundred words");
            let tails = vec![(tail.to_vec(), label)];
            lexicon.heads.push(Head { word, text: text.to_vec(), tails });
        }
        for head in &mut lexicon.heads {
            head.tails.sort_by_key(|(tail, _)| std::cmp::Reverse(tail.len()));
        }
        lexicon
    }

    /// Gives `take` where each of its phrases stands alone in `bytes`, from `start` on and left to
    /// right, and where several begin at one place, the longest.
    pub(crate) fn find(&self, bytes: &[u8], start: usize, mut take: impl FnMut(usize, usize, T)) {
        // Where the last phrase ended, and where to look.
        let (mut since, mut at) = (start, start);
        while at < bytes.len() {
            let next = Eight::at(bytes, at);
            let letters = next.letters();
            let gap = letters.trailing_zeros() as usize / 8;
            if gap > 0 {
                at += gap;
                continue;
            }
            if at > since
                && self.signed & letter(bytes[at]) != 0
                && let Some((end, label)) = self.sign(bytes, at - 1)
            {
                take(at - 1, end, label);
                (since, at) = (end, end);
                continue;
            }
            // Here nearly all words end.
            let length = eight::run(letters);
            if length < 8 {
                let (word, humps) = short(next, length);
                if !humps && !self.taken[slot(word)] {
                    at += length;
                    continue;
                }
            }
            let (word, humps) = read(bytes, at);
            match self.longest(bytes, (start, at), word) {
                Some((end, label)) => {
                    take(at, end, label);
                    (since, at) = (end, end);
                }
                None if humps => {
                    at = self.humped(bytes, start, (at, word.length), &mut take);
                    since = at;
                }
                None => at += word.length,
            }
        }
    }

    /// `patientName` is two words; gives where they end.
    fn humped(
        &self,
        bytes: &[u8],
        start: usize,
        (mut at, length): (usize, usize),
        take: &mut impl FnMut(usize, usize, T),
    ) -> usize {
        let end = at + length;
        while at < end {
            let mut to = end;
            let found = loop {
                if let Some(found) = self.longest(bytes, (start, at), key(&bytes[at..to])) {
                    break Some(found);
                }
                match (at + 1..to).rev().find(|place| is_hump(bytes, *place)) {
                    Some(hump) => to = hump,
                    None => break None,
                }
            };
            if let Some((to, label)) = found {
                take(at, to, label);
                at = to;
            } else {
                at = (at + 1..end).find(|place| is_hump(bytes, *place)).unwrap_or(end);
            }
        }
        at
    }

    /// What a text says that is one word of letters.
    pub(crate) fn word(&self, text: &[u8]) -> Option<T> {
        let head = self.head(key(text), text)?;
        head.tails.last().filter(|(tail, _)| tail.is_empty()).map(|(_, label)| *label)
    }

    /// Whether one of its phrases may begin in a text of letters and signs: surely not, if not.
    pub(crate) fn may_have(&self, bytes: &[u8]) -> bool {
        let mut at = 0;
        while at < bytes.len() {
            let next = Eight::at(bytes, at);
            let letters = next.letters();
            let length = eight::run(letters);
            if length == 0 {
                at += 1.max(letters.trailing_zeros() as usize / 8);
                continue;
            }
            let (word, humps) = if length < 8 { short(next, length) } else { read(bytes, at) };
            if humps || self.taken[slot(word)] {
                return true;
            }
            at += word.length;
        }
        false
    }

    /// The longest phrase that begins with this word and stands alone between `start` and the end.
    fn longest(&self, bytes: &[u8], (start, at): (usize, usize), word: Key) -> Option<(usize, T)> {
        let head = self.head(word, &bytes[at..at + word.length])?;
        let rest = &bytes[at + word.length..];
        let found = head.tails.iter().find(|(tail, _)| {
            let end = at + word.length + tail.len();
            begins(rest, tail)
                && ends_alone(bytes, end)
                && !is_inside_number(&bytes[start..], at - start, end - start)
        });
        found.map(|(tail, label)| (at + word.length + tail.len(), *label))
    }

    fn sign(&self, bytes: &[u8], at: usize) -> Option<(usize, T)> {
        if !is_sign(bytes[at]) {
            return None;
        }
        let found = self
            .signs
            .iter()
            .find(|(sign, _)| begins(&bytes[at..], sign) && ends_alone(bytes, at + sign.len()));
        found.map(|(sign, label)| (at + sign.len(), *label))
    }

    /// Where in the table this word is, or would be.
    fn place(&self, word: Key, text: &[u8]) -> usize {
        let mut place = slot(word);
        while self.taken[place] && !self.heads[usize::from(self.slots[place])].is(word, text) {
            place = (place + 1) % SLOTS;
        }
        place
    }

    /// What may follow this word.
    fn head(&self, word: Key, text: &[u8]) -> Option<&Head<T>> {
        let place = self.place(word, text);
        self.taken[place].then(|| &self.heads[usize::from(self.slots[place])])
    }
}

impl<T> Head<T> {
    fn is(&self, word: Key, text: &[u8]) -> bool {
        self.word == word && (word.length <= 16 || self.text.eq_ignore_ascii_case(text))
    }
}

/// The first place in the table where a word is looked for.
fn slot(word: Key) -> usize {
    let mixed = word.first ^ word.last.rotate_left(23) ^ word.length as u64;
    let hash = mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (u64::BITS - SLOT_BITS);
    usize::try_from(hash).unwrap_or(0)
}

/// The bit of a letter.
const fn letter(byte: u8) -> u32 {
    1 << (byte & 0x1F)
}

/// What a phrase may begin with if not with a letter.
const fn is_sign(byte: u8) -> bool {
    matches!(byte, b'+' | b'-' | b'0'..=b'9')
}

/// The letters from `at` on, and whether a capital letter stands behind a small one among them.
fn read(bytes: &[u8], at: usize) -> (Key, bool) {
    let word = Eight::at(bytes, at);
    let letters = word.letters();
    let length = eight::run(letters);
    if length == 8 {
        let more = eight::letters(bytes, at + 8);
        let text = &bytes[at..at + 8 + more];
        // Names and most labels have no capital letter but the first, or no other letters.
        let small = |byte: &u8| byte & 0x20 != 0;
        let plain = text[1..].iter().all(small) || !text.iter().any(small);
        let humps = !plain && (1..text.len()).any(|place| is_hump(text, place));
        return (key(text), humps);
    }
    short(word, length)
}

/// The same of fewer than eight letters.
const fn short(word: Eight, length: usize) -> (Key, bool) {
    let kept = eight::first(length);
    let lower = word.smalls() & kept;
    let upper = eight::TOP & kept & !lower;
    let humps = lower << 8 & upper != 0;
    (Key { first: word.small() & kept, last: 0, length }, humps)
}

/// The key of a word.
fn key(text: &[u8]) -> Key {
    let length = text.len();
    let first = Eight::at(text, 0).small();
    if length >= 8 {
        let last = if length > 8 { Eight::at(text, length - 8).small() } else { 0 };
        return Key { first, last, length };
    }
    Key { first: first & eight::first(length), last: 0, length }
}

fn begins(text: &[u8], with: &[u8]) -> bool {
    text.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with))
}

/// Whether no letter runs on behind what ends at `end`.
fn ends_alone(bytes: &[u8], end: usize) -> bool {
    let letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphabetic);
    !letter(end) || !letter(end - 1) || is_hump(bytes, end)
}

/// Whether it is letters of a number, as in `AS07MP5056`.
fn is_inside_number(bytes: &[u8], start: usize, end: usize) -> bool {
    start > 0 && bytes[start - 1].is_ascii_digit() && bytes.get(end).is_some_and(u8::is_ascii_digit)
}

/// Whether a word begins at `at` with a capital letter behind a small one.
fn is_hump(bytes: &[u8], at: usize) -> bool {
    bytes[at - 1].is_ascii_lowercase() && bytes[at].is_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::Label;

    fn found(text: &str) -> Vec<&str> {
        let words = ["mobile", "mobile no", "mob no.", "d.o.b", "patientname", "name", "+ve"];
        let words = words.into_iter().chain(["beneficiaryreferenceid", "identification"]);
        let lexicon = Lexicon::new(words.map(|word| (Label::Name, word)));
        let mut found = Vec::new();
        lexicon.find(text.as_bytes(), 0, |start, end, _| found.push(&text[start..end]));
        found
    }

    #[test]
    fn the_longest_phrase_that_stands_alone_is_found() {
        for (text, words) in [
            ("Mobile No: 1", &["Mobile No"][..]),
            ("mobile nothing", &["mobile"]),
            ("automobile, mobiles", &[]),
            ("MOB NO.1", &["MOB NO."]),
            ("D.O.B", &["D.O.B"]),
            ("a +ve b", &["+ve"]),
            ("patientName, theName, nameOf", &["patientName", "Name", "name"]),
            ("beneficiaryReferenceId mobileNo", &["beneficiaryReferenceId", "mobile"]),
            ("beneficiaryreferenceix identification", &["identification"]),
            ("identifications xidentification", &[]),
            ("नामmobileनाम", &["mobile"]),
            ("07mobile5056", &[]),
            ("", &[]),
        ] {
            assert_eq!(found(text), words, "{text}");
        }
    }

    #[test]
    fn a_word_is_read_alike_wherever_it_stands() {
        for word in ["a", "Abc", "sevenab", "eightabc", "nineabcde", "sixteenabcdefghi"] {
            for (before, after) in [("", ""), ("x ", " and more of it"), ("आ", "1"), ("-", "[z{")]
            {
                let text = format!("{before}{word}{after}");
                let (read, humps) = read(text.as_bytes(), before.len());
                assert!(read == key(word.as_bytes()) && !humps, "{text}");
            }
        }
        assert!(read(b"aB ", 0).1 && read(b"someOther", 0).1 && read(b"abcdefgH", 0).1);
        assert!(!read(b"aa Bb", 0).1);
    }
}

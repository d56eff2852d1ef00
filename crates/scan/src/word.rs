//! Tokens that have digits, in whichever script they are written.

mod lead;

use crate::eight::{self, Eight};

/// Longest token that any detector wants, in characters. Longer ones are cut and match nothing.
pub(crate) const LONGEST: usize = 32;

/// A run of letters, digits and mask characters.
#[derive(Clone, Copy)]
pub(crate) struct Word {
    /// Offset of its first byte.
    pub(crate) start: usize,
    /// Offset behind its last byte.
    pub(crate) end: usize,
    /// The one character between this and the word before: a space, a hyphen, a dot, a slash; 0 if
    /// there is anything else.
    pub(crate) joint: u8,
    /// Whether a plus sign stands before it.
    pub(crate) plus: bool,
    /// Whether it is reckoned with or assigned: `= 12`, `x * 12`.
    pub(crate) operand: bool,
    /// How many digits it has.
    pub(crate) digits: u8,
    /// How many mask characters, `*` among [`Word::text`].
    pub(crate) masks: u8,
    /// What its bytes are, of [`PARTS`].
    seen: u8,
    length: u8,
    text: [u8; LONGEST],
}

impl Word {
    /// Its characters: digits as ASCII, letters in upper case, masks as `*`.
    pub(crate) fn text(&self) -> &[u8] {
        &self.text[..usize::from(self.length)]
    }

    /// The same, with room behind them.
    pub(crate) const fn padded(&self) -> &[u8; LONGEST] {
        &self.text
    }

    /// Whether it is digits, or masks, but for two characters at most.
    pub(crate) const fn is_nearly_digits(&self) -> bool {
        self.masks > 0 || self.length - self.digits <= 2
    }

    /// Whether it is digits and nothing else.
    pub(crate) fn is_number(&self) -> bool {
        self.digits == self.length
    }

    fn new(start: usize, joint: u8, plus: bool) -> Self {
        Self {
            start,
            end: start,
            joint,
            plus,
            operand: false,
            digits: 0,
            masks: 0,
            seen: 0,
            length: 0,
            text: [0; LONGEST],
        }
    }

    /// Takes the digits, letters and stars that `bytes` begin with; gives how many.
    fn take(&mut self, bytes: &[u8]) -> usize {
        let mut taken = 0;
        loop {
            let length = usize::from(self.length);
            let Some(room) = self.text.get_mut(length..length + 8) else { break };
            let next = Eight::at(bytes, taken);
            let digits = next.digits();
            let count = eight::run(digits);
            // Most words of digits are nothing else.
            if count < 8 && matches!(PARTS[usize::from(next.byte(count))], 0 | HIGH) {
                room.copy_from_slice(&(next.0 & eight::first(count)).to_le_bytes());
                let count = u8::try_from(count).unwrap_or(0);
                self.digits += count;
                self.length += count;
                return taken + usize::from(count);
            }
            let (letters, stars) = (next.letters(), next.equal(b'*'));
            let count = eight::run(letters | digits | stars);
            let kept = if count < 8 { eight::first(count) } else { u64::MAX };
            let masks = (stars | next.crosses()) & kept;
            self.seen |= if masks != 0 { MASK } else { 0 };
            let large = next.0 & !((letters & next.smalls()) >> 2);
            room.copy_from_slice(&(large & kept).to_le_bytes());
            let digits = (digits & kept).count_ones();
            self.digits += u8::try_from(digits).unwrap_or(0);
            self.length += u8::try_from(count).unwrap_or(0);
            taken += count;
            if count < 8 {
                return taken;
            }
        }
        let rest = bytes[taken..].iter();
        let rest = rest.take_while(|byte| !matches!(PARTS[usize::from(**byte)], 0 | HIGH));
        rest.for_each(|byte| {
            self.push(*byte);
            taken += 1;
        });
        taken
    }

    /// Takes a word that is no longer than seven letters and digits without a cross; whether it is.
    fn is_short(&mut self, (next, letters, digits): (Eight, u64, u64), length: usize) -> bool {
        if length == 8 || PARTS[usize::from(next.byte(length))] != 0 {
            return false;
        }
        let kept = eight::first(length);
        let none = digits & kept == 0;
        if next.crosses() & kept != 0 || (none && !(1..=SHORT).contains(&length)) {
            return false;
        }
        let large = next.0 & !((letters & next.smalls()) >> 2) & kept;
        self.text[..8].copy_from_slice(&large.to_le_bytes());
        self.length = u8::try_from(length).unwrap_or(0);
        self.digits = u8::try_from((digits & kept).count_ones()).unwrap_or(0);
        self.end = self.start + length;
        true
    }

    /// Takes one more byte, a digit, a letter or a star.
    fn push(&mut self, byte: u8) {
        if let Some(place) = self.text.get_mut(usize::from(self.length)) {
            let part = PARTS[usize::from(byte)];
            *place = byte & !(part & SMALL);
            self.length += 1;
            self.digits += part & DIGIT;
            self.seen |= part;
        }
    }

    /// `XXXX1234` has masks, `LXX1234` has letters, and `**1234567890**` is printed bold.
    #[expect(clippy::naive_bytecount, reason = "a word has at most thirty-two bytes")]
    fn settle(&mut self, bytes: &[u8]) {
        if self.seen & MASK == 0 {
            return;
        }
        let of = |wanted: u8| self.text().iter().filter(|byte| **byte == wanted).count();
        let (stars, crosses) = (of(b'*'), of(b'X'));
        let others = self.text().len() - stars - crosses - usize::from(self.digits);
        if stars > 0 && (others > 0 || self.digits >= 8) {
            self.trim(bytes);
        } else if others == 0 && (stars >= 2 || stars + crosses >= 3) {
            self.masks = u8::try_from(stars + crosses).unwrap_or(u8::MAX);
            for byte in &mut self.text[..usize::from(self.length)] {
                if *byte == b'X' {
                    *byte = b'*';
                }
            }
        }
    }

    /// Takes asterisks off both ends.
    fn trim(&mut self, bytes: &[u8]) {
        while self.length > 0 && bytes[self.start] == b'*' {
            self.start += 1;
            self.length -= 1;
            self.text.copy_within(1.., 0);
        }
        while self.length > 0 && bytes[self.end - 1] == b'*' {
            self.end -= 1;
            self.length -= 1;
        }
    }
}

/// The digit at `at` and how many bytes it has.
///
/// # Source
///
/// The Unicode Standard: every Indic block from Devanagari to Malayalam has its digits at the same
/// place, `E0`, an odd byte from `A5` to `B5`, `A6` to `AF`.
pub(crate) fn digit(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let next = |step: usize| bytes.get(at + step).copied().unwrap_or(0);
    match bytes[at] {
        byte @ b'0'..=b'9' => Some((byte - b'0', 1)),
        0xE0 if matches!(next(1), 0xA5..=0xB5) && next(1) & 1 == 1 => {
            matches!(next(2), 0xA6..=0xAF).then(|| (next(2) - 0xA6, 3))
        }
        0xD9 if matches!(next(1), 0xA0..=0xA9) => Some((next(1) - 0xA0, 2)),
        0xDB if matches!(next(1), 0xB0..=0xB9) => Some((next(1) - 0xB0, 2)),
        0xEF if next(1) == 0xBC && matches!(next(2), 0x90..=0x99) => Some((next(2) - 0x90, 3)),
        _ => None,
    }
}

/// How many bytes of a character that is not seen stand at `at`: zero-width spaces and joiners,
/// marks of direction, soft hyphens.
pub(crate) fn unseen(bytes: &[u8], at: usize) -> usize {
    let next = |step: usize| bytes.get(at + step).copied().unwrap_or(0);
    match (bytes[at], next(1), next(2)) {
        (0xE2, 0x80, 0x8B..=0x8F | 0xAA..=0xAE) | (0xE2, 0x81, 0xA0) | (0xEF, 0xBB, 0xBF) => 3,
        (0xC2, 0xAD, _) => 2,
        _ => 0,
    }
}

/// In [`PARTS`]: a digit.
const DIGIT: u8 = 1;
/// A letter.
const LETTER: u8 = 2;
/// A star, or the letter that is also written for one.
const MASK: u8 = 4;
/// The first byte of what may be a digit or a mask of another script, or what is not seen.
const HIGH: u8 = 8;
/// A small letter; it is the bit that makes it small.
const SMALL: u8 = 32;

/// What each byte is to a word; 0 is nothing.
const PARTS: [u8; 256] = {
    let mut parts = [0; 256];
    let mut byte = 0_u8;
    loop {
        parts[byte as usize] = match byte {
            b'0'..=b'9' => DIGIT,
            b'X' => LETTER | MASK,
            b'x' => LETTER | MASK | SMALL,
            b'A'..=b'Z' => LETTER,
            b'a'..=b'z' => LETTER | SMALL,
            b'*' => MASK,
            0xC2 | 0xC3 | 0xD9 | 0xDB | 0xE0 | 0xE2 | 0xEF => HIGH,
            _ => 0,
        };
        if byte == u8::MAX {
            break parts;
        }
        byte += 1;
    }
};

/// A digit or a mask that is not of ASCII.
fn foreign(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    match bytes[at] {
        0xE2 if bytes[at..].starts_with("•".as_bytes()) => Some((b'*', 3)),
        0xC3 if bytes[at..].starts_with("×".as_bytes()) => Some((b'*', 2)),
        _ => digit(bytes, at).map(|(digit, length)| (b'0' + digit, length)),
    }
}

/// What joins the words that end at `from` and begin at `to`.
fn joint(bytes: &[u8], from: usize, to: usize) -> u8 {
    match &bytes[from..to] {
        [one @ (b' ' | b'-' | b'.' | b'/')] => *one,
        // Spaces that do not break or are thin.
        [0xC2, 0xA0] | [0xE2, 0x80, 0x89 | 0xAF] => b' ',
        // The last are the hyphens and dashes of U+2010 to U+2015.
        [b' ', b'-', b' ' | b'(']
        | [b')', b' ' | b'-']
        | [b' ', b'(']
        | [b'-', b' ']
        | [0xE2, 0x80, 0x90..=0x95] => b'-',
        _ => 0,
    }
}

/// Puts the words of `text[start..end]` that a detector may want into `words`: those with a digit
/// or a mask, and short ones that are joined to these.
pub(crate) fn find(text: &str, start: usize, end: usize, words: &mut Vec<Word>) {
    words.clear();
    let bytes = &text.as_bytes()[..end];
    // It does not pay to ask a cell first.
    if end - start > CELL && !has_digit(&bytes[start..]) {
        return;
    }
    let plain = bytes[start..].is_ascii();
    let mut joined = Joined::default();
    let (mut at, mut next_digit) = (start, start);
    while at < end {
        // Nothing is open here, and nothing that stands before the next digit is asked for.
        if plain && joined.before.is_none() && at >= next_digit {
            let Some(digit) = lead::digit(bytes, at) else { break };
            at = lead::beginning(bytes, at, digit);
            next_digit = digit + 1;
        }
        let part = PARTS[usize::from(bytes[at])];
        if part == 0 || (part == HIGH && foreign(bytes, at).is_none()) {
            joined.pass(bytes, at);
            at += if bytes[at] == 0xE0 { 3 } else { 1 };
        } else {
            at = joined.push(bytes, (start, at), words);
        }
    }
    joined.end(words);
}

/// Whether this may be a part of what joins words.
const fn is_joint(byte: u8) -> bool {
    matches!(byte, b' ' | b'-' | b'.' | b'/' | b'(' | b')' | 0x80..)
}

/// Most bytes that join words.
const LONGEST_JOINT: usize = 3;

/// Most bytes of what is read without asking it first.
const CELL: usize = 16;

/// Longest word of letters that may be a part of a number, in letters.
const SHORT: usize = 4;

/// Whether there is a digit of any script. Without one there is nothing that a detector wants.
fn has_digit(bytes: &[u8]) -> bool {
    const BLOCK: usize = 16;
    let mut rest = bytes;
    while let Some(block) = rest.first_chunk::<{ BLOCK + 1 }>() {
        let pairs = block.iter().zip(&block[1..]);
        if pairs.fold(false, |any, (byte, next)| any | begins_digit(*byte, *next)) {
            return true;
        }
        rest = &rest[BLOCK..];
    }
    let after = rest.iter().skip(1).chain(&[0]);
    rest.iter().zip(after).any(|(byte, next)| begins_digit(*byte, *next))
}

/// Whether these two bytes may be the first ones of a digit, of any script that [`digit`] knows.
/// Without a branch, so that loops over it are vectorized.
pub(crate) const fn begins_digit(byte: u8, next: u8) -> bool {
    let plain = byte.wrapping_sub(b'0') <= 9;
    let indic =
        (byte & 1 == 1) & (byte.wrapping_sub(0xA5) <= 0x10) & (next.wrapping_sub(0xA6) <= 9);
    let arabic = (byte.wrapping_sub(0xD9) & !2 == 0) & (next.wrapping_sub(0xA0) <= 0x19);
    let wide = (byte == 0xBC) & (next.wrapping_sub(0x90) <= 9);
    plain | indic | arabic | wide
}

/// Words that are joined to one another, while they are read.
#[derive(Default)]
struct Joined {
    /// Where the last word ended, if the next may be joined to it.
    before: Option<usize>,
    /// Where among the words they begin.
    first: usize,
    /// Whether any of them has a digit or a mask.
    wanted: bool,
}

impl Joined {
    /// Reads the word at a place; gives where it ends.
    fn push(&mut self, bytes: &[u8], (start, at): (usize, usize), words: &mut Vec<Word>) -> usize {
        let before = self.before.take();
        let next = Eight::at(bytes, at);
        let (letters, digits) = (next.letters(), next.digits());
        let length = eight::run(letters | digits);
        // A long word of letters ends what could be one number. One of crosses is a mask.
        if length > SHORT && eight::run(letters) == length && next.byte(0) | 0x20 != b'x' {
            let length = if length < 8 { length } else { eight::letters(bytes, at) };
            if bytes.get(at + length).is_none_or(|byte| PARTS[usize::from(*byte)] == 0) {
                return at + length;
            }
        }
        let joint = before.map_or(0, |from| joint(bytes, from, at));
        if joint == 0 {
            self.end(words);
        }
        let word = words.push_mut(Word::new(at, joint, at > start && bytes[at - 1] == b'+'));
        word.operand = is_operand(bytes, start, at);
        if word.is_short((next, letters, digits), length) {
            self.before = Some(word.end);
            self.wanted |= word.digits > 0;
            return word.end;
        }
        let end = fill(word, bytes, at);
        word.settle(bytes);
        let said = word.digits > 0 || word.masks > 0;
        if word.length > 0 && (said || usize::from(word.length) <= SHORT) {
            self.before = Some(word.end);
            self.wanted |= said;
        } else {
            words.pop();
        }
        end
    }

    /// Passes what is no part of a word.
    fn pass(&mut self, bytes: &[u8], at: usize) {
        if self.before.is_some_and(|from| !is_joint(bytes[at]) || at - from >= LONGEST_JOINT) {
            self.before = None;
        }
    }

    /// Leaves them out if nothing is in them.
    fn end(&mut self, words: &mut Vec<Word>) {
        if !self.wanted {
            words.truncate(self.first);
        }
        self.first = words.len();
        self.wanted = false;
    }
}

/// Whether a short word that is left out stands in a part of a text.
pub(crate) fn has_short(between: &str) -> bool {
    let words = between.split(|c: char| !c.is_ascii_alphabetic() && c != '*');
    { words }.any(|word| (1..=SHORT).contains(&word.len()))
}

/// Whether a sign of reckoning stands before `at`, with a space or a quote between or not.
fn is_operand(bytes: &[u8], start: usize, at: usize) -> bool {
    // Most words have something else before them.
    if at == start || !matches!(bytes[at - 1], b' ' | b'"' | b'\'' | b'=' | b'%') {
        return false;
    }
    let mut before = bytes[start..at].iter().rev().take(3);
    loop {
        match before.next() {
            Some(b' ' | b'"' | b'\'') => {}
            Some(b'=' | b'%') => return true,
            // Stars are also bold print, and a plus before digits is also of a telephone.
            Some(b'*' | b'+') => return bytes[at - 1] == b' ',
            _ => return false,
        }
    }
}

/// Reads a word; gives where it ends.
fn fill(word: &mut Word, bytes: &[u8], mut at: usize) -> usize {
    while let Some(byte) = bytes.get(at) {
        match PARTS[usize::from(*byte)] {
            0 => break,
            HIGH => {
                if let Some((byte, length)) = foreign(bytes, at) {
                    word.push(byte);
                    at += length;
                } else {
                    match unseen(bytes, at) {
                        0 => break,
                        length => at += length,
                    }
                    continue;
                }
            }
            _ => at += word.take(&bytes[at..]),
        }
        word.end = at;
    }
    word.end
}

/// A text with every digit in ASCII and without what is not seen.
pub(crate) fn plain(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = String::with_capacity(text.len());
    let mut skip = 0;
    for (at, c) in text.char_indices() {
        if at < skip {
            continue;
        }
        let hidden = unseen(bytes, at);
        if hidden > 0 {
            skip = at + hidden;
        } else if let Some((digit, _)) = digit(bytes, at) {
            plain.push(char::from(b'0' + digit));
        } else {
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
mod tests;

//! Where a text is worth a look.
//!
//! Sixty-four bytes are asked at a time whether there is a digit of any Indian script, an at sign
//! or a colon among them; written so that the compiler makes vector instructions of it. Only then
//! single bytes are looked at.

use crate::{label, word};

/// Bytes that are asked at once.
const BLOCK: usize = 64;

/// The next place from `at` on that a record with personal data may have: many digits, some digits
/// beside letters or masks, an at sign between words, or the colon of a label we know.
pub(crate) fn next(text: &str, mut at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    while at < bytes.len() {
        if let Some(block) = bytes.get(at..at + BLOCK + 1)
            && !is_interesting(block)
        {
            at += BLOCK;
            continue;
        }
        let end = (at + BLOCK).min(bytes.len());
        while at < end {
            match bytes[at] {
                b'@' if is_address(bytes, at) => return Some(at),
                b':' if is_label(text, at) => return Some(at),
                b'0'..=b'9' | 0x80.. => match number(bytes, at) {
                    Number::Candidate => return Some(at),
                    Number::None(length) => at += length,
                },
                _ => at += 1,
            }
            if at < bytes.len() && matches!(bytes[at], b'@' | b':') && !stops(text, at) {
                at += 1;
            }
        }
    }
    None
}

fn stops(text: &str, at: usize) -> bool {
    match text.as_bytes()[at] {
        b'@' => is_address(text.as_bytes(), at),
        _ => is_label(text, at),
    }
}

/// Whether any of the first sixty-four bytes may begin something. One more byte is there to be
/// looked at together with the last.
#[expect(
    clippy::needless_bitwise_bool,
    reason = "a branch would keep the loop from being vectorized"
)]
fn is_interesting(block: &[u8]) -> bool {
    let (now, next) = (&block[..BLOCK], &block[1..=BLOCK]);
    let mut any = false;
    for (byte, next) in now.iter().zip(next) {
        any |= word::begins_digit(*byte, *next) | (*byte == b'@') | (*byte == b':');
    }
    any
}

fn is_address(bytes: &[u8], at: usize) -> bool {
    let word = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    at > 0 && word(bytes.get(at - 1)) && word(bytes.get(at + 1))
}

/// Whether the colon at `at` ends a label: `Name:`, `"mobile" :`, `मोबाइल नंबर :`.
fn is_label(text: &str, at: usize) -> bool {
    /// Longer labels are sentences.
    const LONGEST: usize = 60;
    let bytes = text.as_bytes();
    let limit = at.saturating_sub(LONGEST);
    let before = &bytes[limit..at];
    let parted = |byte: &u8| matches!(byte, b'\n' | b',' | b';' | b'|' | b'{' | b'\t' | b':');
    let from = memchr::memrchr(b'\n', before).map_or(0, |place| place + 1);
    let from = before[from..].iter().rposition(parted).map_or(from, |place| from + place + 1);
    let mut start = limit + from;
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let last = before.iter().rev().find(|byte| !matches!(byte, b' ' | b'"' | b'\t'));
    let ends = last.is_some_and(|byte| !byte.is_ascii_digit());
    ends && start < at && !label::set(&text[start..at]).is_empty()
}

/// What the digits at a place amount to.
enum Number {
    /// Enough for a detector.
    Candidate,
    /// Not; skip so many bytes.
    None(usize),
}

/// Reads digits with what may stand between them: `98290 11223`, `110 001`, `1234-5678`.
fn number(bytes: &[u8], at: usize) -> Number {
    let Some((_, first)) = word::digit(bytes, at) else {
        return Number::None(1);
    };
    let beside = at > 0 && is_beside(bytes[at - 1]);
    let mut groups = Groups { beside, ..Groups::default() };
    let mut place = at;
    let mut length = first;
    loop {
        groups.digits += 1;
        groups.run += 1;
        place += length;
        if groups.digits > 8 {
            return Number::Candidate;
        }
        let (skip, broke) = between(bytes, place);
        groups.part(broke, bytes.get(place).copied().unwrap_or(b' '));
        match bytes.get(place + skip).and_then(|_| word::digit(bytes, place + skip)) {
            Some((_, next)) => {
                place += skip;
                length = next;
            }
            None => break,
        }
    }
    groups.beside |= bytes.get(place).is_some_and(|byte| is_beside(*byte));
    let mask = |byte: &u8| matches!(byte, b'X' | b'x' | b'*');
    if bytes.get(place..place + 3).is_some_and(|next| next.iter().all(mask)) {
        return Number::Candidate;
    }
    groups.lone = is_cell(bytes, at, place);
    if groups.counts() { Number::Candidate } else { Number::None(place - at) }
}

/// Letters and masks. A letter of another script is not: `वर्ष2021` is a year.
const fn is_beside(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'*' || byte == b'_'
}

/// Whether these digits fill a cell of a row: `,45,`, `\t45\n`.
fn is_cell(bytes: &[u8], start: usize, end: usize) -> bool {
    let edge = |byte: u8| matches!(byte, b'\t' | b'|' | b';' | b',');
    let before = start.checked_sub(1).map_or(b'\n', |at| bytes[at]);
    let after = bytes.get(end).copied().unwrap_or(b'\n');
    let thousands = start >= 2 && before == b',' && bytes[start - 2].is_ascii_digit();
    edge(before) && edge(after) && !thousands
}

/// How many bytes stand before the next digit, and whether they part it from the last.
fn between(bytes: &[u8], at: usize) -> (usize, bool) {
    match bytes.get(at) {
        Some(b' ' | b'-' | b'/' | b'.' | b'O' | b'o' | b'I' | b'l') => (1, true),
        Some(0xC2) if bytes.get(at + 1) == Some(&0xA0) => (2, true),
        Some(0xE2) if bytes.get(at + 1) == Some(&0x80) && word::unseen(bytes, at) == 0 => (3, true),
        Some(0x80..) => (word::unseen(bytes, at), false),
        _ => (0, false),
    }
}

/// Digits, as far as they were counted.
#[derive(Default)]
struct Groups {
    digits: u8,
    /// Digits since the last thing between.
    run: u8,
    /// Lengths of the first groups.
    lengths: [u8; 4],
    count: usize,
    /// Whether a letter or a mask is next to them.
    beside: bool,
    /// Whether they fill a cell.
    lone: bool,
    slashes: u8,
}

impl Groups {
    fn part(&mut self, broke: bool, by: u8) {
        if broke {
            if let Some(length) = self.lengths.get_mut(self.count) {
                *length = self.run;
            }
            self.count += 1;
            self.run = 0;
            self.slashes += u8::from(matches!(by, b'/' | b'.' | b'-'));
        }
    }

    /// Years, dates and amounts are in every text and bring nothing.
    fn counts(&self) -> bool {
        let date = self.slashes >= 2 && self.digits <= 8 && self.count >= 2;
        let years = self.lengths[0] == 4 && self.digits <= 8 && self.slashes == 1;
        match self.digits {
            8 => !date && !years,
            7 => !date && (self.beside || self.lengths[0] == 7 || self.count == 0),
            4..=6 => self.beside || self.lone,
            _ => self.lone,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_record_has_is_seen() {
        for text in [
            "call 9829011223",
            "98290 11223",
            "2341 2341 2346",
            "ABCPD1234E",
            "M1234567",
            "RJ14CA1234",
            "a@b",
            "मोबाइल ९८२९०११२२३",
            "Name: Asha",
            "\"mobile\": \"",
            "XXXX1234",
            "982\u{200b}9011223",
            "९८२९० ११२२३",
            "RJ-05-010-011-001/123",
            "a\t45\t",
            "x,45,M",
            "Asha,45,F",
            "ABC1234567",
            "98XXXXXX10",
            "नाम: आशा",
        ] {
            assert!(next(text, 0).is_some(), "{text}");
        }
    }

    #[test]
    fn what_every_text_has_is_passed_over() {
        for text in [
            "in 2021-22 and 2020-2021",
            "on 12.03.2021, 12/03/2021",
            "Rs. 1,23,456.00 only",
            "45 people",
            "at 10:30",
            "section 12(3)",
            "rate @ 5",
            "Annexure: see",
            "110 001",
            "e.g.: this",
            "the year 2021.",
            "अनुच्छेद २१",
            "1,200,000 doses",
        ] {
            assert_eq!(next(text, 0), None, "{text}");
        }
    }

    #[test]
    fn a_candidate_is_found_wherever_the_blocks_begin() {
        for shift in 0..200 {
            for number in ["9829011223", "९८२९०११२२३", "a@b.in", "९८२९० ११२२३"]
            {
                let text = format!("{}{number}", "a ".repeat(shift));
                let found = next(&text, 0).expect("a number");
                assert!(found >= shift * 2 && found < text.len(), "{shift} {number}");
            }
        }
    }
}

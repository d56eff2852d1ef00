//! People whose names, mobiles and documents occur nowhere else, and a search for all of them at
//! once, however they are written.

use std::{fs, path::Path};

use aho_corasick::{AhoCorasick, AhoCorasickKind};

/// Someone who would be recognised.
pub(crate) struct Marked {
    pub(crate) name: String,
    pub(crate) mobile: String,
    pub(crate) document: String,
}

/// The person of a number below 10,000.
pub(crate) fn marked(number: u64) -> Marked {
    const LETTERS: &[u8; 20] = b"bcdfghjklmnpqrstvwxz";
    let letter = |place: u32| char::from(LETTERS[(number / 20_u64.pow(place) % 20) as usize]);
    let letters: String = (0..4).map(letter).collect();
    Marked {
        name: format!("Qzv{letters}mark"),
        mobile: format!("6{:09}", 100_000_007 + number * 87_001),
        document: format!("5{:011}", 10_000_000_019 + number * 8_000_009),
    }
}

impl Marked {
    pub(crate) fn values(&self) -> [&str; 3] {
        [&self.name, &self.mobile, &self.document]
    }
}

/// How a value may be written: as it is, hex in capitals and not, UTF-16 in both orders, and
/// base64, which depends on how many bytes stand before.
pub(crate) fn forms(value: &str) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = value.as_bytes();
    let hex = hex::encode(bytes);
    let utf16 = |order: fn(u16) -> [u8; 2]| value.encode_utf16().flat_map(order).collect();
    vec![
        ("plain", bytes.to_vec()),
        ("HEX", hex.to_uppercase().into_bytes()),
        ("hex", hex.into_bytes()),
        ("UTF-16LE", utf16(u16::to_le_bytes)),
        ("UTF-16BE", utf16(u16::to_be_bytes)),
        ("base64", base64(0, bytes)),
        ("base64 after one", base64(1, bytes)),
        ("base64 after two", base64(2, bytes)),
    ]
}

/// The characters of base64 that follow from a value alone, when so many bytes stand before it.
pub(crate) fn base64(before: usize, value: &[u8]) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<bool> = std::iter::repeat_n(&0_u8, before)
        .chain(value)
        .flat_map(|byte| (0..8).rev().map(move |place| byte >> place & 1 == 1))
        .collect();
    // Each stands for six bits: from the first that holds none of the bytes before.
    let first = (8 * before).div_ceil(6);
    let sixes = bits.as_chunks::<6>().0.iter().skip(first);
    sixes.map(|six| LETTERS[six.iter().fold(0, |sum, bit| 2 * sum + usize::from(*bit))]).collect()
}

/// Finds all people in all forms in one pass.
pub(crate) struct Search {
    automaton: AhoCorasick,
    forms: Vec<&'static str>,
}

impl Search {
    pub(crate) fn new(people: impl Iterator<Item = Marked>) -> Self {
        let (mut forms_of, mut patterns) = (Vec::new(), Vec::new());
        for person in people {
            for value in person.values() {
                for (form, bytes) in forms(value) {
                    forms_of.push(form);
                    patterns.push(bytes);
                }
            }
        }
        let kind = Some(AhoCorasickKind::ContiguousNFA);
        let automaton = AhoCorasick::builder().kind(kind).build(&patterns).unwrap();
        Self { automaton, forms: forms_of }
    }

    /// The forms in which somebody is found.
    pub(crate) fn hits(&self, bytes: &[u8]) -> Vec<&'static str> {
        let found = self.automaton.find_overlapping_iter(bytes);
        found
            .filter(|hit| !by_chance(bytes, hit.start(), hit.end()))
            .map(|hit| self.forms[hit.pattern().as_usize()])
            .collect()
    }

    /// Where somebody is found below a folder; messages are what is delivered.
    pub(crate) fn below(&self, folder: &Path) -> (Vec<String>, u64) {
        let (mut found, mut searched) = (Vec::new(), 0);
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                let (below, bytes) = self.below(&path);
                found.extend(below);
                searched += bytes;
            } else if !path.ends_with("messages.jsonl") {
                // A file may go while we look: the log of a database that is being trimmed.
                let Ok(bytes) = fs::read(&path) else { continue };
                searched += bytes.len() as u64;
                found.extend(
                    self.hits(&bytes).iter().map(|form| format!("{form} in {}", path.display())),
                );
            }
        }
        (found, searched)
    }
}

/// Whether ten or twelve digits stand inside a long run of hex digits, or ten in exactly fourteen,
/// which is one of our own numbers: in a hundred megabytes of ciphertext, written in hex, one of
/// 20,000 numbers is found by chance, and in one of twenty runs in the numbers of 10,000 people.
fn by_chance(bytes: &[u8], start: usize, end: usize) -> bool {
    if !bytes[start..end].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let around = |is: fn(&u8) -> bool| {
        let before = bytes[..start].iter().rev().take_while(|byte| is(byte)).count();
        (before, bytes[end..].iter().take_while(|byte| is(byte)).count())
    };
    let (before, after) = around(u8::is_ascii_hexdigit);
    let digits = around(u8::is_ascii_digit);
    let ours = (end - start, digits.0 + digits.1) == (10, 4) && !bytes[..start].ends_with(b"0091");
    before + after >= 20 || ours
}

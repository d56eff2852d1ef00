//! Text of Kruti Dev 010, a font that draws Hindi for Latin letters, as Hindi.
//!
//! Offices of northern India wrote in it for thirty years. Its files are text in Latin letters that
//! says nothing (`uke` for नाम) to who does not know the font.

mod table;

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::{
    grid::is_label,
    trace::{Piece, Traced},
};
use table::{LETTERS, WORDS};

/// How much of a text is asked.
const HEAD: usize = 1 << 16;
/// Longest word, in bytes: to put its letters in order takes its length squared.
const LONGEST: usize = 256;

/// Whether a text is surely of this font: words that every text has, and that are words of no
/// language in Latin letters.
pub(super) fn is_krutidev(text: &str) -> bool {
    let head = &text[..crate::weak::floor(text, HEAD)];
    if head.is_ascii() && !may_be(head) {
        return false;
    }
    let mut seen = [false; WORDS.len()];
    let (mut hits, mut words, mut english) = (0, 0, 0);
    for word in head.split(|c: char| c.is_whitespace() || ",|\"".contains(c)) {
        let word = word.trim_end_matches(BEHIND);
        words += usize::from(!word.is_empty() && !is_number(word));
        english += usize::from(matches!(word, "the" | "of" | "and" | "to" | "in" | "is" | "for"));
        if let Ok(place) = WORDS.binary_search(&word) {
            seen[place] = true;
            hits += 1;
        }
    }
    let different = seen.iter().filter(|seen| **seen).count();
    different >= FEWEST && hits * 20 >= words && hits > english * 2
}

/// How many different words there are at least.
const FEWEST: usize = 3;
/// What may stand behind a word.
const BEHIND: [char; 4] = [':', '%', 'A', '-'];

/// Whether a text of ASCII has as many words as is asked: nearly none has, and that is seen at a small
/// part of the cost.
fn may_be(head: &str) -> bool {
    let parts = |byte: &u8| matches!(byte, b'\t'..=b'\r' | b' ' | b',' | b'|' | b'"');
    let mut hits = 0;
    let (mut at, bytes) = (0, head.as_bytes());
    while at < bytes.len() {
        let length = bytes[at..].iter().take_while(|byte| !parts(byte)).count();
        let known = match bytes[at..at + length] {
            [first, second, ..] => BEGINNINGS[usize::from(first)] >> (second % 32) & 1 != 0,
            _ => false,
        };
        if known {
            let word = head[at..at + length].trim_end_matches(BEHIND);
            hits += usize::from(WORDS.binary_search(&word).is_ok());
            if hits >= FEWEST {
                return true;
            }
        }
        at += length + 1;
    }
    false
}

/// For each byte, a bit for each second one of the words that begin with it: none is shorter.
const BEGINNINGS: [u32; 256] = {
    let mut begins = [0; 256];
    let mut place = 0;
    while place < WORDS.len() {
        let word = WORDS[place].as_bytes();
        begins[word[0] as usize] |= 1 << (word[1] % 32);
        place += 1;
    }
    begins
};

/// The letters in Unicode. Each word stands for the whole of the word that it was.
pub(super) fn unicode(piece: Piece<'_>) -> Traced {
    let mut all = Traced::default();
    let mut at = 0;
    for part in piece.text().split_inclusive(char::is_whitespace) {
        let word = part.trim_end_matches(char::is_whitespace);
        let (end, next) = (at + word.len(), at + part.len());
        let letters = unicode_word(word);
        if letters.len() == word.len() && letters.is_ascii() {
            all.push(piece.slice(at..end).spelt(&letters));
        } else {
            all.push_as(&letters, piece.slice(at..end));
        }
        all.push(piece.slice(end..next));
        at = next;
    }
    all
}

fn unicode_word(word: &str) -> String {
    if is_number(word) {
        return word.chars().map(sign_of_number).collect();
    }
    if is_latin(word) || word.len() > LONGEST {
        return word.to_owned();
    }
    // By itself the sign of a breath is drawn for a colon.
    if word == "%" {
        return ":".to_owned();
    }
    let mut drawn = String::with_capacity(word.len() * 3);
    let mut done = 0;
    for found in LETTER.find_iter(word) {
        drawn.push_str(&word[done..found.start()]);
        drawn.push_str(LETTERS[found.pattern().as_usize()].1);
        done = found.end();
    }
    drawn.push_str(&word[done..]);
    reordered(&drawn)
}

static LETTER: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .build(LETTERS.iter().map(|(drawn, _)| drawn))
        .expect("two hundred short words fit into an automaton")
});

/// Digits, with signs that the font draws for others.
fn is_number(word: &str) -> bool {
    word.contains(|c: char| c.is_ascii_digit())
        && word.chars().all(|c| c.is_ascii_digit() || "&@-.,/:()+=".contains(c))
}

fn sign_of_number(c: char) -> char {
    match c {
        '&' => '-',
        '@' => '/',
        other => other,
    }
}

/// What is of another font in such a document: an address of mail, a number with letters, a word of
/// a form in English.
fn is_latin(word: &str) -> bool {
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || ".:_@-/".contains(c));
    let mailbox = || word.split_once('@').is_some_and(|(_, host)| host.contains('.'));
    plain && (digits >= 3 || mailbox() || (word.len() >= 3 && is_label(word)))
}

const VIRAMA: char = '्';
const NUKTA: char = '़';

fn is_consonant(c: char) -> bool {
    matches!(c, 'क'..='ह' | '\u{958}'..='\u{95f}')
}

/// The sign of a vowel, or what stands above or below a syllable.
fn is_sign(c: char) -> bool {
    matches!(c, 'ा'..='ौ' | 'ँ' | 'ं' | 'ः' | NUKTA)
}

/// Puts letters in the order in which they are spoken: the font draws the short *i* before its
/// syllable (as `f`), and *r* before a consonant behind it (as `Z`).
fn reordered(drawn: &str) -> String {
    let mut letters: Vec<char> = Vec::with_capacity(drawn.len());
    let mut short_i = None;
    let chars: Vec<char> = drawn.chars().collect();
    for (at, c) in chars.iter().copied().enumerate() {
        match c {
            'f' => short_i = Some('ि'),
            'Z' => {
                let mut place = letters.len();
                while place > 0 && is_sign(letters[place - 1]) {
                    place -= 1;
                }
                place = place.saturating_sub(1);
                while place >= 2 && letters[place - 1] == VIRAMA && is_consonant(letters[place - 2])
                {
                    place -= 2;
                }
                letters.splice(place..place, ['र', VIRAMA]);
            }
            _ => letters.push(c),
        }
        let next = chars.get(at + 1).copied();
        let ends = is_consonant(c) || c == NUKTA;
        if ends && !matches!(next, Some(VIRAMA | NUKTA)) {
            letters.extend(short_i.take());
        }
    }
    letters.extend(short_i);
    letters.into_iter().collect()
}

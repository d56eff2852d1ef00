//! Tokens that have digits, in whichever script they are written.

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
    length: u8,
    text: [u8; LONGEST],
}

impl Word {
    /// Its characters: digits as ASCII, letters in upper case, masks as `*`.
    pub(crate) fn text(&self) -> &[u8] {
        &self.text[..usize::from(self.length)]
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
            length: 0,
            text: [0; LONGEST],
        }
    }

    fn push(&mut self, byte: u8) {
        let place = usize::from(self.length);
        if place < LONGEST {
            self.text[place] = byte;
            self.length += 1;
            self.digits += u8::from(byte.is_ascii_digit());
        }
    }

    /// `XXXX1234` has masks, `LXX1234` has letters, and `**1234567890**` is printed bold.
    #[expect(clippy::naive_bytecount, reason = "a word has at most thirty-two bytes")]
    fn settle(&mut self, bytes: &[u8]) {
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

/// The character of a word at `at`: what it is, and its bytes.
fn part(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let byte = bytes[at];
    if byte.is_ascii_alphanumeric() {
        return Some((byte.to_ascii_uppercase(), 1));
    }
    match byte {
        b'*' => Some((b'*', 1)),
        0xE2 if bytes[at..].starts_with("•".as_bytes()) => Some((b'*', 3)),
        0xC3 if bytes[at..].starts_with("×".as_bytes()) => Some((b'*', 2)),
        0x80.. => digit(bytes, at).map(|(digit, length)| (b'0' + digit, length)),
        _ => None,
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
/// or a mask, and short ones between them.
pub(crate) fn find(text: &str, start: usize, end: usize, words: &mut Vec<Word>) {
    words.clear();
    let bytes = &text.as_bytes()[..end];
    let mut at = start;
    let mut before = None;
    while at < end {
        let Some((first, length)) = part(bytes, at) else {
            at += 1;
            continue;
        };
        let joint = before.map_or(0, |from| joint(bytes, from, at));
        let mut word = Word::new(at, joint, at > start && bytes[at - 1] == b'+');
        word.operand = is_operand(bytes, start, at);
        word.push(first);
        at = fill(&mut word, bytes, at + length);
        word.settle(bytes);
        // A long word of letters ends what could be one number.
        before = None;
        if word.length > 0 && (word.digits > 0 || word.masks > 0 || word.length <= 4) {
            before = Some(word.end);
            words.push(word);
        }
    }
}

/// Whether a sign of reckoning stands before `at`, with a space or a quote between or not.
fn is_operand(bytes: &[u8], start: usize, at: usize) -> bool {
    let before = &bytes[start..at];
    let gap = |byte: &u8| matches!(byte, b' ' | b'"' | b'\'');
    let spaced = before.last() == Some(&b' ');
    match before.iter().rev().take(3).find(|byte| !gap(byte)) {
        Some(b'=' | b'%') => true,
        // Stars are also bold print, and a plus before digits is also of a telephone.
        Some(b'*' | b'+') => spaced,
        _ => false,
    }
}

/// Reads the rest of a word; gives where it ends.
fn fill(word: &mut Word, bytes: &[u8], mut at: usize) -> usize {
    word.end = at;
    while at < bytes.len() {
        if let Some((byte, length)) = part(bytes, at) {
            word.push(byte);
            at += length;
            word.end = at;
        } else {
            let length = unseen(bytes, at);
            if length == 0 {
                break;
            }
            at += length;
        }
    }
    word.end
}

/// Up to twenty-four digits out of consecutive words.
pub(crate) struct Digits {
    text: [u8; 24],
    length: usize,
    /// How many letters stood for digits.
    pub(crate) mended: u8,
    /// How much that takes from the confidence, in percent.
    pub(crate) doubt: u8,
}

impl Digits {
    /// The digits, as ASCII.
    pub(crate) fn text(&self) -> &[u8] {
        &self.text[..self.length]
    }
}

/// The digits of these words, where recognition may have read `O` for 0 and `I` or `l` for 1.
/// Nothing if there is another letter, or if there are as many letters as digits.
pub(crate) fn digits(words: &[Word]) -> Option<Digits> {
    let mut all = Digits { text: [0; 24], length: 0, mended: 0, doubt: 0 };
    for byte in words.iter().flat_map(Word::text) {
        let digit = match byte {
            b'0'..=b'9' => *byte,
            b'O' => b'0',
            b'I' | b'L' => b'1',
            b'S' => b'5',
            b'B' => b'8',
            _ => return None,
        };
        all.mended += u8::from(!byte.is_ascii_digit());
        all.doubt = all.doubt.saturating_add(match byte {
            b'O' | b'I' | b'L' => 6,
            b'S' | b'B' => 14,
            _ => 0,
        });
        *all.text.get_mut(all.length)? = digit;
        all.length += 1;
    }
    (all.mended <= 2 && usize::from(all.mended) * 3 < all.length).then_some(all)
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
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut words = Vec::new();
        find(text, 0, text.len(), &mut words);
        words.iter().map(|word| String::from_utf8_lossy(word.text()).into_owned()).collect()
    }

    #[test]
    fn digits_of_every_script_are_digits() {
        for zero in ['०', '০', '੦', '૦', '୦', '௦', '౦', '೦', '൦', '٠', '۰', '０', '0']
        {
            for value in 0..10_u8 {
                let c = char::from_u32(u32::from(zero) + u32::from(value)).unwrap();
                let text = c.to_string();
                assert_eq!(digit(text.as_bytes(), 0), Some((value, text.len())), "{c}");
            }
        }
        // A letter, a vowel sign, the danda, the digit of a script that is not of India.
        for other in ["द", "ा", "।", "๑", "a", "༡"] {
            assert_eq!(digit(other.as_bytes(), 0), None, "{other}");
        }
    }

    #[test]
    fn what_is_not_seen_does_not_part_a_word() {
        assert_eq!(words("98290\u{200b}11223"), ["9829011223"]);
        assert_eq!(words("98290\u{ad}11223 x"), ["9829011223", "X"]);
        assert_eq!(words("मोबाइल९८२९०११२२३है"), ["9829011223"]);
    }

    #[test]
    fn masks_are_told_from_letters() {
        assert_eq!(words("XXXX1234"), ["****1234"]);
        assert_eq!(words("xxxx-xxxx-1234"), ["****", "****", "1234"]);
        assert_eq!(words("98••••••10"), ["98******10"]);
        assert_eq!(words("RJ14XX1234"), ["RJ14XX1234"]);
        assert_eq!(words("**9829011223** **ABCPD1234E**"), ["9829011223", "ABCPD1234E"]);
    }

    #[test]
    fn letters_that_stand_for_digits_are_mended_within_reason() {
        let mended = |text: &str| {
            let mut words = Vec::new();
            find(text, 0, text.len(), &mut words);
            digits(&words).map(|digits| String::from_utf8(digits.text().to_vec()).unwrap())
        };
        assert_eq!(mended("982901I2O3").as_deref(), Some("9829011203"));
        assert_eq!(mended("98290 l1223").as_deref(), Some("9829011223"));
        assert_eq!(mended("OIL 12"), None);
        assert_eq!(mended("98290A1223"), None);
    }
}

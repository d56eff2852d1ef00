//! The consonants and independent vowels of Indian text.

/// A text without its vowel signs, with a way back to where each letter stood.
#[derive(Default)]
pub(crate) struct Skeleton {
    text: String,
    /// For each byte of `text`, where its character began in the original.
    from: Vec<usize>,
    /// And, for its last byte, where it and the signs after it ended.
    to: Vec<usize>,
}

impl Skeleton {
    /// The skeleton of a word.
    pub(crate) fn of(word: &str) -> String {
        let mut skeleton = Self::default();
        skeleton.fill(word);
        skeleton.text
    }

    /// Takes another text.
    pub(crate) fn fill(&mut self, text: &str) {
        self.text.clear();
        self.from.clear();
        self.to.clear();
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            if bytes[at].is_ascii() {
                self.push(char::from(bytes[at]), (at, at + 1));
                at += 1;
                continue;
            }
            let Some(c) = text[at..].chars().next() else { break };
            let end = at + c.len_utf8();
            if is_sign(c) || is_reph(c, &text[end..]) {
                if let Some(to) = self.to.last_mut() {
                    *to = end;
                }
            } else {
                self.push(base(c), (at, end));
            }
            at = end;
        }
    }

    fn push(&mut self, c: char, (from, to): (usize, usize)) {
        self.text.push(c);
        self.from.resize(self.text.len(), from);
        self.to.resize(self.text.len(), to);
    }

    /// Its text.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// Where this part of it stood.
    pub(crate) fn place(&self, start: usize, end: usize) -> (usize, usize) {
        (self.from[start], self.to[end - 1])
    }

    /// Whether no letter runs on at either end.
    pub(crate) fn stands_alone(&self, start: usize, end: usize) -> bool {
        let before = self.text.get(..start).and_then(|text| text.chars().next_back());
        let after = self.text.get(end..).and_then(|text| text.chars().next());
        let letter = |c: Option<char>| c.is_some_and(is_letter);
        !letter(before) && !letter(after)
    }
}

/// How many vowel signs a text of India has.
pub(crate) fn signs(text: &str) -> usize {
    let sign = |c: &char| {
        let code = u32::from(*c);
        (0x0900..0x0D80).contains(&code) && (0x3E..=0x4C).contains(&(code & 0x7F))
    };
    text.chars().filter(sign).count()
}

fn is_letter(c: char) -> bool {
    match u32::from(c) {
        // The letters of each block of India stand between two rows of signs.
        code @ 0x0900..=0x0D7F if (0x05..=0x39).contains(&(code & 0x7F)) => true,
        _ => c.is_alphabetic(),
    }
}

/// Whether this is a sign on a letter: vowel signs, viramas, nuktas, nasals, joiners.
///
/// # Source
///
/// The Unicode Standard, chapter 12: the blocks from Devanagari to Malayalam have one layout.
fn is_sign(c: char) -> bool {
    match u32::from(c) {
        code @ 0x0900..=0x0D7F => match code & 0x7F {
            0x00..=0x03 | 0x3C..=0x4F | 0x51..=0x57 | 0x62 | 0x63 => true,
            0x70 | 0x71 => (0x0A00..0x0A80).contains(&code),
            _ => false,
        },
        0x200B..=0x200F | 0x2060 | 0xFEFF | 0xAD => true,
        _ => false,
    }
}

/// Whether this is a RA that is written above the letter that follows: it is the first to be lost.
fn is_reph(c: char, rest: &str) -> bool {
    let code = u32::from(c);
    (0x0900..0x0D80).contains(&code)
        && (code & 0x7F == 0x30 || code == 0x09F0)
        && rest.chars().next().is_some_and(|next| {
            let next = u32::from(next);
            next & 0x7F == 0x4D && next & !0x7F == code & !0x7F
        })
}

/// One letter for those that are written in two ways.
fn base(c: char) -> char {
    match c {
        '\u{958}' => 'क',
        '\u{959}' => 'ख',
        '\u{95a}' => 'ग',
        '\u{95b}' => 'ज',
        '\u{95c}' => 'ड',
        '\u{95d}' => 'ढ',
        '\u{95e}' => 'फ',
        '\u{95f}' => 'य',
        '\u{9dc}' => 'ড',
        '\u{9dd}' => 'ঢ',
        '\u{9df}' => 'য',
        'ৰ' => 'র',
        '\u{a59}' => 'ਖ',
        '\u{a5b}' => 'ਜ',
        '\u{a5e}' => 'ਫ',
        '\u{b5c}' => 'ଡ',
        '\u{b5d}' => 'ଢ',
        'ൺ' => 'ണ',
        'ൻ' => 'ന',
        'ർ' => 'ര',
        'ൽ' => 'ല',
        'ൾ' => 'ള',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_dropped_and_their_place_is_kept() {
        let mut skeleton = Skeleton::default();
        skeleton.fill("मोबाइल नं.");
        assert_eq!(skeleton.text, "मबइल न.");
        let (from, to) = skeleton.place(0, "मबइल".len());
        assert_eq!((from, to), (0, "मोबाइल".len()));
    }

    #[test]
    fn what_extraction_loses_is_lost_on_both_sides() {
        for (whole, extracted) in
            [("जिला", "जला"), ("लाभार्थी", "लाभाथ"), ("मोबाईल", "मोबाईल"), ("फ़ोन", "फोन")]
        {
            assert_eq!(Skeleton::of(whole), Skeleton::of(extracted));
        }
    }
}

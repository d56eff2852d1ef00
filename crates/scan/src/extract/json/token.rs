//! Values and signs of JSON, with where they stand.
//!
//! The libraries that read JSON do not say where a value was written; this does, and reads what they
//! read, which its test holds it to.

use super::super::trace::{Piece, Traced};

/// It is no JSON from here on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault;

/// What begins a value.
#[derive(Debug)]
pub(super) enum Token {
    /// A bracket of an array or an object.
    Open(char),
    /// All of a value that is neither. `null` is empty.
    Text(Traced),
}

/// A text, from a place on. After a fault this is the place of what is at fault.
pub(super) struct Tokens<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Tokens<'t> {
    /// From its beginning.
    pub(super) const fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// What was not read.
    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// Goes over some letters.
    pub(super) fn skip(&mut self, letters: &[char]) {
        self.at = self.text.len() - self.rest().trim_start_matches(letters).len();
    }

    /// Goes over a sign, if it is the next one.
    pub(super) fn skips(&mut self, sign: char) -> bool {
        self.skip(&[' ', '\t', '\r', '\n']);
        let found = self.rest().starts_with(sign);
        self.at += if found { sign.len_utf8() } else { 0 };
        found
    }

    /// The name of a field, with the colon behind it.
    pub(super) fn key(&mut self) -> Result<Traced, Fault> {
        self.skip(&[' ', '\t', '\r', '\n']);
        let key = self.string()?;
        if self.skips(':') { Ok(key) } else { Err(Fault) }
    }

    /// The beginning of the next value.
    pub(super) fn next(&mut self) -> Result<Token, Fault> {
        self.skip(&[' ', '\t', '\r', '\n']);
        match self.rest().chars().next() {
            Some(open @ ('[' | '{')) => {
                self.at += 1;
                Ok(Token::Open(open))
            }
            Some('"') => self.string().map(Token::Text),
            Some('-' | '0'..='9') => self.number().map(Token::Text),
            _ => self.word().map(Token::Text),
        }
    }

    fn word(&mut self) -> Result<Traced, Fault> {
        let rest = self.rest();
        let word = ["true", "false", "null"].into_iter().find(|word| rest.starts_with(word));
        let word = word.ok_or(Fault)?;
        let mut value = Traced::default();
        if word != "null" {
            value.push(Piece::at(&rest[..word.len()], self.at));
        }
        self.at += word.len();
        Ok(value)
    }

    /// A number as it is written, but for one with an exponent, and without a fraction of nothing:
    /// spreadsheets write `9829011223.0` for a mobile.
    fn number(&mut self) -> Result<Traced, Fault> {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_digit() && !"+-.eE".contains(c));
        let number = &rest[..end.unwrap_or(rest.len())];
        let value: f64 = number.parse().map_err(|_| Fault)?;
        let digits = number.trim_start_matches('-');
        let padded = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
        let exponent = number.contains(['e', 'E']);
        if digits.starts_with('.') || number.ends_with('.') || (padded && !exponent) {
            return Err(Fault);
        }
        let mut traced = Traced::default();
        if exponent {
            traced.push_for(&value.to_string(), self.at..self.at + number.len());
        } else {
            let whole = number.split_once('.');
            let whole = whole.filter(|(_, part)| part.bytes().all(|digit| digit == b'0'));
            let shown = whole.map_or(number, |(whole, _)| whole);
            traced.push(Piece::at(shown, self.at));
        }
        self.at += number.len();
        Ok(traced)
    }

    fn string(&mut self) -> Result<Traced, Fault> {
        let rest = self.rest();
        let Some(body) = rest.strip_prefix('"') else { return Err(Fault) };
        let from = self.at + 1;
        let (mut value, mut at) = (Traced::default(), 0);
        loop {
            let bytes = &body.as_bytes()[at..];
            let special = |byte: &u8| matches!(*byte, b'"' | b'\\' | 0..=0x1f);
            let plain = bytes.iter().position(special).ok_or(Fault)?;
            value.push(Piece::at(&body[at..at + plain], from + at));
            at += plain;
            match bytes[plain] {
                b'"' => break,
                b'\\' => {
                    let (letter, length) = escaped(&body[at..]).ok_or(Fault)?;
                    let part = from + at..from + at + length;
                    value.push_for(letter.encode_utf8(&mut [0; 4]), part);
                    at += length;
                }
                _ => return Err(Fault),
            }
        }
        self.at = from + at + 1;
        Ok(value)
    }
}

/// The letter that an escape stands for, and the length of the escape.
fn escaped(text: &str) -> Option<(char, usize)> {
    let letter = match text.as_bytes().get(1)? {
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        plain @ (b'"' | b'\\' | b'/') => char::from(*plain),
        b'u' => return unit(text).map(|first| joined(text, first)),
        _ => return None,
    };
    Some((letter, 2))
}

/// The number behind `\u`.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let hexadecimal = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    hexadecimal.then(|| u16::from_str_radix(digits, 16).ok())?
}

/// A letter of one unit or of two. Half of a letter is none.
fn joined(text: &str, first: u16) -> (char, usize) {
    let second = text.get(6..).and_then(unit);
    let pair = [first, second.unwrap_or(0)];
    match (char::decode_utf16([first]).next(), char::decode_utf16(pair).next()) {
        (Some(Ok(letter)), _) => (letter, 6),
        (_, Some(Ok(letter))) => (letter, 12),
        _ => (char::REPLACEMENT_CHARACTER, 6),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<(String, usize), Fault> {
        let mut tokens = Tokens::new(text);
        match tokens.next()? {
            Token::Text(value) => Ok((value.to_string(), tokens.at)),
            Token::Open(_) => Err(Fault),
        }
    }

    proptest! {
        #[test]
        fn every_value_reads_as_the_library_reads_it(text in any::<String>(), number in any::<i64>()) {
            let written = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(read(&written), Ok((text, written.len())));
            let written = number.to_string();
            prop_assert_eq!(read(&written), Ok((written.clone(), written.len())));
        }

        #[test]
        fn what_is_a_string_to_the_library_is_one_here(
            text in r#""([a-z ]|\\["\\/bfnrtu]|[0-9a-fD]|[\x00-\x1f]){0,12}""#,
        ) {
            let theirs = serde_json::from_str::<String>(&text);
            match (&theirs, read(&text)) {
                (Ok(theirs), ours) => prop_assert_eq!(ours, Ok((theirs.clone(), text.len()))),
                // Half of a letter, which is not worth to stop at.
                (Err(_), Ok((ours, length))) => {
                    let half = ours.contains(char::REPLACEMENT_CHARACTER);
                    prop_assert!(half || length < text.len());
                }
                (Err(_), Err(Fault)) => {}
            }
        }
    }

    #[test]
    fn numbers_read_as_they_are_meant() {
        for (written, read_as) in [
            ("9829011223", "9829011223"),
            ("9829011223.0", "9829011223"),
            ("9.829011223e9", "9829011223"),
            ("-1.50", "-1.50"),
            ("98290112239829011223", "98290112239829011223"),
            ("0.5", "0.5"),
        ] {
            assert_eq!(read(written).unwrap().0, read_as);
        }
        for wrong in ["-", "01", "1.", ".5", "--1", "1e", "nul", "\"a", "\"\\x\"", "\"\n\""] {
            assert_eq!(read(wrong), Err(Fault), "{wrong}");
        }
    }

    #[test]
    fn letters_of_two_units_and_halves() {
        assert_eq!(read(r#""\ud83d\ude00a""#).unwrap().0, "\u{1f600}a");
        assert_eq!(read(r#""\ud83da""#).unwrap().0, "\u{fffd}a");
    }
}

//! The table in which a font says what its letters are.

use std::collections::HashMap;

/// Letters that are kept of a table: those of all of Unicode's first plane, and as many again.
const MOST: usize = 131_072;

/// What codes stand for.
#[derive(Default)]
pub(super) struct Map {
    texts: HashMap<u32, String>,
    /// Ranges of codes, by their length in bytes.
    lengths: Vec<(usize, u32, u32)>,
}

/// A piece of such a table.
enum Token<'t> {
    Hex(Vec<u8>),
    Open,
    Close,
    Word(&'t [u8]),
}

impl Map {
    /// Reads a table.
    pub(super) fn new(table: &[u8]) -> Self {
        let mut map = Self::default();
        let mut tokens = Tokens(table);
        while let Some(token) = tokens.next() {
            match token {
                Token::Word(b"begincodespacerange") => map.ranges(&mut tokens),
                Token::Word(b"beginbfchar") => map.letters(&mut tokens),
                Token::Word(b"beginbfrange") => map.rows(&mut tokens),
                _ => {}
            }
            if map.texts.len() > MOST {
                break;
            }
        }
        map
    }

    /// Whether it says nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// What a code stands for.
    pub(super) fn text(&self, code: u32) -> Option<&str> {
        self.texts.get(&code).map(String::as_str)
    }

    /// How many bytes the first letter of a text has.
    pub(super) fn length(&self, bytes: &[u8]) -> Option<usize> {
        let fits = |(length, from, to): &&(usize, u32, u32)| {
            bytes.get(..*length).is_some_and(|code| (*from..=*to).contains(&number(code)))
        };
        self.lengths.iter().find(fits).map(|(length, ..)| *length)
    }

    fn ranges(&mut self, tokens: &mut Tokens<'_>) {
        while let (Some(Token::Hex(from)), Some(Token::Hex(to))) = (tokens.next(), tokens.next()) {
            if from.len() == to.len() && (1..=4).contains(&from.len()) && self.lengths.len() < 64 {
                self.lengths.push((from.len(), number(&from), number(&to)));
            }
        }
        self.lengths.sort_unstable();
    }

    fn letters(&mut self, tokens: &mut Tokens<'_>) {
        while let Some(Token::Hex(code)) = tokens.next() {
            let Some(Token::Hex(text)) = tokens.next() else { return };
            self.texts.insert(number(&code), utf16(&text));
        }
    }

    fn rows(&mut self, tokens: &mut Tokens<'_>) {
        while let (Some(Token::Hex(from)), Some(Token::Hex(to))) = (tokens.next(), tokens.next()) {
            let from = number(&from);
            let codes = from..=number(&to).min(from.saturating_add(65_535));
            match tokens.next() {
                Some(Token::Hex(first)) => {
                    for (code, step) in codes.zip(0_u32..) {
                        self.texts.insert(code, stepped(&first, step));
                    }
                }
                Some(Token::Open) => {
                    for code in codes {
                        let Some(Token::Hex(text)) = tokens.next() else { break };
                        self.texts.insert(code, utf16(&text));
                    }
                    while tokens.next().is_some_and(|token| !matches!(token, Token::Close)) {}
                }
                _ => return,
            }
            if self.texts.len() > MOST {
                return;
            }
        }
    }
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

fn utf16(bytes: &[u8]) -> String {
    let (units, rest) = bytes.as_chunks::<2>();
    let units = units.iter().map(|unit| u16::from_be_bytes(*unit));
    let units = units.chain(rest.iter().map(|byte| u16::from(*byte)));
    char::decode_utf16(units).filter_map(Result::ok).filter(|c| *c != '\0').collect()
}

/// A text whose last letter is so many further on.
fn stepped(first: &[u8], step: u32) -> String {
    let mut text = utf16(first);
    if step > 0
        && let Some(last) = text.pop()
    {
        text.extend(char::from_u32(u32::from(last) + step));
    }
    text
}

struct Tokens<'t>(&'t [u8]);

impl<'t> Tokens<'t> {
    fn next(&mut self) -> Option<Token<'t>> {
        let text = self.0.trim_ascii_start();
        let first = *text.first()?;
        let (token, length) = match first {
            b'<' if text.get(1) != Some(&b'<') => {
                let end = memchr::memchr(b'>', text).unwrap_or(text.len());
                (Token::Hex(hex(&text[1..end])), end + 1)
            }
            b'[' => (Token::Open, 1),
            b']' => (Token::Close, 1),
            b'%' => {
                let end = text.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
                (Token::Word(b"%"), end.unwrap_or(text.len()))
            }
            _ => {
                let ends = |byte: &u8| byte.is_ascii_whitespace() || b"<[]%".contains(byte);
                let end = text[1..].iter().position(ends).map_or(text.len(), |at| at + 1);
                (Token::Word(&text[..end]), end)
            }
        };
        self.0 = text.get(length..).unwrap_or_default();
        Some(token)
    }
}

fn hex(text: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = text
        .iter()
        .filter_map(|byte| char::from(*byte).to_digit(16))
        .filter_map(|digit| u8::try_from(digit).ok())
        .collect();
    digits.chunks(2).take(64).map(|pair| pair[0] << 4 | pair.get(1).unwrap_or(&0)).collect()
}

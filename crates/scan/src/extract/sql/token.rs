//! Words, values and signs of SQL, of any dialect.

use super::super::trace::{Piece, Traced};

/// A piece of a statement.
#[derive(Debug)]
pub(super) enum Token<'t> {
    Word(Piece<'t>),
    /// A name in quotes.
    Name(Traced),
    /// A value in quotes.
    Value(Traced),
    Sign(char),
}

impl Token<'_> {
    /// A word, or a name in quotes.
    pub(super) fn word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word.text()),
            Self::Name(name) => Some(name),
            Self::Value(_) | Self::Sign(_) => None,
        }
    }
}

/// What a statement is.
pub(super) enum Statement<'t> {
    Insert,
    Create,
    Copy,
    /// None of these: all of it.
    Other(Piece<'t>),
}

/// A text of statements, from a place on.
pub(super) struct Tokens<'t> {
    text: &'t str,
    at: usize,
    /// Whether no comment is closed from here on.
    unclosed: bool,
}

impl<'t> Tokens<'t> {
    /// From its beginning.
    pub(super) const fn new(text: &'t str) -> Self {
        Self { text, at: 0, unclosed: false }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// A part of the text, with where it stands.
    fn piece(&self, start: usize, end: usize) -> Piece<'t> {
        Piece::at(&self.text[start..end], start)
    }

    /// Begins the next statement.
    pub(super) fn statement(&mut self) -> Option<Statement<'t>> {
        self.at +=
            self.rest().len() - self.rest().trim_start_matches([' ', '\t', '\r', '\n', ';']).len();
        let rest = self.rest();
        if rest.is_empty() {
            return None;
        }
        if rest.starts_with("--") || rest.starts_with('#') || rest.starts_with("/*") {
            return Some(Statement::Other(self.comment()));
        }
        let words: Vec<_> = rest.split_whitespace().take(6).collect();
        let is = |place: usize, word: &str| {
            words.get(place).is_some_and(|other| other.eq_ignore_ascii_case(word))
        };
        let into = words.iter().position(|word| word.eq_ignore_ascii_case("INTO"));
        match into {
            Some(place) if is(0, "INSERT") || is(0, "REPLACE") => {
                self.skip(place + 1);
                return Some(Statement::Insert);
            }
            _ => {}
        }
        let table = words.iter().position(|word| word.eq_ignore_ascii_case("TABLE"));
        if let Some(place) = table.filter(|place| is(0, "CREATE") && *place <= 2) {
            self.skip(if is(place + 1, "IF") { place + 4 } else { place + 1 });
            return Some(Statement::Create);
        }
        if is(0, "COPY") {
            self.skip(1);
            return Some(Statement::Copy);
        }
        let start = self.at;
        self.end();
        Some(Statement::Other(self.piece(start, self.at)))
    }

    fn comment(&mut self) -> Piece<'t> {
        let rest = self.rest();
        let closed = (rest.starts_with("/*") && !self.unclosed).then(|| rest.find("*/"));
        // Looked for once only: a text may be full of comments that nothing closes.
        self.unclosed |= closed == Some(None);
        let line = || rest.find('\n').unwrap_or(rest.len());
        let end = closed.flatten().map_or_else(line, |at| at + 2);
        self.at += end;
        self.piece(self.at - end, self.at)
    }

    /// Goes over words that were looked at.
    fn skip(&mut self, words: usize) {
        for _ in 0..words {
            let rest = self.rest().trim_start();
            let start = self.text.len() - rest.len();
            self.at = start + rest.find(char::is_whitespace).unwrap_or(rest.len());
        }
    }

    /// Goes to the end of the statement.
    pub(super) fn end(&mut self) {
        while let Some(token) = self.next() {
            if matches!(token, Token::Sign(';')) {
                return;
            }
        }
    }

    /// The name of a table, without its schema's.
    pub(super) fn name(&mut self) -> Option<String> {
        let mut name = None;
        loop {
            let before = self.at;
            let token = self.next()?;
            match (token.word(), &token) {
                (Some(word), _) => {
                    name = Some(word.rsplit('.').next().unwrap_or(word).to_owned());
                }
                (None, Token::Sign('.')) => continue,
                _ => {
                    self.at = before;
                    return name;
                }
            }
            if !self.rest().trim_start().starts_with('.') {
                return name;
            }
        }
    }

    /// The next line, as it is.
    pub(super) fn line(&mut self) -> Option<Piece<'t>> {
        let rest = self.rest();
        if rest.is_empty() {
            return None;
        }
        let start = self.at;
        self.at += rest.find('\n').map_or(rest.len(), |at| at + 1);
        Some(self.piece(start, self.at))
    }

    /// What stands between commas up to the bracket that closes. `NULL` is empty.
    pub(super) fn row(&mut self) -> Vec<Traced> {
        let (mut row, mut cell, mut depth) = (Vec::new(), Traced::default(), 0_usize);
        while let Some(token) = self.next() {
            match token {
                Token::Sign(')') if depth == 0 => break,
                Token::Sign(',') if depth == 0 => row.push(std::mem::take(&mut cell)),
                Token::Sign(sign) => {
                    depth = match sign {
                        '(' => depth + 1,
                        ')' => depth - 1,
                        _ => depth,
                    };
                    cell.push(self.piece(self.at - sign.len_utf8(), self.at));
                }
                Token::Word(word) if word.text().eq_ignore_ascii_case("NULL") => {}
                // A mark of the alphabet of what follows: N'…', E'…', _utf8'…'.
                Token::Word(_) if self.rest().starts_with('\'') => {}
                Token::Word(word) => cell.push(word),
                Token::Name(value) | Token::Value(value) => cell.push(&value),
            }
        }
        row.push(cell);
        row
    }

    /// The next piece.
    pub(super) fn next(&mut self) -> Option<Token<'t>> {
        let rest = self.rest();
        let trimmed = rest.trim_start();
        self.at += rest.len() - trimmed.len();
        let first = trimmed.chars().next()?;
        match first {
            '\'' => Some(Token::Value(self.quoted('\''))),
            '"' | '`' => Some(Token::Name(self.quoted(first))),
            '[' => {
                let end = trimmed.find(']').unwrap_or(trimmed.len());
                let start = self.at;
                self.at += (end + 1).min(trimmed.len());
                Some(Token::Word(self.piece(start + 1, start + end)))
            }
            _ if is_part(first) => {
                let end = trimmed.find(|c| !is_part(c)).unwrap_or(trimmed.len());
                self.at += end;
                Some(Token::Word(self.piece(self.at - end, self.at)))
            }
            _ => {
                self.at += first.len_utf8();
                Some(Token::Sign(first))
            }
        }
    }

    /// What stands in quotes: a quote in it is doubled or has a backslash before it.
    fn quoted(&mut self, quote: char) -> Traced {
        let (mut text, from) = (Traced::default(), self.at + 1);
        let body = &self.rest()[1..];
        let special = |c: char| c == quote || (c == '\\' && quote == '\'');
        let mut at = 0;
        while let Some(plain) = body[at..].find(special) {
            text.push(Piece::at(&body[at..at + plain], from + at));
            at += plain;
            let second = body[at + 1..].chars().next();
            let doubled = second == Some(quote) && body[at..].starts_with(quote);
            let Some(second) = second.filter(|_| doubled || !body[at..].starts_with(quote)) else {
                self.at = (from + at + 1).min(self.text.len());
                return text;
            };
            let length = 1 + second.len_utf8();
            let shown = if doubled { second } else { escaped(second) };
            text.push_for(shown.encode_utf8(&mut [0; 4]), from + at..from + at + length);
            at += length;
        }
        text.push(Piece::at(&body[at..], from + at));
        self.at = self.text.len();
        text
    }
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || "_.$@+-".contains(c)
}

/// What a letter behind a backslash stands for.
fn escaped(c: char) -> char {
    match c {
        'n' | 'r' | 't' | '0' => ' ',
        other => other,
    }
}

/// A cell of copied rows.
pub(super) fn copied(cell: Piece<'_>) -> Traced {
    let mut text = Traced::default();
    if cell.text() == "\\N" {
        return text;
    }
    let mut at = 0;
    while let Some(plain) = cell.text()[at..].find('\\') {
        text.push(cell.slice(at..at + plain));
        at += plain;
        let Some(letter) = cell.text()[at + 1..].chars().next() else { return text };
        let end = at + 1 + letter.len_utf8();
        text.push_as(escaped(letter).encode_utf8(&mut [0; 4]), cell.slice(at..end));
        at = end;
    }
    text.push(cell.slice(at..cell.text().len()));
    text
}

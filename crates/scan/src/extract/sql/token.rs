//! Words, values and signs of SQL, of any dialect.

use std::borrow::Cow;

/// A piece of a statement.
#[derive(Debug)]
pub(super) enum Token<'t> {
    /// A word, or a name in quotes.
    Word(Cow<'t, str>),
    /// A value in quotes.
    Value(String),
    Sign(char),
}

/// What a statement is.
pub(super) enum Statement<'t> {
    Insert,
    Create,
    Copy,
    /// None of these: all of it.
    Other(&'t str),
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
        Some(Statement::Other(&self.text[start..self.at]))
    }

    fn comment(&mut self) -> &'t str {
        let rest = self.rest();
        let closed = (rest.starts_with("/*") && !self.unclosed).then(|| rest.find("*/"));
        // Looked for once only: a text may be full of comments that nothing closes.
        self.unclosed |= closed == Some(None);
        let line = || rest.find('\n').unwrap_or(rest.len());
        let end = closed.flatten().map_or_else(line, |at| at + 2);
        self.at += end;
        &rest[..end]
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
            match self.next()? {
                Token::Word(word) => {
                    name = Some(word.rsplit('.').next().unwrap_or(&word).to_owned());
                }
                Token::Sign('.') => continue,
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
    pub(super) fn line(&mut self) -> Option<&'t str> {
        let rest = self.rest();
        if rest.is_empty() {
            return None;
        }
        let end = rest.find('\n').map_or(rest.len(), |at| at + 1);
        self.at += end;
        Some(&rest[..end])
    }

    /// What stands between commas up to the bracket that closes. `NULL` is empty.
    pub(super) fn row(&mut self) -> Vec<String> {
        let (mut row, mut cell, mut depth) = (Vec::new(), String::new(), 0_usize);
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
                    cell.push(sign);
                }
                Token::Word(word) if word.eq_ignore_ascii_case("NULL") => {}
                // A mark of the alphabet of what follows: N'…', E'…', _utf8'…'.
                Token::Word(_) if self.rest().starts_with('\'') => {}
                Token::Word(word) => cell.push_str(&word),
                Token::Value(value) => cell.push_str(&value),
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
            '"' | '`' => Some(Token::Word(Cow::Owned(self.quoted(first)))),
            '[' => {
                let end = trimmed.find(']').unwrap_or(trimmed.len());
                self.at += (end + 1).min(trimmed.len());
                Some(Token::Word(Cow::Borrowed(&trimmed[1..end])))
            }
            _ if is_part(first) => {
                let end = trimmed.find(|c| !is_part(c)).unwrap_or(trimmed.len());
                self.at += end;
                Some(Token::Word(Cow::Borrowed(&trimmed[..end])))
            }
            _ => {
                self.at += first.len_utf8();
                Some(Token::Sign(first))
            }
        }
    }

    /// What stands in quotes: a quote in it is doubled or has a backslash before it.
    fn quoted(&mut self, quote: char) -> String {
        let mut text = String::new();
        let rest = self.rest();
        let mut chars = rest.char_indices().skip(1).peekable();
        let mut end = rest.len();
        while let Some((at, c)) = chars.next() {
            let next = chars.peek().map(|(_, next)| *next);
            if c == quote && next == Some(quote) {
                text.push(c);
                chars.next();
            } else if c == quote {
                end = at + quote.len_utf8();
                break;
            } else if c == '\\' && quote == '\'' {
                chars.next();
                text.extend(next.map(escaped));
            } else {
                text.push(c);
            }
        }
        self.at += end;
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
pub(super) fn copied(cell: &str) -> String {
    if cell == "\\N" {
        return String::new();
    }
    let mut text = String::with_capacity(cell.len());
    let mut chars = cell.chars();
    while let Some(c) = chars.next() {
        if c == '\\' {
            text.extend(chars.next().map(escaped));
        } else {
            text.push(c);
        }
    }
    text
}

//! JSON, one value or one a line: objects as records of labels and values.

mod token;

use serde::de::IgnoredAny;

use super::{Work, grid::Page, trace::Piece};
use token::{Fault, Token, Tokens};

/// Whether a text is JSON: it opens as such, and what follows fits.
pub(super) fn is_json(text: &str) -> bool {
    let text = text.trim_start();
    let mut rest = text.chars().filter(|c| !c.is_whitespace());
    match (rest.next(), rest.next()) {
        (Some('{'), Some('"' | '}')) => true,
        (Some('['), Some('{' | '[' | ']' | '"')) => {
            // `[draft]` is none, and `["…` may be the beginning of anything.
            let head = &text[..crate::weak::floor(text, 256)];
            let mut stream = serde_json::Deserializer::from_str(head).into_iter::<IgnoredAny>();
            stream.next().is_some_and(|first| first.is_ok_and(|_| true) || text.len() > head.len())
        }
        _ => false,
    }
}

/// Reads JSON. Where it stops being JSON, the rest is read as it is.
pub(super) fn read(work: &mut Work<'_>, text: &str) {
    let mut reader = Reader { tokens: Tokens::new(text), page: Page::new(work.limits.text) };
    let between = [' ', '\t', '\r', '\n', ',', ';', '\u{1e}'];
    loop {
        reader.tokens.skip(&between);
        if reader.tokens.rest().is_empty() || reader.page.is_full() {
            break;
        }
        let read = reader.value(Piece::from(""), Place::Top, 0);
        reader.page.record();
        if read.is_err() {
            break;
        }
    }
    let rest = reader.tokens.rest();
    if !reader.page.is_full() {
        reader.page.push(Piece::of(text, rest));
    }
    work.finish(&reader.page);
}

/// Arrays and objects in one another that are followed.
const DEEPEST: usize = 128;

/// Where a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Top,
    Array,
    /// In an array that is in an array: a row.
    Row,
    Object,
}

/// Values on their way to a page.
struct Reader<'t> {
    tokens: Tokens<'t>,
    page: Page,
}

impl Reader<'_> {
    /// Reads a value, of which a label says what it is.
    fn value(&mut self, label: Piece<'_>, place: Place, depth: usize) -> Result<(), Fault> {
        let value = match self.tokens.next()? {
            Token::Open('[') if depth < DEEPEST => return self.array(label, place, depth + 1),
            Token::Open('{') if depth < DEEPEST => return self.object(place, depth + 1),
            Token::Text(value) => value,
            Token::Open(_) => return Err(Fault),
        };
        if place == Place::Row {
            self.page.words(&value);
            self.page.push("\t");
        } else {
            self.page.pair(label, &value);
        }
        Ok(())
    }

    fn array(&mut self, label: Piece<'_>, place: Place, depth: usize) -> Result<(), Fault> {
        let is_row = place == Place::Array;
        let inner = if is_row { Place::Row } else { Place::Array };
        if is_row {
            self.page.line();
        }
        if !self.tokens.skips(']') {
            loop {
                self.value(label, inner, depth)?;
                if self.ends(']')? {
                    break;
                }
            }
        }
        if is_row {
            self.page.line();
        }
        Ok(())
    }

    /// An object is a record, unless it is a part of one.
    fn object(&mut self, place: Place, depth: usize) -> Result<(), Fault> {
        if place != Place::Object {
            self.page.record();
        }
        if !self.tokens.skips('}') {
            loop {
                let key = self.tokens.key()?;
                self.value((&key).into(), Place::Object, depth)?;
                if self.ends('}')? {
                    break;
                }
            }
        }
        if place != Place::Object {
            self.page.record();
        }
        Ok(())
    }

    /// Whether a list ends here, or goes on behind a comma.
    fn ends(&mut self, end: char) -> Result<bool, Fault> {
        if self.page.is_full() {
            return Err(Fault);
        }
        if self.tokens.skips(end) {
            return Ok(true);
        }
        if self.tokens.skips(',') { Ok(false) } else { Err(Fault) }
    }
}

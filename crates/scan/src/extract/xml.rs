//! XML of any vocabulary: elements that hold text as labels and values, elements that come again as
//! records, and the tables of spreadsheets and web pages as tables.

use quick_xml::{
    Reader,
    events::{BytesStart, Event, attributes::Attribute},
};

use super::{
    Work,
    flow::{Flow, Role},
    grid::Page,
    html,
    trace::{Piece, Traced, offset},
};

/// Whether a text is XML.
pub(super) fn is_xml(text: &str) -> bool {
    let head = text.trim_start();
    if head.starts_with("<?xml") {
        return true;
    }
    // Without its declaration: one element, that is closed at the end.
    let name: String = head
        .strip_prefix('<')
        .map(|rest| {
            rest.chars().take_while(|c| c.is_alphanumeric() || "_-:.".contains(*c)).collect()
        })
        .unwrap_or_default();
    !name.is_empty() && text.trim_end().ends_with(&format!("</{name}>"))
}

/// What happens in an XML text.
pub(super) enum Token<'t> {
    /// An element, by its name without a prefix, with its attributes.
    Open(&'t str, &'t [(String, Traced)]),
    Close(&'t str),
    Text(Piece<'t>),
    Comment(Piece<'t>),
}

/// Walks through an XML text. Says whether it was well formed to its end; what comes before a fault
/// has been told.
pub(super) fn walk(text: &str, mut tell: impl FnMut(Token<'_>)) -> bool {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_unmatched_ends = true;
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => return true,
            Err(_) => return false,
            Ok(Event::Start(tag)) => {
                tell(Token::Open(tag.local_name().as_ref(), &attributes(text, &tag)));
            }
            Ok(Event::Empty(tag)) => {
                tell(Token::Open(tag.local_name().as_ref(), &attributes(text, &tag)));
                tell(Token::Close(tag.local_name().as_ref()));
            }
            Ok(Event::End(tag)) => tell(Token::Close(tag.local_name().as_ref())),
            Ok(Event::Text(part)) => tell(Token::Text(Piece::of(text, &part))),
            Ok(Event::CData(part)) => tell(Token::Text(Piece::of(text, &part))),
            Ok(Event::Comment(part)) => tell(Token::Comment(Piece::of(text, &part))),
            Ok(Event::GeneralRef(name)) => {
                let letter = name.resolve_char_ref().ok().flatten().map(String::from);
                let known = || quick_xml::escape::resolve_predefined_entity(&name);
                // An entity that the document makes itself is not followed: it may be a bomb.
                if let Some(meant) = letter.as_deref().or_else(known) {
                    let mut traced = Traced::default();
                    match offset(text, &name) {
                        // With the sign before its name and the one behind.
                        Some(at) => traced.push_for(meant, at - 1..at + name.len() + 1),
                        None => traced.push(meant),
                    }
                    tell(Token::Text((&traced).into()));
                }
            }
            Ok(Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {}
        }
    }
}

/// The attributes that can be read, by their names without a prefix.
fn attributes(text: &str, tag: &BytesStart<'_>) -> Vec<(String, Traced)> {
    let mut attributes = tag.attributes();
    let attributes = attributes.with_checks(false).filter_map(Result::ok);
    let name = |one: &Attribute<'_>| one.key.local_name().as_ref().to_owned();
    attributes.map(|one| (name(&one), unescaped(Piece::of(text, &one.value)))).collect()
}

/// Longest reference to a letter that is followed, in bytes.
const LONGEST_REFERENCE: usize = 16;

/// A value with the letters that its references stand for.
fn unescaped(value: Piece<'_>) -> Traced {
    let (mut traced, mut at) = (Traced::default(), 0);
    let text = value.text();
    while let Some(found) = memchr::memchr(b'&', &text.as_bytes()[at..]) {
        let start = at + found;
        traced.push(value.slice(at..start));
        let near = &text.as_bytes()[start..text.len().min(start + LONGEST_REFERENCE)];
        let end = memchr::memchr(b';', near).map_or(start + 1, |length| start + length + 1);
        match quick_xml::escape::unescape(&text[start..end]) {
            Ok(meant) if end > start + 1 => traced.push_as(&meant, value.slice(start..end)),
            _ => traced.push(value.slice(start..end)),
        }
        at = end;
    }
    traced.push(value.slice(at..text.len()));
    traced
}

/// Reads XML. What is not well formed is read as a browser reads a page.
pub(super) fn read(work: &mut Work<'_>, text: &str) {
    let (page, whole) = records(text, work.limits.text);
    if whole {
        work.finish(&page);
    } else {
        html::read(work, text);
    }
}

/// An element that is open.
struct Level {
    name: String,
    /// Its own text.
    text: Traced,
    /// Whether elements are in it.
    parent: bool,
    /// The last element in it that had elements.
    before: Option<String>,
}

/// Elements inside elements that are told apart.
const DEEPEST: usize = 256;

struct Records {
    flow: Flow,
    levels: Vec<Level>,
    /// How deep it is beyond what is told apart.
    beyond: usize,
    tables: usize,
}

/// The text of XML, and whether it was well formed.
pub(super) fn records(text: &str, limit: usize) -> (Page, bool) {
    let flow = Flow::new(limit);
    let mut records = Records { flow, levels: Vec::new(), beyond: 0, tables: 0 };
    let whole = walk(text, |token| {
        if !records.flow.is_full() {
            records.take(&token);
        }
    });
    (records.flow.end(), whole)
}

impl Records {
    fn take(&mut self, token: &Token<'_>) {
        match token {
            Token::Open(..) if self.levels.len() >= DEEPEST => self.beyond += 1,
            Token::Open(name, attributes) => self.open(name, attributes),
            Token::Close(_) if self.beyond > 0 => self.beyond -= 1,
            Token::Close(_) => self.close(),
            Token::Text(text) if self.tables > 0 => self.flow.text(*text),
            Token::Text(text) => match self.levels.last_mut() {
                Some(level) => level.text.push(*text),
                None => self.flow.text(*text),
            },
            Token::Comment(text) => self.flow.pair("", *text),
        }
    }

    fn open(&mut self, name: &str, attributes: &[(String, Traced)]) {
        let again = self.levels.last_mut().is_some_and(|above| {
            above.parent = true;
            above.before.as_deref() == Some(name)
        });
        self.flush();
        if again && self.tables == 0 {
            self.flow.record();
        }
        let role = role(name);
        self.tables += usize::from(role == Role::Table);
        if self.tables > 0 {
            self.flow.open(role);
        }
        self.levels.push(Level {
            name: name.to_owned(),
            text: Traced::default(),
            parent: false,
            before: None,
        });
        for (label, value) in attributes {
            let named = label.starts_with("xmlns") || value.starts_with("http");
            if self.tables == 0 && !named {
                self.flow.pair(label, value);
            }
        }
    }

    fn close(&mut self) {
        let Some(mut level) = self.levels.pop() else { return };
        let role = role(&level.name);
        if self.tables > 0 {
            self.flow.close(role);
        } else if level.parent {
            self.flow.pair("", &level.text);
        } else {
            self.flow.pair(&level.name, &level.text);
        }
        self.tables -= usize::from(role == Role::Table).min(self.tables);
        if let Some(above) = self.levels.last_mut()
            && level.parent
        {
            let again = above.before.as_deref() == Some(&level.name);
            above.before = Some(std::mem::take(&mut level.name));
            if again && self.tables == 0 {
                self.flow.record();
            }
        }
    }

    /// Writes text that stands before an element in another.
    fn flush(&mut self) {
        if let Some(above) = self.levels.last_mut() {
            let text = std::mem::take(&mut above.text);
            self.flow.pair("", &text);
        }
    }
}

/// Tables as spreadsheets and web pages write them.
fn role(name: &str) -> Role {
    match name {
        "Table" | "table" => Role::Table,
        "Row" | "tr" | "table-row" => Role::Row,
        "Cell" | "td" | "th" | "table-cell" | "covered-table-cell" => Role::Cell,
        "Data" | "b" | "i" | "span" => Role::Inline,
        _ => Role::Space,
    }
}

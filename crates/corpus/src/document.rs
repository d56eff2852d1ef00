//! A document and what is to be found in it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// What stands at a place, by the names that results have for it.
pub type Kind = &'static str;

/// What names or tells of the office or its staff: whether that is reported is a matter of policy,
/// so it counts neither for nor against anybody.
pub const EITHER: Kind = "either";

/// A place in a document.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Label {
    /// What stands there.
    #[serde(rename = "type")]
    pub kind: Cow<'static, str>,
    /// Offset of its first byte.
    pub start: usize,
    /// Offset behind its last byte.
    pub end: usize,
    /// Which person of the document it is about, from 0.
    pub person: usize,
    /// Whether the document shows a part of it only.
    pub masked: bool,
}

/// A made-up document.
#[derive(Clone, Debug)]
pub struct Document {
    /// What sort of document it is.
    pub sort: &'static str,
    /// The end of its file's name, after the dot.
    pub suffix: &'static str,
    /// Its text.
    pub text: String,
    /// Every place of personal data, in order.
    pub labels: Vec<Label>,
    /// How many people it exposes.
    pub persons: usize,
}

/// A document that is being written.
#[derive(Default)]
pub(crate) struct Page {
    text: String,
    labels: Vec<Label>,
    persons: usize,
}

impl Page {
    /// Writes what is nobody's.
    pub(crate) fn say(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Writes a line of what is nobody's.
    pub(crate) fn line(&mut self, text: &str) -> &mut Self {
        self.say(text).say("\n")
    }

    /// Begins the next person.
    pub(crate) fn person(&mut self) -> &mut Self {
        self.persons += 1;
        self
    }

    /// Writes a value of the person begun last; an empty one has no place.
    pub(crate) fn tell(&mut self, kind: Kind, value: &str) -> &mut Self {
        self.place(kind, value, false)
    }

    /// Writes a value of which the document shows a part only.
    pub(crate) fn tell_masked(&mut self, kind: Kind, value: &str) -> &mut Self {
        self.place(kind, value, true)
    }

    /// Writes what counts neither way.
    pub(crate) fn either(&mut self, value: &str) -> &mut Self {
        self.place(EITHER, value, false)
    }

    fn place(&mut self, kind: Kind, value: &str, masked: bool) -> &mut Self {
        let start = self.text.len();
        self.text.push_str(value);
        if !value.is_empty() {
            let person = self.persons.saturating_sub(1);
            self.labels.push(Label {
                kind: kind.into(),
                start,
                end: self.text.len(),
                person,
                masked,
            });
        }
        self
    }

    /// The document, of this sort.
    pub(crate) fn done(self, sort: &'static str, suffix: &'static str) -> Document {
        let Self { text, labels, persons } = self;
        Document { sort, suffix, text, labels, persons }
    }
}

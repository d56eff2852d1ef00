//! What the elements of office documents do to the text in them.

use super::super::{
    flow::{Flow, Role},
    trace::Traced,
    xml,
};

/// Empty cells that are written for one that says how often it comes again.
const MOST_REPEATED: usize = 256;

/// Text with its tables, on its way to a page.
pub(super) struct Writer {
    pub(super) flow: Flow,
    /// How many elements are open whose text counts, where only some do.
    within: usize,
    /// Whether text counts in some elements only.
    marked: bool,
    /// What the open cell stands for, and how often it comes.
    value: Option<String>,
    repeated: usize,
    empty: bool,
}

impl Writer {
    /// An empty one, of a limit of bytes.
    pub(super) fn new(limit: usize) -> Self {
        let flow = Flow::new(limit);
        Self { flow, within: 0, marked: false, value: None, repeated: 1, empty: true }
    }

    /// Takes what happens in the text.
    pub(super) fn take(&mut self, token: &xml::Token<'_>) {
        if self.flow.is_full() {
            return;
        }
        match token {
            xml::Token::Open(name, attributes) => self.open(name, attributes),
            xml::Token::Close(name) => self.close(name),
            xml::Token::Text(_) if self.value.is_some() => {}
            xml::Token::Text(text) if !self.marked || self.within > 0 => {
                self.empty = self.empty && text.text().trim().is_empty();
                self.flow.text(*text);
            }
            xml::Token::Text(_) | xml::Token::Comment(_) => {}
        }
    }

    fn open(&mut self, name: &str, attributes: &[(String, Traced)]) {
        let value =
            |name: &str| attributes.iter().find(|(other, _)| other == name).map(|(_, value)| value);
        match name {
            // Of Microsoft's documents only some elements hold text; there may be others beside.
            "document" | "hdr" | "ftr" | "sld" | "notes" | "footnotes" | "endnotes"
            | "comments"
                if attributes.iter().any(|(_, value)| value.contains("openxmlformats")) =>
            {
                self.marked = true;
            }
            "t" | "delText" | "instrText" | "text" => self.within += 1,
            "table-cell" => {
                // What is shown of a number may be rounded; what it is stands beside it.
                self.value =
                    value("value").or_else(|| value("date-value")).map(|value| value.to_string());
                self.repeated =
                    value("number-columns-repeated").and_then(|n| n.parse().ok()).unwrap_or(1);
                self.empty = true;
            }
            "annotation" if self.value.is_some() => {
                self.number();
                self.flow.open(Role::Space);
            }
            _ => {}
        }
        self.flow.open(role(name));
        for label in ["author", "initials", "name", "descr", "title", "string-value"] {
            if let Some(text) = value(label).filter(|_| speaks(name, label)) {
                self.flow.pair("", text);
            }
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "t" | "delText" | "instrText" | "text" => self.within = self.within.saturating_sub(1),
            "table-cell" => self.number(),
            _ => {}
        }
        self.flow.close(role(name));
        if name == "table-cell" && self.empty {
            for _ in 1..self.repeated.min(MOST_REPEATED) {
                self.flow.open(Role::Cell);
                self.flow.close(Role::Cell);
            }
        }
    }

    /// Writes the number of the open cell, if it has one.
    fn number(&mut self) {
        if let Some(value) = self.value.take() {
            self.empty = false;
            self.flow.text(&value);
        }
    }
}

/// Whether an attribute is written by a person: who commented, what is said of a picture.
fn speaks(element: &str, attribute: &str) -> bool {
    match element {
        "comment" | "ins" | "del" | "cmAuthor" | "author" => attribute != "initials",
        "cNvPr" | "docPr" => matches!(attribute, "descr" | "title"),
        _ => false,
    }
}

fn role(name: &str) -> Role {
    match name {
        "p" | "h" | "comment" | "annotation" | "si" | "creator" | "date" | "author" | "cm" => {
            Role::Block
        }
        "br" | "cr" | "line-break" => Role::Break,
        "tab" | "s" | "ptab" => Role::Space,
        "tbl" | "table" => Role::Table,
        "tr" | "table-row" => Role::Row,
        "tc" | "table-cell" | "covered-table-cell" => Role::Cell,
        _ => Role::Inline,
    }
}

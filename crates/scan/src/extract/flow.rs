//! Text with tags, HTML or XML, on its way to a page: paragraphs, tables and what stands in
//! attributes.

use super::{
    grid::{Grid, Page},
    trace::{Piece, Traced},
};

/// What an element does to the text in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Nothing: its text belongs to the line around it.
    Inline,
    /// Its text is a line of its own.
    Block,
    /// The line ends here.
    Break,
    /// A gap between words.
    Space,
    Table,
    Row,
    Cell,
}

/// Tables inside tables that are followed; deeper ones are read as rows of the deepest.
const DEEPEST: usize = 16;

#[derive(Default)]
struct Table {
    grid: Grid,
    row: Vec<Traced>,
    cell: Option<Traced>,
}

/// What is being read.
pub(super) struct Flow {
    page: Page,
    tables: Vec<Table>,
}

impl Flow {
    /// An empty one, of a limit of bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self { page: Page::new(limit), tables: Vec::new() }
    }

    /// An element begins.
    pub(super) fn open(&mut self, role: Role) {
        match role {
            Role::Inline => {}
            Role::Block | Role::Break => self.line(),
            Role::Space => self.gap(" ".into()),
            Role::Table => self.open_table(),
            Role::Row => self.end_row(),
            Role::Cell => {
                self.end_cell();
                match self.tables.last_mut() {
                    Some(table) => table.cell = Some(Traced::default()),
                    None => self.gap(" ".into()),
                }
            }
        }
    }

    /// An element ends.
    pub(super) fn close(&mut self, role: Role) {
        match role {
            Role::Inline | Role::Break | Role::Space => {}
            Role::Block => self.line(),
            Role::Table => self.close_table(),
            Role::Row => self.end_row(),
            Role::Cell => self.end_cell(),
        }
    }

    /// Text, in which white space is no more than a gap.
    pub(super) fn text<'p>(&mut self, piece: impl Into<Piece<'p>>) {
        let piece = piece.into();
        let text = piece.text();
        let mut start = 0;
        while let Some(length) = text[start..].find(char::is_whitespace) {
            let end = start + length;
            self.word(piece.slice(start..end));
            start = text.len() - text[end..].trim_start().len();
            let space = piece.slice(end..start);
            self.gap(if space.text() == " " { space } else { " ".into() });
        }
        self.word(piece.slice(start..text.len()));
    }

    /// A label with its value, on a line of their own.
    pub(super) fn pair<'p>(&mut self, label: impl Into<Piece<'p>>, value: impl Into<Piece<'p>>) {
        match self.tables.last_mut().and_then(|table| table.cell.as_mut()) {
            Some(cell) => {
                cell.push(" ");
                cell.push(value);
            }
            None => self.page.pair(label, value),
        }
    }

    /// What follows is of another record.
    pub(super) fn record(&mut self) {
        if self.tables.is_empty() {
            self.page.record();
        }
    }

    /// Whether no more finds room.
    pub(super) const fn is_full(&self) -> bool {
        self.page.is_full()
    }

    /// Ends all that is open.
    pub(super) fn end(mut self) -> Page {
        while !self.tables.is_empty() {
            self.close_table();
        }
        self.page.line();
        self.page
    }

    fn word(&mut self, word: Piece<'_>) {
        match self.tables.last_mut() {
            Some(Table { cell: Some(cell), .. }) => cell.push(word),
            // What stands in a table and in no cell stands before it in a browser.
            _ => self.page.push(word),
        }
    }

    /// Parts what comes from what was by a space.
    fn gap(&mut self, space: Piece<'_>) {
        match self.tables.last_mut() {
            Some(Table { cell: Some(cell), .. }) if cell.is_empty() || cell.ends_with(' ') => {}
            Some(Table { cell: Some(cell), .. }) => cell.push(space),
            _ if self.page.is_within_line() && !self.page.text().ends_with(' ') => {
                self.page.push(space);
            }
            _ => {}
        }
    }

    /// Parts it by a line's end, or in a cell by a space.
    fn line(&mut self) {
        match self.tables.last_mut() {
            Some(Table { cell: Some(_), .. }) => self.gap(" ".into()),
            _ => self.page.line(),
        }
    }

    /// A table in a cell of another ends the other, which goes on behind it as a new one.
    fn open_table(&mut self) {
        if self.tables.len() >= DEEPEST {
            return self.end_row();
        }
        if let Some(outer) = self.tables.last_mut() {
            outer.row.extend(outer.cell.take());
            let row = std::mem::take(&mut outer.row);
            if row.iter().any(|cell| !cell.trim().is_empty()) {
                outer.grid.row(row, &mut self.page);
            }
            outer.grid.end(&mut self.page);
        }
        self.page.record();
        self.tables.push(Table::default());
    }

    fn close_table(&mut self) {
        self.end_row();
        if let Some(mut table) = self.tables.pop() {
            table.grid.end(&mut self.page);
            self.page.record();
        }
    }

    fn end_row(&mut self) {
        self.end_cell();
        match self.tables.last_mut() {
            Some(table) if !table.row.is_empty() => {
                let mut row = std::mem::take(&mut table.row);
                let used = row.iter().rposition(|cell| !cell.trim().is_empty());
                row.truncate(used.map_or(1, |last| last + 1));
                table.grid.row(row, &mut self.page);
            }
            Some(_) => {}
            None => self.page.line(),
        }
    }

    fn end_cell(&mut self) {
        if let Some(table) = self.tables.last_mut() {
            table.row.extend(table.cell.take());
        }
    }
}

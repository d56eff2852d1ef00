//! Text that is written with rows and records, so that a reader of plain text sees them.

use crate::label::{self, Label, Labels};

/// Rows that are looked at before it is decided whether they are a table or a form.
const LOOKED_AT: usize = 32;
/// Columns that are written of a row.
const WIDEST: usize = 1024;

/// A text that grows up to a limit and then says so.
pub(super) struct Page {
    text: String,
    limit: usize,
    full: bool,
}

impl Page {
    /// An empty one of at most `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self { text: String::new(), limit, full: false }
    }

    /// Adds to it.
    pub(super) fn push(&mut self, text: &str) {
        let room = self.limit - self.text.len();
        if text.len() > room {
            self.full = true;
        }
        self.text.push_str(&text[..crate::weak::floor(text, room)]);
    }

    /// Adds text on one line, runs of space as one.
    pub(super) fn words(&mut self, text: &str) {
        let mut before = "";
        for word in text.split_whitespace() {
            self.push(before);
            self.push(word);
            before = " ";
        }
    }

    /// Ends the line, if one was begun.
    pub(super) fn line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.push("\n");
        }
    }

    /// Ends the record: what follows is parted by an empty line.
    pub(super) fn record(&mut self) {
        self.line();
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.push("\n");
        }
    }

    /// A line of the name of a field, in which signs part words, and its value; none if there is no
    /// value.
    pub(super) fn pair(&mut self, name: &str, value: &str) {
        self.labelled(&name.replace(['_', '-', '.'], " "), value);
    }

    /// A line of a label and its value; none if there is no value.
    pub(super) fn labelled(&mut self, label: &str, value: &str) {
        if value.trim().is_empty() {
            return;
        }
        self.line();
        if !label.is_empty() {
            self.words(label);
            self.push(": ");
        }
        self.words(value);
        self.push("\n");
    }

    /// Whether it ends inside a line.
    pub(super) fn is_within_line(&self) -> bool {
        !self.text.is_empty() && !self.text.ends_with('\n')
    }

    /// Whether something did not find room.
    pub(super) const fn is_full(&self) -> bool {
        self.full
    }

    /// How long it may become.
    pub(super) const fn limit(&self) -> usize {
        self.limit
    }

    /// What was written.
    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

/// Rows on their way to a page: as a table with tabs, or, if its first cells are labels, as a form.
#[derive(Default)]
pub(super) struct Grid {
    held: Vec<Vec<String>>,
    width: usize,
    form: Option<bool>,
}

impl Grid {
    /// Adds a row.
    pub(super) fn row(&mut self, cells: Vec<String>, page: &mut Page) {
        if let Some(form) = self.form {
            return write(&cells, self.width, form, page);
        }
        self.held.push(cells);
        if self.held.len() >= LOOKED_AT {
            self.decide(page);
        }
    }

    /// Ends the table.
    pub(super) fn end(&mut self, page: &mut Page) {
        self.decide(page);
        self.form = None;
    }

    fn decide(&mut self, page: &mut Page) {
        if self.held.is_empty() {
            return;
        }
        let form = is_form(&self.held);
        self.width = self.held.iter().map(Vec::len).max().unwrap_or(0);
        for cells in self.held.drain(..) {
            write(&cells, self.width, form, page);
        }
        self.form = Some(form);
    }
}

/// Whether rows are labels with values beside them, and not values under their labels.
fn is_form(rows: &[Vec<String>]) -> bool {
    let is_full = |cell: &&String| !cell.trim().is_empty();
    let full = || rows.iter().filter(|row| row.iter().any(|cell| is_full(&cell)));
    let labelled = full().filter(|row| row.len() > 1 && is_label(&row[0])).count();
    // A head of labels makes one such row; a form has them all the way down.
    let head = full().next().is_some_and(|row| {
        let labels = row.iter().filter(|cell| is_label(cell)).count();
        labels * 2 > row.iter().filter(is_full).count()
    });
    let least = if head { 2 } else { 1 };
    labelled >= least.max(full().count().div_ceil(2))
}

/// Words that are values, or parts of them, and name none.
const VALUES: Labels = Labels::of(&[
    Label::NamePart,
    Label::Honorific,
    Label::GenderValue,
    Label::ResultValue,
    Label::VaccineValue,
    Label::Years,
]);

/// Whether a cell or a word is a label and no value.
pub(super) fn is_label(cell: &str) -> bool {
    let cell = cell.trim();
    !cell.is_empty()
        && cell.len() <= 120
        && !cell.chars().any(char::is_numeric)
        && !label::set(cell).without(VALUES).is_empty()
}

fn write(cells: &[String], width: usize, form: bool, page: &mut Page) {
    page.line();
    if form {
        return write_form(cells, page);
    }
    for (place, cell) in cells.iter().take(WIDEST).enumerate() {
        page.push(if place > 0 { "\t" } else { "" });
        // A quote would hold the rest of the row together.
        page.words(&cell.replace('"', "'"));
    }
    // Short rows are of the same table as long ones.
    for _ in cells.len()..width.min(WIDEST) {
        page.push("\t");
    }
    page.push("\n");
}

fn write_form(cells: &[String], page: &mut Page) {
    let mut label = "";
    for cell in cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()) {
        let cell_label = cell.trim_end_matches([':', '-', ' ', '।']);
        match (label.is_empty(), is_label(cell)) {
            (true, true) => label = cell_label,
            (false, true) => {
                page.labelled("", label);
                label = cell_label;
            }
            (_, false) => {
                page.labelled(label, cell);
                label = "";
            }
        }
    }
    page.labelled("", label);
}

//! Text that is written with rows and records, so that a reader of plain text sees them.

use super::trace::{Piece, Traced, offset};
use crate::label::{self, Label, Labels};

/// Rows that are looked at before it is decided whether they are a table or a form.
const LOOKED_AT: usize = 32;
/// Columns that are written of a row.
const WIDEST: usize = 1024;

/// A text that grows up to a limit and then says so.
pub(super) struct Page {
    text: Traced,
    limit: usize,
    full: bool,
}

impl Page {
    /// An empty one of at most `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self { text: Traced::default(), limit, full: false }
    }

    /// Adds to it.
    pub(super) fn push<'p>(&mut self, piece: impl Into<Piece<'p>>) {
        let piece = piece.into();
        let room = self.limit - self.text.len();
        if piece.text().len() > room {
            self.full = true;
        }
        self.text.push(piece.slice(0..crate::weak::floor(piece.text(), room)));
    }

    /// Adds text on one line, runs of space as one.
    pub(super) fn words<'p>(&mut self, piece: impl Into<Piece<'p>>) {
        let piece = piece.into();
        let text = piece.text();
        // Words with one space between them are added at once.
        let (mut begun, mut end) = (0, 0);
        for word in text.split_whitespace() {
            let start = offset(text, word).unwrap_or(end);
            if end > 0 && &text[end..start] != " " {
                self.push(piece.slice(begun..end));
                self.push(" ");
                begun = start;
            } else if end == 0 {
                begun = start;
            }
            end = start + word.len();
        }
        self.push(piece.slice(begun..end));
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
    pub(super) fn pair<'p>(&mut self, name: impl Into<Piece<'p>>, value: impl Into<Piece<'p>>) {
        let name = name.into();
        if name.text().contains(['_', '-', '.']) {
            let words = name.text().replace(['_', '-', '.'], " ");
            self.labelled(name.spelt(&words), value);
        } else {
            self.labelled(name, value);
        }
    }

    /// A line of a label and its value; none if there is no value.
    pub(super) fn labelled<'l, 'v>(
        &mut self,
        label: impl Into<Piece<'l>>,
        value: impl Into<Piece<'v>>,
    ) {
        let (label, value) = (label.into(), value.into());
        if value.text().trim().is_empty() {
            return;
        }
        self.line();
        if !label.text().is_empty() {
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
    pub(super) const fn text(&self) -> &Traced {
        &self.text
    }
}

/// Rows on their way to a page: as a table with tabs, or, if its first cells are labels, as a form.
#[derive(Default)]
pub(super) struct Grid {
    held: Vec<Vec<Traced>>,
    width: usize,
    form: Option<bool>,
}

impl Grid {
    /// Adds a row.
    pub(super) fn row<C: Into<Traced>>(&mut self, cells: Vec<C>, page: &mut Page) {
        let cells: Vec<Traced> = cells.into_iter().map(Into::into).collect();
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
fn is_form(rows: &[Vec<Traced>]) -> bool {
    let is_full = |cell: &&Traced| !cell.trim().is_empty();
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

fn write(cells: &[Traced], width: usize, form: bool, page: &mut Page) {
    page.line();
    if form {
        return write_form(cells, page);
    }
    for (place, cell) in cells.iter().take(WIDEST).enumerate() {
        page.push(if place > 0 { "\t" } else { "" });
        if cell.contains('"') {
            // A quote would hold the rest of the row together.
            page.words(Piece::from(cell).spelt(&cell.replace('"', "'")));
        } else {
            page.words(cell);
        }
    }
    // Short rows are of the same table as long ones.
    for _ in cells.len()..width.min(WIDEST) {
        page.push("\t");
    }
    page.push("\n");
}

fn write_form(cells: &[Traced], page: &mut Page) {
    let mut label = Piece::from("");
    let cells = cells.iter().map(|cell| Piece::from(cell).trim());
    for cell in cells.filter(|cell| !cell.text().is_empty()) {
        let cell_label = cell.part(cell.text().trim_end_matches([':', '-', ' ', '।']));
        match (label.text().is_empty(), is_label(cell.text())) {
            (true, true) => label = cell_label,
            (false, true) => {
                page.labelled("", label);
                label = cell_label;
            }
            (_, false) => {
                page.labelled(label, cell);
                label = "".into();
            }
        }
    }
    page.labelled("", label);
}

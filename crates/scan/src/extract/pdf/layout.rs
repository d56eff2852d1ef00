//! Text in the order in which it is read: lines from above, and in tables cells by their columns.

use super::{
    super::grid::{Grid, Page},
    page::{Drawn, Span},
};

/// Gaps in heights of a line. Words are parted by a third of one, and by more only where a line is
/// stretched to its margin: a gap is one between cells if it is wide, or if it goes on through the
/// rows above and below.
const NARROW: f32 = 0.45;
const WIDE: f32 = 0.9;
/// How far apart rows of one table are, in heights of a line.
const FARTHEST: f32 = 5.0;
/// Cells of a row; one that has more is no row.
const WIDEST: usize = 512;
/// Rows that are set as one table.
const LONGEST_TABLE: usize = 256;

/// A piece of a line that a gap parts from others.
struct Cell {
    from: f32,
    to: f32,
    text: String,
    /// Whether the gap before it is a wide one.
    apart: bool,
}

/// What stands on one height.
struct Line {
    y: f32,
    size: f32,
    cells: Vec<Cell>,
}

/// The text of a page.
pub(super) fn text(drawn: Drawn, limit: usize) -> Page {
    let mut page = Page::new(limit);
    let mut spans = drawn.spans;
    for turn in 0..4 {
        let (of_turn, rest) = spans.into_iter().partition(|span| span.turn == turn);
        spans = rest;
        set(lines(of_turn), &mut page);
    }
    page
}

/// Parts spans into lines, each in order from the left, and each line into cells.
fn lines(mut spans: Vec<Span>) -> Vec<Line> {
    // Stable: what stands at one place, as letters drawn twice, stays in its order.
    spans.sort_by(|one, other| other.y.total_cmp(&one.y));
    let mut lines: Vec<(f32, f32, Vec<Span>)> = Vec::new();
    for span in spans {
        match lines.last_mut() {
            // An index or a date that is set a little higher is of the same line.
            Some((y, _, line)) if (*y - span.y).abs() <= span.size * 0.4 => line.push(span),
            _ => lines.push((span.y, span.size, vec![span])),
        }
    }
    let line = |(y, size, spans)| Line { y, size, cells: cells(spans) };
    lines.into_iter().map(line).filter(|line| !line.cells.is_empty()).collect()
}

fn cells(mut line: Vec<Span>) -> Vec<Cell> {
    line.sort_by(|one, other| one.from.total_cmp(&other.from));
    let mut cells: Vec<Cell> = Vec::new();
    for span in line {
        let gap = cells.last().map_or(f32::INFINITY, |cell| (span.from - cell.to) / span.size);
        match cells.last_mut() {
            // The rest of a stretch whose text was told where it began.
            Some(cell) if span.text.is_empty() => cell.to = cell.to.max(span.to),
            // A shadow: the same text drawn again where it stands, to make it bold.
            Some(cell)
                if gap < -0.3
                    && span.to <= cell.to + span.size * 0.3
                    && cell.text.ends_with(span.text.trim_end()) => {}
            Some(cell) if gap < NARROW => {
                if gap > 0.18 && !cell.text.ends_with(' ') && !span.text.starts_with(' ') {
                    cell.text.push(' ');
                }
                cell.text.push_str(&span.text);
                cell.to = cell.to.max(span.to);
            }
            _ if span.text.trim().is_empty() => {}
            _ => {
                let Span { from, to, text, .. } = span;
                cells.push(Cell { from, to, text, apart: gap > WIDE });
            }
        }
    }
    for cell in &mut cells {
        cell.text = settled(cell.text.trim());
    }
    cells.retain(|cell| !cell.text.is_empty());
    cells
}

/// Writes lines; those whose cells stand under each other are a table.
fn set(lines: Vec<Line>, page: &mut Page) {
    let mut table = Table::default();
    for line in lines {
        if let Err(line) = table.add(line) {
            std::mem::take(&mut table).write(page);
            if let Err(line) = table.add(line) {
                page.pair("", &joined(line.cells).join(" "));
            }
        }
    }
    table.write(page);
}

/// Rows so far.
#[derive(Default)]
struct Table {
    rows: Vec<Vec<Cell>>,
    /// Where something stands in any row.
    columns: Vec<(f32, f32)>,
    /// Most cells of a row by its wide gaps.
    most: usize,
    y: f32,
}

impl Table {
    /// Adds a line, or gives it back if it is not of this table.
    fn add(&mut self, line: Line) -> Result<(), Line> {
        let wide = wide_cells(&line.cells);
        let columns = merged(&self.columns, &line.cells);
        let fits = if self.rows.is_empty() {
            wide > 1
        } else {
            let near = self.y - line.y <= line.size * FARTHEST;
            // A line of words must not go over what parts columns.
            let least = if wide > 1 { self.most.max(wide) } else { self.columns.len() };
            near && line.cells.len() > 1
                && columns.len() >= least
                && self.rows.len() < LONGEST_TABLE
        };
        if !fits || line.cells.len() > WIDEST {
            return Err(line);
        }
        self.columns = columns;
        self.most = self.most.max(wide);
        self.y = line.y;
        self.rows.push(line.cells);
        Ok(())
    }

    fn write(self, page: &mut Page) {
        let mut grid = Grid::default();
        let alone = self.rows.len() == 1;
        for row in self.rows {
            grid.row(if alone { joined(row) } else { placed(row, &self.columns) }, page);
        }
        grid.end(page);
    }
}

/// How many cells a row has by its wide gaps.
fn wide_cells(row: &[Cell]) -> usize {
    1 + row.iter().skip(1).filter(|cell| cell.apart).count()
}

/// Columns with the cells of one more row.
fn merged(columns: &[(f32, f32)], row: &[Cell]) -> Vec<(f32, f32)> {
    let cells = row.iter().map(|cell| (cell.from, cell.to));
    let mut places: Vec<_> = columns.iter().copied().chain(cells).collect();
    places.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut merged: Vec<(f32, f32)> = Vec::new();
    for (from, to) in places {
        match merged.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => merged.push((from, to)),
        }
    }
    merged
}

/// The cells of a row, each in its column.
fn placed(row: Vec<Cell>, columns: &[(f32, f32)]) -> Vec<String> {
    let mut cells = vec![String::new(); columns.len()];
    for cell in row {
        let place = columns.iter().position(|column| cell.to <= column.1);
        append(&mut cells[place.unwrap_or(columns.len() - 1)], &cell.text);
    }
    cells
}

/// The cells of a row, by its wide gaps.
fn joined(row: Vec<Cell>) -> Vec<String> {
    let mut cells: Vec<String> = Vec::new();
    for cell in row {
        match cells.last_mut() {
            Some(last) if !cell.apart => append(last, &cell.text),
            _ => cells.push(cell.text),
        }
    }
    cells
}

fn append(cell: &mut String, text: &str) {
    if !cell.is_empty() {
        cell.push(' ');
    }
    cell.push_str(text);
}

/// Devanagari as it is spoken: some programs write the short *i* where it is drawn, before its
/// syllable. In text it never begins a word.
fn settled(text: &str) -> String {
    const SHORT_I: char = 'ि';
    if !text.contains(SHORT_I) {
        return text.to_owned();
    }
    let letters: Vec<char> = text.chars().collect();
    let is_consonant =
        |c: Option<&char>| matches!(c, Some('क'..='ह' | '\u{958}'..='\u{95f}' | '\u{93c}'));
    let mut settled = String::with_capacity(text.len());
    let mut at = 0;
    while at < letters.len() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let drawn =
            letters[at] == SHORT_I && !is_consonant(before) && is_consonant(letters.get(at + 1));
        if !drawn {
            settled.push(letters[at]);
            at += 1;
            continue;
        }
        at += 1;
        loop {
            settled.push(letters[at]);
            at += 1;
            let joined = letters.get(at) == Some(&'्') && is_consonant(letters.get(at + 1));
            if joined {
                settled.push(letters[at]);
                at += 1;
            } else if letters.get(at) != Some(&'\u{93c}') {
                break;
            }
        }
        settled.push(SHORT_I);
    }
    settled
}

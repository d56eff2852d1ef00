//! Text in the order in which it is read: lines from above, and in tables cells by their columns.

use super::{
    super::grid::{Grid, Page},
    page::{Drawn, Span},
};

/// Rows that are set as one table.
const LONGEST_TABLE: usize = 256;

/// A piece of a line that a wide gap parts from others.
struct Cell {
    from: f32,
    to: f32,
    text: String,
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
fn lines(mut spans: Vec<Span>) -> Vec<Vec<Cell>> {
    // Stable: what stands at one place, as letters drawn twice, stays in its order.
    spans.sort_by(|one, other| other.y.total_cmp(&one.y));
    let mut lines: Vec<Vec<Span>> = Vec::new();
    let mut base = f32::INFINITY;
    for span in spans {
        // An index or a date that is set a little higher is of the same line.
        let near = (base - span.y).abs() <= span.size * 0.4;
        match lines.last_mut() {
            Some(line) if near => line.push(span),
            _ => {
                base = span.y;
                lines.push(vec![span]);
            }
        }
    }
    lines.into_iter().map(cells).filter(|line| !line.is_empty()).collect()
}

fn cells(mut line: Vec<Span>) -> Vec<Cell> {
    line.sort_by(|one, other| one.from.total_cmp(&other.from));
    let mut cells: Vec<Cell> = Vec::new();
    for span in line {
        match cells.last_mut() {
            // The rest of a stretch whose text was told where it began.
            Some(cell) if span.text.is_empty() => cell.to = cell.to.max(span.to),
            // A shadow: the same text drawn again where it stands, to make it bold.
            Some(cell)
                if span.from < cell.to - span.size * 0.3
                    && span.to <= cell.to + span.size * 0.3
                    && cell.text.ends_with(span.text.trim_end()) => {}
            Some(cell) if span.from - cell.to < span.size * 1.5 => {
                let apart = span.from - cell.to > span.size * 0.18;
                if apart && !cell.text.ends_with(' ') && !span.text.starts_with(' ') {
                    cell.text.push(' ');
                }
                cell.text.push_str(&span.text);
                cell.to = cell.to.max(span.to);
            }
            _ if span.text.trim().is_empty() => {}
            _ => cells.push(Cell { from: span.from, to: span.to, text: span.text }),
        }
    }
    for cell in &mut cells {
        cell.text = settled(cell.text.trim());
    }
    cells.retain(|cell| !cell.text.is_empty());
    cells
}

/// Writes lines; those of more than one cell that follow each other are a table.
fn set(lines: Vec<Vec<Cell>>, page: &mut Page) {
    let mut table = Vec::new();
    for line in lines {
        if line.len() == 1 || table.len() >= LONGEST_TABLE {
            set_table(std::mem::take(&mut table), page);
        }
        if line.len() == 1 {
            page.pair("", &line[0].text);
        } else {
            table.push(line);
        }
    }
    set_table(table, page);
}

fn set_table(rows: Vec<Vec<Cell>>, page: &mut Page) {
    let columns = columns(&rows);
    let mut grid = Grid::default();
    for row in rows {
        let cells = match &columns {
            Some(columns) => {
                let mut cells = vec![String::new(); columns.len()];
                for cell in row {
                    let middle = f32::midpoint(cell.from, cell.to);
                    let place = columns.iter().position(|column| middle <= column.1);
                    let into = &mut cells[place.unwrap_or(columns.len() - 1)];
                    if !into.is_empty() {
                        into.push(' ');
                    }
                    into.push_str(&cell.text);
                }
                cells
            }
            None => row.into_iter().map(|cell| cell.text).collect(),
        };
        grid.row(cells, page);
    }
    grid.end(page);
}

/// The columns of a table, if its cells stand in columns: no row has more cells than there are.
fn columns(rows: &[Vec<Cell>]) -> Option<Vec<(f32, f32)>> {
    let mut places: Vec<_> = rows.iter().flatten().map(|cell| (cell.from, cell.to)).collect();
    places.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut columns: Vec<(f32, f32)> = Vec::new();
    for (from, to) in places {
        match columns.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => columns.push((from, to)),
        }
    }
    let most = rows.iter().map(Vec::len).max()?;
    (rows.len() > 1 && columns.len() >= most).then_some(columns)
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

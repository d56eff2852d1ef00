//! Tables in text whose cells are parted in a way that has to be undone: cells with line breaks,
//! separators that few use, single quotes.

use csv_core::ReadFieldResult;

use super::{
    Work,
    grid::{Grid, Page},
    trace::{Piece, Traced},
};

/// Separators that are understood without this.
const COMMON: [u8; 4] = *b",;\t|";
/// Separators that are not.
const RARE: [u8; 6] = *b"^~\x01\x1f\x1e:";
/// How much of a text is asked, in bytes and in lines.
const HEAD: usize = 1 << 16;
const LINES: usize = 50;

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    separator: u8,
    quote: u8,
}

/// The dialect of a table that has to be rewritten, if the text is one.
pub(super) fn recognise(text: &str) -> Option<Dialect> {
    let head = &text[..crate::weak::floor(text, HEAD)];
    let common = COMMON.into_iter().find(|byte| is_parted_by(head, *byte));
    if let Some(separator) = common {
        let single = is_quoted(head, separator);
        let quote = if single { b'\'' } else { b'"' };
        return (single || has_breaks(head, separator)).then_some(Dialect { separator, quote });
    }
    let separator = RARE.into_iter().find(|byte| is_parted_by(head, *byte))?;
    Some(Dialect { separator, quote: b'"' })
}

/// Whether lines have one and the same number of a separator, more than once (a colon: more than
/// twice, as times of day have them).
fn is_parted_by(head: &str, separator: u8) -> bool {
    let count = |line: &str| memchr::memchr_iter(separator, line.as_bytes()).count();
    let lines = || head.lines().filter(|line| !line.trim().is_empty()).take(LINES);
    let Some(first) = lines().next().map(count) else { return false };
    let least = if separator == b':' { 3 } else { 1 };
    let all = lines().count();
    let alike = lines().filter(|line| count(line) == first).count();
    // A cell with a line break, or a separator in quotes, makes some lines different.
    let needed = if COMMON.contains(&separator) { all.div_ceil(2) } else { all };
    first >= least && all >= 2 && alike >= needed.max(2)
}

/// Whether a quoted cell goes over the end of its line.
fn has_breaks(head: &str, separator: u8) -> bool {
    if !head.contains('"') {
        return false;
    }
    let mut quoted = false;
    for line in head.lines() {
        let cells = line.split(char::from(separator)).map(str::trim);
        // Only a quote where a cell begins opens one: inches and seconds have quotes too.
        let opens = cells.filter(|cell| cell.starts_with('"')).count() > 0;
        let odd = line.matches('"').count() % 2 == 1;
        if quoted && odd {
            return true;
        }
        quoted = (quoted && !odd) || (opens && odd);
    }
    false
}

/// Whether cells stand in single quotes.
fn is_quoted(head: &str, separator: u8) -> bool {
    let (mut all, mut quoted) = (0, 0);
    for cell in head.lines().take(LINES).flat_map(|line| line.split(char::from(separator))) {
        let cell = cell.trim();
        all += 1;
        quoted += usize::from(cell.len() >= 2 && cell.starts_with('\'') && cell.ends_with('\''));
    }
    quoted * 2 > all
}

/// Rewrites a table with tabs.
pub(super) fn read(work: &mut Work<'_>, text: &str, dialect: Dialect) {
    let mut cells = Cells::new(text, dialect);
    let (mut page, mut grid) = (Page::new(work.limits.text), Grid::default());
    while let Some(row) = cells.row() {
        if page.is_full() {
            break;
        }
        grid.row(row, &mut page);
    }
    grid.end(&mut page);
    work.finish(&page);
}

/// The cells of a table, from a place on.
struct Cells<'t> {
    text: &'t str,
    at: usize,
    reader: csv_core::Reader,
    quote: char,
    /// Room for a cell.
    cell: Vec<u8>,
}

impl<'t> Cells<'t> {
    fn new(text: &'t str, dialect: Dialect) -> Self {
        let Dialect { separator, quote } = dialect;
        let reader = csv_core::ReaderBuilder::new().delimiter(separator).quote(quote).build();
        Self { text, at: 0, reader, quote: char::from(quote), cell: vec![0; 1 << 10] }
    }

    /// The next row, if there is one.
    fn row(&mut self) -> Option<Vec<Traced>> {
        let mut row = Vec::new();
        loop {
            let start = self.at;
            let mut length = 0;
            let ends = loop {
                let input = &self.text.as_bytes()[self.at..];
                let (result, read, written) =
                    self.reader.read_field(input, &mut self.cell[length..]);
                self.at += read;
                length += written;
                match result {
                    ReadFieldResult::OutputFull => self.cell.resize(self.cell.len() * 2, 0),
                    // All was given: the next call ends the last cell.
                    ReadFieldResult::InputEmpty => {}
                    ReadFieldResult::Field { record_end } => break record_end,
                    ReadFieldResult::End => return (!row.is_empty()).then_some(row),
                }
            };
            let value = String::from_utf8_lossy(&self.cell[..length]);
            row.push(self.traced(start, &value));
            if ends {
                return Some(row);
            }
        }
    }

    /// A cell that was written from `start` on up to here.
    fn traced(&self, start: usize, value: &str) -> Traced {
        let written = &self.text[start..self.at];
        let mut traced = Traced::default();
        // Line breaks that end the row before stand at the beginning.
        let lines = written.len() - written.trim_start_matches(['\r', '\n']).len();
        let Some(body) = written[lines..].strip_prefix(self.quote) else {
            let from = start + written.find(value).unwrap_or(lines);
            traced.push(Piece::at(value, from));
            return traced;
        };
        let (mut from, mut rest, mut told) = (start + lines + 1, body, 0);
        while told < value.len() && !rest.is_empty() {
            let plain = rest.find(self.quote).unwrap_or(rest.len()).min(value.len() - told);
            traced.push(Piece::at(&rest[..plain], from));
            told += plain;
            let left = &value[told..];
            let doubled = rest[plain..].chars().take(2).filter(|c| *c == self.quote).count() == 2;
            let doubled = doubled && left.starts_with(self.quote);
            if doubled {
                traced.push_for(&left[..1], from + plain..from + plain + 2);
                told += 1;
            }
            // A quote that closes is no part of the cell; what may stand behind it is.
            let over = (plain + if doubled { 2 } else { 1 }).min(rest.len());
            (from, rest) = (from + over, rest.get(over..).unwrap_or_default());
        }
        if *traced != *value {
            traced = Traced::default();
            traced.push_for(value, start..self.at);
        }
        traced
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_of_a_cell_stands_where_it_is_written() {
        let text = "\r\n\"a\"\"b\"\"\",c\"d,\"\"\r\n\"e\"f,\"\"\"g\",h\n";
        let mut cells = Cells::new(text, Dialect { separator: b',', quote: b'"' });
        let mut read = String::new();
        while let Some(row) = cells.row() {
            for cell in row {
                for (at, letter) in cell.char_indices() {
                    let place = Piece::from(&cell).slice(at..at + 1).place(0..1).unwrap();
                    assert!(text[place.clone()].starts_with(letter));
                    read.push_str(&text[place]);
                }
                read.push('|');
            }
        }
        assert_eq!(read, "a\"\"b\"\"|c\"d||ef|\"\"g|h|");
    }
}

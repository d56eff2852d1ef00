//! A specimen in pieces, as a process that opens strangers' files tells it to one that does not: each
//! piece is small, and one that does not fit what came before is left out.

use scan::extract::{Limits, Take, Unread, document};
use serde::{Deserialize, Serialize};

use super::{Specimen, Table, column::Column, rows::Rows};

/// About how long the cells of a piece are at most, in bytes. No value of a person is longer than a row
/// may be: what is beyond is cut off.
const LONGEST: usize = 1 << 16;
/// What a cell takes beside its text.
const BESIDE: usize = 3;

/// A piece of a specimen.
///
/// # Privacy
///
/// Its cells are personal data: it has no Debug.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Piece {
    /// A table begins.
    Table {
        /// Its columns.
        columns: Vec<Column>,
        /// Whether its first row names them.
        headed: bool,
    },
    /// Rows of the table that was begun.
    Rows(Vec<Vec<String>>),
    /// The table is whole.
    End,
    /// A part that holds text and no such table.
    Other,
    /// A part was not read, and why: one of the reasons of the scanner.
    Unread(String),
}

/// Reads a file of any kind that the scanner reads, and tells what is in it, part by part.
pub fn tell(bytes: &[u8], say: &mut dyn FnMut(Piece)) {
    document(bytes, Limits::default(), &mut Teller(say));
}

struct Teller<'s>(&'s mut dyn FnMut(Piece));

impl Take for Teller<'_> {
    fn part(&mut self, path: &str, text: &str) {
        let mut specimen = Specimen::default();
        specimen.part(path, text);
        for table in &specimen.tables {
            table.tell(self.0);
        }
        for _ in 0..specimen.other_parts {
            (self.0)(Piece::Other);
        }
    }

    fn unread(&mut self, _: &str, why: Unread) {
        (self.0)(Piece::Unread(why.as_str().to_owned()));
    }
}

impl Table {
    fn tell(&self, say: &mut dyn FnMut(Piece)) {
        say(Piece::Table { columns: self.columns.clone(), headed: self.first > 0 });
        let (mut rows, mut long) = (Vec::new(), 0);
        for row in 0..self.rows.len() {
            let mut left = LONGEST;
            let cells = self.rows.row(row).map_while(|cell| {
                let cell = cut(cell, left.checked_sub(BESIDE)?);
                left -= cell.len() + BESIDE;
                Some(cell.to_owned())
            });
            rows.push(cells.collect::<Vec<_>>());
            long += LONGEST - left;
            if long > LONGEST {
                say(Piece::Rows(std::mem::take(&mut rows)));
                long = 0;
            }
        }
        say(Piece::Rows(rows));
        say(Piece::End);
    }
}

/// A text, no longer than so many bytes.
fn cut(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// A specimen that is told.
#[derive(Default)]
pub struct Hearing {
    heard: Specimen,
    table: Option<Table>,
}

impl Hearing {
    /// Takes the next piece.
    pub fn hear(&mut self, piece: Piece) {
        match piece {
            Piece::Table { columns, headed } => {
                let first = usize::from(headed);
                self.table = Some(Table { columns, rows: Rows::default(), first });
            }
            Piece::Rows(rows) => {
                if let Some(table) = &mut self.table {
                    for row in &rows {
                        table.rows.push(row.iter().map(String::as_str));
                    }
                }
            }
            Piece::End => {
                let table = self.table.take();
                let whole = table.filter(|table| table.rows.len() > table.first);
                self.heard.tables.extend(whole);
            }
            Piece::Other => self.heard.other_parts += 1,
            Piece::Unread(why) => {
                let why = Unread::ALL.iter().find(|one| one.as_str() == why);
                self.unread(why.copied().unwrap_or(Unread::Malformed));
            }
        }
    }

    /// A part was not read, or not to its end.
    pub fn unread(&mut self, why: Unread) {
        self.heard.unread.push(why);
    }

    /// What was heard. A table that did not come to its end is left out.
    pub fn end(self) -> Specimen {
        self.heard
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    fn heard(bytes: &[u8]) -> Specimen {
        let mut hearing = Hearing::default();
        tell(bytes, &mut |piece| {
            let line = serde_json::to_string(&piece).unwrap();
            assert!(line.len() < 1 << 20, "{} bytes", line.len());
            hearing.hear(serde_json::from_str(&line).unwrap());
        });
        hearing.end()
    }

    #[test]
    fn what_is_told_is_what_would_have_been_read() {
        let mut text = "name,phone,age,sex,result\n".to_owned();
        for number in 0..5_000 {
            writeln!(text, "Asha Devi,98290{number:05},45,F,").unwrap();
        }
        for bytes in [text.as_bytes(), b"We sell everything.", b"PK\x03\x04 and no more"] {
            let (there, here) = (heard(bytes), Specimen::read(bytes));
            assert_eq!(there.rows(), here.rows());
            assert_eq!((there.other_parts, &there.unread), (here.other_parts, &here.unread));
            for (one, other) in there.tables.iter().zip(&here.tables) {
                assert_eq!(one.columns, other.columns);
                let cells = |table: &Table, row| -> Vec<String> {
                    table.rows.row(row).map(str::to_owned).collect()
                };
                assert!((0..one.rows.len()).all(|row| cells(one, row) == cells(other, row)));
            }
        }
    }

    #[test]
    fn a_row_without_end_is_cut_off() {
        let long =
            format!("name,phone\nAsha Devi,9829011223\n{},9829011224\n", "\u{1}".repeat(1 << 20));
        assert_eq!(
            heard(long.as_bytes()).tables.len(),
            Specimen::read(long.as_bytes()).tables.len()
        );
    }

    #[test]
    fn pieces_out_of_order_are_no_table() {
        let mut hearing = Hearing::default();
        hearing.hear(Piece::Rows(vec![vec!["a".to_owned()]]));
        hearing.hear(Piece::End);
        hearing.hear(Piece::Table { columns: Vec::new(), headed: true });
        hearing.hear(Piece::End);
        hearing.hear(Piece::Table { columns: Vec::new(), headed: false });
        hearing.hear(Piece::Rows(vec![vec!["a".to_owned()]]));
        hearing.hear(Piece::Unread("something else".to_owned()));
        let specimen = hearing.end();
        assert!(specimen.tables.is_empty());
        assert_eq!(specimen.unread, [Unread::Malformed]);
    }
}

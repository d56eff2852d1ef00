//! A table with a header, from CSV or XLSX.

use domain::manifest::shape::Shape;

use super::workbook;

/// The largest file that is read.
///
/// # Units
///
/// Bytes: 256 MiB.
pub const MOST_BYTES: usize = 256 << 20;
/// The most rows that are read: India's post offices a few times over.
pub const MOST_ROWS: usize = 2_000_000;

/// Why a file is no table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Too large.
    #[error("the file is too large; split it")]
    TooLarge,
    /// Not UTF-8.
    #[error("the file is not UTF-8 text; save it as CSV UTF-8 or as XLSX")]
    NotText,
    /// Rows and header do not fit.
    #[error("line {line} does not have as many columns as the header")]
    Ragged {
        /// Which line.
        line: u64,
    },
    /// Nothing in it.
    #[error("the file has no header row")]
    Empty,
    /// Not a workbook.
    #[error("the workbook cannot be read")]
    Workbook,
    /// The columns are not those of a known form.
    #[error("the columns are not those of a known form; expected {0}")]
    Columns(&'static str),
}

/// A table with a header.
pub struct Table {
    pub(super) header: Vec<String>,
    pub(super) cells: Vec<Vec<String>>,
    /// Where each row stands in the file, counted from 1.
    pub(super) numbers: Vec<usize>,
}

/// A row of a table, of which only the columns can be read that the data manifest lists.
pub struct Row<'a> {
    /// Its place in the file, counted from 1 with the header.
    pub number: usize,
    table: &'a Table,
    listed: &'static Shape,
    cells: &'a [String],
}

impl Table {
    /// Reads a file; what it is shows in its first bytes.
    ///
    /// # Errors
    ///
    /// [`Unreadable`].
    pub fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        if bytes.len() > MOST_BYTES {
            return Err(Unreadable::TooLarge);
        }
        let table = if bytes.starts_with(b"PK\x03\x04") {
            workbook::read(bytes)?
        } else {
            separated(bytes)?
        };
        if table.header.iter().all(String::is_empty) {
            return Err(Unreadable::Empty);
        }
        Ok(table)
    }

    /// The header, in the plain form: small letters, one underscore between words.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// Whether it has all of these columns.
    pub fn has(&self, columns: &[&str]) -> bool {
        columns.iter().all(|column| self.header.iter().any(|held| held == column))
    }

    /// How many rows it has.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Its rows that are not blank, of which the listed columns can be read and no other.
    pub fn rows(&self, listed: &'static Shape) -> impl Iterator<Item = Row<'_>> {
        let numbered = self.cells.iter().zip(&self.numbers);
        numbered
            .filter(|(cells, _)| cells.iter().any(|cell| !cell.is_empty()))
            .map(move |(cells, number)| Row { number: *number, table: self, listed, cells })
    }

    /// Its columns that are not listed, in the order of the file.
    pub fn unlisted(&self, listed: &'static Shape) -> impl Iterator<Item = &String> {
        self.header.iter().filter(move |column| !listed.has(column))
    }
}

impl Row<'_> {
    /// The cell of the first of these columns that the table has; empty if none, or if the data
    /// manifest does not list it: what is not collected cannot get into a record.
    pub fn cell(&self, columns: &[&str]) -> &str {
        let place = columns
            .iter()
            .filter(|column| self.listed.has(column))
            .find_map(|column| self.table.header.iter().position(|held| held == column));
        place.and_then(|place| self.cells.get(place)).map_or("", String::as_str)
    }

    /// A cell read as something else.
    ///
    /// # Errors
    ///
    /// The column and what is expected, if it cannot be.
    pub fn read<T>(
        &self,
        column: &str,
        expected: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, (String, String)> {
        read(self.cell(&[column])).ok_or_else(|| (column.to_owned(), expected.to_owned()))
    }
}

/// A column's name in the plain form.
pub(super) fn plain(name: &str) -> String {
    let words = name.trim_start_matches('\u{feff}').split(|c: char| !c.is_alphanumeric());
    let words: Vec<_> = words.filter(|w| !w.is_empty()).map(str::to_lowercase).collect();
    words.join("_")
}

fn separated(bytes: &[u8]) -> Result<Table, Unreadable> {
    std::str::from_utf8(bytes).map_err(|_| Unreadable::NotText)?;
    let first_line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let first_line = String::from_utf8_lossy(first_line);
    let count = |wanted: u8| first_line.matches(char::from(wanted)).count();
    let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|d| (count(*d), *d == b','));
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter.unwrap_or(b','))
        .trim(csv::Trim::All)
        .from_reader(bytes);
    let header = reader.headers().map_err(|_| Unreadable::Empty)?;
    let header: Vec<_> = header.iter().map(plain).collect();
    let (mut cells, mut numbers) = (Vec::new(), Vec::new());
    let mut lines = Lines { bytes, at: 0, line: 1 };
    for record in reader.records() {
        let record = record.map_err(|error| Unreadable::Ragged {
            line: error.position().map_or(0, |at| lines.of(at.byte())),
        })?;
        let line = record.position().map_or(0, |at| lines.of(at.byte()));
        numbers.push(usize::try_from(line).unwrap_or(usize::MAX));
        if cells.len() >= MOST_ROWS {
            return Err(Unreadable::TooLarge);
        }
        cells.push(record.iter().map(str::to_owned).collect());
    }
    Ok(Table { header, cells, numbers })
}

/// Lines of a text by their place in it, asked for in order. Empty lines count, as they do to
/// whoever looks for a row in an editor or a sheet; the reader of records leaves them out.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the first sign from a place on that does not end a line.
    fn of(&mut self, place: u64) -> u64 {
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        while let Some(byte) = self.bytes.get(self.at) {
            if self.at >= place && !matches!(byte, b'\n' | b'\r') {
                break;
            }
            self.line += u64::from(*byte == b'\n');
            self.at += 1;
        }
        self.line
    }
}

#[cfg(test)]
mod tests {
    use domain::manifest::IMPORTS;

    use super::*;

    fn places() -> &'static Shape {
        IMPORTS.shape("places").unwrap()
    }

    #[test]
    fn a_column_that_the_manifest_does_not_list_cannot_be_read() {
        let table = Table::read(b"state_name,address\nGoa,12 Some Street\n").unwrap();
        let row = table.rows(places()).next().unwrap();
        assert_eq!((row.cell(&["state_name"]), row.cell(&["address"])), ("Goa", ""));
        assert!(
            row.read("address", "an address", |cell| (!cell.is_empty()).then_some(())).is_err()
        );
        assert_eq!(table.unlisted(places()).collect::<Vec<_>>(), ["address"]);
        // Where it is listed, it is read.
        let facilities = IMPORTS.shape("facilities").unwrap();
        assert_eq!(table.rows(facilities).next().unwrap().cell(&["address"]), "12 Some Street");
    }

    #[test]
    fn headers_are_plain_and_quoting_is_understood() {
        let bytes =
            "\u{feff}\"State Code\",\"State Name\"\n35,\"Andaman, \"\"and\"\" Nicobar\"\n\n";
        let table = Table::read(bytes.as_bytes()).unwrap();
        assert_eq!(table.header(), ["state_code", "state_name"]);
        let row = table.rows(places()).next().unwrap();
        assert_eq!((row.number, row.cell(&["state_name"])), (2, "Andaman, \"and\" Nicobar"));
    }

    #[test]
    fn a_row_has_the_number_that_an_editor_shows() {
        let table = Table::read(b"a,b\r\n1,2\r\n\r\n\n\"3\n\",4\n,\n5,6\n").unwrap();
        let numbers: Vec<_> = table.rows(places()).map(|row| row.number).collect();
        assert_eq!(numbers, [2, 5, 8]);
    }

    #[test]
    fn what_is_no_table_is_said_precisely() {
        assert_eq!(Table::read(b"").err(), Some(Unreadable::Empty));
        assert_eq!(Table::read(b"a,b\n1\n").err(), Some(Unreadable::Ragged { line: 2 }));
        assert_eq!(Table::read(b"a,b\n\xff,2\n").err(), Some(Unreadable::NotText));
        assert_eq!(Table::read(b"PK\x03\x04junk").err(), Some(Unreadable::Workbook));
    }
}

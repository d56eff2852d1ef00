//! Files into records: CSV and XLSX, a precise error for each row that cannot be used, and
//! nothing half-imported. Reading is here; writing is one call of the platform, made only when
//! every row is good.

pub mod places;
pub mod records;
pub mod table;
mod workbook;

use domain::manifest::{IMPORTS, shape::Shape};
pub use table::{Table, Unreadable};

/// Parts of the names of columns that lists of people often have and that this platform does not
/// collect: the report names them. A column of another name may itself hold something of a person, so
/// the report only says that there was one.
const NOT_COLLECTED: [&str; 9] =
    ["address", "result", "test", "rtpcr", "rt_pcr", "income", "caste", "religion", "email"];

/// What the data manifest lists of a kind of file.
///
/// # Panics
///
/// If it does not list the kind, which the tests of each kind find.
pub(crate) fn listed(kind: &str) -> &'static Shape {
    IMPORTS.shape(kind).expect("the manifest lists every kind of file")
}

/// What a row lacks. It names row and column and never repeats what stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    /// The row in the file, counted from 1 with the header.
    pub row: usize,
    /// The column's name.
    pub column: String,
    /// What is expected.
    pub expected: String,
}

/// What a file holds.
pub struct Parsed<T> {
    /// What it was recognised as.
    pub kind: &'static str,
    /// Good rows.
    pub rows: Vec<T>,
    /// Where each good row stands in the file, counted from 1 with the header.
    pub numbers: Vec<usize>,
    /// Rows that cannot be used.
    pub errors: Vec<RowError>,
    /// Columns that are not collected and were dropped before a record was made.
    pub dropped: Vec<String>,
    /// Rows that are left out on purpose, and why.
    pub notes: Vec<String>,
}

impl<T> Parsed<T> {
    /// Reads the listed columns of each row; the reader names the column it cannot use.
    pub(crate) fn from_rows(
        kind: &'static str,
        table: &Table,
        listed: &'static Shape,
        read: impl FnMut(&table::Row<'_>) -> Result<T, (String, String)>,
    ) -> Self {
        let mut parsed = Self {
            kind,
            rows: vec![],
            numbers: vec![],
            errors: vec![],
            dropped: vec![],
            notes: vec![],
        };
        let mut read = read;
        for row in table.rows(listed) {
            match read(&row) {
                Ok(record) => {
                    parsed.rows.push(record);
                    parsed.numbers.push(row.number);
                }
                Err((column, expected)) => {
                    parsed.errors.push(RowError { row: row.number, column, expected });
                }
            }
        }
        parsed
    }

    /// Says which columns were dropped.
    pub(crate) fn says_what_is_dropped(&mut self, table: &Table, listed: &'static Shape) {
        let named = |column: &String| NOT_COLLECTED.iter().any(|part| column.contains(part));
        let said = |column: &String| {
            if named(column) { column.clone() } else { "another column".to_owned() }
        };
        self.dropped = table.unlisted(listed).map(said).collect();
    }

    /// Complains of good rows that cannot be used for a reason outside of them: the column, and
    /// what is expected.
    pub(crate) fn complain(&mut self, of: impl Fn(&T) -> Option<(&'static str, &'static str)>) {
        for (record, row) in self.rows.iter().zip(&self.numbers) {
            if let Some((column, expected)) = of(record) {
                let (column, expected) = (column.to_owned(), expected.to_owned());
                self.errors.push(RowError { row: *row, column, expected });
            }
        }
    }

    /// Complains of each row that says again what a row before it said.
    pub(crate) fn complain_of_repeats<K: std::hash::Hash + Eq>(
        &mut self,
        column: &str,
        key: impl Fn(&T) -> K,
    ) {
        let mut first = rustc_hash::FxHashMap::default();
        for (record, row) in self.rows.iter().zip(&self.numbers) {
            let before = *first.entry(key(record)).or_insert(*row);
            if before != *row {
                let expected = format!("each only once, and row {before} has it already");
                self.errors.push(RowError { row: *row, column: column.to_owned(), expected });
            }
        }
    }
}

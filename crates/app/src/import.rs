//! Files into records: CSV and XLSX, a precise error for each row that cannot be used, and
//! nothing half-imported. Reading is here; writing is one call of the platform, made only when
//! every row is good.

pub mod places;
pub mod records;
pub mod table;
mod workbook;

pub use table::{Table, Unreadable};

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
    /// Reads each row; the reader names the column it cannot use.
    pub(crate) fn from_rows(
        kind: &'static str,
        table: &Table,
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
        for row in table.rows() {
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

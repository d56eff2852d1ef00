//! A specimen: what somebody shows of an alleged dump, as tables with typed columns.

mod blocks;
pub(crate) mod column;
mod rows;
pub mod told;

use scan::extract::{Limits, Take, Unread, document};

use column::{Column, Kind};
use rows::Rows;

/// Tables of fewer cells than this in a row hold nobody's record.
const LEAST_COLUMNS: usize = 2;
/// Rows that are looked at before it is decided how a text is parted.
const LOOKED_AT: usize = 64;

/// A table of a specimen. It has no Debug: its cells are personal data.
pub struct Table {
    /// Its columns, in order.
    pub columns: Vec<Column>,
    rows: Rows,
    /// The first row that is a record: the one before it names the columns.
    first: usize,
}

/// What was shown.
#[derive(Default)]
pub struct Specimen {
    /// Its tables that hold records of people, as far as columns tell.
    pub tables: Vec<Table>,
    /// Parts that hold text and no such table.
    pub other_parts: usize,
    /// Why parts were not read, once for each such part.
    pub unread: Vec<Unread>,
}

impl Table {
    /// A table of rows; their first row may name the columns.
    fn new(rows: Rows) -> Option<Self> {
        let first = usize::from(rows.len() > 0 && is_head(&rows));
        let looked_at = (first..rows.len()).take(LOOKED_AT);
        let width = looked_at.map(|row| rows.width(row)).max()?;
        let cell = |row, place| rows.cell(row, place).unwrap_or("");
        let columns = (0..width)
            .map(|place| {
                let name = if first > 0 { cell(0, place) } else { "" };
                Column::read(name, rows.len() - first, |row| cell(first + row, place))
            })
            .collect();
        Some(Self { columns: column::settled(columns), rows, first })
    }

    /// How many records it has.
    pub fn len(&self) -> usize {
        self.rows.len() - self.first
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A cell; empty where the row is shorter.
    pub(crate) fn cell(&self, row: usize, column: usize) -> &str {
        self.rows.cell(self.first + row, column).unwrap_or("")
    }

    /// The first column of a kind.
    pub(crate) fn column(&self, kind: Kind) -> Option<usize> {
        self.columns.iter().position(|column| column.kind == kind)
    }

    /// Whether its columns are those of records of people.
    fn holds_people(&self) -> bool {
        let keys = [Kind::Mobile, Kind::Reference, Kind::Document, Kind::Name];
        self.columns.iter().any(|column| keys.contains(&column.kind))
    }
}

impl Specimen {
    /// Reads a file of any kind that the scanner reads.
    pub fn read(bytes: &[u8]) -> Self {
        let mut specimen = Self::default();
        document(bytes, Limits::default(), &mut specimen);
        specimen
    }

    /// Adds what another file shows.
    pub fn add(&mut self, other: Self) {
        self.tables.extend(other.tables);
        self.other_parts += other.other_parts;
        self.unread.extend(other.unread);
    }

    /// How many records it has.
    pub fn rows(&self) -> usize {
        self.tables.iter().map(Table::len).sum()
    }
}

impl Take for Specimen {
    fn part(&mut self, _: &str, text: &str) {
        let blocks = blocks::rows(text).map(Rows::from_iter);
        let rows = blocks.or_else(|| parted(text));
        let table = rows.and_then(Table::new);
        match table.filter(|table| !table.is_empty() && table.holds_people()) {
            Some(table) => self.tables.push(table),
            None => self.other_parts += usize::from(!text.trim().is_empty()),
        }
    }

    fn unread(&mut self, _: &str, why: Unread) {
        self.unread.push(why);
    }
}

/// The rows of a text whose cells are parted by one character; none if it is no table.
fn parted(text: &str) -> Option<Rows> {
    let best = [b'\t', b'|', b';', b','].into_iter().filter_map(|sign| {
        let rows = rows_of(text, sign, LOOKED_AT);
        let width = usual_width(&rows).filter(|width| *width >= LEAST_COLUMNS)?;
        let alike = rows.iter().filter(|row| row.len() == width).count();
        (alike * 10 >= rows.len() * 7).then_some((alike * width, sign, width))
    });
    let (_, sign, width) = best.max_by_key(|(weight, sign, _)| (*weight, *sign))?;
    let mut rows = Rows::default();
    let (mut reader, mut record) = (reader_of(text, sign), csv::StringRecord::new());
    while let Ok(true) = reader.read_record(&mut record) {
        // Lines above and below a table, such as its title, are no rows of it.
        let filled = record.iter().any(|cell| !cell.trim().is_empty());
        if record.len() >= width.div_ceil(2) && filled {
            rows.push(&record);
        }
    }
    Some(rows)
}

fn reader_of(text: &str, sign: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(sign)
        .from_reader(text.as_bytes())
}

fn rows_of(text: &str, sign: u8, most: usize) -> Vec<csv::StringRecord> {
    reader_of(text, sign).records().take(most).filter_map(Result::ok).collect()
}

/// The width that most rows have.
fn usual_width(rows: &[csv::StringRecord]) -> Option<usize> {
    let widths = rows.iter().map(csv::StringRecord::len);
    let count = |width: usize| rows.iter().filter(|row| row.len() == width).count();
    widths.max_by_key(|width| (count(*width), *width))
}

/// Whether the first row names the columns: it has no values, and the rows below have.
fn is_head(rows: &Rows) -> bool {
    let valued = |row| rows.row(row).filter(|cell| crate::normal::digits(cell).len() >= 3).count();
    let full = rows.row(0).filter(|cell| !cell.is_empty()).count();
    let known = rows.row(0).filter(|cell| column::named(cell).is_some()).count();
    let below = (1..rows.len()).take(LOOKED_AT).map(valued).max().unwrap_or(0);
    valued(0) == 0 && (known * 2 >= full.max(1) || (known >= 1 && below > 0) || below > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Kind> {
        let specimen = Specimen::read(text.as_bytes());
        specimen.tables.iter().flat_map(|t| t.columns.iter().map(|c| c.kind)).collect()
    }

    #[test]
    fn columns_are_typed_with_a_head_and_without() {
        let rows = "Asha Devi,9829011223,45,F,Negative\nRavi Kumar,9829011224,31,M,Positive\n\
                    Meena Khan,9829011225,28,F,Negative\n";
        let expected = [Kind::Name, Kind::Mobile, Kind::Age, Kind::Gender, Kind::Result];
        assert_eq!(kinds(&format!("name,phone,age,sex,result\n{rows}")), expected);
        assert_eq!(kinds(rows), expected);
        assert_eq!(kinds(&rows.replace(',', "|")), expected);
        let specimen = Specimen::read(format!("name,phone,age,sex,result\n{rows}").as_bytes());
        assert_eq!((specimen.rows(), specimen.tables[0].cell(0, 0)), (3, "Asha Devi"));
    }

    #[test]
    fn records_of_labels_and_values_are_a_table() {
        let one = |name: &str, mobile: &str| {
            format!("{{\"name\": \"{name}\", \"mobile\": \"{mobile}\"}}")
        };
        let text =
            format!("[{},{}]", one("Asha Devi", "9829011223"), one("Ravi Kumar", "9829011224"));
        assert_eq!(kinds(&text), [Kind::Name, Kind::Mobile]);
    }

    #[test]
    fn a_text_without_people_is_no_table() {
        let specimen = Specimen::read(b"We sell everything.\nAsk for a sample.\n");
        assert_eq!((specimen.tables.len(), specimen.other_parts), (0, 1));
    }

    #[test]
    fn what_is_not_read_is_kept_in_mind() {
        assert!(Specimen::read(b"Asha").unread.is_empty());
        let mut specimen = Specimen::read(b"PK\x03\x04 and no more");
        specimen.add(Specimen::read(b"\x1f\x8b\x08 and no more"));
        assert_eq!(specimen.unread.len(), 2);
    }
}

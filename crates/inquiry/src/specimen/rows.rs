//! Rows of cells as one text: a million of them are one piece of memory and not a million.

use csv::StringRecord;

/// Rows of any width. It has no Debug: its cells are personal data.
#[derive(Default)]
pub(crate) struct Rows {
    /// All cells, one after the other.
    text: String,
    /// Where each cell ends in the text.
    ends: Vec<usize>,
    /// How many cells there are until the end of each row.
    counts: Vec<usize>,
}

impl Rows {
    /// Adds a row, its cells without the spaces around them.
    pub(super) fn push<'t>(&mut self, cells: impl IntoIterator<Item = &'t str>) {
        for cell in cells {
            self.text.push_str(cell.trim());
            self.ends.push(self.text.len());
        }
        self.counts.push(self.ends.len());
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.counts.len()
    }

    /// The places of a row's cells.
    fn cells(&self, row: usize) -> std::ops::Range<usize> {
        let begin = row.checked_sub(1).map_or(0, |before| self.counts[before]);
        begin..self.counts[row]
    }

    /// How many cells a row has.
    pub(super) fn width(&self, row: usize) -> usize {
        self.cells(row).len()
    }

    /// A cell; none where the row is shorter.
    pub(super) fn cell(&self, row: usize, column: usize) -> Option<&str> {
        let cells = self.cells(row);
        let place = cells.start + column;
        (place < cells.end).then(|| {
            let begin = place.checked_sub(1).map_or(0, |before| self.ends[before]);
            &self.text[begin..self.ends[place]]
        })
    }

    /// All cells of a row.
    pub(super) fn row(&self, row: usize) -> impl Iterator<Item = &str> {
        (0..self.width(row)).filter_map(move |column| self.cell(row, column))
    }
}

impl FromIterator<StringRecord> for Rows {
    fn from_iter<I: IntoIterator<Item = StringRecord>>(records: I) -> Self {
        let mut rows = Self::default();
        for record in records {
            rows.push(&record);
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_is_where_it_was_whatever_the_width_of_its_row() {
        let records = [vec!["a", " b ", ""], vec![], vec!["é"], vec!["", "", "x"]];
        let rows: Rows = records.iter().map(|row| StringRecord::from(row.clone())).collect();
        assert_eq!((rows.len(), rows.width(0), rows.width(1), rows.width(2)), (4, 3, 0, 1));
        for (number, record) in records.iter().enumerate() {
            let cells: Vec<_> = record.iter().map(|cell| cell.trim()).collect();
            assert_eq!(rows.row(number).collect::<Vec<_>>(), cells);
            assert_eq!(rows.cell(number, record.len()), None);
        }
        assert_eq!(Rows::default().len(), 0);
    }
}

//! Workbooks: XLSX, XLSB and XLS.

use std::io::Cursor;

use calamine::{Data, Reader, Xls, XlsError, Xlsb, Xlsx};

use super::{
    Unread, Work,
    grid::{Grid, Page},
};

/// Columns that are read of a sheet.
const WIDEST: usize = 1024;

/// How a workbook is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Xlsx,
    Xlsb,
}

/// Reads the sheets of a workbook, hidden ones too.
pub(super) fn read(work: &mut Work<'_>, bytes: &[u8], kind: Kind) {
    match kind {
        Kind::Xlsx => xlsx(work, bytes),
        Kind::Xlsb => xlsb(work, bytes),
    }
}

fn xlsx(work: &mut Work<'_>, bytes: &[u8]) {
    let Ok(mut book) = Xlsx::new(Cursor::new(bytes)) else {
        return work.unread(Unread::Malformed);
    };
    for name in book.sheet_names() {
        let more = work.within(&name, |work| match book.worksheet_cells_reader(&name) {
            Ok(mut cells) => sheet(work, || {
                let cell = cells.next_cell().map_err(drop)?;
                Ok(cell.map(|cell| (cell.get_position(), Data::from(cell.get_value().clone()))))
            }),
            Err(_) => work.unread(Unread::Malformed),
        });
        if !more {
            return;
        }
    }
}

fn xlsb(work: &mut Work<'_>, bytes: &[u8]) {
    let Ok(mut book) = Xlsb::new(Cursor::new(bytes)) else {
        return work.unread(Unread::Malformed);
    };
    for name in book.sheet_names() {
        let more = work.within(&name, |work| match book.worksheet_cells_reader(&name) {
            Ok(mut cells) => sheet(work, || {
                let cell = cells.next_cell().map_err(drop)?;
                Ok(cell.map(|cell| (cell.get_position(), Data::from(cell.get_value().clone()))))
            }),
            Err(_) => work.unread(Unread::Malformed),
        });
        if !more {
            return;
        }
    }
}

/// Reads a sheet from what gives its cells.
fn sheet(work: &mut Work<'_>, mut next: impl FnMut() -> Result<Option<((u32, u32), Data)>, ()>) {
    let mut sheet = Sheet::new(work.limits.text);
    let whole = loop {
        match next() {
            Ok(Some((place, cell))) if !sheet.page.is_full() => sheet.cell(place, &cell),
            Ok(_) => break true,
            Err(()) => break false,
        }
    };
    sheet.finish(work, whole);
}

/// Reads a workbook of the time before XML. Says whether it was one.
pub(super) fn xls(work: &mut Work<'_>, bytes: &[u8]) -> bool {
    let mut book = match Xls::new(Cursor::new(bytes)) {
        Ok(book) => book,
        Err(XlsError::Password) => {
            work.unread(Unread::Encrypted);
            return true;
        }
        Err(_) => return false,
    };
    for name in book.sheet_names() {
        let more = work.within(&name, |work| {
            let Ok(range) = book.worksheet_range(&name) else {
                return work.unread(Unread::Malformed);
            };
            let mut sheet = Sheet::new(work.limits.text);
            for (row, column, cell) in range.used_cells() {
                let (row, column) = (u32::try_from(row), u32::try_from(column));
                if let (Ok(row), Ok(column)) = (row, column) {
                    sheet.cell((row, column), cell);
                }
            }
            sheet.finish(work, true);
        });
        if !more {
            break;
        }
    }
    true
}

/// A sheet on its way to a page: its cells come in order of rows.
struct Sheet {
    page: Page,
    grid: Grid,
    row: Vec<String>,
    at: u32,
}

impl Sheet {
    fn new(limit: usize) -> Self {
        Self { page: Page::new(limit), grid: Grid::default(), row: Vec::new(), at: 0 }
    }

    fn cell(&mut self, (row, column): (u32, u32), cell: &Data) {
        let (text, column) = (text(cell), column as usize);
        if text.is_empty() || column >= WIDEST {
            return;
        }
        if row != self.at {
            self.end_row();
            // Behind an empty row another table begins.
            if row != self.at + 1 {
                self.grid.end(&mut self.page);
                self.page.record();
            }
            self.at = row;
        }
        if self.row.len() <= column {
            self.row.resize(column + 1, String::new());
        }
        self.row[column] = text;
    }

    fn end_row(&mut self) {
        let row = std::mem::take(&mut self.row);
        if !row.is_empty() {
            self.grid.row(row, &mut self.page);
        }
    }

    fn finish(mut self, work: &mut Work<'_>, whole: bool) {
        self.end_row();
        self.grid.end(&mut self.page);
        work.finish(&self.page);
        if !whole {
            work.unread(Unread::Malformed);
        }
    }
}

/// A cell as text. Workbooks keep dates as days since 1900.
fn text(cell: &Data) -> String {
    match cell {
        Data::DateTime(instant) => {
            let (year, month, day, hour, minute, ..) = instant.to_ymd_hms_milli();
            if year < 1901 {
                format!("{hour:02}:{minute:02}")
            } else {
                format!("{year:04}-{month:02}-{day:02}")
            }
        }
        Data::Error(_) => String::new(),
        other => other.to_string(),
    }
}

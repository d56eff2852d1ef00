//! A table from XLSX. Such a file is compressed and says itself where its cells are, so a small one
//! may claim to be larger than any memory: what it unpacks to and where its cells lie are bounded
//! before anything is kept.

use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx};
use zip::ZipArchive;

use super::table::{MOST_ROWS, Table, Unreadable, plain};

/// All parts of a workbook together, unpacked.
///
/// # Units
///
/// Bytes: 1 GiB, which is 2,000,000 rows of 500.
const MOST_UNPACKED: u64 = 1 << 30;
/// Parts of a workbook: those of a hundred sheets, many times over.
const MOST_PARTS: usize = 2_000;
/// The columns that are looked at.
const MOST_COLUMNS: usize = 200;

/// Reads the first sheet.
///
/// # Errors
///
/// [`Unreadable`].
pub(super) fn read(bytes: &[u8]) -> Result<Table, Unreadable> {
    check_size(bytes)?;
    let mut workbook: Xlsx<_> =
        calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(|_| Unreadable::Workbook)?;
    let sheet = workbook.sheet_names().first().cloned().ok_or(Unreadable::Empty)?;
    let mut sheet = workbook.worksheet_cells_reader(&sheet).map_err(|_| Unreadable::Workbook)?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    // The header is the first row that holds anything.
    let mut first = None;
    while let Some(cell) = sheet.next_cell().map_err(|_| Unreadable::Workbook)? {
        let (row, column) = cell.get_position();
        let text = text(&Data::from(cell.get_value().clone()));
        if text.is_empty() {
            continue;
        }
        let first = *first.get_or_insert(row);
        // Rows come in their order; a file in which they do not is none of a spreadsheet program.
        let place = row.checked_sub(first).ok_or(Unreadable::Workbook)? as usize;
        let column = column as usize;
        if place > MOST_ROWS || column >= MOST_COLUMNS {
            return Err(Unreadable::TooLarge);
        }
        if rows.len() <= place {
            rows.resize(place + 1, Vec::new());
        }
        let cells = &mut rows[place];
        if cells.len() <= column {
            cells.resize(column + 1, String::new());
        }
        cells[column] = text;
    }
    if rows.is_empty() {
        return Err(Unreadable::Empty);
    }
    let header = rows.remove(0).iter().map(|name| plain(name)).collect();
    // An editor counts from 1, and counts what is empty above the header.
    let below_header = first.unwrap_or_default() as usize + 2;
    let numbers = (below_header..).take(rows.len()).collect();
    Ok(Table { header, cells: rows, numbers })
}

/// Unpacks every part once, keeping nothing, to see how large it really is.
fn check_size(bytes: &[u8]) -> Result<(), Unreadable> {
    let mut parts = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable::Workbook)?;
    if parts.len() > MOST_PARTS {
        return Err(Unreadable::TooLarge);
    }
    let mut left = MOST_UNPACKED;
    for place in 0..parts.len() {
        let part = parts.by_index(place).map_err(|_| Unreadable::Workbook)?;
        let size = std::io::copy(&mut part.take(left + 1), &mut std::io::sink())
            .map_err(|_| Unreadable::Workbook)?;
        left = left.checked_sub(size).ok_or(Unreadable::TooLarge)?;
    }
    Ok(())
}

/// A cell as text. Workbooks keep numbers as floats and dates as days since 1900.
fn text(cell: &Data) -> String {
    match cell {
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
            format!("{number:.0}")
        }
        Data::DateTime(instant) => {
            let (year, month, day, hour, minute, ..) = instant.to_ymd_hms_milli();
            if year < 1901 {
                format!("{hour:02}:{minute:02}")
            } else {
                format!("{year:04}-{month:02}-{day:02}")
            }
        }
        other => other.to_string().trim().to_owned(),
    }
}

//! Tables in text whose cells are parted in a way that has to be undone: cells with line breaks,
//! separators that few use, single quotes.

use super::{
    Work,
    grid::{Grid, Page},
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
    let mut rows = csv::ReaderBuilder::new()
        .delimiter(dialect.separator)
        .quote(dialect.quote)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let (mut page, mut grid) = (Page::new(work.limits.text), Grid::default());
    let mut row = csv::StringRecord::new();
    while rows.read_record(&mut row).is_ok_and(|more| more) && !page.is_full() {
        grid.row(row.iter().map(str::to_owned).collect(), &mut page);
    }
    grid.end(&mut page);
    work.finish(&page);
}

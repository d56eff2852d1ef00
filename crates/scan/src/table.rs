//! Tables: rows whose cells are told apart by one character, under a head that says what they are.

use crate::{
    Kind,
    context::{self, Near, Vote, Weight},
    detect::{self, plain},
    eight::{self, Eight},
    label::{self, Label, Labels, Mark, NO_NAME},
    layout::{self, Reader, line_before, next_line},
    record::Draft,
    weak,
};

/// How many rows a column is asked for its vote, which a byte counts, and how few are too few.
const SAMPLE: usize = 64;
const LEAST: usize = 6;
/// More columns than any form has.
const WIDEST: usize = 256;

/// A table that was recognised.
pub(crate) struct Table {
    delimiter: u8,
    width: usize,
    /// Where its rows begin.
    first: (usize, usize),
    columns: Vec<Column>,
    seen: Labels,
}

/// What is known of a column.
#[derive(Clone, Copy, Default)]
struct Column {
    labels: Labels,
    vote: Vote,
    name: bool,
    /// Settled when the votes are counted.
    reading: Reading,
}

/// What parts cells, and how many cells at least make a row: commas stand in sentences, too.
const DELIMITERS: [(u8, usize); 4] = [(b'\t', 2), (b'|', 2), (b';', 2), (b',', 3)];

/// The table that the line belongs to, if there is one.
pub(crate) fn recognise(text: &str, from: usize, line: (usize, usize)) -> Option<Table> {
    let bytes = &text.as_bytes()[line.0..line.1];
    let parts = |(delimiter, least): &(u8, usize)| {
        memchr::memchr_iter(*delimiter, bytes).nth(least - 2).is_some()
    };
    let mut delimiters = DELIMITERS.into_iter().filter(parts).peekable();
    if delimiters.peek().is_none() || layout::has_fields(bytes) {
        return None;
    }
    let above = line_before(text, from, line.0);
    let below = next_line(text, line.1);
    delimiters.find_map(|(delimiter, least)| {
        let width = width(text, line, delimiter);
        let alike = |other: Option<(usize, usize)>| {
            other.is_some_and(|other| self::width(text, other, delimiter) == width)
        };
        let has_head = alike(above);
        if !(least..=WIDEST).contains(&width) || !(has_head || alike(below)) {
            return None;
        }
        let head = above.filter(|_| has_head).unwrap_or(line);
        under(text, head, line, delimiter)
    })
}

/// The table of which `line` is a row, and `head` that or the row above.
fn under(text: &str, head: (usize, usize), line: (usize, usize), delimiter: u8) -> Option<Table> {
    let cells = cells(text, head, delimiter);
    let width = cells.len();
    let has_values = |cell: &(usize, usize)| {
        text.as_bytes()[cell.0..cell.1].iter().filter(|byte| byte.is_ascii_digit()).count() >= 6
    };
    // `Asha, mobile 9829011223` says what it holds, and is no head.
    let values = cells.iter().any(has_values);
    let columns = if values { Vec::new() } else { head_of(text, cells) };
    let labelled = columns.iter().filter(|column| !column.labels.is_empty()).count();
    let (columns, first) = match () {
        () if labelled >= 2 && head != line => (columns, line),
        () if labelled >= 2 => (columns, next_line(text, line.1)?),
        () => (vec![Column::default(); width], line),
    };
    let seen = columns.iter().fold(Labels::NONE, |seen, column| seen.with(column.labels));
    Some(Table { delimiter, width, first, columns, seen })
}

/// What the cells of a head say.
fn head_of(text: &str, cells: Vec<(usize, usize)>) -> Vec<Column> {
    let mut marks = Vec::new();
    let mut skeleton = label::Skeleton::default();
    let of = |cell: (usize, usize)| {
        label::find(text, cell, &mut skeleton, &mut marks);
        let labels = label::of(&marks);
        let named = marks.iter().enumerate().any(|(place, mark)| {
            matches!(mark.label, Label::Name | Label::Relative)
                && weak::is_persons(text, cell.0, &marks, place)
        });
        let name =
            named && !labels.any(Labels::of(&[Label::Organisation, Label::Vaccine, Label::Place]));
        Column { labels, name, ..Column::default() }
    };
    cells.into_iter().map(of).collect()
}

/// How many cells a line has.
fn width(text: &str, line: (usize, usize), delimiter: u8) -> usize {
    let mut quoted = false;
    let parts = |at: usize| {
        let quote = text.as_bytes()[line.0 + at] == b'"';
        quoted ^= quote;
        !quote && !quoted
    };
    let bytes = &text.as_bytes()[line.0..line.1];
    if memchr::memchr(b'"', bytes).is_none() {
        return memchr::memchr_iter(delimiter, bytes).count() + 1;
    }
    memchr::memchr2_iter(delimiter, b'"', bytes).map(parts).filter(|parts| *parts).count() + 1
}

/// The cells of a line, without the quotes around them.
fn cells(text: &str, line: (usize, usize), delimiter: u8) -> Vec<(usize, usize)> {
    let mut cells = Vec::new();
    part(text, line, delimiter, &mut cells);
    cells
}

/// Puts the cells of a line into `cells`.
fn part(text: &str, (start, end): (usize, usize), delimiter: u8, cells: &mut Vec<(usize, usize)>) {
    cells.clear();
    let bytes = text.as_bytes();
    let (mut from, mut quoted) = (start, false);
    for at in (start..end).step_by(8) {
        let next = Eight::at(bytes, at);
        let mut signs = next.equal(delimiter) | next.equal(b'"');
        while signs != 0 {
            let place = at + signs.trailing_zeros() as usize / 8;
            signs &= signs - 1;
            if place >= end {
                break;
            }
            if bytes[place] == b'"' {
                quoted = !quoted;
            } else if !quoted {
                cells.push(trimmed(text, from, place));
                from = place + 1;
            }
        }
    }
    cells.push(trimmed(text, from, end));
}

/// A cell without spaces and quotes around it.
#[inline]
fn trimmed(text: &str, start: usize, end: usize) -> (usize, usize) {
    let bytes = text.as_bytes();
    let inner = |at: usize| matches!(bytes[at], b'!' | b'#'..=b'~');
    let is_quoted = end - start > 2 && bytes[start] == b'"' && bytes[end - 1] == b'"';
    let (from, to) = if is_quoted { (start + 1, end - 1) } else { (start, end) };
    if from < to && inner(from) && inner(to - 1) {
        return (from, to);
    }
    trimmed_of_all(text, start, end)
}

fn trimmed_of_all(text: &str, start: usize, end: usize) -> (usize, usize) {
    let bytes = text.as_bytes();
    let inner = |at: usize| matches!(bytes[at], b'!' | b'#'..=b'~');
    let blank = |byte: &&u8| matches!(byte, b'\t'..=b'\r' | b' ' | b'"');
    let start = start + bytes[start..end].iter().take_while(blank).count();
    let end = end - bytes[start..end].iter().rev().take_while(blank).count();
    if start < end && inner(start) && inner(end - 1) {
        return (start, end);
    }
    let outer = |c: char| c.is_whitespace() || c == '"';
    let cell = &text[start..end];
    let from = start + cell.len() - cell.trim_start_matches(outer).len();
    (from, (start + cell.trim_end_matches(outer).len()).max(from))
}

/// Reads its rows, each as a record; gives where the text goes on.
pub(crate) fn read(reader: &mut Reader<'_>, table: &Table) -> usize {
    let columns = voted(reader, table);
    let mut line = Some(table.first);
    let mut end = table.first.1;
    let mut cells = Vec::with_capacity(table.width);
    while let Some(row) = line {
        part(reader.text, row, table.delimiter, &mut cells);
        if cells.len() != table.width {
            break;
        }
        for (cell, column) in cells.drain(..).zip(&columns) {
            if cell.0 < cell.1 {
                read_cell(reader, cell, column);
            }
        }
        reader.record.seen = reader.record.seen.with(table.seen);
        reader.close();
        end = row.1;
        line = next_line(reader.text, end);
    }
    end
}

/// The columns with their votes: what nearly all of the first values are, if there are enough.
fn voted(reader: &mut Reader<'_>, table: &Table) -> Vec<Column> {
    let mut columns = table.columns.clone();
    if columns.iter().any(|column| !context::is_clear(column.labels)) {
        for (column, (total, kinds)) in columns.iter_mut().zip(&counted(reader, table)) {
            let cast = usize::from(*total) >= LEAST;
            let most = |kind: &&Kind| {
                cast && usize::from(kinds[**kind as usize]) * 5 >= usize::from(*total) * 4
            };
            column.vote = Vote { for_kind: Kind::ALL.iter().find(most).copied(), cast };
        }
    }
    for column in &mut columns {
        column.reading = Reading::of(column);
    }
    columns
}

/// For each column that does not say what it is, how many of the first values there are, and of
/// which kinds.
fn counted(reader: &mut Reader<'_>, table: &Table) -> Vec<(u8, [u8; Kind::ALL.len()])> {
    let mut counts = vec![(0, [0; Kind::ALL.len()]); table.width];
    let mut line = Some(table.first);
    let mut cells = Vec::with_capacity(table.width);
    for _ in 0..SAMPLE {
        let Some(row) = line else { break };
        part(reader.text, row, table.delimiter, &mut cells);
        if cells.len() != table.width {
            break;
        }
        let columns = table.columns.iter().zip(&mut counts);
        for (cell, (column, (total, kinds))) in cells.drain(..).zip(columns) {
            if cell.0 < cell.1 && !context::is_clear(column.labels) {
                *total += 1;
                if is_idle(&reader.text.as_bytes()[cell.0..cell.1]) {
                    continue;
                }
                if let Some(kind) = reader.span.shape(reader.text, cell) {
                    kinds[kind as usize] += 1;
                }
            }
        }
        line = next_line(reader.text, row.1);
    }
    counts
}

/// How the cells of a column are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Reading {
    /// As a line by itself.
    #[default]
    Prose,
    /// As one number or more, if there are no letters.
    Chance,
    /// As one number or more of what nearly all cells are, if no word in the cell says more.
    Voted,
    /// As one number or more of what the label says.
    Number(Option<Kind>),
    /// As words: a name, an address, or those that are a value by themselves.
    Words(Option<Kind>),
    /// Not at all: its label says that it is nothing of ours.
    Nothing,
}

impl Reading {
    fn of(column: &Column) -> Self {
        let labels = column.labels;
        let worded = Labels::of(&[Label::Gender, Label::Result, Label::Test, Label::Vaccine]);
        match () {
            () if labels.is_empty() && column.vote.for_kind.is_none() => {
                // Numbers that mostly are nothing of ours: what one looks like is chance.
                if column.vote.cast { Self::Chance } else { Self::Prose }
            }
            () if labels.is_empty() => Self::Voted,
            () if column.name => Self::Words(Some(Kind::Name)),
            () if labels.has(Label::Address) => Self::Words(Some(Kind::Address)),
            () if labels.any(worded) => Self::Words(None),
            () if context::is_against(labels) => Self::Nothing,
            () => Self::Number(detect::asked(labels)),
        }
    }
}

fn read_cell(reader: &mut Reader<'_>, cell: (usize, usize), column: &Column) {
    let text = reader.text;
    let labels = column.labels;
    let near = Near { nearest: labels, window: labels, line: Labels::NONE, vote: column.vote };
    match column.reading {
        Reading::Number(Some(kind))
            if let Some(percent) = plain::percent(kind, &text.as_bytes()[cell.0..cell.1]) =>
        {
            let weight = Weight { percent, labelled: true };
            reader.record.drafts.push(Draft::new(kind, cell, weight));
        }
        Reading::Words(kind) => worded(reader, cell, kind, near),
        Reading::Nothing if !reader.tells_all() => {}
        // A column of dates of something else.
        Reading::Number(None)
            if labels.has(Label::Date)
                && !reader.tells_all()
                && plain::percent(Kind::BirthDate, &text.as_bytes()[cell.0..cell.1]).is_some() => {}
        Reading::Voted if !reader.span.labels(text, cell).is_empty() => {
            reader.span.prose(text, cell, Labels::NONE, &mut reader.record);
        }
        Reading::Number(_) | Reading::Nothing | Reading::Voted => {
            reader.span.cell(text, cell, near, &mut reader.record);
        }
        Reading::Chance | Reading::Prose if is_idle(&text.as_bytes()[cell.0..cell.1]) => {}
        Reading::Chance if !text[cell.0..cell.1].contains(char::is_alphabetic) => {
            reader.span.cell(text, cell, near, &mut reader.record);
        }
        Reading::Chance | Reading::Prose => {
            reader.span.prose(text, cell, Labels::NONE, &mut reader.record);
        }
    }
}

/// Whether a cell of words has no character but of ASCII, no at sign, and fewer digits than any
/// number that is looked for.
fn is_quiet(cell: &[u8]) -> bool {
    let (mut digits, mut loud) = (0, 0);
    for at in (0..cell.len()).step_by(8) {
        let next = Eight::at(cell, at);
        digits += next.digits().count_ones();
        loud |= next.equal(b'@') | (next.0 & eight::TOP);
    }
    loud == 0 && digits < 6
}

/// Whether a cell has so few digits, and nothing beside them, that no detector wants it where no
/// label asks for it: fewer than the shortest date, or fewer than a PIN code in two groups.
fn is_idle(cell: &[u8]) -> bool {
    if cell.len() > 8 {
        return false;
    }
    let (mut digits, mut others) = (0, 0);
    for byte in cell {
        match byte {
            b'0'..=b'9' => digits += 1,
            b'-' | b'.' | b',' | b'/' | b':' | b' ' | b'%' | b'(' | b')' => others += 1,
            _ => return false,
        }
    }
    digits <= 3 || (digits <= 5 && others <= 1)
}

/// A cell of words.
fn worded(reader: &mut Reader<'_>, cell: (usize, usize), kind: Option<Kind>, near: Near) {
    let text = &reader.text[cell.0..cell.1];
    match kind {
        Some(Kind::Name) => {
            let free = || label::is_free_of_nobodys(text.as_bytes());
            let is_nobodys = |labels: &[Mark]| label::of(labels).any(NO_NAME);
            if weak::is_name(text) && (free() || !is_nobodys(reader.span.labels(reader.text, cell)))
            {
                reader.record.drafts.push(Draft::new(Kind::Name, cell, WORDED));
            }
            return;
        }
        Some(kind) if text.len() >= 4 => {
            reader.record.drafts.push(Draft::new(kind, cell, WORDED));
            // A house has a number; what has a few digits only is none of ours.
            if is_quiet(text.as_bytes()) {
                return;
            }
        }
        Some(_) => {}
        None if text.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
            let kind = label::word(text.as_bytes()).and_then(valued);
            reader.record.drafts.extend(kind.map(|kind| Draft::new(kind, cell, WORDED)));
            return;
        }
        None => {
            let marks = reader.span.labels(reader.text, cell).iter();
            let draft = marks.filter_map(|mark| {
                Some(Draft::new(valued(mark.label)?, (mark.start, mark.end), WORDED))
            });
            reader.record.drafts.extend({ draft }.next());
        }
    }
    // An age stands with the gender as often as not: `45/M`.
    reader.span.cell(reader.text, cell, near, &mut reader.record);
}

/// How sure a cell of words is, under what says so.
const WORDED: Weight = Weight { percent: 90, labelled: true };

/// What kind of value a word is by itself.
const fn valued(label: Label) -> Option<Kind> {
    match label {
        Label::GenderValue => Some(Kind::Gender),
        Label::ResultValue => Some(Kind::TestResult),
        Label::VaccineValue => Some(Kind::Vaccination),
        _ => None,
    }
}

/// Rows are never longer than lines.
const _: () = assert!(layout::LONGEST >= WIDEST);

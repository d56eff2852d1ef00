//! Tables: rows whose cells are told apart by one character, under a head that says what they are.

use crate::{
    Kind,
    context::{self, Near, Vote, Weight},
    label::{Label, Labels},
    layout::{self, Reader, line_before, next_line},
    record::Draft,
    weak,
};

/// How many rows a column is asked for its vote, and how few are too few.
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
}

/// The table that the line belongs to, if there is one.
pub(crate) fn recognise(text: &str, from: usize, line: (usize, usize)) -> Option<Table> {
    if is_objects(text, line) {
        return None;
    }
    [b'\t', b'|', b';', b','].into_iter().find_map(|delimiter| {
        let width = cells(text, line, delimiter).len();
        let above = line_before(text, from, line.0);
        let below = next_line(text, line.1);
        let alike = |other: Option<(usize, usize)>| {
            other.is_some_and(|other| cells(text, other, delimiter).len() == width)
        };
        let least = if delimiter == b',' { 3 } else { 2 };
        if !(least..=WIDEST).contains(&width) || !(alike(above) || alike(below)) {
            return None;
        }
        let head = above.filter(|_| alike(above)).unwrap_or(line);
        let columns = head_of(text, head, delimiter);
        let has_values = |cell: &(usize, usize)| {
            text.as_bytes()[cell.0..cell.1].iter().filter(|byte| byte.is_ascii_digit()).count() >= 6
        };
        // `Asha, mobile 9829011223` says what it holds, and is no head.
        let values = cells(text, head, delimiter).iter().any(has_values);
        let said = columns.iter().filter(|column| !column.labels.is_empty()).count();
        let labelled = if values { 0 } else { said };
        let (columns, first) = match () {
            () if labelled >= 2 && head != line => (columns, line),
            () if labelled >= 2 => (columns, next_line(text, line.1)?),
            () => (vec![Column::default(); width], line),
        };
        let seen = columns.iter().fold(Labels::NONE, |seen, column| seen.with(column.labels));
        Some(Table { delimiter, width, first, columns, seen })
    })
}

/// Whether a line is of JSON: its commas part fields, and each says what it is.
fn is_objects(text: &str, (start, end): (usize, usize)) -> bool {
    memchr::memmem::find(&text.as_bytes()[start..end], b"\":").is_some()
}

/// What the cells of a head say.
fn head_of(text: &str, line: (usize, usize), delimiter: u8) -> Vec<Column> {
    let mut marks = Vec::new();
    let mut skeleton = crate::label::Skeleton::default();
    let of = |cell: (usize, usize)| {
        crate::label::find(text, cell, &mut skeleton, &mut marks);
        let mut labels = Labels::NONE;
        for mark in &marks {
            labels.add(mark.label);
        }
        let named = marks.iter().enumerate().any(|(place, mark)| {
            matches!(mark.label, Label::Name | Label::Relative)
                && weak::is_persons(text, cell.0, &marks, place)
        });
        let name =
            named && !labels.any(Labels::of(&[Label::Organisation, Label::Vaccine, Label::Place]));
        Column { labels, vote: Vote::default(), name }
    };
    cells(text, line, delimiter).into_iter().map(of).collect()
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
    for at in memchr::memchr2_iter(delimiter, b'"', &bytes[start..end]).map(|at| start + at) {
        if bytes[at] == b'"' {
            quoted = !quoted;
        } else if !quoted {
            cells.push(trimmed(text, from, at));
            from = at + 1;
        }
    }
    cells.push(trimmed(text, from, end));
}

fn trimmed(text: &str, start: usize, end: usize) -> (usize, usize) {
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
    let mut counts = vec![(0_usize, [0_usize; Kind::ALL.len()]); table.width];
    let mut line = Some(table.first);
    for _ in 0..SAMPLE {
        let Some(row) = line else { break };
        let cells = cells(reader.text, row, table.delimiter);
        if cells.len() != table.width {
            break;
        }
        let columns = table.columns.iter().zip(&mut counts);
        for (cell, (column, (total, kinds))) in cells.into_iter().zip(columns) {
            if cell.0 < cell.1 && !context::is_clear(column.labels) {
                *total += 1;
                if let Some(kind) = reader.span.shape(reader.text, cell) {
                    kinds[kind as usize] += 1;
                }
            }
        }
        line = next_line(reader.text, row.1);
    }
    let mut columns = table.columns.clone();
    for (column, (total, kinds)) in columns.iter_mut().zip(&counts) {
        let most = |kind: &&Kind| kinds[**kind as usize] * 5 >= total * 4;
        let for_kind = Kind::ALL.iter().find(most).copied();
        column.vote =
            Vote { for_kind: for_kind.filter(|_| *total >= LEAST), cast: *total >= LEAST };
    }
    columns
}

fn read_cell(reader: &mut Reader<'_>, cell: (usize, usize), column: &Column) {
    let text = reader.text;
    let spoken_of = !column.labels.is_empty() || column.vote.for_kind.is_some();
    // A column of numbers that mostly are nothing of ours: what one of them looks like is chance.
    let chance = column.vote.cast && !text[cell.0..cell.1].contains(char::is_alphabetic);
    if !spoken_of && !chance {
        reader.span.prose(text, cell, Labels::NONE, &mut reader.record);
        return;
    }
    let labels = column.labels;
    let near = Near { nearest: labels, window: labels, line: Labels::NONE, vote: column.vote };
    let kind = match () {
        () if column.name => Some(Kind::Name),
        () if labels.has(Label::Address) => Some(Kind::Address),
        () if labels.any(Labels::of(&[
            Label::Gender,
            Label::Result,
            Label::Test,
            Label::Vaccine,
        ])) =>
        {
            None
        }
        () => return reader.span.cell(text, cell, near, &mut reader.record),
    };
    worded(reader, cell, kind, near);
}

/// A cell of words.
fn worded(reader: &mut Reader<'_>, cell: (usize, usize), kind: Option<Kind>, near: Near) {
    let text = reader.text;
    let marks = reader.span.labels(text, cell);
    let weight = Weight { percent: 90, labelled: true };
    let draft = match kind {
        Some(Kind::Name) => weak::is_name(&text[cell.0..cell.1], marks)
            .then(|| Draft::new(Kind::Name, cell, weight)),
        Some(kind) => (cell.1 - cell.0 >= 4).then(|| Draft::new(kind, cell, weight)),
        None => marks.iter().find_map(|mark| {
            let kind = match mark.label {
                Label::GenderValue => Kind::Gender,
                Label::ResultValue => Kind::TestResult,
                Label::VaccineValue => Kind::Vaccination,
                _ => return None,
            };
            Some(Draft::new(kind, (mark.start, mark.end), weight))
        }),
    };
    reader.record.drafts.extend(draft);
    // An age stands with the gender as often as not: `45/M`.
    if kind.is_none() || kind == Some(Kind::Address) {
        reader.span.cell(text, cell, near, &mut reader.record);
    }
}

/// Rows are never longer than lines.
const _: () = assert!(layout::LONGEST >= WIDEST);

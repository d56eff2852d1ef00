//! How a text is laid out: tables, blocks of labels, lines.

use crate::{
    Finding, Options,
    label::{self, Label, Labels},
    prefilter,
    record::Record,
    span, table,
    weak::floor,
};

/// Longest line that is read as one record, in bytes. What is longer is cut.
pub(crate) const LONGEST: usize = 4096;
/// Longest block of labels, in lines.
const LONGEST_BLOCK: usize = 64;
/// Longest paragraph that is one record, in lines.
const LONGEST_PARAGRAPH: usize = 16;
/// How much of a document is asked what kind it is.
const HEAD: usize = 3000;

/// Reads one text.
pub(crate) struct Reader<'t> {
    pub(crate) text: &'t str,
    pub(crate) span: span::Reader,
    pub(crate) record: Record,
    options: &'t Options,
    take: &'t mut dyn FnMut(usize, &[Finding]),
    findings: Vec<Finding>,
    count: usize,
    official: Option<bool>,
}

impl<'t> Reader<'t> {
    /// Of a text, giving what it finds to `take`.
    pub(crate) fn new(
        text: &'t str,
        options: &'t Options,
        take: &'t mut dyn FnMut(usize, &[Finding]),
    ) -> Self {
        Self {
            text,
            span: span::Reader::default(),
            record: Record::default(),
            options,
            take,
            findings: Vec::new(),
            count: 0,
            official: None,
        }
    }

    /// Reads it to its end.
    pub(crate) fn read(mut self) {
        let mut at = 0;
        while let Some(hot) = prefilter::next(self.text, at) {
            let line = line_around(self.text, at, hot);
            at = match table::recognise(self.text, at, line) {
                Some(found) => table::read(&mut self, &found),
                None if is_labelled(self.text, line) => self.block(line),
                None if is_prose(self.text, line) => self.paragraph(at, line),
                None => self.line(at, line),
            };
        }
    }

    /// Ends a record and reports what is in it.
    pub(crate) fn close(&mut self) {
        self.record.official = self.is_official();
        let persons = self.record.close(self.text, *self.options, &mut self.findings);
        if self.findings.is_empty() {
            return;
        }
        for finding in &mut self.findings {
            finding.record = self.count;
        }
        self.count += 1;
        (self.take)(persons, &self.findings);
    }

    /// Whether the document invites bids, by its first page.
    fn is_official(&mut self) -> bool {
        *self.official.get_or_insert_with(|| {
            let head = &self.text[..floor(self.text, HEAD)];
            let mut marks = Vec::new();
            label::find(head, (0, head.len()), &mut label::Skeleton::default(), &mut marks);
            marks.iter().filter(|mark| mark.label == Label::Tender).count() >= 2
        })
    }

    /// A line by itself.
    pub(crate) fn line(&mut self, floor: usize, line: (usize, usize)) -> usize {
        let before = self.said_above(floor, line.0);
        self.span.prose(self.text, line, before, &mut self.record);
        self.close();
        line.1
    }

    /// The lines of prose around one, from `floor` on: what a letter says of its writer is spread
    /// over them.
    fn paragraph(&mut self, floor: usize, hot: (usize, usize)) -> usize {
        let mut line = hot;
        for _ in 0..LONGEST_PARAGRAPH / 2 {
            let above = line_before(self.text, floor, line.0);
            let Some(above) = above.filter(|above| is_prose(self.text, *above)) else { break };
            line = above;
        }
        for _ in 0..LONGEST_PARAGRAPH {
            self.span.prose(self.text, line, Labels::NONE, &mut self.record);
            let next = next_line(self.text, line.1);
            match next.filter(|next| next.0 <= hot.0 || is_prose(self.text, *next)) {
                Some(next) => line = next,
                None => break,
            }
        }
        self.close();
        line.1
    }

    /// The labels of the line above, if it is nothing but labels.
    fn said_above(&self, floor: usize, start: usize) -> Labels {
        let Some(end) = start.checked_sub(1).filter(|end| *end > floor) else {
            return Labels::NONE;
        };
        let bytes = &self.text.as_bytes()[floor..end];
        let from = memchr::memrchr(b'\n', bytes).map_or(0, |place| place + 1);
        let above = &bytes[from..];
        if above.len() > 60 || above.iter().any(u8::is_ascii_digit) {
            return Labels::NONE;
        }
        self.text.get(floor + from..end).map_or(Labels::NONE, label::set)
    }

    /// Lines that each begin with a label are one record, until there is an empty line or the first
    /// label comes again.
    fn block(&mut self, mut line: (usize, usize)) -> usize {
        let first = first_label(self.text, line);
        for count in 0..LONGEST_BLOCK {
            if count > 0 && first.is_some() && first_label(self.text, line) == first {
                break;
            }
            self.span.prose(self.text, line, Labels::NONE, &mut self.record);
            let Some(next) = next_line(self.text, line.1) else {
                line.0 = line.1;
                break;
            };
            let ends = !is_labelled(self.text, next);
            line = if ends { (line.1, line.1) } else { next };
            if ends {
                break;
            }
        }
        self.close();
        line.0
    }
}

/// What the first label of a line says.
fn first_label(text: &str, (start, end): (usize, usize)) -> Option<String> {
    let head = &text[start..floor(text, (start + 60).min(end)).max(start)];
    let colon = head.find([':', '='])?;
    Some(head[..colon].trim_matches(|c: char| !c.is_alphabetic()).to_lowercase())
}

/// Whether a line is a label and a value: a colon near its beginning, with a word before it.
fn is_labelled(text: &str, (start, end): (usize, usize)) -> bool {
    let head = &text.as_bytes()[start..(start + 60).min(end)];
    memchr::memchr2(b':', b'=', head).is_some_and(|colon| {
        let before = &head[..colon];
        before.iter().any(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80)
            && !before.last().is_some_and(u8::is_ascii_digit)
    })
}

/// Whether a line is a sentence or a part of one: many of its words begin with a small letter. An
/// item of a list is a record by itself.
fn is_prose(text: &str, (start, end): (usize, usize)) -> bool {
    let line = text[start..end].trim_start();
    let item = line.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '*' | '•' | '('));
    let (mut small, mut words) = (0, 0);
    for word in line.split_ascii_whitespace() {
        words += 1;
        let bare = word.trim_end_matches([',', '.', ';', ':', ')']);
        let whole = bare.bytes().all(|byte| byte.is_ascii_alphabetic());
        small += usize::from(whole && bare.starts_with(|c: char| c.is_ascii_lowercase()));
    }
    !item && small >= 5 && small * 3 >= words && end - start < LONGEST
}

/// The line around a place, cut if it is too long, and not before `from`.
pub(crate) fn line_around(text: &str, from: usize, at: usize) -> (usize, usize) {
    let bytes = text.as_bytes();
    let reach = from.max(at.saturating_sub(LONGEST));
    let start = match memchr::memrchr(b'\n', &bytes[reach..at]) {
        Some(place) => reach + place + 1,
        None if reach == from => from,
        None => floor(text, at.saturating_sub(LONGEST / 8)).max(from),
    };
    let limit = floor(text, (at + LONGEST).min(bytes.len()));
    let end = match memchr::memchr(b'\n', &bytes[at..limit]) {
        Some(place) => at + place,
        None if limit == bytes.len() => limit,
        None => cut(text, at, limit),
    };
    objects(text, (start, end), at)
}

/// Where a line that is too long is cut: behind an object, behind a field, between words.
fn cut(text: &str, at: usize, limit: usize) -> usize {
    let half = floor(text, at + (limit - at) / 2);
    let bytes = &text.as_bytes()[half..limit];
    let place = [b'}', b';', b',', b' '].into_iter().find_map(|byte| memchr::memrchr(byte, bytes));
    place.map_or(limit, |place| half + place + 1)
}

/// In a list of JSON objects on one line, the one around a place.
fn objects(text: &str, (start, end): (usize, usize), at: usize) -> (usize, usize) {
    let line = &text.as_bytes()[start..end];
    if end - start < 40 || memchr::memmem::find(line, b"\":").is_none() {
        return (start, end);
    }
    let joint = |pair: &[u8]| {
        memchr::memmem::find_iter(line, pair).map(|place| place + 1).collect::<Vec<_>>()
    };
    let joints = [joint(b"},{"), joint(b"}, {")].concat();
    let before = joints.iter().map(|place| start + place).filter(|place| *place <= at).max();
    let after = joints.iter().map(|place| start + place).filter(|place| *place > at).min();
    (before.unwrap_or(start), after.unwrap_or(end))
}

/// The line after the one that ends at `end`, if it is neither empty nor too long.
pub(crate) fn next_line(text: &str, end: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    if bytes.get(end) != Some(&b'\n') {
        return None;
    }
    let start = end + 1;
    let limit = (start + LONGEST).min(bytes.len());
    let end = match memchr::memchr(b'\n', &bytes[start..limit]) {
        Some(place) => start + place,
        None if limit == bytes.len() => limit,
        None => return None,
    };
    let blank = bytes[start..end].iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'));
    (!blank).then_some((start, end))
}

/// The line before the one that starts at `start`, not before `from`, if it is neither empty nor
/// too long.
pub(crate) fn line_before(text: &str, from: usize, start: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let end = start.checked_sub(1).filter(|end| *end > from && bytes[*end] == b'\n')?;
    let reach = from.max(end.saturating_sub(LONGEST));
    let start = match memchr::memrchr(b'\n', &bytes[reach..end]) {
        Some(place) => reach + place + 1,
        None if reach == from => from,
        None => return None,
    };
    let blank = bytes[start..end].iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'));
    (!blank).then_some((start, end))
}

#[cfg(test)]
mod tests;

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

    /// Whether what hardly can be is to be reported, too: what a label speaks against stays below.
    pub(crate) const fn tells_all(&self) -> bool {
        self.options.least_confidence <= 40
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
    /// label comes again; so are the members of an object of JSON, with the objects in it.
    fn block(&mut self, mut line: (usize, usize)) -> usize {
        let first = first_label(self.text, line);
        let mut object = Object::at(&self.text.as_bytes()[line.0..line.1]);
        for count in 0..LONGEST_BLOCK {
            let again = |first: &str| {
                first_label(self.text, line).is_some_and(|label| label.eq_ignore_ascii_case(first))
            };
            if count > 0 && object.as_ref().is_none_or(Object::is_level) && first.is_some_and(again)
            {
                break;
            }
            self.span.prose(self.text, line, Labels::NONE, &mut self.record);
            let goes_on = |next: &(usize, usize)| match &mut object {
                Some(object) => object.goes_on(&self.text.as_bytes()[next.0..next.1]),
                None => is_labelled(self.text, *next),
            };
            let Some(next) = next_line(self.text, line.1).filter(goes_on) else {
                line.0 = line.1;
                break;
            };
            line = next;
        }
        self.close();
        line.0
    }
}

/// An object of JSON that is written over many lines, from one of its members on.
struct Object {
    /// How many more objects are open than at the beginning.
    depth: isize,
    /// Whether the last line began with the end of an object.
    ended: bool,
}

impl Object {
    /// If this line is a member of an object.
    fn at(line: &[u8]) -> Option<Self> {
        let member = line.trim_ascii_start().starts_with(b"\"") && has_fields(line);
        member.then(|| Self { depth: opened(line), ended: false })
    }

    /// Whether the object has this line, too: no other one of the same list does.
    fn goes_on(&mut self, line: &[u8]) -> bool {
        let line = line.trim_ascii_start();
        let ended = std::mem::replace(&mut self.ended, line.starts_with(b"}"));
        self.depth += opened(line);
        match line.first() {
            Some(b'"' | b'-' | b'0'..=b'9') => true,
            Some(b'}') => !line.contains(&b'{'),
            // The end of a list of values; that of a list of objects ends what they belong to.
            Some(b']') => !ended,
            _ => false,
        }
    }

    /// Whether as many objects are open as at the beginning.
    const fn is_level(&self) -> bool {
        self.depth == 0
    }
}

/// How many objects a line opens and does not close.
fn opened(line: &[u8]) -> isize {
    let (mut depth, mut quoted, mut escaped) = (0, false, false);
    for byte in line {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = !quoted,
            b'{' if !quoted => depth += 1,
            b'}' if !quoted => depth -= 1,
            _ => {}
        }
    }
    depth
}

/// What the first label of a line says.
fn first_label(text: &str, (start, end): (usize, usize)) -> Option<&str> {
    let head = &text[start..floor(text, (start + 60).min(end)).max(start)];
    let colon = memchr::memchr2(b':', b'=', head.as_bytes())?;
    Some(head[..colon].trim_matches(|c: char| c.is_ascii() && !c.is_ascii_alphabetic()))
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
    /// Words, as few as a sentence has.
    const FEWEST: usize = 5;
    if end - start < 2 * FEWEST - 1 || end - start >= LONGEST {
        return false;
    }
    let line = text[start..end].trim_start();
    let item = line.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '*' | '•' | '('));
    if item {
        return false;
    }
    let (small, words) = small_words(line.as_bytes());
    small >= FEWEST && small * 3 >= words
}

/// How many words there are of letters alone that begin with a small one, but for the stops behind
/// them; and how many words.
fn small_words(line: &[u8]) -> (usize, usize) {
    let (mut small, mut words, mut at) = (0, 0, 0);
    while let Some(byte) = line.get(at) {
        if byte.is_ascii_whitespace() {
            at += 1;
            continue;
        }
        words += 1;
        let begins_small = byte.is_ascii_lowercase();
        let skip = |at: usize, of: fn(&u8) -> bool| {
            at + line[at..].iter().take_while(|byte| of(byte)).count()
        };
        if begins_small {
            at = skip(at, u8::is_ascii_alphabetic);
            at = skip(at, |byte| matches!(byte, b',' | b'.' | b';' | b':' | b')'));
            small += usize::from(line.get(at).is_none_or(u8::is_ascii_whitespace));
        }
        at = skip(at, |byte| !byte.is_ascii_whitespace());
    }
    (small, words)
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
    if end - start < 40 || !has_fields(line) {
        return (start, end);
    }
    let joint = |brace: &usize| {
        let rest = &line[*brace..];
        rest.starts_with(b"},{") || rest.starts_with(b"}, {")
    };
    let (left, right) = line.split_at(at - start);
    let before = memchr::memrchr_iter(b'}', left).find(joint);
    let after = memchr::memchr_iter(b'}', right).map(|brace| at - start + brace).find(joint);
    (before.map_or(start, |brace| start + brace + 1), after.map_or(end, |brace| start + brace + 1))
}

/// Whether a line is of JSON: its commas part fields, and each says what it is.
pub(crate) fn has_fields(line: &[u8]) -> bool {
    memchr::memchr_iter(b':', line).any(|colon| line[..colon].ends_with(b"\""))
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

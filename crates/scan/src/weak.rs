//! What is personal only beside something else: names, addresses, gender, results, vaccines. Found
//! by the labels around it.

use crate::{
    Kind,
    context::{Weight, is_number},
    label::{Label, Labels, Mark, NO_NAME},
    record::{Draft, Record},
};

/// Longest name, in bytes: six words of a script with three bytes a letter.
const LONGEST_NAME: usize = 120;
/// Longest address, in bytes.
const LONGEST_ADDRESS: usize = 300;

/// Puts what the labels of `text[start..end]` point at into the record.
pub(crate) fn find(text: &str, span: (usize, usize), marks: &[Mark], record: &mut Record) {
    let mut from = span.0;
    for (place, mark) in marks.iter().enumerate() {
        let draft = match mark.label {
            Label::Relative => {
                record.drafts.extend(of_relative(text, span, marks, place));
                labelled_name(text, span, marks, place)
            }
            Label::Name => labelled_name(text, span, marks, place),
            Label::Honorific if mark.start >= from => honoured(text, span, marks, place),
            Label::NamePart if mark.start >= from => known_name(text, span, marks, place),
            Label::Address => address(text, span, marks, place),
            Label::GenderValue => gender(text, span, marks, place),
            Label::ResultValue => result(marks, place),
            Label::VaccineValue => Some(word(Kind::Vaccination, mark, 85)),
            _ => None,
        };
        if let Some(draft) = draft {
            from = from.max(draft.end);
            record.drafts.push(draft);
        }
    }
}

fn word(kind: Kind, mark: &Mark, percent: u8) -> Draft {
    Draft::new(kind, (mark.start, mark.end), Weight { percent, labelled: false })
}

/// Whether what stands in a cell is written as a person's name is. What its words say is not
/// asked.
pub(crate) fn is_name(text: &str) -> bool {
    if text.len() < 2 || text.len() > LONGEST_NAME {
        return false;
    }
    let (begins, letters, words) = if text.is_ascii() {
        let (mut words, mut all, mut before) = (0, RIGHT, SPACE);
        for byte in text.bytes() {
            let part = NAMES[usize::from(byte)];
            words += usize::from(before & !part & SPACE != 0);
            all &= part;
            before = part;
        }
        (text.as_bytes()[0].is_ascii_alphabetic(), all != 0, words)
    } else {
        let letters = text.chars().all(|c| is_name_char(c) || c == ' ' || c == '/');
        let begins = text.chars().next().is_some_and(char::is_alphabetic);
        (begins, letters, text.split_whitespace().count())
    };
    begins && letters && words <= 6
}

/// In [`NAMES`]: what a name is written with.
const RIGHT: u8 = 1;
/// What parts its words.
const SPACE: u8 = 2;

/// What each byte of ASCII is to a name.
const NAMES: [u8; 256] = {
    let mut parts = [0; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        parts[byte as usize] = match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'.' | b'\'' | b'-' | b'/' => RIGHT,
            b' ' => RIGHT | SPACE,
            _ => 0,
        };
        byte += 1;
    }
    parts
};

/// Letters and signs of any script, initials' dots, apostrophes, hyphens. A digit is none.
fn is_name_char(c: char) -> bool {
    // Every block of India has its letters and their signs below its stops and digits.
    let code = u32::from(c);
    if (0x0900..0x0D80).contains(&code) && code & 0x7F < 0x64 {
        return true;
    }
    let sign = !c.is_ascii() && !c.is_whitespace() && !c.is_numeric();
    c.is_alphabetic() || (sign && !is_stop(c)) || matches!(c, '.' | '\'' | '-')
}

/// What ends a phrase in Indian scripts and in print.
const fn is_stop(c: char) -> bool {
    matches!(c, '।' | '॥' | '–' | '—' | '“' | '”' | '‘' | '’' | '•' | '₹' | '…' | '\u{fffd}')
}

/// Where the value of the label begins: behind `:`, `-`, `=`, quotes, spaces, `(s)`.
fn value(text: &str, mark: &Mark, end: usize) -> Option<usize> {
    let rest = &text[mark.end..end];
    let mut said = mark.end > mark.start && text.as_bytes()[mark.end - 1] == b'/';
    let mut skipped = 0;
    for c in rest.chars() {
        match c {
            ':' | '=' | '"' | '-' | '–' | '\'' | '>' => said = true,
            ' ' | '\u{a0}' | '.' | '\t' | '*' | '_' => {}
            _ => break,
        }
        skipped += c.len_utf8();
    }
    // `s/o Ram Lal` and `R/o Jaipur` need no colon.
    let short = || is_relation(&text[mark.start..mark.end]);
    ((said || short()) && skipped < rest.len()).then_some(mark.end + skipped)
}

/// Whether a label stands between a person and what it says of them: `s/o`, `daughter of`.
fn is_relation(label: &str) -> bool {
    let label = label.as_bytes();
    label.contains(&b'/') || label.windows(3).any(|three| three == b" of")
}

/// Whether this label stands for a person: `Name` does, `Item name`, `Name of work` do not.
pub(crate) fn is_persons(text: &str, start: usize, marks: &[Mark], place: usize) -> bool {
    let mark = &marks[place];
    if mark.label == Label::Relative {
        return true;
    }
    let before = &text[start..mark.start];
    let edge = |byte: &u8| {
        matches!(
            byte,
            b',' | b';' | b'|' | b'\t' | b'"' | b':' | b'{' | b'.' | b'(' | b'/' | b')' | b'>'
        )
    };
    let from = before.bytes().rposition(|byte| edge(&byte)).map_or(0, |edge| edge + 1);
    let segment = before[from..].trim();
    let known = marks[..place].last().is_some_and(|last| {
        matches!(last.label, Label::Person | Label::Beneficiary | Label::Relative | Label::Years)
            && mark.start - last.end <= 8
    });
    let few = || segment.bytes().filter(u8::is_ascii_alphabetic).nth(2).is_none();
    known || !segment.is_ascii() || few() || segment.eq_ignore_ascii_case("the")
}

fn labelled_name(
    text: &str,
    (start, end): (usize, usize),
    marks: &[Mark],
    place: usize,
) -> Option<Draft> {
    let mark = &marks[place];
    if !is_persons(text, start, marks, place) {
        return None;
    }
    let from = value(text, mark, end)?;
    name(text, (from, end), marks, Weight { percent: 88, labelled: true })
}

/// The name that begins at `from`.
fn name(text: &str, (from, end): (usize, usize), marks: &[Mark], weight: Weight) -> Option<Draft> {
    let from = marks[marks.partition_point(|mark| mark.start < from)..]
        .iter()
        .take_while(|mark| mark.start <= from + LONGEST_NAME)
        .filter(|mark| mark.label == Label::Honorific)
        .fold(from, |from, mark| if mark.start == from { skip(text, mark.end, end) } else { from });
    let later = &marks[marks.partition_point(|mark| mark.start < from)..];
    let found = found_at(text, (from, end), later)?;
    let next = later[later.partition_point(|mark| mark.start < from + found.name.len())..].first();
    let body = next.is_some_and(|mark| {
        mark.start <= from + found.length + 1 && Labels::of(&[mark.label]).any(NO_NAME)
    });
    let found = found.name;
    let words = found.split_whitespace().count();
    let right = found.chars().filter(|c| c.is_alphabetic()).nth(1).is_some();
    (right && !body && (1..=6).contains(&words) && found.len() <= LONGEST_NAME)
        .then(|| Draft::new(Kind::Name, (from, from + found.len()), weight))
}

/// What may be a name.
struct Found<'t> {
    name: &'t str,
    /// How long it is with the signs and spaces behind it.
    length: usize,
}

/// What is written as a name from `from` on, up to a label of something else: these are `later`.
/// Nothing if it is longer than any name.
fn found_at<'t>(text: &'t str, (from, end): (usize, usize), later: &[Mark]) -> Option<Found<'t>> {
    let ends = |mark: &&Mark| {
        !matches!(mark.label, Label::NamePart | Label::Honorific | Label::GenderValue)
    };
    // Where many names follow one another, only what is near is asked.
    let near = floor(text, (from + LONGEST_NAME + 4).min(end));
    let limit = later.iter().take_while(|mark| mark.start <= near).find(ends);
    let limit = limit.map_or(near, |mark| mark.start);
    let rest = text.get(from..limit.max(from))?;
    let stop = rest.char_indices().find(|(_, c)| !(is_name_char(*c) || *c == ' '));
    let length = stop.map_or(rest.len(), |(at, _)| at);
    let name = trimmed(&rest[..length]);
    if stop.is_some() || limit < near || near == end {
        return Some(Found { name, length });
    }
    let limit = later.iter().find(ends).map_or(end, |mark| mark.start);
    let beyond = text[near..limit.max(near)].trim_start_matches(AROUND);
    let ended = !beyond.starts_with(|c| is_name_char(c) || c == ' ');
    ended.then_some(Found { name, length: limit.max(near) - beyond.len() - from })
}

/// Behind the dot and the spaces that follow an honorific.
fn skip(text: &str, at: usize, end: usize) -> usize {
    let rest = &text[at..end];
    at + rest.len() - rest.trim_start_matches(['.', ' ', '\u{a0}']).len()
}

/// What may stand behind a name.
const AROUND: [char; 4] = [' ', '.', '-', '\''];

fn trimmed(text: &str) -> &str {
    text.trim_end_matches(AROUND)
}

/// `Shri Ramesh Kumar`: only the words that begin with a capital letter.
fn honoured(text: &str, (_, end): (usize, usize), marks: &[Mark], place: usize) -> Option<Draft> {
    let from = skip(text, marks[place].end, end);
    let draft = name(text, (from, end), marks, Weight { percent: 62, labelled: false })?;
    capitalised(text, draft)
}

/// `Ramesh Kumar` where nothing says so: the words with capital letters around a name many have.
fn known_name(
    text: &str,
    (start, end): (usize, usize),
    marks: &[Mark],
    place: usize,
) -> Option<Draft> {
    let mark = &marks[place];
    let mut from = mark.start;
    let mut words = 0;
    while words < 3 && from > start && text[start..from].ends_with(' ') {
        let before = text[start..from].trim_end();
        let word = before.rsplit(|c: char| !is_name_char(c)).next().unwrap_or_default();
        let whole = before.len() - word.len();
        let until = marks.partition_point(|mark| mark.start < start + before.len());
        let mut near = marks[..until].iter().rev().take_while(|mark| {
            // No label is longer.
            mark.start + LONGEST_NAME > start + whole
        });
        let known = near.any(|mark| mark.end > start + whole && mark.label != Label::NamePart);
        if !begins_large(word) || known {
            break;
        }
        from = start + whole;
        words += 1;
    }
    let draft = name(text, (from, end), marks, Weight { percent: 55, labelled: false })?;
    let draft = capitalised(text, draft)?;
    (text[draft.start..draft.end].contains(' ')).then_some(draft)
}

/// `Asha Meena, daughter of`: whose relative is named next.
fn of_relative(
    text: &str,
    (start, _): (usize, usize),
    marks: &[Mark],
    place: usize,
) -> Option<Draft> {
    is_relation(&text[marks[place].start..marks[place].end]).then_some(())?;
    let before = text[start..marks[place].start].trim_end_matches([' ', ',', '(']);
    let mut from = before.len();
    while let Some(word) = before[..from].trim_end_matches(' ').rsplit(' ').next() {
        let end = before[..from].trim_end_matches(' ').len();
        if end + 2 < from || !begins_large(word) || before.len() - end > LONGEST_NAME {
            break;
        }
        from = end - word.len();
    }
    let taken = |mark: &Mark| {
        mark.start >= start + from && mark.start < start + before.len() && !is_of_name(mark)
    };
    let found = before[from..].trim_start();
    let right = found.split(' ').count() >= 2 && !marks[..place].iter().any(taken);
    let from = start + before.len() - found.len();
    right.then(|| {
        let weight = Weight { percent: 70, labelled: true };
        Draft::new(Kind::Name, (from, from + found.len()), weight)
    })
}

const fn is_of_name(mark: &Mark) -> bool {
    matches!(mark.label, Label::NamePart | Label::Honorific)
}

/// `2) Yusuf Bora, mobile 98290 11223`: the words with capital letters that a line begins with, if
/// the number of a person follows.
pub(crate) fn leading(
    text: &str,
    (start, end): (usize, usize),
    marks: &[Mark],
    record: &mut Record,
) {
    if !record.drafts.iter().any(|draft| draft.kind.identifies() && draft.percent >= 50) {
        return;
    }
    let line = &text[start..end];
    let numbering = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '.' | ')' | '(' | '-' | '*');
    let mut from = start + line.len() - line.trim_start_matches(numbering).len();
    while let Some(mark) = marks.iter().find(|mark| mark.start == from) {
        if mark.label != Label::Honorific {
            break;
        }
        from = skip(text, mark.end, end);
    }
    let mut to = from;
    for word in text[from..end].split(' ').take(5) {
        let bare = word.trim_end_matches([',', ':', ';']);
        let large = begins_large(bare) && bare.chars().all(|c| c.is_alphabetic() || c == '.');
        if !large || !bare.is_ascii() {
            break;
        }
        to += usize::from(to > from) + bare.len();
        if bare.len() < word.len() {
            break;
        }
    }
    let found = &text[from..to];
    let words = found.split(' ').filter(|word| word.len() > 1).count();
    let taken = |mark: &Mark| mark.start < to && mark.end > from && !is_of_name(mark);
    let known = |draft: &Draft| draft.kind == Kind::Name && draft.start < to && draft.end > from;
    let strong = |draft: &Draft| {
        draft.kind.identifies() && draft.percent >= 50 && (to..to + FOLLOWS).contains(&draft.start)
    };
    if words >= 2
        && !marks.iter().any(taken)
        && !record.drafts.iter().any(known)
        && record.drafts.iter().any(strong)
    {
        let weight = Weight { percent: 58, labelled: false };
        record.drafts.push(Draft::new(Kind::Name, (from, to), weight));
    }
}

/// How far from a name its number may begin, in bytes.
const FOLLOWS: usize = 30;

fn begins_large(word: &str) -> bool {
    word.chars().next().is_some_and(|c| c.is_uppercase() || !c.is_ascii())
        && word.chars().all(is_name_char)
}

/// Cut where the first word begins with a small letter.
fn capitalised(text: &str, mut draft: Draft) -> Option<Draft> {
    let found = &text[draft.start..draft.end];
    let mut length = 0;
    for word in found.split(' ').take(4) {
        if !word.is_empty() && !begins_large(word) {
            break;
        }
        length += word.len() + 1;
    }
    let kept = trimmed(found.get(..length.saturating_sub(1))?);
    draft.end = draft.start + kept.len();
    (kept.len() >= 2).then_some(draft)
}

/// Up to the next label of a number, the end of the sentence, or the end of the field.
fn address(text: &str, (_, end): (usize, usize), marks: &[Mark], place: usize) -> Option<Draft> {
    let mark = &marks[place];
    let from = value(text, mark, end)?;
    let ends = |mark: &&Mark| {
        mark.start > from
            && (is_number(mark.label) && mark.label != Label::Pin
                || matches!(mark.label, Label::Birth | Label::Age | Label::Gender | Label::Email))
    };
    let limit = marks[place..].iter().find(ends).map_or(end, |mark| mark.start);
    let limit = floor(text, limit.min(from + LONGEST_ADDRESS)).max(from);
    let rest = &text[from..limit];
    let length = rest.find(['"', '|', '\t', ';', '<', '\n', '}', '।']).unwrap_or(rest.len());
    let found = rest[..length].trim_end_matches([' ', ',', '-', '.', '(', ':']);
    let letters = found.chars().filter(|c| c.is_alphabetic());
    { letters }.nth(3).is_some().then(|| {
        let weight = Weight { percent: 84, labelled: true };
        Draft::new(Kind::Address, (from, from + found.len()), weight)
    })
}

/// The nearest boundary of a character at or before a place.
pub(crate) fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A single letter counts behind a label or a slash only: `Sex: F`, `45/F`.
fn gender(text: &str, (start, _): (usize, usize), marks: &[Mark], place: usize) -> Option<Draft> {
    let mark = &marks[place];
    let labelled = marks[..place]
        .last()
        .is_some_and(|last| last.label == Label::Gender && is_gap(&text[last.end..mark.start]));
    let slash = mark.start > start && text.as_bytes()[mark.start - 1] == b'/';
    let percent = match () {
        () if labelled => 92,
        () if mark.end - mark.start > 1 => 60,
        () if slash => 60,
        () => return None,
    };
    Some(Draft::new(Kind::Gender, (mark.start, mark.end), Weight { percent, labelled }))
}

/// Whether nothing but a few signs and the spaces of a form stand between.
fn is_gap(between: &str) -> bool {
    let signs = between.chars().filter(|c| !c.is_whitespace()).count();
    signs <= 4 && between.len() <= 40 && !between.contains(char::is_alphabetic)
}

/// `Result: Positive`, `RT-PCR positive`.
fn result(marks: &[Mark], place: usize) -> Option<Draft> {
    let mark = &marks[place];
    const NEAR: usize = 80;
    let from = marks.partition_point(|other| other.start + NEAR < mark.start);
    let mut around = marks[from..].iter().take_while(|other| other.start <= mark.start + NEAR);
    around.any(|other| matches!(other.label, Label::Result | Label::Test)).then(|| {
        let weight = Weight { percent: 86, labelled: true };
        Draft::new(Kind::TestResult, (mark.start, mark.end), weight)
    })
}

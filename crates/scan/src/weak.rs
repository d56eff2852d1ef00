//! What is personal only beside something else: names, addresses, gender, results, vaccines. Found
//! by the labels around it.

use crate::{
    Kind,
    context::{Weight, is_number},
    label::{Label, Labels, Mark},
    record::{Draft, Record},
};

/// Longest name, in bytes: six words of a script with three bytes a letter.
const LONGEST_NAME: usize = 120;
/// Longest address, in bytes.
const LONGEST_ADDRESS: usize = 300;

/// What a name does not have in it.
const NO_NAME: Labels = Labels::of(&[
    Label::Organisation,
    Label::Designation,
    Label::Office,
    Label::Tender,
    Label::Place,
    Label::Order,
    Label::Vaccine,
    Label::VaccineValue,
    Label::Amount,
    Label::Article,
]);

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

/// Whether what stands in a cell may be a person's name.
pub(crate) fn is_name(text: &str, marks: &[Mark]) -> bool {
    let words = text.split_whitespace().count();
    let letters = text.chars().all(|c| is_name_char(c) || c == ' ' || c == '/');
    let begins = text.chars().next().is_some_and(char::is_alphabetic);
    let other = marks.iter().any(|mark| Labels::of(&[mark.label]).any(NO_NAME));
    begins && letters && !other && text.len() >= 2 && text.len() <= LONGEST_NAME && words <= 6
}

/// Letters and signs of any script, initials' dots, apostrophes, hyphens. A digit is none.
fn is_name_char(c: char) -> bool {
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
    let short =
        text[mark.start..mark.end].contains('/') || text[mark.start..mark.end].contains(" of");
    ((said || short) && skipped < rest.len()).then_some(mark.end + skipped)
}

/// Whether this label stands for a person: `Name` does, `Item name`, `Name of work` do not.
pub(crate) fn is_persons(text: &str, start: usize, marks: &[Mark], place: usize) -> bool {
    let mark = &marks[place];
    if mark.label == Label::Relative {
        return true;
    }
    let before = &text[start..mark.start];
    let segment =
        before.rsplit([',', ';', '|', '\t', '"', ':', '{', '.', '(', '/', ')', '>']).next();
    let segment = segment.unwrap_or_default().trim();
    let known = marks[..place].last().is_some_and(|last| {
        matches!(last.label, Label::Person | Label::Beneficiary | Label::Relative | Label::Years)
            && mark.start - last.end <= 8
    });
    let letters = segment.chars().filter(|c| c.is_alphabetic()).count();
    let filler = segment.eq_ignore_ascii_case("the");
    known || letters <= 2 || filler || !segment.is_ascii()
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
    let from = marks
        .iter()
        .filter(|mark| mark.label == Label::Honorific)
        .fold(from, |from, mark| if mark.start == from { skip(text, mark.end, end) } else { from });
    let limit = marks
        .iter()
        .filter(|mark| mark.start > from || (mark.start == from && mark.label != Label::NamePart))
        .find(|mark| !matches!(mark.label, Label::NamePart | Label::Honorific | Label::GenderValue))
        .map_or(end, |mark| mark.start);
    let rest = text.get(from..limit.max(from))?;
    let length = rest
        .char_indices()
        .find(|(_, c)| !(is_name_char(*c) || *c == ' '))
        .map_or(rest.len(), |(at, _)| at);
    let found = trimmed(&rest[..length]);
    let next = marks.iter().find(|mark| mark.start >= from + found.len());
    let body = next.is_some_and(|mark| {
        mark.start <= from + length + 1 && Labels::of(&[mark.label]).any(NO_NAME)
    });
    let words = found.split_whitespace().count();
    let right = found.chars().filter(|c| c.is_alphabetic()).count() >= 2;
    (right && !body && (1..=6).contains(&words) && found.len() <= LONGEST_NAME)
        .then(|| Draft::new(Kind::Name, (from, from + found.len()), weight))
}

/// Behind the dot and the spaces that follow an honorific.
fn skip(text: &str, at: usize, end: usize) -> usize {
    let rest = &text[at..end];
    at + rest.len() - rest.trim_start_matches(['.', ' ', '\u{a0}']).len()
}

fn trimmed(text: &str) -> &str {
    text.trim_end_matches([' ', '.', '-', '\''])
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
        let known = marks.iter().any(|mark| {
            mark.start < start + before.len()
                && mark.end > start + whole
                && mark.label != Label::NamePart
        });
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
    let word = &text[marks[place].start..marks[place].end];
    (word.contains('/') || word.contains(" of")).then_some(())?;
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
    let limit = marks.iter().find(ends).map_or(end, |mark| mark.start);
    let limit = floor(text, limit.min(from + LONGEST_ADDRESS)).max(from);
    let rest = &text[from..limit];
    let length = rest.find(['"', '|', '\t', ';', '<', '\n', '}', '।']).unwrap_or(rest.len());
    let found = rest[..length].trim_end_matches([' ', ',', '-', '.', '(', ':']);
    let letters = found.chars().filter(|c| c.is_alphabetic()).count();
    (letters >= 4).then(|| {
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
    let near = marks.iter().any(|other| {
        matches!(other.label, Label::Result | Label::Test) && other.start.abs_diff(mark.start) <= 80
    });
    near.then(|| {
        let weight = Weight { percent: 86, labelled: true };
        Draft::new(Kind::TestResult, (mark.start, mark.end), weight)
    })
}

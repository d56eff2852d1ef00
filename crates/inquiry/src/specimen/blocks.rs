//! Records that are written as labels with values, one a line, with an empty line between two.

use csv::StringRecord;

/// More labels than any form has.
const MOST_LABELS: usize = 256;

/// The records of a text as rows under a head of their labels; none if it is not written so.
pub(super) fn rows(text: &str) -> Option<Vec<StringRecord>> {
    let mut labels: Vec<&str> = Vec::new();
    let mut records: Vec<Vec<(usize, &str)>> = Vec::new();
    let mut record = Vec::new();
    let mut other = 0_usize;
    for line in text.lines() {
        let line = line.trim();
        if line.is_empty() {
            if !record.is_empty() {
                records.push(std::mem::take(&mut record));
            }
            continue;
        }
        let Some((label, value)) = pair(line) else {
            other += 1;
            continue;
        };
        let place = match labels.iter().position(|known| *known == label) {
            Some(place) => place,
            // Each line is looked for among those before it, so their number is bounded here.
            None if labels.len() == MOST_LABELS => return None,
            None => {
                labels.push(label);
                labels.len() - 1
            }
        };
        // A label that comes again begins a record, where nothing else parts them.
        if record.iter().any(|(known, _)| *known == place) {
            records.push(std::mem::take(&mut record));
        }
        record.push((place, value));
    }
    records.extend((!record.is_empty()).then_some(record));
    let lines: usize = records.iter().map(Vec::len).sum();
    let sound = labels.len() >= 2 && records.len() * 2 <= lines;
    if !sound || other * 4 > lines {
        return None;
    }
    let filled = |record: Vec<(usize, &str)>| {
        let mut cells = vec![""; labels.len()];
        for (place, value) in record {
            cells[place] = value;
        }
        StringRecord::from(cells)
    };
    let head = StringRecord::from(labels.clone());
    Some(std::iter::once(head).chain(records.into_iter().map(filled)).collect())
}

/// A label and its value.
fn pair(line: &str) -> Option<(&str, &str)> {
    let (label, value) = line.split_once(':')?;
    let (label, value) = (label.trim(), value.trim());
    let short = !label.is_empty() && label.len() <= 60 && !label.contains([',', '\t', '|']);
    let worded = label.chars().any(char::is_alphabetic)
        && label.chars().filter(char::is_ascii_digit).count() < 3;
    (short && worded).then_some((label, value))
}

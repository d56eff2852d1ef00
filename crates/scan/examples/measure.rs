//! How well the scanner does on the made-up corpus: `cargo run --release -p scan --example measure`,
//! with the number of documents and the seed behind it if others than 4,000 and 1 are wanted. With
//! `wrong` as third word it shows what was missed and what was wrong: nobody in there exists.

#![expect(clippy::print_stdout, reason = "what it prints is what it is for")]

use corpus::score::{Found, Score};

fn main() {
    let mut words = std::env::args().skip(1);
    let documents = words.next().and_then(|word| word.parse().ok()).unwrap_or(4_000);
    let seed = words.next().and_then(|word| word.parse().ok()).unwrap_or(1);
    let show = words.next().is_some_and(|word| word == "wrong");
    let mut score = Score::default();
    for document in corpus::documents(seed).take(documents) {
        let found = scan::text(&document.text, &scan::Options::default());
        let found: Vec<_> = found
            .findings
            .iter()
            .map(|one| Found { kind: one.kind.to_string(), start: one.start, end: one.end })
            .collect();
        score.add(document.sort, &document.labels, &found);
        if show {
            differences(&document, &found);
        }
    }
    print!("{}", corpus::score::table(&score));
}

fn differences(document: &corpus::Document, found: &[Found]) {
    let near = |start: usize, end: usize| {
        let from = document.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let to = document.text[end..].find('\n').map_or(document.text.len(), |at| end + at);
        (&document.text[start..end], &document.text[from..to])
    };
    for label in &document.labels {
        let hit =
            |one: &&Found| one.kind == label.kind && label.start < one.end && one.start < label.end;
        if label.kind != corpus::EITHER && !found.iter().any(|one| hit(&one)) {
            println!("{}: missed {} {:?}", document.sort, label.kind, near(label.start, label.end));
        }
    }
    for one in found {
        let mut touched =
            document.labels.iter().filter(|label| label.start < one.end && one.start < label.end);
        if !touched.any(|label| label.kind == one.kind || label.kind == corpus::EITHER) {
            println!("{}: wrong {} {:?}", document.sort, one.kind, near(one.start, one.end));
        }
    }
}

//! The scanner on made-up documents that were written without looking at it.

use corpus::score::{Found, Score};
use scan::{
    Options,
    extract::{self, Limits, Source, Take, Unread},
};

/// Not the seed that its faults were looked up with.
const SEED: u64 = 20_261_125;

#[test]
fn what_is_there_is_found_and_what_is_not_is_not_told() {
    let documents = 20 * corpus::sorts();
    let mut score = Score::default();
    for document in corpus::documents(SEED).take(documents) {
        let found = scan::text(&document.text, &Options::default()).findings;
        let found: Vec<_> = found
            .iter()
            .map(|one| Found { kind: one.kind.to_string(), start: one.start, end: one.end })
            .collect();
        score.add(document.sort, &document.labels, &found);
    }
    let table = corpus::score::table(&score);
    assert!(score.all().f1() >= 0.98, "{table}");
    for (kind, counts) in &score.kinds {
        assert!(counts.f1() >= 0.95, "{kind}\n{table}");
    }
    assert!(score.documents.missed == 0, "{table}");
    assert!(score.documents.wrong * 100 <= documents as u64, "{table}");
}

#[test]
fn persons_are_counted() {
    let (mut there, mut told) = (0, 0);
    for document in corpus::documents(SEED).take(10 * corpus::sorts()) {
        there += document.persons;
        told += scan::text(&document.text, &Options::default()).persons;
    }
    assert!(there.abs_diff(told) * 100 <= there, "{told} persons told, {there} there");
}

/// What is found in a document as a file, by its places in it.
#[derive(Default)]
struct Placed(Vec<Found>);

impl Take for Placed {
    fn part(&mut self, path: &str, _: &str) {
        panic!("{path:?} is a text and told without its place");
    }

    fn traced(&mut self, _: &str, text: &str, source: &Source<'_>) {
        scan::each(text, &Options::default(), &mut |_, record| {
            self.0.extend(record.iter().map(|one| {
                let place = source.place(one.start, one.end).expect("it is written there");
                Found { kind: one.kind.to_string(), start: place.0, end: place.1 }
            }));
        });
    }

    fn unread(&mut self, path: &str, why: Unread) {
        panic!("{path:?}: {why}");
    }
}

#[test]
fn a_file_is_read_as_well_as_its_text_whatever_its_format() {
    let mut score = Score::default();
    for document in corpus::documents(SEED).take(20 * corpus::sorts()) {
        let mut placed = Placed::default();
        extract::document(document.text.as_bytes(), Limits::default(), &mut placed);
        score.add(document.sort, &document.labels, &placed.0);
    }
    let table = corpus::score::table(&score);
    assert!(score.all().f1() >= 0.99, "{table}");
    assert!(score.sorts.values().all(|counts| counts.f1() >= 0.95), "{table}");
    assert!(score.documents.missed == 0 && score.documents.wrong == 0, "{table}");
}

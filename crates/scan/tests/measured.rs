//! The scanner on made-up documents that were written without looking at it.

use corpus::score::{Found, Score};
use scan::Options;

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

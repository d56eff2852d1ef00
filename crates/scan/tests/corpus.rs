//! Whole documents of the kinds that offices publish, some with people in them and some without.
//! All of them are written by hand for this test; nobody in them exists.

use std::collections::BTreeSet;

use scan::{Kind, Options};

/// Documents in which no private person is exposed.
const NOBODY: &[(&str, &str)] = &[
    ("tender", include_str!("nobody/tender.txt")),
    ("duty roster", include_str!("nobody/roster.csv")),
    ("bank statement of an office", include_str!("nobody/statement.csv")),
    ("scientific table", include_str!("nobody/science.tsv")),
];

/// Documents with people. What is to be found stands in `«kind:value»` and is unwrapped first.
const PEOPLE: &[(&str, usize, &str)] = &[
    ("laboratory list", 3, include_str!("people/laboratory.csv")),
    ("Hindi list", 3, include_str!("people/hindi.csv")),
    ("application", 1, include_str!("people/application.txt")),
];

type Place = (usize, usize, String);

/// The text of a labelled document, and what stands where in it.
fn unwrapped(document: &str) -> (String, BTreeSet<Place>) {
    let (mut text, mut places) = (String::new(), BTreeSet::new());
    for (at, part) in document.split('«').enumerate() {
        if at == 0 {
            text.push_str(part);
            continue;
        }
        let (marked, rest) = part.split_once('»').expect("a mark is closed");
        let (kind, value) = marked.split_once(':').expect("a mark has a kind");
        assert!(Kind::ALL.iter().any(|known| known.as_str() == kind), "{kind} is no kind");
        places.insert((text.len(), text.len() + value.len(), kind.to_owned()));
        text.push_str(value);
        text.push_str(rest);
    }
    (text, places)
}

fn found(text: &str) -> (BTreeSet<Place>, usize) {
    let found = scan::text(text, &Options::default());
    let places = found.findings.iter().map(|one| (one.start, one.end, one.kind.to_string()));
    (places.collect(), found.persons)
}

fn shown<'a>(text: &'a str, places: impl Iterator<Item = &'a Place>) -> Vec<(&'a str, &'a str)> {
    places.map(|(start, end, kind)| (kind.as_str(), &text[*start..*end])).collect()
}

#[test]
fn a_document_without_private_persons_has_no_findings() {
    for (name, text) in NOBODY {
        let (places, persons) = found(text);
        assert_eq!(shown(text, places.iter()), [], "{name}");
        assert_eq!(persons, 0, "{name}");
    }
}

#[test]
fn in_a_document_with_people_at_least_nineteen_of_twenty_are_found_and_right() {
    let (mut labelled, mut told, mut right) = (0, 0, 0);
    let mut wrong = Vec::new();
    for (name, persons, document) in PEOPLE {
        let (text, expected) = unwrapped(document);
        let (places, counted) = found(&text);
        assert_eq!(counted, *persons, "{name}: {:?}", shown(&text, places.iter()));
        labelled += expected.len();
        told += places.len();
        right += places.intersection(&expected).count();
        for (word, missed) in
            [("missed", expected.difference(&places)), ("false", places.difference(&expected))]
        {
            wrong.extend(
                shown(&text, missed).into_iter().map(|what| format!("{name}: {word} {what:?}")),
            );
        }
    }
    assert!(labelled > 40, "{labelled}");
    assert!(right * 20 >= labelled * 19, "found {right} of {labelled}: {wrong:#?}");
    assert!(right * 20 >= told * 19, "right are {right} of {told}: {wrong:#?}");
}

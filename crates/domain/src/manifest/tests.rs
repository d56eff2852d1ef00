use std::collections::BTreeSet;

use super::{
    ASKED, WAYS,
    datum::Datum,
    tables::{self, Engine},
    words::{Basis, Form},
};
use crate::purpose::Purpose;

#[test]
fn every_thing_has_a_purpose_and_only_what_is_never_read_has_none() {
    let without: Vec<_> =
        Datum::ALL.iter().filter(|datum| datum.purposes().is_empty()).copied().collect();
    assert_eq!(without, [Datum::Empty, Datum::Ignored]);
    let unused: Vec<_> = Purpose::ALL
        .iter()
        .filter(|purpose| !Datum::ALL.iter().any(|datum| datum.purposes().contains(purpose)))
        .collect();
    assert_eq!(unused, Vec::<&Purpose>::new());
}

#[test]
fn names_and_words_are_whole_and_tell_things_apart() {
    let names: BTreeSet<_> = Datum::ALL.iter().map(|datum| datum.name()).collect();
    assert_eq!(names.len(), Datum::ALL.len());
    for datum in Datum::ALL {
        let words = datum.words();
        let hindi = words.hindi.chars().any(|letter| ('\u{900}'..='\u{97f}').contains(&letter));
        assert!(hindi && words.english.is_ascii(), "{datum:?}");
    }
}

/// What the keys stand for: one who has the database alone reads none of it.
#[test]
fn what_is_told_about_a_person_is_kept_sealed_or_as_a_keyed_digest_only() {
    let told = [
        Datum::Mobile,
        Datum::Name,
        Datum::BirthYear,
        Datum::Gender,
        Datum::Document,
        Datum::Priority,
        Datum::BornOn,
        Datum::Passport,
        Datum::Nationality,
        Datum::Guardian,
        Datum::Reason,
        Datum::Report,
        Datum::StaffName,
    ];
    let columns = || tables::all().flat_map(|table| table.columns);
    for column in columns().filter(|column| told.contains(&column.datum)) {
        assert_ne!(column.form, Form::Plain, "{}", column.name);
    }
    for column in columns() {
        assert_eq!(column.label.is_some(), column.form == Form::Sealed, "{}", column.name);
    }
    assert!(ASKED.iter().all(|datum| datum.basis() != Basis::NotPersonal));
}

#[test]
fn nothing_is_listed_twice() {
    let mut tables_seen = BTreeSet::new();
    for table in tables::all() {
        assert!(tables_seen.insert(table.name), "{}", table.name);
        for engine in [Engine::Sqlite, Engine::Postgres] {
            let columns: Vec<_> = table.columns_in(engine).map(|column| column.name).collect();
            assert_eq!(
                columns.iter().collect::<BTreeSet<_>>().len(),
                columns.len(),
                "{}",
                table.name
            );
        }
    }
    for way in WAYS {
        let fields: Vec<_> = way.fields().collect();
        assert_eq!(fields.iter().collect::<BTreeSet<_>>().len(), fields.len(), "{}", way.name);
    }
}

/// A log line and a metric may go anywhere, and stay for years.
#[test]
fn log_and_metrics_say_nothing_about_people() {
    for way in [super::LOG, super::METRICS] {
        for (name, datum) in way.shapes.iter().flat_map(super::Shape::each) {
            assert!(!datum.is_personal(), "{name}");
        }
    }
}

//! What a record of openings tells of who could have sold what they showed.

use std::collections::BTreeMap;

use super::{Trace, traces};
use crate::{
    index::IndexKey,
    memory::{Memory, Parts},
    observe::{Link, Matched, Pattern, Seen, Span},
    register::{Held, Passage, PersonNo, Register, Shows, Source, SourceKind, SourceNo, Version},
};

const DAY: i64 = 86_400;
/// People of one facility, who came on a day each.
const PEOPLE: u64 = 60;

fn came_at(number: u64) -> i64 {
    i64::try_from(number).unwrap() * DAY
}

fn met(number: u64, by: u32) -> Passage {
    Passage { source: SourceNo(by), at: came_at(number) }
}

fn held(number: u64, passages: Vec<Passage>) -> Held {
    let at = came_at(number);
    Held {
        person: PersonNo(number),
        account: number,
        mobile: format!("98{number:08}"),
        reference: format!("{number:014}"),
        names: vec![Version { from: at, until: None, value: "Asha Devi".to_owned() }],
        birth_years: vec![Version { from: at, until: None, value: 1970 }],
        genders: vec![Version { from: at, until: None, value: 2 }],
        document: None,
        doses: Vec::new(),
        registered_at: at,
        strata: [1, 1, 1],
        passages,
    }
}

/// A register of these people, with three accounts, a year after they came.
fn register(people: Vec<Held>) -> Memory {
    let account = |number: u32| Source {
        kind: SourceKind::Account,
        label: format!("account {number}"),
        at: None,
        canaries: 0.0,
    };
    Memory::new(Parts {
        people,
        canaries: BTreeMap::new(),
        sources: (0..3).map(account).collect(),
        rates: BTreeMap::new(),
        coverage: 0.8,
        now: 365 * DAY,
        key: IndexKey::new(&[1; 32]),
        mark_key: [1; 32],
        mark_places: 0,
    })
}

/// A record of somebody, as the register has them, with values of some time.
fn seen(held: &Held, from: i64) -> Seen {
    let pattern = Pattern {
        link: Link::Found,
        name: None,
        rare: false,
        year: None,
        gender: None,
        number: None,
        document: None,
        dose: None,
    };
    let span = Span { from, until: None, telling: true, registered_at: held.registered_at };
    let person = Matched {
        person: held.person,
        strata: held.strata,
        passages: held.passages.clone(),
        span,
        visits: vec![held.registered_at],
        has: Shows { mobile: true, document: false },
    };
    Seen { pattern, person: Some(person), sum: None, bit: None }
}

fn weights(people: Vec<Held>, shown: &[u64], from: i64, hides: bool) -> Vec<Trace> {
    let seen: Vec<_> = people
        .iter()
        .filter(|held| shown.contains(&held.person.0))
        .map(|held| seen(held, from.max(held.registered_at)))
        .collect();
    // What the second account was shown when people came had no mobile.
    let hidden = Shows { mobile: false, document: true };
    let hidden =
        (0..PEOPLE).map(|number| ((PersonNo(number), SourceNo(1), came_at(number)), hidden));
    let register = register(people).with_shown(hidden.filter(|_| hides).collect());
    assert_eq!(register.people(), PEOPLE);
    traces(&seen, &register, SourceKind::Account, Some(365 * DAY))
}

#[test]
fn who_looked_people_up_in_a_row_stands_before_who_met_them() {
    let shown: Vec<u64> = (0..10).collect();
    // The first account met half of all; the second most of them, and looked ten others up in a row.
    let people = |row: bool| {
        (0..PEOPLE).map(move |number| {
            let mut passages = Vec::new();
            passages.extend((number < 30).then(|| met(number, 0)));
            passages.extend((number >= 15).then(|| met(number, 1)));
            let late = if row { 200 } else { 100 + number.cast_signed() * 20 };
            let looked_up = Passage { at: late * DAY, ..met(number, 1) };
            passages.extend((number < 10).then_some(looked_up));
            held(number, passages)
        })
    };
    let first = |row| weights(people(row).collect(), &shown, 0, false)[0].source;
    assert_eq!((first(false), first(true)), (SourceNo(0), SourceNo(1)));
}

#[test]
fn who_was_not_shown_what_is_sold_or_saw_it_before_it_was_so_is_none_of_those() {
    let people = || {
        (0..PEOPLE).map(|number| {
            let late = Passage { at: 100 * DAY, ..met(number, 2) };
            held(number, vec![met(number, 0), met(number, 1), late])
        })
    };
    let of = |from| {
        let traces = weights(people().collect(), &[1, 2, 3, 4], from, true);
        let mut of: Vec<_> = traces.iter().map(|trace| (trace.source, trace.through)).collect();
        of.sort_unstable();
        of
    };
    assert_eq!(of(0), [(SourceNo(0), 4), (SourceNo(2), 4)]);
    // Of values since the ninetieth day.
    assert_eq!(of(90 * DAY), [(SourceNo(2), 4)]);
}

#[test]
fn records_of_others_elsewhere_say_nothing_for_an_account() {
    let elsewhere = |number: u64| Held { strata: [2, 2, 2], ..held(number, Vec::new()) };
    let people = || {
        (0..PEOPLE).map(|number| {
            let here = if number % 4 == 0 { vec![met(number, 0)] } else { Vec::new() };
            if number < 40 { held(number, here) } else { elsewhere(number) }
        })
    };
    let evidence = |shown: &[u64]| weights(people().collect(), shown, 0, false)[0].evidence;
    let alone = evidence(&[0, 4, 8, 12, 16, 20, 24, 28, 32, 36]);
    let among = evidence(&[0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 41, 42, 43, 44, 45, 46, 47, 48]);
    assert!(alone > 7.0 && among > alone - 2.0, "{alone} {among}");
}

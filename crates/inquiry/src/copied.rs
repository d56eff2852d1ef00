//! When a copy was made, by which people are in it and which are not: a copy has everybody whose row was
//! there, with the doses that were on record, and nobody who came later. No older values are needed for
//! that, only instants. It is told and weighs nothing: a thief may leave out whom they like.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    normal,
    number::{ln, real},
    observe::{Sight, is_chosen},
    register::{NotAsked, PersonNo, Register},
    specimen::{Specimen, Table, column::Kind},
};

/// An instant is left out if what is seen is rarer than this had the copy been made then.
const RARE: f64 = 0.01;
/// How many records may not fit an instant: a cell is empty, a row is from elsewhere.
const STRAYS: usize = 50;
/// How often the time is halved in which the last one came who is missing.
const HALVINGS: usize = 8;
/// Fewer people than this say nothing by whom they leave out.
const FEW: usize = 20;

/// When a copy was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copied {
    /// Not before this instant, in seconds since 1970: the last row that it has was made then.
    pub from: i64,
    /// Before this one: the first row is missing that it would have; none if none is.
    pub until: Option<i64>,
    /// Whether `from` and `until` cannot both be: the records are of more than one copy.
    pub torn: bool,
    /// People whose rows say since when.
    pub people: u64,
    /// Records without a dose that was put on record later.
    pub undosed: u64,
    /// Reference numbers of ours whose people are in the register no more: nobody else has these.
    pub gone: u64,
    /// Whether `until` is by those who came later and are missing, which a thief can choose.
    pub by_missing: bool,
}

/// What the rows of a specimen say.
#[derive(Default)]
struct Rows {
    /// Since when each is there.
    from: Vec<i64>,
    /// Until when some are as they are.
    until: Vec<i64>,
    undosed: u64,
    gone: u64,
    /// Since when people were registered, by the facility that they are of.
    registered: BTreeMap<u64, Vec<i64>>,
}

/// When a copy was made; none if nobody was found.
pub(crate) fn copied(
    specimen: &Specimen,
    sight: &Sight,
    register: &dyn Register,
    seen_at: i64,
) -> Result<Option<Copied>, NotAsked> {
    let mut rows = look(specimen, sight);
    let gone = register.gone(&strangers(specimen, sight))?;
    rows.until.extend(gone.iter().flatten());
    rows.gone = gone.iter().flatten().count() as u64;
    if rows.from.is_empty() && rows.gone == 0 {
        return Ok(None);
    }
    rows.from.sort_unstable();
    rows.until.sort_unstable();
    let from = robust(rows.from.iter().rev(), rows.from.len());
    let changed = robust(rows.until.iter(), rows.until.len());
    let missing = missing(&rows.registered, register, seen_at);
    let until = match (changed, missing) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    };
    let from = from.unwrap_or(0);
    Ok(Some(Copied {
        from,
        until,
        torn: until.is_some_and(|until| until <= from),
        people: rows.from.len() as u64,
        undosed: rows.undosed,
        gone: rows.gone,
        by_missing: missing.is_some() && until == missing,
    }))
}

/// The first instant, without those of strays.
fn robust<'i>(mut instants: impl Iterator<Item = &'i i64>, count: usize) -> Option<i64> {
    instants.nth(count / STRAYS).copied()
}

/// Each record that was compared, with its table and place.
fn compared(specimen: &Specimen) -> impl Iterator<Item = (&Table, usize)> {
    let total = specimen.rows() as u64;
    specimen.tables.iter().flat_map(move |table| {
        let chosen = (0..table.len()).filter(move |row| is_chosen(*row, total));
        chosen.map(move |row| (table, row))
    })
}

fn look(specimen: &Specimen, sight: &Sight) -> Rows {
    let mut rows = Rows::default();
    let mut known: BTreeMap<PersonNo, (u64, i64)> = BTreeMap::new();
    for ((table, row), seen) in compared(specimen).zip(&sight.seen) {
        let Some(person) = &seen.person else { continue };
        let registered_at = person.span.registered_at;
        rows.from.push(person.span.from);
        rows.until.extend(person.span.until);
        known.insert(person.person, (person.strata[1], registered_at));
        // Who has a dose on record had none when the row was copied.
        let undosed = table.column(Kind::DoseDate).filter(|column| is_empty(table, row, *column));
        if let Some(first) = undosed.and(person.visits.get(1)) {
            rows.until.push(*first);
            rows.undosed += 1;
        }
    }
    for (facility, registered_at) in known.into_values() {
        rows.registered.entry(facility).or_default().push(registered_at);
    }
    rows
}

fn is_empty(table: &Table, row: usize, column: usize) -> bool {
    table.cell(row, column).trim().is_empty()
}

/// Reference numbers in records of nobody's, each once.
fn strangers(specimen: &Specimen, sight: &Sight) -> Vec<String> {
    let nobodys = compared(specimen).zip(&sight.seen).filter(|(_, seen)| seen.person.is_none());
    let numbers = nobodys.filter_map(|((table, row), _)| {
        let column = table.column(Kind::Reference)?;
        normal::number(table.cell(row, column), 14)
    });
    let mut all: Vec<_> = numbers.collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The instant from which on it is rare that none is in the copy who came after the last one in it, were
/// the people of each facility taken without a look at when they came.
fn missing(
    registered: &BTreeMap<u64, Vec<i64>>,
    register: &dyn Register,
    seen_at: i64,
) -> Option<i64> {
    let last = *registered.values().flatten().max()?;
    if registered.values().map(Vec::len).sum::<usize>() < FEW {
        return None;
    }
    let count = |facility: u64, until: i64| register.registered(facility, until);
    let mut then = BTreeMap::new();
    for facility in registered.keys() {
        then.insert(*facility, count(*facility, last)?.max(1));
    }
    let is_rare = |at: i64| {
        let mut sum = 0.0;
        for (facility, people) in registered {
            let at = count(*facility, at)?.max(then[facility]);
            sum += real(people.len() as u64) * (ln(real(then[facility])) - ln(real(at)));
        }
        Some(sum < ln(RARE))
    };
    if !is_rare(seen_at)? {
        return None;
    }
    let (mut not, mut rare) = (last, seen_at);
    for _ in 0..HALVINGS {
        let middle = not + (rare - not) / 2;
        if middle == not {
            break;
        }
        if is_rare(middle)? { rare = middle } else { not = middle }
    }
    Some(rare)
}

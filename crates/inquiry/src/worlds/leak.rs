//! Leaks of every kind: what somebody offers, and whose records they truly are.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{
    country::{BEGIN, Country, DAY, DAYS, date_at},
    dice::Dice,
    people::{Hand, Person, aadhaar, person},
};
use crate::{
    model::Origin,
    register::{Family, Held, Passage, PersonNo, Register, Shows, SourceKind, SourceNo},
};

/// The way out that a leak truly took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    None,
    Stored(Family),
    Source(SourceNo),
}

/// Whose records a specimen truly holds.
#[derive(Clone, Debug)]
pub(super) struct Truth {
    /// Origins with their shares.
    pub(super) parts: Vec<(Origin, f64)>,
    pub(super) way: Way,
    /// The origin of each record.
    pub(super) each: Vec<Origin>,
}

/// A record before it is written into a file.
#[derive(Clone, Default)]
pub(super) struct Line {
    pub(super) name: String,
    pub(super) mobile: String,
    pub(super) year: i16,
    pub(super) born_on: Option<Date>,
    pub(super) gender: u8,
    pub(super) reference: String,
    pub(super) document: String,
    pub(super) address: String,
    pub(super) facility: String,
    pub(super) dose: Option<Date>,
    pub(super) changed: String,
    pub(super) result: bool,
}

/// What kind of leak it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plot {
    Stored,
    Account,
    Export,
    Feeder,
    Unrelated,
    Fabricated,
    Framed,
}

/// A leak of so many records, of one plot or of two in a share.
pub(super) fn leak(
    country: &Country,
    dice: &mut Dice,
    plots: &[(Plot, f64)],
    rows: usize,
) -> (Vec<Line>, Truth) {
    let mut lines = Vec::with_capacity(rows);
    let mut truth = Truth { parts: Vec::new(), way: Way::None, each: Vec::new() };
    for (plot, share) in plots {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a part of rows"
        )]
        let wanted = (crate::number::real(rows as u64) * share).round() as usize;
        let (part, way) = plotted(country, dice, *plot, wanted.max(1));
        truth.parts.push((origin_of(*plot), crate::number::real(part.len() as u64)));
        if way != Way::None {
            truth.way = way;
        }
        lines.extend(part.into_iter().map(|line| (line, origin_of(*plot))));
    }
    let all = crate::number::real(lines.len() as u64);
    for part in &mut truth.parts {
        part.1 /= all;
    }
    dice.shuffle(&mut lines);
    let (lines, each) = lines.into_iter().unzip();
    (lines, Truth { each, ..truth })
}

const fn origin_of(plot: Plot) -> Origin {
    match plot {
        Plot::Stored | Plot::Account => Origin::Ours,
        Plot::Export => Origin::Downstream,
        Plot::Feeder => Origin::Feeder,
        Plot::Unrelated | Plot::Framed => Origin::Unrelated,
        Plot::Fabricated => Origin::Fabricated,
    }
}

fn plotted(country: &Country, dice: &mut Dice, plot: Plot, rows: usize) -> (Vec<Line>, Way) {
    match plot {
        Plot::Stored => stored(country, dice, rows),
        Plot::Account => account(country, dice, rows),
        Plot::Export => export(country, dice, rows),
        Plot::Feeder => feeder(country, dice, rows),
        Plot::Unrelated => (unrelated(country, dice, rows), Way::None),
        Plot::Fabricated => (fabricated(dice, rows), Way::None),
        Plot::Framed => (framed(country, dice, rows), Way::None),
    }
}

/// A record as the register held it at an instant.
fn line_of(held: &Held, at: i64, mark: Option<bool>, dice: &mut Dice) -> Line {
    let dose = held.doses.iter().rfind(|dose| dose.recorded_at <= at);
    let fraction = dice.below(500) * 2 + usize::from(mark.unwrap_or_else(|| dice.chance(0.5)));
    let day = date_at(held.registered_at);
    Line {
        name: value(&held.names, at).clone(),
        mobile: held.mobile.clone(),
        year: *value(&held.birth_years, at),
        born_on: None,
        gender: *value(&held.genders, at),
        reference: held.reference.clone(),
        document: held.document.clone().unwrap_or_default(),
        address: String::new(),
        facility: dose.map(|dose| dose.facility.clone()).unwrap_or_default(),
        dose: dose.map(|dose| dose.given_on),
        changed: format!("{day} 09:{:02}:{:02}.{fraction:03}", dice.below(60), dice.below(60)),
        result: dice.chance(0.1),
    }
}

fn value<T>(versions: &[crate::register::Version<T>], at: i64) -> &T {
    let held = versions.iter().find(|version| version.held_at(at)).unwrap_or(&versions[0]);
    &held.value
}

fn some_day(dice: &mut Dice, from: usize) -> i64 {
    BEGIN + i64::try_from(from + dice.below(DAYS - from)).unwrap_or(0) * DAY
}

/// Some of these, each once.
fn some<T: Clone>(dice: &mut Dice, mut all: Vec<T>, rows: usize) -> Vec<T> {
    dice.shuffle(&mut all);
    all.truncate(rows);
    all
}

fn stored(country: &Country, dice: &mut Dice, rows: usize) -> (Vec<Line>, Way) {
    let family = dice.pick(&[Family::AtRest, Family::Replica, Family::Backup]);
    let at = some_day(dice, 120);
    // Of everywhere, or of some districts only.
    let narrow = dice.chance(0.4);
    let district = dice.number() % 3;
    let everybody = country.register.everybody().iter();
    let pool: Vec<&Held> = everybody
        .filter(|held| match country.register.canary(held.person) {
            Some(canary) => canary.family == family,
            None => true,
        })
        .filter(|held| held.registered_at <= at && (!narrow || held.strata[0] % 3 == district))
        .collect();
    let chosen = some(dice, pool, rows);
    let lines = chosen.into_iter().map(|held| line_of(held, at, None, dice)).collect();
    (lines, Way::Stored(family))
}

/// The people whose records went through a source until an instant, with when and with what was shown:
/// where a mobile was, that opening.
fn passed(country: &Country, source: SourceNo, until: i64) -> Vec<(&Held, Passage)> {
    let last = |held: &&Held| {
        let mine = held.passages.iter().filter(|one| one.source == source && one.at <= until);
        mine.max_by_key(|one| (country.register.shown(held.person, **one).mobile, one.at)).copied()
    };
    let everybody = country.register.everybody().iter();
    everybody.filter_map(|held| Some((held, last(&held)?))).collect()
}

fn source_of(country: &Country, dice: &mut Dice, kind: SourceKind) -> SourceNo {
    let sources = (0_u32..).zip(country.register.sources());
    let fitting = sources.filter(|(_, source)| source.kind == kind && !is_above(&source.label));
    let fitting: Vec<_> = fitting.map(|(number, _)| SourceNo(number)).collect();
    dice.pick(&fitting)
}

fn is_above(label: &str) -> bool {
    label.starts_with("officer")
}

/// What an account saw at its work, or looked up in a row. Who sells wants mobiles.
fn account(country: &Country, dice: &mut Dice, rows: usize) -> (Vec<Line>, Way) {
    let mut own = dice.fork(3);
    let source = source_of(country, dice, SourceKind::Account);
    let until = some_day(dice, 220);
    if own.chance(0.35) {
        return looked_up(country, &mut own, rows);
    }
    let mut pool = passed(country, source, until);
    let shown = |(held, passage): &(&Held, Passage)| country.register.shown(held.person, *passage);
    let with_mobile = pool.iter().filter(|one| shown(one).mobile).count();
    if with_mobile >= rows {
        pool.retain(|one| shown(one).mobile);
    }
    let chosen = some(dice, pool, rows).into_iter();
    let lines = chosen.map(|one| shown_of(one.0, one.1, shown(&one), dice)).collect();
    (lines, Way::Source(source))
}

/// A record as an account was shown it.
fn shown_of(held: &Held, passage: Passage, shown: Shows, dice: &mut Dice) -> Line {
    let mut line = line_of(held, passage.at, None, dice);
    if !shown.mobile {
        line.mobile.clear();
    }
    if !shown.document {
        line.document.clear();
    }
    line
}

/// What one of the accounts looked up that have no reason for it.
fn looked_up(country: &Country, dice: &mut Dice, rows: usize) -> (Vec<Line>, Way) {
    let [thieves @ .., _] = &country.looked_up[..] else { return (Vec::new(), Way::None) };
    let theft = &thieves[dice.below(thieves.len())];
    let chosen = some(dice, theft.people.clone(), rows);
    let taken: BTreeSet<PersonNo> = chosen.into_iter().collect();
    let everybody = country.register.everybody().iter();
    let people = everybody.filter(|held| taken.contains(&held.person));
    let lines = people.map(|held| line_of(held, theft.until, None, dice)).collect();
    (lines, Way::Source(theft.source))
}

fn export(country: &Country, dice: &mut Dice, rows: usize) -> (Vec<Line>, Way) {
    let source = source_of(country, dice, SourceKind::Export);
    let all = passed(country, source, i64::MAX);
    let mut all: Vec<_> = all.into_iter().map(|(held, passage)| (held, passage.at)).collect();
    let at = country.register.sources()[source.0 as usize].at.unwrap_or(BEGIN);
    let canaries: BTreeSet<PersonNo> =
        country.canaries.get(&Family::Source(source)).into_iter().flatten().copied().collect();
    let everybody = country.register.everybody().iter();
    all.extend(everybody.filter(|held| canaries.contains(&held.person)).map(|held| (held, at)));
    let chosen = some(dice, all, rows);
    let lines = chosen.into_iter().map(|(held, at)| {
        let mark = country.register.mark(source, held.person).map(|mark| mark.bit);
        line_of(held, at, mark, dice)
    });
    (lines.collect(), Way::Source(source))
}

fn feeder(country: &Country, dice: &mut Dice, rows: usize) -> (Vec<Line>, Way) {
    let list = &country.feeders[dice.below(country.feeders.len())];
    let chosen = some(dice, list.rows.clone(), rows);
    let lines = chosen.into_iter().map(|(place, name, year)| {
        let one = &country.people[place];
        Line { name, year, ..plain(one, country, dice) }
    });
    (lines.collect(), Way::Source(list.source))
}

/// A record of somebody as they are.
fn plain(one: &Person, country: &Country, dice: &mut Dice) -> Line {
    let place = usize::try_from(one.facility).unwrap_or(0) % country.places.len();
    Line {
        name: one.name(),
        mobile: one.mobile.clone(),
        year: one.born_on.year(),
        born_on: Some(one.born_on),
        gender: one.gender,
        reference: String::new(),
        document: one.aadhaar.clone(),
        address: one.address.clone(),
        facility: country.places[place].clone(),
        dose: None,
        changed: String::new(),
        result: dice.chance(0.1),
    }
}

/// Another system: about some of the same people and about others, in its own hand.
fn unrelated(country: &Country, dice: &mut Dice, rows: usize) -> Vec<Line> {
    let hand = Hand {
        variants: dice.between(0.05, 0.25),
        short: dice.between(0.02, 0.15),
        slips: dice.between(0.003, 0.03),
        years: dice.between(0.03, 0.3),
    };
    let same_mobile = dice.between(0.5, 0.97);
    let foreign = dice.pick(&[0.0, 0.0, 0.2, 0.6, 0.95]);
    let knows_doses = dice.chance(0.12);
    let pool = (0..country.people.len())
        .filter(|place| *place < country.people.len() - canary_count(country));
    let chosen = some(dice, pool.collect(), rows);
    let mut lines = Vec::with_capacity(rows);
    for place in chosen {
        let stranger = dice.chance(foreign).then(|| person(dice));
        let one = stranger.as_ref().unwrap_or(&country.people[place]);
        let mut line = plain(one, country, dice);
        line.name = hand.name(one, dice);
        line.year = hand.year(one, dice);
        line.born_on =
            line.born_on.and_then(|day| Date::new(line.year, day.month(), day.day()).ok());
        if !dice.chance(same_mobile) {
            line.mobile.clone_from(&one.second);
        }
        let held = country.held.get(&place).filter(|_| stranger.is_none() && knows_doses);
        let held =
            held.and_then(|who| country.register.everybody().iter().find(|one| one.person == *who));
        line.dose = held.and_then(|held| held.doses.first()).map(|dose| dose.given_on);
        lines.push(line);
    }
    lines
}

fn canary_count(country: &Country) -> usize {
    country.canaries.values().map(Vec::len).sum()
}

fn fabricated(dice: &mut Dice, rows: usize) -> Vec<Line> {
    let careless = dice.chance(0.6);
    let mut lines = Vec::with_capacity(rows);
    for _ in 0..rows {
        let one = person(dice);
        let gender =
            if careless { 1 + u8::try_from(dice.below(2)).unwrap_or(0) } else { one.gender };
        let document = if careless { dice.digits(b"23456789", 12) } else { aadhaar(dice) };
        lines.push(Line {
            name: one.name(),
            mobile: dice.digits(b"6789", 10),
            year: one.born_on.year(),
            born_on: Some(one.born_on),
            gender,
            reference: dice.digits(b"123456789", 14),
            document,
            address: one.address,
            facility: "District Hospital".to_owned(),
            dose: Some(date_at(some_day(dice, 10))),
            changed: String::new(),
            result: dice.chance(0.5),
        });
    }
    lines
}

/// Another system's records with some of ours strewn in to frame us: people whom somebody knows, and
/// made-up ones of a list that they were given.
fn framed(country: &Country, dice: &mut Dice, rows: usize) -> Vec<Line> {
    let mut lines = unrelated(country, dice, rows);
    let family = country.canaries.keys().copied().collect::<Vec<_>>();
    let planted = country.canaries[&dice.pick(&family)].iter().take(3);
    let mut strewn: Vec<PersonNo> = planted.copied().collect();
    let everybody = country.register.everybody();
    strewn.extend((0..rows / 200).map(|_| everybody[dice.below(everybody.len())].person));
    for who in strewn {
        if let Some(held) = everybody.iter().find(|one| one.person == who) {
            let line = line_of(held, country.register.now(), None, dice);
            lines.push(Line { reference: String::new(), ..line });
        }
    }
    lines
}

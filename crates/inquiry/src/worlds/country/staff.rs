//! People at facilities, in districts and above, and whom they look up: those who come while they are on
//! duty, some whose paper is printed again, and now and then many in a row.

use super::{BEGIN, DAY, DAYS, LookedUp, Making, Size};
use crate::{
    register::{Shows, Source, SourceKind, SourceNo},
    worlds::dice::Dice,
};

/// How likely a desk is on duty on a day.
const ON_DUTY: f64 = 0.6;
/// How likely who comes for a dose tells their mobile, and not the code of their appointment.
const BY_MOBILE: f64 = 0.5;
/// How many have a paper printed again.
const PRINTED_AGAIN: f64 = 0.06;
/// Accounts that look up many in a row; the last of them has a reason, and sells nobody.
const IN_A_ROW: usize = 3;

/// The accounts by their places among the sources.
struct Desks {
    first: usize,
    each: usize,
    officers: usize,
    state: usize,
    /// What rosters are drawn from.
    roster: Dice,
}

impl Desks {
    /// One of those who are on duty at a facility on the day of an instant.
    fn on_duty(&self, facility: usize, at: i64, drawn: usize) -> usize {
        let day = u64::try_from(at / DAY).unwrap_or(0);
        let mut dice = self.roster.fork(facility as u64 * 100_000 + day);
        let on: Vec<usize> = (0..self.each).filter(|_| dice.chance(ON_DUTY)).collect();
        let desk = on.get(drawn % on.len().max(1)).copied().unwrap_or(drawn);
        self.first + facility * self.each + desk
    }
}

impl Making<'_> {
    /// Hires them, lets them work, and says who looked up many in a row.
    pub(super) fn staff(&mut self, size: &Size) -> Vec<LookedUp> {
        let mut own = self.dice.fork(1);
        let roster = self.dice.fork(2);
        let desks = self.hire(size, roster);
        for held in 0..self.held.len() {
            self.visits(held, &desks, &mut own);
            let district = usize::try_from(self.held[held].strata[0]).unwrap_or(0);
            if self.dice.chance(0.25) {
                let at = self.held[held].registered_at + self.day(1, 40) - BEGIN;
                self.pass(held, desks.officers + district, at, Shows::ALL);
            }
            if self.dice.chance(0.5) {
                let at = self.held[held].registered_at + self.day(1, 60) - BEGIN;
                self.pass(held, desks.state, at, Shows::ALL);
            }
        }
        (0..IN_A_ROW).map(|_| self.in_a_row(&desks, &mut own)).collect()
    }

    fn hire(&mut self, size: &Size, roster: Dice) -> Desks {
        let first = self.sources.len();
        for facility in 0..size.facilities {
            for desk in 0..size.staff {
                self.account(format!("account {desk} of facility {facility}"));
            }
        }
        let officers = self.sources.len();
        for district in 0..size.districts {
            self.account(format!("officer of district {district}"));
        }
        self.account("officer of the state".to_owned());
        Desks { first, each: size.staff, officers, state: self.sources.len() - 1, roster }
    }

    fn account(&mut self, label: String) {
        self.sources.push(Source { kind: SourceKind::Account, label, at: None, canaries: 0.0 });
    }

    /// Who registers tells everything; who comes for a dose shows a code, or tells their mobile.
    fn visits(&mut self, held: usize, desks: &Desks, own: &mut Dice) {
        let facility = usize::try_from(self.held[held].strata[1]).unwrap_or(0);
        let dose = |own: &mut Dice| Shows { mobile: own.chance(BY_MOBILE), document: true };
        let doses = self.held[held].doses.iter();
        let mut visits: Vec<(i64, Shows)> = doses.map(|one| (one.recorded_at, dose(own))).collect();
        visits.push((self.held[held].registered_at, Shows::ALL));
        for (at, shows) in visits {
            for _ in 0..=usize::from(self.dice.chance(0.4)) {
                let desk = desks.on_duty(facility, at, self.dice.below(desks.each));
                self.pass(held, desk, at, shows);
            }
        }
        if own.chance(PRINTED_AGAIN) {
            let days = i64::try_from(1 + own.below(120)).unwrap_or(1);
            let at = self.held[held].registered_at + days * DAY;
            let desk = desks.on_duty(facility, at, own.below(desks.each));
            self.pass(held, desk, at, Shows { mobile: false, document: true });
        }
    }

    /// An account looks up people of its facility or of all of its district within two days.
    fn in_a_row(&mut self, desks: &Desks, own: &mut Dice) -> LookedUp {
        let facilities = (desks.officers - desks.first) / desks.each.max(1);
        let facility = own.below(facilities);
        let account = desks.first + facility * desks.each + own.below(desks.each);
        let at = BEGIN + i64::try_from(150 + own.below(DAYS - 170)).unwrap_or(0) * DAY;
        let is_near = |strata: [u64; 3]| strata[1] == facility as u64;
        let district = self.held.iter().find(|held| is_near(held.strata)).map(|one| one.strata[0]);
        let wide = own.chance(0.5);
        let mut pool: Vec<usize> = (0..self.held.len())
            .filter(|place| {
                let held = &self.held[*place];
                let near =
                    if wide { Some(held.strata[0]) == district } else { is_near(held.strata) };
                near && held.registered_at < at
            })
            .collect();
        own.shuffle(&mut pool);
        pool.truncate(20 + own.below(180));
        let mut until = at;
        let mut people = Vec::with_capacity(pool.len());
        for held in pool {
            let opened = at + i64::try_from(own.below(172_800)).unwrap_or(0);
            until = until.max(opened);
            self.pass(held, account, opened, Shows::ALL);
            people.push(self.held[held].person);
        }
        LookedUp { source: SourceNo(u32::try_from(account).unwrap_or(0)), until, people }
    }
}

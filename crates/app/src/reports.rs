//! Counts for dashboards, from tallies of events; no person is read for a report.

use std::{collections::BTreeMap, sync::Arc};

use domain::id::{DistrictId, StateId};
use jiff::{SignedDuration, ToSpan, civil::Date};

use crate::{Ctx, Platform, Result, kept::Kept};

/// How long a report is given before it is counted anew.
const REST: SignedDuration = SignedDuration::from_secs(10);
/// How many reports are kept: the country, its states and districts, for a day or two.
const MOST_REPORTS: usize = 2_000;

/// The age band of an age in years, by its lower end.
pub const fn age_band(age: i16) -> i16 {
    match age {
        ..15 => 12,
        15..18 => 15,
        18..30 => 18,
        30..45 => 30,
        45..60 => 45,
        60.. => 60,
    }
}

/// What a report is about. Nothing set means the country.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scope {
    /// Only this state.
    pub state: Option<StateId>,
    /// Only this district.
    pub district: Option<DistrictId>,
}

/// Counts of doses on one day or in one place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Doses {
    /// All.
    pub total: i64,
    /// By place in the series, from 1.
    pub by_number: BTreeMap<u8, i64>,
    /// By vaccine.
    pub by_vaccine: BTreeMap<String, i64>,
    /// By gender.
    pub by_gender: BTreeMap<String, i64>,
    /// By age band.
    pub by_age: BTreeMap<i16, i64>,
    /// Adverse events.
    pub aefi: i64,
}

impl Doses {
    fn add(&mut self, measure: &str, count: i64) {
        let parts: Vec<_> = measure.split('|').collect();
        match parts.as_slice() {
            ["dose", vaccine, number, gender, age] => {
                self.total += count;
                *self.by_number.entry(number.parse().unwrap_or(0)).or_default() += count;
                *self.by_vaccine.entry((*vaccine).to_owned()).or_default() += count;
                *self.by_gender.entry((*gender).to_owned()).or_default() += count;
                *self.by_age.entry(age.parse().unwrap_or(0)).or_default() += count;
            }
            ["aefi"] => self.aefi += count,
            _ => {}
        }
    }
}

/// The counts of a scope.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// All doses.
    pub doses: Doses,
    /// By day.
    pub by_day: BTreeMap<Date, Doses>,
    /// By state, district or facility, whichever is next below the scope.
    pub by_place: BTreeMap<i64, Doses>,
    /// The same for the one day that is asked about.
    pub by_place_on_day: BTreeMap<i64, i64>,
    /// Registrations by day, gender and age band; of the whole country only.
    pub registered: BTreeMap<(Date, String, i16), i64>,
    /// Facilities in the scope: all and paid.
    pub facilities: (usize, usize),
    /// Sessions by day in the scope, today and later: all and those of paid facilities.
    pub sessions: BTreeMap<Date, (usize, usize)>,
    /// Facilities with a session on the day.
    pub facilities_on_day: usize,
}

type Key = (Scope, Date);

/// The reports that were counted last. A report reads the counts of the whole country: however many
/// ask, one at a time is counted.
pub(crate) struct Reports {
    kept: Kept<Key, Arc<Report>>,
    counting: tokio::sync::Mutex<()>,
}

impl Default for Reports {
    fn default() -> Self {
        Self { kept: Kept::new(REST, MOST_REPORTS), counting: tokio::sync::Mutex::default() }
    }
}

impl Platform {
    /// Counts of a scope, with the day of most interest, at most ten seconds old. Public: it holds
    /// counts only.
    ///
    /// # Errors
    ///
    /// If the store is not available.
    pub async fn report(&self, ctx: &Ctx, scope: Scope, day: Date) -> Result<Arc<Report>> {
        let key = (scope, day);
        if let Some(report) = self.reports.kept.get(&key, ctx.now) {
            return Ok(report);
        }
        let _one_at_a_time = self.reports.counting.lock().await;
        if let Some(report) = self.reports.kept.get(&key, ctx.now) {
            return Ok(report);
        }
        let report = Arc::new(self.count(ctx, scope, day).await?);
        self.reports.kept.put(key, ctx.now, Arc::clone(&report));
        Ok(report)
    }

    async fn count(&self, ctx: &Ctx, scope: Scope, day: Date) -> Result<Report> {
        let from = ctx.today().saturating_sub(3_650.days());
        let mut report = Report::default();
        for tally in self.store.tallies_since(from).await? {
            if let ["registered", gender, age] =
                tally.measure.split('|').collect::<Vec<_>>().as_slice()
            {
                let key = (tally.on, (*gender).to_owned(), age.parse().unwrap_or(0));
                *report.registered.entry(key).or_default() += tally.count;
                continue;
            }
            let Some(place) = self.place_in(scope, tally.facility) else { continue };
            for doses in [
                &mut report.doses,
                report.by_day.entry(tally.on).or_default(),
                report.by_place.entry(place).or_default(),
            ] {
                doses.add(&tally.measure, tally.count);
            }
            if tally.on == day {
                let mut doses = Doses::default();
                doses.add(&tally.measure, tally.count);
                *report.by_place_on_day.entry(place).or_default() += doses.total;
            }
        }
        self.count_facilities(ctx, scope, day, &mut report);
        Ok(report)
    }

    fn count_facilities(&self, ctx: &Ctx, scope: Scope, day: Date, report: &mut Report) {
        for facility in self.inventory.facilities() {
            let Some(place) = self.place_in(scope, facility.id.0) else { continue };
            report.by_place.entry(place).or_default();
            report.facilities.0 += 1;
            let paid = usize::from(facility.fee_type == domain::facility::FeeType::Paid);
            report.facilities.1 += paid;
            let mut open_on_day = false;
            let area = crate::inventory::Area::Facility(facility.id);
            for offer in self.inventory.offers(area, ctx.today(), 30) {
                for seats in offer.sessions {
                    let count = report.sessions.entry(seats.session.on).or_default();
                    count.0 += 1;
                    count.1 += paid;
                    open_on_day |= seats.session.on == day;
                }
            }
            report.facilities_on_day += usize::from(open_on_day);
        }
    }

    /// The place next below the scope that a facility belongs to; none if it is outside.
    fn place_in(&self, scope: Scope, facility: i64) -> Option<i64> {
        let held = self.inventory.facility(domain::id::FacilityId(facility))?;
        let geography = self.geography();
        let district = geography.district(held.district)?;
        match scope {
            Scope { district: Some(wanted), .. } => (held.district == wanted).then_some(facility),
            Scope { state: Some(wanted), .. } => {
                (district.state == wanted).then_some(district.id.0.into())
            }
            _ => Some(district.state.0.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn a_report_is_given_for_a_moment_and_for_what_it_is_about() {
        let at = |second: i64| Timestamp::from_second(1_643_700_000 + second).unwrap();
        let day = jiff::civil::date(2022, 2, 1);
        let country = (Scope::default(), day);
        let reports = Reports::default().kept;
        reports.put(country, at(10), Arc::new(Report::default()));
        assert!(reports.get(&country, at(10)).is_some());
        assert!(reports.get(&country, at(19)).is_some());
        assert!(reports.get(&country, at(20)).is_none());
        // A clock that went back does not keep it for longer.
        assert!(reports.get(&country, at(9)).is_none());
        let state = Scope { state: Some(StateId(21)), district: None };
        assert!(reports.get(&(state, day), at(10)).is_none());
        assert!(reports.get(&(Scope::default(), day.tomorrow().unwrap()), at(10)).is_none());
    }
}

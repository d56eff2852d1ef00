//! The register of a platform, as an inquiry asks it: by mobile and by reference number, with every
//! opening on record for the person concerned.

mod ways;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
};

use app::{
    Ctx, Platform,
    canary::{Canaries, CanaryList},
    opened::Person,
    passages::OpenedBy,
};
use domain::{
    id::{BeneficiaryId, FacilityId},
    person::Mobile,
};
use jiff::{Timestamp, ToSpan, civil::Date, tz::Offset};
use tokio::runtime::Handle;
use ways::{Places, UNTOLD, Ways, district_no, facility_no, told};

use crate::{
    number::share,
    register::{
        Canary, CommittedList, Family, Held, HeldDose, LEVELS, NotAsked, Passage, PersonNo, Probe,
        Reach, Register, Registry, Shows, Source, SourceNo, Version,
    },
};

/// Of how many facilities' weeks visitors are looked at.
const MOST_WEEKS: usize = 100;
/// Of how many instants it is counted who was registered by then.
const MOST_INSTANTS: usize = 8;
/// The same to tell when a copy was made.
const MOST_COUNTED: usize = 12;
/// A week in seconds, and how many of them fit beside the number of a facility.
const WEEK: i64 = 7 * 86_400;
const WEEKS: u64 = 100_000;

/// A facility in a week: which accounts met how many of its visitors, and of how many.
#[derive(Default)]
struct Week {
    visitors: u64,
    met: BTreeMap<SourceNo, u64>,
}

/// A platform's register. It is asked from a thread that is none of the runtime's.
pub struct PlatformRegister<'p> {
    platform: &'p Platform,
    /// Made anew for each question: the keyholder takes an access for what it is only while it is new.
    ctx: fn() -> Ctx,
    begun_at: i64,
    runtime: Handle,
    people: u64,
    coverage: f64,
    /// Under which mobile somebody was found, so that their mobile need not be opened.
    mobiles: Mutex<BTreeMap<PersonNo, String>>,
    ways: Ways,
    /// Whom of those that were opened each account met.
    seen: Mutex<BTreeMap<SourceNo, BTreeSet<PersonNo>>>,
    /// What is known of the visitors of a facility in a week; none where it is not.
    weeks: Mutex<BTreeMap<u64, Option<Week>>>,
    /// Openings without the identity document.
    no_document: Mutex<BTreeSet<(PersonNo, SourceNo, i64)>>,
    /// Where those were who were registered until an instant; none where it is not known.
    early: Mutex<BTreeMap<i64, Option<Places>>>,
    /// The same of other instants: when a copy was made is asked of a few of its own.
    counted: Mutex<BTreeMap<i64, Option<Places>>>,
    canaries: Canaries,
    seen_at: i64,
}

impl<'p> PlatformRegister<'p> {
    /// The register of a platform. `ctx` makes its operator's view of the moment; `coverage` is the share
    /// of the country that is registered, as far as is known.
    ///
    /// # Errors
    ///
    /// If the register cannot be asked.
    pub fn open(
        platform: &'p Platform,
        ctx: fn() -> Ctx,
        runtime: Handle,
        coverage: f64,
    ) -> Result<Self, NotAsked> {
        let begun = ctx();
        let people = runtime.block_on(platform.inquire_size(&begun)).map_err(|_| NotAsked)?;
        let ways = runtime.block_on(ways_of(platform, &begun)).map_err(|_| NotAsked)?;
        let asked = platform.inquire_canaries(&begun);
        let canaries = runtime.block_on(asked).map_err(|_| NotAsked)?;
        let made_up: u64 = canaries.lists().iter().map(|list| list.people).sum();
        let begun_at = begun.now.as_second();
        Ok(Self {
            platform,
            ctx,
            begun_at,
            runtime,
            people: people.saturating_sub(made_up),
            coverage,
            mobiles: Mutex::default(),
            ways,
            seen: Mutex::default(),
            weeks: Mutex::default(),
            no_document: Mutex::default(),
            early: Mutex::default(),
            counted: Mutex::default(),
            canaries,
            seen_at: i64::MAX,
        })
    }

    /// Made-up people whose list was in the public log before the inquiry.
    fn committed_people(&self) -> u64 {
        let lists = self.canaries.lists().iter();
        lists.filter(|list| self.is_committed(list)).map(|list| list.people).sum()
    }

    /// The same, with only those lists of made-up people that were in the public log before an instant,
    /// in seconds since 1970: of others nobody could know that they were not made for the occasion.
    #[must_use]
    pub fn before(mut self, seen_at: i64) -> Self {
        self.seen_at = seen_at;
        self
    }

    fn is_committed(&self, list: &CanaryList) -> bool {
        list.committed.is_some_and(|(at, _)| at.as_second() < self.seen_at)
    }

    fn begun(&self) -> Result<Timestamp, NotAsked> {
        Timestamp::from_second(self.begun_at).map_err(|_| NotAsked)
    }

    /// Which accounts opened the records of people before the inquiry, and keeps whom they met.
    fn opened_by(&self, ctx: &Ctx, people: &[Person]) -> Result<Vec<Vec<OpenedBy>>, NotAsked> {
        let ids: Vec<BeneficiaryId> = people.iter().map(|person| person.id).collect();
        let before = self.begun()?;
        let asked = self.platform.inquire_opened(ctx, &ids, &self.ways.accounts, before);
        let opened = self.runtime.block_on(asked).map_err(|_| NotAsked)?;
        let mut seen = self.seen.lock().map_err(|_| NotAsked)?;
        let mut without = self.no_document.lock().map_err(|_| NotAsked)?;
        for (id, opened) in ids.iter().zip(&opened) {
            for one in opened {
                let source = self.ways.of_account(one.account);
                seen.entry(source).or_default().insert(PersonNo(id.number()));
                if !one.document {
                    without.insert((PersonNo(id.number()), source, one.at.as_second()));
                }
            }
        }
        Ok(opened)
    }

    fn passages(&self, person: &Person, opened: &[OpenedBy]) -> Vec<Passage> {
        let list = person.list.and_then(|number| self.ways.of_list(number));
        let came = list.map(|source| Passage { source, at: person.registered_at.as_second() });
        let met = opened.iter().map(|one| Passage {
            source: self.ways.of_account(one.account),
            at: one.at.as_second(),
        });
        came.into_iter().chain(met).collect()
    }

    /// How many of a district or facility came by a list, of those who were registered until an instant.
    fn reach_until(
        &self,
        source: SourceNo,
        (level, stratum): (usize, u64),
        until: i64,
    ) -> Option<Reach> {
        let mut early = self.early.lock().ok()?;
        if !early.contains_key(&until) {
            // An inquiry asks of one instant, or of a few: no more of a country are kept.
            let few = early.len() < MOST_INSTANTS;
            early.insert(until, few.then(|| self.places_at(until)).flatten());
        }
        let places = early.get(&until)?.as_ref()?;
        self.ways.came_by(places, source, (level, stratum))
    }

    fn places_at(&self, until: i64) -> Option<Places> {
        // Registrations are kept to the thousandth of a second.
        let until = Timestamp::from_second(until.saturating_add(1)).ok()?;
        let ctx = (self.ctx)();
        let asked = self.platform.inquire_counts(&ctx, until);
        let counts = self.runtime.block_on(asked).ok()?;
        Some(Places::new(&counts, self.platform.inventory()))
    }

    /// How many visitors of a facility in a week an account met, of some who stand for all.
    fn reach_in_week(&self, source: SourceNo, stratum: u64) -> Option<Reach> {
        let mut weeks = self.weeks.lock().ok()?;
        if !weeks.contains_key(&stratum) {
            // More facilities than that are no account's: nothing is told of the rest.
            let few = weeks.len() < MOST_WEEKS;
            let week = few.then(|| self.week(stratum)).flatten();
            weeks.insert(stratum, week);
        }
        let week = weeks.get(&stratum)?.as_ref()?;
        let met = week.met.get(&source).copied().unwrap_or(0);
        // As if one more had been met, and one had not: some do not tell of all for certain.
        Some(told(met + 1, week.visitors + 2))
    }

    fn week(&self, stratum: u64) -> Option<Week> {
        let (facility, from) = (i64::try_from(stratum / WEEKS).ok()?, first_day(stratum % WEEKS)?);
        let (ctx, before) = ((self.ctx)(), self.begun().ok()?);
        let asked = (FacilityId(facility), from);
        let asked = self.platform.inquire_visitors(&ctx, asked, &self.ways.accounts, before);
        let visitors = self.runtime.block_on(asked).ok()?;
        let mut week = Week { visitors: visitors.len() as u64, met: BTreeMap::new() };
        for visitor in &visitors {
            let accounts: BTreeSet<usize> = visitor.iter().map(|one| one.account).collect();
            for account in accounts {
                *week.met.entry(self.ways.of_account(account)).or_default() += 1;
            }
        }
        (week.visitors > 0).then_some(week)
    }

    fn under_mobiles(&self, mobiles: &[Mobile]) -> Result<Vec<Vec<BeneficiaryId>>, NotAsked> {
        let ctx = (self.ctx)();
        let asked = self.platform.inquire_under(&ctx, mobiles);
        self.runtime.block_on(asked).map_err(|_| NotAsked)
    }

    fn known(&self, ids: &[BeneficiaryId]) -> Result<Vec<bool>, NotAsked> {
        let ctx = (self.ctx)();
        let asked = self.platform.inquire_known(&ctx, ids);
        self.runtime.block_on(asked).map_err(|_| NotAsked)
    }

    fn held(&self, person: &Person, mobile: String, opened: &[OpenedBy]) -> Held {
        let registered_at = person.registered_at.as_second();
        let doses: Vec<HeldDose> = person
            .doses
            .iter()
            .map(|dose| HeldDose {
                given_on: dose.given_on,
                facility: self.facility_name(dose.facility),
                recorded_at: dose.recorded_at.as_second(),
            })
            .collect();
        let gender = u8::try_from(person.details.gender.number()).unwrap_or(3);
        let account = person.account.uuid.as_u64_pair().0;
        Held {
            person: PersonNo(person.id.number()),
            account,
            mobile,
            reference: person.reference.to_string(),
            names: vec![now_and_ever(registered_at, person.details.name.text().to_owned())],
            birth_years: vec![now_and_ever(registered_at, person.details.birth_year)],
            genders: vec![now_and_ever(registered_at, gender)],
            document: Some(person.details.document.number().to_owned()),
            doses,
            registered_at,
            strata: self.strata(person),
            passages: self.passages(person, opened),
        }
    }

    fn facility_name(&self, id: domain::id::FacilityId) -> String {
        let facility = self.platform.inventory().facility(id);
        facility.map(|facility| facility.name.clone()).unwrap_or_default()
    }

    fn strata(&self, person: &Person) -> [u64; LEVELS] {
        let given = person.doses.iter().find(|dose| dose.number == 1);
        let given = given.map(|dose| (dose.facility, dose.recorded_at.as_second()));
        let booked = person.claims.iter().find(|claim| claim.dose_number == 1);
        let booked = booked.map(|claim| (claim.seat.facility, noon(claim.on)));
        // As the store counts people: where the first dose was given, or is to be given.
        let Some((facility, at)) = given.or(booked) else { return [0; LEVELS] };
        let held = self.platform.inventory().facility(facility);
        let district = held.map_or(0, |held| district_no(held.district));
        let (place, week) = (facility_no(facility), u64::try_from(at / WEEK).unwrap_or(0));
        [district, place, place.saturating_mul(WEEKS).saturating_add(week % WEEKS)]
    }
}

/// What the platform tells of its ways out.
async fn ways_of(platform: &Platform, ctx: &Ctx) -> app::Result<Ways> {
    let lists = platform.inquire_lists(ctx).await?;
    let accounts = platform.inquire_accounts(ctx).await?;
    // Everybody is counted only where it says something of somebody.
    let any = !lists.is_empty() || !accounts.all().is_empty();
    let counts = if any { platform.inquire_counts(ctx, Timestamp::MAX).await? } else { Vec::new() };
    let places = Places::new(&counts, platform.inventory());
    Ok(Ways::new(&lists, accounts, places))
}

fn told_list(list: &CanaryList) -> Option<CommittedList> {
    let (at, leaf) = list.committed?;
    let digest = list.named.0.simple().to_string();
    Some(CommittedList { digest, committed_at: at.as_second(), leaf })
}

/// The middle of a day, in seconds since 1970.
fn noon(on: Date) -> i64 {
    Offset::UTC.to_timestamp(on.at(12, 0, 0, 0)).map_or(0, Timestamp::as_second)
}

/// The first day of a week; weeks are counted from 1 January 1970.
fn first_day(week: u64) -> Option<Date> {
    let week = i64::try_from(week).ok()?;
    Date::constant(1970, 1, 1).checked_add(week.weeks()).ok()
}

/// A value of which nothing older is kept.
const fn now_and_ever<T>(from: i64, value: T) -> Version<T> {
    Version { from, until: None, value }
}

impl Register for PlatformRegister<'_> {
    fn find(&self, probes: &[Probe]) -> Result<Vec<Vec<PersonNo>>, NotAsked> {
        let mut found = vec![Vec::new(); probes.len()];
        let (mut mobiles, mut mobile_places) = (Vec::new(), Vec::new());
        let (mut numbers, mut number_places) = (Vec::new(), Vec::new());
        for (place, probe) in probes.iter().enumerate() {
            match probe {
                Probe::Mobile(digits) => {
                    if let Ok(mobile) = Mobile::parse(digits) {
                        mobiles.push(mobile);
                        mobile_places.push(place);
                    }
                }
                Probe::Reference(text) => {
                    if let Some(id) = self.platform.by_reference(text) {
                        numbers.push(id);
                        number_places.push(place);
                    }
                }
                // Names are sealed and have no index.
                Probe::NameYear(..) => {}
            }
        }
        let under = self.under_mobiles(&mobiles)?;
        let mut known = self.mobiles.lock().map_err(|_| NotAsked)?;
        for ((place, ids), mobile) in mobile_places.into_iter().zip(under).zip(&mobiles) {
            for id in ids {
                let person = PersonNo(id.number());
                known.insert(person, mobile.digits().to_owned());
                found[place].push(person);
            }
        }
        drop(known);
        let there = self.known(&numbers)?;
        for ((place, id), there) in number_places.into_iter().zip(numbers).zip(there) {
            found[place].extend(there.then_some(PersonNo(id.number())));
        }
        Ok(found)
    }

    fn open(&self, people: &[PersonNo]) -> Result<Vec<Option<Held>>, NotAsked> {
        let ids = people.iter().filter_map(|person| BeneficiaryId::from_number(person.0));
        let ids: Vec<_> = ids.collect();
        let ctx = (self.ctx)();
        let asked = self.platform.inquire_into(&ctx, &ids);
        let opened = self.runtime.block_on(asked).map_err(|_| NotAsked)?;
        let met = self.opened_by(&ctx, &opened)?;
        let known = self.mobiles.lock().map_err(|_| NotAsked)?;
        let mut by_number: BTreeMap<PersonNo, Held> = BTreeMap::new();
        for (person, met) in opened.iter().zip(&met) {
            let number = PersonNo(person.id.number());
            let mobile = known.get(&number).cloned().unwrap_or_default();
            by_number.insert(number, self.held(person, mobile, met));
        }
        Ok(people.iter().map(|person| by_number.get(person).cloned()).collect())
    }

    fn finds_names(&self) -> bool {
        false
    }

    fn sources(&self) -> &[Source] {
        self.ways.sources()
    }

    fn reach(&self, source: SourceNo, level: usize, stratum: u64, until: Option<i64>) -> Reach {
        if level + 1 == LEVELS {
            let within = (stratum > 0).then(|| self.reach_in_week(source, stratum));
            return within.flatten().unwrap_or(UNTOLD);
        }
        let early = until.filter(|until| *until < self.begun_at && self.ways.is_list(source));
        if let Some(until) = early {
            return self.reach_until(source, (level, stratum), until).unwrap_or(UNTOLD);
        }
        let Ok(seen) = self.seen.lock() else { return UNTOLD };
        self.ways.reach(source, (level, stratum), seen.get(&source))
    }

    fn shown(&self, person: PersonNo, passage: Passage) -> Shows {
        let without = self.no_document.lock();
        let document =
            without.is_ok_and(|without| !without.contains(&(person, passage.source, passage.at)));
        // Who presents themselves by a password tells their mobile; it is not opened.
        Shows { mobile: true, document }
    }

    fn gone(&self, references: &[String]) -> Result<Vec<Option<i64>>, NotAsked> {
        let ids: Vec<_> = references.iter().map(|text| self.platform.by_reference(text)).collect();
        let known: Vec<BeneficiaryId> = ids.iter().flatten().copied().collect();
        let ctx = (self.ctx)();
        let asked = self.platform.inquire_gone(&ctx, &known);
        let gone = self.runtime.block_on(asked).map_err(|_| NotAsked)?;
        let mut gone = gone.into_iter();
        let since = |id: Option<BeneficiaryId>| {
            id.and_then(|_| gone.next().flatten()).map(Timestamp::as_second)
        };
        Ok(ids.into_iter().map(since).collect())
    }

    fn registered(&self, facility: u64, until: i64) -> Option<u64> {
        let mut counted = self.counted.lock().ok()?;
        if !counted.contains_key(&until) {
            let places = (counted.len() < MOST_COUNTED).then(|| self.places_at(until)).flatten();
            counted.insert(until, places);
        }
        Some(counted.get(&until)?.as_ref()?.people(1, facility))
    }

    fn people(&self) -> u64 {
        self.people
    }

    fn canary(&self, person: PersonNo) -> Option<Canary> {
        let id = BeneficiaryId::from_number(person.0)?;
        let list = self.platform.canary_list(&self.canaries, id)?;
        // One whose list nobody could know of before is no evidence, and in no count either.
        let committed_at = list.committed.map_or(i64::MAX, |(at, _)| at.as_second());
        Some(Canary { family: Family::AtRest, committed_at })
    }

    fn canaries(&self, family: Family) -> f64 {
        if family == Family::AtRest { share(self.committed_people(), self.people) } else { 0.0 }
    }

    fn registry(&self) -> Option<Registry> {
        let lists = self.canaries.lists().iter().filter(|list| self.is_committed(list));
        let lists: Vec<_> = lists.filter_map(told_list).collect();
        let people = self.committed_people();
        let share = share(people, self.people);
        (!lists.is_empty()).then_some(Registry { people, share, lists })
    }

    /// Whoever copies the database has what is in its replicas and backups, and the other way round.
    fn path_words(&self, family: Family) -> Option<&'static str> {
        match family {
            Family::AtRest => Some("the database, or a copy of it: a replica, a backup"),
            other => other.words(),
        }
    }

    fn coverage(&self) -> f64 {
        self.coverage
    }

    fn now(&self) -> i64 {
        self.begun_at
    }
}

//! The sessions to come and their free seats, in memory. It follows commits by reading what
//! changed a few times a second, so a search costs the store nothing, and any number of servers
//! may stand before one store.

mod full;

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use domain::{
    facility::Facility,
    id::{DistrictId, FacilityId, SessionId},
    place::Pincode,
    session::SessionSeats,
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use parking_lot::RwLock;
use rustc_hash::FxHashMap;
use store::TakenSeats;

use self::full::Full;
use crate::{Platform, Result, clock, window::Window};

/// How far back each reading overlaps the one before: clocks of several servers may differ, and a
/// row is stamped a little before it is committed.
const OVERLAP: SignedDuration = SignedDuration::from_secs(10);

/// How many sessions are read at once.
const CHUNK: usize = 1_000;

/// Where a search looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Area {
    /// Facilities of a district.
    District(DistrictId),
    /// Facilities with a PIN code.
    Pincode(Pincode),
    /// One facility.
    Facility(FacilityId),
}

/// A facility and some of its sessions.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The facility.
    pub facility: Arc<Facility>,
    /// Its sessions, in order of day and id.
    pub sessions: Vec<Arc<SessionSeats>>,
}

/// The sessions to come.
#[derive(Default)]
pub struct Inventory {
    held: RwLock<Held>,
    refreshed_at: AtomicI64,
    pub(crate) full: Full,
}

#[derive(Default)]
struct Held {
    facilities: FxHashMap<FacilityId, Arc<Facility>>,
    sessions: FxHashMap<SessionId, Arc<SessionSeats>>,
    /// How often each of them had changed when it was read.
    changes: FxHashMap<SessionId, i64>,
    of_facility: FxHashMap<FacilityId, BTreeSet<(Date, SessionId)>>,
    of_area: FxHashMap<Area, BTreeSet<FacilityId>>,
    /// Counted up with every change in an area, so that an answer made before is known as old.
    versions: FxHashMap<Area, u64>,
    since: Option<Timestamp>,
    facilities_since: Option<Timestamp>,
    first_day: Option<Date>,
    /// The minute for which closed slots were last counted.
    window: Option<Window>,
}

impl Held {
    fn touch(&mut self, facility: FacilityId) {
        if let Some(held) = self.facilities.get(&facility) {
            for area in areas(held) {
                *self.versions.entry(area).or_default() += 1;
            }
        }
    }

    fn put_facility(&mut self, facility: Facility) {
        let id = facility.id;
        let old = self.facilities.get(&id).cloned();
        if old.as_deref() == Some(&facility) {
            return;
        }
        self.touch(id);
        for area in old.iter().flat_map(|old| areas(old)) {
            if let Some(members) = self.of_area.get_mut(&area) {
                members.remove(&id);
            }
        }
        for area in areas(&facility) {
            self.of_area.entry(area).or_default().insert(id);
        }
        self.facilities.insert(id, Arc::new(facility));
        self.touch(id);
    }

    fn put_session(&mut self, mut seats: SessionSeats, window: Window) {
        let (id, facility, on) = (seats.session.id, seats.session.facility, seats.session.on);
        seats.closed_slots = window.closed_slots(&seats.session);
        if self.sessions.get(&id).is_some_and(|old| **old == seats) {
            return;
        }
        self.of_facility.entry(facility).or_default().insert((on, id));
        self.sessions.insert(id, Arc::new(seats));
        self.touch(facility);
    }

    /// Notes how many seats of a pool are taken, of a session that is held.
    fn take(&mut self, taken: &TakenSeats) {
        let Some(seats) = self.sessions.get_mut(&taken.session) else { return };
        let pool = usize::from(taken.pool);
        if seats.booked.get(pool).is_none_or(|booked| *booked == taken.booked) {
            return;
        }
        let facility = seats.session.facility;
        Arc::make_mut(seats).booked[pool] = taken.booked;
        self.touch(facility);
    }

    /// Sessions whose closed slots are more or fewer now: among those of today, or among all on a
    /// new day.
    fn slots_to_close(&self, window: Window) -> Vec<(SessionId, u8)> {
        if self.window == Some(window) {
            return Vec::new();
        }
        let first = (window.today(), SessionId(uuid::Uuid::nil()));
        let last = (window.today(), SessionId(uuid::Uuid::max()));
        let changed = |id: &SessionId| {
            let seats = self.sessions.get(id)?;
            let closed = window.closed_slots(&seats.session);
            (seats.closed_slots != closed).then_some((*id, closed))
        };
        if self.window.is_none_or(|before| before.today() != window.today()) {
            return self.sessions.keys().filter_map(changed).collect();
        }
        let today = self.of_facility.values().flat_map(|listed| listed.range(first..=last));
        today.filter_map(|(_, id)| changed(id)).collect()
    }

    fn close_slots(&mut self, changes: Vec<(SessionId, u8)>, window: Window) {
        for (id, closed) in changes {
            if let Some(seats) = self.sessions.get_mut(&id) {
                Arc::make_mut(seats).closed_slots = closed;
                let facility = seats.session.facility;
                self.touch(facility);
            }
        }
        self.window = Some(window);
    }

    /// Forgets the sessions before a day.
    fn forget_before(&mut self, day: Date) {
        let old: Vec<_> = self
            .sessions
            .values()
            .filter(|seats| seats.session.on < day)
            .map(|seats| (seats.session.id, seats.session.facility, seats.session.on))
            .collect();
        for (id, facility, on) in old {
            self.sessions.remove(&id);
            self.changes.remove(&id);
            if let Some(of_facility) = self.of_facility.get_mut(&facility) {
                of_facility.remove(&(on, id));
            }
            self.touch(facility);
        }
    }
}

const fn areas(facility: &Facility) -> [Area; 3] {
    [
        Area::District(facility.district),
        Area::Pincode(facility.pincode),
        Area::Facility(facility.id),
    ]
}

impl Inventory {
    /// A facility.
    pub fn facility(&self, id: FacilityId) -> Option<Arc<Facility>> {
        self.held.read().facilities.get(&id).cloned()
    }

    /// All facilities, in no order.
    pub fn facilities(&self) -> Vec<Arc<Facility>> {
        self.held.read().facilities.values().cloned().collect()
    }

    /// A session to come.
    pub fn session(&self, id: SessionId) -> Option<Arc<SessionSeats>> {
        self.held.read().sessions.get(&id).cloned()
    }

    /// The facilities of an area that have sessions from `from` for `days` days, with them.
    pub fn offers(&self, area: Area, from: Date, days: u8) -> Vec<Offer> {
        let held = self.held.read();
        let Some(members) = held.of_area.get(&area) else {
            return Vec::new();
        };
        members.iter().filter_map(|facility| held.offer(*facility, from, days)).collect()
    }

    /// A number that grows with every change in an area.
    pub fn version(&self, area: Area) -> u64 {
        self.held.read().versions.get(&area).copied().unwrap_or(0)
    }

    /// When the store was last read.
    pub fn refreshed_at(&self) -> Timestamp {
        let milliseconds = self.refreshed_at.load(Ordering::Acquire);
        Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// How many facilities and sessions are held.
    pub fn sizes(&self) -> (usize, usize) {
        let held = self.held.read();
        (held.facilities.len(), held.sessions.len())
    }
}

impl Held {
    fn offer(&self, facility: FacilityId, from: Date, days: u8) -> Option<Offer> {
        let until = from.saturating_add(jiff::ToSpan::days(i64::from(days) - 1));
        let first = (from, SessionId(uuid::Uuid::nil()));
        let last = (until, SessionId(uuid::Uuid::max()));
        let listed = self.of_facility.get(&facility)?.range(first..=last);
        let sessions: Vec<_> =
            listed.filter_map(|(_, id)| self.sessions.get(id).cloned()).collect();
        (!sessions.is_empty())
            .then(|| Offer { facility: Arc::clone(&self.facilities[&facility]), sessions })
    }
}

impl Platform {
    /// Reads what changed in the store. A worker calls this a few times a second, and whoever
    /// publishes calls it at once.
    ///
    /// # Errors
    ///
    /// If the store is not available; the inventory then keeps what it has, and says how old.
    pub async fn refresh(&self, now: Timestamp) -> Result<()> {
        let today = clock::date_at(now);
        let (since, facilities_since, first_day) = {
            let held = self.inventory.held.read();
            (held.since, held.facilities_since, held.first_day)
        };
        let overlap = |at: Option<Timestamp>| {
            // Under a clock that went back, what changes now is older than what was read last.
            let at = at.filter(|at| *at <= now);
            at.and_then(|at| at.checked_sub(OVERLAP).ok()).unwrap_or(Timestamp::UNIX_EPOCH)
        };
        let facilities = self.store.facilities_since(overlap(facilities_since)).await?;
        let mut changed = self.store.changed_sessions(today, overlap(since)).await?;
        {
            let held = self.inventory.held.read();
            changed.retain(|one| held.changes.get(&one.session) != Some(&one.changes));
        }
        let mut sessions = Vec::with_capacity(changed.len());
        for chunk in changed.chunks(CHUNK) {
            let ids: Vec<_> = chunk.iter().map(|one| (one.facility, one.session)).collect();
            sessions.extend(self.store.sessions(&ids).await?);
        }
        // After the sessions, so that what was taken meanwhile is known at once.
        let taken = self.store.taken_since(overlap(since.or(Some(now)))).await?;
        // Looked for with readers beside it: at a country's size this takes a moment.
        let window = self.window(now);
        let changes = self.inventory.held.read().slots_to_close(window);
        let mut held = self.inventory.held.write();
        held.close_slots(changes, window);
        for facility in facilities {
            held.put_facility(facility);
        }
        if !sessions.is_empty() {
            // They may have more seats now.
            self.inventory.full.returned();
        }
        for seats in sessions {
            held.put_session(seats, window);
        }
        held.changes.extend(changed.iter().map(|one| (one.session, one.changes)));
        for taken in &taken {
            held.take(taken);
        }
        if first_day != Some(today) {
            held.forget_before(today);
            held.first_day = Some(today);
        }
        held.since = Some(now);
        held.facilities_since = Some(now);
        drop(held);
        self.inventory.refreshed_at.store(now.as_millisecond(), Ordering::Release);
        Ok(())
    }
}

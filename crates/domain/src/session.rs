//! Planned times of vaccination, and the seats in them.

use jiff::civil::{Date, Time};

use crate::id::{FacilityId, SessionId};

/// How a seat is given away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channel {
    /// Booked ahead by a resident.
    Online,
    /// Given to who comes to the facility.
    OnSite,
}

/// Whether people may book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionState {
    /// Seats may be booked.
    Open,
    /// No new bookings; those that exist stand.
    Stopped,
    /// It will not take place: its appointments are cancelled and people told.
    Cancelled,
}

impl SessionState {
    /// Its number in the store.
    pub const fn number(self) -> i16 {
        match self {
            Self::Open => 0,
            Self::Stopped => 1,
            Self::Cancelled => 2,
        }
    }

    /// The state with this number.
    pub const fn from_number(number: i16) -> Self {
        match number {
            0 => Self::Open,
            1 => Self::Stopped,
            _ => Self::Cancelled,
        }
    }
}

/// Part of a session that can be booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Begin.
    pub from: Time,
    /// End.
    pub to: Time,
}

impl Slot {
    /// The text of the contract: `09:00AM-11:00AM`.
    pub fn label(self) -> String {
        let mut label = String::with_capacity("09:00AM-11:00AM".len());
        push_twelve_hour(&mut label, self.from);
        label.push('-');
        push_twelve_hour(&mut label, self.to);
        label
    }
}

/// Digit by digit: each booking compares labels, and formatting takes ten times as long.
fn push_twelve_hour(label: &mut String, time: Time) {
    let hour = match time.hour().unsigned_abs() % 12 {
        0 => 12,
        hour => hour,
    };
    push_two(label, hour);
    label.push(':');
    push_two(label, time.minute().unsigned_abs());
    label.push_str(if time.hour() < 12 { "AM" } else { "PM" });
}

fn push_two(label: &mut String, number: u8) {
    label.push(char::from(b'0' + number / 10));
    label.push(char::from(b'0' + number % 10));
}

/// Seats that are given away together: for one dose, through one channel, in one slot or in any.
///
/// A seat pool is the unit that is never oversold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeatPool {
    /// How its seats are given away.
    pub channel: Channel,
    /// Which dose its seats are for, from 1.
    pub dose_number: u8,
    /// The only slot its seats may be used in, or any.
    pub slot: Option<u8>,
    /// How many seats it has.
    pub capacity: u32,
}

/// A planned time of vaccination at a facility.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Where.
    pub facility: FacilityId,
    /// Which day.
    pub on: Date,
    /// What is given, by the contract's name.
    pub vaccine: String,
    /// Youngest age, in years by year of birth.
    pub min_age: u8,
    /// Oldest age, if there is one.
    pub max_age: Option<u8>,
    /// Fee in rupees.
    pub fee: u32,
    /// Whether people may book.
    pub state: SessionState,
    /// Its slots, in order of time.
    pub slots: Vec<Slot>,
    /// Its seats. The place in this list is the pool's number.
    pub pools: Vec<SeatPool>,
}

/// Why a session cannot be published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSession {
    /// It has no slot, or more than it can number.
    #[error("a session needs 1 to 24 slots")]
    Slots,
    /// A slot ends before it begins, or begins before the one before it ends.
    #[error("slots must follow one another in time")]
    SlotOrder,
    /// It has no seats.
    #[error("a session needs at least one seat, and at most 1,000,000")]
    Seats,
    /// The ages exclude everybody.
    #[error("max_age must not be below min_age")]
    Ages,
    /// A pool names a slot or a dose that does not exist.
    #[error("a capacity names a slot or dose that the session does not have")]
    Pool,
}

impl Session {
    /// Checks what no session may be without.
    ///
    /// # Errors
    ///
    /// [`BadSession`], the first complaint.
    pub fn check(&self) -> Result<(), BadSession> {
        if !(1..=24).contains(&self.slots.len()) {
            return Err(BadSession::Slots);
        }
        let forward = self.slots.iter().all(|slot| slot.from < slot.to);
        let apart = self.slots.windows(2).all(|pair| pair[0].to <= pair[1].from);
        if !forward || !apart {
            return Err(BadSession::SlotOrder);
        }
        let seats: u64 = self.pools.iter().map(|pool| u64::from(pool.capacity)).sum();
        if !(1..=1_000_000).contains(&seats) || self.pools.len() > 200 {
            return Err(BadSession::Seats);
        }
        if self.max_age.is_some_and(|max| max < self.min_age) {
            return Err(BadSession::Ages);
        }
        let fits = |pool: &SeatPool| {
            (1..=9).contains(&pool.dose_number)
                && pool.slot.is_none_or(|slot| usize::from(slot) < self.slots.len())
        };
        if self.pools.iter().all(fits) { Ok(()) } else { Err(BadSession::Pool) }
    }

    /// The number of the slot with this label.
    pub fn slot_labelled(&self, label: &str) -> Option<u8> {
        let wanted = label.trim();
        let found = self.slots.iter().position(|slot| slot.label() == wanted)?;
        u8::try_from(found).ok()
    }

    /// The number of the pool that gives seats in a slot, for a dose, through a channel.
    pub fn pool_for(&self, channel: Channel, dose_number: u8, slot: u8) -> Option<u16> {
        let gives = |pool: &SeatPool| {
            pool.channel == channel
                && pool.dose_number == dose_number
                && pool.slot.is_none_or(|own| own == slot)
        };
        self.pools.iter().position(gives).and_then(|place| u16::try_from(place).ok())
    }

    /// Whether the age, in years by year of birth, is within the session's.
    pub fn admits_age(&self, age: i16) -> bool {
        age >= i16::from(self.min_age) && self.max_age.is_none_or(|max| age <= i16::from(max))
    }
}

/// A session and how many seats of each pool are taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionSeats {
    /// The session.
    pub session: Session,
    /// Taken seats, one for each pool.
    pub booked: Vec<u32>,
    /// How many of its slots, from the first, cannot be booked online now: they are over. All of
    /// them, while the session is further ahead than bookings reach.
    pub closed_slots: u8,
}

impl SessionSeats {
    /// Free seats for a dose through a channel, over all slots that are open. None while bookings
    /// are stopped.
    pub fn free(&self, channel: Channel, dose_number: u8) -> u32 {
        if self.session.state != SessionState::Open {
            return 0;
        }
        let pools = self.session.pools.iter().zip(&self.booked);
        pools
            .filter(|(pool, _)| pool.channel == channel && pool.dose_number == dose_number)
            .filter(|(pool, _)| match pool.slot {
                Some(slot) => self.is_open(channel, usize::from(slot)),
                // The last slot is the last to close.
                None => self.is_open(channel, self.session.slots.len().saturating_sub(1)),
            })
            .map(|(pool, booked)| pool.capacity.saturating_sub(*booked))
            .sum()
    }

    /// Slots in which a seat is free through a channel, for any dose. None while bookings are
    /// stopped.
    pub fn free_slots(&self, channel: Channel) -> Vec<Slot> {
        let free_in = |number: usize| {
            self.session.pools.iter().zip(&self.booked).any(|(pool, booked)| {
                pool.channel == channel
                    && pool.capacity > *booked
                    && pool.slot.is_none_or(|slot| usize::from(slot) == number)
            })
        };
        let open = self.session.state == SessionState::Open;
        let slots = self.session.slots.iter().enumerate();
        slots
            .filter(|(number, _)| open && self.is_open(channel, *number) && free_in(*number))
            .map(|(_, slot)| *slot)
            .collect()
    }

    /// Whether a slot can still be booked. On site, how long a day lasts is the facility's to say.
    fn is_open(&self, channel: Channel, slot: usize) -> bool {
        channel == Channel::OnSite || slot >= usize::from(self.closed_slots)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use uuid::Uuid;

    use super::*;

    fn session() -> Session {
        let pool = |channel, dose_number, slot, capacity| SeatPool {
            channel,
            dose_number,
            slot,
            capacity,
        };
        Session {
            id: SessionId(Uuid::nil()),
            facility: FacilityId(1),
            on: date(2022, 1, 3),
            vaccine: "COVAXIN".to_owned(),
            min_age: 15,
            max_age: Some(17),
            fee: 0,
            state: SessionState::Open,
            slots: vec![
                Slot { from: time(9, 0, 0, 0), to: time(11, 0, 0, 0) },
                Slot { from: time(11, 0, 0, 0), to: time(13, 0, 0, 0) },
            ],
            pools: vec![
                pool(Channel::Online, 1, Some(0), 2),
                pool(Channel::Online, 1, Some(1), 3),
                pool(Channel::OnSite, 1, None, 4),
            ],
        }
    }

    #[test]
    fn a_slot_is_labelled_as_in_the_contract() {
        let labels: Vec<_> = session().slots.iter().map(|slot| slot.label()).collect();
        assert_eq!(labels, ["09:00AM-11:00AM", "11:00AM-01:00PM"]);
        let midnight = Slot { from: time(0, 0, 0, 0), to: time(12, 30, 0, 0) };
        assert_eq!(midnight.label(), "12:00AM-12:30PM");
    }

    #[test]
    fn a_pool_is_found_by_channel_dose_and_slot() {
        let session = session();
        assert_eq!(session.pool_for(Channel::Online, 1, 1), Some(1));
        assert_eq!(session.pool_for(Channel::OnSite, 1, 0), Some(2));
        assert_eq!(session.pool_for(Channel::Online, 2, 0), None);
        assert_eq!(session.slot_labelled("11:00AM-01:00PM"), Some(1));
    }

    #[test]
    fn free_seats_are_those_of_the_dose_and_channel_and_none_when_stopped() {
        let mut seats = SessionSeats { session: session(), booked: vec![2, 1, 0], closed_slots: 0 };
        assert_eq!(seats.free(Channel::Online, 1), 2);
        assert_eq!(seats.free(Channel::OnSite, 1), 4);
        assert_eq!(seats.free_slots(Channel::Online), [session().slots[1]]);
        seats.session.state = SessionState::Stopped;
        assert_eq!(seats.free(Channel::Online, 1), 0);
        assert_eq!(seats.free_slots(Channel::Online), []);
    }

    #[test]
    fn seats_of_a_slot_that_is_over_are_free_on_site_only() {
        let mut seats = SessionSeats { session: session(), booked: vec![0, 0, 0], closed_slots: 1 };
        assert_eq!(seats.free(Channel::Online, 1), 3);
        assert_eq!(seats.free_slots(Channel::Online), [session().slots[1]]);
        assert_eq!(seats.free_slots(Channel::OnSite), session().slots);
        seats.closed_slots = 2;
        assert_eq!((seats.free(Channel::Online, 1), seats.free(Channel::OnSite, 1)), (0, 4));
        // Seats for any slot are there until the last of them.
        seats.session.pools[0].slot = None;
        assert_eq!(seats.free(Channel::Online, 1), 0);
        seats.closed_slots = 1;
        assert_eq!(seats.free(Channel::Online, 1), 5);
    }

    #[test]
    fn a_session_without_sense_is_refused() {
        type Spoil = fn(&mut Session);
        let cases: [(Spoil, BadSession); 5] = [
            (|s| s.slots.clear(), BadSession::Slots),
            (|s| s.slots.reverse(), BadSession::SlotOrder),
            (|s| s.pools.clear(), BadSession::Seats),
            (|s| s.max_age = Some(3), BadSession::Ages),
            (|s| s.pools[0].slot = Some(9), BadSession::Pool),
        ];
        assert_eq!(session().check(), Ok(()));
        for (spoil, complaint) in cases {
            let mut bad = session();
            spoil(&mut bad);
            assert_eq!(bad.check(), Err(complaint));
        }
    }
}

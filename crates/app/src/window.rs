//! Until when a seat can be booked online: to the end of its slot, and no further ahead than the
//! programme takes bookings.

use domain::session::Session;
use jiff::{
    Timestamp, ToSpan,
    civil::{Date, DateTime},
};

use crate::{Platform, clock};

/// The span of time that bookings reach, seen from one minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    minute: DateTime,
    last_day: Date,
}

impl Platform {
    /// What bookings reach at an instant.
    pub(crate) fn window(&self, now: Timestamp) -> Window {
        let now = clock::time_zone().to_datetime(now);
        let ahead = i64::from(self.programme().booking_days).days();
        Window {
            minute: now.date().at(now.hour(), now.minute(), 0, 0),
            last_day: now.date().saturating_add(ahead),
        }
    }
}

impl Window {
    /// The country's date.
    pub(crate) fn today(&self) -> Date {
        self.minute.date()
    }

    /// Whether the session is on a day that bookings reach.
    pub(crate) fn reaches(&self, session: &Session) -> bool {
        (self.today()..=self.last_day).contains(&session.on)
    }

    /// How many of a session's slots, from the first, cannot be booked online.
    pub(crate) fn closed_slots(&self, session: &Session) -> u8 {
        let over = |end| session.on == self.today() && end <= self.minute.time();
        let closed = if self.reaches(session) {
            session.slots.iter().take_while(|slot| over(slot.to)).count()
        } else {
            session.slots.len()
        };
        u8::try_from(closed).unwrap_or(u8::MAX)
    }
}

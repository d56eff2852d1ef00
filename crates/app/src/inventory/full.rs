//! Where the store just said that no seat is left: who comes in the same second is told so without
//! asking it again.

use domain::id::SessionId;
use jiff::{SignedDuration, Timestamp};
use parking_lot::RwLock;
use rustc_hash::FxHashMap;

/// How long it counts. Availability is at most a second old, too.
const COUNTS: SignedDuration = SignedDuration::from_secs(1);

/// Pools of seats that are taken.
#[derive(Default)]
pub(crate) struct Full(RwLock<Noted>);

#[derive(Default)]
struct Noted {
    at: FxHashMap<(SessionId, u16), Timestamp>,
    /// How often seats were given back by way of this process.
    returns: u64,
}

/// Taken before the store is asked for a seat.
#[derive(Clone, Copy)]
pub(crate) struct Asked(u64);

impl Full {
    /// To be called before the store is asked for a seat.
    pub(crate) fn ask(&self) -> Asked {
        Asked(self.0.read().returns)
    }

    /// Notes that the store had none in a pool; not if a seat was given back since it was asked, as
    /// that may have been one of these.
    pub(crate) fn note(&self, session: SessionId, pool: u16, asked: Asked, now: Timestamp) {
        let mut noted = self.0.write();
        if noted.returns == asked.0 {
            noted.at.retain(|_, at| counts(*at, now));
            noted.at.insert((session, pool), now);
        }
    }

    /// Whether a pool had none within the last second.
    pub(crate) fn is_noted(&self, session: SessionId, pool: u16, now: Timestamp) -> bool {
        self.0.read().at.get(&(session, pool)).is_some_and(|at| counts(*at, now))
    }

    /// To be called when seats were given back, before whoever did so is told.
    pub(crate) fn returned(&self) {
        let mut noted = self.0.write();
        noted.returns += 1;
        noted.at.clear();
    }
}

fn counts(at: Timestamp, now: Timestamp) -> bool {
    (SignedDuration::ZERO..COUNTS).contains(&now.duration_since(at))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const SESSION: SessionId = SessionId(Uuid::from_u128(1));
    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    #[test]
    fn a_pool_is_full_for_a_second_or_until_a_seat_is_given_back() {
        let full = Full::default();
        full.note(SESSION, 0, full.ask(), NOW);
        let after = |milliseconds| NOW + SignedDuration::from_millis(milliseconds);
        for (pool, milliseconds, expected) in
            [(0, 0, true), (0, 999, true), (0, 1000, false), (0, -1, false), (1, 0, false)]
        {
            let noted = full.is_noted(SESSION, pool, after(milliseconds));
            assert_eq!(noted, expected, "pool {pool} after {milliseconds} ms");
        }
        full.returned();
        assert!(!full.is_noted(SESSION, 0, NOW));
    }

    #[test]
    fn an_answer_from_before_a_seat_was_given_back_is_not_noted() {
        let full = Full::default();
        let asked = full.ask();
        full.returned();
        full.note(SESSION, 0, asked, NOW);
        assert!(!full.is_noted(SESSION, 0, NOW));
    }
}

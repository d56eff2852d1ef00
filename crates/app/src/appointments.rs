//! Appointments as their people see them, also those that are over.

use domain::{id::SessionId, session::Session};
use rustc_hash::FxHashMap;

use crate::{Platform, Result, opened::Person};

impl Platform {
    /// The sessions of people's appointments. One that is over is no longer in memory, and is read
    /// from the store.
    ///
    /// # Errors
    ///
    /// If the store is not available.
    pub async fn sessions_of(&self, people: &[Person]) -> Result<FxHashMap<SessionId, Session>> {
        let mut sessions = FxHashMap::default();
        for seat in people.iter().flat_map(|person| &person.claims).map(|claim| claim.seat) {
            if sessions.contains_key(&seat.session) {
                continue;
            }
            let session = if let Some(seats) = self.inventory.session(seat.session) {
                Some(seats.session.clone())
            } else {
                let kept = self.store.session(seat.facility, seat.session).await?;
                kept.map(|seats| seats.session)
            };
            sessions.extend(session.map(|session| (seat.session, session)));
        }
        Ok(sessions)
    }
}

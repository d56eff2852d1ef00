//! A facility's sessions: publish, stop bookings, cancel, the list of the day.

use domain::{
    appointment::AppointmentState,
    id::{FacilityId, SessionId},
    session::{Session, SessionSeats, SessionState, Slot},
};
use jiff::civil::Date;
use store::{BookingRow, Cancellation, NotPublished, ProposalRow, Published};

use crate::{Ctx, Error, Platform, Result, access::Permission, clock};

/// An entry of the day's list. It holds no personal field: who comes shows the reference number.
#[derive(Clone, Debug)]
pub struct DayEntry {
    /// The appointment as kept with the facility.
    pub booking: BookingRow,
    /// The last four digits of the reference number, to find the line of who stands there.
    pub reference_ends: String,
    /// The slot.
    pub slot: Slot,
    /// Whether the slot is over and nobody came.
    pub missed: bool,
    /// What is given.
    pub vaccine: String,
}

impl Platform {
    /// Publishes sessions, or changes published ones: all are checked before any is written.
    ///
    /// # Errors
    ///
    /// [`Error::BadSession`] or [`Error::NotPublished`] for the first that cannot be;
    /// [`Error::Forbidden`] unless the actor manages sessions at each facility.
    pub async fn publish_sessions(
        &self,
        ctx: &Ctx,
        sessions: &[Session],
    ) -> Result<Vec<Published>> {
        for session in sessions {
            let facility = self.inventory.facility(session.facility);
            let facility = facility.ok_or(NotPublished::NoSuchFacility)?;
            ctx.allow_at(Permission::ManageSessions, &facility)?;
            session.check()?;
            if self.programme().vaccine(&session.vaccine).is_none() {
                return Err(Error::Invalid("vaccine must be one of the programme's"));
            }
            if session.on < ctx.today() {
                return Err(Error::Invalid("date must not be in the past"));
            }
        }
        let proposed = self.proposed(ctx, sessions);
        let outcomes = self.store.publish_sessions(&proposed, ctx.now).await?;
        self.propose(ctx, &proposed, &outcomes).await?;
        self.refresh(ctx.now).await?;
        Ok(outcomes.into_iter().collect::<std::result::Result<_, _>>()?)
    }

    /// The sessions as they are published: where two are needed, one that is new takes no bookings yet,
    /// and one that is there stays as it is.
    fn proposed(&self, ctx: &Ctx, sessions: &[Session]) -> Vec<Session> {
        let state = |session: &Session| match self.inventory.session(session.id) {
            _ if !self.needs_two(ctx) => session.state,
            Some(held) => held.session.state,
            None => SessionState::Stopped,
        };
        sessions.iter().map(|one| Session { state: state(one), ..one.clone() }).collect()
    }

    /// Keeps who published what another person has to open.
    async fn propose(
        &self,
        ctx: &Ctx,
        sessions: &[Session],
        outcomes: &[std::result::Result<Published, NotPublished>],
    ) -> Result<()> {
        let new = |(_, outcome): &(&Session, &std::result::Result<Published, NotPublished>)| {
            **outcome == Ok(Published::New)
        };
        for (session, _) in sessions.iter().zip(outcomes).filter(new) {
            if self.needs_two(ctx) {
                let proposed_by = ctx.staff_id();
                let (facility, session) = (session.facility, session.id);
                let proposal = ProposalRow { facility, session, proposed_by, agreed_by: None };
                self.store.propose_session(&proposal).await?;
            }
        }
        Ok(())
    }

    fn needs_two(&self, ctx: &Ctx) -> bool {
        self.settings.sessions_need_two && matches!(ctx.actor, crate::Actor::Staff(_))
    }

    /// A facility's sessions from a day on, cancelled ones included.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] unless the actor sees the facility's lists or manages its sessions.
    pub async fn facility_sessions(
        &self,
        ctx: &Ctx,
        facility: FacilityId,
        from: Date,
    ) -> Result<Vec<SessionSeats>> {
        let held = self.inventory.facility(facility).ok_or(Error::NotFound)?;
        ctx.allow_at(Permission::SeeDayList, &held)
            .or_else(|_| ctx.allow_at(Permission::ManageSessions, &held))?;
        Ok(self.store.facility_sessions(facility, from).await?)
    }

    /// Takes no more bookings for a session; those that exist stand.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no such session or it was cancelled.
    pub async fn stop_bookings(&self, ctx: &Ctx, at: FacilityId, session: SessionId) -> Result<()> {
        self.set_state(ctx, at, session, SessionState::Stopped).await
    }

    /// Takes bookings again, or for the first time.
    ///
    /// # Errors
    ///
    /// As [`Platform::stop_bookings`]; [`Error::SecondPerson`] to who published it, before another
    /// person opened it.
    pub async fn open_bookings(&self, ctx: &Ctx, at: FacilityId, session: SessionId) -> Result<()> {
        self.set_state(ctx, at, session, SessionState::Open).await
    }

    /// Calls a session off: every appointment in it is cancelled and its people are told. Gives
    /// how many appointments that were. What a crash interrupts, the upkeep worker completes.
    ///
    /// # Errors
    ///
    /// As [`Platform::stop_bookings`].
    pub async fn cancel_session(
        &self,
        ctx: &Ctx,
        at: FacilityId,
        session: SessionId,
    ) -> Result<usize> {
        self.set_state(ctx, at, session, SessionState::Cancelled).await?;
        let mut ended = 0;
        loop {
            let step = self.end_cancelled_sessions(ctx).await?;
            ended += step;
            if step == 0 {
                self.refresh(ctx.now).await?;
                return Ok(ended);
            }
        }
    }

    async fn set_state(
        &self,
        ctx: &Ctx,
        at: FacilityId,
        session: SessionId,
        state: SessionState,
    ) -> Result<()> {
        let facility = self.inventory.facility(at).ok_or(Error::NotFound)?;
        ctx.allow_at(Permission::ManageSessions, &facility)?;
        if state == SessionState::Open && self.needs_two(ctx) {
            let agreed = self.store.agree_session(at, session, ctx.staff_id()).await?;
            if !agreed {
                return Err(Error::SecondPerson);
            }
            self.note_decision(ctx, "session-opened").await?;
        }
        if !self.store.set_session_state(at, session, state, ctx.now).await? {
            return Err(Error::NotFound);
        }
        self.refresh(ctx.now).await
    }

    /// Cancels some appointments that are left in cancelled sessions; gives how many.
    ///
    /// # Errors
    ///
    /// If the store is not available.
    pub async fn end_cancelled_sessions(&self, ctx: &Ctx) -> Result<usize> {
        const AT_ONCE: u32 = 500;
        let rows = self.store.booked_in_cancelled_sessions(AT_ONCE).await?;
        let cancellations: Vec<_> = rows
            .iter()
            .map(|row| {
                let facility = self.inventory.facility(row.seat.facility);
                let name = facility.as_ref().map_or("the vaccination centre", |f| f.name.as_str());
                let text = format!(
                    "The vaccination session at {name} that you booked will not take place. Your \
                     appointment is cancelled; please book another. - CoWIN"
                );
                Cancellation {
                    appointment: row.appointment,
                    account: row.account,
                    beneficiaries: vec![row.beneficiary],
                    message: Some(self.message_to_account(ctx, row.account, "appointment", text)),
                    at: ctx.now,
                }
            })
            .collect();
        let outcomes = self.store.cancel(&cancellations).await?;
        Ok(outcomes.iter().filter(|outcome| outcome.is_ok()).count())
    }

    /// The appointments of a facility's day, in order of slot.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] unless the actor sees the facility's lists.
    pub async fn day_list(
        &self,
        ctx: &Ctx,
        facility: FacilityId,
        on: Date,
    ) -> Result<Vec<DayEntry>> {
        let held = self.inventory.facility(facility).ok_or(Error::NotFound)?;
        ctx.allow_at(Permission::SeeDayList, &held)?;
        let sessions = self.store.facility_sessions(facility, on).await?;
        let rows = self.store.day_list(facility, on).await?;
        let now = clock::time_zone().to_datetime(ctx.now);
        let entry = |booking: BookingRow| {
            let seats = sessions.iter().find(|s| s.session.id == booking.seat.session)?;
            let slot = seats.session.slots.get(usize::from(booking.seat.slot))?;
            let reference = self.reference(booking.beneficiary);
            let over = on.to_datetime(slot.to) <= now;
            Some(DayEntry {
                missed: over && booking.state == AppointmentState::Booked,
                reference_ends: format!("{:04}", reference % 10_000),
                slot: *slot,
                vaccine: seats.session.vaccine.clone(),
                booking,
            })
        };
        Ok(rows.into_iter().filter_map(entry).collect())
    }
}

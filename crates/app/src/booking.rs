//! Booking, moving and cancelling appointments.

use std::sync::Arc;

use domain::{
    appointment::Seat,
    id::{AccountId, AppointmentId, BeneficiaryId, SessionId},
    schedule::{Standing, check_session},
    session::{Channel, SessionSeats, SessionState},
};
use futures_util::future::try_join_all;
use store::{
    Booking, Cancellation, ClaimRow, ClaimState, Done, Idempotency, Move, NotBooked, NotCancelled,
    NotMoved, PersonRecord,
};
use uuid::Uuid;
use vault::Purpose;

use crate::{Ctx, Error, Platform, Result};

/// A wish for seats.
#[derive(Clone, Debug)]
pub struct Wish<'a> {
    /// The session.
    pub session: SessionId,
    /// The slot's label.
    pub slot: &'a str,
    /// Which dose; the next one due, if not said.
    pub dose_number: Option<u8>,
    /// For whom: 1 to 6 people of the account.
    pub beneficiaries: &'a [BeneficiaryId],
    /// Makes a repeated request the same request.
    pub idempotency_key: Option<&'a str>,
}

/// A wish that every rule allows.
struct Prepared {
    seats: Arc<SessionSeats>,
    slot: u8,
    dose_number: u8,
    people: Vec<PersonRecord>,
}

/// The store's answer about an appointment, for who asked.
fn told(
    answer: std::result::Result<Done, NotBooked>,
    appointment: AppointmentId,
    session: SessionId,
    dose_number: u8,
) -> Result<AppointmentId> {
    match answer {
        Ok(Done::New | Done::Again) => Ok(appointment),
        Err(NotBooked::Full) => Err(Error::Full { session, dose_number, next: None }),
        Err(NotBooked::NoSuchBeneficiary) => Err(Error::NotFound),
        Err(NotBooked::Held { beneficiary }) => {
            Err(Error::AppointmentExists { beneficiary, dose_number })
        }
        Err(other) => Err(other.into()),
    }
}

impl Platform {
    /// Books seats for people of one account: all of them, or none.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchSlot`],
    /// [`Error::NotBookable`], [`Error::NotEligible`] with the rule, [`Error::Full`] with other
    /// sessions, [`Error::AppointmentExists`] if an appointment exists already.
    pub async fn book(&self, ctx: &Ctx, wish: &Wish<'_>) -> Result<AppointmentId> {
        let account = ctx.resident()?;
        if let Some(full) = self.sold_out(ctx, wish) {
            return Err(full);
        }
        let prepared = match self.chosen_people(account, wish.beneficiaries).await {
            Ok(people) => self.prepare(ctx, Channel::Online, people, wish),
            Err(why) => Err(why),
        };
        let Prepared { seats, slot, dose_number, people } = match prepared {
            Ok(prepared) => prepared,
            Err(why) => return self.answered_before(ctx, account, wish).await?.unwrap_or(Err(why)),
        };
        // Others were served while these people were read.
        if let Some(full) = self.sold_out(ctx, wish) {
            return Err(full);
        }
        let asked = self.inventory.full.ask();
        let appointment =
            self.book_seat(ctx, Channel::Online, &seats, slot, dose_number, &people, wish).await;
        let Err(Error::Full { .. }) = appointment else { return appointment };
        let pool = seats.session.pool_for(Channel::Online, dose_number, slot);
        if let (Some(pool), [_one]) = (pool, &people[..]) {
            self.inventory.full.note(wish.session, pool, asked, ctx.now);
        }
        let full = || self.full(ctx, &seats, dose_number, &people);
        Err(self.sold_out(ctx, wish).unwrap_or_else(full))
    }

    /// Says so at once if a session had no seat for the dose when the inventory was last read, or
    /// when somebody was told so within the last second: a crowd at its door costs the store nothing.
    /// A request with a key may be a repeated one, whose first answer only the store knows; and which
    /// sessions can be had for a later dose depends on the one before.
    fn sold_out(&self, ctx: &Ctx, wish: &Wish<'_>) -> Option<Error> {
        if wish.dose_number != Some(1) || wish.idempotency_key.is_some() {
            return None;
        }
        let seats = self.inventory.session(wish.session)?;
        let session = &seats.session;
        let slot = session.slot_labelled(wish.slot)?;
        let noted = || {
            let pool = session.pool_for(Channel::Online, 1, slot);
            pool.is_some_and(|pool| self.inventory.full.is_noted(session.id, pool, ctx.now))
        };
        let full =
            session.state == SessionState::Open && (seats.free(Channel::Online, 1) == 0 || noted());
        full.then_some(Error::Full { session: wish.session, dose_number: 1, next: None })
    }

    /// That a session is full, with others for these people.
    fn full(
        &self,
        ctx: &Ctx,
        seats: &SessionSeats,
        dose_number: u8,
        people: &[PersonRecord],
    ) -> Error {
        match self.next_free(ctx, seats, dose_number, people) {
            Ok(next) => Error::Full { session: seats.session.id, dose_number, next: Some(next) },
            Err(error) => error,
        }
    }

    /// Asks every rule that can be asked before a seat is.
    fn prepare(
        &self,
        ctx: &Ctx,
        channel: Channel,
        people: Vec<PersonRecord>,
        wish: &Wish<'_>,
    ) -> Result<Prepared> {
        let (seats, slot) = self.bookable(ctx, wish.session, wish.slot, channel)?;
        let dose_number = self.check_people(ctx, &people, &seats, wish.dose_number)?;
        Ok(Prepared { seats, slot, dose_number, people })
    }

    /// What the same request was answered before. A request that comes late is not judged by the
    /// rules of a later day: the session may be over by then, or the dose given.
    async fn answered_before(
        &self,
        ctx: &Ctx,
        account: AccountId,
        wish: &Wish<'_>,
    ) -> Result<Option<Result<AppointmentId>>> {
        let (appointment, Some(request)) = self.appointment_id(ctx, account, wish) else {
            return Ok(None);
        };
        let answer = self.store.remembered(account, &request).await?;
        let dose_number = wish.dose_number.unwrap_or(1);
        Ok(answer.map(|answer| told(answer, appointment, wish.session, dose_number)))
    }

    #[expect(clippy::too_many_arguments, reason = "the one write that ends both ways of booking")]
    async fn book_seat(
        &self,
        ctx: &Ctx,
        channel: Channel,
        seats: &SessionSeats,
        slot: u8,
        dose_number: u8,
        people: &[PersonRecord],
        wish: &Wish<'_>,
    ) -> Result<AppointmentId> {
        let session = &seats.session;
        let full = Error::Full { session: session.id, dose_number, next: None };
        let pool = session.pool_for(channel, dose_number, slot).ok_or_else(|| full.clone())?;
        let first = &people.first().ok_or(Error::Invalid("beneficiaries must not be empty"))?;
        let account =
            AccountId { bucket: first.beneficiary.id.bucket(), uuid: first.beneficiary.account };
        let (appointment, idempotency) = self.appointment_id(ctx, account, wish);
        let seat = Seat { facility: session.facility, session: session.id, pool, slot };
        let text = self.appointment_text(seats, slot, appointment, "booked");
        let booking = Booking {
            appointment,
            account,
            beneficiaries: people.iter().map(|person| person.beneficiary.id).collect(),
            dose_number,
            seat,
            on: session.on,
            idempotency,
            message: Some(self.message_to_account(ctx, account, "appointment", text)),
            at: ctx.now,
        };
        told(self.writes.book.submit(booking).await?, appointment, session.id, dose_number)
    }

    /// Gives a seat of the on-site channel to people who came, by staff of the facility.
    pub(crate) async fn book_on_site(
        &self,
        ctx: &Ctx,
        wish: &Wish<'_>,
        people: &[PersonRecord],
    ) -> Result<AppointmentId> {
        let first = people.first().map(|person| &person.beneficiary);
        let account = first.map(|row| AccountId { bucket: row.id.bucket(), uuid: row.account });
        match (self.prepare(ctx, Channel::OnSite, people.to_vec(), wish), account) {
            (Ok(Prepared { seats, slot, dose_number, people }), _) => {
                self.book_seat(ctx, Channel::OnSite, &seats, slot, dose_number, &people, wish).await
            }
            (Err(why), Some(account)) => {
                self.answered_before(ctx, account, wish).await?.unwrap_or(Err(why))
            }
            (Err(why), None) => Err(why),
        }
    }

    /// The session and the number of the slot, if it is one that can be booked now. On site, how
    /// long a day lasts is the facility's to say.
    fn bookable(
        &self,
        ctx: &Ctx,
        id: SessionId,
        slot: &str,
        channel: Channel,
    ) -> Result<(Arc<SessionSeats>, u8)> {
        // One that is not known is none to come: those that are over are forgotten.
        let seats = self.inventory.session(id).ok_or(Error::NotBookable)?;
        let session = &seats.session;
        let slot = session.slot_labelled(slot).ok_or(Error::NoSuchSlot)?;
        let window = self.window(ctx.now);
        let over = channel == Channel::Online && slot < window.closed_slots(session);
        if over || !window.reaches(session) || session.state == SessionState::Cancelled {
            return Err(Error::NotBookable);
        }
        Ok((seats, slot))
    }

    async fn chosen_people(
        &self,
        account: AccountId,
        chosen: &[BeneficiaryId],
    ) -> Result<Vec<PersonRecord>> {
        if chosen.is_empty() || chosen.len() > 6 {
            return Err(Error::Invalid("beneficiaries must name 1 to 6 people"));
        }
        let mut distinct = chosen.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        let people = try_join_all(distinct.into_iter().map(|id| self.person(id))).await?;
        let own = |person: &PersonRecord| person.beneficiary.account == account.uuid;
        people.into_iter().map(|person| person.filter(own).ok_or(Error::NotFound)).collect()
    }

    /// Applies the programme to each person; gives the dose that all of them are due.
    fn check_people(
        &self,
        ctx: &Ctx,
        people: &[PersonRecord],
        seats: &SessionSeats,
        dose_number: Option<u8>,
    ) -> Result<u8> {
        let programme = self.programme();
        let mut agreed = dose_number;
        for person in people {
            let known = self.open_eligibility(&person.beneficiary)?;
            let standing = Standing {
                birth_year: known.birth_year,
                comorbidity: known.comorbidity,
                doses: &person.doses,
            };
            let number = *agreed.get_or_insert(standing.next_dose());
            check_session(&programme, &standing, &seats.session, number, ctx.now)
                .map_err(|rule| Error::NotEligible { beneficiary: person.beneficiary.id, rule })?;
        }
        agreed.ok_or(Error::Invalid("beneficiaries must not be empty"))
    }

    /// The appointment's id: from the key, so that a repeated request means the same appointment.
    fn appointment_id(
        &self,
        ctx: &Ctx,
        account: AccountId,
        wish: &Wish<'_>,
    ) -> (AppointmentId, Option<Idempotency>) {
        let Some(key) = wish.idempotency_key else {
            return (AppointmentId(ctx.random_uuid()), None);
        };
        let digest = self
            .vault
            .mac(Purpose::IdempotencyKey, &[b"book", account.uuid.as_bytes(), key.as_bytes()]);
        let mut sorted = wish.beneficiaries.to_vec();
        sorted.sort_unstable();
        let people: Vec<u8> = sorted.iter().flat_map(|id| id.number().to_be_bytes()).collect();
        let dose = [wish.dose_number.unwrap_or(0)];
        let parts: [&[u8]; 4] = [wish.session.0.as_bytes(), wish.slot.as_bytes(), &dose, &people];
        let request = self.vault.mac(Purpose::IdempotencyKey, &parts);
        let id = Uuid::new_v5(&account.uuid, &digest);
        (AppointmentId(id), Some(Idempotency { key: digest, request }))
    }

    /// Moves an appointment to another session or slot.
    ///
    /// # Errors
    ///
    /// As [`Platform::book`]; [`Error::NotFound`] if there is no such live appointment.
    pub async fn reschedule(
        &self,
        ctx: &Ctx,
        appointment: AppointmentId,
        session: SessionId,
        slot: &str,
    ) -> Result<()> {
        let account = ctx.resident()?;
        let mut people = self.people(account).await?;
        let held = |claim: &ClaimRow| {
            claim.appointment == appointment && claim.state == ClaimState::Confirmed
        };
        people.retain(|person| person.claims.iter().any(held));
        let claim = people.iter().flat_map(|person| &person.claims).find(|claim| held(claim));
        let claim = claim.cloned().ok_or(Error::NotFound)?;
        if claim.on < ctx.today() {
            return Err(Error::NotBookable);
        }
        let (seats, slot) = self.bookable(ctx, session, slot, Channel::Online)?;
        self.check_people(ctx, &people, &seats, Some(claim.dose_number))?;
        let full = || self.full(ctx, &seats, claim.dose_number, &people);
        let pool = seats.session.pool_for(Channel::Online, claim.dose_number, slot);
        let pool = pool.ok_or_else(full)?;
        let seat = Seat { facility: seats.session.facility, session, pool, slot };
        let text = self.appointment_text(&seats, slot, appointment, "moved");
        let wanted = Move {
            appointment,
            account,
            seat,
            on: seats.session.on,
            message: Some(self.message_to_account(ctx, account, "appointment", text)),
            at: ctx.now,
        };
        let moved = self.writes.reschedule.submit(wanted).await?;
        self.inventory.full.returned();
        match moved {
            Ok(_) => Ok(()),
            Err(NotMoved::Full) => Err(full()),
            Err(NotMoved::NoSuchAppointment) => Err(Error::NotFound),
            Err(other) => Err(other.into()),
        }
    }

    /// Cancels an appointment for all of its people or some, until the day before.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no such appointment, [`Error::TooLate`] on its day.
    pub async fn cancel(
        &self,
        ctx: &Ctx,
        appointment: AppointmentId,
        beneficiaries: &[BeneficiaryId],
    ) -> Result<()> {
        let account = ctx.resident()?;
        let people = self.people(account).await?;
        let meant = |claim: &&ClaimRow| {
            claim.appointment == appointment
                && (beneficiaries.is_empty() || beneficiaries.contains(&claim.beneficiary))
        };
        let claims = people.iter().flat_map(|person| &person.claims).filter(meant);
        if claims
            .clone()
            .any(|claim| claim.state == ClaimState::Confirmed && claim.on <= ctx.today())
        {
            return Err(Error::TooLate);
        }
        let text = "Your vaccination appointment has been cancelled. - CoWIN".to_owned();
        let wanted = Cancellation {
            appointment,
            account,
            beneficiaries: beneficiaries.to_vec(),
            message: Some(self.message_to_account(ctx, account, "appointment", text)),
            at: ctx.now,
        };
        let cancelled = self.writes.cancel.submit(wanted).await?;
        self.inventory.full.returned();
        match cancelled {
            Ok(_) => Ok(()),
            Err(NotCancelled::NoSuchAppointment) => Err(Error::NotFound),
            Err(other) => Err(other.into()),
        }
    }

    fn appointment_text(
        &self,
        seats: &SessionSeats,
        slot: u8,
        appointment: AppointmentId,
        what: &str,
    ) -> String {
        let session = &seats.session;
        let facility = self.inventory.facility(session.facility);
        let name = facility.as_ref().map_or("the vaccination centre", |f| f.name.as_str());
        let slot = session.slots.get(usize::from(slot)).map(|slot| slot.label());
        format!(
            "Your vaccination appointment is {what}: {} at {name}, {}. Show your reference number \
             and secret code {} there. - CoWIN",
            session.on.strftime("%d-%m-%Y"),
            slot.unwrap_or_default(),
            self.security_code(appointment),
        )
    }

    /// The four-digit code that a person shows with their reference number. It follows from the
    /// appointment under a key, so nothing is kept and nobody can tell it from the number.
    pub fn security_code(&self, appointment: AppointmentId) -> String {
        let digest = self.vault.mac(Purpose::SecurityCode, &[appointment.0.as_bytes()]);
        let number = u64::from_be_bytes([
            digest[0], digest[1], digest[2], digest[3], digest[4], digest[5], digest[6], digest[7],
        ]);
        format!("{:04}", number % 10_000)
    }
}

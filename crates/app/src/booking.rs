//! Booking, moving and cancelling appointments.

use std::sync::Arc;

use domain::{
    appointment::Seat,
    id::{AccountId, AppointmentId, BeneficiaryId, SessionId},
    schedule::{Standing, check_session},
    session::{Channel, Session, SessionSeats, SessionState},
};
use store::{
    Booking, Cancellation, ClaimRow, ClaimState, Done, Idempotency, Move, NotBooked, NotCancelled,
    NotMoved, PersonRecord,
};
use uuid::Uuid;
use vault::Purpose;

use crate::{Ctx, Error, Platform, Result, clock};

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

impl Platform {
    /// Books seats for people of one account: all of them, or none.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for a session that is not known, [`Error::NoSuchSlot`],
    /// [`Error::NotBookable`], [`Error::NotEligible`] with the rule, [`Error::Full`] with other
    /// sessions, [`Error::NotBooked`] if an appointment exists already.
    pub async fn book(&self, ctx: &Ctx, wish: &Wish<'_>) -> Result<AppointmentId> {
        let account = ctx.resident()?;
        let seats = self.bookable(ctx, wish.session, Channel::Online)?;
        let slot = slot_to_come(ctx, &seats.session, wish.slot)?;
        let people = self.chosen_people(account, wish.beneficiaries).await?;
        let dose_number = self.check_people(ctx, &people, &seats, wish.dose_number)?;
        let appointment =
            self.book_seat(ctx, Channel::Online, &seats, slot, dose_number, &people, wish).await;
        match appointment {
            Err(Error::Full { .. }) => {
                Err(Error::Full { next: self.next_free(ctx, &seats, dose_number) })
            }
            other => other,
        }
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
        let full = Error::Full { next: Vec::new() };
        let pool = session.pool_for(channel, dose_number, slot).ok_or(full)?;
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
        match self.writes.book.submit(booking).await? {
            Ok(Done::New | Done::Again) => Ok(appointment),
            Err(NotBooked::Full) => Err(Error::Full { next: Vec::new() }),
            Err(NotBooked::NoSuchBeneficiary) => Err(Error::NotFound),
            Err(other) => Err(other.into()),
        }
    }

    /// Gives a seat of the on-site channel to people who came, by staff of the facility.
    pub(crate) async fn book_on_site(
        &self,
        ctx: &Ctx,
        wish: &Wish<'_>,
        people: &[PersonRecord],
    ) -> Result<AppointmentId> {
        let seats = self.bookable(ctx, wish.session, Channel::OnSite)?;
        let slot = seats.session.slot_labelled(wish.slot).ok_or(Error::NoSuchSlot)?;
        let dose_number = self.check_people(ctx, people, &seats, wish.dose_number)?;
        self.book_seat(ctx, Channel::OnSite, &seats, slot, dose_number, people, wish).await
    }

    /// The session, if it is one that can be booked now. On site, how long a day lasts is the
    /// facility's to say.
    fn bookable(&self, ctx: &Ctx, id: SessionId, channel: Channel) -> Result<Arc<SessionSeats>> {
        let seats = self.inventory.session(id).ok_or(Error::NotFound)?;
        let session = &seats.session;
        let today = ctx.today();
        let last_day =
            today.saturating_add(jiff::ToSpan::days(i64::from(self.programme().booking_days)));
        let over = session.on < today
            || channel == Channel::Online
                && session.on == today
                && session
                    .slots
                    .last()
                    .is_none_or(|slot| slot.to <= clock::time_zone().to_datetime(ctx.now).time());
        if over || session.on > last_day || session.state == SessionState::Cancelled {
            return Err(Error::NotBookable);
        }
        Ok(seats)
    }

    async fn chosen_people(
        &self,
        account: AccountId,
        chosen: &[BeneficiaryId],
    ) -> Result<Vec<PersonRecord>> {
        if chosen.is_empty() || chosen.len() > 6 {
            return Err(Error::Invalid("beneficiaries must name 1 to 6 people"));
        }
        let mut people = self.store.people(account).await?;
        people.retain(|person| chosen.contains(&person.beneficiary.id));
        let mut distinct = chosen.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        if distinct.len() == people.len() { Ok(people) } else { Err(Error::NotFound) }
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
        let mut people = self.store.people(account).await?;
        let held = |claim: &ClaimRow| {
            claim.appointment == appointment && claim.state == ClaimState::Confirmed
        };
        people.retain(|person| person.claims.iter().any(held));
        let claim = people.iter().flat_map(|person| &person.claims).find(|claim| held(claim));
        let claim = claim.cloned().ok_or(Error::NotFound)?;
        if claim.on < ctx.today() {
            return Err(Error::TooLate);
        }
        let seats = self.bookable(ctx, session, Channel::Online)?;
        let slot = slot_to_come(ctx, &seats.session, slot)?;
        self.check_people(ctx, &people, &seats, Some(claim.dose_number))?;
        let full = || Error::Full { next: self.next_free(ctx, &seats, claim.dose_number) };
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
        match self.writes.reschedule.submit(wanted).await? {
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
        let people = self.store.people(account).await?;
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
        match self.writes.cancel.submit(wanted).await? {
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

/// The slot with this label, if it is not over: nobody can come to one that is.
fn slot_to_come(ctx: &Ctx, session: &Session, label: &str) -> Result<u8> {
    let number = session.slot_labelled(label).ok_or(Error::NoSuchSlot)?;
    let slot = session.slots.get(usize::from(number)).ok_or(Error::NoSuchSlot)?;
    let over = session.on.to_datetime(slot.to) <= clock::time_zone().to_datetime(ctx.now);
    if over { Err(Error::NotBookable) } else { Ok(number) }
}

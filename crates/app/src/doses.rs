//! Recording doses at a facility: verify who it is, walk-ins, the dose with its certificate or with a
//! note that one is owed, undoing within the hour, adverse events.

use std::sync::Arc;

use domain::{
    dose::{Dose, UNDO_SECONDS},
    facility::Facility,
    id::{AccountId, AppointmentId, BeneficiaryId, DoseId, FacilityId, SessionId},
    schedule::{Standing, check_dose},
    session::Channel,
};
use jiff::{Timestamp, civil::Date};
use store::{
    AefiNote, ClaimRow, ClaimState, Done, DoseRecord, NotRecorded, PersonRecord, Tally, UndoDose,
};
use uuid::Uuid;
use vault::PersonKey;

use crate::{
    Actor, Ctx, Error, Platform, Result,
    access::{Permission, opening::Whom},
    booking::Wish,
    opened::{AEFI, Counted, Eligibility, REASON, counted, eligibility},
    presence::{Presence, to_program},
    reports::age_band,
};

/// A dose as staff report it.
#[derive(Clone, Debug)]
pub struct Given<'a> {
    /// Chosen by who records it, so that a repeated request is known.
    pub id: DoseId,
    /// Which dose; the next one due, if not said.
    pub number: Option<u8>,
    /// What, by the contract's name.
    pub vaccine: &'a str,
    /// Maker's production lot.
    pub lot: &'a str,
    /// Who gave it, as printed.
    pub vaccinator: &'a str,
    /// Local date; today, if not said.
    pub given_on: Option<Date>,
}

impl Platform {
    /// Notes that a person's identity was checked against their document.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] unless the actor meets people at the facility.
    pub async fn verify_identity(&self, ctx: &Ctx, presence: &Presence) -> Result<()> {
        let facility = self.inventory.facility(presence.facility).ok_or(Error::NotFound)?;
        ctx.allow_at(Permission::MeetBeneficiary, &facility)?;
        let by = ctx.staff_id();
        let known = self.store.mark_verified(presence.beneficiary, by, ctx.now).await?;
        if known { Ok(()) } else { Err(Error::NotFound) }
    }

    /// Gives someone who came a seat of the on-site channel.
    ///
    /// # Errors
    ///
    /// As [`Platform::book`].
    pub async fn book_walk_in(
        &self,
        ctx: &Ctx,
        presence: &Presence,
        session: SessionId,
        slot: &str,
    ) -> Result<AppointmentId> {
        let facility = self.inventory.facility(presence.facility).ok_or(Error::NotFound)?;
        ctx.allow_at(Permission::RegisterWalkIn, &facility)?;
        let seats = self.inventory.session(session).ok_or(Error::NotFound)?;
        if seats.session.facility != presence.facility {
            return Err(Error::NotFound);
        }
        let record = self.person(presence.beneficiary).await?.ok_or(Error::NotFound)?;
        let wish = Wish {
            session,
            slot,
            dose_number: None,
            beneficiaries: &[presence.beneficiary],
            idempotency_key: None,
        };
        self.book_on_site(ctx, &wish, &[record]).await
    }

    /// Gives people seats of the on-site channel on the word of a state's program: the contract's
    /// onspots call. It discloses nothing about them.
    ///
    /// # Errors
    ///
    /// As [`Platform::book`].
    pub async fn book_on_spot(&self, ctx: &Ctx, wish: &Wish<'_>) -> Result<AppointmentId> {
        let seats = self.inventory.session(wish.session).ok_or(Error::NotFound)?;
        let facility = self.inventory.facility(seats.session.facility).ok_or(Error::NotFound)?;
        ctx.allow_at(Permission::RegisterWalkIn, &facility)?;
        self.allow_in_state(ctx, &facility)?;
        let mut people = Vec::new();
        for id in wish.beneficiaries {
            people.push(self.person(*id).await?.ok_or(Error::NotFound)?);
        }
        let account = people.first().map(|person: &PersonRecord| person.beneficiary.account);
        if people.iter().any(|person| Some(person.beneficiary.account) != account) {
            return Err(Error::Invalid("beneficiaries must be of one account"));
        }
        self.book_on_site(ctx, wish, &people).await
    }

    /// Puts a dose on record for someone who presented themselves, with its signed certificate. If
    /// the key that signs is away, the certificate follows; see [`Platform::sign_owed`]. Doing so
    /// twice is harmless.
    ///
    /// # Errors
    ///
    /// [`Error::NotEligible`] with the rule; [`Error::NotRecorded`] if another dose holds its
    /// place; [`Error::Invalid`] for a lot or a name that is missing.
    pub async fn record_dose(
        &self,
        ctx: &Ctx,
        presence: &Presence,
        given: &Given<'_>,
    ) -> Result<Dose> {
        let facility = self.inventory.facility(presence.facility).ok_or(Error::NotFound)?;
        ctx.allow_at(Permission::RecordDose, &facility)?;
        let record = self.person(presence.beneficiary).await?.ok_or(Error::NotFound)?;
        let expected = self.was_expected(ctx, presence.facility, &record);
        let before = record.doses.len();
        let ctx = &ctx.on(presence.ground());
        let dose = self.record_for(ctx, presence.facility, record, given).await?;
        if !expected && before < usize::from(dose.number) {
            self.met_for_a_dose(ctx).await?;
        }
        Ok(dose)
    }

    /// Whether somebody had an appointment there today before they came: not one that staff made then.
    fn was_expected(&self, ctx: &Ctx, facility: FacilityId, record: &PersonRecord) -> bool {
        let today = ctx.today();
        let here = |claim: &&ClaimRow| claim.seat.facility == facility && claim.on == today;
        record.claims.iter().filter(here).any(|claim| {
            let held = self.inventory.session(claim.seat.session);
            let pools = held.as_ref().map(|held| &held.session.pools);
            let pool = pools.and_then(|pools| pools.get(usize::from(claim.seat.pool)));
            pool.is_none_or(|pool| pool.channel == Channel::Online)
        })
    }

    /// Puts a dose on record on the word of a state's program: only for who has an appointment at
    /// the facility, which is the program's proof that they came.
    ///
    /// # Errors
    ///
    /// As [`Platform::record_dose`]; [`Error::WrongPresence`] without an appointment there.
    pub async fn record_dose_by_appointment(
        &self,
        ctx: &Ctx,
        facility: FacilityId,
        beneficiary: BeneficiaryId,
        given: &Given<'_>,
    ) -> Result<Dose> {
        let held = self.inventory.facility(facility).ok_or(Error::NotFound)?;
        ctx.allow_at(Permission::RecordDose, &held)?;
        self.allow_in_state(ctx, &held)?;
        let record = self.person(beneficiary).await?.ok_or(Error::WrongPresence)?;
        let expected = record.claims.iter().any(|claim| {
            claim.seat.facility == facility
                && matches!(claim.state, ClaimState::Confirmed | ClaimState::Done)
                && claim.on <= ctx.today()
        });
        if !expected {
            return Err(Error::WrongPresence);
        }
        let whom = Whom::Person(beneficiary.person_uuid());
        self.record_for(&ctx.on(to_program(ctx, whom)), facility, record, given).await
    }

    /// A state's program acts at the facilities of its state only.
    fn allow_in_state(&self, ctx: &Ctx, facility: &Facility) -> Result<()> {
        let Actor::StateProgram { state: Some(state) } = ctx.actor else {
            return Ok(());
        };
        let geography = self.geography();
        let district = geography.district(facility.district);
        let own = district.is_some_and(|district| district.state == state);
        if own { Ok(()) } else { Err(Error::Forbidden) }
    }

    async fn record_for(
        &self,
        ctx: &Ctx,
        facility: FacilityId,
        record: PersonRecord,
        given: &Given<'_>,
    ) -> Result<Dose> {
        let id = record.beneficiary.id;
        match self.record_once(ctx, facility, record, given).await {
            // The certificate was signed from details that were just changed: once more.
            Err(Error::NotRecorded(NotRecorded::DetailsChanged)) => {
                let record = self.person(id).await?.ok_or(Error::NotFound)?;
                self.record_once(ctx, facility, record, given).await
            }
            outcome => outcome,
        }
    }

    async fn record_once(
        &self,
        ctx: &Ctx,
        facility: FacilityId,
        record: PersonRecord,
        given: &Given<'_>,
    ) -> Result<Dose> {
        if let Some(held) = record.doses.iter().find(|dose| dose.id == given.id) {
            let same = is_of(held, facility, given);
            return if same { Ok(held.clone()) } else { Err(NotRecorded::OtherDose.into()) };
        }
        let (lot, vaccinator) = (short_text(given.lot), short_text(given.vaccinator));
        let lot = lot.ok_or(Error::Invalid("lot must be 1 to 40 characters"))?;
        let vaccinator =
            vaccinator.ok_or(Error::Invalid("vaccinator_name must be 1 to 40 characters"))?;
        let given_on = given.given_on.unwrap_or_else(|| ctx.today());
        if given_on > ctx.today() {
            return Err(Error::Invalid("a dose cannot be dated in the future"));
        }
        let key = Arc::new(self.key_of(&record.beneficiary)?);
        let known = eligibility(&key, &record.beneficiary.details)?;
        let programme = self.programme();
        let standing = Standing {
            birth_year: known.birth_year,
            comorbidity: known.comorbidity,
            doses: &record.doses,
        };
        let beneficiary = record.beneficiary.id;
        let number = given.number.unwrap_or_else(|| standing.next_dose());
        let vaccine = check_dose(&programme, &standing, given.vaccine, number, given_on)
            .map_err(|rule| Error::NotEligible { beneficiary, rule })?;
        let claim = record
            .claims
            .iter()
            .find(|claim| claim.dose_number == number && claim.seat.facility == facility);
        let dose = Dose {
            id: given.id,
            beneficiary,
            number,
            facility,
            appointment: claim.map(|claim| claim.appointment),
            vaccine: vaccine.name.clone(),
            lot,
            vaccinator,
            given_on,
            recorded_at: ctx.now,
        };
        self.write_dose(ctx, record, dose, (key, known)).await
    }

    async fn write_dose(
        &self,
        ctx: &Ctx,
        person: PersonRecord,
        dose: Dose,
        (key, known): (Arc<PersonKey>, Eligibility),
    ) -> Result<Dose> {
        let row = &person.beneficiary;
        let account = AccountId { bucket: row.id.bucket(), uuid: row.account };
        let tally = dose_tally(&dose, counted(&key, &row.details, known.birth_year)?, 1);
        let (id, changes) = (row.id, row.changes);
        let certificate = self.sign_or_owe(ctx, person, &dose, key).await?;
        let what = match &certificate {
            Some(_) => "Your certificate is ready in the portal.",
            None => "Your certificate will be ready in the portal later; we will tell you.",
        };
        let text =
            format!("Dose {} of {} has been recorded. {what} - CoWIN", dose.number, dose.vaccine);
        let record = DoseRecord {
            doses_before: dose.number - 1,
            changes,
            certificate,
            tally,
            message: Some(self.message_to_account(ctx, account, "dose", text)),
            dose: dose.clone(),
        };
        self.take_vial_dose(&dose).await?;
        let recorded = self.writes.record.submit(record).await?;
        if recorded.is_err() {
            self.return_vial_dose(&dose).await?;
        }
        match recorded? {
            Done::New => Ok(dose),
            Done::Again => {
                // Another request for it was quicker: both get its answer.
                let held = self.store.person(id).await?.ok_or(Error::NotFound)?;
                Ok(held.doses.into_iter().find(|held| held.id == dose.id).unwrap_or(dose))
            }
        }
    }

    /// Takes back a dose within the hour; its certificate is withdrawn.
    ///
    /// # Errors
    ///
    /// [`Error::NotUndone`] after the hour, for a dose of another facility, or under a later one.
    pub async fn undo_dose(
        &self,
        ctx: &Ctx,
        presence: &Presence,
        dose: DoseId,
        reason: &str,
    ) -> Result<()> {
        let facility = self.inventory.facility(presence.facility).ok_or(Error::NotFound)?;
        ctx.allow_at(Permission::RecordDose, &facility)?;
        let reason = long_text(reason).ok_or(Error::Invalid("a reason is required"))?;
        let record = self.person(presence.beneficiary).await?.ok_or(Error::NotFound)?;
        let known = self.open_counted(&record.beneficiary)?;
        let held = record.doses.iter().find(|held| held.id == dose);
        let tally = held.map_or_else(
            || Tally {
                facility: facility.id.0,
                on: ctx.today(),
                measure: "dose|unknown".to_owned(),
                count: 0,
            },
            |held| dose_tally(held, known, -1),
        );
        let hour_ago = ctx.now.as_second() - UNDO_SECONDS;
        let undo = UndoDose {
            dose,
            beneficiary: presence.beneficiary,
            facility: facility.id,
            reason: self.seal_note(&record.beneficiary, REASON, &reason).await?,
            by: ctx.staff_id(),
            not_before: Timestamp::from_second(hour_ago).unwrap_or(ctx.now),
            at: ctx.now,
            tally,
        };
        self.store.undo_dose(&undo).await??;
        Ok(())
    }

    /// Notes an adverse event after a dose.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no such dose.
    pub async fn note_aefi(
        &self,
        ctx: &Ctx,
        presence: &Presence,
        dose_number: u8,
        note: &str,
        id: Uuid,
    ) -> Result<()> {
        let facility = self.inventory.facility(presence.facility).ok_or(Error::NotFound)?;
        ctx.allow_at(Permission::RecordDose, &facility)?;
        let note = long_text(note).ok_or(Error::Invalid("a note is required"))?;
        let record = self.person(presence.beneficiary).await?.ok_or(Error::NotFound)?;
        let note = AefiNote {
            id,
            beneficiary: presence.beneficiary,
            dose_number,
            note: self.seal_note(&record.beneficiary, AEFI, &note).await?,
            by: ctx.staff_id(),
            at: ctx.now,
            tally: Tally {
                facility: facility.id.0,
                on: ctx.today(),
                measure: "aefi".to_owned(),
                count: 1,
            },
        };
        if self.store.note_aefi(&note).await? { Ok(()) } else { Err(Error::NotFound) }
    }
}

/// Whether a dose on record is the one that is reported, as far as the report says.
fn is_of(held: &Dose, facility: FacilityId, given: &Given<'_>) -> bool {
    held.facility == facility
        && given.number.is_none_or(|number| held.number == number)
        && held.vaccine.eq_ignore_ascii_case(given.vaccine.trim())
        && held.lot == given.lot.trim()
        && held.vaccinator == given.vaccinator.trim()
        && given.given_on.is_none_or(|on| held.given_on == on)
}

pub(crate) fn dose_tally(dose: &Dose, known: Counted, count: i64) -> Tally {
    let age = dose.given_on.year() - known.birth_year;
    Tally {
        facility: dose.facility.0,
        on: dose.given_on,
        measure: format!(
            "dose|{}|{}|{}|{}",
            dose.vaccine,
            dose.number,
            known.gender.label(),
            age_band(age)
        ),
        count,
    }
}

fn short_text(text: &str) -> Option<String> {
    trimmed(text, 40)
}

pub(crate) fn long_text(text: &str) -> Option<String> {
    trimmed(text, 1_000)
}

fn trimmed(text: &str, most: usize) -> Option<String> {
    let text = text.trim();
    let fits = !text.is_empty()
        && text.chars().count() <= most
        && !text.chars().any(|c| c.is_control() && c != '\n' && c != '\r');
    fits.then(|| text.to_owned())
}

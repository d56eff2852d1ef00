//! Reaching a person only by what they present: the reference number with the four-digit code of
//! an appointment, or a one-time password sent to their mobile. Staff cannot look anybody up.

use domain::{
    id::{BeneficiaryId, FacilityId},
    person::{Details, Mobile},
};
use jiff::{SignedDuration, Timestamp};
use store::{ClaimRow, ClaimState, PersonRecord};
use uuid::Uuid;
use vault::Purpose;

use crate::{
    Actor, Ctx, Error, Platform, Result,
    access::{
        Permission,
        opening::{Ground, To, Whom},
    },
    opened::Person,
    sign_in::{Audience, Span},
    view::PRESENT,
};

/// How long staff may act on someone who presented themselves.
const PRESENCE_LIFE: SignedDuration = SignedDuration::from_mins(30);

/// Proof that a person is in front of the staff of a facility.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// Who.
    pub beneficiary: BeneficiaryId,
    /// Where.
    pub facility: FacilityId,
    /// Until when it counts.
    pub until: Timestamp,
}

impl Presence {
    /// What acts on the person stand on.
    pub(crate) fn ground(&self) -> Ground {
        let whom = Whom::Person(self.beneficiary.person_uuid());
        Ground::Presented { whom, to: To::Facility(self.facility), until: self.until }
    }
}

/// A person who presented themselves, and the proof of it.
pub struct Presented {
    /// The person.
    pub person: Person,
    /// The proof, to act on them.
    pub presence: Presence,
}

impl Platform {
    /// Opens a person by their reference number and the code of an appointment at the facility.
    ///
    /// # Errors
    ///
    /// [`Error::WrongPresence`] if they do not belong together, said the same way whether or not
    /// the number exists; [`Error::TooMany`] after too many wrong codes for one person in a day.
    pub async fn present_code(
        &self,
        ctx: &Ctx,
        facility: FacilityId,
        reference: &str,
        code: &str,
    ) -> Result<Presented> {
        self.allow_meeting(ctx, facility)?;
        let record = self.record_by_code(ctx, Some(facility), reference, code).await?;
        self.met(ctx, is_expected(ctx, facility, &record)).await?;
        self.presented(ctx, facility, record).await
    }

    /// Opens a person to a state's program by their reference number and the code of any of
    /// their appointments.
    ///
    /// # Errors
    ///
    /// As [`Platform::present_code`].
    pub async fn present_to_program(
        &self,
        ctx: &Ctx,
        reference: &str,
        code: &str,
    ) -> Result<Person> {
        let (ctx, record) = self.shown_to_program(ctx, reference, code).await?;
        self.open_person(&ctx, PRESENT, record).await
    }

    /// The record of who presented themselves to a state's program, and the request on that ground.
    pub(crate) async fn shown_to_program(
        &self,
        ctx: &Ctx,
        reference: &str,
        code: &str,
    ) -> Result<(Ctx, PersonRecord)> {
        allow_program(ctx)?;
        let record = self.record_by_code(ctx, None, reference, code).await?;
        self.looked_up(ctx, true).await?;
        let whom = Whom::Person(record.beneficiary.id.person_uuid());
        Ok((ctx.on(to_program(ctx, whom)), record))
    }

    /// Opens the people of a mobile to a state's program by the one-time password that was sent to it.
    ///
    /// # Errors
    ///
    /// [`Error::WrongPresence`] if the password does not fit, or was sent to another mobile.
    pub async fn present_mobile_to_program(
        &self,
        ctx: &Ctx,
        mobile: &Mobile,
        (transaction, hashed): (Uuid, &str),
    ) -> Result<Vec<Person>> {
        allow_program(ctx)?;
        self.allow_watched(ctx).await?;
        let confirmed = self.confirm_code(ctx, transaction, hashed, Audience::Status).await.ok();
        let own = confirmed.filter(|confirmed| confirmed.mobile.expose() == mobile.digits());
        self.looked_up(ctx, own.is_some()).await?;
        let account = own.ok_or(Error::WrongPresence)?.account;
        let records = self.people(account).await?;
        let ctx = ctx.on(to_program(ctx, Whom::Account(account.uuid)));
        self.open_people(&ctx, PRESENT, records).await
    }

    /// The record of who presented a number and a code. One that does not fit is counted here, one that
    /// does by who asks.
    async fn record_by_code(
        &self,
        ctx: &Ctx,
        facility: Option<FacilityId>,
        reference: &str,
        code: &str,
    ) -> Result<PersonRecord> {
        self.allow_watched(ctx).await?;
        // Counted before it is looked at: of many tries at once, no more than the limit count.
        self.count_presence(ctx, reference).await?;
        let fits = |record: &PersonRecord| self.has_code(&record.claims, facility, code);
        let record = self.sought(ctx, reference).await?.filter(fits);
        if record.is_none() {
            self.looked_up(ctx, false).await?;
        }
        record.ok_or(Error::WrongPresence)
    }

    /// The record under a reference number that somebody named; none if nobody has it. To name a
    /// canary's is an alarm.
    pub(crate) async fn sought(&self, ctx: &Ctx, reference: &str) -> Result<Option<PersonRecord>> {
        let id = self.by_reference(reference);
        self.came_upon(ctx, id.map(BeneficiaryId::person_uuid)).await?;
        match id {
            Some(id) => self.person(id).await,
            None => Ok(None),
        }
    }

    /// Whether the code is that of one of these appointments.
    pub(crate) fn has_code(
        &self,
        claims: &[ClaimRow],
        facility: Option<FacilityId>,
        code: &str,
    ) -> bool {
        claims.iter().any(|claim| {
            facility.is_none_or(|facility| claim.seat.facility == facility)
                && matches!(claim.state, ClaimState::Confirmed | ClaimState::Done)
                && constant_eq(&self.security_code(claim.appointment), code.trim())
        })
    }

    /// Sends a one-time password to the mobile of someone who came without a code.
    ///
    /// # Errors
    ///
    /// As [`Platform::send_code`].
    pub async fn ask_presence(
        &self,
        ctx: &Ctx,
        facility: FacilityId,
        mobile: &Mobile,
    ) -> Result<Uuid> {
        self.allow_meeting(ctx, facility)?;
        self.allow_watched(ctx).await?;
        self.asked_password(ctx).await?;
        self.send_code(ctx, mobile, Audience::Status, &format!("facility {}", facility.0)).await
    }

    /// Opens the people of a mobile by the one-time password that was sent to it.
    ///
    /// # Errors
    ///
    /// As [`Platform::confirm_code`].
    pub async fn present_mobile(
        &self,
        ctx: &Ctx,
        facility: FacilityId,
        transaction: Uuid,
        hashed: &str,
    ) -> Result<Vec<Presented>> {
        self.allow_meeting(ctx, facility)?;
        self.allow_watched(ctx).await?;
        let confirmed = self.confirm_code(ctx, transaction, hashed, Audience::Status).await;
        if matches!(confirmed, Err(Error::WrongCode)) {
            self.looked_up(ctx, false).await?;
        }
        let records = self.people(confirmed?.account).await?;
        let Some(account) = records.first().map(|record| record.beneficiary.account) else {
            self.looked_up(ctx, true).await?;
            return Ok(Vec::new());
        };
        self.met(ctx, records.iter().any(|record| is_expected(ctx, facility, record))).await?;
        let (to, until) = (To::Facility(facility), counts_until(ctx));
        let ctx = &ctx.on(Ground::Presented { whom: Whom::Account(account), to, until });
        let people = self.open_people(ctx, PRESENT, records).await?;
        Ok(people.into_iter().map(|person| shown(ctx, facility, person)).collect())
    }

    pub(crate) fn allow_meeting(&self, ctx: &Ctx, facility: FacilityId) -> Result<()> {
        let facility = self.inventory.facility(facility).ok_or(Error::NotFound)?;
        ctx.allow_at(Permission::MeetBeneficiary, &facility)
    }

    async fn presented(
        &self,
        ctx: &Ctx,
        facility: FacilityId,
        record: PersonRecord,
    ) -> Result<Presented> {
        let presence =
            Presence { beneficiary: record.beneficiary.id, facility, until: counts_until(ctx) };
        let person = self.open_person(&ctx.on(presence.ground()), PRESENT, record).await?;
        Ok(Presented { person, presence })
    }

    /// Opens a person again who presented themselves a little while ago.
    ///
    /// # Errors
    ///
    /// [`Error::WrongPresence`] once the proof is too old.
    pub async fn see_again(&self, ctx: &Ctx, presence: &Presence) -> Result<Person> {
        let (ctx, record) = self.shown_again(ctx, presence).await?;
        self.open_person(&ctx, PRESENT, record).await
    }

    /// The record of who presented themselves a little while ago, and the request on that ground.
    pub(crate) async fn shown_again(
        &self,
        ctx: &Ctx,
        presence: &Presence,
    ) -> Result<(Ctx, PersonRecord)> {
        self.allow_meeting(ctx, presence.facility)?;
        if presence.until <= ctx.now {
            return Err(Error::WrongPresence);
        }
        let record = self.person(presence.beneficiary).await?.ok_or(Error::NotFound)?;
        Ok((ctx.on(presence.ground()), record))
    }

    /// Registers someone who came without registration, and opens them to the staff there.
    ///
    /// # Errors
    ///
    /// As [`Platform::enrol_walk_in`].
    pub async fn welcome_walk_in(
        &self,
        ctx: &Ctx,
        facility: FacilityId,
        mobile: &Mobile,
        details: &Details,
        idempotency_key: Option<&str>,
    ) -> Result<Presented> {
        self.allow_meeting(ctx, facility)?;
        let id = self.enrol_walk_in(ctx, mobile, details, idempotency_key).await?;
        let record = self.person(id).await?.ok_or(Error::NotFound)?;
        self.presented(ctx, facility, record).await
    }

    /// The proof as text, for a form on the facility's own page.
    pub fn seal_presence(&self, presence: &Presence) -> String {
        let until = presence.until.as_second();
        let reference = self.reference(presence.beneficiary);
        let digest = self.presence_digest(presence.beneficiary, presence.facility, until);
        format!("{reference}.{until}.{}", hex::encode(digest))
    }

    /// Reads the proof back.
    ///
    /// # Errors
    ///
    /// [`Error::WrongPresence`] if it is forged, of another facility, or too old.
    pub fn check_presence(&self, ctx: &Ctx, facility: FacilityId, text: &str) -> Result<Presence> {
        let mut parts = text.split('.');
        let (Some(reference), Some(until), Some(digest), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Error::WrongPresence);
        };
        let beneficiary = self.by_reference(reference).ok_or(Error::WrongPresence)?;
        let seconds: i64 = until.parse().map_err(|_| Error::WrongPresence)?;
        let until = Timestamp::from_second(seconds).map_err(|_| Error::WrongPresence)?;
        let digest = hex::decode(digest).map_err(|_| Error::WrongPresence)?;
        let own = self.vault.mac_matches(
            Purpose::SecurityCode,
            &presence_parts(&beneficiary.number().to_be_bytes(), facility, seconds)
                .each_ref()
                .map(Vec::as_slice),
            &digest,
        );
        if own && until > ctx.now {
            Ok(Presence { beneficiary, facility, until })
        } else {
            Err(Error::WrongPresence)
        }
    }

    fn presence_digest(
        &self,
        beneficiary: BeneficiaryId,
        facility: FacilityId,
        until: i64,
    ) -> [u8; 32] {
        let parts = presence_parts(&beneficiary.number().to_be_bytes(), facility, until);
        self.vault.mac(Purpose::SecurityCode, &parts.each_ref().map(Vec::as_slice))
    }

    /// Counts a try at a person's code.
    pub(crate) async fn count_presence(&self, ctx: &Ctx, reference: &str) -> Result<()> {
        let Some(limits) = self.settings.limits else {
            return Ok(());
        };
        let bump = self.bump(ctx, "presence", reference.trim(), Span::Day, 1);
        let counts = self.store.bump(&[bump]).await?;
        if counts[0] > limits.presences_per_day {
            return Err(Error::TooMany { retry_after_seconds: Span::Day.left(ctx) });
        }
        Ok(())
    }
}

/// Whether somebody has an appointment at the facility today, or had one.
pub(crate) fn is_expected(ctx: &Ctx, facility: FacilityId, record: &PersonRecord) -> bool {
    let today = ctx.today();
    record.claims.iter().any(|claim| claim.seat.facility == facility && claim.on == today)
}

/// A person with the proof that they are there.
fn shown(ctx: &Ctx, facility: FacilityId, person: Person) -> Presented {
    let presence = Presence { beneficiary: person.id, facility, until: counts_until(ctx) };
    Presented { person, presence }
}

/// Until when what is presented now counts.
pub(crate) fn counts_until(ctx: &Ctx) -> Timestamp {
    ctx.now.saturating_add(PRESENCE_LIFE).unwrap_or(ctx.now)
}

/// What a state's program acts on: somebody presented themselves to it.
pub(crate) fn to_program(ctx: &Ctx, whom: Whom) -> Ground {
    Ground::Presented { whom, to: To::Program, until: counts_until(ctx) }
}

const fn allow_program(ctx: &Ctx) -> Result<()> {
    match ctx.actor {
        Actor::StateProgram { .. } => Ok(()),
        _ => Err(Error::Forbidden),
    }
}

fn presence_parts(number: &[u8], facility: FacilityId, until: i64) -> [Vec<u8>; 4] {
    [
        b"presence".to_vec(),
        number.to_vec(),
        facility.0.to_be_bytes().to_vec(),
        until.to_be_bytes().to_vec(),
    ]
}

/// Compares digests of both, so that time tells nothing about where they differ.
fn constant_eq(expected: &str, given: &str) -> bool {
    let digest =
        |text: &str| aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    aws_lc_rs::constant_time::verify_slices_are_equal(
        digest(expected).as_ref(),
        digest(given).as_ref(),
    )
    .is_ok()
}

//! The record of somebody who cannot present themselves, opened by two of a facility together: one asks
//! and says why, another agrees, and for a quarter of an hour the first may open that one record. The
//! person is told before it opens. Nothing here is ever renewed: whoever needs longer asks again, and
//! again another person agrees.

use domain::{
    id::{AccountId, FacilityId},
    purpose::Purpose,
};
use jiff::SignedDuration;
use store::{Agreement, EmergencyRow};
use uuid::Uuid;

use crate::{
    Ctx, Error, Platform, Result,
    access::opening::Ground,
    doses::long_text,
    opened::{Holder, REASON},
    sign_in::Span,
    view::EMERGENCY,
    watch::AlarmKind,
};

/// How long a record opens, and how long another person has to agree.
const LIFE: SignedDuration = SignedDuration::from_mins(15);
/// How far back a facility sees what was asked.
const SHOWN: SignedDuration = SignedDuration::from_hours(24);
/// How often one account may ask in a day.
const MOST_A_DAY: u32 = 5;

impl Platform {
    /// Asks to open the record of somebody who cannot present themselves.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] unless the actor meets people at the facility; [`Error::NotFound`] for a
    /// number that nobody has; [`Error::TooMany`] the sixth time in a day.
    ///
    /// # Privacy
    ///
    /// The reason is kept sealed, under the key of the person.
    pub async fn ask_emergency(
        &self,
        ctx: &Ctx,
        facility: FacilityId,
        reference: &str,
        reason: &str,
    ) -> Result<Uuid> {
        self.allow_meeting(ctx, facility)?;
        self.allow_watched(ctx).await?;
        let reason = long_text(reason).ok_or(Error::Invalid("a reason is required"))?;
        self.count_presence(ctx, reference).await?;
        let asked = self.bump(ctx, "emergencies", &ctx.staff_id().0.to_string(), Span::Day, 1);
        if self.store.bump(&[asked]).await?[0] > MOST_A_DAY {
            return Err(Error::TooMany { retry_after_seconds: Span::Day.left(ctx) });
        }
        let record = self.sought(ctx, reference).await?;
        self.looked_up(ctx, record.is_some()).await?;
        let row = record.ok_or(Error::NotFound)?.beneficiary;
        let asked = EmergencyRow {
            id: ctx.random_uuid(),
            facility,
            beneficiary: row.id,
            reason: self.seal_note(&row, REASON, &reason).await?,
            asked_by: ctx.staff_id(),
            asked_at: ctx.now,
            agreed: None,
        };
        self.store.ask_emergency(&asked).await?;
        Ok(asked.id)
    }

    /// Agrees, as another person than who asked. The person whose record it is is told at once.
    ///
    /// # Errors
    ///
    /// [`Error::SecondPerson`] to who asked; [`Error::NotFound`] if it is not there, was agreed to, or
    /// was asked more than a quarter of an hour ago.
    pub async fn agree_emergency(&self, ctx: &Ctx, facility: FacilityId, id: Uuid) -> Result<()> {
        self.allow_meeting(ctx, facility)?;
        let asked_after = ctx.now.saturating_sub(LIFE).unwrap_or(ctx.now);
        let fresh = |row: &EmergencyRow| row.agreed.is_none() && row.asked_at > asked_after;
        let asked = self.store.emergency(facility, id).await?.filter(fresh);
        let asked = asked.ok_or(Error::NotFound)?;
        let by = ctx.staff_id();
        if asked.asked_by == by {
            return Err(Error::SecondPerson);
        }
        let record = self.person(asked.beneficiary).await?.ok_or(Error::NotFound)?;
        let account =
            AccountId { bucket: asked.beneficiary.bucket(), uuid: record.beneficiary.account };
        // Before it opens: nothing that happens in between keeps it from them.
        self.store.put_messages(&[self.news(ctx, account, facility)]).await?;
        let until = ctx.now.saturating_add(LIFE).unwrap_or(ctx.now);
        if !self.store.agree_emergency(&Agreement { facility, id, by, asked_after, until }).await? {
            return Err(Error::NotFound);
        }
        self.raise_alarm(ctx, AlarmKind::Emergency, asked.asked_by, Some(facility)).await?;
        self.note_decision(ctx, "emergency-agreed").await
    }

    fn news(&self, ctx: &Ctx, account: AccountId, facility: FacilityId) -> store::Message {
        let held = self.inventory.facility(facility);
        let name = held.as_ref().map_or("a vaccination centre", |held| held.name.as_str());
        let text = format!(
            "In an emergency two members of staff of {name} opened the record of a person of your \
             account. You see it in the portal, under who opened my fields. If there was no \
             emergency, tell us. - CoWIN"
        );
        self.message_to_account(ctx, account, Purpose::Emergency.name(), text)
    }

    /// Opens the record, for who asked, as long as it is open.
    ///
    /// # Errors
    ///
    /// [`Error::WrongPresence`] to anybody else, before another person agreed, and once it is over.
    pub async fn open_emergency(
        &self,
        ctx: &Ctx,
        facility: FacilityId,
        id: Uuid,
    ) -> Result<Holder> {
        self.allow_meeting(ctx, facility)?;
        let asked = self.store.emergency(facility, id).await?.ok_or(Error::NotFound)?;
        let (second, until) = asked.agreed.ok_or(Error::WrongPresence)?;
        if asked.asked_by != ctx.staff_id() || until <= ctx.now {
            return Err(Error::WrongPresence);
        }
        let person = asked.beneficiary.person_uuid();
        let by = asked.asked_by;
        let ctx = ctx.on(Ground::Emergency { person, by, second, facility, until });
        let record = self.person(asked.beneficiary).await?.ok_or(Error::NotFound)?;
        let key = self.unlock_one(&ctx, EMERGENCY, &record.beneficiary).await?;
        self.holder_of(&key, record)
    }

    /// What was asked at a facility in the last day, the newest first.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] unless the actor meets people at the facility.
    pub async fn emergencies(&self, ctx: &Ctx, facility: FacilityId) -> Result<Vec<EmergencyRow>> {
        self.allow_meeting(ctx, facility)?;
        let since = ctx.now.saturating_sub(SHOWN).unwrap_or(ctx.now);
        Ok(self.store.emergencies(facility, since).await?)
    }
}

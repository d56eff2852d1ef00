//! Merging at a facility: for who stands there and presents both records, each by its number and the
//! code of an appointment there. Nobody is looked up, and it is kept who did it and why.

use store::NotMerged;

use super::{Asked, Outlook, Pair, gone_before};
use crate::{
    Ctx, Error, Platform, Result, access::Permission, doses::long_text, presence::Presence,
};

impl Platform {
    /// What would become of two records whose person stands before the staff of a facility.
    ///
    /// # Errors
    ///
    /// As [`Platform::merge_presented`].
    pub async fn look_at_presented(
        &self,
        ctx: &Ctx,
        stays: &Presence,
        goes: &Presence,
    ) -> Result<Outlook> {
        let pair = self.presented_pair(ctx, stays, goes)?;
        let ctx = &ctx.on(stays.ground()).on(goes.ground());
        match self.outlook(ctx, pair).await {
            // It was there when it was presented.
            Err(Error::NotFound) => Err(NotMerged::Gone.into()),
            outlook => outlook,
        }
    }

    /// Merges a record into another one of the same person, who presented both at the facility. Doing
    /// so twice merges once, and the proof of the record that went opens nothing any more.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] unless the actor may do this there; [`Error::WrongPresence`] if a proof is
    /// too old or they are of two facilities; [`Error::Invalid`] without a reason;
    /// [`Error::NotMergeable`] and [`Error::NotMerged`] as for [`Platform::merge_mine`].
    ///
    /// # Privacy
    ///
    /// The reason is kept sealed, under the key of the record that goes.
    pub async fn merge_presented(
        &self,
        ctx: &Ctx,
        (stays, goes): (&Presence, &Presence),
        reason: &str,
        idempotency_key: Option<&str>,
    ) -> Result<()> {
        let pair = self.presented_pair(ctx, stays, goes)?;
        let ctx = &ctx.on(stays.ground()).on(goes.ground());
        let reason = long_text(reason)
            .ok_or(Error::Invalid("merge_reason must say why, in 1,000 letters"))?;
        let by = ctx.staff_id();
        if self.person(pair.goes).await?.is_none() {
            let gone = self.store.merged(&[pair.goes]).await?.pop().flatten();
            return gone_before(&gone.ok_or(Error::NotFound)?, pair.stays);
        }
        let idempotency = idempotency_key.map(|key| self.merge_request(by.0, pair, key));
        let asked = Asked { by: Some(by), reason: Some(&reason), idempotency };
        self.merge_pair(ctx, pair, asked).await
    }

    /// Both records, if the actor may merge what was presented.
    fn presented_pair(&self, ctx: &Ctx, stays: &Presence, goes: &Presence) -> Result<Pair> {
        let facility = self.inventory.facility(stays.facility).ok_or(Error::NotFound)?;
        ctx.allow_at(Permission::MergeRecords, &facility)?;
        let counts =
            |presence: &Presence| presence.facility == facility.id && presence.until > ctx.now;
        if !counts(stays) || !counts(goes) {
            return Err(Error::WrongPresence);
        }
        Ok(Pair { goes: goes.beneficiary, stays: stays.beneficiary, account: None })
    }
}

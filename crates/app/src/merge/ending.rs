//! Merges that stopped between two steps: completed from what is on record now, or given back.

use domain::id::{AccountId, BeneficiaryId};
use jiff::Timestamp;
use store::{NotMerged, PersonRecord, UnfinishedMerge};

use super::Asked;
use crate::{Ctx, Error, Platform, Result};

/// How many stopped merges are brought to an end in one round.
const ENDED_AT_ONCE: u32 = 100;

impl Platform {
    /// Brings merges to an end that stopped between two steps. Gives how many.
    pub(crate) async fn end_merges(&self, ctx: &Ctx, stale: Timestamp) -> Result<u32> {
        let mut ended = 0;
        for stopped in self.store.unfinished_merges(stale, ctx.now, ENDED_AT_ONCE).await? {
            ended += u32::from(self.end_merge(ctx, stopped).await?);
        }
        Ok(ended)
    }

    /// Completes a merge from what is on record now; if that cannot be, gives the record back.
    async fn end_merge(&self, ctx: &Ctx, stopped: UnfinishedMerge) -> Result<bool> {
        let UnfinishedMerge { key, beneficiary, doses, by, idempotency, decided } = stopped;
        let stays = self.person(key.stays).await?;
        let account = |id: BeneficiaryId, uuid| AccountId { bucket: id.bucket(), uuid };
        let into = stays.as_ref().map(|one| account(key.stays, one.beneficiary.account));
        let farewell = self.farewell(ctx, account(key.goes, beneficiary.account), into);
        if let Some(stays) = stays.filter(|_| !decided) {
            let goes = PersonRecord { beneficiary, claims: Vec::new(), doses };
            // Why it was asked for is with the record already.
            let asked = Asked { by, reason: None, idempotency };
            // If a rule or a key stands against it now, the record is given back below.
            match self.plan_merge(ctx, key.id, (goes, stays), asked).await {
                Ok(merge) => match self.store.complete_merge(&merge).await? {
                    Ok(()) => return Ok(true),
                    // In the next round, from what is there then.
                    Err(NotMerged::Changed) => return Ok(false),
                    Err(_) => {}
                },
                // The same, once it can be recorded who is opened.
                Err(Error::Unavailable(_)) => return Ok(false),
                Err(_) => {}
            }
        }
        self.store.end_merge(&key, farewell.as_ref(), ctx.now).await?;
        Ok(true)
    }
}

//! Who opened which of my fields: a resident reads the list of each person of their account.

use domain::id::{BeneficiaryId, FacilityId};
use jiff::Timestamp;
use ledger::leaf::Opening;
use store::KeptAccess;
use vault::Sealed;

use crate::{Ctx, Error, Platform, Result, error::BrokenCause};

/// The most accesses in one answer.
const MOST: u32 = 500;

/// An access, as the person is told.
///
/// # Privacy
///
/// Says who opened what of a person: for the account that they are of, and for nobody else.
pub struct ToldAccess {
    /// The how-manyth of the person it is, from 1: none is left out.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// In which role; never a name.
    pub role: String,
    /// At which facility.
    pub facility: Option<FacilityId>,
    /// The name of that facility, if it is known still.
    pub facility_name: Option<String>,
    /// Why.
    pub purpose: String,
    /// Which fields.
    pub fields: Vec<String>,
    /// The number of its leaf in the public log; none while it waits.
    pub leaf: Option<u64>,
    /// Salt and entry: what opens that leaf.
    pub opening: Vec<u8>,
}

impl Platform {
    /// The accesses to a person of the resident who asks, behind a number, in order, at most 500.
    /// Reading them opens none of the person's fields, and is not an access.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if it is not a person of the account.
    pub async fn my_accesses(
        &self,
        ctx: &Ctx,
        id: BeneficiaryId,
        after: u64,
    ) -> Result<Vec<ToldAccess>> {
        let record = self.record_of(ctx.resident()?, id).await?;
        let whose = self.whose(&record.beneficiary)?;
        let kept = self.store.accesses_after(whose.of, after, MOST).await?;
        kept.into_iter().map(|one| self.told(&whose.key, one)).collect()
    }

    /// How many accesses there are to a person of the resident who asks.
    ///
    /// # Errors
    ///
    /// As [`Platform::my_accesses`].
    pub async fn my_access_count(&self, ctx: &Ctx, id: BeneficiaryId) -> Result<u64> {
        let record = self.record_of(ctx.resident()?, id).await?;
        let of = self.whose(&record.beneficiary)?.of;
        let head = self.store.access_heads(&[of]).await?.pop().flatten();
        Ok(head.map_or(0, |head| head.number))
    }

    fn told(&self, key: &vault::PersonKey, kept: KeptAccess) -> Result<ToldAccess> {
        let broken = || Error::Broken(BrokenCause::Seal);
        let bytes = key.read_access(&Sealed::from_bytes(kept.sealed))?.into_inner();
        let opening = Opening::from_bytes(&bytes).ok_or_else(broken)?;
        let entry = opening.entry().map_err(|_| broken())?;
        let at = i64::try_from(entry.at).map_err(|_| broken())?;
        let facility = entry.actor.facility.map(facility_of);
        let known = facility.and_then(|facility| self.inventory.facility(facility));
        Ok(ToldAccess {
            number: kept.number,
            at: Timestamp::from_second(at).map_err(|_| broken())?,
            role: entry.actor.role,
            facility,
            facility_name: known.map(|facility| facility.name.clone()),
            purpose: entry.purpose,
            fields: entry.fields,
            leaf: kept.leaf,
            opening: bytes,
        })
    }
}

/// The facility that an entry names.
fn facility_of(bytes: [u8; 16]) -> FacilityId {
    let mut number = [0; 8];
    number.copy_from_slice(&bytes[8..]);
    FacilityId(i64::from_be_bytes(number))
}

//! What a resident gives for travel and takes back again: asked for a certificate for travel and for
//! nothing else, sealed, and opened only to print or sign one.

use domain::{
    id::BeneficiaryId,
    travel::{TravelDetails, check_birth_date},
};
use store::{NotKept, TravelChange};

use crate::{
    Ctx, Error, Platform, Result,
    opened::{open_travel, plain_travel},
    view::TRAVEL,
};

impl Platform {
    /// What is kept for travel of a person of the resident who asks, if anything.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if it is not a person of the account.
    pub async fn my_travel_details(
        &self,
        ctx: &Ctx,
        id: BeneficiaryId,
    ) -> Result<Option<TravelDetails>> {
        let record = self.record_of(ctx.resident()?, id).await?;
        let Some(sealed) = &record.beneficiary.travel else { return Ok(None) };
        let key = self.unlock_one(ctx, TRAVEL, &record.beneficiary).await?;
        open_travel(&key, sealed).map(Some)
    }

    /// Keeps details for travel of a person of the resident who asks, in place of those that were
    /// kept before.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if it is not a person of the account; [`Error::BadTravelDetail`] if the
    /// day of birth is not in the year on record; [`Error::NotKept`] before the first dose.
    pub async fn put_travel_details(
        &self,
        ctx: &Ctx,
        id: BeneficiaryId,
        travel: &TravelDetails,
    ) -> Result<()> {
        match self.put_travel_once(ctx, id, travel).await {
            // Somebody was quicker: once more, against what is there now.
            Err(Error::NotKept(NotKept::Changed)) => self.put_travel_once(ctx, id, travel).await,
            outcome => outcome,
        }
    }

    async fn put_travel_once(
        &self,
        ctx: &Ctx,
        id: BeneficiaryId,
        travel: &TravelDetails,
    ) -> Result<()> {
        let record = self.record_of(ctx.resident()?, id).await?;
        let known = self.open_eligibility(&record.beneficiary)?;
        check_birth_date(travel.born_on, known.birth_year)?;
        let changes = record.beneficiary.changes;
        let sealed = self.seal_fields(&record.beneficiary, &plain_travel(travel)).await?;
        let sealed = sealed.map(|field| field.as_bytes().to_vec());
        let [born_on, passport, nationality, guardian] = sealed;
        let guardian = Some(guardian);
        let travel = store::SealedTravel { born_on, passport, nationality, guardian };
        self.set_travel(ctx, id, changes, Some(travel)).await
    }

    /// Removes the details for travel of a person of the resident who asks. Removing twice is
    /// harmless.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if it is not a person of the account.
    pub async fn remove_travel_details(&self, ctx: &Ctx, id: BeneficiaryId) -> Result<()> {
        self.set_travel(ctx, id, 0, None).await
    }

    async fn set_travel(
        &self,
        ctx: &Ctx,
        beneficiary: BeneficiaryId,
        changes: i32,
        travel: Option<store::SealedTravel>,
    ) -> Result<()> {
        let account = ctx.resident()?;
        let change = TravelChange { account, beneficiary, changes, travel };
        match self.store.set_travel(&[change]).await?.pop() {
            Some(Err(NotKept::NoSuchBeneficiary)) | None => Err(Error::NotFound),
            Some(outcome) => Ok(outcome?),
        }
    }
}

//! What an inquiry into an alleged leak asks of the register: who is found under a mobile, what is held
//! of them, each opening on record for the person concerned; and the signature under its finding.

use certs::signature::PublicKey;
use domain::{id::BeneficiaryId, person::Mobile};
use jiff::Timestamp;
use vault::Index;

use crate::{Ctx, Platform, Result, detached, keys::KeyRing, opened::Person, view::INQUIRY};

/// What a signature is of, so that it counts for nothing else that the key signs.
const TYPE: &str = "teeka-inquiry+jws";

impl Platform {
    /// Who is registered under each mobile, opening nobody.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`](crate::Error::Forbidden) for anybody but the operator.
    pub async fn inquire_under(
        &self,
        ctx: &Ctx,
        mobiles: &[Mobile],
    ) -> Result<Vec<Vec<BeneficiaryId>>> {
        ctx.only_operator()?;
        let values: Vec<_> =
            mobiles.iter().map(|mobile| (Index::Mobile, mobile.digits())).collect();
        let indexes = self.vault.indexes(&values).await?;
        let accounts: Vec<_> = indexes.into_iter().map(|index| self.account_at(index)).collect();
        let people = self.store.people_of(&accounts).await?;
        let ids = |records: Vec<store::PersonRecord>| {
            records.into_iter().map(|record| record.beneficiary.id).collect()
        };
        Ok(people.into_iter().map(ids).collect())
    }

    /// Which of these are registered, opening nobody.
    ///
    /// # Errors
    ///
    /// As [`Platform::inquire_under`].
    pub async fn inquire_known(&self, ctx: &Ctx, ids: &[BeneficiaryId]) -> Result<Vec<bool>> {
        ctx.only_operator()?;
        let records = self.store.persons(ids).await?;
        Ok(records.iter().map(Option::is_some).collect())
    }

    /// What is held of people, once it is recorded for each of them that an inquiry opens it.
    ///
    /// # Errors
    ///
    /// As [`Platform::inquire_under`], or if the openings cannot be recorded.
    ///
    /// # Privacy
    ///
    /// Gives everything about people, for comparison with a specimen and nothing else.
    pub async fn inquire_into(&self, ctx: &Ctx, ids: &[BeneficiaryId]) -> Result<Vec<Person>> {
        ctx.only_operator()?;
        let records = self.store.persons(ids).await?.into_iter().flatten().collect();
        self.open_people(ctx, INQUIRY, records).await
    }

    /// Since when each of these is in the register no more: erased, or merged into another record. None
    /// for who is there, and for who never was.
    ///
    /// # Errors
    ///
    /// As [`Platform::inquire_under`].
    pub async fn inquire_gone(
        &self,
        ctx: &Ctx,
        ids: &[BeneficiaryId],
    ) -> Result<Vec<Option<Timestamp>>> {
        ctx.only_operator()?;
        Ok(self.store.gone(ids).await?)
    }

    /// How many people are registered.
    ///
    /// # Errors
    ///
    /// As [`Platform::inquire_under`].
    pub async fn inquire_size(&self, ctx: &Ctx) -> Result<u64> {
        ctx.only_operator()?;
        Ok(self.store.people_count().await?)
    }
}

/// The signature under the finding of an inquiry, with the key that verifiers hold as their anchor.
///
/// # Shape
///
/// A JWS with detached payload (RFC 7515, appendix F): `HEADER..SIGNATURE`.
///
/// # Errors
///
/// If the key cannot be reached.
pub fn sign(ring: &KeyRing, ctx: &Ctx, text: &[u8]) -> Result<String> {
    detached::sign(ring, ctx.now, TYPE, text)
}

/// Whether a signature is that of the text, by this key.
pub fn is_signed(text: &[u8], signature: &str, anchor: &PublicKey) -> bool {
    detached::verify(TYPE, text, signature.trim(), anchor).is_ok()
}

//! Whether somebody is vaccinated, for whom they tell: asked by mobile and name, answered after a
//! one-time password, for the person of that name alone.

use domain::person::Mobile;
use uuid::Uuid;
use vault::{Purpose, Sealed};

use crate::{Ctx, Error, Platform, Result, opened::NAME, sign_in::Audience, view::STATUS};

impl Platform {
    /// Sends a one-time password for the status of a person of this name.
    ///
    /// # Privacy
    ///
    /// The name is not kept. The transaction's id carries a keyed digest of it, which is compared
    /// with the names of the account once the password has come back.
    ///
    /// # Errors
    ///
    /// As [`Platform::send_code`].
    pub async fn send_status_code(
        &self,
        ctx: &Ctx,
        mobile: &Mobile,
        name: &str,
        source: &str,
    ) -> Result<Uuid> {
        let mut random: [u8; 16] = ctx.random();
        let digest = self.name_digest(salt(&random), name);
        random[9..].copy_from_slice(&digest);
        self.send_code_as(ctx, mobile, Audience::Status, source, random).await
    }

    /// How far the person whose name was given is vaccinated: 0 not, 1 partially, 2 fully. The
    /// least, if several of the account have that name.
    ///
    /// # Errors
    ///
    /// [`Error::NotRegistered`] if nobody of the account has the name.
    pub async fn my_status(&self, ctx: &Ctx, transaction: Uuid) -> Result<u8> {
        let id = transaction.as_bytes();
        let programme = self.programme();
        let records = self.people(ctx.resident()?).await?;
        let whose = records.iter().map(|record| self.whose(&record.beneficiary));
        let whose = whose.collect::<Result<_>>()?;
        let keys = self.unlock(ctx, STATUS, whose).await?;
        let mut least = None;
        for (key, record) in keys.iter().zip(&records) {
            let sealed = Sealed::from_bytes(record.beneficiary.details.name.clone());
            let name = key.open_text(NAME, &sealed)?;
            if self.name_digest(salt(id), name.expose()) == id[9..] {
                let status = record.doses.last().map_or(0, |last| {
                    let series = programme.series_doses(&last.vaccine);
                    if record.doses.len() >= usize::from(series) { 2 } else { 1 }
                });
                least = Some(least.map_or(status, |least: u8| least.min(status)));
            }
        }
        least.ok_or(Error::NotRegistered)
    }

    fn name_digest(&self, salt: &[u8], name: &str) -> [u8; 7] {
        let letters = name.chars().filter(|c| c.is_alphanumeric());
        let plain: String = letters.flat_map(char::to_lowercase).collect();
        let digest = self.vault.mac(Purpose::SecurityCode, &[b"status of", salt, plain.as_bytes()]);
        let mut first = [0; 7];
        first.copy_from_slice(&digest[..7]);
        first
    }
}

/// The bytes of a transaction's id that stay random: neither bucket nor version nor variant.
fn salt(id: &[u8; 16]) -> &[u8] {
    &id[2..6]
}

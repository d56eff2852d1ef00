//! The certificate for wallets: signed when a wallet asks for it, of the last dose. Nothing of it is
//! kept but its entry in a status list, which no other has.

use certs::{
    sd_jwt::{Terms, issue},
    signature::PublicKey,
};
use domain::id::BeneficiaryId;
use jiff::{Timestamp, tz::TimeZone};
use store::CertificateRow;

use crate::{Ctx, Error, Platform, Result, keys::KeyUse};

impl Platform {
    /// Signs the certificate of the last dose of a person of the resident who asks, bound to a key.
    ///
    /// # Privacy
    ///
    /// What a holder shows to everybody must not tell what they did not choose to show. It expires with
    /// the dose's own certificate, but at the beginning of that month, and is issued at the beginning
    /// of the day: to the second, the first would tell when the dose was given.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if it is not a person of the account or no dose is on record;
    /// [`Error::CertificateOwed`] if the dose's own certificate is not signed yet;
    /// [`Error::Invalid`] if it has expired, or the platform has no public address;
    /// [`Error::NotAllotted`] if it was withdrawn, or as many were made of it as may be;
    /// [`Error::SignerAway`] if the key cannot be reached.
    pub(crate) async fn sign_for_wallet(
        &self,
        ctx: &Ctx,
        id: BeneficiaryId,
        holder: &PublicKey,
    ) -> Result<String> {
        let (person, row) = self.my_certified(ctx, id).await?;
        let expires_at = self.wallet_expiry(ctx, &row)?;
        let dose = person.doses.iter().find(|dose| dose.number == row.dose_number);
        let dose = dose.ok_or(Error::NotFound)?;
        let status = self.allot_status(ctx, &row).await?;
        let place = self.names_of(dose.facility);
        let vaccination = self.vaccination(&person, dose, row.id, (&place, ""));
        let terms = Terms {
            issuer: self.wallet_issuer()?,
            holder: Some(holder),
            status: Some((&status.address, status.index)),
            issued_at: begin_of_day(ctx.now).as_second(),
            expires_at: expires_at.as_second(),
        };
        let keys = self.keys.load();
        let key = keys.signing(KeyUse::Wallet, ctx.now).key();
        let signed = self.signing.ask(|| issue(key, &vaccination, &terms, || ctx.random()));
        Ok(signed?.text())
    }

    /// When a certificate for wallets expires: with the dose's own, at the beginning of that month.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if that is over.
    pub(crate) fn wallet_expiry(&self, ctx: &Ctx, row: &CertificateRow) -> Result<Timestamp> {
        let until = begin_of_month(self.expires_at(row));
        let over = Error::Invalid("the certificate of this dose has expired");
        if until > ctx.now { Ok(until) } else { Err(over) }
    }
}

fn begin_of_day(at: Timestamp) -> Timestamp {
    let date = TimeZone::UTC.to_datetime(at).date();
    TimeZone::UTC.to_timestamp(date.into()).unwrap_or(at)
}

fn begin_of_month(at: Timestamp) -> Timestamp {
    let date = TimeZone::UTC.to_datetime(at).date().first_of_month();
    TimeZone::UTC.to_timestamp(date.into()).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_tells_no_more_than_its_day_or_month() {
        let at: Timestamp = "2024-02-29T23:59:59.999Z".parse().unwrap();
        assert_eq!(begin_of_day(at).to_string(), "2024-02-29T00:00:00Z");
        assert_eq!(begin_of_month(at).to_string(), "2024-02-01T00:00:00Z");
        assert_eq!(begin_of_month(begin_of_month(at)), begin_of_month(at));
    }
}

//! The W3C's Verifiable Credential: signed when somebody asks for it, of the last dose. Nothing of it is
//! kept but its entry in a status list, which is the same however often it is made.

use certs::{
    status::Purpose,
    vc::{self, StatusEntry, VcIssuer},
};
use domain::id::BeneficiaryId;
use store::NotAllotted;

use crate::{Ctx, Error, Platform, Result, keys::KeyUse, trust::credential_names};

const NO_ADDRESS: Error =
    Error::Invalid("credentials are not issued here: the platform has no public https address");

impl Platform {
    /// The Verifiable Credential of the last dose of a person of the resident who asks.
    ///
    /// # Shape
    ///
    /// JSON of a credential of version 2.0 with `eddsa-jcs-2022`, and an entry in a status list.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if it is not a person of the account or no dose is on record;
    /// [`Error::CertificateOwed`] if the dose's own certificate is not signed yet;
    /// [`Error::Invalid`] if the platform has no public address, of which its issuer is named, or if
    /// the dose's certificate has expired.
    pub async fn my_credential(&self, ctx: &Ctx, id: BeneficiaryId) -> Result<String> {
        match self.credential_once(ctx, id).await {
            // A correction or a merge was quicker: once more, of the certificate that there is now.
            Err(Error::NotAllotted(NotAllotted::NoSuchCertificate)) => {
                self.credential_once(ctx, id).await
            }
            outcome => outcome,
        }
    }

    async fn credential_once(&self, ctx: &Ctx, id: BeneficiaryId) -> Result<String> {
        let (person, row) = self.my_certified(ctx, id).await?;
        let address = self.settings.public_address.as_deref().ok_or(NO_ADDRESS)?;
        let expires_at = self.unexpired(ctx, &row)?;
        let dose = person.doses.iter().find(|dose| dose.number == row.dose_number);
        let dose = dose.ok_or(Error::NotFound)?;
        let status = self.kept_status(ctx, &row).await?;
        let status = StatusEntry {
            list: &status.address,
            purpose: Purpose::Revocation,
            index: status.index,
        };
        let (place, reference) = (self.names_of(dose.facility), person.reference.to_string());
        let vaccination = self.vaccination(&person, dose, row.id, (&place, &reference));
        let ring = self.keys.load();
        let key = ring.signing(KeyUse::Credential, ctx.now);
        let (did, method) = credential_names(address, key);
        let issuer = VcIssuer { did: &did, verification_method: &method, key: key.key() };
        let now = ctx.now.as_second();
        let sign = || vc::issue(&issuer, &vaccination, Some(status), now, expires_at);
        Ok(self.signing.ask(sign)?)
    }
}

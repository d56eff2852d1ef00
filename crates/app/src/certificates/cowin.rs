//! Co-WIN's form: signed when somebody asks for it, of the last dose. Nothing of it is kept. It has the
//! id of the certificate that was signed with the dose, and is withdrawn with it.

use certs::{
    divoc::{DivocIssuer, Edition, issue},
    print::Code,
    qr,
    read::Payload,
};
use domain::id::BeneficiaryId;
use store::CertificateRow;

use crate::{
    Ctx, Error, Platform, Result, clock::date_at, keys::KeyUse, opened::Holder,
    trust::credential_names,
};

/// What the code of this certificate is called beside another.
const COWIN: &str = "Co-WIN (DIVOC)";
const NO_ADDRESS: Error = Error::Invalid(
    "certificates in Co-WIN's form are not issued here: the platform has no public https address",
);

impl Platform {
    /// The certificate of the last dose of a person of the resident who asks, in Co-WIN's form.
    ///
    /// # Shape
    ///
    /// The bytes of the QR code, which are a ZIP archive with `certificate.json`: so it is a file that
    /// verifiers take, too.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if it is not a person of the account or no dose is on record;
    /// [`Error::CertificateOwed`] if the dose's own certificate is not signed yet;
    /// [`Error::Invalid`] if the platform has no public address, by which it names its issuer, or if
    /// the dose's certificate has expired.
    pub async fn my_cowin(&self, ctx: &Ctx, id: BeneficiaryId) -> Result<Vec<u8>> {
        let (person, row) = self.my_certified(ctx, id).await?;
        self.unexpired(ctx, &row)?;
        self.sign_cowin(ctx, &person, &row)
    }

    /// The same, as a picture of its code.
    ///
    /// # Shape
    ///
    /// PNG.
    ///
    /// # Errors
    ///
    /// As [`Platform::my_cowin`].
    pub async fn my_cowin_picture(&self, ctx: &Ctx, id: BeneficiaryId) -> Result<Vec<u8>> {
        let archive = self.my_cowin(ctx, id).await?;
        qr::png_of_bytes(&archive).ok_or(Error::Invalid("the certificate does not fit into a code"))
    }

    /// Co-WIN's form to print; none if it cannot be made, now or here: the page has another code.
    pub(super) fn cowin_code(
        &self,
        ctx: &Ctx,
        person: &Holder,
        row: &CertificateRow,
    ) -> Result<Option<Code<'static>>> {
        match self.sign_cowin(ctx, person, row) {
            Ok(archive) => Ok(Some(Code { payload: Payload::Bytes(archive), caption: COWIN })),
            Err(Error::Invalid(_) | Error::SignerAway(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Signs the certificate of the dose that another was signed for.
    fn sign_cowin(&self, ctx: &Ctx, person: &Holder, row: &CertificateRow) -> Result<Vec<u8>> {
        let address = self.settings.public_address.as_deref().ok_or(NO_ADDRESS)?;
        let dose = person.doses.iter().find(|dose| dose.number == row.dose_number);
        let dose = dose.ok_or(Error::NotFound)?;
        let (place, reference) = (self.names_of(dose.facility), person.reference.to_string());
        let vaccination = self.vaccination(person, dose, row.id, (&place, &reference));
        let ring = self.keys.load();
        let key = ring.signing(KeyUse::Cowin, ctx.now);
        let issuer = DivocIssuer {
            issuer: &format!("{address}/"),
            // The one that every verifier of that time has. The other would say the day of birth,
            // which is not on record.
            edition: Edition::First,
            verification_method: &credential_names(address, key).1,
            info_url: &format!("{address}/verify?"),
            key: key.key(),
        };
        let until = date_at(self.expires_at(row));
        let issued_at = row.issued_at.as_second();
        let sign = || issue(&issuer, &vaccination, until, issued_at);
        Ok(self.signing.ask(sign)?)
    }
}

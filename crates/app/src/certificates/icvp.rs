//! The WHO's international certificate, the "yellow card": signed when somebody asks for it, of any
//! dose, with what they gave for travel. Nothing of it is kept.
//!
//! It has the identifier of the certificate that was signed with the dose, and expires with it: when
//! that one is withdrawn, so is this one, however often it was made.

use certs::{
    icvp::{Details, NotIssued, Revision, issue},
    print::Code,
    qr,
    read::Payload,
    vaccination::{Born, Vaccination},
};
use domain::{country, id::BeneficiaryId, person::Name, travel::TravelDetails};
use store::CertificateRow;

use super::PlaceNames;
use crate::{Ctx, Error, Platform, Result, opened::Holder};

/// What the code of this certificate is called beside another.
const WHO: &str = "WHO vaccination certificate (ICVP)";
/// The type of a passport among documents. Source: HL7 v2, table 0203.
const PASSPORT: &str = "PPN";

const NOTHING_GIVEN: Error = Error::Invalid(
    "this certificate needs details for travel: birth_date, passport_number and nationality",
);

impl Platform {
    /// The WHO's certificate of one dose of a person of the resident who asks; of the last, if none is
    /// named. The form is of one dose, as the paper one has a line for each.
    ///
    /// # Shape
    ///
    /// The text of the QR code: `HC1:` and base45.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if it is not a person of the account or the dose is not on record;
    /// [`Error::CertificateOwed`] if the dose's own certificate is not signed yet;
    /// [`Error::Invalid`] if nothing was given for travel, or the dose cannot be certified in this
    /// form.
    pub async fn my_icvp(
        &self,
        ctx: &Ctx,
        id: BeneficiaryId,
        dose_number: Option<u8>,
    ) -> Result<String> {
        let (person, row) = self.my_certified_dose(ctx, id, dose_number).await?;
        let travel = self.my_travel_details(ctx, id).await?.ok_or(NOTHING_GIVEN)?;
        self.sign_icvp(ctx, &person, &row, &travel)
    }

    /// The same, as a picture of its code.
    ///
    /// # Shape
    ///
    /// PNG.
    ///
    /// # Errors
    ///
    /// As [`Platform::my_icvp`].
    pub async fn my_icvp_picture(
        &self,
        ctx: &Ctx,
        id: BeneficiaryId,
        dose_number: Option<u8>,
    ) -> Result<Vec<u8>> {
        let text = self.my_icvp(ctx, id, dose_number).await?;
        qr::png(&text).ok_or(Error::Invalid("the certificate does not fit into a code"))
    }

    /// The WHO's certificate to print; none for a dose that has no place in its form.
    pub(super) fn icvp_code(
        &self,
        ctx: &Ctx,
        person: &Holder,
        row: &CertificateRow,
        travel: &TravelDetails,
    ) -> Result<Option<Code<'static>>> {
        match self.sign_icvp(ctx, person, row, travel) {
            Ok(text) => Ok(Some(Code { payload: Payload::Text(text), caption: WHO })),
            Err(Error::Invalid(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Signs the certificate of the dose that another was signed for.
    fn sign_icvp(
        &self,
        ctx: &Ctx,
        person: &Holder,
        row: &CertificateRow,
        travel: &TravelDetails,
    ) -> Result<String> {
        let dose = person.doses.iter().find(|dose| dose.number == row.dose_number);
        let dose = dose.ok_or(Error::NotFound)?;
        // The form has no place for either.
        let (place, reference) = (PlaceNames::default(), "");
        let vaccination = Vaccination {
            born: Born::On(travel.born_on),
            ..self.vaccination(person, dose, row.id, (&place, reference))
        };
        let details = Details {
            revision: Revision::LATEST,
            nationality: travel.nationality.code(),
            document: Some((PASSPORT, travel.passport.text())),
            guardian: travel.guardian.as_ref().map(Name::text),
            authority: country::three_letters(&self.settings.country),
        };
        let (now, expires_at) = (ctx.now.as_second(), self.unexpired(ctx, row)?);
        let keys = self.keys.load();
        let signer = keys.signer(ctx.now);
        match self.signing.ask(|| issue(signer, &vaccination, &details, now, expires_at)) {
            Ok(text) => Ok(text),
            Err(NotIssued::NotSigned(away)) => Err(away.into()),
            Err(_) => Err(Error::Invalid("this dose cannot be certified in this form")),
        }
    }
}

//! Certificates: signed when the dose is recorded, printed when somebody asks.

use certs::{
    dcc::{self, Vaccination},
    name, print,
    print::{CertificatePage, Code, SlipPage, Variant, language::Language},
    product,
    read::Payload,
    vaccination::{Born, Gender},
};
use domain::{
    dose::Dose,
    id::{AppointmentId, BeneficiaryId},
};
use store::ClaimState;
use uuid::Uuid;
use vault::Sealed;

use crate::{
    Ctx, Error, Platform, Result,
    opened::{CERTIFICATE, Person},
};

impl Platform {
    /// Signs the certificate of a dose.
    pub(crate) fn sign_certificate(
        &self,
        ctx: &Ctx,
        person: &Person,
        dose: &Dose,
        series: u8,
        id: Uuid,
    ) -> String {
        let codes = product::codes(&dose.vaccine);
        let uvci = name::uvci(&self.settings.country, id);
        let vaccination = Vaccination {
            name: person.details.name.text(),
            birth_year: person.details.birth_year,
            disease: dcc::COVID_19,
            prophylaxis: codes.map_or(product::ANY_COVID_19, |codes| codes.prophylaxis),
            product: codes.map_or(dose.vaccine.as_str(), |codes| codes.product),
            manufacturer: codes.map_or(dose.vaccine.as_str(), |codes| codes.manufacturer),
            dose_number: dose.number,
            doses_total: series,
            given_on: dose.given_on,
            country: &self.settings.country,
            issuer: &self.settings.issuer,
            uvci: &uvci,
        };
        let issued_at = ctx.now.as_second();
        let life = i64::from(self.settings.certificate_days) * 86_400;
        dcc::issue(&self.signer, &vaccination, issued_at, issued_at + life)
    }

    /// The certificate of a person of the resident who asks, as PDF.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if it is not a person of the account or no dose is on record.
    pub async fn my_certificate(&self, ctx: &Ctx, id: BeneficiaryId) -> Result<Vec<u8>> {
        let person = self.my_person(ctx, id).await?;
        self.print_certificate(person).await
    }

    /// The certificate of a person who presented themselves, as PDF.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if no dose is on record.
    pub async fn print_presented(&self, person: Person) -> Result<Vec<u8>> {
        self.print_certificate(person).await
    }

    async fn print_certificate(&self, person: Person) -> Result<Vec<u8>> {
        let row = self.store.certificate(person.id).await?.ok_or(Error::NotFound)?;
        let record = self.person(person.id).await?.ok_or(Error::NotFound)?;
        let key = self.key_of(&record.beneficiary)?;
        let signed = key.open_text(CERTIFICATE, &Sealed::from_bytes(row.sealed))?;
        let last = person.doses.iter().find(|dose| dose.number == row.dose_number);
        let last = last.ok_or(Error::NotFound)?;
        let programme = self.programme();
        let series = programme.vaccine(&last.vaccine).map_or(2, |vaccine| vaccine.series_doses);
        let facility = self.inventory.facility(last.facility);
        let geography = self.geography();
        let facility = facility.map_or_else(String::new, |facility| {
            let district = geography.district(facility.district);
            let state = district.and_then(|district| geography.state(district.state));
            let parts = [
                Some(facility.name.as_str()),
                district.map(|district| district.name.as_str()),
                state.map(|state| state.name.as_str()),
            ];
            parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
        });
        let details = &person.details;
        let uvci = name::uvci(&self.settings.country, row.id);
        let payload = Payload::Text(signed.expose().to_owned());
        Ok(print::certificate(&CertificatePage {
            language: Language::English,
            variant: Variant::Domestic,
            codes: vec![Code { payload, caption: "EU Digital COVID Certificate" }],
            name: details.name.text(),
            born: Born::Year(details.birth_year),
            gender: match details.gender {
                domain::person::Gender::Female => Gender::Female,
                domain::person::Gender::Male => Gender::Male,
                domain::person::Gender::Others => Gender::Other,
            },
            passport: None,
            document: format!("{} {}", details.document.label(), details.document.masked()),
            reference: person.reference.to_string(),
            uvci: &uvci,
            vaccine: &last.vaccine,
            doses: person
                .doses
                .iter()
                .filter(|dose| dose.number <= row.dose_number)
                .map(|dose| (dose.number, dose.given_on, dose.lot.clone()))
                .collect(),
            doses_total: series,
            next_due: None,
            vaccinator: &last.vaccinator,
            facility,
            issuer: &self.settings.issuer,
            helpline: None,
            issued_at: row.issued_at,
        }))
    }

    /// The slip of an appointment of the resident who asks, as PDF.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no such live appointment in the account.
    pub async fn my_slip(&self, ctx: &Ctx, appointment: AppointmentId) -> Result<Vec<u8>> {
        let people = self.my_people(ctx).await?;
        let claim_of = |person: &Person| {
            let live = |claim: &&store::ClaimRow| {
                claim.appointment == appointment && claim.state == ClaimState::Confirmed
            };
            person.claims.iter().find(live).cloned()
        };
        let coming: Vec<_> =
            people.iter().filter_map(|p| claim_of(p).map(|claim| (p, claim))).collect();
        let (_, claim) = coming.first().ok_or(Error::NotFound)?;
        let seats = self.store.session(claim.seat.facility, claim.seat.session).await?;
        let seats = seats.ok_or(Error::NotFound)?;
        let facility = self.inventory.facility(claim.seat.facility).ok_or(Error::NotFound)?;
        let slot = seats.session.slots.get(usize::from(claim.seat.slot));
        let geography = self.geography();
        let district = geography.district(facility.district).map_or("", |d| d.name.as_str());
        Ok(print::slip(&SlipPage {
            facility: &facility.name,
            address: format!("{}, {district} {}", facility.address, facility.pincode.0),
            on: claim.on,
            slot: slot.map(|slot| slot.label()).unwrap_or_default(),
            vaccine: &seats.session.vaccine,
            dose_number: claim.dose_number,
            security_code: self.security_code(appointment),
            people: coming
                .iter()
                .map(|(person, _)| {
                    (person.details.name.text().to_owned(), person.reference.to_string())
                })
                .collect(),
            appointment: appointment.to_string(),
            made_at: ctx.now,
        }))
    }
}

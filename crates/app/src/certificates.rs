//! Certificates: signed when the dose is recorded, printed when somebody asks.

mod cowin;
mod credential;
mod icvp;
mod wallet;

use certs::{
    dcc, name, print,
    print::{CertificatePage, Code, SlipPage},
    product,
    read::Payload,
    shc::{self, NotIssued},
    vaccination::{Born, Codes, Gender, Place, Vaccination},
};
use domain::{
    dose::Dose,
    id::{AppointmentId, BeneficiaryId, FacilityId},
    person::{self, IdentityDocument, Name},
    programme::Programme,
    travel::TravelDetails,
};
use jiff::{Timestamp, ToSpan, civil::Date};
use store::{CertificateRow, ClaimState};
use uuid::Uuid;
use vault::Sealed;

use crate::{
    Ctx, Error, Platform, Result,
    keys::KeyUse,
    opened::{CERTIFICATE, Holder, Person, open_document, open_travel},
    presence::Presence,
    view::{CERTIFIED, PAPER, PAPER_ABROAD},
};

pub use certs::print::{Variant, language::Language};

/// How a certificate is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paper {
    /// Beside English.
    pub language: Language,
    /// For whom.
    pub variant: Variant,
}

/// What the code of a certificate is called on it.
const EU: &str = "EU Digital COVID Certificate";

const NO_ADDRESS: Error =
    Error::Invalid("health cards are not issued here: the platform has no public https address");

impl Platform {
    /// Signs the certificate of a dose.
    pub(crate) fn sign_certificate(
        &self,
        ctx: &Ctx,
        person: &Holder,
        dose: &Dose,
        id: Uuid,
    ) -> Result<String> {
        // An EU DCC tells neither: with each dose of a country, they are not looked up.
        let (place, reference) = (PlaceNames::default(), "");
        let vaccination = self.vaccination(person, dose, id, (&place, reference));
        let issued_at = ctx.now.as_second();
        let (expires_at, keys) = (issued_at + self.certificate_seconds(), self.keys.load());
        let signer = keys.signer(ctx.now);
        let signed = self.signing.ask(|| dcc::issue(signer, &vaccination, issued_at, expires_at));
        self.signing.heard(&signed);
        Ok(signed?)
    }

    /// How long a certificate is valid.
    fn certificate_seconds(&self) -> i64 {
        i64::from(self.settings.certificate_days) * 86_400
    }

    /// When a certificate expires.
    fn expires_at(&self, row: &CertificateRow) -> Timestamp {
        let second = row.issued_at.as_second().saturating_add(self.certificate_seconds());
        Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
    }

    /// When a certificate expires, in seconds since 1970; nothing is made of one that has.
    fn unexpired(&self, ctx: &Ctx, row: &CertificateRow) -> Result<i64> {
        let expires_at = self.expires_at(row);
        if expires_at <= ctx.now {
            return Err(Error::Invalid("the certificate of this dose has expired"));
        }
        Ok(expires_at.as_second())
    }

    /// A dose as certificates know it.
    fn vaccination<'a>(
        &'a self,
        person: &'a Holder,
        dose: &'a Dose,
        id: Uuid,
        (place, reference): (&'a PlaceNames, &'a str),
    ) -> Vaccination<'a> {
        Vaccination {
            id,
            name: person.name.text(),
            born: Born::Year(person.birth_year),
            gender: gender(person.gender),
            reference,
            vaccine: &dose.vaccine,
            codes: codes(&dose.vaccine),
            lot: &dose.lot,
            vaccinator: &dose.vaccinator,
            place: place.as_place(),
            dose_number: dose.number,
            doses_total: self.programme().series_doses(&dose.vaccine),
            given_on: dose.given_on,
            country: &self.settings.country,
            issuer: &self.settings.issuer,
        }
    }

    /// The SMART Health Card of a person of the resident who asks, with all their doses, as the file
    /// that phone wallets take.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if it is not a person of the account or no dose is on record;
    /// [`Error::Invalid`] if the platform has no public address, which health cards name as their
    /// issuer, or if the doses do not fit into one card.
    pub async fn my_health_card(&self, ctx: &Ctx, id: BeneficiaryId) -> Result<String> {
        let (person, row) = self.my_certified(ctx, id).await?;
        let issuer = self.settings.public_address.as_deref().ok_or(NO_ADDRESS)?;
        let reference = person.reference.to_string();
        let doses = person.doses.iter().filter(|dose| dose.number <= row.dose_number);
        let doses: Vec<_> = doses.map(|dose| (dose, self.names_of(dose.facility))).collect();
        let given = doses
            .iter()
            .map(|(dose, place)| self.vaccination(&person, dose, row.id, (place, &reference)));
        let given: Vec<_> = given.collect();
        let (keys, issued_at) = (self.keys.load(), row.issued_at.as_second());
        let key = keys.signing(KeyUse::Card, ctx.now).key();
        match self.signing.ask(|| shc::issue(key, issuer, &given, issued_at)) {
            Ok(card) => Ok(serde_json::json!({ "verifiableCredential": [card.jws] }).to_string()),
            Err(NotIssued::NotSigned(away)) => Err(away.into()),
            Err(NotIssued::TooLarge) => Err(Error::Invalid("the doses do not fit into one card")),
            Err(_) => Err(NO_ADDRESS),
        }
    }

    /// A person of the resident who asks, and their latest certificate. Who they are is read after the
    /// certificate: of a correction between the two, what is signed has the new details and the old
    /// certificate's id, which is withdrawn, and never the old details and an id that is not.
    async fn my_certified(&self, ctx: &Ctx, id: BeneficiaryId) -> Result<(Holder, CertificateRow)> {
        self.my_certified_dose(ctx, id, None).await
    }

    /// The same of one dose; of the last, if none is named.
    async fn my_certified_dose(
        &self,
        ctx: &Ctx,
        id: BeneficiaryId,
        number: Option<u8>,
    ) -> Result<(Holder, CertificateRow)> {
        let account = ctx.resident()?;
        let doses = self.record_of(account, id).await?.doses;
        let row = match number {
            Some(number) => self.certificate_of_dose(id, &doses, number).await?,
            None => self.certificate_of(id, &doses).await?,
        };
        let record = self.record_of(account, id).await?;
        let key = self.unlock_one(ctx, CERTIFIED, &record.beneficiary).await?;
        Ok((self.holder_of(&key, record)?, row))
    }

    /// The names of a facility and of where it is; empty, if it is no longer known.
    fn names_of(&self, facility: FacilityId) -> PlaceNames {
        let Some(facility) = self.inventory.facility(facility) else {
            return PlaceNames::default();
        };
        let geography = self.geography();
        let district = geography.district(facility.district);
        let state = district.and_then(|district| geography.state(district.state));
        PlaceNames {
            facility: facility.name.clone(),
            district: district.map(|district| district.name.clone()).unwrap_or_default(),
            state: state.map(|state| state.name.clone()).unwrap_or_default(),
            pincode: facility.pincode.0,
        }
    }

    /// The certificate of a person of the resident who asks, as PDF. For travel it has what they
    /// gave for that, and the WHO's certificate beside the EU's.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if it is not a person of the account or no dose is on record;
    /// [`Error::CertificateOwed`] if the key that signs has been away since the latest dose.
    pub async fn my_certificate(
        &self,
        ctx: &Ctx,
        id: BeneficiaryId,
        paper: Paper,
    ) -> Result<Vec<u8>> {
        let record = self.record_of(ctx.resident()?, id).await?;
        self.print_certificate(ctx, id, &record.doses, paper).await
    }

    /// The certificate of a person who presented themselves at a facility, as PDF.
    ///
    /// # Errors
    ///
    /// [`Error::WrongPresence`] once the proof is too old; [`Error::NotFound`] if no dose is on record;
    /// [`Error::CertificateOwed`] if the key that signs has been away since the latest.
    pub async fn print_presented(&self, ctx: &Ctx, presence: &Presence) -> Result<Vec<u8>> {
        let (ctx, record) = self.shown_again(ctx, presence).await?;
        self.print_certificate(&ctx, record.beneficiary.id, &record.doses, Paper::default()).await
    }

    /// The certificate of a person who presented themselves to a state's program, as PDF.
    ///
    /// # Errors
    ///
    /// As [`Platform::present_to_program`] and [`Platform::print_presented`].
    pub async fn print_for_program(
        &self,
        ctx: &Ctx,
        reference: &str,
        code: &str,
    ) -> Result<Vec<u8>> {
        let (ctx, record) = self.shown_to_program(ctx, reference, code).await?;
        self.print_certificate(&ctx, record.beneficiary.id, &record.doses, Paper::default()).await
    }

    async fn print_certificate(
        &self,
        ctx: &Ctx,
        id: BeneficiaryId,
        doses: &[Dose],
        paper: Paper,
    ) -> Result<Vec<u8>> {
        let row = self.certificate_of(id, doses).await?;
        // Who they are is read again, for the reason that `my_certified` has.
        let record = self.person(id).await?.ok_or(Error::NotFound)?;
        let given = record.beneficiary.travel.clone();
        let given = given.filter(|_| paper.variant == Variant::International);
        let view = if given.is_some() { PAPER_ABROAD } else { PAPER };
        let key = self.unlock_one(ctx, view, &record.beneficiary).await?;
        let document = open_document(&key, &record.beneficiary.details)?;
        let person = self.holder_of(&key, record)?;
        let signed = key.open_text(CERTIFICATE, &Sealed::from_bytes(row.sealed.clone()))?;
        let eu = Payload::Text(signed.expose().to_owned());
        let mut codes = vec![Code { payload: eu, caption: EU }];
        let travel = given.map(|given| open_travel(&key, &given)).transpose()?;
        codes.extend(match (paper.variant, &travel) {
            (Variant::Domestic, _) => self.cowin_code(ctx, &person, &row)?,
            (Variant::International, Some(travel)) => self.icvp_code(ctx, &person, &row, travel)?,
            (Variant::International, None) => None,
        });
        let holder = (&person, &document);
        self.draw(holder, &row, paper, travel.as_ref(), codes)
    }

    fn draw(
        &self,
        (person, document): (&Holder, &IdentityDocument),
        row: &CertificateRow,
        paper: Paper,
        travel: Option<&TravelDetails>,
        codes: Vec<Code<'_>>,
    ) -> Result<Vec<u8>> {
        let last = person.doses.iter().find(|dose| dose.number == row.dose_number);
        let last = last.ok_or(Error::NotFound)?;
        let programme = self.programme();
        let uvci = name::uvci(&self.settings.country, row.id);
        Ok(print::certificate(&CertificatePage {
            language: paper.language,
            variant: paper.variant,
            codes,
            name: person.name.text(),
            born: travel.map_or(Born::Year(person.birth_year), |travel| Born::On(travel.born_on)),
            gender: gender(person.gender),
            passport: travel.map(|travel| travel.passport.text()),
            guardian: travel.and_then(|travel| travel.guardian.as_ref()).map(Name::text),
            document: format!("{} {}", document.label(), document.masked()),
            reference: person.reference.to_string(),
            uvci: &uvci,
            vaccine: &last.vaccine,
            doses: person
                .doses
                .iter()
                .filter(|dose| dose.number <= row.dose_number)
                .map(|dose| (dose.number, dose.given_on, dose.lot.clone()))
                .collect(),
            doses_total: programme.series_doses(&last.vaccine),
            next_due: next_due(&programme, last),
            vaccinator: &last.vaccinator,
            facility: self.names_of(last.facility).in_one_line(),
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

/// The names of a facility and of where it is.
#[derive(Default)]
struct PlaceNames {
    facility: String,
    district: String,
    state: String,
    pincode: i32,
}

impl PlaceNames {
    fn as_place(&self) -> Place<'_> {
        let Self { facility, district, state, pincode } = self;
        Place { facility, district, state, pincode: *pincode }
    }

    fn in_one_line(&self) -> String {
        let parts = [&self.facility, &self.district, &self.state];
        let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).cloned().collect();
        parts.join(", ")
    }
}

const fn gender(gender: person::Gender) -> Gender {
    match gender {
        person::Gender::Female => Gender::Female,
        person::Gender::Male => Gender::Male,
        person::Gender::Others => Gender::Other,
    }
}

/// The codes of a vaccine. One that is not listed carries its own name, never another's code.
fn codes(vaccine: &str) -> Codes<'_> {
    let unlisted = Codes {
        disease: dcc::COVID_19,
        icd11: product::ANY_COVID_19_ICD11,
        prophylaxis: product::ANY_COVID_19,
        product: vaccine,
        manufacturer: vaccine,
        maker: vaccine,
        cvx: product::ANY_COVID_19_CVX,
    };
    product::codes(vaccine).map_or(unlisted, |known| Codes {
        icd11: known.icd11,
        prophylaxis: known.prophylaxis,
        product: known.product,
        manufacturer: known.manufacturer,
        maker: known.maker,
        cvx: known.cvx,
        ..unlisted
    })
}

/// From when on the dose after this one may be given, if one is to come in the same series.
fn next_due(programme: &Programme, last: &Dose) -> Option<Date> {
    let vaccine = programme.vaccine(&last.vaccine)?;
    let next = last.number.checked_add(1).filter(|next| *next <= vaccine.series_doses)?;
    let interval = vaccine.dose(next)?.interval_on(last.given_on)?;
    last.given_on.checked_add(i64::from(interval.min_days).days()).ok()
}

//! Sealed rows and what they hold: the only place where a person's fields are sealed and opened.
//! What they are called there is the data manifest's.

use domain::{
    dose::Dose,
    id::{AccountId, BeneficiaryId, HomeBucket},
    manifest::tables::label,
    person::{Details, Gender, IdentityDocument, Mobile, Name},
    travel::{Nationality, PassportNumber, TravelDetails},
};
use jiff::{Timestamp, civil::Date};
use store::{AccountRow, BeneficiaryRow, ClaimRow, PersonRecord, SealedDetails, SealedTravel};
use uuid::Uuid;
use vault::{
    AccessPurpose, BIRTH_YEAR, BlindIndex, COMORBIDITY, Field, GENDER, Index, OpenKey, PersonId,
    PersonKey, Sealed, Secret,
};

use crate::{Ctx, Error, Platform, Result, error::BrokenCause};

/// A name, of a person or of somebody who works here.
pub(crate) const NAME: Field = Field(label::NAME);
const DOCUMENT: Field = Field(label::DOCUMENT);
const MOBILE: Field = Field(label::MOBILE);
const BORN_ON: Field = Field(label::BORN_ON);
const PASSPORT: Field = Field(label::PASSPORT);
const NATIONALITY: Field = Field(label::NATIONALITY);
/// A signed certificate.
pub(crate) const CERTIFICATE: Field = Field(label::CERTIFICATE);
/// What a person told about themselves.
pub(crate) const DETAILS: &[Field] = &[NAME, BIRTH_YEAR, GENDER, DOCUMENT, COMORBIDITY];
/// What somebody gave for travel.
pub(crate) const TRAVEL: &[Field] = &[BORN_ON, PASSPORT, NATIONALITY];
/// What a printed certificate has.
pub(crate) const PAPER: &[Field] = &[NAME, BIRTH_YEAR, GENDER, DOCUMENT, COMORBIDITY, CERTIFICATE];
/// What one for travel has.
pub(crate) const PAPER_ABROAD: &[Field] =
    &[NAME, BIRTH_YEAR, GENDER, DOCUMENT, COMORBIDITY, CERTIFICATE, BORN_ON, PASSPORT, NATIONALITY];
/// Why a dose was taken back.
pub(crate) const REASON: Field = Field(label::REASON);
/// What happened after a dose.
pub(crate) const AEFI: Field = Field(label::AEFI);

/// A person, opened for who may see them.
///
/// # Privacy
///
/// Holds everything about a person: for the answer to who may see it, then gone.
pub struct Person {
    /// Id.
    pub id: BeneficiaryId,
    /// The number that the person knows: 14 digits.
    pub reference: u64,
    /// The account.
    pub account: AccountId,
    /// What they told about themselves.
    pub details: Details,
    /// Whether they gave details for travel, which are opened for a certificate for travel only.
    pub travels: bool,
    /// Claims on seats, in order of dose.
    pub claims: Vec<ClaimRow>,
    /// Doses, in order of number.
    pub doses: Vec<Dose>,
    /// When they were registered.
    pub registered_at: Timestamp,
    /// When their identity was checked, if it was.
    pub verified_at: Option<Timestamp>,
    /// How often the details were changed.
    pub changes: i32,
}

/// What rules and counts need to know of a person, and no more. It is shown to nobody.
#[derive(Clone, Copy)]
pub(crate) struct Eligibility {
    pub(crate) birth_year: i16,
    pub(crate) comorbidity: bool,
    pub(crate) gender: Gender,
}

impl Person {
    /// The same of a person who is open.
    pub(crate) const fn eligibility(&self) -> Eligibility {
        let Details { birth_year, comorbidity, gender, .. } = self.details;
        Eligibility { birth_year, comorbidity, gender }
    }
}

impl Platform {
    /// The account of a mobile. Nothing is looked up: id and home follow from the mobile.
    pub fn account_of(&self, mobile: &Mobile) -> AccountId {
        self.account_at(self.vault.index(Index::Mobile, mobile.digits()))
    }

    /// The account with a mobile's blind index.
    pub(crate) fn account_at(&self, index: BlindIndex) -> AccountId {
        let mut random = [0; 16];
        random.copy_from_slice(&index.0[8..24]);
        let uuid = Uuid::from_bytes(self.vault.routed_id(index.bucket(), random));
        AccountId { bucket: HomeBucket(index.bucket()), uuid }
    }

    /// The account with this id, as a token names it.
    pub fn account_named(&self, uuid: Uuid) -> AccountId {
        AccountId { bucket: HomeBucket(self.vault.bucket_of(uuid.as_bytes())), uuid }
    }

    /// The number that a person knows.
    pub fn reference(&self, id: BeneficiaryId) -> u64 {
        self.vault.reference_number(id.number())
    }

    /// Whose number it is, if it is one of ours.
    pub fn by_reference(&self, text: &str) -> Option<BeneficiaryId> {
        // In one way only, as tries at a person's code are counted by this text.
        let digits = text.trim();
        if digits.len() != 14 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let reference: u64 = digits.parse().ok()?;
        BeneficiaryId::from_number(self.vault.internal_number(reference)?)
    }

    /// A new account row for a mobile.
    pub(crate) fn seal_account(&self, mobile: &Mobile, at: Timestamp) -> AccountRow {
        let index = self.vault.index(Index::Mobile, mobile.digits());
        let id = self.account_at(index);
        let key = self.vault.make_person_key(PersonId(id.uuid.into_bytes()));
        AccountRow {
            id,
            mobile_index: index.0,
            wrapped_key: key.wrapped().to_vec(),
            mobile: key.seal(MOBILE, mobile.digits().as_bytes()).as_bytes().to_vec(),
            opened_at: at,
        }
    }

    /// A new row for a person.
    pub(crate) fn seal_person(
        &self,
        id: BeneficiaryId,
        account: AccountId,
        details: &Details,
        at: Timestamp,
    ) -> BeneficiaryRow {
        let key = self.vault.make_person_key(PersonId(id.person_bytes()));
        BeneficiaryRow {
            id,
            account: account.uuid,
            wrapped_key: key.wrapped().to_vec(),
            details: self.seal_details(&key, details),
            travel: None,
            registered_at: at,
            verified_at: None,
            changes: 0,
        }
    }

    /// Seals a person's fields under their key.
    pub(crate) fn seal_details(&self, key: &PersonKey, details: &Details) -> SealedDetails {
        let seal = |field, plain: &[u8]| key.seal(field, plain).as_bytes().to_vec();
        let document = details.document.index_text();
        SealedDetails {
            name: seal(NAME, details.name.text().as_bytes()),
            birth_year: seal(BIRTH_YEAR, &details.birth_year.to_be_bytes()),
            gender: seal(GENDER, details.gender.label().as_bytes()),
            document: seal(DOCUMENT, document.as_bytes()),
            comorbidity: seal(COMORBIDITY, &[u8::from(details.comorbidity)]),
            document_index: self.vault.index(Index::IdentityDocument, &document).0,
        }
    }

    /// The key of a person.
    pub(crate) fn key_of(&self, row: &BeneficiaryRow) -> Result<PersonKey> {
        Ok(self.vault.unwrap_person_key(PersonId(row.id.person_bytes()), &row.wrapped_key)?)
    }

    /// Reads what the rules need. It is not recorded: see [`vault::RuleKey`].
    pub(crate) fn open_eligibility(&self, row: &BeneficiaryRow) -> Result<Eligibility> {
        let key = self.key_of(row)?;
        let rules = key.for_rules();
        let sealed = |bytes: &Vec<u8>| Sealed::from_bytes(bytes.clone());
        let words = Gender::ALL.map(Gender::label);
        Ok(Eligibility {
            birth_year: rules.birth_year(&sealed(&row.details.birth_year))?,
            comorbidity: rules.comorbidity(&sealed(&row.details.comorbidity))?,
            gender: Gender::ALL[rules.gender(&sealed(&row.details.gender), &words)?],
        })
    }

    /// Opens a person, once it is recorded that they are.
    pub(crate) async fn open_person(
        &self,
        ctx: &Ctx,
        purpose: AccessPurpose,
        record: PersonRecord,
    ) -> Result<Person> {
        let key = self.unlock_one(ctx, purpose, DETAILS, &record.beneficiary).await?;
        self.opened(&key, record)
    }

    /// Opens people, once it is recorded of each that they are.
    pub(crate) async fn open_people(
        &self,
        ctx: &Ctx,
        purpose: AccessPurpose,
        records: Vec<PersonRecord>,
    ) -> Result<Vec<Person>> {
        let whose = records.iter().map(|record| self.whose(&record.beneficiary));
        let keys = self.unlock(ctx, purpose, DETAILS, whose.collect::<Result<_>>()?).await?;
        keys.iter().zip(records).map(|(key, record)| self.opened(key, record)).collect()
    }

    /// A person, opened with a key that may open what they told about themselves.
    pub(crate) fn opened(&self, key: &OpenKey, record: PersonRecord) -> Result<Person> {
        let PersonRecord { beneficiary: row, claims, doses } = record;
        let details = open_details(key, &row.details)?;
        Ok(Person {
            id: row.id,
            reference: self.reference(row.id),
            account: AccountId { bucket: row.id.bucket(), uuid: row.account },
            details,
            travels: row.travel.is_some(),
            claims,
            doses,
            registered_at: row.registered_at,
            verified_at: row.verified_at,
            changes: row.changes,
        })
    }

    /// Opens an account's mobile, once it is recorded that it is.
    pub(crate) async fn mobile_of(
        &self,
        ctx: &Ctx,
        purpose: AccessPurpose,
        account: AccountId,
    ) -> Result<Option<Secret<String>>> {
        let Some(row) = self.store.account(account).await? else {
            return Ok(None);
        };
        let whose = vec![self.whose_mobile(account, &row.wrapped_key)?];
        let keys = self.unlock(ctx, purpose, &[MOBILE], whose).await?;
        let mobile = Sealed::from_bytes(row.mobile);
        Ok(keys.first().map(|key| key.open_text(MOBILE, &mobile)).transpose()?)
    }
}

/// Seals what somebody gave for travel under their key.
pub(crate) fn seal_travel(key: &PersonKey, travel: &TravelDetails) -> SealedTravel {
    let seal = |field, plain: &str| key.seal(field, plain.as_bytes()).as_bytes().to_vec();
    SealedTravel {
        born_on: seal(BORN_ON, &travel.born_on.to_string()),
        passport: seal(PASSPORT, travel.passport.text()),
        nationality: seal(NATIONALITY, travel.nationality.code()),
    }
}

/// Opens what somebody gave for travel.
pub(crate) fn open_travel(key: &OpenKey, sealed: &SealedTravel) -> Result<TravelDetails> {
    let text = |field, bytes: &Vec<u8>| key.open_text(field, &Sealed::from_bytes(bytes.clone()));
    let broken = || Error::Broken(BrokenCause::Seal);
    let born_on: Date = text(BORN_ON, &sealed.born_on)?.expose().parse().map_err(|_| broken())?;
    let passport = PassportNumber::parse(text(PASSPORT, &sealed.passport)?.expose());
    let nationality = Nationality::parse(text(NATIONALITY, &sealed.nationality)?.expose());
    Ok(TravelDetails {
        born_on,
        passport: passport.map_err(|_| broken())?,
        nationality: nationality.map_err(|_| broken())?,
    })
}

fn open_details(key: &OpenKey, sealed: &SealedDetails) -> Result<Details> {
    let text = |field, bytes: &Vec<u8>| key.open_text(field, &Sealed::from_bytes(bytes.clone()));
    let broken = || Error::Broken(BrokenCause::Seal);
    let document = text(DOCUMENT, &sealed.document)?;
    let (kind, number) = document.expose().split_once(':').ok_or_else(broken)?;
    let kind = kind.parse().map_err(|_| broken())?;
    Ok(Details {
        name: Name::parse(text(NAME, &sealed.name)?.expose()).map_err(|_| broken())?,
        birth_year: open_birth_year(key, sealed)?,
        gender: Gender::from_label(text(GENDER, &sealed.gender)?.expose()).map_err(|_| broken())?,
        document: IdentityDocument::parse(kind, number).map_err(|_| broken())?,
        comorbidity: open_comorbidity(key, sealed)?,
    })
}

fn open_birth_year(key: &OpenKey, sealed: &SealedDetails) -> Result<i16> {
    let bytes = key.open(BIRTH_YEAR, &Sealed::from_bytes(sealed.birth_year.clone()))?;
    let bytes = bytes.expose().as_slice().try_into();
    bytes.map(i16::from_be_bytes).map_err(|_| Error::Broken(BrokenCause::Seal))
}

fn open_comorbidity(key: &OpenKey, sealed: &SealedDetails) -> Result<bool> {
    let bytes = key.open(COMORBIDITY, &Sealed::from_bytes(sealed.comorbidity.clone()))?;
    Ok(bytes.expose().first() == Some(&1))
}

//! Sealed rows and what they hold: the only place where a person's fields are sealed and opened.
//! What they are called there is the data manifest's.

use domain::{
    dose::Dose,
    id::{AccountId, BeneficiaryId, HomeBucket},
    manifest::tables::label,
    person::{Details, Gender, IdentityDocument, Mobile, Name},
    travel::{Nationality, PassportNumber, TravelDetails, parse_guardian},
};
use jiff::{Timestamp, civil::Date};
use store::{
    AccountRow, BeneficiaryRow, ClaimRow, ListNo, PersonRecord, SealedDetails, SealedTravel,
};
use uuid::Uuid;
use vault::{
    BIRTH_YEAR, BlindIndex, COMORBIDITY, Field, GENDER, Index, NewKey, OpenKey, PersonId,
    PersonKey, Sealed, Secret,
};

use crate::{Ctx, Error, Platform, Result, error::BrokenCause, view::View};

/// A name, of a person or of somebody who works here.
pub(crate) const NAME: Field = Field(label::NAME);
pub(crate) const DOCUMENT: Field = Field(label::DOCUMENT);
pub(crate) const MOBILE: Field = Field(label::MOBILE);
pub(crate) const BORN_ON: Field = Field(label::BORN_ON);
pub(crate) const PASSPORT: Field = Field(label::PASSPORT);
pub(crate) const NATIONALITY: Field = Field(label::NATIONALITY);
pub(crate) const GUARDIAN: Field = Field(label::GUARDIAN);
/// A signed certificate.
pub(crate) const CERTIFICATE: Field = Field(label::CERTIFICATE);
/// An entry of the list of accesses.
pub(crate) const ACCESS: Field = Field(label::ACCESS);
/// Why a dose was taken back.
pub(crate) const REASON: Field = Field(label::REASON);
/// What somebody reported.
pub(crate) const REPORT: Field = Field(label::REPORT);
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
    /// The list from which they were first registered, if it was one.
    pub list: Option<ListNo>,
}

/// Whose certificate it is: what one says of its holder, and no more.
///
/// # Privacy
///
/// Holds what a certificate says about a person: for whoever may have it, then gone.
pub struct Holder {
    /// Id.
    pub id: BeneficiaryId,
    /// The number that the person knows.
    pub reference: u64,
    /// The account.
    pub account: AccountId,
    /// Name, as on the document.
    pub name: Name,
    /// Year of birth.
    pub birth_year: i16,
    /// Gender.
    pub gender: Gender,
    /// Doses, in order of number.
    pub doses: Vec<Dose>,
    /// How often the details were changed.
    pub changes: i32,
}

/// What rules need to know of a person, and no more. It is shown to nobody.
#[derive(Clone, Copy)]
pub(crate) struct Eligibility {
    pub(crate) birth_year: i16,
    pub(crate) comorbidity: bool,
}

/// What counts need to know of a person.
#[derive(Clone, Copy)]
pub(crate) struct Counted {
    pub(crate) birth_year: i16,
    pub(crate) gender: Gender,
}

impl Holder {
    /// As what they are counted.
    pub(crate) const fn counted(&self) -> Counted {
        Counted { birth_year: self.birth_year, gender: self.gender }
    }
}

impl Person {
    /// As what they are counted.
    pub(crate) const fn counted(&self) -> Counted {
        Counted { birth_year: self.details.birth_year, gender: self.details.gender }
    }

    /// The same person, as certificates know them.
    pub(crate) fn holder(&self) -> Holder {
        let Details { name, birth_year, gender, .. } = &self.details;
        Holder {
            id: self.id,
            reference: self.reference,
            account: self.account,
            name: name.clone(),
            birth_year: *birth_year,
            gender: *gender,
            doses: self.doses.clone(),
            changes: self.changes,
        }
    }
}

impl Platform {
    /// The account of a mobile. Nothing is looked up: id and home follow from the mobile.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] while the keyholder is away.
    pub async fn account_of(&self, mobile: &Mobile) -> Result<AccountId> {
        Ok(self.account_at(self.vault.index(Index::Mobile, mobile.digits()).await?))
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

    /// The key of a person.
    pub(crate) fn key_of(&self, row: &BeneficiaryRow) -> Result<PersonKey> {
        Ok(self.vault.person_key(PersonId(row.id.person_bytes()), &row.wrapped_key)?)
    }

    /// Reads what the rules need. It is not recorded: see [`vault::RuleKey`].
    pub(crate) fn open_eligibility(&self, row: &BeneficiaryRow) -> Result<Eligibility> {
        eligibility(&self.key_of(row)?, &row.details)
    }

    /// Reads what counts need. It is not recorded: see [`vault::RuleKey`].
    pub(crate) fn open_counted(&self, row: &BeneficiaryRow) -> Result<Counted> {
        let key = self.key_of(row)?;
        let birth_year = sealed(&row.details.birth_year);
        counted(&key, &row.details, key.for_rules().birth_year(&birth_year)?)
    }

    /// Opens a person, once it is recorded that they are.
    pub(crate) async fn open_person(
        &self,
        ctx: &Ctx,
        view: View,
        record: PersonRecord,
    ) -> Result<Person> {
        let key = self.unlock_one(ctx, view, &record.beneficiary).await?;
        self.opened(&key, record)
    }

    /// Opens people, once it is recorded of each that they are.
    pub(crate) async fn open_people(
        &self,
        ctx: &Ctx,
        view: View,
        records: Vec<PersonRecord>,
    ) -> Result<Vec<Person>> {
        let whose = records.iter().map(|record| self.whose(&record.beneficiary));
        let keys = self.unlock(ctx, view, whose.collect::<Result<_>>()?).await?;
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
            list: row.list,
        })
    }

    /// Whose certificates these are, opened with a key that may open what one says.
    pub(crate) fn holder_of(&self, key: &OpenKey, record: PersonRecord) -> Result<Holder> {
        let PersonRecord { beneficiary: row, doses, .. } = record;
        Ok(Holder {
            id: row.id,
            reference: self.reference(row.id),
            account: AccountId { bucket: row.id.bucket(), uuid: row.account },
            name: open_name(key, &row.details)?,
            birth_year: open_birth_year(key, &row.details)?,
            gender: open_gender(key, &row.details)?,
            doses,
            changes: row.changes,
        })
    }

    /// Opens an account's mobile, once it is recorded that it is.
    pub(crate) async fn mobile_of(
        &self,
        ctx: &Ctx,
        view: View,
        account: AccountId,
    ) -> Result<Option<Secret<String>>> {
        let Some(row) = self.store.account(account).await? else {
            return Ok(None);
        };
        let whose = vec![self.whose_mobile(account, &row.wrapped_key)?];
        let keys = self.unlock(ctx, view, whose).await?;
        let mobile = Sealed::from_bytes(row.mobile);
        Ok(keys.first().map(|key| key.open_text(MOBILE, &mobile)).transpose()?)
    }
}

fn sealed(bytes: &[u8]) -> Sealed {
    Sealed::from_bytes(bytes.to_vec())
}

/// Reads what the rules need with a person's key.
pub(crate) fn eligibility(key: &PersonKey, held: &SealedDetails) -> Result<Eligibility> {
    let rules = key.for_rules();
    Ok(Eligibility {
        birth_year: rules.birth_year(&sealed(&held.birth_year))?,
        comorbidity: rules.comorbidity(&sealed(&held.comorbidity))?,
    })
}

/// Reads what counts need beside the year of birth with a person's key.
pub(crate) fn counted(key: &PersonKey, held: &SealedDetails, birth_year: i16) -> Result<Counted> {
    let words = Gender::ALL.map(Gender::label);
    let gender = key.for_rules().gender(&sealed(&held.gender), &words)?;
    Ok(Counted { birth_year, gender: Gender::ALL[gender] })
}

/// A new account row for a mobile.
pub(crate) fn seal_account(
    id: AccountId,
    index: BlindIndex,
    key: &NewKey,
    mobile: &Mobile,
    at: Timestamp,
) -> AccountRow {
    AccountRow {
        id,
        mobile_index: index.0,
        wrapped_key: key.wrapped().to_vec(),
        mobile: key.seal(MOBILE, mobile.digits().as_bytes()).as_bytes().to_vec(),
        opened_at: at,
    }
}

/// What a person told about themselves, field by field.
pub(crate) fn plain_details(details: &Details) -> [(Field, Secret<Vec<u8>>); 5] {
    let plain = |field, bytes: &[u8]| (field, Secret::new(bytes.to_vec()));
    [
        plain(NAME, details.name.text().as_bytes()),
        plain(BIRTH_YEAR, &details.birth_year.to_be_bytes()),
        plain(GENDER, details.gender.label().as_bytes()),
        plain(DOCUMENT, details.document.index_text().as_bytes()),
        plain(COMORBIDITY, &[u8::from(details.comorbidity)]),
    ]
}

/// What a certificate says of its holder, field by field.
pub(crate) fn plain_holder(holder: &Holder) -> [(Field, Secret<Vec<u8>>); 3] {
    let plain = |field, bytes: &[u8]| (field, Secret::new(bytes.to_vec()));
    [
        plain(NAME, holder.name.text().as_bytes()),
        plain(BIRTH_YEAR, &holder.birth_year.to_be_bytes()),
        plain(GENDER, holder.gender.label().as_bytes()),
    ]
}

/// What a person told about themselves, sealed in the same order.
pub(crate) fn sealed_details(fields: [Sealed; 5], document: BlindIndex) -> SealedDetails {
    let [name, birth_year, gender, kept_document, comorbidity] =
        fields.map(|field| field.as_bytes().to_vec());
    SealedDetails {
        name,
        birth_year,
        gender,
        document: kept_document,
        comorbidity,
        document_index: document.0,
    }
}

/// What somebody gave for travel, field by field; that there is no guardian is sealed as no text.
pub(crate) fn plain_travel(travel: &TravelDetails) -> [(Field, Secret<Vec<u8>>); 4] {
    let plain = |field, text: &str| (field, Secret::new(text.as_bytes().to_vec()));
    [
        plain(BORN_ON, &travel.born_on.to_string()),
        plain(PASSPORT, travel.passport.text()),
        plain(NATIONALITY, travel.nationality.code()),
        plain(GUARDIAN, travel.guardian.as_ref().map_or("", Name::text)),
    ]
}

impl Platform {
    /// Seals fields of a person who is kept already.
    pub(crate) async fn seal_fields<const N: usize>(
        &self,
        row: &BeneficiaryRow,
        fields: &[(Field, Secret<Vec<u8>>); N],
    ) -> Result<[Sealed; N]> {
        let key = self.key_of(row)?;
        let plain = fields.each_ref().map(|(field, plain)| (*field, plain.expose().as_slice()));
        let sealed = self.vault.seal_for(&key, &plain).await?;
        sealed.try_into().map_err(|_| Error::Broken(BrokenCause::Seal))
    }

    /// Seals a text of a person who is kept already.
    pub(crate) async fn seal_note(
        &self,
        row: &BeneficiaryRow,
        field: Field,
        text: &str,
    ) -> Result<Vec<u8>> {
        let fields = [(field, Secret::new(text.as_bytes().to_vec()))];
        let [sealed] = self.seal_fields(row, &fields).await?;
        Ok(sealed.as_bytes().to_vec())
    }
}

/// Opens what somebody gave for travel.
pub(crate) fn open_travel(key: &OpenKey, sealed: &SealedTravel) -> Result<TravelDetails> {
    let text = |field, bytes: &Vec<u8>| key.open_text(field, &Sealed::from_bytes(bytes.clone()));
    let broken = || Error::Broken(BrokenCause::Seal);
    let born_on: Date = text(BORN_ON, &sealed.born_on)?.expose().parse().map_err(|_| broken())?;
    let passport = PassportNumber::parse(text(PASSPORT, &sealed.passport)?.expose());
    let nationality = Nationality::parse(text(NATIONALITY, &sealed.nationality)?.expose());
    // What was given before guardians were asked for has none.
    let guardian = match &sealed.guardian {
        Some(sealed) => parse_guardian(text(GUARDIAN, sealed)?.expose()),
        None => Ok(None),
    };
    Ok(TravelDetails {
        born_on,
        passport: passport.map_err(|_| broken())?,
        nationality: nationality.map_err(|_| broken())?,
        guardian: guardian.map_err(|_| broken())?,
    })
}

fn open_details(key: &OpenKey, sealed: &SealedDetails) -> Result<Details> {
    Ok(Details {
        name: open_name(key, sealed)?,
        birth_year: open_birth_year(key, sealed)?,
        gender: open_gender(key, sealed)?,
        document: open_document(key, sealed)?,
        comorbidity: open_comorbidity(key, sealed)?,
    })
}

fn open_name(key: &OpenKey, sealed: &SealedDetails) -> Result<Name> {
    let name = key.open_text(NAME, &Sealed::from_bytes(sealed.name.clone()))?;
    Name::parse(name.expose()).map_err(|_| Error::Broken(BrokenCause::Seal))
}

fn open_gender(key: &OpenKey, sealed: &SealedDetails) -> Result<Gender> {
    let gender = key.open_text(GENDER, &Sealed::from_bytes(sealed.gender.clone()))?;
    Gender::from_label(gender.expose()).map_err(|_| Error::Broken(BrokenCause::Seal))
}

/// Opens the identity document that somebody registered with.
pub(crate) fn open_document(key: &OpenKey, sealed: &SealedDetails) -> Result<IdentityDocument> {
    let broken = || Error::Broken(BrokenCause::Seal);
    let document = key.open_text(DOCUMENT, &Sealed::from_bytes(sealed.document.clone()))?;
    let (kind, number) = document.expose().split_once(':').ok_or_else(broken)?;
    let kind = kind.parse().map_err(|_| broken())?;
    IdentityDocument::parse(kind, number).map_err(|_| broken())
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

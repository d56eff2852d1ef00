//! Corrections of what a person told about themselves, after their first dose: the details change,
//! every certificate of theirs is withdrawn and each dose has a new one, all at once.

use domain::{
    dose::Dose,
    id::{AccountId, BeneficiaryId},
    person::{Gender, Name},
};
use store::{CorrectedFields, Correction, NotCorrected, PersonRecord, Reissue, Tally};
use uuid::{Builder, Uuid};
use vault::{Field, OpenKey, Purpose, Secret};

use crate::{
    Ctx, Error, Platform, Result,
    doses::dose_tally,
    opened::{Holder, plain_holder},
    owed::certificate_row,
    view::CORRECTION,
};

/// What of a person's details is wrong, and what is right instead. The identity document stays: it
/// is what their identity was checked against.
#[derive(Clone, Default)]
pub struct Change {
    /// The name.
    pub name: Option<Name>,
    /// The year of birth.
    pub birth_year: Option<i16>,
    /// The gender.
    pub gender: Option<Gender>,
}

impl Platform {
    /// Corrects details of a person of the resident who asks, after the first dose. Every dose has
    /// a new certificate then, and those from before are withdrawn. With an idempotency key, asking
    /// twice corrects once. Each detail can be corrected as often as the settings say.
    ///
    /// Appointments stay as they are.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if it is not a person of the account; [`Error::NotCorrected`] before the
    /// first dose, if nothing would change, or if a detail was corrected as often as it may be.
    pub async fn correct_my_details(
        &self,
        ctx: &Ctx,
        id: BeneficiaryId,
        change: &Change,
        idempotency_key: Option<&str>,
    ) -> Result<()> {
        let account = ctx.resident()?;
        let request = self.correction_request(ctx, account, id, change, idempotency_key);
        match self.correct_once(ctx, account, id, change, request).await {
            // Somebody was quicker: once more, from what is there now.
            Err(Error::NotCorrected(NotCorrected::Changed)) => {
                self.correct_once(ctx, account, id, change, request).await
            }
            outcome => outcome,
        }
    }

    async fn correct_once(
        &self,
        ctx: &Ctx,
        account: AccountId,
        id: BeneficiaryId,
        change: &Change,
        request: (Uuid, [u8; 32]),
    ) -> Result<()> {
        let record = self.record_of(account, id).await?;
        let correction = self.correction(ctx, account, record, change, request).await?;
        match self.store.correct(&[correction]).await?.pop() {
            Some(Err(NotCorrected::NoSuchBeneficiary)) | None => Err(Error::NotFound),
            Some(outcome) => Ok(outcome.map(drop)?),
        }
    }

    /// The id of a correction and the digest of what is asked.
    fn correction_request(
        &self,
        ctx: &Ctx,
        account: AccountId,
        id: BeneficiaryId,
        change: &Change,
        idempotency_key: Option<&str>,
    ) -> (Uuid, [u8; 32]) {
        let mac = |parts: &[&[u8]]| self.vault.mac(Purpose::IdempotencyKey, parts);
        let correction = idempotency_key.map_or_else(
            || ctx.random_uuid(),
            |key| {
                let (account, person) = (account.uuid.as_bytes(), id.person_bytes());
                let digest = mac(&[b"correct", account, &person, key.as_bytes()]);
                let mut first = [0; 16];
                first.copy_from_slice(&digest[..16]);
                Builder::from_random_bytes(first).into_uuid()
            },
        );
        let name = change.name.as_ref().map_or("", Name::text);
        let year = change.birth_year.unwrap_or_default().to_be_bytes();
        let gender = change.gender.map_or("", Gender::label);
        (correction, mac(&[name.as_bytes(), &year, gender.as_bytes()]))
    }

    /// A correction with its certificates, sealed.
    async fn correction(
        &self,
        ctx: &Ctx,
        account: AccountId,
        record: PersonRecord,
        change: &Change,
        (id, request): (Uuid, [u8; 32]),
    ) -> Result<Correction> {
        let changes = record.beneficiary.changes;
        let key = self.unlock_one(ctx, CORRECTION, &record.beneficiary).await?;
        let mut person = self.holder_of(&key, record)?;
        let known = person.counted();
        let before: Vec<_> = person.doses.iter().map(|dose| dose_tally(dose, known, -1)).collect();
        let fields = apply(change, &mut person);
        let known = person.counted();
        let after = person.doses.iter().map(|dose| dose_tally(dose, known, 1));
        let tallies = moved(before, after);
        // A request that changes nothing is known already or refused: nothing is signed for it.
        let corrected: &[Dose] =
            if fields == CorrectedFields::default() { &[] } else { &person.doses };
        let reissue = |dose| self.reissue(ctx, &key, &person, dose);
        let reissues = corrected.iter().map(reissue).collect::<Result<_>>()?;
        let [name, birth_year, gender] = plain_holder(&person);
        let seal = |(field, plain): (Field, Secret<Vec<u8>>)| {
            Ok::<_, Error>(key.seal(field, plain.expose())?.as_bytes().to_vec())
        };
        let text = "The details on your certificate have been corrected. The new certificate is ready \
                    in the portal, and the one from before is no longer valid. - CoWIN";
        Ok(Correction {
            id,
            request,
            account,
            beneficiary: person.id,
            fields,
            limit: self.settings.corrections,
            changes,
            name: seal(name)?,
            birth_year: seal(birth_year)?,
            gender: seal(gender)?,
            reissues,
            tallies,
            message: Some(self.message_to_account(ctx, account, "correction", text.to_owned())),
            at: ctx.now,
        })
    }

    /// A dose's new certificate.
    pub(crate) fn reissue(
        &self,
        ctx: &Ctx,
        key: &OpenKey,
        person: &Holder,
        dose: &Dose,
    ) -> Result<Reissue> {
        let id = ctx.random_uuid();
        let signed = self.sign_certificate(ctx, person, dose, id)?;
        Ok(Reissue { dose: dose.id, certificate: certificate_row(ctx, key, dose, id, &signed)? })
    }
}

/// Makes the change; says what it changed.
fn apply(change: &Change, details: &mut Holder) -> CorrectedFields {
    let mut fields = CorrectedFields::default();
    if let Some(name) = change.name.as_ref().filter(|name| **name != details.name) {
        details.name = name.clone();
        fields.name = true;
    }
    if let Some(year) = change.birth_year.filter(|year| *year != details.birth_year) {
        details.birth_year = year;
        fields.birth_year = true;
    }
    if let Some(gender) = change.gender.filter(|gender| *gender != details.gender) {
        details.gender = gender;
        fields.gender = true;
    }
    fields
}

/// The counts that move, in order, so that those who count the same do not wait in a circle.
fn moved(before: Vec<Tally>, after: impl Iterator<Item = Tally>) -> Vec<Tally> {
    let pairs = before.into_iter().zip(after);
    let pairs = pairs.filter(|(old, new)| old.measure != new.measure);
    let mut moved: Vec<_> = pairs.flat_map(|(old, new)| [old, new]).collect();
    moved.sort();
    moved
}

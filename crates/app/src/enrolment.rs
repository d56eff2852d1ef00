//! Registering people, changing their details, removing them.

use domain::{
    id::{AccountId, BeneficiaryId},
    person::{Details, Mobile},
};
use store::{Amendment, Done, Enrolment, Idempotency, PersonRecord, Tally};
use vault::{AccessPurpose, Purpose, Secret};

use crate::{Ctx, Error, Platform, Result, access::Permission, opened::Person, reports::age_band};

impl Platform {
    /// Registers a person on the mobile of the resident who asks. With an idempotency key, asking
    /// twice registers once.
    ///
    /// # Errors
    ///
    /// [`Error::NotEnrolled`] if the mobile has as many people as it may or the document is
    /// registered already.
    pub async fn enrol(
        &self,
        ctx: &Ctx,
        mobile: &Secret<String>,
        details: &Details,
        idempotency_key: Option<&str>,
    ) -> Result<BeneficiaryId> {
        let account = ctx.resident()?;
        let mobile = Mobile::parse(mobile.expose())?;
        if self.account_of(&mobile) != account {
            return Err(Error::Forbidden);
        }
        self.enrol_on(ctx, &mobile, details, idempotency_key).await
    }

    /// Registers a person who came to a facility without registration.
    ///
    /// # Errors
    ///
    /// As [`Platform::enrol`]; [`Error::Forbidden`] unless the actor registers walk-ins.
    pub async fn enrol_walk_in(
        &self,
        ctx: &Ctx,
        mobile: &Mobile,
        details: &Details,
        idempotency_key: Option<&str>,
    ) -> Result<BeneficiaryId> {
        match ctx.actor {
            crate::Actor::StateProgram { .. } => {}
            _ => ctx.allow_somewhere(Permission::RegisterWalkIn)?,
        }
        self.enrol_on(ctx, mobile, details, idempotency_key).await
    }

    async fn enrol_on(
        &self,
        ctx: &Ctx,
        mobile: &Mobile,
        details: &Details,
        idempotency_key: Option<&str>,
    ) -> Result<BeneficiaryId> {
        let enrolment = self.enrolment(ctx, mobile, details, idempotency_key);
        let id = enrolment.beneficiary.id;
        self.writes.enrol.submit(enrolment).await??;
        Ok(id)
    }

    /// One person to enrol, sealed.
    pub(crate) fn enrolment(
        &self,
        ctx: &Ctx,
        mobile: &Mobile,
        details: &Details,
        idempotency_key: Option<&str>,
    ) -> Enrolment {
        let account = self.seal_account(mobile, ctx.now);
        let idempotency = idempotency_key.map(|key| self.request(account.id, key, details));
        let random = idempotency.map_or_else(|| ctx.random(), |request| first_eight(&request.key));
        let random = u64::from_be_bytes(random);
        let id = BeneficiaryId::draw(account.id.bucket, random);
        let age = ctx.today().year() - details.birth_year;
        Enrolment {
            beneficiary: self.seal_person(id, account.id, details, ctx.now),
            limit: self.programme().people_per_account(ctx.today()),
            tally: Some(Tally {
                // Registrations have no place; sixteen rows keep them from queuing on one.
                facility: -1 - i64::from(account.id.bucket.0 % 16),
                on: ctx.today(),
                measure: format!("registered|{}|{}", details.gender.label(), age_band(age)),
                count: 1,
            }),
            message: None,
            idempotency,
            account,
        }
    }

    /// What makes a repeated request known, and another under the same key.
    fn request(&self, account: AccountId, key: &str, details: &Details) -> Idempotency {
        let mac = |parts: &[&[u8]]| self.vault.mac(Purpose::IdempotencyKey, parts);
        Idempotency {
            key: mac(&[b"enrol", account.uuid.as_bytes(), key.as_bytes()]),
            request: mac(&[
                details.name.text().as_bytes(),
                &details.birth_year.to_be_bytes(),
                details.gender.label().as_bytes(),
                details.document.index_text().as_bytes(),
                &[u8::from(details.comorbidity)],
            ]),
        }
    }

    /// The people of the resident who asks, in order of registration.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthenticated`] if nobody is signed in.
    pub async fn my_people(&self, ctx: &Ctx) -> Result<Vec<Person>> {
        let account = ctx.resident()?;
        let records = self.people(account).await?;
        self.open_people(ctx, AccessPurpose::OwnRecord, records).await
    }

    /// The reference numbers of the people of the resident who asks; nothing is opened.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthenticated`] if nobody is signed in.
    pub async fn my_references(&self, ctx: &Ctx) -> Result<Vec<u64>> {
        let account = ctx.resident()?;
        let records = self.people(account).await?;
        Ok(records.iter().map(|record| self.reference(record.beneficiary.id)).collect())
    }

    /// The last four digits of the mobile of the resident who asks; empty before the first
    /// registration.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthenticated`] if nobody is signed in.
    pub async fn my_mobile_ends(&self, ctx: &Ctx) -> Result<String> {
        let account = ctx.resident()?;
        let mobile = self.mobile_of(ctx, AccessPurpose::OwnRecord, account).await?;
        Ok(mobile.map_or_else(String::new, |mobile| mobile.expose().chars().skip(6).collect()))
    }

    /// One person of the resident who asks.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no such person in the account, whether or not there is
    /// one elsewhere.
    pub async fn my_person(&self, ctx: &Ctx, id: BeneficiaryId) -> Result<Person> {
        let account = ctx.resident()?;
        let record = self.record_of(account, id).await?;
        self.open_person(ctx, AccessPurpose::OwnRecord, record).await
    }

    /// A record of an account, as it is kept.
    ///
    /// # Errors
    ///
    /// As [`Platform::my_person`].
    pub(crate) async fn record_of(
        &self,
        account: AccountId,
        id: BeneficiaryId,
    ) -> Result<PersonRecord> {
        let record = self.person(id).await?;
        record.filter(|record| record.beneficiary.account == account.uuid).ok_or(Error::NotFound)
    }

    /// Changes a person's details, until the first dose.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if it is not a person of the account; [`Error::NotAmended`] after the
    /// first dose or if the document is registered already.
    pub async fn amend(&self, ctx: &Ctx, id: BeneficiaryId, details: &Details) -> Result<()> {
        let account = ctx.resident()?;
        let record = self.record_of(account, id).await?;
        let key = self.key_of(&record.beneficiary)?;
        let amendment = Amendment {
            account,
            beneficiary: id,
            details: self.seal_details(&key, details),
            at: ctx.now,
        };
        match self.store.amend(&[amendment]).await?.pop() {
            Some(Err(store::NotAmended::NoSuchBeneficiary)) | None => Err(Error::NotFound),
            Some(outcome) => Ok(outcome?),
        }
    }

    /// Removes a person who has no dose and no appointment.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if it is not a person of the account, [`Error::NotRemoved`] if there is
    /// a dose or an appointment.
    pub async fn remove(&self, ctx: &Ctx, id: BeneficiaryId) -> Result<()> {
        let account = ctx.resident()?;
        match self.store.remove(account, id).await? {
            Err(store::NotRemoved::NoSuchBeneficiary) => Err(Error::NotFound),
            outcome => Ok(outcome?),
        }
    }

    /// Enrols many people at once, for imports and the demo. Gives what became of each.
    ///
    /// # Errors
    ///
    /// If the store is not available.
    pub async fn enrol_many(
        &self,
        ctx: &Ctx,
        people: &[(Mobile, Details)],
    ) -> Result<Vec<std::result::Result<Done, store::NotEnrolled>>> {
        ctx.allow_somewhere(Permission::Import)?;
        let enrolments: Vec<_> = people
            .iter()
            .map(|(mobile, details)| self.enrolment(ctx, mobile, details, None))
            .collect();
        Ok(self.store.enrol(&enrolments).await?)
    }
}

fn first_eight(digest: &[u8; 32]) -> [u8; 8] {
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    first
}

//! Registering people, changing their details, removing them.

use domain::{
    id::{AccountId, BeneficiaryId},
    person::{Details, Mobile},
};
use futures_util::future::try_join;
use store::{Amendment, BeneficiaryRow, Done, Enrolment, Idempotency, PersonRecord, Tally};
use vault::{BlindIndex, Index, NewKey, PersonId, Purpose, Secret};

use crate::{
    Ctx, Error, Platform, Result,
    access::Permission,
    opened::{Person, plain_details, seal_account, sealed_details},
    reports::age_band,
    view::{OWN, OWN_MOBILE},
};

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
        self.enrol_on(ctx, &mobile, details, (idempotency_key, Some(account))).await
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
        self.enrol_on(ctx, mobile, details, (idempotency_key, None)).await
    }

    /// Registers somebody; if an account is named, the mobile has to be of that one.
    async fn enrol_on(
        &self,
        ctx: &Ctx,
        mobile: &Mobile,
        details: &Details,
        (idempotency_key, own): (Option<&str>, Option<AccountId>),
    ) -> Result<BeneficiaryId> {
        let key = idempotency_key.map(str::to_owned);
        let enrolment = self.enrolments(ctx, &[(mobile, details, key)]).await?.pop();
        let enrolment = enrolment.ok_or(Error::NotFound)?;
        if own.is_some_and(|own| own != enrolment.account.id) {
            return Err(Error::Forbidden);
        }
        let id = enrolment.beneficiary.id;
        self.writes.enrol.submit(enrolment).await??;
        Ok(id)
    }

    /// People to enrol, sealed: each with their mobile and the client's key for them, if it gave one.
    pub(crate) async fn enrolments(
        &self,
        ctx: &Ctx,
        people: &[(&Mobile, &Details, Option<String>)],
    ) -> Result<Vec<Enrolment>> {
        let documents: Vec<_> =
            people.iter().map(|one| Secret::new(one.1.document.index_text())).collect();
        let values = people.iter().zip(&documents).flat_map(|(one, document)| {
            [(Index::Mobile, one.0.digits()), (Index::IdentityDocument, document.expose().as_str())]
        });
        let indexes = self.vault.indexes(&values.collect::<Vec<_>>()).await?;
        let (indexes, _) = indexes.as_chunks::<2>();
        let drawn: Vec<_> =
            people.iter().zip(indexes).map(|(one, found)| self.drawn(ctx, one, *found)).collect();
        let ids = drawn
            .iter()
            .flat_map(|one| [one.account.uuid.into_bytes(), one.id.person_bytes()].map(PersonId));
        let keys = self.vault.make_person_keys(&ids.collect::<Vec<_>>()).await?;
        let (keys, _) = keys.as_chunks::<2>();
        let enrolments = people.iter().zip(drawn).zip(keys);
        Ok(enrolments.map(|((one, drawn), keys)| self.enrolment(ctx, one, &drawn, keys)).collect())
    }

    /// The ids of somebody who is to be enrolled.
    fn drawn(
        &self,
        ctx: &Ctx,
        (_, details, key): &(&Mobile, &Details, Option<String>),
        [mobile, document]: [BlindIndex; 2],
    ) -> Drawn {
        let account = self.account_at(mobile);
        let idempotency = key.as_ref().map(|key| self.request(account, key, details));
        let random = idempotency.map_or_else(|| ctx.random(), |request| first_eight(&request.key));
        let id = BeneficiaryId::draw(account.bucket, u64::from_be_bytes(random));
        Drawn { account, id, mobile, document, idempotency }
    }

    /// One person to enrol, sealed.
    fn enrolment(
        &self,
        ctx: &Ctx,
        (mobile, details, _): &(&Mobile, &Details, Option<String>),
        drawn: &Drawn,
        [account_key, key]: &[NewKey; 2],
    ) -> Enrolment {
        let age = ctx.today().year() - details.birth_year;
        let account = drawn.account;
        let plain = plain_details(details);
        let fields = plain.each_ref().map(|(field, plain)| (*field, plain.expose().as_slice()));
        Enrolment {
            beneficiary: BeneficiaryRow {
                id: drawn.id,
                account: account.uuid,
                wrapped_key: key.wrapped().to_vec(),
                details: sealed_details(key.seal_each(fields), drawn.document),
                travel: None,
                registered_at: ctx.now,
                verified_at: None,
                changes: 0,
                list: None,
            },
            limit: self.programme().people_per_account(ctx.today()),
            tally: Some(Tally {
                // Registrations have no place; sixteen rows keep them from queuing on one.
                facility: -1 - i64::from(account.bucket.0 % 16),
                on: ctx.today(),
                measure: format!("registered|{}|{}", details.gender.label(), age_band(age)),
                count: 1,
            }),
            message: None,
            idempotency: drawn.idempotency,
            account: seal_account(account, drawn.mobile, account_key, mobile, ctx.now),
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
        self.open_people(ctx, OWN, records).await
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
        let mobile = self.mobile_of(ctx, OWN_MOBILE, account).await?;
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
        self.open_person(ctx, OWN, record).await
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
        let document = Secret::new(details.document.index_text());
        let plain = plain_details(details);
        let (index, sealed) = try_join(
            async { Ok(self.vault.index(Index::IdentityDocument, document.expose()).await?) },
            self.seal_fields(&record.beneficiary, &plain),
        )
        .await?;
        let details = sealed_details(sealed, index);
        let amendment = Amendment { account, beneficiary: id, details, at: ctx.now };
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
    /// a dose or an appointment, [`Error::NotErasable`] while the record is held.
    pub async fn remove(&self, ctx: &Ctx, id: BeneficiaryId) -> Result<()> {
        let account = ctx.resident()?;
        let own = self.store.person(id).await?;
        let own = own.is_some_and(|record| record.beneficiary.account == account.uuid);
        if own && self.is_held(id).await? {
            return Err(store::NotErasable::Held.into());
        }
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
        let people: Vec<_> =
            people.iter().map(|(mobile, details)| (mobile, details, None)).collect();
        let enrolments = self.enrolments(ctx, &people).await?;
        Ok(self.store.enrol(&enrolments).await?)
    }
}

/// The ids of somebody who is to be enrolled, and what they are found again by.
struct Drawn {
    account: AccountId,
    id: BeneficiaryId,
    mobile: BlindIndex,
    document: BlindIndex,
    idempotency: Option<Idempotency>,
}

fn first_eight(digest: &[u8; 32]) -> [u8; 8] {
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    first
}

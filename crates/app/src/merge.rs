//! One person registered twice: the resident makes one record of the two. The doses of both are one
//! series then, every certificate of both is withdrawn and each dose has a new one.

use domain::{
    id::{AccountId, BeneficiaryId, StaffId},
    merge::{NotMergeable, check_same_person, one_series},
    schedule::Standing,
};
use jiff::Timestamp;
use store::{
    ClaimRow, Idempotency, Merge, MergedRecord, Message, NotMerged, PersonRecord, Planned, Tally,
    UnfinishedMerge,
};
use uuid::Uuid;
use vault::Purpose;

use crate::{Ctx, Error, Platform, Result, doses::dose_tally, opened::Person};

/// How many stopped merges are brought to an end in one round.
const ENDED_AT_ONCE: u32 = 100;

/// The record that goes, and what shows that the resident may let it go.
#[derive(Clone, Copy)]
pub enum Other<'a> {
    /// It is in their own account.
    Mine(BeneficiaryId),
    /// They know its number and the code of one of its appointments.
    Shown {
        /// The reference number.
        reference: &'a str,
        /// The four-digit code.
        code: &'a str,
    },
}

/// The record that goes, as it is now.
enum Found {
    Here(BeneficiaryId),
    Gone(Box<MergedRecord>),
}

/// A merge as it was asked for.
#[derive(Clone, Copy)]
struct Asked {
    id: Uuid,
    by: Option<StaffId>,
    idempotency: Option<Idempotency>,
}

impl Platform {
    /// Merges another record of the same person into one of the resident who asks. Asking twice
    /// merges once.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if a record is not there or not in the account; [`Error::WrongPresence`]
    /// and [`Error::TooMany`] as for [`Platform::present_code`]; [`Error::NotMergeable`] if they are
    /// not the same person's or their doses are no series; [`Error::NotMerged`] while a record has an
    /// appointment, or went into another one.
    pub async fn merge_mine(
        &self,
        ctx: &Ctx,
        stays: BeneficiaryId,
        other: &Other<'_>,
        idempotency_key: Option<&str>,
    ) -> Result<()> {
        let account = ctx.resident()?;
        self.record_of(account, stays).await?;
        let goes = match self.other_record(ctx, account, other).await? {
            Found::Here(id) => id,
            Found::Gone(gone) => return gone_before(&gone, stays),
        };
        let request = idempotency_key.map(|key| self.merge_request(account, (goes, stays), key));
        match self.merge_once(ctx, account, (goes, stays), request).await {
            // Somebody was quicker: once more, from what is there now.
            Err(Error::NotMerged(NotMerged::Changed)) => {
                self.merge_once(ctx, account, (goes, stays), request).await
            }
            outcome => outcome,
        }
    }

    async fn merge_once(
        &self,
        ctx: &Ctx,
        account: AccountId,
        (goes, stays): (BeneficiaryId, BeneficiaryId),
        idempotency: Option<Idempotency>,
    ) -> Result<()> {
        let goes = self.person(goes).await?.ok_or(Error::NotFound)?;
        let stays = self.record_of(account, stays).await?;
        let asked = Asked { id: ctx.random_uuid(), by: None, idempotency };
        let merge = self.plan_merge(ctx, goes, stays, asked)?;
        match self.store.merge(&[merge]).await?.pop() {
            Some(Err(NotMerged::NoSuchBeneficiary)) | None => Err(Error::NotFound),
            Some(outcome) => Ok(outcome.map(drop)?),
        }
    }

    /// The record that goes, if it is shown that the resident may let it go. One that went before is
    /// shown the same way.
    async fn other_record(
        &self,
        ctx: &Ctx,
        account: AccountId,
        other: &Other<'_>,
    ) -> Result<Found> {
        let (id, refusal) = match *other {
            Other::Mine(id) => (id, Error::NotFound),
            Other::Shown { reference, .. } => {
                // Counted before it is looked at: of many tries at once, no more than the limit count.
                self.count_presence(ctx, reference).await?;
                (self.by_reference(reference).ok_or(Error::WrongPresence)?, Error::WrongPresence)
            }
        };
        let shown = |of: Uuid, claims: &[ClaimRow]| match *other {
            Other::Mine(_) => of == account.uuid,
            Other::Shown { code, .. } => self.has_code(claims, None, code),
        };
        if let Some(record) = self.person(id).await? {
            let shown = shown(record.beneficiary.account, &record.claims);
            return if shown { Ok(Found::Here(id)) } else { Err(refusal) };
        }
        let gone = self.store.merged(&[id]).await?.pop().flatten();
        let gone = gone.filter(|gone| shown(gone.beneficiary.account, &gone.claims));
        gone.map(|gone| Found::Gone(Box::new(gone))).ok_or(refusal)
    }

    fn merge_request(
        &self,
        account: AccountId,
        (goes, stays): (BeneficiaryId, BeneficiaryId),
        key: &str,
    ) -> Idempotency {
        let mac = |parts: &[&[u8]]| self.vault.mac(Purpose::IdempotencyKey, parts);
        Idempotency {
            key: mac(&[b"merge", account.uuid.as_bytes(), key.as_bytes()]),
            request: mac(&[b"merge", &goes.person_bytes(), &stays.person_bytes()]),
        }
    }

    /// A merge with its certificates, sealed.
    fn plan_merge(
        &self,
        ctx: &Ctx,
        goes: PersonRecord,
        stays: PersonRecord,
        asked: Asked,
    ) -> Result<Merge> {
        let key = self.key_of(&stays.beneficiary)?;
        let (goes, mut stays) = (self.open_person(goes)?, self.open_person(stays)?);
        if goes.id == stays.id {
            return Err(NotMergeable::SameRecord.into());
        }
        check_same_person(&goes.details, &stays.details)?;
        let planned = (planned(&goes), planned(&stays));
        let standing = Standing {
            birth_year: stays.details.birth_year,
            comorbidity: stays.details.comorbidity,
            doses: &stays.doses,
        };
        let series = one_series(&self.programme(), &goes.doses, &standing, stays.id, ctx.now)?;
        let before = [&goes, &stays].into_iter().flat_map(|person| counted(person, -1));
        let before: Vec<_> = before.collect();
        stays.doses.clone_from(&series);
        let tallies = moved(before.into_iter().chain(counted(&stays, 1)));
        let certificate = |dose| self.reissue(ctx, &key, &stays, dose).map(|new| new.certificate);
        let certificates = series.iter().map(certificate).collect::<Result<_>>()?;
        let text = "Two records of one person are one now. The new certificate is ready in the \
                    portal, and those from before are no longer valid. - CoWIN";
        Ok(Merge {
            id: asked.id,
            goes: planned.0,
            stays: planned.1,
            account: stays.account,
            by: asked.by,
            idempotency: asked.idempotency,
            certificates,
            tallies,
            message: Some(self.message_to_account(ctx, stays.account, "merge", text.to_owned())),
            farewell: self.farewell(ctx, goes.account, Some(stays.account)),
            series,
            at: ctx.now,
        })
    }

    /// What the account of the record that went is told, if it is another one.
    fn farewell(&self, ctx: &Ctx, account: AccountId, stays: Option<AccountId>) -> Option<Message> {
        let text = "A record of your account was merged into another record of the same person. Its \
                    certificates are no longer valid; the new ones are with the other record. - CoWIN";
        (stays != Some(account))
            .then(|| self.message_to_account(ctx, account, "merge", text.to_owned()))
    }

    /// Brings merges to an end that stopped between two steps. Gives how many.
    pub(crate) async fn end_merges(&self, ctx: &Ctx, stale: Timestamp) -> Result<u32> {
        let mut ended = 0;
        for stopped in self.store.unfinished_merges(stale, ctx.now, ENDED_AT_ONCE).await? {
            ended += u32::from(self.end_merge(ctx, stopped).await?);
        }
        Ok(ended)
    }

    /// Completes a merge from what is on record now; if that cannot be, gives the record back.
    async fn end_merge(&self, ctx: &Ctx, stopped: UnfinishedMerge) -> Result<bool> {
        let UnfinishedMerge { key, beneficiary, doses, by, idempotency, decided } = stopped;
        let stays = self.person(key.stays).await?;
        let account = |id: BeneficiaryId, uuid| AccountId { bucket: id.bucket(), uuid };
        let into = stays.as_ref().map(|one| account(key.stays, one.beneficiary.account));
        let farewell = self.farewell(ctx, account(key.goes, beneficiary.account), into);
        if let Some(stays) = stays.filter(|_| !decided) {
            let goes = PersonRecord { beneficiary, claims: Vec::new(), doses };
            let asked = Asked { id: key.id, by, idempotency };
            // If a rule or a key stands against it now, the record is given back below.
            if let Ok(merge) = self.plan_merge(ctx, goes, stays, asked) {
                match self.store.complete_merge(&merge).await? {
                    Ok(()) => return Ok(true),
                    // In the next round, from what is there then.
                    Err(NotMerged::Changed) => return Ok(false),
                    Err(_) => {}
                }
            }
        }
        self.store.end_merge(&key, farewell.as_ref(), ctx.now).await?;
        Ok(true)
    }
}

/// What is answered about a record that went before.
fn gone_before(gone: &MergedRecord, stays: BeneficiaryId) -> Result<()> {
    match gone {
        MergedRecord { settled: false, .. } => Err(NotMerged::InProgress.into()),
        MergedRecord { into, .. } if *into == stays => Ok(()),
        MergedRecord { .. } => Err(NotMerged::Gone.into()),
    }
}

fn planned(person: &Person) -> Planned {
    Planned {
        beneficiary: person.id,
        changes: person.changes,
        doses: person.doses.iter().map(|dose| dose.id).collect(),
    }
}

fn counted(person: &Person, count: i64) -> impl Iterator<Item = Tally> + '_ {
    person.doses.iter().map(move |dose| dose_tally(dose, person, count))
}

/// The counts that move, in order, so that those who count the same do not wait in a circle.
fn moved(tallies: impl Iterator<Item = Tally>) -> Vec<Tally> {
    let mut moved: Vec<Tally> = Vec::new();
    for tally in tallies {
        let same = |one: &&mut Tally| {
            (one.facility, one.on, &one.measure) == (tally.facility, tally.on, &tally.measure)
        };
        match moved.iter_mut().find(same) {
            Some(one) => one.count += tally.count,
            None => moved.push(tally),
        }
    }
    moved.retain(|tally| tally.count != 0);
    moved.sort();
    moved
}

//! One person registered twice: one record is made of the two, by the resident or by staff before whom
//! they stand. The doses of both are one series then, every certificate of both is withdrawn and each
//! dose has a new one.

mod desk;
mod ending;
pub mod other;

use domain::{
    dose::Dose,
    id::{AccountId, BeneficiaryId, StaffId},
    merge::{NotMergeable, check_same_person, one_series},
    schedule::Standing,
};
use store::{
    ClaimRow, ClaimState, Idempotency, Merge, MergedRecord, Message, NotMerged, PersonRecord,
    Planned, Tally,
};
use uuid::Uuid;
use vault::Purpose;

use self::other::{Found, Other, shown_to_me};
use crate::{
    Ctx, Error, Platform, Result,
    access::opening::Whom,
    doses::dose_tally,
    opened::{Person, REASON},
    view::{COMPARE, MERGE},
};

/// Two records of one person, and what would become of them.
///
/// # Privacy
///
/// Holds everything about the person: for the answer to who may see both records, then gone.
pub struct Outlook {
    /// The record that would stay.
    pub stays: Person,
    /// The record that would go.
    pub goes: Person,
    /// The doses of the record that stays afterwards, in order of number.
    pub series: Vec<Dose>,
}

/// The record that goes and the one that stays; the latter in an account, if that counts.
#[derive(Clone, Copy)]
struct Pair {
    goes: BeneficiaryId,
    stays: BeneficiaryId,
    account: Option<AccountId>,
}

/// A merge as it was asked for.
#[derive(Clone, Copy, Default)]
struct Asked<'a> {
    by: Option<StaffId>,
    reason: Option<&'a str>,
    idempotency: Option<Idempotency>,
}

impl Platform {
    /// Merges another record of the same person into one of the resident who asks. Asking twice
    /// merges once.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if a record is not there or not in the account; [`Error::WrongPresence`]
    /// and [`Error::TooMany`] as for [`Platform::present_code`]; [`Error::CodeExpired`] if a proof is
    /// too old; [`Error::NotMergeable`] if they are not the same person's or their doses are no
    /// series; [`Error::NotMerged`] while a record has an appointment, or went into another one.
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
        let ctx = &shown_to_me(ctx, Whom::Person(goes.person_uuid()))?;
        let pair = Pair { goes, stays, account: Some(account) };
        let idempotency = idempotency_key.map(|key| self.merge_request(account.uuid, pair, key));
        self.merge_pair(ctx, pair, Asked { idempotency, ..Asked::default() }).await
    }

    /// What would become of another record and one of the resident who asks, if they were merged.
    ///
    /// # Errors
    ///
    /// As [`Platform::merge_mine`].
    pub async fn look_at_mine(
        &self,
        ctx: &Ctx,
        stays: BeneficiaryId,
        other: &Other<'_>,
    ) -> Result<Outlook> {
        let account = ctx.resident()?;
        self.record_of(account, stays).await?;
        match self.other_record(ctx, account, other).await? {
            Found::Here(goes) => {
                let ctx = &shown_to_me(ctx, Whom::Person(goes.person_uuid()))?;
                self.outlook(ctx, Pair { goes, stays, account: Some(account) }).await
            }
            Found::Gone(_) => Err(NotMerged::Gone.into()),
        }
    }

    async fn outlook(&self, ctx: &Ctx, pair: Pair) -> Result<Outlook> {
        let (goes, stays) = self.records(pair).await?;
        let both = self.open_people(ctx, COMPARE, vec![goes, stays]).await?;
        let [goes, stays] = both.try_into().map_err(|_| Error::NotFound)?;
        let mut claims = goes.claims.iter().chain(&stays.claims);
        let missed =
            |claim: &ClaimRow| claim.state == ClaimState::Confirmed && claim.on < ctx.today();
        if claims.any(|claim| claim.state != ClaimState::Done && !missed(claim)) {
            return Err(NotMerged::Booked.into());
        }
        let series = self.series_of(ctx, &goes, &stays)?;
        Ok(Outlook { stays, goes, series })
    }

    async fn merge_pair(&self, ctx: &Ctx, pair: Pair, asked: Asked<'_>) -> Result<()> {
        match self.merge_once(ctx, pair, asked).await {
            // Somebody was quicker: once more, from what is there now.
            Err(Error::NotMerged(NotMerged::Changed)) => self.merge_once(ctx, pair, asked).await,
            outcome => outcome,
        }
    }

    async fn merge_once(&self, ctx: &Ctx, pair: Pair, asked: Asked<'_>) -> Result<()> {
        let records = self.records(pair).await?;
        let merge = self.plan_merge(ctx, ctx.random_uuid(), records, asked).await?;
        match self.store.merge(&[merge]).await?.pop() {
            Some(Err(NotMerged::NoSuchBeneficiary)) | None => Err(Error::NotFound),
            Some(outcome) => Ok(outcome.map(drop)?),
        }
    }

    /// The record that goes and the one that stays.
    async fn records(&self, pair: Pair) -> Result<(PersonRecord, PersonRecord)> {
        let goes = self.person(pair.goes).await?.ok_or(Error::NotFound)?;
        let stays = match pair.account {
            Some(account) => self.record_of(account, pair.stays).await?,
            None => self.person(pair.stays).await?.ok_or(Error::NotFound)?,
        };
        Ok((goes, stays))
    }

    /// What makes a merge known that is asked for again by the same account or the same staff.
    fn merge_request(&self, asks: Uuid, pair: Pair, key: &str) -> Idempotency {
        let mac = |parts: &[&[u8]]| self.vault.mac(Purpose::IdempotencyKey, parts);
        Idempotency {
            key: mac(&[b"merge", asks.as_bytes(), key.as_bytes()]),
            request: mac(&[b"merge", &pair.goes.person_bytes(), &pair.stays.person_bytes()]),
        }
    }

    /// The doses that both have together.
    fn series_of(&self, ctx: &Ctx, goes: &Person, stays: &Person) -> Result<Vec<Dose>> {
        if goes.id == stays.id {
            return Err(NotMergeable::SameRecord.into());
        }
        check_same_person(&goes.details, &stays.details)?;
        let standing = Standing {
            birth_year: stays.details.birth_year,
            comorbidity: stays.details.comorbidity,
            doses: &stays.doses,
        };
        Ok(one_series(&self.programme(), &goes.doses, &standing, stays.id, ctx.now)?)
    }

    /// A merge with its certificates, sealed.
    async fn plan_merge(
        &self,
        ctx: &Ctx,
        id: Uuid,
        (goes, stays): (PersonRecord, PersonRecord),
        asked: Asked<'_>,
    ) -> Result<Merge> {
        let because = match asked.reason {
            Some(reason) => Some(self.seal_note(&goes.beneficiary, REASON, reason).await?),
            None => None,
        };
        let whose = vec![self.whose(&goes.beneficiary)?, self.whose(&stays.beneficiary)?];
        let keys = self.unlock(ctx, MERGE, whose).await?;
        let [old_key, key] = keys.try_into().map_err(|_| Error::NotFound)?;
        let (goes, mut stays) = (self.opened(&old_key, goes)?, self.opened(&key, stays)?);
        let series = self.series_of(ctx, &goes, &stays)?;
        let planned = (planned(&goes), planned(&stays));
        let before = [&goes, &stays].into_iter().flat_map(|person| counted(person, -1));
        let before: Vec<_> = before.collect();
        stays.doses.clone_from(&series);
        let holder = stays.holder();
        let tallies = moved(before.into_iter().chain(counted(&stays, 1)));
        let certificate = |dose| self.reissue(ctx, &key, &holder, dose).map(|new| new.certificate);
        let certificates = series.iter().map(certificate).collect::<Result<_>>()?;
        let text = "Two records of one person are one now. The new certificate is ready in the \
                    portal, and those from before are no longer valid. - CoWIN";
        Ok(Merge {
            id,
            goes: planned.0,
            stays: planned.1,
            account: stays.account,
            by: asked.by,
            because,
            idempotency: asked.idempotency,
            certificates,
            tallies,
            message: Some(self.message_to_account(ctx, stays.account, "merge", text.to_owned())),
            farewell: self.farewell(ctx, goes.account, Some(stays.account)),
            series,
            today: ctx.today(),
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
    person.doses.iter().map(move |dose| dose_tally(dose, person.counted(), count))
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

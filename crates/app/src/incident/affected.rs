//! Whom an incident affects: by a list of numbers, or by what the ledger says that an account opened.

use std::collections::BTreeSet;

use domain::id::{AccountId, BeneficiaryId, StaffId};
use futures_util::future::try_join_all;
use jiff::Timestamp;
use ledger::leaf::{Subject, entry::Act};
use store::PersonRecord;
use uuid::Uuid;
use vault::Sealed;

use super::broken;
use crate::{Ctx, Error, Platform, Result, accesses::entry_of};

/// How many lists are looked at at once.
const AT_ONCE: u32 = 200;
/// The most entries that are read of one list in one step.
const PAGE: u32 = 500;
/// How many people stand in one part of the list of those affected.
const PER_PART: usize = 1_000;

/// How it is known whom an incident affects.
#[derive(Clone, Debug)]
pub enum Affects {
    /// By their numbers.
    People {
        /// Those that were found.
        ids: Vec<BeneficiaryId>,
        /// What they were found by, in words.
        by: &'static str,
    },
    /// Whose fields an account of staff opened in a span.
    OpenedBy {
        /// The account.
        account: StaffId,
        /// From when on.
        from: Timestamp,
        /// Until before when.
        until: Timestamp,
    },
}

impl Affects {
    pub(super) fn words(&self) -> String {
        match self {
            Self::People { by, .. } => (*by).to_owned(),
            Self::OpenedBy { from, until, .. } => {
                format!(
                    "opened by one account from {from} until {until}, by the ledger of accesses"
                )
            }
        }
    }
}

/// Somebody affected: by number, and whose mobile they use.
pub(super) type Person = (BeneficiaryId, AccountId);

/// Those affected.
pub(super) struct Affected {
    /// Each once, in order of their numbers.
    pub(super) people: Vec<Person>,
    /// Of how many the list cannot be read any more.
    pub(super) unread: u64,
}

impl Platform {
    pub(super) async fn affected(&self, ctx: &Ctx, affects: &Affects) -> Result<Affected> {
        match affects {
            Affects::People { ids, .. } => {
                let ids: BTreeSet<u64> = ids.iter().map(|id| id.number()).collect();
                let ids: Vec<_> = ids.into_iter().filter_map(BeneficiaryId::from_number).collect();
                let records = self.store.persons(&ids).await?;
                if records.iter().any(Option::is_none) {
                    return Err(Error::Invalid("a number of the list is nobody's"));
                }
                let people = records.iter().flatten().map(person).collect();
                Ok(Affected { people, unread: 0 })
            }
            Affects::OpenedBy { account, from, until } => {
                self.opened_by_account(ctx, *account, (*from, *until)).await
            }
        }
    }

    /// Whose fields an account opened. That somebody's list is read for that is on record for them.
    async fn opened_by_account(
        &self,
        ctx: &Ctx,
        account: StaffId,
        (from, until): (Timestamp, Timestamp),
    ) -> Result<Affected> {
        let (mut people, mut unread, mut last) = (Vec::new(), 0, None);
        loop {
            let lists = self.store.opened_between(from, until, last, AT_ONCE).await?;
            let Some(end) = lists.last() else { break };
            last = Some(*end);
            let ids: Vec<_> = lists.iter().filter_map(|of| person_of(of.person)).collect();
            let records = self.store.persons(&ids).await?;
            unread += records.iter().filter(|record| record.is_none()).count() as u64;
            let records: Vec<_> = records.into_iter().flatten().collect();
            self.note_lists_read(ctx, &records).await?;
            let opened = records.iter().map(|record| self.did_open(record, account, (from, until)));
            for (record, opened) in records.iter().zip(try_join_all(opened).await?) {
                if opened {
                    people.push(person(record));
                }
            }
        }
        people.sort_by_key(|(id, _)| id.number());
        Ok(Affected { people, unread })
    }

    /// Whether an account opened somebody's fields in a span: whether an entry commits to it.
    async fn did_open(
        &self,
        record: &PersonRecord,
        account: StaffId,
        (from, until): (Timestamp, Timestamp),
    ) -> Result<bool> {
        let whose = self.whose(&record.beneficiary)?;
        let span = seconds(from)..=seconds(until);
        let mut last = 0;
        loop {
            let kept = self.store.accesses_after(whose.of, last, PAGE).await?;
            let Some(end) = kept.last() else { return Ok(false) };
            last = end.number;
            for one in kept {
                let bytes = whose.key.read_access(&Sealed::from_bytes(one.sealed))?.into_inner();
                let (entry, salt) = entry_of(&self.vault, &bytes)?;
                if entry.act == Act::Access
                    && span.contains(&entry.at)
                    && salt.commit(Subject::Actor, account.0.as_bytes()) == entry.actor.account
                {
                    return Ok(true);
                }
            }
        }
    }

    /// The list of those affected, in parts, sealed.
    pub(super) fn sealed_parts(&self, id: Uuid, people: &[Person]) -> Result<Vec<Vec<u8>>> {
        let parts = (0..).zip(people.chunks(PER_PART)).map(|(number, part)| {
            let part: Vec<_> =
                part.iter().map(|(id, account)| (id.number(), account.uuid)).collect();
            let plain = serde_json::to_vec(&part).map_err(|_| broken())?;
            Ok(self.vault.seal_message(&part_id(id, number), &plain))
        });
        parts.collect()
    }

    /// A part of the list of those affected; none behind the last.
    pub(super) async fn affected_part(&self, id: Uuid, number: u32) -> Result<Option<Vec<Person>>> {
        let Some(sealed) = self.store.incident_part(id, number).await? else { return Ok(None) };
        let plain = self.vault.open_message(&part_id(id, number), &sealed)?.into_inner();
        let part: Vec<(u64, Uuid)> = serde_json::from_slice(&plain).map_err(|_| broken())?;
        let person = |(number, uuid): (u64, Uuid)| {
            let id = BeneficiaryId::from_number(number)?;
            Some((id, AccountId { bucket: id.bucket(), uuid }))
        };
        let people: Option<Vec<_>> = part.into_iter().map(person).collect();
        Ok(Some(people.ok_or_else(broken)?))
    }

    /// The numbers, as the people know them, of those whom an incident affects. That the operator saw
    /// them is on record with the incident.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for anybody but the operator; [`Error::NotFound`] if there is no such
    /// incident.
    ///
    /// # Privacy
    ///
    /// Says who is affected: for the file that goes to the Board if it asks, and nobody else.
    pub async fn affected_references(&self, ctx: &Ctx, id: Uuid) -> Result<Vec<u64>> {
        ctx.only_operator()?;
        self.store.incident(id).await?.ok_or(Error::NotFound)?;
        self.record_decision(ctx, StaffId(id), "affected-shown").await?;
        let mut all = Vec::new();
        for number in 0.. {
            let Some(part) = self.affected_part(id, number).await? else { break };
            all.extend(part.into_iter().map(|(id, _)| self.reference(id)));
        }
        Ok(all)
    }
}

fn person(record: &PersonRecord) -> Person {
    let row = &record.beneficiary;
    (row.id, AccountId { bucket: row.id.bucket(), uuid: row.account })
}

/// The person whose list of accesses has this name; none for those of accounts and decisions.
fn person_of(list: Uuid) -> Option<BeneficiaryId> {
    let number = list.as_bytes().strip_prefix(b"benefici")?;
    let id = BeneficiaryId::from_number(u64::from_be_bytes(number.try_into().ok()?))?;
    (id.person_uuid() == list).then_some(id)
}

fn seconds(at: Timestamp) -> u64 {
    u64::try_from(at.as_second()).unwrap_or(0)
}

/// What a part's seal is bound to: the incident, and the part's number.
fn part_id(id: Uuid, number: u32) -> [u8; 16] {
    let mut bytes = id.into_bytes();
    // The incident's own text is sealed under the id itself.
    for (byte, of_number) in bytes[12..].iter_mut().zip((number + 1).to_be_bytes()) {
        *byte ^= of_number;
    }
    bytes
}

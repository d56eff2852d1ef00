//! The record of every opening: who opens which fields of whom, and why, is durable before anything is
//! opened. Each person has one list, whose entries are numbered and hold the commitment to the one
//! before; what many ask for at once goes down in one commit.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use domain::id::AccountId;
use futures_util::future::try_join_all;
use jiff::Timestamp;
use ledger::leaf::{
    Commitment, Opening, Salt, Subject,
    chain::ChainHead,
    entry::{Act, Actor as LeafActor, Entry},
};
use store::{
    AccessHead, AccessOf, AccessRow, Batcher, BeneficiaryRow, StaffRole, Store, StoreError,
    StoreResult,
};
use uuid::Uuid;
use vault::{Access, AccessPurpose, Field, OpenKey, PersonId, PersonKey, Purpose, Vault, Who};

use crate::{Actor, Ctx, Platform, Result};

/// How often a list is read again, if another process was quicker to add to it.
const TRIES: usize = 16;
/// How many accesses share a write at most.
const MAX_BATCH: usize = 512;

/// An access that is to be recorded.
struct Pending {
    access: Access,
    of: AccessOf,
    key: Arc<PersonKey>,
    salt: [u8; 32],
    account: Commitment,
    at: Timestamp,
}

/// An access as the batcher carries it.
pub(crate) struct Recorded(Arc<Pending>);

impl AsRef<Access> for Recorded {
    fn as_ref(&self) -> &Access {
        &self.0.access
    }
}

/// Where accesses go.
pub(crate) struct Recorder {
    batches: Batcher<Arc<Pending>, ()>,
    recorded: Arc<AtomicU64>,
}

impl Recorder {
    pub(crate) fn spawn(store: &Arc<dyn Store>) -> Self {
        let (store, recorded) = (Arc::clone(store), Arc::new(AtomicU64::new(0)));
        let count = Arc::clone(&recorded);
        let batches = Batcher::spawn(MAX_BATCH, move |items: Vec<Arc<Pending>>| {
            let (store, count) = (Arc::clone(&store), Arc::clone(&count));
            async move {
                let outcome = record_all(&*store, &items, &count).await;
                let outcomes = outcome.map(|()| vec![(); items.len()]);
                (items, outcomes)
            }
        });
        Self { batches, recorded }
    }
}

impl vault::AccessLog for Recorder {
    type Entry = Recorded;
    type Error = StoreError;

    async fn record(&self, entries: Vec<Recorded>) -> StoreResult<()> {
        let all = entries.into_iter().map(|entry| self.batches.submit(entry.0));
        try_join_all(all).await.map(drop)
    }
}

/// Records a batch, each person's accesses behind the last one of theirs.
async fn record_all(
    store: &dyn Store,
    items: &[Arc<Pending>],
    count: &AtomicU64,
) -> StoreResult<()> {
    let mut left: Vec<&Arc<Pending>> = items.iter().collect();
    // In the same order everywhere, so that two who record at once do not wait in a circle.
    left.sort_by_key(|one| (one.of.bucket.0, one.of.person));
    for _ in 0..TRIES {
        let rows = follow(store, &left).await?;
        let kept = store.put_accesses(&rows).await?;
        count.fetch_add(kept.iter().map(|kept| u64::from(*kept)).sum(), Ordering::Relaxed);
        let refused = left.iter().zip(kept).filter(|(_, kept)| !kept);
        left = refused.map(|(one, _)| *one).collect();
        if left.is_empty() {
            return Ok(());
        }
    }
    Err(StoreError::unavailable("others record accesses to the same people"))
}

/// The rows that come next in the lists of these people.
async fn follow(store: &dyn Store, items: &[&Arc<Pending>]) -> StoreResult<Vec<AccessRow>> {
    let mut people: Vec<_> = items.iter().map(|one| one.of).collect();
    people.dedup();
    let heads = store.access_heads(&people).await?;
    let heads = people.into_iter().zip(heads);
    let mut heads: HashMap<_, _> = heads.filter_map(|(of, head)| Some((of, head?))).collect();
    let mut rows = Vec::with_capacity(items.len());
    for one in items {
        let row = one.row(heads.get(&one.of).copied())?;
        heads.insert(one.of, AccessHead { number: row.number, commitment: row.commitment });
        rows.push(row);
    }
    Ok(rows)
}

impl Pending {
    /// The entry behind the last one of its person, sealed.
    fn row(&self, last: Option<AccessHead>) -> StoreResult<AccessRow> {
        let last = last
            .map(|AccessHead { number, commitment }| (number, Commitment(commitment)))
            .map(|(number, commitment)| ChainHead { number, commitment });
        let link = ChainHead::next(self.access.person.0, last);
        let (number, previous) = (link.number, link.previous.map(|previous| previous.0));
        let entry = Entry {
            act: Act::Access,
            link: Some(link),
            at: self.access.at,
            actor: LeafActor {
                role: self.access.who.role.to_owned(),
                facility: self.access.who.facility.map(facility_bytes),
                account: self.account,
            },
            purpose: self.access.purpose.label().to_owned(),
            fields: self.access.fields.iter().map(|field| field.0.to_owned()).collect(),
        };
        let opening = Opening::new(Salt(self.salt), &entry)
            .map_err(|_| StoreError::broken("an access cannot be written"))?;
        let sealed = self.key.seal_access(&opening.to_bytes()).as_bytes().to_vec();
        let commitment = opening.commitment().0;
        Ok(AccessRow { of: self.of, number, previous, commitment, sealed, at: self.at })
    }
}

/// A facility as an entry names it: eight zero bytes, its number.
pub(crate) fn facility_bytes(number: i64) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[8..].copy_from_slice(&number.to_be_bytes());
    bytes
}

/// Whose fields, and under which key.
pub(crate) struct Whose {
    pub(crate) of: AccessOf,
    owner: Uuid,
    pub(crate) key: Arc<PersonKey>,
}

impl Platform {
    /// Keys that open these fields of some people, once it is recorded that they do.
    pub(crate) async fn unlock(
        &self,
        ctx: &Ctx,
        purpose: AccessPurpose,
        fields: &'static [Field],
        people: Vec<Whose>,
    ) -> Result<Vec<OpenKey>> {
        let keys: Vec<_> = people.iter().map(|one| Arc::clone(&one.key)).collect();
        let pending = |Whose { of, owner, key }: Whose| {
            let who = who(ctx, owner);
            let access = Access {
                person: PersonId(of.person.into_bytes()),
                who,
                purpose,
                fields,
                at: u64::try_from(ctx.now.as_second()).unwrap_or(0),
            };
            let salt = ctx.random();
            let account = actor_salt(&self.vault, &salt).commit(Subject::Actor, &who.account);
            Recorded(Arc::new(Pending { access, of, key, salt, account, at: ctx.now }))
        };
        let entries = people.into_iter().map(pending).collect();
        let receipts = self.vault.record(&self.accesses, entries).await?;
        let open = keys.iter().zip(receipts).map(|(key, receipt)| Ok(key.against(receipt)?));
        open.collect()
    }

    /// The key that opens these fields of one person, once it is recorded that it does.
    pub(crate) async fn unlock_one(
        &self,
        ctx: &Ctx,
        purpose: AccessPurpose,
        fields: &'static [Field],
        row: &BeneficiaryRow,
    ) -> Result<OpenKey> {
        let whose = vec![self.whose(row)?];
        let mut open = self.unlock(ctx, purpose, fields, whose).await?;
        Ok(open.pop().expect("one receipt for one access"))
    }

    /// A person, as accesses to their fields are recorded.
    pub(crate) fn whose(&self, row: &BeneficiaryRow) -> Result<Whose> {
        let of =
            AccessOf { bucket: row.id.bucket(), person: Uuid::from_bytes(row.id.person_bytes()) };
        Ok(Whose { of, owner: row.account, key: Arc::new(self.key_of(row)?) })
    }

    /// An account, as accesses to its mobile are recorded.
    pub(crate) fn whose_mobile(&self, account: AccountId, wrapped: &[u8]) -> Result<Whose> {
        let person = PersonId(account.uuid.into_bytes());
        let key = Arc::new(self.vault.unwrap_person_key(person, wrapped)?);
        let of = AccessOf { bucket: account.bucket, person: account.uuid };
        Ok(Whose { of, owner: account.uuid, key })
    }

    /// How many accesses this process recorded. What it opened is never more; see
    /// [`vault::Vault::openings`].
    pub fn accesses_recorded(&self) -> u64 {
        self.accesses.recorded.load(Ordering::Relaxed)
    }
}

/// The salt of the commitment to who acted. It follows from that of the entry under a key, so nothing
/// is kept, and who may open the entry cannot open this.
fn actor_salt(vault: &Vault, salt: &[u8; 32]) -> Salt {
    Salt(vault.mac(Purpose::Actor, &[salt]))
}

/// Who acts, as the person may know it whose account is `owner`.
fn who(ctx: &Ctx, owner: Uuid) -> Who {
    let (role, facility, account) = match ctx.actor {
        Actor::Resident { account } if account.uuid == owner => ("resident", None, account.uuid),
        Actor::Resident { account } => ("other-resident", None, account.uuid),
        Actor::Staff(staff) => (role_label(staff.role), staff.facility, staff.id.0),
        Actor::StateProgram { .. } => ("state-program", None, ctx.staff_id().0),
        Actor::System => ("platform", None, Uuid::nil()),
        Actor::Anyone => ("visitor", None, Uuid::nil()),
    };
    Who { role, facility: facility.map(|one| one.0), account: account.into_bytes() }
}

const fn role_label(role: StaffRole) -> &'static str {
    match role {
        StaffRole::Vaccinator => "vaccinator",
        StaffRole::FacilityManager => "facility-manager",
        StaffRole::DistrictOfficer => "district-officer",
        StaffRole::Auditor => "auditor",
    }
}

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

use domain::id::{AccountId, HomeBucket, StaffId};
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
use vault::{Access, Field, NotDone, OpenKey, PersonId, PersonKey, Purpose, Vault, Who};

use crate::{
    Actor, Ctx, Error, Platform, Result,
    access::opening::{Asked, Target, capacity, fields_open, may_open},
    error::BrokenCause,
    view::View,
};

/// How often a list is read again, if another process was quicker to add to it.
const TRIES: usize = 16;
/// How many accesses share a write at most.
const MAX_BATCH: usize = 512;

/// An access that is to be recorded.
struct Pending {
    act: Act,
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
    batches: Batcher<Arc<Pending>, Vec<u8>>,
    recorded: Arc<AtomicU64>,
}

impl Recorder {
    pub(crate) fn spawn(store: &Arc<dyn Store>) -> Self {
        let (store, recorded) = (Arc::clone(store), Arc::new(AtomicU64::new(0)));
        let count = Arc::clone(&recorded);
        let batches = Batcher::spawn(MAX_BATCH, move |items: Vec<Arc<Pending>>| {
            let (store, count) = (Arc::clone(&store), Arc::clone(&count));
            async move {
                let outcomes = record_all(&*store, &items, &count).await;
                (items, outcomes)
            }
        });
        Self { batches, recorded }
    }
}

impl vault::AccessLog for Recorder {
    type Entry = Recorded;
    type Error = StoreError;

    async fn record(&self, entries: Vec<Recorded>) -> StoreResult<Vec<Vec<u8>>> {
        let all = entries.into_iter().map(|entry| self.batches.submit(entry.0));
        try_join_all(all).await
    }
}

/// Records a batch, each person's accesses behind the last one of theirs; gives salt and entry of each.
async fn record_all(
    store: &dyn Store,
    items: &[Arc<Pending>],
    count: &AtomicU64,
) -> StoreResult<Vec<Vec<u8>>> {
    let mut evidence = vec![Vec::new(); items.len()];
    let mut left: Vec<usize> = (0..items.len()).collect();
    // In the same order everywhere, so that two who record at once do not wait in a circle.
    left.sort_by_key(|place| (items[*place].of.bucket.0, items[*place].of.person));
    for _ in 0..TRIES {
        let pending: Vec<_> = left.iter().map(|place| &items[*place]).collect();
        let (openings, rows) = follow(store, &pending).await?;
        let kept = store.put_accesses(&rows).await?;
        count.fetch_add(kept.iter().map(|kept| u64::from(*kept)).sum(), Ordering::Relaxed);
        let mut refused = Vec::new();
        for ((place, opening), kept) in left.into_iter().zip(openings).zip(kept) {
            if kept { evidence[place] = opening } else { refused.push(place) }
        }
        left = refused;
        if left.is_empty() {
            return Ok(evidence);
        }
    }
    Err(StoreError::unavailable("others record accesses to the same people"))
}

/// The entries that come next in the lists of these people, and their rows.
async fn follow(
    store: &dyn Store,
    items: &[&Arc<Pending>],
) -> StoreResult<(Vec<Vec<u8>>, Vec<AccessRow>)> {
    let mut people: Vec<_> = items.iter().map(|one| one.of).collect();
    people.dedup();
    let heads = store.access_heads(&people).await?;
    let heads = people.into_iter().zip(heads);
    let mut heads: HashMap<_, _> = heads.filter_map(|(of, head)| Some((of, head?))).collect();
    let (mut openings, mut rows) = (Vec::new(), Vec::with_capacity(items.len()));
    for one in items {
        let (opening, row) = one.row(heads.get(&one.of).copied())?;
        heads.insert(one.of, AccessHead { number: row.number, commitment: row.commitment });
        openings.push(opening);
        rows.push(row);
    }
    Ok((openings, rows))
}

impl Pending {
    /// The entry behind the last one of its person, open and sealed.
    fn row(&self, last: Option<AccessHead>) -> StoreResult<(Vec<u8>, AccessRow)> {
        let entry = Entry {
            act: self.act,
            link: None,
            at: self.access.at,
            actor: LeafActor {
                role: self.access.who.role.to_owned(),
                facility: self.access.who.facility.map(facility_bytes),
                account: self.account,
            },
            purpose: self.access.purpose.to_owned(),
            fields: self.access.fields.iter().map(|field| field.0.to_owned()).collect(),
        };
        let next = chained(self.of, last, self.salt, entry)
            .ok_or_else(|| StoreError::broken("an access cannot be written"))?;
        let bytes = next.opening.to_bytes();
        let sealed = self.key.seal_access(&bytes).as_bytes().to_vec();
        Ok((bytes, next.row(sealed, self.at)))
    }
}

/// An entry in its place in a list.
pub(crate) struct Chained {
    of: AccessOf,
    pub(crate) number: u64,
    previous: Option<[u8; 32]>,
    pub(crate) opening: Opening,
}

impl Chained {
    /// Its row, with what is kept of it sealed.
    pub(crate) fn row(&self, sealed: Vec<u8>, at: Timestamp) -> AccessRow {
        let commitment = self.opening.commitment().0;
        AccessRow {
            of: self.of,
            number: self.number,
            previous: self.previous,
            commitment,
            sealed,
            at,
        }
    }
}

/// An entry that has no link yet, behind the last one of a list; none if it cannot be written.
pub(crate) fn chained(
    of: AccessOf,
    last: Option<AccessHead>,
    salt: [u8; 32],
    entry: Entry,
) -> Option<Chained> {
    let last = last.map(|AccessHead { number, commitment }| ChainHead {
        number,
        commitment: Commitment(commitment),
    });
    let link = ChainHead::next(of.person.into_bytes(), last);
    let (number, previous) = (link.number, link.previous.map(|previous| previous.0));
    let opening = Opening::new(Salt(salt), &Entry { link: Some(link), ..entry }).ok()?;
    Some(Chained { of, number, previous, opening })
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
    /// Keys that open these fields of some people, if they may be opened, once it is recorded that they
    /// are. Every opening of a person's fields comes through here.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] if one of them may not be opened: then none is, and nothing is recorded.
    pub(crate) async fn unlock(
        &self,
        ctx: &Ctx,
        view: View,
        people: Vec<Whose>,
    ) -> Result<Vec<OpenKey>> {
        let opened = self.unlock_each(ctx, view, people).await?;
        Ok(opened.into_iter().collect::<std::result::Result<_, _>>()?)
    }

    /// As [`Platform::unlock`], but who does not open keeps nobody else closed.
    pub(crate) async fn unlock_each(
        &self,
        ctx: &Ctx,
        view: View,
        people: Vec<Whose>,
    ) -> Result<Vec<std::result::Result<OpenKey, NotDone>>> {
        allow_opening(ctx, view, &people)?;
        self.came_upon(ctx, people.iter().map(|whose| whose.of.person)).await?;
        let keys: Vec<_> = people.iter().map(|one| Arc::clone(&one.key)).collect();
        let said = (view.purpose.name(), view.fields);
        let pending = |whose| Recorded(self.pending(ctx, Act::Access, whose, said));
        let entries = people.into_iter().map(pending).collect();
        let receipts = self.vault.record(&self.accesses, entries).await?;
        Ok(self.vault.open(keys.into_iter().zip(receipts).collect()).await?)
    }

    /// Records what was decided about an account of staff or of a program, in that account's own list.
    pub(crate) async fn record_decision(
        &self,
        ctx: &Ctx,
        about: StaffId,
        decision: &'static str,
    ) -> Result<()> {
        let bytes = about.0.into_bytes();
        let bucket = HomeBucket(u16::from_be_bytes([bytes[0], bytes[1]]));
        let list = Whose {
            of: AccessOf { bucket, person: about.0 },
            owner: Uuid::nil(),
            key: Arc::new(self.vault.decision_key(PersonId(bytes))),
        };
        let pending = self.pending(ctx, Act::Decision, list, (decision, &[]));
        self.accesses.batches.submit(pending).await?;
        Ok(())
    }

    /// Records an access that opens no field, in somebody's list.
    pub(crate) async fn note_access(
        &self,
        ctx: &Ctx,
        whose: Whose,
        (purpose, fields): (domain::purpose::Purpose, &'static [Field]),
    ) -> Result<()> {
        let pending = self.pending(ctx, Act::Access, whose, (purpose.name(), fields));
        self.accesses.batches.submit(pending).await?;
        Ok(())
    }

    /// What is to be recorded in somebody's list, now and of who acts.
    fn pending(
        &self,
        ctx: &Ctx,
        act: Act,
        Whose { of, owner, key }: Whose,
        (purpose, fields): (&'static str, &'static [Field]),
    ) -> Arc<Pending> {
        let (who, salt) = (who(ctx, owner), ctx.random());
        let account = actor_salt(&self.vault, &salt).commit(Subject::Actor, &who.account);
        let person = PersonId(of.person.into_bytes());
        let at = u64::try_from(ctx.now.as_second()).unwrap_or(0);
        let access = Access { person, who, purpose, fields, at };
        Arc::new(Pending { act, access, of, key, salt, account, at: ctx.now })
    }

    /// The key that opens these fields of one person, once it is recorded that it does.
    pub(crate) async fn unlock_one(
        &self,
        ctx: &Ctx,
        view: View,
        row: &BeneficiaryRow,
    ) -> Result<OpenKey> {
        self.unlock_with(ctx, view, row, Arc::new(self.key_of(row)?)).await
    }

    /// The same with the person's key, if it was unwrapped already.
    pub(crate) async fn unlock_with(
        &self,
        ctx: &Ctx,
        view: View,
        row: &BeneficiaryRow,
        key: Arc<PersonKey>,
    ) -> Result<OpenKey> {
        let mut open = self.unlock(ctx, view, vec![whose(row, key)]).await?;
        Ok(open.pop().expect("one receipt for one access"))
    }

    /// A person, as accesses to their fields are recorded.
    pub(crate) fn whose(&self, row: &BeneficiaryRow) -> Result<Whose> {
        Ok(whose(row, Arc::new(self.key_of(row)?)))
    }

    /// An account, as accesses to its mobile are recorded.
    pub(crate) fn whose_mobile(&self, account: AccountId, wrapped: &[u8]) -> Result<Whose> {
        let person = PersonId(account.uuid.into_bytes());
        let key = Arc::new(self.vault.person_key(person, wrapped)?);
        let of = AccessOf { bucket: account.bucket, person: account.uuid };
        Ok(Whose { of, owner: account.uuid, key })
    }

    /// A report, as accesses to it are recorded: it is of no account.
    pub(crate) fn whose_report(&self, of: AccessOf, wrapped: &[u8]) -> Result<Whose> {
        let key = self.vault.person_key(PersonId(of.person.into_bytes()), wrapped)?;
        Ok(Whose { of, owner: Uuid::nil(), key: Arc::new(key) })
    }

    /// How many accesses and decisions this process recorded. What it opened is never more; see
    /// [`vault::Vault::openings`].
    pub fn accesses_recorded(&self) -> u64 {
        self.accesses.recorded.load(Ordering::Relaxed)
    }
}

/// A person whose key was unwrapped, as accesses to their fields are recorded.
fn whose(row: &BeneficiaryRow, key: Arc<PersonKey>) -> Whose {
    let of = AccessOf { bucket: row.id.bucket(), person: row.id.person_uuid() };
    Whose { of, owner: row.account, key }
}

/// Says whether all of these people's fields may be opened.
fn allow_opening(ctx: &Ctx, view: View, people: &[Whose]) -> Result<()> {
    let who = capacity(ctx.actor, view.purpose).ok_or(Error::Unauthenticated)?;
    let fields = view.fields.iter().map(|field| field.0);
    let opens = |whose: &Whose| {
        may_open(&Asked {
            actor: ctx.actor,
            now: ctx.now,
            purpose: view.purpose,
            target: Target { person: whose.of.person, account: whose.owner },
            grounds: ctx.grounds(),
        })
    };
    let may = fields_open(who, view.purpose, fields) && people.iter().all(opens);
    if may { Ok(()) } else { Err(Error::Forbidden) }
}

/// The salt of the commitment to who acted. It follows from that of the entry under a key, so nothing
/// is kept, and who may open the entry cannot open this.
pub(crate) fn actor_salt(vault: &Vault, salt: &[u8; 32]) -> Salt {
    Salt(vault.mac(Purpose::Actor, &[salt]))
}

/// What an opened entry of a list says, and the salt under which it commits to who acted.
pub(crate) fn entry_of(vault: &Vault, opened: &[u8]) -> Result<(Entry, Salt)> {
    let broken = || Error::Broken(BrokenCause::Seal);
    let salt = opened.first_chunk::<32>().ok_or_else(broken)?;
    let opening = Opening::from_bytes(opened).ok_or_else(broken)?;
    Ok((opening.entry().map_err(|_| broken())?, actor_salt(vault, salt)))
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

/// A role as entries name it.
pub(crate) const fn role_label(role: StaffRole) -> &'static str {
    match role {
        StaffRole::Vaccinator => "vaccinator",
        StaffRole::FacilityManager => "facility-manager",
        StaffRole::DistrictOfficer => "district-officer",
        StaffRole::Auditor => "auditor",
    }
}

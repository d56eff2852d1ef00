//! The ends of all lists of accesses, as a map that is said in the log once an hour: whoever has their
//! list can prove that it ends where the map says, and the map adds up to the size of the log, so that
//! no access can be kept from whom it is about.
//!
//! What is needed for that is beside the log, in a folder that nobody is served: for each leaf whose it
//! is, by a keyed digest, and the parts of the map. All of it can be made anew from the store, while it
//! has every entry.

mod files;

use std::path::PathBuf;

use jiff::SignedDuration;
use ledger::{
    heads::{Head, PURPOSE, Said, root},
    leaf::{
        Commitment, Opening, Subject,
        entry::{Act, Actor as LeafActor, Entry},
    },
};
use store::{AccessHead, AccessOf, KeptAccess, LeafPlan, StoreError};
use uuid::{Uuid, uuid};
use vault::Purpose;

use self::files::{Grown, Ungrown};
pub(crate) use self::files::{read_map, read_part};
use crate::{
    Ctx, Error, Platform, Result,
    access_log::{LogWorker, blocking},
    accesses::{actor_salt, chained},
    error::BrokenCause,
};

/// Whose list says what the ends are: nobody's, and of no version that ids of people have.
const CHAINS: Uuid = uuid!("7465656b-612f-8368-a169-6e7300000000");
/// How often it is said.
const PAUSE: SignedDuration = SignedDuration::from_hours(1);
/// How often the list is read again, if another process was quicker to add to it.
const TRIES: usize = 16;
/// How many entries are read at once where the files are made anew.
const PAGE: u32 = 5_000;

/// What was said of the ends, and where it is in the log.
pub(crate) struct SaidAt {
    pub(crate) said: Said,
    pub(crate) opening: Opening,
    pub(crate) leaf: Option<u64>,
    at: u64,
}

fn broken() -> Error {
    Error::Broken(BrokenCause::Chains)
}

impl Platform {
    /// The folder of what is needed for the map; none without a log.
    pub(crate) fn chains_folder(&self) -> Option<PathBuf> {
        let log = self.settings.access_log.as_ref()?;
        let name = log.file_name()?.to_string_lossy().into_owned();
        Some(log.with_file_name(format!("{name}-chains")))
    }

    /// By what a list is known in the map.
    pub(crate) fn chain_key(&self, of: AccessOf) -> [u8; 32] {
        self.vault.mac(Purpose::Chain, &[of.person.as_bytes()])
    }

    /// Notes whose the leaves of a plan are, before the plan ends.
    pub(crate) async fn note_chains(&self, plan: &LeafPlan) -> Result<()> {
        let Some(folder) = self.chains_folder() else { return Ok(()) };
        let head = |leaf: &store::PlannedLeaf| Head {
            key: self.chain_key(leaf.of),
            number: leaf.number,
            last: Commitment(leaf.commitment),
        };
        let leaves = (plan.first..).zip(plan.leaves.iter().map(head)).collect();
        blocking(move || files::note(&folder, leaves)).await?.map_err(|_| broken())
    }

    /// Says in the log where all lists end, if an hour is over since that was said last and the log has
    /// grown. Gives whether it was said.
    ///
    /// # Errors
    ///
    /// If the store or the files are not available; then it is done by the next turn.
    /// [`Error::Broken`] if the lists do not add up to the log.
    pub async fn publish_chain_heads(&self, ctx: &Ctx, worker: &mut LogWorker) -> Result<bool> {
        let Some(folder) = self.chains_folder() else { return Ok(false) };
        if !worker.looks_at_ends(ctx.now) {
            return Ok(false);
        }
        let last = self.said_last().await?;
        let now = u64::try_from(ctx.now.as_second()).unwrap_or(0);
        let pause = u64::try_from(PAUSE.as_secs()).unwrap_or(0);
        if last.as_ref().is_some_and(|last| now < last.at.saturating_add(pause)) {
            return Ok(false);
        }
        let Some(size) = worker.settled(self, ctx).await? else { return Ok(false) };
        // What was said last time is a leaf, too, and nothing to speak of by itself.
        if last.as_ref().is_some_and(|last| size <= last.said.size + 1) || size == 0 {
            return Ok(false);
        }
        let said = self.grown(folder, size).await?;
        self.record_said(ctx, &said).await?;
        Ok(true)
    }

    async fn grown(&self, folder: PathBuf, size: u64) -> Result<Said> {
        let grow = |folder: PathBuf| blocking(move || files::grow(&folder, size));
        let grown = match grow(folder.clone()).await? {
            Err(Ungrown::Missing) => {
                self.make_anew(&folder).await?;
                grow(folder).await?
            }
            grown => grown,
        };
        let Grown { parts } = grown.map_err(|_| broken())?;
        let root = root(&parts).ok_or_else(broken)?;
        // Each leaf is of one list: otherwise one of them is not told of, or told twice.
        if root.sum != size {
            return Err(broken());
        }
        Ok(Said { size, chains: root.chains, root: root.hash })
    }

    /// Notes whose each leaf is, from the store.
    async fn make_anew(&self, folder: &std::path::Path) -> Result<()> {
        let mut last = None;
        loop {
            let some = self.store.logged_accesses(last, PAGE).await?;
            let Some(end) = some.last() else { return Ok(()) };
            last = Some((end.1.of, end.1.number));
            let heads: Vec<_> = some
                .iter()
                .map(|(leaf, one)| {
                    let (key, last) = (self.chain_key(one.of), Commitment(one.commitment));
                    (*leaf, Head { key, number: one.number, last })
                })
                .collect();
            let folder = folder.to_owned();
            blocking(move || files::note(&folder, heads)).await?.map_err(|_| broken())?;
        }
    }

    async fn record_said(&self, ctx: &Ctx, said: &Said) -> Result<()> {
        let of = self.chains_list();
        for _ in 0..TRIES {
            let last = self.store.access_heads(&[of]).await?.pop().flatten();
            let row = self.said_row(ctx, said, last)?;
            if self.store.put_accesses(&[row]).await? == [true] {
                return Ok(());
            }
        }
        Err(StoreError::unavailable("others say where the lists end").into())
    }

    fn said_row(
        &self,
        ctx: &Ctx,
        said: &Said,
        last: Option<AccessHead>,
    ) -> Result<store::AccessRow> {
        let salt: [u8; 32] = ctx.random();
        let account = actor_salt(&self.vault, &salt).commit(Subject::Actor, &[0; 16]);
        let entry = Entry {
            act: Act::Decision,
            link: None,
            at: u64::try_from(ctx.now.as_second()).unwrap_or(0),
            actor: LeafActor { role: "platform".to_owned(), facility: None, account },
            purpose: PURPOSE.to_owned(),
            fields: said.fields(),
        };
        let next = chained(self.chains_list(), last, salt, entry).ok_or_else(broken)?;
        let sealed = self.vault.seal_message(&id_of(next.number), &next.opening.to_bytes());
        Ok(next.row(sealed, ctx.now))
    }

    /// What was said last, in the log or on its way there.
    pub(crate) async fn said_last(&self) -> Result<Option<SaidAt>> {
        let of = self.chains_list();
        let Some(head) = self.store.access_heads(&[of]).await?.pop().flatten() else {
            return Ok(None);
        };
        let kept = self.store.accesses_after(of, head.number - 1, 1).await?.pop();
        kept.map(|kept| self.said(&kept)).transpose()
    }

    fn said(&self, kept: &KeptAccess) -> Result<SaidAt> {
        let plain = self.vault.open_message(&id_of(kept.number), &kept.sealed)?.into_inner();
        let opening = Opening::from_bytes(&plain).ok_or_else(broken)?;
        let entry = opening.entry().map_err(|_| broken())?;
        let said = Said::of(&entry).ok_or_else(broken)?;
        Ok(SaidAt { said, opening, leaf: kept.leaf, at: entry.at })
    }

    fn chains_list(&self) -> AccessOf {
        let bucket = domain::id::HomeBucket(self.vault.bucket_of(CHAINS.as_bytes()));
        AccessOf { bucket, person: CHAINS }
    }
}

/// What an entry's seal is bound to: the list, and its number in it.
fn id_of(number: u64) -> [u8; 16] {
    let mut id = CHAINS.into_bytes();
    for (byte, of_number) in id[8..].iter_mut().zip(number.to_be_bytes()) {
        *byte ^= of_number;
    }
    id
}

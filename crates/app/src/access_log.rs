//! The public log of accesses: a worker gives each access that is in the store a leaf, in the order in
//! which they come. Leaves are salted commitments, so the files tell nothing about anybody, and anyone
//! may read them.
//!
//! One process at a time has the turn. What it is about to append stands in the store as a *plan*
//! first; then come the files, then the places of the leaves in the store, then the end of the plan.
//! Whoever has the turn after a crash goes on from there: appending the same leaves twice appends them
//! once.

use std::{path::Path, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use ledger::{
    directory::Directory,
    leaf::Commitment,
    log::{Log, LogError},
    note::LocalKey,
    witnessed::Files,
};
use store::{LeafPlan, MOST_PLANNED, StoreError};
use uuid::Uuid;

use crate::{Ctx, Error, Platform, Result, error::BrokenCause, public_log::PublicLog};

/// How long a turn lasts that is not taken again.
const TURN: SignedDuration = SignedDuration::from_secs(10);

type Open = Log<Files, LocalKey>;

/// A process that appends to the log, while it is its turn.
pub struct LogWorker {
    holder: Uuid,
    log: Option<Open>,
    looked: bool,
    /// When it was last looked whether it is to be said where all lists end.
    ends_at: Timestamp,
}

/// How often it is looked whether it is to be said where all lists end.
const LOOK: SignedDuration = SignedDuration::from_mins(1);

impl LogWorker {
    /// A worker of a process that has just started.
    pub fn new(ctx: &Ctx) -> Self {
        Self { holder: ctx.random_uuid(), log: None, looked: false, ends_at: ctx.now }
    }

    /// Whether it is a minute since the last time, or since the start; then that is now.
    pub(crate) fn looks_at_ends(&mut self, now: Timestamp) -> bool {
        let since = now.duration_since(self.ends_at);
        let looks = since >= LOOK || since.is_negative();
        if looks {
            self.ends_at = now;
        }
        looks
    }

    /// How many leaves the log has, all of them settled; none while it is another process's turn, or
    /// something is planned.
    pub(crate) async fn settled(&self, platform: &Platform, ctx: &Ctx) -> Result<Option<u64>> {
        let until = ctx.now.saturating_add(TURN).unwrap_or(ctx.now);
        let plan = platform.store.take_log_turn(self.holder, ctx.now, until).await?;
        Ok(plan.filter(|plan| plan.leaves.is_empty()).map(|plan| plan.first))
    }
}

impl Platform {
    /// Appends what waits to the log of accesses, and gives how many leaves that were. None are while
    /// it is another process's turn, or there is no log.
    ///
    /// # Errors
    ///
    /// If the store or the files are not available; then it is done by the next turn.
    /// [`Error::Broken`] if the files are not where the store left them, or do not add up.
    pub async fn log_accesses(&self, ctx: &Ctx, worker: &mut LogWorker) -> Result<u64> {
        let Some(folder) = &self.settings.access_log else { return Ok(0) };
        // What a crash left is found at the first look; then there is nothing to do without accesses.
        if worker.looked && self.store.waiting_accesses(1).await?.is_empty() {
            return Ok(0);
        }
        let until = ctx.now.saturating_add(TURN).unwrap_or(ctx.now);
        let Some(plan) = self.store.take_log_turn(worker.holder, ctx.now, until).await? else {
            // Whoever has the turn moves the log on: it is read again when it is ours.
            worker.log = None;
            return Ok(0);
        };
        // Another process may have moved the log on since: then its files are read again.
        let log = match worker.log.take().filter(|log| log.head().size == plan.first) {
            Some(log) => log,
            None => self.open_log(folder).await?,
        };
        let plan = match plan {
            plan if plan.leaves.is_empty() => {
                worker.looked = true;
                let next = self.next_plan(worker.holder, &log, plan.first).await;
                if next.is_err() {
                    // Another process may have the right files.
                    self.store.take_log_turn(worker.holder, ctx.now, ctx.now).await?;
                }
                let Some(plan) = next? else {
                    worker.log = Some(log);
                    return Ok(0);
                };
                plan
            }
            plan => plan,
        };
        let appended = u64::try_from(plan.leaves.len()).unwrap_or(u64::MAX);
        let (log, plan) = appended_to(log, plan).await?;
        self.note_chains(&plan).await?;
        self.store.settle_leaves(&plan).await?;
        worker.log = Some(log);
        Ok(appended)
    }

    /// What is appended next, written down; none if nothing waits.
    async fn next_plan(&self, holder: Uuid, log: &Open, first: u64) -> Result<Option<LeafPlan>> {
        // The files were lost or are old: going on would fork the log.
        if log.head().size != first {
            return Err(broken(LogError::Gap(log.head().size)));
        }
        let leaves = self.store.waiting_accesses(MOST_PLANNED).await?;
        let plan = LeafPlan { first, leaves };
        let wanted = !plan.leaves.is_empty();
        let ours = wanted && self.store.plan_leaves(holder, &plan).await?;
        Ok(ours.then_some(plan))
    }

    async fn open_log(&self, folder: &Path) -> Result<Open> {
        let publishing = self.settings.publishing;
        let files = Files { folder: Directory::new(folder), publishing };
        let key = self.log_key(PublicLog::Accesses);
        blocking(move || Log::open(files, key)).await?.map_err(broken)
    }
}

/// Appends the leaves of a plan; what is there already is compared and left.
async fn appended_to(mut log: Open, plan: LeafPlan) -> Result<(Open, LeafPlan)> {
    blocking(move || {
        let leaves = plan.leaves.iter().map(|one| Commitment(one.commitment).leaf());
        let leaves: Vec<_> = leaves.collect();
        log.append(plan.first, &leaves).map(|_| (log, plan))
    })
    .await?
    .map_err(broken)
}

/// Runs what waits for a disk where it holds up nobody.
pub(crate) async fn blocking<T: Send + 'static>(
    act: impl FnOnce() -> T + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(act).await;
    done.map_err(|_| StoreError::unavailable("the program is ending").into())
}

pub(crate) fn broken(error: LogError) -> Error {
    Error::Broken(BrokenCause::Log(Arc::new(error)))
}

//! How soon an access is in a signed checkpoint: somebody opens, and looks until it has its leaf, which
//! it gets once the checkpoint is published.

use std::{
    future::Future,
    pin::pin,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use app::{Platform, public_log::PublicLog};
use domain::id::AccountId;

use super::{Measured, micros, resident};

/// How often it is looked.
const LOOK: Duration = Duration::from_millis(2);
/// A log that does not go on for so long has failed.
const LONGEST: Duration = Duration::from_mins(1);

/// One after the other of these accounts opens and waits, until `busy` is done.
pub(super) async fn while_busy(
    platform: &Platform,
    probes: &[AccountId],
    busy: impl Future<Output = anyhow::Result<Measured>>,
) -> anyhow::Result<(Measured, Vec<u32>)> {
    let mut busy = pin!(busy);
    let mut waited = Vec::new();
    for probe in probes.iter().cycle() {
        let mut one = pin!(wait(platform, *probe));
        tokio::select! {
            measured = &mut busy => return Ok((measured?, waited)),
            micros = &mut one => waited.push(micros?),
        }
    }
    Ok((busy.await?, waited))
}

/// The same while nothing else is opened.
pub(super) async fn while_idle(
    platform: &Platform,
    probes: &[AccountId],
) -> anyhow::Result<Vec<u32>> {
    let mut waited = Vec::new();
    for probe in probes {
        waited.push(wait(platform, *probe).await?);
    }
    Ok(waited)
}

async fn wait(platform: &Platform, account: AccountId) -> anyhow::Result<u32> {
    let begun = Instant::now();
    let ctx = resident(account);
    let people = platform.my_people(&ctx).await?;
    let person = people.first().context("an account has nobody")?.id;
    let number = platform.my_access_count(&ctx, person).await?;
    loop {
        let after = number.saturating_sub(1);
        let last = platform.my_accesses(&ctx, person, after).await?;
        if last.first().is_some_and(|access| access.leaf.is_some()) {
            return Ok(micros(begun));
        }
        ensure!(begun.elapsed() < LONGEST, "an access does not come into the log");
        tokio::time::sleep(LOOK).await;
    }
}

/// Waits until the published checkpoint has so many entries.
pub(super) async fn all_logged(platform: &Platform, entries: u64) -> anyhow::Result<()> {
    let begun = Instant::now();
    let log = platform.witnessed(PublicLog::Accesses).context("there is a log")?;
    loop {
        let head = log.published(&ledger::note::KeyRing::default())?;
        if head.is_some_and(|signed| signed.head().size >= entries) {
            return Ok(());
        }
        ensure!(begun.elapsed() < LONGEST, "entries do not come into the log");
        tokio::time::sleep(LOOK).await;
    }
}

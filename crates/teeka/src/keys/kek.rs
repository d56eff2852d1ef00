//! `teeka keys rotate kek`: a new key-encryption key, and everybody's keys wrapped by it, while servers
//! go on. Whoever stops it in between goes on later: what is wrapped anew already says so itself.

use std::{process::ExitCode, time::Duration};

use anyhow::{Context, bail, ensure};
use keyholder::{client::Client, process::Status};
use serde_json::json;
use store::{AllKeys, KeyChange, KeyRow, Store};
use vault::{Ask, Holder, PersonId, Told, kek_version};

use crate::{
    config::{Common, Config},
    keyholder::connect,
    output::Output,
    platform, progress,
};

/// How a rotation goes on.
pub(super) struct Rotation {
    /// How long a version stays after nothing is wrapped by it: what servers had read before is opened by
    /// then, and what they had wrapped is kept.
    pub(super) rest: Duration,
    /// Whether the old versions stay.
    pub(super) keeps_old: bool,
}

pub(super) fn rotate(common: &Common, how: &Rotation, output: Output) -> anyhow::Result<ExitCode> {
    let config = super::existing(common)?;
    platform::runtime()?.block_on(rotate_all(&config, how, output))
}

async fn rotate_all(config: &Config, how: &Rotation, output: Output) -> anyhow::Result<ExitCode> {
    drop(connect(config).await?);
    let client = Client::new(&config.socket());
    let store = platform::open_store(&config.database).await?;
    let (version, goes_on) = begin(&client, &*store).await?;
    wait_for(&client, version).await?;
    let mut wrapped = rewrap_all(&client, &*store, version, output.quiet).await?;
    let mut destroyed = Vec::new();
    if !how.keeps_old {
        tokio::time::sleep(how.rest).await;
        // What was wrapped by the old version in the meantime.
        wrapped += rewrap_all(&client, &*store, version, output.quiet).await?;
        let left = count_others(&*store, version).await?;
        ensure!(left == 0, "{left} keys are still wrapped by older versions; run this once more");
        for old in client.status().await?.versions.into_iter().filter(|old| *old < version) {
            client.destroy_kek(old).await?;
            destroyed.push(old);
        }
    }
    store.close().await;
    let json = json!({
        "version": version, "goes_on": goes_on, "wrapped": wrapped, "destroyed": destroyed,
    });
    let gone = match destroyed.len() {
        0 => "No version was destroyed.".to_owned(),
        1 => format!("Version {} is destroyed.", destroyed[0]),
        many => format!("{many} older versions are destroyed."),
    };
    output.result(&json, &format!("Version {version} wraps {wrapped} more keys. {gone}"))?;
    Ok(ExitCode::SUCCESS)
}

/// The version to wrap by: a new one, or the one that an earlier run made and did not end with.
async fn begin(client: &Client, store: &dyn Store) -> anyhow::Result<(u32, bool)> {
    let Status { versions, .. } = client.status().await?;
    let newest = versions.last().copied().context("the keyholder has no key")?;
    let goes_on = versions.len() > 1 && count_others(store, newest).await? > 0;
    if goes_on { Ok((newest, true)) } else { Ok((client.make_kek().await?, false)) }
}

/// Waits until a version wraps: a moment after it was made, when every server knows it.
async fn wait_for(client: &Client, version: u32) -> anyhow::Result<()> {
    for _ in 0..200 {
        if client.status().await?.current >= version {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("the new version does not come into use")
}

/// Has everything wrapped by one version that is wrapped by another; gives how many that were.
async fn rewrap_all(
    client: &Client,
    store: &dyn Store,
    version: u32,
    quiet: bool,
) -> anyhow::Result<u64> {
    let bar = progress::things(store.key_count().await?, "keys", quiet);
    let mut wrapped = 0;
    let mut keys = AllKeys::of(store);
    while let Some(rows) = keys.next().await? {
        bar.inc(rows.len() as u64);
        wrapped += rewrap(client, store, version, rows).await?;
    }
    bar.finish_and_clear();
    Ok(wrapped)
}

async fn rewrap(
    client: &Client,
    store: &dyn Store,
    version: u32,
    rows: Vec<KeyRow>,
) -> anyhow::Result<u64> {
    let old = rows.into_iter().filter(|row| kek_version(&row.wrapped) != Some(version));
    // Of somebody who was erased there is nothing left to wrap.
    let old: Vec<_> = old.filter(|row| !row.wrapped.is_empty()).collect();
    if old.is_empty() {
        return Ok(0);
    }
    let ask = |row: &KeyRow| Ask::Rewrap {
        person: PersonId(row.owner.person()),
        wrapped: row.wrapped.clone(),
    };
    let told = client.ask(old.iter().map(ask).collect()).await?;
    let mut changes = Vec::with_capacity(old.len());
    for (from, told) in old.into_iter().zip(told) {
        match told {
            Told::Wrapped(to) => changes.push(KeyChange { from, to }),
            _ => bail!("a person's keys do not unwrap; nothing was destroyed"),
        }
    }
    let replaced = store.replace_keys(&changes).await?;
    Ok(replaced.iter().map(|replaced| u64::from(*replaced)).sum())
}

/// How many keys are wrapped by other versions.
async fn count_others(store: &dyn Store, version: u32) -> anyhow::Result<u64> {
    let mut count = 0;
    let others =
        |row: &&KeyRow| !row.wrapped.is_empty() && kek_version(&row.wrapped) != Some(version);
    let mut keys = AllKeys::of(store);
    while let Some(rows) = keys.next().await? {
        count += rows.iter().filter(others).count() as u64;
    }
    Ok(count)
}

//! `teeka backup` and `teeka restore`: a consistent copy of the store. Keys are not part of it:
//! keep them elsewhere, as whoever has both has everything.

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::{Context, bail};
use serde_json::json;

use crate::{
    config::{Common, Config},
    output::Output,
    platform,
};

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    common: Common,
    /// Folder of the copy
    folder: PathBuf,
}

pub(crate) fn backup(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    let config = Config::read(&args.common, None)?;
    if args.folder.exists() && fs::read_dir(&args.folder)?.next().is_some() {
        bail!("{} is not empty; a copy gets a folder of its own", args.folder.display());
    }
    fs::create_dir_all(&args.folder)
        .with_context(|| format!("cannot make {}", args.folder.display()))?;
    platform::runtime()?.block_on(async {
        let store = platform::open_store(&config.database).await?;
        store.backup(&args.folder).await?;
        store.close().await;
        let folder = args.folder.display().to_string();
        output.result(
            &json!({ "backup": folder }),
            &format!("Copied to {folder}. It is of no use without the root key: keep that apart."),
        )?;
        Ok(ExitCode::SUCCESS)
    })
}

pub(crate) fn restore(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    let config = Config::read(&args.common, None)?;
    platform::runtime()?.block_on(async {
        let store = platform::open_store(&config.database).await?;
        let before = store.audit().await?;
        if before.people > 0
            || !store.facilities_since(jiff::Timestamp::UNIX_EPOCH).await?.is_empty()
        {
            bail!("the store is not empty; a copy is read into an empty one");
        }
        store.restore(&args.folder).await.context("the copy cannot be read")?;
        let audit = store.audit().await?;
        store.close().await;
        let text = format!("Restored {} people and {} doses.", audit.people, audit.doses);
        let json = json!({ "people": audit.people, "doses": audit.doses, "holds": audit.holds() });
        output.result(&json, &text)?;
        Ok(if audit.holds() { ExitCode::SUCCESS } else { ExitCode::from(1) })
    })
}

//! `teeka backup` and `teeka restore`: a consistent copy of the store with the published rolls, and apart from it one of people's
//! wrapped keys, which lives shorter. The keyholder's own keys are part of neither: keep them elsewhere,
//! as whoever has all of it has everything.

use std::{
    ffi::OsString,
    fs::{self, DirBuilder},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, bail};
use app::rolls::Rolls;
use serde_json::json;
use store::key_copy;

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
    /// Folder of the copy of people's wrapped keys (default: the folder's name with .keys)
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
}

impl Args {
    fn keys(&self) -> PathBuf {
        let beside = || {
            let mut name: OsString = self.folder.clone().into();
            name.push(".keys");
            name.into()
        };
        self.keys.clone().unwrap_or_else(beside)
    }
}

pub(crate) fn backup(args: &Args, output: Output) -> anyhow::Result<ExitCode> {
    let config = Config::read(&args.common, None)?;
    let keys = args.keys();
    make_empty(&args.folder)?;
    make_empty(&keys)?;
    platform::runtime()?.block_on(async {
        let store = platform::open_store(&config.database).await?;
        store.backup(&args.folder).await?;
        // After the rows: who is in them has keys here, unless they were erased in between.
        let wrapped = key_copy::write(&*store, &keys).await?;
        store.close().await;
        let rolls = copied(&config, |own| own.copy_to(&rolls_of(args)))?;
        let (folder, keys) = (args.folder.display().to_string(), keys.display().to_string());
        let text = format!(
            "Copied to {folder}, {rolls} published rolls with it, and {wrapped} wrapped keys to {keys}, \
             which you keep apart and for weeks, not years.\nBoth are of no use without root.key and keyholder/keks: keep those \
             elsewhere."
        );
        let json = json!({ "backup": folder, "keys": keys, "wrapped_keys": wrapped, "rolls": rolls });
        output.result(&json, &text)?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Copies rolls, if the platform has a folder of them; says how many.
fn copied(
    config: &Config,
    copy: impl FnOnce(&Rolls) -> std::io::Result<usize>,
) -> anyhow::Result<usize> {
    let own = config.settings.rolls.clone().map(Rolls::new);
    own.as_ref().map_or(Ok(0), copy).context("the rolls cannot be copied")
}

/// The folder of the copy of the published rolls.
fn rolls_of(args: &Args) -> Rolls {
    Rolls::new(args.folder.join("rolls"))
}

fn make_empty(folder: &Path) -> anyhow::Result<()> {
    if folder.exists() && fs::read_dir(folder)?.next().is_some() {
        bail!("{} is not empty; a copy gets a folder of its own", folder.display());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder).with_context(|| format!("cannot make {}", folder.display()))
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
        let returned = key_copy::read(&*store, &args.keys()).await;
        let returned = returned.context("the copy of the keys cannot be read")?;
        let audit = store.audit().await?;
        store.close().await;
        let rolls = copied(&config, |own| rolls_of(args).copy_to(own))?;
        let text = format!(
            "Restored {} people, {} doses and {rolls} published rolls; {} records had no keys any more, and are gone.",
            audit.people, audit.doses, returned.gone
        );
        let json = json!({
            "people": audit.people, "doses": audit.doses, "without_keys": returned.gone,
            "rolls": rolls,
            "holds": audit.holds(),
        });
        output.result(&json, &text)?;
        Ok(if audit.holds() { ExitCode::SUCCESS } else { ExitCode::from(1) })
    })
}

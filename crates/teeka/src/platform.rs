//! Opens keys, signer, store and rules: what every command that touches a platform stands on.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, bail};
use app::{Actor, Ctx, Platform, clock::SystemEntropy, keys::KeyRing, rules};
use store::{Store, postgres::Postgres, sqlite::Sqlite};
use web::{Clock, SystemClock};

use crate::{
    config::Config,
    keyholder,
    keys::{Keeper, Keys},
};

/// The platform's own view of the world: for workers and for its operator.
pub(crate) fn system() -> Ctx {
    Ctx::new(Actor::System, SystemClock.now(), Arc::new(SystemEntropy::default()))
}

/// Opens the store that a URL names.
pub(crate) async fn open_store(url: &str) -> anyhow::Result<Arc<dyn Store>> {
    if let Some(path) = url.strip_prefix("sqlite:") {
        let path = Path::new(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make {}", folder.display()))?;
        }
        let store = Sqlite::open(path)
            .with_context(|| format!("cannot open the store {}", path.display()))?;
        return Ok(Arc::new(store));
    }
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        // What it says names no password: the URL is not repeated.
        let store = Postgres::open(url, None).await.context("cannot open the PostgreSQL store")?;
        return Ok(Arc::new(store));
    }
    bail!("a database is sqlite:PATH or postgres://USER@HOST/NAME");
}

/// Opens everything; makes keys and a signer at the first start.
pub(crate) async fn open(config: &Config) -> anyhow::Result<Platform> {
    fs::create_dir_all(&config.data)
        .with_context(|| format!("cannot make {}", config.data.display()))?;
    vault::press_name(&config.data)?;
    let vault = keyholder::connect(config).await?;
    let ring = open_ring(config, &open_keys(config)?)?;
    let store = open_store(&config.database).await?;
    let (text, what) = rules_text(config, &*store).await?;
    let programme = rules::read(&text).context(what)?;
    let now = SystemClock.now();
    let settings = config.settings.clone();
    let platform = Platform::open(store, vault, ring, programme, settings, now).await?;
    platform.rules_were(&text);
    Ok(platform)
}

/// The rules file in force: that of the configuration, else the kept one, else the one that ships with
/// the program; and where it is from.
async fn rules_text(config: &Config, store: &dyn Store) -> anyhow::Result<(String, String)> {
    if let Some(path) = &config.rules {
        let text = fs::read_to_string(path);
        let text = text.with_context(|| format!("cannot read {}", path.display()))?;
        return Ok((text, format!("in {}", path.display())));
    }
    Ok(match store.latest_rules().await? {
        Some(kept) => (kept.text, "the kept rules file".to_owned()),
        None => (rules::INDIA_2021_22.to_owned(), "the shipped rules file".to_owned()),
    })
}

/// The folder of our signing keys, with the names that stand in their certificates.
pub(crate) fn open_keys(config: &Config) -> anyhow::Result<Keys> {
    Keys::open(&config.data, Keeper::of(config))
}

/// The ring of our signing keys; makes those that are missing.
pub(crate) fn open_ring(config: &Config, keys: &Keys) -> anyhow::Result<KeyRing> {
    let ctx = system();
    keys.ring(config.names(), ctx.now, ctx.today()).context("the signing keys cannot be used")
}

/// A temporary folder that goes when it is dropped.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    /// Makes one that nobody else has.
    pub(crate) fn new(purpose: &str) -> anyhow::Result<Self> {
        let name = format!("teeka-{purpose}-{}", system().random_uuid());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).context("cannot make a temporary folder")?;
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// A runtime for a command.
pub(crate) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")
}

//! Opens keys, signer, store and rules: what every command that touches a platform stands on.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, bail};
use app::{Actor, Ctx, Platform, clock::SystemEntropy, rules};
use certs::signer::{Signer, make_signer};
use store::{Store, postgres::Postgres, sqlite::Sqlite};
use vault::Vault;
use web::{Clock, SystemClock};

use crate::config::Config;

/// The platform's own view of the world: for workers and for its operator.
pub(crate) fn system() -> Ctx {
    Ctx {
        actor: Actor::System,
        now: SystemClock.now(),
        entropy: Arc::new(SystemEntropy::default()),
    }
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
    press_name(&config.data)?;
    let vault = Vault::load_or_create(&config.data.join("root.key"))
        .context("the root key cannot be used")?;
    let signer = open_signer(config)?;
    let store = open_store(&config.database).await?;
    let programme = match &config.rules {
        Some(path) => {
            let text = fs::read_to_string(path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            rules::read(&text).with_context(|| format!("in {}", path.display()))?
        }
        None => match store.latest_rules().await? {
            Some(kept) => rules::read(&kept.text).context("the kept rules file")?,
            None => rules::read(rules::INDIA_2021_22).context("the shipped rules file")?,
        },
    };
    let now = SystemClock.now();
    Ok(Platform::open(store, vault, signer, programme, config.settings.clone(), now).await?)
}

fn open_signer(config: &Config) -> anyhow::Result<Signer> {
    let (key, certificate) = (config.data.join("signer.key.pem"), config.data.join("signer.pem"));
    if !key.exists() {
        let settings = &config.settings;
        let new = make_signer(&settings.country, &settings.issuer, system().today())?;
        write(&config.data.join("authority.pem"), &new.authority_pem, 0o644)?;
        write(&certificate, &new.certificate_pem, 0o644)?;
        // Last: where it is, the others are.
        write(&key, &new.key_pem, 0o600)?;
    }
    let read = |path: &Path| {
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
    };
    Ok(Signer::from_pem(&read(&key)?, &read(&certificate)?)?)
}

/// Writes a file that is there whole or not at all, also when the power goes.
fn write(path: &Path, text: &str, mode: u32) -> anyhow::Result<()> {
    use std::io::Write;
    let new = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(mode);
    }
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    press_name(path)
}

/// Presses the name of a file or folder to disk, which is kept in the folder above it.
fn press_name(path: &Path) -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        let path = std::path::absolute(path)?;
        if let Some(folder) = path.parent() {
            fs::File::open(folder)?.sync_all()?;
        }
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
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

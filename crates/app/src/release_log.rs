//! The log of releases: what the platform runs by and is held to, open to everybody. A leaf is
//! appended when what runs is not what its last leaf of that kind and name says.

use std::{path::PathBuf, sync::Arc};

use aws_lc_rs::digest::{SHA256, digest};
use domain::manifest::REVISION;
use jiff::Timestamp;
use ledger::{
    checkpoint::Trusted,
    directory::Directory,
    leaf::release::{Release, Released},
    log::{Log, LogError},
    merkle::Head,
    note::LocalKey,
    source::Source,
    tiles::{
        WIDTH,
        reader::{ReadError, TileReader},
    },
    witnessed::Files,
};

use crate::{
    Ctx, Error, Platform, Result,
    access_log::{blocking, broken},
    error::BrokenCause,
    keys::KeyUse,
    manifest::{canonical, manifest},
    public_log::{PublicLog, published},
};

/// Who may open whose fields, as it is proven.
const POLICY: &str = include_str!("../policy/openings.cedar");
/// How often another process may be quicker to append.
const TRIES: usize = 8;

/// Something that the platform runs by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// What kind of thing it is.
    pub released: Released,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The SHA-256 of its bytes.
    pub digest: [u8; 32],
}

impl Running {
    /// Something by its bytes.
    pub fn new(released: Released, name: &str, version: &str, bytes: &[u8]) -> Self {
        let digest = digest_of(bytes);
        Self { released, name: name.to_owned(), version: version.to_owned(), digest }
    }

    fn is_named_as(&self, release: &Release) -> bool {
        self.released == release.released && self.name == release.name
    }
}

/// A rules file as it was read.
pub(crate) struct RulesRead {
    version: String,
    digest: [u8; 32],
}

impl Platform {
    /// Says which bytes the programme in force was read from.
    pub fn rules_were(&self, text: &str) {
        let (version, digest) = (self.programme().version.clone(), digest_of(text.as_bytes()));
        self.rules_read.store(Some(Arc::new(RulesRead { version, digest })));
    }

    /// Appends what is not what its last leaf says to the log of releases: manifest, policy, rules and
    /// keys, and what else a caller knows to be running. Gives how many leaves that were.
    ///
    /// # Errors
    ///
    /// [`Error::Broken`] if the files do not add up, a text of a release has more than 200 bytes or a
    /// control character, or other processes append all the time.
    pub async fn log_releases(&self, ctx: &Ctx, mut running: Vec<Running>) -> Result<u64> {
        running.extend(self.running(ctx.now));
        self.log_running(ctx, &running).await
    }

    /// Appends only what a caller knows, if it is not what its last leaf says. Gives how many leaves that
    /// were.
    ///
    /// # Errors
    ///
    /// As [`Platform::log_releases`].
    pub async fn log_running(&self, ctx: &Ctx, running: &[Running]) -> Result<u64> {
        let Some(folder) = self.log_folder(PublicLog::Releases).cloned() else { return Ok(0) };
        let at = u64::try_from(ctx.now.as_second()).unwrap_or(0);
        for _ in 0..TRIES {
            let (running, folder, key) =
                (running.to_vec(), folder.clone(), self.log_key(PublicLog::Releases));
            let publishing = self.settings.publishing;
            let files = move |folder: PathBuf| Files { folder: Directory::new(folder), publishing };
            match blocking(move || append(files(folder), key, &running, at)).await? {
                Err(Unlogged::Log(LogError::Overtaken | LogError::OtherLeaf(_))) => {}
                appended => return appended.map_err(Error::from),
            }
        }
        Err(broken(LogError::Overtaken))
    }

    /// What the signed log of releases says, in order; none if the platform keeps none, or it has no
    /// checkpoint yet.
    ///
    /// # Errors
    ///
    /// [`Error::Broken`] if the files do not add up.
    pub async fn releases_logged(&self) -> Result<Option<Vec<Release>>> {
        let Some((folder, trusted)) = self.log_source(PublicLog::Releases) else {
            return Ok(None);
        };
        blocking(move || signed(&folder, &trusted)).await?.map_err(Error::from)
    }

    /// What the platform itself knows to be running.
    fn running(&self, now: Timestamp) -> Vec<Running> {
        let revision = REVISION.to_string();
        let manifest = canonical(&manifest());
        let version = env!("CARGO_PKG_VERSION");
        let mut running = vec![
            Running::new(Released::Manifest, "data-manifest.json", &revision, &manifest),
            Running::new(Released::Policy, "openings.cedar", version, POLICY.as_bytes()),
        ];
        running.extend(self.rules_read.load_full().map(|rules| Running {
            released: Released::Rules,
            name: "rules.toml".to_owned(),
            version: rules.version.clone(),
            digest: rules.digest,
        }));
        running.extend(KeyUse::ALL.map(|used_for| self.running_keys(used_for, now)));
        running
    }

    /// The keys for a use that verifiers are told of: the digest is of their thumbprints (RFC 7638, in
    /// base64url), from the newest to the oldest, each with a newline.
    fn running_keys(&self, used_for: KeyUse, now: Timestamp) -> Running {
        let ring = self.keys();
        let published = self.published_keys(&ring, used_for, now);
        let list: String = published.map(|key| key.id() + "\n").collect();
        let signing = ring.signing(used_for, now).id();
        Running::new(Released::Keys, used_for.name(), &signing, list.as_bytes())
    }
}

/// Why nothing was appended.
#[derive(Debug, thiserror::Error)]
enum Unlogged {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error("a leaf of the log of releases is not a release")]
    Leaf,
}

impl From<Unlogged> for Error {
    fn from(error: Unlogged) -> Self {
        match error {
            Unlogged::Log(error) => broken(error),
            Unlogged::Leaf => Self::Broken(BrokenCause::Release),
        }
    }
}

fn append(
    files: Files,
    key: LocalKey,
    running: &[Running],
    at: u64,
) -> std::result::Result<u64, Unlogged> {
    let mut log = Log::open(files, key)?;
    let known = releases(log.storage(), log.head())?;
    let changed = running.iter().filter(|running| {
        let last = known.iter().rfind(|release| running.is_named_as(release));
        last.is_none_or(|last| last.digest != running.digest)
    });
    let leaves = changed.map(|Running { released, name, version, digest }| {
        let (name, version) = (name.clone(), version.clone());
        let release = Release { released: *released, name, version, digest: *digest, at };
        release.leaf().map_err(|_| Unlogged::Leaf)
    });
    let leaves = leaves.collect::<std::result::Result<Vec<_>, _>>()?;
    if !leaves.is_empty() {
        log.append(log.head().size, &leaves)?;
    }
    Ok(leaves.len() as u64)
}

/// What the published checkpoint vouches for.
fn signed(
    folder: &Directory,
    trusted: &Trusted,
) -> std::result::Result<Option<Vec<Release>>, Unlogged> {
    let Some((_, head)) = published(folder, trusted)? else { return Ok(None) };
    releases(folder, head).map(Some)
}

fn releases<S: Source + ?Sized>(
    files: &S,
    head: Head,
) -> std::result::Result<Vec<Release>, Unlogged> {
    let damaged = |error: ReadError| Unlogged::Log(LogError::Damaged(error));
    let mut reader = TileReader::open(files, head).map_err(damaged)?;
    let mut releases = Vec::new();
    for bundle in 0..head.size.div_ceil(WIDTH) {
        for leaf in reader.entries(bundle).map_err(damaged)? {
            releases.push(Release::of_leaf(&leaf).map_err(|_| Unlogged::Leaf)?);
        }
    }
    Ok(releases)
}

fn digest_of(bytes: &[u8]) -> [u8; 32] {
    let mut array = [0; 32];
    array.copy_from_slice(digest(&SHA256, bytes).as_ref());
    array
}

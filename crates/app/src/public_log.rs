//! The public logs of the platform: what they are called, which keys sign them, and their files, for
//! whoever serves them, has them cosigned or proves from them.

use std::path::PathBuf;

use ledger::{
    checkpoint::Trusted,
    directory::Directory,
    log::LogError,
    merkle::Head,
    note::{Algorithm, LocalKey, MOST_BYTES, SigningKey},
    source::Source,
    tiles::{CHECKPOINT, TilePath},
    witnessed::Witnessed,
};

use crate::{
    Platform, Result,
    access_log::{blocking, broken},
};

/// The most bytes of a file of a log: a bundle of 256 leaves of the largest size is smaller.
const MOST_FILE: usize = 32 << 20;
/// What a log is called that has no public address.
const NO_ADDRESS: &str = "teeka.invalid";

/// A log that anybody may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublicLog {
    /// Who opened what of whom, and what was decided: commitments only.
    Accesses,
    /// What the platform runs by, open.
    Releases,
}

impl PublicLog {
    /// Each of them.
    pub const ALL: [Self; 2] = [Self::Accesses, Self::Releases];

    /// Its name, in addresses and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accesses => "accesses",
            Self::Releases => "releases",
        }
    }
}

/// A file of a log.
pub struct LogFile {
    /// What is in it.
    pub bytes: Vec<u8>,
    /// Whether it may still change: the checkpoint does, tiles never.
    pub changes: bool,
}

impl Platform {
    /// The folder of a log; none if there is no such log.
    pub fn log_folder(&self, log: PublicLog) -> Option<&PathBuf> {
        match log {
            PublicLog::Accesses => self.settings.access_log.as_ref(),
            PublicLog::Releases => self.settings.release_log.as_ref(),
        }
    }

    /// What a log is called: the platform's public address without its scheme, and a path.
    fn log_name(&self, log: PublicLog) -> String {
        let address = self.settings.public_address.as_deref();
        let host = address.and_then(|address| address.strip_prefix("https://"));
        format!("{}/log/{}", host.unwrap_or(NO_ADDRESS), log.name())
    }

    pub(crate) fn log_key(&self, log: PublicLog) -> LocalKey {
        let seed = match log {
            PublicLog::Accesses => self.vault.log_seed(),
            PublicLog::Releases => self.vault.release_log_seed(),
        };
        let key = LocalKey::from_seed(&self.log_name(log), Algorithm::Ed25519, seed.expose());
        key.expect("an address has neither spaces nor plus signs")
    }

    /// The key that a log is verified with, as `teeka ledger verify` takes it; none if there is no
    /// such log.
    pub fn log_verifier(&self, log: PublicLog) -> Option<String> {
        self.log_folder(log)?;
        Some(self.log_key(log).verifier().to_string())
    }

    /// A log, for who has its checkpoints cosigned; none if there is no such log.
    pub fn witnessed(&self, log: PublicLog) -> Option<Witnessed<LocalKey>> {
        let folder = self.log_folder(log)?;
        Some(Witnessed::new(Directory::new(folder), self.log_key(log)))
    }

    /// Where a log is, and the key that its checkpoints are verified with; none if there is no such
    /// log.
    pub(crate) fn log_source(&self, log: PublicLog) -> Option<(Directory, Trusted)> {
        let folder = self.log_folder(log)?;
        let key = self.log_key(log);
        let trusted = Trusted::new(key.verifier().name(), [key.verifier().clone()], []).ok()?;
        Some((Directory::new(folder), trusted))
    }

    /// A file of a log: its checkpoint, or a tile; none if there is no such file.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub async fn log_file(&self, log: PublicLog, path: &str) -> Result<Option<LogFile>> {
        let Some(folder) = self.log_folder(log).cloned() else { return Ok(None) };
        let changes = path == CHECKPOINT;
        // A path has one spelling, and none leads elsewhere.
        if !changes && path.parse::<TilePath>().is_err() {
            return Ok(None);
        }
        let most = if changes { MOST_BYTES } else { MOST_FILE };
        let path = path.to_owned();
        let read = blocking(move || Directory::new(folder).read(&path, most)).await?;
        let bytes = read.map_err(|error| broken(error.into()))?;
        Ok(bytes.map(|bytes| LogFile { bytes, changes }))
    }
}

/// The checkpoint that a log has published, as it is signed, and what it vouches for; none if there is
/// none yet.
pub(crate) fn published(
    folder: &Directory,
    trusted: &Trusted,
) -> std::result::Result<Option<(Vec<u8>, Head)>, LogError> {
    let Some(note) = folder.read(CHECKPOINT, MOST_BYTES)? else { return Ok(None) };
    let head = trusted.open(&note).map_err(LogError::Promise)?.checkpoint().head;
    Ok(Some((note, head)))
}

//! The folder of a sweep: its file, and what it hands on.

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
};

use aws_lc_rs::rand;
use store::{
    StoreError,
    exposure::{Exposure, JobFile},
};

use super::rank;
use crate::{
    exposed::{self, Digest, Exposed, Near},
    files,
};

/// The folder of a sweep, which one process at a time works in.
pub struct Folder {
    path: PathBuf,
    /// The sweep's file.
    pub job: JobFile,
    /// Held while the process works here; who only reads holds none.
    _lock: Option<File>,
}

/// The folder cannot be worked in.
#[derive(Debug, thiserror::Error)]
pub enum NotFolder {
    /// Another process does.
    #[error("another sweep is at work in this folder")]
    Taken,
    /// It, or a file in it, cannot be read or written.
    #[error("the folder of the sweep cannot be used")]
    Closed(#[from] std::io::Error),
    /// The sweep's file fails.
    #[error("the file of the sweep cannot be used")]
    Store(#[from] StoreError),
}

impl Folder {
    /// Opens a folder, or makes it, for its owner alone: addresses may name people.
    ///
    /// # Errors
    ///
    /// [`NotFolder`].
    pub fn open(path: &Path) -> Result<Self, NotFolder> {
        make(path)?;
        let lock = files::lock(&path.join("lock")).map_err(|error| match error {
            TryLockError::WouldBlock => NotFolder::Taken,
            TryLockError::Error(error) => error.into(),
        })?;
        let job = JobFile::open(&path.join("sweep.db"))?;
        Ok(Self { path: path.to_owned(), job, _lock: Some(lock) })
    }

    /// Opens a folder in which another process may be at work, to see how far it is.
    ///
    /// # Errors
    ///
    /// [`NotFolder`].
    pub fn read(path: &Path) -> Result<Self, NotFolder> {
        let job = JobFile::open(&path.join("sweep.db"))?;
        Ok(Self { path: path.to_owned(), job, _lock: None })
    }

    /// The secret by which parts of addresses are told apart in reports: made when it is first
    /// asked for, and kept here.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn secret(&self) -> Result<Vec<u8>, StoreError> {
        if let Some(secret) = self.job.fact("secret")? {
            return Ok(secret);
        }
        let mut secret = [0; 32];
        rand::fill(&mut secret).map_err(|_| StoreError::broken("there is no randomness"))?;
        self.job.note("secret", &secret)?;
        Ok(secret.to_vec())
    }

    /// Where the list of exposed documents is.
    pub fn list(&self) -> PathBuf {
        self.path.join("exposed.jsonl")
    }

    /// Writes the list of exposed documents, the worst first: whole, or the one before stays.
    ///
    /// # Errors
    ///
    /// [`NotFolder`].
    pub fn write_list(&self) -> Result<u64, NotFolder> {
        files::write_with(&self.list(), 0o600, |file| {
            let mut count = 0;
            self.job.each_exposed::<NotFolder>(&mut |exposure| {
                count += 1;
                Ok(exposed::write(file, &of(&exposure))?)
            })?;
            Ok(count)
        })
    }
}

/// What the file of a sweep has, as it is handed on.
pub(super) fn of(exposure: &Exposure) -> Exposed {
    let row = &exposure.row;
    let (sources, url) = rank::best(exposure);
    let etag = exposure.addresses.iter().find(|(own, ..)| own == url);
    let others = exposure.addresses.iter().filter(|(own, ..)| own != url);
    Exposed {
        url: url.to_owned(),
        digest: Digest(row.digest),
        near: Near(row.near),
        bytes: row.bytes,
        media_type: row.media.clone(),
        found_at: row.found_at.parse().unwrap_or_default(),
        people: row.people,
        kinds: serde_json::from_str(&row.kinds).unwrap_or_default(),
        score: row.score,
        sources,
        etag: etag.and_then(|(.., etag)| etag.clone()),
        also_at: others.map(|(url, ..)| url.clone()).collect(),
    }
}

fn make(path: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(path)
}

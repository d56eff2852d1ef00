//! The folder of the key-encryption keys, each wrapped by a provider.
//!
//! # Shape
//!
//! One file for each version, `kek-N`: JSON with the version, who wrapped it, when it was made, and the
//! key, wrapped, in base64. `root` is the same of the root key, unless that is in a key file.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use vault::{Secret, press_name};

use crate::provider::{Provider, ProviderError};

/// Why a key of the keyholder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KekError {
    /// Its file cannot be read or written.
    #[error("a key file of the keyholder cannot be used")]
    Io(#[from] io::Error),
    /// Its file is not what was written.
    #[error("a key file of the keyholder was changed")]
    Changed,
    /// Its provider does not give it.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// Another provider wrapped it.
    #[error("a key of the keyholder was wrapped by another provider than the one that is set")]
    OtherProvider,
    /// There is no such version, or it is the one that wraps.
    #[error("there is no such version, or it is the one that wraps")]
    NoSuchVersion,
}

/// The file of a key.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    version: u32,
    provider: String,
    made_at: u64,
    wrapped: String,
}

/// The folder.
pub struct KekFolder(PathBuf);

/// A key that was read.
pub struct Kek {
    /// Its version; 0 for the root key.
    pub version: u32,
    /// When it was made, in seconds since 1970.
    pub made_at: u64,
    /// The key.
    pub key: Secret<[u8; 32]>,
}

impl KekFolder {
    /// The folder of a path, made if it is not there.
    ///
    /// # Errors
    ///
    /// [`KekError::Io`].
    pub fn open(path: &Path) -> Result<Self, KekError> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(path)?;
        press_name(path)?;
        Ok(Self(path.to_owned()))
    }

    /// The versions that are there, in order.
    ///
    /// # Errors
    ///
    /// [`KekError::Io`].
    pub fn versions(&self) -> Result<Vec<u32>, KekError> {
        let mut versions = Vec::new();
        for item in fs::read_dir(&self.0)? {
            let name = item?.file_name();
            let number = name.to_str().and_then(|name| name.strip_prefix("kek-"));
            versions.extend(number.and_then(|number| number.parse::<u32>().ok()));
        }
        versions.sort_unstable();
        Ok(versions)
    }

    /// The key of a version.
    ///
    /// # Errors
    ///
    /// [`KekError`].
    pub fn kek(&self, version: u32, providers: &[&dyn Provider]) -> Result<Kek, KekError> {
        let name = format!("kek-{version}");
        let kek = self.read(&name, providers)?.ok_or(KekError::NoSuchVersion)?;
        if kek.version == version { Ok(kek) } else { Err(KekError::Changed) }
    }

    /// Makes the key of a version; nothing if another process was first.
    ///
    /// # Errors
    ///
    /// [`KekError`].
    pub fn make(&self, version: u32, provider: &dyn Provider, now: u64) -> Result<(), KekError> {
        self.keep(&format!("kek-{version}"), version, &Secret::draw()?, provider, now)
    }

    /// Destroys the key of a version.
    ///
    /// # Errors
    ///
    /// [`KekError`].
    pub fn destroy(&self, version: u32) -> Result<(), KekError> {
        let path = self.0.join(format!("kek-{version}"));
        // What a disk keeps of a file that is gone is the disk's; its text is written over first.
        let length = fs::metadata(&path).map_err(|_| KekError::NoSuchVersion)?.len();
        let blank = vec![b' '; usize::try_from(length).unwrap_or(0)];
        let mut file = OpenOptions::new().write(true).open(&path)?;
        file.write_all(&blank)?;
        file.sync_all()?;
        fs::remove_file(&path)?;
        Ok(press_name(&path)?)
    }

    /// The root key, if it is here; otherwise the one given is kept here from now on, or a new one.
    ///
    /// # Errors
    ///
    /// [`KekError`].
    pub fn root(
        &self,
        given: Option<Secret<[u8; 32]>>,
        provider: &dyn Provider,
        now: u64,
    ) -> Result<Secret<[u8; 32]>, KekError> {
        if let Some(root) = self.read("root", &[provider])? {
            return Ok(root.key);
        }
        let root = given.map_or_else(Secret::draw, Ok)?;
        self.keep("root", 0, &root, provider, now)?;
        self.read("root", &[provider])?.map(|root| root.key).ok_or(KekError::Changed)
    }

    fn read(&self, name: &str, providers: &[&dyn Provider]) -> Result<Option<Kek>, KekError> {
        let text = match fs::read(self.0.join(name)) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let file: KeyFile = serde_json::from_slice(&text).map_err(|_| KekError::Changed)?;
        let provider = providers.iter().find(|provider| provider.name() == file.provider);
        let provider = provider.ok_or(KekError::OtherProvider)?;
        let wrapped = STANDARD.decode(&file.wrapped).map_err(|_| KekError::Changed)?;
        let key = provider.unwrap(name, &wrapped)?;
        Ok(Some(Kek { version: file.version, made_at: file.made_at, key }))
    }

    fn keep(
        &self,
        name: &str,
        version: u32,
        key: &Secret<[u8; 32]>,
        provider: &dyn Provider,
        now: u64,
    ) -> Result<(), KekError> {
        let wrapped = STANDARD.encode(provider.wrap(name, key)?);
        let provider = provider.name().to_owned();
        let file = KeyFile { version, provider, made_at: now, wrapped };
        let text = serde_json::to_string_pretty(&file).map_err(|_| KekError::Changed)? + "\n";
        let (path, new) =
            (self.0.join(name), self.0.join(format!("{name}.{}", std::process::id())));
        let mut options = OpenOptions::new();
        let mut written = options.write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        written.write_all(text.as_bytes())?;
        written.sync_all()?;
        // Whole or not at all, and never over one that is there.
        let linked = fs::hard_link(&new, &path);
        fs::remove_file(&new)?;
        match linked {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error.into()),
            _ => Ok(press_name(&path)?),
        }
    }
}

#[cfg(test)]
mod tests;

//! A log's files in a folder. The only place of this crate that touches a disk.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use crate::{
    checkpoint::Checkpoint,
    log::Storage,
    note::{MOST_BYTES, Note},
    source::{Source, SourceError},
    tiles::{CHECKPOINT, TilePath},
};

/// What the log last promised; it begins with a dot, so that no path of the log is alike.
const PROMISED: &str = ".promised";

/// The files of a log below a folder, as they may be served.
#[derive(Clone, Debug)]
pub struct Directory(PathBuf);

impl Directory {
    /// The files below a folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self(folder.into())
    }

    /// Where a file is; none if the path could lead out of the folder.
    fn place(&self, path: &str) -> io::Result<PathBuf> {
        let plain = path.split('/').all(|part| !part.is_empty() && !part.starts_with('.'));
        if plain { Ok(self.0.join(path)) } else { Err(io::ErrorKind::InvalidInput.into()) }
    }

    fn read_file(&self, path: &str, most: usize) -> io::Result<Option<Vec<u8>>> {
        let file = match File::open(self.place(path)?) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut bytes = Vec::new();
        file.take(most as u64 + 1).read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    }

    /// Writes a file whole or not at all, and gives the folder that its name is in: until that is
    /// pressed to disk, a power cut may bring back the old one.
    fn place_file<'a>(&'a self, place: &'a Path, bytes: &[u8]) -> io::Result<&'a Path> {
        let folder = place.parent().unwrap_or(&self.0);
        make_folder(folder)?;
        // The suffix is no path of a log, either.
        let mut new = place.as_os_str().to_owned();
        new.push(".new");
        let mut file = File::create(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&new, place)?;
        Ok(folder)
    }

    fn replace(&self, place: &Path, bytes: &[u8]) -> io::Result<()> {
        File::open(self.place_file(place, bytes)?)?.sync_all()
    }

    /// Many files, each folder pressed to disk once.
    fn replace_all(&self, files: &[(TilePath, Vec<u8>)]) -> io::Result<()> {
        let mut folders = BTreeSet::new();
        for (path, bytes) in files {
            let place = self.0.join(path.to_string());
            folders.insert(self.place_file(&place, bytes)?.to_owned());
        }
        folders.iter().try_for_each(|folder| File::open(folder)?.sync_all())
    }

    /// Writes a signed checkpoint that may be older than the promise; false and nothing if a larger one
    /// is there, or the log has not promised as much.
    ///
    /// # Errors
    ///
    /// [`SourceError::Away`] if it is not known to be durable.
    pub fn publish_earlier(&self, checkpoint: &str) -> Result<bool, SourceError> {
        let promised = self.read_promised().map_err(away)?;
        let mut written = false;
        let write = || {
            let size = size_of(checkpoint.as_bytes());
            let there = self.read_file(CHECKPOINT, MOST_BYTES)?;
            let most = promised.as_deref().and_then(|text| Checkpoint::parse(text).ok());
            let least = there.as_deref().and_then(size_of).unwrap_or(0);
            written =
                size.zip(most).is_some_and(|(size, most)| least <= size && size <= most.head.size);
            if written {
                self.replace(&self.0.join(CHECKPOINT), checkpoint.as_bytes())
            } else {
                Ok(())
            }
        };
        Ok(self.guarded(promised.as_deref(), write).map_err(away)? && written)
    }

    /// Does something while nobody else does, unless the promise is another one.
    fn guarded(
        &self,
        promised: Option<&str>,
        act: impl FnOnce() -> io::Result<()>,
    ) -> io::Result<bool> {
        make_folder(&self.0)?;
        let lock = File::create(self.0.join(".lock"))?;
        lock.lock()?;
        let same = self.read_promised()?.as_deref() == promised;
        if same {
            act()?;
        }
        Ok(same)
    }

    fn read_promised(&self) -> io::Result<Option<String>> {
        match fs::read_to_string(self.0.join(PROMISED)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The size that a checkpoint says, whoever signed it.
fn size_of(checkpoint: &[u8]) -> Option<u64> {
    let note = Note::parse(checkpoint).ok()?;
    Some(Checkpoint::parse(note.unverified_text()).ok()?.head.size)
}

/// Makes a folder and presses its name to disk, and those of the folders above that were made.
///
/// # Errors
///
/// [`io::Error`] if one of them cannot be made.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let above = folder.parent().filter(|above| !above.as_os_str().is_empty());
    let above = above.unwrap_or(Path::new("."));
    make_folder(above)?;
    match fs::create_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => File::open(above)?.sync_all(),
    }
}

fn away(error: io::Error) -> SourceError {
    SourceError::Away(error.into())
}

impl Source for Directory {
    fn read(&self, path: &str, most: usize) -> Result<Option<Vec<u8>>, SourceError> {
        let bytes = self.read_file(path, most).map_err(away)?;
        if bytes.as_ref().is_some_and(|bytes| bytes.len() > most) {
            return Err(SourceError::TooLarge);
        }
        Ok(bytes)
    }
}

impl Storage for Directory {
    fn promised(&self) -> Result<Option<String>, SourceError> {
        self.read_promised().map_err(away)
    }

    fn commit(
        &self,
        last: Option<&str>,
        next: &str,
        files: &[(TilePath, Vec<u8>)],
    ) -> Result<bool, SourceError> {
        let write = || {
            self.replace_all(files)?;
            self.replace(&self.0.join(PROMISED), next.as_bytes())
        };
        self.guarded(last, write).map_err(away)
    }

    fn publish(&self, promised: &str, checkpoint: &str) -> Result<bool, SourceError> {
        let write = || self.replace(&self.0.join(CHECKPOINT), checkpoint.as_bytes());
        self.guarded(Some(promised), write).map_err(away)
    }
}

#[cfg(test)]
mod tests;

//! What each case says is gone at a server: a file for each, of which the server's rules are made.

use std::{
    fs::{self, File},
    io::{self, BufWriter},
    path::{Path, PathBuf},
};

use ledger::directory::make_folder;

use super::ContainError;
use crate::files;

/// The files of all cases.
pub(super) struct Cases<'a> {
    /// Where they are, and nothing else.
    pub(super) folder: PathBuf,
    /// Who writes there has this one.
    pub(super) lock: PathBuf,
    /// Where the rules are, for who reads an error.
    pub(super) rules: &'a Path,
}

impl Cases<'_> {
    /// Says in a case's name what is gone, or nothing more, has the rules rendered of the lines of
    /// all cases, and has a server take them. If it does not, everything is as before.
    pub(super) fn put(
        &self,
        case: &str,
        said: Option<impl FnOnce(&mut BufWriter<File>) -> io::Result<()>>,
        render: impl Fn(&[Vec<u8>]) -> io::Result<()>,
        take: impl FnOnce() -> Result<(), ContainError>,
    ) -> Result<(), ContainError> {
        let broken = |error| ContainError::Rules(self.rules.to_owned(), error);
        make_folder(&self.folder).map_err(broken)?;
        let lock = File::create(&self.lock).map_err(broken)?;
        lock.lock().map_err(broken)?;
        let path = self.folder.join(case);
        let before = read(&path).map_err(broken)?;
        match said {
            Some(write) => files::write_with(&path, 0o644, write),
            None => remove(&path),
        }
        .and_then(|()| render(&self.lines()?))
        .map_err(broken)?;
        take().or_else(|refused| {
            match before {
                Some(bytes) => files::replace(&path, &bytes, 0o644),
                None => remove(&path),
            }
            .and_then(|()| render(&self.lines()?))
            .map_err(broken)?;
            Err(refused)
        })
    }

    /// What all cases say, sorted, each line once.
    fn lines(&self) -> io::Result<Vec<Vec<u8>>> {
        let mut lines = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            // A file that a crash left half written has another name.
            if path.extension().is_none_or(|extension| extension != "new") {
                lines.extend(files::lines(&path)?);
            }
        }
        lines.sort_unstable();
        lines.dedup();
        Ok(lines)
    }
}

/// The bytes of a file, if it is there.
fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => read.map(Some),
    }
}

/// Removes a file, if it is there.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

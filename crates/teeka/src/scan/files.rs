//! Which files there are.

use std::{
    fs::{self, Metadata},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use anyhow::Context;

/// A file that is to be read, and what is known of it before.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct File {
    pub(super) path: PathBuf,
    /// Its length, and when it was changed in nanoseconds since 1970: a file of which both are the
    /// same is the same.
    pub(super) bytes: u64,
    pub(super) changed: i128,
}

/// What a file costs beside its bytes, in bytes: to open it, and to take it apart.
const TROUBLE: u64 = 1 << 14;

impl File {
    fn new(path: PathBuf, about: Option<&Metadata>) -> Self {
        let changed = |about: &Metadata| {
            i128::from(about.mtime()) * 1_000_000_000 + i128::from(about.mtime_nsec())
        };
        Self { path, bytes: about.map_or(0, Metadata::len), changed: about.map_or(0, changed) }
    }

    /// How much of the work it is.
    pub(super) const fn weight(&self) -> u64 {
        self.bytes.saturating_add(TROUBLE)
    }
}

/// A name for people: one with control characters cannot draw on their terminal.
pub(super) fn shown(name: &str) -> String {
    name.replace(char::is_control, "\u{fffd}")
}

/// Every file at or under a path, in order. A link is followed if it was named, not if it lies in
/// a folder. What cannot be looked into counts as a file, which then cannot be read.
pub(super) fn collect(path: &Path, files: &mut Vec<File>) -> anyhow::Result<()> {
    let name = || shown(&path.display().to_string());
    let about = fs::metadata(path).with_context(|| format!("cannot read {}", name()))?;
    if !about.is_dir() {
        files.push(File::new(path.to_path_buf(), Some(&about)));
        return Ok(());
    }
    let first = files.len();
    let mut ahead = vec![path.to_path_buf()];
    while let Some(folder) = ahead.pop() {
        if inside(&folder, &mut ahead, files).is_err() {
            files.push(File::new(folder, None));
        }
    }
    files[first..].sort_unstable();
    Ok(())
}

/// The folders and files in a folder, without links.
fn inside(folder: &Path, ahead: &mut Vec<PathBuf>, files: &mut Vec<File>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            ahead.push(entry.path());
        } else if !kind.is_symlink() {
            files.push(File::new(entry.path(), entry.metadata().ok().as_ref()));
        }
    }
    Ok(())
}

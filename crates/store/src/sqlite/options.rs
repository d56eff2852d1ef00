//! How a SQLite store is opened.

use std::path::{Path, PathBuf};

/// How hard each commit is pressed to disk. Only the power-cut test uses anything but `Full`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Synchronous {
    /// Durable before the answer: what "recorded" means.
    Full,
    /// The last commits may be lost with the power.
    Normal,
    /// Anything may be lost with the power.
    Off,
}

/// How a SQLite store is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// The database file.
    pub path: PathBuf,
    /// How hard each commit is pressed to disk.
    pub synchronous: Synchronous,
}

impl Options {
    /// The only settings for anything but a test of the disk.
    pub fn durable(path: &Path) -> Self {
        Self { path: path.to_owned(), synchronous: Synchronous::Full }
    }
}

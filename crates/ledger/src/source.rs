//! Where the static files of a log are read from.

use std::{collections::BTreeMap, error::Error};

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// Where the files are cannot be reached.
    #[error("the files of the log cannot be read")]
    Away(#[source] Box<dyn Error + Send + Sync>),
    /// It has more bytes than any such file can have.
    #[error("a file of the log is larger than it can be")]
    TooLarge,
}

/// The static files of a log, by their paths below its prefix.
pub trait Source {
    /// The bytes of a file; none if there is no such file.
    ///
    /// # Errors
    ///
    /// [`SourceError::TooLarge`] if it has more than `most` bytes, of which no more are read.
    fn read(&self, path: &str, most: usize) -> Result<Option<Vec<u8>>, SourceError>;
}

/// Files in memory: for tests, and for what was fetched before.
impl Source for BTreeMap<String, Vec<u8>> {
    fn read(&self, path: &str, most: usize) -> Result<Option<Vec<u8>>, SourceError> {
        let bytes = self.get(path);
        if bytes.is_some_and(|bytes| bytes.len() > most) {
            return Err(SourceError::TooLarge);
        }
        Ok(bytes.cloned())
    }
}

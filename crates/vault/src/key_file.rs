//! The file of the root key.
//!
//! # Shape
//!
//! Three lines: `teeka root key 1`, 64 hex digits, and the first 16 hex digits of the SHA-256 of
//! the line before, so that a file that was cut short or mistyped is refused.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::Path,
};

use aws_lc_rs::{digest, rand};

use crate::Secret;

const TITLE: &str = "teeka root key 1";

/// Why there is no root key.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file cannot be read or written.
    #[error("the key file cannot be used: {0}")]
    Io(#[from] io::Error),
    /// Others may read it.
    #[error("the key file may be read by others; set its mode to 0600")]
    TooOpen,
    /// It is not a whole key file.
    #[error("the key file is not whole; restore it from its copy")]
    NotWhole,
}

pub(crate) fn create(path: &Path) -> Result<Secret<[u8; 32]>, KeyFileError> {
    let mut root = [0; 32];
    rand::fill(&mut root).map_err(|_| io::Error::other("no randomness"))?;
    let key = Secret::new(hex::encode(root));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    writeln!(file, "{TITLE}\n{}\n{}", key.expose(), checksum(key.expose()))?;
    file.sync_all()?;
    Ok(Secret::new(root))
}

pub(crate) fn load(path: &Path) -> Result<Secret<[u8; 32]>, KeyFileError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
            return Err(KeyFileError::TooOpen);
        }
    }
    let text = Secret::new(fs::read_to_string(path)?);
    let mut lines = text.expose().lines();
    let (Some(TITLE), Some(key), Some(sum)) = (lines.next(), lines.next(), lines.next()) else {
        return Err(KeyFileError::NotWhole);
    };
    let mut root = [0; 32];
    if sum != checksum(key) || hex::decode_to_slice(key, &mut root).is_err() {
        return Err(KeyFileError::NotWhole);
    }
    Ok(Secret::new(root))
}

fn checksum(line: &str) -> String {
    hex::encode(&digest::digest(&digest::SHA256, line.as_bytes()).as_ref()[..8])
}

//! The file of the root key.
//!
//! # Shape
//!
//! Three lines: `teeka root key 1`, 64 hex digits, and the first 16 hex digits of the SHA-256 of
//! the line before, so that a file that was cut short or mistyped is refused. The 1 is the
//! version of this form.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{self, Path},
};

use aws_lc_rs::digest;

use crate::secret::Secret;

const FORM: &str = "teeka root key ";
const VERSION: &str = "1";
/// A whole key file has 16 + 1 + 64 + 1 + 16 + 1 bytes, a file of a PIN 255 + 2; no more than this
/// is read.
pub(crate) const MOST: u16 = 300;

/// Why there is no root key.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It is there already; a root key is never overwritten.
    #[error("the key file exists and is not overwritten")]
    Exists,
    /// The file cannot be read or written.
    #[error("the key file cannot be used")]
    Io(#[from] io::Error),
    /// Others may read it.
    #[error("the key file may be used by others than its owner; set its mode to 0600")]
    TooOpen,
    /// It is not a key file at all.
    #[error("the key file does not begin as a key file does")]
    NotAKeyFile,
    /// It is of a form made by a later program.
    #[error("the key file is of a version that this program does not know")]
    Version,
    /// It was cut short or changed.
    #[error("the key file is cut short or changed; restore it from its copy")]
    NotWhole,
}

/// Reads the root key from its file, or makes it at the first start.
///
/// # Errors
///
/// [`KeyFileError`] if it cannot be written, or is readable by others, cut short or changed.
pub fn load_or_create_root(path: &Path) -> Result<Secret<[u8; 32]>, KeyFileError> {
    if path.exists() {
        return load(path);
    }
    match create(path) {
        // Another process was first.
        Err(KeyFileError::Exists) => load(path),
        made => made,
    }
}

pub(crate) fn create(path: &Path) -> Result<Secret<[u8; 32]>, KeyFileError> {
    let root = Secret::draw()?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => KeyFileError::Exists,
        _ => KeyFileError::Io(error),
    })?;
    if let Err(error) = write(&mut file, &root).and_then(|()| press_name(path)) {
        // Half a key file would stand in the way of the next try.
        let _ = fs::remove_file(path);
        return Err(error.into());
    }
    Ok(root)
}

pub(crate) fn load(path: &Path) -> Result<Secret<[u8; 32]>, KeyFileError> {
    parse(read_private(path, MOST)?.expose())
}

/// What a file holds that only its owner may use.
///
/// # Units
///
/// At most `most` bytes are read.
///
/// # Errors
///
/// [`KeyFileError::Io`] and [`KeyFileError::TooOpen`].
pub fn read_private(path: &Path, most: u16) -> Result<Secret<Vec<u8>>, KeyFileError> {
    let file = File::open(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if file.metadata()?.permissions().mode() & 0o177 != 0 {
            return Err(KeyFileError::TooOpen);
        }
    }
    // With room for all of it: a list that grows leaves copies behind.
    let mut bytes = Secret::new(Vec::with_capacity(usize::from(most) + 1));
    file.take(most.into()).read_to_end(bytes.expose_mut())?;
    Ok(bytes)
}

fn parse(bytes: &[u8]) -> Result<Secret<[u8; 32]>, KeyFileError> {
    let text = std::str::from_utf8(bytes).map_err(|_| KeyFileError::NotAKeyFile)?;
    let mut lines = text.lines();
    let title = lines.next().unwrap_or_default();
    let version = title.strip_prefix(FORM).ok_or(KeyFileError::NotAKeyFile)?;
    if version != VERSION {
        return Err(KeyFileError::Version);
    }
    let (Some(key), Some(sum), None) = (lines.next(), lines.next(), lines.next()) else {
        return Err(KeyFileError::NotWhole);
    };
    let mut root = Secret::new([0; 32]);
    if sum != checksum(key) || hex::decode_to_slice(key, root.expose_mut()).is_err() {
        return Err(KeyFileError::NotWhole);
    }
    Ok(root)
}

fn write(file: &mut File, root: &Secret<[u8; 32]>) -> io::Result<()> {
    let key = Secret::new(hex::encode(root.expose()));
    let text =
        Secret::new(format!("{FORM}{VERSION}\n{}\n{}\n", key.expose(), checksum(key.expose())));
    file.write_all(text.expose().as_bytes())?;
    file.sync_all()
}

/// Makes the name of a file or folder durable, which is kept in the folder above it.
///
/// # Errors
///
/// If that folder cannot be written to disk.
pub fn press_name(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path::absolute(path)?.parent() {
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

fn checksum(line: &str) -> String {
    hex::encode(&digest::digest(&digest::SHA256, line.as_bytes()).as_ref()[..8])
}

#[cfg(all(test, unix))]
mod tests;

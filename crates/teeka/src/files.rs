//! Files that are there whole or not at all, and secrets that only their owner may read.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    path::Path,
};

use anyhow::Context;
use vault::Secret;

/// The most bytes of a secret: an RSA key has less than 8 kB.
const MOST_SECRET: u16 = 32 << 10;

/// Writes a file that is there whole or not at all, also when the power goes.
pub(crate) fn write(path: &Path, text: &str, mode: u32) -> anyhow::Result<()> {
    write_new(path, text, mode).with_context(|| format!("cannot write {}", path.display()))
}

fn write_new(path: &Path, text: &str, mode: u32) -> anyhow::Result<()> {
    let new = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(mode);
    }
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    press_name(path)
}

/// Reads a secret from a file that nobody else may read.
pub(crate) fn read_secret(path: &Path) -> anyhow::Result<Secret<String>> {
    let name = || format!("cannot read the secret in {}", path.display());
    let bytes = vault::read_private(path, MOST_SECRET).with_context(name)?;
    let text = std::str::from_utf8(bytes.expose()).with_context(name)?;
    Ok(Secret::new(text.to_owned()))
}

/// Presses the name of a file or folder to disk, which is kept in the folder above it.
pub(crate) fn press_name(path: &Path) -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        let path = std::path::absolute(path)?;
        if let Some(folder) = path.parent() {
            fs::File::open(folder)?.sync_all()?;
        }
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

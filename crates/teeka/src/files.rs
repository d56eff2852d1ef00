//! Files that are there whole or not at all, and secrets that only their owner may read.

use std::{
    fs::{self, OpenOptions},
    io::{Read, Write},
    path::Path,
};

use anyhow::{Context, ensure};
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
    Ok(vault::press_name(path)?)
}

/// Reads a file of so many bytes at most, which is to be `what`: "a certificate".
pub(crate) fn read(path: &Path, most: u64, what: &str) -> anyhow::Result<Vec<u8>> {
    let name = || format!("cannot read {}", path.display());
    let mut bytes = Vec::new();
    let file = fs::File::open(path).with_context(name)?;
    file.take(most + 1).read_to_end(&mut bytes).with_context(name)?;
    ensure!(bytes.len() as u64 <= most, "{} is too large for {what}", path.display());
    Ok(bytes)
}

/// Reads a secret from a file that nobody else may read.
pub(crate) fn read_secret(path: &Path) -> anyhow::Result<Secret<String>> {
    let name = || format!("cannot read the secret in {}", path.display());
    let bytes = vault::read_private(path, MOST_SECRET).with_context(name)?;
    let text = std::str::from_utf8(bytes.expose()).with_context(name)?;
    Ok(Secret::new(text.to_owned()))
}

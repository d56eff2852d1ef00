//! The journal: a file that only grows, in which each giving of keys stands before the keys leave.
//!
//! # Shape
//!
//! Records of 48 bytes: the kind (1), a number (8, big-endian), 32 bytes, and the first 7 bytes of the
//! SHA-256 of what stands before. A record that was not written whole is the last, and cut off.
//!
//! | kind | number | bytes |
//! | --- | --- | --- |
//! | `B` | givings before the journal begins, all of them in the log | |
//! | `O` | when keys were given, seconds since 1970 | commitment to the access |
//! | `S` | when keys were given | commitment of one that the log has |
//! | `U` | entries of the log so far against which nothing was given | |
//! | `P` | size of the log so far | its root; ends what belongs together |

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use aws_lc_rs::digest;
use vault::press_name;

/// The bytes of a record.
const RECORD: usize = 48;

/// What stands in the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record {
    /// So many were given before it begins.
    Before(u64),
    /// Keys were given, against this access, at this time.
    Opened([u8; 32], u64),
    /// The log has that access.
    Settled([u8; 32], u64),
    /// So many entries of the log were recorded, and nothing was given against them.
    Unopened(u64),
    /// The log was read so far.
    Position(u64, [u8; 32]),
}

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file cannot be read or written.
    #[error("the keyholder's journal cannot be used")]
    Io(#[from] io::Error),
    /// A record in its midst is not what was written.
    #[error("the keyholder's journal was changed at byte {0}")]
    Changed(u64),
}

/// The journal of a folder, open at its end.
pub struct Journal {
    file: File,
    path: PathBuf,
    length: u64,
    broken: bool,
}

impl Record {
    const fn parts(self) -> (u8, u64, [u8; 32]) {
        match self {
            Self::Before(count) => (b'B', count, [0; 32]),
            Self::Opened(commitment, at) => (b'O', at, commitment),
            Self::Settled(commitment, at) => (b'S', at, commitment),
            Self::Unopened(count) => (b'U', count, [0; 32]),
            Self::Position(size, root) => (b'P', size, root),
        }
    }

    fn to_bytes(self) -> [u8; RECORD] {
        let (kind, number, bytes) = self.parts();
        let mut record = [0; RECORD];
        record[0] = kind;
        record[1..9].copy_from_slice(&number.to_be_bytes());
        record[9..41].copy_from_slice(&bytes);
        let sum = digest::digest(&digest::SHA256, &record[..41]);
        record[41..].copy_from_slice(&sum.as_ref()[..7]);
        record
    }

    fn from_bytes(record: &[u8; RECORD]) -> Option<Self> {
        let sum = digest::digest(&digest::SHA256, &record[..41]);
        if sum.as_ref()[..7] != record[41..] {
            return None;
        }
        let number = u64::from_be_bytes(record[1..9].try_into().ok()?);
        let bytes = record[9..41].try_into().ok()?;
        Some(match record[0] {
            b'B' => Self::Before(number),
            b'O' => Self::Opened(bytes, number),
            b'S' => Self::Settled(bytes, number),
            b'U' => Self::Unopened(number),
            b'P' => Self::Position(number, bytes),
            _ => return None,
        })
    }
}

impl Journal {
    /// Opens the journal of a path, or begins it; gives what stands in it.
    ///
    /// # Errors
    ///
    /// [`JournalError`] if it cannot be read, or was changed.
    pub fn open(path: &Path) -> Result<(Self, Vec<Record>), JournalError> {
        let mut file = options().create(true).open(path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let (whole, _) = bytes.as_chunks::<RECORD>();
        let mut records = Vec::with_capacity(whole.len());
        for record in whole {
            match Record::from_bytes(record) {
                Some(record) => records.push(record),
                None => break,
            }
        }
        let length = (records.len() * RECORD) as u64;
        // Whole records behind one that does not hold were not cut off by a crash.
        if whole.iter().skip(records.len() + 1).any(|record| Record::from_bytes(record).is_some()) {
            return Err(JournalError::Changed(length));
        }
        if length < bytes.len() as u64 {
            file.set_len(length)?;
            file.sync_all()?;
        }
        press_name(path)?;
        Ok((Self { file, path: path.to_owned(), length, broken: false }, records))
    }

    /// Adds records; when this returns, they are durable.
    ///
    /// # Errors
    ///
    /// If they are not known to be; then nothing is added any more until the journal is opened again.
    pub fn add(&mut self, records: &[Record]) -> Result<(), JournalError> {
        if self.broken {
            return Err(io::Error::other("an earlier write did not go through").into());
        }
        let bytes: Vec<u8> = records.iter().flat_map(|record| record.to_bytes()).collect();
        let written = self.file.write_all(&bytes).and_then(|()| self.file.sync_data());
        self.broken = written.is_err();
        self.length += bytes.len() as u64;
        Ok(written?)
    }

    /// How long it is, in bytes.
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// Replaces everything by these records, which say the same in less.
    ///
    /// # Errors
    ///
    /// If they cannot be written; then the journal is as it was.
    pub fn replace(&mut self, records: &[Record]) -> Result<(), JournalError> {
        let new = self.path.with_extension("new");
        let bytes: Vec<u8> = records.iter().flat_map(|record| record.to_bytes()).collect();
        drop(std::fs::remove_file(&new));
        let mut file = options().create_new(true).open(&new)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        std::fs::rename(&new, &self.path)?;
        press_name(&self.path)?;
        (self.file, self.length) = (file, bytes.len() as u64);
        Ok(())
    }
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).append(true).mode(0o600);
    options
}

#[cfg(test)]
mod tests;

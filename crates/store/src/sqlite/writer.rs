//! Connections, and the one thread that writes: it takes whatever is waiting, writes it in one
//! transaction, then answers.

use std::sync::mpsc;

use rusqlite::{Connection, OpenFlags};

use super::{Options, Synchronous};
use crate::{StoreError, StoreResult};

/// How many writes share a transaction at most.
const MAX_GROUP: usize = 256;

/// A write that waits. It can be run again, if others of its transaction could not be kept.
pub(super) trait Job: Send {
    /// Runs the write; false if it must not be kept.
    fn run(&mut self, connection: &Connection) -> bool;
    /// Tells the caller what became of it: it is durable, or why not.
    fn reply(self: Box<Self>, durable: StoreResult<()>);
}

/// Opens a connection with our settings.
pub(super) fn connect(options: &Options) -> StoreResult<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = match &options.vfs {
        Some(vfs) => Connection::open_with_flags_and_vfs(&options.path, flags, vfs.as_str())?,
        None => Connection::open_with_flags(&options.path, flags)?,
    };
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    let synchronous = match options.synchronous {
        Synchronous::Full => "FULL",
        Synchronous::Normal => "NORMAL",
        Synchronous::Off => "OFF",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // 16 MiB of pages for each connection at most: memory does not grow with the country.
    connection.pragma_update(None, "cache_size", -16_384)?;
    connection.pragma_update(None, "wal_autocheckpoint", 4_000)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

/// The writer thread: takes whatever is waiting, writes it in one transaction, then answers.
pub(super) fn write_jobs(connection: &mut Connection, jobs: &mpsc::Receiver<Box<dyn Job>>) {
    while let Ok(first) = jobs.recv() {
        let mut group = vec![first];
        group.extend(jobs.try_iter().take(MAX_GROUP - 1));
        match write_group(connection, &mut group) {
            Some(durable) => group.into_iter().for_each(|job| job.reply(durable.clone())),
            // One bad write harms only itself.
            None => {
                for job in group {
                    let mut alone = [job];
                    let durable = write_group(connection, &mut alone).unwrap_or(Ok(()));
                    let [job] = alone;
                    job.reply(durable);
                }
            }
        }
    }
    // Leave one tidy file behind.
    drop(connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)"));
}

/// Writes all in one transaction and says whether it is durable; none if one of them must not be
/// kept, and then nothing is. No savepoint stands around each: SQLite would copy every page it
/// touches into a journal that it walks from the start again and again.
fn write_group(connection: &Connection, group: &mut [Box<dyn Job>]) -> Option<StoreResult<()>> {
    if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
        return Some(Err(error.into()));
    }
    let kept = group.iter_mut().all(|job| job.run(connection));
    let durable = kept.then(|| connection.execute_batch("COMMIT").map_err(StoreError::from));
    if !matches!(durable, Some(Ok(()))) && !connection.is_autocommit() {
        drop(connection.execute_batch("ROLLBACK"));
    }
    durable
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        // Codes only: SQLite's messages can hold values of a row.
        match error.sqlite_error() {
            Some(failure) => {
                let text = format!("SQLite {:?} ({})", failure.code, failure.extended_code);
                match failure.code {
                    Code::DatabaseBusy | Code::DatabaseLocked | Code::DiskFull => {
                        Self::unavailable(text)
                    }
                    _ => Self::broken(text),
                }
            }
            None => Self::broken(match error {
                rusqlite::Error::QueryReturnedNoRows => "a row that must exist is missing",
                rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::InvalidColumnType(..) => "a column holds another type",
                _ => "SQLite refused a statement",
            }),
        }
    }
}

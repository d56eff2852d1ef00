//! Connections, and the one thread that writes: it takes whatever is waiting, writes it in one
//! transaction, then answers.

use std::sync::mpsc;

use rusqlite::{Connection, OpenFlags};

use super::{Options, Synchronous};
use crate::{StoreError, StoreResult};

/// How many writes share a transaction at most.
const MAX_GROUP: usize = 256;

/// What is told to a caller once its write is durable, or is not.
pub(super) type Reply = Box<dyn FnOnce(StoreResult<()>) + Send>;
/// A write: runs inside a savepoint, and says whether to keep it and whom to tell.
pub(super) type Job = Box<dyn FnOnce(&Connection) -> (bool, Reply) + Send>;

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
pub(super) fn write_jobs(connection: &mut Connection, jobs: &mpsc::Receiver<Job>) {
    while let Ok(first) = jobs.recv() {
        let mut replies = Vec::new();
        let begun = connection.execute_batch("BEGIN IMMEDIATE");
        if let Err(error) = begun {
            // Nothing ran: tell this caller, and let the others have their own try.
            let (_, reply) = first(connection);
            reply(Err(error.into()));
            continue;
        }
        run_job(connection, first, &mut replies);
        while replies.len() < MAX_GROUP
            && let Ok(job) = jobs.try_recv()
        {
            run_job(connection, job, &mut replies);
        }
        let durable = connection.execute_batch("COMMIT").map_err(StoreError::from);
        if durable.is_err() && !connection.is_autocommit() {
            drop(connection.execute_batch("ROLLBACK"));
        }
        for reply in replies {
            reply(durable.clone());
        }
    }
    // Leave one tidy file behind.
    drop(connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)"));
}

fn run_job(connection: &Connection, job: Job, replies: &mut Vec<Reply>) {
    drop(connection.execute_batch("SAVEPOINT job"));
    let (keep, reply) = job(connection);
    if !keep {
        drop(connection.execute_batch("ROLLBACK TO job"));
    }
    drop(connection.execute_batch("RELEASE job"));
    replies.push(reply);
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

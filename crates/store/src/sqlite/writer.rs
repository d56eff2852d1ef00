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
/// A write: runs inside a savepoint, and says whether to keep it and whom to tell. With an error
/// instead of a connection, it only says whom to tell.
pub(super) type Job = Box<dyn FnOnce(StoreResult<&Connection>) -> (bool, Reply) + Send>;

/// Opens a connection with our settings.
pub(super) fn connect(options: &Options) -> StoreResult<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(&options.path, flags)?;
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
        let durable = write_group(connection, first, jobs, &mut replies);
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

/// Writes a job and those that are waiting in one transaction: all of them, or, with an error,
/// none.
fn write_group(
    connection: &Connection,
    first: Job,
    jobs: &mpsc::Receiver<Job>,
    replies: &mut Vec<Reply>,
) -> StoreResult<()> {
    if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
        // Without a transaction nothing may run: statements would be kept one by one. The others
        // have their own try.
        let error = StoreError::from(error);
        replies.push(first(Err(error.clone())).1);
        return Err(error);
    }
    run_job(connection, first, replies)?;
    while replies.len() < MAX_GROUP
        && let Ok(job) = jobs.try_recv()
    {
        run_job(connection, job, replies)?;
    }
    Ok(connection.execute_batch("COMMIT")?)
}

/// Runs a job in a savepoint.
///
/// # Errors
///
/// If the whole transaction is lost. SQLite takes all of it back by itself when it cannot read or
/// has no memory: then there is no savepoint any more, and the next would begin a transaction of
/// its own.
fn run_job(connection: &Connection, job: Job, replies: &mut Vec<Reply>) -> StoreResult<()> {
    if let Err(error) = connection.execute_batch("SAVEPOINT job") {
        let error = StoreError::from(error);
        replies.push(job(Err(error.clone())).1);
        return Err(error);
    }
    let (keep, reply) = job(Ok(connection));
    replies.push(reply);
    if !keep {
        connection.execute_batch("ROLLBACK TO job")?;
    }
    Ok(connection.execute_batch("RELEASE job")?)
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        // Codes only: SQLite's messages can hold values of a row.
        match error.sqlite_error() {
            Some(failure) => {
                let text = format!("SQLite {:?} ({})", failure.code, failure.extended_code);
                match failure.code {
                    Code::DatabaseBusy
                    | Code::DatabaseLocked
                    | Code::DiskFull
                    | Code::SystemIoFailure => Self::unavailable(text),
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

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    type Said = Arc<Mutex<Vec<(&'static str, bool)>>>;

    /// A job that runs a statement and, if told so, wants it kept.
    fn job(sql: &'static str, said: &Said) -> Job {
        let said = Arc::clone(said);
        Box::new(move |connection| {
            let done = connection.and_then(|connection| Ok(connection.execute_batch(sql)?));
            let keep = done.is_ok() && sql != "ROLLBACK";
            let reply = move |durable: StoreResult<()>| {
                said.lock().unwrap().push((sql, keep && durable.is_ok()));
            };
            (keep, Box::new(reply))
        })
    }

    /// Runs jobs in one group; gives what was said, and which rows are there.
    fn run(path: &std::path::Path, jobs: &[&'static str]) -> (Vec<(&'static str, bool)>, Vec<i64>) {
        let options = Options { path: path.to_owned(), synchronous: Synchronous::Off };
        let mut connection = connect(&options).unwrap();
        connection.execute_batch("CREATE TABLE IF NOT EXISTS one (number INTEGER)").unwrap();
        connection.busy_timeout(std::time::Duration::ZERO).unwrap();
        let said = Said::default();
        let (send, waiting) = mpsc::channel();
        for sql in jobs {
            send.send(job(sql, &said)).unwrap();
        }
        drop(send);
        write_jobs(&mut connection, &waiting);
        let mut rows = connection.prepare("SELECT number FROM one ORDER BY number").unwrap();
        let rows = rows.query_map([], |row| row.get(0)).unwrap();
        let rows = rows.collect::<rusqlite::Result<Vec<i64>>>().unwrap();
        (said.lock().unwrap().clone(), rows)
    }

    const ONE: &str = "INSERT INTO one VALUES (1)";
    const TWO: &str = "INSERT INTO one VALUES (2)";
    const BAD: &str = "INSERT INTO one VALUES (3); INSERT INTO none VALUES (1)";

    #[test]
    fn a_job_that_fails_takes_only_itself_back() {
        let folder = tempfile::tempdir().unwrap();
        let (said, rows) = run(&folder.path().join("one"), &[ONE, BAD, TWO]);
        assert_eq!(said, [(ONE, true), (BAD, false), (TWO, true)]);
        assert_eq!(rows, [1, 2]);
    }

    #[test]
    fn nobody_is_told_yes_when_sqlite_took_the_transaction_back() {
        let folder = tempfile::tempdir().unwrap();
        let (said, rows) = run(&folder.path().join("one"), &[ONE, "ROLLBACK", TWO]);
        assert_eq!(said, [(ONE, false), ("ROLLBACK", false), (TWO, true)]);
        assert_eq!(rows, [2], "the third is in a transaction of its own");
    }

    #[test]
    fn nothing_runs_outside_a_transaction() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one");
        run(&path, &[]);
        let other = Connection::open(&path).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        // Would give the lock back, if it ran, and then write without a transaction.
        let seen = Arc::new(Mutex::new(false));
        let ran = Arc::clone(&seen);
        let (send, waiting) = mpsc::channel::<Job>();
        send.send(Box::new(move |connection| {
            *ran.lock().unwrap() = connection.is_ok();
            (false, Box::new(|durable| assert!(durable.is_err())))
        }))
        .unwrap();
        drop(send);
        let options = Options { path, synchronous: Synchronous::Off };
        let mut connection = connect(&options).unwrap();
        connection.busy_timeout(std::time::Duration::ZERO).unwrap();
        write_jobs(&mut connection, &waiting);
        assert!(!*seen.lock().unwrap());
        drop(other);
    }
}

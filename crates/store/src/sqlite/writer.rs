//! Connections, and the one thread that writes: it takes whatever is waiting, writes it in one
//! transaction, then answers. Another thread moves what was written from the log into the database
//! file, so that nobody who waits for a write waits for that.

use std::{
    path::{Path, PathBuf},
    sync::mpsc,
    time::{Duration, Instant},
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};
use tokio::sync::oneshot;

use crate::{StoreError, StoreResult};

/// How long another process that has the file is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many writes share a transaction at most.
const MAX_GROUP: usize = 256;

/// How many pages the log has at most before the writer itself moves what is left of it and starts
/// it again: 128 MiB.
const MAX_LOG: i32 = 32_768;
/// How long the log fills before it is moved into the database file.
const LOG_SPAN: Duration = Duration::from_millis(250);

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

/// A write that waits. It can be run again, if others of its transaction could not be kept.
pub(super) trait Job: Send {
    /// Runs the write; false if it must not be kept.
    fn run(&mut self, connection: &Connection) -> bool;
    /// Tells the caller what became of it: it is durable, or why not.
    fn reply(self: Box<Self>, durable: StoreResult<()>);
}

/// A write and who waits for it.
pub(super) struct Waiting<T, F> {
    write: F,
    outcome: Option<rusqlite::Result<T>>,
    answer: oneshot::Sender<StoreResult<T>>,
}

impl<T, F> Waiting<T, F> {
    pub(super) fn new(write: F, answer: oneshot::Sender<StoreResult<T>>) -> Self {
        Self { write, outcome: None, answer }
    }
}

impl<T: Send, F: Fn(&Connection) -> rusqlite::Result<T> + Send> Job for Waiting<T, F> {
    fn run(&mut self, connection: &Connection) -> bool {
        self.outcome.insert((self.write)(connection)).is_ok()
    }

    fn reply(self: Box<Self>, durable: StoreResult<()>) {
        let outcome = match self.outcome {
            Some(Ok(value)) => durable.map(|()| value),
            Some(Err(error)) => Err(error.into()),
            None => durable.and(Err(StoreError::stopped())),
        };
        // The caller may have stopped waiting.
        drop(self.answer.send(outcome));
    }
}

/// Opens a connection with our settings.
pub(super) fn connect(options: &Options) -> StoreResult<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(&options.path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    // Or a statement is prepared anew for each value it is asked with, to plan for that value.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    use_write_ahead_log(&connection)?;
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
    connection.pragma_update(None, "wal_autocheckpoint", MAX_LOG)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

/// Turns on the write-ahead log. While another process does the same, SQLite says at once that the
/// file is busy, whatever patience it was told to have.
fn use_write_ahead_log(connection: &Connection) -> StoreResult<()> {
    let begun = Instant::now();
    loop {
        match connection.pragma_update(None, "journal_mode", "WAL").map_err(StoreError::from) {
            Err(StoreError::Unavailable(_)) if begun.elapsed() < PATIENCE => {
                #[expect(clippy::disallowed_methods, reason = "another process is at the file")]
                std::thread::sleep(Duration::from_millis(5));
            }
            done => return done,
        }
    }
}

/// The writer thread: takes whatever is waiting, writes it in one transaction, then answers.
pub(super) fn write_jobs(
    connection: &mut Connection,
    jobs: &mpsc::Receiver<Box<dyn Job>>,
    written: &mpsc::SyncSender<()>,
) {
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
        // Whoever moves the log may be at it already.
        let _ = written.try_send(());
    }
}

/// Moves the log into the database file while others read and write: a moment after a write, until
/// the writer has ended. Leaves one tidy file behind.
pub(super) fn move_log(connection: &Connection, written: &mpsc::Receiver<()>) {
    while written.recv().is_ok() {
        let until = Instant::now() + LOG_SPAN;
        while written.recv_timeout(until.saturating_duration_since(Instant::now())).is_ok() {}
        drop(connection.execute_batch("PRAGMA wal_checkpoint(PASSIVE)"));
    }
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

/// Starts a thread of the store.
pub(super) fn spawn(
    name: &str,
    body: impl FnOnce() + Send + 'static,
) -> StoreResult<std::thread::JoinHandle<()>> {
    let thread = std::thread::Builder::new().name(name.to_owned()).spawn(body);
    thread.map_err(|error| StoreError::broken(error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    type Said = Arc<Mutex<Vec<(&'static str, bool)>>>;

    /// A job that runs a statement.
    struct Run {
        sql: &'static str,
        keep: bool,
        said: Said,
    }

    impl Job for Run {
        fn run(&mut self, connection: &Connection) -> bool {
            self.keep = connection.execute_batch(self.sql).is_ok() && self.sql != "ROLLBACK";
            self.keep
        }

        fn reply(self: Box<Self>, durable: StoreResult<()>) {
            self.said.lock().unwrap().push((self.sql, self.keep && durable.is_ok()));
        }
    }

    fn job(sql: &'static str, said: &Said) -> Box<dyn Job> {
        Box::new(Run { sql, keep: false, said: Arc::clone(said) })
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
        write_jobs(&mut connection, &waiting, &mpsc::sync_channel(1).0);
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
        assert_eq!(said, [(ONE, true), ("ROLLBACK", false), (TWO, true)]);
        assert_eq!(rows, [1, 2], "each of the others is in a transaction of its own");
    }

    #[test]
    fn nothing_runs_outside_a_transaction() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one");
        run(&path, &[]);
        let other = Connection::open(&path).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let said = Said::default();
        let (send, waiting) = mpsc::channel();
        // Would give the lock back, if it ran, and then write without a transaction.
        send.send(job(ONE, &said)).unwrap();
        drop(send);
        let options = Options { path, synchronous: Synchronous::Off };
        let mut connection = connect(&options).unwrap();
        connection.busy_timeout(std::time::Duration::ZERO).unwrap();
        write_jobs(&mut connection, &waiting, &mpsc::sync_channel(1).0);
        assert_eq!(*said.lock().unwrap(), [(ONE, false)]);
        other.execute_batch("COMMIT").unwrap();
        let rows: i64 = other.query_row("SELECT count(*) FROM one", [], |row| row.get(0)).unwrap();
        assert_eq!(rows, 0);
    }
}

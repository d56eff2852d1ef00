//! The file of a sweep: which addresses there are, which were asked, and what their documents hold.
//!
//! A SQLite file of its own, beside the platform's store and never in it. It is what lets a sweep of
//! a million addresses be killed at any moment and go on: what is in a committed batch is done, all
//! else is asked again. It holds addresses as they are published, and of documents counts only.

mod rows;
mod tell;

use std::{
    collections::HashSet,
    fs::OpenOptions,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, named_params, params};

pub use self::rows::{Class, Document, Fate, Found, Host, Message, Tried, Visit, Waiting};
pub use self::tell::{Address, Exposure, Row, Totals};
use crate::{StoreError, StoreResult};

/// What the tables look like. Another number is another program's file.
const VERSION: i64 = 1;

const TABLES: &str = "
    CREATE TABLE fact (
        name  TEXT NOT NULL PRIMARY KEY,
        value BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE host (
        id     INTEGER PRIMARY KEY,
        origin TEXT    NOT NULL UNIQUE   -- scheme, host and port
    ) STRICT;

    -- One row for each address that is known, in the order in which they became so.
    CREATE TABLE address (
        id       INTEGER PRIMARY KEY,
        key      BLOB    NOT NULL UNIQUE,    -- first 16 bytes of the SHA-256 of the URL
        host     INTEGER NOT NULL,
        class    INTEGER NOT NULL,           -- what it is asked for; lower comes first
        url      TEXT    NOT NULL,
        sources  INTEGER NOT NULL,           -- a bit for each kind of place where it was met
        depth    INTEGER NOT NULL,           -- steps from what the operator named
        waiting  INTEGER NOT NULL,           -- whether it is still to be asked in this turn
        tries    INTEGER NOT NULL DEFAULT 0,
        due      INTEGER NOT NULL DEFAULT 0, -- not before this second since 1970
        fate     INTEGER NOT NULL DEFAULT 0, -- what came of it last
        status   INTEGER NOT NULL DEFAULT 0, -- of its last answer
        etag     TEXT,
        modified TEXT,                       -- Last-Modified, as the server wrote it
        stamp    INTEGER,                    -- hash of what a listing says beside it
        stamp_at INTEGER NOT NULL DEFAULT 0, -- when the listing said that first
        asked_at INTEGER NOT NULL DEFAULT 0,
        digest   BLOB                        -- of the document that was there last
    ) STRICT;
    CREATE INDEX address_waiting ON address (host, class, id) WHERE waiting = 1;
    CREATE INDEX address_digest ON address (digest) WHERE digest IS NOT NULL;

    -- One row for each document, at however many addresses.
    CREATE TABLE document (
        digest   BLOB    NOT NULL PRIMARY KEY, -- SHA-256
        near     INTEGER NOT NULL,             -- simhash of its text
        bytes    INTEGER NOT NULL,
        media    TEXT    NOT NULL,
        people   INTEGER NOT NULL,
        kinds    TEXT    NOT NULL,             -- JSON, counts by kind
        unread   TEXT,                         -- why it was not read, or not to its end
        letters  INTEGER NOT NULL,             -- whether its letters are still to be read
        found_at TEXT    NOT NULL,
        score    REAL    NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX document_exposed ON document (score) WHERE people > 0 OR kinds <> '{}';
    CREATE INDEX document_letters ON document (score) WHERE letters = 1;";

/// A sweep's file, open for writing by one process at a time.
pub struct JobFile {
    connection: Connection,
    path: PathBuf,
}

/// Reads beside the writer whether a document is known.
pub struct Known {
    connection: Connection,
}

impl JobFile {
    /// Opens or creates one. Nobody else may read it: addresses may name people.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if another process has it; [`StoreError::Broken`] if it is no
    /// such file, or is of another version.
    pub fn open(path: &Path) -> StoreResult<Self> {
        private(path)?;
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "locking_mode", "NORMAL")?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "cache_size", -32_768)?;
        let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        match version {
            VERSION => {}
            0 => connection.execute_batch(&format!(
                "BEGIN; {TABLES} PRAGMA user_version = {VERSION}; COMMIT;"
            ))?,
            _ => return Err(StoreError::broken("the file of the sweep is of another version")),
        }
        Ok(Self { connection, path: path.to_owned() })
    }

    /// A reader beside this writer.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the file cannot be opened again.
    pub fn known(&self) -> StoreResult<Known> {
        let connection = Connection::open(&self.path)?;
        connection.pragma_update(None, "query_only", true)?;
        connection.pragma_update(None, "cache_size", -4_096)?;
        Ok(Known { connection })
    }

    /// Something that was noted about the sweep as a whole.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn fact(&self, name: &str) -> StoreResult<Option<Vec<u8>>> {
        let mut find = self.connection.prepare_cached("SELECT value FROM fact WHERE name = ?1")?;
        Ok(find.query_row([name], |row| row.get(0)).optional()?)
    }

    /// Notes something about the sweep as a whole.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn note(&self, name: &str, value: &[u8]) -> StoreResult<()> {
        self.connection.execute(
            "INSERT OR REPLACE INTO fact (name, value) VALUES (?1, ?2)",
            params![name, value],
        )?;
        Ok(())
    }

    /// Begins another turn: every address is asked again, but for the further pages of a bucket's
    /// listing, whose tokens were of their time.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn begin_turn(&mut self) -> StoreResult<()> {
        let transaction = self.connection.transaction()?;
        transaction.execute(
            "DELETE FROM address WHERE class = 2 AND url LIKE '%&continuation-token=%'",
            [],
        )?;
        transaction.execute("UPDATE address SET waiting = 1, tries = 0, due = 0", [])?;
        Ok(transaction.commit()?)
    }

    /// Every host that is known, with how many of its addresses wait.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn hosts(&self) -> StoreResult<Vec<Host>> {
        let mut find = self.connection.prepare_cached(
            "SELECT host.id, host.origin,
                    (SELECT count(*) FROM address WHERE host = host.id AND waiting = 1)
             FROM host
             ORDER BY host.id",
        )?;
        let rows = find.query_map([], |row| {
            Ok(Host { id: row.get(0)?, origin: row.get(1)?, waiting: row.get(2)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The next addresses of a host that wait and are due, without those that are in hand already.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn waiting(
        &self,
        host: i64,
        now: Timestamp,
        most: usize,
        in_hand: &HashSet<i64>,
    ) -> StoreResult<Vec<Waiting>> {
        let mut find = self.connection.prepare_cached(
            "SELECT id, class, url, sources, depth, tries, etag, modified, digest
             FROM address
             WHERE host = ?1 AND waiting = 1 AND due <= ?2
             ORDER BY class, id
             LIMIT ?3",
        )?;
        let limit = i64::try_from(most + in_hand.len()).unwrap_or(i64::MAX);
        let rows = find.query_map(params![host, now.as_second(), limit], |row| {
            Ok(Waiting {
                id: row.get(0)?,
                host,
                class: Class::of(row.get(1)?),
                url: row.get(2)?,
                sources: row.get(3)?,
                depth: row.get(4)?,
                tries: row.get(5)?,
                etag: row.get(6)?,
                modified: row.get(7)?,
                digest: row.get(8)?,
            })
        })?;
        let mut waiting = Vec::with_capacity(most);
        for row in rows {
            let row = row?;
            if !in_hand.contains(&row.id) && waiting.len() < most {
                waiting.push(row);
            }
        }
        Ok(waiting)
    }

    /// Writes down what came of many addresses, all of it or nothing, and says how many addresses
    /// more wait and how many of those that waited need not be asked, by host.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; then none of it is written.
    pub fn apply(&mut self, messages: &[Message], now: Timestamp) -> StoreResult<Vec<Tried>> {
        let transaction = self.connection.transaction()?;
        let mut tried = Vec::new();
        for message in messages {
            match message {
                Message::Found(found) => tried.extend(add(&transaction, found, now)?),
                Message::Visited(visit) => {
                    visited(&transaction, visit, now)?;
                }
            }
        }
        transaction.commit()?;
        Ok(tried)
    }
}

impl Known {
    /// What is known of a document by its bytes.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn has(&self, digest: &[u8; 32]) -> StoreResult<bool> {
        let mut find =
            self.connection.prepare_cached("SELECT 1 FROM document WHERE digest = ?1")?;
        Ok(find.exists([digest.as_slice()])?)
    }
}

/// Seconds after which what a listing says beside an address is relied on: listings tell minutes,
/// and a document may be changed twice in one.
const SETTLED: i64 = 120;

const INSERT: &str = "
    INSERT INTO address (key, host, class, url, sources, depth, waiting, stamp, stamp_at)
    VALUES (:key, :host, :class, :url, :sources, :depth, 1, :stamp, :now)
    ON CONFLICT (key) DO NOTHING";

const UNCHANGED: &str = "
    UPDATE address
    SET waiting = 0, fate = :fate
    WHERE key = :key AND waiting = 1 AND digest IS NOT NULL AND stamp = :stamp
        AND asked_at >= stamp_at + :settled";

const MET_AGAIN: &str = "
    UPDATE address
    SET sources = sources | :sources,
        class = min(class, :class),
        depth = min(depth, :depth),
        stamp_at = CASE WHEN :stamp IS NULL OR stamp IS :stamp THEN stamp_at ELSE :now END,
        stamp = coalesce(:stamp, stamp)
    WHERE key = :key
        AND (sources | :sources <> sources OR class > :class OR depth > :depth
             OR (:stamp IS NOT NULL AND stamp IS NOT :stamp))";

/// Adds an address, or notes that it was met once more. If its listing says beside it what it said
/// long before the document was read, the document need not be asked for.
fn add(transaction: &Transaction<'_>, found: &Found, now: Timestamp) -> StoreResult<Option<Tried>> {
    let Found { key, origin, class, url, sources, depth, stamp } = found;
    let host = host(transaction, origin)?;
    let (key, class, now) = (key.as_slice(), *class as i64, now.as_second());
    let new = transaction.prepare_cached(INSERT)?.execute(named_params! {
        ":key": key,
        ":host": host,
        ":class": class,
        ":url": url,
        ":sources": sources,
        ":depth": depth,
        ":stamp": stamp,
        ":now": now,
    })?;
    let tried = |more| Tried { host, origin: origin.clone(), more };
    if new == 1 {
        return Ok(Some(tried(1)));
    }
    let skipped = match stamp {
        None => 0,
        Some(stamp) => transaction.prepare_cached(UNCHANGED)?.execute(named_params! {
            ":key": key,
            ":fate": Fate::Listed as i64,
            ":stamp": stamp,
            ":settled": SETTLED,
        })?,
    };
    transaction.prepare_cached(MET_AGAIN)?.execute(named_params! {
        ":key": key,
        ":class": class,
        ":sources": sources,
        ":depth": depth,
        ":stamp": stamp,
        ":now": now,
    })?;
    Ok((skipped == 1).then(|| tried(-1)))
}

fn host(transaction: &Transaction<'_>, origin: &str) -> StoreResult<i64> {
    let mut find = transaction.prepare_cached("SELECT id FROM host WHERE origin = ?1")?;
    if let Some(id) = find.query_row([origin], |row| row.get(0)).optional()? {
        return Ok(id);
    }
    transaction.execute("INSERT INTO host (origin) VALUES (?1)", [origin])?;
    Ok(transaction.last_insert_rowid())
}

/// Writes down what came of asking one address.
fn visited(transaction: &Transaction<'_>, visit: &Visit, now: Timestamp) -> StoreResult<()> {
    if let Some(document) = &visit.document {
        put(transaction, document, now)?;
    }
    let mut update = transaction.prepare_cached(
        "UPDATE address
         SET waiting = :waiting, tries = :tries, due = :due, fate = :fate, status = :status,
             asked_at = :now,
             etag = CASE WHEN :keeps THEN etag ELSE :etag END,
             modified = CASE WHEN :keeps THEN modified ELSE :modified END,
             digest = CASE WHEN :keeps THEN digest ELSE :digest END
         WHERE id = :id",
    )?;
    update.execute(named_params! {
        ":id": visit.id,
        ":waiting": visit.again_at.is_some(),
        ":tries": visit.tries,
        ":due": visit.again_at.map_or(0, |at| at.as_second() + 1),
        ":fate": visit.fate as i64,
        ":status": i64::from(visit.status),
        ":now": now.as_second(),
        ":keeps": visit.fate.keeps(),
        ":etag": visit.etag,
        ":modified": visit.modified,
        ":digest": visit.digest.as_ref().map(<[u8; 32]>::as_slice),
    })?;
    Ok(())
}

fn put(transaction: &Transaction<'_>, document: &Document, now: Timestamp) -> StoreResult<()> {
    let mut insert = transaction.prepare_cached(
        "INSERT INTO document
             (digest, near, bytes, media, people, kinds, unread, letters, found_at)
         VALUES (:digest, :near, :bytes, :media, :people, :kinds, :unread, :letters, :found_at)
         ON CONFLICT (digest) DO UPDATE
         SET near = excluded.near, people = excluded.people, kinds = excluded.kinds,
             unread = excluded.unread, letters = excluded.letters
         WHERE document.letters = 1",
    )?;
    insert.execute(named_params! {
        ":digest": document.digest.as_slice(),
        ":near": document.near.cast_signed(),
        ":bytes": document.bytes.cast_signed(),
        ":media": document.media,
        ":people": document.people.cast_signed(),
        ":kinds": document.kinds,
        ":unread": document.unread,
        ":letters": document.letters,
        ":found_at": now.to_string(),
    })?;
    Ok(())
}

/// Makes the file, if it is not there, so that only its owner may read it.
fn private(path: &Path) -> StoreResult<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let opened = options.open(path);
    opened
        .map(drop)
        .map_err(|error| StoreError::broken(format!("the file of the sweep: {}", error.kind())))
}

#[cfg(test)]
mod tests;

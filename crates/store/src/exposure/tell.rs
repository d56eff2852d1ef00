//! What the file of a sweep tells when it is asked.

use std::collections::BTreeMap;

use rusqlite::params;

use super::{Class, Fate, JobFile, Waiting};
use crate::StoreResult;

/// A document that exposes somebody, or that may, with where it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Exposure {
    /// The document.
    pub row: Row,
    /// Every address at which it is.
    pub addresses: Vec<Address>,
}

/// An address, with the kinds of place where it was met and its validator.
pub type Address = (String, i64, Option<String>);

/// A document as the file has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// SHA-256 of its bytes.
    pub digest: [u8; 32],
    /// Simhash of its text.
    pub near: u64,
    /// Its length.
    pub bytes: u64,
    /// Its media type.
    pub media: String,
    /// How many people it exposes.
    pub people: u64,
    /// Counts by kind, as JSON.
    pub kinds: String,
    /// When it was found, RFC 3339.
    pub found_at: String,
    /// Its place in the queue.
    pub score: f64,
}

/// Numbers of a whole sweep.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Addresses that are known.
    pub addresses: u64,
    /// Of them, those that wait.
    pub waiting: u64,
    /// Addresses by what came of them.
    pub fates: BTreeMap<&'static str, u64>,
    /// Different documents.
    pub documents: u64,
    /// Of them, those whose letters are still to be read.
    pub letters: u64,
    /// Of them, those that were not read, or not to their end, by why.
    pub unread: BTreeMap<String, u64>,
    /// Of them, those that expose somebody and are still there.
    pub exposed: u64,
    /// People exposed, counted once in each document.
    pub people: u64,
}

/// Which documents.
enum Which {
    Exposed,
    Letters,
}

impl JobFile {
    /// Numbers of the whole.
    ///
    /// # Errors
    ///
    /// [`crate::StoreError`].
    pub fn totals(&self) -> StoreResult<Totals> {
        let mut totals = Totals::default();
        let mut fates = self
            .connection
            .prepare_cached("SELECT fate, count(*), sum(waiting) FROM address GROUP BY fate")?;
        let mut rows = fates.query([])?;
        while let Some(row) = rows.next()? {
            let count = number(row, 1)?;
            totals.addresses += count;
            totals.waiting += number(row, 2)?;
            totals.fates.insert(fate(row, 0)?, count);
        }
        (totals.documents, totals.letters) = self.connection.query_row(
            "SELECT count(*), coalesce(sum(letters), 0) FROM document",
            [],
            |row| Ok((number(row, 0)?, number(row, 1)?)),
        )?;
        let mut unread = self.connection.prepare_cached(
            "SELECT unread, count(*) FROM document WHERE unread IS NOT NULL GROUP BY unread",
        )?;
        let unread = unread.query_map([], |row| Ok((row.get(0)?, number(row, 1)?)))?;
        totals.unread = unread.collect::<Result<_, _>>()?;
        (totals.exposed, totals.people) = self.connection.query_row(
            "SELECT count(*), coalesce(sum(people), 0)
             FROM document
             WHERE (people > 0 OR kinds <> '{}')
                 AND EXISTS (SELECT 1 FROM address WHERE address.digest = document.digest)",
            [],
            |row| Ok((number(row, 0)?, number(row, 1)?)),
        )?;
        Ok(totals)
    }

    /// Every document that exposes somebody and is still there, the highest score first.
    ///
    /// # Errors
    ///
    /// [`crate::StoreError`], and what `take` gives.
    pub fn each_exposed<E: From<crate::StoreError>>(
        &self,
        take: &mut dyn FnMut(Exposure) -> Result<(), E>,
    ) -> Result<(), E> {
        self.each(&Which::Exposed, take)
    }

    /// At most so many documents that expose somebody and are still there, behind so many others, the
    /// highest score first.
    ///
    /// # Errors
    ///
    /// [`crate::StoreError`].
    pub fn exposed(&self, after: u64, most: u64) -> StoreResult<Vec<Exposure>> {
        let mut find = self.connection.prepare_cached(
            "SELECT digest, near, bytes, media, people, kinds, found_at, score
             FROM document
             WHERE (people > 0 OR kinds <> '{}')
                 AND EXISTS (SELECT 1 FROM address WHERE address.digest = document.digest)
             ORDER BY score DESC, digest
             LIMIT ?2 OFFSET ?1",
        )?;
        let limit = |number| i64::try_from(number).unwrap_or(i64::MAX);
        let rows = find.query_map([limit(after), limit(most)], read)?;
        rows.map(|row| {
            let row = row?;
            let addresses = self.addresses(&row.digest)?;
            Ok(Exposure { row, addresses })
        })
        .collect()
    }

    /// Where a document is.
    fn addresses(&self, digest: &[u8; 32]) -> rusqlite::Result<Vec<Address>> {
        let mut find = self.connection.prepare_cached(
            "SELECT url, sources, etag FROM address WHERE digest = ?1 ORDER BY id",
        )?;
        let rows =
            find.query_map([digest.as_slice()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        rows.collect()
    }

    /// One address of each document whose letters are still to be read, the highest score first.
    ///
    /// # Errors
    ///
    /// [`crate::StoreError`].
    pub fn unlettered(&self, most: u64) -> StoreResult<Vec<Waiting>> {
        let mut find = self.connection.prepare_cached(
            "SELECT address.id, address.host, class, url, sources, depth, etag, modified,
                    address.digest
             FROM document
             JOIN address ON address.id =
                 (SELECT min(id) FROM address WHERE address.digest = document.digest)
             WHERE document.letters = 1
             ORDER BY document.score DESC
             LIMIT ?1",
        )?;
        let rows = find.query_map([i64::try_from(most).unwrap_or(i64::MAX)], |row| {
            Ok(Waiting {
                id: row.get(0)?,
                host: row.get(1)?,
                class: Class::of(row.get(2)?),
                url: row.get(3)?,
                sources: row.get(4)?,
                depth: row.get(5)?,
                tries: 0,
                etag: row.get(6)?,
                modified: row.get(7)?,
                digest: row.get(8)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Every document whose letters are still to be read, the highest score first.
    ///
    /// # Errors
    ///
    /// [`crate::StoreError`], and what `take` gives.
    pub fn each_unlettered<E: From<crate::StoreError>>(
        &self,
        take: &mut dyn FnMut(Exposure) -> Result<(), E>,
    ) -> Result<(), E> {
        self.each(&Which::Letters, take)
    }

    fn each<E: From<crate::StoreError>>(
        &self,
        which: &Which,
        take: &mut dyn FnMut(Exposure) -> Result<(), E>,
    ) -> Result<(), E> {
        let broken = |error: rusqlite::Error| E::from(error.into());
        let condition = match which {
            Which::Exposed => "people > 0 OR kinds <> '{}'",
            Which::Letters => "letters = 1",
        };
        let mut find = self
            .connection
            .prepare_cached(&format!(
                "SELECT digest, near, bytes, media, people, kinds, found_at, score
                 FROM document
                 WHERE {condition}
                 ORDER BY score DESC"
            ))
            .map_err(broken)?;
        let mut rows = find.query([]).map_err(broken)?;
        while let Some(row) = rows.next().map_err(broken)? {
            let row = read(row).map_err(broken)?;
            let addresses = self.addresses(&row.digest).map_err(broken)?;
            if !addresses.is_empty() {
                take(Exposure { row, addresses })?;
            }
        }
        Ok(())
    }

    /// Notes scores, all of them or none.
    ///
    /// # Errors
    ///
    /// [`crate::StoreError`].
    pub fn put_scores(&mut self, scores: &[([u8; 32], f64)]) -> StoreResult<()> {
        let transaction = self.connection.transaction()?;
        {
            let mut update = transaction.prepare_cached(
                "UPDATE document SET score = ?2 WHERE digest = ?1 AND score <> ?2",
            )?;
            for (digest, score) in scores {
                update.execute(params![digest.as_slice(), score])?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// How many addresses of each fate, by host, in order.
    ///
    /// # Errors
    ///
    /// [`crate::StoreError`].
    pub fn fates_by_host(&self) -> StoreResult<Vec<(String, &'static str, u64)>> {
        let mut find = self.connection.prepare_cached(
            "SELECT host.origin, address.fate, count(*)
             FROM address JOIN host ON host.id = address.host
             GROUP BY 1, 2
             ORDER BY 1, 2",
        )?;
        let rows = find.query_map([], |row| Ok((row.get(0)?, fate(row, 1)?, number(row, 2)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// A count: SQLite has no numbers without a sign.
fn number(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(i64::unsigned_abs)
}

fn fate(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<&'static str> {
    let number = usize::try_from(row.get::<_, i64>(column)?).unwrap_or_default();
    Ok(Fate::ALL.get(number).map_or("unasked", |fate| fate.as_str()))
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    Ok(Row {
        digest: row.get(0)?,
        near: row.get::<_, i64>(1)?.cast_unsigned(),
        bytes: number(row, 2)?,
        media: row.get(3)?,
        people: number(row, 4)?,
        kinds: row.get(5)?,
        found_at: row.get(6)?,
        score: row.get(7)?,
    })
}

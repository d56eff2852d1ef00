//! Who opened which fields of whom.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::{Sqlite, each, on_one_snapshot};
use crate::{
    AccessStore, StoreResult,
    record::{AccessHead, AccessOf, AccessRow, KeptAccess},
};

#[async_trait]
impl AccessStore for Sqlite {
    async fn access_heads(&self, people: &[AccessOf]) -> StoreResult<Vec<Option<AccessHead>>> {
        self.read(|c| on_one_snapshot(c, people, |one| head(c, *one)))
    }

    async fn put_accesses(&self, accesses: &[AccessRow]) -> StoreResult<Vec<bool>> {
        let accesses = accesses.to_vec();
        self.write(move |c| each(&accesses, |one| put(c, one))).await
    }

    async fn accesses_after(
        &self,
        of: AccessOf,
        number: u64,
        limit: u32,
    ) -> StoreResult<Vec<KeptAccess>> {
        self.read(|c| after(c, of, number, limit))
    }
}

fn head(connection: &Connection, of: AccessOf) -> rusqlite::Result<Option<AccessHead>> {
    const HEAD: &str = "
        SELECT number, commitment FROM access_entry
        WHERE person = ?1 ORDER BY number DESC LIMIT 1";
    let mut head = connection.prepare_cached(HEAD)?;
    head.query_row([of.person.as_bytes()], |row| {
        let number: i64 = row.get("number")?;
        Ok(AccessHead { number: number.cast_unsigned(), commitment: row.get("commitment")? })
    })
    .optional()
}

/// Keeps an access if it follows the last one of its person, or is there already.
fn put(connection: &Connection, access: &AccessRow) -> rusqlite::Result<bool> {
    const PUT: &str = "
        INSERT INTO access_entry (person, number, commitment, sealed, opened_at)
        SELECT :person, :number, :commitment, :sealed, :at
        WHERE (:number = 1 AND :previous IS NULL) OR EXISTS (
            SELECT 1 FROM access_entry
            WHERE person = :person AND number = :number - 1 AND commitment = :previous)
        ON CONFLICT DO NOTHING";
    const THERE: &str = "
        SELECT 1 FROM access_entry WHERE person = ?1 AND number = ?2 AND commitment = ?3";
    let (person, number) = (access.of.person.as_bytes(), access.number.cast_signed());
    let kept = connection.prepare_cached(PUT)?.execute(named_params! {
        ":person": person,
        ":number": number,
        ":previous": access.previous,
        ":commitment": access.commitment,
        ":sealed": access.sealed,
        ":at": access.at.as_millisecond(),
    })?;
    Ok(kept == 1
        || connection.prepare_cached(THERE)?.exists((person, number, access.commitment))?)
}

fn after(
    connection: &Connection,
    of: AccessOf,
    number: u64,
    limit: u32,
) -> rusqlite::Result<Vec<KeptAccess>> {
    const AFTER: &str = "
        SELECT number, sealed, leaf FROM access_entry
        WHERE person = ?1 AND number > ?2 ORDER BY number LIMIT ?3";
    let read = |row: &Row<'_>| {
        Ok(KeptAccess {
            number: row.get::<_, i64>("number")?.cast_unsigned(),
            sealed: row.get("sealed")?,
            leaf: row.get::<_, Option<i64>>("leaf")?.map(i64::cast_unsigned),
        })
    };
    let mut rows = connection.prepare_cached(AFTER)?;
    rows.query_map((of.person.as_bytes(), number.cast_signed(), limit), read)?.collect()
}

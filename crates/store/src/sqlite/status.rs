//! Entries of status lists.

use async_trait::async_trait;
use domain::id::HomeBucket;
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use super::{
    Sqlite, each,
    person::list,
    value::{instant_at, uuid_at},
};
use crate::{
    StatusStore, StoreResult,
    guard::{Entries, free_place},
    record::{NotAllotted, StatusEntry, StatusWish, WithdrawnEntry, WithdrawnPlace},
    value::number,
};

#[async_trait]
impl StatusStore for Sqlite {
    async fn allot_status(
        &self,
        wishes: &[StatusWish],
    ) -> StoreResult<Vec<Result<StatusEntry, NotAllotted>>> {
        let wishes = wishes.to_vec();
        self.write(move |c| each(&wishes, |one| allot(c, one))).await
    }

    async fn withdrawn_entries(
        &self,
        after: WithdrawnPlace,
        limit: u32,
    ) -> StoreResult<Vec<WithdrawnEntry>> {
        self.read(|c| withdrawn(c, after, limit))
    }

    async fn newest_status_list(&self) -> StoreResult<Option<u32>> {
        const NEWEST: &str = "SELECT max(list) FROM status_entry";
        self.read(|c| c.prepare_cached(NEWEST)?.query_row([], |row| row.get(0)))
    }
}

fn allot(
    connection: &Connection,
    wish: &StatusWish,
) -> rusqlite::Result<Result<StatusEntry, NotAllotted>> {
    const LIVE: &str = "
        SELECT 1 FROM certificate
        WHERE certificate_id = ?1 AND beneficiary_id = ?2 AND withdrawn_at IS NULL";
    const HELD: &str = "
        SELECT bucket, list, slot, nth FROM status_entry WHERE certificate_id = ?1 ORDER BY nth";
    const PUT: &str = "
        INSERT INTO status_entry (bucket, list, slot, certificate_id, nth, allotted_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let certificate = wish.certificate.as_bytes();
    let live = (certificate, number(wish.beneficiary));
    if !connection.prepare_cached(LIVE)?.exists(live)? {
        return Ok(Err(NotAllotted::NoSuchCertificate));
    }
    let held = list(connection, HELD, [certificate], |row| Ok((row.get("nth")?, entry_at(row)?)))?;
    let nth = match Entries(held).next(wish.of_use) {
        Ok(nth) => nth,
        Err(outcome) => return Ok(outcome),
    };
    let entry = next_entry(connection, wish)?;
    connection.prepare_cached(PUT)?.execute(params![
        entry.bucket.0,
        entry.list,
        entry.slot,
        certificate,
        nth,
        wish.at.as_millisecond(),
    ])?;
    Ok(Ok(entry))
}

/// A free place of the bucket.
fn next_entry(connection: &Connection, wish: &StatusWish) -> rusqlite::Result<StatusEntry> {
    const NEWEST: &str = "SELECT max(list) FROM status_entry WHERE bucket = ?1";
    const TAKEN: &str = "SELECT slot FROM status_entry WHERE bucket = ?1 AND list = ?2";
    let bucket = wish.beneficiary.bucket();
    let newest: Option<u32> =
        connection.prepare_cached(NEWEST)?.query_row([bucket.0], |row| row.get(0))?;
    let newest = newest.unwrap_or_default();
    let taken: Vec<u8> = list(connection, TAKEN, (bucket.0, newest), |row| row.get("slot"))?;
    let (list, slot) = free_place(newest, &taken, wish.random);
    Ok(StatusEntry { bucket, list, slot })
}

fn entry_at(row: &Row<'_>) -> rusqlite::Result<StatusEntry> {
    let bucket = HomeBucket(row.get("bucket")?);
    Ok(StatusEntry { bucket, list: row.get("list")?, slot: row.get("slot")? })
}

fn withdrawn(
    connection: &Connection,
    after: WithdrawnPlace,
    limit: u32,
) -> rusqlite::Result<Vec<WithdrawnEntry>> {
    const AFTER: &str = "
        SELECT c.withdrawn_at, c.certificate_id, s.nth, s.bucket, s.list, s.slot
        FROM certificate AS c
        JOIN status_entry AS s ON s.certificate_id = c.certificate_id
        WHERE c.withdrawn_at IS NOT NULL AND c.withdrawn_at >= ?1
            AND (c.withdrawn_at, c.certificate_id, s.nth) > (?1, ?2, ?3)
        ORDER BY c.withdrawn_at, c.certificate_id, s.nth LIMIT ?4";
    let certificate: &Uuid = &after.certificate;
    let values = params![after.at.as_millisecond(), certificate.as_bytes(), after.nth, limit];
    list(connection, AFTER, values, |row| {
        let place = WithdrawnPlace {
            at: instant_at(row, "withdrawn_at")?,
            certificate: uuid_at(row, "certificate_id")?,
            nth: row.get("nth")?,
        };
        Ok(WithdrawnEntry { entry: entry_at(row)?, place })
    })
}

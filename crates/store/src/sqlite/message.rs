//! The outbox.

use jiff::Timestamp;
use rusqlite::{Connection, named_params, params};

use super::value::{instant_at, uuid_at};
use crate::record::{Message, Settled};

pub(super) fn put(connection: &Connection, message: &Message) -> rusqlite::Result<()> {
    const PUT: &str = "
        INSERT INTO message (message_id, sealed, kind, written_at, due_at, tries)
        VALUES (:id, :sealed, :kind, :at, :at, :tries)
        ON CONFLICT DO NOTHING";
    connection.prepare_cached(PUT)?.execute(named_params! {
        ":id": message.id.as_bytes(),
        ":sealed": message.sealed,
        ":kind": message.kind,
        ":at": message.at.as_millisecond(),
        ":tries": message.tries,
    })?;
    Ok(())
}

pub(super) fn any_due(connection: &Connection, now: Timestamp) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM message WHERE due_at <= ?1 LIMIT 1")?
        .exists([now.as_millisecond()])
}

/// A lease is the next due time, pushed past `until`: who crashes with it is simply late.
pub(super) fn lease(
    connection: &Connection,
    now: Timestamp,
    until: Timestamp,
    limit: u32,
) -> rusqlite::Result<Vec<Message>> {
    const LEASE: &str = "
        UPDATE message SET due_at = :until, tries = tries + 1
        WHERE message_id IN (
            SELECT message_id FROM message WHERE due_at <= :now ORDER BY due_at LIMIT :limit)
        RETURNING *";
    let mut lease = connection.prepare_cached(LEASE)?;
    let leased = lease.query_map(
        named_params! {
            ":now": now.as_millisecond(), ":until": until.as_millisecond(), ":limit": limit,
        },
        |row| {
            let id = uuid_at(row, "message_id")?;
            Ok(Message {
                id,
                bucket: 0,
                sealed: row.get("sealed")?,
                kind: row.get("kind")?,
                at: instant_at(row, "written_at")?,
                tries: row.get("tries")?,
            })
        },
    )?;
    leased.collect()
}

pub(super) fn settle(connection: &Connection, settled: &Settled) -> rusqlite::Result<()> {
    const LATER: &str = "UPDATE message SET due_at = ?2 WHERE message_id = ?1";
    const GONE: &str = "DELETE FROM message WHERE message_id = ?1";
    let id = settled.id.as_bytes();
    match settled.retry_at {
        Some(at) => {
            connection.prepare_cached(LATER)?.execute(params![id, at.as_millisecond()])?;
        }
        None => {
            connection.prepare_cached(GONE)?.execute([id])?;
        }
    }
    Ok(())
}

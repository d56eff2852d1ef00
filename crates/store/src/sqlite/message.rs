//! The outbox.

use jiff::Timestamp;
use rusqlite::{Connection, named_params, params};

use super::value::{instant_at, uuid_at};
use crate::{
    guard::FAR_AHEAD_MS,
    record::{Message, Settled},
};

pub(super) fn put(connection: &Connection, message: &Message) -> rusqlite::Result<()> {
    const PUT: &str = "
        INSERT INTO message (message_id, sealed, kind, written_at, due_at, tries)
        VALUES (:id, :sealed, :kind, :at, :at, :tries)
        ON CONFLICT DO NOTHING";
    connection.prepare_cached(PUT)?.execute(params![
        message.id.as_bytes(),
        message.sealed,
        message.kind,
        message.at.as_millisecond(),
        message.tries,
    ])?;
    Ok(())
}

pub(super) fn any_due(connection: &Connection, now: Timestamp) -> rusqlite::Result<bool> {
    const DUE: &str = "SELECT 1 FROM message WHERE due_at <= ?1 OR due_at > ?2 LIMIT 1";
    let now = now.as_millisecond();
    connection.prepare_cached(DUE)?.exists([now, now + FAR_AHEAD_MS])
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
            SELECT message_id FROM message WHERE due_at <= :now OR due_at > :far
            ORDER BY due_at LIMIT :limit)
        RETURNING *";
    let mut lease = connection.prepare_cached(LEASE)?;
    let leased = lease.query_map(
        named_params! {
            ":now": now.as_millisecond(),
            ":far": now.as_millisecond() + FAR_AHEAD_MS,
            ":until": until.as_millisecond(),
            ":limit": limit,
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

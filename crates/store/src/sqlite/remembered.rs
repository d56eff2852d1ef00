//! Answers to requests with an idempotency key.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    guard::{REMEMBERED_MS, Remembered, recalled},
    record::{Done, Idempotency, NotBooked, NotEnrolled, NotMerged},
};

/// What a booking with this key was answered.
pub(super) fn booking(
    connection: &Connection,
    request: &Idempotency,
) -> rusqlite::Result<Option<Result<Done, NotBooked>>> {
    Ok(recall(connection, request)?.map(|answer| match answer {
        Some((code, detail)) => recalled(code, detail),
        None => Err(NotBooked::OtherRequest),
    }))
}

/// What an enrolment with this key was answered.
pub(super) fn enrolment(
    connection: &Connection,
    request: &Idempotency,
) -> rusqlite::Result<Option<Result<Done, NotEnrolled>>> {
    Ok(recall(connection, request)?.map(|answer| match answer {
        Some(_) => Ok(Done::Again),
        None => Err(NotEnrolled::OtherRequest),
    }))
}

/// What a merge with this key was answered.
pub(super) fn merge(
    connection: &Connection,
    request: &Idempotency,
) -> rusqlite::Result<Option<Result<Done, NotMerged>>> {
    Ok(recall(connection, request)?.map(|answer| match answer {
        Some(_) => Ok(Done::Again),
        None => Err(NotMerged::OtherRequest),
    }))
}

fn recall(connection: &Connection, request: &Idempotency) -> rusqlite::Result<Option<Remembered>> {
    const RECALL: &str = "
        SELECT request_digest, answer, detail FROM idempotency WHERE key_digest = ?1";
    let mut recall = connection.prepare_cached(RECALL)?;
    let row: Option<([u8; 32], i16, Option<i64>)> = recall
        .query_row([request.key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    Ok(row.map(|(digest, code, detail)| (digest == request.request).then_some((code, detail))))
}

/// Remembers an answer.
pub(super) fn put(
    connection: &Connection,
    request: &Idempotency,
    code: i16,
    detail: Option<i64>,
    at: Timestamp,
) -> rusqlite::Result<()> {
    const REMEMBER: &str = "
        INSERT INTO idempotency (key_digest, request_digest, answer, detail, expires_at)
        VALUES (?1, ?2, ?3, ?4, ?5)";
    let expires_at = at.as_millisecond() + REMEMBERED_MS;
    let row = params![request.key, request.request, code, detail, expires_at];
    connection.prepare_cached(REMEMBER)?.execute(row)?;
    Ok(())
}

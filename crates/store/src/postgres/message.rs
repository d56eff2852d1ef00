//! The outbox.

use std::collections::BTreeMap;

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    link::{Attempt, Db, Home, Link, Steps, Values, step, transaction},
    statement::statements,
    value::instant_at,
    wave::{batch, side_by_side},
};
use crate::{
    StoreResult,
    record::{Message, Settled},
};

statements! {
    Home PUT = "
        INSERT INTO message (hb, message_id, sealed, kind, written_at, due_at, tries)
        VALUES ($1, $2, $3, $4, $5, $5, $6)
        ON CONFLICT DO NOTHING";
    Scatter DUE = "
        SELECT hb, message_id FROM message WHERE due_at <= $1 OR due_at > $1::bigint + 86400000
        ORDER BY due_at LIMIT $2";
    /// A lease is the next due time, pushed past the end of it: who crashes with it is late.
    Home LEASE = "
        UPDATE message SET due_at = $4, tries = tries + 1
        WHERE hb = $1 AND message_id = ANY($2) AND (due_at <= $3 OR due_at > $3::bigint + 86400000)
        RETURNING *";
    Home LATER = "UPDATE message SET due_at = $3 WHERE hb = $1 AND message_id = $2";
    Home GONE = "DELETE FROM message WHERE hb = $1 AND message_id = $2";
}

/// Puts a message into the outbox of whom it goes to, in the transaction of what it tells.
pub(super) async fn put(home: &Home<'_>, message: &Message) -> Attempt<()> {
    let at = message.at.as_millisecond();
    let values: Values<'_> = &[&message.id, &message.sealed, &message.kind, &at, &message.tries];
    home.execute(&PUT, values).await?;
    Ok(())
}

pub(super) async fn put_all(db: &Db, messages: &[Message]) -> StoreResult<()> {
    let written: StoreResult<Vec<()>> = batch!(db, messages, |message: &Message| message.id, (steps, wave) => {
        side_by_side!(wave, one => put_one(steps, one))
    });
    written.map(drop)
}

async fn put_one(steps: Steps<'_>, message: &Message) -> Attempt<()> {
    step!(steps, Home(i32::from(message.bucket)), home => put(&home, message).await?);
    Ok(())
}

pub(super) async fn lease(
    db: &Db,
    now: Timestamp,
    until: Timestamp,
    limit: u32,
) -> StoreResult<Vec<Message>> {
    let mut of_bucket: BTreeMap<i32, Vec<Uuid>> = BTreeMap::new();
    for (bucket, id) in due(db, now, limit).await? {
        of_bucket.entry(bucket).or_default().push(id);
    }
    let mut leased = Vec::new();
    for (bucket, ids) in of_bucket {
        let messages: StoreResult<Vec<Message>> = transaction!(db, tx => {
            let home = Home::within(Link::Within(&tx), bucket);
            lease_some(&home, bucket, &ids, now, until).await?
        });
        leased.extend(messages?);
    }
    Ok(leased)
}

async fn due(db: &Db, now: Timestamp, limit: u32) -> Attempt<Vec<(i32, Uuid)>> {
    let client = db.client().await?;
    let (now, limit) = (now.as_millisecond(), i64::from(limit));
    let rows = Link::Pooled(&client).rows(&DUE, &[&now, &limit]).await?;
    Ok(rows.iter().map(|row| (row.get("hb"), row.get("message_id"))).collect())
}

async fn lease_some(
    home: &Home<'_>,
    bucket: i32,
    ids: &[Uuid],
    now: Timestamp,
    until: Timestamp,
) -> Attempt<Vec<Message>> {
    let (now, until) = (now.as_millisecond(), until.as_millisecond());
    let rows = home.rows(&LEASE, &[&ids, &now, &until]).await?;
    let messages = rows.iter().map(|row| Message {
        id: row.get("message_id"),
        bucket: u16::try_from(bucket).unwrap_or_default(),
        sealed: row.get("sealed"),
        kind: row.get("kind"),
        at: instant_at(row, "written_at"),
        tries: row.get("tries"),
    });
    Ok(messages.collect())
}

pub(super) async fn settle(db: &Db, settled: &[Settled]) -> StoreResult<()> {
    let written: StoreResult<Vec<()>> = batch!(db, settled, |one: &Settled| one.id, (steps, wave) => {
        side_by_side!(wave, one => settle_one(steps, one))
    });
    written.map(drop)
}

async fn settle_one(steps: Steps<'_>, settled: &Settled) -> Attempt<()> {
    let retry_at = settled.retry_at.map(Timestamp::as_millisecond);
    step!(steps, Home(i32::from(settled.bucket)), home => match retry_at {
        Some(at) => home.execute(&LATER, &[&settled.id, &at]).await?,
        None => home.execute(&GONE, &[&settled.id]).await?,
    });
    Ok(())
}

//! Entries of status lists, at home whatever the topology.

use async_trait::async_trait;
use domain::id::HomeBucket;
use tokio_postgres::Row;

use super::{
    Postgres,
    link::{Attempt, Db, Failure, Home, Link, Steps, Values, step},
    statement::statements,
    value::{bucket, instant_at, small, tiny},
    wave::{batch, side_by_side},
};
use crate::{
    StatusStore, StoreError, StoreResult,
    guard::{Entries, free_place},
    record::{NotAllotted, StatusEntry, StatusWish, WithdrawnEntry, WithdrawnPlace},
    value::number,
};

statements! {
    /// Makes those who allot for one certificate follow one another, and whoever withdraws it wait.
    Home LOCK_CERTIFICATE = "
        SELECT 1 FROM certificate
        WHERE hb = $1 AND certificate_id = $2 AND beneficiary_id = $3 AND withdrawn_at IS NULL
        FOR UPDATE";
    Home OF_CERTIFICATE = "
        SELECT hb, list, slot, nth FROM status_entry
        WHERE hb = $1 AND certificate_id = $2 ORDER BY nth";
    Home NEWEST = "SELECT max(list) AS list FROM status_entry WHERE hb = $1";
    Home TAKEN = "SELECT slot FROM status_entry WHERE hb = $1 AND list = $2";
    Home ALLOT = "
        INSERT INTO status_entry (hb, list, slot, certificate_id, nth, allotted_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING";
    Scatter WITHDRAWN_ENTRIES = "
        SELECT c.withdrawn_at, c.certificate_id, s.nth, s.hb, s.list, s.slot
        FROM certificate AS c
        JOIN status_entry AS s ON s.hb = c.hb AND s.certificate_id = c.certificate_id
        WHERE c.withdrawn_at IS NOT NULL AND c.withdrawn_at >= $1
            AND (c.withdrawn_at, c.certificate_id, s.nth) > ($1, $2, $3)
        ORDER BY c.withdrawn_at, c.certificate_id, s.nth LIMIT $4";
    Scatter NEWEST_OF_ALL = "SELECT max(list) AS list FROM status_entry";
}

#[async_trait]
impl StatusStore for Postgres {
    async fn allot_status(
        &self,
        wishes: &[StatusWish],
    ) -> StoreResult<Vec<Result<StatusEntry, NotAllotted>>> {
        allot(&self.db, wishes).await
    }

    async fn withdrawn_entries(
        &self,
        after: WithdrawnPlace,
        limit: u32,
    ) -> StoreResult<Vec<WithdrawnEntry>> {
        Ok(withdrawn(&self.db, after, limit).await?)
    }

    async fn newest_status_list(&self) -> StoreResult<Option<u32>> {
        Ok(newest(&self.db).await?)
    }
}

async fn allot(
    db: &Db,
    wishes: &[StatusWish],
) -> StoreResult<Vec<Result<StatusEntry, NotAllotted>>> {
    batch!(db, wishes, |one: &StatusWish| one.beneficiary.bucket(), (steps, wave) => {
        side_by_side!(wave, one => allot_one(steps, one))
    })
}

async fn allot_one(
    steps: Steps<'_>,
    wish: &StatusWish,
) -> Attempt<Result<StatusEntry, NotAllotted>> {
    let hb = bucket(wish.beneficiary.bucket());
    Ok(step!(steps, Home(hb), home => allot_at_home(&home, wish).await?))
}

async fn allot_at_home(
    home: &Home<'_>,
    wish: &StatusWish,
) -> Attempt<Result<StatusEntry, NotAllotted>> {
    let person = number(wish.beneficiary);
    if home.rows(&LOCK_CERTIFICATE, &[&wish.certificate, &person]).await?.is_empty() {
        return Ok(Err(NotAllotted::NoSuchCertificate));
    }
    let held = home.rows(&OF_CERTIFICATE, &[&wish.certificate]).await?;
    let held = held.iter().map(|row| Ok((small(row.get("nth")), entry_at(row)?)));
    let nth = match Entries(held.collect::<StoreResult<_>>()?).next(wish.of_use) {
        Ok(nth) => i16::try_from(nth).unwrap_or(i16::MAX),
        Err(outcome) => return Ok(outcome),
    };
    let newest = home.rows(&NEWEST, &[]).await?;
    let newest = newest.first().and_then(list_at).unwrap_or_default();
    let taken = home.rows(&TAKEN, &[&list_number(newest)]).await?;
    let taken: Vec<_> = taken.iter().map(|row| tiny(row.get("slot"))).collect();
    let (list, slot) = free_place(newest, &taken, wish.random);
    let (at, place) = (wish.at.as_millisecond(), i16::from(slot));
    let row: Values<'_> = &[&list_number(list), &place, &wish.certificate, &nth, &at];
    if home.execute(&ALLOT, row).await? == 0 {
        // Somebody else was quicker to take the place: another one is drawn.
        return Err(Failure::Aborted(StoreError::unavailable("the place was taken")));
    }
    Ok(Ok(StatusEntry { bucket: wish.beneficiary.bucket(), list, slot }))
}

async fn withdrawn(db: &Db, after: WithdrawnPlace, limit: u32) -> Attempt<Vec<WithdrawnEntry>> {
    let client = db.client().await?;
    let nth = i16::try_from(after.nth).unwrap_or(i16::MAX);
    let values: Values<'_> =
        &[&after.at.as_millisecond(), &after.certificate, &nth, &i64::from(limit)];
    let rows = Link::Pooled(&client).rows(&WITHDRAWN_ENTRIES, values).await?;
    let read = |row: &Row| {
        let place = WithdrawnPlace {
            at: instant_at(row, "withdrawn_at"),
            certificate: row.get("certificate_id"),
            nth: small(row.get("nth")),
        };
        Ok(WithdrawnEntry { entry: entry_at(row)?, place })
    };
    Ok(rows.iter().map(read).collect::<StoreResult<_>>()?)
}

async fn newest(db: &Db) -> Attempt<Option<u32>> {
    let client = db.client().await?;
    let rows = Link::Pooled(&client).rows(&NEWEST_OF_ALL, &[]).await?;
    Ok(rows.first().and_then(list_at))
}

fn list_at(row: &Row) -> Option<u32> {
    row.get::<_, Option<i32>>("list").and_then(|list| u32::try_from(list).ok())
}

/// A list as a column holds it.
fn list_number(list: u32) -> i32 {
    i32::try_from(list).unwrap_or(i32::MAX)
}

fn entry_at(row: &Row) -> StoreResult<StatusEntry> {
    let broken = || StoreError::broken("a column holds no place in a status list");
    let bucket = u16::try_from(row.get::<_, i32>("hb")).map(HomeBucket).map_err(|_| broken())?;
    let list = list_at(row).ok_or_else(broken)?;
    Ok(StatusEntry { bucket, list, slot: tiny(row.get("slot")) })
}

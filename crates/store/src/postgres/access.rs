//! Who opened which fields of whom, at home whatever the topology.

use async_trait::async_trait;
use tokio_postgres::Row;

use super::{
    Postgres,
    link::{Attempt, Db, Home, Link, Steps, step},
    statement::statements,
    value::{bucket, digest_at},
    wave::{batch, side_by_side},
};
use crate::{
    AccessStore, StoreError, StoreResult,
    record::{AccessHead, AccessOf, AccessRow, KeptAccess},
};

statements! {
    Home HEAD = "
        SELECT number, commitment FROM access_entry
        WHERE hb = $1 AND person = $2 ORDER BY number DESC LIMIT 1";
    /// Whoever is second with a number finds it taken: a list has no branches.
    Home PUT = "
        INSERT INTO access_entry (hb, person, number, commitment, sealed, opened_at)
        SELECT $1::int, $2::uuid, $3::bigint, $4::bytea, $5::bytea, $6::bigint
        WHERE ($3 = 1 AND $7::bytea IS NULL) OR EXISTS (
            SELECT 1 FROM access_entry
            WHERE hb = $1 AND person = $2 AND number = $3 - 1 AND commitment = $7)
        ON CONFLICT DO NOTHING";
    Home THERE = "
        SELECT 1 FROM access_entry
        WHERE hb = $1 AND person = $2 AND number = $3 AND commitment = $4";
    Home AFTER = "
        SELECT number, sealed, leaf FROM access_entry
        WHERE hb = $1 AND person = $2 AND number > $3 ORDER BY number LIMIT $4";
}

#[async_trait]
impl AccessStore for Postgres {
    async fn access_heads(&self, people: &[AccessOf]) -> StoreResult<Vec<Option<AccessHead>>> {
        Ok(heads(&self.db, people).await?)
    }

    async fn put_accesses(&self, accesses: &[AccessRow]) -> StoreResult<Vec<bool>> {
        batch!(&self.db, accesses, |one: &AccessRow| one.of, (steps, wave) => {
            side_by_side!(wave, one => put_one(steps, one))
        })
    }

    async fn accesses_after(
        &self,
        of: AccessOf,
        number: u64,
        limit: u32,
    ) -> StoreResult<Vec<KeptAccess>> {
        Ok(after(&self.db, of, number, limit).await?)
    }
}

async fn heads(db: &Db, people: &[AccessOf]) -> Attempt<Vec<Option<AccessHead>>> {
    let client = db.client().await?;
    let head = async |of: &AccessOf| {
        let home = Home::within(Link::Pooled(&client), bucket(of.bucket));
        let rows = home.rows(&HEAD, &[&of.person]).await?;
        let read = |row: &Row| {
            let number: i64 = row.get("number");
            let commitment = digest_at(row, "commitment")?;
            Ok::<_, StoreError>(AccessHead { number: number.cast_unsigned(), commitment })
        };
        Attempt::Ok(rows.first().map(read).transpose()?)
    };
    Ok(side_by_side!(people, of => head(of)))
}

async fn put_one(steps: Steps<'_>, access: &AccessRow) -> Attempt<bool> {
    let (number, at) = (access.number.cast_signed(), access.at.as_millisecond());
    let previous = access.previous.as_ref().map(<[u8; 32]>::as_slice);
    let (person, commitment) = (access.of.person, access.commitment.as_slice());
    Ok(step!(steps, Home(bucket(access.of.bucket)), home => {
        let kept = home.execute(&PUT, &[
            &person, &number, &commitment, &access.sealed, &at, &previous,
        ]).await?;
        kept == 1 || !home.rows(&THERE, &[&person, &number, &commitment]).await?.is_empty()
    }))
}

async fn after(db: &Db, of: AccessOf, number: u64, limit: u32) -> Attempt<Vec<KeptAccess>> {
    let client = db.client().await?;
    let home = Home::within(Link::Pooled(&client), bucket(of.bucket));
    let limit = i64::from(limit);
    let rows = home.rows(&AFTER, &[&of.person, &number.cast_signed(), &limit]).await?;
    let read = |row: &Row| KeptAccess {
        number: row.get::<_, i64>("number").cast_unsigned(),
        sealed: row.get("sealed"),
        leaf: row.get::<_, Option<i64>>("leaf").map(i64::cast_unsigned),
    };
    Ok(rows.iter().map(read).collect())
}

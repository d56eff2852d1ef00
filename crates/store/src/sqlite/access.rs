//! Who opened which fields of whom.

use async_trait::async_trait;
use domain::id::HomeBucket;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};
use uuid::Uuid;

use super::{Sqlite, each, on_one_snapshot, value::uuid_at};
use crate::{
    AccessStore, StoreError, StoreResult,
    record::{AccessHead, AccessOf, AccessRow, KeptAccess, LeafPlan, PlannedLeaf},
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

    async fn logged_accesses(
        &self,
        after: Option<(AccessOf, u64)>,
        limit: u32,
    ) -> StoreResult<Vec<(u64, PlannedLeaf)>> {
        self.read(|c| logged(c, after, limit))
    }

    async fn waiting_accesses(&self, limit: u32) -> StoreResult<Vec<PlannedLeaf>> {
        self.read(|c| waiting(c, limit))
    }

    async fn take_log_turn(
        &self,
        holder: Uuid,
        now: Timestamp,
        until: Timestamp,
    ) -> StoreResult<Option<LeafPlan>> {
        let held = self.write(move |c| take_turn(c, holder, now, until)).await?;
        held.map(|(first, plan)| plan_of(first, &plan)).transpose()
    }

    async fn plan_leaves(&self, holder: Uuid, plan: &LeafPlan) -> StoreResult<bool> {
        let plan = plan.clone();
        self.write(move |c| put_plan(c, holder, &plan)).await
    }

    async fn settle_leaves(&self, plan: &LeafPlan) -> StoreResult<()> {
        let plan = plan.clone();
        self.write(move |c| settle(c, &plan)).await
    }
}

fn head(connection: &Connection, of: AccessOf) -> rusqlite::Result<Option<AccessHead>> {
    const HEAD: &str = "
        SELECT number, commitment FROM access_entry
        WHERE person = ?1 ORDER BY number DESC LIMIT 1";
    let mut head = connection.prepare_cached(HEAD)?;
    head.query_row([of.person.as_bytes()], |row| {
        let number: i64 = row.get(0)?;
        Ok(AccessHead { number: number.cast_unsigned(), commitment: row.get(1)? })
    })
    .optional()
}

/// Keeps an access if it follows the last one of its person, or is there already.
fn put(connection: &Connection, access: &AccessRow) -> rusqlite::Result<bool> {
    const PUT: &str = "
        INSERT INTO access_entry (hb, person, number, commitment, sealed, opened_at)
        SELECT :hb, :person, :number, :commitment, :sealed, :at
        WHERE (:number = 1 AND :previous IS NULL) OR EXISTS (
            SELECT 1 FROM access_entry
            WHERE person = :person AND number = :number - 1 AND commitment = :previous)
        ON CONFLICT DO NOTHING";
    const THERE: &str = "
        SELECT 1 FROM access_entry WHERE person = ?1 AND number = ?2 AND commitment = ?3";
    let (person, number) = (access.of.person.as_bytes(), access.number.cast_signed());
    let kept = connection.prepare_cached(PUT)?.execute(params![
        access.of.bucket.0,
        person,
        number,
        access.commitment,
        access.sealed,
        access.at.as_millisecond(),
        access.previous,
    ])?;
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

fn waiting(connection: &Connection, limit: u32) -> rusqlite::Result<Vec<PlannedLeaf>> {
    const WAITING: &str = "
        SELECT hb, person, number, commitment FROM access_entry
        WHERE leaf IS NULL ORDER BY entry_id LIMIT ?1";
    connection.prepare_cached(WAITING)?.query_map([limit], leaf_at)?.collect()
}

fn leaf_at(row: &Row<'_>) -> rusqlite::Result<PlannedLeaf> {
    let of = AccessOf { bucket: HomeBucket(row.get("hb")?), person: uuid_at(row, "person")? };
    let number = row.get::<_, i64>("number")?.cast_unsigned();
    Ok(PlannedLeaf { of, number, commitment: row.get("commitment")? })
}

fn logged(
    connection: &Connection,
    after: Option<(AccessOf, u64)>,
    limit: u32,
) -> rusqlite::Result<Vec<(u64, PlannedLeaf)>> {
    const LOGGED: &str = "
        SELECT hb, person, number, commitment, leaf FROM access_entry
        WHERE leaf IS NOT NULL AND (person, number) > (?1, ?2)
        ORDER BY person, number LIMIT ?3";
    let (person, number) = after.map_or((Vec::new(), 0), |(of, number)| {
        (of.person.as_bytes().to_vec(), number.cast_signed())
    });
    let read = |row: &Row<'_>| Ok((row.get::<_, i64>("leaf")?.cast_unsigned(), leaf_at(row)?));
    connection.prepare_cached(LOGGED)?.query_map((person, number, limit), read)?.collect()
}

fn take_turn(
    connection: &Connection,
    holder: Uuid,
    now: Timestamp,
    until: Timestamp,
) -> rusqlite::Result<Option<(i64, Vec<u8>)>> {
    const TAKE: &str = "
        INSERT INTO access_turn (log, holder, until, first_leaf, plan)
        VALUES ('accesses', :holder, :until, 0, x'')
        ON CONFLICT (log) DO UPDATE SET holder = excluded.holder, until = excluded.until
        WHERE access_turn.holder = excluded.holder OR access_turn.until <= :now
        RETURNING first_leaf, plan";
    let values = named_params! {
        ":holder": holder.as_bytes(),
        ":until": until.as_millisecond(),
        ":now": now.as_millisecond(),
    };
    let mut take = connection.prepare_cached(TAKE)?;
    take.query_row(values, |row| Ok((row.get("first_leaf")?, row.get("plan")?))).optional()
}

fn put_plan(connection: &Connection, holder: Uuid, plan: &LeafPlan) -> rusqlite::Result<bool> {
    const PLAN: &str = "
        UPDATE access_turn SET plan = ?3
        WHERE log = 'accesses' AND holder = ?1 AND first_leaf = ?2 AND plan = x''";
    let values = (holder.as_bytes(), plan.first.cast_signed(), plan.to_bytes());
    Ok(connection.prepare_cached(PLAN)?.execute(values)? == 1)
}

fn settle(connection: &Connection, plan: &LeafPlan) -> rusqlite::Result<()> {
    const MARK: &str = "
        UPDATE access_entry SET leaf = ?3 WHERE person = ?1 AND number = ?2 AND leaf IS NULL";
    const END: &str = "
        UPDATE access_turn SET first_leaf = ?3, plan = x''
        WHERE log = 'accesses' AND first_leaf = ?1 AND plan = ?2";
    let mut mark = connection.prepare_cached(MARK)?;
    for (leaf, one) in plan.numbered() {
        let (number, leaf) = (one.number.cast_signed(), leaf.cast_signed());
        mark.execute((one.of.person.as_bytes(), number, leaf))?;
    }
    let (first, end) = (plan.first.cast_signed(), plan.end().cast_signed());
    connection.prepare_cached(END)?.execute((first, plan.to_bytes(), end))?;
    Ok(())
}

fn plan_of(first: i64, plan: &[u8]) -> StoreResult<LeafPlan> {
    LeafPlan::from_bytes(first.cast_unsigned(), plan)
        .ok_or_else(|| StoreError::broken("a column holds no plan of leaves"))
}

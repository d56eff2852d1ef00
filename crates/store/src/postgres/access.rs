//! Who opened which fields of whom, at home whatever the topology.

use async_trait::async_trait;
use domain::id::HomeBucket;
use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    Postgres,
    link::{Attempt, Db, Home, Link, Steps, Topology, Values, step, transaction},
    statement::statements,
    value::{bucket, digest_at},
    wave::{batch, side_by_side},
};
use crate::{
    AccessStore, StoreError, StoreResult,
    record::{AccessHead, AccessOf, AccessRow, KeptAccess, LeafPlan, PlannedLeaf},
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
    Scatter WAITING = "
        SELECT hb, person, number, commitment FROM access_entry
        WHERE leaf IS NULL ORDER BY opened_at LIMIT $1";
    Scatter LOGGED = "
        SELECT hb, person, number, commitment, leaf FROM access_entry
        WHERE leaf IS NOT NULL AND (hb, person, number) > ($1, $2, $3)
        ORDER BY hb, person, number LIMIT $4";
    Reference TAKE = "
        INSERT INTO access_turn (log, holder, until, first_leaf, plan)
        VALUES ('accesses', $1, $2, 0, '')
        ON CONFLICT (log) DO UPDATE SET holder = excluded.holder, until = excluded.until
        WHERE access_turn.holder = excluded.holder OR access_turn.until <= $3
        RETURNING first_leaf, plan";
    Reference PLAN = "
        UPDATE access_turn SET plan = $3
        WHERE log = 'accesses' AND holder = $1 AND first_leaf = $2 AND plan IN ('', $3)";
    Home MARK = "
        UPDATE access_entry SET leaf = $4
        WHERE hb = $1 AND person = $2 AND number = $3 AND leaf IS NULL";
    Whole MARK_ALL = "
        UPDATE access_entry AS e SET leaf = given.leaf
        FROM unnest($1::int[], $2::uuid[], $3::bigint[], $4::bigint[])
            AS given (hb, person, number, leaf)
        WHERE e.hb = given.hb AND e.person = given.person AND e.number = given.number
            AND e.leaf IS NULL";
    Reference END = "
        UPDATE access_turn SET first_leaf = $3, plan = ''
        WHERE log = 'accesses' AND first_leaf = $1 AND plan = $2";
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

    async fn logged_accesses(
        &self,
        after: Option<(AccessOf, u64)>,
        limit: u32,
    ) -> StoreResult<Vec<(u64, PlannedLeaf)>> {
        Ok(logged(&self.db, after, limit).await?)
    }

    async fn waiting_accesses(&self, limit: u32) -> StoreResult<Vec<PlannedLeaf>> {
        Ok(waiting(&self.db, limit).await?)
    }

    async fn take_log_turn(
        &self,
        holder: Uuid,
        now: Timestamp,
        until: Timestamp,
    ) -> StoreResult<Option<LeafPlan>> {
        take_turn(&self.db, holder, now, until).await
    }

    async fn plan_leaves(&self, holder: Uuid, plan: &LeafPlan) -> StoreResult<bool> {
        let (first, bytes) = (plan.first.cast_signed(), plan.to_bytes());
        transaction!(&self.db, tx => {
            Link::Within(&tx).execute(&PLAN, &[&holder, &first, &bytes]).await? == 1
        })
    }

    async fn settle_leaves(&self, plan: &LeafPlan) -> StoreResult<()> {
        settle(&self.db, plan).await
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

async fn waiting(db: &Db, limit: u32) -> Attempt<Vec<PlannedLeaf>> {
    let client = db.client().await?;
    let rows = Link::Pooled(&client).rows(&WAITING, &[&i64::from(limit)]).await?;
    Ok(rows.iter().map(leaf_at).collect::<StoreResult<_>>()?)
}

fn leaf_at(row: &Row) -> StoreResult<PlannedLeaf> {
    let bucket = u16::try_from(row.get::<_, i32>("hb"));
    let bucket = bucket.map_err(|_| StoreError::broken("a column holds no bucket"))?;
    Ok(PlannedLeaf {
        of: AccessOf { bucket: HomeBucket(bucket), person: row.get("person") },
        number: row.get::<_, i64>("number").cast_unsigned(),
        commitment: digest_at(row, "commitment")?,
    })
}

async fn logged(
    db: &Db,
    after: Option<(AccessOf, u64)>,
    limit: u32,
) -> Attempt<Vec<(u64, PlannedLeaf)>> {
    let (hb, person, number) = after.map_or((-1, Uuid::nil(), 0), |(of, number)| {
        (bucket(of.bucket), of.person, number.cast_signed())
    });
    let client = db.client().await?;
    let values: Values<'_> = &[&hb, &person, &number, &i64::from(limit)];
    let rows = Link::Pooled(&client).rows(&LOGGED, values).await?;
    let read = |row: &Row| Ok((row.get::<_, i64>("leaf").cast_unsigned(), leaf_at(row)?));
    Ok(rows.iter().map(read).collect::<StoreResult<_>>()?)
}

async fn take_turn(
    db: &Db,
    holder: Uuid,
    now: Timestamp,
    until: Timestamp,
) -> StoreResult<Option<LeafPlan>> {
    let (now, until) = (now.as_millisecond(), until.as_millisecond());
    let rows: StoreResult<Vec<Row>> = transaction!(db, tx => {
        Link::Within(&tx).rows(&TAKE, &[&holder, &until, &now]).await?
    });
    let read = |row: &Row| {
        LeafPlan::from_bytes(row.get::<_, i64>("first_leaf").cast_unsigned(), row.get("plan"))
            .ok_or_else(|| StoreError::broken("a column holds no plan of leaves"))
    };
    rows?.first().map(read).transpose()
}

/// Every access has its leaf before the plan ends: what a crash leaves in between is settled again.
async fn settle(db: &Db, plan: &LeafPlan) -> StoreResult<()> {
    match db.topology {
        Topology::Single => mark_all(db, plan).await?,
        Topology::Sharded => {
            let all: Vec<_> = plan.numbered().collect();
            Ok::<_, super::link::Failure>(side_by_side!(&all, one => mark(db, one.0, one.1)))?;
        }
    }
    let (first, end, bytes) = (plan.first.cast_signed(), plan.end().cast_signed(), plan.to_bytes());
    transaction!(db, tx => {
        Link::Within(&tx).execute(&END, &[&first, &bytes, &end]).await?;
    })
}

async fn mark(db: &Db, leaf: u64, one: &PlannedLeaf) -> Attempt<()> {
    let (number, leaf) = (one.number.cast_signed(), leaf.cast_signed());
    step!(Steps::Each(db), Home(bucket(one.of.bucket)), home => {
        home.execute(&MARK, &[&one.of.person, &number, &leaf]).await?;
    });
    Ok(())
}

async fn mark_all(db: &Db, plan: &LeafPlan) -> StoreResult<()> {
    let leaves = &plan.leaves;
    let values: Values<'_> = &[
        &leaves.iter().map(|one| bucket(one.of.bucket)).collect::<Vec<_>>(),
        &leaves.iter().map(|one| one.of.person).collect::<Vec<_>>(),
        &leaves.iter().map(|one| one.number.cast_signed()).collect::<Vec<_>>(),
        &plan.numbered().map(|(leaf, _)| leaf.cast_signed()).collect::<Vec<_>>(),
    ];
    transaction!(db, tx => {
        Link::Within(&tx).execute(&MARK_ALL, values).await?;
    })
}

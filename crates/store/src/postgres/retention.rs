//! What goes by the clock, what does not go because it is held, and what two let go together. What is
//! past its time goes in one statement where one server has it all; on shards the keys that have some are
//! read first, and each loses its rows in a step of its own.

use async_trait::async_trait;
use domain::{
    id::{BeneficiaryId, StaffId},
    retention::Rule,
};
use jiff::{SignedDuration, Timestamp};
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    Postgres,
    link::{
        Attempt, Db, Home, Link, Place, Steps, Topology, Values, long_transaction, step,
        transaction,
    },
    statement::{Kind, Statement, statements},
    value::{beneficiary_at, bucket, instant_at},
    wave::side_by_side,
};
use crate::{
    RetentionStore, StoreError, StoreResult,
    record::{Agreeing, ClockRow, HoldRow, ReleaseOf, ReleaseRow},
    value::{instant, milliseconds, number},
};

/// The statements by which rows of a table go.
struct End {
    table: &'static str,
    /// Keys that have some.
    keys: &'static Statement,
    /// Those of one key.
    of_key: &'static Statement,
    /// Some of all.
    some: &'static Statement,
    count: &'static Statement,
    all: &'static [&'static Statement],
}

macro_rules! ends {
    ($($table:ident: $kind:ident $key:literal, ($ids:literal) $since:literal;)+) => {
        $(mod $table {
            use super::statements;
            statements! {
                Scatter KEYS = concat!(
                    "SELECT e.", $key, "::bigint AS key FROM ", stringify!($table),
                    " AS e WHERE e.", $since, " < $1 LIMIT $2");
                $kind OF_KEY = concat!(
                    "DELETE FROM ", stringify!($table), " AS e WHERE e.", $key, " = $1 AND e.", $since,
                    " < $2");
                Whole SOME = concat!(
                    "DELETE FROM ", stringify!($table), " WHERE (", $ids, ") IN (SELECT ", $ids,
                    " FROM ", stringify!($table), " WHERE ", $since, " < $1 LIMIT $2)");
                Scatter COUNT = concat!(
                    "SELECT count(*) FROM ", stringify!($table), " WHERE ", $since, " < $1");
            }
        })+

        const ENDS: &[End] = &[
            end!(access_entry),
            $(end!($table)),+
        ];
    };
}

macro_rules! end {
    ($table:ident) => {
        End {
            table: stringify!($table),
            keys: &$table::KEYS,
            of_key: &$table::OF_KEY,
            some: &$table::SOME,
            count: &$table::COUNT,
            all: $table::ALL,
        }
    };
}

ends! {
    sign_in_code: Home "hb", ("hb, code_id") "expires_at";
    counter: Home "hb", ("hb, key_digest, window_at") "expires_at";
    idempotency: Home "hb", ("hb, key_digest") "expires_at";
    wallet_offer: Home "hb", ("hb, offer_id") "expires_at";
    report: Home "hb", ("hb, report_id") "kept_until";
    alarm: Facility "facility_id", ("facility_id, alarm_id") "raised_at";
    emergency: Facility "facility_id", ("facility_id, emergency_id") "asked_at";
    erasure: Home "hb", ("hb, beneficiary_id") "erased_at";
    legal_hold: Home "hb", ("hb, hold_id") "lifted_at";
    joint_release: Home "hb", ("hb, subject, kind") "first_at";
    incident: Home "hb", ("hb, incident_id") "closed_at";
    incident_part: Home "hb", ("hb, incident_id, part") "closed_at";
}

/// Of the list of accesses the last entry of each person stays, and all of it while it is held.
mod access_entry {
    use super::statements;

    macro_rules! past {
        ($begin:literal, $cut:literal, $home:literal, $end:literal) => {
            concat!(
                $begin,
                " FROM access_entry AS e WHERE e.opened_at < ",
                $cut,
                "
                AND e.leaf IS NOT NULL
                AND EXISTS (
                    SELECT 1 FROM access_entry AS n
                    WHERE n.hb = ",
                $home,
                " AND n.person = e.person AND n.number > e.number)
                AND NOT EXISTS (
                    SELECT 1 FROM access_entry AS p
                    WHERE p.hb = ",
                $home,
                " AND p.person = e.person AND p.number < e.number
                        AND p.opened_at >= ",
                $cut,
                ")
                AND NOT EXISTS (
                    SELECT 1 FROM legal_hold AS h
                    WHERE h.hb = ",
                $home,
                " AND h.person = e.person AND h.lifted_at IS NULL)",
                $end
            )
        };
    }

    statements! {
        Scatter KEYS = past!("SELECT e.hb::bigint AS key", "$1", "e.hb", " LIMIT $2");
        Home OF_KEY = past!("DELETE", "$2", "$1", " AND e.hb = $1");
        Whole SOME = past!(
            "DELETE FROM access_entry WHERE (hb, person, number) IN (SELECT e.hb, e.person, e.number",
            "$1", "e.hb", " ORDER BY e.opened_at, e.number LIMIT $2)");
        Scatter COUNT = past!("SELECT count(*)", "$1", "e.hb", "");
    }
}

statements! {
    Home PUT_HOLD = "
        INSERT INTO legal_hold (hb, hold_id, beneficiary_id, person, sealed, held_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING";
    Home LIFT = "
        UPDATE legal_hold SET lifted_at = $4
        WHERE hb = $1 AND hold_id = $2 AND beneficiary_id = $3 AND lifted_at IS NULL";
    Home HELD = "
        SELECT 1 FROM legal_hold WHERE hb = $1 AND person = $2 AND lifted_at IS NULL LIMIT 1";
    Scatter HOLDS = "
        SELECT * FROM legal_hold WHERE lifted_at IS NULL ORDER BY held_at, hold_id LIMIT $1";
    Home FIRST = "
        INSERT INTO joint_release (hb, subject, kind, first_by, first_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (hb, subject, kind) DO UPDATE
        SET first_by = excluded.first_by, first_at = excluded.first_at, second_by = NULL,
            second_at = NULL
        WHERE joint_release.first_at < $6";
    Home SECOND = "
        UPDATE joint_release SET second_by = $4, second_at = $5
        WHERE hb = $1 AND subject = $2 AND kind = $3 AND second_by IS NULL AND first_by <> $4";
    Home RELEASE = "SELECT * FROM joint_release WHERE hb = $1 AND subject = $2 AND kind = $3";
    Reference BELIEVED = "SELECT seen_at, confirmed_at FROM clock";
    Reference BELIEVE = "
        INSERT INTO clock (clock_no, seen_at) VALUES (1, $1)
        ON CONFLICT (clock_no) DO UPDATE SET seen_at = excluded.seen_at
        WHERE excluded.seen_at - clock.seen_at BETWEEN 1 AND $2::bigint";
    Reference CONFIRM = "
        INSERT INTO clock (clock_no, seen_at, confirmed_at) VALUES (1, $1, $1)
        ON CONFLICT (clock_no) DO UPDATE
        SET seen_at = excluded.seen_at, confirmed_at = excluded.confirmed_at";
    Reference OWN_CLOCK = "
        SELECT (date_part('epoch', clock_timestamp()) * 1000)::bigint AS says";
}

/// Every statement by which something goes.
pub(super) fn ends() -> Vec<&'static Statement> {
    ENDS.iter().flat_map(|end| end.all.iter().copied()).collect()
}

fn end_of(rule: &Rule) -> StoreResult<&'static End> {
    let end = ENDS.iter().find(|end| end.table == rule.table);
    end.ok_or_else(|| StoreError::broken("a table has a rule and no statement"))
}

#[async_trait]
impl RetentionStore for Postgres {
    async fn expired(&self, rule: &'static Rule, now: Timestamp) -> StoreResult<u64> {
        let (end, cut) = (end_of(rule)?, rule.cut(now.as_millisecond()));
        let rows: Vec<Row> = long_transaction!(self.db, tx => {
            Link::Within(&tx).rows(end.count, &[&cut]).await?
        })?;
        Ok(rows.first().map_or(0, |row| row.get::<_, i64>(0).unsigned_abs()))
    }

    async fn expire(&self, rule: &'static Rule, now: Timestamp, limit: u32) -> StoreResult<u64> {
        let (end, cut) = (end_of(rule)?, rule.cut(now.as_millisecond()));
        Ok(match self.db.topology {
            Topology::Single => some_of_all(&self.db, end, cut, limit).await?,
            Topology::Sharded => key_by_key(&self.db, end, cut, limit).await?,
        })
    }

    async fn put_hold(&self, hold: &HoldRow) -> StoreResult<bool> {
        Ok(put_hold(&self.db, hold).await?)
    }

    async fn lift_hold(&self, of: BeneficiaryId, id: Uuid, at: Timestamp) -> StoreResult<bool> {
        Ok(lift(&self.db, of, id, at).await?)
    }

    async fn held(&self, people: &[BeneficiaryId]) -> StoreResult<Vec<bool>> {
        Ok(held(&self.db, people).await?)
    }

    async fn holds(&self, limit: u32) -> StoreResult<Vec<HoldRow>> {
        Ok(holds(&self.db, limit).await?)
    }

    async fn agree(&self, one: &Agreeing) -> StoreResult<ReleaseRow> {
        Ok(agree(&self.db, one).await?)
    }

    async fn releases(&self, of: &[ReleaseOf]) -> StoreResult<Vec<Option<ReleaseRow>>> {
        Ok(releases(&self.db, of).await?)
    }

    async fn believed_clock(&self) -> StoreResult<Option<ClockRow>> {
        Ok(believed(&self.db).await?)
    }

    async fn believe_clock(&self, now: Timestamp, at_most: SignedDuration) -> StoreResult<()> {
        let (now, at_most) = (now.as_millisecond(), milliseconds(at_most));
        transaction!(&self.db, tx => {
            Link::Within(&tx).execute(&BELIEVE, &[&now, &at_most]).await?;
        })
    }

    async fn confirm_clock(&self, now: Timestamp) -> StoreResult<()> {
        let now = now.as_millisecond();
        transaction!(&self.db, tx => {
            Link::Within(&tx).execute(&CONFIRM, &[&now]).await?;
        })
    }

    async fn own_clock(&self) -> StoreResult<Option<Timestamp>> {
        Ok(own_clock(&self.db).await?)
    }
}

async fn believed(db: &Db) -> Attempt<Option<ClockRow>> {
    let client = db.client().await?;
    let rows = Link::Pooled(&client).rows(&BELIEVED, &[]).await?;
    let read = |row: &Row| ClockRow {
        seen_at: instant_at(row, "seen_at"),
        confirmed_at: row.get::<_, Option<i64>>("confirmed_at").map(instant),
    };
    Ok(rows.first().map(read))
}

async fn own_clock(db: &Db) -> Attempt<Option<Timestamp>> {
    let client = db.client().await?;
    let rows = Link::Pooled(&client).rows(&OWN_CLOCK, &[]).await?;
    Ok(rows.first().map(|row| instant_at(row, "says")))
}

async fn some_of_all(db: &Db, end: &End, cut: i64, limit: u32) -> Attempt<u64> {
    let client = db.client().await?;
    Link::Pooled(&client).execute(end.some, &[&cut, &i64::from(limit)]).await
}

async fn key_by_key(db: &Db, end: &End, cut: i64, limit: u32) -> Attempt<u64> {
    let client = db.client().await?;
    let rows = Link::Pooled(&client).rows(end.keys, &[&cut, &i64::from(limit)]).await?;
    drop(client);
    let mut keys: Vec<i64> = rows.iter().map(|row| row.get("key")).collect();
    keys.sort_unstable();
    keys.dedup();
    let gone = side_by_side!(keys, key => of_key(db, end, key, cut));
    Ok(gone.into_iter().sum())
}

async fn of_key(db: &Db, end: &End, key: i64, cut: i64) -> Attempt<u64> {
    if end.of_key.kind == Kind::Facility {
        return Ok(step!(Steps::Each(db), Place(key), place => {
            place.execute(end.of_key, &[&cut]).await?
        }));
    }
    let hb = i32::try_from(key).map_err(|_| StoreError::broken("a column holds no bucket"))?;
    Ok(step!(Steps::Each(db), Home(hb), home => home.execute(end.of_key, &[&cut]).await?))
}

async fn put_hold(db: &Db, hold: &HoldRow) -> Attempt<bool> {
    let (id, person, at) =
        (number(hold.beneficiary), hold.beneficiary.person_uuid(), hold.held_at.as_millisecond());
    let values: Values<'_> = &[&hold.id, &id, &person, &hold.sealed, &at];
    Ok(step!(Steps::Each(db), Home(bucket(hold.beneficiary.bucket())), home => {
        home.execute(&PUT_HOLD, values).await? == 1
    }))
}

async fn lift(db: &Db, of: BeneficiaryId, id: Uuid, at: Timestamp) -> Attempt<bool> {
    let (of_number, at) = (number(of), at.as_millisecond());
    Ok(step!(Steps::Each(db), Home(bucket(of.bucket())), home => {
        home.execute(&LIFT, &[&id, &of_number, &at]).await? == 1
    }))
}

/// Whether somebody's record must not go.
pub(super) async fn is_held(home: &Home<'_>, one: BeneficiaryId) -> Attempt<bool> {
    Ok(!home.rows(&HELD, &[&one.person_uuid()]).await?.is_empty())
}

async fn held(db: &Db, people: &[BeneficiaryId]) -> Attempt<Vec<bool>> {
    let client = db.client().await?;
    let one = async |id: &BeneficiaryId| {
        is_held(&Home::within(Link::Pooled(&client), bucket(id.bucket())), *id).await
    };
    Ok(side_by_side!(people, id => one(id)))
}

async fn holds(db: &Db, limit: u32) -> Attempt<Vec<HoldRow>> {
    let client = db.client().await?;
    let rows = Link::Pooled(&client).rows(&HOLDS, &[&i64::from(limit)]).await?;
    let read = |row: &Row| {
        Ok(HoldRow {
            id: row.get("hold_id"),
            beneficiary: beneficiary_at(row)?,
            sealed: row.get("sealed"),
            held_at: instant_at(row, "held_at"),
            lifted_at: row.get::<_, Option<i64>>("lifted_at").map(instant),
        })
    };
    Ok(rows.iter().map(read).collect::<StoreResult<_>>()?)
}

async fn agree(db: &Db, one: &Agreeing) -> Attempt<ReleaseRow> {
    let ReleaseOf { bucket: home, subject, kind } = one.of;
    let (kind, by) = (kind.number(), one.by.0);
    let (at, since) = (one.at.as_millisecond(), one.since.as_millisecond());
    let rows = step!(Steps::Each(db), Home(bucket(home)), home => {
        home.execute(&FIRST, &[&subject, &kind, &by, &at, &since]).await?;
        home.execute(&SECOND, &[&subject, &kind, &by, &at]).await?;
        home.rows(&RELEASE, &[&subject, &kind]).await?
    });
    let row = rows.first().map(release_at);
    Ok(row.ok_or_else(|| StoreError::broken("a release that was noted is not there"))?)
}

async fn releases(db: &Db, of: &[ReleaseOf]) -> Attempt<Vec<Option<ReleaseRow>>> {
    let client = db.client().await?;
    let one = async |of: &ReleaseOf| {
        let home = Home::within(Link::Pooled(&client), bucket(of.bucket));
        let rows = home.rows(&RELEASE, &[&of.subject, &of.kind.number()]).await?;
        Attempt::Ok(rows.first().map(release_at))
    };
    Ok(side_by_side!(of, one_of => one(one_of)))
}

fn release_at(row: &Row) -> ReleaseRow {
    let second_by = row.get::<_, Option<Uuid>>("second_by").map(StaffId);
    let second_at = row.get::<_, Option<i64>>("second_at").map(instant);
    ReleaseRow {
        first: (StaffId(row.get("first_by")), instant_at(row, "first_at")),
        second: second_by.zip(second_at),
    }
}

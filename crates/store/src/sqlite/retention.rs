//! What goes by the clock, what does not go because it is held, and what two let go together.

use async_trait::async_trait;
use domain::{
    id::{BeneficiaryId, StaffId},
    retention::Rule,
};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::{
    Sqlite, on_one_snapshot,
    value::{beneficiary_at, instant_at, uuid_at},
};
use crate::{
    RetentionStore, StoreError, StoreResult,
    record::{Agreeing, ClockRow, HoldRow, ReleaseOf, ReleaseRow},
    value::{instant, milliseconds, number},
};

/// How the rows of a table are told apart, and which of those past their time stay nevertheless.
struct End {
    table: &'static str,
    keys: &'static str,
    but: &'static str,
}

const fn end(table: &'static str, keys: &'static str) -> End {
    End { table, keys, but: "" }
}

const ENDS: &[End] = &[
    end("sign_in_code", "code_id"),
    end("counter", "key_digest, window_at"),
    end("idempotency", "key_digest"),
    end("wallet_offer", "offer_id"),
    end("report", "report_id"),
    End {
        table: "access_entry",
        keys: "entry_id",
        but: "AND e.leaf IS NOT NULL
            AND EXISTS (
                SELECT 1 FROM access_entry AS n
                WHERE n.person = e.person AND n.number > e.number)
            AND NOT EXISTS (
                SELECT 1 FROM access_entry AS p
                WHERE p.person = e.person AND p.number < e.number AND p.opened_at >= ?1)
            AND NOT EXISTS (
                SELECT 1 FROM legal_hold AS h
                WHERE h.person = e.person AND h.lifted_at IS NULL)",
    },
    end("alarm", "facility_id, alarm_id"),
    end("emergency", "facility_id, emergency_id"),
    end("erasure", "beneficiary_id"),
    end("legal_hold", "hold_id"),
    end("joint_release", "subject, kind"),
    end("incident", "incident_id"),
    end("incident_part", "incident_id, part"),
];

/// What of a table is past its time.
fn past(rule: &Rule) -> StoreResult<(&'static End, String)> {
    let end = ENDS.iter().find(|end| end.table == rule.table);
    let end = end.ok_or_else(|| StoreError::broken("a table has a rule and no statement"))?;
    let (table, since, but) = (end.table, rule.since, end.but);
    Ok((end, format!("FROM {table} AS e WHERE e.{since} < ?1 {but}")))
}

#[async_trait]
impl RetentionStore for Sqlite {
    async fn expired(&self, rule: &'static Rule, now: Timestamp) -> StoreResult<u64> {
        let (_, past) = past(rule)?;
        let sql = format!("SELECT count(*) {past}");
        let cut = rule.cut(now.as_millisecond());
        let count = self.read(|c| c.query_row(&sql, [cut], |row| row.get::<_, i64>(0)))?;
        Ok(count.unsigned_abs())
    }

    async fn expire(&self, rule: &'static Rule, now: Timestamp, limit: u32) -> StoreResult<u64> {
        let (End { table, keys, .. }, past) = past(rule)?;
        let since = rule.since;
        let some = format!("SELECT {keys} {past} ORDER BY e.{since} LIMIT ?2");
        let sql = format!("DELETE FROM {table} WHERE ({keys}) IN ({some})");
        let cut = rule.cut(now.as_millisecond());
        self.write(move |c| {
            // What was in the rows is written over in the file, not only let go.
            c.pragma_update(None, "secure_delete", true)?;
            let rows = c.prepare_cached(&sql)?.execute((cut, limit));
            c.pragma_update(None, "secure_delete", false)?;
            Ok(rows? as u64)
        })
        .await
    }

    async fn put_hold(&self, hold: &HoldRow) -> StoreResult<bool> {
        const PUT: &str = "
            INSERT INTO legal_hold (hold_id, beneficiary_id, person, sealed, held_at)
            VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO NOTHING";
        let hold = hold.clone();
        self.write(move |c| {
            let person = hold.beneficiary.person_bytes();
            let rows = c.prepare_cached(PUT)?.execute(params![
                hold.id.as_bytes(),
                number(hold.beneficiary),
                person,
                hold.sealed,
                hold.held_at.as_millisecond(),
            ])?;
            Ok(rows == 1)
        })
        .await
    }

    async fn lift_hold(&self, of: BeneficiaryId, id: Uuid, at: Timestamp) -> StoreResult<bool> {
        const LIFT: &str = "
            UPDATE legal_hold SET lifted_at = ?3
            WHERE hold_id = ?1 AND beneficiary_id = ?2 AND lifted_at IS NULL";
        self.write(move |c| {
            let values = (id.as_bytes(), number(of), at.as_millisecond());
            Ok(c.prepare_cached(LIFT)?.execute(values)? == 1)
        })
        .await
    }

    async fn held(&self, people: &[BeneficiaryId]) -> StoreResult<Vec<bool>> {
        self.read(|c| on_one_snapshot(c, people, |one| is_held(c, *one)))
    }

    async fn holds(&self, limit: u32) -> StoreResult<Vec<HoldRow>> {
        const HOLDS: &str = "
            SELECT * FROM legal_hold WHERE lifted_at IS NULL ORDER BY held_at, hold_id LIMIT ?1";
        self.read(|c| c.prepare_cached(HOLDS)?.query_map([limit], hold_at)?.collect())
    }

    async fn agree(&self, one: &Agreeing) -> StoreResult<ReleaseRow> {
        let one = *one;
        self.write(move |c| agree(c, &one)).await
    }

    async fn releases(&self, of: &[ReleaseOf]) -> StoreResult<Vec<Option<ReleaseRow>>> {
        self.read(|c| on_one_snapshot(c, of, |one| release(c, *one)))
    }

    async fn believed_clock(&self) -> StoreResult<Option<ClockRow>> {
        let read = |row: &Row<'_>| {
            Ok(ClockRow {
                seen_at: instant_at(row, "seen_at")?,
                confirmed_at: row.get::<_, Option<i64>>("confirmed_at")?.map(instant),
            })
        };
        self.read(|c| c.prepare_cached("SELECT * FROM clock")?.query_row([], read).optional())
    }

    async fn believe_clock(&self, now: Timestamp, at_most: SignedDuration) -> StoreResult<()> {
        const BELIEVE: &str = "
            INSERT INTO clock (clock_no, seen_at) VALUES (1, ?1)
            ON CONFLICT (clock_no) DO UPDATE SET seen_at = excluded.seen_at
            WHERE excluded.seen_at - clock.seen_at BETWEEN 1 AND ?2";
        let values = (now.as_millisecond(), milliseconds(at_most));
        self.write(move |c| c.prepare_cached(BELIEVE)?.execute(values).map(drop)).await
    }

    async fn confirm_clock(&self, now: Timestamp) -> StoreResult<()> {
        const CONFIRM: &str = "
            INSERT INTO clock (clock_no, seen_at, confirmed_at) VALUES (1, ?1, ?1)
            ON CONFLICT (clock_no) DO UPDATE
            SET seen_at = excluded.seen_at, confirmed_at = excluded.confirmed_at";
        let now = now.as_millisecond();
        self.write(move |c| c.prepare_cached(CONFIRM)?.execute([now]).map(drop)).await
    }

    async fn own_clock(&self) -> StoreResult<Option<Timestamp>> {
        Ok(None)
    }
}

/// Whether somebody's record must not go.
pub(super) fn is_held(connection: &Connection, one: BeneficiaryId) -> rusqlite::Result<bool> {
    const HELD: &str = "SELECT 1 FROM legal_hold WHERE person = ?1 AND lifted_at IS NULL";
    connection.prepare_cached(HELD)?.exists([one.person_bytes()])
}

fn hold_at(row: &Row<'_>) -> rusqlite::Result<HoldRow> {
    Ok(HoldRow {
        id: uuid_at(row, "hold_id")?,
        beneficiary: beneficiary_at(row, "beneficiary_id")?,
        sealed: row.get("sealed")?,
        held_at: instant_at(row, "held_at")?,
        lifted_at: row.get::<_, Option<i64>>("lifted_at")?.map(instant),
    })
}

fn agree(connection: &Connection, one: &Agreeing) -> rusqlite::Result<ReleaseRow> {
    const FIRST: &str = "
        INSERT INTO joint_release (subject, kind, first_by, first_at) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (subject, kind) DO UPDATE
        SET first_by = excluded.first_by, first_at = excluded.first_at, second_by = NULL,
            second_at = NULL
        WHERE joint_release.first_at < ?5";
    const SECOND: &str = "
        UPDATE joint_release SET second_by = ?3, second_at = ?4
        WHERE subject = ?1 AND kind = ?2 AND second_by IS NULL AND first_by <> ?3";
    let (subject, kind) = (one.of.subject.into_bytes(), one.of.kind.number());
    let (by, at) = (one.by.0.into_bytes(), one.at.as_millisecond());
    let since = one.since.as_millisecond();
    connection.prepare_cached(FIRST)?.execute((subject, kind, by, at, since))?;
    connection.prepare_cached(SECOND)?.execute((subject, kind, by, at))?;
    let row = release(connection, one.of)?;
    row.ok_or(rusqlite::Error::QueryReturnedNoRows)
}

fn release(connection: &Connection, of: ReleaseOf) -> rusqlite::Result<Option<ReleaseRow>> {
    const ONE: &str = "SELECT * FROM joint_release WHERE subject = ?1 AND kind = ?2";
    let read = |row: &Row<'_>| {
        let second_by: Option<[u8; 16]> = row.get("second_by")?;
        let second_at: Option<i64> = row.get("second_at")?;
        let first = (StaffId(uuid_at(row, "first_by")?), instant_at(row, "first_at")?);
        let second = second_by.map(|by| StaffId(Uuid::from_bytes(by)));
        Ok(ReleaseRow { first, second: second.zip(second_at.map(instant)) })
    };
    let mut one = connection.prepare_cached(ONE)?;
    one.query_row((of.subject.as_bytes(), of.kind.number()), read).optional()
}

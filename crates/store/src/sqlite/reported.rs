//! What researchers and others report.

use async_trait::async_trait;
use domain::reported::Outcome;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params, types::Type};
use uuid::Uuid;

use super::{
    Sqlite,
    value::{instant_at, uuid_at},
};
use crate::{
    ReportStore, StoreResult,
    record::{Closing, ReportPlace, ReportRow},
    value::instant,
};

#[async_trait]
impl ReportStore for Sqlite {
    async fn put_report(&self, report: &ReportRow) -> StoreResult<bool> {
        let report = report.clone();
        self.write(move |c| put(c, &report)).await
    }

    async fn report(&self, id: Uuid) -> StoreResult<Option<ReportRow>> {
        self.read(|c| {
            let mut one = c.prepare_cached("SELECT * FROM report WHERE report_id = ?1")?;
            one.query_row([id.as_bytes()], report_at).optional()
        })
    }

    async fn reports(&self, after: ReportPlace, limit: u32) -> StoreResult<Vec<ReportRow>> {
        const BEHIND: &str = "
            SELECT * FROM report WHERE (received_at, report_id) > (?1, ?2)
            ORDER BY received_at, report_id LIMIT ?3";
        self.read(|c| {
            let at = after.received_at.as_millisecond();
            c.prepare_cached(BEHIND)?
                .query_map((at, after.id.as_bytes(), limit), report_at)?
                .collect()
        })
    }

    async fn acknowledge_report(&self, id: Uuid, at: Timestamp) -> StoreResult<bool> {
        const ACKNOWLEDGE: &str = "
            UPDATE report SET acknowledged_at = ?2
            WHERE report_id = ?1 AND acknowledged_at IS NULL";
        self.write(move |c| {
            let values = (id.as_bytes(), at.as_millisecond());
            Ok(c.prepare_cached(ACKNOWLEDGE)?.execute(values)? == 1)
        })
        .await
    }

    async fn close_report(&self, closing: &Closing) -> StoreResult<bool> {
        const CLOSE: &str = "
            UPDATE report
            SET acknowledged_at = coalesce(acknowledged_at, ?2), closed_at = ?2, outcome = ?3,
                kept_until = ?4
            WHERE report_id = ?1 AND closed_at IS NULL";
        let Closing { id, at, outcome, kept_until } = *closing;
        self.write(move |c| {
            let (at, kept) = (at.as_millisecond(), kept_until.as_millisecond());
            let values = (id.as_bytes(), at, outcome.name(), kept);
            Ok(c.prepare_cached(CLOSE)?.execute(values)? == 1)
        })
        .await
    }
}

fn put(connection: &Connection, report: &ReportRow) -> rusqlite::Result<bool> {
    const PUT: &str = "
        INSERT INTO report (report_id, wrapped_key, secret, sealed, received_at, acknowledge_by,
            close_by)
        VALUES (:id, :wrapped_key, :secret, :sealed, :received_at, :acknowledge_by, :close_by)
        ON CONFLICT DO NOTHING";
    let rows = connection.prepare_cached(PUT)?.execute(named_params! {
        ":id": report.id.as_bytes(),
        ":wrapped_key": report.wrapped_key,
        ":secret": report.secret,
        ":sealed": report.sealed,
        ":received_at": report.received_at.as_millisecond(),
        ":acknowledge_by": report.acknowledge_by.as_millisecond(),
        ":close_by": report.close_by.as_millisecond(),
    })?;
    Ok(rows == 1)
}

fn report_at(row: &Row<'_>) -> rusqlite::Result<ReportRow> {
    let closed_at: Option<i64> = row.get("closed_at")?;
    let outcome: Option<String> = row.get("outcome")?;
    let closed = match closed_at.zip(outcome) {
        None => None,
        Some((at, word)) => {
            let unknown = "not an outcome of ours".into();
            let unknown = rusqlite::Error::FromSqlConversionFailure(0, Type::Text, unknown);
            Some((instant(at), Outcome::from_name(&word).ok_or(unknown)?))
        }
    };
    Ok(ReportRow {
        id: uuid_at(row, "report_id")?,
        wrapped_key: row.get("wrapped_key")?,
        secret: row.get("secret")?,
        sealed: row.get("sealed")?,
        received_at: instant_at(row, "received_at")?,
        acknowledge_by: instant_at(row, "acknowledge_by")?,
        close_by: instant_at(row, "close_by")?,
        acknowledged_at: row.get::<_, Option<i64>>("acknowledged_at")?.map(instant),
        closed,
    })
}

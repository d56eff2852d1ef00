//! What researchers and others report, at the home that the id begins with.

use async_trait::async_trait;
use domain::reported::Outcome;
use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    Postgres,
    link::{Attempt, Db, Home, Link, Steps, Values, step},
    statement::statements,
    value::{digest_at, instant_at},
};
use crate::{
    ReportStore, StoreError, StoreResult,
    record::{Closing, ReportPlace, ReportRow},
    value::instant,
};

statements! {
    Home PUT = "
        INSERT INTO report (hb, report_id, wrapped_key, secret, sealed, received_at,
            acknowledge_by, close_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT DO NOTHING";
    Home ONE = "SELECT * FROM report WHERE hb = $1 AND report_id = $2";
    Scatter BEHIND = "
        SELECT * FROM report WHERE (received_at, report_id) > ($1, $2)
        ORDER BY received_at, report_id LIMIT $3";
    Home ACKNOWLEDGE = "
        UPDATE report SET acknowledged_at = $3
        WHERE hb = $1 AND report_id = $2 AND acknowledged_at IS NULL";
    Home CLOSE = "
        UPDATE report
        SET acknowledged_at = coalesce(acknowledged_at, $3), closed_at = $3, outcome = $4,
            kept_until = $5
        WHERE hb = $1 AND report_id = $2 AND closed_at IS NULL";
}

#[async_trait]
impl ReportStore for Postgres {
    async fn put_report(&self, report: &ReportRow) -> StoreResult<bool> {
        Ok(put(&self.db, report).await?)
    }

    async fn report(&self, id: Uuid) -> StoreResult<Option<ReportRow>> {
        Ok(one(&self.db, id).await?)
    }

    async fn reports(&self, after: ReportPlace, limit: u32) -> StoreResult<Vec<ReportRow>> {
        Ok(behind(&self.db, after, limit).await?)
    }

    async fn acknowledge_report(&self, id: Uuid, at: Timestamp) -> StoreResult<bool> {
        Ok(acknowledge(&self.db, id, at).await?)
    }

    async fn close_report(&self, closing: &Closing) -> StoreResult<bool> {
        Ok(close(&self.db, closing).await?)
    }
}

/// Where a report is kept: the first 16 bits of its id.
pub(super) fn home_of(id: &Uuid) -> i32 {
    let bytes = id.as_bytes();
    i32::from(u16::from_be_bytes([bytes[0], bytes[1]]))
}

async fn put(db: &Db, report: &ReportRow) -> Attempt<bool> {
    let times = [report.received_at, report.acknowledge_by, report.close_by];
    let [received, acknowledge_by, close_by] = times.map(Timestamp::as_millisecond);
    let values: Values<'_> = &[
        &report.id,
        &report.wrapped_key,
        &report.secret.as_slice(),
        &report.sealed,
        &received,
        &acknowledge_by,
        &close_by,
    ];
    Ok(step!(Steps::Each(db), Home(home_of(&report.id)), home => {
        home.execute(&PUT, values).await? == 1
    }))
}

async fn one(db: &Db, id: Uuid) -> Attempt<Option<ReportRow>> {
    let client = db.client().await?;
    let home = Home::within(Link::Pooled(&client), home_of(&id));
    Ok(home.rows(&ONE, &[&id]).await?.first().map(report_at).transpose()?)
}

async fn behind(db: &Db, after: ReportPlace, limit: u32) -> Attempt<Vec<ReportRow>> {
    let client = db.client().await?;
    let (at, limit) = (after.received_at.as_millisecond(), i64::from(limit));
    let rows = Link::Pooled(&client).rows(&BEHIND, &[&at, &after.id, &limit]).await?;
    Ok(rows.iter().map(report_at).collect::<StoreResult<_>>()?)
}

async fn acknowledge(db: &Db, id: Uuid, at: Timestamp) -> Attempt<bool> {
    let at = at.as_millisecond();
    Ok(step!(Steps::Each(db), Home(home_of(&id)), home => {
        home.execute(&ACKNOWLEDGE, &[&id, &at]).await? == 1
    }))
}

async fn close(db: &Db, closing: &Closing) -> Attempt<bool> {
    let (at, outcome) = (closing.at.as_millisecond(), closing.outcome.name());
    let (id, kept_until) = (closing.id, closing.kept_until.as_millisecond());
    Ok(step!(Steps::Each(db), Home(home_of(&id)), home => {
        home.execute(&CLOSE, &[&id, &at, &outcome, &kept_until]).await? == 1
    }))
}

fn report_at(row: &Row) -> StoreResult<ReportRow> {
    let closed_at: Option<i64> = row.get("closed_at");
    let outcome: Option<&str> = row.get("outcome");
    let outcome = outcome.map(|word| {
        let unknown = || StoreError::broken("a column holds no outcome of ours");
        Outcome::from_name(word).ok_or_else(unknown)
    });
    Ok(ReportRow {
        id: row.get("report_id"),
        wrapped_key: row.get("wrapped_key"),
        secret: digest_at(row, "secret")?,
        sealed: row.get("sealed"),
        received_at: instant_at(row, "received_at"),
        acknowledge_by: instant_at(row, "acknowledge_by"),
        close_by: instant_at(row, "close_by"),
        acknowledged_at: row.get::<_, Option<i64>>("acknowledged_at").map(instant),
        closed: closed_at.map(instant).zip(outcome.transpose()?),
    })
}

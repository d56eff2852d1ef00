//! Incidents, at the home that the id begins with.

use async_trait::async_trait;
use domain::{id::HomeBucket, incident::Clocks};
use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    Postgres,
    link::{Attempt, Db, Home, Link, Steps, Values, long_transaction, step},
    reported::home_of,
    statement::{Statement, statements},
    value::{bucket, instant_at},
};
use crate::{
    IncidentStore, StoreError, StoreResult,
    record::{AccessOf, IncidentRow, IncidentStep},
    value::instant,
};

statements! {
    Home PUT = "
        INSERT INTO incident (hb, incident_id, sealed, people, noticed_at, confirmed_at, report_by,
            tell_by, file_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT DO NOTHING";
    Home PUT_PART = "
        INSERT INTO incident_part (hb, incident_id, part, sealed)
        VALUES ($1, $2, $3, $4)";
    Home ONE = "SELECT * FROM incident WHERE hb = $1 AND incident_id = $2";
    Scatter EVERY = "SELECT * FROM incident ORDER BY confirmed_at, incident_id LIMIT $1";
    Home PART = "
        SELECT sealed FROM incident_part WHERE hb = $1 AND incident_id = $2 AND part = $3";
    Home REPORTED = "
        UPDATE incident SET reported_at = $3
        WHERE hb = $1 AND incident_id = $2 AND reported_at IS NULL";
    Home TOLD = "
        UPDATE incident SET told_at = $3
        WHERE hb = $1 AND incident_id = $2 AND told_at IS NULL";
    Home FILED = "
        UPDATE incident SET filed_at = $3
        WHERE hb = $1 AND incident_id = $2 AND filed_at IS NULL";
    Home CLOSED = "
        UPDATE incident SET closed_at = $3
        WHERE hb = $1 AND incident_id = $2 AND closed_at IS NULL";
    Home CLOSED_PARTS = "
        UPDATE incident_part SET closed_at = $3
        WHERE hb = $1 AND incident_id = $2 AND closed_at IS NULL";
    Scatter BETWEEN = "
        SELECT hb, person FROM access_entry
        WHERE opened_at >= $1 AND opened_at < $2 AND (hb, person) > ($3, $4)
        GROUP BY hb, person ORDER BY hb, person LIMIT $5";
}

#[async_trait]
impl IncidentStore for Postgres {
    async fn put_incident(&self, incident: &IncidentRow, parts: &[Vec<u8>]) -> StoreResult<bool> {
        Ok(put(&self.db, incident, parts).await?)
    }

    async fn incident(&self, id: Uuid) -> StoreResult<Option<IncidentRow>> {
        Ok(one(&self.db, id).await?)
    }

    async fn incidents(&self, limit: u32) -> StoreResult<Vec<IncidentRow>> {
        Ok(every(&self.db, limit).await?)
    }

    async fn incident_part(&self, id: Uuid, part: u32) -> StoreResult<Option<Vec<u8>>> {
        Ok(part_of(&self.db, id, part).await?)
    }

    async fn mark_incident(
        &self,
        id: Uuid,
        step: IncidentStep,
        at: Timestamp,
    ) -> StoreResult<bool> {
        Ok(mark(&self.db, id, step, at).await?)
    }

    async fn opened_between(
        &self,
        from: Timestamp,
        until: Timestamp,
        after: Option<AccessOf>,
        limit: u32,
    ) -> StoreResult<Vec<AccessOf>> {
        let (hb, person) = after.map_or((-1, Uuid::nil()), |of| (bucket(of.bucket), of.person));
        let (from, until) = (from.as_millisecond(), until.as_millisecond());
        let limit = i64::from(limit);
        let rows: Vec<Row> = long_transaction!(self.db, tx => {
            let values: Values<'_> = &[&from, &until, &hb, &person, &limit];
            Link::Within(&tx).rows(&BETWEEN, values).await?
        })?;
        rows.iter().map(list_at).collect()
    }
}

fn list_at(row: &Row) -> StoreResult<AccessOf> {
    let held = u16::try_from(row.get::<_, i32>("hb"));
    let held = held.map_err(|_| StoreError::broken("a column holds no bucket"))?;
    Ok(AccessOf { bucket: HomeBucket(held), person: row.get("person") })
}

async fn put(db: &Db, incident: &IncidentRow, parts: &[Vec<u8>]) -> Attempt<bool> {
    let times = &incident.times;
    let times =
        [times.noticed_at, times.confirmed_at, times.report_by, times.tell_by, times.file_by];
    let [noticed, confirmed, report_by, tell_by, file_by] = times.map(Timestamp::as_millisecond);
    let people = incident.people.cast_signed();
    let values: Values<'_> = &[
        &incident.id,
        &incident.sealed,
        &people,
        &noticed,
        &confirmed,
        &report_by,
        &tell_by,
        &file_by,
    ];
    Ok(step!(Steps::Each(db), Home(home_of(&incident.id)), home => {
        let new = home.execute(&PUT, values).await? == 1;
        if new {
            for (number, part) in (0_i32..).zip(parts) {
                home.execute(&PUT_PART, &[&incident.id, &number, part]).await?;
            }
        }
        new
    }))
}

async fn one(db: &Db, id: Uuid) -> Attempt<Option<IncidentRow>> {
    let client = db.client().await?;
    let home = Home::within(Link::Pooled(&client), home_of(&id));
    Ok(home.rows(&ONE, &[&id]).await?.first().map(incident_at))
}

async fn every(db: &Db, limit: u32) -> Attempt<Vec<IncidentRow>> {
    let client = db.client().await?;
    let rows = Link::Pooled(&client).rows(&EVERY, &[&i64::from(limit)]).await?;
    Ok(rows.iter().map(incident_at).collect())
}

async fn part_of(db: &Db, id: Uuid, part: u32) -> Attempt<Option<Vec<u8>>> {
    let client = db.client().await?;
    let home = Home::within(Link::Pooled(&client), home_of(&id));
    let part = i32::try_from(part).unwrap_or(i32::MAX);
    Ok(home.rows(&PART, &[&id, &part]).await?.first().map(|row| row.get("sealed")))
}

const fn statement_of(step: IncidentStep) -> &'static Statement {
    match step {
        IncidentStep::Reported => &REPORTED,
        IncidentStep::Told => &TOLD,
        IncidentStep::Filed => &FILED,
        IncidentStep::Closed => &CLOSED,
    }
}

async fn mark(db: &Db, id: Uuid, step: IncidentStep, at: Timestamp) -> Attempt<bool> {
    let at = at.as_millisecond();
    Ok(step!(Steps::Each(db), Home(home_of(&id)), home => {
        let marked = home.execute(statement_of(step), &[&id, &at]).await? == 1;
        if marked && step == IncidentStep::Closed {
            home.execute(&CLOSED_PARTS, &[&id, &at]).await?;
        }
        marked
    }))
}

fn incident_at(row: &Row) -> IncidentRow {
    let maybe = |name: &str| row.get::<_, Option<i64>>(name).map(instant);
    IncidentRow {
        id: row.get("incident_id"),
        sealed: row.get("sealed"),
        people: row.get::<_, i64>("people").cast_unsigned(),
        times: Clocks {
            noticed_at: instant_at(row, "noticed_at"),
            confirmed_at: instant_at(row, "confirmed_at"),
            report_by: instant_at(row, "report_by"),
            tell_by: instant_at(row, "tell_by"),
            file_by: instant_at(row, "file_by"),
        },
        reported_at: maybe("reported_at"),
        told_at: maybe("told_at"),
        filed_at: maybe("filed_at"),
        closed_at: maybe("closed_at"),
    }
}

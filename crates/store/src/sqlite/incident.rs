//! Incidents.

use async_trait::async_trait;
use domain::{id::HomeBucket, incident::Clocks};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::{
    Sqlite,
    value::{instant_at, uuid_at},
};
use crate::{
    IncidentStore, StoreResult,
    record::{AccessOf, IncidentRow, IncidentStep},
    value::instant,
};

#[async_trait]
impl IncidentStore for Sqlite {
    async fn put_incident(&self, incident: &IncidentRow, parts: &[Vec<u8>]) -> StoreResult<bool> {
        let (incident, parts) = (incident.clone(), parts.to_vec());
        self.write(move |c| put(c, &incident, &parts)).await
    }

    async fn incident(&self, id: Uuid) -> StoreResult<Option<IncidentRow>> {
        self.read(|c| {
            let mut one = c.prepare_cached("SELECT * FROM incident WHERE incident_id = ?1")?;
            one.query_row([id.as_bytes()], incident_at).optional()
        })
    }

    async fn incidents(&self, limit: u32) -> StoreResult<Vec<IncidentRow>> {
        const ALL: &str = "SELECT * FROM incident ORDER BY confirmed_at, incident_id LIMIT ?1";
        self.read(|c| c.prepare_cached(ALL)?.query_map([limit], incident_at)?.collect())
    }

    async fn incident_part(&self, id: Uuid, part: u32) -> StoreResult<Option<Vec<u8>>> {
        const PART: &str = "
            SELECT sealed FROM incident_part WHERE incident_id = ?1 AND part = ?2";
        self.read(|c| {
            let mut one = c.prepare_cached(PART)?;
            one.query_row((id.as_bytes(), part), |row| row.get(0)).optional()
        })
    }

    async fn mark_incident(
        &self,
        id: Uuid,
        step: IncidentStep,
        at: Timestamp,
    ) -> StoreResult<bool> {
        self.write(move |c| mark(c, id, step, at)).await
    }

    async fn opened_between(
        &self,
        from: Timestamp,
        until: Timestamp,
        after: Option<AccessOf>,
        limit: u32,
    ) -> StoreResult<Vec<AccessOf>> {
        const BETWEEN: &str = "
            SELECT DISTINCT hb, person FROM access_entry
            WHERE opened_at >= ?1 AND opened_at < ?2 AND person > ?3
            ORDER BY person LIMIT ?4";
        let after = after.map_or(Vec::new(), |of| of.person.as_bytes().to_vec());
        self.read(|c| {
            let values = (from.as_millisecond(), until.as_millisecond(), after, limit);
            let read = |row: &Row<'_>| {
                let (bucket, person) = (HomeBucket(row.get("hb")?), uuid_at(row, "person")?);
                Ok(AccessOf { bucket, person })
            };
            c.prepare_cached(BETWEEN)?.query_map(values, read)?.collect()
        })
    }
}

fn put(
    connection: &Connection,
    incident: &IncidentRow,
    parts: &[Vec<u8>],
) -> rusqlite::Result<bool> {
    const PUT: &str = "
        INSERT INTO incident (incident_id, sealed, people, noticed_at, confirmed_at, report_by,
            tell_by, file_by)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        ON CONFLICT DO NOTHING";
    const PUT_PART: &str = "
        INSERT INTO incident_part (incident_id, part, sealed) VALUES (?1, ?2, ?3)";
    let id = incident.id.as_bytes();
    let times = &incident.times;
    let rows = connection.prepare_cached(PUT)?.execute(params![
        id,
        incident.sealed,
        incident.people.cast_signed(),
        times.noticed_at.as_millisecond(),
        times.confirmed_at.as_millisecond(),
        times.report_by.as_millisecond(),
        times.tell_by.as_millisecond(),
        times.file_by.as_millisecond(),
    ])?;
    if rows == 1 {
        for (number, part) in (0_u32..).zip(parts) {
            connection.prepare_cached(PUT_PART)?.execute((id, number, part))?;
        }
    }
    Ok(rows == 1)
}

fn mark(
    connection: &Connection,
    id: Uuid,
    step: IncidentStep,
    at: Timestamp,
) -> rusqlite::Result<bool> {
    const REPORTED: &str = "
        UPDATE incident SET reported_at = ?2 WHERE incident_id = ?1 AND reported_at IS NULL";
    const TOLD: &str = "
        UPDATE incident SET told_at = ?2 WHERE incident_id = ?1 AND told_at IS NULL";
    const FILED: &str = "
        UPDATE incident SET filed_at = ?2 WHERE incident_id = ?1 AND filed_at IS NULL";
    const CLOSED: &str = "
        UPDATE incident SET closed_at = ?2 WHERE incident_id = ?1 AND closed_at IS NULL";
    const CLOSED_PARTS: &str = "
        UPDATE incident_part SET closed_at = ?2 WHERE incident_id = ?1 AND closed_at IS NULL";
    let statement = match step {
        IncidentStep::Reported => REPORTED,
        IncidentStep::Told => TOLD,
        IncidentStep::Filed => FILED,
        IncidentStep::Closed => CLOSED,
    };
    let values = (id.into_bytes(), at.as_millisecond());
    let marked = connection.prepare_cached(statement)?.execute(values)? == 1;
    if marked && step == IncidentStep::Closed {
        connection.prepare_cached(CLOSED_PARTS)?.execute(values)?;
    }
    Ok(marked)
}

fn incident_at(row: &Row<'_>) -> rusqlite::Result<IncidentRow> {
    let maybe = |name: &str| row.get::<_, Option<i64>>(name).map(|held| held.map(instant));
    Ok(IncidentRow {
        id: uuid_at(row, "incident_id")?,
        sealed: row.get("sealed")?,
        people: row.get::<_, i64>("people")?.cast_unsigned(),
        times: Clocks {
            noticed_at: instant_at(row, "noticed_at")?,
            confirmed_at: instant_at(row, "confirmed_at")?,
            report_by: instant_at(row, "report_by")?,
            tell_by: instant_at(row, "tell_by")?,
            file_by: instant_at(row, "file_by")?,
        },
        reported_at: maybe("reported_at")?,
        told_at: maybe("told_at")?,
        filed_at: maybe("filed_at")?,
        closed_at: maybe("closed_at")?,
    })
}

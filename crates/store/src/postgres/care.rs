//! Checking, migrating, backup and restore.

use std::path::Path;

use futures_util::{SinkExt, StreamExt, pin_mut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{
    link::{Attempt, Db, Failure, LONG_LIMITS, Link, long_transaction, transaction},
    statement::statements,
};
use crate::{StoreError, StoreResult, migrate, record::Audit};

statements! {
    Scatter COUNT_PEOPLE = "SELECT count(*) FROM beneficiary";
    Scatter COUNT_HOME = "
        SELECT (SELECT count(*) FROM beneficiary) AS people,
            (SELECT count(*) FROM dose) AS doses,
            (SELECT count(*) FROM dose_claim WHERE state IN (0, 2, 3) OR owes <> 0)
                + (SELECT count(*) FROM merged_beneficiary WHERE NOT settled) AS in_motion,
            (SELECT count(*) FROM dose AS d WHERE NOT EXISTS (
                SELECT 1 FROM certificate AS c
                WHERE c.hb = d.hb AND c.beneficiary_id = d.beneficiary_id
                    AND c.dose_number = d.dose_number AND c.withdrawn_at IS NULL)
                AND NOT EXISTS (
                SELECT 1 FROM owed_certificate AS o
                WHERE o.hb = d.hb AND o.beneficiary_id = d.beneficiary_id
                    AND o.dose_id = d.dose_id))
                AS doses_without_certificate,
            (SELECT count(*) FROM owed_certificate) AS owed,
            (SELECT count(*) FROM owed_certificate AS o WHERE NOT EXISTS (
                SELECT 1 FROM dose AS d
                WHERE d.hb = o.hb AND d.beneficiary_id = o.beneficiary_id
                    AND d.dose_id = o.dose_id AND NOT EXISTS (
                    SELECT 1 FROM certificate AS c
                    WHERE c.hb = d.hb AND c.beneficiary_id = d.beneficiary_id
                        AND c.dose_number = d.dose_number AND c.withdrawn_at IS NULL)))
                AS owed_wrongly,
            (SELECT count(*) FROM certificate AS c WHERE c.withdrawn_at IS NULL AND (
                NOT EXISTS (
                    SELECT 1 FROM dose AS d
                    WHERE d.hb = c.hb AND d.beneficiary_id = c.beneficiary_id
                        AND d.dose_number = c.dose_number)
                AND NOT EXISTS (
                    SELECT 1 FROM merged_beneficiary AS m
                    WHERE m.hb = c.hb AND m.beneficiary_id = c.beneficiary_id AND NOT m.settled)
                OR EXISTS (
                    SELECT 1 FROM certificate AS o
                    WHERE o.hb = c.hb AND o.beneficiary_id = c.beneficiary_id
                        AND o.dose_number = c.dose_number AND o.withdrawn_at IS NULL
                        AND o.certificate_id <> c.certificate_id)))
                AS certificates_astray,
            (SELECT count(*) FROM access_entry) AS accesses,
            (SELECT count(*) FROM access_entry AS e WHERE e.number > 1 AND NOT EXISTS (
                SELECT 1 FROM access_entry AS p
                WHERE p.hb = e.hb AND p.person = e.person AND p.number = e.number - 1)
                AND EXISTS (
                SELECT 1 FROM access_entry AS p
                WHERE p.hb = e.hb AND p.person = e.person AND p.number < e.number))
                AS accesses_astray";
    Scatter COUNT_SEATS = "
        SELECT (SELECT count(*) FROM booking WHERE state IN (0, 3)) AS booked,
            (SELECT count(*) FROM seat_pool WHERE booked > capacity) AS overbooked,
            (SELECT count(*) FROM seat_pool AS p
             LEFT JOIN (
                 SELECT facility_id, session_id, pool, count(*) AS held FROM booking
                 WHERE state IN (0, 3) GROUP BY facility_id, session_id, pool
             ) AS b ON b.facility_id = p.facility_id AND b.session_id = p.session_id
                 AND b.pool = p.pool
             WHERE p.booked <> coalesce(b.held, 0)) AS pools_off";
    /// The only question that joins homes with facilities.
    Scatter COUNT_PAIRS = "
        SELECT (SELECT count(*) FROM booking AS b WHERE b.state IN (0, 3) AND NOT EXISTS (
                SELECT 1 FROM dose_claim AS c
                WHERE c.beneficiary_id = b.beneficiary_id AND c.dose_number = b.dose_number
                    AND c.appointment_id = b.appointment_id AND c.leg = b.leg))
                AS seats_without_claim,
            (SELECT count(*) FROM dose_claim AS c
             WHERE c.state IN (1, 4) AND c.owes = 0 AND NOT EXISTS (
                SELECT 1 FROM booking AS b
                WHERE b.appointment_id = c.appointment_id AND b.leg = c.leg
                    AND b.beneficiary_id = c.beneficiary_id AND b.state IN (0, 3)))
                AS claims_without_seat";
    Reference CHECK = "SELECT pg_is_in_recovery() AS standby, count(*) FROM state";
    /// A role without `pg_monitor` sees standbys, but not how they are fed.
    Reference DURABILITY = "
        SELECT current_setting('fsync') AS fsync,
            current_setting('synchronous_commit') AS synchronous_commit,
            current_setting('full_page_writes') AS full_page_writes,
            (SELECT count(*) FROM pg_stat_replication) AS standbys,
            (SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum'))
                AS synchronous";
}

pub(super) async fn check(db: &Db) -> Attempt<()> {
    let client = db.client().await?;
    let rows = Link::Pooled(&client).rows(&CHECK, &[]).await?;
    if rows.iter().any(|row| row.get("standby")) {
        return Err(Failure::Away(StoreError::unavailable("the server is a standby")));
    }
    Ok(())
}

pub(super) async fn people(db: &Db) -> Attempt<u64> {
    let client = db.client().await?;
    let rows = Link::Pooled(&client).rows(&COUNT_PEOPLE, &[]).await?;
    Ok(rows.first().map_or(0, |row| row.get::<_, i64>(0).unsigned_abs()))
}

pub(super) async fn audit(db: &Db) -> Attempt<Audit> {
    let client = db.client().await?;
    let link = Link::Pooled(&client);
    let home = link.rows(&COUNT_HOME, &[]).await?;
    let seats = link.rows(&COUNT_SEATS, &[]).await?;
    let pairs = link.rows(&COUNT_PAIRS, &[]).await?;
    let count = |rows: &[tokio_postgres::Row], name: &str| {
        rows.first().map_or(0, |row| row.get::<_, i64>(name).unsigned_abs())
    };
    Ok(Audit {
        people: count(&home, "people"),
        doses: count(&home, "doses"),
        booked: count(&seats, "booked"),
        pools_off: count(&seats, "pools_off"),
        overbooked: count(&seats, "overbooked"),
        seats_without_claim: count(&pairs, "seats_without_claim"),
        claims_without_seat: count(&pairs, "claims_without_seat"),
        in_motion: count(&home, "in_motion"),
        doses_without_certificate: count(&home, "doses_without_certificate"),
        owed: count(&home, "owed"),
        owed_wrongly: count(&home, "owed_wrongly"),
        certificates_astray: count(&home, "certificates_astray"),
        accesses: count(&home, "accesses"),
        accesses_astray: count(&home, "accesses_astray"),
    })
}

/// Why an acknowledged write could be lost here, if it could.
pub(super) async fn risks(db: &Db) -> Attempt<Vec<String>> {
    let client = db.client().await?;
    let rows = Link::Pooled(&client).rows(&DURABILITY, &[]).await?;
    let mut risks = Vec::new();
    for row in &rows {
        for setting in ["fsync", "full_page_writes"] {
            if row.get::<_, &str>(setting) != "on" {
                risks.push(format!("{setting} is off: a crash of the machine loses writes"));
            }
        }
        let commit: &str = row.get("synchronous_commit");
        if matches!(commit, "off" | "local") {
            risks.push(format!("synchronous_commit is {commit}: set it to on"));
        }
        let (standbys, synchronous): (i64, i64) = (row.get("standbys"), row.get("synchronous"));
        if standbys > 0 && synchronous == 0 {
            risks.push(
                "replication is asynchronous only: a failover loses what was acknowledged; set \
                 synchronous_standby_names"
                    .to_owned(),
            );
        }
    }
    Ok(risks)
}

/// Runs the missing steps; whoever starts at the same time waits.
pub(super) async fn migrate(db: &Db) -> StoreResult<()> {
    const TABLE: &str = "
        CREATE TABLE IF NOT EXISTS migration (
            name TEXT PRIMARY KEY  -- file name without ending
        )";
    let citus = db.has_citus().await?;
    let made: StoreResult<()> = transaction!(db, tx => tx.batch_execute(TABLE).await?);
    made?;
    long_transaction!(db, tx => {
        tx.batch_execute("LOCK TABLE migration IN EXCLUSIVE MODE").await?;
        let rows = tx.query("SELECT name FROM migration ORDER BY name", &[]).await?;
        let ran: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        for step in migrate::pending(migrate::POSTGRES, &ran)? {
            let sql = if citus { migrate::distributed(step.sql) } else { step.sql.to_owned() };
            tx.batch_execute(&sql).await?;
            tx.execute("INSERT INTO migration (name) VALUES ($1)", &[&step.name]).await?;
        }
    })
}

const TABLES: &str = "
    SELECT table_name::text FROM information_schema.tables
    WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'
        AND table_name <> 'migration'
    ORDER BY table_name";

/// In the order of the table, as they are read back.
const COLUMNS: &str = "
    SELECT column_name::text FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name = $1
    ORDER BY ordinal_position";

/// What is copied of a column: of wrapped keys, that they are elsewhere.
fn copied(column: &str) -> &str {
    if column == "wrapped_key" { "''::bytea" } else { column }
}

/// One snapshot of every table without wrapped keys, in PostgreSQL's own binary form.
pub(super) async fn backup(db: &Db, folder: &Path) -> Attempt<()> {
    let mut client = db.client().await?;
    let tx = client
        .build_transaction()
        .isolation_level(tokio_postgres::IsolationLevel::RepeatableRead)
        .read_only(true)
        .start()
        .await?;
    tx.batch_execute(LONG_LIMITS).await?;
    for row in tx.query(TABLES, &[]).await? {
        let table: &str = row.get(0);
        let mut file = tokio::fs::File::create(folder.join(format!("{table}.copy"))).await?;
        let columns = tx.query(COLUMNS, &[&table]).await?;
        let columns: Vec<&str> = columns.iter().map(|row| row.get(0)).map(copied).collect();
        let rows = format!("COPY (SELECT {} FROM {table})", columns.join(", "));
        let rows = tx.copy_out(&format!("{rows} TO STDOUT (FORMAT binary)")).await?;
        pin_mut!(rows);
        while let Some(chunk) = rows.next().await {
            file.write_all(&chunk?).await?;
        }
        file.sync_all().await?;
    }
    Ok(())
}

/// Copies a backup into this store, which must be empty.
pub(super) async fn restore(db: &Db, folder: &Path) -> StoreResult<()> {
    long_transaction!(db, tx => {
        for row in tx.query(TABLES, &[]).await? {
            let table: &str = row.get(0);
            let mut file = tokio::fs::File::open(folder.join(format!("{table}.copy"))).await?;
            let rows = tx.copy_in(&format!("COPY {table} FROM STDIN (FORMAT binary)")).await?;
            pin_mut!(rows);
            let mut chunk = bytes::BytesMut::with_capacity(1 << 16);
            while file.read_buf(&mut chunk).await? > 0 {
                rows.send(chunk.split().freeze()).await?;
                chunk.reserve(1 << 16);
            }
            rows.finish().await?;
        }
    })
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Final(StoreError::broken(format!("the copy cannot be used: {}", error.kind())))
    }
}

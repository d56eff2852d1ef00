//! Checking, backup and restore.

use std::path::Path;

use rusqlite::Connection;

use super::{Options, writer::connect};
use crate::{StoreResult, record::Audit};

/// The name of the copy in a backup folder.
const COPY: &str = "teeka.sqlite";

/// Writes a row as it is: a transaction that only reads would commit on a full disk, too.
pub(super) fn check(connection: &Connection) -> rusqlite::Result<()> {
    let rows = connection.execute("UPDATE migration SET name = name WHERE number = 1", [])?;
    if rows == 1 { Ok(()) } else { Err(rusqlite::Error::QueryReturnedNoRows) }
}

pub(super) fn people(connection: &Connection) -> rusqlite::Result<u64> {
    count(connection, "SELECT count(*) FROM beneficiary")
}

fn count(connection: &Connection, sql: &str) -> rusqlite::Result<u64> {
    connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs)
}

pub(super) fn audit(connection: &Connection) -> rusqlite::Result<Audit> {
    let count = |sql: &str| count(connection, sql);
    Ok(Audit {
        people: people(connection)?,
        doses: count("SELECT count(*) FROM dose")?,
        booked: count("SELECT count(*) FROM booking WHERE state IN (0, 3)")?,
        pools_off: count(
            "SELECT count(*) FROM seat_pool AS p
             LEFT JOIN (
                 SELECT session_id, pool, count(*) AS held FROM booking
                 WHERE state IN (0, 3) GROUP BY session_id, pool
             ) AS b ON b.session_id = p.session_id AND b.pool = p.pool
             WHERE p.booked <> coalesce(b.held, 0)",
        )?,
        overbooked: count("SELECT count(*) FROM seat_pool WHERE booked > capacity")?,
        seats_without_claim: count(
            "SELECT count(*) FROM booking AS b WHERE b.state IN (0, 3) AND NOT EXISTS (
                 SELECT 1 FROM dose_claim AS c
                 WHERE c.beneficiary_id = b.beneficiary_id AND c.dose_number = b.dose_number
                     AND c.appointment_id = b.appointment_id AND c.leg = b.leg)",
        )?,
        claims_without_seat: count(
            "SELECT count(*) FROM dose_claim AS c WHERE c.state IN (1, 4) AND NOT EXISTS (
                 SELECT 1 FROM booking AS b
                 WHERE b.session_id = c.session_id AND b.appointment_id = c.appointment_id
                     AND b.leg = c.leg AND b.beneficiary_id = c.beneficiary_id
                     AND b.state IN (0, 3))",
        )?,
        in_motion: count("SELECT count(*) FROM dose_claim WHERE state IN (0, 2, 3)")?,
        doses_without_certificate: count(
            "SELECT count(*) FROM dose AS d WHERE NOT EXISTS (
                 SELECT 1 FROM certificate AS c
                 WHERE c.beneficiary_id = d.beneficiary_id AND c.dose_number = d.dose_number
                     AND c.withdrawn_at IS NULL)
                 AND NOT EXISTS (
                 SELECT 1 FROM owed_certificate AS o
                 WHERE o.beneficiary_id = d.beneficiary_id AND o.dose_id = d.dose_id)",
        )?,
        owed: count("SELECT count(*) FROM owed_certificate")?,
        owed_wrongly: count(
            "SELECT count(*) FROM owed_certificate AS o WHERE NOT EXISTS (
                 SELECT 1 FROM dose AS d
                 WHERE d.beneficiary_id = o.beneficiary_id AND d.dose_id = o.dose_id
                     AND NOT EXISTS (
                     SELECT 1 FROM certificate AS c
                     WHERE c.beneficiary_id = d.beneficiary_id AND c.dose_number = d.dose_number
                         AND c.withdrawn_at IS NULL))",
        )?,
        certificates_astray: count(
            "SELECT count(*) FROM certificate AS c WHERE c.withdrawn_at IS NULL AND (
                 NOT EXISTS (
                     SELECT 1 FROM dose AS d
                     WHERE d.beneficiary_id = c.beneficiary_id AND d.dose_number = c.dose_number)
                 OR EXISTS (
                     SELECT 1 FROM certificate AS o
                     WHERE o.beneficiary_id = c.beneficiary_id AND o.dose_number = c.dose_number
                         AND o.withdrawn_at IS NULL AND o.certificate_id <> c.certificate_id))",
        )?,
        accesses: count("SELECT count(*) FROM access_entry")?,
        accesses_astray: count(
            // Those that went after their time were the first of their list.
            "SELECT count(*) FROM access_entry AS e WHERE e.number > 1 AND NOT EXISTS (
                 SELECT 1 FROM access_entry AS p
                 WHERE p.person = e.person AND p.number = e.number - 1)
                 AND EXISTS (
                 SELECT 1 FROM access_entry AS p
                 WHERE p.person = e.person AND p.number < e.number)",
        )?,
    })
}

/// One consistent copy without wrapped keys, made page by page while others go on working.
pub(super) fn backup(connection: &Connection, folder: &Path) -> rusqlite::Result<()> {
    let mut copy = Connection::open(folder.join(COPY))?;
    let backup = rusqlite::backup::Backup::new(connection, &mut copy)?;
    backup.run_to_completion(1_024, std::time::Duration::ZERO, None)?;
    drop(backup);
    // Nor do wrapped keys stay in pages that nothing leads to any more.
    copy.execute_batch(
        "UPDATE account SET wrapped_key = x'';
         UPDATE beneficiary SET wrapped_key = x'';
         UPDATE merged_beneficiary SET wrapped_key = x'';
         UPDATE staff SET wrapped_key = x'';
         UPDATE report SET wrapped_key = x'';
         VACUUM;",
    )
}

/// Copies every row of a backup into this store, which must be empty.
pub(super) fn restore(connection: &Connection, folder: &Path) -> rusqlite::Result<()> {
    const TABLES: &str = "
        SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
            AND name <> 'migration'
        ORDER BY rowid";
    let copy =
        Connection::open_with_flags(folder.join(COPY), rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut tables = connection.prepare(TABLES)?;
    let tables = tables.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
    for table in tables {
        let mut rows = copy.prepare(&format!("SELECT * FROM {table} ORDER BY 1"))?;
        let columns = rows.column_count();
        let places: Vec<_> = (1..=columns).map(|place| format!("?{place}")).collect();
        let insert = format!("INSERT INTO {table} VALUES ({})", places.join(", "));
        let mut insert = connection.prepare(&insert)?;
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            let values = (0..columns)
                .map(|column| row.get::<_, rusqlite::types::Value>(column))
                .collect::<Result<Vec<_>, _>>()?;
            insert.execute(rusqlite::params_from_iter(values))?;
        }
    }
    Ok(())
}

/// Rows of a person's size that this machine keeps in a second, 256 a commit, each commit durable:
/// what every other figure of the embedded store is measured against.
///
/// # Errors
///
/// If the file cannot be written.
pub fn raw_inserts(path: &Path, span: std::time::Duration) -> StoreResult<f64> {
    let connection = connect(&Options::durable(path))?;
    connection.execute_batch("CREATE TABLE raw (id INTEGER PRIMARY KEY, body BLOB) STRICT")?;
    let mut insert = connection.prepare("INSERT INTO raw (body) VALUES (?1)")?;
    let begun = std::time::Instant::now();
    let mut rows = 0.0;
    while begun.elapsed() < span {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        for _ in 0..256 {
            insert.execute([[7_u8; 420]])?;
        }
        connection.execute_batch("COMMIT")?;
        rows += 256.0;
    }
    Ok(rows / begun.elapsed().as_secs_f64())
}

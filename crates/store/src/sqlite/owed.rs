//! Certificates that are owed.

use domain::id::{BeneficiaryId, DoseId};
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    dose, message,
    value::{beneficiary_at, instant_at, uuid_at},
};
use crate::{
    record::{Done, LateCertificate, NotSettled, OwedCertificate, OwedPlace},
    value::number,
};

/// Notes that a dose is owed its certificate.
pub(super) fn owe(connection: &Connection, dose: &domain::dose::Dose) -> rusqlite::Result<()> {
    const OWE: &str = "
        INSERT INTO owed_certificate (beneficiary_id, dose_id, owed_since) VALUES (?1, ?2, ?3)";
    connection.prepare_cached(OWE)?.execute(params![
        number(dose.beneficiary),
        dose.id.0.as_bytes(),
        dose.recorded_at.as_millisecond(),
    ])?;
    Ok(())
}

/// A dose is owed nothing any more.
pub(super) fn forget(
    connection: &Connection,
    person: BeneficiaryId,
    dose: DoseId,
) -> rusqlite::Result<()> {
    const FORGET: &str = "DELETE FROM owed_certificate WHERE beneficiary_id = ?1 AND dose_id = ?2";
    connection.prepare_cached(FORGET)?.execute((number(person), dose.0.as_bytes()))?;
    Ok(())
}

/// No dose of a person is owed anything any more.
pub(super) fn forget_all(connection: &Connection, person: BeneficiaryId) -> rusqlite::Result<()> {
    const FORGET: &str = "DELETE FROM owed_certificate WHERE beneficiary_id = ?1";
    connection.prepare_cached(FORGET)?.execute([number(person)])?;
    Ok(())
}

pub(super) fn after(
    connection: &Connection,
    place: OwedPlace,
    limit: u32,
) -> rusqlite::Result<Vec<OwedCertificate>> {
    const AFTER: &str = "
        SELECT * FROM owed_certificate WHERE (owed_since, dose_id) > (?1, ?2)
        ORDER BY owed_since, dose_id LIMIT ?3";
    let values = params![place.since.as_millisecond(), place.dose.as_bytes(), limit];
    let mut rows = connection.prepare_cached(AFTER)?;
    let rows = rows.query_map(values, |row| {
        Ok(OwedCertificate {
            beneficiary: beneficiary_at(row, "beneficiary_id")?,
            dose: DoseId(uuid_at(row, "dose_id")?),
            since: instant_at(row, "owed_since")?,
        })
    })?;
    rows.collect()
}

pub(super) fn count(connection: &Connection) -> rusqlite::Result<u64> {
    const COUNT: &str = "SELECT count(*) FROM owed_certificate";
    let count = connection.prepare_cached(COUNT)?.query_row([], |row| row.get::<_, i64>(0))?;
    Ok(count.unsigned_abs())
}

pub(super) fn settle(
    connection: &Connection,
    late: &LateCertificate,
) -> rusqlite::Result<Result<Done, NotSettled>> {
    const OWED: &str = "
        SELECT d.dose_number, b.changes
        FROM owed_certificate AS o
        JOIN dose AS d ON d.dose_id = o.dose_id AND d.beneficiary_id = o.beneficiary_id
        JOIN beneficiary AS b ON b.beneficiary_id = o.beneficiary_id
        WHERE o.beneficiary_id = ?1 AND o.dose_id = ?2";
    let certificate = &late.certificate;
    let person = certificate.beneficiary;
    let mut owed = connection.prepare_cached(OWED)?;
    let owed: Option<(u8, i32)> = owed
        .query_row((number(person), late.dose.0.as_bytes()), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some(owed) = owed else {
        return if is_kept(connection, late)? {
            Ok(Ok(Done::Again))
        } else {
            Ok(Err(NotSettled::NotOwed))
        };
    };
    if owed != (certificate.dose_number, late.changes) {
        return Ok(Err(NotSettled::DetailsChanged));
    }
    forget(connection, person, late.dose)?;
    dose::put_certificate(connection, certificate)?;
    if let Some(message) = &late.message {
        message::put(connection, message)?;
    }
    Ok(Ok(Done::New))
}

fn is_kept(connection: &Connection, late: &LateCertificate) -> rusqlite::Result<bool> {
    const KEPT: &str = "
        SELECT 1 FROM certificate WHERE certificate_id = ?1 AND beneficiary_id = ?2";
    let certificate = &late.certificate;
    let values = (certificate.id.as_bytes(), number(certificate.beneficiary));
    connection.prepare_cached(KEPT)?.exists(values)
}

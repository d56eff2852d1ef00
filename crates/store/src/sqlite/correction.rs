//! Corrections after the first dose, and the list of withdrawn certificates.

use domain::id::DoseId;
use rusqlite::{Connection, OptionalExtension, named_params, params};

use super::{
    dose, message, owed, person, place, travel,
    value::{instant_at, uuid_at},
};
use crate::{
    guard::{Correctable, PastCorrection},
    record::{Correction, Done, NotCorrected, Withdrawal, WithdrawalPlace, WithdrawalReason},
    value::number,
};

pub(super) fn correct(
    connection: &Connection,
    wanted: &Correction,
) -> rusqlite::Result<Result<Done, NotCorrected>> {
    if !person::belongs(connection, wanted.account, wanted.beneficiary)? {
        return Ok(Err(NotCorrected::NoSuchBeneficiary));
    }
    if let Some(outcome) = correctable(connection, wanted)?.refusal(wanted) {
        return Ok(outcome);
    }
    if !set_details(connection, wanted)? {
        return Ok(Err(NotCorrected::Changed));
    }
    if wanted.fields.birth_year {
        travel::forget(connection, wanted.beneficiary)?;
    }
    reissue(connection, wanted)?;
    keep(connection, wanted)?;
    for tally in &wanted.tallies {
        place::add_tally(connection, tally)?;
    }
    if let Some(message) = &wanted.message {
        message::put(connection, message)?;
    }
    Ok(Ok(Done::New))
}

fn correctable(connection: &Connection, wanted: &Correction) -> rusqlite::Result<Correctable> {
    const CHANGES: &str = "SELECT changes FROM beneficiary WHERE beneficiary_id = ?1";
    const PAST: &str = "
        SELECT correction_id, request_digest, fields FROM correction WHERE beneficiary_id = ?1";
    const DOSES: &str = "SELECT dose_id FROM dose WHERE beneficiary_id = ?1 ORDER BY dose_number";
    let id = [number(wanted.beneficiary)];
    let mut changes = connection.prepare_cached(CHANGES)?;
    let changes = changes.query_row(id, |row| row.get(0)).optional()?;
    let mut past = connection.prepare_cached(PAST)?;
    let past = past.query_map(id, |row| {
        Ok(PastCorrection {
            id: uuid_at(row, "correction_id")?,
            request: row.get("request_digest")?,
            fields: row.get("fields")?,
        })
    })?;
    let mut doses = connection.prepare_cached(DOSES)?;
    let doses = doses.query_map(id, |row| uuid_at(row, "dose_id").map(DoseId))?;
    Ok(Correctable {
        past: past.collect::<rusqlite::Result<_>>()?,
        doses: doses.collect::<rusqlite::Result<_>>()?,
        changes: changes.unwrap_or_default(),
    })
}

/// Sets the details, unless they were changed since they were read.
fn set_details(connection: &Connection, wanted: &Correction) -> rusqlite::Result<bool> {
    const SET: &str = "
        UPDATE beneficiary
        SET name = :name, birth_year = :birth_year, gender = :gender, changes = changes + 1
        WHERE beneficiary_id = :id AND changes = :changes";
    let rows = connection.prepare_cached(SET)?.execute(named_params! {
        ":id": number(wanted.beneficiary),
        ":name": wanted.name,
        ":birth_year": wanted.birth_year,
        ":gender": wanted.gender,
        ":changes": wanted.changes,
    })?;
    Ok(rows == 1)
}

fn reissue(connection: &Connection, wanted: &Correction) -> rusqlite::Result<()> {
    const WITHDRAW: &str = "
        UPDATE certificate SET withdrawn_at = ?2, withdrawn_because = ?3
        WHERE beneficiary_id = ?1 AND withdrawn_at IS NULL";
    connection.prepare_cached(WITHDRAW)?.execute((
        number(wanted.beneficiary),
        wanted.at.as_millisecond(),
        WithdrawalReason::DetailsCorrected.number(),
    ))?;
    owed::forget_all(connection, wanted.beneficiary)?;
    wanted.reissues.iter().try_for_each(|one| dose::put_certificate(connection, &one.certificate))
}

fn keep(connection: &Connection, wanted: &Correction) -> rusqlite::Result<()> {
    const KEEP: &str = "
        INSERT INTO correction (beneficiary_id, correction_id, request_digest, fields, corrected_at)
        VALUES (?1, ?2, ?3, ?4, ?5)";
    connection.prepare_cached(KEEP)?.execute(params![
        number(wanted.beneficiary),
        wanted.id.as_bytes(),
        wanted.request,
        wanted.fields.number(),
        wanted.at.as_millisecond(),
    ])?;
    Ok(())
}

pub(super) fn withdrawals(
    connection: &Connection,
    after: WithdrawalPlace,
    limit: u32,
) -> rusqlite::Result<Vec<Withdrawal>> {
    const AFTER: &str = "
        SELECT certificate_id, withdrawn_at, withdrawn_because, issued_at FROM certificate
        WHERE withdrawn_at IS NOT NULL AND (withdrawn_at, certificate_id) > (?1, ?2)
        ORDER BY withdrawn_at, certificate_id LIMIT ?3";
    let place = params![after.at.as_millisecond(), after.certificate.as_bytes(), limit];
    let mut rows = connection.prepare_cached(AFTER)?;
    let rows = rows.query_map(place, |row| {
        Ok(Withdrawal {
            certificate: uuid_at(row, "certificate_id")?,
            at: instant_at(row, "withdrawn_at")?,
            reason: WithdrawalReason::from_number(row.get("withdrawn_because")?),
            issued_at: instant_at(row, "issued_at")?,
        })
    })?;
    rows.collect()
}

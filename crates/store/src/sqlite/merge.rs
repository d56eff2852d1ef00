//! Two records of one person become one, in one transaction.

use domain::{
    dose::Dose,
    id::{BeneficiaryId, DoseId, StaffId},
};
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};
use uuid::Uuid;

use super::{
    dose, message, owed,
    person::{self, beneficiary_columns, list},
    place, remembered,
    value::{Columns, uuid_at},
};
use crate::{
    guard::{MERGED, Mergeable},
    record::{ClaimState, Done, Merge, MergedRecord, NotMerged, Planned, WithdrawalReason},
    value::{day, number},
};

pub(super) fn merge(
    connection: &Connection,
    wanted: &Merge,
) -> rusqlite::Result<Result<Done, NotMerged>> {
    if let Some(outcome) = known(connection, wanted)? {
        return Ok(outcome);
    }
    if !person::belongs(connection, wanted.account, wanted.stays.beneficiary)? {
        return Ok(Err(NotMerged::NoSuchBeneficiary));
    }
    for planned in [&wanted.goes, &wanted.stays] {
        match mergeable(connection, planned.beneficiary, wanted.today)? {
            None => return Ok(Err(NotMerged::NoSuchBeneficiary)),
            Some(held) => {
                if let Some(why) = held.refusal(planned) {
                    return Ok(Err(why));
                }
            }
        }
    }
    withdraw_both(connection, wanted)?;
    take_out(connection, wanted)?;
    renumber_notes(connection, wanted)?;
    put_series(connection, wanted)?;
    for tally in &wanted.tallies {
        place::add_tally(connection, tally)?;
    }
    for message in wanted.message.iter().chain(&wanted.farewell) {
        message::put(connection, message)?;
    }
    if let Some(request) = &wanted.idempotency {
        remembered::put(connection, request, MERGED, None, wanted.at)?;
    }
    Ok(Ok(Done::New))
}

/// The outcome, if it went through before or the record went elsewhere.
fn known(
    connection: &Connection,
    wanted: &Merge,
) -> rusqlite::Result<Option<Result<Done, NotMerged>>> {
    if let Some(request) = &wanted.idempotency
        && let Some(outcome) = remembered::merge(connection, request)?
    {
        return Ok(Some(outcome));
    }
    let before = merged(connection, wanted.goes.beneficiary)?;
    Ok(before.map(|before| {
        let here = before.into == wanted.stays.beneficiary;
        if here { Ok(Done::Again) } else { Err(NotMerged::Gone) }
    }))
}

/// What is on record of a person; none if there is no such person.
fn mergeable(
    connection: &Connection,
    id: BeneficiaryId,
    today: Date,
) -> rusqlite::Result<Option<Mergeable>> {
    const CHANGES: &str = "SELECT changes FROM beneficiary WHERE beneficiary_id = ?1";
    const DOSES: &str = "SELECT dose_id FROM dose WHERE beneficiary_id = ?1 ORDER BY dose_number";
    let person = number(id);
    let mut changes = connection.prepare_cached(CHANGES)?;
    let Some(changes) = changes.query_row([person], |row| row.get(0)).optional()? else {
        return Ok(None);
    };
    let doses = list(connection, DOSES, [person], |row| uuid_at(row, "dose_id").map(DoseId))?;
    let booked = has_appointment(connection, id, today)?;
    Ok(Some(Mergeable { changes, doses, booked }))
}

/// Whether somebody has an appointment that is neither over nor missed before `today`.
pub(super) fn has_appointment(
    connection: &Connection,
    id: BeneficiaryId,
    today: Date,
) -> rusqlite::Result<bool> {
    const LIVE: &str = "
        SELECT 1 FROM dose_claim
        WHERE beneficiary_id = ?1 AND state <> ?2 AND NOT (state = ?3 AND held_on < ?4)";
    let (done, confirmed) = (ClaimState::Done.number(), ClaimState::Confirmed.number());
    connection.prepare_cached(LIVE)?.exists((number(id), done, confirmed, day(today)))
}

fn withdraw_both(connection: &Connection, wanted: &Merge) -> rusqlite::Result<()> {
    const WITHDRAW: &str = "
        UPDATE certificate SET withdrawn_at = ?3, withdrawn_because = ?4
        WHERE beneficiary_id IN (?1, ?2) AND withdrawn_at IS NULL";
    connection.prepare_cached(WITHDRAW)?.execute((
        number(wanted.goes.beneficiary),
        number(wanted.stays.beneficiary),
        wanted.at.as_millisecond(),
        WithdrawalReason::RecordsMerged.number(),
    ))?;
    // Each dose has its certificate from now on.
    owed::forget_all(connection, wanted.goes.beneficiary)?;
    owed::forget_all(connection, wanted.stays.beneficiary)
}

/// Takes the record that goes, and its doses, to where nothing can be done with them.
fn take_out(connection: &Connection, wanted: &Merge) -> rusqlite::Result<()> {
    const KEEP: &str = "
        INSERT INTO merged_beneficiary (beneficiary_id, account_id, wrapped_key, name, birth_year,
            gender, document, comorbidity, document_index, registered_at, verified_at, verified_by,
            changes, list_no, merge_id, merged_into, merged_by, merged_because, merged_at)
        SELECT beneficiary_id, account_id, wrapped_key, name, birth_year,
            gender, document, comorbidity, document_index, registered_at, verified_at, verified_by,
            changes, list_no, :id, :into, :by, :because, :at
        FROM beneficiary WHERE beneficiary_id = :goes";
    const KEEP_DOSES: &str = "
        INSERT INTO merged_dose (beneficiary_id, dose_number, dose_id, facility_id, appointment_id,
            vaccine, lot, vaccinator, given_on, recorded_at)
        SELECT beneficiary_id, dose_number, dose_id, facility_id, appointment_id,
            vaccine, lot, vaccinator, given_on, recorded_at
        FROM dose WHERE beneficiary_id = ?1";
    const REMOVE: &str = "DELETE FROM beneficiary WHERE beneficiary_id = ?1";
    let goes = number(wanted.goes.beneficiary);
    connection.prepare_cached(KEEP)?.execute(named_params! {
        ":goes": goes,
        ":id": wanted.id.as_bytes(),
        ":into": number(wanted.stays.beneficiary),
        ":by": wanted.by.map(|by| by.0.into_bytes()),
        ":because": wanted.because,
        ":at": wanted.at.as_millisecond(),
    })?;
    connection.prepare_cached(KEEP_DOSES)?.execute([goes])?;
    connection.prepare_cached(REMOVE)?.execute([goes])?;
    remove_doses(connection, &wanted.goes)
}

fn remove_doses(connection: &Connection, planned: &Planned) -> rusqlite::Result<()> {
    const REMOVE: &str = "DELETE FROM dose WHERE beneficiary_id = ?1";
    connection.prepare_cached(REMOVE)?.execute([number(planned.beneficiary)])?;
    Ok(())
}

/// Notes of adverse events follow the doses of the record that stays to their new numbers.
fn renumber_notes(connection: &Connection, wanted: &Merge) -> rusqlite::Result<()> {
    // By way of a number that none has, as the new number of one is the old one of another.
    const ASIDE: &str = "
        UPDATE aefi SET dose_number = -?3 WHERE beneficiary_id = ?1 AND dose_number = ?2";
    const BACK: &str = "
        UPDATE aefi SET dose_number = -dose_number
        WHERE beneficiary_id = ?1 AND dose_number < 0";
    let stays = number(wanted.stays.beneficiary);
    for (old, new) in wanted.renumbered() {
        connection.prepare_cached(ASIDE)?.execute((stays, old, new))?;
    }
    connection.prepare_cached(BACK)?.execute([stays])?;
    Ok(())
}

fn put_series(connection: &Connection, wanted: &Merge) -> rusqlite::Result<()> {
    remove_doses(connection, &wanted.stays)?;
    wanted.series.iter().try_for_each(|dose| put_dose(connection, dose))?;
    wanted.certificates.iter().try_for_each(|one| dose::put_certificate(connection, one))
}

fn put_dose(connection: &Connection, dose: &Dose) -> rusqlite::Result<()> {
    const PUT: &str = "
        INSERT INTO dose (dose_id, beneficiary_id, dose_number, facility_id, appointment_id,
            vaccine, lot, vaccinator, given_on, recorded_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    connection.prepare_cached(PUT)?.execute(params![
        dose.id.0.as_bytes(),
        number(dose.beneficiary),
        dose.number,
        dose.facility.0,
        dose.appointment.map(|id| id.0.into_bytes()),
        dose.vaccine,
        dose.lot,
        dose.vaccinator,
        day(dose.given_on),
        dose.recorded_at.as_millisecond(),
    ])?;
    Ok(())
}

pub(super) fn merged(
    connection: &Connection,
    id: BeneficiaryId,
) -> rusqlite::Result<Option<MergedRecord>> {
    // What was given for travel is not kept of a record that goes.
    const ONE: &str = concat!(
        "SELECT ",
        beneficiary_columns!(),
        ", merged_into, merged_at, merged_by, merged_because
        FROM merged_beneficiary WHERE beneficiary_id = ?1"
    );
    let person = [number(id)];
    let read = |row: &Row<'_>| {
        let mut columns = Columns::of(row);
        Ok(MergedRecord {
            beneficiary: person::beneficiary_row(&mut columns)?,
            into: columns.beneficiary()?,
            at: columns.instant()?,
            by: columns.next::<Option<[u8; 16]>>()?.map(|by| StaffId(Uuid::from_bytes(by))),
            because: columns.next()?,
            settled: true,
            claims: list(connection, person::CLAIMS_OF, person, person::claim_row)?,
        })
    };
    connection.prepare_cached(ONE)?.query_row(person, read).optional()
}

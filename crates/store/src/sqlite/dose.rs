//! Doses, their certificates, and what takes them back.

use domain::{
    appointment::AppointmentState,
    dose::Dose,
    id::{BeneficiaryId, DoseId},
};
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::{
    appointment::{drop_claim, give_back, set_booking},
    message, owed,
    person::{self, claim_columns, dose_columns},
    place,
    value::{instant_at, uuid_at},
};
use crate::{
    record::{
        AefiNote, CertificateRow, ClaimRow, ClaimState, Done, DoseRecord, NotRecorded, NotUndone,
        UndoDose,
    },
    value::{day, number},
};

const RECORD: &str = "
    INSERT INTO dose (dose_id, beneficiary_id, dose_number, facility_id, appointment_id, vaccine,
        lot, vaccinator, given_on, recorded_at)
    SELECT :id, beneficiary_id, :number, :facility, :appointment, :vaccine,
        :lot, :vaccinator, :given_on, :recorded_at
    FROM beneficiary
    WHERE beneficiary_id = :beneficiary AND changes = :changes
        AND (SELECT count(*) FROM dose WHERE beneficiary_id = :beneficiary) = :before
        AND NOT EXISTS (SELECT 1 FROM undone_dose
            WHERE dose_id = :id AND beneficiary_id = :beneficiary)
    ON CONFLICT DO NOTHING";

pub(super) fn record(
    connection: &Connection,
    record: &DoseRecord,
) -> rusqlite::Result<Result<Done, NotRecorded>> {
    let dose = &record.dose;
    let rows = connection.prepare_cached(RECORD)?.execute(params![
        dose.id.0.as_bytes(),
        dose.number,
        dose.facility.0,
        dose.appointment.map(|id| id.0.into_bytes()),
        dose.vaccine,
        dose.lot,
        dose.vaccinator,
        day(dose.given_on),
        dose.recorded_at.as_millisecond(),
        number(dose.beneficiary),
        record.changes,
        record.doses_before,
    ])?;
    if rows == 0 {
        return why_not_recorded(connection, record);
    }
    match &record.certificate {
        Some(certificate) => put_certificate(connection, certificate)?,
        None => owed::owe(connection, dose)?,
    }
    end_appointment(connection, dose)?;
    place::add_tally(connection, &record.tally)?;
    if let Some(message) = &record.message {
        message::put(connection, message)?;
    }
    Ok(Ok(Done::New))
}

fn why_not_recorded(
    connection: &Connection,
    record: &DoseRecord,
) -> rusqlite::Result<Result<Done, NotRecorded>> {
    const BY_ID: &str = concat!("SELECT ", dose_columns!(), " FROM dose WHERE dose_id = ?1");
    const PLACE: &str = "SELECT 1 FROM dose WHERE beneficiary_id = ?1 AND dose_number = ?2";
    const CHANGES: &str = "SELECT changes FROM beneficiary WHERE beneficiary_id = ?1";
    let dose = &record.dose;
    let person = number(dose.beneficiary);
    let mut changes = connection.prepare_cached(CHANGES)?;
    let changes: Option<i32> = changes.query_row([person], |row| row.get(0)).optional()?;
    let mut by_id = connection.prepare_cached(BY_ID)?;
    let held = by_id.query_row([dose.id.0.as_bytes()], person::dose_row).optional()?;
    if let Some(held) = held {
        let same = dose.same_event(&held);
        return Ok(if same { Ok(Done::Again) } else { Err(NotRecorded::OtherDose) });
    }
    Ok(Err(if is_undone(connection, dose.id, dose.beneficiary)? {
        NotRecorded::Undone
    } else if changes.is_none() {
        NotRecorded::NoSuchBeneficiary
    } else if connection.prepare_cached(PLACE)?.exists((person, dose.number))? {
        NotRecorded::PlaceTaken
    } else if changes != Some(record.changes) {
        NotRecorded::DetailsChanged
    } else {
        NotRecorded::OutOfOrder
    }))
}

/// The appointment is done if the dose was given where it was; elsewhere its seat is given back.
fn end_appointment(connection: &Connection, dose: &Dose) -> rusqlite::Result<()> {
    let Some(claim) = claim_of(connection, dose.beneficiary, dose.number)? else {
        return Ok(());
    };
    if claim.seat.facility == dose.facility {
        set_booking(connection, &claim, AppointmentState::Done)?;
        set_claim(connection, &claim, ClaimState::Done)
    } else {
        set_booking(connection, &claim, AppointmentState::Cancelled)?;
        give_back(connection, claim.seat, 1, dose.recorded_at)?;
        drop_claim(connection, &claim)
    }
}

fn claim_of(
    connection: &Connection,
    beneficiary: BeneficiaryId,
    dose_number: u8,
) -> rusqlite::Result<Option<ClaimRow>> {
    const CLAIM: &str = concat!(
        "SELECT ",
        claim_columns!(),
        " FROM dose_claim WHERE beneficiary_id = ?1 AND dose_number = ?2"
    );
    let mut statement = connection.prepare_cached(CLAIM)?;
    statement.query_row((number(beneficiary), dose_number), person::claim_row).optional()
}

fn set_claim(connection: &Connection, claim: &ClaimRow, state: ClaimState) -> rusqlite::Result<()> {
    const SET: &str = "
        UPDATE dose_claim SET state = ?3 WHERE beneficiary_id = ?1 AND dose_number = ?2";
    connection.prepare_cached(SET)?.execute((
        number(claim.beneficiary),
        claim.dose_number,
        state.number(),
    ))?;
    Ok(())
}

pub(super) fn put_certificate(
    connection: &Connection,
    certificate: &CertificateRow,
) -> rusqlite::Result<()> {
    const PUT: &str = "
        INSERT INTO certificate (certificate_id, beneficiary_id, dose_number, sealed, issued_at)
        VALUES (?1, ?2, ?3, ?4, ?5)";
    connection.prepare_cached(PUT)?.execute(params![
        certificate.id.as_bytes(),
        number(certificate.beneficiary),
        certificate.dose_number,
        certificate.sealed,
        certificate.issued_at.as_millisecond(),
    ])?;
    Ok(())
}

pub(super) fn undo(
    connection: &Connection,
    undo: &UndoDose,
) -> rusqlite::Result<Result<Done, NotUndone>> {
    const HELD: &str = concat!(
        "SELECT ",
        dose_columns!(),
        " FROM dose WHERE dose_id = ?1 AND beneficiary_id = ?2 AND facility_id = ?3"
    );
    const LATER: &str = "SELECT 1 FROM dose WHERE beneficiary_id = ?1 AND dose_number > ?2";
    let id = undo.dose.0.as_bytes();
    if is_undone(connection, undo.dose, undo.beneficiary)? {
        return Ok(Ok(Done::Again));
    }
    let mut held = connection.prepare_cached(HELD)?;
    let held = held
        .query_row((id, number(undo.beneficiary), undo.facility.0), person::dose_row)
        .optional()?;
    let Some(dose) = held else {
        return Ok(Err(NotUndone::NoSuchDose));
    };
    if dose.recorded_at < undo.not_before {
        return Ok(Err(NotUndone::TooLate));
    }
    if connection.prepare_cached(LATER)?.exists((number(dose.beneficiary), dose.number))? {
        return Ok(Err(NotUndone::LaterDose));
    }
    take_back(connection, undo, &dose)?;
    Ok(Ok(Done::New))
}

fn is_undone(
    connection: &Connection,
    dose: DoseId,
    beneficiary: BeneficiaryId,
) -> rusqlite::Result<bool> {
    const UNDONE: &str = "SELECT 1 FROM undone_dose WHERE dose_id = ?1 AND beneficiary_id = ?2";
    connection.prepare_cached(UNDONE)?.exists((dose.0.as_bytes(), number(beneficiary)))
}

fn take_back(connection: &Connection, undo: &UndoDose, dose: &Dose) -> rusqlite::Result<()> {
    const KEEP: &str = "
        INSERT INTO undone_dose (dose_id, beneficiary_id, dose_number, reason, undone_by, undone_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    const DELETE: &str = "DELETE FROM dose WHERE dose_id = ?1";
    const WITHDRAW: &str = "
        UPDATE certificate SET withdrawn_at = ?3
        WHERE beneficiary_id = ?1 AND dose_number = ?2 AND withdrawn_at IS NULL";
    let id = dose.id.0.as_bytes();
    connection.prepare_cached(KEEP)?.execute(params![
        id,
        number(dose.beneficiary),
        dose.number,
        undo.reason,
        undo.by.0.as_bytes(),
        undo.at.as_millisecond(),
    ])?;
    connection.prepare_cached(DELETE)?.execute([id])?;
    connection.prepare_cached(WITHDRAW)?.execute((
        number(dose.beneficiary),
        dose.number,
        undo.at.as_millisecond(),
    ))?;
    owed::forget(connection, dose.beneficiary, dose.id)?;
    if let Some(claim) = claim_of(connection, dose.beneficiary, dose.number)?
        && claim.state == ClaimState::Done
    {
        set_booking(connection, &claim, AppointmentState::Booked)?;
        set_claim(connection, &claim, ClaimState::Confirmed)?;
    }
    place::add_tally(connection, &undo.tally)
}

pub(super) fn note_aefi(connection: &Connection, note: &AefiNote) -> rusqlite::Result<bool> {
    const NOTE: &str = "
        INSERT INTO aefi (aefi_id, beneficiary_id, dose_number, note, noted_by, noted_at)
        SELECT :id, beneficiary_id, dose_number, :note, :by, :at
        FROM dose
        WHERE beneficiary_id = :beneficiary AND dose_number = :dose
        ON CONFLICT DO NOTHING";
    const NOTED: &str = "SELECT 1 FROM aefi WHERE aefi_id = ?1 AND beneficiary_id = ?2";
    let rows = connection.prepare_cached(NOTE)?.execute(named_params! {
        ":id": note.id.as_bytes(),
        ":beneficiary": number(note.beneficiary),
        ":dose": note.dose_number,
        ":note": note.note,
        ":by": note.by.0.as_bytes(),
        ":at": note.at.as_millisecond(),
    })?;
    if rows == 1 {
        place::add_tally(connection, &note.tally)?;
        return Ok(true);
    }
    connection.prepare_cached(NOTED)?.exists((note.id.as_bytes(), number(note.beneficiary)))
}

pub(super) fn certificate(
    connection: &Connection,
    beneficiary: BeneficiaryId,
) -> rusqlite::Result<Option<CertificateRow>> {
    const LATEST: &str = "
        SELECT * FROM certificate WHERE beneficiary_id = ?1 AND withdrawn_at IS NULL
        ORDER BY dose_number DESC, issued_at DESC LIMIT 1";
    let mut latest = connection.prepare_cached(LATEST)?;
    latest.query_row([number(beneficiary)], |row| certificate_row(row, beneficiary)).optional()
}

pub(super) fn certificate_of_dose(
    connection: &Connection,
    beneficiary: BeneficiaryId,
    dose_number: u8,
) -> rusqlite::Result<Option<CertificateRow>> {
    const OF_DOSE: &str = "
        SELECT * FROM certificate
        WHERE beneficiary_id = ?1 AND dose_number = ?2 AND withdrawn_at IS NULL
        ORDER BY issued_at DESC LIMIT 1";
    let mut latest = connection.prepare_cached(OF_DOSE)?;
    let of = (number(beneficiary), dose_number);
    latest.query_row(of, |row| certificate_row(row, beneficiary)).optional()
}

fn certificate_row(row: &Row<'_>, beneficiary: BeneficiaryId) -> rusqlite::Result<CertificateRow> {
    Ok(CertificateRow {
        id: uuid_at(row, "certificate_id")?,
        beneficiary,
        dose_number: row.get("dose_number")?,
        sealed: row.get("sealed")?,
        issued_at: instant_at(row, "issued_at")?,
    })
}

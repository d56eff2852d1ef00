//! Booking, moving and cancelling. One thread writes, so a read at the top of a step still holds
//! at its end; the guards are in the statements all the same.

use domain::{
    appointment::{AppointmentState, Seat},
    id::BeneficiaryId,
};
use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{
    message,
    person::{self, claim_columns},
    remembered,
};
use crate::{
    guard::terminal,
    record::{
        Booking, Cancellation, ClaimRow, ClaimState, Done, Move, NotBooked, NotCancelled, NotMoved,
    },
    value::{beneficiary, day, number},
};

pub(super) fn book(
    connection: &Connection,
    booking: &Booking,
) -> rusqlite::Result<Result<Done, NotBooked>> {
    if let Some(request) = &booking.idempotency
        && let Some(answer) = remembered::booking(connection, request)?
    {
        return Ok(answer);
    }
    let answer = book_now(connection, booking)?;
    if let (Some(request), Some((code, detail))) = (&booking.idempotency, terminal(answer)) {
        remembered::put(connection, request, code, detail, booking.at)?;
    }
    Ok(answer)
}

fn book_now(
    connection: &Connection,
    booking: &Booking,
) -> rusqlite::Result<Result<Done, NotBooked>> {
    for &beneficiary in &booking.beneficiaries {
        if !person::belongs(connection, booking.account, beneficiary)? {
            return Ok(Err(NotBooked::NoSuchBeneficiary));
        }
        if is_held(connection, beneficiary, booking.dose_number)? {
            return Ok(Err(NotBooked::Held { beneficiary }));
        }
    }
    let seats = count(&booking.beneficiaries);
    if !take_seats(connection, booking.seat, seats, booking.at)? {
        return Ok(Err(NotBooked::Full));
    }
    for &beneficiary in &booking.beneficiaries {
        let claim = ClaimRow {
            appointment: booking.appointment,
            leg: 0,
            beneficiary,
            dose_number: booking.dose_number,
            seat: booking.seat,
            on: booking.on,
            state: ClaimState::Confirmed,
        };
        const CLAIM: &str = "
            INSERT INTO dose_claim (beneficiary_id, dose_number, appointment_id, leg, account_id,
                facility_id, session_id, pool, slot, held_on, state, changed_at)
            VALUES (:beneficiary, :dose, :appointment, 0, :account,
                :facility, :session, :pool, :slot, :on, :state, :at)";
        connection.prepare_cached(CLAIM)?.execute(params![
            number(beneficiary),
            booking.dose_number,
            booking.appointment.0.as_bytes(),
            booking.account.uuid.as_bytes(),
            booking.seat.facility.0,
            booking.seat.session.0.as_bytes(),
            booking.seat.pool,
            booking.seat.slot,
            day(booking.on),
            claim.state.number(),
            booking.at.as_millisecond(),
        ])?;
        insert_booking(connection, &claim, booking.account.uuid.as_bytes())?;
    }
    if let Some(message) = &booking.message {
        message::put(connection, message)?;
    }
    Ok(Ok(Done::New))
}

/// How many there are; a group is never larger than an account.
fn count<T>(group: &[T]) -> u32 {
    u32::try_from(group.len()).unwrap_or(u32::MAX)
}

fn is_held(
    connection: &Connection,
    beneficiary: BeneficiaryId,
    dose_number: u8,
) -> rusqlite::Result<bool> {
    const HELD: &str = "
        SELECT 1 FROM dose_claim WHERE beneficiary_id = ?1 AND dose_number = ?2
        UNION ALL
        SELECT 1 FROM dose WHERE beneficiary_id = ?1 AND dose_number = ?2";
    connection.prepare_cached(HELD)?.exists((number(beneficiary), dose_number))
}

/// Takes seats of a pool, all or none; false if too few are free or bookings are stopped.
fn take_seats(
    connection: &Connection,
    seat: Seat,
    seats: u32,
    at: Timestamp,
) -> rusqlite::Result<bool> {
    // Two statements: with the other table inside, SQLite would keep a journal of this one.
    const OPEN: &str = "SELECT 1 FROM session WHERE session_id = ?1 AND state = 0";
    const TAKE: &str = "
        UPDATE seat_pool SET booked = booked + :seats, changed_at = :at
        WHERE session_id = :session AND pool = :pool AND booked + :seats <= capacity";
    if !connection.prepare_cached(OPEN)?.exists([seat.session.0.as_bytes()])? {
        return Ok(false);
    }
    let rows = connection.prepare_cached(TAKE)?.execute(params![
        seats,
        at.as_millisecond(),
        seat.session.0.as_bytes(),
        seat.pool,
    ])?;
    Ok(rows == 1)
}

/// Gives one seat of a pool back.
pub(super) fn give_back(
    connection: &Connection,
    seat: Seat,
    seats: u32,
    at: Timestamp,
) -> rusqlite::Result<()> {
    const GIVE_BACK: &str = "
        UPDATE seat_pool SET booked = booked - :seats, changed_at = :at
        WHERE session_id = :session AND pool = :pool";
    connection.prepare_cached(GIVE_BACK)?.execute(params![
        seats,
        at.as_millisecond(),
        seat.session.0.as_bytes(),
        seat.pool,
    ])?;
    Ok(())
}

fn insert_booking(
    connection: &Connection,
    claim: &ClaimRow,
    account: &[u8; 16],
) -> rusqlite::Result<()> {
    const INSERT: &str = "
        INSERT INTO booking (appointment_id, leg, beneficiary_id, facility_id, session_id, pool,
            slot, dose_number, account_id, state)
        VALUES (:appointment, :leg, :beneficiary, :facility, :session, :pool,
            :slot, :dose, :account, 0)";
    connection.prepare_cached(INSERT)?.execute(params![
        claim.appointment.0.as_bytes(),
        claim.leg,
        number(claim.beneficiary),
        claim.seat.facility.0,
        claim.seat.session.0.as_bytes(),
        claim.seat.pool,
        claim.seat.slot,
        claim.dose_number,
        account,
    ])?;
    Ok(())
}

/// Sets the state of an appointment as the facility keeps it.
pub(super) fn set_booking(
    connection: &Connection,
    claim: &ClaimRow,
    state: AppointmentState,
) -> rusqlite::Result<()> {
    const SET: &str = "
        UPDATE booking SET state = ?4
        WHERE session_id = ?5 AND appointment_id = ?1 AND leg = ?2 AND beneficiary_id = ?3";
    connection.prepare_cached(SET)?.execute(params![
        claim.appointment.0.as_bytes(),
        claim.leg,
        number(claim.beneficiary),
        state.number(),
        claim.seat.session.0.as_bytes(),
    ])?;
    Ok(())
}

/// Deletes a claim whose seat was given back, and remembers that it was.
pub(super) fn drop_claim(connection: &Connection, claim: &ClaimRow) -> rusqlite::Result<()> {
    const PAST: &str = "
        INSERT INTO past_claim (appointment_id, beneficiary_id, account_id)
        SELECT appointment_id, beneficiary_id, account_id FROM dose_claim
        WHERE beneficiary_id = ?1 AND dose_number = ?2
        ON CONFLICT DO NOTHING";
    const DROP: &str = "DELETE FROM dose_claim WHERE beneficiary_id = ?1 AND dose_number = ?2";
    let key = (number(claim.beneficiary), claim.dose_number);
    connection.prepare_cached(PAST)?.execute(key)?;
    connection.prepare_cached(DROP)?.execute(key)?;
    Ok(())
}

fn claims_of(
    connection: &Connection,
    account: &[u8; 16],
    appointment: &[u8; 16],
) -> rusqlite::Result<Vec<ClaimRow>> {
    const OF: &str = concat!(
        "SELECT ",
        claim_columns!(),
        " FROM beneficiary JOIN dose_claim USING (beneficiary_id)
        WHERE beneficiary.account_id = ?1 AND appointment_id = ?2
        ORDER BY beneficiary_id"
    );
    let mut statement = connection.prepare_cached(OF)?;
    statement.query_map((account, appointment), person::claim_row)?.collect()
}

pub(super) fn reschedule(
    connection: &Connection,
    wanted: &Move,
) -> rusqlite::Result<Result<Done, NotMoved>> {
    let account = wanted.account.uuid.as_bytes();
    let mut claims = claims_of(connection, account, wanted.appointment.0.as_bytes())?;
    claims.retain(|claim| claim.state == ClaimState::Confirmed);
    let Some(first) = claims.first() else {
        return Ok(Err(NotMoved::NoSuchAppointment));
    };
    if first.seat == wanted.seat {
        return Ok(Ok(Done::Again));
    }
    let other_pool =
        (first.seat.session, first.seat.pool) != (wanted.seat.session, wanted.seat.pool);
    if other_pool {
        if !take_seats(connection, wanted.seat, count(&claims), wanted.at)? {
            return Ok(Err(NotMoved::Full));
        }
        give_back(connection, first.seat, count(&claims), wanted.at)?;
    }
    for old in &claims {
        set_booking(connection, old, AppointmentState::Cancelled)?;
        let new = ClaimRow { leg: old.leg + 1, seat: wanted.seat, on: wanted.on, ..old.clone() };
        insert_booking(connection, &new, account)?;
        const MOVE: &str = "
            UPDATE dose_claim
            SET leg = :leg, facility_id = :facility, session_id = :session, pool = :pool,
                slot = :slot, held_on = :on, changed_at = :at
            WHERE beneficiary_id = :beneficiary AND dose_number = :dose";
        connection.prepare_cached(MOVE)?.execute(params![
            new.leg,
            new.seat.facility.0,
            new.seat.session.0.as_bytes(),
            new.seat.pool,
            new.seat.slot,
            day(new.on),
            wanted.at.as_millisecond(),
            number(new.beneficiary),
            new.dose_number,
        ])?;
    }
    if let Some(message) = &wanted.message {
        message::put(connection, message)?;
    }
    Ok(Ok(Done::New))
}

pub(super) fn cancel(
    connection: &Connection,
    wanted: &Cancellation,
) -> rusqlite::Result<Result<Done, NotCancelled>> {
    let account = wanted.account.uuid.as_bytes();
    let appointment = wanted.appointment.0.as_bytes();
    let meant =
        |id: BeneficiaryId| wanted.beneficiaries.is_empty() || wanted.beneficiaries.contains(&id);
    let mut claims = claims_of(connection, account, appointment)?;
    claims.retain(|claim| meant(claim.beneficiary));
    let any_done = claims.iter().any(|claim| claim.state == ClaimState::Done);
    claims.retain(|claim| claim.state == ClaimState::Confirmed);
    if claims.is_empty() {
        return if any_done {
            Ok(Err(NotCancelled::Done))
        } else {
            was_cancelled(connection, account, appointment, meant)
        };
    }
    for claim in &claims {
        set_booking(connection, claim, AppointmentState::Cancelled)?;
        give_back(connection, claim.seat, 1, wanted.at)?;
        drop_claim(connection, claim)?;
    }
    if let Some(message) = &wanted.message {
        message::put(connection, message)?;
    }
    Ok(Ok(Done::New))
}

fn was_cancelled(
    connection: &Connection,
    account: &[u8; 16],
    appointment: &[u8; 16],
    meant: impl Fn(BeneficiaryId) -> bool,
) -> rusqlite::Result<Result<Done, NotCancelled>> {
    const PEOPLE: &str = "
        SELECT beneficiary_id FROM past_claim
        WHERE appointment_id = ?1 AND account_id = ?2";
    let mut people = connection.prepare_cached(PEOPLE)?;
    let mut people = people.query((appointment, account))?;
    while let Some(row) = people.next()? {
        if beneficiary(row.get(0)?).is_some_and(&meant) {
            return Ok(Ok(Done::Again));
        }
    }
    Ok(Err(NotCancelled::NoSuchAppointment))
}

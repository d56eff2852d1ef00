//! Sessions, their seats and the day's list.

use domain::{
    appointment::AppointmentState,
    id::{AppointmentId, FacilityId, SessionId},
    session::{Channel, SeatPool, Session, SessionSeats, SessionState},
};
use jiff::{Timestamp, civil::Date};
use rusqlite::{Connection, OptionalExtension, Params, Row, named_params};
use uuid::Uuid;

use super::value::{account_at, beneficiary_at, seat_at, uuid_at};
use crate::{
    guard::cannot_become,
    record::{BookingRow, ChangedSession, NotPublished, Published, TakenSeats},
    value::{date, day, slots_from, slots_text},
};

const INSERT: &str = "
    INSERT INTO session (session_id, facility_id, held_on, vaccine, min_age, max_age, fee, state,
        slots, changed_at)
    SELECT :id, facility_id, :on, :vaccine, :min_age, :max_age, :fee, :state, :slots, :at
    FROM facility
    WHERE facility_id = :facility
    ON CONFLICT (session_id) DO NOTHING";

const UPDATE: &str = "
    UPDATE session
    SET min_age = :min_age, max_age = :max_age, fee = :fee, state = :state, slots = :slots,
        changes = changes + 1, changed_at = :at
    WHERE session_id = :id AND facility_id = :facility AND held_on = :on AND vaccine = :vaccine
        AND state <> 2";

const PUT_POOL: &str = "
    INSERT INTO seat_pool (session_id, pool, on_site, dose_number, slot, capacity, changed_at)
    VALUES (:id, :pool, :on_site, :dose, :slot, :capacity, 0)
    ON CONFLICT (session_id, pool) DO UPDATE SET capacity = excluded.capacity
    WHERE booked <= excluded.capacity AND on_site = excluded.on_site
        AND dose_number = excluded.dose_number AND slot IS excluded.slot";

pub(super) fn publish(
    connection: &Connection,
    session: &Session,
    at: Timestamp,
) -> rusqlite::Result<Result<Published, NotPublished>> {
    let held = one(connection, session.facility, session.id)?;
    if let Some(complaint) = held.as_ref().and_then(|held| cannot_become(held, session)) {
        return Ok(Err(complaint));
    }
    let statement = if held.is_some() { UPDATE } else { INSERT };
    let rows = connection.prepare_cached(statement)?.execute(named_params! {
        ":id": session.id.0.as_bytes(),
        ":facility": session.facility.0,
        ":on": day(session.on),
        ":vaccine": session.vaccine,
        ":min_age": session.min_age,
        ":max_age": session.max_age,
        ":fee": session.fee,
        ":state": session.state.number(),
        ":slots": slots_text(&session.slots),
        ":at": at.as_millisecond(),
    })?;
    if rows == 0 {
        let taken = connection
            .prepare_cached("SELECT 1 FROM session WHERE session_id = ?1")?
            .exists([session.id.0.as_bytes()])?;
        let why = if taken { NotPublished::NotTheSame } else { NotPublished::NoSuchFacility };
        return Ok(Err(why));
    }
    let mut put = connection.prepare_cached(PUT_POOL)?;
    for (number, pool) in (0_u16..).zip(&session.pools) {
        put.execute(named_params! {
            ":id": session.id.0.as_bytes(),
            ":pool": number,
            ":on_site": pool.channel == Channel::OnSite,
            ":dose": pool.dose_number,
            ":slot": pool.slot,
            ":capacity": pool.capacity,
        })?;
    }
    Ok(Ok(if held.is_some() { Published::Changed } else { Published::New }))
}

const SET_STATE: &str = "
    UPDATE session SET state = :state, changes = changes + 1, changed_at = :at
    WHERE session_id = :id AND facility_id = :facility AND (state <> 2 OR :state = 2)";

pub(super) fn set_state(
    connection: &Connection,
    facility: FacilityId,
    session: SessionId,
    state: SessionState,
    at: Timestamp,
) -> rusqlite::Result<bool> {
    let rows = connection.prepare_cached(SET_STATE)?.execute(named_params! {
        ":id": session.0.as_bytes(),
        ":facility": facility.0,
        ":state": state.number(),
        ":at": at.as_millisecond(),
    })?;
    Ok(rows == 1)
}

pub(super) fn one(
    connection: &Connection,
    facility: FacilityId,
    session: SessionId,
) -> rusqlite::Result<Option<SessionSeats>> {
    const ONE: &str = "SELECT * FROM session WHERE session_id = ?1 AND facility_id = ?2";
    let mut statement = connection.prepare_cached(ONE)?;
    let session = statement.query_row((session.0.as_bytes(), facility.0), session_at).optional()?;
    session.map(|session| with_pools(connection, session)).transpose()
}

pub(super) fn of_facility(
    connection: &Connection,
    facility: FacilityId,
    from: Date,
) -> rusqlite::Result<Vec<SessionSeats>> {
    const OF_FACILITY: &str = "
        SELECT * FROM session WHERE facility_id = ?1 AND held_on >= ?2
        ORDER BY held_on, session_id";
    many(connection, OF_FACILITY, (facility.0, day(from)))
}

pub(super) fn changed_since(
    connection: &Connection,
    from: Date,
    since: Timestamp,
) -> rusqlite::Result<Vec<ChangedSession>> {
    const CHANGED_SINCE: &str = "
        SELECT facility_id, session_id, changes FROM session
        WHERE held_on >= ?1 AND changed_at >= ?2";
    let mut statement = connection.prepare_cached(CHANGED_SINCE)?;
    let changed = statement.query_map((day(from), since.as_millisecond()), |row| {
        Ok(ChangedSession {
            facility: FacilityId(row.get(0)?),
            session: SessionId(Uuid::from_bytes(row.get(1)?)),
            changes: row.get(2)?,
        })
    })?;
    changed.collect()
}

pub(super) fn taken_since(
    connection: &Connection,
    since: Timestamp,
) -> rusqlite::Result<Vec<TakenSeats>> {
    const TAKEN_SINCE: &str = "
        SELECT session_id, pool, booked FROM seat_pool WHERE changed_at >= ?1";
    let mut statement = connection.prepare_cached(TAKEN_SINCE)?;
    let taken = statement.query_map([since.as_millisecond()], |row| {
        Ok(TakenSeats {
            session: SessionId(Uuid::from_bytes(row.get(0)?)),
            pool: row.get(1)?,
            booked: row.get(2)?,
        })
    })?;
    taken.collect()
}

fn many(
    connection: &Connection,
    sql: &str,
    params: impl Params,
) -> rusqlite::Result<Vec<SessionSeats>> {
    let mut statement = connection.prepare_cached(sql)?;
    let sessions = statement.query_map(params, session_at)?.collect::<Result<Vec<_>, _>>()?;
    sessions.into_iter().map(|session| with_pools(connection, session)).collect()
}

fn session_at(row: &Row<'_>) -> rusqlite::Result<Session> {
    Ok(Session {
        id: SessionId(uuid_at(row, "session_id")?),
        facility: FacilityId(row.get("facility_id")?),
        on: date(row.get("held_on")?),
        vaccine: row.get("vaccine")?,
        min_age: row.get("min_age")?,
        max_age: row.get("max_age")?,
        fee: row.get("fee")?,
        state: SessionState::from_number(row.get("state")?),
        slots: slots_from(row.get_ref("slots")?.as_str()?),
        pools: Vec::new(),
    })
}

fn with_pools(connection: &Connection, mut session: Session) -> rusqlite::Result<SessionSeats> {
    const POOLS: &str = "
        SELECT on_site, dose_number, slot, capacity, booked FROM seat_pool
        WHERE session_id = ?1 ORDER BY pool";
    let mut statement = connection.prepare_cached(POOLS)?;
    let mut rows = statement.query([session.id.0.as_bytes()])?;
    let mut booked = Vec::new();
    while let Some(row) = rows.next()? {
        session.pools.push(SeatPool {
            channel: if row.get("on_site")? { Channel::OnSite } else { Channel::Online },
            dose_number: row.get("dose_number")?,
            slot: row.get("slot")?,
            capacity: row.get("capacity")?,
        });
        booked.push(row.get("booked")?);
    }
    Ok(SessionSeats { session, booked, closed_slots: 0 })
}

pub(super) fn day_list(
    connection: &Connection,
    facility: FacilityId,
    on: Date,
) -> rusqlite::Result<Vec<BookingRow>> {
    const DAY_LIST: &str = "
        SELECT b.* FROM session AS s
        JOIN booking AS b ON b.session_id = s.session_id
        WHERE s.facility_id = ?1 AND s.held_on = ?2
        ORDER BY b.slot, b.appointment_id, b.leg, b.beneficiary_id";
    let mut statement = connection.prepare_cached(DAY_LIST)?;
    statement.query_map((facility.0, day(on)), booking_at)?.collect()
}

pub(super) fn booked_in_cancelled(
    connection: &Connection,
    limit: u32,
) -> rusqlite::Result<Vec<BookingRow>> {
    const BOOKED: &str = "
        SELECT b.* FROM session AS s
        JOIN booking AS b ON b.session_id = s.session_id
        WHERE s.state = 2 AND b.state = 0
        LIMIT ?1";
    let mut statement = connection.prepare_cached(BOOKED)?;
    statement.query_map([limit], booking_at)?.collect()
}

fn booking_at(row: &Row<'_>) -> rusqlite::Result<BookingRow> {
    Ok(BookingRow {
        appointment: AppointmentId(uuid_at(row, "appointment_id")?),
        leg: row.get("leg")?,
        account: account_at(row)?,
        beneficiary: beneficiary_at(row, "beneficiary_id")?,
        dose_number: row.get("dose_number")?,
        seat: seat_at(row)?,
        state: AppointmentState::from_number(row.get("state")?),
    })
}

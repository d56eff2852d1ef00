//! Sessions, their seats and the day's list.

use std::collections::HashMap;

use domain::{
    appointment::AppointmentState,
    id::{AppointmentId, FacilityId, SessionId},
    session::{Channel, SeatPool, Session, SessionSeats, SessionState},
};
use jiff::{Timestamp, civil::Date};
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    link::{Attempt, Db, Link, Place, Steps, Values, step, transaction},
    statement::statements,
    value::{account_at, beneficiary_at, pool_number, seat_at, tiny, whole},
    wave::{batch, side_by_side},
};
use crate::{
    StoreResult,
    guard::cannot_become,
    record::{BookingRow, ChangedSession, NotPublished, Published, TakenSeats},
    value::{date, day, slots_from, slots_text},
};

statements! {
    Facility KNOWN = "SELECT 1 FROM facility WHERE facility_id = $1";
    Facility INSERT = "
        INSERT INTO session (facility_id, session_id, held_on, vaccine, min_age, max_age, fee,
            state, slots, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT DO NOTHING";
    Facility UPDATE = "
        UPDATE session
        SET min_age = $5, max_age = $6, fee = $7, state = $8, slots = $9, changes = changes + 1,
            changed_at = $10
        WHERE facility_id = $1 AND session_id = $2 AND held_on = $3 AND vaccine = $4
            AND state <> 2";
    Facility PUT_POOL = "
        INSERT INTO seat_pool (facility_id, session_id, pool, on_site, dose_number, slot, capacity,
            changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 0)
        ON CONFLICT (facility_id, session_id, pool) DO UPDATE SET capacity = excluded.capacity";
    Facility SET_STATE = "
        UPDATE session SET state = $3, changes = changes + 1, changed_at = $4
        WHERE facility_id = $1 AND session_id = $2 AND (state <> 2 OR $3::smallint = 2)";
    /// Waits for bookings under way, so that none is made by the old state afterwards.
    Facility TOUCH_POOLS = "
        UPDATE seat_pool SET changed_at = $3 WHERE facility_id = $1 AND session_id = $2";
    Facility ONE = "SELECT * FROM session WHERE facility_id = $1 AND session_id = $2";
    Facility LOCK = "
        SELECT pool FROM seat_pool WHERE facility_id = $1 AND session_id = $2
        ORDER BY pool FOR UPDATE";
    Facility POOLS = "
        SELECT * FROM seat_pool WHERE facility_id = $1 AND session_id = $2 ORDER BY pool";
    Facility OF_FACILITY = "
        SELECT * FROM session WHERE facility_id = $1 AND held_on >= $2
        ORDER BY held_on, session_id";
    Facility POOLS_OF_FACILITY = "
        SELECT p.* FROM seat_pool AS p
        JOIN session AS s ON s.facility_id = $1 AND s.session_id = p.session_id
        WHERE p.facility_id = $1 AND s.held_on >= $2
        ORDER BY p.session_id, p.pool";
    Scatter CHANGED_SINCE = "
        SELECT facility_id, session_id, changes FROM session
        WHERE held_on >= $1 AND changed_at >= $2";
    Scatter MANY = "
        SELECT s.* FROM unnest($1::bigint[], $2::uuid[]) AS asked (facility_id, session_id)
        JOIN session AS s USING (facility_id, session_id)";
    Scatter POOLS_OF_MANY = "
        SELECT p.* FROM unnest($1::bigint[], $2::uuid[]) AS asked (facility_id, session_id)
        JOIN seat_pool AS p USING (facility_id, session_id)
        ORDER BY p.session_id, p.pool";
    Scatter TAKEN_SINCE = "
        SELECT session_id, pool, booked FROM seat_pool WHERE changed_at >= $1";
    Facility DAY_LIST = "
        SELECT b.* FROM session AS s
        JOIN booking AS b ON b.facility_id = $1 AND b.session_id = s.session_id
        WHERE s.facility_id = $1 AND s.held_on = $2
        ORDER BY b.slot, b.appointment_id, b.leg, b.beneficiary_id";
    Scatter BOOKED_IN_CANCELLED = "
        SELECT b.* FROM session AS s
        JOIN booking AS b ON b.facility_id = s.facility_id AND b.session_id = s.session_id
        WHERE s.state = 2 AND b.state = 0
        LIMIT $1";
}

pub(super) async fn publish(
    db: &Db,
    sessions: &[Session],
    at: Timestamp,
) -> StoreResult<Vec<Result<Published, NotPublished>>> {
    batch!(db, sessions, |session: &Session| session.id, (steps, wave) => {
        side_by_side!(wave, one => publish_one(steps, one, at))
    })
}

async fn publish_one(
    steps: Steps<'_>,
    session: &Session,
    at: Timestamp,
) -> Attempt<Result<Published, NotPublished>> {
    Ok(step!(steps, Place(session.facility.0), place => put(&place, session, at).await?))
}

async fn put(
    place: &Place<'_>,
    session: &Session,
    at: Timestamp,
) -> Attempt<Result<Published, NotPublished>> {
    let id = session.id.0;
    // Who books now waits, and what is read next stays true.
    place.rows(&LOCK, &[&id]).await?;
    let held = read(place, id).await?;
    if let Some(complaint) = held.as_ref().and_then(|held| cannot_become(held, session)) {
        return Ok(Err(complaint));
    }
    if held.is_none() && place.rows(&KNOWN, &[]).await?.is_empty() {
        return Ok(Err(NotPublished::NoSuchFacility));
    }
    let statement = if held.is_some() { &UPDATE } else { &INSERT };
    let max_age = session.max_age.map(i16::from);
    let rows = place
        .execute(
            statement,
            &[
                &id,
                &day(session.on),
                &session.vaccine,
                &i16::from(session.min_age),
                &max_age,
                &whole(session.fee),
                &session.state.number(),
                &slots_text(&session.slots),
                &at.as_millisecond(),
            ],
        )
        .await?;
    if rows == 0 {
        return Ok(Err(NotPublished::NotTheSame));
    }
    for (number, pool) in (0_u16..).zip(&session.pools) {
        let on_site = pool.channel == Channel::OnSite;
        let slot = pool.slot.map(i16::from);
        place
            .execute(
                &PUT_POOL,
                &[
                    &id,
                    &pool_number(number),
                    &on_site,
                    &i16::from(pool.dose_number),
                    &slot,
                    &whole(pool.capacity),
                ],
            )
            .await?;
    }
    Ok(Ok(if held.is_some() { Published::Changed } else { Published::New }))
}

pub(super) async fn set_state(
    db: &Db,
    facility: FacilityId,
    session: SessionId,
    state: SessionState,
    at: Timestamp,
) -> StoreResult<bool> {
    let at = at.as_millisecond();
    transaction!(db, tx => {
        let place = Place::within(Link::Within(&tx), facility.0);
        let rows = place.execute(&SET_STATE, &[&session.0, &state.number(), &at]).await?;
        place.execute(&TOUCH_POOLS, &[&session.0, &at]).await?;
        rows == 1
    })
}

async fn read(place: &Place<'_>, id: Uuid) -> Attempt<Option<SessionSeats>> {
    let sessions = place.rows(&ONE, &[&id]).await?;
    let pools = place.rows(&POOLS, &[&id]).await?;
    Ok(joined(&sessions, &pools).pop())
}

pub(super) async fn one(
    db: &Db,
    facility: FacilityId,
    session: SessionId,
) -> Attempt<Option<SessionSeats>> {
    let client = db.client().await?;
    read(&Place::within(Link::Pooled(&client), facility.0), session.0).await
}

pub(super) async fn of_facility(
    db: &Db,
    facility: FacilityId,
    from: Date,
) -> Attempt<Vec<SessionSeats>> {
    let client = db.client().await?;
    let place = Place::within(Link::Pooled(&client), facility.0);
    let sessions = place.rows(&OF_FACILITY, &[&day(from)]).await?;
    let pools = place.rows(&POOLS_OF_FACILITY, &[&day(from)]).await?;
    Ok(joined(&sessions, &pools))
}

pub(super) async fn changed_since(
    db: &Db,
    from: Date,
    since: Timestamp,
) -> Attempt<Vec<ChangedSession>> {
    let client = db.client().await?;
    let values: Values<'_> = &[&day(from), &since.as_millisecond()];
    let rows = Link::Pooled(&client).rows(&CHANGED_SINCE, values).await?;
    let changed = rows.iter().map(|row| ChangedSession {
        facility: FacilityId(row.get("facility_id")),
        session: SessionId(row.get("session_id")),
        changes: row.get("changes"),
    });
    Ok(changed.collect())
}

pub(super) async fn many(db: &Db, ids: &[(FacilityId, SessionId)]) -> Attempt<Vec<SessionSeats>> {
    let client = db.client().await?;
    let link = Link::Pooled(&client);
    let facilities: Vec<i64> = ids.iter().map(|(facility, _)| facility.0).collect();
    let sessions: Vec<Uuid> = ids.iter().map(|(_, session)| session.0).collect();
    let values: Values<'_> = &[&facilities, &sessions];
    let held = link.rows(&MANY, values).await?;
    Ok(joined(&held, &link.rows(&POOLS_OF_MANY, values).await?))
}

pub(super) async fn taken_since(db: &Db, since: Timestamp) -> Attempt<Vec<TakenSeats>> {
    let client = db.client().await?;
    let rows = Link::Pooled(&client).rows(&TAKEN_SINCE, &[&since.as_millisecond()]).await?;
    let taken = rows.iter().map(|row| TakenSeats {
        session: SessionId(row.get("session_id")),
        pool: u16::try_from(row.get::<_, i16>("pool")).unwrap_or_default(),
        booked: count_at(row, "booked"),
    });
    Ok(taken.collect())
}

/// Puts pools, in order of session and number, to their sessions.
fn joined(sessions: &[Row], pools: &[Row]) -> Vec<SessionSeats> {
    let mut of_session: HashMap<Uuid, (Vec<SeatPool>, Vec<u32>)> = HashMap::new();
    for row in pools {
        let held = of_session.entry(row.get("session_id")).or_default();
        held.0.push(SeatPool {
            channel: if row.get("on_site") { Channel::OnSite } else { Channel::Online },
            dose_number: tiny(row.get("dose_number")),
            slot: row.get::<_, Option<i16>>("slot").map(tiny),
            capacity: count_at(row, "capacity"),
        });
        held.1.push(count_at(row, "booked"));
    }
    let seats = sessions.iter().map(|row| {
        let id: Uuid = row.get("session_id");
        let (pools, booked) = of_session.remove(&id).unwrap_or_default();
        let session = Session {
            id: SessionId(id),
            facility: FacilityId(row.get("facility_id")),
            on: date(row.get("held_on")),
            vaccine: row.get("vaccine"),
            min_age: tiny(row.get("min_age")),
            max_age: row.get::<_, Option<i16>>("max_age").map(tiny),
            fee: count_at(row, "fee"),
            state: SessionState::from_number(row.get("state")),
            slots: slots_from(row.get("slots")),
            pools,
        };
        SessionSeats { session, booked, closed_slots: 0 }
    });
    seats.collect()
}

fn count_at(row: &Row, name: &str) -> u32 {
    u32::try_from(row.get::<_, i32>(name)).unwrap_or_default()
}

pub(super) async fn day_list(db: &Db, facility: FacilityId, on: Date) -> Attempt<Vec<BookingRow>> {
    let client = db.client().await?;
    let place = Place::within(Link::Pooled(&client), facility.0);
    place.rows(&DAY_LIST, &[&day(on)]).await?.iter().map(booking_at).collect()
}

pub(super) async fn booked_in_cancelled(db: &Db, limit: u32) -> Attempt<Vec<BookingRow>> {
    let client = db.client().await?;
    let limit = i64::from(limit);
    let rows = Link::Pooled(&client).rows(&BOOKED_IN_CANCELLED, &[&limit]).await?;
    rows.iter().map(booking_at).collect()
}

fn booking_at(row: &Row) -> Attempt<BookingRow> {
    Ok(BookingRow {
        appointment: AppointmentId(row.get("appointment_id")),
        leg: row.get("leg"),
        account: account_at(row)?,
        beneficiary: beneficiary_at(row)?,
        dose_number: tiny(row.get("dose_number")),
        seat: seat_at(row),
        state: AppointmentState::from_number(row.get("state")),
    })
}

//! The facilities' side of many bookings: each pool is locked once, and its seats go to those who
//! ask in the order in which they do.

use std::collections::BTreeMap;

use domain::{
    appointment::{AppointmentState, Seat},
    id::{FacilityId, SessionId},
};
use uuid::Uuid;

use super::{column, place, place_at};
use crate::{
    StoreError,
    postgres::{
        link::{Attempt, Failure, Link, Values},
        statement::statements,
        value::pool_number,
    },
    record::Booking,
    value::number,
};

statements! {
    /// What became of appointments that were asked for before.
    Whole SEEN = "
        SELECT asked.n, b.state
        FROM unnest($1::int[], $2::bigint[], $3::uuid[]) AS asked (n, facility_id, appointment_id)
        CROSS JOIN LATERAL (
            SELECT state FROM booking AS b
            WHERE b.facility_id = asked.facility_id AND b.appointment_id = asked.appointment_id
                AND b.leg = 0
            LIMIT 1
        ) AS b";
    Whole FREE = "
        SELECT asked.n, p.free
        FROM unnest($1::int[], $2::bigint[], $3::uuid[], $4::smallint[])
            AS asked (n, facility_id, session_id, pool)
        CROSS JOIN LATERAL (
            SELECT p.capacity - p.booked AS free FROM seat_pool AS p
            WHERE p.facility_id = asked.facility_id AND p.session_id = asked.session_id
                AND p.pool = asked.pool
        ) AS p
        WHERE EXISTS (
            SELECT 1 FROM session AS s
            WHERE s.facility_id = asked.facility_id AND s.session_id = asked.session_id
                AND s.state = 0)";
    Whole LOCK = "
        SELECT asked.n, p.free
        FROM unnest($1::int[], $2::bigint[], $3::uuid[], $4::smallint[])
            AS asked (n, facility_id, session_id, pool)
        CROSS JOIN LATERAL (
            SELECT p.capacity - p.booked AS free FROM seat_pool AS p
            WHERE p.facility_id = asked.facility_id AND p.session_id = asked.session_id
                AND p.pool = asked.pool
            FOR UPDATE
        ) AS p";
    Whole TAKE = "
        UPDATE seat_pool AS p SET booked = p.booked + taken.seats, changed_at = $5
        FROM unnest($1::bigint[], $2::uuid[], $3::smallint[], $4::int[])
            AS taken (facility_id, session_id, pool, seats)
        WHERE p.facility_id = taken.facility_id AND p.session_id = taken.session_id
            AND p.pool = taken.pool AND p.booked + taken.seats <= p.capacity";
    Whole SEAT = "
        INSERT INTO booking (facility_id, appointment_id, leg, beneficiary_id, session_id, pool,
            slot, dose_number, account_id, state)
        SELECT facility_id, appointment_id, 0, beneficiary_id, session_id, pool, slot, dose_number,
            account_id, $9::smallint
        FROM unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::uuid[], $5::smallint[],
            $6::smallint[], $7::smallint[], $8::uuid[])
            AS given (facility_id, appointment_id, beneficiary_id, session_id, pool, slot,
                dose_number, account_id)";
}

/// A pool of seats, by what it is locked in order of.
type Pool = (FacilityId, SessionId, u16);

const fn pool(seat: Seat) -> Pool {
    (seat.facility, seat.session, seat.pool)
}

/// Gives seats to those of a batch who ask, each all or none; says who has them.
pub(super) async fn take(
    link: &Link<'_>,
    bookings: &[Booking],
    asking: &[usize],
) -> Attempt<Vec<(usize, bool)>> {
    let seen = seen(link, bookings, asking).await?;
    let new = || asking.iter().copied().filter(|n| !seen.contains_key(n));
    let mut pools: Vec<Pool> = new().map(|n| pool(bookings[n].seat)).collect();
    pools.sort_unstable();
    pools.dedup();
    // Without a lock first: who finds everything taken writes nothing and waits for nobody.
    let free = free_seats(link, &FREE, &pools).await?;
    pools.retain(|pool| free.get(pool).is_some_and(|free| *free > 0));
    let mut free = free_seats(link, &LOCK, &pools).await?;
    let (mut answers, mut given) = (Vec::with_capacity(asking.len()), Vec::new());
    let mut taken: BTreeMap<Pool, i32> = BTreeMap::new();
    for &n in asking {
        if let Some(had) = seen.get(&n) {
            answers.push((n, *had));
            continue;
        }
        let seats = i32::try_from(bookings[n].beneficiaries.len()).unwrap_or(i32::MAX);
        let pool = pool(bookings[n].seat);
        let left = free.get_mut(&pool).filter(|left| **left >= seats);
        answers.push((n, left.is_some()));
        if let Some(left) = left {
            *left -= seats;
            *taken.entry(pool).or_default() += seats;
            given.push(&bookings[n]);
        }
    }
    insert(link, &given).await?;
    count(link, &taken, bookings).await?;
    Ok(answers)
}

/// Of those with an idempotency key, who was answered before that key was forgotten.
async fn seen(
    link: &Link<'_>,
    bookings: &[Booking],
    asking: &[usize],
) -> Attempt<BTreeMap<usize, bool>> {
    let again: Vec<usize> =
        asking.iter().copied().filter(|n| bookings[*n].idempotency.is_some()).collect();
    if again.is_empty() {
        return Ok(BTreeMap::new());
    }
    let values: Values<'_> = &[
        &column(&again, |n| place(*n)),
        &column(&again, |n| bookings[*n].seat.facility.0),
        &column(&again, |n| bookings[*n].appointment.0),
    ];
    let rows = link.rows(&SEEN, values).await?;
    let had = |row: &tokio_postgres::Row| {
        let state = AppointmentState::from_number(row.get("state"));
        matches!(state, AppointmentState::Booked | AppointmentState::Done)
    };
    Ok(rows.iter().map(|row| (place_at(row), had(row))).collect())
}

/// Free seats of pools; one that is not there has none, nor one whose session takes no bookings.
async fn free_seats(
    link: &Link<'_>,
    statement: &crate::postgres::Statement,
    pools: &[Pool],
) -> Attempt<BTreeMap<Pool, i32>> {
    if pools.is_empty() {
        return Ok(BTreeMap::new());
    }
    let values: Values<'_> = &[
        &(0..place(pools.len())).collect::<Vec<_>>(),
        &column(pools, |pool| pool.0.0),
        &column(pools, |pool| pool.1.0),
        &column(pools, |pool| pool_number(pool.2)),
    ];
    let rows = link.rows(statement, values).await?;
    Ok(rows.iter().map(|row| (pools[place_at(row)], row.get("free"))).collect())
}

async fn insert(link: &Link<'_>, given: &[&Booking]) -> Attempt<()> {
    let all: Vec<_> = given
        .iter()
        .flat_map(|booking| booking.beneficiaries.iter().map(move |person| (booking, *person)))
        .collect();
    if all.is_empty() {
        return Ok(());
    }
    let values: Values<'_> = &[
        &column(&all, |(booking, _)| booking.seat.facility.0),
        &column(&all, |(booking, _)| booking.appointment.0),
        &column(&all, |(_, person)| number(*person)),
        &column(&all, |(booking, _)| booking.seat.session.0),
        &column(&all, |(booking, _)| pool_number(booking.seat.pool)),
        &column(&all, |(booking, _)| i16::from(booking.seat.slot)),
        &column(&all, |(booking, _)| i16::from(booking.dose_number)),
        &column(&all, |(booking, _)| booking.account.uuid),
        &AppointmentState::Booked.number(),
    ];
    link.execute(&SEAT, values).await?;
    Ok(())
}

async fn count(link: &Link<'_>, taken: &BTreeMap<Pool, i32>, bookings: &[Booking]) -> Attempt<()> {
    if taken.is_empty() {
        return Ok(());
    }
    let facilities: Vec<i64> = taken.keys().map(|pool| pool.0.0).collect();
    let sessions: Vec<Uuid> = taken.keys().map(|pool| pool.1.0).collect();
    let pools: Vec<i16> = taken.keys().map(|pool| pool_number(pool.2)).collect();
    let seats: Vec<i32> = taken.values().copied().collect();
    let at = bookings.iter().map(|booking| booking.at.as_millisecond()).max();
    let values: Values<'_> = &[&facilities, &sessions, &pools, &seats, &at];
    if link.execute(&TAKE, values).await? == taken.len() as u64 {
        return Ok(());
    }
    Err(Failure::Final(StoreError::broken("locked seats were taken")))
}

//! The facility's side of an appointment: seats. Everybody who waits for one session is answered in
//! one transaction, and a sold-out answer writes nothing.

use std::collections::HashMap;

use domain::{
    appointment::{AppointmentState, Seat},
    id::{AppointmentId, BeneficiaryId},
};
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    claim::numbers,
    link::{Attempt, Failure, Place, Values},
    statement::statements,
    value::{pool_number, small, whole},
};
use crate::{StoreError, value::number};

statements! {
    Facility SEEN = "
        SELECT appointment_id, leg, state FROM booking
        WHERE facility_id = $1 AND appointment_id = ANY($2)";
    Facility FREE = "
        SELECT p.pool, p.capacity - p.booked AS free
        FROM seat_pool AS p
        JOIN session AS s ON s.facility_id = $1 AND s.session_id = p.session_id
        WHERE p.facility_id = $1 AND p.session_id = $2 AND s.state = 0";
    Facility LOCK = "
        SELECT pool FROM seat_pool
        WHERE facility_id = $1 AND session_id = $2 AND pool = ANY($3)
        ORDER BY pool FOR UPDATE";
    Facility SEAT = "
        INSERT INTO booking (facility_id, appointment_id, leg, beneficiary_id, session_id, pool,
            slot, dose_number, account_id, state)
        SELECT $1::bigint, given.*
        FROM unnest($2::uuid[], $3::int[], $4::bigint[], $5::uuid[], $6::smallint[],
            $7::smallint[], $8::smallint[], $9::uuid[], $10::smallint[]) AS given";
    Facility TOMBSTONE = "
        INSERT INTO booking (facility_id, appointment_id, leg, beneficiary_id, session_id, pool,
            slot, dose_number, account_id, state)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT DO NOTHING";
    /// The counter last: the lock is the shortest.
    Facility TAKE = "
        UPDATE seat_pool SET booked = booked + $4, changed_at = $5
        WHERE facility_id = $1 AND session_id = $2 AND pool = $3 AND booked + $4 <= capacity";
    Facility GIVE_BACK = "
        UPDATE seat_pool SET booked = booked - $4, changed_at = $5
        WHERE facility_id = $1 AND session_id = $2 AND pool = $3";
    Facility END = "
        UPDATE booking SET state = $6
        WHERE facility_id = $1 AND appointment_id = $2 AND leg = $3 AND beneficiary_id = ANY($4)
            AND state = $5";
}

/// Seats of one session that an appointment asks for.
pub(super) struct Ask<'a> {
    pub(super) appointment: AppointmentId,
    pub(super) leg: i32,
    pub(super) account: Uuid,
    pub(super) people: &'a [BeneficiaryId],
    pub(super) dose_number: u8,
    pub(super) seat: Seat,
}

/// What an appointment has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Its seats.
    Booked,
    /// None, and will have none.
    Not,
}

/// Gives seats of one session to those who ask, in order, each all or none. With `last_word`, who
/// has none is written down, so that a late duplicate has none either.
pub(super) async fn take(
    place: &Place<'_>,
    asks: &[Ask<'_>],
    at: Timestamp,
    last_word: bool,
) -> Attempt<Vec<Answer>> {
    let mut answers = seen(place, asks).await?;
    let session = asks[0].seat.session.0;
    let fits = |free: &HashMap<u16, i64>, ask: &Ask<'_>| {
        free.get(&ask.seat.pool).is_some_and(|free| *free >= seats(ask))
    };
    let mut free = free_seats(place, session).await?;
    let new = || asks.iter().enumerate();
    let any = new().any(|(n, ask)| answers[n].is_none() && fits(&free, ask));
    if any {
        let pools: Vec<i16> = asks.iter().map(|ask| pool_number(ask.seat.pool)).collect();
        place.rows(&LOCK, &[&session, &pools]).await?;
        // Under the lock the numbers stay as they are, and whoever asked twice is seen.
        free = free_seats(place, session).await?;
        answers = seen(place, asks).await?;
    }
    let mut given = Vec::new();
    let mut taken: HashMap<u16, i64> = HashMap::new();
    for (n, ask) in new().collect::<Vec<_>>() {
        if answers[n].is_some() {
            continue;
        }
        let had = any && fits(&free, ask);
        answers[n] = Some(if had { Answer::Booked } else { Answer::Not });
        if had {
            *free.entry(ask.seat.pool).or_default() -= seats(ask);
            *taken.entry(ask.seat.pool).or_default() += seats(ask);
            given.push(ask);
        } else if last_word {
            let left = tombstones(place, ask, AppointmentState::Full).await?;
            if left < ask.people.len() {
                // A seat was given this moment: look again.
                let met = StoreError::unavailable("two asked for one appointment");
                return Err(Failure::Aborted(met));
            }
        }
    }
    insert(place, &given).await?;
    let mut taken: Vec<_> = taken.into_iter().collect();
    taken.sort_unstable();
    for (pool, seats) in taken {
        let seats = i32::try_from(seats).unwrap_or(i32::MAX);
        let values: Values<'_> = &[&session, &pool_number(pool), &seats, &at.as_millisecond()];
        if place.execute(&TAKE, values).await? != 1 {
            return Err(Failure::Final(StoreError::broken("locked seats were taken")));
        }
    }
    Ok(answers.into_iter().map(|answer| answer.unwrap_or(Answer::Not)).collect())
}

fn seats(ask: &Ask<'_>) -> i64 {
    i64::try_from(ask.people.len()).unwrap_or(i64::MAX)
}

/// Answers that were given before.
async fn seen(place: &Place<'_>, asks: &[Ask<'_>]) -> Attempt<Vec<Option<Answer>>> {
    let ids: Vec<Uuid> = asks.iter().map(|ask| ask.appointment.0).collect();
    let rows = place.rows(&SEEN, &[&ids]).await?;
    let of: HashMap<(Uuid, i32), i16> = rows
        .iter()
        .map(|row| ((row.get("appointment_id"), row.get("leg")), row.get("state")))
        .collect();
    let answer = |state: &i16| match AppointmentState::from_number(*state) {
        AppointmentState::Booked | AppointmentState::Done => Answer::Booked,
        AppointmentState::Cancelled | AppointmentState::Full => Answer::Not,
    };
    Ok(asks.iter().map(|ask| of.get(&(ask.appointment.0, ask.leg)).map(answer)).collect())
}

/// Free seats of each pool; none if bookings are stopped.
async fn free_seats(place: &Place<'_>, session: Uuid) -> Attempt<HashMap<u16, i64>> {
    let rows = place.rows(&FREE, &[&session]).await?;
    let free =
        rows.iter().map(|row| (small(row.get("pool")), i64::from(row.get::<_, i32>("free"))));
    Ok(free.collect())
}

async fn insert(place: &Place<'_>, given: &[&Ask<'_>]) -> Attempt<()> {
    let all = || given.iter().flat_map(|ask| ask.people.iter().map(move |person| (ask, *person)));
    if given.is_empty() {
        return Ok(());
    }
    let appointments: Vec<Uuid> = all().map(|(ask, _)| ask.appointment.0).collect();
    let legs: Vec<i32> = all().map(|(ask, _)| ask.leg).collect();
    let people: Vec<i64> = all().map(|(_, person)| number(person)).collect();
    let sessions: Vec<Uuid> = all().map(|(ask, _)| ask.seat.session.0).collect();
    let pools: Vec<i16> = all().map(|(ask, _)| pool_number(ask.seat.pool)).collect();
    let slots: Vec<i16> = all().map(|(ask, _)| i16::from(ask.seat.slot)).collect();
    let doses: Vec<i16> = all().map(|(ask, _)| i16::from(ask.dose_number)).collect();
    let accounts: Vec<Uuid> = all().map(|(ask, _)| ask.account).collect();
    let states: Vec<i16> = all().map(|_| AppointmentState::Booked.number()).collect();
    place
        .execute(
            &SEAT,
            &[&appointments, &legs, &people, &sessions, &pools, &slots, &doses, &accounts, &states],
        )
        .await?;
    Ok(())
}

/// Writes down that there is no seat, unless there is one; says for how many.
async fn tombstones(place: &Place<'_>, ask: &Ask<'_>, state: AppointmentState) -> Attempt<usize> {
    let mut left = 0;
    for &person in ask.people {
        let rows = place
            .execute(
                &TOMBSTONE,
                &[
                    &ask.appointment.0,
                    &ask.leg,
                    &number(person),
                    &ask.seat.session.0,
                    &pool_number(ask.seat.pool),
                    &i16::from(ask.seat.slot),
                    &i16::from(ask.dose_number),
                    &ask.account,
                    &state.number(),
                ],
            )
            .await?;
        left += usize::from(rows == 1);
    }
    Ok(left)
}

/// Gives the seats of some people back. With `last_word`, who has none yet will have none.
pub(super) async fn give_back(
    place: &Place<'_>,
    ask: &Ask<'_>,
    at: Timestamp,
    last_word: bool,
) -> Attempt<()> {
    if last_word {
        // Waits for a seat that is being given this moment; then the update below sees it.
        tombstones(place, ask, AppointmentState::Cancelled).await?;
    }
    let ended = end(place, ask, AppointmentState::Booked, AppointmentState::Cancelled).await?;
    if ended > 0 {
        let (session, pool) = (ask.seat.session.0, pool_number(ask.seat.pool));
        let seats = whole(u32::try_from(ended).unwrap_or(u32::MAX));
        let values: Values<'_> = &[&session, &pool, &seats, &at.as_millisecond()];
        place.execute(&GIVE_BACK, values).await?;
    }
    Ok(())
}

/// Moves an appointment to another slot of its own pool: no seat is taken or given back.
pub(super) async fn shift(place: &Place<'_>, new: &Ask<'_>, old: &Ask<'_>) -> Attempt<Answer> {
    if let Some(answer) = seen(place, std::slice::from_ref(new)).await?[0] {
        return Ok(answer);
    }
    end(place, old, AppointmentState::Booked, AppointmentState::Cancelled).await?;
    insert(place, &[new]).await?;
    Ok(Answer::Booked)
}

/// Sets the state of those of an appointment who are in another; says how many.
pub(super) async fn end(
    place: &Place<'_>,
    ask: &Ask<'_>,
    from: AppointmentState,
    to: AppointmentState,
) -> Attempt<u64> {
    let people = numbers(ask.people);
    let values: Values<'_> = &[&ask.appointment.0, &ask.leg, &people, &from.number(), &to.number()];
    place.execute(&END, values).await
}

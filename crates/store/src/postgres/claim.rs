//! The home side of an appointment: claims, and what was given back.

use domain::{
    appointment::Seat,
    id::{AppointmentId, BeneficiaryId, FacilityId, SessionId},
};
use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    link::{Attempt, Home},
    message, remembered,
    statement::statements,
    value::{beneficiary_at, claim_at, pool_number, small, tiny},
};
use crate::{
    StoreResult,
    guard::terminal,
    record::{Booking, ClaimRow, ClaimState, Done, Move, NotBooked},
    value::{day, number},
};

statements! {
    /// Whoever books for, or records a dose of, one of these people waits.
    Home LOCK_PEOPLE = "
        SELECT beneficiary_id FROM beneficiary
        WHERE hb = $1 AND account_id = $2 AND beneficiary_id = ANY($3)
        ORDER BY beneficiary_id FOR UPDATE";
    Home HELD = "
        SELECT beneficiary_id, appointment_id, state FROM dose_claim
        WHERE hb = $1 AND beneficiary_id = ANY($2) AND dose_number = $3
        UNION ALL
        SELECT beneficiary_id, NULL::uuid, NULL::smallint FROM dose
        WHERE hb = $1 AND beneficiary_id = ANY($2) AND dose_number = $3";
    Home CLAIM = "
        INSERT INTO dose_claim (hb, beneficiary_id, dose_number, appointment_id, leg, account_id,
            facility_id, session_id, pool, slot, held_on, state, changed_at)
        VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8, $9, $10, $11, $12)";
    /// A dose that was recorded meanwhile ends the claim.
    Home CONFIRM = "
        UPDATE dose_claim SET changed_at = $3, state = CASE WHEN EXISTS (
            SELECT 1 FROM dose WHERE dose.hb = $1
                AND dose.beneficiary_id = dose_claim.beneficiary_id
                AND dose.dose_number = dose_claim.dose_number) THEN 2 ELSE 1 END
        WHERE hb = $1 AND appointment_id = $2 AND state = 0";
    Home REFUSE = "DELETE FROM dose_claim WHERE hb = $1 AND appointment_id = $2 AND state = 0";
    /// Unless recovery has it on lease: then a seat may be given at this moment.
    Home REFUSE_OWN = "
        DELETE FROM dose_claim
        WHERE hb = $1 AND appointment_id = $2 AND state = 0 AND changed_at = $3";
    Home OF_APPOINTMENT = "
        SELECT * FROM dose_claim WHERE hb = $1 AND account_id = $2 AND appointment_id = $3
        ORDER BY beneficiary_id FOR UPDATE";
    Home SET_STATE = "
        UPDATE dose_claim SET state = $4, owes = $5, changed_at = $6
        WHERE hb = $1 AND beneficiary_id = $2 AND dose_number = $3";
    Home WANT = "
        UPDATE dose_claim
        SET state = 3, legs = $4, other_facility = $5, other_session = $6, other_pool = $7,
            other_slot = $8, other_held_on = $9, other_leg = $4, changed_at = $10
        WHERE hb = $1 AND beneficiary_id = $2 AND dose_number = $3";
    /// The wanted seat becomes the claim's, and the one it had is the other.
    Home SWAP = "
        UPDATE dose_claim
        SET state = 1, owes = 2, changed_at = $3,
            facility_id = other_facility, session_id = other_session, pool = other_pool,
            slot = other_slot, held_on = other_held_on, leg = other_leg,
            other_facility = facility_id, other_session = session_id, other_pool = pool,
            other_slot = slot, other_held_on = held_on, other_leg = leg
        WHERE hb = $1 AND appointment_id = $2 AND state = 3 AND other_leg = $4";
    Home STAY = "
        UPDATE dose_claim SET state = 1, changed_at = $3
        WHERE hb = $1 AND appointment_id = $2 AND state = 3 AND other_leg = $4";
    Home STAY_OWN = "
        UPDATE dose_claim SET state = 1
        WHERE hb = $1 AND appointment_id = $2 AND state = 3 AND other_leg = $4
            AND changed_at = $3";
    Home FREED = "
        UPDATE dose_claim SET owes = 0, changed_at = $3
        WHERE hb = $1 AND appointment_id = $2 AND owes = 2 AND other_leg = $4";
    Home TOLD = "
        UPDATE dose_claim SET owes = 0, changed_at = $5
        WHERE hb = $1 AND beneficiary_id = $2 AND dose_number = $3 AND state = $4 AND owes = 1";
    Home DROP = "
        DELETE FROM dose_claim
        WHERE hb = $1 AND appointment_id = $2 AND beneficiary_id = ANY($3) AND state = 2";
    Home PAST = "
        INSERT INTO past_claim (hb, appointment_id, beneficiary_id, account_id)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING";
    Home WAS = "
        SELECT beneficiary_id FROM past_claim
        WHERE hb = $1 AND account_id = $2 AND appointment_id = $3";
    Home LEASE = "
        UPDATE dose_claim SET changed_at = $5
        WHERE hb = $1 AND account_id = $2 AND appointment_id = $3
            AND (changed_at < $4 OR changed_at > $5::bigint + 86400000)
            AND (state IN (0, 2, 3) OR owes <> 0)
        RETURNING *";
}

/// What is still to be told to the facility: nothing.
pub(super) const NOTHING: i16 = 0;
/// The claim's state.
pub(super) const STATE: i16 = 1;
/// That the other seat is free.
pub(super) const OTHER_SEAT: i16 = 2;

/// A claim with what a saga keeps in it.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) row: ClaimRow,
    pub(super) account: Uuid,
    pub(super) owes: i16,
    pub(super) legs: i32,
    /// The seat wanted, or left, and its leg.
    pub(super) other: Option<(Seat, i32)>,
}

/// Reads a claim with what a saga keeps in it.
pub(super) fn kept_at(row: &Row) -> StoreResult<Kept> {
    let other = row.get::<_, Option<i64>>("other_facility").map(|facility| {
        let seat = Seat {
            facility: FacilityId(facility),
            session: SessionId(row.get("other_session")),
            pool: small(row.get("other_pool")),
            slot: tiny(row.get("other_slot")),
        };
        (seat, row.get("other_leg"))
    });
    Ok(Kept {
        row: claim_at(row)?,
        account: row.get("account_id"),
        owes: row.get("owes"),
        legs: row.get("legs"),
        other,
    })
}

/// Whether a booking may ask for its seat.
pub(super) enum Checked {
    /// No need: this is the answer.
    Answer(Result<Done, NotBooked>),
    /// It may.
    Free,
}

/// The first step of a booking. With `pending`, a claim is left that others see.
pub(super) async fn check(home: &Home<'_>, booking: &Booking, pending: bool) -> Attempt<Checked> {
    if let Some(request) = &booking.idempotency
        && let Some(answer) = remembered::booking(home, request).await?
    {
        return Ok(Checked::Answer(answer));
    }
    let people = numbers(&booking.beneficiaries);
    let locked = home.rows(&LOCK_PEOPLE, &[&booking.account.uuid, &people]).await?;
    if locked.len() < people.len() {
        return Ok(Checked::Answer(Err(NotBooked::NoSuchBeneficiary)));
    }
    let held = home.rows(&HELD, &[&people, &i16::from(booking.dose_number)]).await?;
    if let Some(row) = held.first() {
        let own = row.get::<_, Option<Uuid>>("appointment_id") == Some(booking.appointment.0);
        let answer = match row.get::<_, Option<i16>>("state") {
            // Who left this claim asks for its seat; two must not.
            Some(0) if own => Err(NotBooked::InProgress),
            Some(_) if own => Ok(Done::Again),
            _ => Err(match first_held(booking, &held)? {
                Some(beneficiary) => NotBooked::Held { beneficiary },
                None => NotBooked::InProgress,
            }),
        };
        remember(home, booking, answer).await?;
        return Ok(Checked::Answer(answer));
    }
    if pending {
        insert(home, booking, ClaimState::Pending).await?;
    }
    Ok(Checked::Free)
}

/// Who of a booking holds a claim or has the dose. A claim that asks for its seat, or gives it
/// back, may be gone the next moment: of it nobody knows yet.
fn first_held(booking: &Booking, held: &[Row]) -> StoreResult<Option<BeneficiaryId>> {
    let passing = [ClaimState::Pending.number(), ClaimState::Cancelling.number()];
    let stays = |row: &&Row| {
        row.get::<_, Option<i16>>("state").is_none_or(|state| !passing.contains(&state))
    };
    let held = held.iter().filter(stays).map(beneficiary_at).collect::<StoreResult<Vec<_>>>()?;
    let first = booking.beneficiaries.iter().find(|one| held.contains(one));
    Ok(first.or(held.first()).copied())
}

async fn remember(
    home: &Home<'_>,
    booking: &Booking,
    answer: Result<Done, NotBooked>,
) -> Attempt<()> {
    if let (Some(request), Some((code, detail))) = (&booking.idempotency, terminal(answer)) {
        remembered::put(home, request, code, detail, booking.at).await?;
    }
    Ok(())
}

async fn insert(home: &Home<'_>, booking: &Booking, state: ClaimState) -> Attempt<()> {
    for &person in &booking.beneficiaries {
        home.execute(
            &CLAIM,
            &[
                &number(person),
                &i16::from(booking.dose_number),
                &booking.appointment.0,
                &booking.account.uuid,
                &booking.seat.facility.0,
                &booking.seat.session.0,
                &pool_number(booking.seat.pool),
                &i16::from(booking.seat.slot),
                &day(booking.on),
                &state.number(),
                &booking.at.as_millisecond(),
            ],
        )
        .await?;
    }
    Ok(())
}

/// The last step of a booking whose seat was had, or was not. With `pending`, the claim is there.
/// Gives the answer, which is open if recovery has taken the claim meanwhile.
pub(super) async fn finish(
    home: &Home<'_>,
    booking: &Booking,
    answer: Result<Done, NotBooked>,
    pending: bool,
) -> Attempt<Result<Done, NotBooked>> {
    match (answer, pending) {
        (Ok(_), true) => confirm(home, booking.appointment, booking.at).await?,
        (Ok(_), false) => insert(home, booking, ClaimState::Confirmed).await?,
        (Err(_), true) => {
            let at = booking.at.as_millisecond();
            if home.execute(&REFUSE_OWN, &[&booking.appointment.0, &at]).await? == 0 {
                return Ok(Err(NotBooked::InProgress));
            }
        }
        (Err(_), false) => {}
    }
    if let (Ok(_), Some(message)) = (answer, &booking.message) {
        message::put(home, message).await?;
    }
    remember(home, booking, answer).await?;
    Ok(answer)
}

/// The seat was had. A dose that was recorded meanwhile ends the claim.
pub(super) async fn confirm(home: &Home<'_>, id: AppointmentId, at: Timestamp) -> Attempt<()> {
    home.execute(&CONFIRM, &[&id.0, &at.as_millisecond()]).await?;
    Ok(())
}

/// There is no seat, and never will be.
pub(super) async fn refuse(home: &Home<'_>, id: AppointmentId) -> Attempt<()> {
    home.execute(&REFUSE, &[&id.0]).await?;
    Ok(())
}

/// All claims of an appointment, locked.
pub(super) async fn of_appointment(
    home: &Home<'_>,
    account: Uuid,
    id: AppointmentId,
) -> Attempt<Vec<Kept>> {
    let rows = home.rows(&OF_APPOINTMENT, &[&account, &id.0]).await?;
    Ok(rows.iter().map(kept_at).collect::<StoreResult<_>>()?)
}

/// Sets how far a claim is, and what the facility must still be told.
pub(super) async fn set_state(
    home: &Home<'_>,
    claim: &ClaimRow,
    state: ClaimState,
    owes: i16,
    at: Timestamp,
) -> Attempt<()> {
    let (id, dose) = (number(claim.beneficiary), i16::from(claim.dose_number));
    let (state, at) = (state.number(), at.as_millisecond());
    home.execute(&SET_STATE, &[&id, &dose, &state, &owes, &at]).await?;
    Ok(())
}

/// Writes down which seat is wanted.
pub(super) async fn want(
    home: &Home<'_>,
    claim: &ClaimRow,
    wanted: &Move,
    leg: i32,
) -> Attempt<()> {
    home.execute(
        &WANT,
        &[
            &number(claim.beneficiary),
            &i16::from(claim.dose_number),
            &leg,
            &wanted.seat.facility.0,
            &wanted.seat.session.0,
            &pool_number(wanted.seat.pool),
            &i16::from(wanted.seat.slot),
            &day(wanted.on),
            &wanted.at.as_millisecond(),
        ],
    )
    .await?;
    Ok(())
}

/// The seat wanted for this leg was had, or was not.
pub(super) async fn moved(
    home: &Home<'_>,
    id: AppointmentId,
    leg: i32,
    had: bool,
    at: Timestamp,
) -> Attempt<()> {
    let statement = if had { &SWAP } else { &STAY };
    home.execute(statement, &[&id.0, &at.as_millisecond(), &leg]).await?;
    Ok(())
}

/// The seat wanted for this leg was not had; false if recovery has taken the claim meanwhile.
pub(super) async fn stay(
    home: &Home<'_>,
    id: AppointmentId,
    leg: i32,
    since: Timestamp,
) -> Attempt<bool> {
    Ok(home.execute(&STAY_OWN, &[&id.0, &since.as_millisecond(), &leg]).await? > 0)
}

/// The seat of the leg before was given back.
pub(super) async fn freed(
    home: &Home<'_>,
    id: AppointmentId,
    leg: i32,
    at: Timestamp,
) -> Attempt<()> {
    home.execute(&FREED, &[&id.0, &at.as_millisecond(), &leg]).await?;
    Ok(())
}

/// The facility was told how far the claim is.
pub(super) async fn told(home: &Home<'_>, claim: &ClaimRow, at: Timestamp) -> Attempt<()> {
    let (id, dose) = (number(claim.beneficiary), i16::from(claim.dose_number));
    home.execute(&TOLD, &[&id, &dose, &claim.state.number(), &at.as_millisecond()]).await?;
    Ok(())
}

/// Removes claims whose seats were given back, and remembers that they were.
pub(super) async fn drop_claims(
    home: &Home<'_>,
    account: Uuid,
    id: AppointmentId,
    people: &[BeneficiaryId],
) -> Attempt<()> {
    home.execute(&DROP, &[&id.0, &numbers(people)]).await?;
    for &person in people {
        home.execute(&PAST, &[&id.0, &number(person), &account]).await?;
    }
    Ok(())
}

/// Whose claims of an appointment were given back.
pub(super) async fn was(
    home: &Home<'_>,
    account: Uuid,
    id: AppointmentId,
) -> Attempt<Vec<BeneficiaryId>> {
    let rows = home.rows(&WAS, &[&account, &id.0]).await?;
    Ok(rows.iter().map(beneficiary_at).collect::<StoreResult<_>>()?)
}

/// Takes claims that stopped between two steps, for whoever completes them.
pub(super) async fn lease(
    home: &Home<'_>,
    account: Uuid,
    appointment: Uuid,
    stale: Timestamp,
    now: Timestamp,
) -> Attempt<Vec<Kept>> {
    let (stale, now) = (stale.as_millisecond(), now.as_millisecond());
    let rows = home.rows(&LEASE, &[&account, &appointment, &stale, &now]).await?;
    Ok(rows.iter().map(kept_at).collect::<StoreResult<_>>()?)
}

/// The numbers of people, for a column.
pub(super) fn numbers(people: &[BeneficiaryId]) -> Vec<i64> {
    people.iter().copied().map(number).collect()
}

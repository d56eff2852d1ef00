//! Completes what a crash left between two steps: always forward, never by guessing. It owns a
//! claim by lease, asks the facility with the last word, and then tells the claim.

use domain::id::BeneficiaryId;
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    booking::{end_cancelled, free_others, moved_asks, people_of, take_other},
    claim,
    claim::Kept,
    dose, enrolment,
    link::{Attempt, Db, Home, Link, Place, Steps, step},
    seat::{self, Answer},
    statement::statements,
    value::{beneficiary_at, digest_at},
};
use crate::{StoreResult, record::ClaimState};

statements! {
    Scatter STOPPED = "
        SELECT DISTINCT hb, account_id, appointment_id FROM dose_claim
        WHERE (changed_at < $1 OR changed_at > $1::bigint + 86400000) AND (state IN (0, 2, 3) OR owes <> 0)
        LIMIT $2";
    Scatter RESERVED = "
        SELECT document_index, beneficiary_id, account_id FROM document
        WHERE reserved_at < $1 OR reserved_at > $1::bigint + 86400000 LIMIT $2";
}

/// At most `limit` of each; says how many.
pub(super) async fn recover(
    db: &Db,
    stale: Timestamp,
    now: Timestamp,
    limit: u32,
) -> StoreResult<u32> {
    let mut completed = 0;
    for (home, account, appointment) in stopped(db, stale, limit).await? {
        if complete(db, home, account, appointment, stale, now).await? {
            completed += 1;
        }
    }
    for (index, person, account) in reserved(db, stale, limit).await? {
        enrolment::complete_reservation(Steps::Each(db), &index, person, account).await?;
        completed += 1;
    }
    Ok(completed)
}

async fn stopped(db: &Db, stale: Timestamp, limit: u32) -> Attempt<Vec<(i32, Uuid, Uuid)>> {
    let client = db.client().await?;
    let (stale, limit) = (stale.as_millisecond(), i64::from(limit));
    let rows = Link::Pooled(&client).rows(&STOPPED, &[&stale, &limit]).await?;
    let read = rows.iter().map(|row| (row.get(0), row.get(1), row.get(2)));
    Ok(read.collect())
}

async fn reserved(
    db: &Db,
    stale: Timestamp,
    limit: u32,
) -> Attempt<Vec<([u8; 32], BeneficiaryId, Uuid)>> {
    let client = db.client().await?;
    let (stale, limit) = (stale.as_millisecond(), i64::from(limit));
    let rows = Link::Pooled(&client).rows(&RESERVED, &[&stale, &limit]).await?;
    let mut read = Vec::with_capacity(rows.len());
    for row in &rows {
        read.push((digest_at(row, "document_index")?, beneficiary_at(row)?, row.get("account_id")));
    }
    Ok(read)
}

async fn complete(
    db: &Db,
    home: i32,
    account: Uuid,
    appointment: Uuid,
    stale: Timestamp,
    now: Timestamp,
) -> Attempt<bool> {
    let steps = Steps::Each(db);
    let leased = step!(steps, Home(home), home => {
        claim::lease(&home, account, appointment, stale, now).await?
    });
    if leased.is_empty() {
        // Somebody else was quicker.
        return Ok(false);
    }
    let of = |state: ClaimState| -> Vec<Kept> {
        let in_state = |claim: &&Kept| claim.row.state == state && claim.owes == claim::NOTHING;
        leased.iter().filter(in_state).cloned().collect()
    };
    let pending = of(ClaimState::Pending);
    if !pending.is_empty() {
        complete_booking(steps, home, &pending, now).await?;
    }
    let cancelling = of(ClaimState::Cancelling);
    end_cancelled(steps, home, &cancelling, now, steps.fenced()).await?;
    let moving = of(ClaimState::Moving);
    if !moving.is_empty() {
        complete_move(steps, home, &moving, now).await?;
    }
    for claim in leased.iter().filter(|claim| claim.owes == claim::STATE) {
        dose::tell(steps, home, claim, now).await?;
    }
    let moved: Vec<_> =
        leased.iter().filter(|claim| claim.owes == claim::OTHER_SEAT).cloned().collect();
    free_left(steps, home, moved, now).await?;
    Ok(true)
}

async fn complete_booking(
    steps: Steps<'_>,
    home: i32,
    claims: &[Kept],
    now: Timestamp,
) -> Attempt<()> {
    let people = people_of(claims);
    let first = &claims[0];
    let (ask, _) = moved_asks(claims, &people, first.row.seat, first.row.leg);
    let answers = step!(steps, Place(ask.seat.facility.0), place => {
        seat::take(&place, std::slice::from_ref(&ask), now, steps.fenced()).await?
    });
    step!(steps, Home(home), home => match answers[0] {
        Answer::Booked => claim::confirm(&home, ask.appointment, now).await?,
        Answer::Not => claim::refuse(&home, ask.appointment).await?,
    });
    Ok(())
}

async fn complete_move(
    steps: Steps<'_>,
    home: i32,
    claims: &[Kept],
    now: Timestamp,
) -> Attempt<()> {
    let Some((wanted, leg)) = claims[0].other else { return Ok(()) };
    let people = people_of(claims);
    let (new, old) = moved_asks(claims, &people, wanted, leg);
    let answer = step!(steps, Place(wanted.facility.0), place => {
        take_other(&place, &new, &old, now, steps.fenced()).await?
    });
    let (id, had) = (new.appointment, answer == Answer::Booked);
    step!(steps, Home(home), home => claim::moved(&home, id, leg, had, now).await?);
    if had { free_others(steps, home, claims, now).await } else { Ok(()) }
}

/// Gives back the seats that moved claims left.
async fn free_left(
    steps: Steps<'_>,
    home: i32,
    mut claims: Vec<Kept>,
    now: Timestamp,
) -> Attempt<()> {
    let Some((left, leg)) = claims.first().and_then(|claim| claim.other) else {
        return Ok(());
    };
    for claim in &mut claims {
        claim.row.seat = left;
        claim.row.leg = leg;
    }
    free_others(steps, home, &claims, now).await
}

//! Booking, moving and cancelling: a claim at home, a seat at the facility, and home again. On one
//! server the steps are one transaction. On shards each is its own; a claim that others see says
//! what is under way, and recovery completes what a crash left.
//!
//! Two rules keep that safe without clocks. The request path withdraws its claim only if every
//! attempt at the seat had a definite answer and recovery has not taken the claim meanwhile; and
//! recovery always leaves a row at the facility, so that whatever comes late finds it.

use std::collections::BTreeMap;

use domain::{appointment::Seat, id::BeneficiaryId};
use jiff::Timestamp;

use super::{
    claim::{self, Checked, Kept},
    link::{Attempt, Db, Failure, Home, Link, Place, Steps, attempted, step},
    message, seat,
    seat::{Answer, Ask},
    value::bucket,
    wave::{batch, side_by_side},
};
use crate::{
    StoreError, StoreResult,
    record::{Booking, Cancellation, ClaimState, Done, Move, NotBooked, NotCancelled, NotMoved},
};

pub(super) async fn book(
    db: &Db,
    bookings: &[Booking],
) -> StoreResult<Vec<Result<Done, NotBooked>>> {
    let account = |booking: &Booking| booking.account.uuid;
    batch!(db, bookings, account, (steps, wave) => book_wave(steps, wave).await?)
}

async fn book_wave(
    steps: Steps<'_>,
    bookings: &[Booking],
) -> Attempt<Vec<Result<Done, NotBooked>>> {
    let checked = side_by_side!(bookings, one => check(steps, one));
    let mut answers: Vec<Option<Result<Done, NotBooked>>> = Vec::with_capacity(bookings.len());
    let mut sessions: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (n, checked) in checked.into_iter().enumerate() {
        answers.push(match checked {
            Checked::Answer(answer) => Some(answer),
            Checked::Free => {
                let seat = bookings[n].seat;
                sessions.entry((seat.facility, seat.session)).or_default().push(n);
                None
            }
        });
    }
    let groups: Vec<_> = sessions.into_values().collect();
    let seated = side_by_side!(&groups, group => seat_group(steps, bookings, group));
    let seated: Vec<_> = groups.into_iter().flatten().zip(seated.into_iter().flatten()).collect();
    let finished = side_by_side!(&seated, one => finish(steps, &bookings[one.0], one.1));
    for ((n, _), answer) in seated.iter().zip(finished) {
        answers[*n] = Some(answer);
    }
    Ok(answers.into_iter().map(|answer| answer.unwrap_or(Err(NotBooked::InProgress))).collect())
}

async fn check(steps: Steps<'_>, booking: &Booking) -> Attempt<Checked> {
    let home = bucket(booking.account.bucket);
    let pending = steps.each();
    Ok(step!(steps, Home(home), home => claim::check(&home, booking, pending).await?))
}

/// The middle step: everybody of a batch who wants the same session.
async fn seat_group(
    steps: Steps<'_>,
    bookings: &[Booking],
    group: &[usize],
) -> Attempt<Vec<Result<Done, NotBooked>>> {
    let asks: Vec<Ask<'_>> = group.iter().map(|n| asked(&bookings[*n])).collect();
    let at = bookings[group[0]].at;
    let (answers, definite) = match steps {
        Steps::Whole(_) => {
            let facility = asks[0].seat.facility.0;
            let taken = step!(steps, Place(facility), place => {
                seat::take(&place, &asks, at, false).await?
            });
            (Ok(taken), true)
        }
        Steps::Each(db) => take_by_itself(db, &asks, at).await,
    };
    Ok(match answers {
        Ok(answers) => answers.into_iter().map(|answer| booked(answer, definite)).collect(),
        // Nobody knows: the claim stays, and recovery decides.
        Err(_) if steps.fenced() => vec![Err(NotBooked::InProgress); group.len()],
        Err(_) => vec![Err(NotBooked::Full); group.len()],
    })
}

async fn take_by_itself(
    db: &Db,
    asks: &[Ask<'_>],
    at: Timestamp,
) -> (StoreResult<Vec<Answer>>, bool) {
    attempted!(db, tx => {
        let place = Place::within(Link::Within(&tx), asks[0].seat.facility.0);
        seat::take(&place, asks, at, false).await?
    })
}

fn asked(booking: &Booking) -> Ask<'_> {
    Ask {
        appointment: booking.appointment,
        leg: 0,
        account: booking.account.uuid,
        people: &booking.beneficiaries,
        dose_number: booking.dose_number,
        seat: booking.seat,
    }
}

const fn booked(answer: Answer, definite: bool) -> Result<Done, NotBooked> {
    match answer {
        Answer::Booked => Ok(Done::New),
        Answer::Not if definite => Err(NotBooked::Full),
        Answer::Not => Err(NotBooked::InProgress),
    }
}

async fn finish(
    steps: Steps<'_>,
    booking: &Booking,
    answer: Result<Done, NotBooked>,
) -> Attempt<Result<Done, NotBooked>> {
    if answer == Err(NotBooked::InProgress) {
        return Ok(answer);
    }
    let home = bucket(booking.account.bucket);
    let pending = steps.each();
    Ok(step!(steps, Home(home), home => claim::finish(&home, booking, answer, pending).await?))
}

pub(super) async fn reschedule(
    db: &Db,
    moves: &[Move],
) -> StoreResult<Vec<Result<Done, NotMoved>>> {
    let account = |wanted: &Move| wanted.account.uuid;
    batch!(db, moves, account, (steps, wave) => {
        side_by_side!(wave, one => move_one(steps, one))
    })
}

async fn move_one(steps: Steps<'_>, wanted: &Move) -> Attempt<Result<Done, NotMoved>> {
    let home = bucket(wanted.account.bucket);
    let moving = step!(steps, Home(home), home => begin_move(&home, wanted).await?);
    let (claims, leg) = match moving {
        Ok(begun) => begun,
        Err(answer) => return Ok(answer),
    };
    let (answer, definite) = match steps {
        Steps::Whole(_) => {
            (Ok(take_moved(steps, &claims, wanted.seat, leg, wanted.at).await?), true)
        }
        Steps::Each(db) => take_moved_by_itself(db, &claims, wanted, leg).await,
    };
    let Ok(answer) = answer else {
        return Ok(Err(NotMoved::InProgress));
    };
    if answer == Answer::Not && !definite {
        return Ok(Err(NotMoved::InProgress));
    }
    if answer == Answer::Not {
        let (id, at) = (wanted.appointment, wanted.at);
        let stays = step!(steps, Home(home), home => claim::stay(&home, id, leg, at).await?);
        return Ok(Err(if stays { NotMoved::Full } else { NotMoved::InProgress }));
    }
    step!(steps, Home(home), home => {
        claim::moved(&home, wanted.appointment, leg, true, wanted.at).await?;
        if let Some(message) = &wanted.message {
            message::put(&home, message).await?;
        }
    });
    free_others(steps, home, &claims, wanted.at).await?;
    Ok(Ok(Done::New))
}

/// Locks the claims and writes down which seat they want; or says why there is nothing to do.
async fn begin_move(
    home: &Home<'_>,
    wanted: &Move,
) -> Attempt<Result<(Vec<Kept>, i32), Result<Done, NotMoved>>> {
    let mut claims = claim::of_appointment(home, wanted.account.uuid, wanted.appointment).await?;
    if claims.iter().any(in_motion) {
        return Ok(Err(Err(NotMoved::InProgress)));
    }
    claims.retain(|claim| claim.row.state == ClaimState::Confirmed);
    let Some(first) = claims.first() else {
        return Ok(Err(Err(NotMoved::NoSuchAppointment)));
    };
    if first.row.seat == wanted.seat {
        return Ok(Err(Ok(Done::Again)));
    }
    let leg = 1 + claims.iter().map(|claim| claim.legs).max().unwrap_or_default();
    for claim in &claims {
        claim::want(home, &claim.row, wanted, leg).await?;
    }
    Ok(Ok((claims, leg)))
}

/// Whether something of a claim is still to be done.
pub(super) fn in_motion(claim: &Kept) -> bool {
    claim.owes != claim::NOTHING
        || matches!(
            claim.row.state,
            ClaimState::Pending | ClaimState::Cancelling | ClaimState::Moving
        )
}

async fn take_moved(
    steps: Steps<'_>,
    claims: &[Kept],
    wanted: Seat,
    leg: i32,
    at: Timestamp,
) -> Attempt<Answer> {
    let people = people_of(claims);
    let (new, old) = moved_asks(claims, &people, wanted, leg);
    Ok(step!(steps, Place(wanted.facility.0), place => {
        take_other(&place, &new, &old, at, false).await?
    }))
}

async fn take_moved_by_itself(
    db: &Db,
    claims: &[Kept],
    wanted: &Move,
    leg: i32,
) -> (StoreResult<Answer>, bool) {
    let people = people_of(claims);
    let (new, old) = moved_asks(claims, &people, wanted.seat, leg);
    attempted!(db, tx => {
        let place = Place::within(Link::Within(&tx), wanted.seat.facility.0);
        take_other(&place, &new, &old, wanted.at, false).await?
    })
}

/// Whom some claims are for.
pub(super) fn people_of(claims: &[Kept]) -> Vec<BeneficiaryId> {
    claims.iter().map(|claim| claim.row.beneficiary).collect()
}

/// The seat that claims want, and the one they have.
pub(super) fn moved_asks<'a>(
    claims: &[Kept],
    people: &'a [BeneficiaryId],
    wanted: Seat,
    leg: i32,
) -> (Ask<'a>, Ask<'a>) {
    let first = &claims[0];
    let ask = |seat, leg| Ask {
        appointment: first.row.appointment,
        leg,
        account: first.account,
        people,
        dose_number: first.row.dose_number,
        seat,
    };
    (ask(wanted, leg), ask(first.row.seat, first.row.leg))
}

/// Takes the wanted seat. In the same pool the seat itself stays taken, as a full pool has no other.
pub(super) async fn take_other(
    place: &Place<'_>,
    new: &Ask<'_>,
    old: &Ask<'_>,
    at: Timestamp,
    last_word: bool,
) -> Attempt<Answer> {
    let same = |seat: Seat| (seat.facility, seat.session, seat.pool);
    if same(new.seat) == same(old.seat) {
        return seat::shift(place, new, old).await;
    }
    let answers = seat::take(place, std::slice::from_ref(new), at, last_word).await?;
    Ok(answers[0])
}

/// Gives back the seats that moved claims had before.
pub(super) async fn free_others(
    steps: Steps<'_>,
    home: i32,
    claims: &[Kept],
    at: Timestamp,
) -> Attempt<()> {
    let people = people_of(claims);
    let first = &claims[0];
    let (_, old) = moved_asks(claims, &people, first.row.seat, first.row.leg);
    step!(steps, Place(old.seat.facility.0), place => {
        seat::give_back(&place, &old, at, false).await?;
    });
    let (id, leg) = (first.row.appointment, first.row.leg);
    step!(steps, Home(home), home => claim::freed(&home, id, leg, at).await?);
    Ok(())
}

pub(super) async fn cancel(
    db: &Db,
    cancellations: &[Cancellation],
) -> StoreResult<Vec<Result<Done, NotCancelled>>> {
    let account = |wanted: &Cancellation| wanted.account.uuid;
    batch!(db, cancellations, account, (steps, wave) => {
        side_by_side!(wave, one => cancel_one(steps, one))
    })
}

async fn cancel_one(
    steps: Steps<'_>,
    wanted: &Cancellation,
) -> Attempt<Result<Done, NotCancelled>> {
    let home = bucket(wanted.account.bucket);
    let begun = step!(steps, Home(home), home => begin_cancel(&home, wanted).await?);
    let claims = match begun {
        Ok(claims) => claims,
        Err(answer) => return Ok(answer),
    };
    end_cancelled(steps, home, &claims, wanted.at, false).await?;
    if let Some(message) = &wanted.message {
        step!(steps, Home(home), home => message::put(&home, message).await?);
    }
    Ok(Ok(Done::New))
}

async fn begin_cancel(
    home: &Home<'_>,
    wanted: &Cancellation,
) -> Attempt<Result<Vec<Kept>, Result<Done, NotCancelled>>> {
    let meant =
        |id: BeneficiaryId| wanted.beneficiaries.is_empty() || wanted.beneficiaries.contains(&id);
    let (account, id) = (wanted.account.uuid, wanted.appointment);
    let mut claims = claim::of_appointment(home, account, id).await?;
    claims.retain(|claim| meant(claim.row.beneficiary));
    if claims.iter().any(|claim| in_motion(claim) && claim.row.state != ClaimState::Cancelling) {
        let busy = StoreError::unavailable("the appointment is being changed");
        return Err(Failure::Aborted(busy));
    }
    let any_done = claims.iter().any(|claim| claim.row.state == ClaimState::Done);
    let any_cancelling = claims.iter().any(|claim| claim.row.state == ClaimState::Cancelling);
    claims.retain(|claim| claim.row.state == ClaimState::Confirmed);
    for claim in &claims {
        let state = ClaimState::Cancelling;
        claim::set_state(home, &claim.row, state, claim::NOTHING, wanted.at).await?;
    }
    if !claims.is_empty() {
        return Ok(Ok(claims));
    }
    let was = any_cancelling || claim::was(home, account, id).await?.into_iter().any(meant);
    Ok(Err(if any_done {
        Err(NotCancelled::Done)
    } else if was {
        Ok(Done::Again)
    } else {
        Err(NotCancelled::NoSuchAppointment)
    }))
}

/// Gives the seats of cancelling claims back, then lets the claims go.
pub(super) async fn end_cancelled(
    steps: Steps<'_>,
    home: i32,
    claims: &[Kept],
    at: Timestamp,
    last_word: bool,
) -> Attempt<()> {
    for (leg, claims) in by_leg(claims) {
        let first = &claims[0];
        let people = people_of(&claims);
        let (_, mut ask) = moved_asks(&claims, &people, first.row.seat, leg);
        ask.leg = leg;
        step!(steps, Place(ask.seat.facility.0), place => {
            seat::give_back(&place, &ask, at, last_word).await?;
        });
        let (account, id) = (first.account, first.row.appointment);
        step!(steps, Home(home), home => {
            claim::drop_claims(&home, account, id, &people).await?;
        });
    }
    Ok(())
}

/// Claims of one appointment by the seat that they have.
fn by_leg(claims: &[Kept]) -> BTreeMap<i32, Vec<Kept>> {
    let mut legs: BTreeMap<i32, Vec<Kept>> = BTreeMap::new();
    for claim in claims {
        legs.entry(claim.row.leg).or_default().push(claim.clone());
    }
    legs
}

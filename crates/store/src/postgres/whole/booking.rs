//! Many bookings: the people are locked, the seats are given, and claims, messages and answers are
//! written, each for all of them at once.

use std::collections::HashMap;

use domain::id::BeneficiaryId;
use uuid::Uuid;

use super::{
    column, place, place_at, put_messages,
    remembered::{self, Kept},
    seat,
};
use crate::{
    StoreResult,
    guard::{recalled, terminal},
    postgres::{
        link::{Attempt, Db, Link, Values, transaction},
        statement::statements,
        value::{beneficiary_at, bucket, pool_number},
        wave::waves_of,
    },
    record::{Booking, ClaimState, Done, NotBooked},
    value::{day, number},
};

statements! {
    /// Whoever books for, or records a dose of, one of these people waits. In order of their keys.
    Whole LOCK_PEOPLE = "
        SELECT asked.n
        FROM unnest($1::int[], $2::int[], $3::uuid[], $4::bigint[])
            AS asked (n, hb, account_id, beneficiary_id)
        CROSS JOIN LATERAL (
            SELECT 1 FROM beneficiary AS b
            WHERE b.hb = asked.hb AND b.beneficiary_id = asked.beneficiary_id
                AND b.account_id = asked.account_id
            FOR UPDATE
        ) AS locked";
    Whole HELD = "
        SELECT asked.n, held.beneficiary_id, held.appointment_id
        FROM unnest($1::int[], $2::int[], $3::bigint[], $4::smallint[])
            AS asked (n, hb, beneficiary_id, dose_number)
        CROSS JOIN LATERAL (
            SELECT c.beneficiary_id, c.appointment_id FROM dose_claim AS c
            WHERE c.hb = asked.hb AND c.beneficiary_id = asked.beneficiary_id
                AND c.dose_number = asked.dose_number
            UNION ALL
            SELECT d.beneficiary_id, NULL::uuid FROM dose AS d
            WHERE d.hb = asked.hb AND d.beneficiary_id = asked.beneficiary_id
                AND d.dose_number = asked.dose_number
        ) AS held";
    Whole CLAIM = "
        INSERT INTO dose_claim (hb, beneficiary_id, dose_number, appointment_id, leg, account_id,
            facility_id, session_id, pool, slot, held_on, state, changed_at)
        SELECT given.hb, beneficiary_id, dose_number, appointment_id, 0, account_id, facility_id,
            session_id, pool, slot, held_on, $12::smallint, changed_at
        FROM unnest($1::int[], $2::bigint[], $3::smallint[], $4::uuid[], $5::uuid[], $6::bigint[],
            $7::uuid[], $8::smallint[], $9::smallint[], $10::int[], $11::bigint[])
            AS given (hb, beneficiary_id, dose_number, appointment_id, account_id, facility_id,
                session_id, pool, slot, held_on, changed_at)";
}

type Answer = Result<Done, NotBooked>;

/// What two bookings of one wave must not share.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Person(BeneficiaryId),
    Request([u8; 32]),
}

fn keys(booking: &Booking) -> Vec<Key> {
    let people = booking.beneficiaries.iter().map(|person| Key::Person(*person));
    people.chain(booking.idempotency.iter().map(|one| Key::Request(one.key))).collect()
}

pub(in crate::postgres) async fn book(db: &Db, bookings: &[Booking]) -> StoreResult<Vec<Answer>> {
    let waves = waves_of(bookings, keys);
    transaction!(db, tx => {
        let mut answers = Vec::with_capacity(bookings.len());
        for wave in &waves {
            answers.extend(book_wave(&Link::Within(&tx), &bookings[wave.clone()]).await?);
        }
        answers
    })
}

async fn book_wave(link: &Link<'_>, bookings: &[Booking]) -> Attempt<Vec<Answer>> {
    let mut answers = recall(link, bookings).await?;
    let old: Vec<bool> = answers.iter().map(Option::is_some).collect();
    lock_people(link, bookings, &mut answers).await?;
    find_held(link, bookings, &mut answers).await?;
    let asking: Vec<usize> = open(&answers).collect();
    for (n, had) in seat::take(link, bookings, &asking).await? {
        answers[n] = Some(if had { Ok(Done::New) } else { Err(NotBooked::Full) });
    }
    let answers: Vec<Answer> =
        answers.into_iter().map(|answer| answer.unwrap_or(Err(NotBooked::InProgress))).collect();
    let new: Vec<_> = answers.iter().zip(bookings).zip(old).filter(|(_, old)| !old).collect();
    let new = column(&new, |((answer, booking), _)| (*booking, **answer));
    let seated: Vec<_> =
        new.iter().filter(|(_, answer)| *answer == Ok(Done::New)).map(|(one, _)| *one).collect();
    claim(link, &seated).await?;
    let messages: Vec<_> = seated.iter().filter_map(|booking| booking.message.as_ref()).collect();
    put_messages(link, &messages).await?;
    remember(link, &new).await?;
    Ok(answers)
}

/// The places without an answer yet.
fn open(answers: &[Option<Answer>]) -> impl Iterator<Item = usize> {
    answers.iter().enumerate().filter(|(_, answer)| answer.is_none()).map(|(n, _)| n)
}

async fn recall(link: &Link<'_>, bookings: &[Booking]) -> Attempt<Vec<Option<Answer>>> {
    let mut answers = vec![None; bookings.len()];
    let request = |one: &Booking| Some((bucket(one.account.bucket), one.idempotency?));
    for (n, answer) in remembered::recall(link, &column(bookings, request)).await? {
        answers[n] = Some(match answer {
            Some((code, detail)) => recalled(code, detail),
            None => Err(NotBooked::OtherRequest),
        });
    }
    Ok(answers)
}

async fn lock_people(
    link: &Link<'_>,
    bookings: &[Booking],
    answers: &mut [Option<Answer>],
) -> Attempt<()> {
    let mut people = people(bookings, answers);
    people.sort_unstable_by_key(|(_, booking, person)| (booking.account.bucket.0, number(*person)));
    let values: Values<'_> = &[
        &column(&people, |(n, ..)| place(*n)),
        &column(&people, |(_, booking, _)| bucket(booking.account.bucket)),
        &column(&people, |(_, booking, _)| booking.account.uuid),
        &column(&people, |(.., person)| number(*person)),
    ];
    let mut locked: HashMap<usize, usize> = HashMap::new();
    for row in link.rows(&LOCK_PEOPLE, values).await? {
        *locked.entry(place_at(&row)).or_default() += 1;
    }
    for n in open(answers).collect::<Vec<_>>() {
        if locked.get(&n).copied().unwrap_or_default() < bookings[n].beneficiaries.len() {
            answers[n] = Some(Err(NotBooked::NoSuchBeneficiary));
        }
    }
    Ok(())
}

/// Whom the bookings without an answer are for.
fn people<'b>(
    bookings: &'b [Booking],
    answers: &[Option<Answer>],
) -> Vec<(usize, &'b Booking, BeneficiaryId)> {
    let booking =
        |n: usize| bookings[n].beneficiaries.iter().map(move |one| (n, &bookings[n], *one));
    open(answers).flat_map(booking).collect()
}

async fn find_held(
    link: &Link<'_>,
    bookings: &[Booking],
    answers: &mut [Option<Answer>],
) -> Attempt<()> {
    let people = people(bookings, answers);
    let values: Values<'_> = &[
        &column(&people, |(n, ..)| place(*n)),
        &column(&people, |(_, booking, _)| bucket(booking.account.bucket)),
        &column(&people, |(.., person)| number(*person)),
        &column(&people, |(_, booking, _)| i16::from(booking.dose_number)),
    ];
    let mut held: HashMap<usize, Vec<(BeneficiaryId, Option<Uuid>)>> = HashMap::new();
    for row in link.rows(&HELD, values).await? {
        let one = (beneficiary_at(&row)?, row.get("appointment_id"));
        held.entry(place_at(&row)).or_default().push(one);
    }
    for (n, held) in held {
        let booking = &bookings[n];
        let own = held.iter().any(|(_, appointment)| *appointment == Some(booking.appointment.0));
        let first = booking.beneficiaries.iter().find(|one| held.iter().any(|(id, _)| id == *one));
        answers[n] = Some(match first {
            Some(_) if own => Ok(Done::Again),
            Some(&beneficiary) => Err(NotBooked::Held { beneficiary }),
            None => continue,
        });
    }
    Ok(())
}

async fn claim(link: &Link<'_>, seated: &[&Booking]) -> Attempt<()> {
    let all: Vec<_> = seated
        .iter()
        .flat_map(|one| one.beneficiaries.iter().map(move |who| (one, *who)))
        .collect();
    if all.is_empty() {
        return Ok(());
    }
    let values: Values<'_> = &[
        &column(&all, |(booking, _)| bucket(booking.account.bucket)),
        &column(&all, |(_, person)| number(*person)),
        &column(&all, |(booking, _)| i16::from(booking.dose_number)),
        &column(&all, |(booking, _)| booking.appointment.0),
        &column(&all, |(booking, _)| booking.account.uuid),
        &column(&all, |(booking, _)| booking.seat.facility.0),
        &column(&all, |(booking, _)| booking.seat.session.0),
        &column(&all, |(booking, _)| pool_number(booking.seat.pool)),
        &column(&all, |(booking, _)| i16::from(booking.seat.slot)),
        &column(&all, |(booking, _)| day(booking.on)),
        &column(&all, |(booking, _)| booking.at.as_millisecond()),
        &ClaimState::Confirmed.number(),
    ];
    link.execute(&CLAIM, values).await?;
    Ok(())
}

/// Keeps the answers that stay the same when they are asked for again.
async fn remember(link: &Link<'_>, new: &[(&Booking, Answer)]) -> Attempt<()> {
    let kept = |(booking, answer): &(&Booking, Answer)| {
        let (hb, (code, detail)) = (bucket(booking.account.bucket), terminal(*answer)?);
        Some(Kept { hb, request: booking.idempotency?, code, detail, at: booking.at })
    };
    let kept: Vec<_> = new.iter().filter_map(kept).collect();
    remembered::put(link, &kept).await
}

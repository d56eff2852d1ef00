//! Answers to requests with an idempotency key, kept at home.

use domain::id::AccountId;
use jiff::Timestamp;

use super::{
    link::{Attempt, Db, Home, Link},
    statement::statements,
    value::{bucket, digest_at},
};
use crate::{
    guard::{REMEMBERED_MS, Remembered, recalled},
    record::{Done, Idempotency, NotBooked, NotEnrolled, NotMerged},
};

statements! {
    Home RECALL = "
        SELECT request_digest, answer, detail FROM idempotency
        WHERE hb = $1 AND key_digest = $2";
    Home REMEMBER = "
        INSERT INTO idempotency (hb, key_digest, request_digest, answer, detail, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING";
}

/// What a booking of an account was answered.
pub(super) async fn of_account(
    db: &Db,
    account: AccountId,
    request: &Idempotency,
) -> Attempt<Option<Result<Done, NotBooked>>> {
    let client = db.client().await?;
    booking(&Home::within(Link::Pooled(&client), bucket(account.bucket)), request).await
}

/// What a booking with this key was answered.
pub(super) async fn booking(
    home: &Home<'_>,
    request: &Idempotency,
) -> Attempt<Option<Result<Done, NotBooked>>> {
    Ok(recall(home, request).await?.map(|answer| match answer {
        Some((code, detail)) => recalled(code, detail),
        None => Err(NotBooked::OtherRequest),
    }))
}

/// What an enrolment with this key was answered.
pub(super) async fn enrolment(
    home: &Home<'_>,
    request: &Idempotency,
) -> Attempt<Option<Result<Done, NotEnrolled>>> {
    Ok(recall(home, request).await?.map(|answer| match answer {
        Some(_) => Ok(Done::Again),
        None => Err(NotEnrolled::OtherRequest),
    }))
}

/// What a merge with this key was answered.
pub(super) async fn merge(
    home: &Home<'_>,
    request: &Idempotency,
) -> Attempt<Option<Result<Done, NotMerged>>> {
    Ok(recall(home, request).await?.map(|answer| match answer {
        Some(_) => Ok(Done::Again),
        None => Err(NotMerged::OtherRequest),
    }))
}

async fn recall(home: &Home<'_>, request: &Idempotency) -> Attempt<Option<Remembered>> {
    let rows = home.rows(&RECALL, &[&request.key.as_slice()]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let same = digest_at(row, "request_digest")? == request.request;
    Ok(Some(same.then(|| (row.get("answer"), row.get("detail")))))
}

/// Remembers an answer.
pub(super) async fn put(
    home: &Home<'_>,
    request: &Idempotency,
    code: i16,
    detail: Option<i64>,
    at: Timestamp,
) -> Attempt<()> {
    let (key, digest) = (request.key.as_slice(), request.request.as_slice());
    let expires_at = at.as_millisecond() + REMEMBERED_MS;
    home.execute(&REMEMBER, &[&key, &digest, &code, &detail, &expires_at]).await?;
    Ok(())
}

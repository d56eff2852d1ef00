//! Answers to many requests with an idempotency key.

use jiff::Timestamp;

use super::{column, place, place_at};
use crate::{
    guard::{REMEMBERED_MS, Remembered},
    postgres::{
        link::{Attempt, Link, Values},
        statement::statements,
        value::digest_at,
    },
    record::Idempotency,
};

statements! {
    Whole RECALL = "
        SELECT asked.n, i.request_digest, i.answer, i.detail
        FROM unnest($1::int[], $2::int[], $3::bytea[]) AS asked (n, hb, key_digest)
        CROSS JOIN LATERAL (
            SELECT * FROM idempotency AS i
            WHERE i.hb = asked.hb AND i.key_digest = asked.key_digest
        ) AS i";
    Whole REMEMBER = "
        INSERT INTO idempotency (hb, key_digest, request_digest, answer, detail, expires_at)
        SELECT given.*
        FROM unnest($1::int[], $2::bytea[], $3::bytea[], $4::smallint[], $5::bigint[], $6::bigint[])
            AS given
        ON CONFLICT DO NOTHING";
}

/// What is remembered under the keys of some requests, each with its home bucket, by their places.
pub(super) async fn recall(
    link: &Link<'_>,
    requests: &[Option<(i32, Idempotency)>],
) -> Attempt<Vec<(usize, Remembered)>> {
    let keyed: Vec<(usize, i32, Idempotency)> = requests
        .iter()
        .enumerate()
        .filter_map(|(n, request)| request.map(|(hb, request)| (n, hb, request)))
        .collect();
    if keyed.is_empty() {
        return Ok(Vec::new());
    }
    let values: Values<'_> = &[
        &column(&keyed, |(n, ..)| place(*n)),
        &column(&keyed, |(_, hb, _)| *hb),
        &column(&keyed, |(.., request)| request.key.as_slice()),
    ];
    let mut answers = Vec::new();
    for row in link.rows(&RECALL, values).await? {
        let n = place_at(&row);
        let asked = requests[n].map(|(_, request)| request.request);
        let same = asked == Some(digest_at(&row, "request_digest")?);
        answers.push((n, same.then(|| (row.get("answer"), row.get("detail")))));
    }
    Ok(answers)
}

/// An answer to be remembered.
pub(super) struct Kept {
    pub(super) hb: i32,
    pub(super) request: Idempotency,
    pub(super) code: i16,
    pub(super) detail: Option<i64>,
    pub(super) at: Timestamp,
}

/// Remembers answers.
pub(super) async fn put(link: &Link<'_>, kept: &[Kept]) -> Attempt<()> {
    if kept.is_empty() {
        return Ok(());
    }
    let values: Values<'_> = &[
        &column(kept, |one| one.hb),
        &column(kept, |one| one.request.key.as_slice()),
        &column(kept, |one| one.request.request.as_slice()),
        &column(kept, |one| one.code),
        &column(kept, |one| one.detail),
        &column(kept, |one| one.at.as_millisecond() + REMEMBERED_MS),
    ];
    link.execute(&REMEMBER, values).await?;
    Ok(())
}

//! On one server a batch goes down in a few statements about many keys at once. Shards have the
//! same guards, one key at a time, in the modules beside this one; the conformance suite and the
//! simulation hold both to the same answers.

mod booking;
mod dose;
mod enrolment;
mod people;
mod remembered;
mod seat;

pub(super) use booking::book;
pub(super) use dose::record;
pub(super) use enrolment::{enrol, enrol_all};
pub(super) use people::{people_of, persons};

use super::{
    link::{Attempt, Link, Values},
    statement::{Statement, statements},
};
use crate::{
    record::{Message, Tally},
    value::day,
};

statements! {
    Whole PUT_MESSAGES = "
        INSERT INTO message (hb, message_id, sealed, kind, written_at, due_at, tries)
        SELECT given.hb, message_id, sealed, kind, at, at, tries
        FROM unnest($1::int[], $2::uuid[], $3::bytea[], $4::text[], $5::bigint[], $6::int[])
            AS given (hb, message_id, sealed, kind, at, tries)
        ON CONFLICT DO NOTHING";
    Whole ADD_TALLIES = "
        INSERT INTO home_tally (hb, facility_id, counted_on, measure, count)
        SELECT given.hb, facility_id, counted_on, measure, sum(given.count)::bigint
        FROM unnest($1::int[], $2::bigint[], $3::int[], $4::text[], $5::bigint[])
            AS given (hb, facility_id, counted_on, measure, count)
        GROUP BY 1, 2, 3, 4
        ORDER BY 1, 2, 3, 4
        ON CONFLICT (hb, facility_id, counted_on, measure) DO UPDATE
        SET count = home_tally.count + excluded.count";
}

/// Every statement of this folder.
pub(super) fn all() -> Vec<&'static Statement> {
    [ALL, booking::ALL, dose::ALL, enrolment::ALL, people::ALL, remembered::ALL, seat::ALL].concat()
}

/// One column of many rows.
fn column<'a, T, R>(rows: &'a [T], pick: impl FnMut(&'a T) -> R) -> Vec<R> {
    rows.iter().map(pick).collect()
}

/// The place of an item in its batch, as a column.
fn place(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

/// The place of an item in its batch, as read back.
fn place_at(row: &tokio_postgres::Row) -> usize {
    usize::try_from(row.get::<_, i32>("n")).unwrap_or_default()
}

async fn put_messages(link: &Link<'_>, messages: &[&Message]) -> Attempt<()> {
    if messages.is_empty() {
        return Ok(());
    }
    let values: Values<'_> = &[
        &column(messages, |one| i32::from(one.bucket)),
        &column(messages, |one| one.id),
        &column(messages, |one| one.sealed.as_slice()),
        &column(messages, |one| one.kind.as_str()),
        &column(messages, |one| one.at.as_millisecond()),
        &column(messages, |one| one.tries),
    ];
    link.execute(&PUT_MESSAGES, values).await?;
    Ok(())
}

/// Adds counts, each with the bucket of whom it is about.
async fn add_tallies(link: &Link<'_>, tallies: &[(i32, &Tally)]) -> Attempt<()> {
    if tallies.is_empty() {
        return Ok(());
    }
    let values: Values<'_> = &[
        &column(tallies, |one| one.0),
        &column(tallies, |one| one.1.facility),
        &column(tallies, |one| day(one.1.on)),
        &column(tallies, |one| one.1.measure.as_str()),
        &column(tallies, |one| one.1.count),
    ];
    link.execute(&ADD_TALLIES, values).await?;
    Ok(())
}

//! How values of the domain sit in SQLite's columns.

use domain::{
    appointment::Seat,
    id::{AccountId, BeneficiaryId, FacilityId, HomeBucket, SessionId},
};
use jiff::{Timestamp, ToSpan, civil::Date};
use rusqlite::{Row, types::Type};
use uuid::Uuid;

/// Days since 1970-01-01.
pub(crate) fn day(date: Date) -> i32 {
    let days = date.since(EPOCH).map(|span| span.get_days());
    days.unwrap_or_default()
}

/// The date so many days after 1970-01-01.
pub(crate) fn date(days: i32) -> Date {
    EPOCH.saturating_add(days.days())
}

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// The instant so many milliseconds after 1970.
pub(crate) fn instant(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A beneficiary's number as a column holds it.
pub(crate) fn number(id: BeneficiaryId) -> i64 {
    i64::try_from(id.number()).expect("14 digits fit")
}

/// The beneficiary with the number that a column holds.
pub(crate) fn beneficiary(number: i64) -> Option<BeneficiaryId> {
    BeneficiaryId::from_number(u64::try_from(number).ok()?)
}

/// Reads a beneficiary's number.
pub(super) fn beneficiary_at(row: &Row<'_>, name: &str) -> rusqlite::Result<BeneficiaryId> {
    let held: i64 = row.get(name)?;
    beneficiary(held).ok_or_else(|| {
        rusqlite::Error::FromSqlConversionFailure(0, Type::Integer, "not a number of ours".into())
    })
}

/// Reads 16 bytes.
pub(super) fn uuid_at(row: &Row<'_>, name: &str) -> rusqlite::Result<Uuid> {
    row.get::<_, [u8; 16]>(name).map(Uuid::from_bytes)
}

/// Reads the account of a person whose number is in the same row.
pub(super) fn account_at(row: &Row<'_>) -> rusqlite::Result<AccountId> {
    let bucket: HomeBucket = beneficiary_at(row, "beneficiary_id")?.bucket();
    Ok(AccountId { bucket, uuid: uuid_at(row, "account_id")? })
}

/// Reads the four columns of a seat.
pub(super) fn seat_at(row: &Row<'_>) -> rusqlite::Result<Seat> {
    Ok(Seat {
        facility: FacilityId(row.get("facility_id")?),
        session: SessionId(uuid_at(row, "session_id")?),
        pool: row.get("pool")?,
        slot: row.get("slot")?,
    })
}

/// Reads an instant.
pub(super) fn instant_at(row: &Row<'_>, name: &str) -> rusqlite::Result<Timestamp> {
    row.get(name).map(instant)
}

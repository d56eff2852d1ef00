//! Reads values of the domain out of SQLite's rows.

use domain::{
    appointment::Seat,
    id::{AccountId, BeneficiaryId, FacilityId, HomeBucket, SessionId},
};
use jiff::Timestamp;
use rusqlite::{Row, types::Type};
use uuid::Uuid;

use crate::value::{beneficiary, instant};

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

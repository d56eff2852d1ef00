//! Reads values of the domain out of PostgreSQL's rows.

use domain::{
    appointment::Seat,
    id::{AccountId, AppointmentId, BeneficiaryId, FacilityId, HomeBucket, SessionId},
};
use jiff::Timestamp;
use tokio_postgres::Row;

use crate::{
    StoreError, StoreResult,
    record::{ClaimRow, ClaimState},
    value::{beneficiary, date, instant},
};

/// A home bucket as a column holds it.
pub(super) fn bucket(home: HomeBucket) -> i32 {
    i32::from(home.0)
}

/// The bucket that the first 16 bits of a digest name.
pub(super) fn bucket_of(digest: &[u8; 32]) -> i32 {
    i32::from(u16::from_be_bytes([digest[0], digest[1]]))
}

/// Reads a beneficiary's number.
pub(super) fn beneficiary_at(row: &Row) -> StoreResult<BeneficiaryId> {
    beneficiary(row.get("beneficiary_id"))
        .ok_or_else(|| StoreError::broken("a column holds no number of ours"))
}

/// Reads the account of a person whose number is in the same row.
pub(super) fn account_at(row: &Row) -> StoreResult<AccountId> {
    Ok(AccountId { bucket: beneficiary_at(row)?.bucket(), uuid: row.get("account_id") })
}

/// Reads the four columns of a seat.
pub(super) fn seat_at(row: &Row) -> Seat {
    Seat {
        facility: FacilityId(row.get("facility_id")),
        session: SessionId(row.get("session_id")),
        pool: small(row.get("pool")),
        slot: tiny(row.get("slot")),
    }
}

/// Reads a claim.
pub(super) fn claim_at(row: &Row) -> StoreResult<ClaimRow> {
    Ok(ClaimRow {
        appointment: AppointmentId(row.get("appointment_id")),
        leg: row.get("leg"),
        beneficiary: beneficiary_at(row)?,
        dose_number: tiny(row.get("dose_number")),
        seat: seat_at(row),
        on: date(row.get("held_on")),
        state: ClaimState::from_number(row.get("state")),
    })
}

/// Reads an instant.
pub(super) fn instant_at(row: &Row, name: &str) -> Timestamp {
    instant(row.get(name))
}

/// Reads a digest.
pub(super) fn digest_at(row: &Row, name: &str) -> StoreResult<[u8; 32]> {
    let held: &[u8] = row.get(name);
    held.try_into().map_err(|_| StoreError::broken("a column holds no digest"))
}

/// A number that a narrower column could not hold otherwise.
pub(super) fn small(held: i16) -> u16 {
    u16::try_from(held).unwrap_or_default()
}

/// The same for a byte.
pub(super) fn tiny(held: i16) -> u8 {
    u8::try_from(held).unwrap_or_default()
}

/// A column's number for a pool.
pub(super) fn pool_number(pool: u16) -> i16 {
    i16::try_from(pool).unwrap_or(i16::MAX)
}

/// A column's number for a count of seats.
pub(super) fn whole(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

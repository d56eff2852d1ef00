//! Reads values of the domain out of SQLite's rows.

use domain::{
    appointment::Seat,
    id::{AccountId, BeneficiaryId, FacilityId, HomeBucket, SessionId},
};
use jiff::Timestamp;
use rusqlite::{
    Row,
    types::{FromSql, Type},
};
use uuid::Uuid;

use crate::value::{beneficiary, instant};

/// The columns of a row, one after the other, in the order in which its statement names them. To find
/// a column by its name costs as much as reading ten; so statements that each booking runs are read by
/// place, and their values are bound by place, too: in the order in which the text first names them.
pub(super) struct Columns<'a, 's> {
    row: &'a Row<'s>,
    place: usize,
}

impl<'a, 's> Columns<'a, 's> {
    pub(super) const fn of(row: &'a Row<'s>) -> Self {
        Self { row, place: 0 }
    }

    /// The next column.
    pub(super) fn next<T: FromSql>(&mut self) -> rusqlite::Result<T> {
        let place = self.place;
        self.place += 1;
        self.row.get(place)
    }

    pub(super) fn uuid(&mut self) -> rusqlite::Result<Uuid> {
        self.next::<[u8; 16]>().map(Uuid::from_bytes)
    }

    pub(super) fn instant(&mut self) -> rusqlite::Result<Timestamp> {
        self.next().map(instant)
    }

    pub(super) fn beneficiary(&mut self) -> rusqlite::Result<BeneficiaryId> {
        known(self.next()?)
    }

    /// The four columns of a seat: facility, session, pool, slot.
    pub(super) fn seat(&mut self) -> rusqlite::Result<Seat> {
        Ok(Seat {
            facility: FacilityId(self.next()?),
            session: SessionId(self.uuid()?),
            pool: self.next()?,
            slot: self.next()?,
        })
    }
}

fn known(number: i64) -> rusqlite::Result<BeneficiaryId> {
    beneficiary(number).ok_or_else(|| {
        rusqlite::Error::FromSqlConversionFailure(0, Type::Integer, "not a number of ours".into())
    })
}

/// Reads a beneficiary's number.
pub(super) fn beneficiary_at(row: &Row<'_>, name: &str) -> rusqlite::Result<BeneficiaryId> {
    known(row.get(name)?)
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

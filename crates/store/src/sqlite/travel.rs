//! What is given for travel.

use domain::id::BeneficiaryId;
use rusqlite::{Connection, OptionalExtension, named_params};

use super::{person::belongs, value::Columns};
use crate::{
    record::{NotKept, SealedTravel, TravelChange},
    value::number,
};

const SET: &str = "
    UPDATE beneficiary
    SET travel_born_on = :born_on, travel_passport = :passport, travel_nationality = :nationality,
        travel_guardian = :guardian
    WHERE beneficiary_id = :id AND account_id = :account
        AND (:born_on IS NULL OR (
            changes = :changes AND EXISTS (SELECT 1 FROM dose WHERE beneficiary_id = :id)))";

pub(super) fn set(
    connection: &Connection,
    change: &TravelChange,
) -> rusqlite::Result<Result<(), NotKept>> {
    let travel = change.travel.as_ref();
    let rows = connection.prepare_cached(SET)?.execute(named_params! {
        ":id": number(change.beneficiary),
        ":account": change.account.uuid.as_bytes(),
        ":changes": change.changes,
        ":born_on": travel.map(|travel| &travel.born_on),
        ":passport": travel.map(|travel| &travel.passport),
        ":nationality": travel.map(|travel| &travel.nationality),
        ":guardian": travel.and_then(|travel| travel.guardian.as_ref()),
    })?;
    if rows == 1 { Ok(Ok(())) } else { why_not(connection, change).map(Err) }
}

fn why_not(connection: &Connection, change: &TravelChange) -> rusqlite::Result<NotKept> {
    const CHANGES: &str = "SELECT changes FROM beneficiary WHERE beneficiary_id = ?1";
    if !belongs(connection, change.account, change.beneficiary)? {
        return Ok(NotKept::NoSuchBeneficiary);
    }
    let mut changes = connection.prepare_cached(CHANGES)?;
    let changes: Option<i32> =
        changes.query_row([number(change.beneficiary)], |row| row.get(0)).optional()?;
    let same = changes == Some(change.changes);
    Ok(if same { NotKept::NotVaccinated } else { NotKept::Changed })
}

/// Removes what a person gave for travel.
pub(super) fn forget(connection: &Connection, beneficiary: BeneficiaryId) -> rusqlite::Result<()> {
    const FORGET: &str = "
        UPDATE beneficiary
        SET travel_born_on = NULL, travel_passport = NULL, travel_nationality = NULL,
            travel_guardian = NULL
        WHERE beneficiary_id = ?1";
    connection.prepare_cached(FORGET)?.execute([number(beneficiary)])?;
    Ok(())
}

/// Reads it from the next four columns of a beneficiary's row.
pub(super) fn read(columns: &mut Columns<'_, '_>) -> rusqlite::Result<Option<SealedTravel>> {
    let Some(born_on) = columns.next()? else { return Ok(None) };
    let (passport, nationality, guardian) = (columns.next()?, columns.next()?, columns.next()?);
    Ok(Some(SealedTravel { born_on, passport, nationality, guardian }))
}

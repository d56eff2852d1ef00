//! What is given for travel, at home whatever the topology.

use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    link::{Attempt, Db, Home, Steps, step},
    statement::statements,
    value::bucket,
    wave::{batch, side_by_side},
};
use crate::{
    StoreResult,
    record::{NotKept, SealedTravel, TravelChange},
    value::number,
};

statements! {
    Home SET = "
        UPDATE beneficiary
        SET travel_born_on = $5, travel_passport = $6, travel_nationality = $7,
            travel_guardian = $8
        WHERE hb = $1 AND beneficiary_id = $2 AND account_id = $3
            AND ($5::bytea IS NULL OR (
                changes = $4
                AND EXISTS (SELECT 1 FROM dose WHERE hb = $1 AND beneficiary_id = $2)))";
    Home CHANGES = "
        SELECT account_id, changes FROM beneficiary WHERE hb = $1 AND beneficiary_id = $2";
    Home FORGET = "
        UPDATE beneficiary
        SET travel_born_on = NULL, travel_passport = NULL, travel_nationality = NULL,
            travel_guardian = NULL
        WHERE hb = $1 AND beneficiary_id = $2";
}

pub(super) async fn set(
    db: &Db,
    changes: &[TravelChange],
) -> StoreResult<Vec<Result<(), NotKept>>> {
    batch!(db, changes, |one: &TravelChange| one.beneficiary, (steps, wave) => {
        side_by_side!(wave, one => set_one(steps, one))
    })
}

async fn set_one(steps: Steps<'_>, change: &TravelChange) -> Attempt<Result<(), NotKept>> {
    let hb = bucket(change.beneficiary.bucket());
    Ok(step!(steps, Home(hb), home => set_at_home(&home, change).await?))
}

async fn set_at_home(home: &Home<'_>, change: &TravelChange) -> Attempt<Result<(), NotKept>> {
    let person = number(change.beneficiary);
    let travel = change.travel.as_ref();
    let rows = home
        .execute(
            &SET,
            &[
                &person,
                &change.account.uuid,
                &change.changes,
                &travel.map(|travel| &travel.born_on),
                &travel.map(|travel| &travel.passport),
                &travel.map(|travel| &travel.nationality),
                &travel.and_then(|travel| travel.guardian.as_ref()),
            ],
        )
        .await?;
    if rows == 1 {
        return Ok(Ok(()));
    }
    let held = home.rows(&CHANGES, &[&person]).await?;
    let own = |row: &&Row| row.get::<_, Uuid>("account_id") == change.account.uuid;
    Ok(Err(match held.first().filter(own) {
        None => NotKept::NoSuchBeneficiary,
        Some(row) if row.get::<_, i32>("changes") == change.changes => NotKept::NotVaccinated,
        Some(_) => NotKept::Changed,
    }))
}

/// Removes what a person gave for travel.
pub(super) async fn forget(home: &Home<'_>, person: i64) -> Attempt<()> {
    home.execute(&FORGET, &[&person]).await?;
    Ok(())
}

/// Reads it from a beneficiary's row.
pub(super) fn read(row: &Row) -> Option<SealedTravel> {
    Some(SealedTravel {
        born_on: row.get::<_, Option<_>>("travel_born_on")?,
        passport: row.get::<_, Option<_>>("travel_passport")?,
        nationality: row.get::<_, Option<_>>("travel_nationality")?,
        guardian: row.get("travel_guardian"),
    })
}

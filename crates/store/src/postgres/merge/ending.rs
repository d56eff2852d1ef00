//! The steps of a merge after the record that goes was taken out: by whoever took it out, or by
//! recovery. The record that stays has the first word on what becomes of it, and that is the last.

use domain::id::{BeneficiaryId, StaffId};
use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    OUTCOME, PUT_OUTCOME, WITHDRAW_ALL, WithdrawalReason, come_in, home_of, into_at, may_stay,
};
use crate::{
    StoreResult,
    postgres::{
        correction::LOCK_DETAILS,
        link::{Attempt, Db, Home, Link, Steps, step},
        message, owed,
        person::{beneficiary_row, dose_at},
        statement::statements,
        value::{beneficiary_at, digest_at},
    },
    record::{Idempotency, Merge, MergeKey, Message, NotMerged, UnfinishedMerge},
    value::number,
};

statements! {
    /// Unless something was said before.
    Home GIVE_UP = "
        INSERT INTO merge_outcome (hb, merge_id, beneficiary_id, done, decided_at)
        VALUES ($1, $2, $3, FALSE, $4)
        ON CONFLICT DO NOTHING";
    Home SETTLE = "
        UPDATE merged_beneficiary
        SET settled = TRUE, travel_born_on = NULL, travel_passport = NULL,
            travel_nationality = NULL, travel_guardian = NULL
        WHERE hb = $1 AND beneficiary_id = $2 AND merge_id = $3 AND NOT settled";
    Home GIVE_BACK = "
        INSERT INTO beneficiary (hb, beneficiary_id, account_id, place, wrapped_key, name,
            birth_year, gender, document, comorbidity, document_index, registered_at, verified_at,
            verified_by, changes, list_no, travel_born_on, travel_passport, travel_nationality,
            travel_guardian)
        SELECT $1::int, beneficiary_id, account_id, place, wrapped_key, name,
            birth_year, gender, document, comorbidity, document_index, registered_at, verified_at,
            verified_by, changes, list_no, travel_born_on, travel_passport, travel_nationality,
            travel_guardian
        FROM merged_beneficiary
        WHERE hb = $1 AND beneficiary_id = $2 AND merge_id = $3 AND NOT settled";
    Home GIVE_DOSES_BACK = "
        INSERT INTO dose (hb, beneficiary_id, dose_number, dose_id, facility_id, appointment_id,
            vaccine, lot, vaccinator, given_on, recorded_at)
        SELECT $1::int, beneficiary_id, dose_number, dose_id, facility_id, appointment_id,
            vaccine, lot, vaccinator, given_on, recorded_at
        FROM merged_dose WHERE hb = $1 AND beneficiary_id = $2";
    Home FORGET = "DELETE FROM merged_beneficiary WHERE hb = $1 AND beneficiary_id = $2";
    Home FORGET_DOSES = "DELETE FROM merged_dose WHERE hb = $1 AND beneficiary_id = $2";
    Scatter STOPPED = "
        SELECT hb, beneficiary_id FROM merged_beneficiary
        WHERE NOT settled AND (leased_at < $1 OR leased_at > $1::bigint + 86400000)
        LIMIT $2";
    Home LEASE = "
        UPDATE merged_beneficiary SET leased_at = $4
        WHERE hb = $1 AND beneficiary_id = $2 AND NOT settled
            AND (leased_at < $3 OR leased_at > $4::bigint + 86400000)
        RETURNING *";
    Home TAKEN_DOSES = "
        SELECT * FROM merged_dose WHERE hb = $1 AND beneficiary_id = $2 ORDER BY dose_number";
}

pub(in crate::postgres) async fn complete(
    db: &Db,
    wanted: &Merge,
) -> StoreResult<Result<(), NotMerged>> {
    Ok(complete_in_steps(Steps::Each(db), wanted).await?)
}

/// The doses come to the record that stays; then the certificates of the one that went are withdrawn.
pub(super) async fn complete_in_steps(
    steps: Steps<'_>,
    wanted: &Merge,
) -> Attempt<Result<(), NotMerged>> {
    let stays = home_of(wanted.stays.beneficiary);
    let decided = step!(steps, Home(stays), home => decide(&home, wanted).await?);
    if decided.is_ok() {
        let goes = home_of(wanted.goes.beneficiary);
        step!(steps, Home(goes), home => {
            settle(&home, &wanted.key(), wanted.farewell.as_ref(), wanted.at).await?;
        });
    }
    Ok(decided)
}

async fn decide(stays: &Home<'_>, wanted: &Merge) -> Attempt<Result<(), NotMerged>> {
    // Whoever comes second waits here for what the first one says.
    stays.rows(&LOCK_DETAILS, &[&number(wanted.stays.beneficiary)]).await?;
    if let Some(done) = outcome(stays, wanted.id).await? {
        return Ok(if done { Ok(()) } else { Err(NotMerged::Changed) });
    }
    if let Some(why) = may_stay(stays, wanted).await? {
        return Ok(Err(why));
    }
    come_in(stays, wanted).await?;
    let (person, at) = (number(wanted.stays.beneficiary), wanted.at.as_millisecond());
    stays.execute(&PUT_OUTCOME, &[&wanted.id, &person, &true, &at]).await?;
    Ok(Ok(()))
}

async fn outcome(stays: &Home<'_>, merge: Uuid) -> Attempt<Option<bool>> {
    Ok(stays.rows(&OUTCOME, &[&merge]).await?.first().map(|row| row.get("done")))
}

pub(in crate::postgres) async fn end(
    db: &Db,
    key: &MergeKey,
    farewell: Option<&Message>,
    at: Timestamp,
) -> StoreResult<()> {
    end_in_steps(Steps::Each(db), key, farewell, at).await?;
    Ok(())
}

/// Gives a merge up, unless the record that stays has said that it is done; then does what it said,
/// and says which.
pub(super) async fn end_in_steps(
    steps: Steps<'_>,
    key: &MergeKey,
    farewell: Option<&Message>,
    at: Timestamp,
) -> Attempt<bool> {
    let person = number(key.stays);
    let done = step!(steps, Home(home_of(key.stays)), home => {
        home.rows(&LOCK_DETAILS, &[&person]).await?;
        home.execute(&GIVE_UP, &[&key.id, &person, &at.as_millisecond()]).await?;
        outcome(&home, key.id).await?.unwrap_or_default()
    });
    step!(steps, Home(home_of(key.goes)), home => if done {
        settle(&home, key, farewell, at).await?;
    } else {
        give_back(&home, key).await?;
    });
    Ok(done)
}

/// The record that stays has the doses: no certificate of the one that went is valid any more.
async fn settle(
    goes: &Home<'_>,
    key: &MergeKey,
    farewell: Option<&Message>,
    at: Timestamp,
) -> Attempt<()> {
    if goes.execute(&SETTLE, &[&number(key.goes), &key.id]).await? == 0 {
        // Somebody else was quicker.
        return Ok(());
    }
    withdraw(goes, key.goes, at).await?;
    if let Some(farewell) = farewell {
        message::put(goes, farewell).await?;
    }
    Ok(())
}

/// Everything is as it was before the record was taken out. Its certificates were never withdrawn.
async fn give_back(goes: &Home<'_>, key: &MergeKey) -> Attempt<()> {
    let id = number(key.goes);
    if goes.execute(&GIVE_BACK, &[&id, &key.id]).await? == 0 {
        // Somebody else was quicker.
        return Ok(());
    }
    goes.execute(&GIVE_DOSES_BACK, &[&id]).await?;
    goes.execute(&FORGET_DOSES, &[&id]).await?;
    goes.execute(&FORGET, &[&id]).await?;
    Ok(())
}

/// Withdraws every certificate of a record, and none is owed any more.
pub(super) async fn withdraw(home: &Home<'_>, person: BeneficiaryId, at: Timestamp) -> Attempt<()> {
    let reason = WithdrawalReason::RecordsMerged.number();
    home.execute(&WITHDRAW_ALL, &[&number(person), &at.as_millisecond(), &reason]).await?;
    owed::forget_all(home, person).await
}

/// Takes what stopped before `stale`, for whoever brings it to an end.
pub(in crate::postgres) async fn unfinished(
    db: &Db,
    stale: Timestamp,
    now: Timestamp,
    limit: u32,
) -> StoreResult<Vec<UnfinishedMerge>> {
    let mut taken = Vec::new();
    for (hb, person) in stopped(db, stale, limit).await? {
        taken.extend(take(db, hb, person, stale, now).await?);
    }
    Ok(taken)
}

async fn stopped(db: &Db, stale: Timestamp, limit: u32) -> Attempt<Vec<(i32, i64)>> {
    let client = db.client().await?;
    let (stale, limit) = (stale.as_millisecond(), i64::from(limit));
    let rows = Link::Pooled(&client).rows(&STOPPED, &[&stale, &limit]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

async fn take(
    db: &Db,
    hb: i32,
    person: i64,
    stale: Timestamp,
    now: Timestamp,
) -> Attempt<Option<UnfinishedMerge>> {
    let steps = Steps::Each(db);
    let (stale, now) = (stale.as_millisecond(), now.as_millisecond());
    let (leased, doses) = step!(steps, Home(hb), home => {
        let leased = home.rows(&LEASE, &[&person, &stale, &now]).await?;
        (leased, home.rows(&TAKEN_DOSES, &[&person]).await?)
    });
    let Some(row) = leased.first() else {
        // Somebody else was quicker.
        return Ok(None);
    };
    let key = key_at(row)?;
    let decided = step!(steps, Home(home_of(key.stays)), home => outcome(&home, key.id).await?);
    Ok(Some(UnfinishedMerge {
        key,
        beneficiary: beneficiary_row(row)?,
        doses: doses.iter().map(dose_at).collect::<StoreResult<_>>()?,
        by: row.get::<_, Option<Uuid>>("merged_by").map(StaffId),
        idempotency: request_at(row)?,
        decided: decided.is_some(),
    }))
}

fn key_at(row: &Row) -> StoreResult<MergeKey> {
    Ok(MergeKey { id: row.get("merge_id"), goes: beneficiary_at(row)?, stays: into_at(row)? })
}

fn request_at(row: &Row) -> StoreResult<Option<Idempotency>> {
    let asked = row.get::<_, Option<&[u8]>>("key_digest").is_some();
    let read = || {
        let (key, request) = (digest_at(row, "key_digest")?, digest_at(row, "request_digest")?);
        Ok(Idempotency { key, request })
    };
    asked.then(read).transpose()
}

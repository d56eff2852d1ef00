//! Corrections after the first dose, in one transaction at home whatever the topology, and the list
//! of withdrawn certificates.

use domain::id::DoseId;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    dose,
    link::{Attempt, Db, Home, Link, Steps, Values, step},
    message, owed, place,
    statement::statements,
    travel,
    value::{bucket, digest_at, instant_at},
    wave::{batch, side_by_side},
};
use crate::{
    StoreResult,
    guard::{Correctable, PastCorrection},
    record::{Correction, Done, NotCorrected, Withdrawal, WithdrawalPlace, WithdrawalReason},
    value::number,
};

statements! {
    /// Makes those who change a person's record follow one another.
    Home LOCK_DETAILS = "
        SELECT account_id, changes FROM beneficiary
        WHERE hb = $1 AND beneficiary_id = $2 FOR UPDATE";
    Home PAST = "
        SELECT correction_id, request_digest, fields FROM correction
        WHERE hb = $1 AND beneficiary_id = $2";
    Home DOSES_IN_ORDER = "
        SELECT dose_id FROM dose WHERE hb = $1 AND beneficiary_id = $2 ORDER BY dose_number";
    Home SET_DETAILS = "
        UPDATE beneficiary SET name = $4, birth_year = $5, gender = $6, changes = changes + 1
        WHERE hb = $1 AND beneficiary_id = $2 AND changes = $3";
    Home WITHDRAW_ALL = "
        UPDATE certificate SET withdrawn_at = $3, withdrawn_because = $4
        WHERE hb = $1 AND beneficiary_id = $2 AND withdrawn_at IS NULL";
    Home KEEP = "
        INSERT INTO correction (hb, beneficiary_id, correction_id, request_digest, fields,
            corrected_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    Scatter WITHDRAWN_AFTER = "
        SELECT certificate_id, withdrawn_at, withdrawn_because, issued_at FROM certificate
        WHERE withdrawn_at IS NOT NULL AND (withdrawn_at, certificate_id) > ($1, $2)
        ORDER BY withdrawn_at, certificate_id LIMIT $3";
}

pub(super) async fn correct(
    db: &Db,
    corrections: &[Correction],
) -> StoreResult<Vec<Result<Done, NotCorrected>>> {
    batch!(db, corrections, |one: &Correction| one.beneficiary, (steps, wave) => {
        side_by_side!(wave, one => correct_one(steps, one))
    })
}

async fn correct_one(steps: Steps<'_>, wanted: &Correction) -> Attempt<Result<Done, NotCorrected>> {
    let hb = bucket(wanted.beneficiary.bucket());
    Ok(step!(steps, Home(hb), home => correct_at_home(&home, wanted).await?))
}

async fn correct_at_home(
    home: &Home<'_>,
    wanted: &Correction,
) -> Attempt<Result<Done, NotCorrected>> {
    let person = number(wanted.beneficiary);
    let locked = home.rows(&LOCK_DETAILS, &[&person]).await?;
    let of_account = |row: &&Row| row.get::<_, Uuid>("account_id") == wanted.account.uuid;
    let Some(row) = locked.first().filter(of_account) else {
        return Ok(Err(NotCorrected::NoSuchBeneficiary));
    };
    if let Some(outcome) = correctable(home, person, row.get("changes")).await?.refusal(wanted) {
        return Ok(outcome);
    }
    let details: Values<'_> =
        &[&person, &wanted.changes, &wanted.name, &wanted.birth_year, &wanted.gender];
    if home.execute(&SET_DETAILS, details).await? != 1 {
        return Ok(Err(NotCorrected::Changed));
    }
    if wanted.fields.birth_year {
        travel::forget(home, person).await?;
    }
    let (at, fields) = (wanted.at.as_millisecond(), wanted.fields.number());
    let reason = WithdrawalReason::DetailsCorrected.number();
    home.execute(&WITHDRAW_ALL, &[&person, &at, &reason]).await?;
    owed::forget_all(home, wanted.beneficiary).await?;
    for one in &wanted.reissues {
        dose::put_certificate(home, &one.certificate).await?;
    }
    let request = wanted.request.as_slice();
    home.execute(&KEEP, &[&person, &wanted.id, &request, &fields, &at]).await?;
    for tally in &wanted.tallies {
        place::add_home_tally(home, tally).await?;
    }
    if let Some(message) = &wanted.message {
        message::put(home, message).await?;
    }
    Ok(Ok(Done::New))
}

async fn correctable(home: &Home<'_>, person: i64, changes: i32) -> Attempt<Correctable> {
    let past = home.rows(&PAST, &[&person]).await?;
    let past = past.iter().map(|row| {
        Ok(PastCorrection {
            id: row.get("correction_id"),
            request: digest_at(row, "request_digest")?,
            fields: row.get("fields"),
        })
    });
    let past = past.collect::<StoreResult<_>>()?;
    let doses = home.rows(&DOSES_IN_ORDER, &[&person]).await?;
    let doses = doses.iter().map(|row| DoseId(row.get("dose_id"))).collect();
    Ok(Correctable { past, doses, changes })
}

pub(super) async fn withdrawals(
    db: &Db,
    after: WithdrawalPlace,
    limit: u32,
) -> Attempt<Vec<Withdrawal>> {
    let client = db.client().await?;
    let values: Values<'_> = &[&after.at.as_millisecond(), &after.certificate, &i64::from(limit)];
    let rows = Link::Pooled(&client).rows(&WITHDRAWN_AFTER, values).await?;
    let read = |row: &Row| Withdrawal {
        certificate: row.get("certificate_id"),
        at: instant_at(row, "withdrawn_at"),
        reason: WithdrawalReason::from_number(row.get("withdrawn_because")),
        issued_at: instant_at(row, "issued_at"),
    };
    Ok(rows.iter().map(read).collect())
}

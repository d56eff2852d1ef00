//! Certificates that are owed: noted, settled and forgotten at home in the transaction of what
//! happens to their dose.

use domain::{
    dose::Dose,
    id::{BeneficiaryId, DoseId},
};
use tokio_postgres::Row;

use super::{
    dose,
    link::{Attempt, Db, Home, Link, Steps, Values, step},
    message,
    statement::statements,
    value::{beneficiary_at, bucket, instant_at, tiny},
    wave::{batch, side_by_side},
};
use crate::{
    StoreResult,
    record::{Done, LateCertificate, NotSettled, OwedCertificate, OwedPlace},
    value::number,
};

statements! {
    Home OWE = "
        INSERT INTO owed_certificate (hb, beneficiary_id, dose_id, owed_since)
        VALUES ($1, $2, $3, $4)";
    Home FORGET = "
        DELETE FROM owed_certificate WHERE hb = $1 AND beneficiary_id = $2 AND dose_id = $3";
    Home FORGET_ALL = "DELETE FROM owed_certificate WHERE hb = $1 AND beneficiary_id = $2";
    Home OWED = "
        SELECT d.dose_number
        FROM owed_certificate AS o
        JOIN dose AS d
            ON d.hb = o.hb AND d.beneficiary_id = o.beneficiary_id AND d.dose_id = o.dose_id
        WHERE o.hb = $1 AND d.hb = $1 AND o.beneficiary_id = $2 AND o.dose_id = $3";
    Home KEPT = "
        SELECT 1 FROM certificate
        WHERE hb = $1 AND certificate_id = $2 AND beneficiary_id = $3";
    Scatter AFTER = "
        SELECT beneficiary_id, dose_id, owed_since FROM owed_certificate
        WHERE (owed_since, dose_id) > ($1, $2)
        ORDER BY owed_since, dose_id LIMIT $3";
    Scatter COUNT = "SELECT count(*) FROM owed_certificate";
}

/// Notes that a dose is owed its certificate.
pub(super) async fn owe(home: &Home<'_>, dose: &Dose) -> Attempt<()> {
    let since = dose.recorded_at.as_millisecond();
    home.execute(&OWE, &[&number(dose.beneficiary), &dose.id.0, &since]).await?;
    Ok(())
}

/// A dose is owed nothing any more.
pub(super) async fn forget(home: &Home<'_>, person: BeneficiaryId, dose: DoseId) -> Attempt<()> {
    home.execute(&FORGET, &[&number(person), &dose.0]).await?;
    Ok(())
}

/// No dose of a person is owed anything any more.
pub(super) async fn forget_all(home: &Home<'_>, person: BeneficiaryId) -> Attempt<()> {
    home.execute(&FORGET_ALL, &[&number(person)]).await?;
    Ok(())
}

pub(super) async fn after(db: &Db, place: OwedPlace, limit: u32) -> Attempt<Vec<OwedCertificate>> {
    let client = db.client().await?;
    let values: Values<'_> = &[&place.since.as_millisecond(), &place.dose, &i64::from(limit)];
    let rows = Link::Pooled(&client).rows(&AFTER, values).await?;
    let read = |row: &Row| {
        Ok(OwedCertificate {
            beneficiary: beneficiary_at(row)?,
            dose: DoseId(row.get("dose_id")),
            since: instant_at(row, "owed_since"),
        })
    };
    Ok(rows.iter().map(read).collect::<StoreResult<_>>()?)
}

pub(super) async fn count(db: &Db) -> Attempt<u64> {
    let client = db.client().await?;
    let rows = Link::Pooled(&client).rows(&COUNT, &[]).await?;
    Ok(rows.first().map_or(0, |row| row.get::<_, i64>(0).unsigned_abs()))
}

pub(super) async fn settle(
    db: &Db,
    certificates: &[LateCertificate],
) -> StoreResult<Vec<Result<Done, NotSettled>>> {
    batch!(db, certificates, |one: &LateCertificate| one.certificate.beneficiary, (steps, wave) => {
        side_by_side!(wave, one => settle_one(steps, one))
    })
}

async fn settle_one(steps: Steps<'_>, late: &LateCertificate) -> Attempt<Result<Done, NotSettled>> {
    let hb = bucket(late.certificate.beneficiary.bucket());
    Ok(step!(steps, Home(hb), home => settle_at_home(&home, late).await?))
}

async fn settle_at_home(
    home: &Home<'_>,
    late: &LateCertificate,
) -> Attempt<Result<Done, NotSettled>> {
    let certificate = &late.certificate;
    let person = certificate.beneficiary;
    let changes = dose::lock_person(home, person).await?;
    let owed = home.rows(&OWED, &[&number(person), &late.dose.0]).await?;
    let Some(row) = owed.first() else {
        let kept = home.rows(&KEPT, &[&certificate.id, &number(person)]).await?;
        return Ok(if kept.is_empty() { Err(NotSettled::NotOwed) } else { Ok(Done::Again) });
    };
    let of = tiny(row.get("dose_number"));
    if of != certificate.dose_number || changes != Some(late.changes) {
        return Ok(Err(NotSettled::DetailsChanged));
    }
    forget(home, person, late.dose).await?;
    dose::put_certificate(home, certificate).await?;
    if let Some(message) = &late.message {
        message::put(home, message).await?;
    }
    Ok(Ok(Done::New))
}

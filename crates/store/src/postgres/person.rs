//! Accounts and their people, as they are read.

use domain::{
    dose::Dose,
    id::{AccountId, AppointmentId, BeneficiaryId, DoseId, FacilityId, StaffId},
};
use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    link::{Attempt, Db, Home, Link, Values, transaction},
    statement::statements,
    travel,
    value::{beneficiary_at, bucket, claim_at, digest_at, instant_at, tiny},
    wave::side_by_side,
};
use crate::{
    StoreError, StoreResult,
    record::{AccountRow, BeneficiaryRow, ListNo, PersonRecord, SealedDetails},
    value::{date, instant, number},
};

statements! {
    Home MARK_VERIFIED = "
        UPDATE beneficiary
        SET verified_at = coalesce(verified_at, $4), verified_by = coalesce(verified_by, $3)
        WHERE hb = $1 AND beneficiary_id = $2";
    Home ACCOUNT = "SELECT * FROM account WHERE hb = $1 AND account_id = $2";
    Home PEOPLE = "
        SELECT * FROM beneficiary WHERE hb = $1 AND account_id = $2
        ORDER BY place, beneficiary_id";
    Home PERSON = "SELECT * FROM beneficiary WHERE hb = $1 AND beneficiary_id = $2";
    Home CLAIMS = "
        SELECT * FROM dose_claim WHERE hb = $1 AND beneficiary_id = ANY($2)
        ORDER BY beneficiary_id, dose_number";
    Home DOSES = "
        SELECT * FROM dose WHERE hb = $1 AND beneficiary_id = ANY($2)
        ORDER BY beneficiary_id, dose_number";
}

pub(super) async fn mark_verified(
    db: &Db,
    person: BeneficiaryId,
    by: StaffId,
    at: Timestamp,
) -> StoreResult<bool> {
    let at = at.as_millisecond();
    transaction!(db, tx => {
        let home = Home::within(Link::Within(&tx), bucket(person.bucket()));
        home.execute(&MARK_VERIFIED, &[&number(person), &by.0, &at]).await? == 1
    })
}

pub(super) async fn account(db: &Db, account: AccountId) -> Attempt<Option<AccountRow>> {
    let client = db.client().await?;
    let home = Home::within(Link::Pooled(&client), bucket(account.bucket));
    let rows = home.rows(&ACCOUNT, &[&account.uuid]).await?;
    let read = |row: &Row| {
        Ok::<_, StoreError>(AccountRow {
            id: account,
            mobile_index: digest_at(row, "mobile_index")?,
            wrapped_key: row.get("wrapped_key"),
            mobile: row.get("mobile"),
            opened_at: instant_at(row, "opened_at"),
        })
    };
    Ok(rows.first().map(read).transpose()?)
}

pub(super) async fn people_of(db: &Db, accounts: &[AccountId]) -> Attempt<Vec<Vec<PersonRecord>>> {
    let client = db.client().await?;
    let people = async |account: &AccountId| {
        let home = Home::within(Link::Pooled(&client), bucket(account.bucket));
        let rows = home.rows(&PEOPLE, &[&account.uuid]).await?;
        with_history(&home, &rows).await
    };
    Ok(side_by_side!(accounts, account => people(account)))
}

pub(super) async fn persons(db: &Db, ids: &[BeneficiaryId]) -> Attempt<Vec<Option<PersonRecord>>> {
    let client = db.client().await?;
    let person = async |id: &BeneficiaryId| {
        let home = Home::within(Link::Pooled(&client), bucket(id.bucket()));
        let rows = home.rows(&PERSON, &[&number(*id)]).await?;
        Attempt::Ok(with_history(&home, &rows).await?.pop())
    };
    Ok(side_by_side!(ids, id => person(id)))
}

async fn with_history(home: &Home<'_>, people: &[Row]) -> Attempt<Vec<PersonRecord>> {
    let ids: Vec<i64> = people.iter().map(|row| row.get("beneficiary_id")).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let values: Values<'_> = &[&ids];
    let (claims, doses) =
        futures_util::future::try_join(home.rows(&CLAIMS, values), home.rows(&DOSES, values))
            .await?;
    let claims = claims.iter().map(claim_at).collect::<StoreResult<Vec<_>>>()?;
    let doses = doses.iter().map(dose_at).collect::<StoreResult<Vec<_>>>()?;
    let mut records = Vec::with_capacity(people.len());
    for row in people {
        let beneficiary = beneficiary_row(row)?;
        let id = beneficiary.id;
        records.push(PersonRecord {
            beneficiary,
            claims: claims.iter().filter(|claim| claim.beneficiary == id).cloned().collect(),
            doses: doses.iter().filter(|dose| dose.beneficiary == id).cloned().collect(),
        });
    }
    Ok(records)
}

/// Reads a beneficiary.
pub(super) fn beneficiary_row(row: &Row) -> StoreResult<BeneficiaryRow> {
    Ok(BeneficiaryRow {
        id: beneficiary_at(row)?,
        account: row.get("account_id"),
        wrapped_key: row.get("wrapped_key"),
        details: SealedDetails {
            name: row.get("name"),
            birth_year: row.get("birth_year"),
            gender: row.get("gender"),
            document: row.get("document"),
            comorbidity: row.get("comorbidity"),
            document_index: digest_at(row, "document_index")?,
        },
        travel: travel::read(row),
        registered_at: instant_at(row, "registered_at"),
        verified_at: row.get::<_, Option<i64>>("verified_at").map(instant),
        changes: row.get("changes"),
        list: row.get::<_, Option<i32>>("list_no").map(ListNo),
    })
}

/// Reads a dose.
pub(super) fn dose_at(row: &Row) -> StoreResult<Dose> {
    Ok(Dose {
        id: DoseId(row.get("dose_id")),
        beneficiary: beneficiary_at(row)?,
        number: tiny(row.get("dose_number")),
        facility: FacilityId(row.get("facility_id")),
        appointment: row.get::<_, Option<Uuid>>("appointment_id").map(AppointmentId),
        vaccine: row.get("vaccine"),
        lot: row.get("lot"),
        vaccinator: row.get("vaccinator"),
        given_on: date(row.get("given_on")),
        recorded_at: instant_at(row, "recorded_at"),
    })
}

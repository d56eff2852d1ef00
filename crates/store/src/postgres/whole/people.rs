//! People of many accounts, and many people, in one question each.

use std::collections::HashMap;

use domain::id::{AccountId, BeneficiaryId};
use tokio_postgres::Row;
use uuid::Uuid;

use super::column;
use crate::{
    StoreResult,
    postgres::{
        link::{Attempt, Db, Link, Values},
        person::{beneficiary_row, dose_at},
        statement::statements,
        value::{bucket, claim_at},
    },
    record::{BeneficiaryRow, PersonRecord},
    value::number,
};

statements! {
    Whole OF_ACCOUNTS = "
        SELECT b.* FROM unnest($1::int[], $2::uuid[]) AS asked (hb, account_id)
        CROSS JOIN LATERAL (
            SELECT * FROM beneficiary AS b
            WHERE b.hb = asked.hb AND b.account_id = asked.account_id
        ) AS b
        ORDER BY b.place, b.beneficiary_id";
    Whole PERSONS = "
        SELECT b.* FROM unnest($1::int[], $2::bigint[]) AS asked (hb, beneficiary_id)
        CROSS JOIN LATERAL (
            SELECT * FROM beneficiary AS b
            WHERE b.hb = asked.hb AND b.beneficiary_id = asked.beneficiary_id
        ) AS b";
    Whole CLAIMS = "
        SELECT c.* FROM unnest($1::int[], $2::bigint[]) AS asked (hb, beneficiary_id)
        CROSS JOIN LATERAL (
            SELECT * FROM dose_claim AS c
            WHERE c.hb = asked.hb AND c.beneficiary_id = asked.beneficiary_id
        ) AS c
        ORDER BY c.dose_number";
    Whole DOSES = "
        SELECT d.* FROM unnest($1::int[], $2::bigint[]) AS asked (hb, beneficiary_id)
        CROSS JOIN LATERAL (
            SELECT * FROM dose AS d
            WHERE d.hb = asked.hb AND d.beneficiary_id = asked.beneficiary_id
        ) AS d
        ORDER BY d.dose_number";
}

pub(in crate::postgres) async fn people_of(
    db: &Db,
    accounts: &[AccountId],
) -> Attempt<Vec<Vec<PersonRecord>>> {
    let client = db.client().await?;
    let link = Link::Pooled(&client);
    let mut distinct = accounts.to_vec();
    distinct.sort_unstable_by_key(|account| account.uuid);
    distinct.dedup();
    let values: Values<'_> = &[
        &column(&distinct, |account| bucket(account.bucket)),
        &column(&distinct, |account| account.uuid),
    ];
    let rows = link.rows(&OF_ACCOUNTS, values).await?;
    let mut of_account: HashMap<Uuid, Vec<PersonRecord>> = HashMap::new();
    for record in with_history(&link, &rows).await? {
        of_account.entry(record.beneficiary.account).or_default().push(record);
    }
    let people = |account: &AccountId| of_account.get(&account.uuid).cloned().unwrap_or_default();
    Ok(accounts.iter().map(people).collect())
}

pub(in crate::postgres) async fn persons(
    db: &Db,
    ids: &[BeneficiaryId],
) -> Attempt<Vec<Option<PersonRecord>>> {
    let client = db.client().await?;
    let link = Link::Pooled(&client);
    let mut distinct = ids.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let rows = link.rows(&PERSONS, &keys(&distinct).values()).await?;
    let records = with_history(&link, &rows).await?.into_iter();
    let of_id: HashMap<_, _> = records.map(|record| (record.beneficiary.id, record)).collect();
    Ok(ids.iter().map(|id| of_id.get(id).cloned()).collect())
}

/// Bucket and number of each, as columns.
struct Keys(Vec<i32>, Vec<i64>);

fn keys(ids: &[BeneficiaryId]) -> Keys {
    Keys(column(ids, |id| bucket(id.bucket())), column(ids, |id| number(*id)))
}

impl Keys {
    fn values(&self) -> [&(dyn tokio_postgres::types::ToSql + Sync); 2] {
        [&self.0, &self.1]
    }
}

async fn with_history(link: &Link<'_>, people: &[Row]) -> Attempt<Vec<PersonRecord>> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let people: Vec<BeneficiaryRow> =
        people.iter().map(beneficiary_row).collect::<StoreResult<_>>()?;
    let ids = column(&people, |person| person.id);
    let keys = keys(&ids);
    let values = keys.values();
    let (claims, doses) =
        futures_util::future::try_join(link.rows(&CLAIMS, &values), link.rows(&DOSES, &values))
            .await?;
    let mut claims_of: HashMap<BeneficiaryId, Vec<_>> = HashMap::new();
    for claim in &claims {
        let claim = claim_at(claim)?;
        claims_of.entry(claim.beneficiary).or_default().push(claim);
    }
    let mut doses_of: HashMap<BeneficiaryId, Vec<_>> = HashMap::new();
    for dose in &doses {
        let dose = dose_at(dose)?;
        doses_of.entry(dose.beneficiary).or_default().push(dose);
    }
    let record = |beneficiary: BeneficiaryRow| PersonRecord {
        claims: claims_of.remove(&beneficiary.id).unwrap_or_default(),
        doses: doses_of.remove(&beneficiary.id).unwrap_or_default(),
        beneficiary,
    };
    Ok(people.into_iter().map(record).collect())
}

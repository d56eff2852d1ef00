//! Wrapped keys, as they are wrapped anew: read shard by shard, replaced at home.

use async_trait::async_trait;
use domain::id::{AccountId, HomeBucket, StaffId};
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    Postgres, enrolment,
    link::{Attempt, Db, Home, Link, Steps, Values, step},
    reported,
    statement::{Statement, statements},
    value::{beneficiary_at, bucket, bucket_of, digest_at},
    wave::{batch, side_by_side},
};
use crate::{
    KeyStore, StoreError, StoreResult,
    record::{KeyChange, KeyOwner, KeyRow, KeyTable},
    value::number,
};

statements! {
    Scatter ACCOUNTS = "
        SELECT hb, account_id, wrapped_key FROM account
        WHERE (hb, account_id) > ($1, $2) ORDER BY hb, account_id LIMIT $3";
    Scatter BENEFICIARIES = "
        SELECT hb, beneficiary_id, wrapped_key FROM beneficiary
        WHERE (hb, beneficiary_id) > ($1, $2) ORDER BY hb, beneficiary_id LIMIT $3";
    Scatter MERGED = "
        SELECT hb, beneficiary_id, wrapped_key FROM merged_beneficiary
        WHERE (hb, beneficiary_id) > ($1, $2) ORDER BY hb, beneficiary_id LIMIT $3";
    Scatter STAFF = "
        SELECT hb, mobile_index, staff_id, wrapped_key FROM staff
        WHERE (hb, mobile_index) > ($1, $2) ORDER BY hb, mobile_index LIMIT $3";
    Scatter REPORTS = "
        SELECT hb, report_id, wrapped_key FROM report
        WHERE (hb, report_id) > ($1, $2) ORDER BY hb, report_id LIMIT $3";
    Home REPLACE_ACCOUNT = "
        UPDATE account SET wrapped_key = $4
        WHERE hb = $1 AND account_id = $2 AND wrapped_key = $3";
    Home REPLACE_BENEFICIARY = "
        UPDATE beneficiary SET wrapped_key = $4
        WHERE hb = $1 AND beneficiary_id = $2 AND wrapped_key = $3";
    Home REPLACE_MERGED = "
        UPDATE merged_beneficiary SET wrapped_key = $4
        WHERE hb = $1 AND beneficiary_id = $2 AND wrapped_key = $3";
    Home REPLACE_STAFF = "
        UPDATE staff SET wrapped_key = $4
        WHERE hb = $1 AND mobile_index = $2 AND wrapped_key = $3";
    Home REPLACE_REPORT = "
        UPDATE report SET wrapped_key = $4
        WHERE hb = $1 AND report_id = $2 AND wrapped_key = $3";
    Scatter KEYLESS = "
        SELECT beneficiary_id, document_index FROM beneficiary WHERE wrapped_key = ''
        UNION ALL
        SELECT beneficiary_id, document_index FROM merged_beneficiary WHERE wrapped_key = ''";
    Scatter FORGET_ACCOUNTS = "DELETE FROM account WHERE wrapped_key = ''";
    Scatter FORGET_PEOPLE = "DELETE FROM beneficiary WHERE wrapped_key = ''";
    Scatter FORGET_MERGED = "DELETE FROM merged_beneficiary WHERE wrapped_key = ''";
    Scatter FORGET_STAFF = "DELETE FROM staff WHERE wrapped_key = ''";
    Scatter FORGET_REPORTS = "DELETE FROM report WHERE wrapped_key = ''";
    Scatter COUNT_KEYS = "
        SELECT (SELECT count(*) FROM account) + (SELECT count(*) FROM beneficiary)
            + (SELECT count(*) FROM merged_beneficiary) + (SELECT count(*) FROM staff)
            + (SELECT count(*) FROM report)";
}

#[async_trait]
impl KeyStore for Postgres {
    async fn wrapped_keys(
        &self,
        table: KeyTable,
        after: Option<&KeyRow>,
        limit: u32,
    ) -> StoreResult<Vec<KeyRow>> {
        Ok(behind(&self.db, table, after, limit).await?)
    }

    async fn replace_keys(&self, changes: &[KeyChange]) -> StoreResult<Vec<bool>> {
        batch!(&self.db, changes, |one: &KeyChange| one.from.owner.person(), (steps, wave) => {
            side_by_side!(wave, one => replace(steps, one))
        })
    }

    async fn forget_keyless(&self) -> StoreResult<u64> {
        Ok(forget(&self.db).await?)
    }

    async fn key_count(&self) -> StoreResult<u64> {
        Ok(count(&self.db).await?)
    }
}

async fn behind(
    db: &Db,
    table: KeyTable,
    after: Option<&KeyRow>,
    limit: u32,
) -> Attempt<Vec<KeyRow>> {
    let client = db.client().await?;
    let link = Link::Pooled(&client);
    let (hb, limit) = (after.map_or(-1, |row| home(&row.owner)), i64::from(limit));
    let rows = match table {
        KeyTable::Accounts | KeyTable::Reports => {
            let id = after.map_or(Uuid::nil(), |row| Uuid::from_bytes(row.owner.person()));
            let statement = if table == KeyTable::Reports { &REPORTS } else { &ACCOUNTS };
            link.rows(statement, &[&hb, &id, &limit]).await?
        }
        KeyTable::Beneficiaries | KeyTable::Merged => {
            let id = after.map_or(0, |row| match row.owner {
                KeyOwner::Beneficiary(id) | KeyOwner::Merged(id) => number(id),
                _ => 0,
            });
            let statement = if table == KeyTable::Merged { &MERGED } else { &BENEFICIARIES };
            link.rows(statement, &[&hb, &id, &limit]).await?
        }
        KeyTable::Staff => {
            let index = after.map_or(&[][..], |row| match &row.owner {
                KeyOwner::Staff { mobile_index, .. } => mobile_index.as_slice(),
                _ => &[],
            });
            link.rows(&STAFF, &[&hb, &index, &limit]).await?
        }
    };
    Ok(rows.iter().map(|row| read(row, table)).collect::<StoreResult<_>>()?)
}

fn read(row: &Row, table: KeyTable) -> StoreResult<KeyRow> {
    let owner = match table {
        KeyTable::Accounts => {
            let bucket = u16::try_from(row.get::<_, i32>("hb"));
            let bucket = bucket.map_err(|_| StoreError::broken("a column holds no bucket"))?;
            let bucket = HomeBucket(bucket);
            KeyOwner::Account(AccountId { bucket, uuid: row.get("account_id") })
        }
        KeyTable::Beneficiaries => KeyOwner::Beneficiary(beneficiary_at(row)?),
        KeyTable::Merged => KeyOwner::Merged(beneficiary_at(row)?),
        KeyTable::Staff => KeyOwner::Staff {
            mobile_index: digest_at(row, "mobile_index")?,
            id: StaffId(row.get("staff_id")),
        },
        KeyTable::Reports => KeyOwner::Report(row.get("report_id")),
    };
    Ok(KeyRow { owner, wrapped: row.get("wrapped_key"), place: 0 })
}

fn home(owner: &KeyOwner) -> i32 {
    match owner {
        KeyOwner::Account(account) => bucket(account.bucket),
        KeyOwner::Beneficiary(id) | KeyOwner::Merged(id) => bucket(id.bucket()),
        KeyOwner::Staff { mobile_index, .. } => bucket_of(mobile_index),
        KeyOwner::Report(id) => reported::home_of(id),
    }
}

async fn replace(steps: Steps<'_>, change: &KeyChange) -> Attempt<bool> {
    let (owner, from, to) = (&change.from.owner, &change.from.wrapped, &change.to);
    Ok(step!(steps, Home(home(owner)), home => {
        match owner {
            KeyOwner::Account(account) => {
                one(&home, &REPLACE_ACCOUNT, &[&account.uuid, from, to]).await?
            }
            KeyOwner::Beneficiary(id) => {
                one(&home, &REPLACE_BENEFICIARY, &[&number(*id), from, to]).await?
            }
            KeyOwner::Merged(id) => {
                one(&home, &REPLACE_MERGED, &[&number(*id), from, to]).await?
            }
            KeyOwner::Staff { mobile_index, .. } => {
                one(&home, &REPLACE_STAFF, &[&mobile_index.as_slice(), from, to]).await?
            }
            KeyOwner::Report(id) => one(&home, &REPLACE_REPORT, &[id, from, to]).await?,
        }
    }))
}

async fn one(home: &Home<'_>, statement: &Statement, values: Values<'_>) -> Attempt<bool> {
    Ok(home.execute(statement, values).await? == 1)
}

async fn forget(db: &Db) -> Attempt<u64> {
    let client = db.client().await?;
    let link = Link::Pooled(&client);
    for row in link.rows(&KEYLESS, &[]).await? {
        let (id, document) = (beneficiary_at(&row)?, digest_at(&row, "document_index")?);
        enrolment::release(Steps::Each(db), &document, id).await?;
    }
    let mut gone = 0;
    let all = [&FORGET_ACCOUNTS, &FORGET_PEOPLE, &FORGET_MERGED, &FORGET_STAFF, &FORGET_REPORTS];
    for statement in all {
        gone += link.execute(statement, &[]).await?;
    }
    Ok(gone)
}

async fn count(db: &Db) -> Attempt<u64> {
    let client = db.client().await?;
    let rows = Link::Pooled(&client).rows(&COUNT_KEYS, &[]).await?;
    Ok(rows.first().map_or(0, |row| row.get::<_, i64>(0).unsigned_abs()))
}

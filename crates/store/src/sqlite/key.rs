//! Wrapped keys, as they are wrapped anew.

use async_trait::async_trait;
use domain::id::{AccountId, HomeBucket, StaffId};
use rusqlite::{Connection, Row};

use super::{
    Sqlite,
    each::each,
    value::{beneficiary_at, uuid_at},
};
use crate::{
    KeyStore, StoreResult,
    record::{KeyChange, KeyOwner, KeyRow, KeyTable},
    value::number,
};

#[async_trait]
impl KeyStore for Sqlite {
    async fn wrapped_keys(
        &self,
        table: KeyTable,
        after: Option<&KeyRow>,
        limit: u32,
    ) -> StoreResult<Vec<KeyRow>> {
        let after = after.map_or(0, |row| row.place);
        self.read(|c| behind(c, table, after, limit))
    }

    async fn replace_keys(&self, changes: &[KeyChange]) -> StoreResult<Vec<bool>> {
        let changes = changes.to_vec();
        self.write(move |c| each(&changes, |one| replace(c, one))).await
    }

    async fn forget_keyless(&self) -> StoreResult<u64> {
        const FORGET: [&str; 5] = [
            "DELETE FROM account WHERE wrapped_key = x''",
            "DELETE FROM beneficiary WHERE wrapped_key = x''",
            "DELETE FROM merged_beneficiary WHERE wrapped_key = x''",
            "DELETE FROM staff WHERE wrapped_key = x''",
            "DELETE FROM report WHERE wrapped_key = x''",
        ];
        self.write(move |c| {
            let mut gone = 0;
            for statement in FORGET {
                gone += c.execute(statement, [])? as u64;
            }
            Ok(gone)
        })
        .await
    }

    async fn key_count(&self) -> StoreResult<u64> {
        const COUNT: &str = "
            SELECT (SELECT count(*) FROM account) + (SELECT count(*) FROM beneficiary)
                + (SELECT count(*) FROM merged_beneficiary) + (SELECT count(*) FROM staff)
                + (SELECT count(*) FROM report)";
        self.read(|c| c.query_row(COUNT, [], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs))
    }
}

fn behind(
    connection: &Connection,
    table: KeyTable,
    after: i64,
    limit: u32,
) -> rusqlite::Result<Vec<KeyRow>> {
    const ACCOUNTS: &str = "
        SELECT rowid AS place, wrapped_key, account_id, mobile_index FROM account
        WHERE rowid > ?1 ORDER BY rowid LIMIT ?2";
    const BENEFICIARIES: &str = "
        SELECT rowid AS place, wrapped_key, beneficiary_id FROM beneficiary
        WHERE rowid > ?1 ORDER BY rowid LIMIT ?2";
    const MERGED: &str = "
        SELECT rowid AS place, wrapped_key, beneficiary_id FROM merged_beneficiary
        WHERE rowid > ?1 ORDER BY rowid LIMIT ?2";
    const STAFF: &str = "
        SELECT rowid AS place, wrapped_key, staff_id, mobile_index FROM staff
        WHERE rowid > ?1 ORDER BY rowid LIMIT ?2";
    const REPORTS: &str = "
        SELECT rowid AS place, wrapped_key, report_id FROM report
        WHERE rowid > ?1 ORDER BY rowid LIMIT ?2";
    let statement = match table {
        KeyTable::Accounts => ACCOUNTS,
        KeyTable::Beneficiaries => BENEFICIARIES,
        KeyTable::Merged => MERGED,
        KeyTable::Staff => STAFF,
        KeyTable::Reports => REPORTS,
    };
    let read = |row: &Row<'_>| {
        let owner = match table {
            KeyTable::Accounts => KeyOwner::Account(account_at(row)?),
            KeyTable::Beneficiaries => {
                KeyOwner::Beneficiary(beneficiary_at(row, "beneficiary_id")?)
            }
            KeyTable::Merged => KeyOwner::Merged(beneficiary_at(row, "beneficiary_id")?),
            KeyTable::Staff => KeyOwner::Staff {
                mobile_index: row.get("mobile_index")?,
                id: StaffId(uuid_at(row, "staff_id")?),
            },
            KeyTable::Reports => KeyOwner::Report(uuid_at(row, "report_id")?),
        };
        Ok(KeyRow { owner, wrapped: row.get("wrapped_key")?, place: row.get("place")? })
    };
    connection.prepare_cached(statement)?.query_map((after, limit), read)?.collect()
}

/// An account, whose home the index of its mobile begins with.
fn account_at(row: &Row<'_>) -> rusqlite::Result<AccountId> {
    let index: [u8; 32] = row.get("mobile_index")?;
    let bucket = HomeBucket(u16::from_be_bytes([index[0], index[1]]));
    Ok(AccountId { bucket, uuid: uuid_at(row, "account_id")? })
}

fn replace(connection: &Connection, change: &KeyChange) -> rusqlite::Result<bool> {
    const ACCOUNT: &str = "
        UPDATE account SET wrapped_key = ?3 WHERE account_id = ?1 AND wrapped_key = ?2";
    const BENEFICIARY: &str = "
        UPDATE beneficiary SET wrapped_key = ?3 WHERE beneficiary_id = ?1 AND wrapped_key = ?2";
    const MERGED: &str = "
        UPDATE merged_beneficiary SET wrapped_key = ?3
        WHERE beneficiary_id = ?1 AND wrapped_key = ?2";
    const STAFF: &str = "
        UPDATE staff SET wrapped_key = ?3 WHERE mobile_index = ?1 AND wrapped_key = ?2";
    const REPORT: &str = "
        UPDATE report SET wrapped_key = ?3 WHERE report_id = ?1 AND wrapped_key = ?2";
    let (from, to) = (&change.from.wrapped, &change.to);
    let rows = match &change.from.owner {
        KeyOwner::Account(account) => {
            let id = account.uuid.as_bytes();
            connection.prepare_cached(ACCOUNT)?.execute((id, from, to))?
        }
        KeyOwner::Beneficiary(id) => {
            connection.prepare_cached(BENEFICIARY)?.execute((number(*id), from, to))?
        }
        KeyOwner::Merged(id) => {
            connection.prepare_cached(MERGED)?.execute((number(*id), from, to))?
        }
        KeyOwner::Staff { mobile_index, .. } => {
            connection.prepare_cached(STAFF)?.execute((mobile_index, from, to))?
        }
        KeyOwner::Report(id) => {
            connection.prepare_cached(REPORT)?.execute((id.as_bytes(), from, to))?
        }
    };
    Ok(rows == 1)
}

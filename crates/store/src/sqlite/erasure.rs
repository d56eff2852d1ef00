//! People who ask to be erased, and those who were.

use async_trait::async_trait;
use domain::id::{AccountId, BeneficiaryId};
use jiff::{Timestamp, civil::Date};
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::{
    Sqlite,
    merge::has_appointment,
    person::belongs,
    retention::is_held,
    value::{account_at, beneficiary_at, instant_at},
};
use crate::{
    ErasureStore, StoreResult,
    record::{ErasureRow, NotErasable},
    value::{instant, number},
};

#[async_trait]
impl ErasureStore for Sqlite {
    async fn ask_erasure(
        &self,
        asked: &ErasureRow,
        today: Date,
    ) -> StoreResult<Result<ErasureRow, NotErasable>> {
        let asked = asked.clone();
        self.write(move |c| ask(c, &asked, today)).await
    }

    async fn withdraw_erasure(
        &self,
        account: AccountId,
        beneficiary: BeneficiaryId,
    ) -> StoreResult<bool> {
        const WITHDRAW: &str = "
            DELETE FROM erasure
            WHERE beneficiary_id = ?1 AND account_id = ?2 AND erased_at IS NULL";
        self.write(move |c| {
            let values = (number(beneficiary), account.uuid.as_bytes());
            Ok(c.prepare_cached(WITHDRAW)?.execute(values)? == 1)
        })
        .await
    }

    async fn erasures_of(&self, account: AccountId) -> StoreResult<Vec<ErasureRow>> {
        const OF: &str = "
            SELECT * FROM erasure WHERE account_id = ?1 ORDER BY asked_at, beneficiary_id";
        self.read(|c| c.prepare_cached(OF)?.query_map([account.uuid.as_bytes()], row_at)?.collect())
    }

    async fn gone(&self, ids: &[BeneficiaryId]) -> StoreResult<Vec<Option<Timestamp>>> {
        const GONE: &str = "
            SELECT erased_at AS at FROM erasure
            WHERE beneficiary_id = ?1 AND erased_at IS NOT NULL
            UNION ALL SELECT merged_at FROM merged_beneficiary WHERE beneficiary_id = ?1
            ORDER BY 1 LIMIT 1";
        self.read(|c| {
            let mut gone = c.prepare_cached(GONE)?;
            let one = |id: &BeneficiaryId| {
                gone.query_row([number(*id)], |row| instant_at(row, "at")).optional()
            };
            ids.iter().map(one).collect()
        })
    }

    async fn due_erasures(
        &self,
        now: Timestamp,
        after: Option<&ErasureRow>,
        limit: u32,
    ) -> StoreResult<Vec<ErasureRow>> {
        const DUE: &str = "
            SELECT * FROM erasure
            WHERE due_at <= ?1 AND erased_at IS NULL AND (due_at, beneficiary_id) > (?2, ?3)
            ORDER BY due_at, beneficiary_id LIMIT ?4";
        let (at, id) = after
            .map_or((i64::MIN, 0), |row| (row.due_at.as_millisecond(), number(row.beneficiary)));
        self.read(|c| {
            let values = (now.as_millisecond(), at, id, limit);
            c.prepare_cached(DUE)?.query_map(values, row_at)?.collect()
        })
    }

    async fn erase(
        &self,
        due: &ErasureRow,
        at: Timestamp,
        today: Date,
    ) -> StoreResult<Result<(), NotErasable>> {
        let due = due.clone();
        self.write(move |c| erase(c, &due, at, today)).await
    }
}

fn row_at(row: &Row<'_>) -> rusqlite::Result<ErasureRow> {
    Ok(ErasureRow {
        account: account_at(row)?,
        beneficiary: beneficiary_at(row, "beneficiary_id")?,
        asked_at: instant_at(row, "asked_at")?,
        due_at: instant_at(row, "due_at")?,
        erased_at: row.get::<_, Option<i64>>("erased_at")?.map(instant),
    })
}

fn ask(
    connection: &Connection,
    asked: &ErasureRow,
    today: Date,
) -> rusqlite::Result<Result<ErasureRow, NotErasable>> {
    const ASK: &str = "
        INSERT INTO erasure (beneficiary_id, account_id, asked_at, due_at, erased_at)
        VALUES (:id, :account, :asked_at, :due_at, NULL)
        ON CONFLICT DO NOTHING";
    const KEPT: &str = "SELECT * FROM erasure WHERE beneficiary_id = ?1";
    // What is held can be asked for: it is done once the hold is lifted.
    match may(connection, asked, today)? {
        Ok(()) | Err(NotErasable::Held) => {}
        Err(why) => return Ok(Err(why)),
    }
    connection.prepare_cached(ASK)?.execute(named_params! {
        ":id": number(asked.beneficiary),
        ":account": asked.account.uuid.as_bytes(),
        ":asked_at": asked.asked_at.as_millisecond(),
        ":due_at": asked.due_at.as_millisecond(),
    })?;
    let kept = connection.prepare_cached(KEPT)?.query_row([number(asked.beneficiary)], row_at)?;
    Ok(Ok(kept))
}

/// Whether nothing stands in the way.
fn may(
    connection: &Connection,
    one: &ErasureRow,
    today: Date,
) -> rusqlite::Result<Result<(), NotErasable>> {
    const OWED: &str = "SELECT 1 FROM owed_certificate WHERE beneficiary_id = ?1";
    let id = number(one.beneficiary);
    if !belongs(connection, one.account, one.beneficiary)? {
        return Ok(Err(NotErasable::NoSuchBeneficiary));
    }
    if has_appointment(connection, one.beneficiary, today)? {
        return Ok(Err(NotErasable::Booked));
    }
    if connection.prepare_cached(OWED)?.exists([id])? {
        return Ok(Err(NotErasable::Owed));
    }
    Ok(if is_held(connection, one.beneficiary)? { Err(NotErasable::Held) } else { Ok(()) })
}

fn erase(
    connection: &Connection,
    due: &ErasureRow,
    at: Timestamp,
    today: Date,
) -> rusqlite::Result<Result<(), NotErasable>> {
    const DUE: &str = "
        SELECT 1 FROM erasure
        WHERE beneficiary_id = ?1 AND account_id = ?2 AND erased_at IS NULL";
    const MARK: &str = "UPDATE erasure SET erased_at = ?2 WHERE beneficiary_id = ?1";
    const REMOVE: &str = "DELETE FROM beneficiary WHERE beneficiary_id = ?1";
    const REMOVE_MERGED: &str = "DELETE FROM merged_beneficiary WHERE merged_into = ?1";
    const REMOVE_ACCOUNT: &str = "
        DELETE FROM account WHERE account_id = ?1
            AND NOT EXISTS (SELECT 1 FROM beneficiary WHERE account_id = ?1)";
    const REMOVE_APP: &str = "
        DELETE FROM totp WHERE holder_id = ?1
            AND NOT EXISTS (SELECT 1 FROM account WHERE account_id = ?1)";
    let (id, account) = (number(due.beneficiary), due.account.uuid.as_bytes());
    let asked = connection.prepare_cached(DUE)?.exists((id, account))?;
    if !asked {
        return Ok(Err(NotErasable::NoSuchBeneficiary));
    }
    if let Err(why @ (NotErasable::Booked | NotErasable::Owed | NotErasable::Held)) =
        may(connection, due, today)?
    {
        return Ok(Err(why));
    }
    // What was in the rows is written over in the file, not only let go.
    connection.pragma_update(None, "secure_delete", true)?;
    connection.prepare_cached(REMOVE_MERGED)?.execute([id])?;
    connection.prepare_cached(REMOVE)?.execute([id])?;
    connection.prepare_cached(REMOVE_ACCOUNT)?.execute([account])?;
    connection.prepare_cached(REMOVE_APP)?.execute([account])?;
    connection.prepare_cached(MARK)?.execute((id, at.as_millisecond()))?;
    connection.pragma_update(None, "secure_delete", false)?;
    Ok(Ok(()))
}

//! People who ask to be erased, and those who were. Each step is at one home, and may be done again.

use async_trait::async_trait;
use domain::id::{AccountId, BeneficiaryId};
use jiff::{Timestamp, civil::Date};
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    Postgres,
    enrolment::{self, LOCK_PERSON},
    link::{Attempt, Db, Home, Link, Steps, Topology, step, transaction},
    merge::has_appointment,
    retention::is_held,
    statement::statements,
    value::{account_at, beneficiary_at, bucket, digest_at, instant_at},
    wave::side_by_side,
};
use crate::{
    ErasureStore, StoreResult,
    record::{ErasureRow, NotErasable},
    value::{instant, number},
};

statements! {
    Home ASK = "
        INSERT INTO erasure (hb, beneficiary_id, account_id, asked_at, due_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING";
    Home KEPT = "SELECT * FROM erasure WHERE hb = $1 AND beneficiary_id = $2";
    Home WITHDRAW = "
        DELETE FROM erasure
        WHERE hb = $1 AND beneficiary_id = $2 AND account_id = $3 AND erased_at IS NULL";
    Home OF = "
        SELECT * FROM erasure WHERE hb = $1 AND account_id = $2
        ORDER BY asked_at, beneficiary_id";
    Home GONE = "
        SELECT erased_at AS at FROM erasure
        WHERE hb = $1 AND beneficiary_id = $2 AND erased_at IS NOT NULL
        UNION ALL
        SELECT merged_at FROM merged_beneficiary WHERE hb = $1 AND beneficiary_id = $2
        ORDER BY 1 LIMIT 1";
    Scatter DUE = "
        SELECT * FROM erasure
        WHERE due_at <= $1 AND erased_at IS NULL AND (due_at, beneficiary_id) > ($2, $3)
        ORDER BY due_at, beneficiary_id LIMIT $4";
    Home OWED = "SELECT 1 FROM owed_certificate WHERE hb = $1 AND beneficiary_id = $2 LIMIT 1";
    Scatter MERGED_INTO = "
        SELECT beneficiary_id, document_index FROM merged_beneficiary WHERE merged_into = $1";
    Home REMOVE_MERGED = "
        DELETE FROM merged_beneficiary WHERE hb = $1 AND beneficiary_id = $2";
    Home REMOVE_PERSON = "DELETE FROM beneficiary WHERE hb = $1 AND beneficiary_id = $2";
    Home LOCK_ACCOUNT = "SELECT 1 FROM account WHERE hb = $1 AND account_id = $2 FOR UPDATE";
    Home REMOVE_ACCOUNT = "
        DELETE FROM account AS a WHERE a.hb = $1 AND a.account_id = $2
            AND NOT EXISTS (
                SELECT 1 FROM beneficiary AS b WHERE b.hb = $1 AND b.account_id = $2)";
    Home REMOVE_APP = "
        DELETE FROM totp AS t WHERE t.hb = $1 AND t.holder_id = $2
            AND NOT EXISTS (
                SELECT 1 FROM account AS a WHERE a.hb = $1 AND a.account_id = $2)";
    Home MARK = "UPDATE erasure SET erased_at = $3 WHERE hb = $1 AND beneficiary_id = $2";
}

#[async_trait]
impl ErasureStore for Postgres {
    async fn ask_erasure(
        &self,
        asked: &ErasureRow,
        today: Date,
    ) -> StoreResult<Result<ErasureRow, NotErasable>> {
        let db = &self.db;
        Ok(match db.topology {
            Topology::Single => {
                transaction!(db, tx => ask(Steps::Whole(&tx), asked, today).await?)?
            }
            Topology::Sharded => ask(Steps::Each(db), asked, today).await?,
        })
    }

    async fn withdraw_erasure(
        &self,
        account: AccountId,
        beneficiary: BeneficiaryId,
    ) -> StoreResult<bool> {
        Ok(withdraw(&self.db, account, beneficiary).await?)
    }

    async fn erasures_of(&self, account: AccountId) -> StoreResult<Vec<ErasureRow>> {
        Ok(of(&self.db, account).await?)
    }

    async fn gone(&self, ids: &[BeneficiaryId]) -> StoreResult<Vec<Option<Timestamp>>> {
        Ok(gone(&self.db, ids).await?)
    }

    async fn due_erasures(
        &self,
        now: Timestamp,
        after: Option<&ErasureRow>,
        limit: u32,
    ) -> StoreResult<Vec<ErasureRow>> {
        Ok(due(&self.db, now, after, limit).await?)
    }

    async fn erase(
        &self,
        due: &ErasureRow,
        at: Timestamp,
        today: Date,
    ) -> StoreResult<Result<(), NotErasable>> {
        let merged = merged_into(&self.db, due.beneficiary).await?;
        let db = &self.db;
        Ok(match db.topology {
            Topology::Single => {
                transaction!(db, tx => erase(Steps::Whole(&tx), due, &merged, (at, today)).await?)?
            }
            Topology::Sharded => erase(Steps::Each(db), due, &merged, (at, today)).await?,
        })
    }
}

fn row_at(row: &Row) -> StoreResult<ErasureRow> {
    Ok(ErasureRow {
        account: account_at(row)?,
        beneficiary: beneficiary_at(row)?,
        asked_at: instant_at(row, "asked_at"),
        due_at: instant_at(row, "due_at"),
        erased_at: row.get::<_, Option<i64>>("erased_at").map(instant),
    })
}

async fn ask(
    steps: Steps<'_>,
    asked: &ErasureRow,
    today: Date,
) -> Attempt<Result<ErasureRow, NotErasable>> {
    let (id, account) = (number(asked.beneficiary), asked.account.uuid);
    let (at, due) = (asked.asked_at.as_millisecond(), asked.due_at.as_millisecond());
    Ok(step!(steps, Home(bucket(asked.beneficiary.bucket())), home => {
        // What is held can be asked for: it is done once the hold is lifted.
        let may = may(&home, asked.beneficiary, account, today).await?;
        if let Err(why @ (NotErasable::NoSuchBeneficiary | NotErasable::Booked | NotErasable::Owed)) = may {
            Err(why)
        } else {
            home.execute(&ASK, &[&id, &account, &at, &due]).await?;
            let kept = home.rows(&KEPT, &[&id]).await?;
            let kept = kept.first().map(row_at).transpose()?;
            kept.ok_or(NotErasable::NoSuchBeneficiary)
        }
    }))
}

/// The fingerprint of somebody's document, if nothing stands in the way of erasing them.
async fn may(
    home: &Home<'_>,
    person: BeneficiaryId,
    account: Uuid,
    today: Date,
) -> Attempt<Result<[u8; 32], NotErasable>> {
    let id = number(person);
    let locked = home.rows(&LOCK_PERSON, &[&id]).await?;
    let Some(row) = locked.first().filter(|row| row.get::<_, Uuid>("account_id") == account) else {
        return Ok(Err(NotErasable::NoSuchBeneficiary));
    };
    if has_appointment(home, person, today).await? {
        return Ok(Err(NotErasable::Booked));
    }
    if !home.rows(&OWED, &[&id]).await?.is_empty() {
        return Ok(Err(NotErasable::Owed));
    }
    if is_held(home, person).await? {
        return Ok(Err(NotErasable::Held));
    }
    Ok(Ok(digest_at(row, "document_index")?))
}

async fn withdraw(db: &Db, account: AccountId, person: BeneficiaryId) -> Attempt<bool> {
    let (id, account) = (number(person), account.uuid);
    Ok(step!(Steps::Each(db), Home(bucket(person.bucket())), home => {
        home.execute(&WITHDRAW, &[&id, &account]).await? == 1
    }))
}

async fn gone(db: &Db, ids: &[BeneficiaryId]) -> Attempt<Vec<Option<Timestamp>>> {
    let client = db.client().await?;
    let one = async |id: &BeneficiaryId| {
        let home = Home::within(Link::Pooled(&client), bucket(id.bucket()));
        let rows = home.rows(&GONE, &[&number(*id)]).await?;
        Attempt::Ok(rows.first().map(|row| instant_at(row, "at")))
    };
    Ok(side_by_side!(ids, id => one(id)))
}

async fn of(db: &Db, account: AccountId) -> Attempt<Vec<ErasureRow>> {
    let client = db.client().await?;
    let home = Home::within(Link::Pooled(&client), bucket(account.bucket));
    let rows = home.rows(&OF, &[&account.uuid]).await?;
    Ok(rows.iter().map(row_at).collect::<StoreResult<_>>()?)
}

async fn due(
    db: &Db,
    now: Timestamp,
    after: Option<&ErasureRow>,
    limit: u32,
) -> Attempt<Vec<ErasureRow>> {
    let client = db.client().await?;
    let (at, id) =
        after.map_or((i64::MIN, 0), |row| (row.due_at.as_millisecond(), number(row.beneficiary)));
    let values: super::link::Values<'_> = &[&now.as_millisecond(), &at, &id, &i64::from(limit)];
    let rows = Link::Pooled(&client).rows(&DUE, values).await?;
    Ok(rows.iter().map(row_at).collect::<StoreResult<_>>()?)
}

/// Records that went into somebody's, and the fingerprints of their documents.
async fn merged_into(db: &Db, person: BeneficiaryId) -> Attempt<Vec<(BeneficiaryId, [u8; 32])>> {
    let client = db.client().await?;
    let rows = Link::Pooled(&client).rows(&MERGED_INTO, &[&number(person)]).await?;
    let read = |row: &Row| Ok((beneficiary_at(row)?, digest_at(row, "document_index")?));
    Ok(rows.iter().map(read).collect::<StoreResult<_>>()?)
}

async fn erase(
    steps: Steps<'_>,
    due: &ErasureRow,
    merged: &[(BeneficiaryId, [u8; 32])],
    (at, today): (Timestamp, Date),
) -> Attempt<Result<(), NotErasable>> {
    let (id, account) = (number(due.beneficiary), due.account.uuid);
    let at = at.as_millisecond();
    let hb = bucket(due.beneficiary.bucket());
    let found = step!(steps, Home(hb), home => {
        let asked = home.rows(&KEPT, &[&id]).await?;
        let asked = asked.first().is_some_and(|row| {
            row.get::<_, Option<i64>>("erased_at").is_none()
                && row.get::<_, Uuid>("account_id") == account
        });
        if asked { Some(may(&home, due.beneficiary, account, today).await?) } else { None }
    });
    let document = match found {
        None => return Ok(Err(NotErasable::NoSuchBeneficiary)),
        Some(Err(why @ (NotErasable::Booked | NotErasable::Owed | NotErasable::Held))) => {
            return Ok(Err(why));
        }
        // Gone already: what is left is to say so.
        Some(Err(NotErasable::NoSuchBeneficiary)) => None,
        Some(Ok(document)) => Some(document),
    };
    // First what is elsewhere: as long as it is not marked, it is done again.
    for (other, document) in merged {
        enrolment::release(steps, document, *other).await?;
        let other_id = number(*other);
        step!(steps, Home(bucket(other.bucket())), home => {
            home.execute(&REMOVE_MERGED, &[&other_id]).await?;
        });
    }
    if let Some(document) = document {
        enrolment::release(steps, &document, due.beneficiary).await?;
    }
    step!(steps, Home(hb), home => {
        home.rows(&LOCK_ACCOUNT, &[&account]).await?;
        home.execute(&REMOVE_PERSON, &[&id]).await?;
        home.execute(&REMOVE_ACCOUNT, &[&account]).await?;
        home.execute(&REMOVE_APP, &[&account]).await?;
        home.execute(&MARK, &[&id, &at]).await?;
    });
    Ok(Ok(()))
}

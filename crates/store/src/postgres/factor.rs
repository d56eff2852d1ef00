//! Passkeys, apps that show codes, and how staff come to a first one: at the home of their holder.

use async_trait::async_trait;
use domain::id::StaffId;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    Postgres,
    link::{Attempt, Db, Home, Link, Steps, Values, step},
    statement::statements,
    value::{digest_at, instant_at},
};
use crate::{
    FactorStore, StoreResult,
    record::{
        Holder, PasskeyRow, PasskeyUse, Restoration, Restored, StaffCode, StaffCodeTry, TotpRow,
    },
    value::instant,
};

statements! {
    Home ADD = "
        INSERT INTO passkey (hb, staff_id, passkey_id, credential, public_key, name, sign_count,
            made_at)
        SELECT $1::integer, $2::uuid, $3::uuid, $4::bytea, $5::bytea, $6::bytea, $7::bigint,
            $8::bigint
        WHERE (SELECT count(*) FROM passkey WHERE hb = $1 AND staff_id = $2) < $9::bigint
        ON CONFLICT DO NOTHING";
    Home HAS = "
        SELECT 1 FROM passkey WHERE hb = $1 AND staff_id = $2 AND passkey_id = $3";
    Home OF = "
        SELECT * FROM passkey WHERE hb = $1 AND staff_id = $2 ORDER BY made_at, passkey_id";
    /// One that is run again has its counter there already.
    Home USE = "
        UPDATE passkey SET sign_count = $4, used_at = $5
        WHERE hb = $1 AND staff_id = $2 AND passkey_id = $3
            AND (sign_count < $4 OR (sign_count = 0 AND $4 = 0)
                OR (sign_count = $4 AND used_at = $5))";
    Home REMOVE = "
        DELETE FROM passkey WHERE hb = $1 AND staff_id = $2 AND passkey_id = $3
            AND (SELECT count(*) FROM passkey WHERE hb = $1 AND staff_id = $2)
                + (SELECT count(*) FROM totp WHERE hb = $1 AND holder_id = $2) > 1";
    Home REMOVE_ALL = "DELETE FROM passkey WHERE hb = $1 AND staff_id = $2";
    Home ADD_TOTP = "
        INSERT INTO totp (hb, holder_id, secret, last_step, made_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING";
    Home TOTP = "SELECT * FROM totp WHERE hb = $1 AND holder_id = $2";
    Home USE_TOTP = "
        UPDATE totp SET last_step = $3 WHERE hb = $1 AND holder_id = $2 AND last_step < $3";
    Home REMOVE_TOTP = "DELETE FROM totp WHERE hb = $1 AND holder_id = $2";
    Home REMOVE_STAFF_TOTP = "
        DELETE FROM totp WHERE hb = $1 AND holder_id = $2
            AND EXISTS (SELECT 1 FROM passkey WHERE hb = $1 AND staff_id = $2)";
    Home KNOW = "
        INSERT INTO staff_access (hb, staff_id, mobile_index, code_until, tries, asked_at)
        VALUES ($1, $2, $3, 0, 0, 0) ON CONFLICT DO NOTHING";
    Home KNOWN = "SELECT mobile_index FROM staff_access WHERE hb = $1 AND staff_id = $2";
    Home PUT_CODE = "
        INSERT INTO staff_access (hb, staff_id, mobile_index, code, code_until, tries, asked_at)
        VALUES ($1, $2, $3, $4, $5, 0, 0)
        ON CONFLICT (hb, staff_id) DO UPDATE
        SET code = excluded.code, code_until = excluded.code_until, tries = 0";
    /// Both sides are keyed digests, so how long the comparison takes tells nothing.
    Home SPEND = "
        UPDATE staff_access SET code = NULL
        WHERE hb = $1 AND staff_id = $2 AND code = $3 AND tries < $4 AND code_until > $5";
    Home COUNT = "
        UPDATE staff_access SET tries = tries + 1
        WHERE hb = $1 AND staff_id = $2 AND code IS NOT NULL AND tries < $3";
    /// One that is run again has its code there already.
    Home AGREE = "
        UPDATE staff_access
        SET code = $3, code_until = $4, tries = 0, asked_by = NULL, asked_at = 0
        WHERE hb = $1 AND staff_id = $2
            AND (code = $3 OR (asked_by <> $5 AND asked_at > $6))";
    Home ASK = "
        INSERT INTO staff_access (hb, staff_id, mobile_index, code_until, tries, asked_by, asked_at)
        VALUES ($1, $2, $3, 0, 0, $4, $5)
        ON CONFLICT (hb, staff_id) DO UPDATE
        SET asked_by = excluded.asked_by, asked_at = excluded.asked_at";
}

#[async_trait]
impl FactorStore for Postgres {
    async fn add_passkey(&self, passkey: &PasskeyRow, most: u32) -> StoreResult<bool> {
        Ok(add(&self.db, passkey, most).await?)
    }

    async fn passkeys(&self, staff: StaffId) -> StoreResult<Vec<PasskeyRow>> {
        Ok(passkeys(&self.db, staff).await?)
    }

    async fn use_passkey(&self, used: &PasskeyUse) -> StoreResult<bool> {
        Ok(use_one(&self.db, used).await?)
    }

    async fn remove_passkey(&self, staff: StaffId, id: Uuid) -> StoreResult<bool> {
        Ok(remove(&self.db, staff, id).await?)
    }

    async fn add_totp(&self, totp: &TotpRow) -> StoreResult<bool> {
        Ok(add_totp(&self.db, totp).await?)
    }

    async fn totp(&self, holder: Holder) -> StoreResult<Option<TotpRow>> {
        Ok(totp(&self.db, holder).await?)
    }

    async fn use_totp(&self, holder: Holder, step: i64) -> StoreResult<bool> {
        Ok(use_totp(&self.db, holder, step).await?)
    }

    async fn remove_totp(&self, holder: Holder) -> StoreResult<bool> {
        Ok(remove_totp(&self.db, holder).await?)
    }

    async fn remove_staff_totp(&self, staff: StaffId) -> StoreResult<bool> {
        Ok(remove_staff_totp(&self.db, staff).await?)
    }

    async fn know_staff(&self, staff: StaffId, mobile_index: [u8; 32]) -> StoreResult<()> {
        Ok(know(&self.db, staff, mobile_index).await?)
    }

    async fn known_staff(&self, staff: StaffId) -> StoreResult<Option<[u8; 32]>> {
        Ok(known(&self.db, staff).await?)
    }

    async fn put_staff_codes(&self, codes: &[StaffCode]) -> StoreResult<()> {
        for code in codes {
            put_code(&self.db, code).await?;
        }
        Ok(())
    }

    async fn try_staff_code(&self, tried: &StaffCodeTry) -> StoreResult<bool> {
        Ok(try_code(&self.db, tried).await?)
    }

    async fn restore_access(&self, asked: &Restoration) -> StoreResult<Restored> {
        Ok(restore(&self.db, asked).await?)
    }
}

/// Where somebody who works here is kept.
fn home_of(staff: StaffId) -> i32 {
    i32::from(Holder::staff(staff).bucket)
}

async fn add(db: &Db, row: &PasskeyRow, most: u32) -> Attempt<bool> {
    let (count, most) = (i64::from(row.sign_count), i64::from(most));
    Ok(step!(Steps::Each(db), Home(home_of(row.staff)), home => {
        let added = home.execute(&ADD, &[
            &row.staff.0, &row.id, &row.credential, &row.public_key, &row.name, &count,
            &row.made_at.as_millisecond(), &most,
        ]).await?;
        // One that is run again is there already.
        added == 1 || !home.rows(&HAS, &[&row.staff.0, &row.id]).await?.is_empty()
    }))
}

async fn passkeys(db: &Db, staff: StaffId) -> Attempt<Vec<PasskeyRow>> {
    let client = db.client().await?;
    let home = Home::within(Link::Pooled(&client), home_of(staff));
    let rows = home.rows(&OF, &[&staff.0]).await?;
    Ok(rows.iter().map(passkey_at).collect())
}

fn passkey_at(row: &Row) -> PasskeyRow {
    PasskeyRow {
        id: row.get("passkey_id"),
        staff: StaffId(row.get("staff_id")),
        credential: row.get("credential"),
        public_key: row.get("public_key"),
        name: row.get("name"),
        sign_count: u32::try_from(row.get::<_, i64>("sign_count")).unwrap_or(u32::MAX),
        made_at: instant_at(row, "made_at"),
        used_at: row.get::<_, Option<i64>>("used_at").map(instant),
    }
}

async fn use_one(db: &Db, used: &PasskeyUse) -> Attempt<bool> {
    let (count, at) = (i64::from(used.sign_count), used.at.as_millisecond());
    Ok(step!(Steps::Each(db), Home(home_of(used.staff)), home => {
        home.execute(&USE, &[&used.staff.0, &used.id, &count, &at]).await? == 1
    }))
}

async fn remove(db: &Db, staff: StaffId, id: Uuid) -> Attempt<bool> {
    Ok(step!(Steps::Each(db), Home(home_of(staff)), home => {
        home.execute(&REMOVE, &[&staff.0, &id]).await? == 1
    }))
}

async fn add_totp(db: &Db, row: &TotpRow) -> Attempt<bool> {
    let made_at = row.made_at.as_millisecond();
    Ok(step!(Steps::Each(db), Home(i32::from(row.holder.bucket)), home => {
        let values: Values<'_> = &[&row.holder.id, &row.secret, &row.last_step, &made_at];
        home.execute(&ADD_TOTP, values).await? == 1
    }))
}

async fn totp(db: &Db, holder: Holder) -> Attempt<Option<TotpRow>> {
    let client = db.client().await?;
    let home = Home::within(Link::Pooled(&client), i32::from(holder.bucket));
    let rows = home.rows(&TOTP, &[&holder.id]).await?;
    Ok(rows.first().map(|row| TotpRow {
        holder,
        secret: row.get("secret"),
        last_step: row.get("last_step"),
        made_at: instant_at(row, "made_at"),
    }))
}

async fn use_totp(db: &Db, holder: Holder, span: i64) -> Attempt<bool> {
    Ok(step!(Steps::Each(db), Home(i32::from(holder.bucket)), home => {
        home.execute(&USE_TOTP, &[&holder.id, &span]).await? == 1
    }))
}

async fn remove_totp(db: &Db, holder: Holder) -> Attempt<bool> {
    Ok(step!(Steps::Each(db), Home(i32::from(holder.bucket)), home => {
        home.execute(&REMOVE_TOTP, &[&holder.id]).await? == 1
    }))
}

async fn remove_staff_totp(db: &Db, staff: StaffId) -> Attempt<bool> {
    Ok(step!(Steps::Each(db), Home(home_of(staff)), home => {
        home.execute(&REMOVE_STAFF_TOTP, &[&staff.0]).await? == 1
    }))
}

async fn know(db: &Db, staff: StaffId, mobile_index: [u8; 32]) -> Attempt<()> {
    step!(Steps::Each(db), Home(home_of(staff)), home => {
        home.execute(&KNOW, &[&staff.0, &mobile_index.as_slice()]).await?
    });
    Ok(())
}

async fn known(db: &Db, staff: StaffId) -> Attempt<Option<[u8; 32]>> {
    let client = db.client().await?;
    let home = Home::within(Link::Pooled(&client), home_of(staff));
    let rows = home.rows(&KNOWN, &[&staff.0]).await?;
    Ok(rows.first().map(|row| digest_at(row, "mobile_index")).transpose()?)
}

async fn put_code(db: &Db, code: &StaffCode) -> Attempt<()> {
    let until = code.until.as_millisecond();
    step!(Steps::Each(db), Home(home_of(code.staff)), home => {
        let (index, code_digest) = (code.mobile_index.as_slice(), code.code.as_slice());
        home.execute(&PUT_CODE, &[&code.staff.0, &index, &code_digest, &until]).await?
    });
    Ok(())
}

async fn try_code(db: &Db, tried: &StaffCodeTry) -> Attempt<bool> {
    let (typed, at) = (tried.typed.as_slice(), tried.at.as_millisecond());
    Ok(step!(Steps::Each(db), Home(home_of(tried.staff)), home => {
        let values: Values<'_> = &[&tried.staff.0, &typed, &tried.max_tries, &at];
        let spent = home.execute(&SPEND, values).await? == 1;
        if !spent {
            home.execute(&COUNT, &[&tried.staff.0, &tried.max_tries]).await?;
        }
        spent
    }))
}

async fn restore(db: &Db, asked: &Restoration) -> Attempt<Restored> {
    let who = asked.code.staff;
    Ok(step!(Steps::Each(db), Home(home_of(who)), home => restore_at_home(&home, asked).await?))
}

async fn restore_at_home(home: &Home<'_>, asked: &Restoration) -> Attempt<Restored> {
    let (who, by) = (asked.code.staff.0, asked.by.0);
    let (code, until) = (asked.code.code.as_slice(), asked.code.until.as_millisecond());
    let (at, asked_after) = (asked.at.as_millisecond(), asked.asked_after.as_millisecond());
    let values: Values<'_> = &[&who, &code, &until, &by, &asked_after];
    if home.execute(&AGREE, values).await? == 0 {
        let index = asked.code.mobile_index.as_slice();
        home.execute(&ASK, &[&who, &index, &by, &at]).await?;
        return Ok(Restored::Asked);
    }
    home.execute(&REMOVE_ALL, &[&who]).await?;
    home.execute(&REMOVE_TOTP, &[&who]).await?;
    Ok(Restored::Agreed)
}

//! Passkeys, apps that show codes, and how staff come to a first one.

use async_trait::async_trait;
use domain::id::StaffId;
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use uuid::Uuid;

use super::{
    Sqlite,
    value::{instant_at, uuid_at},
};
use crate::{
    FactorStore, StoreResult,
    record::{
        Holder, PasskeyRow, PasskeyUse, Restoration, Restored, StaffCode, StaffCodeTry, TotpRow,
    },
};

#[async_trait]
impl FactorStore for Sqlite {
    async fn add_passkey(&self, passkey: &PasskeyRow, most: u32) -> StoreResult<bool> {
        let passkey = passkey.clone();
        self.write(move |c| add(c, &passkey, most)).await
    }

    async fn passkeys(&self, staff: StaffId) -> StoreResult<Vec<PasskeyRow>> {
        const OF: &str = "SELECT * FROM passkey WHERE staff_id = ?1 ORDER BY made_at, passkey_id";
        self.read(|c| {
            let mut all = c.prepare_cached(OF)?;
            all.query_map([staff.0.as_bytes()], passkey_at)?.collect()
        })
    }

    async fn use_passkey(&self, used: &PasskeyUse) -> StoreResult<bool> {
        let used = *used;
        self.write(move |c| use_one(c, &used)).await
    }

    async fn remove_passkey(&self, staff: StaffId, id: Uuid) -> StoreResult<bool> {
        const REMOVE: &str = "
            DELETE FROM passkey WHERE staff_id = ?1 AND passkey_id = ?2
                AND (SELECT count(*) FROM passkey WHERE staff_id = ?1)
                    + (SELECT count(*) FROM totp WHERE holder_id = ?1) > 1";
        self.write(move |c| {
            let removed = c.prepare_cached(REMOVE)?.execute((staff.0.as_bytes(), id.as_bytes()))?;
            Ok(removed == 1)
        })
        .await
    }

    async fn add_totp(&self, totp: &TotpRow) -> StoreResult<bool> {
        const ADD: &str = "
            INSERT INTO totp (holder_id, secret, last_step, made_at) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT DO NOTHING";
        let row = totp.clone();
        self.write(move |c| {
            let values = (
                row.holder.id.as_bytes(),
                &row.secret,
                row.last_step,
                row.made_at.as_millisecond(),
            );
            Ok(c.prepare_cached(ADD)?.execute(values)? == 1)
        })
        .await
    }

    async fn totp(&self, holder: Holder) -> StoreResult<Option<TotpRow>> {
        self.read(|c| {
            let mut one = c.prepare_cached("SELECT * FROM totp WHERE holder_id = ?1")?;
            one.query_row([holder.id.as_bytes()], |row| {
                Ok(TotpRow {
                    holder,
                    secret: row.get("secret")?,
                    last_step: row.get("last_step")?,
                    made_at: instant_at(row, "made_at")?,
                })
            })
            .optional()
        })
    }

    async fn use_totp(&self, holder: Holder, step: i64) -> StoreResult<bool> {
        const USE: &str = "UPDATE totp SET last_step = ?2 WHERE holder_id = ?1 AND last_step < ?2";
        self.write(move |c| Ok(c.prepare_cached(USE)?.execute((holder.id.as_bytes(), step))? == 1))
            .await
    }

    async fn remove_totp(&self, holder: Holder) -> StoreResult<bool> {
        const REMOVE: &str = "DELETE FROM totp WHERE holder_id = ?1";
        self.write(move |c| Ok(c.prepare_cached(REMOVE)?.execute([holder.id.as_bytes()])? == 1))
            .await
    }

    async fn remove_staff_totp(&self, staff: StaffId) -> StoreResult<bool> {
        const REMOVE: &str = "
            DELETE FROM totp
            WHERE holder_id = ?1 AND EXISTS (SELECT 1 FROM passkey WHERE staff_id = ?1)";
        self.write(move |c| Ok(c.prepare_cached(REMOVE)?.execute([staff.0.as_bytes()])? == 1)).await
    }

    async fn know_staff(&self, staff: StaffId, mobile_index: [u8; 32]) -> StoreResult<()> {
        const KNOW: &str = "
            INSERT INTO staff_access (staff_id, mobile_index, code_until, tries, asked_at)
            VALUES (?1, ?2, 0, 0, 0) ON CONFLICT DO NOTHING";
        self.write(move |c| {
            c.prepare_cached(KNOW)?.execute((staff.0.as_bytes(), mobile_index)).map(drop)
        })
        .await
    }

    async fn known_staff(&self, staff: StaffId) -> StoreResult<Option<[u8; 32]>> {
        const KNOWN: &str = "SELECT mobile_index FROM staff_access WHERE staff_id = ?1";
        self.read(|c| {
            let mut one = c.prepare_cached(KNOWN)?;
            one.query_row([staff.0.as_bytes()], |row| row.get("mobile_index")).optional()
        })
    }

    async fn put_staff_codes(&self, codes: &[StaffCode]) -> StoreResult<()> {
        let codes = codes.to_vec();
        self.write(move |c| codes.iter().try_for_each(|code| put_code(c, code))).await
    }

    async fn try_staff_code(&self, tried: &StaffCodeTry) -> StoreResult<bool> {
        let tried = *tried;
        self.write(move |c| try_code(c, &tried)).await
    }

    async fn restore_access(&self, asked: &Restoration) -> StoreResult<Restored> {
        let asked = *asked;
        self.write(move |c| restore(c, &asked)).await
    }
}

fn passkey_at(row: &Row<'_>) -> rusqlite::Result<PasskeyRow> {
    Ok(PasskeyRow {
        id: uuid_at(row, "passkey_id")?,
        staff: StaffId(uuid_at(row, "staff_id")?),
        credential: row.get("credential")?,
        public_key: row.get("public_key")?,
        name: row.get("name")?,
        sign_count: row.get("sign_count")?,
        made_at: instant_at(row, "made_at")?,
        used_at: match row.get_ref("used_at")? {
            rusqlite::types::ValueRef::Null => None,
            _ => Some(instant_at(row, "used_at")?),
        },
    })
}

fn add(connection: &Connection, row: &PasskeyRow, most: u32) -> rusqlite::Result<bool> {
    const ADD: &str = "
        INSERT INTO passkey (staff_id, passkey_id, credential, public_key, name, sign_count, made_at)
        SELECT :staff, :id, :credential, :public_key, :name, :sign_count, :made_at
        WHERE (SELECT count(*) FROM passkey WHERE staff_id = :staff) < :most
        ON CONFLICT DO NOTHING";
    let added = connection.prepare_cached(ADD)?.execute(named_params! {
        ":staff": row.staff.0.as_bytes(),
        ":id": row.id.as_bytes(),
        ":credential": row.credential,
        ":public_key": row.public_key,
        ":name": row.name,
        ":sign_count": row.sign_count,
        ":made_at": row.made_at.as_millisecond(),
        ":most": most,
    })?;
    Ok(added == 1)
}

fn use_one(connection: &Connection, used: &PasskeyUse) -> rusqlite::Result<bool> {
    const USE: &str = "
        UPDATE passkey SET sign_count = :count, used_at = :at
        WHERE staff_id = :staff AND passkey_id = :id
            AND (sign_count < :count OR (sign_count = 0 AND :count = 0))";
    let moved = connection.prepare_cached(USE)?.execute(named_params! {
        ":count": used.sign_count,
        ":at": used.at.as_millisecond(),
        ":staff": used.staff.0.as_bytes(),
        ":id": used.id.as_bytes(),
    })?;
    Ok(moved == 1)
}

fn put_code(connection: &Connection, code: &StaffCode) -> rusqlite::Result<()> {
    const PUT: &str = "
        INSERT INTO staff_access (staff_id, mobile_index, code, code_until, tries, asked_at)
        VALUES (?1, ?2, ?3, ?4, 0, 0)
        ON CONFLICT (staff_id) DO UPDATE
        SET code = excluded.code, code_until = excluded.code_until, tries = 0";
    let values =
        (code.staff.0.as_bytes(), code.mobile_index, code.code, code.until.as_millisecond());
    connection.prepare_cached(PUT)?.execute(values).map(drop)
}

fn try_code(connection: &Connection, tried: &StaffCodeTry) -> rusqlite::Result<bool> {
    // Both sides are keyed digests, so how long the comparison takes tells nothing.
    const SPEND: &str = "
        UPDATE staff_access SET code = NULL
        WHERE staff_id = ?1 AND code = ?2 AND tries < ?3 AND code_until > ?4";
    const COUNT: &str = "
        UPDATE staff_access SET tries = tries + 1
        WHERE staff_id = ?1 AND code IS NOT NULL AND tries < ?2";
    let who = tried.staff.0.as_bytes();
    let values = (who, tried.typed, tried.max_tries, tried.at.as_millisecond());
    let spent = connection.prepare_cached(SPEND)?.execute(values)? == 1;
    if !spent {
        connection.prepare_cached(COUNT)?.execute((who, tried.max_tries))?;
    }
    Ok(spent)
}

fn restore(connection: &Connection, asked: &Restoration) -> rusqlite::Result<Restored> {
    const AGREE: &str = "
        UPDATE staff_access
        SET code = :code, code_until = :until, tries = 0, asked_by = NULL, asked_at = 0
        WHERE staff_id = :staff AND asked_by <> :by AND asked_at > :asked_after";
    const ASK: &str = "
        INSERT INTO staff_access (staff_id, mobile_index, code_until, tries, asked_by, asked_at)
        VALUES (?1, ?2, 0, 0, ?3, ?4)
        ON CONFLICT (staff_id) DO UPDATE
        SET asked_by = excluded.asked_by, asked_at = excluded.asked_at";
    let who = asked.code.staff.0.as_bytes();
    let agreed = connection.prepare_cached(AGREE)?.execute(named_params! {
        ":code": asked.code.code,
        ":until": asked.code.until.as_millisecond(),
        ":staff": who,
        ":by": asked.by.0.as_bytes(),
        ":asked_after": asked.asked_after.as_millisecond(),
    })?;
    if agreed == 0 {
        let index = asked.code.mobile_index;
        let values = (who, index, asked.by.0.as_bytes(), asked.at.as_millisecond());
        connection.prepare_cached(ASK)?.execute(values)?;
        return Ok(Restored::Asked);
    }
    connection.prepare_cached("DELETE FROM passkey WHERE staff_id = ?1")?.execute([who])?;
    connection.prepare_cached("DELETE FROM totp WHERE holder_id = ?1")?.execute([who])?;
    Ok(Restored::Agreed)
}

//! One-time passwords, counters and staff.

use domain::id::{DistrictId, FacilityId, StaffId, StateId};
use rusqlite::{Connection, OptionalExtension, named_params, params};
use uuid::Uuid;

use super::{
    message,
    value::{instant_at, uuid_at},
};
use crate::record::{Bump, CodeTry, NoMatch, SentCode, SignInCode, StaffRole, StaffRow};

pub(super) fn put_code(connection: &Connection, code: &SignInCode) -> rusqlite::Result<()> {
    const PUT: &str = "
        INSERT INTO sign_in_code (code_id, mobile_index, mobile, code, audience, sent_at,
            expires_at, tries, used)
        VALUES (:id, :mobile_index, :mobile, :code, :audience, :sent_at, :expires_at, 0, 0)
        ON CONFLICT DO NOTHING";
    connection.prepare_cached(PUT)?.execute(named_params! {
        ":id": code.id.as_bytes(),
        ":mobile_index": code.mobile_index,
        ":mobile": code.mobile,
        ":code": code.code,
        ":audience": code.audience,
        ":sent_at": code.sent_at.as_millisecond(),
        ":expires_at": code.expires_at.as_millisecond(),
    })?;
    message::put(connection, &code.message)
}

pub(super) fn sent_code(connection: &Connection, id: Uuid) -> rusqlite::Result<Option<SentCode>> {
    const SENT: &str = "
        SELECT mobile_index, mobile, audience, expires_at FROM sign_in_code WHERE code_id = ?1";
    let mut sent = connection.prepare_cached(SENT)?;
    sent.query_row([id.as_bytes()], |row| {
        Ok(SentCode {
            mobile_index: row.get("mobile_index")?,
            mobile: row.get("mobile")?,
            audience: row.get("audience")?,
            expires_at: instant_at(row, "expires_at")?,
        })
    })
    .optional()
}

pub(super) fn try_code(
    connection: &Connection,
    tried: &CodeTry,
) -> rusqlite::Result<Result<(), NoMatch>> {
    const OWN: &str = "
        SELECT audience FROM sign_in_code
        WHERE code_id = :id AND mobile_index = :mobile_index";
    const LIVE: &str = "
        SELECT 1 FROM sign_in_code
        WHERE code_id = :id AND used = 0 AND tries < :max_tries AND expires_at > :now";
    // Both sides are keyed digests, so how long the comparison takes tells nothing.
    const SPEND: &str = "
        UPDATE sign_in_code SET used = 1
        WHERE mobile_index = :mobile_index AND audience = :audience AND code = :typed AND used = 0
            AND tries < :max_tries AND expires_at > :now";
    const SPEND_OWN: &str = "UPDATE sign_in_code SET used = 1 WHERE code_id = ?1";
    const COUNT: &str = "
        UPDATE sign_in_code SET tries = tries + 1 WHERE mobile_index = ?1 AND used = 0";
    let id = tried.id.as_bytes();
    let own: Option<i16> = connection
        .prepare_cached(OWN)?
        .query_row(named_params! { ":id": id, ":mobile_index": tried.mobile_index }, |row| {
            row.get(0)
        })
        .optional()?;
    let Some(audience) = own else {
        return Ok(Err(NoMatch::Unknown));
    };
    let now = tried.at.as_millisecond();
    let live = connection
        .prepare_cached(LIVE)?
        .exists(named_params! { ":id": id, ":max_tries": tried.max_tries, ":now": now })?;
    if !live {
        return Ok(Err(NoMatch::Expired));
    }
    let spent = connection.prepare_cached(SPEND)?.execute(named_params! {
        ":mobile_index": tried.mobile_index,
        ":audience": audience,
        ":typed": tried.typed,
        ":max_tries": tried.max_tries,
        ":now": now,
    })?;
    if spent == 0 {
        connection.prepare_cached(COUNT)?.execute([tried.mobile_index])?;
        return Ok(Err(NoMatch::Wrong));
    }
    connection.prepare_cached(SPEND_OWN)?.execute([id])?;
    Ok(Ok(()))
}

pub(super) fn bump(connection: &Connection, bump: &Bump) -> rusqlite::Result<u32> {
    const BUMP: &str = "
        INSERT INTO counter (key_digest, window_at, count, expires_at) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (key_digest, window_at) DO UPDATE SET count = count + excluded.count
        RETURNING count";
    const READ: &str = "SELECT count FROM counter WHERE key_digest = ?1 AND window_at = ?2";
    let window = bump.window.as_millisecond();
    if bump.by == 0 {
        let mut read = connection.prepare_cached(READ)?;
        let count = read.query_row((bump.key, window), |row| row.get(0)).optional()?;
        return Ok(count.unwrap_or(0));
    }
    connection
        .prepare_cached(BUMP)?
        .query_row(params![bump.key, window, bump.by, bump.expires_at.as_millisecond()], |row| {
            row.get(0)
        })
}

pub(super) fn put_staff(connection: &Connection, staff: &StaffRow) -> rusqlite::Result<()> {
    const PUT: &str = "
        INSERT INTO staff (mobile_index, staff_id, wrapped_key, name, role, facility_id,
            district_id, state_id, active)
        VALUES (:mobile_index, :id, :wrapped_key, :name, :role, :facility,
            :district, :state, :active)
        ON CONFLICT (mobile_index) DO UPDATE
        SET staff_id = excluded.staff_id, wrapped_key = excluded.wrapped_key,
            name = excluded.name, role = excluded.role, facility_id = excluded.facility_id,
            district_id = excluded.district_id, state_id = excluded.state_id,
            active = excluded.active";
    connection.prepare_cached(PUT)?.execute(named_params! {
        ":mobile_index": staff.mobile_index,
        ":id": staff.id.0.as_bytes(),
        ":wrapped_key": staff.wrapped_key,
        ":name": staff.name,
        ":role": staff.role.word(),
        ":facility": staff.facility.map(|id| id.0),
        ":district": staff.district.map(|id| id.0),
        ":state": staff.state.map(|id| id.0),
        ":active": staff.active,
    })?;
    Ok(())
}

pub(super) fn staff_by_mobile(
    connection: &Connection,
    mobile_index: &[u8; 32],
) -> rusqlite::Result<Option<StaffRow>> {
    let mut one = connection.prepare_cached("SELECT * FROM staff WHERE mobile_index = ?1")?;
    one.query_row([mobile_index], |row| {
        let role = row.get_ref("role")?.as_str()?;
        Ok(StaffRow {
            id: StaffId(uuid_at(row, "staff_id")?),
            mobile_index: *mobile_index,
            wrapped_key: row.get("wrapped_key")?,
            name: row.get("name")?,
            role: StaffRole::from_word(role).unwrap_or(StaffRole::Auditor),
            facility: row.get::<_, Option<i64>>("facility_id")?.map(FacilityId),
            district: row.get::<_, Option<i32>>("district_id")?.map(DistrictId),
            state: row.get::<_, Option<i32>>("state_id")?.map(StateId),
            active: row.get("active")?,
        })
    })
    .optional()
}

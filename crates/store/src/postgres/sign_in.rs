//! One-time passwords, counters and staff.

use domain::id::{DistrictId, FacilityId, StaffId, StateId};
use uuid::Uuid;

use super::{
    link::{Attempt, Db, Home, Link, Steps, Values, step},
    message,
    statement::statements,
    value::{bucket_of, digest_at, instant_at},
    wave::{batch, side_by_side},
};
use crate::{
    StoreResult,
    record::{Bump, CodeTry, NoMatch, SentCode, SignInCode, StaffRole, StaffRow},
};

statements! {
    Home PUT_CODE = "
        INSERT INTO sign_in_code (hb, code_id, mobile_index, mobile, code, audience, sent_at,
            expires_at, tries, used)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, false)
        ON CONFLICT DO NOTHING";
    Home SENT = "
        SELECT mobile_index, mobile, audience, expires_at FROM sign_in_code
        WHERE hb = $1 AND code_id = $2";
    /// Those who try codes of one mobile follow one another.
    Home OWN = "
        SELECT code_id, audience, used OR tries >= $3 OR expires_at <= $4 AS dead
        FROM sign_in_code WHERE hb = $1 AND mobile_index = $2
        ORDER BY code_id FOR UPDATE";
    /// Both sides are keyed digests, so how long the comparison takes tells nothing.
    Home SPEND = "
        UPDATE sign_in_code SET used = true
        WHERE hb = $1 AND mobile_index = $2 AND audience = $3 AND code = $4 AND NOT used
            AND tries < $5 AND expires_at > $6";
    Home SPEND_OWN = "UPDATE sign_in_code SET used = true WHERE hb = $1 AND code_id = $2";
    Home COUNT = "
        UPDATE sign_in_code SET tries = tries + 1
        WHERE hb = $1 AND mobile_index = $2 AND NOT used";
    Home BUMP = "
        INSERT INTO counter (hb, key_digest, window_at, count, expires_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (hb, key_digest, window_at) DO UPDATE
        SET count = counter.count + excluded.count
        RETURNING count";
    Home READ_COUNT = "
        SELECT count FROM counter WHERE hb = $1 AND key_digest = $2 AND window_at = $3";
    Home PUT_STAFF = "
        INSERT INTO staff (hb, mobile_index, staff_id, wrapped_key, name, role, facility_id,
            district_id, state_id, active)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (hb, mobile_index) DO UPDATE
        SET staff_id = excluded.staff_id, wrapped_key = excluded.wrapped_key,
            name = excluded.name, role = excluded.role, facility_id = excluded.facility_id,
            district_id = excluded.district_id, state_id = excluded.state_id,
            active = excluded.active";
    Home STAFF = "SELECT * FROM staff WHERE hb = $1 AND mobile_index = $2";
}

pub(super) async fn put_codes(db: &Db, codes: &[SignInCode]) -> StoreResult<()> {
    let written: StoreResult<Vec<()>> = batch!(db, codes, |code: &SignInCode| code.id, (steps, wave) => {
        side_by_side!(wave, one => put_code(steps, one))
    });
    written.map(drop)
}

async fn put_code(steps: Steps<'_>, code: &SignInCode) -> Attempt<()> {
    step!(steps, Home(i32::from(code.bucket)), home => {
        home.execute(&PUT_CODE, &[
            &code.id, &code.mobile_index.as_slice(), &code.mobile, &code.code.as_slice(),
            &code.audience, &code.sent_at.as_millisecond(), &code.expires_at.as_millisecond(),
        ]).await?;
        message::put(&home, &code.message).await?;
    });
    Ok(())
}

pub(super) async fn sent_code(db: &Db, id: Uuid, bucket: u16) -> Attempt<Option<SentCode>> {
    let client = db.client().await?;
    let home = Home::within(Link::Pooled(&client), i32::from(bucket));
    let rows = home.rows(&SENT, &[&id]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    Ok(Some(SentCode {
        mobile_index: digest_at(row, "mobile_index")?,
        mobile: row.get("mobile"),
        audience: row.get("audience"),
        expires_at: instant_at(row, "expires_at"),
    }))
}

pub(super) async fn try_codes(db: &Db, tries: &[CodeTry]) -> StoreResult<Vec<Result<(), NoMatch>>> {
    batch!(db, tries, |tried: &CodeTry| tried.mobile_index, (steps, wave) => {
        side_by_side!(wave, one => try_code(steps, one))
    })
}

async fn try_code(steps: Steps<'_>, tried: &CodeTry) -> Attempt<Result<(), NoMatch>> {
    Ok(step!(steps, Home(i32::from(tried.bucket)), home => spend(&home, tried).await?))
}

async fn spend(home: &Home<'_>, tried: &CodeTry) -> Attempt<Result<(), NoMatch>> {
    let mobile_index = tried.mobile_index.as_slice();
    let now = tried.at.as_millisecond();
    let codes = home.rows(&OWN, &[&mobile_index, &tried.max_tries, &now]).await?;
    let own = codes.iter().find(|row| row.get::<_, Uuid>("code_id") == tried.id);
    let Some(own) = own else {
        return Ok(Err(NoMatch::Unknown));
    };
    if own.get("dead") {
        return Ok(Err(NoMatch::Expired));
    }
    let (audience, typed) = (own.get::<_, i16>("audience"), tried.typed.as_slice());
    let values: Values<'_> = &[&mobile_index, &audience, &typed, &tried.max_tries, &now];
    if home.execute(&SPEND, values).await? == 0 {
        home.execute(&COUNT, &[&mobile_index]).await?;
        return Ok(Err(NoMatch::Wrong));
    }
    home.execute(&SPEND_OWN, &[&tried.id]).await?;
    Ok(Ok(()))
}

pub(super) async fn bump(db: &Db, bumps: &[Bump]) -> StoreResult<Vec<u32>> {
    batch!(db, bumps, |bump: &Bump| (bump.key, bump.window), (steps, wave) => {
        side_by_side!(wave, one => bump_one(steps, one))
    })
}

async fn bump_one(steps: Steps<'_>, bump: &Bump) -> Attempt<u32> {
    let (key, window) = (bump.key.as_slice(), bump.window.as_millisecond());
    let (by, expires_at) = (i64::from(bump.by), bump.expires_at.as_millisecond());
    let rows = step!(steps, Home(bucket_of(&bump.key)), home => {
        if by == 0 {
            home.rows(&READ_COUNT, &[&key, &window]).await?
        } else {
            home.rows(&BUMP, &[&key, &window, &by, &expires_at]).await?
        }
    });
    let count = rows.first().map_or(0, |row| row.get::<_, i64>("count"));
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// All or none on one server; on shards one after the other, which may be asked again.
pub(super) async fn put_staff(db: &Db, staff: &[StaffRow]) -> StoreResult<()> {
    let written: StoreResult<Vec<()>> = batch!(db, staff, |row: &StaffRow| row.mobile_index, (steps, wave) => {
        side_by_side!(wave, one => put_one_staff(steps, one))
    });
    written.map(drop)
}

async fn put_one_staff(steps: Steps<'_>, staff: &StaffRow) -> Attempt<()> {
    let facility = staff.facility.map(|id| id.0);
    let district = staff.district.map(|id| id.0);
    let state = staff.state.map(|id| id.0);
    step!(steps, Home(bucket_of(&staff.mobile_index)), home => {
        home.execute(&PUT_STAFF, &[
            &staff.mobile_index.as_slice(), &staff.id.0, &staff.wrapped_key, &staff.name,
            &staff.role.word(), &facility, &district, &state, &staff.active,
        ]).await?
    });
    Ok(())
}

pub(super) async fn staff_by_mobile(db: &Db, mobile_index: [u8; 32]) -> Attempt<Option<StaffRow>> {
    let client = db.client().await?;
    let home = Home::within(Link::Pooled(&client), bucket_of(&mobile_index));
    let rows = home.rows(&STAFF, &[&mobile_index.as_slice()]).await?;
    Ok(rows.first().map(|row| StaffRow {
        id: StaffId(row.get("staff_id")),
        mobile_index,
        wrapped_key: row.get("wrapped_key"),
        name: row.get("name"),
        role: StaffRole::from_word(row.get("role")).unwrap_or(StaffRole::Auditor),
        facility: row.get::<_, Option<i64>>("facility_id").map(FacilityId),
        district: row.get::<_, Option<i32>>("district_id").map(DistrictId),
        state: row.get::<_, Option<i32>>("state_id").map(StateId),
        active: row.get("active"),
    }))
}

//! What is watched, at the home of the account; what two do together and vial-doses, at the facility.

use async_trait::async_trait;
use domain::id::{DistrictId, FacilityId, SessionId, StaffId};
use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    Postgres,
    link::{Attempt, Db, Home, Link, Place, Steps, Values, step, transaction},
    statement::statements,
    value::{beneficiary_at, digest_at, instant_at},
    wave::{batch, side_by_side},
};
use crate::{
    StoreResult, WatchStore,
    record::{
        Agreement, AlarmRow, EmergencyRow, ProposalRow, Standing, StockRow, StockUse, WatchStep,
        Watched,
    },
    value::number,
};

statements! {
    Home WATCH = "
        INSERT INTO watched (hb, staff_id, facility_id, district_id, reads, unexplained,
            lookups, misses, read_score, miss_score, standing, signed_out_at,
            changed_at, undosed_score)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, greatest(0, $9::bigint),
            greatest(0, $10::bigint), 0, coalesce($11::bigint, 0), coalesce($11::bigint, 0),
            greatest(0, $12::bigint))
        ON CONFLICT (hb, staff_id) DO UPDATE
        SET facility_id = excluded.facility_id, district_id = excluded.district_id,
            reads = watched.reads + excluded.reads,
            unexplained = watched.unexplained + excluded.unexplained,
            lookups = watched.lookups + excluded.lookups,
            misses = watched.misses + excluded.misses,
            read_score = greatest(0, watched.read_score + $9::bigint),
            miss_score = greatest(0, watched.miss_score + $10::bigint),
            undosed_score = greatest(0, watched.undosed_score + $12::bigint),
            signed_out_at = greatest(watched.signed_out_at, excluded.signed_out_at),
            changed_at = coalesce($11::bigint, watched.changed_at)
        RETURNING *";
    Home ONE = "SELECT * FROM watched WHERE hb = $1 AND staff_id = $2";
    Home STANDING = "
        UPDATE watched
        SET standing = $4::smallint, changed_at = $5,
            read_score = CASE WHEN $4::smallint = 0 THEN 0 ELSE read_score END,
            miss_score = CASE WHEN $4::smallint = 0 THEN 0 ELSE miss_score END,
            undosed_score = CASE WHEN $4::smallint = 0 THEN 0 ELSE undosed_score END
        WHERE hb = $1 AND staff_id = $2 AND standing = $3";
    Scatter CHANGED = "SELECT * FROM watched WHERE changed_at >= $1";
    Facility RAISE = "
        INSERT INTO alarm (facility_id, alarm_id, kind, staff_id, district_id, raised_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING";
    Scatter ALARMS = "
        SELECT * FROM alarm WHERE raised_at >= $1 ORDER BY raised_at DESC, alarm_id LIMIT $2";
    Reference PUT_CANARY = "
        INSERT INTO canary (digest, made_at) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    Reference CANARIES = "SELECT digest, made_at FROM canary WHERE made_at >= $1";
    Facility ASK = "
        INSERT INTO emergency (facility_id, emergency_id, beneficiary_id, reason, asked_by, asked_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING";
    Facility AGREE = "
        UPDATE emergency SET agreed_by = $3, until = $4
        WHERE facility_id = $1 AND emergency_id = $2 AND agreed_by IS NULL AND asked_by <> $3
            AND asked_at > $5";
    Facility EMERGENCY = "SELECT * FROM emergency WHERE facility_id = $1 AND emergency_id = $2";
    Facility EMERGENCIES = "
        SELECT * FROM emergency WHERE facility_id = $1 AND asked_at >= $2
        ORDER BY asked_at DESC, emergency_id";
    Facility PROPOSE = "
        INSERT INTO proposal (facility_id, session_id, proposed_by) VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING";
    Facility AGREE_SESSION = "
        UPDATE proposal SET agreed_by = $3
        WHERE facility_id = $1 AND session_id = $2 AND proposed_by <> $3 AND agreed_by IS NULL";
    Facility UNAGREED = "
        SELECT 1 FROM proposal WHERE facility_id = $1 AND session_id = $2 AND agreed_by IS NULL";
    Facility RECEIVE = "
        INSERT INTO stock (facility_id, vaccine, lot, received) VALUES ($1, $2, $3, $4)
        ON CONFLICT (facility_id, vaccine, lot) DO UPDATE
        SET received = stock.received + excluded.received";
    Facility TAKE = "
        UPDATE stock SET given = given + 1
        WHERE facility_id = $1 AND vaccine = $2 AND lot = $3 AND given < received";
    /// First, so that two who take for one dose wait for each other.
    Facility NOTE = "
        INSERT INTO stock_use (facility_id, dose_id, vaccine, lot) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING";
    Facility FORGET = "DELETE FROM stock_use WHERE facility_id = $1 AND dose_id = $2";
    Facility RETURN = "
        UPDATE stock SET given = given - 1
        WHERE facility_id = $1 AND vaccine = $2 AND lot = $3";
    Facility STOCK = "SELECT * FROM stock WHERE facility_id = $1 ORDER BY vaccine, lot";
}

#[async_trait]
impl WatchStore for Postgres {
    async fn watch(&self, steps: &[WatchStep]) -> StoreResult<Vec<Watched>> {
        batch!(&self.db, steps, |one: &WatchStep| one.who, (steps, wave) => {
            side_by_side!(wave, one => watch(steps, one))
        })
    }

    async fn watched(&self, who: StaffId) -> StoreResult<Option<Watched>> {
        Ok(watched(&self.db, who).await?)
    }

    async fn set_standing(
        &self,
        who: StaffId,
        from: Standing,
        to: Standing,
        at: Timestamp,
    ) -> StoreResult<bool> {
        Ok(set_standing(&self.db, who, (from, to), at).await?)
    }

    async fn watched_since(&self, at: Timestamp) -> StoreResult<Vec<Watched>> {
        Ok(changed(&self.db, at).await?)
    }

    async fn raise_alarm(&self, alarm: &AlarmRow) -> StoreResult<bool> {
        Ok(raise(&self.db, alarm).await?)
    }

    async fn alarms_since(&self, at: Timestamp, limit: u32) -> StoreResult<Vec<AlarmRow>> {
        Ok(alarms(&self.db, at, limit).await?)
    }

    async fn put_canaries(&self, digests: &[[u8; 32]], at: Timestamp) -> StoreResult<()> {
        put_canaries(&self.db, digests, at).await
    }

    async fn canaries_since(&self, at: Timestamp) -> StoreResult<Vec<([u8; 32], Timestamp)>> {
        Ok(canaries(&self.db, at).await?)
    }

    async fn ask_emergency(&self, asked: &EmergencyRow) -> StoreResult<()> {
        Ok(ask(&self.db, asked).await?)
    }

    async fn agree_emergency(&self, agreement: &Agreement) -> StoreResult<bool> {
        Ok(agree(&self.db, agreement).await?)
    }

    async fn emergency(&self, facility: FacilityId, id: Uuid) -> StoreResult<Option<EmergencyRow>> {
        Ok(emergency(&self.db, facility, id).await?)
    }

    async fn emergencies(
        &self,
        facility: FacilityId,
        since: Timestamp,
    ) -> StoreResult<Vec<EmergencyRow>> {
        Ok(emergencies(&self.db, facility, since).await?)
    }

    async fn propose_session(&self, proposal: &ProposalRow) -> StoreResult<()> {
        Ok(propose(&self.db, proposal).await?)
    }

    async fn agree_session(
        &self,
        facility: FacilityId,
        session: SessionId,
        by: StaffId,
    ) -> StoreResult<bool> {
        Ok(agree_session(&self.db, facility, session, by).await?)
    }

    async fn receive_stock(&self, received: &StockRow) -> StoreResult<()> {
        Ok(receive(&self.db, received).await?)
    }

    async fn take_stock(&self, taken: &StockUse) -> StoreResult<bool> {
        Ok(take(&self.db, taken).await?)
    }

    async fn return_stock(&self, taken: &StockUse) -> StoreResult<()> {
        Ok(give_back(&self.db, taken).await?)
    }

    async fn stock(&self, facility: FacilityId) -> StoreResult<Vec<StockRow>> {
        Ok(stock(&self.db, facility).await?)
    }
}

/// Where an account is kept: by the first 16 bits of its id.
fn home_of(who: StaffId) -> i32 {
    let bytes = who.0.as_bytes();
    i32::from(u16::from_be_bytes([bytes[0], bytes[1]]))
}

async fn watch(steps: Steps<'_>, one: &WatchStep) -> Attempt<Watched> {
    let (facility, district) = (one.facility.map(|id| id.0), one.district.map(|id| id.0));
    let counts = [one.reads, one.unexplained, one.lookups, one.misses].map(i64::from);
    let sign_out = one.sign_out.map(Timestamp::as_millisecond);
    let rows = step!(steps, Home(home_of(one.who)), home => {
        home.rows(&WATCH, &[
            &one.who.0, &facility, &district, &counts[0], &counts[1], &counts[2],
            &counts[3], &one.read_add, &one.miss_add, &sign_out, &one.undosed_add,
        ]).await?
    });
    let row = rows.first().ok_or_else(|| crate::StoreError::broken("a write gave no row"))?;
    Ok(watched_at(row))
}

fn watched_at(row: &Row) -> Watched {
    let count = |name: &str| row.get::<_, i64>(name).cast_unsigned();
    Watched {
        who: StaffId(row.get("staff_id")),
        facility: row.get::<_, Option<i64>>("facility_id").map(FacilityId),
        district: row.get::<_, Option<i32>>("district_id").map(DistrictId),
        reads: (count("reads"), count("unexplained")),
        lookups: (count("lookups"), count("misses")),
        read_score: row.get("read_score"),
        miss_score: row.get("miss_score"),
        undosed_score: row.get("undosed_score"),
        standing: Standing::from_number(row.get("standing")),
        signed_out_at: instant_at(row, "signed_out_at"),
    }
}

async fn watched(db: &Db, who: StaffId) -> Attempt<Option<Watched>> {
    let client = db.client().await?;
    let home = Home::within(Link::Pooled(&client), home_of(who));
    Ok(home.rows(&ONE, &[&who.0]).await?.first().map(watched_at))
}

async fn set_standing(
    db: &Db,
    who: StaffId,
    (from, to): (Standing, Standing),
    at: Timestamp,
) -> Attempt<bool> {
    let (from, to, at) = (from.number(), to.number(), at.as_millisecond());
    Ok(step!(Steps::Each(db), Home(home_of(who)), home => {
        home.execute(&STANDING, &[&who.0, &from, &to, &at]).await? == 1
    }))
}

async fn changed(db: &Db, at: Timestamp) -> Attempt<Vec<Watched>> {
    let client = db.client().await?;
    let rows = Link::Pooled(&client).rows(&CHANGED, &[&at.as_millisecond()]).await?;
    Ok(rows.iter().map(watched_at).collect())
}

async fn raise(db: &Db, alarm: &AlarmRow) -> Attempt<bool> {
    let (place, district) = (alarm.facility.map_or(0, |id| id.0), alarm.district.map(|id| id.0));
    Ok(step!(Steps::Each(db), Place(place), place => {
        let at = alarm.at.as_millisecond();
        place.execute(&RAISE, &[&alarm.id, &alarm.kind, &alarm.who.0, &district, &at]).await? == 1
    }))
}

async fn alarms(db: &Db, at: Timestamp, limit: u32) -> Attempt<Vec<AlarmRow>> {
    let client = db.client().await?;
    let values: Values<'_> = &[&at.as_millisecond(), &i64::from(limit)];
    let rows = Link::Pooled(&client).rows(&ALARMS, values).await?;
    let read = |row: &Row| {
        let facility: i64 = row.get("facility_id");
        AlarmRow {
            id: row.get("alarm_id"),
            kind: row.get("kind"),
            who: StaffId(row.get("staff_id")),
            facility: (facility != 0).then_some(FacilityId(facility)),
            district: row.get::<_, Option<i32>>("district_id").map(DistrictId),
            at: instant_at(row, "raised_at"),
        }
    };
    Ok(rows.iter().map(read).collect())
}

async fn put_canaries(db: &Db, digests: &[[u8; 32]], at: Timestamp) -> StoreResult<()> {
    transaction!(db, tx => {
        for digest in digests {
            let digest = digest.as_slice();
            let values: Values<'_> = &[&digest, &at.as_millisecond()];
            Link::Within(&tx).execute(&PUT_CANARY, values).await?;
        }
    })
}

async fn canaries(db: &Db, at: Timestamp) -> Attempt<Vec<([u8; 32], Timestamp)>> {
    let client = db.client().await?;
    let rows = Link::Pooled(&client).rows(&CANARIES, &[&at.as_millisecond()]).await?;
    let made = |row: &Row| Ok((digest_at(row, "digest")?, instant_at(row, "made_at")));
    Ok(rows.iter().map(made).collect::<StoreResult<_>>()?)
}

async fn ask(db: &Db, asked: &EmergencyRow) -> Attempt<()> {
    let (person, at) = (number(asked.beneficiary), asked.asked_at.as_millisecond());
    step!(Steps::Each(db), Place(asked.facility.0), place => {
        place.execute(&ASK, &[&asked.id, &person, &asked.reason, &asked.asked_by.0, &at]).await?;
    });
    Ok(())
}

async fn agree(db: &Db, agreement: &Agreement) -> Attempt<bool> {
    let (until, after) = (agreement.until.as_millisecond(), agreement.asked_after.as_millisecond());
    Ok(step!(Steps::Each(db), Place(agreement.facility.0), place => {
        place.execute(&AGREE, &[&agreement.id, &agreement.by.0, &until, &after]).await? == 1
    }))
}

async fn emergency(db: &Db, facility: FacilityId, id: Uuid) -> Attempt<Option<EmergencyRow>> {
    let client = db.client().await?;
    let place = Place::within(Link::Pooled(&client), facility.0);
    let rows = place.rows(&EMERGENCY, &[&id]).await?;
    Ok(rows.first().map(emergency_at).transpose()?)
}

async fn emergencies(
    db: &Db,
    facility: FacilityId,
    since: Timestamp,
) -> Attempt<Vec<EmergencyRow>> {
    let client = db.client().await?;
    let place = Place::within(Link::Pooled(&client), facility.0);
    let rows = place.rows(&EMERGENCIES, &[&since.as_millisecond()]).await?;
    Ok(rows.iter().map(emergency_at).collect::<StoreResult<_>>()?)
}

fn emergency_at(row: &Row) -> StoreResult<EmergencyRow> {
    let agreed_by: Option<Uuid> = row.get("agreed_by");
    Ok(EmergencyRow {
        id: row.get("emergency_id"),
        facility: FacilityId(row.get("facility_id")),
        beneficiary: beneficiary_at(row)?,
        reason: row.get("reason"),
        asked_by: StaffId(row.get("asked_by")),
        asked_at: instant_at(row, "asked_at"),
        agreed: agreed_by.map(|by| (StaffId(by), instant_at(row, "until"))),
    })
}

async fn propose(db: &Db, proposal: &ProposalRow) -> Attempt<()> {
    step!(Steps::Each(db), Place(proposal.facility.0), place => {
        place.execute(&PROPOSE, &[&proposal.session.0, &proposal.proposed_by.0]).await?;
    });
    Ok(())
}

async fn agree_session(
    db: &Db,
    facility: FacilityId,
    session: SessionId,
    by: StaffId,
) -> Attempt<bool> {
    Ok(step!(Steps::Each(db), Place(facility.0), place => {
        place.execute(&AGREE_SESSION, &[&session.0, &by.0]).await?;
        place.rows(&UNAGREED, &[&session.0]).await?.is_empty()
    }))
}

async fn receive(db: &Db, row: &StockRow) -> Attempt<()> {
    let received = i64::from(row.received);
    step!(Steps::Each(db), Place(row.facility.0), place => {
        place.execute(&RECEIVE, &[&row.vaccine, &row.lot, &received]).await?;
    });
    Ok(())
}

async fn take(db: &Db, taken: &StockUse) -> Attempt<bool> {
    let StockUse { facility, dose, vaccine, lot } = taken;
    Ok(step!(Steps::Each(db), Place(facility.0), place => {
        let known = place.execute(&NOTE, &[&dose.0, vaccine, lot]).await? == 0;
        let taken = known || place.execute(&TAKE, &[vaccine, lot]).await? == 1;
        if !taken {
            place.execute(&FORGET, &[&dose.0]).await?;
        }
        taken
    }))
}

async fn give_back(db: &Db, taken: &StockUse) -> Attempt<()> {
    let StockUse { facility, dose, vaccine, lot } = taken;
    step!(Steps::Each(db), Place(facility.0), place => {
        if place.execute(&FORGET, &[&dose.0]).await? == 1 {
            place.execute(&RETURN, &[vaccine, lot]).await?;
        }
    });
    Ok(())
}

async fn stock(db: &Db, facility: FacilityId) -> Attempt<Vec<StockRow>> {
    let client = db.client().await?;
    let place = Place::within(Link::Pooled(&client), facility.0);
    let count = |row: &Row, name: &str| u32::try_from(row.get::<_, i64>(name)).unwrap_or(u32::MAX);
    let read = |row: &Row| StockRow {
        facility,
        vaccine: row.get("vaccine"),
        lot: row.get("lot"),
        received: count(row, "received"),
        given: count(row, "given"),
    };
    Ok(place.rows(&STOCK, &[]).await?.iter().map(read).collect())
}

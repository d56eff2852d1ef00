//! What is watched, what two do together, and vial-doses.

use async_trait::async_trait;
use domain::id::{DistrictId, FacilityId, SessionId, StaffId};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};
use uuid::Uuid;

use super::{
    Sqlite, each,
    value::{beneficiary_at, instant_at, uuid_at},
};
use crate::{
    StoreResult, WatchStore,
    record::{
        Agreement, AlarmRow, EmergencyRow, ProposalRow, Standing, StockRow, StockUse, WatchStep,
        Watched,
    },
    value::number,
};

#[async_trait]
impl WatchStore for Sqlite {
    async fn watch(&self, steps: &[WatchStep]) -> StoreResult<Vec<Watched>> {
        let steps = steps.to_vec();
        self.write(move |c| each(&steps, |one| watch(c, one))).await
    }

    async fn watched(&self, who: StaffId) -> StoreResult<Option<Watched>> {
        self.read(|c| {
            let mut one = c.prepare_cached("SELECT * FROM watched WHERE staff_id = ?1")?;
            one.query_row([who.0.as_bytes()], watched_at).optional()
        })
    }

    async fn set_standing(
        &self,
        who: StaffId,
        from: Standing,
        to: Standing,
        at: Timestamp,
    ) -> StoreResult<bool> {
        const SET: &str = "
            UPDATE watched
            SET standing = :to, changed_at = :at,
                read_score = iif(:to = 0, 0, read_score), miss_score = iif(:to = 0, 0, miss_score),
                undosed_score = iif(:to = 0, 0, undosed_score)
            WHERE staff_id = :who AND standing = :from";
        self.write(move |c| {
            let changed = c.prepare_cached(SET)?.execute(named_params! {
                ":to": to.number(),
                ":at": at.as_millisecond(),
                ":who": who.0.as_bytes(),
                ":from": from.number(),
            })?;
            Ok(changed == 1)
        })
        .await
    }

    async fn watched_since(&self, at: Timestamp) -> StoreResult<Vec<Watched>> {
        self.read(|c| {
            let mut all = c.prepare_cached("SELECT * FROM watched WHERE changed_at >= ?1")?;
            all.query_map([at.as_millisecond()], watched_at)?.collect()
        })
    }

    async fn raise_alarm(&self, alarm: &AlarmRow) -> StoreResult<bool> {
        let alarm = alarm.clone();
        self.write(move |c| raise(c, &alarm)).await
    }

    async fn alarms_since(&self, at: Timestamp, limit: u32) -> StoreResult<Vec<AlarmRow>> {
        const SINCE: &str = "
            SELECT * FROM alarm WHERE raised_at >= ?1 ORDER BY raised_at DESC, alarm_id LIMIT ?2";
        self.read(|c| {
            let mut all = c.prepare_cached(SINCE)?;
            all.query_map((at.as_millisecond(), limit), alarm_at)?.collect()
        })
    }

    async fn put_canaries(&self, digests: &[[u8; 32]], at: Timestamp) -> StoreResult<()> {
        const PUT: &str =
            "INSERT INTO canary (digest, made_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
        let (digests, at) = (digests.to_vec(), at.as_millisecond());
        self.write(move |c| {
            digests.iter().try_for_each(|one| c.prepare_cached(PUT)?.execute((one, at)).map(drop))
        })
        .await
    }

    async fn canaries_since(&self, at: Timestamp) -> StoreResult<Vec<([u8; 32], Timestamp)>> {
        const SINCE: &str = "SELECT digest, made_at FROM canary WHERE made_at >= ?1";
        self.read(|c| {
            let made = |row: &Row<'_>| Ok((row.get("digest")?, instant_at(row, "made_at")?));
            c.prepare_cached(SINCE)?.query_map([at.as_millisecond()], made)?.collect()
        })
    }

    async fn ask_emergency(&self, asked: &EmergencyRow) -> StoreResult<()> {
        let asked = asked.clone();
        self.write(move |c| ask(c, &asked)).await
    }

    async fn agree_emergency(&self, agreement: &Agreement) -> StoreResult<bool> {
        let agreement = *agreement;
        self.write(move |c| agree(c, &agreement)).await
    }

    async fn emergency(&self, facility: FacilityId, id: Uuid) -> StoreResult<Option<EmergencyRow>> {
        const ONE: &str = "SELECT * FROM emergency WHERE facility_id = ?1 AND emergency_id = ?2";
        self.read(|c| {
            let mut one = c.prepare_cached(ONE)?;
            one.query_row((facility.0, id.as_bytes()), emergency_at).optional()
        })
    }

    async fn emergencies(
        &self,
        facility: FacilityId,
        since: Timestamp,
    ) -> StoreResult<Vec<EmergencyRow>> {
        const SINCE: &str = "
            SELECT * FROM emergency WHERE facility_id = ?1 AND asked_at >= ?2
            ORDER BY asked_at DESC, emergency_id";
        self.read(|c| {
            let mut all = c.prepare_cached(SINCE)?;
            all.query_map((facility.0, since.as_millisecond()), emergency_at)?.collect()
        })
    }

    async fn propose_session(&self, proposal: &ProposalRow) -> StoreResult<()> {
        const PUT: &str = "
            INSERT INTO proposal (facility_id, session_id, proposed_by) VALUES (?1, ?2, ?3)
            ON CONFLICT DO NOTHING";
        let ProposalRow { facility, session, proposed_by, .. } = *proposal;
        self.write(move |c| {
            let ids = (facility.0, session.0.as_bytes(), proposed_by.0.as_bytes());
            c.prepare_cached(PUT)?.execute(ids).map(drop)
        })
        .await
    }

    async fn agree_session(
        &self,
        facility: FacilityId,
        session: SessionId,
        by: StaffId,
    ) -> StoreResult<bool> {
        self.write(move |c| agree_session(c, facility, session, by)).await
    }

    async fn receive_stock(&self, received: &StockRow) -> StoreResult<()> {
        const ADD: &str = "
            INSERT INTO stock (facility_id, vaccine, lot, received) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT DO UPDATE SET received = received + excluded.received";
        let row = received.clone();
        self.write(move |c| {
            let values = (row.facility.0, &row.vaccine, &row.lot, row.received);
            c.prepare_cached(ADD)?.execute(values).map(drop)
        })
        .await
    }

    async fn take_stock(&self, taken: &StockUse) -> StoreResult<bool> {
        let taken = taken.clone();
        self.write(move |c| take(c, &taken)).await
    }

    async fn return_stock(&self, taken: &StockUse) -> StoreResult<()> {
        let taken = taken.clone();
        self.write(move |c| give_back(c, &taken)).await
    }

    async fn stock(&self, facility: FacilityId) -> StoreResult<Vec<StockRow>> {
        const ALL: &str = "SELECT * FROM stock WHERE facility_id = ?1 ORDER BY vaccine, lot";
        let read = |row: &Row<'_>| {
            Ok(StockRow {
                facility,
                vaccine: row.get("vaccine")?,
                lot: row.get("lot")?,
                received: row.get("received")?,
                given: row.get("given")?,
            })
        };
        self.read(|c| c.prepare_cached(ALL)?.query_map([facility.0], read)?.collect())
    }
}

fn watch(connection: &Connection, step: &WatchStep) -> rusqlite::Result<Watched> {
    const COUNT: &str = "
        INSERT INTO watched (staff_id, facility_id, district_id, reads, unexplained,
            lookups, misses, read_score, miss_score, undosed_score, standing, signed_out_at,
            changed_at)
        VALUES (:who, :facility, :district, :reads, :unexplained, :lookups, :misses,
            max(0, :read_add), max(0, :miss_add), max(0, :undosed_add), 0, ifnull(:sign_out, 0),
            ifnull(:sign_out, 0))
        ON CONFLICT DO UPDATE
        SET facility_id = excluded.facility_id, district_id = excluded.district_id,
            reads = reads + excluded.reads, unexplained = unexplained + excluded.unexplained,
            lookups = lookups + excluded.lookups, misses = misses + excluded.misses,
            read_score = max(0, read_score + :read_add),
            miss_score = max(0, miss_score + :miss_add),
            undosed_score = max(0, undosed_score + :undosed_add),
            signed_out_at = max(signed_out_at, ifnull(:sign_out, 0)),
            changed_at = coalesce(:sign_out, changed_at)
        RETURNING *";
    let values = named_params! {
        ":who": step.who.0.as_bytes(),
        ":facility": step.facility.map(|id| id.0),
        ":district": step.district.map(|id| id.0),
        ":reads": step.reads,
        ":unexplained": step.unexplained,
        ":lookups": step.lookups,
        ":misses": step.misses,
        ":read_add": step.read_add,
        ":miss_add": step.miss_add,
        ":undosed_add": step.undosed_add,
        ":sign_out": step.sign_out.map(Timestamp::as_millisecond),
    };
    connection.prepare_cached(COUNT)?.query_row(values, watched_at)
}

fn watched_at(row: &Row<'_>) -> rusqlite::Result<Watched> {
    let count = |name: &str| row.get::<_, i64>(name).map(i64::cast_unsigned);
    Ok(Watched {
        who: StaffId(uuid_at(row, "staff_id")?),
        facility: row.get::<_, Option<i64>>("facility_id")?.map(FacilityId),
        district: row.get::<_, Option<i32>>("district_id")?.map(DistrictId),
        reads: (count("reads")?, count("unexplained")?),
        lookups: (count("lookups")?, count("misses")?),
        read_score: row.get("read_score")?,
        miss_score: row.get("miss_score")?,
        undosed_score: row.get("undosed_score")?,
        standing: Standing::from_number(row.get("standing")?),
        signed_out_at: instant_at(row, "signed_out_at")?,
    })
}

fn raise(connection: &Connection, alarm: &AlarmRow) -> rusqlite::Result<bool> {
    const RAISE: &str = "
        INSERT INTO alarm (facility_id, alarm_id, kind, staff_id, district_id, raised_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT DO NOTHING";
    let raised = connection.prepare_cached(RAISE)?.execute(params![
        alarm.facility.map_or(0, |id| id.0),
        alarm.id.as_bytes(),
        alarm.kind,
        alarm.who.0.as_bytes(),
        alarm.district.map(|id| id.0),
        alarm.at.as_millisecond(),
    ])?;
    Ok(raised == 1)
}

fn alarm_at(row: &Row<'_>) -> rusqlite::Result<AlarmRow> {
    let facility: i64 = row.get("facility_id")?;
    Ok(AlarmRow {
        id: uuid_at(row, "alarm_id")?,
        kind: row.get("kind")?,
        who: StaffId(uuid_at(row, "staff_id")?),
        facility: (facility != 0).then_some(FacilityId(facility)),
        district: row.get::<_, Option<i32>>("district_id")?.map(DistrictId),
        at: instant_at(row, "raised_at")?,
    })
}

fn ask(connection: &Connection, asked: &EmergencyRow) -> rusqlite::Result<()> {
    const ASK: &str = "
        INSERT INTO emergency (facility_id, emergency_id, beneficiary_id, reason, asked_by, asked_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT DO NOTHING";
    connection
        .prepare_cached(ASK)?
        .execute(params![
            asked.facility.0,
            asked.id.as_bytes(),
            number(asked.beneficiary),
            asked.reason,
            asked.asked_by.0.as_bytes(),
            asked.asked_at.as_millisecond(),
        ])
        .map(drop)
}

fn agree(connection: &Connection, agreement: &Agreement) -> rusqlite::Result<bool> {
    const AGREE: &str = "
        UPDATE emergency SET agreed_by = :by, until = :until
        WHERE facility_id = :facility AND emergency_id = :id AND agreed_by IS NULL
            AND asked_by <> :by AND asked_at > :after";
    let agreed = connection.prepare_cached(AGREE)?.execute(named_params! {
        ":by": agreement.by.0.as_bytes(),
        ":until": agreement.until.as_millisecond(),
        ":facility": agreement.facility.0,
        ":id": agreement.id.as_bytes(),
        ":after": agreement.asked_after.as_millisecond(),
    })?;
    Ok(agreed == 1)
}

fn emergency_at(row: &Row<'_>) -> rusqlite::Result<EmergencyRow> {
    let agreed_by: Option<[u8; 16]> = row.get("agreed_by")?;
    let agreed = match agreed_by {
        Some(by) => Some((StaffId(Uuid::from_bytes(by)), instant_at(row, "until")?)),
        None => None,
    };
    Ok(EmergencyRow {
        id: uuid_at(row, "emergency_id")?,
        facility: FacilityId(row.get("facility_id")?),
        beneficiary: beneficiary_at(row, "beneficiary_id")?,
        reason: row.get("reason")?,
        asked_by: StaffId(uuid_at(row, "asked_by")?),
        asked_at: instant_at(row, "asked_at")?,
        agreed,
    })
}

fn agree_session(
    connection: &Connection,
    facility: FacilityId,
    session: SessionId,
    by: StaffId,
) -> rusqlite::Result<bool> {
    const AGREE: &str = "
        UPDATE proposal SET agreed_by = ?3
        WHERE facility_id = ?1 AND session_id = ?2 AND proposed_by <> ?3 AND agreed_by IS NULL";
    const OPEN: &str = "
        SELECT 1 FROM proposal WHERE facility_id = ?1 AND session_id = ?2 AND agreed_by IS NULL";
    let session = session.0.as_bytes();
    connection.prepare_cached(AGREE)?.execute((facility.0, session, by.0.as_bytes()))?;
    Ok(!connection.prepare_cached(OPEN)?.exists((facility.0, session))?)
}

fn take(connection: &Connection, taken: &StockUse) -> rusqlite::Result<bool> {
    const TAKEN: &str = "SELECT 1 FROM stock_use WHERE facility_id = ?1 AND dose_id = ?2";
    const TAKE: &str = "
        UPDATE stock SET given = given + 1
        WHERE facility_id = ?1 AND vaccine = ?2 AND lot = ?3 AND given < received";
    const NOTE: &str = "
        INSERT INTO stock_use (facility_id, dose_id, vaccine, lot) VALUES (?1, ?2, ?3, ?4)";
    let (facility, dose) = (taken.facility.0, taken.dose.0.as_bytes());
    if connection.prepare_cached(TAKEN)?.exists((facility, dose))? {
        return Ok(true);
    }
    let lot = (facility, &taken.vaccine, &taken.lot);
    if connection.prepare_cached(TAKE)?.execute(lot)? == 0 {
        return Ok(false);
    }
    connection.prepare_cached(NOTE)?.execute((facility, dose, &taken.vaccine, &taken.lot))?;
    Ok(true)
}

fn give_back(connection: &Connection, taken: &StockUse) -> rusqlite::Result<()> {
    const FORGET: &str = "DELETE FROM stock_use WHERE facility_id = ?1 AND dose_id = ?2";
    const RETURN: &str = "
        UPDATE stock SET given = given - 1 WHERE facility_id = ?1 AND vaccine = ?2 AND lot = ?3";
    let (facility, dose) = (taken.facility.0, taken.dose.0.as_bytes());
    if connection.prepare_cached(FORGET)?.execute((facility, dose))? == 1 {
        let lot = (facility, &taken.vaccine, &taken.lot);
        connection.prepare_cached(RETURN)?.execute(lot)?;
    }
    Ok(())
}

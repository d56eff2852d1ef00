//! Lists that came in, and who came by them.

use async_trait::async_trait;
use domain::id::{DistrictId, FacilityId, StaffId};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::{
    Sqlite, care,
    person::list as rows_of,
    value::{instant_at, uuid_at},
};
use crate::{
    ListStore, StoreResult,
    record::{CameBy, ListNo, ListRow, NewList, StaffPlace, StaffRole},
};

#[async_trait]
impl ListStore for Sqlite {
    async fn put_list(&self, list: &NewList) -> StoreResult<ListRow> {
        let list = list.clone();
        self.write(move |c| put(c, &list)).await
    }

    async fn drop_list(&self, number: ListNo) -> StoreResult<bool> {
        const DROP: &str = "
            DELETE FROM list
            WHERE list_no = ?1
                AND NOT EXISTS (SELECT 1 FROM beneficiary WHERE list_no = ?1)
                AND NOT EXISTS (SELECT 1 FROM merged_beneficiary WHERE list_no = ?1)";
        self.write(move |c| Ok(c.prepare_cached(DROP)?.execute([number.0])? == 1)).await
    }

    async fn lists(&self) -> StoreResult<Vec<ListRow>> {
        self.read(|c| rows_of(c, "SELECT * FROM list ORDER BY list_no", [], list_row))
    }

    async fn people_count(&self) -> StoreResult<u64> {
        self.read(care::people)
    }

    async fn came_by(&self, until: Timestamp) -> StoreResult<Vec<CameBy>> {
        const COUNT: &str = "
            SELECT coalesce(d.facility_id, k.facility_id) AS place, b.list_no AS list_no,
                count(*) AS people
            FROM beneficiary AS b
            LEFT JOIN dose AS d ON d.beneficiary_id = b.beneficiary_id AND d.dose_number = 1
            LEFT JOIN dose_claim AS k
                ON k.beneficiary_id = b.beneficiary_id AND k.dose_number = 1
            WHERE b.registered_at <= ?1
            GROUP BY 1, 2 ORDER BY 1, 2";
        self.read(|c| {
            rows_of(c, COUNT, [until.as_millisecond()], |row| {
                Ok(CameBy {
                    facility: row.get::<_, Option<i64>>("place")?.map(FacilityId),
                    list: row.get::<_, Option<i32>>("list_no")?.map(ListNo),
                    people: row.get::<_, i64>("people")?.unsigned_abs(),
                })
            })
        })
    }

    async fn staff_places(&self) -> StoreResult<Vec<StaffPlace>> {
        const ALL: &str =
            "SELECT staff_id, role, facility_id, district_id FROM staff ORDER BY staff_id";
        self.read(|c| rows_of(c, ALL, [], staff_place))
    }
}

fn put(connection: &Connection, list: &NewList) -> rusqlite::Result<ListRow> {
    const SAME: &str = "SELECT * FROM list WHERE file_digest = ?1";
    const PUT: &str = "
        INSERT INTO list (list_no, file_digest, file_rows, facility_id, district_id, came_at)
        SELECT coalesce(max(list_no), 0) + 1, :digest, :rows, :facility, :district, :came_at
        FROM list
        RETURNING *";
    let mut same = connection.prepare_cached(SAME)?;
    if let Some(kept) = same.query_row([list.digest], list_row).optional()? {
        return Ok(kept);
    }
    let values = named_params! {
        ":digest": list.digest,
        ":rows": list.rows.cast_signed(),
        ":facility": list.facility.map(|id| id.0),
        ":district": list.district.map(|id| id.0),
        ":came_at": list.came_at.as_millisecond(),
    };
    connection.prepare_cached(PUT)?.query_row(values, list_row)
}

fn list_row(row: &Row<'_>) -> rusqlite::Result<ListRow> {
    let list = NewList {
        digest: row.get("file_digest")?,
        rows: row.get::<_, i64>("file_rows")?.unsigned_abs(),
        facility: row.get::<_, Option<i64>>("facility_id")?.map(FacilityId),
        district: row.get::<_, Option<i32>>("district_id")?.map(DistrictId),
        came_at: instant_at(row, "came_at")?,
    };
    Ok(ListRow { number: ListNo(row.get("list_no")?), list })
}

fn staff_place(row: &Row<'_>) -> rusqlite::Result<StaffPlace> {
    let role = row.get_ref("role")?.as_str()?;
    Ok(StaffPlace {
        id: StaffId(uuid_at(row, "staff_id")?),
        role: StaffRole::from_word(role).unwrap_or(StaffRole::Auditor),
        facility: row.get::<_, Option<i64>>("facility_id")?.map(FacilityId),
        district: row.get::<_, Option<i32>>("district_id")?.map(DistrictId),
    })
}

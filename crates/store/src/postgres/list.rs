//! Lists that came in, on every node; who came by them, at home.

use async_trait::async_trait;
use domain::id::{DistrictId, FacilityId, StaffId};
use jiff::Timestamp;
use tokio_postgres::Row;

use super::{
    Postgres, care,
    link::{Attempt, Db, Link, Values, long_transaction, transaction},
    statement::statements,
    value::{digest_at, instant_at},
};
use crate::{
    ListStore, StoreError, StoreResult,
    record::{CameBy, ListNo, ListRow, NewList, StaffPlace, StaffRole},
};

/// How often a number is looked for that nobody else took at the same moment.
const TRIES: usize = 16;

statements! {
    Reference PUT = "
        INSERT INTO list (list_no, file_digest, file_rows, facility_id, district_id, came_at)
        SELECT coalesce(max(l.list_no), 0) + 1, $1::bytea, $2::bigint, $3::bigint, $4::int,
            $5::bigint
        FROM list AS l
        ON CONFLICT DO NOTHING";
    Reference SAME = "SELECT * FROM list WHERE file_digest = $1";
    Reference LISTS = "SELECT * FROM list ORDER BY list_no";
    Reference DROP = "DELETE FROM list WHERE list_no = $1";
    Scatter FROM_LIST = "
        SELECT 1 FROM beneficiary WHERE list_no = $1
        UNION ALL
        SELECT 1 FROM merged_beneficiary WHERE list_no = $1
        LIMIT 1";
    Scatter COUNT = "
        SELECT coalesce(d.facility_id, k.facility_id) AS place, b.list_no, count(*) AS people
        FROM beneficiary AS b
        LEFT JOIN dose AS d
            ON d.hb = b.hb AND d.beneficiary_id = b.beneficiary_id AND d.dose_number = 1
        LEFT JOIN dose_claim AS k
            ON k.hb = b.hb AND k.beneficiary_id = b.beneficiary_id AND k.dose_number = 1
        WHERE b.registered_at <= $1::bigint
        GROUP BY 1, 2 ORDER BY 1 NULLS FIRST, 2 NULLS FIRST";
    Scatter STAFF = "
        SELECT staff_id, role, facility_id, district_id FROM staff ORDER BY staff_id";
}

#[async_trait]
impl ListStore for Postgres {
    async fn put_list(&self, list: &NewList) -> StoreResult<ListRow> {
        for _ in 0..TRIES {
            if let Some(kept) = put(&self.db, list).await? {
                return Ok(kept);
            }
        }
        Err(StoreError::unavailable("others import at the same moment"))
    }

    async fn drop_list(&self, number: ListNo) -> StoreResult<bool> {
        drop_unused(&self.db, number).await
    }

    async fn lists(&self) -> StoreResult<Vec<ListRow>> {
        Ok(lists(&self.db).await?)
    }

    async fn people_count(&self) -> StoreResult<u64> {
        Ok(care::people(&self.db).await?)
    }

    async fn came_by(&self, until: Timestamp) -> StoreResult<Vec<CameBy>> {
        let until = until.as_millisecond();
        let rows: Vec<Row> = long_transaction!(self.db, tx => {
            Link::Within(&tx).rows(&COUNT, &[&until]).await?
        })?;
        Ok(rows.iter().map(came_by_at).collect())
    }

    async fn staff_places(&self) -> StoreResult<Vec<StaffPlace>> {
        Ok(staff(&self.db).await?)
    }
}

/// The list; none if another one took its number.
async fn put(db: &Db, list: &NewList) -> StoreResult<Option<ListRow>> {
    let digest = list.digest.as_slice();
    let (facility, district) = (list.facility.map(|id| id.0), list.district.map(|id| id.0));
    let (rows, at) = (list.rows.cast_signed(), list.came_at.as_millisecond());
    transaction!(db, tx => {
        let link = Link::Within(&tx);
        let values: Values<'_> = &[&digest, &rows, &facility, &district, &at];
        let mut kept = link.rows(&SAME, &[&digest]).await?;
        if kept.is_empty() {
            link.execute(&PUT, values).await?;
            kept = link.rows(&SAME, &[&digest]).await?;
        }
        kept.first().map(list_row).transpose()?
    })
}

async fn drop_unused(db: &Db, number: ListNo) -> StoreResult<bool> {
    let used = used(db, number).await?;
    if used {
        return Ok(false);
    }
    transaction!(db, tx => Link::Within(&tx).execute(&DROP, &[&number.0]).await? == 1)
}

async fn used(db: &Db, number: ListNo) -> Attempt<bool> {
    let client = db.client().await?;
    Ok(!Link::Pooled(&client).rows(&FROM_LIST, &[&number.0]).await?.is_empty())
}

async fn lists(db: &Db) -> Attempt<Vec<ListRow>> {
    let client = db.client().await?;
    let rows = Link::Pooled(&client).rows(&LISTS, &[]).await?;
    Ok(rows.iter().map(list_row).collect::<StoreResult<_>>()?)
}

async fn staff(db: &Db) -> Attempt<Vec<StaffPlace>> {
    let client = db.client().await?;
    let rows = Link::Pooled(&client).rows(&STAFF, &[]).await?;
    let place = |row: &Row| StaffPlace {
        id: StaffId(row.get("staff_id")),
        role: StaffRole::from_word(row.get("role")).unwrap_or(StaffRole::Auditor),
        facility: row.get::<_, Option<i64>>("facility_id").map(FacilityId),
        district: row.get::<_, Option<i32>>("district_id").map(DistrictId),
    };
    Ok(rows.iter().map(place).collect())
}

fn list_row(row: &Row) -> StoreResult<ListRow> {
    let list = NewList {
        digest: digest_at(row, "file_digest")?,
        rows: row.get::<_, i64>("file_rows").unsigned_abs(),
        facility: row.get::<_, Option<i64>>("facility_id").map(FacilityId),
        district: row.get::<_, Option<i32>>("district_id").map(DistrictId),
        came_at: instant_at(row, "came_at"),
    };
    Ok(ListRow { number: ListNo(row.get("list_no")), list })
}

fn came_by_at(row: &Row) -> CameBy {
    CameBy {
        facility: row.get::<_, Option<i64>>("place").map(FacilityId),
        list: row.get::<_, Option<i32>>("list_no").map(ListNo),
        people: row.get::<_, i64>("people").unsigned_abs(),
    }
}

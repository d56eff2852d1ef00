//! Places, rules, facilities and counts.

use domain::{
    facility::{Facility, FeeType},
    id::{DistrictId, FacilityId, StateId},
    place::{District, Pincode, Position, PostalPlace, State},
};
use jiff::{Timestamp, civil::Date};
use tokio_postgres::Row;

use super::{
    link::{Attempt, Db, Home, Link, Place, Steps, Values, long_transaction, step},
    statement::statements,
    value::instant_at,
    wave::{batch, side_by_side},
};
use crate::{
    StoreResult,
    record::{RulesFile, Tally},
    value::{date, day, minutes, time},
};

statements! {
    Reference PUT_STATE = "
        INSERT INTO state (state_id, name, name_hi) VALUES ($1, $2, $3)
        ON CONFLICT (state_id) DO UPDATE SET name = excluded.name, name_hi = excluded.name_hi";
    Reference PUT_DISTRICT = "
        INSERT INTO district (district_id, state_id, name, name_hi, lgd_code)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (district_id) DO UPDATE
        SET state_id = excluded.state_id, name = excluded.name, name_hi = excluded.name_hi,
            lgd_code = excluded.lgd_code";
    Reference PUT_POSTAL = "
        INSERT INTO postal_place (pincode, name, district_id, latitude, longitude)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (pincode, name) DO UPDATE
        SET district_id = excluded.district_id, latitude = excluded.latitude,
            longitude = excluded.longitude";
    Reference STATES = "SELECT * FROM state ORDER BY state_id";
    Reference DISTRICTS = "SELECT * FROM district ORDER BY district_id";
    Reference POSTAL = "SELECT * FROM postal_place ORDER BY pincode, name";
    Reference PUT_RULES = "
        INSERT INTO rules (version, body, put_at) VALUES ($1, $2, $3)
        ON CONFLICT (version) DO NOTHING";
    Reference LATEST_RULES = "SELECT * FROM rules ORDER BY put_at DESC, version DESC LIMIT 1";
    Facility PUT_FACILITY = "
        INSERT INTO facility (facility_id, name, address, block, district_id, pincode, latitude,
            longitude, opens, closes, paid, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT (facility_id) DO UPDATE
        SET name = excluded.name, address = excluded.address, block = excluded.block,
            district_id = excluded.district_id, pincode = excluded.pincode,
            latitude = excluded.latitude, longitude = excluded.longitude, opens = excluded.opens,
            closes = excluded.closes, paid = excluded.paid, changed_at = excluded.changed_at";
    Scatter FACILITIES_SINCE = "
        SELECT * FROM facility WHERE changed_at >= $1 ORDER BY facility_id";
    Facility ADD_TALLY = "
        INSERT INTO tally (facility_id, counted_on, measure, count) VALUES ($1, $2, $3, $4)
        ON CONFLICT (facility_id, counted_on, measure) DO UPDATE
        SET count = tally.count + excluded.count";
    Home ADD_HOME_TALLY = "
        INSERT INTO home_tally (hb, facility_id, counted_on, measure, count)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (hb, facility_id, counted_on, measure) DO UPDATE
        SET count = home_tally.count + excluded.count";
    Scatter TALLIES_SINCE = "
        SELECT facility_id, counted_on, measure, sum(count)::bigint AS count
        FROM (
            SELECT facility_id, counted_on, measure, count FROM tally WHERE counted_on >= $1
            UNION ALL
            SELECT facility_id, counted_on, measure, count FROM home_tally WHERE counted_on >= $1
        ) AS counted
        GROUP BY facility_id, counted_on, measure
        ORDER BY facility_id, counted_on, measure";
}

pub(super) async fn put(db: &Db, states: &[State], districts: &[District]) -> StoreResult<()> {
    long_transaction!(db, tx => {
        let link = Link::Within(&tx);
        for state in states {
            link.execute(&PUT_STATE, &[&state.id.0, &state.name, &state.name_hi]).await?;
        }
        for district in districts {
            link.execute(&PUT_DISTRICT, &[
                &district.id.0, &district.state.0, &district.name, &district.name_hi,
                &district.lgd_code,
            ]).await?;
        }
    })
}

pub(super) async fn all(db: &Db) -> Attempt<(Vec<State>, Vec<District>)> {
    let client = db.client().await?;
    let link = Link::Pooled(&client);
    let states = link.rows(&STATES, &[]).await?;
    let states = states.iter().map(|row| State {
        id: StateId(row.get("state_id")),
        name: row.get("name"),
        name_hi: row.get("name_hi"),
    });
    let districts = link.rows(&DISTRICTS, &[]).await?;
    let districts = districts.iter().map(|row| District {
        id: DistrictId(row.get("district_id")),
        state: StateId(row.get("state_id")),
        name: row.get("name"),
        name_hi: row.get("name_hi"),
        lgd_code: row.get("lgd_code"),
    });
    Ok((states.collect(), districts.collect()))
}

pub(super) async fn put_postal(db: &Db, places: &[PostalPlace]) -> StoreResult<()> {
    long_transaction!(db, tx => {
        let link = Link::Within(&tx);
        side_by_side!(places, place => put_office(link, place));
    })
}

async fn put_office(link: Link<'_>, place: &PostalPlace) -> Attempt<()> {
    let district = place.district.map(|district| district.0);
    let latitude = place.position.map(|position| position.latitude);
    let longitude = place.position.map(|position| position.longitude);
    let values: Values<'_> = &[&place.pincode.0, &place.name, &district, &latitude, &longitude];
    link.execute(&PUT_POSTAL, values).await?;
    Ok(())
}

pub(super) async fn postal(db: &Db) -> Attempt<Vec<PostalPlace>> {
    let client = db.client().await?;
    let rows = Link::Pooled(&client).rows(&POSTAL, &[]).await?;
    let places = rows.iter().map(|row| PostalPlace {
        pincode: Pincode(row.get("pincode")),
        name: row.get("name"),
        district: row.get::<_, Option<i32>>("district_id").map(DistrictId),
        position: position_at(row),
    });
    Ok(places.collect())
}

fn position_at(row: &Row) -> Option<Position> {
    let latitude: Option<f64> = row.get("latitude");
    let longitude: Option<f64> = row.get("longitude");
    latitude.zip(longitude).map(|(latitude, longitude)| Position { latitude, longitude })
}

pub(super) async fn put_rules(db: &Db, rules: &RulesFile) -> StoreResult<()> {
    long_transaction!(db, tx => {
        let put_at = rules.put_at.as_millisecond();
        Link::Within(&tx).execute(&PUT_RULES, &[&rules.version, &rules.text, &put_at]).await?;
    })
}

pub(super) async fn latest_rules(db: &Db) -> Attempt<Option<RulesFile>> {
    let client = db.client().await?;
    let rows = Link::Pooled(&client).rows(&LATEST_RULES, &[]).await?;
    Ok(rows.first().map(|row| RulesFile {
        version: row.get("version"),
        text: row.get("body"),
        put_at: instant_at(row, "put_at"),
    }))
}

/// All or none on one server; on shards one after the other, which may be asked again.
pub(super) async fn put_facilities(
    db: &Db,
    facilities: &[Facility],
    at: Timestamp,
) -> StoreResult<()> {
    let written: StoreResult<Vec<()>> = batch!(db, facilities, |facility: &Facility| facility.id, (steps, wave) => {
        side_by_side!(wave, one => put_facility(steps, one, at))
    });
    written.map(drop)
}

async fn put_facility(steps: Steps<'_>, facility: &Facility, at: Timestamp) -> Attempt<()> {
    let latitude = facility.position.map(|position| position.latitude);
    let longitude = facility.position.map(|position| position.longitude);
    let (opens, closes) = (minutes(facility.opens), minutes(facility.closes));
    let paid = facility.fee_type == FeeType::Paid;
    step!(steps, Place(facility.id.0), place => {
        place.execute(&PUT_FACILITY, &[
            &facility.name, &facility.address, &facility.block, &facility.district.0,
            &facility.pincode.0, &latitude, &longitude, &opens, &closes, &paid,
            &at.as_millisecond(),
        ]).await?
    });
    Ok(())
}

pub(super) async fn facilities_since(db: &Db, at: Timestamp) -> Attempt<Vec<Facility>> {
    let client = db.client().await?;
    let rows = Link::Pooled(&client).rows(&FACILITIES_SINCE, &[&at.as_millisecond()]).await?;
    let facilities = rows.iter().map(|row| Facility {
        id: FacilityId(row.get("facility_id")),
        name: row.get("name"),
        address: row.get("address"),
        block: row.get("block"),
        district: DistrictId(row.get("district_id")),
        pincode: Pincode(row.get("pincode")),
        position: position_at(row),
        opens: time(row.get("opens")),
        closes: time(row.get("closes")),
        fee_type: if row.get("paid") { FeeType::Paid } else { FeeType::Free },
    });
    Ok(facilities.collect())
}

pub(super) async fn add_tallies(db: &Db, tallies: &[Tally]) -> StoreResult<()> {
    let key = |tally: &Tally| (tally.facility, tally.on, tally.measure.clone());
    let written: StoreResult<Vec<()>> = batch!(db, tallies, key, (steps, wave) => {
        side_by_side!(wave, one => add_tally(steps, one))
    });
    written.map(drop)
}

async fn add_tally(steps: Steps<'_>, tally: &Tally) -> Attempt<()> {
    step!(steps, Place(tally.facility), place => {
        place.execute(&ADD_TALLY, &[&day(tally.on), &tally.measure, &tally.count]).await?
    });
    Ok(())
}

/// Adds to a count in the transaction of what is counted.
pub(super) async fn add_home_tally(home: &Home<'_>, tally: &Tally) -> Attempt<()> {
    let values: Values<'_> = &[&tally.facility, &day(tally.on), &tally.measure, &tally.count];
    home.execute(&ADD_HOME_TALLY, values).await?;
    Ok(())
}

pub(super) async fn tallies_since(db: &Db, from: Date) -> Attempt<Vec<Tally>> {
    let client = db.client().await?;
    let rows = Link::Pooled(&client).rows(&TALLIES_SINCE, &[&day(from)]).await?;
    let tallies = rows.iter().map(|row| Tally {
        facility: row.get("facility_id"),
        on: date(row.get("counted_on")),
        measure: row.get("measure"),
        count: row.get("count"),
    });
    Ok(tallies.collect())
}

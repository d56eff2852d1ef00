//! Places, rules, facilities and counts.

use domain::{
    facility::{Facility, FeeType},
    id::{DistrictId, FacilityId, StateId},
    place::{District, Pincode, Position, PostalPlace, State},
};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::value::instant_at;
use crate::{
    record::{RulesFile, Tally},
    value::{date, day, minutes, time},
};

const PUT_STATE: &str = "
    INSERT INTO state (state_id, name, name_hi) VALUES (:id, :name, :name_hi)
    ON CONFLICT (state_id) DO UPDATE SET name = excluded.name, name_hi = excluded.name_hi";

const PUT_DISTRICT: &str = "
    INSERT INTO district (district_id, state_id, name, name_hi, lgd_code)
    VALUES (:id, :state, :name, :name_hi, :lgd_code)
    ON CONFLICT (district_id) DO UPDATE
    SET state_id = excluded.state_id, name = excluded.name, name_hi = excluded.name_hi,
        lgd_code = excluded.lgd_code";

pub(super) fn put(
    connection: &Connection,
    states: &[State],
    districts: &[District],
) -> rusqlite::Result<()> {
    let mut put_state = connection.prepare_cached(PUT_STATE)?;
    for state in states {
        put_state.execute(named_params! {
            ":id": state.id.0, ":name": state.name, ":name_hi": state.name_hi,
        })?;
    }
    let mut put_district = connection.prepare_cached(PUT_DISTRICT)?;
    for district in districts {
        put_district.execute(named_params! {
            ":id": district.id.0,
            ":state": district.state.0,
            ":name": district.name,
            ":name_hi": district.name_hi,
            ":lgd_code": district.lgd_code,
        })?;
    }
    Ok(())
}

pub(super) fn all(connection: &Connection) -> rusqlite::Result<(Vec<State>, Vec<District>)> {
    let mut states = connection.prepare_cached("SELECT * FROM state ORDER BY state_id")?;
    let states = states.query_map([], |row| {
        Ok(State {
            id: StateId(row.get("state_id")?),
            name: row.get("name")?,
            name_hi: row.get("name_hi")?,
        })
    })?;
    let mut districts = connection.prepare_cached("SELECT * FROM district ORDER BY district_id")?;
    let districts = districts.query_map([], |row| {
        Ok(District {
            id: DistrictId(row.get("district_id")?),
            state: StateId(row.get("state_id")?),
            name: row.get("name")?,
            name_hi: row.get("name_hi")?,
            lgd_code: row.get("lgd_code")?,
        })
    })?;
    Ok((states.collect::<Result<_, _>>()?, districts.collect::<Result<_, _>>()?))
}

const PUT_POSTAL: &str = "
    INSERT INTO postal_place (pincode, name, district_id, latitude, longitude)
    VALUES (:pincode, :name, :district, :latitude, :longitude)
    ON CONFLICT (pincode, name) DO UPDATE
    SET district_id = excluded.district_id, latitude = excluded.latitude,
        longitude = excluded.longitude";

pub(super) fn put_postal(connection: &Connection, places: &[PostalPlace]) -> rusqlite::Result<()> {
    let mut put = connection.prepare_cached(PUT_POSTAL)?;
    for place in places {
        put.execute(named_params! {
            ":pincode": place.pincode.0,
            ":name": place.name,
            ":district": place.district.map(|district| district.0),
            ":latitude": place.position.map(|position| position.latitude),
            ":longitude": place.position.map(|position| position.longitude),
        })?;
    }
    Ok(())
}

pub(super) fn postal(connection: &Connection) -> rusqlite::Result<Vec<PostalPlace>> {
    let mut all = connection.prepare_cached("SELECT * FROM postal_place ORDER BY pincode, name")?;
    all.query_map([], |row| {
        Ok(PostalPlace {
            pincode: Pincode(row.get("pincode")?),
            name: row.get("name")?,
            district: row.get::<_, Option<i32>>("district_id")?.map(DistrictId),
            position: position_at(row)?,
        })
    })?
    .collect()
}

fn position_at(row: &Row<'_>) -> rusqlite::Result<Option<Position>> {
    let latitude: Option<f64> = row.get("latitude")?;
    let longitude: Option<f64> = row.get("longitude")?;
    Ok(latitude.zip(longitude).map(|(latitude, longitude)| Position { latitude, longitude }))
}

const PUT_RULES: &str = "
    INSERT INTO rules (version, body, put_at) VALUES (:version, :body, :put_at)
    ON CONFLICT (version) DO NOTHING";

pub(super) fn put_rules(connection: &Connection, rules: &RulesFile) -> rusqlite::Result<()> {
    connection.prepare_cached(PUT_RULES)?.execute(named_params! {
        ":version": rules.version,
        ":body": rules.text,
        ":put_at": rules.put_at.as_millisecond(),
    })?;
    Ok(())
}

pub(super) fn latest_rules(connection: &Connection) -> rusqlite::Result<Option<RulesFile>> {
    const LATEST: &str = "SELECT * FROM rules ORDER BY put_at DESC, version DESC LIMIT 1";
    let mut latest = connection.prepare_cached(LATEST)?;
    let read = |row: &Row<'_>| {
        Ok(RulesFile {
            version: row.get("version")?,
            text: row.get("body")?,
            put_at: instant_at(row, "put_at")?,
        })
    };
    latest.query_row([], read).optional()
}

const PUT_FACILITY: &str = "
    INSERT INTO facility (facility_id, name, address, block, district_id, pincode, latitude,
        longitude, opens, closes, paid, changed_at)
    VALUES (:id, :name, :address, :block, :district, :pincode, :latitude,
        :longitude, :opens, :closes, :paid, :changed_at)
    ON CONFLICT (facility_id) DO UPDATE
    SET name = excluded.name, address = excluded.address, block = excluded.block,
        district_id = excluded.district_id, pincode = excluded.pincode,
        latitude = excluded.latitude, longitude = excluded.longitude, opens = excluded.opens,
        closes = excluded.closes, paid = excluded.paid, changed_at = excluded.changed_at";

pub(super) fn put_facilities(
    connection: &Connection,
    facilities: &[Facility],
    at: Timestamp,
) -> rusqlite::Result<()> {
    let mut put = connection.prepare_cached(PUT_FACILITY)?;
    for facility in facilities {
        put.execute(named_params! {
            ":id": facility.id.0,
            ":name": facility.name,
            ":address": facility.address,
            ":block": facility.block,
            ":district": facility.district.0,
            ":pincode": facility.pincode.0,
            ":latitude": facility.position.map(|position| position.latitude),
            ":longitude": facility.position.map(|position| position.longitude),
            ":opens": minutes(facility.opens),
            ":closes": minutes(facility.closes),
            ":paid": facility.fee_type == FeeType::Paid,
            ":changed_at": at.as_millisecond(),
        })?;
    }
    Ok(())
}

pub(super) fn facilities_since(
    connection: &Connection,
    at: Timestamp,
) -> rusqlite::Result<Vec<Facility>> {
    const SINCE: &str = "SELECT * FROM facility WHERE changed_at >= ?1 ORDER BY facility_id";
    let mut since = connection.prepare_cached(SINCE)?;
    since
        .query_map([at.as_millisecond()], |row| {
            Ok(Facility {
                id: FacilityId(row.get("facility_id")?),
                name: row.get("name")?,
                address: row.get("address")?,
                block: row.get("block")?,
                district: DistrictId(row.get("district_id")?),
                pincode: Pincode(row.get("pincode")?),
                position: position_at(row)?,
                opens: time(row.get("opens")?),
                closes: time(row.get("closes")?),
                fee_type: if row.get("paid")? { FeeType::Paid } else { FeeType::Free },
            })
        })?
        .collect()
}

const ADD_TALLY: &str = "
    INSERT INTO tally (facility_id, counted_on, measure, count)
    VALUES (:facility, :on, :measure, :count)
    ON CONFLICT (facility_id, counted_on, measure) DO UPDATE SET count = count + excluded.count";

pub(super) fn add_tally(connection: &Connection, tally: &Tally) -> rusqlite::Result<()> {
    connection.prepare_cached(ADD_TALLY)?.execute(params![
        tally.facility,
        day(tally.on),
        tally.measure,
        tally.count,
    ])?;
    Ok(())
}

pub(super) fn tallies_since(
    connection: &Connection,
    from: jiff::civil::Date,
) -> rusqlite::Result<Vec<Tally>> {
    const SINCE: &str = "
        SELECT * FROM tally WHERE counted_on >= ?1 ORDER BY facility_id, counted_on, measure";
    let mut since = connection.prepare_cached(SINCE)?;
    since
        .query_map([day(from)], |row| {
            Ok(Tally {
                facility: row.get("facility_id")?,
                on: date(row.get("counted_on")?),
                measure: row.get("measure")?,
                count: row.get("count")?,
            })
        })?
        .collect()
}

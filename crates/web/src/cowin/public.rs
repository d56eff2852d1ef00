//! Places, searches and lists that anybody may ask for.

use app::inventory::Area;
use axum::{
    Json,
    extract::{Path, RawQuery, State, rejection::PathRejection},
    http::HeaderMap,
    response::Response,
};
use domain::{
    id::{DistrictId, FacilityId, StateId},
    person::{DOCUMENT_KINDS, Gender},
    place::{Pincode, Position},
};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::{
    body::day,
    error::{Answer, bad, missing},
    shape::gender_hi,
};
use crate::{
    Web,
    caller::Caller,
    discovery::{self, Asked, Kind},
    form::Query,
    language::Twins,
};

/// Hours for which a client may keep lists.
const TTL: u32 = 24;

/// A number of ours: from 1, in digits only.
pub(super) fn positive<N: std::str::FromStr + PartialOrd + From<u8>>(text: &str) -> Option<N> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().filter(|number| *number >= N::from(1))
}

pub(super) async fn states(State(web): State<Web>, caller: Caller) -> Json<Value> {
    let geography = web.0.platform.geography();
    let states = geography.states().iter().map(|state| {
        let local = caller.twins.text(&state.name_hi);
        json!({ "state_id": state.id.0, "state_name": state.name, "state_name_l": local })
    });
    Json(json!({ "states": states.collect::<Value>(), "ttl": TTL }))
}

pub(super) async fn districts(
    State(web): State<Web>,
    caller: Caller,
    state: Result<Path<String>, PathRejection>,
) -> Answer<Json<Value>> {
    let state = state.ok().and_then(|Path(text)| positive(&text));
    let state = state.map(StateId).ok_or_else(missing)?;
    let geography = web.0.platform.geography();
    let districts = geography.districts_of(state).map(|district| {
        let local = caller.twins.text(&district.name_hi);
        json!({
            "state_id": district.state.0,
            "district_id": district.id.0,
            "district_name": district.name,
            "district_name_l": local,
        })
    });
    Ok(Json(json!({ "districts": districts.collect::<Value>(), "ttl": TTL })))
}

/// What a search asks for: an area and a day.
pub(super) fn asked(
    kind: Kind,
    area: fn(&Query) -> Answer<Area>,
    query: &Query,
    twins: Twins,
) -> Answer<Asked> {
    let area = area(query)?;
    let from: Date = query.get("date").and_then(day).ok_or_else(missing)?;
    Ok(Asked { kind, area, from, twins })
}

pub(super) fn by_pincode(query: &Query) -> Answer<Area> {
    let text = query.get("pincode").ok_or_else(missing)?;
    Pincode::parse(text).map(Area::Pincode).ok_or_else(|| bad("APPOIN0018", "Invalid Pincode"))
}

pub(super) fn by_district(query: &Query) -> Answer<Area> {
    let id = query.get("district_id").and_then(positive);
    id.map(|id| Area::District(DistrictId(id))).ok_or_else(missing)
}

fn by_center(query: &Query) -> Answer<Area> {
    let id = query.get("center_id").and_then(positive);
    id.map(|id| Area::Facility(FacilityId(id))).ok_or_else(missing)
}

macro_rules! search {
    ($name:ident, $kind:expr, $area:expr) => {
        pub(super) async fn $name(
            State(web): State<Web>,
            caller: Caller,
            headers: HeaderMap,
            RawQuery(query): RawQuery,
        ) -> Answer<Response> {
            let query = Query::parse(query.as_deref());
            let asked = asked($kind, $area, &query, caller.twins)?;
            Ok(discovery::answer(&web, asked, &headers, caller.ctx.now))
        }
    };
}

search!(find_by_pin, Kind::Find, by_pincode);
search!(find_by_district, Kind::Find, by_district);
search!(calendar_by_pin, Kind::Calendar, by_pincode);
search!(calendar_by_district, Kind::Calendar, by_district);
search!(calendar_by_center, Kind::Center, by_center);

pub(super) async fn find_by_lat_long(
    State(web): State<Web>,
    RawQuery(query): RawQuery,
) -> Answer<Json<Value>> {
    let query = Query::parse(query.as_deref());
    let degrees = |name| query.get(name).and_then(|text| text.parse::<f64>().ok());
    let position = degrees("lat").zip(degrees("long"));
    let position = position.and_then(|(lat, long)| Position::in_country(lat, long));
    let position = position.ok_or_else(missing)?;
    let geography = web.0.platform.geography();
    let near = web.0.platform.facilities_near(position);
    let centers = near.iter().map(|(distance, facility)| {
        let district = geography.district(facility.district);
        let state = district.and_then(|district| geography.state(district.state));
        json!({
            "center_id": facility.id.0,
            "name": facility.name,
            "district_name": district.map_or("", |district| district.name.as_str()),
            "state_name": state.map_or("", |state| state.name.as_str()),
            "location": facility.address,
            "pincode": facility.pincode.0.to_string(),
            "block_name": facility.block,
            "lat": facility.position.map(|position| degrees_text(position.latitude)),
            "long": facility.position.map(|position| degrees_text(position.longitude)),
            "distance_km": (distance * 10.0).round() / 10.0,
        })
    });
    Ok(Json(json!({ "centers": centers.collect::<Value>(), "ttl": TTL })))
}

/// Degrees as text, to a metre or so.
fn degrees_text(degrees: f64) -> String {
    ((degrees * 100_000.0).round() / 100_000.0).to_string()
}

pub(super) async fn id_types(caller: Caller) -> Json<Value> {
    let types = DOCUMENT_KINDS.iter().map(
        |(id, label, hindi)| json!({ "id": id, "type": label, "type_l": caller.twins.text(hindi) }),
    );
    Json(json!({ "types": types.collect::<Value>(), "ttl": TTL }))
}

pub(super) async fn genders(caller: Caller) -> Json<Value> {
    let genders = Gender::ALL.iter().map(|gender| {
        let number = gender.number();
        let local = caller.twins.text(gender_hi(number));
        json!({ "id": number, "gender": gender.label(), "gender_l": local })
    });
    Json(json!({ "genders": genders.collect::<Value>(), "ttl": TTL }))
}

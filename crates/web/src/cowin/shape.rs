//! The contract's models. Source: the contract, section 2.

use domain::{
    facility::{Facility, FeeType},
    session::{Channel, SessionSeats},
};
use jiff::civil::{Date, Time};
use serde_json::{Map, Value, json};

use crate::{Web, language::Twins};

pub(crate) fn date_text(date: Date) -> String {
    format!("{:02}-{:02}-{:04}", date.day(), date.month(), date.year())
}

fn time_text(time: Time) -> String {
    format!("{:02}:{:02}:00", time.hour(), time.minute())
}

/// The fields of a centre.
pub(crate) fn center(web: &Web, facility: &Facility, twins: Twins) -> Map<String, Value> {
    let geography = web.0.platform.geography();
    let district = geography.district(facility.district);
    let state = district.and_then(|district| geography.state(district.state));
    let (district_name, district_hi) =
        district.map_or(("", ""), |district| (&district.name, &district.name_hi));
    let (state_name, state_hi) = state.map_or(("", ""), |state| (&state.name, &state.name_hi));
    // The wire truncated degrees to whole numbers; clients read them as such.
    #[expect(clippy::cast_possible_truncation, reason = "degrees are small")]
    let degrees = |value: Option<f64>| value.map_or(0, |value| value as i64);
    let mut fields = Map::new();
    let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    set("center_id", facility.id.0.into());
    set("name", facility.name.clone().into());
    set("address", facility.address.clone().into());
    set("state_name", state_name.into());
    set("district_name", district_name.into());
    set("block_name", facility.block.clone().into());
    set("pincode", facility.pincode.0.into());
    set("from", time_text(facility.opens).into());
    set("to", time_text(facility.closes).into());
    set("lat", degrees(facility.position.map(|p| p.latitude)).into());
    set("long", degrees(facility.position.map(|p| p.longitude)).into());
    set("fee_type", facility.fee_type.label().into());
    let twins = [
        // Names and addresses of facilities are kept as their facility writes them.
        ("name_l", twins.twin("")),
        ("address_l", twins.twin("")),
        ("state_name_l", twins.twin(state_hi)),
        ("district_name_l", twins.twin(district_hi)),
        ("block_name_l", twins.twin("")),
    ];
    for (name, twin) in twins {
        if let Some(twin) = twin {
            set(name, twin.into());
        }
    }
    fields
}

/// The fields of a session. Capacity is what can be booked online.
pub(crate) fn session(seats: &SessionSeats) -> Map<String, Value> {
    let held = &seats.session;
    let free = |dose| seats.free(Channel::Online, dose);
    let (first, second, third) = (free(1), free(2), free(3));
    let free_slots = seats.free_slots(Channel::Online);
    // A full session still has its slots, so that it can be shown.
    let slots = if free_slots.is_empty() { &held.slots } else { &free_slots };
    let mut fields = Map::new();
    let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    set("session_id", held.id.0.to_string().into());
    set("date", date_text(held.on).into());
    set("available_capacity", (first + second + third).into());
    set("available_capacity_dose1", first.into());
    set("available_capacity_dose2", second.into());
    // The precaution dose, under each of the names that clients of 2022 read.
    set("available_capacity_dose3", third.into());
    set("precaution_online_dose_one_available", third.into());
    set("precaution_dose", i32::from(third > 0).into());
    set("min_age_limit", held.min_age.into());
    if let Some(max_age) = held.max_age {
        set("max_age_limit", max_age.into());
    }
    set("allow_all_age", held.max_age.is_none().into());
    set("vaccine", held.vaccine.clone().into());
    set("slots", slots.iter().map(|slot| Value::from(slot.label())).collect());
    fields
}

/// A session with its centre, as the `findBy` calls give it.
pub(crate) fn found(
    web: &Web,
    facility: &Facility,
    seats: &SessionSeats,
    twins: Twins,
) -> Map<String, Value> {
    let mut fields = center(web, facility, twins);
    fields.insert("fee".to_owned(), seats.session.fee.to_string().into());
    fields.extend(session(seats));
    fields
}

/// A centre with its sessions, as the `calendarBy` calls give it.
pub(crate) fn calendar(web: &Web, offer: &app::inventory::Offer, twins: Twins) -> Value {
    let mut fields = center(web, &offer.facility, twins);
    let sessions = offer.sessions.iter().map(|seats| Value::Object(session(seats))).collect();
    fields.insert("sessions".to_owned(), Value::Array(sessions));
    if offer.facility.fee_type == FeeType::Paid {
        let mut fees: Vec<(&str, u32)> = offer
            .sessions
            .iter()
            .map(|seats| (seats.session.vaccine.as_str(), seats.session.fee))
            .collect();
        fees.sort_unstable();
        fees.dedup_by_key(|fee| fee.0);
        let fees =
            fees.iter().map(|(vaccine, fee)| json!({ "vaccine": vaccine, "fee": fee.to_string() }));
        fields.insert("vaccine_fees".to_owned(), fees.collect());
    }
    Value::Object(fields)
}

/// A gender in Hindi.
pub(crate) const fn gender_hi(number: i64) -> &'static str {
    match number {
        1 => "पुरुष",
        2 => "महिला",
        _ => "अन्य",
    }
}

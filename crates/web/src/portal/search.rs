//! The first page: finding a session.

use app::{
    inventory::Offer,
    search::{Filter, Place},
};
use askama::Template;
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::Response,
};
use domain::{
    facility::FeeType,
    id::DistrictId,
    place::{Pincode, Position},
    session::{Channel, SessionSeats},
};

use crate::{
    Web,
    caller::Caller,
    form::Query,
    page::{ages, day_words, show},
};

/// Facilities on one page at most: a district may have hundreds.
const MOST_OFFERS: usize = 40;

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    error: Option<&'static str>,
    pincode: String,
    place: String,
    groups: Vec<Group>,
    date: String,
    vaccines: Vec<(String, bool)>,
    fee: String,
    age: String,
    dose: String,
    places: Vec<(String, String)>,
    summary: Option<String>,
    age_ms: i64,
    offers: Vec<OfferView>,
    moving: String,
}

struct OfferView {
    name: String,
    where_: String,
    fee: &'static str,
    sessions: Vec<SessionView>,
}

struct SessionView {
    id: String,
    day: String,
    vaccine: String,
    ages: String,
    free: u32,
    places: String,
    fee: u32,
}

pub(super) async fn home(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::parse(query.as_deref());
    let text = |name| query.get(name).unwrap_or_default().to_owned();
    let today = caller.ctx.today();
    let from = query.get("date").and_then(|text| text.parse().ok()).unwrap_or(today).max(today);
    let filter = Filter {
        vaccine: query.get("vaccine").map(str::to_owned),
        fee_type: query.get("fee").and_then(FeeType::from_label),
        age: query.get("age").and_then(|text| text.parse().ok()),
        dose_number: query.get("dose").and_then(|text| text.parse().ok()),
    };
    let platform = &web.0.platform;
    let (place, places, error) = wanted(&web, &query);
    let offers = place.as_ref().map(|place| platform.find_sessions(place, from, 7, &filter));
    let summary = offers.as_ref().map(|offers| match offers.len() {
        0 => "No session found. Try a place nearby, or another week.".to_owned(),
        1 => "1 facility has sessions in these seven days".to_owned(),
        many => format!("{many} facilities have sessions in these seven days"),
    });
    let refreshed = platform.inventory().refreshed_at();
    let moving = query.get("move").map_or_else(String::new, |id| {
        uuid::Uuid::try_parse(id).map_or_else(|_| String::new(), |id| format!("&move={id}"))
    });
    let page = Home {
        error,
        // A number in the wrong field may be a mobile: only what is usable stays in the form.
        pincode: Some(text("pincode")).filter(|t| Pincode::parse(t).is_some()).unwrap_or_default(),
        place: Some(text("place"))
            .filter(|text| !text.contains(|c: char| c.is_ascii_digit()))
            .unwrap_or_default(),
        groups: districts(&web, &query),
        date: from.to_string(),
        vaccines: vaccines(&web, query.get("vaccine")),
        fee: text("fee"),
        age: filter.age.map_or_else(String::new, |age| age.to_string()),
        dose: text("dose"),
        places,
        summary,
        age_ms: (caller.ctx.now.as_millisecond() - refreshed.as_millisecond()).max(0),
        offers: offers
            .unwrap_or_default()
            .iter()
            .take(MOST_OFFERS)
            .map(|offer| offer_view(&web, offer, filter.dose_number))
            .collect(),
        moving,
    };
    show(if error.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK }, &page)
}

type Wanted = (Option<Place>, Vec<(String, String)>, Option<&'static str>);

/// The place that a query names: one, some to choose from, or none.
fn wanted(web: &Web, query: &Query) -> Wanted {
    let geography = web.0.platform.geography();
    let degrees = |name| query.get(name).and_then(|text| text.parse::<f64>().ok());
    if let Some((latitude, longitude)) = degrees("lat").zip(degrees("long")) {
        return (Position::in_country(latitude, longitude).map(Place::Near), vec![], None);
    }
    if let Some(text) = query.get("pincode") {
        return match Pincode::parse(text) {
            Some(pincode) => (Some(near_pincode(web, pincode)), vec![], None),
            None => (None, vec![], Some("A PIN code has six digits.")),
        };
    }
    if let Some(id) = query.get("district_id").and_then(|text| text.parse().ok()) {
        return (Some(Place::District(DistrictId(id))), vec![], None);
    }
    let Some(name) = query.get("place") else { return (None, vec![], None) };
    let found = geography.named(name);
    if found.is_empty() {
        return (None, vec![], Some("No place of this name is known."));
    }
    let links = found.iter().map(|found| {
        let district = found.district.and_then(|id| geography.district(id));
        let district = district.map_or("", |district| district.name.as_str());
        match (found.pincode, found.district) {
            (Some(pincode), _) => (
                format!("{}, {} {district}", found.name, pincode.0),
                format!("pincode={}", pincode.0),
            ),
            (None, Some(id)) => {
                (format!("{} district", found.name), format!("district_id={}", id.0))
            }
            (None, None) => (found.name.clone(), String::new()),
        }
    });
    (None, links.collect(), None)
}

/// A PIN code without facilities of its own means the facilities near it, where it is known.
fn near_pincode(web: &Web, pincode: Pincode) -> Place {
    let area = app::inventory::Area::Pincode(pincode);
    let own = web.0.platform.inventory().version(area) > 0;
    let position = web.0.platform.geography().position_of(pincode);
    match position {
        Some(position) if !own => Place::Near(position),
        _ => Place::Pincode(pincode),
    }
}

/// A state and its districts: number, name, whether it was chosen.
type Group = (String, Vec<(i32, String, bool)>);

fn districts(web: &Web, query: &Query) -> Vec<Group> {
    let chosen = query.get("district_id").and_then(|text| text.parse().ok());
    let geography = web.0.platform.geography();
    let group = |state: &domain::place::State| {
        let mut districts: Vec<_> = geography
            .districts_of(state.id)
            .map(|district| (district.id.0, district.name.clone(), chosen == Some(district.id.0)))
            .collect();
        districts.sort_by(|a, b| a.1.cmp(&b.1));
        (state.name.clone(), districts)
    };
    geography.states().iter().map(group).collect()
}

fn vaccines(web: &Web, chosen: Option<&str>) -> Vec<(String, bool)> {
    let programme = web.0.platform.programme();
    let names = programme.vaccines.iter().map(|vaccine| vaccine.name.clone());
    names.map(|name| (name.clone(), chosen == Some(name.as_str()))).collect()
}

fn offer_view(web: &Web, offer: &Offer, dose: Option<u8>) -> OfferView {
    let geography = web.0.platform.geography();
    let facility = &offer.facility;
    let district = geography.district(facility.district).map_or("", |d| d.name.as_str());
    OfferView {
        name: facility.name.clone(),
        where_: format!("{}, {district} {}", facility.address, facility.pincode.0),
        fee: facility.fee_type.label(),
        sessions: offer.sessions.iter().map(|seats| session_view(seats, dose)).collect(),
    }
}

fn session_view(seats: &SessionSeats, dose: Option<u8>) -> SessionView {
    let session = &seats.session;
    let free: Vec<_> =
        (1..=3).map(|dose| (dose, seats.free(Channel::Online, dose))).filter(|f| f.1 > 0).collect();
    let places: Vec<_> = free.iter().map(|(dose, free)| format!("dose {dose}: {free}")).collect();
    let total = free.iter().filter(|f| dose.is_none_or(|dose| dose == f.0)).map(|f| f.1).sum();
    SessionView {
        id: session.id.to_string(),
        day: day_words(session.on),
        vaccine: session.vaccine.clone(),
        ages: ages(session.min_age, session.max_age),
        free: total,
        places: format!("free for {}", places.join(", ")),
        fee: session.fee,
    }
}
